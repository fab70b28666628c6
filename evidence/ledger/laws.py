"""What the ledger refuses, whichever door a record comes through, and what it works out by itself.

``derive`` runs before a row is written; ``check`` when the unit of work ends, so that a record and what it
rests on may be logged in any order.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from evidence.dates import edtf
from evidence.errors import MethodError, ValueRefused
from evidence.ledger import rounded
from evidence.ledger.decided import (
    check_decision,
    check_version,
    refuse_ruled,
    require_own,
    ruling,
)
from evidence.ledger.forms import is_blank
from evidence.ledger.nouns import NOUNS
from evidence.ledger.resting import resting_on
from evidence.ledger.verification import verify
from evidence.models import (
    Base,
    Bearing,
    Case,
    Challenge,
    Decision,
    DecisionObservation,
    DecisionSearch,
    Hypothesis,
    Likelihood,
    Observation,
    Participation,
    Quote,
    Rivalry,
    Search,
    Source,
    Study,
    Test,
    VariableVersion,
)
from evidence.vocabulary import PROFILES, Direction, SearchStatus, TestResult

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["ASKING", "DERIVED", "check", "derive", "settle"]

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
    rounded.keep(session, row)
    if isinstance(row, Decision):
        if not inspect(row).persistent or _changed(row, ("variable_version_id", "sub_judgements")):
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


def settle(session: Unit, row: Base) -> None:
    """Fill in what follows from other rows of the unit: what the rule gives also depends on the tests relied on.

    Only of a new decision: what the rule gave when a code was decided stands, whatever becomes of its tests.
    """
    if isinstance(row, Decision) and row.id in session.fresh:
        row.rule_value = ruling(session, row).code


def _changed(row: Base, names: Iterable[str]) -> list[str]:
    return [name for name in names if inspect(row).attrs[name].history.has_changes()]


def _keep_rules(session: Session, version: VariableVersion) -> None:
    """What a code was given by does not change beneath it; a better scheme is another version."""
    changed = _changed(version, _RULES) if inspect(version).persistent else []
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


def check(session: Session, row: Base) -> None:
    """Refuse a record that breaks a law.

    Raises:
        MethodError: it uses the method wrongly; the sentence says how to put it right.
        ValueRefused: it holds a value that cannot be.
    """
    rounded.check(session, row)  # type: ignore[arg-type]  # only units ask laws
    if getattr(row, "retired_at", None) is not None:
        _check_retired(session, row)
    elif law := _LAWS.get(type(row)):
        law(session, row)


def _check_retired(session: Session, row: Any) -> None:
    """Nothing that stands may rest on what is retired, nor be left without what it needs."""
    if isinstance(row, Bearing):
        _check_standing(session, Test, row.test_id)
    elif isinstance(row, DecisionSearch):
        _check_standing(session, Decision, row.decision_id)
    if isinstance(row, Quote | Source):
        _refuse_cited(session, row)
    if isinstance(row, Hypothesis):
        refuse_ruled(session, row)
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


def _refuse_cited(session: Session, row: Quote | Source) -> None:
    """A narrative does not lose what it cites."""
    mark = re.compile(rf"@{re.escape(row.key)}(?![\w.-]*\w)")
    citing = select(Case).where(
        Case.study_id == row.study_id,
        Case.retired_at.is_(None),
        Case.narrative.contains(f"@{row.key}", autoescape=True),
    )
    named = [case.key for case in session.scalars(citing) if mark.search(case.narrative)]
    if named:
        raise MethodError(
            f"{row.__tablename__} {row.key} cannot be retired while the narrative of {', '.join(named[:_NAMED])} cites it."
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
    if is_blank(test.prediction):
        raise MethodError(
            f"test {test.key} predicts nothing; say what would be seen if its hypothesis were true."
        )
    if is_blank(test.if_false):
        raise MethodError(
            f"test {test.key} cannot fail; say what would be seen if its hypothesis were false (if_false), "
            "or log what you want to look for as a search."
        )
    if test.prediction.strip() == test.if_false.strip():
        raise MethodError(
            f"test {test.key} would see the same if its hypothesis were true and if it were false, so it tells "
            "nothing; say what would differ (if_false)."
        )
    if test.hypothesis_id == test.rival_id:
        raise MethodError(f"test {test.key} has its own hypothesis as rival; name a rival hypothesis.")
    for which in (test.hypothesis_id, test.rival_id):
        hypothesis = session.get_one(Hypothesis, which)
        if hypothesis.case_id not in (None, test.case_id):
            raise MethodError(
                f"test {test.key} is of another case than its hypothesis {hypothesis.key}; use one of its own case, or of the study."
            )
    if test.result is TestResult.FAILED and not _brought(session, test.id, Direction.AGAINST, searched=True):
        raise MethodError(
            f"test {test.key} cannot fail without a search that was made; bring one to it, against its hypothesis, "
            "or resolve it as inconclusive."
        )
    if test.result is TestResult.PASSED and not _brought(session, test.id, Direction.FOR):
        raise MethodError(
            f"test {test.key} cannot pass on nothing; bring an observation to it, for its hypothesis, or resolve it anew."
        )


def _brought(session: Session, test_id: uuid.UUID, direction: Direction, *, searched: bool = False) -> bool:
    """Tell whether anything (or a search that was made) stands brought to a test, in one direction."""
    wanted = select(Bearing.id).where(
        Bearing.test_id == test_id, Bearing.direction == direction, Bearing.retired_at.is_(None)
    )
    if searched:
        made = Search.status == SearchStatus.DONE
        wanted = wanted.join(Search, Search.id == Bearing.search_id).where(made)
    return session.execute(wanted.limit(1)).first() is not None


def _check_bearing(session: Session, bearing: Bearing) -> None:
    test = session.get_one(Test, bearing.test_id)
    what: Observation | Search
    if bearing.search_id is not None:
        what = session.get_one(Search, bearing.search_id)
        if what.status is not SearchStatus.DONE:
            raise MethodError(
                f"search {what.key} was not made, so it bears on no test; make it, or leave the test open."
            )
    else:
        what = session.get_one(Observation, bearing.observation_id)
    require_own(f"test {test.key}", test.case_id, what)
    _check_standing(session, Test, test.id)


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


def _check_span(name: str, start: str | None, end: str | None) -> None:
    first, last = (edtf(date) if date else None for date in (start, end))
    if first and last and first.earliest and last.latest and last.latest < first.earliest:
        raise ValueRefused(f"{name} ends ({end}) before it begins ({start}); correct one of the dates.")


def _check_participation(session: Session, part: Participation) -> None:  # noqa: ARG001
    _check_span("this part in the case", part.start, part.end)
    if part.side not in _SIDES:
        raise ValueRefused(f"side {part.side!r} is neither A nor B.")
    if part.hostility is not None and part.hostility not in _HOSTILITY:
        raise ValueRefused(f"hostility {part.hostility} is not a level from 1 to 5.")
    if part.action is not None and part.action not in _ACTIONS:
        raise ValueRefused(f"action {part.action} is not in the version 4 code book (0 to 21).")


def _check_case(session: Session, case: Case) -> None:  # noqa: ARG001
    _check_span(f"case {case.key}", case.start, case.end)


def _check_rivalry(session: Session, rivalry: Rivalry) -> None:  # noqa: ARG001
    if rivalry.hypothesis_id == rivalry.rival_id:
        raise MethodError("a hypothesis is no rival of its own; name another hypothesis.")


def _check_likelihood(session: Session, stated: Likelihood) -> None:
    """A further likelihood is of a hypothesis that the test does not name already."""
    test = session.get_one(Test, stated.test_id)
    hypothesis = session.get_one(Hypothesis, stated.hypothesis_id)
    if hypothesis.id in (test.hypothesis_id, test.rival_id):
        which = "p_hypothesis" if hypothesis.id == test.hypothesis_id else "p_rival"
        raise MethodError(
            f"test {test.key} tells {hypothesis.key} from another already; state its likelihood as {which}."
        )
    if hypothesis.case_id not in (None, test.case_id):
        raise MethodError(
            f"test {test.key} is of another case than hypothesis {hypothesis.key}; use one of its own case, or of the study."
        )


def _check_search(session: Session, search: Search) -> None:
    if search.hits is not None and search.hits < 0:
        raise ValueRefused(
            f"search {search.key} cannot have {search.hits} hits; write 0 if nothing answered."
        )
    if search.status is not SearchStatus.DONE:
        _check_unmade(session, search)
    _check_place(session, search)


def _check_place(session: Session, what: Observation | Search) -> None:
    """What was brought to a test, or weighed in a code, does not move to another case from under it."""
    if what.case_id is None or what.id in session.fresh:  # type: ignore[attr-defined]  # only units ask laws
        return
    noun = what.__tablename__
    weighed: type[Any] = DecisionObservation if noun == "observation" else DecisionSearch
    links: tuple[tuple[type[Any], type[Any]], ...] = ((Test, Bearing), (Decision, weighed))
    for owner, link in links:
        column = getattr(link, f"{owner.__tablename__}_id")
        resting = (
            select(owner)
            .join(link, column == owner.id)
            .where(
                getattr(link, f"{noun}_id") == what.id, link.retired_at.is_(None), owner.retired_at.is_(None)
            )
        )
        for one in session.scalars(resting):
            require_own(f"{owner.__tablename__} {one.key}", one.case_id, what)


def _check_quote(session: Session, quote: Quote) -> None:  # noqa: ARG001
    if is_blank(quote.words):
        raise ValueRefused(f"quote {quote.key} has no words; give the words as they stand in the source.")


def _check_challenge(session: Session, challenge: Challenge) -> None:  # noqa: ARG001
    """A challenge is open, or it was answered: in words, with a verdict, by somebody."""
    said = (
        challenge.verdict is not None,
        not is_blank(challenge.answer),
        challenge.answered_by_id is not None,
    )
    if any(said) and not all(said):
        raise MethodError(
            f"challenge {challenge.key} is answered by a verdict, in words, by a coder; give all three, or none of them."
        )


def _check_study(session: Session, study: Study) -> None:  # noqa: ARG001
    if study.profile not in PROFILES:
        raise ValueRefused(
            f"{study.profile!r} is not a test-type profile; choose one of {', '.join(PROFILES)}."
        )


#: The law of each kind of record that has one.
_LAWS: dict[type[Base], Callable[[Session, Any], None]] = {
    Bearing: _check_bearing,
    Case: _check_case,
    Challenge: _check_challenge,
    Decision: check_decision,
    Likelihood: _check_likelihood,
    Observation: _check_place,
    Participation: _check_participation,
    Quote: _check_quote,
    Rivalry: _check_rivalry,
    Search: _check_search,
    Source: _check_lineage,
    Study: _check_study,
    Test: _check_test,
    VariableVersion: check_version,
}
