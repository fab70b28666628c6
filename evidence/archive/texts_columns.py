"""What a column of a folder's table may be: a field of source, an entry of one of its lists, or how to hold a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from evidence.errors import EvidenceError, Place, ValueRefused, nearest
from evidence.ledger.nouns import NOUNS
from evidence.ledger.records import read_fields

__all__ = ["Column", "columns_of", "fields_of", "number", "truth"]

#: The field of a source that a column goes to, and the entry in it, if it is a list of names with values.
Column: TypeAlias = tuple[str, str]
_TEXT = ("file", "edition", "shareable", "first_page", "encoding")
_OPEN = ("csl", "criticism", "identifiers", "further")
#: CSL's variables that hold people.
_NAMES = frozenset(
    "author chair collection-editor compiler composer container-author contributor curator director editor "
    "editorial-director executive-producer guest host illustrator interviewer narrator organizer original-author "
    "performer producer recipient reviewed-author script-writer series-creator translator".split()
)


def columns_of(header: Sequence[str], place: Place) -> dict[str, Column]:
    """Return where each column of a table goes; those that say how to hold the text are not among them.

    Raises:
        ValueRefused: a column is unknown, or there twice.
    """
    fields = {name for name, field in NOUNS["source"].fields.items() if not field.computed}
    plain = sorted(fields - {*_OPEN, "images"})
    found: dict[str, Column] = {}
    for name in header:
        here = Place(place.file, row=1, field=name)
        if name and header.count(name) > 1:
            raise ValueRefused("this column is there twice; give each a name of its own.", here)
        field, dot, entry = name.partition(".")
        if dot and field in _OPEN and entry.strip():
            found[name] = (field, entry.strip())
        elif name in plain:
            found[name] = (name, "")
        elif name and name not in _TEXT:
            raise ValueRefused(_unknown(name, plain), here)
    return found


def _unknown(name: str, plain: Sequence[str]) -> str:
    if name in _OPEN:
        return f"a column holds one entry of it; name it {name}.{'issued' if name == 'csl' else 'NAME'}."
    near = nearest(name, [*_TEXT, *plain, "csl.issued", "csl.author"], 1)
    hint = (
        f"Did you mean {near[0]!r}?" if near else "Name it as a field of source, or csl.NAME, or take it out."
    )
    return f"there is no such field of a source. {hint}"


def fields_of(cells: Mapping[str, str], columns: Mapping[str, Column], place: Place) -> dict[str, Any]:
    """Return the fields of the source that a row describes; empty cells say nothing.

    Raises:
        EvidenceError: a value cannot be kept in its field; with row and field.
    """
    fields: dict[str, Any] = {}
    for name, (field, entry) in columns.items():
        cell = cells.get(name, "")
        if not cell:
            continue
        value: Any = _people(cell) if field == "csl" and entry in _NAMES else cell
        if entry:
            fields.setdefault(field, {})[entry] = value
        else:
            fields[field] = value
        if NOUNS["source"].fields[field].kind != "link" and field != "key":
            _checked(field, {entry: value} if entry else value, Place(place.file, row=place.row, field=name))
    return fields


def _checked(field: str, value: Any, place: Place) -> None:
    """Refuse a value here, where its row is known, that no source could keep."""
    try:
        read_fields("source", {field: value})
    except EvidenceError as error:
        raise error.at(place) from error


def _people(cell: str) -> list[dict[str, str]]:
    """Return people as CSL has them, from ``Dulles, John Foster; Policy Planning Staff``."""
    people = []
    for name in (part.strip() for part in cell.split(";")):
        family, comma, given = name.partition(",")
        if name:
            people.append({"family": family.strip(), "given": given.strip()} if comma else {"literal": name})
    return people


def number(cell: str, place: Place, field: str) -> int | None:
    """Return a whole number in a cell, or None for an empty one."""
    if not cell:
        return None
    try:
        return int(cell)
    except ValueError:
        raise ValueRefused(
            f"{cell[:40]!r} is not a whole number.", Place(place.file, row=place.row, field=field)
        ) from None


def truth(cell: str, place: Place, field: str) -> bool:
    """Return what a cell says: true or yes, false or no; an empty one says no."""
    known = {"": False, "true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if cell.casefold() not in known:
        raise ValueRefused(
            f"{cell[:40]!r} is neither true nor false.", Place(place.file, row=place.row, field=field)
        )
    return known[cell.casefold()]
