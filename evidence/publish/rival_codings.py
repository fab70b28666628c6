"""The study's codes beside those of publications, case by case, for the front matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from evidence.publish.study_views import ComparedView, RivalCodingsView, RivalSideView
from evidence.publish.views import CaseLine, CaseRef, CodeView, CodingView
from evidence.vocabulary import Round

__all__ = ["rival_codings"]


def rival_codings(cases: Sequence[CaseLine]) -> tuple[RivalCodingsView, ...]:
    """Return for each variable the cases that a publication codes too, the study's own code first.

    Args:
        cases: the cases that the appendix shows.
    """
    found: dict[str, list[tuple[CaseLine, CodingView]]] = {}
    for case in cases:
        for coding in case.codings:
            if any(other.round == Round.PUBLISHED for other in coding.others):
                found.setdefault(coding.variable, []).append((case, coding))
    return tuple(_compared(variable, rows) for variable, rows in found.items())


def _compared(variable: str, rows: Sequence[tuple[CaseLine, CodingView]]) -> RivalCodingsView:
    sides = sorted({code.coder for code in chain.from_iterable(_published(coding) for _, coding in rows)})
    return RivalCodingsView(
        variable,
        tuple(_side(name, rows) for name in sides),
        tuple(
            ComparedView(
                CaseRef(case.key, case.page, case.title, case.years),
                coding.code,
                tuple(_by(coding, name) for name in sides),
                coding.contested,
            )
            for case, coding in rows
        ),
    )


def _published(coding: CodingView) -> Iterator[CodeView]:
    return (other for other in coding.others if other.round == Round.PUBLISHED)


def _by(coding: CodingView, name: str) -> CodeView | None:
    return next((one for one in _published(coding) if one.coder == name), None)


def _side(name: str, rows: Sequence[tuple[CaseLine, CodingView]]) -> RivalSideView:
    """Count over the cases that both code."""
    both = [
        (coding.code.value, theirs.value)
        for _, coding in rows
        if coding.code is not None and (theirs := _by(coding, name)) is not None and not theirs.silent
    ]
    agreeing = sum(own == other for own, other in both)
    return RivalSideView(name, len(both), agreeing, len(both) - agreeing)
