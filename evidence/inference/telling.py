"""What robustness says, in sentences that a historian can check: what a code rests on, and what would change it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from evidence.inference.odds import shown
from evidence.inference.priors import needed
from evidence.keys import listed
from evidence.vocabulary import Round

if TYPE_CHECKING:
    from evidence.inference.pivots import Pivot
    from evidence.inference.removal import Unit
    from evidence.inference.robust import Pair, Robustness

__all__ = [
    "by_prior",
    "decibels",
    "flips",
    "irreversible",
    "led",
    "odds_said",
    "on_claim",
    "on_code",
    "on_pair",
    "told",
    "with_all",
    "without",
    "would_change",
]

_SURE = 0.95  # a posterior that many would call sure
_MOST = 5  # sets of one kind that are said one by one
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
_PLURALS = {"search": "searches", "lineage": "lineages"}


def decibels(db: float, *, sign: bool = True) -> str:
    """Return a weight as it is said: ``+9.0 dB``; what is infinite follows from a claim of 0 or 1."""
    if math.isnan(db):
        return "undetermined"
    if math.isinf(db):
        return f"{'+' if db > 0 else '−'}∞ dB"
    said = f"{db:+.1f}" if sign else f"{abs(db):.1f}"
    if float(said) == 0:
        said = "0.0" if db == 0 else f"{'+' if db > 0 else '-'}0.0" if sign else "0.0"
    return f"{said.replace('-', '−')} dB"


def without(some: Iterable[Unit], word: str = "and") -> str:
    """Return units in words, those of one kind together: ``test mid-50.t4``, ``sources d20 and d23``.

    What is taken away one by one is said with ``or``: ``test mid-50.t4 or archive TNA``.
    A lineage that is one source by itself is left out where that source is named.
    """
    by_kind: dict[str, list[str]] = {}
    for unit in _plain(list(some)):
        by_kind.setdefault(unit.kind, []).append(unit.name)
    return _listed(
        [
            f"{kind if len(names) == 1 or word == 'or' else _PLURALS.get(kind, f'{kind}s')} {_listed(names, word)}"
            for kind, names in by_kind.items()
        ],
        word,
    )


def _listed(names: Sequence[str], word: str) -> str:
    return (
        listed(names) if word == "and" else f" {word} ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    )


def _plain(some: Sequence[Unit]) -> list[Unit]:
    """Return units without the lineages that are one source by itself, if that source is among them."""
    sources = {unit.name for unit in some if unit.kind == "source"}
    return [unit for unit in some if unit.kind != "lineage" or unit.name not in sources]


def _sets(pivots: Sequence[Pivot]) -> Iterator[tuple[tuple[str, ...], list[Pivot]]]:
    """Yield smallest sets by who leads then; sets of lineages that are sources by themselves are left out."""
    sources = {frozenset(unit.name for unit in pivot.units) for pivot in pivots if pivot.kind == "source"}
    groups: dict[tuple[str, ...], list[Pivot]] = {}
    for pivot in pivots:
        if pivot.kind != "lineage" or frozenset(unit.name for unit in pivot.units) not in sources:
            groups.setdefault(pivot.leaders, []).append(pivot)
    yield from groups.items()


def _choices(pivots: Sequence[Pivot]) -> str:
    """Return sets as choices: ``test t4, or sources d20 and d23 together``; after some, how many more."""
    kinds: dict[str, int] = {}
    said = []
    for pivot in pivots:
        kinds[pivot.kind] = kinds.get(pivot.kind, 0) + 1
        if kinds[pivot.kind] <= _MOST:
            said.append(without(pivot.units) + (" together" if len(pivot.units) > 1 else ""))
    more = sum(max(count - _MOST, 0) for count in kinds.values())
    if more:
        said.append(f"{more} more such {'set' if more == 1 else 'sets'}")
    return ", or ".join(said)


# --- The code in words


def on_code(robust: Robustness) -> Iterator[str]:
    """Yield what the code rests on, in words."""
    if not robust.code:
        on = f" on {robust.variable}" if robust.variable else ", and its hypotheses are of no variable"
        yield f"{robust.case} has no code of the study's own{on}."
        return
    name = (
        f"{robust.variable} {robust.value}"
        if robust.value is not None
        else f"{robust.variable} (not codable)"
    )
    if not robust.stands:
        yield f"{name} does not stand on tests: {'; '.join(robust.lacks)}."
        return
    yield from _supported(name, robust)
    yield from _falls(robust)


def _supported(name: str, robust: Robustness, *, brief: bool = False) -> Iterator[str]:
    """Yield which tests support a code; it is said to rest on those alone without which it would fall."""
    number, keys = len(robust.supports), listed(robust.supports)
    if number == 1:
        yield f"{name} rests on {keys}." if brief else f"{name} rests on one test that supports it: {keys}."
        return
    yield f"{number} tests support {name}: {keys}."
    if "test" in robust.kinds and not any(unit.kind == "test" for unit in robust.alone):
        yield f"It hangs on {'neither' if number == 2 else 'none'} of them alone."  # noqa: PLR2004 - of two


def _falls(robust: Robustness) -> Iterator[str]:
    alone = _plain(robust.alone)
    if alone:
        any_one = "" if len(alone) == 1 else " any one of these"
        yield f"It would no longer stand without{any_one}{': ' if any_one else ' '}{without(alone)}."
    for leaders, pivots in _sets(robust.pivots):
        becomes = f"become {leaders[0]}" if leaders else "fall"
        yield f"It would {'also ' if alone else ''}{becomes} without {_choices(pivots)}."
    if not robust.alone and not robust.pivots:
        yield from _unmoved("It stands", robust)


def _unmoved(stays: str, robust: Robustness) -> Iterator[str]:
    """Yield that no set of units that was taken away changes something; nothing if none was taken away."""
    if robust.kinds:
        *most, last = (_PLURALS.get(kind, f"{kind}s") for kind in robust.kinds)
        kinds = f"{', '.join(most)} or {last}" if most else last
        some, are = (
            ("one", "is") if robust.size == 1 else (_NUMBERS.get(robust.size, str(robust.size)), "are")
        )
        yield f"{stays} if any {some} of its {kinds} {are} taken away."


# --- The numbers


def led(pair: Pair) -> str:
    """Return who leads a pair, by how much, and how sure that is."""
    if not pair.leaders:
        return f"{pair.hypothesis} and {pair.rival} are both ruled out by claims of 0: change one of them."
    if len(pair.leaders) > 1:
        head = f"{pair.hypothesis} and {pair.rival} are level"
    else:
        head = f"{pair.hypothesis} leads {pair.rival}: {decibels(pair.weight)}, {pair.strength}"
        if pair.prior and pair.weight < 0:
            head = (
                f"{pair.hypothesis} leads {pair.rival} by prior odds of {decibels(pair.prior)}, "
                f"against evidence of {decibels(pair.weight)}, {pair.strength}"
            )
        elif pair.prior:
            head += f", with prior odds of {decibels(pair.prior)}"
    more = []
    if not math.isclose(pair.independent, pair.weight, abs_tol=1e-9):
        more.append(f"{decibels(pair.independent)} if nothing were shared")
    if not math.isclose(pair.low, pair.high, abs_tol=1e-9):
        more.append(
            f"{decibels(pair.low).removesuffix(' dB')} to {decibels(pair.high)} over all that was stated"
        )
    return f"{head} ({', '.join(more)})." if more else f"{head}."


def odds_said(pair: Pair) -> str:
    """Return which prior would take the lead away, and the probability where there is one."""
    said = ""
    if pair.posterior is not None and pair.posterior_low is not None and pair.posterior_high is not None:
        claimed = math.isinf(pair.weight)
        ends = shown(pair.posterior_low, claimed=claimed), shown(pair.posterior_high, claimed=claimed)
        span = f", from {ends[0]} to {ends[1]}" if ends[0] != ends[1] else ""
        at = (
            "if one of the two is true and priors are equal"
            if pair.prior == 0
            else f"if one of the two is true, at prior odds of {decibels(pair.prior)}"
        )
        said = f"P({pair.hypothesis}) {_equals(shown(pair.posterior, claimed=claimed))} {at}{span}. "
    if math.isfinite(pair.weight) and pair.weight > 0:
        times = 10 ** (pair.weight / 10)
        said += (
            f"{pair.rival} would have to be held {_times(times)} as probable beforehand to draw level "
            f"(a prior of {shown(pair.break_even)} for {pair.hypothesis})."
        )
    return said.strip()


def _equals(said: str) -> str:
    """Return a probability with the sign before it: ``= 0.919``, ``≥ 0.999999``."""
    return f"{said[0]} {said[1:]}" if said[0] in "≥≤" else f"= {said}"


def _by_priors(pair: Pair) -> Iterator[str]:
    """Yield the verdict by the priors of each coder."""
    for coder, held, lead in pair.coders:
        who = f"{lead[0]} leads" if len(lead) == 1 else "the two are level" if lead else "both are ruled out"
        yield f"By the priors of {coder} ({decibels(held)} for {pair.hypothesis}) {who}."


def by_prior(pair: Pair) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return the verdict over a grid of priors: a row of priors, one of posteriors, and what being sure would take.

    Empty where the two are not exclusive, or where a claim of 0 or 1 decides.
    """
    if not pair.grid or not math.isfinite(pair.weight):
        return (), (), ""
    priors, posteriors = zip(*pair.grid, strict=True)
    return (
        ("prior", *(f"{p:g}" for p in priors)),
        ("in the end", *map(shown, posteriors)),
        f"{_SURE:g} in the end would take a prior of {shown(needed(pair.weight, _SURE))}.",
    )


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio < 10 else f"{ratio:,.0f} times"  # noqa: PLR2004 - one decimal below ten


