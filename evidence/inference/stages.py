"""How far a case has come: from its data alone to tests that were resolved."""

from __future__ import annotations

from collections.abc import Iterable

from evidence.vocabulary import CaseStatus, TestResult

__all__ = ["STAGES", "stage"]

#: Every stage, from the last to the first.
STAGES = ("process-traced", "tests declared, none attempted", "chosen for tracing, no test yet", "screened")


def stage(status: str, results: Iterable[str]) -> str:
    """Return how far a case has come, in words.

    A case is process-traced once a test of it was attempted, whatever it was chosen for.

    Args:
        status: the case's status, ``screen`` or ``deep``.
        results: the results of its tests.
    """
    found = list(results)
    if any(result != TestResult.NOT_ATTEMPTED for result in found):
        return STAGES[0]
    if found:
        return STAGES[1]
    return STAGES[2] if status == CaseStatus.DEEP else STAGES[3]
