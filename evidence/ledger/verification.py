"""Look for a quote's words in the text that is held of its source, whichever door the quote comes through."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from evidence.errors import ValueRefused
from evidence.ledger.places import (
    COLUMNS,
    Spot,
    called,
    elsewhere,
    fitting,
    listed,
    located,
    newest,
    require_document,
    said_of,
    spots,
    texts_of,
    what_is_near,
    where,
)
from evidence.models import Quote, Source, Text
from evidence.quoting import Found, Held, context, part_of, redactions
from evidence.vocabulary import QuoteState

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["Finding", "Reverified", "look_again", "texts_of", "verify"]

#: A quote that changes in one of these is another quotation, or stands elsewhere.
_MEANT = ("words", "source_id", "locator")
#: What the ledger finds by itself; where somebody else says it, it is looked for.
_FINDINGS = ("state", "text_start", "text_end", "verified_sha256", "verified_edition")
#: Which quotes a unit has looked for again, so that they are not looked for once more when it ends.
_RECORDED = "evidence.recorded"
#: So many places of ambiguous words are named, and so many sources and quotes are taken together.
_NAMED, _TOGETHER, _BLOCK = 12, 50, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of a quote: its state, the page, the part, the offsets, and in which text."""

    state: QuoteState
    page: str = ""
    part: str = ""
    start: int | None = None
    end: int | None = None
    sha256: str = ""
    edition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverified:
    """What was found of a quote when it was looked for again, and what had been found before.

    Attributes:
        quote: the quote's key.
        source: its source's key.
        words: its words.
        before: what the ledger had.
        after: what was found; the same where no text is held.
        looked: whether a text is held, so that it was looked for.
        remarks: what a reader should know, in sentences: words that stand on another page than the quote says,
            several times, or in an older edition only; the nearest words.
        misplaced: whether the words stand on another page, or in another part, than the quote says.
        due: whether the ledger does not have yet what was found.
    """

    quote: str
    source: str
    words: str
    before: Finding
    after: Finding
    looked: bool
    remarks: tuple[str, ...] = ()
    misplaced: bool = False
    due: bool = False

    @property
    def changed(self) -> list[str]:
        """Return what differs from what the ledger had, by name."""
        names = ("state", "page", "part", "start", "end", "edition")
        told = [name for name in names if getattr(self.before, name) != getattr(self.after, name)]
        return told if told or self.before.sha256 == self.after.sha256 else ["sha256"]

    @property
    def failed(self) -> bool:
        """Whether the words are not where the quote says, or nowhere."""
        return self.looked and (self.after.state is QuoteState.NOT_FOUND or self.misplaced)


def verify(session: Session, quote: Quote, now: datetime) -> None:
    """Set what is found of a quote that is new, or that changed in its words, its place or what was found.

    Where no text is held, a new quote keeps what it says was found elsewhere; a changed one says nothing any
    more, unless it was verified anew with the change.

    Raises:
        ValueRefused: the words are not in the text, not on the page given, or there more than once.
    """
    known = inspect(quote).persistent
    settled = quote.state is QuoteState.NOT_FOUND or quote.id in session.info.get(_RECORDED, ())
    meant = _changed(quote, _MEANT)
    if not meant and (settled or not _changed(quote, _FINDINGS)):
        return
    if quote.redactions in (None, []):
        quote.redactions = redactions(quote.words)
    with session.no_autoflush:
        if meant:
            require_document(session, quote)
        held = texts_of(session, quote)
        if held and not meant:
            _settle(session, quote, held, now)
        elif held and (known or quote.state is not QuoteState.NOT_FOUND):
            _look(session, quote, held, now)
        elif not held and known and meant and not inspect(quote).attrs.verified_at.history.has_changes():
            _forget(quote)


def _changed(quote: Quote, names: Iterable[str]) -> bool:
    state = inspect(quote)
    return not state.persistent or any(state.attrs[name].history.has_changes() for name in names)


def _forget(quote: Quote) -> None:
    quote.state, quote.verified_at = QuoteState.NO_TEXT_HELD, None
    quote.text_start = quote.text_end = None
    quote.verified_sha256 = quote.verified_edition = ""


def _key(session: Session, quote: Quote) -> str:
    """Return the key of a quote's source."""
    return session.get_one(Source, quote.source_id).key


def _look(session: Session, quote: Quote, texts: list[Text], now: datetime) -> None:
    recent = newest(session, texts)
    there = spots(session, quote.words, recent)
    if not there and len(recent) < len(texts):
        older = spots(session, quote.words, [text for text in texts if text not in recent])
        # What comes from another ledger may say that it was verified against an edition that came before.
        there = [spot for spot in older if spot.text.sha256 == quote.verified_sha256]
        if older and not there:
            raise ValueRefused(
                f"these words are not in the text that is held of {_key(session, quote)} in its newest edition "
                f"({called(recent[0])}), but in an older one ({called(older[0].text)}); quote the newest, or retire "
                "its text. Nothing was written."
            )
    if not there:
        raise ValueRefused(
            f"these words are not in the text that is held of {_key(session, quote)} ({called(recent[0])}); "
            f"{what_is_near(session, quote.words, recent)} Nothing was written."
        )
    _found(quote, _meant(session, quote, there), now)


