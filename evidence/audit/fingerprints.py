"""Fingerprints: one hash over everything that a case, a decision, a test or a quote rests on.

What lies beneath is ``beneath``'s to say. Of each row every column counts, its retirement and its moments among
them, in canonical JSON; the rows are sorted, so that no order matters. Ids do not count: a record is called by the
first key that it had, which no other record will ever have, so that a study that was written as text and read
into another ledger keeps its signatures. Of a text its hash counts, whether or not its words are held here. A link
that was retired is no longer there, and neither is its far end: its retirement is a change, and whoever makes the
link again is back at the fingerprint from before.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, select, type_coerce
from sqlalchemy.types import NullType

from evidence.audit.beneath import Beneath, load
from evidence.ledger.among import among, driven
from evidence.ledger.canonical import as_bytes, noted
from evidence.models import Base

__all__ = ["Fingerprint", "fingerprint", "fingerprints"]

#: What the hash begins with, so that another way of reckoning gives another fingerprint.
_WAY = b"evidence fingerprint 1\n"
#: Ids are another ledger's business, and words are known by their hash.
_LEFT_OUT = {"id", "study_id", "content"}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A fingerprint, and how many rows of each table it covers."""

    value: str  # SHA-256, in 64 hexadecimal digits
    covers: Mapping[str, int]


def fingerprint(connection: Connection, study: Any, noun: str, subject: Any) -> Fingerprint:
    """Return the fingerprint of one record.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id.
        noun: case, decision, test or quote.
        subject: the record's id.
    """
    study, one = driven(connection, study), driven(connection, subject)
    return fingerprints(connection, study, load(connection, study, [(noun, one)]), [one])[one]


def fingerprints(
    connection: Connection, study: Any, beneath: Beneath, subjects: Collection[Any]
) -> dict[Any, Fingerprint]:
    """Return the fingerprints of many records, in a number of statements that does not grow with them.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        beneath: what was read for them (``beneath.load``).
        subjects: their ids, as the driver has them.
    """
    standing = {one: beneath.under(one)[0] for one in subjects}
    lines = _lines(connection, study, beneath, set().union(*standing.values()))
    found = {}
    for one, rows in standing.items():
        total = hashlib.sha256(_WAY + b"\n".join(sorted(lines[row] for row in rows)))
        found[one] = Fingerprint(total.hexdigest(), Counter(beneath.rows[row].kind for row in rows))
    return found


def _lines(connection: Connection, study: Any, beneath: Beneath, wanted: Collection[Any]) -> dict[Any, bytes]:
    """Return each row in canonical JSON, with its table and with its links by what they lead to."""
    by_kind: dict[str, list[Any]] = {}
    for one in wanted:
        by_kind.setdefault(beneath.rows[one].kind, []).append(one)
    rows = {kind: _read(connection, kind, ids) for kind, ids in sorted(by_kind.items())}
    called = _called(connection, study, rows)
    lines = {}
    for kind, found in rows.items():
        links = _links(kind)
        for row in found:
            values = {
                name: called.get(value) if name in links else noted(name, value)
                for name, value in row._mapping.items()  # noqa: SLF001 - a public name
                if name not in _LEFT_OUT
            }
            lines[driven(connection, row.id)] = as_bytes([kind, called.get(row.id), values])
    return lines


def _read(connection: Connection, kind: str, ids: Collection[Any]) -> Sequence[Row[Any]]:
    whole, raw = _whole(kind)
    return connection.execute(whole.where(among(connection, raw, ids))).all()


@cache
def _whole(kind: str) -> tuple[Select[Any], Any]:
    """Return the query for all columns of a table but words, and its id as the driver has it."""
    table = Base.metadata.tables[kind]
    columns = [column for column in table.c if column.name not in _LEFT_OUT - {"id"}]
    return select(*columns), type_coerce(table.c.id, NullType())


@cache
def _links(kind: str) -> dict[str, str]:
    """Return a table's links: column, and the table that it leads to."""
    return {
        column.name: key.column.table.name
        for column in Base.metadata.tables[kind].c
        for key in column.foreign_keys
        if column.name not in _LEFT_OUT
    }


def _called(
    connection: Connection, study: Any, rows: Mapping[str, Sequence[Row[Any]]]
) -> dict[uuid.UUID, str]:
    """Return by id what rows, and the ends of their links, are called for good: by the first key that each had."""
    keys = {
        row.id: (kind, row.key)
        for kind, found in rows.items()
        if "key" in Base.metadata.tables[kind].c
        for row in found
    }
    far: dict[str, set[uuid.UUID]] = {}
    for kind, found in rows.items():
        for column, target in _links(kind).items():
            ends = {getattr(row, column) for row in found} - keys.keys() - {None}
            if "key" in Base.metadata.tables[target].c:
                far.setdefault(target, set()).update(ends)
    keys |= {
        row.id: (target, row.key)
        for target, ids in sorted(far.items())
        if ids
        for row in _keyed(connection, target, ids)
    }
    moved = Base.metadata.tables["redirect"].c
    first = {
        row.row_id: row.key
        for row in connection.execute(
            select(moved.row_id, moved.key)
            .where(type_coerce(moved.study_id, NullType()) == study)
            .order_by(moved.id.desc())
        )
    }
    called = {one: f"{kind} {first.get(one, key)}" for one, (kind, key) in keys.items()}
    for row in rows.get("variable_version", ()):
        called[row.id] = f"version {row.version} of {called.get(row.variable_id)}"
    return called


def _keyed(connection: Connection, kind: str, ids: Collection[uuid.UUID]) -> Sequence[Any]:
    table = Base.metadata.tables[kind].c
    _, raw = _whole(kind)
    driver = [driven(connection, one) for one in ids]
    return connection.execute(select(table.id, table.key).where(among(connection, raw, driver))).all()
