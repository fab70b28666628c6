"""Loading asks the same few questions, however many cases there are, on either engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from evidence.publish.contexts import passage
from evidence.publish.load import load
from evidence.publish.render import appendix
from tests.publish.strait import add_cases, deep_case, found, reasoned, sign

#: Two to know how large it is, 13 for its rows, the others for its releases, its challenges, its numbers and its agreement.
_READ, _SUSPECTS = 44, 30  # the latter where something changed beneath a code or a signature


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """Collect the statements that are issued."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(connection.engine, "before_cursor_execute", note)
    yield statements
    event.remove(connection.engine, "before_cursor_execute", note)


def test_statements_do_not_grow_with_cases(sqlite_url: str, tmp_path: Path) -> None:
    ledger = found(sqlite_url)
    counts: list[int] = []
    for numbers in (range(50, 53), range(53, 110)):
        add_cases(ledger, numbers)
        with ledger.read() as (connection, study), counted(connection) as statements:
            appendix(connection, study, tmp_path / f"site {len(counts)}")
        counts.append(len(statements))
    assert counts == [_READ, _READ]


def test_statements_for_reasoning_do_not_grow_with_what_is_there(sqlite_url: str, tmp_path: Path) -> None:
    from evidence.ledger import records  # noqa: PLC0415

    ledger = reasoned(sqlite_url)
    counts: list[int] = []
    for number in range(3):
        sign(ledger, "decision", "mid-50.ALLY.5")
        sign(ledger, "quote", "mid-50.q1")
        with ledger.write("change") as session:
            for key in ("mid-50.t1", "mid-50.t2"):
                test = records.find(session, "test", key)
                records.edit(session, "test", test, {"note": f"Once more {number}."})
        add_cases(ledger, range(53 + 10 * number, 63 + 10 * number))
        with ledger.read() as (connection, study), counted(connection) as statements:
            appendix(connection, study, tmp_path / f"site {len(counts)}")
        counts.append(len(statements))
    assert len(set(counts)) == 1, counts
    assert _READ < counts[0] <= _READ + _SUSPECTS


def test_a_text_that_is_quoted_often_comes_once_and_is_cut_alike(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evidence.ledger import records  # noqa: PLC0415

    ledger = found(ledger_url)
    content = "The 島 beginning. " + " ".join(f"Word {number} – was said." for number in range(600))
    with ledger.write("quotes") as session:
        records.add(session, "source", {"key": "long", "title": "Long", "tier": "primary"})
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        text = {"source": "long", "content": content, "sha256": sha256, "parts": [["body", "", 0, 9000]]}
        records.add(session, "text", text, computed=True)
        for number in range(0, 600, 10):
            words = f"Word {number} – was said"
            records.add(session, "quote", {"source": "long", "key": f"long.{number}", "words": words})
    shown = []
    for many in (50, 100):
        monkeypatch.setattr("evidence.publish.queries.MANY", many)
        with ledger.read() as (connection, study):
            rows = load(connection, study)
        (held,) = (row for row in rows.texts if row.sha256 == sha256)
        assert (held.content is not None) == (many == 50)
        quotes = [row for row in rows.quotes if row.verified_sha256 == sha256]
        shown.append({row.key: passage(row, held) for row in quotes})
    assert shown[0] == shown[1]
    assert len(shown[0]) == 60
    first = shown[0]["long.0"]
    assert first is not None
    assert "島" in first.before


def test_both_engines_give_the_same_bytes(ledger_url: str, tmp_path: Path) -> None:
    ledger = found(ledger_url)
    add_cases(ledger, range(50, 53))
    deep_case(ledger)
    with ledger.read() as (connection, study):
        rows = load(connection, study)
        appendix(connection, study, tmp_path / "site")
    assert len(rows.cases) == 3
    page = (tmp_path / "site" / "cases" / "mid-50.html").read_text("utf-8")
    assert "1 May 2026, 10:00 UTC" in page
    assert "(implied: smoking gun)" in page


def test_what_was_retired_is_left_out(sqlite_url: str, tmp_path: Path) -> None:
    from evidence.ledger import records  # noqa: PLC0415

    ledger = found(sqlite_url, universe_count=3)
    add_cases(ledger, range(50, 53))
    deep_case(ledger)
    with ledger.write("retire") as session:
        for noun, key in (
            ("case", "mid-52"),
            *(("decision", f"mid-50.ALLY.{n}") for n in (1, 2, 3)),
            ("observation", "mid-50.o2"),
            ("test", "mid-50.t2"),
        ):
            records.retire(session, records.find(session, noun, key))
    with ledger.read() as (connection, study):
        appendix(connection, study, tmp_path / "site")
    page = (tmp_path / "site" / "cases" / "mid-50.html").read_text("utf-8")
    assert "None asked" not in page
    assert 'id="T2"' not in page
    assert not (tmp_path / "site" / "cases" / "mid-52.html").exists()
    assert "taken out of the study were mid-52" in (tmp_path / "site" / "index.html").read_text("utf-8")
