"""Ask for the rows whose value is one of many, handed over as one parameter; ids as the driver has them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

__all__ = ["among", "driven"]


def among(connection: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Return the condition that a column has one of ``values``: ids or keys, as the driver has them.

    A list with a parameter for each value ends at some ten thousand of them, and is another statement for
    every number of values; this is one parameter and one statement.
    """
    if connection.dialect.name == "sqlite":
        listed: Any = bindparam(None, json.dumps(list(values)), unique=True)
        return column.in_(select(func.json_each(listed).table_valued("value").c.value))
    return column == func.any(bindparam(None, list(values), unique=True))


def driven(connection: Connection, row_id: Any) -> Any:
    """Return an id, however it is spelled, as the driver has it: what rows read by word have, and conditions on them take."""
    known = uuid.UUID(str(row_id))
    return known.hex if connection.dialect.name == "sqlite" else known
