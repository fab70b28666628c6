"""What a column of a table may go to, and how its cells are read there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import msgspec

from evidence.dates import edtf
from evidence.errors import ValueRefused, nearest
from evidence.ledger.forms import read_key, read_value
from evidence.ledger.nouns import Field, Noun

__all__ = ["Target", "cell_reader", "target_of"]

#: JSON fields of which a column may fill one part: ``attributes.region``, ``csl.author``, ``locator.page``.
_IN_PARTS = {"facts", "csl", "locator", "criticism", "names"}
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)\.\d+")
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
#: CSL variables that hold people, and those that hold dates.
_PEOPLE = frozenset(
    {"author", "composer", "contributor", "director", "editor", "interviewer", "recipient", "translator"}
)
_DATES = frozenset({"accessed", "event-date", "issued", "original-date", "submitted"})


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column goes: a field, or one part of a field that holds several."""

    field: Field
    part: str = ""


def target_of(noun: Noun, name: str) -> Target:
    """Return what ``name`` means for a noun: ``title``, ``source`` (a key), ``csl.author``, ``locator.page``.

    Raises:
        ValueRefused: the noun has no such field, or nobody may write it.
    """
    whole, _, part = name.partition(".")
    field = noun.fields.get(whole)
    shown = noun.name.replace("_", " ")
    if field is None:
        near = nearest(whole, [name for name, one in noun.fields.items() if not one.computed], 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueRefused(f"{whole!r} is not a field of a {shown}.{hint}")
    if field.computed:
        raise ValueRefused(f"{whole!r} is set by the program, so no column can go there.")
    if field.kind == "version" or field.target == "subject":
        raise ValueRefused(
            f"{whole!r} cannot be read from a table; give it with 'evidence {noun.name} edit'."
        )
    if part:
        if field.form not in _IN_PARTS:
            raise ValueRefused(f"{whole!r} has no parts, so {name!r} is nothing; use {whole!r}.")
        read_value(field, {part: "1"})  # refuses a part that the field does not know
    return Target(field, part)


def cell_reader(target: Target) -> Callable[[str], Any] | None:
    """Return what turns a cell that is not blank into what the ledger keeps; nothing if that is the text itself."""
    field = target.field
    if field.name == "key":
        return read_key
    if field.form == "csl" and target.part:
        return lru_cache(maxsize=4096)(partial(_csl, target.part))  # rows may share a date: nobody changes it
    if field.form == "facts" and target.part:
        return _fact
    if target.part or field.kind in ("text", "link"):
        return None
    return _READERS.get(field.kind, _plain)(field)


def _plain(field: Field) -> Callable[[str], Any]:
    """Words, dates and moments repeat, so each is read once."""
    return lru_cache(maxsize=4096)(lambda cell: read_value(field, cell.strip()))


def _number(field: Field) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        try:
            return int(cell.replace("_", "?"))  # Python would read 1_000 as a number
        except ValueError:
            pass
        try:
            return read_value(field, float(cell.replace("_", "?")))
        except ValueError:
            raise ValueRefused(f"{cell!r} is not a whole number; correct it.") from None

    return lru_cache(maxsize=4096)(read)


def _truth(field: Field) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        known = _TRUTHS.get(cell.strip().casefold())
        return read_value(field, cell.strip()) if known is None else known

    return read


def _json(field: Field) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        text = cell.strip()
        if field.form == "strings" and not text.startswith('["'):  # [garble] is a redaction mark, not JSON
            return [part.strip() for part in text.split(";") if part.strip()]
        if field.form == "likelihood" and not text.startswith("["):
            return read_value(field, text)
        try:
            return read_value(field, msgspec.json.decode(text))
        except msgspec.DecodeError as error:
            raise ValueRefused(
                f"{cell!r} is not JSON ({error}); give each part a column of its own."
            ) from error

    return read


_READERS: dict[str, Callable[[Field], Callable[[str], Any]]] = {
    "number": _number,
    "truth": _truth,
    "json": _json,
}


def _fact(cell: str) -> Any:
    """Return a fact as a number or a truth value where it is written as one; ``007`` and ``1e5`` are text."""
    text = cell.strip()
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return {"true": True, "false": False}.get(text.casefold(), cell)


def _csl(variable: str, cell: str) -> Any:
    """Return a CSL variable: people parted by semicolons, family name first; a date from EDTF; else text."""
    text = cell.strip()
    if text.startswith(("[{", "{")):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise ValueRefused(f"{cell!r} is not JSON ({error}); correct it.") from error
    if variable in _PEOPLE or variable.endswith(("-author", "-editor")):
        return [_person(name.strip()) for name in text.split(";") if name.strip()]
    return _csl_date(text) if variable in _DATES else cell


def _person(name: str) -> dict[str, str]:
    family, comma, given = name.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma else {"literal": name}


def _csl_date(text: str) -> dict[str, Any]:
    """Return a day, month or year as CSL counts it, and any other EDTF date as it is written."""
    edtf(text)
    parts = text.split("-")
    if all(part.isdecimal() for part in parts):
        return {"date-parts": [[int(part) for part in parts]]}
    return {"raw": text}
