"""A case's page, in the order in which a reader asks: what, which code, the story, the tests, the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.inference.body import Body
from evidence.inference.stages import stage
from evidence.publish import wording
from evidence.publish.bars import bars
from evidence.publish.brought import (
    case_hypotheses,
    case_numbers,
    observation_views,
    search_views,
    test_views,
)
from evidence.publish.codes import Scheme, codings, not_coded
from evidence.publish.data_words import account, facts
from evidence.publish.narratives import Citation, unknown_citation, written
from evidence.publish.parties import in_a_line, opponents, sides
from evidence.publish.reasoning_views import BarsView, ReviewView, RobustnessView, SquareView
from evidence.publish.resolved import Resolved, place_of
from evidence.publish.reviewed import Signed, reviews
from evidence.publish.robustness import robust
from evidence.publish.square import square
from evidence.publish.views import (
    AliasView,
    CaseRef,
    CaseView,
    CodingView,
    EpisodeRef,
    HypothesisView,
    NarrativeView,
    NoteView,
    ObservationView,
    SearchView,
    SideView,
    SourceRef,
    SourceView,
    TestView,
)

__all__ = ["Settled", "entry", "settled"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What is logged on a case beyond its data."""

    codings: tuple[CodingView, ...]
    hypotheses: tuple[HypothesisView, ...] = ()
    tests: tuple[TestView, ...] = ()
    evidence: tuple[ObservationView, ...] = ()
    searches: tuple[SearchView, ...] = ()
    square: SquareView | None = None
    bars: tuple[BarsView, ...] = ()
    reviews: tuple[ReviewView, ...] = ()
    robustness: RobustnessView | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What is the same for every case: the scheme, the profile, the country under study, and who stands in what."""

    versions: Mapping[Any, Scheme]
    variables: Sequence[Scheme]
    profile: str
    studied: str
    episodes: Mapping[Any, Any]
    by_key: Mapping[tuple[str, str], Any]  # ("quote" or "source", key) → id
    nothing: Proof  # of a case on which nothing is logged
    bodies: Mapping[Any, Body]  # of the cases that have a test or a code
    signed: Signed
    single: bool
    level: int  # of the headings inside a case's page


def settled(
    study: Resolved,
    versions: Mapping[Any, Scheme],
    variables: Sequence[Scheme],
    studied: str,
    built: Mapping[Any, Body],
    signatures: Signed,
    *,
    single: bool,
) -> Settled:
    """Return what is the same for every case of the study."""
    by_key: dict[tuple[str, str], Any] = {
        key: i
        for key, i in study.moved.items()
        if key[0] in ("quote", "source") and (i in study.quotes or i in study.sources)
    }
    by_key |= {("source", source.key): i for i, source in study.sources.items()}
    by_key |= {("quote", row.key): i for i, row in study.quotes.items()}
    return Settled(
        versions, variables, study.rows.study.profile, studied,
        {row.id: row for row in study.rows.named.get("episode", [])}, by_key,
        Proof(tuple(map(not_coded, variables))), built, signatures, single, 4 if single else 3,
    )  # fmt: skip


def entry(
    study: Resolved, shared: Settled, case_id: Any, previous: CaseRef | None, following: CaseRef | None
) -> CaseView:
    """Return the view of one case.

    Raises:
        EvidenceError: its narrative cites what the study does not have.
    """
    row, ref = study.cases[case_id], study.refs[case_id]
    parties = sides(study, case_id, shared.studied)
    aliases = _aliases(study, case_id)
    proof = (
        shared.nothing
        if study.bare(case_id) and ("case", case_id) not in shared.signed.of
        else _proof(study, shared, case_id)
    )
    return CaseView(
        key=row.key,
        former=study.former.get(case_id, ()),
        page=ref.page,
        title=ref.title,
        number=_number(row, aliases),
        numbers=aliases,
        dates=wording.span(row.start, row.end),
        years=ref.years,
        stage=stage(row.status, (test.result for test in proof.tests)),
        screening=study.prose(row.screening),
        data=f"{row.data_set} {row.data_version}".strip(),
        episodes=_episodes(study, shared, case_id),
        sides=parties,
        participants=in_a_line(parties),
        studied=tuple(one for side in parties for one in side.participants if one.studied),
        opponents=opponents(parties),
        facts=facts(row.attributes or {}),
        codings=proof.codings,
        narrative=_narrative(study, shared, row, parties, proof.evidence),
        hypotheses=proof.hypotheses,
        tests=proof.tests,
        square=proof.square,
        bars=proof.bars,
        reviews=proof.reviews,
        evidence=proof.evidence,
        counter=tuple(item.number for item in proof.evidence if item.against),
        searches=proof.searches,
        robustness=proof.robustness,
        previous=previous,
        following=following,
    )


def _proof(study: Resolved, shared: Settled, case_id: Any) -> Proof:
    numbers = case_numbers(study, case_id)
    coded = codings(study, shared.versions, shared.variables, case_id, numbers, shared.signed.decisions)
    hypothesis_numbers, hypotheses = case_hypotheses(study, case_id)

    body = shared.bodies.get(case_id) or Body(study.cases[case_id].key, profile=shared.profile)
    tests = test_views(study, case_id, numbers, hypothesis_numbers, body)
    weighed = {
        i
        for one in study.decisions_of.get(case_id, ())
        for i in study.of["decision_observation"].get(one.id, ())
    }
    evidence = observation_views(study, numbers, weighed)
    by_key = {study.tests[i].key: number for i, number in numbers.tests.items()}
    brought = numbers.evidence(study)
    named = {one.key: one.number for one in hypotheses}
    quoted = {quote.source.key: _ref(quote.source) for one in evidence for quote in one.quotes}
    return Proof(
        coded,
        hypotheses,
        tests,
        evidence,
        search_views(study, numbers),
        square(body.tests, by_key, body.profile, body.scale),
        bars(body, by_key, brought, named),
        reviews(study, shared.signed, case_id, numbers),
        robust(body, coded, by_key | brought | named, quoted),
    )


def _aliases(study: Resolved, case_id: Any) -> tuple[AliasView, ...]:
    found = [AliasView(row.a, row.b, row.c, wording.truth(row.d)) for row in study.numbers.get(case_id, ())]
    if len(found) > 1:
        found.sort(key=lambda one: (one.merged, one.data_set, one.version, one.number))
    return tuple(found)


def _number(row: Any, aliases: Sequence[AliasView]) -> str:
    """Return the case's number in the data set that its facts come from, else in any."""
    own = [one for one in aliases if not one.merged]
    named = [one for one in own if one.version == row.data_version] or own
    return named[0].number if named else ""


