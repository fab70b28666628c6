"""Figures: every point and bar stands where its numbers say."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.inference.body import Body, Evidence, Origin, Test
from evidence.inference.likelihoods import implied
from evidence.publish.bars import bars, weight_words
from evidence.publish.reasoning_views import RegionView
from evidence.publish.square import regions, square
from evidence.vocabulary import PROFILES

_NEAR = 0.02  # coordinates are rounded to hundredths


def tried(key: str, a: Any, b: Any, result: str = "passed", **said: Any) -> Test:
    """A test of h1 against h2."""
    return Test(
        key, said.pop("of", "h1"), said.pop("against", "h2"), said.pop("kind", "hoop"), result, a, b, **said
    )


def seen(key: str, root: str = "", direction: str = "for", **said: Any) -> Evidence:
    """An observation of one quote."""
    origins = (Origin(f"{key}.q", root or key, root or key),)
    return Evidence(key, search=False, direction=direction, origins=origins, **said)


def searched(sensitivity: Any) -> Evidence:
    """A search that missed what was looked for."""
    return Evidence("s1", search=True, direction="against", sensitivity=sensitivity)


def inside(region: RegionView, x: float, y: float) -> bool:
    """Tell whether a point lies in a region, or on its border: all corners are passed on the same side."""
    corners = region.corners
    turns = [
        (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True)
    ]
    return all(turn <= 100 * _NEAR for turn in turns) or all(turn >= -100 * _NEAR for turn in turns)


def test_the_regions_of_2023_are_the_published_polygons() -> None:
    found = {(one.kind, one.rival): {(x / 100, 1 - y / 100) for x, y in one.corners} for one in regions(2)}
    third = (pytest.approx(1 / 3, abs=1e-4), pytest.approx(2 / 3, abs=1e-4))
    published = {
        "doubly decisive": [(0, 0.5), (0, 1), (0.5, 1), third],
        "smoking gun": [(0, 0), (0, 0.5), third],
        "hoop": [third, (0.5, 1), (1, 1)],
        "straw in the wind": [(0, 0), third, (1, 1)],
    }
    for kind, corners in published.items():
        assert len(found[kind, False]) == len(corners)
        for corner in corners:
            assert any(one == corner for one in found[kind, False]), (kind, corner)
            assert any(one == corner[::-1] for one in found[kind, True]), (kind, corner)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(PROFILES)))
def test_a_point_lies_in_the_region_of_the_kind_that_its_numbers_imply(
    a: float, b: float, profile: str
) -> None:
    kind = implied(a, b, profile)
    assert kind is not None
    (point,) = square([tried("t1", a, b)], {"t1": "T1"}, profile, {}).points  # type: ignore[union-attr]
    assert (point.x, point.y) == (pytest.approx(100 * b, abs=_NEAR), pytest.approx(100 * (1 - a), abs=_NEAR))
    for region in regions(PROFILES[profile]):
        if kind.kind is not None and (region.kind, region.rival) == (kind.kind, kind.favours == "rival"):
            assert inside(region, point.x, point.y)


def test_numbers_are_points_ranges_are_boxes_and_words_stand_below() -> None:
    tests = [
        tried("t1", 0.4, 0.05, kind="smoking gun"),
        tried("t2", [0.8, 0.9], 0.1),
        tried("t3", "likely", 0.5),
        tried("t4", "surely", 0.5),
        tried("t5", "-6 dB", "0 dB"),
        tried("t6", None, None, "not attempted"),
    ]
    numbers = {test.key: test.key.upper() for test in tests}
    found = square(tests, numbers, "published-labels", {"likely": [0.6, 0.8]})
    assert found is not None
    assert [(one.number, one.x, one.y, one.box) for one in found.points] == [
        ("T1", 5, 60, (5, 60, 0, 0)),
        ("T2", 10, 15, (10, 10, 0, 10)),
        ("T3", 50, 30, (50, 20, 0, 20)),
    ]
    assert found.without == ("T4", "T5", "T6")
    assert [(one.implied, one.differs) for one in found.points] == [
        ("smoking gun", False),
        ("", False),
        ("straw in the wind", True),
    ]
    assert square(tests[3:], numbers, "published-labels", {}) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12))
def test_labels_stand_in_the_figure_and_name_every_test(places: list[tuple[float, float]]) -> None:
    tests = [tried(f"t{n}", a, b) for n, (a, b) in enumerate(places, 1)]
    found = square(tests, {test.key: test.key.upper() for test in tests}, "hj2023", {})
    assert found is not None
    named = [number for label in found.labels for number in label.numbers]
    assert sorted(named) == sorted(test.key.upper() for test in tests)
    assert len(found.labels) == len({(point.x, point.y) for point in found.points})


def figure(*tests: Test) -> Body:
    """A body of evidence with these tests."""
    return Body("mid-50", tests=tests)


def drawn(body: Body) -> list[Any]:
    """The figures of a body, by the keys."""
    names = {"h1": "H1", "h2": "H2", "h3": "H3"}
    return list(
        bars(body, {test.key: test.key.upper() for test in body.tests}, {"o1": "E1", "o2": "E2"}, names)
    )


def test_bars_are_as_long_as_the_weights() -> None:
    (pair,) = drawn(
        figure(tried("t1", 0.8, 0.1), tried("t2", 0.95, 0.6, "failed"), tried("t3", [0.6, 0.8], 0.2))
    )
    assert (pair.hypothesis, pair.rival, pair.reach) == ("H1", "H2", 10)
    weights = [10 * math.log10(8), 10 * math.log10(0.05 / 0.4), 10 * math.log10(0.7 / 0.2)]
    assert [bar.at for bar in pair.bars] == [pytest.approx(10 * db, abs=0.01) for db in weights]
    assert [bar.words for bar in pair.bars] == ["+9.0 dB", "−9.0 dB", "+5.4 dB"]
    assert pair.bars[2].range == "+4.8 to +6.0 dB"
    assert (pair.bars[2].low, pair.bars[2].high) == (
        pytest.approx(100 * math.log10(3), abs=0.01), pytest.approx(100 * math.log10(4), abs=0.01),
    )  # fmt: skip
    assert pair.total.at == pytest.approx(10 * sum(weights), abs=0.01)
    assert pair.total.words == "+5.4 dB"


def test_a_rivals_test_points_the_other_way() -> None:
    (pair,) = drawn(figure(tried("t1", 0.8, 0.1, of="h2", against="h1")))
    assert (pair.hypothesis, pair.rival) == ("H1", "H2")
    assert pair.bars[0].words == "−9.0 dB"
    assert pair.bars[0].at == pytest.approx(-90.31, abs=0.01)


def test_a_failed_test_counts_with_the_sensitivity_of_its_search() -> None:
    (pair,) = drawn(figure(tried("t1", 0.95, 0.6, "failed", evidence=(searched(0.5),))))
    assert pair.bars[0].words == f"−{10 * math.log10(0.7 / 0.525):.1f} dB"
    (sure,) = drawn(figure(tried("t1", 0.95, 0.6, "failed", evidence=(searched(1.0),))))
    assert sure.bars[0].words == "−9.0 dB"


def test_evidence_of_one_lineage_has_two_totals_and_a_whisker_between() -> None:
    shared = [tried(f"t{n}", 0.8, 0.2, evidence=(seen(f"o{n}", "cable"),)) for n in (1, 2)]
    (pair,) = drawn(figure(*shared))
    assert pair.total.words == "+6.0 dB"
    assert pair.total.independent_words == "+12.0 dB"
    assert (pair.total.low, pair.total.high) == (pair.total.at, pair.total.independent)
    assert pair.total.range == "+6.0 to +12.0 dB"


def test_evidence_with_numbers_of_its_own_is_a_bar_in_the_tests_place() -> None:
    own = tried("t1", 0.8, 0.1, evidence=(seen("o1", p_hypothesis=0.5, p_rival=0.25), seen("o2")))
    (pair,) = drawn(figure(own))
    assert [(bar.number, bar.evidence, bar.words) for bar in pair.bars] == [("T1", "E1", "+3.0 dB")]
    assert weight_words(own, {}, {"o1": "E1"}) == "E1: LR 2 (+3.0 dB)"


def test_a_claim_of_certainty_runs_off_the_figure_and_says_so() -> None:
    (pair,) = drawn(figure(tried("t1", 0.3, 0.0), tried("t2", 0.8, 0.4)))
    assert (pair.bars[0].at, pair.bars[0].beyond, pair.bars[0].words) == (100.0, True, "+∞ dB")
    assert pair.reach == 6
    (both,) = drawn(figure(tried("t1", 0.3, 0.0), tried("t2", 1.0, 0.5, "failed")))
    assert both.total.words.startswith("undetermined")
    assert both.total.at == 0.0


def test_a_further_hypothesis_makes_a_figure_with_each_of_the_others() -> None:
    three = tried("t1", 0.8, 0.4, further={"h3": 0.1})
    assert [(p.hypothesis, p.rival, p.bars[0].words) for p in drawn(figure(three))] == [
        ("H1", "H2", "+3.0 dB"), ("H1", "H3", "+9.0 dB"), ("H2", "H3", "+6.0 dB"),
    ]  # fmt: skip


def test_what_a_test_weighs_in_words() -> None:
    assert weight_words(tried("t1", 0.4, 0.05), {}, {}) == "LR 8 (+9.0 dB)"
    assert weight_words(tried("t1", 0.95, 0.6, "failed"), {}, {}) == "LR 1/8 (−9.0 dB)"
    assert weight_words(tried("t1", [0.8, 0.9], 0.1), {}, {}) == "LR 8 to 9 (+9.0 dB to +9.5 dB)"
    assert weight_words(tried("t1", 0.3, 0.0), {}, {}) == "LR ∞ (+∞ dB)"
    assert weight_words(tried("t1", 0.8, 0.1, "inconclusive"), {}, {}) == "none"
    assert weight_words(tried("t1", 0.8, 0.1, "not attempted"), {}, {}) == "none"
    assert weight_words(tried("t1", "likely", "even"), {}, {}) == "likely if true; even if the rival"
    scale = {"likely": 0.8, "even": 0.5}
    assert weight_words(tried("t1", "likely", "even"), scale, {}) == "LR 1.6 (+2.0 dB)"
    assert weight_words(tried("t1", "3 dB", "0 dB"), {}, {}) == "LR 2 (+3.0 dB)"
    assert weight_words(tried("t1", "3 dB", "0 dB", "failed"), {}, {}).startswith("none: decibels")
    assert weight_words(tried("t1", None, None), {}, {}) == "not stated"
