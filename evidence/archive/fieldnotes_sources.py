"""Find out of which sources field notes speak: by key, by title, date and place, or by the words in them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from evidence.archive.bringing import Brought, bring
from evidence.archive.incoming import Incoming, Item
from evidence.archive.keying import Keys, stem
from evidence.archive.logged import Logged
from evidence.archive.marking import mark
from evidence.archive.passages import NOTES
from evidence.errors import UnknownKey, nearest
from evidence.ledger.revisions import Unit
from evidence.models import Quote, Redirect, Source

__all__ = ["bring_notes", "settle_sources"]

_PATH = ("repository", "collection", "record_group", "series", "box", "folder", "item", "frame")


@dataclass(frozen=True, slots=True)
class _Known:
    """A source that stands in the ledger, as far as notes tell it from others."""

    key: str
    title: str
    issued: str
    path: Mapping[str, str]


def bring_notes(session: Unit, notes: Incoming) -> tuple[Brought, Logged]:
    """Bring field notes into the ledger: their sources, quotes, observations and bearings.

    Args:
        session: the unit of work.
        notes: what ``read_fieldnotes`` read.

    Raises:
        EvidenceError: something in the notes cannot be kept as it stands; the file and the line are named.
    """
    settled = settle_sources(session, notes)
    brought = bring(session, settled)
    return brought, mark(session, settled, brought, strict=True)


def settle_sources(session: Unit, incoming: Incoming) -> Incoming:
    """Return what was read with a key for every source, so that none is taken for another.

    Many documents have the same title. A source without a key typed is known again only if title, date and
    all that both say of its place in the archive are the same, or else by the words that were copied from it
    before; if it is not known, it is a new one.

    Raises:
        UnknownKey: a block only points to a source, and there is none with that key.
    """
    known, keys = _known(session)
    typed = {item.key for item in incoming.items if item.key}
    for item in incoming.items:
        described = item.key in keys or any(
            other.key == item.key and other.fields for other in incoming.items
        )
        if item.key and not item.fields and not described:
            raise _unknown(item, [*keys, *typed])
    nameless = [number for number, item in enumerate(incoming.items) if not item.key]
    if not nameless:
        return incoming
    found: dict[int, str] = {}
    free = {source.key: source for source in known if source.key not in typed}
    for number in nameless:
        match = _by_title(incoming.items[number], free.values())
        if match:
            found[number] = free.pop(match).key
    words = _quoted(session)
    for number in nameless:
        if number not in found and (match := _by_words(incoming.items[number], words, free)):
            found[number] = free.pop(match).key
    unused = Keys([*keys, *typed])
    items = list(incoming.items)
    for number in nameless:
        items[number] = replace(
            items[number], key=found.get(number) or unused.take(stem(items[number].fields))
        )
    return replace(incoming, items=tuple(items))


def _unknown(item: Item, keys: Sequence[str]) -> UnknownKey:
    error = UnknownKey("source", item.key, keys)
    error.sentence += "" if nearest(item.key, keys) else " Give the block a title to make it a new one."
    return UnknownKey.at(error, item.place)  # type: ignore[return-value]


def _known(session: Unit) -> tuple[list[_Known], list[str]]:
    """Return the sources in use, and every key that is or was a source's."""
    columns = [getattr(Source, name) for name in _PATH]
    wanted = select(Source.key, Source.title, Source.csl, Source.retired_at, *columns).where(
        Source.study_id == session.study_id
    )
    known, keys = [], []
    for row in session.execute(wanted.order_by(Source.id)):
        keys.append(row.key)
        if row.retired_at is None:
            path = {name: getattr(row, name) for name in _PATH}
            known.append(_Known(row.key, row.title, str((row.csl or {}).get("issued") or ""), path))
    moved = select(Redirect.key).where(Redirect.study_id == session.study_id, Redirect.noun == "source")
    return known, [*keys, *session.scalars(moved)]


def _by_title(item: Item, free: Iterable[_Known]) -> str:
    title, issued = (
        _folded(str(item.fields.get("title", ""))),
        str(item.fields.get("csl", {}).get("issued", "")),
    )
    for source in free:
        same = _folded(source.title) == title and source.issued == issued
        if same and all(
            not source.path[name] or not item.fields.get(name) or source.path[name] == str(item.fields[name])
            for name in _PATH
        ):
            return source.key
    return ""


def _folded(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split()).rstrip(".")


def _quoted(session: Unit) -> dict[str, list[str]]:
    """Return the sources of the words that were typed in notes, by the words' hash."""
    wanted = (
        select(Quote.sha256, Quote.identifiers, Source.key)
        .join(Source, Source.id == Quote.source_id)
        .where(Quote.study_id == session.study_id, Quote.retired_at.is_(None), Quote.identifiers.is_not(None))
    )
    found: dict[str, list[str]] = {}
    for row in session.execute(wanted):
        if NOTES in row.identifiers:
            found.setdefault(row.sha256, []).append(row.key)
    return found


def _by_words(item: Item, words: Mapping[str, Sequence[str]], free: Mapping[str, _Known]) -> str:
    counted: Counter[str] = Counter()
    for marked in item.marked:
        digest = hashlib.sha256(unicodedata.normalize("NFC", marked.words).encode()).hexdigest()
        counted.update(key for key in set(words.get(digest, ())) if key in free)
    return counted.most_common(1)[0][0] if counted else ""