def _episodes(study: Resolved, shared: Settled, case_id: Any) -> tuple[EpisodeRef, ...]:
    found = [
        EpisodeRef(episode.key, study.prose(episode.a), place.a or "", study.prose(place.b))
        for place in study.places.get(case_id, ())
        if (episode := shared.episodes.get(place.left)) is not None
    ]
    return tuple(sorted(found, key=lambda one: one.key))


def _narrative(
    study: Resolved,
    shared: Settled,
    row: Any,
    parties: Sequence[SideView],
    evidence: Sequence[ObservationView],
) -> NarrativeView:
    if not row.narrative.strip():
        told = account(row, parties)
        return NarrativeView(told, told, (), f"{row.data_set} {row.data_version}".strip() or "the ledger")
    text = written(
        row.narrative,
        case=row.key,
        curl=study.prose is wording.curled,
        at=f"{row.key}:" if shared.single else "",
        level=shared.level,
    )
    on_page = {quote.key: item.number for item in reversed(evidence) for quote in item.quotes}
    cited = ((shared.by_key.get(("source", one.key)), _place(one.place)) for one in text.citations)
    study.formatter.prepare((source, place) for source, place in cited if source is not None)
    seen: set[str] = set()
    notes = tuple(
        _note(study, shared, row.key, number, citation, on_page, seen)
        for number, citation in enumerate(text.citations, 1)
    )
    return NarrativeView(text.html, text.plain, notes, "")


def _note(
    study: Resolved,
    shared: Settled,
    case: str,
    number: int,
    citation: Citation,
    on_page: Mapping[str, str],
    seen: set[str],
) -> NoteView:
    """Return a note: a source is cited in full the first time, in short form later."""
    quote_id = shared.by_key.get(("quote", citation.key))
    if quote_id is not None:
        quote = study.quote(quote_id)
        first = quote.source.key not in seen
        seen.add(quote.source.key)
        row = study.quotes[quote_id]
        cited = quote.citation if first else study.formatter.short(row.source_id, place_of(row))
        return NoteView(
            number,
            _ref(quote.source),
            quote.key,
            cited,
            quote.words,
            quote.translation,
            quote.language,
            on_page.get(quote.key, ""),
        )
    source_id = shared.by_key.get(("source", citation.key))
    if source_id is None:
        known = [key for _, key in shared.by_key]
        raise unknown_citation(case, citation, known)
    source = study.sources[source_id]
    write = study.formatter.short if source.key in seen else study.formatter.full
    seen.add(source.key)
    return NoteView(
        number,
        _ref(source),
        "",
        write(source_id, _place(citation.place)),
        "",
        "",
        "",
        "",
    )


def _ref(source: SourceView) -> SourceRef:
    return SourceRef(source.key, source.page, source.title or source.key)


def _place(place: str) -> dict[str, str]:
    """Return what stands after a cited source as a locator: a bare number is a page, else words as they are."""
    kind, _, value = place.partition(" ")
    if value and kind in ("document", "page", "folio", "frame", "paragraph", "footnote", "chapter", "line"):
        return {kind: value}
    if place and place[0].isdecimal():
        return {"page": place}
    return {"words": place} if place else {}
