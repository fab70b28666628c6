"""The ledger's own memory: revisions, the changes they made, and keys that have moved."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Json, owned, uuid7

__all__ = ["Change", "Redirect", "Revision"]


class Revision(Base):
    """One unit of work: who, when, why, and a digest over its parents and its changes."""

    __tablename__ = "revision"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int] = mapped_column(doc="Its place in this ledger's history of the study, from 1.")
    author: Mapped[str] = mapped_column(doc="Who.")
    made_at: Mapped[datetime] = mapped_column(doc="When.")
    message: Mapped[str] = mapped_column(doc="Why.")
    tool_version: Mapped[str] = mapped_column(doc="Which version of the program.")
    parents: Mapped[Json] = mapped_column(
        doc="Digests of the revisions before it: one, or two after a merge."
    )
    digest: Mapped[str] = mapped_column(doc="SHA-256 over all of the above and its changes.")

    __table_args__ = (owned("revision", "number"), owned("revision", "digest"))


class Change(Base):
    """One row as a revision found it and left it, in canonical JSON."""

    __tablename__ = "change"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("study.id"))
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("revision.id"))
    position: Mapped[int] = mapped_column(doc="Its place in the revision, from 0.")
    table_name: Mapped[str] = mapped_column(doc="The table.")
    row_id: Mapped[uuid.UUID] = mapped_column(doc="The row.")
    before: Mapped[str | None] = mapped_column(doc="The changed columns before; nothing for a new row.")
    after: Mapped[str] = mapped_column(doc="The changed columns after; all of them for a new row.")

    __table_args__ = (
        owned("change", "revision_id", "position"),
        owned("change", "row_id", "revision_id", "position"),
    )


class Redirect(Base):
    """A key that a record once had; it leads to the record and is never used again."""

    __tablename__ = "redirect"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("study.id"))
    noun: Mapped[str] = mapped_column(doc="What kind of record.")
    key: Mapped[str] = mapped_column(doc="The key it had.")
    row_id: Mapped[uuid.UUID] = mapped_column(doc="The record.")
    retired_at: Mapped[datetime | None] = mapped_column(info={"computed": True})

    __table_args__ = (owned("redirect", "noun", "key"),)
