"""Which cases an extract shows: by their keys, by an episode, or those for which an archive was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from evidence.errors import EvidenceError, UnknownKey
from evidence.ledger.rows import words
from evidence.vocabulary import CaseStatus

__all__ = ["chosen"]


def chosen(
    connection: Connection,
    study_id: Any,
    cases: Sequence[str] = (),
    *,
    episodes: Sequence[str] = (),
    only_deep: bool = False,
) -> tuple[str, ...]:
    """Return the keys of the cases to show; none shows all.

    Args:
        connection: an open read on the ledger.
        study_id: the study's id.
        cases: keys, which are looked up by whoever shows them.
        episodes: the keys of episodes, whose cases are added.
        only_deep: leave out, of all of these, cases that were only screened.

    Raises:
        UnknownKey: there is no such episode.
        EvidenceError: no case is left.
    """
    wanted = dict.fromkeys(cases)
    for key in episodes:
        wanted |= dict.fromkeys(_of_episode(connection, study_id, key))
    if not only_deep:
        return tuple(wanted)
    deep = _deep(connection, study_id)
    left = [key for key in wanted if key in set(deep)] if wanted else deep
    if not left:
        raise EvidenceError(
            "No case is left: none of these was chosen for process tracing. Leave out --only-deep."
        )
    return tuple(left)


def _of_episode(connection: Connection, study_id: Any, key: str) -> list[str]:
    episode = words("episode", "id key study_id retired_at")
    place, case = words("episode_case", "episode_id case_id"), words("case", "id key retired_at")
    standing = (episode.c.study_id == study_id, episode.c.retired_at.is_(None))
    known = {
        row.key: row.id for row in connection.execute(select(episode.c.key, episode.c.id).where(*standing))
    }
    if key not in known:
        raise UnknownKey("episode", key, known)
    inside = select(case.c.key).join(place, place.c.case_id == case.c.id)
    inside = inside.where(place.c.episode_id == known[key], case.c.retired_at.is_(None)).order_by(case.c.key)
    found = list(connection.scalars(inside))
    if not found:
        raise EvidenceError(f"The episode {key!r} has no cases; add some, or name another.")
    return found


def _deep(connection: Connection, study_id: Any) -> list[str]:
    case, test = words("case", "id key study_id status retired_at"), words("test", "case_id retired_at")
    tested = select(test.c.case_id).where(test.c.retired_at.is_(None))
    wanted = select(case.c.key).where(
        case.c.study_id == study_id,
        case.c.retired_at.is_(None),
        or_(case.c.status == CaseStatus.DEEP.value, case.c.id.in_(tested)),
    )
    return list(connection.scalars(wanted.order_by(case.c.key)))
