"""The history of one case: every revision that touched anything beneath it, told in the study's words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from evidence.audit.chain import Chain
from evidence.audit.told import Telling, tell
from evidence.audit.turns import Turn, World
from evidence.ledger import canonical
from evidence.ledger.among import among
from evidence.ledger.concealed import concealed
from evidence.ledger.named import State, names_of
from evidence.ledger.rows import words

__all__ = ["Step", "case_history"]


@dataclass(frozen=True, slots=True)
class Step:
    """One revision, and what it did to a case."""

    number: int
    digest: str
    author: str
    made_at: datetime
    message: str
    told: Telling


def case_history(connection: Connection, study: Any, chain: Chain, case: Any) -> tuple[Step, ...]:
    """Return the revisions that touched a case, the oldest first.

    What is beneath a case is what belongs to it, to its tests or to its codes, with quotes and their sources; also
    what was retired since.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        chain: of the case.
        case: its id.
    """
    ids = _beneath(connection, study, chain, case)
    change = words("change", "study_id revision_id position table_name row_id before after").c
    revision = words("revision", "id study_id number digest author made_at message").c
    wanted = (
        select(
            revision.number, revision.digest, revision.author, revision.made_at, revision.message,
            change.table_name, change.row_id, change.before, change.after,
        )
        .where(
            change.study_id == study, revision.id == change.revision_id, among(connection, change.row_id, list(ids))
        )
        .order_by(revision.number, change.position)
    )  # fmt: skip
    return tuple(_steps(connection.execute(wanted).all(), _around(connection, study)))


def _steps(rows: Iterable[Any], around: State) -> Iterator[Step]:
    """Replay changes, and yield what each revision did."""
    known: State = {table: dict(found) for table, found in around.items()}
    by_revision: dict[int, list[Any]] = {}
    for row in rows:
        by_revision.setdefault(row.number, []).append(row)
    for found in by_revision.values():
        before: dict[tuple[str, str], dict[str, Any] | None] = {}
        for row in found:
            place, table = (row.table_name, _spelled(row.row_id)), known.setdefault(row.table_name, {})
            there = table.get(place[1]) if row.before is not None or place in before else None
            before.setdefault(place, dict(there) if there is not None else None)
            table[place[1]] = {**(there or {}), **canonical.from_json(row.after)}
        names, world = names_of(known), World.of(known)
        turns = [
            Turn(table, i, names[i], was, known[table][i], world)
            for (table, i), was in before.items()
            if was != known[table][i]
        ]
        first = found[0]
        yield Step(first.number, first.digest, first.author, first.made_at, first.message, tell(turns))


def _around(connection: Connection, study: Any) -> State:
    """Return the records that a case's are told by, which are not beneath it: coders, variables, hypotheses, cases."""
    return {
        name: {
            _spelled(row.id): {column: _spelled(value) if column.endswith("id") else value for column, value in row._asdict().items()}
            for row in connection.execute(_all(name, study, columns)).all()
        }
        for name, columns in (
            ("coder", "id key"), ("variable", "id key"), ("variable_version", "id variable_id version"),
            ("hypothesis", "id key"), ("case", "id key"), ("actor", "id key"), ("episode", "id key"),
            ("concept", "id key"),
        )
    }  # fmt: skip


def _spelled(row_id: Any) -> str:
    """Return an id as changes spell it, however the database has it."""
    return str(uuid.UUID(str(row_id)))


def _all(name: str, study: Any, columns: str) -> Select[Any]:
    table = words(name, f"study_id {columns}")
    return select(*(table.c[column] for column in columns.split())).where(table.c.study_id == study)


def _beneath(connection: Connection, study: Any, chain: Chain, case: Any) -> set[Any]:
    """Return the ids of all rows beneath a case, retired or not, but for codes that nobody is to know yet."""

    def found(name: str, columns: str, *where: tuple[str, Iterable[Any]]) -> list[Any]:
        table = words(name, f"study_id {columns} {' '.join(column for column, _ in where)}").c
        meant = or_(*(among(connection, table[column], list(ids)) for column, ids in where))
        wanted = select(*(table[column] for column in columns.split())).where(table.study_id == study, meant)
        return list(connection.execute(wanted).all())

    one = [case]
    tests, given = ([row.id for row in found(name, "id", ("case_id", one))] for name in ("test", "decision"))
    secret = concealed(connection, study)
    decisions = [one for one in given if one not in secret]
    bearings = found("bearing", "id observation_id search_id", ("test_id", tests))
    weighed = found("decision_observation", "id observation_id", ("decision_id", decisions))
    named = found("decision_search", "id search_id", ("decision_id", decisions))
    observations = {row.observation_id for row in (*bearings, *weighed)} - {None}
    observations |= {row.id for row in found("observation", "id", ("case_id", one))}
    searches = {row.search_id for row in (*bearings, *named)} - {None}
    searches |= {row.id for row in found("search", "id", ("case_id", one))}
    linked = found("observation_quote", "id quote_id", ("observation_id", observations))
    quotes = {row.quote_id for row in linked}
    sources = {row.source_id for row in found("quote", "id source_id", ("id", quotes))} | {*chain.sources}
    told = found("test", "hypothesis_id rival_id", ("case_id", one))
    hypotheses = {i for row in told for i in (row.hypothesis_id, row.rival_id)}
    hypotheses |= {row.id for row in found("hypothesis", "id", ("case_id", one))}
    inside = [
        *found("decision_test", "id", ("decision_id", decisions)),
        *found("likelihood", "id", ("test_id", tests)),
        *found("rivalry", "id", ("hypothesis_id", hypotheses)),
        *found("prior", "id", ("hypothesis_id", hypotheses)),
        *found("alias", "id", ("case_id", one)),
        *found("participation", "id", ("case_id", one)),
        *found("episode_case", "id", ("case_id", one)),
        *found("redirect", "id", ("row_id", one)),
        *found("review", "id", ("subject_id", {case, *tests, *decisions, *quotes})),
        *bearings, *weighed, *named, *linked,
    ]  # fmt: skip
    return {
        case, *tests, *decisions, *observations, *searches, *quotes, *sources, *hypotheses,
        *(row.id for row in inside),
    }  # fmt: skip
