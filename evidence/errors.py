"""What a user can get wrong, in sentences: what is wrong, where, and what to do.

One base class; the command line shows any of them as a single line and exits with 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "EvidenceError",
    "Finding",
    "LedgerError",
    "MethodError",
    "Place",
    "UnknownKey",
    "ValueRefused",
    "nearest",
    "spoken",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was read: a file, and as much of line, row and field as is known."""

    file: str = ""
    line: int | None = None
    row: int | None = None
    field: str = ""

    def __str__(self) -> str:
        """``cases/mid-50.md, line 12, field "kind"``."""
        parts = [self.file] if self.file else []
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.field:
            parts.append(f'field "{self.field}"')
        return ", ".join(parts)


class EvidenceError(Exception):
    """Something the user can put right; its text is one sentence or two."""

    def __init__(self, sentence: str, place: Place | None = None) -> None:
        """Say what is wrong, and where."""
        self.sentence = sentence
        self.place = place
        where = str(place) if place else ""
        super().__init__(f"{where}: {sentence}" if where else sentence)

    def _render_traceback_(self) -> list[str]:
        """Say it in a notebook as everywhere: the sentence, without the way there."""
        return [f"{type(self).__name__}: {self}"]

    def at(self, place: Place) -> EvidenceError:
        """Return the same error, said to be at ``place``."""
        again = type(self).__new__(type(self))
        EvidenceError.__init__(again, self.sentence, place)
        return again


class LedgerError(EvidenceError):
    """The ledger cannot be opened, or is not as it should be."""


class ValueRefused(EvidenceError):
    """A value that the ledger cannot hold."""


class MethodError(EvidenceError):
    """A wrong use of the method, such as a test that cannot fail."""


class UnknownKey(EvidenceError):
    """A key that nothing in the study has."""

    def __init__(self, noun: str, key: str, keys: Iterable[str] = ()) -> None:
        """Say which key is unknown, and which of ``keys`` look like it."""
        near = nearest(key, keys)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        if (
            noun == "coder" and not near
        ):  # often nobody typed it: whoever writes is taken to be the one who codes
            hint = " 'evidence coder list' shows who is there, 'evidence coder add' adds one; EVIDENCE_CODER says who you are."
        where = "ledger" if noun == "study" else "study"
        super().__init__(f"There is no {spoken(noun)} {key!r} in this {where}.{hint}")


def spoken(noun: str) -> str:
    """Return a noun as people say it."""
    return "round" if noun == "coding_round" else noun.replace("_", " ")


def nearest(word: str, words: Iterable[str], most: int = 3) -> list[str]:
    """Return up to ``most`` of ``words`` that look like ``word``, the likeliest first."""
    from difflib import get_close_matches  # noqa: PLC0415 - only when something is mistyped

    folded = {known.casefold(): known for known in words}
    return [folded[hit] for hit in get_close_matches(word.casefold(), folded, most, 0.6)]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a reader of the ledger should look at; a finding never stops anything."""

    rule: str
    subject: str
    message: str
