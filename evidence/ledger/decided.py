"""What a decision may not be: a code without reasons, against the rule in silence, or of evidence of another case."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence.errors import MethodError, UnknownKey, ValueRefused, nearest
from evidence.inference.scheme import Ruling, Tested, demand, is_demand, named, possible, renamed, rule, unmet
from evidence.ledger.forms import is_blank
from evidence.models import (
    Decision,
    DecisionObservation,
    DecisionSearch,
    DecisionTest,
    Hypothesis,
    Observation,
    Redirect,
    Search,
    Test,
    Variable,
    VariableVersion,
)
from evidence.vocabulary import Round, SearchStatus

__all__ = [
    "check_decision", "check_version", "refuse_ruled", "relied_tests", "require_own", "ruling", "tested", "wanted", "with_present_keys",
]  # fmt: skip


def ruling(session: Session, decision: Decision) -> Ruling:
    """Return what the scheme's rule says of a decision's sub-judgements, and of the tests that it relies on.

    Of a decision that is older than this unit, a test that was resolved later, or is open again, no longer shows what
    it showed then. Where the rule can give the decision's code for its sub-judgements, tests permitting, it is taken
    to have given it: a departure would have had to give its reason.
    """
    with session.no_autoflush:
        version = session.get(VariableVersion, decision.variable_version_id)
        if version is None:
            return Ruling(None, None)
        judgements, table = decision.sub_judgements or {}, version.rule
        if decision.round is Round.PUBLISHED and not judgements:
            return Ruling(None, None)  # it was not given by a rule of ours
        if not any(row.get("tests") for row in table):
            return rule(table, judgements)
        tests = relied_tests(session, decision)
        said = rule(
            with_present_keys(session, table), judgements, tested(session, version.variable_id, tests)
        )
    if (
        said.code != decision.value
        and is_blank(decision.override_reason or "")
        and _before(session, decision, tests)
    ):
        for number in possible(table, judgements):
            if table[number].get("code") == decision.value:
                row = table[number]
                return Ruling(decision.value, number, tuple(row.get("needs") or ()), row.get("note") or "")
    return said


def tested(session: Session, variable_id: uuid.UUID, tests: Iterable[Test]) -> tuple[Tested, ...]:
    """Return tests as the rule of a variable sees them."""

    def supported(hypothesis: Hypothesis) -> frozenset[str]:
        return frozenset(hypothesis.supports or ()) if hypothesis.variable_id == variable_id else frozenset()

    found = []
    for test in tests:
        claim, rival = (session.get_one(Hypothesis, which) for which in (test.hypothesis_id, test.rival_id))
        sides = supported(claim), supported(rival)
        found.append(Tested(test.kind, test.result, claim.key, rival.key, *sides, key=test.key))
    return tuple(found)


def relied_tests(session: Session, decision: Decision) -> list[Test]:
    """Return the tests that a decision relies on, those among them that are about to be written."""
    stored = _relied_on(session, decision, DecisionTest, Test)
    coming = (row for row in session.new if isinstance(row, DecisionTest) and row.decision_id == decision.id)
    return [*stored, *(session.get_one(Test, row.test_id) for row in coming)]


def _before(session: Session, decision: Decision, tests: Iterable[Test]) -> bool:
    """Tell whether a decision was made before this unit, and before its tests came to stand as they do now."""
    made = decision.decided_at
    if made >= session.now:  # type: ignore[attr-defined]
        return False
    return any(test.resolved_at is None or test.resolved_at > made for test in tests)


def with_present_keys(session: Session, table: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return rows or levels in which each hypothesis has the key that it has now."""
    keys = named(table)
    if not keys:
        return table
    moved = select(Redirect.key, Hypothesis.key).join(Hypothesis, Hypothesis.id == Redirect.row_id)
    mine = Redirect.study_id == session.study_id  # type: ignore[attr-defined]
    wanted = moved.where(mine, Redirect.noun == "hypothesis", Redirect.key.in_(keys))
    return renamed(table, {old: new for old, new in session.execute(wanted)})  # noqa: C416 - rows are no pairs


