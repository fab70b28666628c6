"""Conflicts: fields that two copies of a ledger changed apart, and what a person made of them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Keyed, reference
from evidence.vocabulary import Resolution

__all__ = ["Conflict"]


class Conflict(Keyed, Base):
    """One field of one row that was changed on both sides of a merge: both values, and whose they are."""

    __tablename__ = "conflict"

    noun: Mapped[str] = mapped_column(doc="What it is about: a kind of record.", info={"computed": True})
    subject_id: Mapped[uuid.UUID | None] = mapped_column(
        doc="Which record; nothing if it is the study itself.", info={"computed": True}
    )
    table_name: Mapped[str] = mapped_column(doc="The table of the row.", info={"computed": True})
    row: Mapped[str] = mapped_column(
        doc="The row's id: the record's own, or that of a row inside it.", info={"computed": True}
    )
    field: Mapped[str] = mapped_column(doc="The column.", info={"computed": True})
    base: Mapped[str | None] = mapped_column(
        doc="What both sides began with, as JSON.", info={"computed": True}
    )
    ours: Mapped[str] = mapped_column(
        doc="What stands in the ledger that was merged into, as JSON.", info={"computed": True}
    )
    theirs: Mapped[str] = mapped_column(doc="What the other ledger has, as JSON.", info={"computed": True})
    ours_by: Mapped[str] = mapped_column(doc="Who wrote ours.", info={"computed": True})
    theirs_by: Mapped[str] = mapped_column(doc="Who wrote theirs.", info={"computed": True})
    made_at: Mapped[datetime] = mapped_column(doc="When the ledgers were merged.", info={"computed": True})
    resolution: Mapped[Resolution | None] = mapped_column(
        doc="Which value a person chose; nothing while it is open.", info={"computed": True}
    )
    resolved_by: Mapped[str] = mapped_column(default="", doc="Who chose.", info={"computed": True})
    resolved_at: Mapped[datetime | None] = mapped_column(doc="When they chose.", info={"computed": True})
    note: Mapped[str] = mapped_column(default="", doc="Why that one.", info={"long": True})

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Found from what it is about."""
        return (reference("conflict", "subject_id"),)
