"""Find a quote's words in a text: to the letter, but for typography, or round an ellipsis; or not at all.

Nothing is ever matched to other words. A word dropped, doubled, swapped or negated is not found. Every search
takes time in proportion to the text and the quote together, whatever stands in them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.folding import BREAK, SEAM, UNSPACED, Folded, fold, has_seam, invisible
from evidence.vocabulary import QuoteState

__all__ = ["ASIDES", "Found", "Held", "context", "locate", "page_of", "redactions"]

#: Parts of a text that stand beside its body: their words are not the body's, and no quote runs across.
ASIDES = frozenset({"footnote", "source note", "comment"})

#: In folded text: three dots or more, bare or within brackets.
_ELLIPSIS = re.compile(r"\[ ?\.{3,} ?\]|\( ?\.{3,} ?\)|\.{3,}")
_BRACKET = re.compile(r"\[[^\[\]]{1,120}\]")
#: How historical editors mark what was withheld or could not be read (METHOD 5.3).
_REDACTED = re.compile(
    r"\[[^\[\]]{0,200}(?:not declassified|declassified|garble[d]?|illegible|omission in the source text|redacted|"
    r"text not found|document number not declassified)[^\[\]]{0,200}\]",
    re.IGNORECASE,
)
_CONTEXT = 60
#: An ellipsis leaves out less than this, and what an editor's brackets replace is shorter still.
_LEFT_OUT, _REPLACED = 20_000, 80
#: More pieces than this are no quotation; fewer letters than these, in a piece and in all, prove nothing.
_MOST_PIECES, _FEWEST, _FEWEST_IN_ALL = 64, 3, 6
#: How often a text may be gone through for one search, and how many places are looked at in any case.
_PATIENCE, _PLACES = 16, 256
_NEAR = 16
_FREE = re.compile(f"[{UNSPACED}]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
#: What makes another word of the one that follows, or of the one before.
_NEGATED = re.compile(r"\b(?:non|un|anti)[-‐‑\u00ad]\s*\Z", re.IGNORECASE)
_NOT = re.compile(r"['’]t\b", re.IGNORECASE)
_REST = re.compile(r"(?!not\b|n['’]t\b)[^\W\d_]{0,4}(?!['’]?\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """Where words stand in a text, and how closely they match it.

    Attributes:
        state: exact, typographic or elided.
        start: the offset of the first character.
        end: the offset after the last.
        part: the part of the text that they stand in, as ``footnote 3``; empty for the body.
    """

    state: QuoteState
    start: int
    end: int
    part: str = ""


class Held:
    """A text made ready for many quotes to be looked for in it.

    Attributes:
        content: the text.
        steps: how many characters were gone through so far, which is what a search costs.
    """

    __slots__ = ("_flows", "_marks", "_parts", "content", "steps")

    def __init__(self, content: str, pages: Iterable[Any] = (), parts: Iterable[Any] = ()) -> None:
        """Take a text, the pages and the parts as the ledger has them; what is malformed is passed over."""
        self.content = content
        self.steps = 0
        self._marks = _marks(pages)
        self._parts = sorted(_parts(parts, len(content)))
        self._flows = _flows(content, self._parts)

    def find(self, words: str, *, part: str | None = None) -> list[Found]:
        """Return every place where ``words`` stand, the closest kind of match only.

        Args:
            words: the quote.
            part: only in this part, as ``footnote 3``; ``footnote`` for any; empty for the body alone.

        Returns:
            Exact places if there are any, else typographic ones, else elided ones, in the order of the text;
            an empty list if none. Words that stand very often are not all listed.
        """
        wanted = unicodedata.normalize("NFC", words).strip()
        folded = fold(wanted).strip()
        if not folded:
            return []
        flows = [flow for flow in self._flows if part is None or flow.aside == (part != "")]
        for search in (self._whole, self._elided):
            found = [place for flow in flows for place in search(flow, wanted, folded)]
            if part:
                found = [place for place in found if part in (place.part, place.part.partition(" ")[0])]
                found = found or []
            if found:
                best = min(found, key=lambda place: _LADDER.index(place.state)).state
                return sorted((place for place in found if place.state is best), key=lambda place: place.start)
        return []

    def _whole(self, flow: _Flow, wanted: str, folded: str) -> Iterator[Found]:
        for start, end in self._places(flow, folded):
            there = flow.content[start:end]
            exact = wanted in there or unicodedata.normalize("NFC", there) == wanted
            state = QuoteState.EXACT if exact else QuoteState.TYPOGRAPHIC
            yield flow.found(state, start, end)

    def _places(
        self, flow: _Flow, folded: str, *, before: str | None = None, after: bool = False
    ) -> Iterator[tuple[int, int]]:
        """Yield where folded words stand in a flow's own content.

        Args:
            flow: where to look.
            folded: the words.
            before: letters in brackets that take the place of those before the words, as in ``[T]he``.
            after: letters in brackets follow the words at once, as in ``say[s]``.
        """
        text = flow.folded(bare=flow.seamed or SEAM in folded)
        bare = folded.replace("-", "").replace(SEAM, "") if text.bare else folded
        if not bare:
            return
        patience = _PATIENCE * (len(text.text) + len(bare)) + _PLACES * len(bare)
        at = text.text.find(bare)
        self.steps += (len(text.text) if at < 0 else at) + len(bare)
        while at >= 0 and patience > 0:
            start, end = text.span(at, at + len(bare))
            patience -= len(bare)
            self.steps += len(bare)
            if (
                not _within_letter(text, at, at + len(bare))
                and (not text.bare or _same_hyphens(folded, fold(flow.content[start:end])))
                and _begins(flow.content, start, before)
                and _stops(flow.content, end, relaxed=after)
            ):
                yield start, end
            following = text.text.find(bare, at + 1)
            self.steps += (len(text.text) if following < 0 else following) - at
            at = following

    def _elided(self, flow: _Flow, wanted: str, folded: str) -> Iterator[Found]:  # noqa: ARG002
        pieces = _pieces(folded, lambda words: next(self._places(flow, words), None) is not None)
        if pieces is None:
            return
        places: dict[int, list[tuple[int, int]]] = {}
        # The longest first: if it is not there, nothing else need be looked for.
        for number in sorted(range(len(pieces)), key=lambda n: -len(pieces[n].words)):
            piece = pieces[number]
            places[number] = list(
                self._places(flow, piece.words, before=piece.before, after=piece.after)
            )
            self.steps += len(places[number])
            if not places[number]:
                return
        ordered = [places[number] for number in range(len(pieces))]
        for start, end in _chains(flow, pieces, ordered):
            yield flow.found(QuoteState.ELIDED, start, end)

    def page(self, found: Found) -> str | None:
        """Return the page on which a place lies, or the first and the last: ``651–652``."""
        labels = self.pages(found)
        if not labels:
            return None
        return labels[0] if labels[0] == labels[-1] else f"{labels[0]}–{labels[-1]}"

    def pages(self, found: Found) -> list[str]:
        """Return the labels of the pages that a place touches."""
        return _labels(self._marks, found.start, found.end)

    def on_page(self, found: Found, given: str) -> bool:
        """Tell whether a place lies where a locator says: on a page, or from one to another."""
        labels = self.pages(found)
        first, last = _first_and_last(given)
        if not labels or given.strip() in (*labels, self.page(found)):
            return True
        if last is None:
            return first in labels
        known = [label for label, _ in self._marks]
        if first in known and last in known:
            within = known[known.index(first) : len(known) - known[::-1].index(last)]
            return all(label in within for label in labels)
        return False

    def named(self, found: Found) -> str:
        """Return the smallest part that a place lies in, as ``attachment 1`` or ``footnote 3``; empty if none."""
        around = [
            (end - start, f"{kind} {label}".strip())
            for start, end, kind, label in self._parts
            if start <= found.start and found.end <= end
        ]
        return found.part or min(around, default=(0, ""))[1]

    @property
    def parted(self) -> bool:
        """Whether the text tells its footnotes from its body."""
        return any(kind in ASIDES for _, _, kind, _ in self._parts)


_LADDER = (QuoteState.EXACT, QuoteState.TYPOGRAPHIC, QuoteState.ELIDED)


@dataclass(slots=True)
class _Flow:
    """Words that follow one another: the body, or all the asides, each parted from the next.

    Attributes:
        content: the words.
        pieces: where each piece begins here, where in the text, and what it is called.
        aside: whether this is not the body.
    """

    content: str
    pieces: list[tuple[int, int, str]]
    aside: bool
    seamed: bool
    _kept: Folded | None = None
    _bare: Folded | None = None

    def folded(self, *, bare: bool) -> Folded:
        """Return the words folded, which is done once."""
        if bare:
            self._bare = self._bare or Folded(self.content, bare=True)
            return self._bare
        self._kept = self._kept or Folded(self.content, bare=False)
        return self._kept

    def piece(self, at: int) -> tuple[int, int, str]:
        """Return the piece that an offset lies in."""
        return self.pieces[bisect_right(self.pieces, at, key=lambda piece: piece[0]) - 1]

    def found(self, state: QuoteState, start: int, end: int) -> Found:
        """Return a place as it stands in the text."""
        here, there, name = self.piece(start)
        last, last_there, _ = self.piece(end - 1)
        return Found(state, start - here + there, end - last + last_there, name)


def _flows(content: str, parts: Sequence[tuple[int, int, str, str]]) -> list[_Flow]:
    body: list[tuple[int, int]] = []
    asides: list[tuple[int, int, str]] = []
    at = 0
    for start, end, kind, label in parts:
        if kind not in ASIDES or end <= at:
            continue
        if start > at:
            body.append((at, start))
        asides.append((max(start, at), end, f"{kind} {label}".strip()))
        at = end
    if not asides:
        return [_Flow(content, [(0, 0, "")], aside=False, seamed=has_seam(content))]
    body.append((at, len(content)))
    flows = [_flow([(start, end, "") for start, end in body], content, "")]
    return [*flows, _flow(asides, content, f"\n{BREAK}\n")]


def _flow(spans: list[tuple[int, int, str]], content: str, between: str) -> _Flow:
    pieces, at = [], 0
    for start, end, name in spans:
        pieces.append((at, start, name))
        at += end - start + len(between)
    words = between.join(content[start:end] for start, end, _ in spans)
    return _Flow(words, pieces, aside=bool(between), seamed=has_seam(words))


def _parts(given: Iterable[Any], length: int) -> Iterator[tuple[int, int, str, str]]:
    """Yield the parts that are well formed: start, end, kind, label."""
    for part in given if isinstance(given, list | tuple) else ():
        if not isinstance(part, list | tuple) or [type(value) for value in part] != [str, str, int, int]:
            continue
        kind, label, start, end = part
        if 0 <= start < end <= length:
            yield start, end, kind, label


def _marks(given: Iterable[Any]) -> list[tuple[str, int]]:
    """Return the pages that are well formed, in the order of the text."""
    marks = [
        (mark[0], mark[1])
        for mark in (given if isinstance(given, list | tuple) else ())
        if isinstance(mark, list | tuple) and [type(value) for value in mark] == [str, int]
    ]
    return sorted(marks, key=lambda mark: mark[1])


def _labels(marks: Sequence[tuple[str, int]], start: int, end: int) -> list[str]:
    first = bisect_right(marks, start, key=lambda mark: mark[1]) - 1
    last = bisect_right(marks, max(end - 1, start), key=lambda mark: mark[1]) - 1
    return list(dict.fromkeys(label for label, _ in marks[max(first, 0) : last + 1])) if last >= 0 else []


_PAGES = re.compile(r"(?:pp?\.\s*)?(.+?)(?:\s*[-‐‑–—]\s*(.+))?", re.IGNORECASE)


def _first_and_last(given: str) -> tuple[str, str | None]:
    """Return what ``651–52`` or ``pp. 651-652`` says: the first page and the last."""
    match = _PAGES.fullmatch(given.strip()[:40])
    if match is None:
        return given, None
    first, last = match[1].strip(), match[2]
    if last and first.isdecimal() and last.isdecimal() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first, last


def _within_letter(text: Folded, start: int, end: int) -> bool:
    """Tell whether a place begins or ends within one letter of the text, such as a ligature."""
    return (start > 0 and text.origin(start - 1)[1] > text.origin(start)[0]) or (
        end < len(text.text) and text.origin(end)[0] < text.origin(end - 1)[1]
    )


def _same_hyphens(wanted: str, there: str) -> bool:
    """Tell whether two folded texts of the same letters have the same hyphens; at a line's end either may be."""
    ours, theirs = _hyphens(wanted), _hyphens(there.strip())
    return all(
        ours.get(at) == theirs.get(at) or SEAM in (ours.get(at), theirs.get(at))
        for at in ours.keys() | theirs.keys()
    )


