"""What must hold of any body of evidence: order, irrelevance, mirrors; and what falls with what."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import MethodError
from evidence.inference.body import Body, Code, Hypothesis, Origin, Test
from evidence.inference.counting import counted, softened
from evidence.inference.pivots import pivots
from evidence.inference.removal import KINDS, Unit, dropping, study_code, units, without
from evidence.inference.robust import robustness, told, would_change
from evidence.inference.weighing import Reading, leaders, reach, stating, total, totals, weighed
from tests.inference.drawing import NAMES, bodies, observed, searched, seen, several

ONE, OTHER, _ = NAMES
QUICK = settings(max_examples=30)


@QUICK
@given(bodies())
def test_taking_nothing_away_changes_nothing(body: Body) -> None:
    assert without(body, []) == body
    assert without(body, [("test", "not there"), ("coder", "not there"), ("archive", "")]) == body


@QUICK
@given(bodies(), st.sampled_from(KINDS))
def test_what_is_taken_away_is_gone_and_taking_it_away_again_changes_nothing(body: Body, kind: str) -> None:
    for name in units(body, kind):
        left = without(body, [(kind, name)])
        assert name not in units(left, kind)
        assert without(left, [(kind, name)]) == left


@QUICK
@given(bodies(), st.data())
def test_taking_away_one_after_the_other_is_taking_away_both(body: Body, data: st.DataObject) -> None:
    every = [Unit(kind, name) for kind in KINDS for name in units(body, kind)]
    one, other = data.draw(st.tuples(st.sampled_from(every), st.sampled_from(every)))
    assert (
        without(without(body, [one]), [other]) == without(body, [one, other]) == without(body, [other, one])
    )


@QUICK
@given(bodies(), st.randoms(use_true_random=False))
def test_the_order_of_tests_and_of_evidence_changes_nothing(body: Body, random: Random) -> None:
    tests = [
        replace(test, evidence=tuple(random.sample(test.evidence, len(test.evidence)))) for test in body.tests
    ]
    other = replace(body, tests=tuple(random.sample(tests, len(tests))))
    assert totals(stating(counted(body), NAMES), NAMES) == totals(stating(counted(other), NAMES), NAMES)
    assert reach(counted(body), ONE, OTHER) == reach(counted(other), ONE, OTHER)
    assert robustness(body, "ALLY").alone == robustness(other, "ALLY").alone


@QUICK
@given(bodies(), st.sampled_from([0.1, 0.5, 1.0]))
def test_evidence_as_likely_under_each_hypothesis_changes_no_leader_and_no_weight(
    body: Body, p: float
) -> None:
    found = stating(counted(body), NAMES)
    more = replace(body, tests=(*body.tests, seen("new", dict.fromkeys(NAMES, p), observed("new.o"))))
    with_it = stating(counted(more), NAMES)
    assert leaders(NAMES, totals(with_it, NAMES)) == leaders(NAMES, totals(found, NAMES))
    assert total(with_it, ONE, OTHER) == pytest.approx(total(found, ONE, OTHER))
    assert all("new" not in {unit.name for unit in pivot.units} for pivot in pivots(more, NAMES, ["test"], 2))


def mirrored(body: Body) -> Body:
    """Every test read for the rival: the hypotheses' names exchanged."""
    turned = {ONE: OTHER, OTHER: ONE}

    def other(test: Test) -> Test:
        return replace(test, hypothesis=turned[test.hypothesis], rival=turned[test.rival])

    return replace(body, tests=tuple(map(other, body.tests)))


@QUICK
@given(bodies())
def test_exchanging_hypothesis_and_rival_mirrors_every_weight(body: Body) -> None:
    other = mirrored(body)
    assert total(counted(other), ONE, OTHER) == -total(counted(body), ONE, OTHER)
    low, high = reach(counted(body), ONE, OTHER)
    assert reach(counted(other), ONE, OTHER) == (-high, -low)
    for piece, turned in zip(counted(body), counted(other), strict=True):
        middle, least, greatest = weighed(piece, ONE, OTHER)
        assert weighed(turned, ONE, OTHER) == (-middle, -greatest, -least)
    turn = {ONE: OTHER, OTHER: ONE}
    expected = [
        (pivot.units, {turn[key] for key in pivot.leaders}, pivot.tie)
        for pivot in pivots(body, (ONE, OTHER), KINDS, 2)
    ]
    assert [
        (pivot.units, set(pivot.leaders), pivot.tie) for pivot in pivots(other, (ONE, OTHER), KINDS, 2)
    ] == expected


@QUICK
@given(bodies())
def test_the_total_lies_within_its_reach_under_both_readings(body: Body) -> None:
    low, high = reach(counted(body), ONE, OTHER)
    readings: tuple[Reading, ...] = ("dependent", "independent")
    for reading in readings:
        assert low - 1e-9 <= total(counted(body), ONE, OTHER, reading) <= high + 1e-9


@QUICK
@given(bodies())
def test_nothing_that_was_entered_is_altered(body: Body) -> None:
    before = repr(body)
    told(robustness(body, "ALLY"))
    would_change(robustness(dropping(softened(body), "unverified"), "ALLY", priors="sceptical"))
    assert repr(body) == before


