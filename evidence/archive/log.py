"""Log sources' words: hold a text, and add a quote that has been looked for in it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from evidence.quoting import Found, context, locate, page_of, redactions
from evidence.errors import UnknownKey, ValueRefused
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Quote, Source, Text
from evidence.vocabulary import QuoteState

__all__ = ["add_quote", "edit_quote", "find_text", "hold_text", "texts_of"]

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


def texts_of(session: Unit, source: Source) -> list[Text]:
    """Return the texts of a source that are held here, the newest first."""
    return list(
        session.scalars(
            select(Text)
            .where(
                Text.study_id == session.study_id,
                Text.source_id == source.id,
                Text.retired_at.is_(None),
                Text.content.is_not(None),
            )
            .order_by(Text.id.desc())
        )
    )


def add_quote(session: Unit, values: Mapping[str, Any]) -> Quote:
    """Add a quote, looked for in the text of its source if one is held.

    Returns:
        The quote; its state says what was found.

    Raises:
        ValueRefused: the words are not in the text that is held, or stand in it more than once and the
            page given does not tell which is meant.
    """
    given = dict(values)
    words = unicodedata.normalize("NFC", str(given.get("words") or ""))
    given["words"] = words
    source = records.find(session, "source", str(given.get("source") or ""))
    given.setdefault("key", records.next_key(session, "quote", f"{source.key}."))
    given.setdefault("redactions", redactions(words))
    given |= {name: value for name, value in _verified(session, source, given).items() if not given.get(name)}
    quote: Quote = records.add(session, "quote", given, computed=True)
    return quote


def edit_quote(session: Unit, quote: Quote, values: Mapping[str, Any]) -> bool:
    """Change a quote; if its words change, they are looked for again."""
    given = dict(values)
    if "words" in given:
        given["words"] = unicodedata.normalize("NFC", str(given["words"]))
        source = session.get_one(Source, quote.source_id)
        unknown = {
            "text_start": None,
            "text_end": None,
            "verified_sha256": "",
            "verified_edition": "",
            "verified_at": None,
        }
        found = _verified(session, source, {**given, "locator": given.get("locator") or quote.locator})
        given = {"prefix": "", "suffix": "", **given, **unknown, "state": QuoteState.NO_TEXT_HELD, **found}
    return records.edit(session, "quote", quote, given, computed=True)


def _verified(session: Unit, source: Source, given: Mapping[str, Any]) -> dict[str, Any]:
    held = texts_of(session, source)
    if not held:
        return {}
    for text in held:
        places = _on_page(locate(given["words"], text.content or ""), text, given.get("locator") or {})
        if places:
            return _verification(session, source, text, places, given)
    raise ValueRefused(
        f"these words are not in the text that is held of {source.key} ({held[0].edition or held[0].origin}); "
        "compare them with the document, letter by letter. Nothing was written."
    )


def _on_page(places: list[Found], text: Text, locator: Mapping[str, str]) -> list[Found]:
    page = locator.get("page")
    if not page or not text.pages or not places:
        return places
    here = [place for place in places if page_of(place.start, text.pages) == page]
    if not here:
        elsewhere = ", ".join(dict.fromkeys(str(page_of(place.start, text.pages)) for place in places))
        raise ValueRefused(
            f"these words are not on page {page}; they are on page {elsewhere}. Nothing was written."
        )
    return here


def _verification(
    session: Unit, source: Source, text: Text, places: list[Found], given: Mapping[str, Any]
) -> dict[str, Any]:
    if len(places) > 1:
        pages = ", ".join(
            dict.fromkeys(str(page_of(place.start, text.pages)) for place in places if text.pages)
        )
        where = f" on pages {pages}" if pages else ""
        raise ValueRefused(
            f"these words stand {len(places)} times in {source.key}{where}; quote more of them, or give the page."
        )
    place = places[0]
    prefix, suffix = context(text.content or "", place)
    found: dict[str, Any] = {
        "state": place.state,
        "text_start": place.start,
        "text_end": place.end,
        "prefix": prefix,
        "suffix": suffix,
        "verified_sha256": text.sha256,
        "verified_edition": text.edition or text.origin,
        "verified_at": session.now,
    }
    page = page_of(place.start, text.pages)
    if page and not given.get("locator"):
        found["locator"] = {"page": page}
    return found


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
