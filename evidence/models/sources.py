"""Sources, and the texts of theirs that are held."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Json, Keyed, Record, owned, reference
from evidence.vocabulary import Access, SourceScope, SourceTier

__all__ = ["Source", "Text"]


class Source(Keyed, Base):
    """A document, book, data set or interview: CSL-JSON, and what an archive adds to it."""

    __tablename__ = "source"

    type: Mapped[str] = mapped_column(
        default="document", doc="Its CSL type, such as document, book or dataset."
    )
    title: Mapped[str] = mapped_column(doc="Its title.")
    csl: Mapped[Json] = mapped_column(
        default=dict,
        doc="Further CSL-JSON fields, such as author, issued, container-title, URL.",
        info={"form": "csl"},
    )
    tier: Mapped[SourceTier] = mapped_column(doc="Where it stands towards the events.")
    scope: Mapped[SourceScope] = mapped_column(
        default=SourceScope.CASE_SPECIFIC, doc="Whether it serves the whole appendix or particular cases."
    )
    repository: Mapped[str] = mapped_column(default="", doc="The archive or library that holds it.")
    collection: Mapped[str] = mapped_column(default="", doc="Collection or fonds.")
    record_group: Mapped[str] = mapped_column(default="", doc="Record group.")
    series: Mapped[str] = mapped_column(default="", doc="Series or entry.")
    box: Mapped[str] = mapped_column(default="", doc="Box.")
    folder: Mapped[str] = mapped_column(default="", doc="Folder.")
    item: Mapped[str] = mapped_column(default="", doc="Item, file or decimal number.")
    frame: Mapped[str] = mapped_column(default="", doc="Reel and frame.")
    classification: Mapped[str] = mapped_column(default="", doc="Classification as it was marked.")
    handling: Mapped[str] = mapped_column(default="", doc="Handling marks, such as Eyes Only.")
    language: Mapped[str] = mapped_column(default="", doc="Language (BCP 47), if not the study's.")
    rights: Mapped[str] = mapped_column(default="", doc="Who holds the rights, or public domain.")
    access: Mapped[Access] = mapped_column(default=Access.OPEN, doc="Who can get at it today.")
    redacted: Mapped[bool] = mapped_column(default=False, doc="True if words were withheld.")
    derived_from_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("source.id"), doc="The source that this one takes its words from."
    )
    criticism: Mapped[Json] = mapped_column(
        default=dict,
        doc="Source criticism: author, position_to_know, distance, motive, audience, authenticity.",
        info={"form": "criticism"},
    )
    note: Mapped[str] = mapped_column(default="", doc="A remark.", info={"long": True})
    images: Mapped[Json | None] = mapped_column(
        doc="Photographs of it: file, checksum, page, and the boxes marked in it.", info={"form": "records"}
    )
    identifiers: Mapped[Json | None] = mapped_column(
        doc="What others know it by: zotero, citekey, doi, tropy ...", info={"form": "names"}
    )
    further: Mapped[Json | None] = mapped_column(
        doc="What its record said that no field here holds, word for word.", info={"form": "record"}
    )

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Lineage is walked both ways."""
        return (reference("source", "derived_from_id"),)


class Text(Record, Base):
    """The words of a source as held: immutable, and known by their hash. A new edition is a new text."""

    __tablename__ = "text"

    source_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("source.id"), doc="The source.")
    sha256: Mapped[str] = mapped_column(doc="SHA-256 of its content in UTF-8.", info={"computed": True})
    content: Mapped[str | None] = mapped_column(
        doc="The words; empty where they are not held here.", info={"computed": True}
    )
    edition: Mapped[str] = mapped_column(default="", doc="Which edition of the source.")
    origin: Mapped[str] = mapped_column(default="", doc="The file it was read from.")
    shareable: Mapped[bool] = mapped_column(
        default=False, doc="True if rights allow it to travel with the study."
    )
    pages: Mapped[Json] = mapped_column(
        default=list,
        doc="Where each page begins: label and offset.",
        info={"form": "marks", "computed": True},
    )
    parts: Mapped[Json] = mapped_column(
        default=list,
        doc="Its parts: kind, label, start and end offset.",
        info={"form": "marks", "computed": True},
    )

    __table_args__ = (owned("text", "source_id", "sha256"),)
