"""What the ledger refuses, whichever door a record comes through, and what it works out by itself.

``derive`` runs before a row is written; ``check`` when the unit of work ends, so that a record and what it
rests on may be logged in any order.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from evidence.dates import edtf
from evidence.errors import MethodError, ValueRefused
from evidence.inference.scheme import Ruling, rule
from evidence.ledger.nouns import NOUNS
from evidence.ledger.resting import resting_on
from evidence.ledger.verification import verify
from evidence.models import (
    Base,
    Bearing,
    Decision,
    DecisionSearch,
    Hypothesis,
    Participation,
    Quote,
    Search,
    Source,
    Study,
    Test,
    VariableVersion,
)
from evidence.vocabulary import PROFILES, SearchStatus, TestResult

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["ASKING", "DERIVED", "check", "derive", "ruling"]

#: Tables whose rows are refused or not for what else is in the ledger.
ASKING = frozenset({"bearing", "decision", "study", "test"})

#: What a version of a variable codes by.
_RULES = ("version", "scale", "levels", "sub_judgements", "rule")
_SIDES = ("A", "B")
#: How many of the records that rest on another are named.
_NAMED = 6
_HOSTILITY = range(1, 6)
_ACTIONS = range(22)


def derive(session: Unit, row: Base) -> None:
    """Fill in what follows from a row's other columns.

    Raises:
        MethodError: the row can have no place in the ledger, whatever else the unit holds.
        ValueRefused: it is a quotation of words that are not in the text held.
    """
    if isinstance(row, Decision):
        row.rule_value = ruling(session, row).code
    elif isinstance(row, Quote):
        verify(session, row, session.now)
    elif isinstance(row, VariableVersion):
        _keep_rules(session, row)
    elif isinstance(row, Bearing) and (row.observation_id is None) == (row.search_id is None):
        # Asked here, since the database would refuse it before the unit ends, and not in a sentence.
        raise MethodError("a bearing brings either an observation or a search to a test; name one of them.")
    if row.__tablename__ in DERIVED:
        sources, names, work = DERIVED[row.__tablename__]
        for name, value in zip(names, work(*(getattr(row, source) for source in sources)), strict=True):
            setattr(row, name, value)


def _keep_rules(session: Session, version: VariableVersion) -> None:
    """What a code was given by does not change beneath it; a better scheme is another version."""
    state = inspect(version)
    changed = [name for name in _RULES if state.persistent and state.attrs[name].history.has_changes()]
    if changed and (resting := resting_on(session, "variable_version", version.id)):
        raise MethodError(
            f"version {version.version} has been coded by ({resting[0]} and others), so its "
            f"{' and '.join(changed).replace('_', ' ')} cannot change; add the scheme as a version of another name."
        )


def _span(date: str | None) -> tuple[Any, Any]:
    if not date:
        return None, None
    span = edtf(date)
    return span.earliest, span.latest


def _spans(start: str | None, end: str | None) -> tuple[Any, ...]:
    return (*_span(start), *_span(end))


def _sha256(words: str) -> tuple[str]:
    return (hashlib.sha256(words.encode()).hexdigest(),)


#: Columns that follow from others of the same row: from which, which they are, and how.
DERIVED: dict[str, tuple[tuple[str, ...], tuple[str, ...], Callable[..., tuple[Any, ...]]]] = {
    "case": (("start", "end"), ("start_earliest", "start_latest", "end_earliest", "end_latest"), _spans),
    "quote": (("words",), ("sha256",), _sha256),
}


def ruling(session: Session, decision: Decision) -> Ruling:
    """Return what the scheme's rule says of a decision's sub-judgements."""
    with session.no_autoflush:
        version = session.get(VariableVersion, decision.variable_version_id)
    return rule(version.rule, decision.sub_judgements or {}) if version else Ruling(None, None)


def check(session: Session, row: Base) -> None:
    """Refuse a record that breaks a law.

    Raises:
        MethodError: it uses the method wrongly; the sentence says how to put it right.
        ValueRefused: it holds a value that cannot be.
    """
    if getattr(row, "retired_at", None) is not None:
        _check_retired(session, row)
    elif isinstance(row, Test):
        _check_test(session, row)
    elif isinstance(row, Decision):
        _check_decision(session, row)
    elif isinstance(row, Bearing):
        _check_bearing(session, row)
    elif isinstance(row, Participation):
        _check_participation(row)
    elif isinstance(row, Source):
        _check_lineage(session, row)
    elif isinstance(row, Search) and row.status is not SearchStatus.DONE:
        _check_unmade(session, row)
    elif isinstance(row, Quote) and not row.words.strip():
        raise ValueRefused(f"quote {row.key} has no words; give the words as they stand in the source.")
    elif isinstance(row, Study) and row.profile not in PROFILES:
        raise ValueRefused(
            f"{row.profile!r} is not a test-type profile; choose one of {', '.join(PROFILES)}."
        )


def _check_retired(session: Session, row: Any) -> None:
    """Nothing that stands may rest on what is retired, nor be left without what it needs."""
    if isinstance(row, Bearing):
        _check_standing(session, Test, row.test_id)
    elif isinstance(row, DecisionSearch):
        _check_standing(session, Decision, row.decision_id)
    kind = NOUNS.get(row.__tablename__)
    resting = (
        resting_on(session, kind.name, row.id)
        if kind and (kind.keyed or kind.name == "variable_version")
        else []
    )
    if resting:
        more = f" and {len(resting) - _NAMED} more" if len(resting) > _NAMED else ""
        name = getattr(row, "key", None) or f"version {row.version}"
        raise MethodError(
            f"{row.__tablename__.replace('_', ' ')} {name} cannot be retired while something rests on it: "
            f"{', '.join(resting[:_NAMED])}{more}; retire that first, or let it rest on something else."
        )


def _check_standing(session: Session, model: type[Any], row_id: uuid.UUID) -> None:
    owner = session.get_one(model, row_id)
    if owner.retired_at is None:
        check(session, owner)


def _check_unmade(session: Session, search: Search) -> None:
    """A search that was not made bears on no test; a decision may name it, but not lean on it."""
    tests = [name for name in resting_on(session, "search", search.id) if name.startswith("test ")]
    if tests:
        raise MethodError(
            f"search {search.key} was not made, so it bears on no test; {', '.join(tests[:_NAMED])} has it."
        )
    named = select(DecisionSearch.decision_id).where(
        DecisionSearch.search_id == search.id, DecisionSearch.retired_at.is_(None)
    )
    for decision_id in session.scalars(named).all():
        _check_standing(session, Decision, decision_id)


def _check_test(session: Session, test: Test) -> None:
    if not test.prediction.strip():
        raise MethodError(
            f"test {test.key} predicts nothing; say what would be seen if its hypothesis were true."
        )
    if not test.if_false.strip():
        raise MethodError(
            f"test {test.key} cannot fail; say what would be seen if its hypothesis were false (if_false), "
            "or log what you want to look for as a search."
        )
    if test.hypothesis_id == test.rival_id:
        raise MethodError(f"test {test.key} has its own hypothesis as rival; name a rival hypothesis.")
    for which in (test.hypothesis_id, test.rival_id):
        hypothesis = session.get_one(Hypothesis, which)
        if hypothesis.case_id not in (None, test.case_id):
            raise MethodError(
                f"test {test.key} is of another case than its hypothesis {hypothesis.key}; use one of its own case, or of the study."
            )
    if test.result is TestResult.FAILED and not _searched(session, test.id):
        raise MethodError(
            f"test {test.key} cannot fail without a search that was made; bring one to it (bearing of a search), "
            "or resolve it as inconclusive."
        )


def _searched(session: Session, test_id: uuid.UUID) -> bool:
    wanted = select(Search.id).join(Bearing, Bearing.search_id == Search.id)
    made = (Bearing.test_id == test_id, Bearing.retired_at.is_(None), Search.status == SearchStatus.DONE)
    return session.execute(wanted.where(*made).limit(1)).first() is not None


def _check_bearing(session: Session, bearing: Bearing) -> None:
    if (
        bearing.search_id is not None
        and session.get_one(Search, bearing.search_id).status is not SearchStatus.DONE
    ):
        key = session.get_one(Search, bearing.search_id).key
        raise MethodError(
            f"search {key} was not made, so it bears on no test; make it, or leave the test open."
        )


def _check_lineage(session: Session, source: Source) -> None:
    passed = {source.id}
    above = source.derived_from_id
    while above is not None:
        if above in passed:
            raise MethodError(
                f"source {source.key} is derived from itself in a circle; name the source that came first."
            )
        passed.add(above)
        above = session.get_one(Source, above).derived_from_id


def _check_participation(part: Participation) -> None:
    if part.side not in _SIDES:
        raise ValueRefused(f"side {part.side!r} is neither A nor B.")
    if part.hostility is not None and part.hostility not in _HOSTILITY:
        raise ValueRefused(f"hostility {part.hostility} is not a level from 1 to 5.")
    if part.action is not None and part.action not in _ACTIONS:
        raise ValueRefused(f"action {part.action} is not in the version 4 code book (0 to 21).")


def _check_decision(session: Session, decision: Decision) -> None:
    version = session.get_one(VariableVersion, decision.variable_version_id)
    name = f"decision {decision.key}"
    if not decision.rationale.strip():
        raise MethodError(f"{name} gives no reasons; say why the evidence gives this code (rationale).")
    if not decision.counter_evidence.strip():
        raise MethodError(
            f"{name} names no counter-evidence; say what speaks against it, or that none was found and by "
            "which search (counter_evidence)."
        )
    _check_judgements(name, version, decision)
    levels = {level["value"]: level for level in version.levels}
    for value in (decision.value, decision.alternative):
        if value is not None and value not in levels:
            raise ValueRefused(f"{name}: {value!r} is not a level; choose one of {', '.join(levels)}.")
    said = ruling(session, decision)
    if version.rule and said.code != decision.value and not decision.override_reason.strip():
        gives = f"gives {said.code}" if said.code is not None else "gives no code"
        raise MethodError(
            f"{name}: the scheme's rule {gives} here; say why {decision.value or 'none'} (override_reason)."
        )
    needs = {*said.needs} if said.code == decision.value else set()
    needs |= {*(levels[decision.value].get("needs") or ())} if decision.value is not None else set()
    if "search" in needs and not _decision_searched(session, decision.id):
        raise MethodError(
            f"{name}: code {decision.value} needs a search record; log the search that found nothing and name it."
        )
    if "counterfactual" in needs and not decision.counterfactual.strip():
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


def _decision_searched(session: Session, decision_id: uuid.UUID) -> bool:
    wanted = select(Search.id).join(DecisionSearch, DecisionSearch.search_id == Search.id)
    made = (
        DecisionSearch.decision_id == decision_id,
        DecisionSearch.retired_at.is_(None),
        Search.status == SearchStatus.DONE,
    )
    return session.execute(wanted.where(*made).limit(1)).first() is not None
