"""Log sources' words: hold a text, and add a quote that has been looked for in it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from evidence.errors import UnknownKey, ValueRefused
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Quote, Text

__all__ = ["add_quote", "edit_quote", "find_text", "hold_text"]

_LARGEST = 64 * 1024 * 1024


def hold_text(
    session: Unit, source: str, file: Path, *, edition: str = "", shareable: bool = False, first_page: int = 1
) -> Text:
    """Hold a plain text file as the words of a source. The same words are held once.

    A form feed in the file begins a new page; pages are labelled from ``first_page`` on. Texts never change:
    other words are another text.

    Raises:
        ValueRefused: the file is not UTF-8 text, is empty or is too large.
    """
    row = records.find(session, "source", source)
    pages, content = _read_plain(file, first_page)
    digest = hashlib.sha256(content.encode()).hexdigest()
    known = session.scalars(
        select(Text).where(Text.study_id == session.study_id, Text.source_id == row.id, Text.sha256 == digest)
    ).first()
    if known:
        known.retired_at = None
        known.content = content
        session.flush()
        return known
    values = {
        "source": source,
        "sha256": digest,
        "content": content,
        "edition": edition,
        "origin": file.name,
        "shareable": shareable,
        "pages": pages,
    }
    added: Text = records.add(session, "text", values, computed=True)
    return added


def _read_plain(file: Path, first_page: int) -> tuple[list[list[Any]], str]:
    try:
        if file.stat().st_size > _LARGEST:
            raise ValueRefused(f"{file} is larger than 64 MiB; part it into several texts.")
        content = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ValueRefused(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ValueRefused(
            f"{file} is not UTF-8 text (byte {error.start}); save it as plain text in UTF-8."
        ) from error
    content = unicodedata.normalize("NFC", content.replace("\r\n", "\n").replace("\r", "\n"))
    if not content.strip() or "\x00" in content:
        raise ValueRefused(f"{file} holds no text; a scan needs a transcript or a text layer first.")
    if "\f" not in content:
        return [], content
    pages, at = [], 0
    for number, page in enumerate(content.split("\f"), start=first_page):
        pages.append([str(number), at])
        at += len(page) + 1
    return pages, content


def add_quote(session: Unit, values: Mapping[str, Any]) -> Quote:
    """Add a quote; its words are looked for in the text of its source, if one is held.

    Returns:
        The quote; its state says what was found.

    Raises:
        ValueRefused: the words are not in the text that is held, or stand in it more than once and the
            page given does not tell which is meant.
    """
    given = {**values, "words": unicodedata.normalize("NFC", str(values.get("words") or ""))}
    source = records.find(session, "source", str(given.get("source") or ""))
    given.setdefault("key", records.next_key(session, "quote", f"{source.key}."))
    quote: Quote = records.add(session, "quote", given)
    return quote


def edit_quote(session: Unit, quote: Quote, values: Mapping[str, Any]) -> bool:
    """Change a quote; if its words, its source or its place change, it is looked for again."""
    given = dict(values)
    if "words" in given:
        given["words"] = unicodedata.normalize("NFC", str(given["words"]))
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
