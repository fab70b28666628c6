"""The count check of the universe: what the study says, against the cases that are there."""

from __future__ import annotations

from evidence.audit.universe import Counted, universe
from evidence.publish.resolved import Resolved
from evidence.publish.study_views import CountView

__all__ = ["counts"]


def counts(study: Resolved) -> tuple[CountView, ...]:
    """Return the lines of the count check; what is missing or too many is named as far as it is known."""
    row = study.rows.study
    core = {one.right for one in study.rows.links.get("episode_case", []) if (one.a or "core") == "core"}
    cases = [
        Counted(case.key, case.status, bool(study.numbers.get(i)), i in core)
        for i, case in study.cases.items()
    ]
    return tuple(
        CountView(line.label, line.stated, line.present, agrees=line.agrees, remark=line.remark)
        for line in universe(row.universe_count, row.universe_deep, cases, study.rows.taken_out)
    )
