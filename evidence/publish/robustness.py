"""How far a case's codes hold: what they rest on, what would change them, and what was claimed for good."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from evidence.audit.overview import alone
from evidence.inference.body import Body, Code
from evidence.inference.odds import shown
from evidence.inference.removal import study_code
from evidence.inference.robust import KINDS, Pair, Robustness, robustness, would_change
from evidence.inference.telling import flips, with_all
from evidence.keys import listed
from evidence.publish.linking import linking
from evidence.publish.reasoning_views import LeadView, RemarkView, RobustnessView, RobustView, Words
from evidence.publish.views import CodingView, SourceRef
from evidence.publish.wording import decibels

__all__ = ["robust"]

#: What a code's whole support may have in common, and how that is said; languages are for the study's audit.
_COMMON = {
    "lineage": "one lineage",
    "source": "one document",
    "author": "one author",
    "archive": "one archive",
}

_TWO = 2

_Link = Callable[[str], tuple[Words, ...]]


def robust(
    body: Body, codings: Sequence[CodingView], called: Mapping[str, str], sources: Mapping[str, SourceRef]
) -> RobustnessView | None:
    """Return what a reader should know before leaning on a case's codes; nothing for a case without any.

    Args:
        body: the case's body of evidence.
        codings: the case's codes.
        called: what its tests, evidence and hypotheses are called on the page, by their keys.
        sources: the documents that its evidence quotes, by their keys.
    """
    link = linking(called, sources)
    codes = [(coding, code) for coding in codings if (code := study_code(body, coding.variable))]
    if not codes:
        return None
    found = [(coding, code, robustness(body, coding.variable)) for coding, code in codes]
    return RobustnessView(
        tuple(
            RobustView(
                variable=coding.variable,
                value=coding.code.value if coding.code else "",
                remarks=tuple(_remarks(body, code, one, link)),
                pairs=tuple(_lead(pair, called, link) for pair in one.pairs),
                changes=link(" ".join(_changes(one))),
            )
            for coding, code, one in found
        ),
        tuple(_common(found[0][2], link)),
    )


def _changes(one: Robustness) -> Iterator[str]:
    """Yield what would change a code, in short: pair by pair, the table below has it."""
    if in_words := would_change(replace(one, pairs=())):
        yield in_words
    asked = [pair for pair in one.pairs if pair.claimed[0] != pair.claimed[1]]
    if not in_words or not asked:
        return
    kinds = [{pivot.kind for pivot in (*p.pivots, *p.ties) if len(pivot.units) == 1} for p in asked]
    lost = " or ".join(kind for kind in KINDS if any(kind in some for some in kinds))
    name = f"{one.variable} {one.value}"
    if len(asked) == 1:
        own, other = _sides(asked[0])
        yield f"In numbers {own}, which supports {name}, {_stands(asked[0])} {other}, which does not."
        ended = "change that"
    else:
        verdicts = listed(
            f"{how} in {len(pairs)} ({', '.join(map(' against '.join, map(_sides, pairs)))})"
            for how in ("leads", "trails", "does not lead")
            if (pairs := [pair for pair in asked if _stands(pair) == how])
        )
        yield (
            f"In {len(asked)} pairs of hypotheses told apart in numbers, one supports {name} and the other does not: "
            f"the first {verdicts}."
        )
        ended = f"end the lead in {sum(map(bool, kinds))} of them"
    if lost:
        yield f"The loss of a single {lost} would {ended}; the table says of which."


def _stands(pair: Pair) -> str:
    """Return how the one of a pair that supports the code stands to the other."""
    if len(pair.leaders) != 1:
        return "does not lead"
    return "leads" if pair.claimed[0] else "trails"


def _sides(pair: Pair) -> tuple[str, str]:
    """Return the two of a pair, the one that supports the code first."""
    return (pair.hypothesis, pair.rival) if pair.claimed[0] else (pair.rival, pair.hypothesis)


def _remarks(body: Body, code: Code, one: Robustness, link: _Link) -> Iterator[RemarkView]:
    relied = [test for test in body.tests if test.key in code.tests]
    for what, said in _COMMON.items():
        if name := alone(body, code, what):
            yield RemarkView(f"All support from {said}", link(name))
            break
    if relied and all(test.timing == "post hoc" for test in relied):
        yield RemarkView(
            "Post hoc", link("every test relied on was declared after some of its evidence had been seen")
        )
    if one.pairs and (
        one.refusal or len(one.posteriors) > _TWO
    ):  # the table has all that is to be said of two
        yield RemarkView("All hypotheses together", link(" ".join(with_all(one))))


def _common(one: Robustness, link: _Link) -> Iterator[RemarkView]:
    """Yield what holds of all codes of a case alike."""
    for claim in one.irreversible:
        by = f"{claim.test}, by {claim.evidence}," if claim.evidence else claim.test
        yield RemarkView(
            "Irreversible",
            link(
                f"{by} claims P(seen given {claim.hypothesis}) = {claim.p:g}: no further evidence could undo it."
            ),
        )
    if one.uncounted:
        yield RemarkView(
            "Not in the numbers",
            link("; ".join(f"{not_counted.key}: {not_counted.why}" for not_counted in one.uncounted)),
        )


def _lead(pair: Pair, called: Mapping[str, str], link: _Link) -> LeadView:
    apart = not math.isclose(pair.independent, pair.weight, abs_tol=1e-9)
    spread = not math.isclose(pair.low, pair.high, abs_tol=1e-9)
    return LeadView(
        hypothesis=called.get(pair.hypothesis, pair.hypothesis),
        rival=called.get(pair.rival, pair.rival),
        level=len(pair.leaders) != 1,
        weight=decibels(pair.weight),
        independent=decibels(pair.independent) if apart else "",
        range=f"{decibels(pair.low).removesuffix(' dB')} to {decibels(pair.high)}" if spread else "",
        strength=pair.strength,
        posterior=_posterior(pair),
        prior=shown(pair.break_even) if math.isfinite(pair.weight) else "",
        tipping=f"{pair.tipping:.1f} dB" if math.isfinite(pair.tipping) else "",
        without=link(" ".join(flips(pair))),
    )


def _posterior(pair: Pair) -> str:
    if pair.posterior is None or pair.posterior_low is None or pair.posterior_high is None:
        return ""
    claimed = math.isinf(pair.weight)
    middle, low, high = (
        shown(p, claimed=claimed) for p in (pair.posterior, pair.posterior_low, pair.posterior_high)
    )
    return f"{middle} ({low} to {high})" if low != high else middle