@QUICK
@given(bodies())
def test_one_robustness_says_the_same_in_numbers_and_in_sentences(body: Body) -> None:
    robust = robustness(body, "ALLY")
    said = " ".join(told(robust))
    for pair in robust.pairs:
        assert pair.hypothesis in said
        assert pair.weight >= -1e-9
        assert pair.low - 1e-9 <= pair.weight <= pair.high + 1e-9
    if robust.posteriors:
        assert math.fsum(p for _, _, p, _ in robust.posteriors) == pytest.approx(1)
        assert all(low <= p + 1e-9 and p <= high + 1e-9 for _, low, p, high in robust.posteriors)


# --- What falls with what


def origin(source: str, **more: str) -> Origin:
    return Origin(f"{source}.1", source, more.get("root", source), more.get("archive", ""))


def left(body: Body, *units: tuple[str, str]) -> dict[str, tuple[str, list[str]]]:
    return {
        test.key: (test.result, [one.key for one in test.evidence]) for test in without(body, units).tests
    }


FALLS = several(
    ("h0", "h1"),
    seen("t", {"h0": 0.8, "h1": 0.2}, observed("o1", "for", origin("a", archive="X"), origin("b")), observed("o2", "against", origin("c"))),
    seen("u", {"h0": 0.8, "h1": 0.2}, observed("o1", "for", origin("a", archive="X"), origin("b")), observed("o3", lineage="L"), searched("q", "for", coder="ada")),
    seen("v", {"h0": 0.8, "h1": 0.2}, searched("q", coder="ada"), observed("o2", "against", origin("c")), result="failed"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (("test", "t"), {"u": ("passed", ["o1", "o3", "q"]), "v": ("failed", ["q", "o2"])}),
        (("observation", "o1"), {"t": ("not attempted", ["o2"]), "u": ("passed", ["o3", "q"]), "v": ("failed", ["q", "o2"])}),
        (("source", "a"), {"t": ("passed", ["o1", "o2"]), "u": ("passed", ["o1", "o3", "q"]), "v": ("failed", ["q", "o2"])}),
        (("quote", "c.1"), {"t": ("passed", ["o1"]), "u": ("passed", ["o1", "o3", "q"]), "v": ("failed", ["q"])}),
        (("lineage", "L"), {"t": ("passed", ["o1", "o2"]), "u": ("passed", ["o1", "q"]), "v": ("failed", ["q", "o2"])}),
        (("archive", "X"), {"t": ("passed", ["o1", "o2"]), "u": ("passed", ["o1", "o3", "q"]), "v": ("failed", ["q", "o2"])}),
        (("search", "q"), {"t": ("passed", ["o1", "o2"]), "u": ("passed", ["o1", "o3"]), "v": ("inconclusive", ["o2"])}),
        (("coder", "ada"), {"t": ("passed", ["o1", "o2"]), "u": ("passed", ["o1", "o3"]), "v": ("inconclusive", ["o2"])}),
    ],
)  # fmt: skip
def test_what_falls_with_a_unit(unit: tuple[str, str], expected: dict[str, tuple[str, list[str]]]) -> None:
    assert left(FALLS, unit) == expected


def test_an_observation_falls_when_all_its_documents_have_fallen() -> None:
    assert left(FALLS, ("source", "a"), ("source", "b"))["t"] == ("not attempted", ["o2"])


def test_a_passed_test_that_never_had_evidence_for_it_does_not_fall() -> None:
    body = several(("h0", "h1"), seen("t", {"h0": 0.8, "h1": 0.2}, observed("o", "against")))
    assert left(body, ("observation", "o")) == {"t": ("passed", [])}


def test_a_coder_takes_along_codes_searches_and_priors() -> None:
    body = replace(
        FALLS,
        hypotheses={"h0": Hypothesis("h0", "ALLY", priors={"ada": 0.3, "bob": 0.6})},
        codes=(
            Code("d1", "ALLY", "2", "ada", "adjudicated", contested=True),
            Code("d2", "ALLY", "1", "bob", "open", searches=("q",), contested=True),
            Code("d3", "ALLY", "1", "rand2021", "published elsewhere", contested=True),
        ),
    )
    after = without(body, [("coder", "ada")])
    assert after.hypotheses["h0"].priors == {"bob": 0.6}
    assert [(code.key, code.searches, code.contested) for code in after.codes] == [
        ("d2", (), False),
        ("d3", (), False),
    ]
    assert study_code(body, "ALLY") is body.codes[0]
    standing = study_code(after, "ALLY")
    assert standing is not None
    assert standing.key == "d2"
    assert study_code(without(after, [("coder", "bob")]), "ALLY") is None


def test_what_cannot_be_taken_away_is_said_with_the_nearest_word() -> None:
    with pytest.raises(MethodError, match="did you mean source"):
        units(FALLS, "sources")
    with pytest.raises(MethodError, match="'box' cannot be taken away"):
        without(FALLS, [("box", "1")])
