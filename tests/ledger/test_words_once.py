"""The words of a text are in the ledger once: its history notes their hash, and finds any letter that changed."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select, text

from evidence.ledger import bulk, canonical, history, records
from evidence.models import Change, Text
from tests.kit import Ledger

WORDS = "The Secretary said that “the islands” are a symbol. 台灣海峽"
DIGEST = hashlib.sha256(WORDS.encode()).hexdigest()


@pytest.fixture(params=["record", "rows"])
def held(ledger_url: str, request: pytest.FixtureRequest) -> Ledger:
    """A study that holds one text, brought in as a record or set-wise."""
    ledger = Ledger(ledger_url)
    ledger.found()
    with ledger.write() as session:
        source = records.add(session, "source", {"key": "memo", "title": "Memorandum", "tier": "primary"})
        session.flush()
        if request.param == "record":
            values = {"source": "memo", "sha256": DIGEST, "content": WORDS}
            records.add(session, "text", values, computed=True)
        else:
            row = {"source_id": source.id, "sha256": DIGEST, "content": WORDS}
            bulk.insert_rows(session, Text.__table__, [row])  # type: ignore[arg-type]
    return ledger


def test_the_history_has_the_hash_and_not_the_words(held: Ledger) -> None:
    with held.read() as (connection, study):
        changes = connection.scalars(select(Change.after)).all()
        assert not any("symbol" in after for after in changes)
        assert any(f'"content":"sha256:{DIGEST}"' in after for after in changes)
        with history.as_of(connection, study, 2) as past:
            assert past.execute(text("SELECT content FROM text")).scalar() == WORDS
    assert held.findings() == []


@pytest.mark.parametrize("changed", ["replace(content, 'are', 'were')", "NULL", f"'sha256:{DIGEST}'"])
def test_other_words_are_found(held: Ledger, changed: str) -> None:
    held.behind_its_back(f"UPDATE text SET content = {changed}")
    (found,) = held.findings()
    assert (found.rule, found.message.split()[0]) == ("EV902", "content")
    with held.read() as (connection, study), history.as_of(connection, study, 2) as past:
        assert past.execute(text("SELECT content FROM text")).scalar() is None


def test_a_history_that_has_the_words_in_full_still_holds(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(ledger_url)
    ledger.found()
    with monkeypatch.context() as before:
        before.setattr(canonical, "BY_HASH", frozenset())
        with ledger.write() as session:
            records.add(session, "source", {"key": "memo", "title": "Memorandum", "tier": "primary"})
            values = {"source": "memo", "sha256": DIGEST, "content": WORDS}
            records.add(session, "text", values, computed=True)
    assert ledger.findings() == []
    with ledger.read() as (connection, study), history.as_of(connection, study, 2) as past:
        assert past.execute(text("SELECT content FROM text")).scalar() == WORDS
    ledger.behind_its_back("UPDATE text SET content = replace(content, 'are', 'were')")
    assert [found.rule for found in ledger.findings()] == ["EV902"]
