"""Records in their plain form: fields by name, links by key, words, dates and moments as text.

What is read from a folder and what is held in a ledger are brought into this one form, so that they can be
compared, and written out. A field that is empty is not there; one whose default says something always is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from evidence.errors import Place
from evidence.keys import natural
from evidence.ledger import canonical
from evidence.ledger.nouns import NOUNS, STUDY, Field, Noun
from evidence.vocabulary import LocatorKind

__all__ = [
    "Contents", "Entry", "default_of", "identity", "kind_of", "mark", "name_of", "plain", "same", "sort_key", "spoken",
    "stays_out",
]  # fmt: skip

#: Names that come first, in this order, wherever they stand in a JSON value; others follow by name.
_FIRST = (
    "key", "kind", "value", "label", "definition", "examples", "needs", "values", "when", "tests", "code", "note",
    "start", "end", "offset", *LocatorKind,
    "author", "position_to_know", "distance", "motive", "audience", "authenticity",
)  # fmt: skip
_PLACE = {str(name): number for number, name in enumerate(_FIRST)}


#: Where a record of a ledger was read.
NOWHERE = Place()


@dataclass(slots=True)
class Entry:
    """One record in its plain form, and the records inside it."""

    noun: str
    values: dict[str, Any]
    inside: dict[str, list[Entry]] = field(default_factory=dict)
    place: Place = NOWHERE
    places: dict[str, Place] = field(default_factory=dict)
    id: uuid.UUID | None = None  # in a ledger

    def at(self, name: str) -> Place:
        """Return where a field was read, or where its record begins."""
        return self.places.get(name) or Place(self.place.file, self.place.line, self.place.row, name)


@dataclass(slots=True)
class Contents:
    """A whole study: itself, its records by noun, and the keys that have moved.

    ``words`` are texts by SHA-256 that came with a folder; ``held`` are the ids of texts whose words a ledger has.
    """

    study: Entry
    records: dict[str, list[Entry]] = field(default_factory=dict)
    redirects: list[Entry] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    held: set[uuid.UUID] = field(default_factory=set)

    def of(self, noun: str) -> list[Entry]:
        """Return the records of one noun."""
        return self.records.get(noun, [])


def kind_of(noun: str) -> Noun:
    """Return what is known of a noun, the study among them."""
    return STUDY if noun == "study" else NOUNS[noun]


def spoken(noun: str) -> str:
    """Return a noun as it stands in a sentence."""
    return noun.replace("_", " ")


_defaults: dict[tuple[str, str], Any] = {}


def default_of(kind: Noun, one: Field) -> Any:
    """Return, in plain form, what a field is if nobody says anything of it."""
    at = (kind.name, one.name)
    if at not in _defaults:
        default = kind.model.__table__.columns[one.column].default
        value = None if default is None else default.arg(None) if callable(default.arg) else default.arg
        _defaults[at] = plain(value)
    return _defaults[at]


def stays_out(kind: Noun, one: Field, value: Any) -> bool:
    """Tell whether a value says no more than its absence does, so that it is not written."""
    if value is None:
        return True
    empty = value is False or value in ("", [], {}) or (value == 0 and one.kind == "number")
    return bool(empty) and value == default_of(kind, one)


def plain(value: Any) -> Any:
    """Return a column's value in plain form, its names in the order in which they are written."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {name: plain(value[name]) for name in sorted(value, key=_name_order)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _name_order(name: str) -> tuple[int, str]:
    return _PLACE.get(name, len(_PLACE)), name


def identity(kind: Noun, entry: Entry) -> tuple[Any, ...]:
    """Return what a record is known by, in its study or in the record that it is inside of."""
    known = (
        ("noun", *kind.known_by) if entry.noun == "review" else kind.known_by
    )  # a subject's key is its noun's
    return tuple(entry.values.get(name) for name in known)


def sort_key(entry: Entry) -> tuple[Any, ...]:
    """Return what puts records of one noun in the order in which they are written."""
    values = entry.values
    first: tuple[Any, ...] = ()
    if entry.noun == "actor":
        first = ("ccode" not in values, values.get("ccode", 0))
    elif entry.noun == "variable":
        first = (values.get("position", 0),)
    elif entry.noun == "concept":
        first = (natural(values["family"]),)
    elif entry.noun == "episode_case":
        first = (values["tier"] != "core", values["tier"])
    elif entry.noun == "participation":
        first = (values["side"],)
    elif entry.noun == "membership":
        first = (values["start"],)
    known = kind_of(entry.noun).known_by if entry.noun != "redirect" else ("noun", "old")
    return (*first, *(natural(str(values.get(name, ""))) for name in known))


def name_of(entry: Entry) -> str:
    """Return what a record is called in a report: its key, or what it is known by."""
    return " ".join(str(part) for part in identity(kind_of(entry.noun), entry) if part is not None)


def mark(entry: Entry) -> bytes:
    """Return what two entries share if they say the same, types included: 1 is neither 1.0 nor true."""
    inside = {name: sorted(map(mark, entries)) for name, entries in entry.inside.items() if entries}
    return canonical.as_bytes([entry.values, inside])


def same(one: Entry, other: Entry) -> bool:
    """Tell whether two entries say the same."""
    return mark(one) == mark(other)


def sorted_entries(entries: Iterable[Entry]) -> list[Entry]:
    """Return records in the order in which they are written; versions keep theirs, for the last is the newest."""
    listed = list(entries)
    return listed if listed and listed[0].noun == "variable_version" else sorted(listed, key=sort_key)
