"""What an import did, or would do: plain values that a command can print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evidence.errors import Place

__all__ = ["Changed", "Dropped", "Merged", "Oddity", "Report"]


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in a file that is strange but possible: a warning, with its place."""

    place: Place
    sentence: str
    #: The dispute that it is about, if it is about one.
    number: int | None = None

    def __str__(self) -> str:
        """``MIDB.csv, row 5893, field "HiAct": ...``."""
        where = str(self.place)
        return f"{where}: {self.sentence}" if where else self.sentence


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of one record that is not as it was. Of a part in a case the field says whose and which."""

    key: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Dropped:
    """A case of an earlier version that this one does not hold, or that no longer meets the rule; it is kept."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A number that now leads to another case."""

    number: str
    key: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did.

    Attributes:
        noun: what kind of record.
        added: keys of the new records.
        changed: what changed in records that were there.
        unchanged: how many records that were there say the same as before.
        moved: how many cases took their facts from another version before; said here and not in ``changed``.
        actors: keys of the actors that are new with it.
        participations: how many participations the cases of this import have.
        dropped: cases that stay in the ledger although this version does not have them.
        merged: numbers that became redirects.
        kept: what was left as a user had written it, though the data say something else.
        warnings: what is strange in the files.
    """

    noun: str = "case"
    added: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    unchanged: int = 0
    moved: int = 0
    actors: tuple[str, ...] = ()
    participations: int = 0
    dropped: tuple[Dropped, ...] = ()
    merged: tuple[Merged, ...] = ()
    kept: tuple[Changed, ...] = ()
    warnings: tuple[Oddity, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether there was anything to write."""
        return bool(self.added or self.changed or self.merged or self.moved)