def _hyphens(folded: str) -> dict[int, str]:
    marks: dict[int, str] = {}
    for match in re.finditer(f"[-{SEAM}]", folded):
        marks[match.start() - len(marks)] = match.group()
    return marks


def _begins(content: str, start: int, replaced: str | None) -> bool:
    """Tell whether a word of the text begins at an offset, or what stands in brackets replaces its beginning."""
    letter = content[start]
    if unicodedata.category(letter).startswith("M"):
        return start == 0
    before = start - 1
    while before >= max(0, start - _NEAR) and invisible(content[before]):
        before -= 1
    if before < 0 or not letter.isalnum():
        return True
    if not content[before].isalnum():
        if letter.isdigit() and content[before] in ".," and before and content[before - 1].isdigit():
            return False  # not a number's own beginning
        return _NEGATED.search(content, max(0, start - _NEAR), start) is None
    if _FREE.match(letter) or _FREE.match(content[before]):
        return True
    if replaced is None:
        return False
    return content[max(0, start - len(replaced)) : start].casefold() == replaced.casefold() and _begins(
        content, max(0, start - len(replaced)), None
    )


def _stops(content: str, end: int, *, relaxed: bool) -> bool:
    """Tell whether a word of the text ends at an offset, or brackets after it replace its ending."""
    after = end
    while after < min(len(content), end + _NEAR) and invisible(content[after]):
        after += 1
    if after >= len(content):
        return True
    following, letter = content[after], content[end - 1]
    if unicodedata.category(following).startswith("M"):
        return False
    if not letter.isalnum():
        return True
    if not following.isalnum():
        if letter.isdigit() and following in ".," and content[after + 1 : after + 2].isdigit():
            return False
        return not (letter in "nN" and _NOT.match(content, after))
    if _FREE.match(letter) or _FREE.match(following) or _HANGUL.match(letter):
        return True  # scripts without spaces, and one that joins its particles to its words
    return relaxed and _REST.match(content, after) is not None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a quote round an ellipsis or a bracket.

    Attributes:
        words: its words, folded.
        most: how much of the text may be left out before it.
        before: the letters in brackets that it follows at once.
        after: whether brackets follow it at once.
        bracketed: whether brackets, and no ellipsis, stand before it.
    """

    words: str
    most: int = 0
    before: str | None = None
    after: bool = False
    bracketed: bool = False


def _pieces(folded: str, stands: Any) -> list[_Piece] | None:
    """Part a quote at its ellipses and its editor's brackets; nothing if it has none, or more than it may."""
    pieces: list[_Piece] = []
    ellipses = _ELLIPSIS.split(folded, _MOST_PIECES + 1)
    brackets = 0
    for number, stretch in enumerate(ellipses):
        if not any(map(str.isalnum, stretch)):
            continue
        cuts = [match for match in _BRACKET.finditer(stretch) if _REDACTED.fullmatch(match.group()) is None]
        if cuts and stands(stretch.strip()):
            cuts = []  # the brackets are the source's own
        brackets += len(cuts)
        if len(pieces) + len(cuts) > _MOST_PIECES:
            return None
        pieces.extend(_bracketed(stretch, cuts, first=number == 0))
    if len(ellipses) + brackets < 2 or not pieces:  # noqa: PLR2004 - the quote in one piece
        return None
    letters = sum(_letters(piece.words) for piece in pieces)
    short = any(_is_too_short(piece.words) and not (piece.bracketed or piece.after) for piece in pieces)
    return None if short or letters < _FEWEST_IN_ALL else pieces


