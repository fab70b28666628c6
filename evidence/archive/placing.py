"""Find where a new quote stands: its source, its page and its offset, from its words alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.archive.log import add_quote
from evidence.archive.shelf import Placed, closest, shelves, sources_like
from evidence.errors import UnknownKey, ValueRefused
from evidence.folding import composed
from evidence.ledger import records
from evidence.ledger.places import fitting, listed, said_of
from evidence.ledger.revisions import Unit
from evidence.models import Quote, Source
from evidence.nearmiss import Near

__all__ = ["place_quote"]

#: So many places of words that stand several times are named.
_NAMED = 12


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a search for a quote's words came to: the places, how many texts were searched, and what is near."""

    found: list[Placed]
    texts: int
    near: tuple[str, Near] | None


def place_quote(session: Unit, values: Mapping[str, Any], *, place: int | None = None) -> Quote:
    """Add a quote whose source may be left out, or named by the beginning of its key, as a volume's is.

    Args:
        session: the unit of work.
        values: its fields by name.
        place: which of the places that were listed is meant, from 1.

    Raises:
        ValueRefused: the words are in none of the texts held, or in several places; every place is listed.
        UnknownKey: there is no such source.
    """
    words = composed(str(values.get("words") or "")).strip()
    if not words:
        raise ValueRefused("A quote needs its words; give them with --words.")
    named = str(values.get("source") or "")
    source = _exactly(session, named)
    ids = _ids(session, named, source)
    if source is not None and ids == {source.id} and place is None:
        return add_quote(session, values)
    sought = _seek(session, words, ids)
    if not sought.texts and source is not None:
        return add_quote(session, values)
    if not sought.found:
        raise ValueRefused(_nowhere(named, sought))
    locator = values.get("locator") or {}
    meant = fitting([one.spot for one in sought.found], locator if isinstance(locator, Mapping) else {})
    here = [one for one in sought.found if one.spot in meant]
    if not here:
        pages = "; ".join(_line(one) for one in sought.found[:_NAMED])
        raise ValueRefused(
            f"these words are not where the locator says; they are in {pages}. Nothing was written."
        )
    one = _chosen(here, place)
    # The offset says which of several places is meant; the words are looked for there once more when it is kept.
    given = {**values, "words": words, "source": one.source, "text_start": one.spot.found.start}
    given.setdefault("key", records.next_key(session, "quote", f"{one.source}."))
    quote: Quote = records.add(session, "quote", given, computed=True)
    return quote


def _exactly(session: Unit, key: str) -> Source | None:
    """Return the source with that very key, or that had it; nothing if none has."""
    try:
        found: Source = records.find(session, "source", key)
    except UnknownKey:
        return None
    return found


def _ids(session: Unit, named: str, source: Source | None) -> set[uuid.UUID] | None:
    """Return the sources in which the words are looked for; all, as nothing, if none is named."""
    if not named:
        return None
    like = set(sources_like(session, session.study_id, source.key if source else named))
    return like or {records.find(session, "source", named).id}  # which says that there is none


def _seek(session: Unit, words: str, sources: set[uuid.UUID] | None) -> _Sought:
    found: list[Placed] = []
    near: list[tuple[str, Near]] = []
    texts = 0
    for shelf in shelves(session, session.study_id, sources):
        found.extend(shelf.find(words))
        texts += len(shelf.texts)
        if not found and (one := shelf.nearest(words)):
            near.append(one)
    best = max(near, key=lambda one: one[1].score, default=None)
    return _Sought(closest(found), texts, best)


def _nowhere(named: str, sought: _Sought) -> str:
    of = f" of sources whose keys begin with {named}" if named else ""
    if not sought.texts:
        return (
            f"no text{of} is held in which these words could be looked for; name their source with --source."
        )
    near = ""
    if sought.near:
        source, one = sought.near
        near = (
            f" The nearest, in {source}, as quoted → as it stands: “{one.said()}”; quote what stands there."
        )
    return (
        f"these words are in no text that is held{of} ({sought.texts:,} searched).{near} If no text of their source is "
        "held, name it with --source. Nothing was written."
    )


def _chosen(here: Sequence[Placed], place: int | None) -> Placed:
    if place is not None:
        if not 1 <= place <= len(here):
            raise ValueRefused(f"there is no place {place}; the words stand {len(here)} times.")
        return here[place - 1]
    if len(here) > 1:
        raise ValueRefused(
            f"these words stand {len(here):,} times:{listed([_line(one) for one in here])}\nName the source with "
            "--source, the page with --locator page=, or the place by its number with --place. Nothing was written."
        )
    return here[0]


def _line(one: Placed) -> str:
    return f"{one.source}, {said_of(one.spot)}"
