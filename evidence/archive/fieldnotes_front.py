"""What field notes say of a source: the lines ``name: value`` between two lines of dashes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidence.archive.fieldnotes_lines import FENCE, bare, named
from evidence.archive.typed_dates import typed_date
from evidence.errors import EvidenceError, Place, ValueRefused, nearest
from evidence.ledger.forms import read_key, read_value
from evidence.ledger.nouns import NOUNS

__all__ = ["Front", "begins", "read_front", "tags_in"]

#: The path to a document in an archive, from the widest to the narrowest.
_PATH = ("repository", "collection", "record_group", "series", "box", "folder", "item", "frame")
#: Fields of a source that a person would not type in notes.
_NOT_TYPED = {"csl", "criticism", "identifiers", "further", "images"}
_FIELDS = {
    name: one
    for name, one in NOUNS["source"].fields.items()
    if not one.computed and name not in _NOT_TYPED and name != "key"
}
_ALSO = {
    "source": "key", "key": "key", "archive": "repository", "library": "repository", "fonds": "collection",
    "rg": "record_group", "entry": "series", "file": "item", "number": "item", "reel": "frame", "lang": "language",
    "date": "csl.issued", "dated": "csl.issued", "issued": "csl.issued", "author": "csl.author", "authors": "csl.author",
    "from": "csl.author", "recipient": "csl.recipient", "to": "csl.recipient", "url": "csl.URL", "link": "csl.URL",
    "doi": "csl.DOI", "publisher": "csl.publisher", "place": "csl.publisher-place", "genre": "csl.genre",
    "tags": "tags", "tag": "tags", "case": "tags", "cases": "tags", "notes": "note",
}  # fmt: skip
_CRITICISM = {"author", "position_to_know", "distance", "motive", "audience", "authenticity"}
_PEOPLE = {"csl.author", "csl.recipient"}
_KNOWN = [*_FIELDS, *_ALSO]


@dataclass(frozen=True, slots=True)
class Front:
    """What a block of fields says.

    Attributes:
        line: the number of its first line.
        key: the key typed, if one was.
        values: fields of the source by name, CSL's as ``csl.NAME``.
        tags: tags that stand for all quotes below.
    """

    line: int
    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    @property
    def common(self) -> bool:
        """Whether it names no source, and so says what is common to the sources below it."""
        return not self.key and "title" not in self.values

    def below(self, wider: Front) -> Front:
        """Return these fields with those of a block above that are not said anew.

        Whoever moves on to another box does not stay in the same folder: what is narrower in the path to a
        document than the widest that is said anew is not carried on.
        """
        said = [number for number, name in enumerate(_PATH) if name in self.values]
        ended = set(_PATH[min(said) + 1 :]) if said else set()
        carried = {name: value for name, value in wider.values.items() if name not in ended}
        tags = tuple(dict.fromkeys((*wider.tags, *self.tags)))
        return Front(self.line, self.key, {**carried, **self.values}, tags)

    def fields(self) -> dict[str, Any]:
        """Return the fields as a source has them."""
        fields: dict[str, Any] = {}
        for name, value in self.values.items():
            outer, dot, inner = name.partition(".")
            if dot:
                fields.setdefault(outer, {})[inner] = value
            else:
                fields[name] = value
        return fields


def begins(lines: Sequence[str], at: int, *, first: bool) -> bool:
    """Tell whether a line of dashes begins a block of fields, and does not only part the prose."""
    if not FENCE.fullmatch(bare(lines[at])):
        return False
    if first:
        return True
    below = (bare(lines[number]) for number in range(at + 1, len(lines)))
    typed = (line for line in below if line)
    found = named(next(typed, ""))
    if not found:
        return False
    if _meant(found[0]) or nearest(found[0], _KNOWN, 1):
        return True
    for line in typed:
        if not named(line):
            return bool(FENCE.fullmatch(line))
    return False


def read_front(lines: Sequence[str], at: int, file: str) -> tuple[Front, int]:
    """Return what stands between a line of dashes and the next, and the line after that.

    Raises:
        ValueRefused: a name is not known, a value cannot be kept, or the block is never closed.
    """
    raw: dict[str, tuple[str, int, str]] = {}  # field → as typed, line, value
    last = ""
    for number in range(at + 1, len(lines)):
        line, place = lines[number], Place(file, number + 1)
        if FENCE.fullmatch(bare(line)):
            return _front(raw, at, file), number + 1
        if not bare(line):
            continue
        found = named(line)
        indented = line[:1] in (" ", "\t")
        target = _meant(found[0]) if found else None
        if found and target:
            if target in raw:
                why = f"{found[0]!r} is said twice in this block (line {raw[target][1]} says {raw[target][2]!r})."
                raise ValueRefused(f"{why} Say it once.", place)
            raw[target] = (found[0], number + 1, found[1])
            last = target
        elif last and (indented or bare(line).startswith("- ")):
            name, where, value = raw[last]
            raw[last] = (name, where, f"{value} {bare(line)}".strip())
        elif bare(line).startswith(("#", "＃")) and not bare(line).startswith("# "):
            raw["tags"] = ("tags", number + 1, " ".join((raw.get("tags", ("", 0, ""))[2], bare(line))))
        else:
            raise _no_field(found[0] if found else "", place)
    raise ValueRefused(
        "the block of fields that begins here is never closed; end it with a line of three dashes.",
        Place(file, at + 1),
    )


def _no_field(name: str, place: Place) -> ValueRefused:
    if not name:
        return ValueRefused(
            "this line says nothing of the source; write name: value, or close the block above with ---.",
            place,
        )
    near = nearest(name, [known.replace("_", " ") for known in _KNOWN], 1)
    hint = (
        f"Did you mean {near[0]!r}?"
        if near
        else "Write it in the prose below the block, or as csl.NAME if it is a field of CSL."
    )
    return ValueRefused(f"{name.replace('_', ' ')!r} is no field of a source. {hint}", place)


def _meant(name: str) -> str | None:
    """Return the field that a name stands for."""
    if name in _ALSO:
        return _ALSO[name]
    if name in _FIELDS:
        return name
    if name.startswith("csl.") and len(name) > len("csl."):
        inner = name.removeprefix("csl.").replace("_", "-")
        return f"csl.{inner.upper() if inner in ('doi', 'url', 'isbn', 'issn') else inner}"
    if name.startswith("criticism.") and name.removeprefix("criticism.") in _CRITICISM:
        return name
    if name.startswith("identifiers.") and len(name) > len("identifiers."):
        return name
    return None


def _front(raw: Mapping[str, tuple[str, int, str]], at: int, file: str) -> Front:
    key = ""
    tags: tuple[str, ...] = ()
    values: dict[str, Any] = {}
    for target, (name, line, typed) in raw.items():
        value = _unquoted(typed)
        if not value:
            continue
        place = Place(file, line, field=name.replace("_", " "))
        try:
            if target == "key":
                key = read_key(value)
            elif target == "tags":
                tags = tags_in(value)
            else:
                values[target] = _value(target, value)
        except EvidenceError as error:
            raise error.at(place) from error
    return Front(at + 1, key, values, tags)


def _unquoted(typed: str) -> str:
    """Return a value without the quotation marks that some editors put around a whole one."""
    value = typed.strip()
    for mark in "\"'":
        if len(value) > 1 and value[0] == value[-1] == mark and mark not in value[1:-1]:
            return value[1:-1].strip()
    return value


def _value(target: str, value: str) -> Any:
    if target == "csl.issued":
        return typed_date(value)
    if target in _PEOPLE:
        return [_person(name) for name in re.split(r"\s*;\s*", value) if name]
    if "." in target or _FIELDS[target].kind == "link":
        return value
    return read_value(_FIELDS[target], value)


def _person(name: str) -> dict[str, str]:
    family, comma, given = (part.strip() for part in name.partition(","))
    return {"family": family, "given": given} if comma and given else {"literal": name.strip()}


def tags_in(value: str) -> tuple[str, ...]:
    """Return the tags in a list, however it is parted: ``#mid-50 #mid-50.t1+``, ``[mid-50, mid-51]``."""
    parts = re.split(r"[\s,;\[\]]+", value)
    return tuple(dict.fromkeys(part.lstrip("#＃") for part in parts if part.lstrip("#＃") not in ("", "-")))
