"""What a record said when it was last imported: a short hash for each field, so that later edits can stay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from evidence.errors import EvidenceError, Place, ValueRefused, nearest
from evidence.ledger import canonical
from evidence.ledger.forms import read_value
from evidence.ledger.nouns import NOUNS

__all__ = [
    "RECORD",
    "hash_of",
    "in_parts",
    "name_of",
    "own_of",
    "read_fields",
    "renewed",
    "said",
    "streams",
    "unwritten",
    "written",
]

#: Where a source keeps this, among its identifiers.
RECORD = "record"
_PARTED_BY = " | "
_SOURCE = NOUNS["source"]
#: Fields that are compared part by part: what one program says of a source adds to what another said.
_PARTED = {
    name for name, field in _SOURCE.fields.items() if field.form in ("csl", "criticism", "names", "record")
}


def read_fields(fields: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return the fields of a source as the ledger keeps them; what says nothing is left out, links stay keys.

    Raises:
        EvidenceError: a field is unknown, or its value cannot be kept; with the place.
    """
    read: dict[str, Any] = {}
    for name, value in fields.items():
        field = _SOURCE.fields.get(name)
        where = Place(place.file, place.line, place.row, name)
        if field is None or field.computed or name == "key":
            near = nearest(name, _SOURCE.fields, 1)
            hint = f" Did you mean {near[0]!r}?" if near and not field else ""
            raise ValueRefused(f"{name!r} is not a field that a file may give a source.{hint}", where)
        if value is None or value in ("", {}, []):
            continue
        try:
            read[name] = str(value) if field.kind == "link" else read_value(field, value)
        except EvidenceError as error:
            raise error.at(where) from error
    return read


def in_parts(values: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield each field, the part of it (nothing for a plain field), and the value there."""
    for name, value in values.items():
        if name in _PARTED and isinstance(value, Mapping):
            for part, inner in value.items():
                if (name, part) != ("identifiers", RECORD):
                    yield name, str(part), inner
        else:
            yield name, "", value


def hash_of(value: Any) -> str:
    """Return eight digits that change when a value does."""
    return hashlib.blake2b(canonical.as_bytes(canonical.encode(value)), digest_size=4).hexdigest()


def said(values: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return the hash of every value of a record, by field and part."""
    return {(name, part): hash_of(value) for name, part, value in in_parts(values)}


def written(record: Mapping[tuple[str, str], str]) -> str:
    """Return a record's hashes as one line of text."""
    return " ".join(sorted([f"{name_of(*where)}:{value}" for where, value in record.items()]))


def unwritten(line: str) -> dict[str, str]:
    """Return the hashes that ``written`` wrote, by ``field.part``."""
    return dict(pair.rpartition(":")[::2] for pair in line.split(" ") if ":" in pair)


@lru_cache(1024)
def name_of(name: str, part: str) -> str:
    """Return how a field, or a part of one, is called in the line."""
    return f"{name}.{'_'.join(part.split()).replace(':', '_')}"


def streams(stored: str) -> list[str]:
    """Return the records that a source has been brought by, a line for each program that speaks of it."""
    return stored.split(_PARTED_BY) if stored else []


def own_of(stored: str, line: str) -> str:
    """Return the record of the same program as another; empty if there is none.

    Records come from the same program if they are known there by the same kinds of names. Only then does a
    field that is no longer said mean that somebody took it out.
    """
    kinds = _kinds(unwritten(line))
    return next((one for one in streams(stored) if _kinds(unwritten(one)) == kinds), "")


def renewed(stored: str, line: str) -> str:
    """Return what a source keeps when a record comes anew: in place of the same program's, beside all others."""
    own = own_of(stored, line)
    return _PARTED_BY.join([*(one for one in streams(stored) if one != own), line])


def _kinds(names: Mapping[str, str]) -> set[str]:
    return {name for name in names if name.startswith("identifiers.")}
