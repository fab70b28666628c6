"""What coders of a frozen round say of the same case, side by side, and what settles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from evidence.audit.rounds import round_of
from evidence.errors import MethodError
from evidence.keys import natural
from evidence.ledger.rows import words

__all__ = ["Dispute", "Opinion", "disputes"]

_round = words("coding_round", "id study_id key")
_decision = words(
    "decision",
    "id study_id key case_id coder_id coding_round_id value sub_judgements rule_value rationale override_reason confidence "
    "counter_evidence counterfactual alternative alternative_reason supersedes_id retired_at",
)
_case = words("case", "id key title")
_coder = words("coder", "id key")
_settling = words("decision_adjudicated", "study_id decision_id adjudicated_id retired_at")


@dataclass(frozen=True, slots=True)
class Opinion:
    """A coder's frozen code of a case, with its reasons and evidence."""

    coder: str
    decision: str
    value: str | None  # nothing if the case cannot be coded
    rule_value: str | None
    sub_judgements: Mapping[str, str]
    confidence: str | None
    rationale: str
    override_reason: str
    counter_evidence: str
    counterfactual: str
    alternative: str | None
    alternative_reason: str
    tests: tuple[str, ...]  # keys, with their results
    against: tuple[str, ...]  # keys of observations weighed against it
    searches: tuple[str, ...]  # keys

    @property
    def said(self) -> str:
        """The level, or ``not codable``."""
        return "not codable" if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Dispute:
    """A case of a frozen round with the codes that it got."""

    case: str
    title: str
    opinions: tuple[Opinion, ...]
    settled: str  # the key of the decision that settles it; empty if none does
    settled_value: str | None

    @property
    def agreed(self) -> bool:
        """Whether all coded it alike."""
        return len({one.value for one in self.opinions}) == 1


def disputes(connection: Connection, study: Any, key: str) -> tuple[Dispute, ...]:
    """Return the cases of a frozen round that two or more coders coded, agreed or not, by key.

    Raises:
        UnknownKey: there is no such round.
        MethodError: it is open.
    """
    of = round_of(connection, study, key)
    if of.frozen_at is None:
        raise MethodError(
            f"round {key} is open, and nobody is to see its codes; freeze it first ('evidence round freeze {key}')."
        )
    made = list(connection.execute(_codes(study, key)))
    superseded = {row.supersedes_id for row in made}
    rows = [row for row in made if row.id not in superseded]
    named = {noun: _named(connection, study, noun) for noun in ("test", "observation", "search")}
    settled = _settled(connection, study)
    by_case: dict[str, list[Row[Any]]] = {}
    for row in sorted(rows, key=lambda row: natural(row.coder)):
        by_case.setdefault(row.case, []).append(row)
    return tuple(
        _dispute(found, named, settled)
        for _, found in sorted(by_case.items(), key=lambda pair: natural(pair[0]))
        if len(found) > 1
    )


def _dispute(rows: list[Row[Any]], named: Mapping[str, Any], settled: Mapping[Any, Any]) -> Dispute:
    by = next((settled[row.id] for row in rows if row.id in settled), None)
    return Dispute(
        rows[0].case,
        rows[0].title,
        tuple(_opinion(row, named) for row in rows),
        by.key if by else "",
        by.value if by else None,
    )


def _opinion(row: Row[Any], named: Mapping[str, Mapping[Any, list[str]]]) -> Opinion:
    tests, against, searches = (
        tuple(sorted(named[noun].get(row.id, ()), key=natural)) for noun in ("test", "observation", "search")
    )
    return Opinion(
        row.coder, row.key, row.value, row.rule_value, dict(row.sub_judgements or {}), row.confidence, row.rationale,
        row.override_reason or "", row.counter_evidence or "", row.counterfactual or "", row.alternative,
        row.alternative_reason or "", tests, against, searches,
    )  # fmt: skip


def _codes(study: Any, key: str) -> Any:
    return (
        select(_decision, _case.c.key.label("case"), _case.c.title, _coder.c.key.label("coder"))
        .join(_round, _round.c.id == _decision.c.coding_round_id)
        .join(_case, _case.c.id == _decision.c.case_id)
        .join(_coder, _coder.c.id == _decision.c.coder_id)
        .where(_decision.c.study_id == study, _round.c.key == key, _decision.c.retired_at.is_(None))
        .order_by(_decision.c.id)
    )


def _named(connection: Connection, study: Any, noun: str) -> dict[Any, list[str]]:
    """Return what decisions name of a noun, by the decision's id; tests with how they came out."""
    link = words(f"decision_{noun}", f"study_id decision_id {noun}_id retired_at").c
    one = words(noun, f"id key{' result' if noun == 'test' else ''}").c
    wanted = select(link.decision_id, *one).where(one.id == link[f"{noun}_id"])
    found: dict[Any, list[str]] = {}
    for row in connection.execute(wanted.where(link.study_id == study, link.retired_at.is_(None))):
        found.setdefault(row.decision_id, []).append(
            f"{row.key} ({row.result})" if noun == "test" else row.key
        )
    return found


def _settled(connection: Connection, study: Any) -> dict[Any, Row[Any, Any, Any]]:
    """Return the decisions that settle others, by the ids of those; the last stands."""
    wanted = (
        select(_settling.c.adjudicated_id, _decision.c.key, _decision.c.value)
        .join(_decision, _decision.c.id == _settling.c.decision_id)
        .where(
            _settling.c.study_id == study, _settling.c.retired_at.is_(None), _decision.c.retired_at.is_(None)
        )
        .order_by(_decision.c.id)
    )
    return {row.adjudicated_id: row for row in connection.execute(wanted)}
