"""One way to write a row down: as JSON whose bytes depend on the row alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import msgspec
from sqlalchemy import Column, Table, types

from evidence.moments import Instant

__all__ = ["as_json", "decode", "encode", "from_json", "row_of"]

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
    return as_bytes({name: encode(value) for name, value in row.items()}).decode()


def row_of(table: Table, names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    """Return decoded values by column name."""
    return {name: decode(table.c[name], value) for name, value in zip(names, values, strict=True)}
