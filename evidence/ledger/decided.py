"""What a decision may not be: a code without reasons, against the rule in silence, or of evidence of another case."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence.errors import MethodError, ValueRefused
from evidence.inference.scheme import Ruling, rule
from evidence.ledger.forms import is_blank
from evidence.models import (
    Decision,
    DecisionObservation,
    DecisionSearch,
    DecisionTest,
    Observation,
    Search,
    Test,
    VariableVersion,
)
from evidence.vocabulary import Round, SearchStatus

__all__ = ["check_decision", "require_own", "ruling"]


def ruling(session: Session, decision: Decision) -> Ruling:
    """Return what the scheme's rule says of a decision's sub-judgements."""
    with session.no_autoflush:
        version = session.get(VariableVersion, decision.variable_version_id)
    return rule(version.rule, decision.sub_judgements or {}) if version else Ruling(None, None)


def require_own(name: str, case_id: uuid.UUID, what: Observation | Search | Test) -> None:
    """What a test or a code rests on belongs to its case, or to no case."""
    if what.case_id not in (None, case_id):
        raise MethodError(
            f"{what.__tablename__} {what.key} belongs to another case than {name}; log it for this one too, or for no case."
        )


def check_decision(session: Session, decision: Decision) -> None:
    """Refuse a code that the scheme, its own reasons or its evidence do not carry.

    What others published is quoted and not judged: it needs a level of the scheme and words of its own.

    Raises:
        MethodError: it has no reasons, departs from the rule in silence, or lacks what the code needs.
        ValueRefused: a level or a sub-judgement is not in the scheme.
    """
    version = session.get_one(VariableVersion, decision.variable_version_id)
    name = f"decision {decision.key}"
    if is_blank(decision.rationale):
        raise MethodError(f"{name} gives no reasons; say why the evidence gives this code (rationale).")
    ours = decision.round is not Round.PUBLISHED  # what others published is quoted, not judged
    if ours and is_blank(decision.counter_evidence):
        raise MethodError(
            f"{name} names no counter-evidence; say what speaks against it, or that none was found and by "
            "which search (counter_evidence)."
        )
    _check_judgements(name, version, decision)
    levels = {level["value"]: level for level in version.levels}
    for value in (decision.value, decision.alternative):
        if value is not None and value not in levels:
            raise ValueRefused(f"{name}: {value!r} is not a level; choose one of {', '.join(levels)}.")
    if not ours:
        return
    said = ruling(session, decision)
    if version.rule and said.code != decision.value and is_blank(decision.override_reason):
        gives = f"gives {said.code}" if said.code is not None else "gives no code"
        raise MethodError(
            f"{name}: the scheme's rule {gives} here; say why {decision.value or 'none'} (override_reason)."
        )
    needs = {*said.needs} if said.code == decision.value else set()
    needs |= {*(levels[decision.value].get("needs") or ())} if decision.value is not None else set()
    searches = _relied_on(session, decision, DecisionSearch, Search)
    tests = _relied_on(session, decision, DecisionTest, Test)
    for what in (*searches, *tests, *_relied_on(session, decision, DecisionObservation, Observation)):
        require_own(name, decision.case_id, what)
    if "search" in needs and not any(search.status is SearchStatus.DONE for search in searches):
        raise MethodError(
            f"{name}: code {decision.value} needs a search record; log the search that found nothing and name it."
        )
    if "counterfactual" in needs and is_blank(decision.counterfactual):
        raise MethodError(
            f"{name}: code {decision.value} says that the cause was necessary; state what would have happened "
            "without it (counterfactual)."
        )


def _check_judgements(name: str, version: VariableVersion, decision: Decision) -> None:
    known = {
        judgement["key"]: [value["value"] for value in judgement["values"]]
        for judgement in version.sub_judgements
    }
    for key, value in (decision.sub_judgements or {}).items():
        if key not in known:
            raise ValueRefused(
                f"{name}: {key!r} is not a sub-judgement; they are {', '.join(known) or 'none'}."
            )
        if value not in known[key]:
            raise ValueRefused(f"{name}: {key} cannot be {value!r}; choose one of {', '.join(known[key])}.")


def _relied_on(session: Session, decision: Decision, link: type[Any], model: type[Any]) -> list[Any]:
    column = getattr(link, f"{model.__tablename__}_id")
    wanted = select(model).join(link, column == model.id)
    return list(session.scalars(wanted.where(link.decision_id == decision.id, link.retired_at.is_(None))))