def flips(pair: Pair) -> Iterator[str]:
    """Yield what takes the lead of a pair away, or leaves it level, in sentences."""
    for leaders, pivots in _sets(pair.pivots):
        goes = f"the lead goes to {leaders[0]}" if leaders else "both are ruled out"
        yield f"Without {_choices(pivots)}, {goes}."
    for _, pivots in _sets(pair.ties):
        yield f"Without {_choices(pivots)}, the two are level."


def on_pair(pair: Pair, robust: Robustness) -> Iterator[str]:
    """Yield all that is to be said of a pair of a robustness, but for its single weights."""
    yield led(pair)
    if said := odds_said(pair):
        yield said
    yield from _by_priors(pair)
    yield from flips(pair)
    if len(pair.leaders) == 1 and not pair.pivots and not pair.ties:
        yield from _unmoved("The lead stays", robust)
    several = not math.isclose(pair.tipping, pair.weight, abs_tol=1e-9)
    if len(pair.leaders) == 1 and pair.prior == 0 and math.isfinite(pair.tipping) and several:
        each, one = decibels(pair.tipping, sign=False), decibels(pair.weight, sign=False)
        yield f"The lead is gone if every weight is {each} less, or one of them {one} less."


def on_claim(pair: Pair, robust: Robustness) -> str:
    """Return which of a pair supports the code; nothing if neither does, or both do."""
    if robust.value is None or pair.claimed[0] == pair.claimed[1]:
        return ""
    name = f"{robust.variable} {robust.value}"
    if len(pair.leaders) != 1:
        return f"Of the two, {pair.hypothesis if pair.claimed[0] else pair.rival} supports {name}."
    if pair.claimed[0]:
        return f"{pair.hypothesis} supports {name}; {pair.rival} does not."
    return f"It is {pair.rival} that supports {name}, not {pair.hypothesis}."


