"""From what changed upwards: which decisions rest on it, asked level by level."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Select, literal_column, or_, select, union_all

from evidence.audit.beneath import KINDS, LEADS
from evidence.ledger.among import among
from evidence.ledger.rows import words

__all__ = ["resting"]


def resting(connection: Connection, study: Any, number: int) -> set[Any]:
    """Return the ids of the decisions that rest on anything that changed after a revision, and perhaps of some more.

    It is asked upwards, from what changed: so what an import brought in costs nothing unless something was linked
    to it. There is a statement for each level of the chain.
    """
    known: dict[str, set[Any]] = {}
    waiting: dict[str, set[Any]] = {}
    for row in connection.execute(_touched(study, number)):
        waiting.setdefault(row.kind, set()).add(row.id)
    while waiting:
        for kind, ids in waiting.items():
            known.setdefault(kind, set()).update(ids)
        parts = [part for kind, ids in waiting.items() for part in _above(connection, study, kind, ids)]
        waiting = {}
        for row in connection.execute(union_all(*parts)) if parts else ():
            if row.id not in known.get(row.kind, ()):
                waiting.setdefault(row.kind, set()).add(row.id)
    return known.get("decision", set())


def _touched(study: Any, number: int) -> Select[Any]:
    """Return the query for rows that changed; of new ones, for links alone: nothing rests on another until it is linked."""
    change = words("change", "study_id revision_id table_name row_id before").c
    revision = words("revision", "id study_id number").c
    since = select(revision.id).where(revision.study_id == study, revision.number > number)
    links = [name for name, kind in KINDS.items() if kind.up and kind.up != "case_id"]
    return (
        select(change.table_name.label("kind"), change.row_id.label("id"))
        .where(change.study_id == study, change.revision_id.in_(since), change.table_name.in_([*KINDS]))
        .where(or_(change.before.is_not(None), change.table_name.in_(links)))
        .distinct()
    )


def _above(connection: Connection, study: Any, kind: str, ids: Collection[Any]) -> Iterator[Select[Any]]:
    """Yield the queries for what rests on rows of one table: what they belong to, and what leads to them."""
    if kind in ("case", "decision"):
        return
    if (up := KINDS[kind].up) and LEADS[up] != "case":
        own = words(kind, f"id {up}").c
        named: Any = literal_column(f"'{LEADS[up]}'").label("kind")
        yield select(named, own[up].label("id")).where(among(connection, own.id, ids))
    for name, other in KINDS.items():
        for column in other.down if name != "rivalry" else ():
            if LEADS[column] == kind:
                leading = words(name, f"id study_id {column}").c
                named = literal_column(f"'{name}'").label("kind")
                mine = select(named, leading.id.label("id")).where(leading.study_id == study)
                yield mine.where(among(connection, leading[column], ids))
