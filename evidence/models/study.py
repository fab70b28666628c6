"""The study: one research project. A ledger may hold several."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Json, uuid7

__all__ = ["Study"]


class Study(Base):
    """One research project: its question, its method, and the universe of its cases."""

    __tablename__ = "study"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str] = mapped_column(unique=True, doc="Its key, unique in the ledger.")
    title: Mapped[str] = mapped_column(doc="The title of the study, and of its appendix.")
    question: Mapped[str] = mapped_column(default="", doc="The question that the cases answer.")
    method: Mapped[str] = mapped_column(
        default="", doc="How evidence was found and judged (Markdown).", info={"long": True}
    )
    overview: Mapped[str | None] = mapped_column(
        doc="The overview of the evidence in your own words (Markdown): how it was found, how it was read, "
        "and by which logic passages are annotated.",
        info={"long": True},
    )
    authors: Mapped[Json] = mapped_column(default=list, doc="Names of its authors.", info={"form": "strings"})
    language: Mapped[str] = mapped_column(default="en", doc="Default language (BCP 47).")
    citation_style: Mapped[str] = mapped_column(
        default="chicago-notes-bibliography", doc="CSL style of the appendix."
    )
    profile: Mapped[str] = mapped_column(
        default="published-labels", doc="Test-type profile: hj2023 (T=2) or published-labels (T=4.5)."
    )
    universe_rule: Mapped[str] = mapped_column(
        default="", doc="Which cases belong to the study, in a sentence.", info={"long": True}
    )
    universe_count: Mapped[int | None] = mapped_column(doc="How many cases that rule gives.")
    universe_deep: Mapped[int | None] = mapped_column(doc="How many of them are process-traced.")
    word_scale: Mapped[Json | None] = mapped_column(
        doc="What words of likelihood mean: a word, and its probability or range.",
        info={"form": "word_scale"},
    )
    checks: Mapped[Json | None] = mapped_column(
        doc="What 'evidence check' leaves out (ignore), and the years that dates can have (earliest, latest).",
        info={"form": "checks"},
    )
    retired_at: Mapped[datetime | None] = mapped_column(doc="When it was retired.", info={"computed": True})
