"""Reasoning over a large ledger: why a case has its code, and what a referee would object to, in so many statements."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, event, insert

from bench.timing import Row, compare
from evidence.audit.chain import load
from evidence.audit.checks.running import check
from evidence.audit.suspects import suspects
from evidence.audit.why import why
from evidence.ledger import canonical, records, schema
from evidence.ledger.bulk import default_of, insert_rows
from evidence.ledger.revisions import Unit, founding, writing
from evidence.ledger.store import reading
from evidence.models import Base, Review, Study
from evidence.models.base import uuid7

__all__ = ["large", "rows"]

_WORDS = "The Secretary said for the {number}th time that the islands were becoming a symbol of the intention to back up allies."
_LEVELS = [{"value": value, "label": value, "definition": value} for value in ("0", "1", "2")]
#: What a case has: observations, quotes beneath each, tests. The one that is asked about has more.
_SEEN, _QUOTED, _TESTS = 8, 3, 2
_SEEN_BIG, _TESTS_BIG = 40, 8
_BIG = "case0"


def rows(scratch: Path, rounds: int, *, quick: bool) -> Iterator[Row | str]:
    """Yield what is measured: ``why`` against its own SQL, and the statements and seconds of ``check``."""
    cases, quotes = (500, 20_000) if quick else (5_000, 200_000)
    url = f"sqlite:///{scratch / 'reasoning.db'}"
    changes = large(url, cases, quotes)
    yield from why_against_sql(url, f"{cases:,} cases and {quotes:,} quotes", rounds)
    small = f"sqlite:///{scratch / 'reasoning-small.db'}"
    large(small, cases // 10, quotes // 10)
    for what, work in (("check", _check), ("suspects", _suspects)):
        (few, _, _), (many, seconds, found) = work(small), work(url)
        yield (
            f"{what} over {cases:,} cases, {quotes:,} quotes, {changes:,} changes: {seconds:.1f} s, {found:,} found, "
            f"{many} statements; {few} over a tenth of it (goal: the same)"
        )


def why_against_sql(url: str, where: str, rounds: int) -> Iterator[Row | str]:
    """Compare ``why`` for a case of 40 observations with its own statements, executed and fetched, and no more.

    Both open the ledger anew, as a command does, so both have SQLAlchemy's Core write the statements out. How
    long the database itself takes over the same SQL, written out, is said besides.
    """
    with _heard() as asked, _said() as selects, reading(url) as (connection, study):
        why(connection, study, _BIG)
    statements = [(statement, values) for statement, values in asked if not statement.startswith("BEGIN")]

    def ours() -> None:
        with reading(url) as (connection, study):
            why(connection, study, _BIG)

    def floor() -> None:
        with reading(url) as (connection, _):
            for one in selects[1:]:  # the first opens the ledger
                connection.execute(one).fetchall()

    what = f"why, 40 observations among {where} / its {len(statements)} statements, fetched"
    yield compare(what, ours, floor, 3.0, rounds=rounds)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        taken = []
        for _ in range(rounds):
            begun = time.perf_counter()
            for statement, values in statements:
                database.execute(statement, values).fetchall()
            taken.append(time.perf_counter() - begun)
    yield f"the database itself takes {min(taken) * 1000:.0f} ms for these statements; the rest is writing them out"


@contextmanager
def _said() -> Iterator[list[Any]]:
    """Yield the list of the statements that are executed meanwhile, as Core has them."""
    said: list[Any] = []

    def hear(connection: object, statement: Any, *rest: object) -> None:  # noqa: ARG001
        said.append(statement)

    event.listen(Engine, "before_execute", hear)
    try:
        yield said
    finally:
        event.remove(Engine, "before_execute", hear)


def _check(url: str) -> tuple[int, float, int]:
    return _measured(url, lambda connection, study: len(check(connection, study).found))


def _suspects(url: str) -> tuple[int, float, int]:
    return _measured(url, lambda connection, study: len(suspects(connection, study, load(connection, study))))


def _measured(url: str, work: Callable[[Any, Any], int]) -> tuple[int, float, int]:
    """Return how many statements work took, how many seconds, and what it found."""
    with _heard() as asked:
        begun = time.perf_counter()
        with reading(url) as (connection, study):
            found = work(connection, study)
        taken = time.perf_counter() - begun
    return sum(not statement.startswith("BEGIN") for statement, _ in asked), taken, found


@contextmanager
def _heard() -> Iterator[list[tuple[str, Any]]]:
    """Yield the list of the statements that are asked meanwhile, with their values."""
    asked: list[tuple[str, Any]] = []

    def hear(connection: object, cursor: object, statement: str, values: Any, *rest: object) -> None:  # noqa: ARG001
        asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


# --- the ledger --------------------------------------------------------------------------------------------


def large(url: str, cases: int, quotes: int) -> int:
    """Make a ledger in which every case is traced; return how many changes it has.

    Half of the quotes are under observations, the others came in afterwards in one import and are used by nothing.
    Then some quotes were edited, some cases signed, and some edited again.
    """
    schema.create(url)
    study = Study(key="s", title="S", universe_count=cases, universe_deep=cases)
    with founding(url, study, author="bench", message="bench") as session:
        _fill(session, cases, quotes // 2)
    with writing(url, "s", author="bench", message="an import", bulk=True) as session:
        _quotes(session, range(quotes // 2, quotes), cases)
    for turn in range(2):
        with writing(url, "s", author="bench", message="a second look") as session:
            for number in range(turn, 40, 2):
                records.edit(
                    session,
                    "quote",
                    records.find(session, "quote", f"q{number * 7}"),
                    {"note": f"look {turn}"},
                )
        if turn == 0:
            _sign(url, min(cases - 1, 100))
    with reading(url) as (connection, _):
        return int(connection.exec_driver_sql("SELECT count(*) FROM change").scalar_one())


def _sign(url: str, count: int) -> None:
    from evidence.audit.beneath import load as beneath_of  # noqa: PLC0415
    from evidence.audit.fingerprints import fingerprints  # noqa: PLC0415

    with reading(url, "s") as (connection, study):
        ids = [i for i, row in load(connection, study).cases.items() if 0 < int(row.key[4:]) <= count]
        taken = fingerprints(
            connection, study, beneath_of(connection, study, [("case", i) for i in ids]), ids
        )
    with writing(url, "s", author="bench", message="signed") as session:
        coder = records.find(session, "coder", "ada").id
        signed = [
            {"noun": "case", "coder_id": coder, "verdict": "confirmed", "reviewed_at": session.now}
        ] * count
        more = [{"subject_id": _uuid(i), "fingerprint": taken[i].value} for i in ids]
        insert_rows(
            session, _table("review"), [{**one, **other} for one, other in zip(signed, more, strict=True)]
        )


def _uuid(row_id: Any) -> Any:
    return Review.__table__.c.id.type.python_type(str(row_id))


def _fill(session: Unit, cases: int, quotes: int) -> None:
    ada = records.add(session, "coder", {"key": "ada", "name": "Ada"}).id
    version = {"version": "1", "scale": "nominal", "levels": _LEVELS}
    records.add(session, "variable", {"key": "ALLY", "label": "ALLY", "versions": [version]})
    session.flush()
    variable = records.find(session, "variable", "ALLY")
    scheme = session.connection().exec_driver_sql("SELECT id FROM variable_version").scalar_one()
    of_case = _put(session, "case", [
        {"key": f"case{n}", "title": f"Case {n}", "start": "1955-01-20", "status": "deep"} for n in range(cases)
    ])  # fmt: skip
    pairs = [
        _put(session, "hypothesis", [
            {"key": f"case{n}.{name}", "case_id": of_case[n], "statement": f"It was {name}.", "variable_id": variable.id,
             "supports": [level]} for n in range(cases)
        ])
        for name, level in (("alliance", "2"), ("interest", "0"))
    ]  # fmt: skip
    _put(session, "rivalry", [
        {"hypothesis_id": one, "rival_id": other, "relation": "exclusive"} for one, other in zip(*pairs, strict=True)
    ])  # fmt: skip
    held = _quotes(session, range(quotes), cases)
    later = session.now + timedelta(seconds=1)
    seen = [(n, m) for n in range(cases) for m in range(_SEEN_BIG if n == 0 else _SEEN)]
    observations = _put(session, "observation", [
        {"key": f"case{n}.o{m}", "case_id": of_case[n], "proposition": f"He said so, {m}.", "first_seen_at": later}
        for n, m in seen
    ])  # fmt: skip
    _put(session, "observation_quote", [
        {"observation_id": one, "quote_id": held[(at * _QUOTED + more) % len(held)]}
        for at, one in enumerate(observations) for more in range(_QUOTED)
    ])  # fmt: skip
    declared = [(n, m) for n in range(cases) for m in range(_TESTS_BIG if n == 0 else _TESTS)]
    tests = _put(session, "test", [
        {"key": f"case{n}.t{m}", "case_id": of_case[n], "hypothesis_id": pairs[m % 2][n], "rival_id": pairs[1 - m % 2][n],
         "kind": "hoop", "prediction": "He says so.", "if_false": "He does not.", "result": "passed",
         "p_hypothesis": 0.9, "p_rival": 0.4, "resolved_at": later}
        for n, m in declared
    ])  # fmt: skip
    of_test = dict(zip(declared, tests, strict=True))
    _put(session, "bearing", [
        {"test_id": of_test[n, m % (_TESTS_BIG if n == 0 else _TESTS)], "observation_id": one, "direction": "for"}
        for (n, m), one in zip(seen, observations, strict=True)
    ])  # fmt: skip
    decisions = _put(session, "decision", [
        {"key": f"case{n}.ALLY.1", "case_id": of_case[n], "variable_version_id": _uuid(scheme), "value": "2",
         "rationale": "He said so.", "counter_evidence": "None was found.", "coder_id": ada, "decided_at": later}
        for n in range(cases)
    ])  # fmt: skip
    _put(session, "decision_test", [
        {"decision_id": decisions[n], "test_id": test} for (n, _), test in of_test.items()
    ])  # fmt: skip


def _quotes(session: Unit, numbers: range, cases: int) -> list[Any]:
    sources = _put(session, "source", [
        {"key": f"s{number}", "title": f"Memorandum {number}", "tier": "primary", "repository": f"Archive {number % 7}"}
        for number in range(numbers.start // 20, numbers.stop // 20)
    ])  # fmt: skip
    return _put(session, "quote", [
        {"key": f"q{n}", "source_id": sources[at // 20 % len(sources)], "words": _WORDS.format(number=n),
         "locator": {"page": str(n % cases)}}
        for at, n in enumerate(numbers)
    ])  # fmt: skip


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _put(session: Unit, name: str, values: list[dict[str, Any]]) -> list[Any]:
    """Insert rows with their changes, without asking the laws one by one; return their ids."""
    table = _table(name)
    made = [{"id": uuid7(), **one} for one in values]
    if name not in ("test", "bearing", "decision"):
        insert_rows(session, table, made)
        return [one["id"] for one in made]
    session.flush()
    defaults = {column.name: default_of(column, session) for column in table.c}
    whole = [{**defaults, **one} for one in made]
    session.connection().execute(insert(table), whole)
    for one in whole:
        session.note(name, one["id"], None, canonical.as_json(one))
    session.keep()
    return [one["id"] for one in made]
