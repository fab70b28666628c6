"""What the rules look at: the chain of a study, its bodies of evidence, and some facts besides, read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, literal, literal_column, null, select, union_all

from evidence.audit.bodies import bodies
from evidence.audit.chain import Chain, load, standing
from evidence.audit.checks.rules import Hit
from evidence.audit.support import ours
from evidence.audit.uses import cited_keys
from evidence.inference.body import Body, Code
from evidence.ledger.rows import words
from evidence.vocabulary import CaseStatus, Round, TestResult

__all__ = ["Ground", "ground"]


@dataclass(frozen=True, slots=True)
class Ground:
    """A study as the rules see it. Bodies know everything by its key, the chain by its id."""

    connection: Connection
    study: Any
    chain: Chain
    bodies: Mapping[Any, Body]
    tests: Mapping[str, Any]  # rows of the chain, by key
    observations: Mapping[str, Any]
    searches: Mapping[str, Any]
    decisions: Mapping[str, Any]
    quotes: Mapping[str, Any]
    sources: Mapping[str, Any]
    narratives: Mapping[Any, str]  # case → its narrative, of those that have one
    cited: Mapping[str, tuple[str, ...]]  # what narratives cite, by its present key → the cases
    numbered: frozenset[Any]  # cases with a number in a data set
    core: frozenset[Any]  # cases at the core of an episode
    taken_out: tuple[str, ...]  # keys of cases that were retired
    covered: Mapping[Any, tuple[str, str]]  # search → its terms, and what it covered
    wordings: Mapping[Any, str]  # quote with a translation → its own words
    used: Mapping[Any, tuple[str, ...]]  # observation brought to a test or weighed in a code → the cases
    quoting: Mapping[Any, tuple[str, ...]]  # quote under one of these, or in a narrative → the cases

    def codes(self) -> Iterator[tuple[Body, Code]]:
        """Yield our standing codes that give a level, each with its case's body of evidence."""
        for body in self.bodies.values():
            for code in ours(body):
                yield body, code

    def standing(self) -> Iterator[Any]:
        """Yield the decisions of our own that nothing has superseded, as rows."""
        for made in self.chain.decisions_of.values():
            for row in standing([self.chain.decisions[i] for i in made]):
                if row.round != Round.PUBLISHED:
                    yield row

    def traced(self, case: Any) -> bool:
        """Tell whether a case is for process tracing, or has been traced whatever it was chosen for."""
        tests = (self.chain.tests[i] for i in self.chain.tests_of.get(case, ()))
        return self.chain.cases[case].status == CaseStatus.DEEP or any(
            test.result != TestResult.NOT_ATTEMPTED for test in tests
        )

    def about(self, noun: str, row: Any, message: str) -> Hit:
        """Return what is said of a record that belongs to a case, or to none."""
        case = self.chain.cases.get(row.case_id)
        return Hit(noun, row.key, message, (case.key,) if case else ())


def ground(connection: Connection, study: Any) -> Ground:
    """Read what the rules look at, in a number of statements that does not grow with the study.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id.
    """
    chain = load(connection, study)
    moved, numbered, core, taken_out = _besides(connection, study)
    narratives = _narratives(connection, study, chain)
    cited, used = _cited(chain, narratives, moved), _used(chain)
    return Ground(
        connection=connection,
        study=study,
        chain=chain,
        bodies=bodies(_whole(chain)),
        tests=_by_key(chain.tests),
        observations=_by_key(chain.observations),
        searches=_by_key(chain.searches),
        decisions=_by_key(chain.decisions),
        quotes=_by_key(chain.quotes),
        sources=_by_key(chain.sources),
        narratives=narratives,
        cited=cited,
        numbered=frozenset(numbered),
        core=frozenset(core),
        taken_out=tuple(sorted(taken_out)),
        covered=_covered(connection, study),
        wordings=_wordings(connection, study),
        used=used,
        quoting=_quoting(chain, used, cited),
    )


def _by_key(rows: Mapping[Any, Any]) -> dict[str, Any]:
    return {row.key: row for row in rows.values()}


def _whole(chain: Chain) -> Chain:
    """Return the chain without what hangs in the air, so that the rest of a damaged ledger can be checked.

    The rules that look for such damage look at the chain itself.
    """
    quotes = {i: row for i, row in chain.quotes.items() if row.source_id in chain.sources}
    known = chain.hypotheses
    sound = {i for i, row in chain.tests.items() if row.hypothesis_id in known and row.rival_id in known}
    tests_of = {case: [i for i in tests if i in sound] for case, tests in chain.tests_of.items()}
    return replace(chain, quotes=quotes, tests_of=tests_of)


