"""Find a quote's words in a text: to the letter, but for typography, or round an ellipsis; or not at all.

Nothing is ever matched to other words. A word dropped, doubled, swapped or negated is not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from evidence.vocabulary import QuoteState

__all__ = ["ASIDES", "Found", "locate", "page_of", "redactions"]

#: Parts of a text that stand beside its body: their words are not the body's, and no quote runs across.
ASIDES = frozenset({"footnote", "source note", "comment"})

#: What typography changes and words do not: quotation marks, dashes, ligatures, odd spaces.
_FOLDS = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...", "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "­": "", "\u200b": "",
}  # fmt: skip
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:\.\s*){3}\]|\[\s*…\s*\]|(?:\.\s+){2}\.|\.{3,}|…|\[[^\]]{1,120}\])\s*")
_BROKEN = re.compile(r"(?<=\w)-\n\s*(?=\w)")
#: How historical editors mark what was withheld or could not be read (METHOD 5.3).
_REDACTED = re.compile(
    r"\[[^\[\]]*(?:not declassified|declassified|garble[d]?|illegible|omission in the source text|redacted)[^\[\]]*\]",
    re.IGNORECASE,
)
_CONTEXT = 60


@dataclass(frozen=True, slots=True)
class Found:
    """Where words stand in a text, and how closely they match it."""

    state: QuoteState
    start: int
    end: int


def locate(words: str, content: str) -> list[Found]:
    """Return every place where ``words`` stand in ``content``, the closest kind of match only.

    Args:
        words: the quote.
        content: the text.

    Returns:
        Exact places if there are any, else typographic ones, else elided ones; an empty list if none.
    """
    exact = [Found(QuoteState.EXACT, at, at + len(words)) for at in _all(words, content)] if words else []
    if exact:
        return exact
    wanted = _fold(words)[0].strip()
    if not wanted:
        return []
    # A hyphen at the end of a line may be the printer's or the word's own: both readings are tried.
    for joined in (True, False):
        folded, offsets = _fold(content, joined=joined)
        typographic = [
            Found(QuoteState.TYPOGRAPHIC, offsets[at], offsets[at + len(wanted) - 1] + 1)
            for at in _all(wanted, folded)
        ]
        found = typographic or list(_elided(words, folded, offsets))
        if found:
            return found
    return []


def _all(wanted: str, content: str) -> Iterator[int]:
    at = content.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        # "not" is not to be found in "nothing": both ends are ends of words.
        if not (_inside_word(content, at, wanted[0]) or _inside_word(content, end, wanted[-1])):
            yield at
        at = content.find(wanted, at + 1)


def _inside_word(content: str, at: int, edge: str) -> bool:
    if not edge.isalnum() or not 0 < at < len(content) or unicodedata.category(edge) == "Lo":
        return False  # scripts without spaces have no such edges
    return content[at - 1].isalnum() and content[at].isalnum()


def _fold(content: str, *, joined: bool = True) -> tuple[str, Sequence[int]]:
    """Return the text with typography folded away, and for each of its characters where it came from.

    A word that a line-end hyphen parts is ``joined`` without it, or keeps the hyphen.
    """
    skipped = 0 if joined else 1  # the hyphen itself
    broken = {at for match in _BROKEN.finditer(content) for at in range(match.start() + skipped, match.end())}
    letters: list[str] = []
    offsets: list[int] = []
    space = True  # so that leading space is dropped
    for at, letter in enumerate(content):
        if at in broken:
            continue
        if letter.isspace():
            if not space:
                letters.append(" ")
                offsets.append(at)
            space = True
            continue
        space = False
        for folded in _FOLDS.get(letter) if letter in _FOLDS else unicodedata.normalize("NFC", letter):  # type: ignore[union-attr]
            letters.append(folded)
            offsets.append(at)
    return "".join(letters), offsets


def _elided(words: str, folded: str, offsets: Sequence[int]) -> Iterator[Found]:
    segments = [part for part in (_fold(s)[0].strip() for s in _ELLIPSIS.split(words)) if part]
    if len(segments) < 2 or any(len(part) < 3 for part in segments):  # noqa: PLR2004 - a stray letter proves nothing
        return
    for first in _all(segments[0], folded):
        end = first + len(segments[0])
        for segment in segments[1:]:
            at = next(_all_from(segment, folded, end), -1)
            if at < 0:
                return
            end = at + len(segment)
        yield Found(QuoteState.ELIDED, offsets[first], offsets[end - 1] + 1)


def _all_from(wanted: str, content: str, start: int) -> Iterator[int]:
    return (start + at for at in _all(wanted, content[start:]))


def page_of(at: int, pages: Iterable[Sequence[Any]]) -> str | None:
    """Return the label of the page on which an offset lies; ``pages`` are label and first offset, in order."""
    marks = [mark for mark in pages if isinstance(mark, list) and [type(part) for part in mark] == [str, int]]
    for (label, begin), (_, end) in pairwise([*marks, ("", float("inf"))]):
        if begin <= at < end:
            return str(label)
    return None


def redactions(words: str) -> list[str]:
    """Return the marks of withheld or illegible words within a quote, as they stand."""
    return [match.group() for match in _REDACTED.finditer(words)]


def context(content: str, found: Found) -> tuple[str, str]:
    """Return the words just before and just after a place, cut at spaces."""
    before = content[max(found.start - _CONTEXT, 0) : found.start]
    after = content[found.end : found.end + _CONTEXT]
    if found.start > _CONTEXT:
        before = before.partition(" ")[2]
    if found.end + _CONTEXT < len(content):
        after = after.rpartition(" ")[0]
    return before, after
