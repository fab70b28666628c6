"""All cases at a glance: what their matrix may be narrowed to, and how their codes are distributed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from evidence.inference.stages import STAGES
from evidence.publish.chart_views import ChoiceView, DecadeView, DistributionView, MatrixView, PartView
from evidence.publish.study_views import VariableView
from evidence.publish.views import CaseLine, CodeView
from evidence.publish.wording import listed

__all__ = ["UNDATED", "coded_on", "distribution", "matrix", "parts"]

UNDATED = "undated"


def matrix(cases: Sequence[CaseLine], episodes: Mapping[str, str]) -> MatrixView:
    """Return what the matrix may be narrowed to, each with how many cases have it.

    Args:
        cases: the cases that the appendix shows.
        episodes: titles of the study's episodes by their keys, in order.
    """
    told = Counter(one.key for case in cases for one in case.episodes)
    decades = Counter(case.decade for case in cases)
    opponents = Counter(name for case in cases for name in case.opponents)
    stages = Counter(case.stage for case in cases)
    return MatrixView(
        episodes=tuple(ChoiceView(key, title, told[key]) for key, title in episodes.items() if told[key]),
        decades=tuple(ChoiceView(one, one or UNDATED, decades[one]) for one in _ascending(decades)),
        opponents=tuple(ChoiceView(one, one, opponents[one]) for one in sorted(opponents)),
        stages=tuple(ChoiceView(one, one, stages[one]) for one in STAGES if stages[one]),
        contested=any(coding.contested for case in cases for coding in case.codings),
    )


def _ascending(decades: Iterable[str]) -> list[str]:
    """Return decades in order of time; cases of no known year come last."""
    return sorted(decades, key=lambda one: (not one, one))


def coded_on(case: CaseLine, variable: str) -> CodeView | None:
    """Return a case's current code on a variable."""
    return next((coding.code for coding in case.codings if coding.variable == variable), None)


def parts(variable: VariableView | None, codes: Sequence[CodeView | None]) -> tuple[PartView, ...]:
    """Return how many cases have each level of a variable, and last how many are not coded.

    A code that is no level of the newest version, as where a coder found that a case cannot be coded, is a part
    of its own before the last.
    """
    counts = Counter("" if code is None else code.value for code in codes)
    levels = variable.levels if variable else ()
    known = {level.value for level in levels}
    others = {code.value: code.label for code in codes if code is not None and code.value not in known}
    return (
        *(_part(level.value, level.label, level.place, counts, len(codes)) for level in levels),
        *(_part(value, others[value], None, counts, len(codes)) for value in sorted(others)),
        _part("", "not coded", None, counts, len(codes)),
    )


def _part(value: str, label: str, place: int | None, counts: Mapping[str, int], total: int) -> PartView:
    return PartView(value, label, place, counts[value], _share(counts[value], total))


def _share(part: int, whole: int) -> str:
    """Return ``12%``; what is some but rounds to none, or nearly all and rounds to all, is said to be so."""
    if not whole:
        return "–"
    rounded = (200 * part + whole) // (2 * whole)
    if part and not rounded:
        return "under 1%"
    return "over 99%" if part < whole and rounded == 100 else f"{rounded}%"  # noqa: PLR2004 - all of a hundred


def distribution(variable: VariableView, cases: Sequence[CaseLine]) -> DistributionView:
    """Return how cases are coded on a variable, by level and by decade."""
    codes = [coded_on(case, variable.key) for case in cases]
    found = parts(variable, codes)
    by_decade: dict[str, list[str]] = {}
    for case, code in zip(cases, codes, strict=True):
        by_decade.setdefault(case.decade, []).append("" if code is None else code.value)
    coded = len(cases) - found[-1].count
    return DistributionView(
        variable=variable.key,
        label=variable.label,
        parts=found,
        coded=coded,
        total=len(cases),
        most=max((one.count for one in found[:-1]), default=0),
        decades=tuple(
            DecadeView(name or UNDATED, len(values), tuple(values.count(one.value) for one in found))
            for name in _ascending(by_decade)
            for values in (by_decade[name],)
        ),
        summary=_summary(variable, found, coded, len(cases)),
    )


def _summary(variable: VariableView, found: Sequence[PartView], coded: int, total: int) -> str:
    are = "is" if coded == 1 else "are"
    told = [
        f"{one.value} ({one.label}) in {one.count}" if one.label else f"{one.value} in {one.count}"
        for one in found[:-1]
        if one.count
    ]
    heads = f"{coded} of {total} case{'' if total == 1 else 's'} {are} coded on {variable.key}"
    return f"{heads}: {listed(told)}." if told else f"{heads}."
