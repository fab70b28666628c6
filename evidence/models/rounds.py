"""Rounds of coding: who codes which cases on which variable, in what order, and when their codes are frozen."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Keyed, Record, owned, reference

__all__ = ["Assignment", "CodingRound"]


class CodingRound(Keyed, Base):
    """Cases that several coders code on one variable, each alone; agreement is computed on the codes it froze."""

    __tablename__ = "coding_round"

    variable_version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("variable_version.id"), doc="The variable, in the version that all code by."
    )
    blind: Mapped[bool] = mapped_column(
        default=False, doc="Whether nobody sees another's codes before the round is frozen."
    )
    seed: Mapped[int | None] = mapped_column(
        doc="The seed by which cases were assigned and put in order; nothing if they are in the order given."
    )
    note: Mapped[str] = mapped_column(default="", doc="A remark.", info={"long": True})
    made_at: Mapped[datetime] = mapped_column(doc="When it was opened.", info={"computed": True})
    frozen_at: Mapped[datetime | None] = mapped_column(
        doc="When its codes were frozen; nothing while it is open.", info={"computed": True}
    )

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Found from its variable."""
        return (reference("coding_round", "variable_version_id"),)


class Assignment(Record, Base):
    """A case that a coder is to code in a round."""

    __tablename__ = "assignment"

    coding_round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coding_round.id"), doc="The round.")
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), doc="The case.")
    coder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coder.id"), doc="Who codes it.")
    position: Mapped[int] = mapped_column(default=0, doc="Its place in the coder's order, from 1.")

    __table_args__ = (
        owned("assignment", "coding_round_id", "case_id", "coder_id"),
        reference("assignment", "case_id"),
        reference("assignment", "coder_id"),
    )
