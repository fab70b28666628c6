"""Bulk import: sources and quotes with their revision and index, against executemany of the same rows."""

from __future__ import annotations

import csv
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from bench.timing import Row, compare
from evidence.cases.filling import apply_table
from evidence.cases.table import read_table
from evidence.ledger import schema
from evidence.ledger.revisions import founding, writing
from evidence.models import Study

__all__ = ["against_executemany", "tables"]

_WORDS = (
    "I said that it looked from here that the islands were becoming a symbol, throughout the region, of the intention "
    "to back up allies in the face of probing and expansion; that this was said on the {number}th day of the month."
)


def tables(scratch: Path, sources: int, quotes: int) -> tuple[Path, Path]:
    """Write tables of so many sources and quotes, as people import them."""
    one, other = scratch / "sources.csv", scratch / "quotes.csv"
    with one.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["key", "title", "tier", "repository", "item"])
        rows.writerows(
            [f"s{n}", f"Memorandum {n}", "primary", "National Archives", f"793.00/{n}"]
            for n in range(sources)
        )
    with other.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["key", "source", "words", "locator.page"])
        rows.writerows(
            [f"s{n % sources}.{n}", f"s{n % sources}", _WORDS.format(number=n), str(n % 900)]
            for n in range(quotes)
        )
    return one, other


def against_executemany(scratch: Path, sources: int, quotes: int, rounds: int) -> Iterator[Row]:
    """Compare reading, checking and inserting with revision and index, with inserting finished rows alone.

    What ``find`` needs is a good part of an import, so the second line puts it on both sides: there the rows'
    words go into a bare FTS5 table as well.
    """
    files = tables(scratch, sources, quotes)
    empty, ledger, raw = scratch / "empty.db", scratch / "bulk.db", scratch / "raw.db"
    schema.create(f"sqlite:///{empty}")
    with founding(f"sqlite:///{empty}", Study(key="s", title="S"), author="bench", message="bench"):
        pass

    def ours() -> None:
        plans = [read_table(files[0], "source"), read_table(files[1], "quote")]
        with writing(f"sqlite:///{ledger}", "s", author="bench", message="bulk", bulk=True) as session:
            for plan in plans:
                apply_table(session, plan)

    def fresh() -> None:
        for file in (ledger, raw):
            for leftover in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
                leftover.unlink(missing_ok=True)
        for file in (ledger, raw):
            file.write_bytes(empty.read_bytes())

    fresh()
    ours()
    finished = {name: _rows(ledger, name) for name in ("source", "quote")}

    alone: list[float] = []

    def floor() -> None:
        with closing(sqlite3.connect(raw, isolation_level=None)) as connection:
            begun = time.perf_counter()
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE")
            for name, rows in finished.items():
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
            connection.execute("COMMIT")
            alone.append(time.perf_counter() - begun)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "CREATE VIRTUAL TABLE bare USING fts5(words, content='', tokenize='unicode61')"
            )
            connection.execute("INSERT INTO bare (words) SELECT title FROM source")
            connection.execute("INSERT INTO bare (words) SELECT words FROM quote")
            connection.execute("COMMIT")

    what = f"import {sources:,} sources and {quotes:,} quotes / executemany of the same rows"
    indexed = compare(f"{what} and bare FTS5", ours, floor, 3.0, rounds=rounds, between=fresh)
    bare = median(alone)
    yield Row(what, indexed.ours, bare, indexed.ours / bare, 4.0)
    yield indexed


def _rows(ledger: Path, name: str) -> list[Any]:
    with closing(sqlite3.connect(ledger)) as connection:
        return connection.execute(f"SELECT * FROM {name} ORDER BY id").fetchall()
