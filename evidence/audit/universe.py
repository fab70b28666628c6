"""The count check of the universe: what the study says, against the cases that are there (METHOD A40)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evidence.keys import listed
from evidence.vocabulary import CaseStatus

__all__ = ["Count", "Counted", "universe"]

_MOST_NAMED = 25


@dataclass(frozen=True, slots=True)
class Counted:
    """A case, as far as counting it needs to know it."""

    key: str
    status: str
    numbered: bool  # whether it has a number in a data set
    core: bool  # whether it is at the core of an episode


@dataclass(frozen=True, slots=True)
class Count:
    """One line of the count check: how many the study says there are, how many there are, and which differ."""

    label: str
    stated: int | None
    present: int
    known: str = ""  # what is known of those that are missing or too many

    @property
    def agrees(self) -> bool:
        """Whether as many are there as the study states; where it states no number, they are."""
        return self.stated in (None, self.present)

    @property
    def remark(self) -> str:
        """What does not agree, in a sentence; nothing if all does."""
        if self.stated is None:
            return "The study states no number."
        if self.agrees:
            return ""
        short = self.stated - self.present
        said = f"{abs(short)} {'missing' if short > 0 else 'too many'}"
        return f"{said}: {self.known}." if self.known else f"{said}."


def universe(
    total: int | None, deep: int | None, cases: Sequence[Counted], taken_out: Iterable[str] = ()
) -> tuple[Count, ...]:
    """Return the lines of the count check; what is missing or too many is named as far as it is known.

    Args:
        total: how many cases the study says that its rule gives.
        deep: how many of them it says are for process tracing.
        cases: those that are there, in the order in which they are to be named.
        taken_out: keys of cases that were taken out of the study.
    """
    screened = total - deep if total is not None and deep is not None else None
    traced = sum(case.status == CaseStatus.DEEP for case in cases)
    return (
        Count("cases in all", total, len(cases), _whole(total, cases, list(taken_out))),
        Count("for process tracing", deep, traced, _traced(deep, cases, traced)),
        Count("screened", screened, len(cases) - traced),
    )


def _whole(stated: int | None, cases: Sequence[Counted], taken_out: Sequence[str]) -> str:
    if stated is None:
        return ""
    short = stated - len(cases)
    if short > 0 and taken_out:
        return f"taken out of the study were {_named(taken_out)}"
    odd = [case.key for case in cases if not case.numbered]
    if short < 0 and odd and len(odd) < len(cases):
        return f"without a number in the data set are {_named(odd)}"
    return "which is not known to the ledger" if short > 0 else ""


def _traced(stated: int | None, cases: Sequence[Counted], traced: int) -> str:
    """Name the cases at the core of an episode that are not process-traced, or those traced outside one."""
    if stated is None or not any(case.core for case in cases):
        return ""
    if traced < stated:
        return _named([case.key for case in cases if case.core and case.status != CaseStatus.DEEP])
    return _named([case.key for case in cases if case.status == CaseStatus.DEEP and not case.core])


def _named(keys: Sequence[str]) -> str:
    if len(keys) > _MOST_NAMED:
        return f"{', '.join(keys[:_MOST_NAMED])} and {len(keys) - _MOST_NAMED} more"
    return listed(keys)
