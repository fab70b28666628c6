"""States, and the treaties between them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Keyed, Record, owned, reference
from evidence.vocabulary import CommitmentKind

__all__ = ["Actor", "Commitment", "Membership"]


class Actor(Keyed, Base):
    """A state, or another party to a case."""

    __tablename__ = "actor"

    ccode: Mapped[int | None] = mapped_column(doc="COW country code (USA = 2).")
    abbreviation: Mapped[str] = mapped_column(default="", doc="Abbreviation in the data; not a key.")
    name: Mapped[str] = mapped_column(doc="Its name.")
    note: Mapped[str] = mapped_column(default="", doc="A remark.", info={"long": True})

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """One state for each country code."""
        return (owned("actor", "ccode"),)


class Commitment(Keyed, Base):
    """A treaty between states."""

    __tablename__ = "commitment"

    title: Mapped[str] = mapped_column(doc="The treaty's name.")
    kind: Mapped[CommitmentKind] = mapped_column(doc="What it obliges its members to do.")
    signed: Mapped[str | None] = mapped_column(doc="When it was signed (EDTF).", info={"edtf": True})
    basis: Mapped[str] = mapped_column(
        default="", doc="What this entry rests on, such as an article of the treaty.", info={"long": True}
    )


class Membership(Record, Base):
    """A spell of one state's membership of a treaty."""

    __tablename__ = "membership"

    commitment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commitment.id"), doc="The treaty.")
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("actor.id"), doc="The member.")
    start: Mapped[str] = mapped_column(doc="From when it was bound (EDTF).", info={"edtf": True})
    end: Mapped[str | None] = mapped_column(
        doc="Until when (EDTF); empty while in force.", info={"edtf": True}
    )
    note: Mapped[str] = mapped_column(default="", doc="A remark.")

    __table_args__ = (
        owned("membership", "commitment_id", "actor_id", "start"),
        reference("membership", "actor_id"),
    )
