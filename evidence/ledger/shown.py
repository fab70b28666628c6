"""Records as they are shown: fields by name, links as keys, what is empty left out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from evidence.errors import UnknownKey
from evidence.keys import natural
from evidence.ledger.canonical import encode
from evidence.ledger.nouns import NOUNS, STUDY, Field, Noun
from evidence.models import Redirect

__all__ = ["shown", "shown_all", "shown_study"]

#: Up to so many ids are asked for by name; beyond it all keys of the noun are read.
_FEW = 500


def shown(connection: Connection, study: Any, noun: str, key: str) -> dict[str, Any]:
    """Return one record with the records inside it.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id.
        noun: what kind of record.
        key: its key, or one that it once had.

    Raises:
        UnknownKey: there is no such record.
    """
    kind, study_id = NOUNS[noun], uuid.UUID(str(study))
    table = kind.model.__table__
    found = connection.execute(_of(table, study_id).where(table.c.key == key)).first()
    if found is None:
        moved = select(Redirect.row_id).where(
            Redirect.study_id == study_id, Redirect.noun == noun, Redirect.key == key
        )
        found = connection.execute(_of(table, study_id).where(table.c.id.in_(moved))).first()
    if found is None:
        raise UnknownKey(
            noun, key, connection.scalars(select(table.c.key).where(table.c.study_id == study_id))
        )
    record = _plain(connection, kind, [found])[0]
    for name, child_name in kind.inside.items():
        child = NOUNS[child_name]
        inner = child.model.__table__
        parent = inner.c[child.fields[child.parent].column]
        held = _of(inner, study_id).where(parent == found.id, inner.c.retired_at.is_(None))
        inside = _plain(connection, child, list(connection.execute(held.order_by(inner.c.id))))
        if inside:
            record[name] = [one[child.scalar] for one in inside] if child.scalar else inside
    return record


def shown_all(
    connection: Connection, study: Any, noun: str, *, retired: bool = False
) -> list[dict[str, Any]]:
    """Return a noun's records by key, without the records inside them."""
    kind = NOUNS[noun]
    table = kind.model.__table__
    wanted = _of(table, uuid.UUID(str(study)))
    if not retired:
        wanted = wanted.where(table.c.retired_at.is_(None))
    found = list(connection.execute(wanted.order_by(table.c.id)))
    if kind.keyed:
        found.sort(key=lambda row: natural(row.key))
    records = _plain(connection, kind, found)
    if noun == "decision":
        later = {record["supersedes"]: record["key"] for record in records if "supersedes" in record}
        for record in records:
            if record["key"] in later:
                record["superseded_by"] = later[record["key"]]
    return records


def shown_study(connection: Connection, study: Any) -> dict[str, Any]:
    """Return the study's own fields."""
    table = STUDY.model.__table__
    found = connection.execute(select(table).where(table.c.id == uuid.UUID(str(study)))).one()
    return _plain(connection, STUDY, [found])[0]


def _of(table: Table, study_id: uuid.UUID) -> Select[Any]:
    return select(table).where(table.c.study_id == study_id)


def _plain(connection: Connection, kind: Noun, rows: Iterable[Any]) -> list[dict[str, Any]]:
    rows = list(rows)
    names = {field.name: _names(connection, field, rows) for field in kind.fields.values() if field.target}
    return [_record(kind, row, names) for row in rows]


def _record(kind: Noun, row: Any, names: dict[str, dict[Any, Any]]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for field in kind.fields.values():
        value = getattr(row, field.column)
        if value in (None, "", [], {}) or field.name == kind.parent:
            continue
        if field.kind == "version":
            record["variable"], record["version"] = names[field.name][value]
        elif field.target == "subject":
            record[field.name] = names[field.name][row.noun].get(value, str(value))
        elif field.kind == "link":
            record[field.name] = names[field.name].get(value, str(value))
        else:
            record[field.name] = encode(value)
    return record


def _names(connection: Connection, field: Field, rows: list[Any]) -> dict[Any, Any]:
    """Return the keys of the records that a field leads to, by their ids."""
    ids = {getattr(row, field.column) for row in rows} - {None}
    if not ids:
        return {}
    if field.target == "subject":
        nouns = sorted({row.noun for row in rows if row.noun in NOUNS})
        return {noun: _keys(connection, noun, {row.subject_id for row in rows}) for noun in nouns}
    if field.kind == "version":
        version, variable = NOUNS["variable_version"].model, NOUNS["variable"].model
        wanted = select(version.id, variable.key, version.version).join(
            variable, variable.id == version.variable_id
        )
        return {
            row.id: (row.key, row.version) for row in connection.execute(wanted.where(version.id.in_(ids)))
        }
    return _keys(connection, field.target, ids)


def _keys(connection: Connection, noun: str, ids: set[Any]) -> dict[Any, Any]:
    table = NOUNS[noun].model.__table__
    wanted = select(table.c.id, table.c.key)
    if len(ids) <= _FEW:
        wanted = wanted.where(table.c.id.in_(ids))
    return {row.id: row.key for row in connection.execute(wanted)}
