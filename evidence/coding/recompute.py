"""Recompute codes: what the scheme's rule gives now, in the version coded by and in another, beside the coder's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from evidence.errors import MethodError, UnknownKey
from evidence.inference.scheme import Ruling, Tested, demand, renamed, rule, undecided
from evidence.keys import natural
from evidence.ledger.rows import words
from evidence.vocabulary import Round

__all__ = ["CHANGES", "OVERRIDDEN", "SAME", "UNKNOWN", "Recomputation", "Recomputed", "recompute"]

#: What becomes of a code under the version that is asked about.
SAME, CHANGES, OVERRIDDEN, UNKNOWN = "same", "changes", "overridden", "cannot be computed"

_variable = words("variable", "id study_id key retired_at")
_version = words("variable_version", "id study_id variable_id version levels sub_judgements rule retired_at")
_case = words("case", "id key title retired_at")
_coder = words("coder", "id key")
_decision = words(
    "decision",
    "id study_id key case_id variable_version_id value sub_judgements rule_value override_reason coder_id round "
    "supersedes_id decided_at retired_at",
)
_relied = words("decision_test", "study_id decision_id test_id retired_at")
_test = words("test", "id key kind result hypothesis_id rival_id retired_at")
_hypothesis = words("hypothesis", "id study_id key variable_id supports")
_redirect = words("redirect", "study_id noun key row_id")


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A code as it stands, and what the rule gives for its sub-judgements and its tests as they are now.

    Args:
        case: the case's key.
        title: its title.
        decision: the decision's key.
        coder: who decided.
        round: under what conditions.
        version: the version of the variable that it was coded by.
        code: the level that stands; nothing if the coder holds that it cannot be coded.
        recorded: what the rule gave when it was decided.
        now: what the rule of the version coded by gives now.
        then: what the rule of the version asked about gives.
        outcome: one of ``same``, ``changes``, ``overridden`` and ``cannot be computed``.
        lacks: why that version gives no code, or which tests kept it from giving another.
        override_reason: why the coder departed from the rule.
    """

    case: str
    title: str
    decision: str
    coder: str
    round: str
    version: str
    code: str | None
    recorded: str | None
    now: str | None
    then: str | None
    outcome: str
    lacks: tuple[str, ...] = ()
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class Recomputation:
    """All standing codes on a variable, recomputed by one version of its scheme."""

    variable: str
    version: str
    versions: tuple[str, ...]
    codes: tuple[Recomputed, ...]

    def of(self, outcome: str) -> tuple[Recomputed, ...]:
        """Return the codes of which one thing becomes."""
        return tuple(code for code in self.codes if code.outcome == outcome)

    @property
    def overrides(self) -> tuple[Recomputed, ...]:
        """The codes that departed from the rule when they were decided, for a reason."""
        return tuple(code for code in self.codes if code.override_reason.strip())


def recompute(connection: Connection, study: Any, variable: str, version: str | None = None) -> Recomputation:
    """Return every standing code on a variable beside what the rule gives, in five statements; nothing is written.

    What others published is left out: it was not given by the study's rule.

    Args:
        connection: to the ledger.
        study: the study's id.
        variable: the variable's key.
        version: the version to recompute by; the newest if not given.

    Raises:
        UnknownKey: there is no such variable or version.
        MethodError: the variable has no version yet.
    """
    versions = _versions(connection, study, variable)
    target = _chosen(variable, versions, version)
    moved = _moved(connection, study)
    tables = {row.id: renamed(row.rule or (), moved) for row in versions}
    rows = _standing(connection, study, [row.id for row in versions])
    relied = _tests(connection, study, versions[0].variable_id)
    by_id = {row.id: row for row in versions}
    codes = (
        _recomputed(row, by_id[row.variable_version_id], target, tables, relied.get(row.id, ()))
        for row in rows
    )
    return Recomputation(
        variable,
        target.version,
        tuple(row.version for row in versions),
        tuple(sorted(codes, key=lambda code: (natural(code.case), code.coder, code.decision))),
    )


def _versions(connection: Connection, study: Any, variable: str) -> list[Row[Any]]:
    """Return a variable's versions, the oldest first."""
    wanted = (
        select(_variable.c.key, _version)
        .join(_version, _version.c.variable_id == _variable.c.id, isouter=True)
        .where(_variable.c.study_id == study, _variable.c.retired_at.is_(None))
        .order_by(_version.c.id)
    )
    found = list(connection.execute(wanted))
    mine = [row for row in found if row.key == variable]
    if not mine:
        raise UnknownKey("variable", variable, {row.key for row in found})
    standing = [row for row in mine if row.id is not None]
    if not standing:
        raise MethodError(
            f"{variable} has no version yet, so there is no rule; give it one with 'evidence variable edit {variable} "
            "--version-file FILE'."
        )
    return standing


def _chosen(variable: str, versions: Sequence[Row[Any]], name: str | None) -> Row[Any]:
    standing = [row for row in versions if row.retired_at is None] or list(versions)
    if name is None:
        return standing[-1]
    named = {row.version: row for row in standing}
    if name in named:
        return named[name]
    raise UnknownKey(f"version of {variable}", str(name), [row.version for row in standing])


