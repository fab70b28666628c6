"""Find the words of coded passages by their offsets, however the program that wrote them has counted.

The standard counts characters of the text. Programs are known that count a line end of two characters as one,
that count a character beyond the first 65,536 as two, or that count the mark at the beginning of the file. The
names of passages often begin with their words, which tells how it was counted; and a passage seldom begins or
ends within a word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from evidence.errors import ValueRefused
from evidence.folding import composed

__all__ = ["Cut", "Cuts", "Span", "cut"]

_TELLING = 8  # letters of a name from which on it can be the words
_STRANGER = 16  # letters of a name that stands elsewhere in the text, from which on that is no chance
_MOST = 64_000_000  # characters of all passages of a text
_SHOWN = 60
#: A letter with the marks that may be composed with it; vowels and ends of Korean syllables are such.
_LETTER = re.compile(
    "[^\u0300-\u036f](?:[\u0300-\u036f\u0590-\u109f\u1160-\u11ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f])*",
    re.DOTALL,
)
_WIDE = re.compile("[\U00010000-\U0010ffff]")
_GENERIC = re.compile(
    r"(?:line|selection|quotation|quote|segment|coding)?[\s:#._-]*\d[\d\s:.,-]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Span:
    """A passage by its offsets, and the name that the program gave it."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a passage stands in the text as it is held, or why it cannot be said; a name that is a label."""

    start: int = 0
    end: int = 0
    label: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cuts:
    """The text as it is held, the passages in it, and how offsets were counted if not by characters."""

    content: str
    cuts: tuple[Cut, ...]
    remark: str = ""


def cut(raw: str, spans: Sequence[Span], *, marked: bool = False) -> Cuts:
    """Return the passages at some offsets of a text.

    Args:
        raw: the text with its own line ends, without a byte order mark.
        spans: the passages.
        marked: whether its file begins with a byte order mark.

    Raises:
        ValueRefused: the passages come to far more words than any project has.
    """
    if sum(max(min(span.end, len(raw)) - max(span.start, 0), 0) for span in spans) > _MOST:
        raise ValueRefused("its passages come to more than 64 million characters; code smaller ones.")
    content, held = _held(raw)
    ways = [way for way in _WAYS if way.counts(raw, marked)]
    fits = [(_fit(content, held, spans, way.where(raw)), way) for way in ways]
    best = max(fits, key=lambda fit: fit[0])[1]
    cutter = _Cutter(raw, content, held, best.where(raw))
    return Cuts(content, tuple(map(cutter.cut, spans)), best.remark)


#: From one offset to another; nothing if the offset lies beyond the end, or within a character.
_Where = Callable[[int], int | None]


def _held(raw: str) -> tuple[str, Callable[[int], int]]:
    """Return the text with LF line ends in form C, and for an offset of the raw text where it lies there."""
    ends = [match.end() for match in re.finditer("\r\n", raw)]
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    content = composed(lines)
    if content == lines:
        return content, lambda at: at - bisect_right(ends, at)
    starts, stops, sizes = [], [], []
    for match in _LETTER.finditer(lines):
        size = len(composed(match[0]))
        if size != len(match[0]):
            starts.append(match.start())
            stops.append(match.end())
            sizes.append(size)
    gone = [
        0,
        *accumulate(stop - start - size for start, stop, size in zip(starts, stops, sizes, strict=True)),
    ]

    def where(at: int) -> int:
        line = at - bisect_right(ends, at)
        n = bisect_right(stops, line)
        if n < len(starts) and line > starts[n]:  # within a letter and its marks
            return min(line - starts[n], sizes[n]) + starts[n] - gone[n]
        return line - gone[n]

    return content, where


def _by_characters(raw: str) -> _Where:
    size = len(raw)
    return lambda at: at if 0 <= at <= size else None


def _by_lines(raw: str) -> _Where:
    size = len(raw)
    after = [match.start() + 1 - n for n, match in enumerate(re.finditer("\r\n", raw))]

    def where(at: int) -> int | None:
        found = at + bisect_right(after, at)
        return found if at >= 0 and found <= size else None

    return where


