"""A ledger that is a file, opened by a tool for databases: views with plain names."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

import evidence
from evidence.audit.chain import load, standing
from evidence.coding.rounds import freeze
from evidence.ledger import plain_views, records, schema
from tests.kit import Ledger
from tests.team.rounds.rounds_made import coded, opened


def rows(ledger: Ledger, query: str) -> list[tuple[Any, ...]]:
    """Ask as anybody's tool does: by the file, without the program."""
    with closing(sqlite3.connect(ledger.url.removeprefix("sqlite:///"))) as connection:
        return connection.execute(query).fetchall()


def test_views_say_what_the_program_says(ledger: Ledger) -> None:
    there = {name for (name,) in rows(ledger, "SELECT name FROM sqlite_master WHERE type = 'view'")}
    assert there == set(plain_views.statements())
    for name in there:
        rows(ledger, f"SELECT * FROM {name}")
    with ledger.read() as (connection, study):
        chain = load(connection, study)
        now = {
            row.key for of in chain.decisions_of.values() for row in standing(chain.decisions[i] for i in of)
        }
        cases, quotes = len(chain.cases), len(chain.quotes)
    assert {key for (key,) in rows(ledger, "SELECT decision FROM decisions_now")} == now
    assert rows(ledger, 'SELECT count(DISTINCT "case") FROM cases_coded') == [(cases,)]
    assert rows(ledger, "SELECT count(*), count(source_title) FROM quotes_with_sources") == [(quotes, quotes)]
    words = "SELECT words, source FROM observations_with_quotes WHERE \"case\" = 'c1'"
    assert rows(ledger, words) == [("We must stand", "memo")]


def test_a_blind_code_is_told_when_its_round_is_frozen_and_what_is_retired_is_left_out(
    ledger: Ledger,
) -> None:
    opened(ledger)
    coded(ledger)
    asked = "SELECT coder, code, label FROM decisions_all WHERE coding_round IS NOT NULL"
    assert rows(ledger, asked) == []
    with ledger.write() as session:
        freeze(session, "first")
    told = rows(ledger, f"{asked} AND \"case\" = 'c1' ORDER BY coder")
    assert told == [("ada", "2", "featured"), ("ben", "2", "featured")]
    with ledger.write() as session:
        records.retire(session, records.find(session, "case", "c6"))
    assert rows(ledger, "SELECT * FROM cases_coded WHERE \"case\" = 'c6'") == []


def test_a_notebook_of_a_blind_coder_leaves_out_what_others_gave(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(ledger)
    coded(ledger)
    monkeypatch.setenv("EVIDENCE_CODER", "ada")
    study = evidence.open(ledger.url)
    asked = "SELECT c.key AS coder FROM decision d JOIN coder c ON c.id = d.coder_id WHERE coding_round_id IS NOT NULL"
    assert set(study.sql(asked)["coder"]) == {"ada"}
    assert "ben" not in set(study.decisions()["coder"])
    assert "ben" not in repr(study.why("c1"))


def test_a_view_that_somebody_changed_is_told_and_put_right(ledger: Ledger) -> None:
    assert schema.check(ledger.url) == []
    ledger.behind_its_back("DROP VIEW participants")
    ledger.behind_its_back("DROP VIEW searches_made")
    ledger.behind_its_back("CREATE VIEW searches_made AS SELECT 'none' AS search")
    ledger.behind_its_back("CREATE VIEW mine AS SELECT 1 AS one")
    assert schema.check(ledger.url) == [
        "the database has a view mine, which no program made",
        "the view searches_made is not as this program makes it; run 'evidence db upgrade'",
        "the view participants is missing; run 'evidence db upgrade'",
    ]
    schema.upgrade(ledger.url)
    assert schema.check(ledger.url) == ["the database has a view mine, which no program made"]
