"""What came of marked passages: plain values that a command can print."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from evidence.archive.incoming import Loss
from evidence.errors import EvidenceError, Place

__all__ = ["Added", "Edited", "Gone", "Logged", "refuse"]

_NOTHING = " Nothing was written."


@dataclass(frozen=True, slots=True)
class Added:
    """A new quote, observation or bearing; of a quote, ``said`` is what was found when it was looked for."""

    noun: str
    key: str
    place: Place
    said: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """One field of one record that says something else now."""

    noun: str
    key: str
    field: str
    before: Any
    after: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that came from these files once and stands in them no longer; it stays in the ledger."""

    noun: str
    key: str
    words: str


@dataclass(slots=True)
class Logged:
    """What came of the marked passages of one import; filled while it goes on.

    Attributes:
        added: the new records, quotes before observations before bearings.
        changed: what changed in records that were there.
        unchanged: how many passages that were there say the same as before.
        refused: passages that were not brought, and why.
        losses: what was not brought of passages that were.
        gone: what the files do not hold any more.
    """

    added: list[Added] = field(default_factory=list)
    changed: list[Edited] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Loss] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Whether anything was written."""
        return bool(self.added or self.changed)


def refuse(losses: list[Loss], error: EvidenceError, place: Place, *, strict: bool) -> None:
    """Note what could not be brought, or stop there if the file is to be right as a whole.

    Raises:
        EvidenceError: in strict mode, with its place.
    """
    where = error.place or place
    if strict:
        raise error.at(where) from error
    losses.append(Loss(error.sentence.removesuffix(_NOTHING), where))
