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

__all__ = ["example", "multiplied", "quoted"]

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


def quoted(file: Path, start: Path, cases: int, each: int) -> Path:
    """Make a ledger of so many cases, with so many observations of quotes each besides, from a source for each case."""
    multiplied(file, start, cases)
    engine = open_engine(f"sqlite:///{file}", writing=True)
    with engine.begin() as connection:
        models = {
            name: _rows(connection, Base.metadata.tables[name])[0]
            for name in ("source", "quote", "observation")
        }
        for case in _rows(connection, Base.metadata.tables["case"]):
            _quote(connection, models, case, each)
    engine.dispose()
    return file


def _quote(
    connection: Connection, models: dict[str, dict[str, Any]], case: dict[str, Any], each: int
) -> None:
    key, source = case["key"], uuid7()
    rows: dict[str, list[dict[str, Any]]] = {
        "source": [],
        "quote": [],
        "observation": [],
        "observation_quote": [],
    }
    title = f"Papers on {key}"
    rows["source"].append(
        {**models["source"], "id": source, "key": f"{key}.papers", "title": title, "derived_from_id": None}
    )
    for number in range(each):
        quote, observation, name = uuid7(), uuid7(), f"{key}.x{number}"
        said = f"Telegram {number}: the embassy reports that nothing has changed on the coast since the last {key}."
        rows["quote"].append(
            {**models["quote"], "id": quote, "key": name, "source_id": source, "words": said}
        )
        seen = {"id": observation, "key": name, "case_id": case["id"], "proposition": f"Report {number}."}
        rows["observation"].append({**models["observation"], **seen})
        link = {"id": uuid7(), "study_id": case["study_id"], "observation_id": observation, "quote_id": quote}
        rows["observation_quote"].append({**link, "retired_at": None})
    for name, found in rows.items():
        connection.execute(insert(Base.metadata.tables[name]), found)
