"""A source's page: its quotes in context, where it comes from, and the cases, tests and codes that rest on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from evidence.publish.contexts import may_be_shown, passage
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

__all__ = ["in_bibliography", "lines", "source_entries"]

_SHORT_HASH = 12
#: Of more sources of a tier on which nothing rests than these, none has a page: a volume brings hundreds.
_MANY = 40


def source_entries(
    study: Resolved, cases: Sequence[CaseLine], *, everything: bool
) -> tuple[tuple[str, tuple[SourceEntry, ...]], ...]:
    """Return the sources by tier, each with its quotes and with all that rests on it in these cases.

    Args:
        study: the study.
        cases: those that are shown.
        everything: whether sources and quotes are shown on which nothing rests here, too.
    """
    sources, quotes = _used(cases)
    shown = {i: one for i, one in study.sources.items() if everything or one.general or one.key in sources}
    kept = {
        i: [quote for quote in study.quotes_of.get(i, ()) if everything or quote.key in quotes] for i in shown
    }
    idle = _idle(
        study, shown, {i for i, one in shown.items() if one.general or one.key in sources or kept[i]}
    )
    derived: dict[Any, list[SourceRef]] = {}
    derived_idle = Counter(study.source_rows[i].derived_from_id for i in idle)
    for i, one in shown.items():
        if i not in idle:
            derived.setdefault(study.source_rows[i].derived_from_id, []).append(_ref(one))
    texts: dict[Any, list[Any]] = {}
    for row in study.rows.texts:
        texts.setdefault(row.source_id, []).append(row)
    held = {(row.source_id, row.sha256): row for row in study.rows.texts}
    tiers: dict[str, list[SourceEntry]] = {}
    for i, one in sorted(shown.items(), key=lambda pair: (pair[1].sort, pair[1].key)):
        row = study.source_rows[i]
        placed = tuple(
            _placed(study, row, quote, held.get((i, quote.verified_sha256)), quotes.get(quote.key, ()))
            for quote in kept[i]
        )
        tiers.setdefault(one.tier, []).append(
            SourceEntry(
                source=one,
                uses=tuple(sources.get(one.key, ())),
                origin=_ref(shown[row.derived_from_id]) if row.derived_from_id in shown else None,
                derived=tuple(derived.get(i, ())),
                derived_idle=derived_idle[i],
                texts=_texts(texts.get(i, ()), study.quotes_of.get(i, ())),
                quotes=placed,
                state=_state(placed),
                idle=i in idle,
            )
        )
    return tuple((tier.value, tuple(tiers[tier])) for tier in SourceTier if tier in tiers)


def lines(
    tiers: Iterable[tuple[str, Iterable[SourceEntry]]],
) -> tuple[tuple[str, tuple[SourceLine, ...]], ...]:
    """Return what other pages say of the sources, by tier."""
    return tuple((tier, tuple(map(_line, entries))) for tier, entries in tiers)


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


def _line(entry: SourceEntry) -> SourceLine:
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
    found = passage(row, text)
    remark = ""
    if found is not None and not may_be_shown(source, row.shareable):
        found, remark = None, "Context not shown: rights."
    elif found is None and row.state == QuoteState.NO_TEXT_HELD:
        remark = "Context not shown: no text is held."
    elif found is None:
        remark = "Context not shown: the text that it was verified against is not held here."
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
