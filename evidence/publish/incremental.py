"""Render the site anew where anything changed: cases and sources whose pages do not are not even read.

A case is rendered again when a row that its page rests on changed, when what all cases share did, or when its
neighbours did; a source likewise. Everything else is as the last rendering left it. Pages about the whole study are
made from the lines of all cases and sources, old and new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from evidence.publish import kept
from evidence.publish.dirty import Changed
from evidence.publish.environment import Templates
from evidence.publish.folder import Put, Site
from evidence.publish.front import Appendix
from evidence.publish.lines import line
from evidence.publish.load import Rows
from evidence.publish.pages import ASSETS, CASES, FOUND, FRONT, LISTS, MOVED, SOURCES, Page
from evidence.publish.parties import studied_actor
from evidence.publish.rests import WIDTH, packed
from evidence.publish.side import side_by_side
from evidence.publish.source_pages import Shelf, source_line
from evidence.publish.source_views import SourceLine
from evidence.publish.study_audit import CaseAudit
from evidence.publish.study_views import StudyView
from evidence.publish.views import CaseLine

__all__ = ["KeptCase", "KeptSource", "Progress", "Rendering", "render", "shared"]

#: Told how many cases and sources of how many are done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class KeptCase:
    """What is known of a case that was rendered."""

    id: bytes
    place: bytes  # a digest of where it stands among the others
    rests: bytes
    keys: tuple[str, ...]  # that its narrative cites
    line: CaseLine | None  # none of a case without a page
    audit: CaseAudit | None
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptSource:
    """What is known of a source that was rendered."""

    id: bytes
    own: bytes  # a digest of what it is
    around: bytes  # a digest of what is shown of it beside its quotes
    line: SourceLine
    pages: tuple[str, ...]


@dataclass(slots=True)
class Rendering:
    """What a rendering starts from: all that the last one knew, and what changed since; nothing, for everything."""

    cases: dict[bytes, KeptCase] = field(default_factory=dict)
    sources: dict[bytes, KeptSource] = field(default_factory=dict)
    changed: Changed | None = None
    lists: bytes = b""  # a digest of what the lists were filled from
    listed: tuple[str, ...] = ()


def shared(read: Appendix) -> bytes:
    """Return a digest of what every case shows: where it is another, every case is rendered again."""
    study, rows = read.study, read.study.rows
    own = {name: value for name, value in rows.study._asdict().items() if name not in ("revision", "digest")}
    named = {
        kind: [tuple(row) for row in found if kind != "hypothesis" or row.x is None]
        for kind, found in sorted(rows.named.items())
        if kind != "commitment"
    }
    return kept.digest(
        own,
        replace(read.frame, revision="", digest=""),
        {kind: sorted(found, key=str) for kind, found in named.items()},
        sorted((tuple(row) for row in rows.links.get("redirect", ())), key=str),
        [(key, page) for key, page in sorted(study.hypothesis_pages.items()) if key != page],
        studied_actor(study),
        read.doubts,
    )


def render(
    read: Appendix,
    kind: Templates,
    site: Site,
    start: Rendering,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Iterator[bytes]:
    """Put every page into a site, and yield what is to be known of cases and sources the next time.

    Args:
        read: the appendix.
        kind: its templates.
        site: where the pages go.
        start: what is known already; its lists are emptied.
        jobs: how many processes to fill pages in.
        progress: told how far it has come.

    Raises:
        EvidenceError: a narrative cites what there is not, or a template asks for what there is not.
    """
    for name in ASSETS:
        site.put(name, kind.asset(name).encode())
    done = _Done(progress)
    before = {one.id: one.line for one in start.cases.values()}
    told = _cases(read, kind, site, start, jobs, done)
    lines = [one.line for one in told if one.line is not None]
    shelf = read.shelf(lines)
    shelved = _sources(read, kind, site, start, shelf, _touched(before, told), jobs, done)
    study = read.whole(lines, (one.line for one in shelved), (one.audit for one in told))
    listed = replace(study, revision="", digest="", changes=())
    for filled in (FRONT, study), (FOUND, listed):
        for builder in filled[0]:
            for name, content in builder(filled[1], kind):
                site.put(name, content)
    _lists(kind, site, start, listed)
    for name, content in _moved(read, kind, site, lines, [one.line for one in shelved]):
        site.put(name, content)
    yield from (b"\0" + kept.encoded(one) for one in told)
    yield from (b"\1" + kept.encoded(one) for one in shelved)


def _lists(kind: Templates, site: Site, start: Rendering, study: StudyView) -> None:
    """Put the pages about the whole study into the site; they stay if nothing that they are filled from changed."""
    told = [
        kept.digest(replace(case, found=b"")) for case in study.cases
    ]  # one by one: together they are large
    told += [kept.digest(replace(one, found=b"")) for _, shelved in study.sources for one in shelved]
    made = kept.digest(replace(study, cases=(), sources=()), [tier for tier, _ in study.sources], told)
    if start.changed is not None and start.lists == made:
        for name in start.listed:
            site.keep(name)
        return
    start.lists = made
    start.listed = tuple(
        site.put(*page).name for builder in LISTS if builder not in FOUND for page in builder(study, kind)
    )


class _Done:
    """Counts what is done, and tells it."""

    def __init__(self, tell: Progress | None) -> None:
        self._tell, self._done, self._all = tell, 0, 0

    def more(self, number: int) -> None:
        self._all += number

    def one(self) -> None:
        self._done += 1
        if self._tell:
            self._tell(self._done, self._all)


def _cases(
    read: Appendix, kind: Templates, site: Site, start: Rendering, jobs: int, done: _Done
) -> list[KeptCase]:
    """Return what is known of every case, in order; those whose pages may be other ones now are rendered."""
    places = _places(read)
    old = start.cases
    wanted = [i for i in places if _case_changed(old.get(packed(i)), places[i], start.changed)]
    done.more(len(wanted))

    def fill(ids: Sequence[Any], rows: Rows) -> Iterator[tuple[KeptCase, list[Put]]]:
        for one in read.tell(ids, rows):
            view = one.view
            pages = [] if view is None else [page for make in CASES for page in make(read.frame, view, kind)]
            names = tuple(name for name, _ in pages)
            place = places[one.case]
            yield (
                KeptCase(
                    packed(one.case),
                    place,
                    one.rests,
                    one.keys,
                    line(view) if view else None,
                    one.audit,
                    names,
                ),
                [site.put(*page) for page in pages],
            )

    new: dict[bytes, KeptCase] = {}
    for known in side_by_side(read.parts.cases(wanted), fill, KeptCase, jobs, site):
        new[known.id] = known
        done.one()
    found = []
    for i in places:
        known = new.get(packed(i)) or old[packed(i)]
        if known.id not in new:
            for name in known.pages:
                site.keep(name)
        found.append(known)
    return found


def _places(read: Appendix) -> dict[Any, bytes]:
    """Return a digest of where each case stands: its own page, and those before and after it."""
    around = read.around()
    return {i: kept.digest(ref, around.get(i)) for i, ref in read.study.refs.items()}


def _case_changed(known: KeptCase | None, place: bytes, changed: Changed | None) -> bool:
    if known is None or changed is None or known.place != place or not changed.keys.isdisjoint(known.keys):
        return True
    if not changed.rows:
        return False
    rests = known.rests
    return not changed.rows.isdisjoint(rests[at : at + WIDTH] for at in range(0, len(rests), WIDTH))


def _touched(before: Mapping[bytes, CaseLine | None], told: Iterable[KeptCase]) -> set[str]:
    """Return the keys of the sources of which something else is used now, or something is used in another way."""
    found: set[str] = set()
    left = dict(before)
    for one in told:
        old = left.pop(one.id, None)
        if old is one.line:
            continue
        was, now = ((case.sources, case.quotes) if case else ((), ()) for case in (old, one.line))
        if was != now:
            found.update(key for key, _ in (*was[0], *now[0]))
    found.update(key for case in left.values() if case for key, _ in case.sources)
    return found


def _sources(
    read: Appendix,
    kind: Templates,
    site: Site,
    start: Rendering,
    shelf: Shelf,
    touched: set[str],
    jobs: int,
    done: _Done,
) -> list[KeptSource]:
    """Return what is known of every source, in order; those whose pages may be other ones now are rendered."""
    owns, old = source_digests(read), start.sources
    order = [i for _, ids in shelf.tiers for i in ids]
    around = {i: kept.digest(shelf.around(i)) for i in order}
    changed = start.changed

    def other(i: Any) -> bool:
        known = old.get(packed(i))
        if known is None or changed is None or known.own != owns[i] or known.around != around[i]:
            return True
        return packed(i) in changed.sources or read.study.source_rows[i].key in touched

    wanted = [i for i in order if other(i)]
    done.more(len(wanted))

    def fill(ids: Sequence[Any], rows: Rows) -> Iterator[tuple[KeptSource, list[Put]]]:
        for i, entry in read.shelved(shelf, ids, rows):
            makers = () if entry.idle else SOURCES
            pages = [page for make in makers for page in make(read.frame, entry, kind)]
            names = tuple(name for name, _ in pages)
            yield (
                KeptSource(packed(i), owns[i], around[i], source_line(entry), names),
                [site.put(*page) for page in pages],
            )

    new: dict[bytes, KeptSource] = {}
    for known in side_by_side(read.parts.sources(wanted), fill, KeptSource, jobs, site):
        new[known.id] = known
        done.one()
    found = []
    for i in order:
        known = new.get(packed(i)) or old[packed(i)]
        if known.id not in new:
            for name in known.pages:
                site.keep(name)
        found.append(known)
    return found


def source_digests(read: Appendix) -> dict[Any, bytes]:
    """Return a digest of what each source is, with what it is cited from and its texts."""
    study = read.study
    texts: dict[Any, list[Any]] = {}
    for row in study.rows.texts:
        told = (row.sha256, row.edition, row.origin, bool(row.shareable), bool(row.held), row.parts)
        texts.setdefault(row.source_id, []).append(told)
    return {
        i: kept.digest(tuple(study.source_rows[i]), one, study.cited[i], sorted(texts.get(i, ()), key=str))
        for i, one in study.sources.items()
    }


def _moved(
    read: Appendix, kind: Templates, site: Site, cases: Iterable[CaseLine], sources: Iterable[SourceLine]
) -> Iterator[Page]:
    """Yield pages that lead on from where a case or a source once was to where it is."""
    taken = {name.casefold() for name in site.pages}
    here: dict[str, Any] = {f"cases/{one.page}.html": one for one in cases if one.former}
    here |= {
        f"sources/{one.source.page}.html": one.source for one in sources if one.source.former and not one.idle
    }
    for path, one in here.items():
        for name, content in MOVED(read.frame, one, path, kind):
            if name.casefold() not in taken:
                taken.add(name.casefold())
                yield name, content