def _moved(connection: Connection, study: Any) -> dict[str, str]:
    """Return the present keys of hypotheses that were renamed, by those that they had."""
    wanted = (
        select(_redirect.c.key, _hypothesis.c.key.label("present"))
        .join(_hypothesis, _hypothesis.c.id == _redirect.c.row_id)
        .where(_redirect.c.study_id == study, _redirect.c.noun == "hypothesis")
    )
    return {row.key: row.present for row in connection.execute(wanted)}


def _standing(connection: Connection, study: Any, versions: Iterable[Any]) -> list[Row[Any]]:
    """Return the decisions on a variable that nothing has superseded, those published elsewhere left out."""
    wanted = (
        select(_decision, _case.c.key.label("case"), _case.c.title, _coder.c.key.label("coder"))
        .join(_case, _case.c.id == _decision.c.case_id)
        .join(_coder, _coder.c.id == _decision.c.coder_id)
        .where(
            _decision.c.study_id == study,
            _decision.c.variable_version_id.in_(list(versions)),
            _decision.c.retired_at.is_(None),
            _case.c.retired_at.is_(None),
        )
        .order_by(_decision.c.id)
    )
    made = [row for row in connection.execute(wanted) if row.round != Round.PUBLISHED]
    superseded = {row.supersedes_id for row in made}
    return [row for row in made if row.id not in superseded]


def _tests(connection: Connection, study: Any, variable: Any) -> dict[Any, list[Tested]]:
    """Return the tests that each decision relies on, as the rule of a variable sees them."""
    rival = _hypothesis.alias("rival")
    wanted = (
        select(
            _relied.c.decision_id, _test.c.key, _test.c.kind, _test.c.result, _hypothesis.c.key.label("claim"),
            _hypothesis.c.variable_id, _hypothesis.c.supports, rival.c.key.label("rival"),
            rival.c.variable_id.label("rival_variable"), rival.c.supports.label("rival_supports"),
        )
        .join(_test, _test.c.id == _relied.c.test_id)
        .join(_hypothesis, _hypothesis.c.id == _test.c.hypothesis_id)
        .join(rival, rival.c.id == _test.c.rival_id)
        .where(_relied.c.study_id == study, _relied.c.retired_at.is_(None), _test.c.retired_at.is_(None))
        .order_by(_test.c.id)
    )  # fmt: skip
    found: dict[Any, list[Tested]] = {}
    for row in connection.execute(wanted):
        supports = frozenset(row.supports or ()) if row.variable_id == variable else frozenset()
        others = frozenset(row.rival_supports or ()) if row.rival_variable == variable else frozenset()
        test = Tested(row.kind, row.result, row.claim, row.rival, supports, others, row.key)
        found.setdefault(row.decision_id, []).append(test)
    return found


def _recomputed(
    row: Row[Any],
    own: Row[Any],
    target: Row[Any],
    tables: Mapping[Any, Sequence[Mapping[str, Any]]],
    tests: Sequence[Tested],
) -> Recomputed:
    judgements = row.sub_judgements or {}
    then = rule(tables[target.id], judgements, tests)
    outcome = _outcome(row, then)
    return Recomputed(
        case=row.case,
        title=row.title,
        decision=row.key,
        coder=row.coder,
        round=row.round,
        version=own.version,
        code=row.value,
        recorded=row.rule_value,
        now=rule(tables[own.id], judgements, tests).code,
        then=then.code,
        outcome=outcome,
        lacks=tuple(_lacks(target, tables[target.id], judgements, then)) if outcome != SAME else (),
        override_reason=row.override_reason,
    )


def _outcome(row: Row[Any], then: Ruling) -> str:
    if then.code is not None and then.code == row.value:
        return SAME
    if row.override_reason.strip():
        return OVERRIDDEN
    return CHANGES if then.code is not None else UNKNOWN


def _lacks(
    version: Row[Any], table: Sequence[Mapping[str, Any]], judgements: Mapping[str, Any], said: Ruling
) -> Iterable[str]:
    """Yield why a version gives no code, or not the one that the judgements alone would give."""
    for row in said.wanting:
        asked = " and ".join(str(demand(text)) for text in row.tests)
        yield f"{f'code {row.code}' if row.code is not None else f'row {row.row + 1}'} asks for {asked}"
    if said.code is not None:
        return
    known = {one["key"]: [value["value"] for value in one["values"]] for one in version.sub_judgements}
    for key, value in judgements.items():
        if key in known and value not in known[key]:
            yield f"{key} {value!r} is not a value of version {version.version}"
    if said.row is not None:
        yield said.note or f"row {said.row + 1} of the rule leaves the code to the coder"
    elif missing := undecided(table, judgements):
        yield f"{' and '.join(missing)} not judged"
    elif not table:
        yield f"version {version.version} has no rule"
    elif not said.wanting:
        yield "no row of the rule fits these judgements"
