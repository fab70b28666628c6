"""The codes of a study as tables need them: what stands for each case, what took the place of what, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from evidence.audit.bodies import bodies
from evidence.audit.chain import load, standing, unsettled
from evidence.errors import UnknownKey
from evidence.exchange.weights import Weighed, of_coders, of_confidence, of_posteriors, weighed
from evidence.inference.body import contested
from evidence.keys import natural
from evidence.ledger.rows import knowable, words
from evidence.vocabulary import RivalRelation, Round

__all__ = ["NOT_CODABLE", "NOT_CODED", "Codes", "Scheme"]

#: Why there is no level.
NOT_CODABLE, NOT_CODED = "not codable", "not coded"

_decision = words(
    "decision",
    "id study_id key case_id variable_version_id value rule_value confidence alternative coder_id round supersedes_id "
    "coding_round_id decided_at retired_at",
)
_case = words("case", "id key retired_at")
_coder = words("coder", "id study_id key")
_variable = words("variable", "id study_id key label question position retired_at")
_version = words(
    "variable_version", "id study_id variable_id version scale levels sub_judgements rule basis retired_at"
)
_round = words("coding_round", "id study_id key variable_version_id frozen_at retired_at")
_settles = words("decision_adjudicated", "study_id decision_id adjudicated_id retired_at")
_assignment = words("assignment", "study_id coding_round_id case_id coder_id position retired_at")
_rivalry = words("rivalry", "study_id relation retired_at")


@dataclass(frozen=True, slots=True)
class Scheme:
    """A variable with its versions, the oldest first."""

    key: str
    label: str
    question: str
    versions: tuple[Any, ...]  # rows: version, scale, levels, sub_judgements, rule, basis

    def levels(self, version: Any) -> list[str]:
        """Return the levels of a version, by its id."""
        found = next((row for row in self.versions if row.id == version), None)
        return [str(level["value"]) for level in (found.levels if found else None) or ()]

    def label_of(self, version: Any, level: str | None) -> tuple[str | None, int | None]:
        """Return the label of a level in a version, and its place among the levels, from 1."""
        found = next((row for row in self.versions if row.id == version), None)
        for position, one in enumerate((found.levels if found else None) or (), start=1):
            if str(one["value"]) == level:
                return one.get("label") or None, position
        return None, None

    @property
    def numeric(self) -> bool:
        """Whether every level of every version is a whole number."""
        known = {level for row in self.versions for level in self.levels(row.id)}
        return bool(known) and all(level.removeprefix("-").isdecimal() and level.isascii() for level in known)


class Codes:
    """All codes that anybody may know, in a fixed number of statements."""

    def __init__(
        self, connection: Connection, study: Any, scale: Mapping[str, Any], beside: Sequence[str] = ()
    ) -> None:
        """Read them.

        Args:
            connection: to the ledger.
            study: the study's id, as rows that are read by word have it.
            scale: what the study's words of likelihood mean.
            beside: keys of publications whose codes count towards weights, as further coders'.

        Raises:
            UnknownKey: there is no such coder.
        """
        self._beside = frozenset(beside)
        if beside:
            _require_coders(connection, study, beside)
        self._connection, self._study, self._scale = connection, study, scale
        self._weighed: dict[tuple[str, str], Weighed | None] = {}
        self.schemes = _schemes(connection, study)
        rows = connection.execute(_codes(study)).all()
        self.by_key = {row.key: row for row in rows}
        wanted = select(_settles.c.decision_id, _settles.c.adjudicated_id).where(
            _settles.c.study_id == study, _settles.c.retired_at.is_(None)
        )
        self._settles: dict[Any, list[Any]] = {}
        for one, other in connection.execute(wanted):
            self._settles.setdefault(one, []).append(other)
        keys = {row.id: row.key for row in rows}
        self.superseded = {keys[row.supersedes_id]: row.key for row in rows if row.supersedes_id in keys}
        made: dict[tuple[str, str], list[Any]] = {}
        for row in rows:
            made.setdefault((row.case, row.variable), []).append(row)
        self.standing = {which: standing(some) for which, some in made.items()}
        self.settled = {
            keys[other]: row.key
            for left in self.standing.values()
            for row in left
            for other in self._settles.get(row.id, ())
            if other in keys
        }

    def final(self, case: str, variable: str) -> Any:
        """Return the code that stands for the study; a publication's never does."""
        left = self.standing.get((case, variable), ())
        return next((row for row in left if row.round != Round.PUBLISHED), None)

    def contested(self, case: str, variable: str) -> bool:
        """Tell whether codes that stand differ, those settled left out."""
        return contested(unsettled(self.standing.get((case, variable), ()), self._settles))

    def weighed(self, case: str, variable: str) -> Weighed | None:
        """Return the weights of a case on a variable; nothing where no level stands."""
        if (case, variable) not in self._weighed:
            self._weighed[case, variable] = self._weigh(case, variable)
        return self._weighed[case, variable]

    def _weigh(self, case: str, variable: str) -> Weighed | None:
        row = self.final(case, variable)
        if row is None or row.value is None:
            return None
        levels = self.schemes[variable].levels(row.variable_version_id)
        own = {one.coder: one.value for one in reversed(self.standing[case, variable]) if self._counts(one)}
        return weighed(
            levels,
            row.value,
            posterior=self._posteriors.get((case, variable)),
            coders=of_coders([value for value in own.values() if value is not None]),
            confidence=of_confidence(row.value, row.confidence, row.alternative, levels, self._scale),
        )

    @cached_property
    def _posteriors(self) -> dict[tuple[str, str], dict[str, float]]:
        """What the evidence gives the levels of each code: worked out at once, so that the evidence is held by nobody.

        Where no hypotheses exclude each other nothing follows, and the evidence is not even read.
        """
        wanted = (
            select(_rivalry.c.relation)
            .where(
                _rivalry.c.study_id == self._study, _rivalry.c.retired_at.is_(None),
                _rivalry.c.relation == RivalRelation.EXCLUSIVE.value,
            )
            .limit(1)
        )  # fmt: skip
        if self._connection.execute(wanted).first() is None:
            return {}
        known = {body.case: body for body in bodies(load(self._connection, self._study)).values()}
        found = {}
        for case, variable in self.standing:
            row = self.final(case, variable)
            if row is not None and row.value is not None and case in known:
                levels = self.schemes[variable].levels(row.variable_version_id)
                if weights := of_posteriors(known[case], variable, levels):
                    found[case, variable] = weights
        return found

    def _counts(self, row: Any) -> bool:
        """Tell whether a code is a coder's own, or that of a publication which is to count as one."""
        return row.round != Round.ADJUDICATED and (row.round != Round.PUBLISHED or row.coder in self._beside)

    def ratings(self) -> Iterator[Sequence[Any]]:
        """Yield what each coder of each frozen round gave each of their cases, given or not."""
        last = {
            (row.coding_round_id, row.case, row.coder): row
            for row in self.by_key.values()
            if row.coding_round_id is not None
            and row.key not in self.superseded
            and row.round != Round.ADJUDICATED
        }
        found = list(self._connection.execute(_assigned(self._study)))
        for one in sorted(found, key=lambda row: (natural(row.round), natural(row.case), natural(row.coder))):
            row = last.get((one.coding_round_id, one.case, one.coder))
            value = row.value if row else None
            _, rank = self.schemes[one.variable].label_of(one.variable_version_id, value)
            missing = None if value is not None else NOT_CODABLE if row else NOT_CODED
            yield (
                one.round, one.variable, one.case, one.coder, value, rank, missing, row.confidence if row else None,
                row.key if row else None,
            )  # fmt: skip


