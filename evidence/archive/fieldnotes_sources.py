"""Find out of which sources field notes speak: by key, by title, date and place, or by the words in them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import partial

from sqlalchemy import select

from evidence.archive.bringing import Brought, bring
from evidence.archive.incoming import Incoming, IncomingSource
from evidence.archive.keying import Keys, as_key
from evidence.archive.knowing_passages import NOTES, from_file
from evidence.archive.logged import Logged
from evidence.archive.marking import mark
from evidence.errors import UnknownKey, nearest
from evidence.folding import composed
from evidence.ledger.revisions import Unit
from evidence.models import Quote, Redirect, Source

__all__ = ["bring_notes", "settle_sources"]

_PATH = ("repository", "collection", "record_group", "series", "box", "folder", "item", "frame")
#: How alike two titles of one day must be, and how much of them is compared.
_ALIKE, _TITLE = 0.6, 200
#: Words that tell nothing of a title; how many of the others make a key, and how long it may be.
_SMALL = frozenset(
    "a an the of to for from in on at by and or with re der die das des la le les du de et y".split()
)
_WORDS, _LONGEST = 3, 60


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
            raise _unknown(item, [*keys, *(typed - {item.key})])
    nameless = [number for number, item in enumerate(incoming.items) if not item.key]
    if not nameless:
        return incoming
    free = {source.key: source for source in known if source.key not in typed}
    words, files = _quoted(session)
    found: dict[int, str] = {}
    for way in (_by_title, partial(_by_words, words), partial(_by_file, files)):
        for number in nameless:
            if number not in found and (match := way(incoming.items[number], free)):
                found[number] = free.pop(match).key
    unused = Keys([*keys, *typed])
    items = list(incoming.items)
    for number in nameless:
        key = found.get(number) or unused.take(_key(items[number]))
        items[number] = replace(items[number], key=key)
    return replace(incoming, items=tuple(items))


def _key(item: IncomingSource) -> str:
    """Return a key that tells a document: what its title begins with, and its date."""
    words = re.findall(r"\w+", str(item.fields.get("title", "")).casefold())
    telling = [word for word in words if word not in _SMALL] or words
    date = re.match(r"[\d-]*\d", _issued(item))
    made = as_key("-".join([*telling[:_WORDS], *([date[0]] if date else [])])[-_LONGEST:])
    return made or "source"


def _unknown(item: IncomingSource, keys: Sequence[str]) -> UnknownKey:
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


def _by_title(item: IncomingSource, free: Mapping[str, _Known]) -> str:
    """The same title and date, and nothing that sets the two apart in the archive."""
    for source in free.values():
        if (
            _folded(source.title) == _title(item)
            and source.issued == _issued(item)
            and all(
                not source.path[name]
                or not item.fields.get(name)
                or source.path[name] == str(item.fields[name])
                for name in _PATH
            )
        ):
            return source.key
    return ""


def _by_words(words: Mapping[str, Sequence[str]], item: IncomingSource, free: Mapping[str, _Known]) -> str:
    """The source that most of the words were copied from before."""
    counted: Counter[str] = Counter()
    for marked in item.marked:
        digest = hashlib.sha256(composed(marked.words).encode()).hexdigest()
        counted.update(key for key in set(words.get(digest, ())) if key in free)
    return counted.most_common(1)[0][0] if counted else ""


def _by_file(files: Mapping[str, set[str]], item: IncomingSource, free: Mapping[str, _Known]) -> str:
    """The one source that was typed in the same file with the same title, or an alike one of the same day."""
    here = {from_file(marked.identifiers) for marked in item.marked}
    near = [
        source.key
        for source in free.values()
        if files.get(source.key, set()) & here
        and (
            _folded(source.title) == _title(item)
            or (
                source.issued == _issued(item) != ""
                and SequenceMatcher(None, _folded(source.title)[:_TITLE], _title(item)[:_TITLE]).ratio()
                >= _ALIKE
            )
        )
    ]
    return near[0] if len(near) == 1 else ""


def _title(item: IncomingSource) -> str:
    return _folded(str(item.fields.get("title", "")))


def _issued(item: IncomingSource) -> str:
    return str(item.fields.get("csl", {}).get("issued", ""))


def _folded(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split()).rstrip(".")


def _quoted(session: Unit) -> tuple[dict[str, list[str]], dict[str, set[str]]]:
    """Return the sources of the words that were typed in notes, by the words' hash; and the files of each."""
    wanted = (
        select(Quote.sha256, Quote.identifiers, Source.key)
        .join(Source, Source.id == Quote.source_id)
        .where(Quote.study_id == session.study_id, Quote.retired_at.is_(None), Quote.identifiers.is_not(None))
    )
    words: dict[str, list[str]] = {}
    files: dict[str, set[str]] = {}
    for row in session.execute(wanted):
        if NOTES in row.identifiers:
            words.setdefault(row.sha256, []).append(row.key)
            files.setdefault(row.key, set()).add(from_file(row.identifiers))
    return words, files
