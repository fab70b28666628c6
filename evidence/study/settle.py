"""Bring what a file says into the plain form of a record, or say what is wrong with it, and where."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from evidence.errors import EvidenceError, ValueRefused, nearest
from evidence.ledger.forms import missing, read_key, read_text, read_value
from evidence.ledger.nouns import NOUNS, Field, Noun
from evidence.study.plain import (
    Entry,
    default_of,
    identity,
    kind_of,
    plain,
    sorted_entries,
    spoken,
    stays_out,
)
from evidence.study.raw import Decimal, Named, Rows, as_written, typed

__all__ = ["STAMPS", "settle"]

#: What the program says itself of a record that comes without.
STAMPS = ("declared_at", "first_seen_at", "decided_at", "made_at", "received_at")
#: Shapes that may hold numbers; in all others a number stands for its digits.
_NUMBERS = {"facts", "likelihood", "marks", "record", "records"}
#: Of a text, the words come as a file of their own.
_APART = {"content"}


def settle(noun: str, raw: Named, *, implied: Mapping[str, str] | None = None, parent: str = "") -> Entry:
    """Return a record in plain form.

    Args:
        noun: what kind of record.
        raw: what the file says.
        implied: fields that follow from where it stands, and so are not to be given.
        parent: the field that leads to the record it is inside of, for such a one.

    Raises:
        EvidenceError: a field is unknown, missing, or holds what the ledger cannot; it names its place.
    """
    kind = kind_of(noun)
    implied = implied or {}
    _refuse_unknown(kind, raw, {*implied, parent})
    values: dict[str, Any] = {}
    for field in kind.fields.values():
        if field.name == parent or field.name in _APART:
            continue
        try:
            if field.kind == "version":
                values.update(_version(field, raw))
                continue
            value = _value(field, implied.get(field.name, raw.get(field.name)))
            if value is None:
                value = default_of(kind, field)
            if value is None and field.required and field.name not in STAMPS:
                raise missing(noun, field)
        except EvidenceError as error:
            raise error.at(raw.at(field.name)) from error
        if not stays_out(kind, field, value):
            values[field.name] = value
    entry = Entry(noun, values, place=raw.place, places={name: raw.at(name) for name in raw})
    if noun == "quote":
        _require_same_words(entry)
    entry.inside = {name: _inside(child, raw, name) for name, child in kind.inside.items()}
    return entry


def _require_same_words(quote: Entry) -> None:
    """A quote carries the hash of the words that were verified; other words are another quotation."""
    stated = quote.values.get("sha256")
    if stated and stated != hashlib.sha256(quote.values["words"].encode()).hexdigest():
        raise ValueRefused(
            "these are not the words that were verified (sha256 differs); put them back, or remove sha256, state "
            "and the verified_ fields so that they are looked for anew.",
            quote.at("words"),
        )


def _refuse_unknown(kind: Noun, raw: Named, implied: set[str]) -> None:
    known = [name for name in (*kind.fields, *kind.inside) if name not in implied and name not in _APART]
    if any(field.kind == "version" for field in kind.fields.values()):
        known.append("version")
    for name in raw:
        if name in known:
            continue
        if name in implied:
            raise ValueRefused("this follows from where the record stands; leave it out.", raw.at(name))
        near = nearest(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
        if not near and (raw[name] is None or " " in name):  # {note: one, two}: the comma ended the note
            hint = "put words that have a comma or a colon in them in quotes."
        raise ValueRefused(f"{name!r} is not a field of a {spoken(kind.name)}; {hint}", raw.at(name))


def _value(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.name == "key":
        return read_key(as_written(value))
    if field.kind == "link":
        return read_key(as_written(value)) if value != "" else None
    if field.kind == "number" and isinstance(value, Decimal):
        value = float(value)
    elif field.kind == "json":
        value = typed(value) if field.form in _NUMBERS else as_written(value)
    else:
        value = as_written(value)
    return plain(read_value(field, value))


def _version(field: Field, raw: Named) -> dict[str, str]:
    if raw.get("variable") in (None, ""):
        raise missing("decision", field)
    said = {"variable": read_key(as_written(raw["variable"]))}
    if raw.get("version") is not None:
        said["version"] = read_text(as_written(raw["version"]))
    return said


def _inside(noun: str, raw: Named, name: str) -> list[Entry]:
    kind = NOUNS[noun]
    items = raw.get(name)
    if items is None:
        return []
    if not isinstance(items, Rows):
        raise ValueRefused("this is a list; put a dash before each entry.", raw.at(name))
    entries, seen = [], set()
    for item, where in zip(items, items.places, strict=True):
        if kind.scalar and not isinstance(item, Named):
            item = _scalar(kind, item, Named(place=where))  # noqa: PLW2901 - the short form of the same
        if not isinstance(item, Named):
            raise ValueRefused(f"{item!r} is not an entry with fields.", where)
        entry = settle(noun, item, parent=kind.parent)
        known = identity(kind, entry)
        if known in seen:
            raise ValueRefused(f"the same {spoken(noun)} stands here twice; keep one.", entry.place)
        seen.add(known)
        entries.append(entry)
    return sorted_entries(entries)


def _scalar(kind: Noun, item: Any, named: Named) -> Named:
    if isinstance(item, Rows):
        raise ValueRefused(f"{item!r} is not a key.", named.place)
    named.put(kind.scalar, item, named.place)
    return named
