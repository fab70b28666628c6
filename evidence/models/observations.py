"""Observations, searches, and the bearings by which they are brought to tests."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Json, Keyed, Record, owned, reference
from evidence.stated import Stated
from evidence.vocabulary import Direction, SearchStatus

__all__ = ["Bearing", "Observation", "ObservationQuote", "Search"]


class Observation(Keyed, Base):
    """What is observed, in the analyst's words: 'S stated X', and apart from it what is inferred."""

    __tablename__ = "observation"

    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"), doc="The case it was made in.")
    proposition: Mapped[str] = mapped_column(doc="What the quote shows: S stated X.", info={"long": True})
    inference: Mapped[str] = mapped_column(default="", doc="What is inferred from it.", info={"long": True})
    speaker: Mapped[str] = mapped_column(
        default="", doc="Whose words they are; a memo's writer is not its reader."
    )
    occurred: Mapped[str | None] = mapped_column(doc="When it happened (EDTF).", info={"edtf": True})
    lineage: Mapped[str] = mapped_column(
        default="", doc="Cluster of observations that go back to one origin."
    )
    note: Mapped[str] = mapped_column(default="", doc="A remark.", info={"long": True})
    identifiers: Mapped[Json | None] = mapped_column(
        doc="What others know it by: the field notes it came from ...", info={"form": "names"}
    )
    first_seen_at: Mapped[datetime] = mapped_column(doc="When it was first seen.", info={"computed": True})

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Found from its case."""
        return (reference("observation", "case_id"),)


class ObservationQuote(Record, Base):
    """A quote that an observation rests on."""

    __tablename__ = "observation_quote"

    observation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("observation.id"), doc="The observation.")
    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), doc="The quote.")

    __table_args__ = (
        owned("observation_quote", "observation_id", "quote_id"),
        reference("observation_quote", "quote_id"),
    )


class Search(Keyed, Base):
    """Where we looked and what for, so that what was not found can be weighed."""

    __tablename__ = "search"

    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"), doc="The case.")
    question: Mapped[str] = mapped_column(doc="What was looked for.", info={"long": True})
    corpus: Mapped[str] = mapped_column(doc="Where: series, boxes, volumes, a database.", info={"long": True})
    terms: Mapped[Json] = mapped_column(default=list, doc="The terms used.", info={"form": "strings"})
    period: Mapped[str | None] = mapped_column(doc="The dates covered (EDTF).", info={"edtf": True})
    coverage: Mapped[str] = mapped_column(default="", doc="How much of it was read.", info={"long": True})
    gaps: Mapped[str] = mapped_column(
        default="", doc="What could not be read: closed, destroyed, not digitised.", info={"long": True}
    )
    sensitivity: Mapped[Json | None] = mapped_column(
        Stated(),
        doc="P(found given it exists and was searched): a number, a range or a word.",
        info={"form": "likelihood"},
    )
    hits: Mapped[int | None] = mapped_column(doc="How many passages answered; 0 if none.")
    found: Mapped[str] = mapped_column(default="", doc="What came of it.", info={"long": True})
    searched_on: Mapped[str | None] = mapped_column(doc="When it was made (EDTF).", info={"edtf": True})
    coder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("coder.id"), doc="Who searched.")
    status: Mapped[SearchStatus] = mapped_column(default=SearchStatus.DONE, doc="Whether it was made.")
    first_seen_at: Mapped[datetime] = mapped_column(doc="When it was logged.", info={"computed": True})

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Found from its case."""
        return (reference("search", "case_id"),)


class Bearing(Record, Base):
    """An observation or a search, brought to a test."""

    __tablename__ = "bearing"

    test_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("test.id"), doc="The test.")
    observation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("observation.id"), doc="The observation."
    )
    search_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("search.id"), doc="The search.")
    direction: Mapped[Direction] = mapped_column(doc="For the test's hypothesis, or against it.")
    p_hypothesis: Mapped[Json | None] = mapped_column(
        Stated(),
        doc="P(this given the hypothesis): a number, a range or a word.",
        info={"form": "likelihood"},
    )
    p_rival: Mapped[Json | None] = mapped_column(
        Stated(), doc="P(this given the rival): a number, a range or a word.", info={"form": "likelihood"}
    )
    note: Mapped[str] = mapped_column(default="", doc="Why it bears so.", info={"long": True})

    __table_args__ = (
        CheckConstraint("(observation_id IS NULL) <> (search_id IS NULL)", name="one_subject"),
        # Two, because one of them is always empty, and an index takes no two empty values for the same.
        owned("bearing", "test_id", "observation_id"),
        owned("bearing", "test_id", "search_id"),
        reference("bearing", "observation_id"),
        reference("bearing", "search_id"),
    )
