"""One way to write a row down: as JSON whose bytes depend on the row alone."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import msgspec
from sqlalchemy import Column, Table, types

from evidence.moments import Instant

__all__ = ["BY_HASH", "as_json", "by_hash", "decode", "encode", "from_json", "noted", "renoted", "row_of"]

#: Columns whose values are long and never change: the row alone has the words, a change has their hash.
BY_HASH = frozenset({"content"})
_HASH, _LENGTH = "sha256:", 71

_encoder = msgspec.json.Encoder(order="sorted")
as_bytes = _encoder.encode
from_json = msgspec.json.decode


def encode(value: Any) -> Any:
    """Return a column's value as JSON knows it: UUIDs, words and moments become text."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def noted(name: str, value: Any) -> Any:
    """Return a column's value as a change notes it: as JSON, or by its hash where it is long."""
    return by_hash(value) if name in BY_HASH and isinstance(value, str) else encode(value)


def by_hash(value: str) -> str:
    """Return what a change notes of words."""
    return f"{_HASH}{hashlib.sha256(value.encode()).hexdigest()}"


def renoted(name: str, value: Any) -> Any:
    """Return what a change of any release notes of a value: the first ones noted words in full."""
    hashed = isinstance(value, str) and len(value) == _LENGTH and value.startswith(_HASH)
    return value if hashed else noted(name, value)


def decode(column: Column[Any], value: Any) -> Any:
    """Return what ``encode`` was given, for this column."""
    if value is None:
        return None
    kind = column.type
    if isinstance(kind, types.Uuid):
        return uuid.UUID(value)
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    if isinstance(kind, types.Date):
        return date.fromisoformat(value)
    if isinstance(kind, types.Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    return value


def as_json(row: Mapping[str, Any]) -> str:
    """Return a row, or part of one, in canonical JSON."""
    return as_bytes({name: noted(name, value) for name, value in row.items()}).decode()


def row_of(table: Table, names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    """Return decoded values by column name."""
    return {name: decode(table.c[name], value) for name, value in zip(names, values, strict=True)}
