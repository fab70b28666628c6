"""The evidence on a case's page: observations, searches and tests, each with its number there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from evidence.dates import edtf
from evidence.errors import ValueRefused
from evidence.inference.body import Body, Test
from evidence.inference.consequences import consequence, irreversible
from evidence.inference.likelihoods import implied
from evidence.publish import wording
from evidence.publish.bars import weight_words
from evidence.publish.codes import Numbers
from evidence.publish.resolved import Resolved
from evidence.publish.views import (
    BearingView,
    ConsequenceView,
    HypothesisView,
    ObservationView,
    RivalView,
    SearchView,
    TestView,
)
from evidence.vocabulary import TestResult

__all__ = [
    "case_hypotheses",
    "case_numbers",
    "hypothesis_view",
    "observation_views",
    "search_views",
    "test_views",
]


def case_numbers(study: Resolved, case_id: Any) -> Numbers:
    """Number a case's tests T1, its evidence E1 in the order of events, and its searches S1.

    Evidence of another case, or of the study, counts here if it is brought to a test or weighed in a decision.
    """
    tests = study.tests_of.get(case_id, [])
    observations = {row.id for row in study.observations_of.get(case_id, ())}
    searches = {row.id for row in study.searches_of.get(case_id, ())}
    brought = [bearing.right for test in tests for bearing in study.bearings_of_test.get(test.id, ())]
    for decision in study.decisions_of.get(case_id, ()):
        brought += study.of["decision_observation"].get(decision.id, ())
        brought += study.of["decision_search"].get(decision.id, ())
    observations |= {i for i in brought if i in study.observations}
    searches |= {i for i in brought if i in study.searches}
    keyed = (row for row in study.observations.values() if row.id in observations) if observations else ()
    return Numbers(
        {row.id: f"T{n}" for n, row in enumerate(tests, 1)},
        {row.id: f"E{n}" for n, row in enumerate(sorted(keyed, key=_happened), 1)},
        {i: f"S{n}" for n, i in enumerate((i for i in study.searches if i in searches), 1)}
        if searches
        else {},
    )


def _happened(row: Any) -> str:
    """Sort by the first day that it can have happened; sorting keeps the order of keys within a day."""
    try:
        first = edtf(row.occurred).earliest if row.occurred else None
    except ValueRefused:
        first = None
    return str(first or "9999")


def observation_views(study: Resolved, numbers: Numbers, against: set[Any]) -> tuple[ObservationView, ...]:
    """Return the views of a case's evidence; ``against`` holds what was weighed against a code."""
    views = []
    for row_id, number in numbers.observations.items():
        row = study.observations[row_id]
        bearings = _brought_to(study, row_id, numbers)
        views.append(
            ObservationView(
                number=number,
                key=row.key,
                former=study.former.get(row_id, ()),
                proposition=study.prose(row.proposition),
                inference=study.prose(row.inference),
                speaker=row.speaker,
                occurred=wording.date(row.occurred),
                lineage=row.lineage,
                note=study.prose(row.note),
                first_seen=wording.moment(row.first_seen_at),
                quotes=tuple(
                    sorted(
                        (
                            study.quote(i)
                            for i in study.of["observation_quote"].get(row_id, ())
                            if i in study.quotes
                        ),
                        key=lambda quote: quote.key,
                    )
                ),
                bearings=bearings,
                against=row_id in against or any(one.direction == "against" for one in bearings),
            )
        )
    return tuple(views)


def search_views(study: Resolved, numbers: Numbers) -> tuple[SearchView, ...]:
    """Return the views of a case's searches."""
    views = []
    for row_id, number in numbers.searches.items():
        row = study.searches[row_id]
        done = row.status == "done"
        views.append(
            SearchView(
                number=number,
                key=row.key,
                former=study.former.get(row_id, ()),
                question=study.prose(row.question),
                corpus=study.prose(row.corpus),
                terms=tuple(row.terms or ()),
                period=wording.date(row.period),
                coverage=study.prose(row.coverage),
                gaps=study.prose(row.gaps),
                sensitivity=wording.stated(row.sensitivity),
                hits=row.hits,
                found=study.prose(row.found),
                searched=wording.date(row.searched_on),
                coder=study.prose(study.coders.get(row.coder_id, "")),
                done=done,
                empty=done and row.hits == 0,
                bearings=_brought_to(study, row_id, numbers),
            )
        )
    return tuple(views)


def _brought_to(study: Resolved, subject: Any, numbers: Numbers) -> tuple[BearingView, ...]:
    return _sorted(
        _bearing(study, row, numbers.tests[row.left])
        for row in study.bearings_on.get(subject, ())
        if row.left in numbers.tests
    )


def _sorted(views: Any) -> tuple[BearingView, ...]:
    return tuple(sorted(views, key=lambda one: (one.number[0], int(one.number[1:]))))


def _bearing(study: Resolved, row: Any, number: str) -> BearingView:
    a, b = wording.stated(wording.decoded(row.c)), wording.stated(wording.decoded(row.d))
    said = [f"P(this if true) {a}" if a else "", f"P(this if the rival) {b}" if b else ""]
    return BearingView(number, row.a, ", ".join(filter(None, said)), study.prose(row.b))


