"""Quotes: verbatim words from a source, and what was found when they were looked for."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Json, Keyed, reference
from evidence.vocabulary import QuoteState

__all__ = ["Quote"]


class Quote(Keyed, Base):
    """Verbatim words from a source, with their place in it."""

    __tablename__ = "quote"

    source_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("source.id"), doc="The source.")
    words: Mapped[str] = mapped_column(doc="The words, exactly as they stand.", info={"long": True})
    locator: Mapped[Json] = mapped_column(
        default=dict, doc="Where they stand: page, document, folio, frame ...", info={"form": "locator"}
    )
    prefix: Mapped[str] = mapped_column(default="", doc="The words before it.", info={"long": True})
    suffix: Mapped[str] = mapped_column(default="", doc="The words after it.", info={"long": True})
    language: Mapped[str] = mapped_column(default="", doc="Language (BCP 47), if not the source's.")
    transliteration: Mapped[str] = mapped_column(
        default="", doc="The words in Latin script.", info={"long": True}
    )
    translation: Mapped[str] = mapped_column(
        default="", doc="The words in the study's language.", info={"long": True}
    )
    translator: Mapped[str] = mapped_column(default="", doc="Who translated them.")
    redactions: Mapped[Json] = mapped_column(
        default=list, doc="Redaction marks within the words.", info={"form": "strings"}
    )
    note: Mapped[str] = mapped_column(default="", doc="Analytic note on the quote.", info={"long": True})
    identifiers: Mapped[Json | None] = mapped_column(
        doc="What others know it by: hypothesis, tropy ...", info={"form": "names"}
    )
    first_seen_at: Mapped[datetime] = mapped_column(doc="When it was first seen.", info={"computed": True})
    sha256: Mapped[str] = mapped_column(
        default="", doc="SHA-256 of the words in UTF-8.", info={"computed": True}
    )
    state: Mapped[QuoteState] = mapped_column(
        default=QuoteState.NO_TEXT_HELD, doc="What was found when it was looked for.", info={"computed": True}
    )
    text_start: Mapped[int | None] = mapped_column(
        doc="Where it begins in the text, in characters.", info={"computed": True}
    )
    text_end: Mapped[int | None] = mapped_column(doc="Where it ends.", info={"computed": True})
    verified_sha256: Mapped[str] = mapped_column(
        default="", doc="SHA-256 of what it was verified against.", info={"computed": True}
    )
    verified_edition: Mapped[str] = mapped_column(
        default="", doc="The edition that was.", info={"computed": True}
    )
    verified_at: Mapped[datetime | None] = mapped_column(
        doc="When it was last verified.", info={"computed": True}
    )

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Found from its source."""
        return (reference("quote", "source_id"),)
