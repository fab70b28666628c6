"""Rounds of coding as they stand: who has which cases, in what order, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from evidence.errors import UnknownKey
from evidence.keys import natural
from evidence.ledger.rows import words

__all__ = ["GIVEN", "LEFT", "NOT_CODABLE", "CoderOf", "RoundOf", "Task", "in_rounds", "round_of", "rounds"]

GIVEN, NOT_CODABLE, LEFT = "given", "not codable", "left"

_round = words(
    "coding_round", "id study_id key variable_version_id blind seed note made_at frozen_at retired_at"
)
_assignment = words("assignment", "id study_id coding_round_id case_id coder_id position retired_at")
_decision = words(
    "decision", "id study_id key case_id coder_id coding_round_id value supersedes_id retired_at"
)
_case = words("case", "id key title")
_coder = words("coder", "id key name")
_version = words("variable_version", "id variable_id version")
_variable = words("variable", "id key")


@dataclass(frozen=True, slots=True)
class Task:
    """A case that a coder is to code, and whether it is done."""

    case: str
    title: str
    position: int  # in the coder's order, from 1
    state: str  # given, not codable, or left
    decision: str  # the key of the code; empty while it is left


@dataclass(frozen=True, slots=True)
class CoderOf:
    """A coder in a round, with the cases in the order in which to code them."""

    coder: str
    name: str
    tasks: tuple[Task, ...]

    def number(self, state: str) -> int:
        """Return how many of the cases are in a state."""
        return sum(task.state == state for task in self.tasks)

    @property
    def waiting(self) -> Task | None:
        """The first case that is left; nothing if none is."""
        return next((task for task in self.tasks if task.state == LEFT), None)


@dataclass(frozen=True, slots=True)
class RoundOf:
    """A round of coding."""

    key: str
    variable: str
    version: str
    blind: bool
    seed: int | None  # nothing if cases are in the order given
    note: str
    made_at: datetime
    frozen_at: datetime | None  # nothing while it is open
    coders: tuple[CoderOf, ...]

    @property
    def cases(self) -> int:
        """How many cases are coded in it."""
        return len({task.case for one in self.coders for task in one.tasks})

    def of(self, coder: str) -> CoderOf:
        """Return what a coder has to do.

        Raises:
            UnknownKey: the coder is not in the round.
        """
        for one in self.coders:
            if one.coder == coder:
                return one
        raise UnknownKey(f"coder in round {self.key}", coder, [one.coder for one in self.coders])


def rounds(connection: Connection, study: Any) -> tuple[RoundOf, ...]:
    """Return all rounds of a study, the first opened first, in three statements."""
    wanted = (
        select(_round, _version.c.version, _variable.c.key.label("variable"))
        .join(_version, _version.c.id == _round.c.variable_version_id)
        .join(_variable, _variable.c.id == _version.c.variable_id)
        .where(_round.c.study_id == study, _round.c.retired_at.is_(None))
        .order_by(_round.c.made_at, _round.c.key)
    )
    found = list(connection.execute(wanted))
    if not found:
        return ()
    todo = list(connection.execute(_todo(study)))
    done = in_rounds(connection.execute(_made(study)).all())
    return tuple(_view(row, [one for one in todo if one.coding_round_id == row.id], done) for row in found)


def round_of(connection: Connection, study: Any, key: str) -> RoundOf:
    """Return one round.

    Raises:
        UnknownKey: there is none of that key.
    """
    known = rounds(connection, study)
    for one in known:
        if one.key == key:
            return one
    raise UnknownKey("round", key, [one.key for one in known])


def _todo(study: Any) -> Any:
    return (
        select(
            _assignment.c.coding_round_id, _assignment.c.case_id, _assignment.c.coder_id, _assignment.c.position,
            _case.c.key.label("case"), _case.c.title, _coder.c.key.label("coder"), _coder.c.name,
        )
        .join(_case, _case.c.id == _assignment.c.case_id)
        .join(_coder, _coder.c.id == _assignment.c.coder_id)
        .where(_assignment.c.study_id == study, _assignment.c.retired_at.is_(None))
        .order_by(_assignment.c.position, _case.c.key)
    )  # fmt: skip


def _made(study: Any) -> Any:
    return (
        select(_decision)
        .where(
            _decision.c.study_id == study,
            _decision.c.coding_round_id.is_not(None),
            _decision.c.retired_at.is_(None),
        )
        .order_by(_decision.c.id)
    )


def in_rounds(made: Iterable[Any]) -> dict[tuple[Any, Any, Any], Any]:
    """Return codes that their coders left standing, by the ids of round, case and coder."""
    rows = list(made)
    superseded = {row.supersedes_id for row in rows}
    return {(row.coding_round_id, row.case_id, row.coder_id): row for row in rows if row.id not in superseded}


def _view(row: Row[Any], todo: Sequence[Row[Any]], done: Mapping[Any, Any]) -> RoundOf:
    names = {one.coder: one.name for one in todo}
    coders = tuple(
        CoderOf(coder, names[coder], tuple(_task(row, one, done) for one in todo if one.coder == coder))
        for coder in sorted(names, key=natural)
    )
    return RoundOf(
        row.key, row.variable, row.version, bool(row.blind), row.seed, row.note or "", row.made_at, row.frozen_at, coders
    )  # fmt: skip


def _task(row: Row[Any], one: Row[Any], done: Mapping[Any, Any]) -> Task:
    code = done.get((row.id, one.case_id, one.coder_id))
    state = LEFT if code is None else NOT_CODABLE if code.value is None else GIVEN
    return Task(one.case, one.title, one.position, state, "" if code is None else code.key)
