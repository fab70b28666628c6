"""Rows as DataFrames, by whichever library is there: pandas or polars. Neither is needed for anything else."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeAlias

from evidence.errors import EvidenceError, ValueRefused, nearest

__all__ = ["LIBRARIES", "Frame", "frame", "library"]

#: A DataFrame of pandas or polars. Neither is required, so neither can be named in types.
Frame: TypeAlias = Any
#: The libraries, the one that is taken first where both are there and neither is in use.
LIBRARIES = ("pandas", "polars")
_KINDS = {bool: "truth", int: "integer", float: "number", str: "text", datetime: "moment", date: "day"}
#: Greater numbers than columns of whole numbers hold stay as they are written.
_GREATEST = 2**63 - 1


def library(wanted: str = "") -> str:
    """Return which library to use: the one wanted, the one that is in use, or the one that is there.

    Raises:
        ValueRefused: the one wanted is not among them.
        EvidenceError: it is not installed, or none is.
    """
    if wanted and wanted not in LIBRARIES:
        near = f" Did you mean {nearest(wanted, LIBRARIES)[0]}?" if nearest(wanted, LIBRARIES) else ""
        raise ValueRefused(f"frames are made by {' or '.join(LIBRARIES)}, not by {wanted!r}.{near}")
    if wanted:
        if find_spec(wanted) is None:
            raise EvidenceError(f"{wanted} is not installed; install it with 'pip install {wanted}'.")
        return wanted
    in_use = [name for name in LIBRARIES if sys.modules.get(name) is not None]
    there = in_use or [name for name in LIBRARIES if find_spec(name) is not None]
    if not there:
        raise EvidenceError("DataFrames need pandas or polars; install one with 'pip install pandas'.")
    return there[0]


def frame(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], wanted: str = "", kinds: Sequence[str] = ()
) -> Frame:
    """Return rows as a DataFrame: whole numbers stay whole where some are missing, and text stays text.

    Args:
        columns: their names, which may not repeat.
        rows: as many values each; nothing for what is missing.
        wanted: ``pandas`` or ``polars``; whichever is there, if not given.
        kinds: what each column holds, as a table of ``evidence export tables`` says; else it is told by what is in it.

    Raises:
        EvidenceError: there is no such library, or two columns have one name.
    """
    name = library(wanted)
    twice = [one for one, count in Counter(columns).items() if count > 1]
    if twice:
        raise ValueRefused(f"two columns are called {twice[0]}; give each a name of its own (AS).")
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
    told = kinds or [_kind(column) for column in values]
    filled = {one: _as(kind, some) for one, kind, some in zip(columns, told, values, strict=True)}
    made: Any = import_module(name)
    if name == "pandas":
        types = {
            "truth": "boolean",
            "integer": "Int64",
            "number": "Float64",
            "text": "string",
            "moment": "datetime64[us, UTC]",
        }
        series = {
            one: made.Series(filled[one], dtype=types.get(kind, "object"))
            for one, kind in zip(columns, told, strict=True)
        }
        return made.DataFrame(series, columns=list(columns))
    types = {
        "truth": made.Boolean, "integer": made.Int64, "number": made.Float64, "text": made.String, "day": made.Date, "moment": made.Datetime("us", "UTC"),
    }  # fmt: skip
    return made.DataFrame(
        [made.Series(one, filled[one], dtype=types[kind]) for one, kind in zip(columns, told, strict=True)]
    )


def _kind(values: Sequence[Any]) -> str:
    """Return what a column holds, by what is in it: truth values, numbers, moments, days, and text for all else."""
    found = {type(value) for value in values if value is not None}
    if found == {int, float}:
        return "number"
    if found == {int} and max(map(abs, filter(None, values)), default=0) > _GREATEST:
        return "text"
    return _KINDS.get(found.pop(), "text") if len(found) == 1 else "text"


def _as(kind: str, values: Sequence[Any]) -> list[Any]:
    make = {"text": str, "number": float, "truth": bool}.get(kind)
    return [None if value is None else make(value) for value in values] if make else list(values)
