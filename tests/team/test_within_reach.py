"""Distributed engines that speak PostgreSQL are kept within reach: all that the program says to a server is compiled for one.

The dialect of CockroachDB stands for them. Nothing here runs on such an engine, and the program takes no URL of one yet.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import ClauseElement, Engine, event, make_url
from sqlalchemy.schema import DDLElement

from evidence.ledger import schema, store
from evidence.models import Base
from tests.kit import Ledger, work_a_case
from tests.postgres import Server

#: Work of each kind, on the study of ``work_a_case``.
WORK = """
coder add ben --name Ben
source add note --title 'A note' --tier primary --repository 'National Archives' --box 7
quote add note.1 --source note --words 'They would not wait.'
quote edit note.1 --translation 'They would not wait'
find wait
why mid-50
check
verify
history show
history verify
source list
quote list
review memo.1 --coder ada
db check
db reindex
"""

#: What CockroachDB has not, or not as PostgreSQL has it: none of it may be said but where roles are asked for.
LACKING = re.compile(
    r"\bpg_advisory_|\bLISTEN\b|\bDEFERRABLE\b|\bEXCLUDE USING\b|\bCREATE DOMAIN\b|\bLOCK TABLE\b"
    # And what no engine does well: pages are found by the key of the last row, not by counting rows.
    r"|(?i:(?<!\")\bOFFSET\s+(%|:|\d))"
)


@pytest.fixture(scope="module")
def cockroach() -> Any:
    return make_url("cockroachdb+psycopg://somewhere/ledger").get_dialect()()


@contextmanager
def heard() -> Iterator[list[Any]]:
    """Collect what any engine is asked."""
    said: list[Any] = []

    def note(_connection: Any, asked: Any, *_rest: Any) -> None:
        said.append(asked)

    event.listen(Engine, "before_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_execute", note)


def compiled(said: list[Any], dialect: Any) -> list[str]:
    return [str(one.compile(dialect=dialect)) for one in said if isinstance(one, ClauseElement | DDLElement)]


def test_the_schema(postgres_server: Server, cockroach: Any) -> None:
    url = postgres_server.create()
    engine = store.open_engine(url.render_as_string(hide_password=False), writing=True)
    try:
        with heard() as said:
            schema.migrate(engine)
    finally:
        engine.dispose()
        postgres_server.drop(url)
    statements = compiled(said, cockroach)
    made = {found[1] for one in statements if (found := re.search(r'CREATE TABLE "?(\w+)', one))}
    assert made >= set(Base.metadata.tables)
    assert not [one for one in statements if LACKING.search(one)]


def test_what_the_program_asks(postgres_url: str, cockroach: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(postgres_url)
    monkeypatch.setenv("EVIDENCE_LEDGER", postgres_url)
    monkeypatch.setenv("EVIDENCE_AUTHOR", "ada")
    with heard() as said:
        ledger.found()
        with ledger.write() as session:
            work_a_case(session)
        for line in WORK.strip().splitlines():
            done = CliRunner().invoke(import_module("evidence.cli.app").root, shlex.split(line))
            assert done.exit_code in (0, 3), (line, done.output)
    statements = compiled(said, cockroach)
    assert {one.split()[0] for one in statements} >= {"SELECT", "INSERT", "UPDATE"}
    assert not [one for one in statements if LACKING.search(one)]
