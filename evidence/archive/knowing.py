"""Know a source again: which source of the study each incoming record speaks of, if any does."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import String, cast, select

from evidence.archive.keying import as_key, family_of, year_of
from evidence.archive.recorded import RECORD, streams, unwritten
from evidence.ledger.canonical import from_json
from evidence.ledger.revisions import Unit
from evidence.models import Redirect, Source

__all__ = ["Known", "Sources", "Wanted", "identified", "known_sources", "recognise"]

#: Kinds of names that others may share, and what keeps a record; all other kinds are one source's own.
_SHARED = {"citekey", "doi", "url", "isbn", "issn", RECORD}
_ALIKE = 0.6
_OVERLAP = 0.5
_DIFFERENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An incoming record, as far as it helps to know its source."""

    key: str
    stem: str
    names: Mapping[str, str]
    record: str
    title: str
    author: str
    year: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A source of the study, as far as it helps to know it again."""

    id: uuid.UUID
    key: str
    retired: bool
    names: Mapping[str, str]
    record: str
    title: str
    author: str
    year: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of a study, as an import needs them.

    Attributes:
        moved: where the keys lead that were renamed.
        keys: the key of every source, with its id if it is in use.
        known: those that the import may speak of, those in use first.
    """

    moved: dict[str, uuid.UUID]
    keys: dict[str, uuid.UUID | None] = field(default_factory=dict)
    known: list[Known] = field(default_factory=list)


@dataclass(slots=True)
class _Index:
    """The sources of a study, by everything that they may be known by."""

    by_key: dict[str, Known] = field(default_factory=dict)
    by_name: dict[tuple[str, str], list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_record: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_stem: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))


def known_sources(session: Unit, wanted: Sequence[Wanted]) -> Sources:
    """Return the sources of a study: the keys of all, and those that any of these records may speak of.

    Every source is looked at, but only those are kept of which a key, a name or a record is wanted: a study
    may have a hundred thousand, and a volume asks for a few hundred.

    Args:
        session: the unit of work.
        wanted: the incoming records.
    """
    moved = select(Redirect.key, Redirect.row_id).where(
        Redirect.study_id == session.study_id, Redirect.noun == "source"
    )
    sources = Sources({row.key: row.row_id for row in session.execute(moved)})
    fits = _Sought(wanted, sources.moved).fits
    # As text: the fast decoder reads it, and most of it is let go at once.
    csl, identifiers = cast(Source.csl, String), cast(Source.identifiers, String)
    rows = select(Source.id, Source.key, Source.retired_at, Source.title, csl, identifiers).where(
        Source.study_id == session.study_id
    )
    found = session.execute(rows, execution_options={"yield_per": 1000})
    for row_id, key, retired_at, title, described_as, known_as in found:
        sources.keys[key] = None if retired_at else row_id
        described, known = from_json(described_as or "null") or {}, from_json(known_as or "null") or {}
        names, record = identified(known, described), str(known.get(RECORD, ""))
        if fits(row_id, key, names, record):
            sources.known.append(
                Known(
                    id=row_id,
                    key=key,
                    retired=retired_at is not None,
                    names=names,
                    record=record,
                    title=title,
                    author=family_of(described),
                    year=year_of(described),
                )
            )
    sources.known.sort(key=lambda one: one.retired)
    return sources


class _Sought:
    """Everything by which incoming records may know a source again."""

    def __init__(self, wanted: Sequence[Wanted], moved: Mapping[str, uuid.UUID]) -> None:
        self.keys = {one.key for one in wanted} | {as_key(one.names.get("citekey", "")) for one in wanted}
        self.ids = {moved[key] for key in self.keys & moved.keys()}
        self.names = {name for one in wanted for name in one.names.items()}
        self.records = {one.record for one in wanted if one.record}
        self.stems = {one.stem for one in wanted if not one.key}

    def fits(self, row_id: uuid.UUID, key: str, names: Mapping[str, str], record: str) -> bool:
        return (
            key in self.keys
            or not self.records.isdisjoint(streams(record))
            or row_id in self.ids
            or not self.names.isdisjoint(names.items())
            or not self.stems.isdisjoint(_stems(key))
        )


def identified(identifiers: Mapping[str, Any], csl: Mapping[str, Any]) -> dict[str, str]:
    """Return what a source is known by, in one spelling; its DOI and its address are among it wherever they stand."""
    names = {kind: str(name).strip() for kind, name in identifiers.items() if kind != RECORD and name}
    for kind, variable in (("doi", "DOI"), ("url", "URL")):
        if kind not in names and csl.get(variable):
            names[kind] = str(csl[variable]).strip()
    if "doi" not in names and re.match(r"https?://(?:dx\.)?doi\.org/10\.", names.get("url", "")):
        names["doi"] = names["url"]  # an address that is a DOI
    if "doi" in names:
        names["doi"] = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", names["doi"].casefold())
    if "url" in names:
        names["url"] = re.sub(r"^https?://(?:www\.)?", "", names["url"]).rstrip("/")
    return {kind: name for kind, name in names.items() if name}


