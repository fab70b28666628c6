"""Bring a ledger's study into its plain form, one statement a table."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Connection, Table, select

from evidence.errors import LedgerError
from evidence.keys import natural
from evidence.ledger.nouns import NOUNS, STUDY, Noun
from evidence.models import Redirect, Study, Text
from evidence.study.plain import Contents, Entry, plain, sorted_entries, stays_out

__all__ = ["gather"]

#: The words of texts are fetched one by one when they are needed: they may be large.
_LEFT = {"content"}
_CHILDREN = {child for kind in NOUNS.values() for child in kind.inside.values()}


class _Names:
    """The keys of all records by their ids."""

    def __init__(self, rows: dict[str, list[Any]]) -> None:
        self.keys = {
            noun: {row.id: row.key for row in found} for noun, found in rows.items() if NOUNS[noun].keyed
        }
        variables = self.keys["variable"]
        self.versions = {
            row.id: (variables[row.variable_id], row.version) for row in rows["variable_version"]
        }

    def key(self, noun: str, row_id: uuid.UUID) -> str:
        """Return a record's key."""
        try:
            return str(self.keys[noun][row_id])
        except KeyError:
            raise LedgerError(
                f"The ledger has a link to a {noun} {row_id} that is not there; see 'evidence history verify'."
            ) from None


def gather(connection: Connection, study: Any) -> Contents:
    """Return everything that a ledger holds of a study, apart from the words of its texts.

    Args:
        connection: to a ledger, or to the copy of one that ``history.as_of`` gives.
        study: the study's id.

    Raises:
        LedgerError: a link in the ledger leads nowhere.
    """
    study_id = study if isinstance(study, uuid.UUID) else uuid.UUID(str(study))
    rows = {noun: _rows(connection, kind.model.__table__, study_id) for noun, kind in NOUNS.items()}
    names = _Names(rows)
    inside = {child: _by_parent(NOUNS[child], rows[child], names) for child in _CHILDREN}
    records = {
        noun: sorted_entries(_entry(kind, row, names, inside) for row in rows[noun])
        for noun, kind in NOUNS.items()
        if noun not in _CHILDREN
    }
    table: Table = Study.__table__  # type: ignore[assignment]
    (row,) = connection.execute(select(table).where(table.c.id == study_id))
    held = select(Text.id).where(Text.study_id == study_id, Text.content.is_not(None))
    return Contents(
        study=_entry(STUDY, row, names, {}),
        records=records,
        redirects=_redirects(connection, study_id, names),
        held=set(connection.execute(held).scalars()),
    )


def _rows(connection: Connection, table: Table, study_id: uuid.UUID) -> list[Any]:
    columns = [column for column in table.c if column.name not in _LEFT]
    return list(connection.execute(select(*columns).where(table.c.study_id == study_id).order_by(table.c.id)))


def _by_parent(child: Noun, rows: list[Any], names: _Names) -> dict[uuid.UUID, list[Entry]]:
    parent = child.fields[child.parent].column
    found: dict[uuid.UUID, list[Entry]] = {}
    for row in rows:
        found.setdefault(getattr(row, parent), []).append(_entry(child, row, names, {}))
    return {row_id: sorted_entries(entries) for row_id, entries in found.items()}


def _entry(kind: Noun, row: Any, names: _Names, inside: dict[str, dict[uuid.UUID, list[Entry]]]) -> Entry:
    values: dict[str, Any] = {}
    stored = row._asdict()
    for field in kind.fields.values():
        if field.name == kind.parent or field.name in _LEFT:
            continue
        value = stored[field.column]
        if field.kind == "version":
            values["variable"], values["version"] = names.versions[value]
            continue
        if field.kind == "link" and value is not None:
            value = names.key(row.noun if field.target == "subject" else field.target, value)
        else:
            value = plain(value)
        if not stays_out(kind, field, value):
            values[field.name] = value
    within = {name: inside[child].get(row.id, []) for name, child in kind.inside.items()}
    return Entry(kind.name, values, within, id=row.id)


def _redirects(connection: Connection, study_id: uuid.UUID, names: _Names) -> list[Entry]:
    table: Table = Redirect.__table__  # type: ignore[assignment]
    found = []
    for row in connection.execute(select(table).where(table.c.study_id == study_id).order_by(table.c.id)):
        values = {"noun": row.noun, "old": row.key, "new": names.key(row.noun, row.row_id)}
        if row.retired_at is not None:
            values["retired_at"] = plain(row.retired_at)
        found.append(Entry("redirect", values, id=row.id))
    # The keys of one record stay in the order in which it had them: a fingerprint calls it by the first.
    return sorted(found, key=lambda moved: (moved.values["noun"], natural(moved.values["new"])))
