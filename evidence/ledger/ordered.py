"""Put rows in an order that is the same on every engine, wherever it runs: by code points, whatever a server's locale."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, collate, func
from sqlalchemy.types import Enum, String

__all__ = ["in_order"]


def in_order(connection: Connection, *columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Return what to order rows by.

    Args:
        connection: to the ledger.
        columns: numbers, or texts, which are compared by code points; a text that is not there comes before all others.
    """
    return [_by_code_points(connection, column) for column in columns]


def _by_code_points(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    if not isinstance(column.type, String | Enum):
        return column
    if getattr(column, "nullable", True):
        column = func.coalesce(column, "")
    return column if connection.dialect.name == "sqlite" else collate(column, "C")
