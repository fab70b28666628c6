"""Coders, and the reviews by which they sign."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Keyed, Record, owned
from evidence.vocabulary import Verdict

__all__ = ["Coder", "Review"]


class Coder(Keyed, Base):
    """A person, or a publication that coded the same cases."""

    __tablename__ = "coder"

    name: Mapped[str] = mapped_column(doc="Name of the person or publication.")
    orcid: Mapped[str] = mapped_column(default="", doc="ORCID iD.")
    login: Mapped[str | None] = mapped_column(
        doc="The name by which the coder signs in to a server, where rows are shown and kept by it."
    )
    source_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("source.id"), doc="The publication, if the coder is one."
    )
    note: Mapped[str] = mapped_column(default="", doc="A remark.", info={"long": True})


class Review(Record, Base):
    """A signature under something, over the fingerprint of everything that it rested on."""

    __tablename__ = "review"

    noun: Mapped[str] = mapped_column(doc="What is signed: case, quote, test or decision.")
    subject_id: Mapped[uuid.UUID] = mapped_column(doc="Which one.")
    coder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coder.id"), doc="Who signed.")
    verdict: Mapped[Verdict] = mapped_column(doc="What they say of it.")
    note: Mapped[str] = mapped_column(default="", doc="Why.", info={"long": True})
    fingerprint: Mapped[str] = mapped_column(doc="SHA-256 of all it rested on.", info={"computed": True})
    reviewed_at: Mapped[datetime] = mapped_column(doc="When.", info={"computed": True})

    __table_args__ = (owned("review", "subject_id", "coder_id", "reviewed_at"),)