def with_all(robust: Robustness) -> Iterator[str]:
    """Yield what is to be said of all hypotheses of the variable together."""
    if robust.refusal:
        yield f"No probabilities over all hypotheses: {robust.refusal}"
        return
    claimed = bool(robust.irreversible)
    said = [
        f"{key} {shown(middle, claimed=claimed)}"
        + (
            f" ({shown(low, claimed=claimed)} to {shown(high, claimed=claimed)})"
            if not math.isclose(low, high, abs_tol=1e-9)
            else ""
        )
        for key, low, middle, high in robust.posteriors
    ]
    yield f"Over all hypotheses, priors {robust.priors}: {', '.join(said)}."
    if len(robust.together) > 1:
        yield f"{listed(robust.together)} are level."
    for leaders, pivots in _sets(robust.pivots_together):
        if pivots[0].tie:
            yield f"Without {_choices(pivots)}, {listed(leaders)} are level."
        else:
            yield f"Without {_choices(pivots)}, the lead goes to {leaders[0] if leaders else 'none'}."
    if robust.break_even is not None:
        yield f"{robust.together[0]} leads all others from a prior of {shown(robust.break_even)} up."


def irreversible(robust: Robustness) -> Iterator[str]:
    """Yield the claims that no evidence to come could undo."""
    for claim in robust.irreversible:
        by = f"{claim.evidence} at {claim.test}" if claim.evidence else claim.test
        yield f"{by} claims a probability of {claim.p:g} under {claim.hypothesis}: no evidence to come could undo what follows."


def _rest(robust: Robustness) -> Iterator[str]:
    yield from irreversible(robust)
    if robust.uncounted:
        yield (
            "In the numbers count nothing: "
            + "; ".join(f"{one.key} ({one.why})" for one in robust.uncounted)
            + "."
        )
    if robust.contested and robust.rival_codes:
        others = listed(
            f"{coder} ({made}) {value if value is not None else 'not codable'}"
            for coder, made, value in robust.rival_codes
            if value is not None or made != Round.PUBLISHED  # who leaves a case out says nothing of it
        )
        yield f"Others code it: {others}."


def told(robust: Robustness) -> tuple[str, ...]:
    """Return what a robustness says, in plain sentences: the code in words first, then the numbers.

    Args:
        robust: as ``robust.robustness`` gives it.
    """
    said = list(on_code(robust))
    for pair in robust.pairs:
        said += on_pair(pair, robust)
        if claim := on_claim(pair, robust):
            said.append(claim)
    if robust.pairs:
        said += with_all(robust)
    return (*said, *_rest(robust))


def would_change(robust: Robustness) -> str:
    """Return the paragraph on what would change the code, from the pivot sets; empty where there is no code.

    Only those pairs of hypotheses are spoken of of which one supports the code and the other does not.

    Args:
        robust: as ``robust.robustness`` gives it.
    """
    if not robust.code or robust.value is None:
        return ""
    name = f"{robust.variable} {robust.value}"
    if not robust.stands:
        return f"{name} is not held by tests: {'; '.join(robust.lacks)}. A test that supports it would be the first thing to add."
    said = [*_supported(name, robust, brief=True), *_falls(robust)]
    for pair in robust.pairs:
        if pair.claimed[0] != pair.claimed[1]:
            said += [led(pair), *flips(pair)]
            if len(pair.leaders) == 1 and math.isfinite(pair.weight) and pair.prior == 0:
                said.append(
                    f"{pair.rival} would draw level if it had been held {_times(10 ** (pair.weight / 10))} as probable beforehand."
                )
    return " ".join(said)
