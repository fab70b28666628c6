"""The descriptor of tables as a Frictionless Data Package: types, keys and meanings, for programs that read such packages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from evidence.exchange.codebook import Codebook
from evidence.exchange.tables_columns import Column, Table

__all__ = ["DESCRIPTOR", "as_package"]

DESCRIPTOR = "datapackage.json"
_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"}, "integer": {"type": "integer"}, "number": {"type": "number"},
    "truth": {"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]}, "day": {"type": "date"},
    "moment": {"type": "datetime", "format": "any"},
}  # fmt: skip


def as_package(book: Codebook) -> str:
    """Return the descriptor of a study's tables, as CSV (Data Package and Table Schema, version 1).

    Args:
        book: their codebook.
    """
    tables = {table.name: table for table in book.tables}
    made = {
        "profile": "tabular-data-package",
        "name": _slug(book.key),
        "title": book.title,
        "version": str(book.revision or 0),
        "resources": [_resource(table, tables) for table in book.tables],
    }
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _slug(key: str) -> str:
    """Return a name as packages may have it."""
    return "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in "-._") else "-" for sign in key.lower()
    )


def _resource(table: Table, tables: dict[str, Table]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "foreignKeys": list(_joins(table.columns, tables)),
    }
    if all(_given(name, table) for name in table.key):
        schema["primaryKey"] = list(table.key)
    return {
        "profile": "tabular-data-resource",
        "name": _slug(table.name),
        "path": f"{table.name}.csv",
        "description": table.meaning,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"lineTerminator": "\r\n", "doubleQuote": True},
        "schema": {name: value for name, value in schema.items() if value},
    }


def _given(name: str, table: Table) -> bool:
    """Tell whether a column of a key is never empty: a bearing has an observation or a search."""
    return not (table.name == "bearings" and name in ("observation", "search"))


def _field(column: Column) -> dict[str, Any]:
    values = [int(word) if column.kind == "integer" else word for word in column.words]
    return {
        "name": column.name,
        **_TYPES[column.kind],
        "description": f"{column.meaning} Unit: {column.unit}." if column.unit else column.meaning,
        **({"constraints": {"enum": values}} if values else {}),
    }


def _joins(columns: Iterable[Column], tables: dict[str, Table]) -> Iterable[dict[str, Any]]:
    """Yield the columns that lead to one row of another table, by the whole of its key."""
    for column in columns:
        there, _, other = column.joins.partition(".")
        if there in tables and tables[there].key == (other,):
            yield {"fields": [column.name], "reference": {"resource": _slug(there), "fields": [other]}}
