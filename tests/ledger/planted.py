"""A ledger with rows in every table and something in every column, for tests that look at all of them."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Enum, Integer, Table, Uuid, insert, select

from evidence.ledger import canonical, records
from evidence.ledger.revisions import Unit
from evidence.models import Base, Study
from evidence.models.base import uuid7
from evidence.moments import Instant
from evidence.stated import Stated
from tests.kit import Ledger, work_a_case

#: Tables that are not about the world: the ledger's memory.
MEMORY = ("revision", "change")
TABLES = [table for table in Base.metadata.sorted_tables if table.name not in MEMORY]
_JSON = {"name": "Dulles, “J. F.”", "pages": [3, 0.25], "open": True, "box": None}


def plant(ledger: Ledger) -> None:
    """Work a case, edit and rename it, and put into every table one row for each of its columns, all filled."""
    with ledger.write("work a case") as session:
        work_a_case(session)
    with ledger.write("plant", author="Bob") as session:
        study = session.get_one(Study, session.study_id)
        for column in Study.__table__.columns:
            if column.name not in ("id", "key", "profile", "retired_at"):
                setattr(study, column.name, _value(session, column, 0))
        session.flush()
        for table in TABLES:
            if table.name != "study":
                for number in range(len(table.columns)):
                    _row(session, table, number)
    with ledger.write("retitle", author="Cem") as session:
        case = records.find(session, "case", "mid-50")
        records.edit(session, "case", case, {"title": "First Strait crisis"})
    with ledger.write("rename") as session:
        records.rename(session, "case", records.find(session, "case", "mid-50"), "strait")
        records.edit(
            session, "source", records.find(session, "source", "memo"), {"title": "Memorandum, again"}
        )


def _row(session: Unit, table: Table, number: int) -> None:
    """Insert a row and note it, as a flush does; no law is asked."""
    values = {column.name: _value(session, column, number) for column in table.columns}
    if table.name == "bearing":  # which has one subject, and not two
        values["observation_id" if number % 2 else "search_id"] = None
    session.execute(insert(table), [values])
    session.note(table.name, values["id"], None, canonical.as_json(values))
    session.keep()


def _value(session: Unit, column: Any, number: int) -> Any:  # noqa: PLR0911 - a kind of column after the other
    if column.name == "id":
        return uuid7()
    if column.name == "study_id":
        return session.study_id
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        known = session.scalars(select(target).order_by(target)).all()
        return known[-1 - number % len(known)] if known else None
    if isinstance(column.type, Uuid):
        return uuid.UUID(int=uuid.uuid5(uuid.NAMESPACE_DNS, f"{column} {number}").int)
    for kind, value in (
        (Stated, [0.25, 0.5]),
        (JSON, _JSON),
        (Boolean, True),
        (Integer, 4096 * (number + 1)),
        (Instant, datetime(2026, 3, 2, 10, 15, number, 120_000, UTC)),
        (Date, date(1955, 1, 2 + number)),
    ):
        if isinstance(column.type, kind):
            return value
    if isinstance(column.type, Enum):
        return next(iter(column.type.enum_class or ()))
    return f"The {column.name} of {column.table.name}, number {number}"
