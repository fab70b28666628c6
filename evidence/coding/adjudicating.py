"""Adjudicate: settle what coders of a frozen round say of a case in a new decision that names all of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from evidence.coding.decide import decide
from evidence.coding.rounds import given
from evidence.errors import MethodError
from evidence.keys import natural
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import (
    Case,
    Coder,
    CodingRound,
    Decision,
    DecisionAdjudicated,
    DecisionObservation,
    DecisionSearch,
    DecisionTest,
    Observation,
    Search,
    Test,
    Variable,
    VariableVersion,
)
from evidence.vocabulary import Confidence

__all__ = ["adjudicate", "adopt_agreed", "named"]

_TWO = 2
#: What an adjudicated code takes from the code that it follows, unless something else is said.
_TAKEN = (
    "sub_judgements",
    "counter_evidence",
    "counterfactual",
    "override_reason",
    "alternative",
    "alternative_reason",
)
_LINKS: dict[str, tuple[type[Any], type[Any]]] = {
    "tests": (DecisionTest, Test),
    "observations": (DecisionObservation, Observation),
    "searches": (DecisionSearch, Search),
}


def adjudicate(
    session: Unit,
    in_round: str,
    case: str,
    value: str | None,
    *,
    by: str,
    codable: bool = True,
    like: str | None = None,
    **said: Any,
) -> Decision:
    """Record what settles a case that coders of a frozen round coded; nobody's own code is changed.

    What is not said is taken from the code that it follows: judgements, the tests, counter-evidence and searches that it
    names. That is the code of ``like``, or of the first coder, by key, who gave the same level; if nobody did, all of it
    has to be said.

    Args:
        session: the unit of work.
        in_round: the round's key.
        case: the case's key.
        value: the level that is settled on; nothing takes that of ``like``, or what the rule gives.
        by: the key of who settles it.
        codable: false for "cannot be coded".
        like: the key of the coder whose code it follows.
        said: the decision's other fields, as ``decide`` takes them.

    Returns:
        The adjudicated decision, which stands as the case's code.

    Raises:
        MethodError: the round is open, fewer than two coders coded the case, or ``like`` did not.
    """
    of = _frozen(session, in_round)
    subject: Case = records.find(session, "case", case)
    codes = _codes(session, of, subject)
    if len(codes) < _TWO:
        who = f"{next(iter(codes))} alone" if codes else "nobody"
        raise MethodError(
            f"{who} coded {subject.key} in round {of.key}, so there is nothing to settle; adjudication settles the codes of two or "
            "more."
        )
    if like is not None and like not in codes:
        raise MethodError(
            f"coder {like} did not code {subject.key} in round {of.key}; {', '.join(codes)} did."
        )
    if value is None and codable and like is not None:
        value, codable = codes[like].value, codes[like].value is not None
    wanted = None if not codable else value
    followed = codes.get(like or "") or next(
        (one for one in codes.values() if (codable and wanted is None) or one.value == wanted), None
    )
    taken = _taken(session, followed) if followed is not None and followed.value == wanted else {}
    fields = {**taken, **{name: one for name, one in said.items() if one not in (None, [], {}, ())}}
    return _settle(
        session, of, subject, wanted, list(codes.values()), {**fields, "coder": by}, codable=codable
    )


def adopt_agreed(session: Unit, in_round: str, *, by: str) -> list[Decision]:
    """Adopt, for every case that all of its coders coded alike, that code; cases that are settled are left alone.

    Returns:
        The adjudicated decisions, by the keys of their cases.

    Raises:
        MethodError: the round is open.
    """
    of = _frozen(session, in_round)
    settled = _settled(session, of)
    by_case: dict[Any, list[Decision]] = {}
    for (case_id, _), decision in given(session, of).items():
        by_case.setdefault(case_id, []).append(decision)
    cases: list[Case] = [session.get_one(Case, case_id) for case_id in by_case]
    made = []
    for case in sorted(cases, key=lambda case: natural(case.key)):
        codes = _codes(session, of, case)
        values = {one.value for one in codes.values()}
        if len(codes) < _TWO or len(values) > 1 or case.id in settled:
            continue
        made.append(_adopted(session, of, case, codes, by))
    return made


def _adopted(session: Unit, of: CodingRound, case: Case, codes: Mapping[str, Decision], by: str) -> Decision:
    (value,) = {one.value for one in codes.values()}
    ruled = [one for one in codes.values() if one.rule_value == value]
    fields = _taken(session, (ruled or list(codes.values()))[0])
    for name in _LINKS:
        fields[name] = sorted(
            {key for one in codes.values() for key in named(session, one, name)}, key=natural
        )
    fields["rationale"] = f"Coded alike in round {of.key}. {_joined(codes, 'rationale')}"
    fields["counter_evidence"] = _joined(codes, "counter_evidence")
    fields["confidence"] = _lowest(codes.values())
    return _settle(
        session, of, case, value, list(codes.values()), {**fields, "coder": by}, codable=value is not None
    )


def _joined(codes: Mapping[str, Decision], column: str) -> str:
    """Return what each coder wrote, each said once to be whose."""
    return "\n\n".join(f"{coder}: {getattr(one, column)}" for coder, one in codes.items())


def _lowest(codes: Iterable[Decision]) -> str | None:
    order = list(Confidence)
    stated = [one.confidence for one in codes if one.confidence is not None]
    return min(stated, key=order.index).value if stated else None


def _frozen(session: Unit, key: str) -> CodingRound:
    of: CodingRound = records.find(session, "coding_round", key)
    if of.frozen_at is None:
        raise MethodError(
            f"round {of.key} is open, and only what is frozen is settled; freeze it first ('evidence round freeze {of.key}')."
        )
    return of


def _codes(session: Unit, of: CodingRound, case: Case) -> dict[str, Decision]:
    """Return what each coder gave a case in a round, by the coder's key."""
    found = {
        session.get_one(Coder, coder_id).key: one
        for (case_id, coder_id), one in given(session, of).items()
        if case_id == case.id
    }
    return {key: found[key] for key in sorted(found, key=natural)}


