"""A text's flows: its body, and beside it footnotes and comments, whose words are not the body's; and its pages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.folding import BREAK, Folded, has_seam

__all__ = [
    "ASIDES",
    "Flow",
    "first_and_last",
    "flows_of",
    "labels_of",
    "well_formed_pages",
    "well_formed_parts",
]

#: Parts of a text that stand beside its body: their words are not the body's, and no quote runs across.
ASIDES = frozenset({"footnote", "source note", "comment", "running head"})


@dataclass(slots=True)
class Flow:
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

    def together(self, one: int, other: int) -> bool:
        """Tell whether two offsets lie in the same aside, or both in the body."""
        return not self.aside or self.piece(one) == self.piece(other)

    def in_text(self, start: int, end: int) -> tuple[int, int, str]:
        """Return where a place stands in the text, and what the part is called."""
        here, there, name = self.piece(start)
        last, last_there, _ = self.piece(end - 1)
        return start - here + there, end - last + last_there, name


def flows_of(content: str, parts: Sequence[tuple[int, int, str, str]]) -> list[Flow]:
    """Return a text's flows: its body, and its asides if it has any; ``parts`` in the order of the text."""
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
        return [Flow(content, [(0, 0, "")], aside=False, seamed=has_seam(content))]
    body.append((at, len(content)))
    flows = [_flow([(start, end, "") for start, end in body], content, "")]
    return [*flows, _flow(asides, content, f"\n{BREAK}\n")]


def _flow(spans: list[tuple[int, int, str]], content: str, between: str) -> Flow:
    pieces, at = [], 0
    for start, end, name in spans:
        pieces.append((at, start, name))
        at += end - start + len(between)
    words = between.join(content[start:end] for start, end, _ in spans)
    return Flow(words, pieces, aside=bool(between), seamed=has_seam(words))


def well_formed_parts(given: Iterable[Any], length: int) -> Iterator[tuple[int, int, str, str]]:
    """Yield the parts that are well formed: start, end, kind, label."""
    for part in given if isinstance(given, list | tuple) else ():
        if not isinstance(part, list | tuple) or [type(value) for value in part] != [str, str, int, int]:
            continue
        kind, label, start, end = part
        if 0 <= start < min(end, length):
            yield start, min(end, length), kind, label


def well_formed_pages(given: Iterable[Any]) -> list[tuple[str, int]]:
    """Return the pages that are well formed, in the order of the text."""
    marks = [
        (mark[0], mark[1])
        for mark in (given if isinstance(given, list | tuple) else ())
        if isinstance(mark, list | tuple) and [type(value) for value in mark] == [str, int]
    ]
    return sorted(marks, key=lambda mark: mark[1])


def labels_of(marks: Sequence[tuple[str, int]], start: int, end: int) -> list[str]:
    """Return the labels of the pages that the characters from ``start`` to ``end`` stand on."""
    first = bisect_right(marks, start, key=lambda mark: mark[1]) - 1
    last = bisect_right(marks, max(end - 1, start), key=lambda mark: mark[1]) - 1
    return list(dict.fromkeys(label for label, _ in marks[max(first, 0) : last + 1])) if last >= 0 else []


_PAGES = re.compile(r"(?:pp?\.\s*)?(.+?)(?:\s*[-‐‑–—]\s*(.+))?", re.IGNORECASE)


def first_and_last(given: str) -> tuple[str, str | None]:
    """Return what ``651-52`` or ``pp. 651-652`` says: the first page and the last."""
    match = _PAGES.fullmatch(given.strip()[:40])
    if match is None:
        return given, None
    first, last = match[1].strip(), match[2]
    if last and first.isdecimal() and last.isdecimal() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first, last
