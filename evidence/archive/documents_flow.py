"""Put a document's words together: blocks parted by blank lines, and the parts that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evidence.archive.incoming import Part
from evidence.folding import composed

__all__ = ["Flow", "Read", "listed", "tidied"]

_PARTED = "\n\n"
_LONGEST_LABEL = 120  # characters of a heading that name it
_SHOWN = 12  # labels that a sentence names


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a reader of one kind of document gives back.

    Attributes:
        content: the words, in NFC with LF line ends.
        pages: label and first offset of each page.
        parts: kind, label, first offset and offset after the last.
        stated: what the document says of itself.
        remarks: what a person should know of how it was read.
    """

    content: str
    pages: Sequence[tuple[str, int]] = ()
    parts: Sequence[Part] = ()
    stated: Mapping[str, str] = field(default_factory=dict)
    remarks: Sequence[str] = ()


class Flow:
    """Words as they come, block by block."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._blocks: list[str] = []
        self._at = 0
        self.parts: list[Part] = []

    def add(self, words: str, parted: str = _PARTED) -> tuple[int, int]:
        """Add a block, ``parted`` from what is there, and return where it begins and ends."""
        block = composed(words)
        if not block:
            return self._at, self._at
        if self._blocks:
            self._blocks.append(parted)
            self._at += len(parted)
        start = self._at
        self._blocks.append(block)
        self._at += len(block)
        return start, self._at

    def mark(self, kind: str, label: str, start: int, end: int) -> None:
        """Make a part of what stands between two offsets."""
        if end > start:
            self.parts.append((kind, " ".join(label.split())[:_LONGEST_LABEL], start, end))

    def content(self) -> str:
        """Return the words."""
        return "".join(self._blocks)


def tidied(stated: Mapping[str, str | None]) -> dict[str, str]:
    """Return what a document says of itself without what is empty, each on one line."""
    lines = {name: " ".join((value or "").replace("\x00", " ").split()) for name, value in stated.items()}
    return {name: composed(line) for name, line in lines.items() if line}


def listed(labels: Sequence[str]) -> str:
    """Return labels as a sentence has them; of many, the first."""
    return ", ".join(labels[:_SHOWN]) + (f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else "")
