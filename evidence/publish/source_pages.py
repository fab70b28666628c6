"""A source's page: its quotes in context, where it comes from, and the cases, tests and codes that rest on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from evidence.publish.contexts import in_context
from evidence.publish.csl.bibliography import bibliography
from evidence.publish.resolved import Resolved
from evidence.publish.searching import found_in_source
from evidence.publish.source_views import (
    BibliographyEntry,
    BibliographySection,
    HeldView,
    NoteUse,
    PlacedQuote,
    SourceEntry,
    SourceLine,
    SourceUse,
)
from evidence.publish.views import CaseLine, SourceRef, SourceView
from evidence.publish.wording import listed
from evidence.vocabulary import QuoteState, SourceTier

__all__ = ["Shelf", "in_bibliography", "shelf", "source_line"]

_SHORT_HASH = 12
#: Of more sources of a tier on which nothing rests than these, none has a page: a volume brings hundreds.
_MANY = 40


@dataclass(frozen=True, slots=True)
class Shelf:
    """The sources that an appendix shows, with what rests on each; their quotes come with ``entries``."""

    tiers: tuple[tuple[str, tuple[Any, ...]], ...]  # their ids, in order
    _study: Resolved
    _uses: Mapping[str, Sequence[SourceUse]]
    _quotes: Mapping[str, Sequence[NoteUse]]
    _derived: Mapping[Any, Sequence[SourceRef]]
    _derived_idle: Mapping[Any, int]
    _idle: Collection[Any]
    _shown: Collection[Any]
    _everything: bool

    def entries(self, part: Resolved, ids: Iterable[Any]) -> Iterator[SourceEntry]:
        """Yield sources as their own pages show them.

        Args:
            part: the study with the quotes of these sources.
            ids: of the sources.
        """
        texts: dict[Any, list[Any]] = {}
        for row in part.rows.texts:
            texts.setdefault(row.source_id, []).append(row)
        for i in ids:
            row = part.source_rows[i]
            held = {text.sha256: text for text in texts.get(i, ())}
            quotes = part.quotes_of.get(i, ())
            placed = tuple(
                _placed(part, row, quote, held.get(quote.verified_sha256), self._quotes.get(quote.key, ()))
                for quote in quotes
                if self._everything or quote.key in self._quotes
            )
            yield SourceEntry(
                source=part.sources[i],
                uses=tuple(self._uses.get(row.key, ())),
                origin=self._origin(i),
                derived=tuple(self._derived.get(i, ())),
                derived_idle=self._derived_idle.get(i, 0),
                texts=_texts(texts.get(i, ()), quotes),
                quotes=placed,
                state=_state(placed),
                idle=i in self._idle,
            )

    def _origin(self, source: Any) -> SourceRef | None:
        above = self._study.source_rows[source].derived_from_id
        return _ref(self._study.sources[above]) if above in self._shown else None

    def around(self, source: Any) -> tuple[Any, ...]:
        """Return what a source's page shows beside its own records and quotes: what rests on it, where it stands."""
        key = self._study.source_rows[source].key
        derived = tuple(self._derived.get(source, ())), self._derived_idle.get(source, 0)
        return tuple(self._uses.get(key, ())), self._origin(source), derived, source in self._idle


def shelf(study: Resolved, cases: Sequence[CaseLine], quoted: Collection[Any], *, everything: bool) -> Shelf:
    """Return the sources of an appendix, by tier.

    Args:
        study: the study.
        cases: those that are shown.
        quoted: the ids of the sources that are quoted.
        everything: whether sources and quotes are shown on which nothing rests here, too.
    """
    sources, quotes = _used(cases)
    shown = {i: one for i, one in study.sources.items() if everything or one.general or one.key in sources}
    idle = _idle(
        study,
        shown,
        {i for i, one in shown.items() if one.general or one.key in sources or (everything and i in quoted)},
    )
    derived: dict[Any, list[SourceRef]] = {}
    for i, one in shown.items():
        if i not in idle:
            derived.setdefault(study.source_rows[i].derived_from_id, []).append(_ref(one))
    tiers: dict[str, list[Any]] = {}
    for i, one in sorted(shown.items(), key=lambda pair: (pair[1].sort, pair[1].key)):
        tiers.setdefault(one.tier, []).append(i)
    return Shelf(
        tuple((tier.value, tuple(tiers[tier])) for tier in SourceTier if tier in tiers),
        study,
        sources,
        quotes,
        derived,
        Counter(study.source_rows[i].derived_from_id for i in idle),
        idle,
        shown.keys(),
        everything,
    )


