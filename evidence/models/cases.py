"""Cases, the episodes that group them, their parties, and their numbers in data sets."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Json, Keyed, Record, owned, reference
from evidence.vocabulary import CaseStatus

__all__ = ["Alias", "Case", "Episode", "EpisodeCase", "Participation"]


class Case(Keyed, Base):
    """One dispute."""

    __tablename__ = "case"

    title: Mapped[str] = mapped_column(doc="What a reader calls it.")
    start: Mapped[str | None] = mapped_column(doc="When it began (EDTF).", info={"edtf": True})
    end: Mapped[str | None] = mapped_column(doc="When it ended (EDTF).", info={"edtf": True})
    start_earliest: Mapped[date | None] = mapped_column(info={"derived": True})
    start_latest: Mapped[date | None] = mapped_column(info={"derived": True})
    end_earliest: Mapped[date | None] = mapped_column(info={"derived": True})
    end_latest: Mapped[date | None] = mapped_column(info={"derived": True})
    status: Mapped[CaseStatus] = mapped_column(
        default=CaseStatus.SCREEN, doc="How far it has been taken: screened, or process-traced."
    )
    screening: Mapped[str] = mapped_column(
        default="", doc="What was looked at to screen it, if it was not process-traced.", info={"long": True}
    )
    attributes: Mapped[Json] = mapped_column(
        default=dict,
        doc="Facts from its data set, by name: numbers, words or truth values.",
        info={"form": "facts"},
    )
    data_set: Mapped[str] = mapped_column(default="", doc="The data set that its facts come from.")
    data_version: Mapped[str] = mapped_column(default="", doc="That data set's version.")
    narrative: Mapped[str] = mapped_column(
        default="", doc="The case, written (Markdown; [@KEY] cites a quote).", info={"long": True}
    )

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Cases sort by the first day that they can have begun."""
        return (reference("case", "start_earliest"),)


class Alias(Record, Base):
    """A case's number in one version of a data set; after a merger, the number that leads to it."""

    __tablename__ = "alias"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), doc="The case it leads to.")
    data_set: Mapped[str] = mapped_column(doc="The data set, such as COW MID.")
    version: Mapped[str] = mapped_column(doc="Its version, such as 4.01.")
    number: Mapped[str] = mapped_column(doc="The number there.")
    merged: Mapped[bool] = mapped_column(
        default=False, doc="True if that version merged the number into this case."
    )

    __table_args__ = (owned("alias", "data_set", "version", "number"), reference("alias", "case_id"))


class Participation(Record, Base):
    """One state's part in a case: a spell on one side, with its own hostility."""

    __tablename__ = "participation"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), doc="The case.")
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("actor.id"), doc="The state.")
    side: Mapped[str] = mapped_column(doc="A or B.")
    spell: Mapped[int] = mapped_column(default=1, doc="1 for its first part on that side, 2 if it came back.")
    role: Mapped[str] = mapped_column(default="", doc="Originator, joiner, or in your own words.")
    start: Mapped[str | None] = mapped_column(doc="When it took part from (EDTF).", info={"edtf": True})
    end: Mapped[str | None] = mapped_column(doc="Until when (EDTF).", info={"edtf": True})
    hostility: Mapped[int | None] = mapped_column(
        doc="This state's own highest hostility level, 1 to 5; never the dispute's."
    )
    action: Mapped[int | None] = mapped_column(doc="This state's own highest action, COW HiAct 0 to 21.")
    attributes: Mapped[Json] = mapped_column(
        default=dict, doc="Further facts about its part, by name.", info={"form": "facts"}
    )

    __table_args__ = (
        owned("participation", "case_id", "actor_id", "side", "spell"),
        reference("participation", "actor_id"),
    )


class Episode(Keyed, Base):
    """A group of cases examined together."""

    __tablename__ = "episode"

    title: Mapped[str] = mapped_column(doc="Its title.")
    description: Mapped[str] = mapped_column(default="", doc="What it was (Markdown).", info={"long": True})
    basis: Mapped[str] = mapped_column(
        default="", doc="Who put these cases together, or that it is inferred.", info={"long": True}
    )


class EpisodeCase(Record, Base):
    """A case's place in an episode."""

    __tablename__ = "episode_case"

    episode_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("episode.id"), doc="The episode.")
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), doc="The case.")
    tier: Mapped[str] = mapped_column(default="core", doc="core, or alternate.")
    note: Mapped[str] = mapped_column(default="", doc="Why it is here.")

    __table_args__ = (owned("episode_case", "episode_id", "case_id"), reference("episode_case", "case_id"))
