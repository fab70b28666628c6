"""The count check of the universe: what the study says, against the cases that are there."""

from __future__ import annotations

from evidence.publish.resolved import Resolved
from evidence.publish.views import CountView
from evidence.publish.wording import listed
from evidence.vocabulary import CaseStatus

__all__ = ["counts"]

_MOST_NAMED = 25


def counts(study: Resolved) -> tuple[CountView, ...]:
    """Return the lines of the count check; what is missing or too many is named as far as it is known."""
    row = study.rows.study
    total, deep = row.universe_count, row.universe_deep
    screened = total - deep if total is not None and deep is not None else None
    present = list(study.cases.values())
    traced = [case for case in present if case.status == CaseStatus.DEEP]
    return (
        _line("cases in all", total, len(present), _whole(study, total)),
        _line("for process tracing", deep, len(traced), _traced(study, {case.key for case in traced}, deep)),
        _line("screened", screened, len(present) - len(traced), ""),
    )


def _line(label: str, stated: int | None, present: int, known: str) -> CountView:
    if stated is None:
        return CountView(label, None, present, agrees=True, remark="The study states no number.")
    if stated == present:
        return CountView(label, stated, present, agrees=True, remark="")
    short = stated - present
    said = f"{abs(short)} {'missing' if short > 0 else 'too many'}"
    return CountView(
        label, stated, present, agrees=False, remark=f"{said}: {known}." if known else f"{said}."
    )


def _whole(study: Resolved, stated: int | None) -> str:
    if stated is None:
        return ""
    short = stated - len(study.cases)
    if short > 0 and study.rows.taken_out:
        return f"taken out of the study were {_named(study.rows.taken_out)}"
    numbered = [case.key for i, case in study.cases.items() if study.numbers.get(i)]
    odd = [case.key for i, case in study.cases.items() if not study.numbers.get(i)]
    if short < 0 and numbered and odd:
        return f"without a number in the data set are {_named(odd)}"
    return "which is not known to the ledger" if short > 0 else ""


def _traced(study: Resolved, traced: set[str], stated: int | None) -> str:
    """Name the cases at the core of an episode that are not process-traced, or those traced outside one."""
    core = {
        study.cases[one.right].key: None
        for one in study.rows.links.get("episode_case", [])
        if one.right in study.cases and (one.a or "core") == "core"
    }
    order = [case.key for case in study.cases.values()]
    if stated is None or not core:
        return ""
    if len(traced) < stated:
        return _named([key for key in order if key in core and key not in traced])
    return _named([key for key in order if key in traced and key not in core])


def _named(keys: list[str] | tuple[str, ...]) -> str:
    if len(keys) > _MOST_NAMED:
        return f"{', '.join(keys[:_MOST_NAMED])} and {len(keys) - _MOST_NAMED} more"
    return listed(keys) if keys else ""
