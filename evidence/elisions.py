"""Quotes that leave something out: their pieces round ellipses and an editor's brackets, in order in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evidence.folding import UNSPACED, fold

__all__ = ["REDACTED", "Piece", "chains", "pieces_of"]

#: In folded text: three dots or more, bare or within brackets.
_ELLIPSIS = re.compile(r"\[ ?\.{3,} ?\]|\( ?\.{3,} ?\)|\.{3,}")
_BRACKET = re.compile(r"\[[^\[\]]{1,120}\]")
#: How historical editors mark what was withheld or could not be read (METHOD 5.3).
REDACTED = re.compile(
    r"\[[^\[\]]{0,200}(?:not declassified|declassified|garbled?|illegible|omission in the source text|redacted|"
    r"text not found)[^\[\]]{0,200}\]",
    re.IGNORECASE,
)
#: Words without which a sentence says the contrary; brackets that replace them say one of them too.
_NEGATION = re.compile(
    r"\b(?:not|cannot|never|no|nor|neither|nobody|nothing|none|without)\b|n['’]t\b", re.IGNORECASE
)
#: Brackets that are the source's own, with the marks about them.
_OWN = re.compile(r"[^\w\[\]]*\[[^\[\]]{1,200}\][^\w\[\]]*")
#: An ellipsis leaves out less than this, and what an editor's brackets replace is shorter still.
_LEFT_OUT, _REPLACED = 20_000, 80
#: More pieces than this are no quotation; fewer letters than these, in a piece and in all, prove nothing.
_MOST_PIECES, _FEWEST, _FEWEST_IN_ALL = 64, 3, 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a quote round an ellipsis or a bracket.

    Attributes:
        words: its words, folded.
        most: how much of the text may be left out before it.
        before: the letters in brackets that it follows at once.
        after: whether brackets follow it at once.
        bracketed: whether brackets, and no ellipsis, stand before it.
        beside: whether brackets stand before it or after it.
        inside: what stands within the brackets before it.
    """

    words: str
    most: int = 0
    before: str | None = None
    after: bool = False
    bracketed: bool = False
    beside: bool = False
    inside: str = ""


def pieces_of(folded: str, stands: Callable[[str], bool]) -> list[Piece] | None:
    """Part a quote at its ellipses and its editor's brackets; nothing if it has none, or more than it may."""
    pieces: list[Piece] = []
    ellipses = _ELLIPSIS.split(folded, _MOST_PIECES + 1)
    brackets = 0
    for number, stretch in enumerate(ellipses):
        if not any(map(str.isalnum, stretch)):
            continue
        cuts = [match for match in _BRACKET.finditer(stretch) if REDACTED.fullmatch(match.group()) is None]
        if cuts and stands(stretch.strip()):
            cuts = []  # the brackets are the source's own
        brackets += len(cuts)
        if len(pieces) + len(cuts) > _MOST_PIECES:
            return None
        pieces.extend(_bracketed(stretch, cuts, first=number == 0))
    if len(ellipses) + brackets < 2 or not pieces:  # noqa: PLR2004 - the quote in one piece
        return None
    letters = sum(_letters(piece.words) for piece in pieces)
    short = any(_is_too_short(piece.words) and not piece.beside for piece in pieces)
    return None if short or letters < _FEWEST_IN_ALL else pieces


def _bracketed(stretch: str, cuts: Sequence[re.Match[str]], *, first: bool) -> Iterator[Piece]:
    """Yield the pieces of a stretch between ellipses, parted at its brackets."""
    at, previous = 0, None
    for cut in [*cuts, None]:
        end = cut.start() if cut else len(stretch)
        words = stretch[at:end]
        if any(map(str.isalnum, words)):
            yield Piece(
                words.strip(),
                most=_REPLACED if previous else (0 if first else _LEFT_OUT),
                before=previous.group()[1:-1] if previous and words[0].isalnum() else None,
                after=cut is not None and words[-1].isalnum(),
                bracketed=previous is not None,
                beside=previous is not None or cut is not None,
                inside=previous.group()[1:-1] if previous else "",
            )
            first = False
        if cut:
            at, previous = cut.end(), cut


def _may_replace(piece: Piece, replaced: str) -> bool:
    """Tell whether brackets may take the place of these words: not of what was withheld, and of no "not" unsaid."""
    if REDACTED.search(replaced) is not None:
        return False
    if _OWN.fullmatch(replaced) is not None and f"[{piece.inside}]" not in fold(replaced):
        return False  # other words within the source's own brackets
    return _NEGATION.search(replaced) is None or _NEGATION.search(piece.inside) is not None


def _letters(words: str) -> int:
    """Return how many letters and digits there are; one in a script without spaces counts as two."""
    return sum(letter.isalnum() for letter in words) + len(UNSPACED.findall(words))


def _is_too_short(words: str) -> bool:
    return _letters(words) < _FEWEST


def chains(
    pieces: Sequence[Piece],
    places: Sequence[Sequence[tuple[int, int]]],
    content: str,
    together: Callable[[int, int], bool],
) -> Iterator[tuple[int, int]]:
    """Yield the shortest stretches in which all pieces stand in their order.

    Each place of a piece is joined to the last place of the piece before that ends ahead of it; both lists are
    gone through once.

    Args:
        pieces: what the quote consists of.
        places: where each of them stands, in the order of the text.
        content: the text.
        together: tells whether two offsets lie in the same part of it.
    """
    joined = [(start, start, end) for start, end in places[0]]  # where it began, and its last piece
    for piece, here in zip(pieces[1:], places[1:], strict=True):
        longer, at = [], 0
        before: tuple[int, int, int] | None = None
        for start, end in here:
            while at < len(joined) and joined[at][2] <= start:
                before = joined[at]
                at += 1
            if before is None or start - before[2] > piece.most or not together(before[2] - 1, start):
                continue
            if not piece.bracketed or _may_replace(piece, content[before[2] : start]):
                longer.append((before[0], start, end))
        joined = longer
    shortest: dict[int, int] = {}
    for begin, _, end in joined:
        shortest.setdefault(begin, end)
    yield from shortest.items()