def test_views(
    study: Resolved, case_id: Any, numbers: Numbers, hypotheses: Mapping[Any, str], body: Body
) -> tuple[TestView, ...]:
    """Return the views of a case's tests; ``body`` is its body of evidence."""
    everything = {**numbers.observations, **numbers.searches}
    tests = {test.key: test for test in body.tests}
    called = numbers.evidence(study)
    return tuple(
        _test(study, row, numbers.tests[row.id], everything, hypotheses, body, tests[row.key], called)
        for row in study.tests_of.get(case_id, ())
    )


def _test(
    study: Resolved,
    row: Any,
    number: str,
    brought: Mapping[Any, str],
    hypotheses: Mapping[Any, str],
    body: Body,
    test: Test,
    called: Mapping[str, str],
) -> TestView:
    bearings = [one for one in study.bearings_of_test.get(row.id, ()) if one.right in brought]
    a, b = test.p_hypothesis, test.p_rival
    kind = implied(a, b, body.profile, body.scale)
    return TestView(
        number=number,
        key=row.key,
        former=study.former.get(row.id, ()),
        hypothesis=hypotheses.get(row.hypothesis_id, ""),
        rival=hypotheses.get(row.rival_id, ""),
        hypothesis_key=_key(study, row.hypothesis_id),
        rival_key=_key(study, row.rival_id),
        hypothesis_statement=_statement(study, row.hypothesis_id),
        rival_statement=_statement(study, row.rival_id),
        kind=row.kind,
        implied=str(kind) if kind else "",
        target=row.target,
        prediction=study.prose(row.prediction),
        if_false=study.prose(row.if_false),
        where_to_look=study.prose(row.where_to_look),
        p_hypothesis=wording.stated(a),
        p_rival=wording.stated(b),
        declared=wording.moment(row.declared_at),
        timing=test.timing or "no evidence brought yet",
        result=row.result,
        resolved=wording.moment(row.resolved_at),
        weight=weight_words(test, body.scale, called),
        note=study.prose(row.note),
        irreversible=_irreversible(a, b, body.scale),
        consequences=tuple(_consequences(row.kind, row.result)),
        bearings=_sorted(_bearing(study, one, brought[one.right]) for one in bearings),
    )


def _irreversible(a: Any, b: Any, scale: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the claims that no further evidence could undo, in words."""
    claimed = irreversible({"its hypothesis": a, "the rival": b}, scale)
    return tuple(f"P(seen given {which}) = {end:g}" for which, ends in claimed.items() for end in ends)


def _consequences(kind: str, result: str) -> Iterable[ConsequenceView]:
    """Yield what a test's result means, or what either would mean while it has none."""
    settled = (TestResult.PASSED, TestResult.FAILED)
    for one in settled:
        if result == one or result not in settled:
            said = consequence(kind, one)
            yield ConsequenceView(one.value, result == one, said.hypothesis, said.rival)


def _statement(study: Resolved, hypothesis: Any) -> str:
    row = study.hypotheses.get(hypothesis)
    return study.prose(row.a) if row is not None else ""


def _key(study: Resolved, hypothesis: Any) -> str:
    row = study.hypotheses.get(hypothesis)
    return str(row.key) if row is not None else ""


def case_hypotheses(study: Resolved, case_id: Any) -> tuple[dict[Any, str], tuple[HypothesisView, ...]]:
    """Return a case's hypotheses, those its tests name first, and their numbers H1 by id."""
    order: dict[Any, None] = {}
    for test in study.tests_of.get(case_id, ()):
        for i in (test.hypothesis_id, test.rival_id):
            if i in study.hypotheses:
                order[i] = None
    for row in study.hypotheses_of.get(case_id, ()):
        order[row.id] = None
    numbers = {i: f"H{n}" for n, i in enumerate(order, 1)}
    return numbers, tuple(hypothesis_view(study, i, numbers) for i in order)


def hypothesis_view(study: Resolved, hypothesis_id: Any, numbers: Mapping[Any, str]) -> HypothesisView:
    """Return the view of a hypothesis; its rivals are those on the same page."""
    row = study.hypotheses[hypothesis_id]
    concept = study.concepts.get(row.y)
    variable = next((one.key for one in study.versions.values() if one.x == row.z), "") if row.z else ""
    return HypothesisView(
        number=numbers.get(hypothesis_id, ""),
        key=row.key,
        page=study.hypothesis_pages[row.key],
        owner=study.cases[row.x].key if row.x in study.cases else "",
        former=study.former.get(hypothesis_id, ()),
        statement=study.prose(row.a),
        mechanism=study.prose(row.b),
        concept=concept.a if concept is not None else "",
        variable=variable,
        supports=tuple(wording.decoded(row.c) or ()),
        prior=wording.stated(wording.decoded(row.d)),
        prior_basis=study.prose(row.e),
        residual=wording.truth(row.f),
        rivals=_rivals(study, hypothesis_id, numbers),
    )


def _rivals(study: Resolved, hypothesis_id: Any, numbers: Mapping[Any, str]) -> tuple[RivalView, ...]:
    views = []
    for rival, (relation, note) in study.rivalries.get(hypothesis_id, {}).items():
        row = study.hypotheses.get(rival)
        if row is not None and rival in numbers:
            views.append(RivalView(numbers[rival], row.key, study.prose(row.a), relation, study.prose(note)))
    return tuple(sorted(views, key=lambda view: (int(view.number[1:]), view.key)))