def recognise(wanted: Sequence[Wanted], sources: Sources) -> list[Known | None]:
    """Return for each record the source that it speaks of, or nothing; no source is given to two records.

    A record is known again if it says the same as when it was last brought, by its key, by a name of its
    own elsewhere (``zotero``, ``frus`` ...), by DOI, citation key or address, or, where it has none of
    these, by author, year and title. The surest ways come first, for all records.
    """
    index = _indexed(sources.known, sources.moved)
    found: list[Known | None] = [None] * len(wanted)
    claimed: set[uuid.UUID] = set()
    for way in (_by_record, _by_key, _by_own_name, _by_doi, _by_citekey, _by_url, _by_stem):
        for number, one in enumerate(wanted):
            if found[number] is None:
                # Whoever names a key means that source, also if somebody else in the file does.
                candidates = (s for s in way(one, index) if way is _by_key or s.id not in claimed)
                source = next(candidates, None)
                if source is not None:
                    found[number] = source
                    claimed.add(source.id)
    return found


def _indexed(known: Iterable[Known], moved: Mapping[str, uuid.UUID]) -> _Index:
    index = _Index()
    former = defaultdict(list)
    for key, row_id in moved.items():
        former[row_id].append(key)
    for source in known:
        for key in (source.key, *former.get(source.id, ())):
            index.by_key[key] = source
            for stem in _stems(key):
                index.by_stem[stem].append(source)
        for kind, name in source.names.items():
            index.by_name[kind, name].append(source)
        for record in streams(source.record):
            index.by_record[record].append(source)
    return index


def _stems(key: str) -> list[str]:
    """Return what a key may have been made of: letters that set keys apart come after it, as in beckley2015-myth-b."""
    return [key[:at] for at in range(len(key), max(len(key) - 4, 0), -1)]


def _by_record(one: Wanted, index: _Index) -> Iterator[Known]:
    for source in index.by_record.get(one.record, ()) if one.record else ():
        if not one.key or index.by_key.get(one.key) is source:
            yield source


def _by_key(one: Wanted, index: _Index) -> Iterator[Known]:
    source = index.by_key.get(one.key) if one.key else None
    if source and not _contradicts(one, source, "key") and not _another(one, source):
        yield source


def _by_own_name(one: Wanted, index: _Index) -> Iterator[Known]:
    for kind in sorted(one.names.keys() - _SHARED):
        yield from (
            s for s in index.by_name.get((kind, one.names[kind]), ()) if not _contradicts(one, s, kind)
        )


def _by_doi(one: Wanted, index: _Index) -> Iterator[Known]:
    yield from _by_shared(one, index, "doi", lambda _: True)


def _by_citekey(one: Wanted, index: _Index) -> Iterator[Known]:
    yield from _by_shared(one, index, "citekey", lambda source: not _another(one, source))
    key = as_key(one.names.get("citekey", ""))
    source = index.by_key.get(key)
    if source and "citekey" not in source.names and not _contradicts(one, source, "citekey"):
        yield from () if _another(one, source) else (source,)


def _by_url(one: Wanted, index: _Index) -> Iterator[Known]:
    yield from _by_shared(one, index, "url", lambda source: not _another(one, source))


def _by_shared(one: Wanted, index: _Index, kind: str, fits: Callable[[Known], bool]) -> Iterator[Known]:
    if kind in one.names:
        for source in index.by_name.get((kind, one.names[kind]), ()):
            if not _contradicts(one, source, kind) and fits(source):
                yield source


def _by_stem(one: Wanted, index: _Index) -> Iterator[Known]:
    """A record without any name is known by what it says: the same title, or half of its fields."""
    if one.key or not one.stem:
        return
    for source in index.by_stem.get(one.stem, ()):
        if _contradicts(one, source, "") or one.names.keys() - {"url"} - source.names.keys():
            continue
        same_title = _folded(one.title) == _folded(source.title)
        if (same_title and one.year == source.year) or _overlap(one.record, source.record) >= _OVERLAP:
            yield source


def _contradicts(one: Wanted, source: Known, by: str) -> bool:
    """Tell whether a name at least as sure as the one they share sets a record and a source apart."""
    for kind in one.names.keys() & source.names.keys():
        if kind == by or one.names[kind] == source.names[kind]:
            continue
        sure = kind not in _SHARED or kind == "doi" or (kind == "citekey" and by in ("url", ""))
        if sure and _library(kind, one.names[kind]) == _library(kind, source.names[kind]):
            return True
    return False


def _library(kind: str, name: str) -> str:
    """Return the library of a Zotero item: the same item may stand in several, under a key in each."""
    return name.rpartition("/")[0] if kind == "zotero" else ""


def _another(one: Wanted, source: Known) -> bool:
    """Tell whether author, year and title, as far as both say them, are all of another source."""
    said = [
        _alike(mine, its)
        for mine, its in ((one.title, source.title), (one.author, source.author), (one.year, source.year))
        if mine and its
    ]
    return len(said) >= _DIFFERENT and not any(said)


def _alike(mine: str, its: str) -> bool:
    mine, its = _folded(mine), _folded(its)
    return mine == its or (
        not mine.isdecimal()
        and SequenceMatcher(None, mine[:200], its[:200], autojunk=False).ratio() >= _ALIKE
    )


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(c for c in plain if unicodedata.category(c)[0] != "M")))


def _overlap(mine: str, its: str) -> float:
    here = unwritten(mine)
    shares = [0.0]
    for there in map(unwritten, streams(its)):
        same = sum(there.get(name) == value for name, value in here.items())
        shares.append(same / max(len(here), len(there), 1))
    return max(shares)