def _used(chain: Chain) -> dict[Any, tuple[str, ...]]:
    found: dict[Any, dict[str, None]] = {}
    for test, brought in chain.bearings.items():
        if test in chain.tests and (case := chain.cases.get(chain.tests[test].case_id)):
            for one in brought:
                if one.observation_id in chain.observations:
                    found.setdefault(one.observation_id, {})[case.key] = None
    for decision, weighed in chain.links["decision_observation"].items():
        if decision in chain.decisions and (case := chain.cases.get(chain.decisions[decision].case_id)):
            for one in weighed:
                if one in chain.observations:
                    found.setdefault(one, {})[case.key] = None
    return {observation: tuple(cases) for observation, cases in found.items()}


def _quoting(
    chain: Chain, used: Mapping[Any, tuple[str, ...]], cited: Mapping[str, tuple[str, ...]]
) -> dict[Any, tuple[str, ...]]:
    found: dict[Any, dict[str, None]] = {}
    for observation, cases in used.items():
        for quote in chain.links["observation_quote"].get(observation, ()):
            found.setdefault(quote, {}).update(dict.fromkeys(cases))
    for i, row in chain.quotes.items():
        if row.key in cited:
            found.setdefault(i, {}).update(dict.fromkeys(cited[row.key]))
    return {quote: tuple(cases) for quote, cases in found.items() if quote in chain.quotes}


def _besides(
    connection: Connection, study: Any
) -> tuple[dict[tuple[str, str], Any], set[Any], set[Any], set[str]]:
    """Return keys that moved, cases with a number, cases at the core of an episode, and keys of retired cases."""
    redirect = words("redirect", "study_id noun key row_id").c
    alias = words("alias", "study_id case_id retired_at").c
    place = words("episode_case", "study_id case_id tier retired_at").c
    case = words("case", "study_id key id retired_at").c
    parts = [
        select(literal_column("'moved'").label("kind"), redirect.noun, redirect.key, redirect.row_id.label("id"))
        .where(redirect.study_id == study),
        select(literal_column("'numbered'"), null(), null(), alias.case_id)
        .where(alias.study_id == study, alias.retired_at.is_(None)),
        select(literal_column("'core'"), null(), null(), place.case_id)
        .where(place.study_id == study, place.retired_at.is_(None), place.tier.in_(["", "core"])),
        select(literal_column("'retired'"), null(), case.key, case.id)
        .where(case.study_id == study, case.retired_at.is_not(None)),
    ]  # fmt: skip
    moved: dict[tuple[str, str], Any] = {}
    ids: dict[str, set[Any]] = {"numbered": set(), "core": set()}
    taken_out: set[str] = set()
    for row in connection.execute(union_all(*parts)):
        if row.kind == "moved":
            moved[row.noun, row.key] = row.id
        elif row.kind == "retired":
            taken_out.add(row.key)
        else:
            ids[row.kind].add(row.id)
    return moved, ids["numbered"], ids["core"], taken_out


def _narratives(connection: Connection, study: Any, chain: Chain) -> dict[Any, str]:
    case = words("case", "id study_id key narrative retired_at").c
    wanted = select(case.id, case.narrative).where(
        case.study_id == study, case.retired_at.is_(None), case.narrative != literal("")
    )
    rows = connection.execute(wanted.order_by(case.key))
    return {row.id: row.narrative for row in rows if row.id in chain.cases and row.narrative.strip()}


def _cited(
    chain: Chain, narratives: Mapping[Any, str], moved: Mapping[tuple[str, str], Any]
) -> dict[str, tuple[str, ...]]:
    now = {
        key: rows[i].key
        for (noun, key), i in moved.items()
        if i in (rows := {"quote": chain.quotes, "source": chain.sources}.get(noun, {}))
    }
    found: dict[str, dict[str, None]] = {}
    for case, narrative in narratives.items():
        for key in cited_keys(narrative):
            found.setdefault(now.get(key, key), {})[chain.cases[case].key] = None
    return {key: tuple(cases) for key, cases in found.items()}


def _covered(connection: Connection, study: Any) -> dict[Any, tuple[str, str]]:
    search = words("search", "id study_id terms coverage retired_at").c
    wanted = select(search.id, search.terms, search.coverage).where(
        search.study_id == study, search.retired_at.is_(None)
    )
    return {row.id: (", ".join(row.terms or ()), row.coverage or "") for row in connection.execute(wanted)}


def _wordings(connection: Connection, study: Any) -> dict[Any, str]:
    quote = words("quote", "id study_id words translation retired_at").c
    wanted = select(quote.id, quote.words).where(
        quote.study_id == study, quote.retired_at.is_(None), quote.translation != literal("")
    )
    return {row.id: row.words for row in connection.execute(wanted)}
