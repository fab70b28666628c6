"""Find a quote's words in a text: to the letter, but for typography, or round an ellipsis; or not at all.

Nothing is ever matched to other words. A word dropped, doubled, swapped or negated is not found. Every search
takes time in proportion to the text and the quote together, whatever stands in them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from evidence.edges import begins, stops
from evidence.elisions import REDACTED, Piece, chains, pieces_of
from evidence.flows import (
    ASIDES,
    Flow,
    first_and_last,
    flows_of,
    labels_of,
    well_formed_pages,
    well_formed_parts,
)
from evidence.folding import BREAK, DASH, FORMLESS, SEAM, Folded, composed, fold
from evidence.vocabulary import QuoteState

__all__ = ["ASIDES", "Found", "Held", "context", "locate", "page_of", "part_of", "redactions"]

_SPACES = re.compile(r"\s+")
_CONTEXT = 60
#: How often a text may be gone through for one search, and how many places are looked at in any case.
_PATIENCE, _PLACES = 8, 32
#: How much dearer it is to weigh a letter's hyphens than to look at the letter.
_WEIGHING = 8
#: How many places of all pieces of a quote are taken together.
_PIECES_PLACES = 50_000
#: How far a place is widened to what typography folds away at its ends.
_NEAR = 16
_DASH_AHEAD = re.compile(f"{DASH}{FORMLESS}*\\Z")
_DASH_BEHIND = re.compile(f"{FORMLESS}*{DASH}")


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
        self._marks = well_formed_pages(pages)
        self._parts = sorted(well_formed_parts(parts, len(content)))
        self._flows = flows_of(content, self._parts)

    def find(self, words: str, *, part: str | None = None) -> list[Found]:
        """Return every place where ``words`` stand, the closest kind of match only.

        Args:
            words: the quote.
            part: only in this part, as ``footnote 3``; ``footnote`` for any; empty for the body alone.

        Returns:
            Exact places if there are any, else typographic ones, else elided ones, in the order of the text;
            an empty list if none. Words that stand very often are not all listed.
        """
        if SEAM in words or BREAK in words:
            return []  # what folding marks its own places with is no letter of anybody's
        wanted = composed(words).strip()
        folded = fold(wanted).strip()
        if not folded:
            return []
        flows = [flow for flow in self._flows if part is None or flow.aside == (part != "")]
        for search in (self._whole, self._elided):
            found = [place for flow in flows for place in search(flow, wanted, folded)]
            if part:
                found = [place for place in found if part in (place.part, place.part.partition(" ")[0])]
            if found:
                best = min(found, key=lambda place: _LADDER.index(place.state)).state
                return sorted(
                    (place for place in found if place.state is best), key=lambda place: place.start
                )
        return []

    def _whole(self, flow: Flow, wanted: str, folded: str) -> Iterator[Found]:
        for start, end in self._places(flow, folded):
            exact = _exactly(flow.content, start, end, wanted)
            state = QuoteState.EXACT if exact else QuoteState.TYPOGRAPHIC
            yield Found(state, *flow.in_text(*(exact or (start, end))))

    def _places(
        self, flow: Flow, folded: str, *, before: str | None = None, after: bool = False
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
            if text.bare:
                start, end = _with_dashes(flow.content, start, end, folded)
            if (
                start >= 0
                and not _within_letter(text, at, at + len(bare))
                and begins(flow.content, start, before)
                and stops(flow.content, end, relaxed=after)
            ):
                there = fold(flow.content[start:end]).strip() if text.bare else folded
                if SEAM in there or SEAM in folded:
                    patience -= _WEIGHING * len(bare)
                    self.steps += _WEIGHING * len(bare)
                if _same_hyphens(folded, there):
                    yield start, end
            following = text.text.find(bare, at + 1)
            self.steps += (len(text.text) if following < 0 else following) - at
            at = following

    def _elided(self, flow: Flow, wanted: str, folded: str) -> Iterator[Found]:  # noqa: ARG002
        pieces = pieces_of(folded, lambda words: next(self._places(flow, words), None) is not None)
        if pieces is None:
            return
        places: dict[Piece, list[tuple[int, int]]] = {}
        room = _PIECES_PLACES
        # The longest first: if it is not there, nothing else need be looked for.
        for piece in sorted(pieces, key=lambda piece: -len(piece.words)):
            known = replace(piece, most=0, bracketed=False, beside=False, inside="")
            if known not in places:
                there = self._places(flow, piece.words, before=piece.before, after=piece.after)
                places[known] = list(islice(there, room))
                room -= len(places[known])
            if not places[known]:
                return
        ordered = [
            places[replace(piece, most=0, bracketed=False, beside=False, inside="")] for piece in pieces
        ]
        self.steps += sum(map(len, ordered))
        for start, end in chains(pieces, ordered, flow.content, flow.together):
            yield Found(QuoteState.ELIDED, *flow.in_text(start, end))

    def page(self, found: Found) -> str | None:
        """Return the page on which a place lies, or the first and the last with a dash between."""
        labels = self.pages(found)
        if not labels:
            return None
        return labels[0] if labels[0] == labels[-1] else f"{labels[0]}–{labels[-1]}"

    def pages(self, found: Found) -> list[str]:
        """Return the labels of the pages that a place touches."""
        return labels_of(self._marks, found.start, found.end)

    def on_page(self, found: Found, given: str) -> bool:
        """Tell whether a place lies where a locator says: on a page, or from one to another."""
        labels = self.pages(found)
        first, last = first_and_last(given)
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

    def folds(self) -> list[Folded]:
        """Return the text's flows, folded: its body, and its asides if it has any."""
        return [flow.folded(bare=False) for flow in self._flows]

    def in_text(self, number: int, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the flow of that number stands in the text."""
        return self._flows[number].in_text(start, end)[:2]

    @property
    def parted(self) -> bool:
        """Whether the text tells its footnotes from its body."""
        return any(kind in ASIDES for _, _, kind, _ in self._parts)


_LADDER = (QuoteState.EXACT, QuoteState.TYPOGRAPHIC, QuoteState.ELIDED)


def _within_letter(text: Folded, start: int, end: int) -> bool:
    """Tell whether a place begins or ends within one letter of the text, such as a ligature."""
    return (start > 0 and text.origin(start - 1)[1] > text.origin(start)[0]) or (
        end < len(text.text) and text.origin(end)[0] < text.origin(end - 1)[1]
    )


def _exactly(content: str, start: int, end: int, wanted: str) -> tuple[int, int] | None:
    """Return where exactly these characters stand at a place, which what has no form may widen a little."""
    low, high = max(0, start - _NEAR), min(len(content), end + _NEAR)
    at = content.find(wanted, low, high)
    while 0 <= at <= start + _NEAR:
        last = at + len(wanted)
        between = content[min(at, start) : max(at, start)] + content[min(last, end) : max(last, end)]
        if not any(map(str.isalnum, between)):
            return at, last
        at = content.find(wanted, at + 1, high)
    return (start, end) if composed(content[start:end]) == wanted else None


def _with_dashes(content: str, start: int, end: int, folded: str) -> tuple[int, int]:
    """Widen a place to the dashes with which a quote begins or ends; a start below zero if there are none."""
    if folded[0] in ("-", SEAM):
        ahead = _DASH_AHEAD.search(content[max(0, start - _NEAR) : start])
        start = start - len(ahead.group()) if ahead else -1
    if folded[-1] in ("-", SEAM):
        behind = _DASH_BEHIND.match(content[end : end + _NEAR])
        start, end = (start, end + len(behind.group())) if behind else (-1, end)
    return start, end


def _same_hyphens(wanted: str, there: str) -> bool:
    """Tell whether two folded texts of the same letters have the same hyphens; at a line's end either may be."""
    if wanted == there or (SEAM not in wanted and SEAM not in there):
        return wanted == there
    ours, theirs = _hyphens(wanted), _hyphens(there)
    return all(
        ours.get(at) == theirs.get(at) or SEAM in (ours.get(at), theirs.get(at))
        for at in ours.keys() | theirs.keys()
    )


def _hyphens(folded: str) -> dict[int, str]:
    marks: dict[int, str] = {}
    for match in re.finditer(f"[-{SEAM}]", folded):
        marks[match.start() - len(marks)] = match.group()
    return marks


def locate(words: str, content: str) -> list[Found]:
    """Return every place where ``words`` stand in ``content``; see ``Held.find``."""
    return Held(content).find(words)


def page_of(at: int, pages: Iterable[Sequence[Any]]) -> str | None:
    """Return the label of the page on which an offset lies; ``pages`` are labels and first offsets."""
    labels = labels_of(well_formed_pages(pages), at, at + 1)
    return labels[0] if labels else None


def part_of(at: int, parts: Iterable[Any]) -> str:
    """Return the aside that an offset lies in, as ``footnote 3``; empty for the body."""
    known = well_formed_parts(parts, sys.maxsize)
    there = (
        f"{kind} {label}".strip() for start, end, kind, label in known if kind in ASIDES and start <= at < end
    )
    return next(there, "")


def redactions(words: str) -> list[str]:
    """Return the marks of withheld or illegible words within a quote, as they stand."""
    return [match.group() for match in REDACTED.finditer(words)]


def context(content: str, found: Found) -> tuple[str, str]:
    """Return the words just before and just after a place, cut at spaces; line ends are spaces there."""
    before = content[max(found.start - _CONTEXT, 0) : found.start]
    after = content[found.end : found.end + _CONTEXT]
    if found.start > _CONTEXT:
        before = before.partition(" ")[2]
    if found.end + _CONTEXT < len(content):
        after = after.rpartition(" ")[0]
    return _SPACES.sub(" ", before), _SPACES.sub(" ", after)
