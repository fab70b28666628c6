"""Ledgers to measure with: the shipped study, and the same with its cases copied until there are many."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from evidence.ledger import schema
from evidence.ledger.store import open_engine
from evidence.models import Base
from evidence.models.base import uuid7
from evidence.resources import folder
from evidence.study.read import read

__all__ = ["example", "multiplied"]

#: What belongs to a case, parents before children. What several cases share is not copied.
_COPIED = (
    "case", "alias", "participation", "hypothesis", "rivalry", "observation", "observation_quote", "search",
    "test", "bearing", "decision", "decision_test", "decision_observation", "decision_search",
)  # fmt: skip


def example(file: Path) -> Path:
    """Make a ledger of the shipped study."""
    url = f"sqlite:///{file}"
    schema.create(url)
    read(url, folder("examples") / "beckley2015", author="bench", message="bench")
    return file


def multiplied(file: Path, start: Path, cases: int) -> Path:
    """Make a ledger of so many cases: those of ``start``, and copies of them."""
    shutil.copyfile(start, file)
    engine = open_engine(f"sqlite:///{file}", writing=True)
    with engine.begin() as connection:
        held = {name: _rows(connection, Base.metadata.tables[name]) for name in _COPIED}
        own = held["case"]
        for number in range(1, cases // len(own) + 1):
            _copy(connection, held, number, {row["id"] for row in own[: max(cases - number * len(own), 0)]})
    engine.dispose()
    return file


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table))]  # noqa: SLF001 - a public name


def _copy(
    connection: Connection, held: dict[str, list[dict[str, Any]]], number: int, chosen: set[uuid.UUID]
) -> None:
    ids: dict[uuid.UUID, uuid.UUID] = {}
    for name in _COPIED:
        table = Base.metadata.tables[name]
        links = [column.name for column in table.c if column.foreign_keys and column.name != "study_id"]
        rows = []
        for row in held[name]:
            mine = row["id"] in chosen if name == "case" else any(row[link] in ids for link in links)
            if not mine:
                continue
            ids[row["id"]] = uuid7()
            copy = {**row, **{link: ids.get(row[link], row[link]) for link in links}, "id": ids[row["id"]]}
            for key in ("key", "number"):
                if key in copy:
                    copy[key] = f"{copy[key]}-{number}"
            rows.append(copy)
        if rows:
            connection.execute(insert(table), rows)
