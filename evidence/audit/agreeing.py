"""How far coders agree: their codes read off the ledger, put beside each other, and measured.

Of a round only frozen codes count, and adjudicated ones never do: they are what was agreed on, and not how far.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, Row, select

from evidence.audit.rounds import RoundOf, rounds
from evidence.errors import MethodError, UnknownKey, ValueRefused
from evidence.inference.body import silent
from evidence.inference.measured import Measured, measured
from evidence.keys import natural
from evidence.ledger.rows import words
from evidence.vocabulary import Round, Scale

__all__ = ["Agreed", "CodedCase", "Given", "Part", "agreements"]

#: With which every table of agreement is drawn unless somebody says otherwise, so that it is the same everywhere.
SEED, REPLICATES = 1, 1000
_TWO = 2

_variable = words("variable", "id study_id key label retired_at position")
_version = words("variable_version", "id study_id variable_id version scale levels retired_at")
_case = words("case", "id key title retired_at")
_coder = words("coder", "id study_id key name source_id retired_at")
_decision = words(
    "decision",
    "id study_id key case_id variable_version_id value rationale confidence coder_id round coding_round_id supersedes_id "
    "locator retired_at",
)
_round = words("coding_round", "id key frozen_at")
_episode = words("episode", "id study_id key title retired_at")
_inside = words("episode_case", "study_id episode_id case_id retired_at")


@dataclass(frozen=True, slots=True)
class Given:
    """What one coder said of a case."""

    coder: str
    value: str | None  # nothing if the case cannot be coded
    decision: str
    rationale: str
    confidence: str | None

    @property
    def said(self) -> str:
        """The level, or ``not codable``."""
        return "not codable" if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class CodedCase:
    """A case with what each coder said of it, in the order of coders; nothing where one said nothing."""

    case: str
    title: str
    given: tuple[Given | None, ...]

    @property
    def values(self) -> tuple[str | None, ...]:
        """The levels; ``not codable`` is missing, and no level."""
        return tuple(one.value if one else None for one in self.given)

    @property
    def differs(self) -> bool:
        """Whether two coders gave it different levels."""
        return len({value for value in self.values if value is not None}) >= _TWO


@dataclass(frozen=True, slots=True)
class Part:
    """A table of agreement: of all, of an episode, or of two coders."""

    name: str  # empty for the whole
    title: str
    coders: tuple[str, ...]
    measured: Measured
    units: tuple[CodedCase, ...]

    @property
    def differing(self) -> tuple[CodedCase, ...]:
        """The cases on which coders differ."""
        return tuple(unit for unit in self.units if unit.differs)

    @property
    def not_codable(self) -> tuple[int, ...]:
        """How many cases each coder found not codable, in the order of coders."""
        return tuple(
            sum(one is not None and one.coder == coder and one.value is None for unit in self.units for one in unit.given)
            for coder in self.coders
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agreed:
    """How far coders agree on a variable."""

    variable: str
    label: str
    round: str  # the key of the frozen round; empty for codes that stand, wherever they were given
    version: str  # of the scheme, in a round; else empty
    blind: bool
    frozen: str  # the day on which it was frozen; empty where there is no round
    left: int  # how many codes of the round were left when it was frozen
    ordinal: bool
    gaps: bool  # whether levels are numbers that do not follow each other: weights go by places, and not by these
    levels: tuple[str, ...]
    names: Mapping[str, str]  # of coders, by their keys
    seed: int
    replicates: int
    whole: Part
    parts: tuple[Part, ...]  # by episode, or by pair, if asked for


def agreements(
    connection: Connection,
    study: Any,
    *,
    variable: str | None = None,
    in_round: str | None = None,
    coders: Sequence[str] = (),
    beside: Sequence[str] = (),
    by: str = "",
    seed: int = SEED,
    replicates: int = REPLICATES,
    standing: bool | None = None,
) -> tuple[Agreed, ...]:
    """Return how far coders agree: a round's, of every frozen round, or where there is none of the codes that stand.

    Args:
        connection: to the ledger.
        study: the study's id.
        variable: one variable's key; all if not given.
        in_round: one round's key.
        coders: keys of those to compare; all who coded if none is named.
        beside: keys of publications whose codes stand beside theirs, as further coders.
        by: ``episode`` or ``pair``, for a table of each besides the whole.
        seed: of the resampling.
        replicates: how often units are drawn anew.
        standing: the codes that stand, whatever they were given in; false leaves them out; nothing asks for them
            where no round is frozen.

    Raises:
        UnknownKey: there is no such variable, round or coder.
        MethodError: the round is open, the coder was not in it, or fewer than two coders are left.
        ValueRefused: a round is named, and the codes that stand are asked for, too.
    """
    if standing and in_round is not None:
        raise ValueRefused(
            "Codes that stand (--standing) are not of one round (--in-round); say one of the two."
        )
    known = rounds(connection, study)
    wanted = [] if standing else _rounds(known, in_round, variable)
    if standing is False and not wanted:
        return ()
    read = _Read(connection, study, coders, beside)
    read.require(variable)
    found = [read.agreed(one.variable, one, by=by, seed=seed, replicates=replicates) for one in wanted]
    if not found and standing is not False:
        asked = [variable] if variable is not None else read.variables_of_several()
        found = [read.agreed(key, None, by=by, seed=seed, replicates=replicates) for key in asked]
    return tuple(found)


def _rounds(known: Sequence[RoundOf], key: str | None, variable: str | None) -> list[RoundOf]:
    if key is None:
        return [one for one in known if one.frozen_at and variable in (None, one.variable)]
    named = [one for one in known if one.key == key]
    if not named:
        raise UnknownKey("round", key, [one.key for one in known])
    if named[0].frozen_at is None:
        raise MethodError(
            f"round {key} is open, and agreement is computed on frozen codes; freeze it first ('evidence round freeze {key}')."
        )
    if variable not in (None, named[0].variable):
        raise MethodError(f"round {key} is of {named[0].variable}, and not of {variable}.")
    return named


class _Read:
    """The codes of a study, the last that each coder left standing."""

    def __init__(
        self, connection: Connection, study: Any, coders: Sequence[str], beside: Sequence[str]
    ) -> None:
        self.coders, self.beside = list(coders), list(beside)
        people = {
            row.key: row
            for row in connection.execute(
                select(_coder).where(_coder.c.study_id == study, _coder.c.retired_at.is_(None))
            )
        }
        for key in (*coders, *beside):
            if key not in people:
                raise UnknownKey("coder", key, people)
        for key in beside:
            if people[key].source_id is None:
                raise MethodError(f"coder {key} is no publication; name it among the coders (--coders).")
        self.names = {key: row.name for key, row in people.items()}
        self.versions = list(connection.execute(_versions(study)))
        made = list(connection.execute(_decisions(study)))
        superseded = {row.supersedes_id for row in made}
        self.made = [row for row in made if row.id not in superseded]
        self.episodes = _episodes(connection, study)

    def require(self, variable: str | None) -> None:
        known = {row.variable for row in self.versions}
        if variable is not None and variable not in known:
            raise UnknownKey("variable", variable, known)

    def variables_of_several(self) -> list[str]:
        """Return the variables that two or more coders coded, in the study's order."""
        order = dict.fromkeys(row.variable for row in self.versions)
        return [key for key in order if len(self._columns(self._of(key, None))) >= _TWO]

    def agreed(self, variable: str, of: RoundOf | None, *, by: str, seed: int, replicates: int) -> Agreed:
        """Return the agreement on a variable, in a round or without."""
        rows = self._of(variable, of)
        columns = self._columns(rows)
        if len(columns) < _TWO:
            who = ", ".join(columns) or "nobody"
            where = f"in round {of.key}" if of else f"on {variable}"
            raise MethodError(f"Agreement is of two coders or more, and {who} alone has codes {where}.")
        mine = [row for row in self.versions if row.variable == variable]
        if of is not None:
            mine = [row for row in mine if row.version == of.version] or mine
        levels = tuple(dict.fromkeys(level["value"] for row in mine for level in row.levels or ()))
        ordinal = any(row.scale == Scale.ORDINAL for row in mine)
        units = _units(rows, columns)

        def part(name: str, title: str, columns: Sequence[str], units: Sequence[CodedCase]) -> Part:
            values = [unit.values for unit in units]
            found = measured(
                values, levels, len(columns), ordered=len(levels) > 1, seed=seed, replicates=replicates
            )
            return Part(name, title, tuple(columns), found, tuple(units))

        parts = []
        if by == "pair":
            for one, other in combinations(range(len(columns)), _TWO):
                two = [CodedCase(u.case, u.title, (u.given[one], u.given[other])) for u in units]
                two = [unit for unit in two if any(unit.given)]
                names = (columns[one], columns[other])
                parts.append(part(f"{names[0]}, {names[1]}", f"{names[0]} and {names[1]}", names, two))
        elif by == "episode":
            for key, title, cases in self.episodes:
                inside = [unit for unit in units if unit.case in cases]
                if inside:
                    parts.append(part(key, title, columns, inside))
        label = mine[-1].label
        left = sum(task.state == "left" for one in of.coders for task in one.tasks) if of else 0
        day = f"{of.frozen_at:%Y-%m-%d}" if of and of.frozen_at else ""
        return Agreed(
            variable, label, of.key if of else "", of.version if of else "", bool(of and of.blind), day, left, ordinal,
            _gaps(levels), levels, self.names, seed, replicates, part("", "", columns, units), tuple(parts),
        )  # fmt: skip

    def _of(self, variable: str, of: RoundOf | None) -> dict[tuple[str, str], Row[Any]]:
        """Return the codes to compare, by case and coder; without a round the best that each left standing."""
        found: dict[tuple[str, str], Row[Any]] = {}
        for row in self.made:
            if row.variable != variable or row.round == Round.ADJUDICATED:
                continue
            published = row.round == Round.PUBLISHED
            if published and (row.coder not in (*self.coders, *self.beside) or silent(row)):
                continue
            if of is not None and not published and row.in_round != of.key:
                continue
            if of is None and row.in_round is not None and row.frozen_at is None:
                continue  # a round is open: nobody is to see what is in it
            if published or not self.coders or row.coder in self.coders:
                found[row.case, row.coder] = row
        if of is not None:
            coded = {task.case for one in of.coders for task in one.tasks}
            found = {key: row for key, row in found.items() if key[0] in coded}
        return found

    def _columns(self, rows: Iterable[tuple[str, str]]) -> list[str]:
        """Return the coders in the order of the table: people, then publications."""
        there = sorted({coder for _, coder in rows}, key=natural)
        named = [key for key in self.coders if key in there]
        return [
            *(named or [key for key in there if key not in self.beside]),
            *(k for k in self.beside if k in there),
        ]