def _bracketed(stretch: str, cuts: Sequence[re.Match[str]], *, first: bool) -> Iterator[_Piece]:
    """Yield the pieces of a stretch between ellipses, parted at its brackets."""
    at, previous = 0, None
    for cut in [*cuts, None]:
        end = cut.start() if cut else len(stretch)
        words = stretch[at:end]
        if any(map(str.isalnum, words)):
            yield _Piece(
                words.strip(),
                most=_REPLACED if previous else (0 if first else _LEFT_OUT),
                before=previous.group()[1:-1] if previous and words[0].isalnum() else None,
                after=cut is not None and words[-1].isalnum(),
                bracketed=previous is not None,
            )
            first = False
        if cut:
            at, previous = cut.end(), cut


def _letters(words: str) -> int:
    """Return how many letters and digits there are; one in a script without spaces counts as two."""
    return sum(letter.isalnum() for letter in words) + len(_FREE.findall(words))


def _is_too_short(words: str) -> bool:
    return _letters(words) < _FEWEST


def _chains(
    flow: _Flow, pieces: Sequence[_Piece], places: Sequence[Sequence[tuple[int, int]]]
) -> Iterator[tuple[int, int]]:
    """Yield the shortest stretches in which all pieces stand in their order, within one part.

    Each place of a piece is joined to the last place of the piece before that ends ahead of it; both lists are
    gone through once.
    """
    chains = [(start, start, end) for start, end in places[0]]  # where it began, and its last piece
    for piece, here in zip(pieces[1:], places[1:], strict=True):
        longer, at, before = [], 0, None
        for start, end in here:
            while at < len(chains) and chains[at][2] <= start:
                before = chains[at]
                at += 1
            if before is not None and _may_leave_out(flow, piece, before[2], start):
                longer.append((before[0], start, end))
        chains = longer
    shortest: dict[int, int] = {}
    for begin, _, end in chains:
        shortest.setdefault(begin, end)
    yield from shortest.items()


def _may_leave_out(flow: _Flow, piece: _Piece, start: int, end: int) -> bool:
    if end - start > piece.most or (flow.aside and flow.piece(start - 1) != flow.piece(end)):
        return False
    return not piece.bracketed or _REDACTED.search(flow.content, start, end) is None


def locate(words: str, content: str) -> list[Found]:
    """Return every place where ``words`` stand in ``content``; see ``Held.find``."""
    return Held(content).find(words)


def page_of(at: int, pages: Iterable[Sequence[Any]]) -> str | None:
    """Return the label of the page on which an offset lies; ``pages`` are labels and first offsets."""
    labels = _labels(_marks(pages), at, at + 1)
    return labels[0] if labels else None


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
