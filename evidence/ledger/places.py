"""Every place where words stand in the texts of a source, and how a place is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from evidence.errors import ValueRefused
from evidence.folding import fold
from evidence.models import Source, Text
from evidence.quoting import Found, Held, context
from evidence.vocabulary import QuoteState

__all__ = [
    "COLUMNS",
    "LADDER",
    "Spot",
    "called",
    "elsewhere",
    "fitting",
    "held_of",
    "listed",
    "located",
    "newest",
    "require_document",
    "said_of",
    "spots",
    "texts_of",
    "what_is_near",
    "where",
]

#: What is read of a text to look for words in it.
COLUMNS = (
    Text.id, Text.source_id, Text.sha256, Text.content, Text.edition, Text.origin, Text.pages, Text.parts,
)  # fmt: skip
#: Texts are compared by so many groups of so many words (fewer in short texts); of another version, this share is there.
_SAMPLES, _LONG, _SHORT, _MANY, _ALIKE = 40, 5, 3, 200, 0.2
_NUMBER = re.compile(r"\D{0,20}(\d+)\W*")
#: Kinds of locator beside which a page can be named; folios and frames take its place.
_PAGED = {"document", "page", "footnote", "paragraph", "line"}
#: So many places are listed.
_MOST, _NAMED = 40, 12
#: From the closest kind of match to the loosest.
LADDER = (QuoteState.EXACT, QuoteState.TYPOGRAPHIC, QuoteState.ELIDED)
#: Of texts made ready, so many characters are kept for the next quote.
_KEPT = 40_000_000
#: A quote of no more than so many characters is shown whole, of a longer one so many at each end;
#: and so many beside it.
_WHOLE, _END, _BESIDE = 60, 28, 40


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in one of the texts of a source."""

    text: Any  # its row, mapped or not
    held: Held
    found: Found

    @property
    def page(self) -> str:
        """The page, or the first and the last of them; empty if the text has none."""
        return self.held.page(self.found) or ""


def newest(session: Session | Connection, texts: Sequence[Any]) -> list[Any]:
    """Return the texts that no newer one takes the place of; ``texts`` are of one source, the newest first.

    A newer text takes the place of an older one if both name their editions, and these differ, or if it has
    much the same words. Others are parts of the source, and stand beside each other.
    """
    kept: list[Any] = []
    for text in texts:
        if not any(_supersedes(session, new, text) for new in kept):
            kept.append(text)
    return kept


def _supersedes(session: Session | Connection, new: Any, old: Any) -> bool:
    if new.edition and old.edition and new.edition != old.edition:
        return True
    known: dict[tuple[str, str], bool] = session.info.setdefault("evidence.superseded", {})
    pair = (new.sha256, old.sha256)
    if pair not in known:
        known[pair] = _is_like(new.content or "", old.content or "")
    return known[pair]


