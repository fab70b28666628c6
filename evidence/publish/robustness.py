"""How far a case's codes hold: what they rest on, what would change them, and what was claimed for good."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from evidence.audit.overview import alone
from evidence.inference.body import Body, Code
from evidence.inference.odds import shown
from evidence.inference.removal import study_code
from evidence.inference.robust import Pair, Robustness, robustness, would_change
from evidence.inference.telling import flips, with_all
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
                changes=link(would_change(one)),
            )
            for coding, code, one in found
        ),
        tuple(_common(found[0][2], link)),
    )


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
    if one.pairs:
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