def _require_coders(connection: Connection, study: Any, wanted: Sequence[str]) -> None:
    known = {row.key for row in connection.execute(select(_coder.c.key).where(_coder.c.study_id == study))}
    for key in wanted:
        if key not in known:
            raise UnknownKey("coder", key, known)


def _schemes(connection: Connection, study: Any) -> dict[str, Scheme]:
    wanted = (
        select(_variable.c.key, _variable.c.label, _variable.c.question, _version)
        .where(
            _variable.c.study_id == study, _variable.c.retired_at.is_(None), _version.c.variable_id == _variable.c.id
        )
        .order_by(_variable.c.position, _version.c.id)
    )  # fmt: skip
    found: dict[str, list[Any]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.key, []).append(row)
    ordered = sorted(found.items(), key=lambda one: natural(one[0]))
    return {key: Scheme(key, rows[0].label, rows[0].question, tuple(rows)) for key, rows in ordered}


def _codes(study: Any) -> Any:
    c = _decision.c
    return (
        select(_decision, _case.c.key.label("case"), _coder.c.key.label("coder"), _variable.c.key.label("variable"))
        .join(_case, _case.c.id == c.case_id)
        .join(_coder, _coder.c.id == c.coder_id)
        .join(_version, _version.c.id == c.variable_version_id)
        .join(_variable, _variable.c.id == _version.c.variable_id)
        .where(
            c.study_id == study, c.retired_at.is_(None), _case.c.retired_at.is_(None), _variable.c.retired_at.is_(None),
            knowable(c),
        )
        .order_by(c.id)
    )  # fmt: skip


def _assigned(study: Any) -> Any:
    return (
        select(
            _assignment.c.coding_round_id, _round.c.key.label("round"), _round.c.variable_version_id, _case.c.key.label("case"),
            _coder.c.key.label("coder"), _variable.c.key.label("variable"),
        )
        .where(
            _assignment.c.study_id == study, _assignment.c.retired_at.is_(None), _round.c.id == _assignment.c.coding_round_id,
            _round.c.frozen_at.is_not(None), _round.c.retired_at.is_(None), _case.c.id == _assignment.c.case_id,
            _coder.c.id == _assignment.c.coder_id, _version.c.id == _round.c.variable_version_id, _variable.c.id == _version.c.variable_id,
        )
    )  # fmt: skip
