"""Log sources' words: hold a text, and add a quote that has been looked for in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from evidence.archive.documents import Document, open_document
from evidence.archive.holding import Holding, hold
from evidence.errors import Place, UnknownKey
from evidence.folding import composed
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.ledger.verification import Reverified
from evidence.models import Quote, Text

__all__ = ["TextHeld", "add_quote", "edit_quote", "find_text", "hold_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextHeld:
    """What came of holding a text.

    Attributes:
        text: the text in the ledger.
        new: whether its words were not held before.
        others: how many other texts of the source are held.
        verified_again: what was found of the source's quotes, all of which were looked for again.
    """

    text: Text
    new: bool
    others: int
    verified_again: tuple[Reverified, ...] = ()


def hold_text(
    session: Unit,
    source: str,
    file: Path | Document,
    *,
    edition: str = "",
    shareable: bool = False,
    first_page: int | None = None,
    encoding: str = "",
) -> TextHeld:
    """Hold a document's words as a text of a source. The same words are held once.

    Texts never change: other words are another text, and the source's quotes are looked for again. It takes the
    place of an older one if it is of another ``edition`` or has much the same words; else both are parts of the source.

    Args:
        session: the unit of work.
        source: the key of the source.
        file: the document, or a file to read it from; see ``documents.open_document``.
        edition: which edition of the source.
        shareable: whether rights allow the words to travel with the study.
        first_page: how pages of a file are counted.
        encoding: how the letters of a file are encoded.

    Raises:
        EvidenceError: the source is unknown, or the file cannot be read.
    """
    row = records.find(session, "source", source)
    document = (
        file if isinstance(file, Document) else open_document(file, first_page=first_page, encoding=encoding)
    )
    words = replace(document.words, edition=edition, shareable=shareable)
    held, again = hold(session, [Holding(row.id, row.key, words, Place(words.origin), new=False)])
    texts = session.scalars(
        select(Text).where(
            Text.study_id == session.study_id, Text.source_id == row.id, Text.retired_at.is_(None)
        )
    ).all()
    text = next(text for text in texts if text.content == words.content)
    return TextHeld(text=text, new=bool(held), others=len(texts) - 1, verified_again=again)


def add_quote(session: Unit, values: Mapping[str, Any]) -> Quote:
    """Add a quote; its words are looked for in the text of its source, if one is held.

    Returns:
        The quote; its state says what was found.

    Raises:
        ValueRefused: the words are not in the text that is held, or stand in it more than once and the
            page given does not tell which is meant.
    """
    given = {**values, "words": composed(str(values.get("words") or ""))}
    source = records.find(session, "source", str(given.get("source") or ""))
    given.setdefault("key", records.next_key(session, "quote", f"{source.key}."))
    quote: Quote = records.add(session, "quote", given)
    return quote


def edit_quote(session: Unit, quote: Quote, values: Mapping[str, Any]) -> bool:
    """Change a quote; if its words, its source or its place change, it is looked for again."""
    given = dict(values)
    if "words" in given:
        given["words"] = composed(str(given["words"]))
    return records.edit(session, "quote", quote, given)


def find_text(session: Unit, sha256: str) -> Text:
    """Return the text whose hash begins so.

    Raises:
        UnknownKey: there is none, or several do.
    """
    found = session.scalars(
        select(Text).where(Text.study_id == session.study_id, Text.sha256.startswith(sha256, autoescape=True))
    ).all()
    if len(found) != 1:
        raise UnknownKey("text", sha256, [text.sha256 for text in found])
    return found[0]
