"""A whole ledger moves between a file and a server, with its history, and comes back as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from evidence.ledger import checking, records
from evidence.ledger.backups import copy
from evidence.ledger.store import reading_all
from evidence.models import Base
from tests.kit import Ledger, Run, work_a_case


def worked(url: str) -> Ledger:
    """A study with a case in it, and a source that is derived from one that came after it."""
    ledger = Ledger(url)
    ledger.found()
    with ledger.write() as session:
        work_a_case(session)
    with ledger.write("a book, from which the memorandum was taken") as session:
        records.add(
            session, "source", {"key": "book", "title": "Ein Buch \\ mit\tZeichen, 島", "tier": "secondary"}
        )
        records.edit(session, "source", records.find(session, "source", "memo"), {"derived_from": "book"})
        records.add(
            session,
            "text",
            {"source": "book", "content": "One\n\\N\ttwo\r\n", "sha256": "0" * 64},
            computed=True,
        )
    return ledger


def rows(url: str) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, as the program reads it."""
    with reading_all(url) as connection:
        return {
            table.name: [
                dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def test_a_copy_has_every_row_and_the_same_history(ledger_url: str, empty_url: str, tmp_path: Path) -> None:
    """From either database to the other, and from there into a file again."""
    ledger = worked(ledger_url)
    there = empty_url if empty_url.startswith("postgres") else f"sqlite:///{tmp_path / 'copy.db'}"
    heads = copy(ledger_url, there)
    assert heads == {"entangled": (3, ledger.entries()[-1].digest)}
    back = f"sqlite:///{tmp_path / 'back.db'}"
    assert copy(there, back) == heads
    assert rows(ledger_url) == rows(there) == rows(back)
    for url in (there, back):
        assert checking.check(url) == []
        with Ledger(url).write("work goes on") as session:
            records.add(session, "source", {"key": "later", "title": "Later", "tier": "news"})
        assert Ledger(url).findings() == []


def test_nothing_is_copied_over_anything(
    run: Run, sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    worked(sqlite_url)
    before = worked(postgres_url).entries()
    (tmp_path / "there.db").write_text("mine", encoding="utf-8")
    for target, said in (
        ("there.db", "there.db is there already, and nothing is overwritten"),
        (postgres_url, "There is a study in "),
        ("nowhere/copy.db", "nowhere/copy.db cannot be written"),
        ("mysql://a@b/c", "names no database that this program knows"),
    ):
        done = run("--ledger", sqlite_url, "db", "copy", target)
        assert (done.code, said in done.stderr, done.stderr.count("\n")) == (1, True, 1), done
    assert (tmp_path / "there.db").read_text("utf-8") == "mine"
    assert Ledger(postgres_url).entries() == before
    done = run("--ledger", sqlite_url, "db", "copy", "good.db")
    assert done.stderr.startswith("The ledger is copied to good.db.\nStudy entangled: revision 3, ")
