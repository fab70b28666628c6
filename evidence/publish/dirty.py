"""What changed in a ledger since a revision: whose pages show it.

Every change of the ledger is a row of its history. What a changed row belongs to is read off its links, as they are
and as they were; a change of what this module does not know is one of everything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from evidence.ledger.among import among
from evidence.ledger.rows import words
from evidence.publish.rests import packed

__all__ = ["Changed", "changed"]

#: For each table whose rows belong to cases or sources, the columns that lead to what shows a row of it.
_SHOWN: dict[str, tuple[str, ...]] = {
    "case": (),
    "alias": ("case_id",),
    "participation": ("case_id",),
    "episode_case": ("case_id",),
    "test": ("case_id",),
    "decision": ("case_id",),
    "decision_test": ("decision_id",),
    "decision_observation": ("decision_id",),
    "decision_search": ("decision_id",),
    "decision_adjudicated": ("decision_id",),
    "hypothesis": ("case_id",),
    "rivalry": ("hypothesis_id", "rival_id"),
    "prior": ("hypothesis_id",),
    "likelihood": ("test_id", "hypothesis_id"),
    "bearing": ("test_id", "observation_id", "search_id"),
    "observation": ("case_id",),
    "observation_quote": ("observation_id",),
    "search": ("case_id",),
    "review": ("subject_id",),
    "quote": (),
    "text": ("source_id",),
}
#: Tables that are read as a whole each time and compared, or that pages about the whole study alone show.
_COMPARED = frozenset(
    [
        "study",
        "source",
        "coder",
        "concept",
        "episode",
        "variable",
        "variable_version",
        "redirect",
        "commitment",
        "membership",
        "release",
        "challenge",
    ]
)
#: Whose keys narratives cite.
_CITED = ("quote", "source")
#: After more changes than these everything is rendered.
_MANY = 5000


@dataclass(slots=True)
class Changed:
    """What changed, by what shows it: ids as sixteen bytes."""

    rows: set[bytes] = field(default_factory=set)  # that changed, or that show what did
    sources: set[bytes] = field(default_factory=set)  # whose quotes or texts changed
    keys: set[str] = field(default_factory=set)  # of quotes and sources that changed, now and before


def changed(connection: Connection, study: Any, revision: int, digest: str) -> Changed | None:
    """Return what changed after a revision; nothing if that cannot be told, and all may have changed.

    Args:
        connection: an open read on the ledger.
        study: the study's id.
        revision: the revision's number.
        digest: the digest that it had: another one's history is not this one's.
    """
    number = words("revision", "id study_id number digest").c
    known = select(number.digest).where(number.study_id == study, number.number == revision)
    if connection.execute(known).scalar() != digest:
        return None
    since = select(number.id).where(number.study_id == study, number.number > revision)
    change = words("change", "study_id revision_id table_name row_id before after").c
    wanted = change.study_id == study, change.revision_id.in_(since)
    if connection.execute(select(func.count()).where(*wanted)).scalar_one() > _MANY:
        return None
    steps = connection.execute(
        select(change.table_name, change.row_id, change.before, change.after).where(*wanted)
    ).all()
    if any(step.table_name not in _SHOWN and step.table_name not in _COMPARED for step in steps):
        return None
    found = Changed()
    tables: dict[str, set[Any]] = {}
    for step in steps:
        table = step.table_name
        if table in _SHOWN:
            found.rows.add(packed(step.row_id))
            tables.setdefault(table, set()).add(step.row_id)
        for text in (step.before, step.after):
            _note(found, table, json.loads(text) if text is not None else {})
    for table, ids in sorted(tables.items()):
        columns = " ".join([*_columns(table)])
        if columns:
            now = words(table, f"id {columns}")
            for row in connection.execute(select(now).where(among(connection, now.c.id, ids))):
                _note(found, table, row._asdict())
    return found


def _columns(table: str) -> Iterable[str]:
    yield from _SHOWN[table]
    if table == "quote":
        yield "source_id"
    if table in _CITED:
        yield "key"


def _note(found: Changed, table: str, row: dict[str, Any]) -> None:
    """Note what a row leads to, as it is or as it was."""
    for column in _SHOWN.get(table, ()):
        if row.get(column) is not None:
            found.rows.add(_id(row[column]))
    if table in ("quote", "text") and row.get("source_id") is not None:
        found.sources.add(_id(row["source_id"]))
    if table in _CITED and row.get("key"):
        found.keys.add(row["key"])


def _id(value: Any) -> bytes:
    return packed(value.replace("-", "") if isinstance(value, str) else value)
