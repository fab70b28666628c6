"""How values stand in a database's columns: whether one stands there as the program writes what a change noted.

SQLite takes anything in any column, and much of it reads as something else: 2 as true, ``{"a":  1}`` as
``{"a": 1}``, an id in capitals as the same id, which no link finds. So values are compared as they stand.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import JSON, Boolean, Column, ColumnElement, Dialect, String, Uuid, cast, type_coerce, types
from sqlalchemy import Text as Words
from sqlalchemy.exc import StatementError

from evidence.ledger import canonical
from evidence.moments import Instant
from evidence.stated import Stated

__all__ = ["UNREADABLE", "Fits", "dashed", "fits", "is_id", "plain", "printable", "raw", "short", "verdict"]

#: Tells whether a column's raw value is what the program writes for a noted one.
Fits: TypeAlias = Callable[[Any, Any], bool]
#: What readers raise at values that SQLite lets anybody write: no JSON, no moment, no word of a list.
UNREADABLE = (ValueError, TypeError, LookupError, StatementError, msgspec.MsgspecError)
_LONGEST = 60
#: SQLite keeps an id as so many hexadecimal digits, in small letters.
_DIGITS = 32


def raw(column: Column[Any], dialect: Dialect) -> ColumnElement[Any]:
    """Return a column to select as it stands: on SQLite whatever is there, on a server JSON as its text."""
    if dialect.name == "sqlite":
        return type_coerce(column, String).label(column.name)
    return cast(column, Words).label(column.name) if _is_json(column) else column


def fits(column: Column[Any], dialect: Dialect) -> Fits | None:
    """Return the comparison for a column; nothing where the noted value itself must stand there."""
    if column.name in canonical.BY_HASH:
        return _by_hash
    if _is_json(column):
        return _stated if isinstance(column.type, Stated) else _json
    if dialect.name != "sqlite":
        return _typed
    for kind, comparison in _IN_FILE.items():
        if isinstance(column.type, kind):
            return comparison
    return None


def plain(column: Column[Any], dialect: Dialect, value: Any) -> Any:
    """Return what a raw value says, as a change would note it.

    Raises:
        UNREADABLE: it says nothing that such a column can hold.
    """
    if value is None or (dialect.name != "sqlite" and not _is_json(column)):
        return canonical.encode(value)
    if _is_json(column) and isinstance(value, str):
        value = canonical.from_json(value.encode())
        return float(value) if isinstance(column.type, Stated) and type(value) is int else value
    if isinstance(column.type, Uuid):
        return str(uuid.UUID(value))
    if isinstance(column.type, types.Integer) and type(value) is not int:
        raise ValueError("no whole number")
    read = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return canonical.noted(column.name, read(value) if read else value)


def verdict(column: Column[Any], dialect: Dialect, value: Any, left: Any) -> str:
    """Return in a clause how a raw value differs from what a change noted."""
    left = canonical.renoted(column.name, left)
    try:
        says = plain(column, dialect, value)
        same = canonical.as_bytes(says) == canonical.as_bytes(left)
    except UNREADABLE:
        return f"{column.name} is {short(value)}, which cannot be read; its last revision left {short(left)}"
    if not same:
        return f"{column.name} is {_near(says, left)}, but its last revision left {_near(left, says)}"
    if isinstance(column.type, Uuid):
        return f"{column.name} is spelled {value!r}, not as 32 digits in small letters; no link finds it"
    return f"{column.name} is spelled {short(value)}, which no program writes for {short(left)}"


def short(value: Any) -> str:
    """Return a value as a sentence shows it: its beginning, and ASCII for what no screen could show."""
    text = printable(repr(str(value) if isinstance(value, uuid.UUID) else value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _near(value: Any, other: Any) -> str:
    """Return a long text as a sentence shows it: where it begins to differ from the other."""
    if not isinstance(value, str) or not isinstance(other, str):
        return short(value)
    same = next((at for at, pair in enumerate(zip(value, other, strict=False)) if len(set(pair)) > 1), None)
    at = min(len(value), len(other)) if same is None else same
    return short(value) if at < _LONGEST // 2 else f"...{short(value[at - _LONGEST // 4 :])}"


def printable(text: str) -> str:
    """Return a text without what is no Unicode."""
    return text.encode("utf-8", "backslashreplace").decode()


def is_id(text: str) -> bool:
    """Tell whether a text reads as an id."""
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def dashed(value: Any) -> str:
    """Return an id as changes note it, from any raw value; what is no id as it is."""
    if type(value) is str and len(value) == _DIGITS:
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}".lower()
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        return str(value)


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON | Stated)


def _typed(value: Any, left: Any) -> bool:
    says = canonical.encode(value)
    return type(says) is type(left) and bool(says == left)


def _by_hash(value: Any, left: Any) -> bool:
    left = canonical.renoted("content", left)
    try:
        return bool(left == (canonical.by_hash(value) if isinstance(value, str) else value))
    except ValueError:  # no Unicode
        return False


def _json(value: Any, left: Any) -> bool:
    if value is None or left is None:
        return value is left
    if not isinstance(value, str):
        return type(value) is type(left) and bool(value == left)
    written = canonical.as_bytes(left).decode()
    if value == written:  # as large imports write it
        return True
    try:
        says = canonical.from_json(value.encode())
    except UNREADABLE:
        return False
    # In another order of its names, perhaps, but with no other sign in it.
    return value == json.dumps(says) and canonical.as_bytes(says).decode() == written


def _stated(value: Any, left: Any) -> bool:
    # SQLite takes JSON for a number where it can, and keeps 1.0 as 1.
    if type(value) is int and type(left) is float:
        return bool(value == left)
    return _json(value, left)


def _is_id(value: Any, left: Any) -> bool:
    return value is left if left is None else bool(value == str(left).replace("-", ""))


def _is_moment(value: Any, left: Any) -> bool:
    if value is None or left is None:
        return value is left
    try:
        return bool(value == f"{datetime.fromisoformat(left):%Y-%m-%d %H:%M:%S.%f}")
    except (ValueError, TypeError):
        return False


def _is_number(value: Any, left: Any) -> bool:
    return type(value) is type(left) and bool(value == left)


def _is_truth(value: Any, left: Any) -> bool:
    return value is left if left is None else type(value) is int and isinstance(left, bool) and value == left


_IN_FILE: dict[type[Any], Fits] = {
    Uuid: _is_id,
    Instant: _is_moment,
    Boolean: _is_truth,
    types.Integer: _is_number,
}