def _by_units(raw: str) -> _Where:
    size = len(raw)
    after = [match.end() + n + 1 for n, match in enumerate(_WIDE.finditer(raw))]

    def where(at: int) -> int | None:
        n = bisect_right(after, at)
        within = n < len(after) and at == after[n] - 1
        return at - n if 0 <= at <= size + n and not within else None

    return where


def _by_mark(raw: str) -> _Where:
    size = len(raw)
    return lambda at: max(at - 1, 0) if 0 <= at <= size + 1 else None


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to count: what is said where it fits best, how it counts, and for which texts it differs."""

    remark: str
    where: Callable[[str], _Where]
    counts: Callable[[str, bool], bool]


#: The standard's way is the first: it wins where others fit as well.
_WAYS = (
    _Way("", _by_characters, lambda raw, marked: True),  # noqa: ARG005
    _Way(
        "that its offsets count a line end of two characters as one; they were read so",
        _by_lines,
        lambda raw, marked: "\r\n" in raw,  # noqa: ARG005
    ),
    _Way(
        "that its offsets count UTF-16 units, not characters; they were read so",
        _by_units,
        lambda raw, marked: bool(_WIDE.search(raw)),  # noqa: ARG005
    ),
    _Way(
        "that its offsets count the mark at the beginning of the file; they were read so",
        _by_mark,
        lambda raw, marked: marked,  # noqa: ARG005
    ),
)


def _fit(content: str, held: Callable[[int], int], spans: Sequence[Span], where: _Where) -> tuple[int, int]:
    """Return how well a way to count fits: by names that are the words, and by ends that are ends of words."""
    named = whole = 0
    for span in spans:
        start, end = where(span.start), where(span.end)
        if start is None or end is None or start >= end:
            named -= 1
            continue
        first, last = held(start), held(end)
        named += _begins(content, first, last, span.name)
        whole += not _inside_word(content, first) and not _inside_word(content, last)
    return named, whole


def _inside_word(content: str, at: int) -> bool:
    return 0 < at < len(content) and content[at - 1].isalnum() and content[at].isalnum()


def _folded(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _begins(content: str, first: int, last: int, name: str) -> bool:
    """Tell whether a passage's name is the beginning of its words, as programs cut it, or all of them."""
    told = _folded(name)
    words = _folded(content[first : min(last, first + 4 * len(name))])
    return bool(told) and (words == told or (len(told) >= _TELLING and words.startswith(told)))


class _Cutter:
    """Cuts the passages of one text."""

    def __init__(self, raw: str, content: str, held: Callable[[int], int], where: _Where) -> None:
        self._size, self._content, self._held, self._where = len(raw), content, held, where

    @cached_property
    def _all(self) -> str:
        return _folded(self._content)

    def cut(self, span: Span) -> Cut:
        """Return one passage, without the space around it; or why it cannot be said."""
        start, end = self._where(span.start), self._where(span.end)
        said = f"{span.start:,} to {span.end:,}"
        if start is None or end is None or start > end:
            return Cut(why=f"a passage from {said}, which is not within its text ({self._size:,} characters)")
        words = self._content[self._held(start) : self._held(end)]
        first = self._held(start) + len(words) - len(words.lstrip())
        last = first + len(words.strip())
        if first >= last:
            return Cut(why=f"a passage from {said}, in which there are no words")
        name = span.name.strip()
        if not name or _GENERIC.fullmatch(name) or _begins(self._content, first, last, name):
            return Cut(first, last)
        told = _folded(name)
        if len(told) >= _STRANGER and told in self._all:
            shown = self._content[first:last][:_SHOWN]
            return Cut(
                why=f"a passage called {name[:_SHOWN]!r}, at whose offsets ({said}) other words stand: {shown!r}"
            )
        return Cut(first, last, label=name)
