"""Look for a quote's words in the text that is held of its source, whichever door the quote comes through."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from evidence.errors import ValueRefused
from evidence.models import Quote, Source, Text
from evidence.quoting import Found, context, locate, page_of, redactions
from evidence.vocabulary import QuoteState

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["Finding", "Reverified", "look_again", "texts_of", "verify"]

#: A quote that changes in one of these is another quotation, or stands elsewhere.
_MEANT = ("words", "source_id", "locator")


def verify(session: Session, quote: Quote, now: datetime) -> None:
    """Set what is found of a quote that is new, or that changed in its words, its source or its place.

    Where no text is held, a new quote keeps what it says was found elsewhere; a changed one says nothing any
    more, unless it was verified anew with the change.

    Raises:
        ValueRefused: the words are not in the text, not on the page given, or there more than once.
    """
    changed = _changed(quote)
    if not changed:
        return
    if quote.redactions in (None, []):
        quote.redactions = redactions(quote.words)
    with session.no_autoflush:
        held = texts_of(session, quote)
        source = session.get_one(Source, quote.source_id)
    if held and quote.state is not QuoteState.NOT_FOUND:
        _look(quote, source, held, now)
    elif (
        not held and inspect(quote).persistent and not inspect(quote).attrs.verified_at.history.has_changes()
    ):
        _forget(quote)


def _changed(quote: Quote) -> bool:
    state = inspect(quote)
    return not state.persistent or any(state.attrs[name].history.has_changes() for name in _MEANT)


def texts_of(session: Session, quote: Quote) -> list[Text]:
    """Return the texts of a quote's source that are held here, the newest first."""
    wanted = select(Text).where(
        Text.study_id == quote.study_id,
        Text.source_id == quote.source_id,
        Text.retired_at.is_(None),
        Text.content.is_not(None),
    )
    return list(session.scalars(wanted.order_by(Text.id.desc())))


def _forget(quote: Quote) -> None:
    quote.state, quote.verified_at = QuoteState.NO_TEXT_HELD, None
    quote.text_start = quote.text_end = None
    quote.verified_sha256 = quote.verified_edition = ""


def _look(quote: Quote, source: Source, held: list[Text], now: datetime) -> None:
    for text in held:
        places = _on_page(locate(quote.words, text.content or ""), text, quote.locator or {})
        known = [place for place in places if place.start == quote.text_start]
        if places:
            _found(quote, source, text, known or places, now)
            return
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


def _found(quote: Quote, source: Source, text: Text, places: list[Found], now: datetime) -> None:
    if len(places) > 1:
        pages = dict.fromkeys(str(page_of(place.start, text.pages)) for place in places if text.pages)
        where = f" on pages {', '.join(pages)}" if pages else ""
        raise ValueRefused(
            f"these words stand {len(places)} times in {source.key}{where}; quote more of them, or give the page."
        )
    place = places[0]
    said: tuple[Any, ...] = (quote.state, quote.text_start, quote.text_end, quote.verified_sha256)
    if said == (place.state, place.start, place.end, text.sha256) and quote.verified_at:
        return  # as it was found before
    quote.state, quote.text_start, quote.text_end = place.state, place.start, place.end
    quote.verified_sha256, quote.verified_edition = text.sha256, text.edition or text.origin
    quote.verified_at = now
    quote.prefix, quote.suffix = context(text.content or "", place)
    page = page_of(place.start, text.pages)
    if page and not quote.locator:
        quote.locator = {"page": page}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverified:
    """What was found of a quote when it was looked for again, and what had been found before."""

    quote: str
    source: str
    before: Finding
    after: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of a quote: its state, the page, the offsets, and in which text."""

    state: QuoteState
    page: str = ""
    part: str = ""
    start: int | None = None
    end: int | None = None
    sha256: str = ""
    edition: str = ""


def look_again(session: Unit, source_ids: Iterable[uuid.UUID] | None = None) -> list[Reverified]:
    """Look again for every quote of these sources, or of all, and record what is found.

    Returns:
        One entry for each quote of a source whose text is held, whether anything changed or not.
    """
    return []
