"""The way back: which standing records rest on a record."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from evidence.keys import natural
from evidence.ledger.nouns import NOUNS, Field, Noun

__all__ = ["resting_on"]


def resting_on(session: Session, noun: str, row_id: uuid.UUID) -> list[str]:
    """Return what rests on a record, as ``test mid-50.t1``: whatever links to it and is not retired.

    Records inside it do not count, for they go where it goes; a record inside another counts as that other.
    """
    found = {
        name
        for kind in NOUNS.values()
        for field in _links(kind, noun)
        for name in _named(session, kind, field, row_id)
    }
    return sorted(found, key=natural)


def _links(kind: Noun, noun: str) -> Iterator[Field]:
    for field in kind.fields.values():
        if (field.kind in ("link", "version") and field.target == noun and field.name != kind.parent) or (
            field.kind == "version" and noun == "variable"
        ):
            yield field


def _named(session: Session, kind: Noun, field: Field, row_id: uuid.UUID) -> Iterator[str]:
    table = kind.model.__table__
    targets: Any = [row_id]
    if field.kind == "version":
        version = NOUNS["variable_version"].model.__table__
        targets = select(version.c.id).where((version.c.variable_id == row_id) | (version.c.id == row_id))
    standing = (table.c[field.column].in_(targets), table.c.retired_at.is_(None))
    if kind.keyed:
        wanted: Select[Any] = select(table.c.key).where(*standing)
        name = kind.name
    elif kind.parent:
        owner = NOUNS[kind.fields[kind.parent].target]
        parent = owner.model.__table__
        wanted = (
            select(parent.c.key)
            .join(table, table.c[kind.fields[kind.parent].column] == parent.c.id)
            .where(*standing, parent.c.retired_at.is_(None), parent.c.id != row_id)
        )
        name = owner.name
    else:
        return
    yield from (f"{name} {key}" for key in session.scalars(wanted))