def in_bibliography(
    study: Resolved, tiers: Iterable[tuple[str, Iterable[SourceLine]]]
) -> tuple[BibliographySection, ...]:
    """Return the bibliography of sources."""
    ids = {one.key: i for i, one in study.sources.items()}
    entries = {
        ids[one.source.key]: BibliographyEntry(_ref(one.source), Markup(), not one.idle)
        for _, lines in tiers
        for one in lines
    }
    return bibliography(study.formatter, study.cited, entries)


def source_line(entry: SourceEntry) -> SourceLine:
    """Return what other pages say of a source."""
    return SourceLine(entry.source, entry.uses, len(entry.quotes), entry.idle, found_in_source(entry))


def _idle(study: Resolved, shown: Mapping[Any, SourceView], used: set[Any]) -> set[Any]:
    """Return the sources that need no page: many of a tier, unused, and from which nothing used is derived."""
    waiting = list(used)
    while waiting:
        origin = study.source_rows[waiting.pop()].derived_from_id
        if origin in shown and origin not in used:
            used.add(origin)
            waiting.append(origin)
    many = Counter(one.tier for i, one in shown.items() if i not in used)
    return {i for i, one in shown.items() if i not in used and many[one.tier] > _MANY}


def _ref(source: SourceView) -> SourceRef:
    return SourceRef(source.key, source.page, source.title or source.key)


def _used(cases: Sequence[CaseLine]) -> tuple[dict[str, list[SourceUse]], dict[str, list[NoteUse]]]:
    """Return where each source and each quote is used, in the order of the cases."""
    sources: dict[str, list[SourceUse]] = {}
    quotes: dict[str, list[NoteUse]] = {}
    for case in cases:
        for key, use in case.sources:
            sources.setdefault(key, []).append(use)
        for key, note in case.quotes:
            quotes.setdefault(key, []).append(note)
    return sources, quotes


def _placed(study: Resolved, source: Any, row: Any, text: Any, uses: Iterable[NoteUse]) -> PlacedQuote:
    found, remark = in_context(source, row, text)
    return PlacedQuote(
        quote=study.quote(row.id),
        passage=found,
        remark=remark,
        uses=tuple(uses),
    )


def _texts(rows: Iterable[Any], quotes: Iterable[Any]) -> tuple[HeldView, ...]:
    """Return the texts of a source, and those that its quotes were verified against and that are not here."""
    verified = Counter((row.verified_sha256, row.verified_edition) for row in quotes if row.verified_sha256)
    views = [
        HeldView(
            edition=row.edition,
            origin=row.origin,
            sha256=row.sha256[:_SHORT_HASH],
            here=bool(row.held),
            shareable=bool(row.shareable),
            verified=sum(count for (sha256, _), count in verified.items() if sha256 == row.sha256),
        )
        for row in rows
    ]
    known = {view.sha256 for view in views}
    views += [
        HeldView(edition, "", sha256[:_SHORT_HASH], here=False, shareable=False, verified=count)
        for (sha256, edition), count in verified.items()
        if sha256[:_SHORT_HASH] not in known
    ]
    return tuple(sorted(views, key=lambda view: (not view.here, view.edition, view.sha256)))


def _state(quotes: Sequence[PlacedQuote]) -> str:
    """Return how many quotes were found how: ``12 exact and 1 typographic``."""
    found = Counter(one.quote.state for one in quotes)
    return listed(f"{found[state]} {state}" for state in QuoteState if found[state])
