"""Tests: declare what is expected, observe, bring what was found to the test, and say how it came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from evidence.errors import MethodError
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Bearing, Observation, Search, Test
from evidence.vocabulary import Direction, SearchStatus, TestResult

__all__ = ["bring", "declare", "observe", "resolve"]


def declare(session: Unit, values: Mapping[str, Any]) -> Test:
    """Declare a test: a prediction against a named rival, with what would be seen if it were false.

    Raises:
        MethodError: it could not fail, or has no rival.
    """
    given = dict(values)
    if not given.get("key") and given.get("case"):
        given["key"] = records.next_key(
            session, "test", f"{records.find(session, 'case', str(given['case'])).key}.t"
        )
    test: Test = records.add(session, "test", given)
    return test


def observe(session: Unit, case: str, quote: str, values: Mapping[str, Any]) -> Observation:
    """Add an observation of a case that rests on a quote; its key follows from the case's."""
    subject = records.find(session, "case", case)
    key = records.next_key(session, "observation", f"{subject.key}.o")
    observation: Observation = records.add(
        session, "observation", {**values, "key": key, "case": subject.key, "quotes": [quote]}
    )
    return observation


def bring(
    session: Unit,
    test: Test,
    direction: Direction,
    *,
    observation: str | None = None,
    search: str | None = None,
    **said: Any,
) -> None:
    """Bring an observation or a search to a test; what was brought before is said anew.

    Args:
        session: the unit of work.
        test: the test.
        direction: for its hypothesis, or against it.
        observation: the observation's key, or
        search: the search's key.
        said: p_hypothesis, p_rival and note, as far as they are given.
    """
    if (observation is None) == (search is None):
        raise MethodError("Bring either an observation or a search to a test; name one of them.")
    subject = {"observation_id": None, "search_id": None}
    noun, key = ("observation", observation) if observation else ("search", search)
    subject[f"{noun}_id"] = records.find(session, noun, str(key)).id
    known = session.scalars(
        select(Bearing).where(
            Bearing.study_id == session.study_id,
            Bearing.test_id == test.id,
            Bearing.observation_id == subject["observation_id"],
            Bearing.search_id == subject["search_id"],
        )
    ).first()
    values = records.read_fields(
        "bearing", {name: value for name, value in said.items() if value is not None}
    )
    if known is None:
        session.add(
            Bearing(study_id=session.study_id, test_id=test.id, direction=direction, **subject, **values)
        )
    else:
        known.direction, known.retired_at = direction, None
        for name, value in values.items():
            setattr(known, name, value)
    session.flush()


def resolve(session: Unit, test: Test, result: TestResult, note: str | None = None) -> TestResult:
    """Say how a test came out.

    Returns:
        The result that was recorded: a failure without a search that was made is inconclusive, since
        only what was looked for and not found speaks against a hypothesis.

    Raises:
        MethodError: it is said to have passed without anything brought to it.
    """
    brought = list(
        session.scalars(
            select(Bearing).where(
                Bearing.study_id == session.study_id, Bearing.test_id == test.id, Bearing.retired_at.is_(None)
            )
        )
    )
    if result is TestResult.PASSED and not any(b.direction is Direction.FOR for b in brought):
        raise MethodError(
            f"test {test.key} cannot pass on nothing; bring an observation for it first ('evidence test bring')."
        )
    if result is TestResult.FAILED and not _searched(session, brought):
        result = TestResult.INCONCLUSIVE
    test.result = result
    test.resolved_at = None if result is TestResult.NOT_ATTEMPTED else session.now
    if note is not None:
        test.note = note
    session.flush()
    return result


def _searched(session: Unit, brought: list[Bearing]) -> bool:
    against = [b.search_id for b in brought if b.search_id is not None and b.direction is Direction.AGAINST]
    made = (session.get_one(Search, search_id).status for search_id in against)
    return SearchStatus.DONE in made
