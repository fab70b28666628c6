"""Read YAML for people: strings, numbers, truth values, lists and names, each with its line; nothing else.

A plain scalar is nothing, a truth value or a number only where YAML 1.2 and JSON agree that it is: ``no``,
``1e3x``, ``0x1``, ``1955-02-28`` and ``12:30`` are words. Anchors, aliases and tags are refused, so that no file
is larger than it looks, and so are names that stand twice in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from evidence.errors import Place, ValueRefused
from evidence.study.raw import Decimal, Named, Rows

__all__ = ["read_yaml"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 30
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,40}")
_POINT = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)")
_BREAKS = re.compile("[\x85\u2028\u2029]")


def read_yaml(text: str, file: str, offset: int = 0) -> Any:
    """Return what a YAML document says.

    Args:
        text: the document.
        file: its name, for errors.
        offset: how many lines of the file stand before it.

    Returns:
        ``Named``, ``Rows``, str, int, ``Decimal``, bool or nothing, each list and name with its place.

    Raises:
        ValueRefused: it is not YAML, or has something in it that is refused; the sentence names the line.
    """
    return _Reading(text, file, offset).document()


class _Reading:
    def __init__(self, text: str, file: str, offset: int) -> None:
        self.file, self.offset = file, offset
        # YAML 1.1 counts lines at NEL, LS and PS too; editors do not.
        self.odd = [text.count("\n", 0, hit.start()) for hit in _BREAKS.finditer(text)]
        self.events = self._events(text)

    def _events(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = (error.problem or error.context or "it cannot be read").replace("\n", " ")
            place = self._place(mark) if mark else Place(self.file)
            raise ValueRefused(
                f"this is not YAML ({problem}); look for a missing quote, a stray colon or a wrong indentation here or just above.",
                place,
            ) from None
        except yaml.YAMLError as error:
            problem = str(error).splitlines()[0] if str(error) else "it cannot be read"
            raise ValueRefused(
                f"this is not YAML ({problem}); take out characters that cannot be seen.", Place(self.file)
            ) from None

    def _place(self, mark: Any, name: str = "") -> Place:
        line = mark.line
        for odd in self.odd:
            if odd >= line:
                break
            line -= 1
        return Place(self.file, line + 1 + self.offset, field=name)

    def document(self) -> Any:
        value = None
        seen = False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    raise ValueRefused(
                        "a second document begins here; keep one to a file.", self._place(event.start_mark)
                    )
                seen = True
                value = self._value(next(self.events), 0)
        return value

    def _value(self, event: Any, depth: int, name: str = "") -> Any:
        place = self._place(event.start_mark, name)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise ValueRefused(
                "anchors (&) and aliases (*) are not read; write it out, or put it in quotes.", place
            )
        if event.tag is not None:
            raise ValueRefused(f"tags such as {event.tag!r} are not read; put the value in quotes.", place)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if depth >= _DEEPEST:
            raise ValueRefused(f"this lies more than {_DEEPEST} levels deep; write it flatter.", place)
        return (
            self._rows(place, depth)
            if isinstance(event, yaml.SequenceStartEvent)
            else self._named(place, depth)
        )

    def _rows(self, place: Place, depth: int) -> Rows:
        rows = Rows(place)
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            where = self._place(event.start_mark)
            rows.put(self._value(event, depth + 1), where)
        return rows

    def _named(self, place: Place, depth: int) -> Named:
        named = Named(place=place)
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            where = self._place(event.start_mark)
            if not isinstance(event, yaml.ScalarEvent) or event.anchor is not None or event.tag is not None:
                raise ValueRefused("a name is a word; put it in quotes if it begins with a sign.", where)
            if event.value in named:
                raise ValueRefused(f"{event.value!r} stands here twice; keep one.", where)
            named.put(event.value, self._value(next(self.events), depth + 1, event.value), where)
        return named


def _scalar(event: Any) -> Any:
    text = event.value
    if event.style not in (None, ""):
        return text
    if text.casefold() in _WORDS and text in (text.lower(), text.upper(), text.capitalize()):
        return _WORDS[text.casefold()]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _POINT.fullmatch(text):
        return Decimal(text)
    return text