def _gaps(levels: Sequence[str]) -> bool:
    numbers = [int(level) for level in levels if level.isascii() and level.isdecimal()]
    return len(numbers) == len(levels) and numbers != list(
        range(min(numbers, default=0), min(numbers, default=0) + len(numbers))
    )


def _units(rows: Mapping[tuple[str, str], Row[Any]], columns: Sequence[str]) -> list[CodedCase]:
    cases = {row.case: row.title for (_, coder), row in rows.items() if coder in columns}
    return [
        CodedCase(case, cases[case], tuple(_given(rows.get((case, coder))) for coder in columns))
        for case in sorted(cases, key=natural)
    ]


def _given(row: Row[Any] | None) -> Given | None:
    return None if row is None else Given(row.coder, row.value, row.key, row.rationale, row.confidence)


def _versions(study: Any) -> Any:
    return (
        select(_version, _variable.c.key.label("variable"), _variable.c.label)
        .join(_variable, _variable.c.id == _version.c.variable_id)
        .where(
            _version.c.study_id == study, _version.c.retired_at.is_(None), _variable.c.retired_at.is_(None)
        )
        .order_by(_variable.c.position, _variable.c.key, _version.c.id)
    )


def _decisions(study: Any) -> Any:
    return (
        select(
            _decision, _case.c.key.label("case"), _case.c.title, _coder.c.key.label("coder"),
            _variable.c.key.label("variable"), _round.c.key.label("in_round"), _round.c.frozen_at,
        )
        .join(_version, _version.c.id == _decision.c.variable_version_id)
        .join(_variable, _variable.c.id == _version.c.variable_id)
        .join(_case, _case.c.id == _decision.c.case_id)
        .join(_coder, _coder.c.id == _decision.c.coder_id)
        .join(_round, _round.c.id == _decision.c.coding_round_id, isouter=True)
        .where(_decision.c.study_id == study, _decision.c.retired_at.is_(None), _case.c.retired_at.is_(None))
        .order_by(_decision.c.id)
    )  # fmt: skip


def _episodes(connection: Connection, study: Any) -> list[tuple[str, str, set[str]]]:
    wanted = (
        select(_episode.c.key, _episode.c.title, _case.c.key.label("case"))
        .join(_inside, _inside.c.episode_id == _episode.c.id)
        .join(_case, _case.c.id == _inside.c.case_id)
        .where(_episode.c.study_id == study, _episode.c.retired_at.is_(None), _inside.c.retired_at.is_(None))
    )
    found: dict[str, tuple[str, str, set[str]]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.key, (row.key, row.title, set()))[2].add(row.case)
    return [found[key] for key in sorted(found, key=natural)]