def _settle(session: Session, quote: Quote, texts: list[Text], now: datetime) -> None:
    """Set what is found of a quote of which only that was said anew; as in ``look_again``, nothing is refused."""
    recent = newest(session, texts)
    there = spots(session, quote.words, recent)
    spot, _ = _chosen(quote, there)
    if spot is not None:
        _found(quote, spot, now)
        return
    state = there[0].found.state if there else QuoteState.NOT_FOUND
    found = (state, None, None, recent[0].sha256, called(recent[0]))
    if found != tuple(getattr(quote, name) for name in _FINDINGS):
        quote.state, quote.text_start, quote.text_end, quote.verified_sha256, quote.verified_edition = found
        quote.verified_at = now


def _meant(session: Session, quote: Quote, there: list[Spot]) -> Spot:
    """Return the one place that a quote means.

    Raises:
        ValueRefused: there is none on the page or in the footnote given, or more than one.
    """
    locator = quote.locator or {}
    here = fitting(there, locator, quote.prefix or "", quote.suffix or "")
    if not here:
        raise ValueRefused(elsewhere(locator, there))
    known = [spot for spot in here if spot.found.start == quote.text_start]
    here = known if len(known) == 1 else here
    if len(here) > 1:
        raise ValueRefused(
            f"these words stand {len(here)} times in {_key(session, quote)}:{listed([said_of(spot) for spot in here])}\nQuote "
            "more of them, give the page or the footnote, or choose a place by its number with --place. Nothing was "
            "written."
        )
    return here[0]


def _found(quote: Quote, spot: Spot, now: datetime) -> None:
    place, text = spot.found, spot.text
    said = tuple(getattr(quote, name) for name in _FINDINGS)
    if said == (place.state, place.start, place.end, text.sha256, called(text)) and quote.verified_at:
        return  # as it was found before
    quote.state, quote.text_start, quote.text_end = place.state, place.start, place.end
    quote.verified_sha256, quote.verified_edition = text.sha256, called(text)
    quote.verified_at = now
    quote.prefix, quote.suffix = context(spot.held.content, place)
    quote.locator = located(quote.locator or {}, spot)