def check_version(session: Session, version: VariableVersion) -> None:
    """Refuse a rule that no code could ever be given by.

    Raises:
        ValueRefused: it gives a level, or asks for a sub-judgement or a hypothesis, that there is not.
        UnknownKey: it asks for a test against a hypothesis that there is not.
    """
    levels = [level["value"] for level in version.levels]
    known = {one["key"]: [value["value"] for value in one["values"]] for one in version.sub_judgements}
    for number, row in enumerate(version.rule, start=1):
        name = f"row {number} of the rule of version {version.version}"
        if row.get("code") is not None:
            _require_known(name, "level", row["code"], levels)
        for key, values in row["when"].items():
            _require_known(name, "sub-judgement", key, known)
            for value in values if isinstance(values, list) else [values]:
                _require_known(name, f"value of {key}", value, known[key])
    keys = named((*version.rule, *version.levels))
    if keys:
        _require_hypotheses(session, version.study_id, keys)


def _require_known(name: str, what: str, word: str, words: Iterable[str]) -> None:
    if word not in words:
        near = nearest(word, words, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"it is one of: {', '.join(words) or 'none'}."
        raise ValueRefused(f"{name}: {word!r} is no {what} of this version; {hint}")


def _require_hypotheses(session: Session, study: uuid.UUID, keys: Iterable[str]) -> None:
    """A test is against a hypothesis of the study; one that was renamed is still found by its old key."""
    standing = select(Hypothesis.key).where(Hypothesis.study_id == study, Hypothesis.retired_at.is_(None))
    there = set(session.scalars(standing))
    moved = select(Redirect.key).where(Redirect.study_id == study, Redirect.noun == "hypothesis")
    for key in sorted({*keys} - there - set(session.scalars(moved))):
        raise UnknownKey("hypothesis", key, there)


def refuse_ruled(session: Session, hypothesis: Hypothesis) -> None:
    """A hypothesis that a standing rule names stays: without it, what the rule asks of tests could never be met.

    Raises:
        MethodError: a version of a variable asks for a test against it.
    """
    standing = (
        select(VariableVersion, Variable.key)
        .join(Variable, Variable.id == VariableVersion.variable_id)
        .where(VariableVersion.study_id == hypothesis.study_id, VariableVersion.retired_at.is_(None))
        .order_by(VariableVersion.id)
    )
    for version, variable in session.execute(standing):
        table = with_present_keys(session, [*version.rule, *version.levels])
        if hypothesis.key in named(table):
            raise MethodError(
                f"hypothesis {hypothesis.key} cannot be retired while version {version.version} of {variable} asks for a test "
                "against it; keep it, or retire that version if nothing was coded by it."
            )


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
        raise MethodError(_departure(name, decision.value, said))
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
    _check_tests(session, name, decision, version, needs, tests)
    if "counterfactual" in needs and is_blank(decision.counterfactual):
        raise MethodError(
            f"{name}: code {decision.value} says that the cause was necessary; state what would have happened "
            "without it (counterfactual)."
        )


def _departure(name: str, value: str | None, said: Ruling) -> str:
    """Return in a sentence that a code is not the rule's, and what of the tests would make it so."""
    gives = f"gives {said.code}" if said.code is not None else "gives no code"
    row = next((row for row in said.wanting if row.code == value and value is not None), None)
    if row is None:
        return f"{name}: the scheme's rule {gives} here; say why {value or 'none'} (override_reason)."
    return (
        f"{name}: the scheme's rule {gives} here, and for {value} asks for {wanted(row.tests)} among the tests "
        f"relied on; name it (tests), or say why {value} (override_reason)."
    )


def wanted(demands: Iterable[str]) -> str:
    """Return what is asked of tests, as it stands in a sentence."""
    return " and ".join(str(demand(text)) for text in demands)


def _check_tests(
    session: Session,
    name: str,
    decision: Decision,
    version: VariableVersion,
    needs: Iterable[str],
    tests: Sequence[Test],
) -> None:
    """A code that needs a test of some kind relies on one; what tests showed earlier is taken on trust."""
    asked = sorted(need for need in needs if is_demand(need))
    if not asked or (_before(session, decision, tests)):
        return
    (row,) = with_present_keys(session, [{"needs": asked}])
    missing = unmet(row["needs"], decision.value, tested(session, version.variable_id, tests))
    if missing:
        raise MethodError(
            f"{name}: code {decision.value} needs {wanted(missing)} that speaks for it; resolve such a test, and name it among "
            "the tests that the code relies on (tests)."
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
