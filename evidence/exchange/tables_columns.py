"""What a table is that leaves the ledger: columns with one meaning each, a key, and rows that come one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["KINDS", "LONGEST", "Column", "Table", "plain_name"]

#: Stata's names end here, and no other program has shorter ones.
LONGEST = 32
#: What a column holds, and how it is written.
KINDS = {
    "text": "text",
    "integer": "whole number",
    "number": "number, with a point before its fraction",
    "truth": "1 for true, 0 for false (in Parquet and XLSX a truth value)",
    "day": "day, YYYY-MM-DD",
    "moment": "moment in UTC, YYYY-MM-DDTHH:MM:SSZ (in XLSX a date with its time)",
}
_RESERVED = frozenset(
    "byte int long float double str strl if in using with true false null na nan inf function else for while repeat "
    "next break".split()
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Args:
        name: in small letters, digits and underscores, 32 at most.
        kind: one of ``KINDS``.
        meaning: what it says of a row, in a sentence.
        unit: of a number, e.g. "probability, 0 to 1".
        joins: the column of another table that has the same keys: ``cases.case``.
        words: the values that it can have, where they are a closed list.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    joins: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what a row is, what tells rows apart, and where they come from.

    Args:
        name: the name of its file and of its sheet.
        meaning: what a row is.
        columns: its columns, in their order.
        key: the columns that together tell its rows apart.
        rows: yields the values of each row, in the order of the columns; nothing is None.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[], Iterable[Sequence[Any]]]


def plain_name(text: str, taken: Collection[str] = (), room: int = LONGEST) -> str:
    """Return a name for a column, from any text: what R, Stata and SQL take without quotation marks.

    Args:
        text: such as the key of a variable.
        taken: the names that others have; a number is put behind one that is taken.
        room: the most characters that it can have.
    """
    name = re.sub(r"[^a-z0-9]+", "_", text.casefold().encode("ascii", "ignore").decode()).strip("_")
    if not name or not name[0].isalpha() or name in _RESERVED or re.fullmatch(r"str\d+", name):
        name = f"v_{name}".rstrip("_")
    name, number, made = name[:room].rstrip("_"), 1, ""
    made = name
    while made in taken:
        number += 1
        made = f"{name[: room - len(str(number)) - 1]}_{number}"
    return made