def _settled(session: Unit, of: CodingRound) -> set[Any]:
    """Return the ids of the cases whose codes in a round an adjudicated decision settles."""
    theirs = select(Decision.id).where(Decision.coding_round_id == of.id)
    found = (
        select(Decision.case_id)
        .join(DecisionAdjudicated, DecisionAdjudicated.decision_id == Decision.id)
        .where(DecisionAdjudicated.adjudicated_id.in_(theirs), Decision.retired_at.is_(None))
    )
    return set(session.scalars(found))


def _taken(session: Unit, followed: Decision) -> dict[str, Any]:
    """Return what a code is taken over with: its judgements and what it names."""
    return {
        **{name: getattr(followed, name) for name in _TAKEN if getattr(followed, name)},
        **{name: named(session, followed, name) for name in _LINKS},
    }


def named(session: Unit, decision: Decision, name: str) -> list[str]:
    """Return the keys of the tests, observations or searches that a decision names."""
    link, model = _LINKS[name]
    column = getattr(link, f"{model.__tablename__}_id")
    wanted = select(model.key).join(link, column == model.id)
    found = session.scalars(wanted.where(link.decision_id == decision.id, link.retired_at.is_(None)))
    return sorted(found, key=natural)


def _settle(
    session: Unit,
    of: CodingRound,
    case: Case,
    value: str | None,
    codes: Sequence[Decision],
    fields: Mapping[str, Any],
    *,
    codable: bool,
) -> Decision:
    version = session.get_one(VariableVersion, of.variable_version_id)
    variable = session.get_one(Variable, version.variable_id)
    named = {"version": version.version, "round": "adjudicated", "adjudicated": [one.key for one in codes]}
    return decide(session, case.key, variable.key, value, codable=codable, **{**fields, **named})
