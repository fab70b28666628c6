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
from evidence.publish.cite_entry import cite_entry
from evidence.publish.codes import Scheme, codings, not_coded
from evidence.publish.data_words import facts
from evidence.publish.noted import Cited, cited_things, narrative
from evidence.publish.parties import in_a_line, opponents, sides
from evidence.publish.reasoning_views import BarsView, ReviewView, RobustnessView, SquareView
from evidence.publish.resolved import Resolved
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
    ObservationView,
    SearchView,
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
    things: Cited  # that narratives may cite
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
    return Settled(
        versions, variables, study.rows.study.profile, studied,
        {row.id: row for row in study.rows.named.get("episode", [])}, cited_things(study),
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
        narrative=narrative(
            study, shared.things, row, parties, proof.evidence, single=shared.single, level=shared.level
        ),
        hypotheses=proof.hypotheses,
        tests=proof.tests,
        square=proof.square,
        bars=proof.bars,
        reviews=proof.reviews,
        evidence=proof.evidence,
        counter=tuple(item.number for item in proof.evidence if item.against),
        searches=proof.searches,
        robustness=proof.robustness,
        cite=cite_entry(study.rows.study, row.key, ref),
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


def _ref(source: SourceView) -> SourceRef:
    return SourceRef(source.key, source.page, source.title or source.key)
