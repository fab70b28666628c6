"""Releases of the appendix, and what readers challenge in it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Json, Keyed, reference
from evidence.vocabulary import Answer, Motivation

__all__ = ["Challenge", "Release"]


class Release(Keyed, Base):
    """A revision that was published under a name: what it was, and what was made of it."""

    __tablename__ = "release"

    revision: Mapped[int] = mapped_column(
        doc="The number of the revision that was published, in its ledger.", info={"computed": True}
    )
    digest: Mapped[str] = mapped_column(
        doc="Digest of that revision, by which it is found.", info={"computed": True}
    )
    made_at: Mapped[datetime] = mapped_column(doc="When it was made.", info={"computed": True})
    author: Mapped[str] = mapped_column(doc="Who made it.", info={"computed": True})
    note: Mapped[str] = mapped_column(
        default="", doc="What is new in it, in a sentence.", info={"long": True}
    )
    tool_version: Mapped[str] = mapped_column(
        doc="Which version of the program rendered it.", info={"computed": True}
    )
    formats: Mapped[Json] = mapped_column(
        default=list, doc="What it was rendered as.", info={"form": "strings", "computed": True}
    )
    styles: Mapped[Json] = mapped_column(
        default=list, doc="CSL styles of its citations.", info={"form": "strings", "computed": True}
    )
    manifest: Mapped[str] = mapped_column(
        doc="SHA-256 of its manifest, which has that of every file.", info={"computed": True}
    )


class Challenge(Keyed, Base):
    """What a reader doubts: a quote or a code, in the reader's words, and what it was answered."""

    __tablename__ = "challenge"

    noun: Mapped[str] = mapped_column(
        doc="What is challenged: quote, decision, test, observation, search, case or source.",
        info={"computed": True},
    )
    subject_id: Mapped[uuid.UUID] = mapped_column(doc="Which one.", info={"computed": True})
    motivation: Mapped[Motivation] = mapped_column(
        default=Motivation.QUESTIONING,
        doc="Whether the reader asks, or says that it is wrong.",
        info={"computed": True},
    )
    reason: Mapped[str] = mapped_column(doc="The reader's reason.", info={"long": True, "computed": True})
    by: Mapped[str] = mapped_column(default="", doc="The name that the reader gave.", info={"computed": True})
    by_uri: Mapped[str] = mapped_column(
        default="", doc="The address that the reader gave, such as an ORCID iD.", info={"computed": True}
    )
    words: Mapped[str] = mapped_column(
        default="", doc="The words challenged, as the reader saw them.", info={"computed": True}
    )
    prefix: Mapped[str] = mapped_column(default="", doc="What stood before them.", info={"computed": True})
    suffix: Mapped[str] = mapped_column(default="", doc="What stood after them.", info={"computed": True})
    address: Mapped[str] = mapped_column(
        default="", doc="The page where the reader was.", info={"computed": True}
    )
    annotation: Mapped[str] = mapped_column(
        doc="The id of the Web Annotation that brought it.", info={"computed": True}
    )
    release_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("release.id"), doc="The release that the reader read.", info={"computed": True}
    )
    digest: Mapped[str] = mapped_column(
        default="", doc="Digest of the revision that the reader read.", info={"computed": True}
    )
    stated_at: Mapped[datetime | None] = mapped_column(
        doc="When the reader wrote it, as the file says.", info={"computed": True}
    )
    received_at: Mapped[datetime] = mapped_column(doc="When it was imported.", info={"computed": True})
    verdict: Mapped[Answer | None] = mapped_column(
        doc="What came of it; nothing while it is open.", info={"computed": True}
    )
    answer: Mapped[str] = mapped_column(
        default="", doc="The study's answer.", info={"long": True, "computed": True}
    )
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("coder.id"), doc="Who answered.", info={"computed": True}
    )
    answered_at: Mapped[datetime | None] = mapped_column(doc="When.", info={"computed": True})

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """By what is challenged, and by every link."""
        return (
            reference("challenge", "subject_id"),
            reference("challenge", "release_id"),
            reference("challenge", "answered_by_id"),
        )
