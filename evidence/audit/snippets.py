"""Where in a passage's own words a query's terms stand, and the stretch of it that shows most of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence.ledger.query import Phrase, Term
from evidence.ledger.terms import Aligned, is_term

__all__ = ["Snippet", "places", "snippet"]

#: Places looked at in one passage: enough to choose from and to name pages, however common a word is.
_MOST = 400
_BETWEEN = r"[^0-9a-z\x80-\U0010ffff]+"
_INSIDE = r"[0-9a-z\x80-\U0010ffff]*"
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of a passage.

    Attributes:
        words: the stretch on one line, an ellipsis where the passage goes on.
        marks: first offset and offset after the last of each hit in ``words``.
        start: where the first hit of the stretch begins in the passage, in characters.
        starts: where every hit of the passage begins, up to a few hundred.
    """

    words: str
    marks: tuple[tuple[int, int], ...]
    start: int
    starts: tuple[int, ...]


def places(content: str, wanted: Sequence[Term]) -> list[tuple[int, int, int]]:
    """Return the first places of terms in a passage, in order: first offset, offset after the last, which term."""
    aligned = Aligned(content)
    found = [
        (start, end, number)
        for number, term in enumerate(wanted)
        for phrase in term.spellings
        for start, end in _hits(aligned.folded, phrase)
    ]
    found.sort()
    return [(aligned.origin(start), aligned.after(end - 1), number) for start, end, number in found[:_MOST]]


def _hits(folded: str, phrase: Phrase) -> Iterator[tuple[int, int]]:
    first, *more = phrase.terms
    tail = "".join(_BETWEEN + re.escape(term) for term in more) + (_INSIDE if phrase.prefix else "")
    rest = re.compile(tail)
    at, count = folded.find(first), 0
    while at >= 0 and count < _MOST:
        # Whether a term begins here is asked first: it costs nothing, and a term may be very long.
        match = None if at and is_term(folded[at - 1]) else rest.match(folded, at + len(first))
        if match and not (match.end() < len(folded) and is_term(folded[match.end()])):
            count += 1
            yield at, match.end()
        at = folded.find(first, at + 1)


def snippet(content: str, wanted: Sequence[Term], length: int) -> Snippet:
    """Return the stretch of a passage of about ``length`` characters that shows most of what was wanted.

    Where nothing is found again, such as in a passage whose words moved on, it is the beginning.
    """
    found = places(content, wanted)
    chosen = max(range(len(found)), key=lambda at: (_variety(found, at, length), -at), default=None)
    if chosen is None:
        return Snippet(_line(content[:length]) + ("…" if len(content) > length else ""), (), 0, ())
    start, end, _ = found[chosen]
    shown = [place for place in found[chosen:] if place[1] <= max(start + length * 3 // 4, end)]
    begin, stop = _stretch(content, start, max(place[1] for place in shown), length)
    words, marks = "", []
    at = begin
    for first, after, _ in shown:
        if first < at:  # within the place before it
            continue
        words = _join(words, content[at:first])
        marks.append((len(words), len(words) + len(_line(content[first:after], strip=True))))
        words += _line(content[first:after], strip=True)
        at = after
    words = _join(words, content[at:stop]).rstrip()
    if begin > 0:
        words = "…" + words
        marks = [(one + 1, other + 1) for one, other in marks]
    return Snippet(
        words + ("…" if stop < len(content.rstrip()) else ""), tuple(marks), start, tuple(p[0] for p in found)
    )


def _variety(found: Sequence[tuple[int, int, int]], at: int, length: int) -> int:
    """Return how many different terms begin within a stretch from a place on."""
    seen = set()
    for start, _, number in found[at : at + 50]:
        if start > found[at][0] + length * 3 // 4:
            break
        seen.add(number)
    return len(seen)


def _stretch(content: str, start: int, end: int, length: int) -> tuple[int, int]:
    """Return from where to where to show, cut between words if there are spaces near."""
    beside = max((length - (end - start)) // 2, length // 6)
    begin, stop = max(start - beside, 0), min(end + beside, len(content))
    if begin and (space := content.find(" ", begin, start)) >= 0:
        begin = space + 1
    if stop < len(content) and (space := content.rfind(" ", end, stop)) >= 0:
        stop = space
    return begin, stop


def _join(words: str, more: str) -> str:
    line = _line(more)
    return words + (line.lstrip() if not words or words.endswith(" ") else line)


def _line(text: str, *, strip: bool = False) -> str:
    """Return words on one line, as a terminal may show them."""
    line = _SPACE.sub(" ", text)
    if not line.isprintable():
        line = "".join(letter for letter in line if letter.isprintable())
    return line.strip() if strip else line
