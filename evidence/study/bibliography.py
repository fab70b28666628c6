"""The sources of a study as CSL-JSON, with what an archive adds under ``custom``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from evidence.errors import Place, ValueRefused
from evidence.study.plain import Entry
from evidence.study.raw import Named
from evidence.study.yaml_text import escaped

__all__ = ["FILE", "read_sources", "sources_text"]

FILE = "sources.json"
#: Fields of a source that are CSL's own, by CSL's name for them.
_CSL = {"id": "key", "type": "type", "title": "title", "language": "language"}
_BESIDE = {*_CSL, *_CSL.values(), "csl"}
#: What a reader of CSL looks for first; the rest follows by name.
_FIRST = (
    "author", "editor", "translator", "recipient", "issued", "container-title", "collection-title", "edition", "volume",
    "issue", "number", "page", "publisher", "publisher-place",
)  # fmt: skip
_SPACE = re.compile(r"[ \t\n\r]*")


def sources_text(entries: Iterable[Entry]) -> str:
    """Return sources as CSL-JSON, one field a line."""
    return "[\n" + ",\n".join(_object(_item(entry), 1) for entry in entries) + "\n]\n"


def _item(entry: Entry) -> dict[str, Any]:
    values = dict(entry.values)
    csl = values.pop("csl", {})
    item = {csl_name: values.pop(name) for csl_name, name in _CSL.items() if name in values}
    item |= {name: csl[name] for name in sorted(csl, key=lambda name: (_place(name), name))}
    if values:
        item["custom"] = values
    return item


def _place(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _object(fields: Mapping[str, Any], indent: int) -> str:
    pad = " " * indent
    lines = [
        f"{pad} {escaped(name)}: {_object(value, indent + 1).lstrip() if name == 'custom' else _json(value)}"
        for name, value in fields.items()
    ]
    return f"{pad}{{\n" + ",\n".join(lines) + f"\n{pad}}}"


def _json(value: Any) -> str:
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{escaped(name)}: {_json(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    return json.dumps(value)


def read_sources(text: str) -> list[Named]:
    """Return the sources in a CSL-JSON file, each with the fields of a source by their names.

    Raises:
        ValueRefused: it is not JSON, or not a list of sources; the sentence names the line.
    """
    try:
        return [_source(item) for item in _Scan(text).items()]
    except json.JSONDecodeError as error:
        raise ValueRefused(
            f"this is not JSON ({error.msg}); look for a missing comma or quote here or just above.",
            Place(FILE, error.lineno),
        ) from None
    except RecursionError:
        raise ValueRefused("this JSON lies too deep; write it flatter.", Place(FILE)) from None


def _source(item: Named) -> Named:
    source = Named(place=item.place)
    csl: dict[str, Any] = {}
    for name, value in item.items():
        if name in _CSL:
            source.put(_CSL[name], value, item.at(name))
        elif name != "custom":
            csl[name] = value
    if csl:
        source.put("csl", csl, item.place)
    custom = Named() if item.get("custom") is None else item["custom"]
    if not isinstance(custom, Named):
        raise ValueRefused("custom is a list of names with values.", item.at("custom"))
    for name, value in custom.items():
        if name in _BESIDE:
            raise ValueRefused(
                f"{name!r} stands beside the title, not under custom; move it there.", custom.at(name)
            )
        source.put(name, value, custom.at(name))
    return source


class _Scan:
    """JSON with the lines on which its sources and their fields stand, which the json module forgets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._pairs, parse_constant=self._constant, parse_int=self._whole
        )
        self.line, self.counted = 1, 0

    def items(self) -> list[Named]:
        found: list[Named] = []
        at = self._expect(self._skip(0), "[", "a list of sources")
        at = self._skip(at)
        while self.text[at : at + 1] != "]":
            place = self._place(at)
            if self.text[at : at + 1] != "{":
                raise ValueRefused("a source is a list of names with values, in braces.", place)
            item, at = self._named(at)
            found.append(item)
            at = self._comma(at, "]")
        if self._skip(at + 1) != len(self.text):
            raise json.JSONDecodeError("something follows the list", self.text, at + 1)
        return found

    def _named(self, at: int, *, top: bool = True) -> tuple[Named, int]:
        named = Named(place=self._place(at))
        at = self._skip(at + 1)
        while self.text[at : at + 1] != "}":
            place = self._place(at)
            self._expect(at, '"', "a name in double quotes")
            name, at = scanstring(self.text, at + 1, True)  # noqa: FBT003 - the json module's own
            at = self._skip(self._expect(self._skip(at), ":", "a colon"))
            if name in named:
                raise ValueRefused(f"{name!r} stands here twice; keep one.", place)
            if top and name == "custom" and self.text[at : at + 1] == "{":
                value, at = self._named(at, top=False)
            else:
                value, at = self._decode(at)
            named.put(name, value, place)
            at = self._comma(at, "}")
        return named, at + 1

    def _decode(self, at: int) -> tuple[Any, int]:
        place = self._place(at)
        try:
            value, at = self.decoder.raw_decode(self.text, at)
        except json.JSONDecodeError:
            raise
        except ValueError as error:
            raise ValueRefused(str(error), place) from None
        return value, at

    def _comma(self, at: int, end: str) -> int:
        at = self._skip(at)
        if self.text[at : at + 1] == end:
            return at
        at = self._skip(self._expect(at, ",", f"a comma or {end}"))
        if self.text[at : at + 1] == end:
            raise json.JSONDecodeError("a comma too many", self.text, at)
        return at

    def _expect(self, at: int, sign: str, said: str) -> int:
        if self.text[at : at + 1] != sign:
            raise json.JSONDecodeError(f"here should be {said}", self.text, at)
        return at + 1

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def _place(self, at: int) -> Place:
        self.line += self.text.count("\n", self.counted, at)
        self.counted = at
        return Place(FILE, self.line)

    @staticmethod
    def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a name stands twice in one place here; keep one.")
        return found

    @staticmethod
    def _constant(word: str) -> Any:
        raise ValueError(f"{word} is not a number that JSON knows; leave it out.")

    @staticmethod
    def _whole(digits: str) -> int:
        if len(digits) > 40:  # noqa: PLR2004
            raise ValueError("a number of so many digits cannot be kept; put it in double quotes.")
        return int(digits)
