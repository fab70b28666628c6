"""The pages of hypotheses and of kinds of test, gathered from what the cases' lines say.

A case's own hypotheses are tested in that case alone (a law of the ledger), so their pages are filled with the case's;
those of the whole study are tested in many, and are filled with the lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evidence.inference.consequences import consequence
from evidence.publish.kind_views import (
    ClaimRef,
    HypothesisEntry,
    KindView,
    ListedTest,
    ResultView,
    RivalLine,
)
from evidence.publish.views import CaseLine, CaseRef, ConsequenceView, HypothesisView
from evidence.vocabulary import TestKind, TestResult

__all__ = ["MANY", "hypothesis_entries", "kind_page", "kind_views"]

#: What sets a kind apart (Van Evera 1997; METHOD 2.2), and the numbers that imply it (METHOD 2.3).
_KINDS = {
    TestKind.STRAW_IN_THE_WIND: (
        (
            "What it predicts is neither sure to be seen if the hypothesis is true nor telling if it is seen: "
            "either result leans one way, and neither settles anything."
        ),
        "Neither its being seen nor its being missed favours one side by more than T times.",
    ),
    TestKind.HOOP: (
        (
            "What it predicts must be seen if the hypothesis is true, or nearly so, and may well be seen if it is not: "
            "to fail tells much, to pass little."
        ),
        "Its being missed favours the rival by more than T times; its being seen favours the hypothesis by T times at most.",
    ),
    TestKind.SMOKING_GUN: (
        (
            "What it predicts would hardly be seen unless the hypothesis is true, and need not be seen if it is: "
            "to pass tells much, to fail little."
        ),
        "Its being seen favours the hypothesis by more than T times; its being missed favours the rival by T times at most.",
    ),
    TestKind.DOUBLY_DECISIVE: (
        (
            "What it predicts must be seen if the hypothesis is true, and would hardly be seen if it is not: "
            "either result tells much."
        ),
        "Its being seen favours the hypothesis, and its being missed the rival, by more than T times each.",
    ),
}
#: Of more tests, or hypotheses of single cases, than these a page says less of each.
MANY = 1000
_UNKNOWN = "A hypothesis that is no longer in the study"


def kind_page(kind: str) -> str:
    """Return the name of the file of a kind's page, without ending."""
    return kind.replace(" ", "-")


def kind_views(cases: Sequence[CaseLine]) -> tuple[KindView, ...]:
    """Return every kind of test with the tests of it in these cases; none where nothing is tested."""
    tests = tuple(_listed(cases))
    return tuple(_kind(kind, tests) for kind in TestKind) if tests else ()


def _kind(kind: TestKind, tests: Sequence[ListedTest]) -> KindView:
    means, numbers = _KINDS[kind]
    declared = [one for one in tests if one.test.kind == kind]
    said = ((result, consequence(kind, result)) for result in (TestResult.PASSED, TestResult.FAILED))
    return KindView(
        kind=kind.value,
        page=kind_page(kind),
        means=means,
        numbers=numbers,
        consequences=tuple(
            ConsequenceView(result.value, False, of.hypothesis, of.rival)  # noqa: FBT003 - the view's third field in order
            for result, of in said
        ),
        results=_by_result(declared),
        declared=len(declared),
        a_priori=sum(one.test.timing == "a priori" for one in declared),
        post_hoc=sum(one.test.timing == "post hoc" for one in declared),
        same=sum(one.test.implied == kind for one in declared),
        other=sum(one.test.implied not in ("", kind) for one in declared),
        implied=tuple(one for one in tests if one.test.implied == kind and one.test.kind != kind),
        brief=len(declared) > MANY,
    )


def hypothesis_entries(
    cases: Sequence[CaseLine], wanted: Iterable[HypothesisView]
) -> tuple[HypothesisEntry, ...]:
    """Return hypotheses as their own pages show them.

    Args:
        cases: the lines of all cases in whose tests they may be named.
        wanted: the hypotheses, in order; as they stand on any page.
    """
    standing: dict[str, dict[str, CaseRef]] = {}
    rivals: dict[str, dict[str, RivalLine]] = {}
    own: dict[str, list[ListedTest]] = {}
    mirror: dict[str, list[ListedTest]] = {}
    for case in cases:
        claims = _claims(case.hypotheses)
        for one in case.hypotheses:
            standing.setdefault(one.key, {})[case.key] = _ref(case)
            for rival in one.rivals:
                line = RivalLine(claims[rival.key], rival.relation, rival.note)
                rivals.setdefault(one.key, {}).setdefault(rival.key, line)
    for test in _listed(cases):
        own.setdefault(test.hypothesis.key, []).append(test)
        mirror.setdefault(test.rival.key, []).append(test)
    views = list(wanted)
    known = _claims(views)
    for one in views:  # what one of the whole study says of others of it, wherever they are tested
        for rival in one.rivals:
            if rival.key in known:
                line = RivalLine(known[rival.key], rival.relation, rival.note)
                rivals.setdefault(one.key, {}).setdefault(rival.key, line)
    return tuple(
        HypothesisEntry(
            one=one,
            cases=tuple(standing.get(one.key, {}).values()),
            rivals=tuple(rivals.get(one.key, {}).values()),
            own=_by_result(own.get(one.key, ())),
            mirror=_by_result(mirror.get(one.key, ())),
        )
        for one in views
    )


def _listed(cases: Iterable[CaseLine]) -> Iterable[ListedTest]:
    for case in cases:
        if not case.tests:
            continue
        claims, ref = _claims(case.hypotheses), _ref(case)
        for test in case.tests:
            yield ListedTest(ref, test, _claim(claims, test.hypothesis), _claim(claims, test.rival))


def _claims(hypotheses: Iterable[HypothesisView]) -> dict[str, ClaimRef]:
    return {one.key: ClaimRef(one.key, one.page, one.statement) for one in hypotheses}


def _claim(claims: Mapping[str, ClaimRef], key: str) -> ClaimRef:
    return claims.get(key) or ClaimRef(key, "", _UNKNOWN)


def _ref(case: CaseLine) -> CaseRef:
    return CaseRef(case.key, case.page, case.title, case.years)


def _by_result(tests: Iterable[ListedTest]) -> tuple[ResultView, ...]:
    by: dict[str, list[ListedTest]] = {}
    for one in tests:
        by.setdefault(one.test.result, []).append(one)
    return tuple(ResultView(result.value, tuple(by[result])) for result in TestResult if result in by)