def _is_like(new: str, old: str) -> bool:
    """Tell whether a text has so much of another one's words that it is another version of it."""
    words = old.split()
    size = _LONG if len(words) > _MANY else _SHORT
    step = max(1, (len(words) - size + 1) // _SAMPLES)
    sample = [" ".join(words[at : at + size]) for at in range(0, max(1, len(words) - size + 1), step)]
    there = " ".join(new.split())
    return sum(group in there for group in sample) >= len(sample) * _ALIKE


def require_document(session: Session, quote: Any) -> None:
    """Refuse a locator that names another document of a volume than the quote's source is."""
    asked = _NUMBER.fullmatch((quote.locator or {}).get("document", "")[:40])
    source = session.get_one(Source, quote.source_id)
    own = (source.identifiers or {}).get("frus", "").rpartition("/d")[2]
    if asked and own.isdecimal() and asked[1] != own:
        raise ValueRefused(
            f"{source.key} is document {own}, and the locator says document {asked[1]}; leave it out, or name the other "
            "source. Nothing was written."
        )


def texts_of(session: Session, quote: Any) -> list[Text]:
    """Return the texts of a quote's source that are held here, the newest first."""
    wanted = select(Text.id).where(
        Text.study_id == quote.study_id,
        Text.source_id == quote.source_id,
        Text.retired_at.is_(None),
        Text.content.is_not(None),
    )
    # The session has those that were last searched (``places.held_of``): they are not read for each quote anew.
    return [session.get_one(Text, one) for one in session.scalars(wanted.order_by(Text.id.desc()))]


def elsewhere(locator: Mapping[str, str], there: Sequence[Spot]) -> str:
    """Return a sentence that says where words are, which are not where a locator says."""
    footnote, page = locator.get("footnote"), locator.get("page")
    asked = f"in footnote {footnote}" if footnote else f"on page {page}"
    if footnote and page:
        asked += f" on page {page}"
    places = dict.fromkeys(where(spot) for spot in there[:_NAMED])
    return f"these words are not {asked}; they are {' and '.join(places)}. Nothing was written."


def located(given: Mapping[str, str], spot: Spot) -> dict[str, str]:
    """Return a locator with the page and the footnote that were found, where it did not say them."""
    locator, place = {name: said for name, said in given.items() if said.strip()}, spot.found
    if place.part.startswith("footnote ") and "footnote" not in locator:
        locator["footnote"] = place.part.removeprefix("footnote ")
    if spot.page and "page" not in locator and locator.keys() <= _PAGED:
        locator["page"] = spot.page
    return locator


def listed(places: Sequence[str]) -> str:
    """Return places for an error that asks for one of them: each on its own line, with its number."""
    lines = "".join(f"\n  ({number}) {place}" for number, place in enumerate(places[:_MOST], start=1))
    return f"{lines}\n  and {len(places) - _MOST:,} more" if len(places) > _MOST else lines


@dataclass(slots=True)
class _Remembered:
    """Texts made ready, with their rows, the one last asked for at the end; and how many characters they have."""

    texts: dict[str, tuple[Any, Held]] = field(default_factory=dict)
    letters: int = 0


def held_of(session: Session, text: Any) -> Held:
    """Return a text made ready to be searched; the last ones are remembered, since texts never change."""
    kept: _Remembered = session.info.setdefault("evidence.held", _Remembered())
    key = str(text.id)
    if key in kept.texts:
        kept.texts[key] = kept.texts.pop(key)
        return kept.texts[key][1]
    held = Held(text.content or "", text.pages or (), text.parts or ())
    kept.letters += len(held.content)
    while kept.texts and kept.letters > _KEPT:
        _, old = kept.texts.pop(next(iter(kept.texts)))
        kept.letters -= len(old.content)
    kept.texts[key] = text, held
    return held


def spots(session: Session, words: str, texts: Iterable[Any]) -> list[Spot]:
    """Return every place where words stand in these texts, of the closest kind only."""
    found = [
        Spot(text, held, place)
        for text, held in ((text, held_of(session, text)) for text in texts)
        for place in held.find(words)
    ]
    best = min((LADDER.index(spot.found.state) for spot in found), default=0)
    return [spot for spot in found if spot.found.state is LADDER[best]]


def fitting(
    there: Sequence[Spot], locator: Mapping[str, str], prefix: str = "", suffix: str = ""
) -> list[Spot]:
    """Return those places that a locator means; if several are left, those with these words round them."""
    footnote, page = locator.get("footnote"), locator.get("page")
    here = [
        spot
        for spot in there
        if (not footnote or not spot.held.parted or spot.found.part == f"footnote {footnote}")
        and (not page or spot.held.on_page(spot.found, page))
    ]
    if len(here) > 1 and (prefix.strip() or suffix.strip()):
        return [spot for spot in here if _within(spot, prefix, suffix)] or here
    return here


def _within(spot: Spot, prefix: str, suffix: str) -> bool:
    """Tell whether a place has these words before and after it."""
    content, found = spot.held.content, spot.found
    before, after = (fold(words).strip() for words in (prefix, suffix))
    ahead = fold(content[max(0, found.start - 2 * len(prefix) - 40) : found.start]).strip()
    behind = fold(content[found.end : found.end + 2 * len(suffix) + 40]).strip()
    return ahead.endswith(before) and behind.startswith(after)


def called(text: Any) -> str:
    """Return what a text is called: its edition, or the file it came from."""
    return str(text.edition or text.origin or text.sha256[:12])


def what_is_near(session: Session, words: str, texts: Iterable[Any]) -> str:
    """Return a sentence with the nearest words in these texts, or what to do where none are near."""
    from evidence.nearmiss import nearest  # noqa: PLC0415 - only for words that were not found

    near = nearest(words, [held_of(session, text) for text in texts])
    if near is None:
        return "compare them with the document, letter by letter."
    page = near.held.page(Found(QuoteState.NOT_FOUND, near.start, near.end))
    where = f" (page {page})" if page else ""
    return f"the nearest{where}, as quoted → as it stands: “{near.said()}”; quote what stands there."


def where(spot: Spot) -> str:
    """Return the part and the page of a place, as they stand in a sentence."""
    part = f"in {spot.found.part}" if spot.found.part else ""
    pages = f"on page{'s' if '–' in spot.page else ''} {spot.page}" if spot.page else ""
    return " ".join(filter(None, [part, pages])) or "in the body"


def said_of(spot: Spot) -> str:
    """Return where a place is, and the words round it, on one line."""
    before, after = context(spot.held.content, spot.found)
    words = " ".join(spot.held.content[spot.found.start : spot.found.end].split())
    shown = words if len(words) <= _WHOLE else f"{words[:_END]} … {words[-_END:]}"
    lead, trail = (re.sub(r"\s+", " ", words) for words in (before, after))
    if len(lead) > _BESIDE:
        lead = lead[-_BESIDE:].partition(" ")[2]
    if len(trail) > _BESIDE:
        trail = trail[:_BESIDE].rpartition(" ")[0]
    return f"{where(spot)}: …{lead}[{shown}]{trail}…"
