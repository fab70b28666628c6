"""What every table shares: names of constraints, keys, times, and the columns of a record.

A column's ``doc`` is the help that the command line and the manual show. Its ``info`` says what the
program does with it: ``computed`` is set by a command and never by hand, ``derived`` follows from another
column and is not written out, ``edtf`` is a date, ``long`` is text that wants an editor, ``form`` names the
shape of a JSON value.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import JSON, Date, Enum, ForeignKey, Index, MetaData, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from evidence import vocabulary
from evidence.moments import Instant

__all__ = ["Base", "Instant", "Json", "Keyed", "Record", "owned", "reference", "uuid7", "uuid7s"]

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

Json: TypeAlias = Any  # a JSON value; its shape is named by the column's info["form"]
_clock = threading.Lock()
_last = 0
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def uuid7() -> uuid.UUID:
    """Return a new UUID version 7 (RFC 9562): time first, so that rows sort as they were made.

    Within one process each is greater than the one before.
    """
    return uuid.UUID(uuid7s(1)[0])


def uuid7s(count: int) -> list[str]:
    """Return ``count`` new UUIDs version 7 in ascending order, as 32 hexadecimal digits each."""
    global _last  # noqa: PLW0603 - the counter is the point
    with _clock:
        # 48 bits of milliseconds and 12 of their fraction; a tie moves on by one.
        nanoseconds = time.time_ns()
        stamp = ((nanoseconds // 1_000_000) << 12) | ((nanoseconds % 1_000_000) * 4096 // 1_000_000)
        first = max(stamp, _last + 1)
        _last = first + count - 1
    chance = os.urandom(8 * count).hex()
    return [
        # The digit after the version's 7 is the fraction's first; the variant is two bits, 8 to b.
        f"{stamp >> 12:012x}7{stamp & 0xFFF:03x}{_VARIANT[chance[at]]}{chance[at + 1 : at + 16]}"
        for stamp, at in zip(range(first, first + count), range(0, 16 * count, 16), strict=True)
    ]


class Base(DeclarativeBase):
    """The one schema, for SQLite and PostgreSQL alike."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own form
        str: Text(),
        date: Date(),
        datetime: Instant(),
        uuid.UUID: Uuid(),
        Json: JSON(none_as_null=True),
        **{
            word: Enum(
                word,
                native_enum=False,
                create_constraint=True,
                # Constraint names must be stable and unique in a table: the column's name is added by NAMES.
                name=word.__name__.lower(),
                length=32,
                values_callable=lambda members: [member.value for member in members],
            )
            for word in (getattr(vocabulary, name) for name in vocabulary.__all__ if name != "PROFILES")
        },
    }


class Record:
    """What the ledger records of anything: an id that no other ledger uses, a study, a retirement."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-30)
    retired_at: Mapped[datetime | None] = mapped_column(
        doc="When it was retired; rows are never deleted.", info={"computed": True}, sort_order=90
    )

    @declared_attr
    def study_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        """The study that the record belongs to."""
        return mapped_column(ForeignKey("study.id"), sort_order=-20)


class Keyed(Record):
    """A record that people name by a key, unique in its study and never used again."""

    key: Mapped[str] = mapped_column(doc="Its key, unique in the study.", sort_order=-10)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """One key, one record."""
        return (owned(cls.__tablename__, "key"), *cls.references())  # type: ignore[attr-defined]

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Further constraints and indexes; a noun with links overrides it."""
        return ()


def owned(table: str, *columns: str) -> Index:
    """Return a unique index within a study; ``study_id`` first, as in every index."""
    return Index(f"uq_{table}_{'_'.join(columns)}", "study_id", *columns, unique=True)


def reference(table: str, column: str) -> Index:
    """Return the index by which a link is walked backwards."""
    return Index(f"ix_{table}_{column}", "study_id", column)
