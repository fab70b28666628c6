"""A study's rows with their links walked: what templates' views are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from evidence.keys import natural
from evidence.publish import citations, wording
from evidence.publish.citing import SHELF, cited
from evidence.publish.csl import styles
from evidence.publish.csl.cache import Cache
from evidence.publish.csl.formatter import Formatter
from evidence.publish.load import Rows
from evidence.publish.paths import page_names
from evidence.publish.views import CaseRef, Fact, QuoteView, SourceRef, SourceView

__all__ = ["Resolved", "narrowed", "place_of", "resolve"]

_LABELS = {"record_group": "Record group", "position_to_know": "Position to know"}
_CRITICISM = ("author", "position_to_know", "distance", "motive", "audience", "authenticity")


@dataclass(slots=True)
class Resolved:
    """Rows by id and by what leads to them; views of what several cases share."""

    rows: Rows
    cases: dict[Any, Any]
    refs: dict[Any, CaseRef]
    sources: dict[Any, SourceView]
    source_rows: dict[Any, Any]
    cited: dict[Any, citations.Cited]
    formatter: Formatter  # citations in the style of the appendix
    quotes: dict[Any, Any]
    quotes_of: dict[Any, list[Any]]  # a source's
    observations: dict[Any, Any]
    searches: dict[Any, Any]
    tests: dict[Any, Any]
    hypotheses: dict[Any, Any]
    hypothesis_pages: dict[str, str]  # names of files by key
    concepts: dict[Any, Any]
    versions: dict[Any, Any]
    coders: dict[Any, str]
    coder_sources: dict[Any, Any]  # where a coder stands for a publication: its source
    of: dict[str, dict[Any, list[Any]]]  # a kind of link, and what it leads to from each id
    bearings_of_test: dict[Any, list[Any]]
    bearings_on: dict[Any, list[Any]]
    rivalries: dict[Any, dict[Any, tuple[str, str]]]  # hypothesis → rival → relation and note
    numbers: dict[Any, list[Any]]  # a case's aliases
    parts: dict[Any, list[Any]]  # a case's participations
    places: dict[Any, list[Any]]  # a case's places in episodes
    tests_of: dict[Any, list[Any]]
    decisions_of: dict[Any, list[Any]]
    observations_of: dict[Any, list[Any]]
    searches_of: dict[Any, list[Any]]
    hypotheses_of: dict[Any, list[Any]]
    moved: dict[tuple[str, str], Any]  # a noun and a key it once had
    former: dict[Any, tuple[str, ...]]  # the keys that a row once had
    prose: Callable[[str], str]  # how the study's own sentences are set; quotes never are
    _quote_views: dict[Any, QuoteView] = field(default_factory=dict)

    def bare(self, case_id: Any) -> bool:
        """Tell whether nothing but its data, and perhaps a narrative, is logged on a case."""
        return not any(
            case_id in led
            for led in (
                self.tests_of,
                self.decisions_of,
                self.observations_of,
                self.searches_of,
                self.hypotheses_of,
            )
        )

    def quote(self, quote_id: Any) -> QuoteView:
        """Return the view of a quote, made once however many cases show it."""
        view = self._quote_views.get(quote_id)
        if view is None:
            view = self._quote_views[quote_id] = _quote(self, self.quotes[quote_id])
        return view


def resolve(rows: Rows, style: str = "") -> Resolved:
    """Return the rows with their links walked, sorted by key so that any database gives the same.

    Args:
        rows: the study as it was read.
        style: the citation style, by name or file; nothing takes the study's own.

    Raises:
        EvidenceError: there is no such style, or pandoc cannot use it.
    """
    links, named = rows.links, rows.named
    prose = wording.curled if (rows.study.language or "en").startswith("en") else wording.as_it_stands
    cases = {row.id: row for row in sorted(rows.cases, key=_chronology)}
    pages = page_names(row.key for row in cases.values())
    sources = _keyed(rows.sources)
    citable = cited(sources)
    files = page_names(row.key for row in sources)
    places = {row.id: SourceRef(row.key, files[row.key], row.title or row.key) for row in sources}
    language = rows.study.language or "en"
    formatter = Formatter(styles.find(style or rows.study.citation_style), citable, Cache(), language)
    coder_sources = {row.id: row.x for row in named.get("coder", []) if row.x in citable}
    formatter.prepare([*((row.id, {}) for row in sources), *_places(rows, coder_sources)])
    hypotheses = (
        rows.claims if rows.claims is not None else [r.key for r in _keyed(named.get("hypothesis", []))]
    )
    former = _former(links.get("redirect", []))
    return Resolved(
        **_walked(rows),
        refs={
            i: CaseRef(row.key, pages[row.key], prose(row.title) or row.key, wording.years(row.start, row.end))
            for i, row in cases.items()
        },
        sources={row.id: _source(row, citable[row.id], formatter, places, prose, former) for row in sources},
        source_rows={row.id: row for row in sources},
        cited=citable,
        formatter=formatter,
        hypothesis_pages=page_names(hypotheses),
        concepts={row.id: row for row in _keyed(named.get("concept", []))},
        versions={row.id: row for row in sorted(named.get("variable_version", []), key=lambda row: str(row.id))},
        coders={row.id: row.a for row in named.get("coder", [])},
        coder_sources=coder_sources,
        numbers=_by(links.get("alias", []), "left"),
        places=_by(links.get("episode_case", []), "right"),
        moved={(row.a, row.b): row.left for row in links.get("redirect", [])},
        former=former,
        prose=prose,
    )  # fmt: skip


def narrowed(study: Resolved, rows: Rows) -> Resolved:
    """Return a study with the rows of some of its cases, or of some of its sources; what all share is taken over.

    Args:
        study: with what all share.
        rows: the same with what belongs to some.
    """
    study.formatter.prepare(_places(rows, study.coder_sources))
    return replace(study, **_walked(rows), _quote_views={})


def _places(rows: Rows, coder_sources: dict[Any, Any]) -> Iterable[tuple[Any, dict[str, str]]]:
    """Return which sources are cited where."""
    published = ((coder_sources.get(row.coder_id), place_of(row)) for row in rows.decisions)
    return [
        *((row.source_id, place_of(row)) for row in rows.quotes),
        *((source, place) for source, place in published if source is not None),
    ]


def _walked(rows: Rows) -> dict[str, Any]:
    """Return the rows that belong to cases, by id and by what leads to them."""
    links = rows.links
    bearings = links.get("bearing", [])
    observations, searches, tests = _keyed(rows.observations), _keyed(rows.searches), _keyed(rows.tests)
    quotes, hypotheses = _keyed(rows.quotes), _keyed(rows.named.get("hypothesis", []))
    return {
        "rows": rows,
        "cases": {row.id: row for row in sorted(rows.cases, key=_chronology)},
        "quotes": {row.id: row for row in quotes},
        "quotes_of": _by(quotes, "source_id"),
        "observations": {row.id: row for row in observations},
        "searches": {row.id: row for row in searches},
        "tests": {row.id: row for row in tests},
        "hypotheses": {row.id: row for row in hypotheses},
        "of": {kind: _leading(links.get(kind, [])) for kind in
               ("observation_quote", "decision_test", "decision_observation", "decision_search", "decision_adjudicated")},
        "bearings_of_test": _by(bearings, "left"),
        "bearings_on": _by(bearings, "right"),
        "rivalries": _both_ways(links.get("rivalry", [])),
        "parts": _by(sorted(rows.parts, key=_by_state), "owner"),
        "tests_of": _by(tests, "case_id"),
        "decisions_of": _by(_keyed(rows.decisions), "case_id"),
        "observations_of": _by(observations, "case_id"),
        "searches_of": _by(searches, "case_id"),
        "hypotheses_of": _by(hypotheses, "x"),
    }  # fmt: skip


def _chronology(case: Any) -> tuple[str, str, str]:
    """Sort cases by the first day that they can have begun, then by the last, then by key."""
    return (str(case.start_earliest or "9999"), str(case.end_earliest or "9999"), case.key)


def _by_state(part: Any) -> tuple[Any, ...]:
    return (part.name, part.key, part.side, part.spell or 0, part.start or "")


def _keyed(found: Iterable[Any]) -> list[Any]:
    return sorted(found, key=lambda row: natural(row.key))


def _by(found: Iterable[Any], column: str) -> dict[Any, list[Any]]:
    grouped: dict[Any, list[Any]] = {}
    for row in found:
        grouped.setdefault(getattr(row, column), []).append(row)
    return grouped


def _both_ways(rivalries: Iterable[Any]) -> dict[Any, dict[Any, tuple[str, str]]]:
    """Return each hypothesis's rivals; one that is said of one side only holds of the other too."""
    said: dict[Any, dict[Any, tuple[str, str]]] = {}
    for row in rivalries:
        said.setdefault(row.left, {})[row.right] = (row.a, row.b or "")
    for left, rivals in list(said.items()):
        for right, relation in list(rivals.items()):
            said.setdefault(right, {}).setdefault(left, relation)
    return said


