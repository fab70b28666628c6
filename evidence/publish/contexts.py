"""A quote in its context: fifty words of its text before and after, as far as rights allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from evidence.publish.load import AROUND, FARTHEST
from evidence.publish.source_views import Passage
from evidence.quoting import ASIDES, locate
from evidence.vocabulary import QuoteState

__all__ = ["in_context", "may_be_shown", "passage"]

_WORDS = 50
#: Scripts that part no words by spaces, where each character counts for a word: Han, Kana, Thai, Lao, Khmer.
_UNSPACED = (
    "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_PARTS = re.compile(r"\s*(?:\[[^\]]{0,200}\]|(?:\.\s*){3,}|…)\s*")
_FREE = re.compile(
    r"public domain|cc[ -]?0|cc[ -]by|creative commons|open government licen[cs]e|no known copyright",
    re.IGNORECASE,
)
_HELD = re.compile(r"©|\(c\)|copyright|all rights reserved", re.IGNORECASE)


def may_be_shown(source: Any, shareable: Any) -> bool:
    """Tell whether rights allow to show words of a source beyond what is quoted.

    They do where the text may travel, where the source is in the public domain or freely licensed, and where
    anybody can get at it and nobody is said to hold the rights.
    """
    rights = source.rights or ""
    if shareable or _FREE.search(rights):
        return True
    return source.access == "open" and not _HELD.search(rights)


def in_context(source: Any, quote: Any, text: Any) -> tuple[Passage | None, str]:
    """Return a quote in its context, as far as rights allow, and why none is shown; the rows are ``passage``'s."""
    found = passage(quote, text)
    if found is not None and may_be_shown(source, quote.shareable):
        return found, ""
    if found is not None:
        why = "rights"
    elif quote.state == QuoteState.NO_TEXT_HELD:
        why = "no text is held"
    else:
        why = "the text that it was verified against is not held here"
    return None, f"Context not shown: {why}."


def passage(quote: Any, text: Any) -> Passage | None:
    """Return a quote in its context; nothing where no text is held round it.

    Args:
        quote: the quote's row, with ``around`` as ``load`` reads it.
        text: the row of the text that it was verified against, or nothing; the body's context is no footnote's
            words, as its parts tell.
    """
    around = quote.around or _cut(quote, text)
    if not around:
        return None
    begin = max(quote.text_start - AROUND, 0)  # where in the text that begins which was read
    first, last = quote.text_start - begin, quote.text_end - begin
    low, high = (
        edge - begin for edge in _borders(text.parts if text else (), quote.text_start, quote.text_end)
    )
    before, cut_before = _last_words(around[max(low, 0) : first], more=begin > 0 and low < 0)
    more = len(around) - last >= AROUND and high > len(around)
    after, cut_after = _first_words(around[last : max(high, last)], more=more)
    return Passage(before, _marked(quote, around[first:last]), after, cut_before, cut_after)


def _cut(quote: Any, text: Any) -> str:
    """Return the words around a quote from a text that came whole, as ``load`` reads them of others."""
    start, end = quote.text_start, quote.text_end
    if text is None or not text.content or start is None or end is None:
        return ""
    if start < 0 or not start < end <= start + FARTHEST:
        return ""
    return str(text.content[max(start - AROUND, 0) : end + AROUND])


def _borders(parts: Sequence[Any], start: int, end: int) -> tuple[int, int]:
    """Return between which offsets the words round a place belong to the same flow of text."""
    low, high = -1, 1 << 62
    for _, _, first, last in _asides(parts):
        if first <= start and end <= last:
            low, high = max(low, first), min(high, last)
        elif last <= start:
            low = max(low, last)
        elif first >= end:
            high = min(high, first)
    return low, high


def _asides(parts: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for part in parts or ():
        if isinstance(part, list) and len(part) == 4 and part[0] in ASIDES and isinstance(part[2], int):  # noqa: PLR2004 - kind, label, start, end
            yield part


def _last_words(text: str, *, more: bool) -> tuple[str, bool]:
    """Return the last words of what stands before a quote; ``more`` if it was cut, perhaps within a word."""
    found = list(_WORD.finditer(text))
    if len(found) > _WORDS:
        return _spaced(text[found[-_WORDS].start() :]), True
    if more and found:
        text = text[found[0].end() :]
    return _spaced(text if more else text.lstrip()), more


def _first_words(text: str, *, more: bool) -> tuple[str, bool]:
    found = list(_WORD.finditer(text))
    if len(found) > _WORDS:
        return _spaced(text[: found[_WORDS - 1].end()]), True
    if more and found:
        text = text[: found[-1].start()]
    return _spaced(text if more else text.rstrip()), more


def _marked(quote: Any, text: str) -> tuple[tuple[str, bool], ...]:
    """Return a quote's place in pieces, its own words marked; what it leaves out is not."""
    if quote.state != "elided":
        return ((_spaced(text), True),)
    pieces: list[tuple[str, bool]] = []
    at = 0
    for words in filter(None, _PARTS.split(quote.words)):
        found = next(iter(locate(words, text[at:])), None)
        if found is None:
            return ((_spaced(text), True),)
        pieces += [
            (_spaced(text[at : at + found.start]), False),
            (_spaced(text[at + found.start : at + found.end]), True),
        ]
        at += found.end
    return tuple(piece for piece in (*pieces, (_spaced(text[at:]), False)) if piece[0])


def _spaced(text: str) -> str:
    """Return text with its lines joined: a space for each run of spaces, also at the ends."""
    return re.sub(r"\s+", " ", text)
