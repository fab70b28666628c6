"""Rows as two revisions have them, and values in words: what telling a change is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evidence.ledger.named import State

__all__ = ["Turn", "World", "called", "counted", "day", "number_of_words", "short"]

_LONG, _BECAUSE = 80, 240
_PLUMBING = ("id", "study_id")


@dataclass(frozen=True, slots=True)
class World:
    """Every row that may be spoken of, by id, with its table."""

    rows: Mapping[str, tuple[str, Mapping[str, Any]]]

    @classmethod
    def of(cls, *states: State) -> World:
        """Gather the rows of states; of a row in several the last counts."""
        return cls(
            {i: (table, row) for state in states for table, rows in state.items() for i, row in rows.items()}
        )

    def row(self, row_id: Any) -> Mapping[str, Any]:
        """Return a row by its id; an empty one for none."""
        return self.rows.get(str(row_id), ("", {}))[1]

    def key(self, row_id: Any) -> str:
        """Return the key of a row, the variable and version of a version; nothing for none."""
        row = self.row(row_id)
        if "variable_id" in row and "version" in row:
            return f"{self.key(row['variable_id'])} version {row['version']}"
        return str(row.get("key", row_id or ""))

    def case_of(self, table: str, row: Mapping[str, Any]) -> str:
        """Return the key of the case that a row belongs to, by itself or through what it is inside of."""
        if table == "case":
            return str(row.get("key", ""))
        if row.get("case_id"):
            return self.key(row["case_id"])
        for column in ("test_id", "decision_id", "observation_id", "subject_id", "hypothesis_id"):
            if row.get(column):
                there, above = self.rows.get(str(row[column]), ("", {}))
                return self.case_of(there, above) if there else ""
        return ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of one row: how it was, if it was there, and how it is."""

    table: str
    id: str
    name: str  # as ``named.names_of`` calls it
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    world: World
    inside: tuple[Turn, ...] = ()  # new rows inside it, if it is new itself

    @property
    def was(self) -> Mapping[str, Any]:
        """How it was; an empty row if it was not there."""
        return self.before or {}

    def changed(self) -> tuple[str, ...]:
        """Return the columns that differ."""
        fields = [*self.was, *(field for field in self.after if field not in self.was)]
        return tuple(f for f in fields if self.was.get(f) != self.after.get(f) and f not in _PLUMBING)

    def within(self, table: str) -> int:
        """Return how many new rows of a table are inside it."""
        return sum(one.table == table for one in self.inside)

    def key(self, row_id: Any) -> str:
        """Return the key of a row that it links to."""
        return self.world.key(row_id)

    def value(self, stored: Any, field: str = "") -> str:
        """Return a value in words: links as keys, ranges as ``0.6..0.8``, what is empty as nothing."""
        if stored in (None, "", [], {}):
            return "nothing"
        if isinstance(stored, bool):
            return "yes" if stored else "no"
        if isinstance(stored, float):
            return f"{stored:g}"
        if isinstance(stored, Mapping):
            return ", ".join(f"{name} {self.value(one)}" for name, one in stored.items())
        if isinstance(stored, list):
            return self._listed(stored)
        return self.key(stored) if field.endswith("_id") else str(stored)

    def _listed(self, stored: list[Any]) -> str:
        if len(stored) == 2 and all(isinstance(end, float) for end in stored):  # noqa: PLR2004 - a range
            return f"{stored[0]:g}..{stored[1]:g}"
        return ", ".join(map(self.value, stored))

    def field_in_words(self, field: str) -> str:
        """Return how a field changed: both values, or that a longer text was written or reworded."""
        label = called(field).replace("_", " ")
        old, new = (self.value(row.get(field), field) for row in (self.was, self.after))
        if max(len(old), len(new)) <= _LONG:
            return f"{label} {old} → {new}"
        if "nothing" in (old, new):
            done, text = ("written", new) if old == "nothing" else ("taken out", old)
            return f"{label} {done} ({number_of_words(text)})"
        return f"{label} reworded ({number_of_words(old)} → {number_of_words(new)})"


def called(field: str) -> str:
    """Return what a column is called: a link by what it leads to."""
    return field.removesuffix("_id")


def number_of_words(text: str) -> str:
    """Return how many words a text has, in words."""
    number = len(text.split())
    return "1 word" if number == 1 else f"{number:,} words"


def short(text: Any, most: int = _BECAUSE) -> str:
    """Return a text on one line, cut after a word if it is long."""
    flat = " ".join(str(text or "").split())
    return flat if len(flat) <= most else f"{flat[:most].rsplit(' ', 1)[0].rstrip(',;:')} …"


def day(moment: Any) -> str:
    """Return the day of a moment as a row has it."""
    return str(moment or "")[:10]


def counted(number: int, one: str) -> str:
    """Return how many there are: ``1 quote``, ``2 quotes``."""
    return f"{number:,} {one if number == 1 else f'{one}s'}"