def look_again(
    session: Unit,
    source_ids: Iterable[uuid.UUID] | None = None,
    *,
    quote_ids: Iterable[uuid.UUID] | None = None,
    suggest: bool = False,
    record: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> list[Reverified]:
    """Look again for every quote of these sources, or of all, and record what is found where it changed.

    A quote is never brought to other words: one that is not found any more is recorded as not found, and its
    old place stays in the history. When there are several editions, the newest decides.

    Args:
        session: the unit of work.
        source_ids: the sources; all if not given.
        quote_ids: only these quotes.
        suggest: name the nearest words to a quote that is not found.
        record: write what is found; without it the session only reads.
        progress: told how many quotes are done, and how many there are.

    Returns:
        What was found of each quote, by source and key, whether anything changed or not.
    """
    if record:
        session.flush()
    rows = _quotes(session, source_ids, quote_ids)
    sources = list(dict.fromkeys(row.source_id for row in rows))
    seen: list[Reverified] = []
    by_source = {source: list(those) for source, those in groupby(rows, key=lambda row: row.source_id)}
    for start in range(0, len(sources), _TOGETHER):
        chunk = sources[start : start + _TOGETHER]
        texts = _texts(session, chunk)
        changed: dict[uuid.UUID, tuple[Finding, Spot | None]] = {}
        for source in chunk:
            for row in by_source[source]:
                one, spot = _again(session, row, texts.get(source, []), suggest=suggest)
                if one.looked and (one.changed or row.verified_at is None):
                    one = replace(one, due=True)
                    changed[row.id] = (one.after, spot)
                seen.append(one)
                if progress:
                    progress(len(seen), len(rows))
        if record:
            _record(session, changed)
    return seen


def _quotes(
    session: Unit, source_ids: Iterable[uuid.UUID] | None, quote_ids: Iterable[uuid.UUID] | None
) -> list[Any]:
    columns = (
        "id source_id key words locator prefix suffix state text_start text_end verified_sha256 "
        "verified_edition verified_at"
    )
    wanted = (
        select(Source.key.label("source"), *(getattr(Quote, name) for name in columns.split()))
        .join(Source, Source.id == Quote.source_id)
        .where(Quote.study_id == session.study_id, Quote.retired_at.is_(None))
        .order_by(Source.key, Quote.source_id, Quote.id)
    )
    rows = list(session.execute(wanted))
    sources = None if source_ids is None else set(source_ids)
    quotes = None if quote_ids is None else set(quote_ids)
    return [
        row
        for row in rows
        if (sources is None or row.source_id in sources) and (quotes is None or row.id in quotes)
    ]


def _texts(session: Unit, sources: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    """Return the texts that are held of some sources, the newest first."""
    wanted = select(*COLUMNS).where(
        Text.study_id == session.study_id,
        Text.source_id.in_(sources),
        Text.retired_at.is_(None),
        Text.content.is_not(None),
    )
    found: dict[uuid.UUID, list[Any]] = {}
    for row in session.execute(wanted.order_by(Text.id.desc())):
        found.setdefault(row.source_id, []).append(row)
    return found


def _again(session: Unit, row: Any, texts: list[Any], *, suggest: bool) -> tuple[Reverified, Spot | None]:
    before = _before(row, texts)
    one = Reverified(
        quote=row.key, source=row.source, words=row.words, before=before, after=before, looked=bool(texts)
    )
    if not texts:
        return one, None
    recent = newest(session, texts)
    there = spots(session, row.words, recent)
    spot, remarks = _chosen(row, there)
    if spot is None:
        state = there[0].found.state if there else QuoteState.NOT_FOUND
        after = Finding(state=state, sha256=recent[0].sha256, edition=called(recent[0]))
    else:
        found = spot.found
        after = Finding(
            state=found.state, page=spot.page, part=found.part, start=found.start, end=found.end,
            sha256=spot.text.sha256, edition=called(spot.text),
        )  # fmt: skip
    misplaced = bool(spot and not fitting([spot], row.locator or {}))
    if not there:
        remarks = _missing(session, row.words, texts, recent, suggest=suggest)
    return replace(one, after=after, remarks=tuple(remarks), misplaced=misplaced), spot


def _before(row: Any, texts: Sequence[Any]) -> Finding:
    """Return what the ledger has of a quote; its page as the text has it, if that is still held."""
    text = next((text for text in texts if text.sha256 == row.verified_sha256), None)
    locator = row.locator or {}
    page, part = locator.get("page", ""), f"footnote {locator['footnote']}" if "footnote" in locator else ""
    if row.state is QuoteState.NOT_FOUND or (text is not None and row.text_start is None):
        page = part = ""
    elif text is not None:
        found = Found(row.state, row.text_start, row.text_end or row.text_start + 1)
        page = Held("", text.pages or ()).page(found) or ""
        part = part_of(row.text_start, text.parts or ())
    return Finding(
        state=row.state, page=page, part=part, start=row.text_start, end=row.text_end,
        sha256=row.verified_sha256, edition=row.verified_edition,
    )  # fmt: skip


def _chosen(row: Any, there: list[Spot]) -> tuple[Spot | None, list[str]]:
    """Return the place that a quote means, and what is to be said of it; none if several may be meant."""
    locator = row.locator or {}
    here = fitting(there, locator, row.prefix, row.suffix)
    if there and not here:
        one = fitting(there, {}, row.prefix, row.suffix)
        asked = ", ".join(f"{name} {locator[name]}" for name in ("footnote", "page") if name in locator)
        return (one[0] if len(one) == 1 else None), [
            f"The quote says {asked}; the words are {' and '.join(dict.fromkeys(map(where, one[:_NAMED])))}."
        ]
    same = [s for s in here if (s.text.sha256, s.found.start) == (row.verified_sha256, row.text_start)]
    if len(same) == 1:
        return same[0], []
    if len(here) > 1:
        places = "; ".join(map(where, here[:_NAMED]))
        return None, [f"The words stand {len(here)} times: {places}; the quote does not say which is meant."]
    return (here[0] if here else None), []


def _missing(session: Unit, words: str, texts: list[Any], recent: list[Any], *, suggest: bool) -> list[str]:
    """Return what is to be said of words that are not in the newest texts."""
    older = [text for text in texts if text not in recent]
    remarks = [f"It stands in the older text {called(s.text)}." for s in spots(session, words, older)[:1]]
    if suggest:
        near = what_is_near(session, words, recent)
        remarks.append(near[0].upper() + near[1:])
    return remarks


def _record(session: Unit, changed: Mapping[uuid.UUID, tuple[Finding, Spot | None]]) -> None:
    """Write what was found to the quotes for which it is new."""
    ids = list(changed)
    for start in range(0, len(ids), _BLOCK):
        wanted = select(Quote).where(Quote.id.in_(ids[start : start + _BLOCK])).order_by(Quote.id)
        for quote in session.scalars(wanted):
            after, spot = changed[quote.id]
            quote.state, quote.text_start, quote.text_end = after.state, after.start, after.end
            quote.verified_sha256, quote.verified_edition = after.sha256, after.edition
            quote.verified_at = session.now
            session.info.setdefault(_RECORDED, set()).add(quote.id)
            if spot is not None:
                quote.prefix, quote.suffix = context(spot.held.content, spot.found)
                quote.locator = located(quote.locator or {}, spot)
    session.flush()