def _former(redirects: Iterable[Any]) -> dict[Any, tuple[str, ...]]:
    """Return the keys that rows had before, in the order of the keys."""
    keys: dict[Any, list[str]] = {}
    for row in redirects:
        keys.setdefault(row.left, []).append(row.b)
    return {i: tuple(sorted(found, key=natural)) for i, found in keys.items()}


def _leading(found: Iterable[Any]) -> dict[Any, list[Any]]:
    led: dict[Any, list[Any]] = {}
    for row in found:
        led.setdefault(row.left, []).append(row.right)
    return led


def _source(
    row: Any,
    cited: citations.Cited,
    formatter: Formatter,
    places: dict[Any, SourceRef],
    prose: Callable[[str], str],
    former: dict[Any, tuple[str, ...]],
) -> SourceView:
    criticism = row.criticism or {}
    url = citations.web_address(cited)
    origin = places.get(row.derived_from_id)
    return SourceView(
        key=row.key,
        former=former.get(row.id, ()),
        page=places[row.id].page,
        type=row.type.replace("-", " ").replace("_", " "),
        title=row.title,
        citation=formatter.full(row.id, {}),
        short=formatter.short(row.id, {}),
        recommended=citations.as_html(citations.recommended(cited)),
        sort=citations.sort_key(cited),
        tier=row.tier,
        general=row.scope == "general",
        url=url if url.startswith(("http://", "https://")) else "",
        archive=tuple(
            Fact(_LABELS.get(name, name.capitalize()), value)
            for name in SHELF
            if (value := getattr(row, name))
        ),
        marks="; ".join(filter(None, (row.classification, row.handling))),
        access=row.access,
        rights=row.rights,
        language=row.language,
        redacted=bool(row.redacted),
        derived_from=origin.title if origin else "",
        criticism=tuple(
            Fact(_LABELS.get(name, name.capitalize()), prose(criticism[name]))
            for name in _CRITICISM
            if criticism.get(name)
        ),
        note=prose(row.note),
    )


def place_of(quote: Any) -> dict[str, str]:
    """Return a quote's locator."""
    return {str(kind): str(value) for kind, value in (quote.locator or {}).items()}


def _quote(study: Resolved, row: Any) -> QuoteView:
    source = study.sources[row.source_id]
    locator = place_of(row)
    verified = wording.moment(row.verified_at)
    if verified and row.verified_edition:
        verified += f", against {row.verified_edition}"
    return QuoteView(
        key=row.key,
        former=study.former.get(row.id, ()),
        words=row.words,
        prefix=row.prefix + wording.between(row.prefix, row.words),
        suffix=wording.between(row.words, row.suffix) + row.suffix,
        language=row.language or source.language,
        transliteration=row.transliteration,
        translation=row.translation,
        translator=row.translator,
        redactions=tuple(row.redactions or ()),
        note=study.prose(row.note),
        state=row.state,
        state_words=wording.STATES.get(row.state, row.state),
        verified=verified,
        source=source,
        locator=citations.locator_words(locator),
        citation=study.formatter.full(row.source_id, locator),
    )
