"""What weigh prints: the code in words, each pair of hypotheses with its weights, and what taking things away does."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from .output import paragraph

if TYPE_CHECKING:
    from evidence.inference.body import Body
    from evidence.inference.priors import Correlated
    from evidence.inference.removal import Unit
    from evidence.inference.robust import Pair, Robustness, Weight

__all__ = ["correlation", "lines"]

_CORRELATED = tuple[str, str, float]


def lines(
    found: Sequence[Robustness],
    body: Body,
    whole: Body,
    left_out: Sequence[Unit] | None,
    correlated: _CORRELATED | None,
) -> Iterator[str]:
    """Yield what is printed of each variable, a line or a paragraph at a time.

    Args:
        found: the variables' robustness.
        body: the body of evidence that was weighed.
        whole: the same with what was left out.
        left_out: what was left out, if anything was asked to be.
        correlated: two tests and their correlation, if asked for.
    """
    from evidence.inference.telling import without

    if left_out is not None:
        said = without(left_out) or "nothing, for there is none of it"
        yield paragraph(f"Left out: {said}.", "  ", "  ")
    if not any(one.code or one.pairs or one.uncounted for one in found):
        yield "\n  It has no code, and nothing to weigh."
        return
    for robust in found:
        yield from _variable(robust, body, whole, correlated)


def _variable(robust: Robustness, body: Body, whole: Body, correlated: _CORRELATED | None) -> Iterator[str]:
    from evidence.inference import telling

    value = f" {robust.value if robust.value is not None else '–'}" if robust.code else ""
    by = f"   {robust.code}, {robust.coder}" if robust.code else ""
    yield "\n" + click.style(f"{robust.variable or 'On no variable'}{value}", bold=True) + by
    yield from _sentences(telling.on_code(robust), "  ")
    for pair in robust.pairs:
        yield ""
        yield from _pair(pair, robust, body, whole, correlated)
    if robust.pairs:
        yield from _headed("All hypotheses together", telling.with_all(robust))
    else:
        yield "  No two hypotheses are told apart in numbers."
    yield from _headed("Claims of 0 or 1 (--soften reads them as .01 and .99)", telling.irreversible(robust))
    if robust.pairs:
        yield from _headed("Not in the numbers", (f"{one.key}: {one.why}" for one in robust.uncounted))


def _sentences(said: Iterator[str], indent: str) -> Iterator[str]:
    for sentence in said:
        yield paragraph(sentence, indent + "  ", indent)


def _headed(head: str, said: Iterator[str]) -> Iterator[str]:
    found = list(_sentences(said, "    "))
    if found:
        yield "\n  " + click.style(head, bold=True)
        yield from found


def _pair(
    pair: Pair, robust: Robustness, body: Body, whole: Body, correlated: _CORRELATED | None
) -> Iterator[str]:
    from evidence.inference.telling import decibels, on_claim, on_pair

    head, *rest = on_pair(pair, robust)
    first, *more = paragraph(head, "    ", "  ").split("\n")
    yield "\n".join([click.style(first, bold=True), *more])
    yield from _weights(pair.weights)
    if body is not whole:
        from evidence.inference.counting import counted
        from evidence.inference.weighing import total

        before = total(counted(whole), pair.hypothesis, pair.rival)
        yield f"    With what was left out it would be {decibels(before)}."
    yield from _sentences(iter([*filter(None, [on_claim(pair, robust)]), *rest]), "    ")
    yield from _by_prior(pair)
    yield from _losses(pair)
    if correlated:
        yield from _correlated(pair, body, correlated)


def _weights(weights: Sequence[Weight]) -> Iterator[str]:
    from evidence.inference.telling import decibels

    wide = max((len(_named(weight)) for weight in weights), default=0)
    for weight in weights:
        said = f"{_named(weight).ljust(wide)}  {weight.result}  {decibels(weight.weight):>9}"
        if not math.isclose(weight.low, weight.high, abs_tol=1e-9):
            said += f"  ({decibels(weight.low).removesuffix(' dB')} to {decibels(weight.high)})"
        if weight.shares:
            said += f"  shares its origin with {', '.join(weight.shares)}"
        yield paragraph(said, "      ", "    ").replace("    " + " ".join(said.split()), "    " + said)


def _named(weight: Weight) -> str:
    return f"{weight.test}, {weight.evidence}" if weight.evidence else weight.test


def _by_prior(pair: Pair) -> Iterator[str]:
    """Yield what each of some priors of the first comes to, one beneath the other."""
    from evidence.inference.telling import by_prior

    priors, posteriors, sure = by_prior(pair)
    if priors:
        wide = max(len(p) for p in (*priors[1:], *posteriors[1:])) + 2
        yield f"    P({pair.hypothesis}) of the two, by its prior:"
        for row in (priors, posteriors):
            yield f"      {row[0]:<10}" + "".join(f"{p:>{wide}}" for p in row[1:])
        yield f"      {sure}"


def _losses(pair: Pair) -> Iterator[str]:
    """Yield what taking each unit away leaves of a lead; what leaves the same stands together."""
    from evidence.inference.telling import decibels, without

    groups: dict[tuple[str, str], list[Unit]] = {}
    for loss in pair.losses:
        if loss.leaders == pair.leaders and len(loss.leaders) == 1:
            groups.setdefault((decibels(loss.weight), decibels(loss.change)), []).append(loss.unit)
    if groups:
        yield "    Without one of these the lead stays, but moves:"
    for (weight, change), units in groups.items():
        start = f"{weight:>15}  {'(' + change.removesuffix(' dB') + ')':<8}"
        yield paragraph(without(units, "or"), " " * len(start), start)


def correlation(pair: Pair, body: Body, asked: _CORRELATED | None) -> Correlated | None:
    """Return what is changed for a pair if two tests are read as correlated; nothing if it does not have both."""
    from evidence.inference.counting import counted
    from evidence.inference.priors import correlated

    if asked is None or not {*asked[:2]} <= {weight.test for weight in pair.weights}:
        return None
    return correlated(counted(body), pair.hypothesis, pair.rival, *asked)


def _correlated(pair: Pair, body: Body, asked: _CORRELATED) -> Iterator[str]:
    from evidence.inference.telling import decibels

    if found := correlation(pair, body, asked):
        first, second, rho = asked
        said = (
            f"If {first} and {second} are correlated by {rho:g}, they weigh {decibels(found.pair)} together "
            f"({decibels(found.independent)} if independent), and all evidence {decibels(found.total)}."
        )
        yield paragraph(said, "      ", "    ")
