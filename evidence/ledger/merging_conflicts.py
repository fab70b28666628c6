"""Conflicts of merges: fields that two copies changed apart, as a person reads them, and what the person makes of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, select

from evidence.errors import MethodError, UnknownKey, ValueRefused
from evidence.ledger import canonical, records
from evidence.ledger.forms import read_key, read_value
from evidence.ledger.named import name_of
from evidence.ledger.nouns import NOUNS, STUDY, Field
from evidence.ledger.revisions import Unit
from evidence.models import Base, Conflict, Redirect
from evidence.vocabulary import Resolution

__all__ = ["NOTHING_THERE", "Differing", "conflicts", "resolve"]

#: What a field without a value is said to hold.
NOTHING_THERE = "(nothing)"
_RETIRED = "retired_at"
_conflict = Base.metadata.tables[Conflict.__tablename__]


@dataclass(frozen=True, slots=True)
class Differing:
    """A conflict, as people read it; values are text, links are what they lead to.

    Attributes:
        key: the conflict's key.
        of: what the field is of, such as ``case mid-50``.
        field: the field.
        base: what both copies began with.
        ours, theirs: what each made of it.
        ours_by, theirs_by: who wrote that.
        now: what stands.
        resolution: ``ours``, ``theirs`` or ``other``; nothing while it is open.
        resolved_by, note: who resolved it, and why so.
    """

    key: str
    of: str
    field: str
    base: str
    ours: str
    ours_by: str
    theirs: str
    theirs_by: str
    now: str
    resolution: str
    resolved_by: str
    note: str


def conflicts(
    connection: Connection,
    study: Any,
    *,
    resolved: bool = False,
    keys: Iterable[str] | None = None,
    hidden: Iterable[uuid.UUID] = (),
) -> list[Differing]:
    """Return the conflicts of a study in the order they were met.

    Args:
        connection: an open read, or that of a unit of work.
        study: the study's id.
        resolved: the resolved ones as well.
        keys: only these.
        hidden: records of which nothing is said, since a blind round hides them from whoever reads.
    """
    asked = select(_conflict).where(_conflict.c.study_id == uuid.UUID(str(study)))
    if not resolved:
        asked = asked.where(_conflict.c.resolved_at.is_(None))
    wanted, unseen = None if keys is None else set(keys), set(hidden)
    found = [
        row
        for row in connection.execute(asked)
        if (wanted is None or row.key in wanted) and row.subject_id not in unseen
    ]
    return [_read(connection, row) for row in sorted(found, key=lambda row: (len(row.key), row.key))]


def _read(connection: Connection, row: Row[Any]) -> Differing:
    table = Base.metadata.tables[row.table_name]
    here = connection.execute(select(table).where(table.c.id == uuid.UUID(row.row))).mappings().first()
    column = table.c[row.field]
    noted = {name: canonical.noted(name, value) for name, value in (here or {}).items()}
    return Differing(
        key=row.key,
        of=_called(connection, row.table_name, noted) or f"a {row.table_name.replace('_', ' ')}",
        field="in use" if row.field == _RETIRED else row.field.removesuffix("_id"),
        base=_spoken(connection, column, None if row.base is None else canonical.from_json(row.base)),
        ours=_spoken(connection, column, canonical.from_json(row.ours)),
        ours_by=row.ours_by,
        theirs=_spoken(connection, column, canonical.from_json(row.theirs)),
        theirs_by=row.theirs_by,
        now=_spoken(connection, column, noted.get(row.field)),
        resolution=row.resolution or "",
        resolved_by=row.resolved_by,
        note=row.note,
    )


def _called(connection: Connection, table: str, noted: dict[str, Any]) -> str:
    """Return what a row is called, with the keys of what it links to."""
    if not noted:
        return ""
    if table == "study":
        return "the study"
    linked = {
        str(noted[column.name]): _key(connection, column, noted[column.name])
        for column in Base.metadata.tables[table].c
        if column.foreign_keys and column.name != "study_id" and noted.get(column.name)
    }
    return name_of(table, noted, linked)


def _key(connection: Connection, column: Column[Any], row_id: str) -> str:
    """Return the key of the record that a link leads to; of a row without one, its id."""
    (link,) = column.foreign_keys
    table = link.column.table
    name = table.c.key if "key" in table.c else table.c.id
    return str(connection.scalar(select(name).where(table.c.id == uuid.UUID(row_id))) or row_id)


def _spoken(connection: Connection, column: Column[Any], value: Any) -> str:
    """Return a value, as changes note it, as people read it."""
    if column.name == _RETIRED:
        return f"retired on {str(value)[:10]}" if value else "in use"
    if value is None or value == "":
        return NOTHING_THERE
    if column.foreign_keys:
        return _key(connection, column, str(value))
    return value if isinstance(value, str) else canonical.as_bytes(value).decode()


def resolve(
    session: Unit, key: str, take: str, because: str, *, hidden: Iterable[uuid.UUID] = ()
) -> Differing:
    """Give a field in conflict the value that a person chose, and record who chose it and why.

    Args:
        session: the unit of work.
        key: the conflict's key.
        take: ``ours``, ``theirs``, or another value as the field is written.
        because: why that one.
        hidden: records of which nothing may be said to whoever resolves.

    Returns:
        The conflict, resolved.

    Raises:
        UnknownKey: there is no such conflict.
        ValueRefused: it is resolved already, or the value does not fit the field.
        MethodError: no reason is given, or the value would break a law.
    """
    row = session.scalars(
        select(Conflict).where(Conflict.study_id == session.study_id, Conflict.key == key)
    ).first()
    if row is None or row.subject_id in set(hidden):
        raise UnknownKey("conflict", key, [one.key for one in _open(session, hidden)])
    if row.resolved_at is not None:
        raise ValueRefused(
            f"{key} was resolved by {row.resolved_by} already; what stands now is edited like anything else."
        )
    if not because.strip():
        raise MethodError("Say why this one is taken (--because).")
    choice = Resolution(take) if take in ("ours", "theirs") else Resolution.OTHER
    _set(session, row, choice, take)
    row.resolution, row.note = choice, because
    row.resolved_by, row.resolved_at = session.author, session.now
    session.flush()
    connection = session.connection()
    return _read(connection, connection.execute(select(_conflict).where(_conflict.c.id == row.id)).one())


def _open(session: Unit, hidden: Iterable[uuid.UUID]) -> list[Differing]:
    return conflicts(session.connection(), session.study_id, hidden=hidden)


def _set(session: Unit, row: Conflict, choice: Resolution, take: str) -> None:
    """Set the field, unless it has the chosen value already."""
    model = next(one.class_ for one in Base.registry.mappers if one.class_.__tablename__ == row.table_name)
    target = session.get(model, uuid.UUID(row.row))
    if target is None:
        if choice is Resolution.OURS:
            return
        raise ValueRefused(f"What {row.key} is about is part of another record now; resolve it with 'ours'.")
    column = Base.metadata.tables[row.table_name].c[row.field]
    if choice is Resolution.OTHER:
        value = _given(row, column, take)
    else:
        value = canonical.decode(
            column, canonical.from_json(row.ours if choice is Resolution.OURS else row.theirs)
        )
    if value == getattr(target, column.key):
        return
    if row.field == "key":
        _rename(session, row, target, value)
        return
    kind = NOUNS.get(row.table_name)
    field = _field(row)
    if kind and kind.keyed and field and not field.computed and field.kind not in ("link", "version"):
        records.edit(session, kind.name, target, {field.name: value})
    else:
        setattr(target, column.key, value)


def _field(row: Conflict) -> Field | None:
    kind = STUDY if row.table_name == "study" else NOUNS.get(row.table_name)
    return next((one for one in kind.fields.values() if one.column == row.field), None) if kind else None


def _given(row: Conflict, column: Column[Any], take: str) -> Any:
    """Read a value that neither side had."""
    field = _field(row)
    if row.field == "key":
        return read_key(take)
    if field is None or field.computed or column.foreign_keys:
        raise ValueRefused(
            f"{row.key} is resolved with 'ours' or 'theirs'; the field takes no third value here."
        )
    return read_value(field, canonical.from_json(take) if field.kind == "json" and not field.form else take)


def _rename(session: Unit, row: Conflict, target: Any, key: str) -> None:
    """Give a record the key that was chosen; one that it had, or might have had, is its own already."""
    own = select(Redirect).where(
        Redirect.study_id == session.study_id, Redirect.noun == row.table_name, Redirect.row_id == target.id
    )
    led = {one.key for one in session.scalars(own)}
    if key not in led:
        records.rename(session, row.table_name, target, key)
        return
    if target.key not in led:
        session.add(
            Redirect(study_id=session.study_id, noun=row.table_name, key=target.key, row_id=target.id)
        )
    target.key = key
    session.flush()
