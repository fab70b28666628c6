"""Keep a ledger of the present schema for the programs to come: ``python -m tests.databases.make``.

Each release leaves one behind, named after its schema. A ledger of a released schema is never made again:
it stands for the files that people have.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from evidence.ledger import records, schema
from evidence.ledger.store import HEAD
from tests.kit import Ledger, work_a_case

FOLDER = Path(__file__).resolve().parent


def make(file: Path) -> None:
    """Write a small ledger with something in every kind of change: added, edited, renamed, retired."""
    ledger = Ledger(f"sqlite:///{file}")
    schema.create(ledger.url)
    ledger.found()
    with ledger.write("work a case") as session:
        work_a_case(session)
    with ledger.write("title it", author="Bob Ñandú") as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "台灣海峽 “Strait”"})
    with ledger.write("rename and retire") as session:
        records.rename(session, "case", records.find(session, "case", "mid-50"), "strait")
        records.retire(session, records.find(session, "observation", "o1"))
    with sqlite3.connect(file, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")
    connection.close()


if __name__ == "__main__":
    target = FOLDER / f"{HEAD}.sqlite"
    target.unlink(missing_ok=True)
    make(target)
