"""What tests weigh: in words beside each test, and as bars for every two hypotheses that they tell apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evidence.inference.body import Body, Test
from evidence.inference.counting import Piece, counted, pieces
from evidence.inference.weighing import pairs, reach, stating, total, weighed
from evidence.publish.reasoning_views import BarsView, BarView, TotalView
from evidence.publish.wording import decibels, stated
from evidence.publish.wording import weighed as ratio_and_decibels
from evidence.vocabulary import TestResult

__all__ = ["bars", "weight_words"]

#: Figures reach to one of these, in dB, or a hundred more: round numbers that halves can be read of.
_REACHES = (6, 10, 20, 30, 40, 60, 80, 100)
_WHOLE = 100.0


def weight_words(test: Test, scale: Mapping[str, Any], numbers: Mapping[str, str]) -> str:
    """Return what a test's result weighs for its hypothesis: the numbers that count, or the words stated.

    Args:
        test: the test. One that is inconclusive or was not attempted weighs nothing (METHOD, A20).
        scale: the study's words of likelihood.
        numbers: what evidence is called on the page, by its key.
    """
    if test.result not in (TestResult.PASSED, TestResult.FAILED):
        return "none"
    told = []
    for piece in pieces(test, scale):
        if test.hypothesis in piece.stated and test.rival in piece.stated:
            _, low, high = weighed(piece, test.hypothesis, test.rival)
            named = f"{numbers.get(piece.evidence, piece.evidence)}: " if piece.evidence else ""
            told.append(named + ratio_and_decibels([low, high]))
    if told:
        return "; ".join(told)
    if test.result == TestResult.FAILED and any("dB" in stated(p) for p in (test.p_hypothesis, test.p_rival)):
        return "none: decibels do not say how likely it was not to be seen"
    sides = ((test.p_hypothesis, "true"), (test.p_rival, "the rival"))
    return "; ".join(f"{stated(p)} if {which}" for p, which in sides if p is not None) or "not stated"


def bars(
    body: Body, tests: Mapping[str, str], evidence: Mapping[str, str], hypotheses: Mapping[str, str]
) -> tuple[BarsView, ...]:
    """Return the figures of a case's weights, one for every two hypotheses that something tells apart in numbers.

    Args:
        body: the case's body of evidence.
        tests: what its tests are called on the page, by their keys.
        evidence: what its observations and searches are called there.
        hypotheses: what its hypotheses are called there; the lower number comes first.
    """
    found = counted(body)
    chosen = []
    for pair in pairs(body):
        one, other = sorted(pair, key=lambda key: _place(hypotheses, key))
        chosen.append((one, other, stating(found, pair)))
    chosen.sort(key=lambda row: (_place(hypotheses, row[0]), _place(hypotheses, row[1])))
    far = _reach(chosen)
    return tuple(
        BarsView(
            hypotheses.get(one, one),
            hypotheses.get(other, other),
            far,
            tuple(_bar(piece, one, other, far, tests, evidence) for piece in own),
            _total(own, one, other, far),
        )
        for one, other, own in chosen
    )


def _place(hypotheses: Mapping[str, str], key: str) -> tuple[int, str]:
    number = hypotheses.get(key, "")[1:]
    return (int(number) if number.isdecimal() else 10**6, key)


def _reach(chosen: Iterable[tuple[str, str, Sequence[Piece]]]) -> int:
    """Return how many dB the figures of a case reach to either side."""
    ends = [0.0]
    for one, other, own in chosen:
        for piece in own:
            ends += weighed(piece, one, other)
        ends += (*reach(own, one, other), total(own, one, other, "independent"))
    most = max(abs(end) for end in ends if math.isfinite(end))
    return next((far for far in _REACHES if far >= most), math.ceil(most / 100) * 100)


def _bar(
    piece: Piece, one: str, other: str, far: int, tests: Mapping[str, str], evidence: Mapping[str, str]
) -> BarView:
    middle, low, high = weighed(piece, one, other)
    return BarView(
        number=tests[piece.test],
        evidence=evidence.get(piece.evidence, piece.evidence),
        result=piece.result,
        at=_scaled(middle, far),
        low=_scaled(low, far),
        high=_scaled(high, far),
        beyond=not math.isfinite(middle),
        words=decibels(middle),
        range=_range(low, high),
    )


def _total(own: Sequence[Piece], one: str, other: str, far: int) -> TotalView:
    dependent, independent = (total(own, one, other, reading) for reading in ("dependent", "independent"))
    low, high = reach(own, one, other)
    return TotalView(
        at=_scaled(dependent, far),
        independent=_scaled(independent, far),
        low=_scaled(low, far),
        high=_scaled(high, far),
        beyond=not math.isfinite(dependent),
        words=decibels(dependent),
        independent_words=decibels(independent),
        range=_range(low, high),
    )


def _scaled(db: float, far: int) -> float:
    """Return a weight in hundredths of the reach, cut at its ends; 0 for one that is undetermined."""
    return 0.0 if math.isnan(db) else round(max(-_WHOLE, min(_WHOLE, _WHOLE * db / far)), 2)


def _range(low: float, high: float) -> str:
    if math.isnan(low) or math.isnan(high) or math.isclose(low, high, abs_tol=1e-9):
        return ""
    return f"{decibels(low).removesuffix(' dB')} to {decibels(high)}"
