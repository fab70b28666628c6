"""What a test shows beyond what was typed: when it was declared, what it weighs, what it claims for good."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from evidence.inference.likelihoods import implied_kind, weight
from evidence.publish.wording import stated, weighed
from evidence.vocabulary import TestKind, TestResult

__all__ = ["A_PRIORI", "NO_EVIDENCE", "POST_HOC", "implied", "irreversible", "timing", "weight_words"]

A_PRIORI, POST_HOC, NO_EVIDENCE = "a priori", "post hoc", "no evidence brought yet"


def timing(declared: datetime, seen: Iterable[datetime]) -> str:
    """Return whether a test was declared before any of the evidence brought to it was first seen."""
    moments = list(seen)
    if not moments:
        return NO_EVIDENCE
    return A_PRIORI if all(declared < one for one in moments) else POST_HOC


def implied(a: Any, b: Any, profile: str) -> str:
    """Return the kind that the stated probabilities imply under the study's profile, or nothing."""
    kind: TestKind | None = implied_kind(a, b, profile)
    return kind.value if kind else ""


def weight_words(result: str, a: Any, b: Any) -> str:
    """Return what a test's result weighs, in numbers or in the words that were stated.

    A test that is inconclusive or was not attempted weighs nothing (METHOD, A20).
    """
    if result not in (TestResult.PASSED, TestResult.FAILED):
        return "none"
    ends_a, ends_b = _ends(a), _ends(b)
    if ends_a and ends_b:
        if result == TestResult.FAILED:
            ends_a, ends_b = [1 - end for end in ends_a], [1 - end for end in ends_b]
        return weighed([weight(min(ends_a), max(ends_b)), weight(max(ends_a), min(ends_b))])
    said = [
        f"{stated(value)} if {which}" for value, which in ((a, "true"), (b, "the rival")) if value is not None
    ]
    return "; ".join(said) or "not stated"


def irreversible(a: Any, b: Any) -> tuple[str, ...]:
    """Return the claims that no further evidence could undo: a probability of exactly 1 or 0."""
    return tuple(
        f"P(seen given {which}) = {end:g}"
        for value, which in ((a, "its hypothesis"), (b, "the rival"))
        for end in sorted(set(_ends(value)))
        if end in (0.0, 1.0)
    )


def _ends(value: Any) -> list[float]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [float(value)]
    if isinstance(value, list | tuple):
        return [float(end) for end in value]
    return []
