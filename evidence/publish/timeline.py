"""When cases began: year by year and decade by decade, each case with its code on the first variable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evidence.publish.chart_views import MarkView, PartView, TimelineDecade, TimelineView, TimelineYear
from evidence.publish.glance import coded_on, parts
from evidence.publish.study_views import VariableView
from evidence.publish.views import CaseLine, CaseRef

__all__ = ["timeline"]

#: A year with more cases than this has no room for a mark each; then every year shows counts.
_ROOM = 24
#: Over more decades than this, those without a case are left out.
_LONG = 40
_DECADE = 10


def timeline(variable: VariableView | None, cases: Sequence[CaseLine]) -> TimelineView:
    """Return the timeline of the cases.

    Args:
        variable: the first variable of the scheme; none where the study codes nothing.
        cases: the cases that the appendix shows.
    """
    key = variable.key if variable else ""
    codes = [coded_on(case, key) for case in cases]
    found = parts(variable, codes)
    order = {part.value: n for n, part in enumerate(found)}
    years: dict[int, list[MarkView]] = {}
    undated = []
    for case, code in zip(cases, codes, strict=True):
        ref = CaseRef(case.key, case.page, case.title, case.years)
        if not case.decade:
            undated.append(ref)
            continue
        part = found[order[code.value]] if code else found[-1]
        mark = MarkView(ref, part.value, part.label, part.place, case.stage)
        years.setdefault(int(case.years[:4]), []).append(mark)
    tallest = max(map(len, years.values()), default=0)
    singly = tallest <= _ROOM
    return TimelineView(
        variable=key,
        label=variable.label if variable else "",
        parts=found,
        decades=tuple(
            TimelineDecade(f"{first}s", sum(year.count for year in ten), ten)
            for first in _decades(years)
            for ten in (tuple(_year(first + n, years, order, singly=singly) for n in range(_DECADE)),)
        ),
        singly=singly,
        tallest=tallest,
        total=len(cases),
        undated=tuple(undated),
        summary=_summary(years, found, key, len(cases)),
    )


def _decades(years: Sequence[int] | dict[int, list[MarkView]]) -> list[int]:
    there = sorted({year // _DECADE * _DECADE for year in years})
    if there and (there[-1] - there[0]) // _DECADE < _LONG:
        return list(range(there[0], there[-1] + 1, _DECADE))
    return there


def _year(
    year: int, years: dict[int, list[MarkView]], order: dict[str, int], *, singly: bool
) -> TimelineYear:
    marks = sorted(years.get(year, ()), key=lambda mark: order[mark.value])
    counts = Counter(mark.value for mark in marks)
    return TimelineYear(
        year, len(marks), tuple(counts[value] for value in order), tuple(marks) if singly else ()
    )


def _summary(years: dict[int, list[MarkView]], found: Sequence[PartView], variable: str, total: int) -> str:
    if not years:
        return "No case has a known year."
    fullest = max(sorted(years), key=lambda year: len(years[year]))
    dated = sum(map(len, years.values()))
    first, last = min(years), max(years)
    when = f"began in {first}" if first == last else f"began from {first} to {last}"
    said = f"{dated} {'case' if dated == 1 else 'cases'} {when}, most of them in {fullest} ({len(years[fullest])})."
    coded = total - found[-1].count
    return (
        f"{said} {coded} of {total} {'is' if coded == 1 else 'are'} coded on {variable}."
        if variable
        else said
    )
