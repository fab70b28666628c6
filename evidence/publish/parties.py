"""Who took part in a case: sides, each state's own hostility, and the country under study."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from evidence.cases.states import name_in
from evidence.publish import wording
from evidence.publish.data_words import level
from evidence.publish.resolved import Resolved
from evidence.publish.views import ParticipantView, SideView

__all__ = ["in_a_line", "opponents", "sides", "studied_actor"]

#: With fewer cases than this, that a state is in all of them says nothing about the study.
_ENOUGH = 3


def studied_actor(study: Resolved) -> str:
    """Return the key of the one state that is in every case, the country under study; nothing if none is.

    A case whose facts were imported for a country says itself which; this is for those that do not.
    """
    known = study.rows.everywhere
    if len(study.cases) < _ENOUGH:
        return ""
    if known is not None:
        return known[0] if len(known) == 1 else ""
    everywhere: set[str] | None = None
    for case_id in study.cases:
        here = {row.key for row in study.parts.get(case_id, ())}
        everywhere = here if everywhere is None else everywhere & here
        if not everywhere:
            return ""
    return next(iter(everywhere)) if everywhere and len(everywhere) == 1 else ""


def sides(study: Resolved, case_id: Any, studied: str) -> tuple[SideView, ...]:
    """Return a case's sides, each with its participants by name."""
    case = study.cases[case_id]
    country = (case.attributes or {}).get("country")
    year = int(case.start[:4]) if case.start and case.start[:4].isdecimal() else 0
    when = (case.start, case.end)
    by_side: dict[str, list[ParticipantView]] = {}
    for row in study.parts.get(case_id, ()):
        own = row.ccode == country if country is not None else row.key == studied
        by_side.setdefault(row.side, []).append(_participant(row, year, when, studied=own))
    return tuple(SideView(side, tuple(participants)) for side, participants in sorted(by_side.items()))


def opponents(views: Sequence[SideView]) -> tuple[str, ...]:
    """Return the states that stand on the other side from the country under study, by name."""
    own = {side.name for side in views if any(one.studied for one in side.participants)}
    across = (one.name for side in views if own and side.name not in own for one in side.participants)
    return tuple(sorted(set(across)))


def in_a_line(views: Sequence[SideView]) -> str:
    """Return ``South Korea, Taiwan, United States v. China, Soviet Union``."""
    return " v. ".join(", ".join(dict.fromkeys(one.name for one in side.participants)) for side in views)


def _participant(
    row: Any, year: int, when: tuple[str | None, str | None], *, studied: bool
) -> ParticipantView:
    return ParticipantView(
        name_then(year, row.ccode, row.name),
        row.abbreviation,
        row.role,
        "" if (row.start, row.end) == when else wording.span(row.start, row.end),
        level("hostility", row.hostility),
        level("action", row.action),
        studied,
    )


#: The same states take part in many cases, and a data set has few years.
name_then = lru_cache(maxsize=4096)(name_in)
