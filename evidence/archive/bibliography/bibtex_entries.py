"""Part a BibTeX file into entries and their fields, with the lines on which they stand; abbreviations are spelled out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from evidence.errors import Place, ValueRefused

__all__ = ["Entry", "read_entries"]

_NAME = re.compile(r"[^\s\"#%'(),={}]+")
_SPACE = re.compile(r"(?:\s+|%[^\n]*(?:\n|$))*")
_MONTHS = dict(
    zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), map(str, range(1, 13)), strict=True)
)
_DEEPEST = 100
_STRAY = re.compile(r"^[ \t]*,?[ \t]*(?P<name>[A-Za-z]+)[ \t]*=[ \t]*[{\"\d]", re.MULTILINE)


@dataclass(slots=True)
class Entry:
    """One entry: its type, its key, its fields as they are written, and its line."""

    kind: str
    key: str
    line: int
    fields: dict[str, str] = field(default_factory=dict)


def read_entries(text: str, file: str) -> list[Entry]:
    """Return the entries of a BibTeX file; text between them is comment.

    Raises:
        ValueRefused: an entry has no end, or is not written as entries are; with its line.
    """
    return list(_Scan(text, file).entries())


class _Scan:
    """A walk through the text, without recursion however deep its braces are."""

    def __init__(self, text: str, file: str) -> None:
        """Begin at the start."""
        self.text, self.file = text, file
        self.at = 0
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.words = dict(_MONTHS)

    def entries(self) -> Iterator[Entry]:
        while (at := self.text.find("@", self.at)) >= 0:
            self._look_between(self.at, at)
            self.at = at + 1
            begun = at
            self._space()
            kind = self._name().casefold()
            self._space()
            opening = self.text[self.at : self.at + 1]
            if not kind or opening not in ("{", "("):
                continue  # an address in a comment, say
            self.at += 1
            if kind == "comment":
                self._skip(begun, opening)
            elif kind == "preamble":
                self._value(begun)
                self._close(begun, opening)
            elif kind == "string":
                self._string(begun, opening)
            else:
                yield self._entry(kind, begun, opening)
        self._look_between(self.at, len(self.text))

    def _look_between(self, start: int, end: int) -> None:
        """Refuse a field outside any entry: its entry was closed by a brace too many."""
        lost = _STRAY.search(self.text, start, end)
        if lost and start:
            raise ValueRefused(
                "a field stands outside any entry here; look for a brace too many above.",
                Place(self.file, self._line(lost.start("name"))),
            )

    def _string(self, begun: int, opening: str) -> None:
        self._space()
        name = self._name().casefold()
        self._equals(begun)
        self.words[name] = self._value(begun)
        self._close(begun, opening)

    def _entry(self, kind: str, begun: int, opening: str) -> Entry:
        entry = Entry(kind, "", self._line(begun))
        self._space()
        key = re.compile(r"[^\s,{}=]*").match(self.text, self.at)
        after = _SPACE.match(self.text, key.end()) if key else None
        if key and after and self.text[after.end() : after.end() + 1] != "=":
            entry.key = key.group()
            self.at = key.end()
        closing = "}" if opening == "{" else ")"
        while True:
            self._space()
            sign = self.text[self.at : self.at + 1]
            if sign == closing:
                self.at += 1
                return entry
            if sign == ",":
                self.at += 1
                continue
            name = self._name().casefold() if sign else ""
            if not name:
                raise self._refused(begun, sign)
            self._equals(begun)
            value = self._value(begun)
            if name in entry.fields:
                name = next(f"{name} {n}" for n in range(2, 10**6) if f"{name} {n}" not in entry.fields)
            entry.fields[name] = value

    def _value(self, begun: int) -> str:
        parts = []
        while True:
            self._space()
            sign = self.text[self.at : self.at + 1]
            if sign == "{":
                parts.append(self._braced(begun))
            elif sign == '"':
                parts.append(self._quoted(begun))
            elif word := self._name():
                parts.append(self.words.get(word.casefold(), word))
            else:
                raise self._refused(begun, sign)
            self._space()
            if self.text[self.at : self.at + 1] != "#":
                return "".join(parts)
            self.at += 1

    def _braced(self, begun: int) -> str:
        start, depth = self.at + 1, 0
        for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(self.text, self.at):
            if found.group() == "{":
                depth += 1
            elif found.group() == "}":
                depth -= 1
            if depth > _DEEPEST:
                raise ValueRefused(
                    f"braces lie more than {_DEEPEST} deep in each other here; nothing of it is read.",
                    Place(self.file, self._line(found.start())),
                )
            if depth == 0 and found.group() == "}":
                self.at = found.end()
                return self.text[start : found.start()]
        raise self._no_end(begun)

    def _quoted(self, begun: int) -> str:
        start, depth = self.at + 1, 0
        for found in re.compile(r'\\[{}]|[{}"]').finditer(self.text, start):
            sign = found.group()
            depth += (sign == "{") - (sign == "}")
            if depth > _DEEPEST:
                raise self._refused(begun, "{")
            if sign == '"' and depth <= 0:
                self.at = found.end()
                return self.text[start : found.start()]
        raise self._no_end(begun)

    def _skip(self, begun: int, opening: str) -> None:
        """Pass over a comment; some programs write there whatever they like."""
        self.at -= 1
        if opening == "(":
            end = self.text.find(")", self.at)
            self.at = len(self.text) if end < 0 else end + 1
            return
        self._braced(begun)

    def _equals(self, begun: int) -> None:
        self._space()
        sign = self.text[self.at : self.at + 1]
        if sign != "=":
            raise self._refused(begun, sign)
        self.at += 1

    def _close(self, begun: int, opening: str) -> None:
        self._space()
        if self.text[self.at : self.at + 1] == ",":
            self.at += 1
            self._space()
        sign = self.text[self.at : self.at + 1]
        if sign != ("}" if opening == "{" else ")"):
            raise self._refused(begun, sign)
        self.at += 1

    def _space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _name(self) -> str:
        found = _NAME.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found.group() if found else ""

    def _line(self, at: int) -> int:
        return bisect_right(self.starts, at)

    def _no_end(self, begun: int) -> ValueRefused:
        return ValueRefused(
            "this entry has no end: a brace or a quotation mark is not closed, or the file is cut off.",
            Place(self.file, self._line(begun)),
        )

    def _refused(self, begun: int, sign: str) -> ValueRefused:
        if not sign:
            return self._no_end(begun)
        return ValueRefused(
            f"{sign!r} stands where a field should be, in the entry of line {self._line(begun)}; "
            "fields are written name = {value}, with commas between them.",
            Place(self.file, self._line(self.at)),
        )
