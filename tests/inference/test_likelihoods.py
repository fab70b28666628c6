"""Likelihoods as stated, and the kinds of test that pairs of them imply: METHOD's cases A17 to A19, and our own."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from evidence.errors import ValueRefused
from evidence.inference.consequences import disagreement, dual
from evidence.inference.likelihoods import (
    Implied,
    bounds,
    decibels,
    implied,
    implied_kind,
    likelihood,
    ratios,
    weight,
    weights,
)
from evidence.vocabulary import TestKind

STRAW, HOOP = TestKind.STRAW_IN_THE_WIND, TestKind.HOOP
GUN, DECISIVE = TestKind.SMOKING_GUN, TestKind.DOUBLY_DECISIVE

#: Every labelled point that has been published (METHOD 2.3): Humphreys & Jacobs 2023, DesignLibrary, DeclareDesign.
PUBLISHED = [
    (0.6, 0.4, STRAW),
    (0.95, 0.6, HOOP),
    (0.4, 0.05, GUN),
    (0.95, 0.05, DECISIVE),
    (1.0, 0.5, HOOP),
    (0.8, 0.2, STRAW),
    (0.3, 0.0, GUN),
    (0.8, 0.05, DECISIVE),
    (0.05, 0.8, DECISIVE),  # the mirror image: for the rival
    (0.75, 0.25, STRAW),
    (0.3, 0.05, GUN),
]


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        (0.6, 0.4, STRAW),
        (0.95, 0.6, HOOP),
        (0.4, 0.05, GUN),
        (0.95, 0.05, DECISIVE),
        (1.0, 0.5, HOOP),
        (2 / 3, 1 / 3, STRAW),
        (1 - 1 / 3, 1 - 2 / 3, STRAW),  # the same point, with the rounding errors of a subtraction
    ],
)
def test_a17_kinds_at_two_to_one(a: float, b: float, kind: TestKind) -> None:
    assert implied_kind(a, b, "hj2023") == kind


@pytest.mark.parametrize(("a", "b", "kind"), PUBLISHED)
def test_a18_all_published_labels_at_four_and_a_half_to_one(a: float, b: float, kind: TestKind) -> None:
    said = implied(a, b, "published-labels")
    assert said == Implied(kind, "hypothesis" if a > b else "rival")


@pytest.mark.parametrize(("a", "b"), [(0.8, 0.2), (0.75, 0.25)])
def test_a18_two_published_straws_disagree_at_two_to_one(a: float, b: float) -> None:
    said = "declared straw in the wind, implied doubly decisive (T=2)"
    assert disagreement(STRAW, a, b, "hj2023") == said
    assert disagreement(STRAW, a, b, "published-labels") == ""


def test_a19_a_smoking_gun_is_a_hoop_for_the_rival_when_absent() -> None:
    assert implied(0.4, 0.05, "hj2023") == Implied(GUN, "hypothesis")
    absent = dual(0.4, 0.05, found=False)
    assert absent == pytest.approx((0.95, 0.6))
    assert implied(*absent, "hj2023") == Implied(HOOP, "hypothesis")
    assert implied(*dual(0.4, 0.05, found=True), "hj2023") == Implied(GUN, "rival")


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_a19_equal_probabilities_imply_no_kind(p: float) -> None:
    said = implied(p, p, "hj2023")
    assert said == Implied(None, "neither")
    assert str(said) == "uninformative"
    assert implied_kind(p, p, "hj2023") is None
    assert weight(p, p) == 0
    assert ratios(p, p) == (1, 1)


def test_a19_the_less_likely_under_the_hypothesis_is_typed_for_the_rival() -> None:
    said = implied(0.05, 0.4, "hj2023")
    assert said == Implied(GUN, "rival")
    assert str(said) == "smoking gun for the rival"
    assert implied_kind(0.05, 0.4, "hj2023") is None
    assert disagreement(GUN, 0.05, 0.4, "hj2023") == (
        "declared smoking gun, implied smoking gun for the rival (T=2)"
    )


def test_b1_a_rounding_error_does_not_make_equal_probabilities_differ() -> None:
    assert implied(0.1 + 0.2, 0.3, "hj2023") == Implied(None, "neither")
    # LR+ is 1 but for 1e-10, LR- is 100: what is stated so near to 1 says something by its absence
    assert implied(1 - 1e-12, 1 - 1e-10, "hj2023") == Implied(HOOP, "hypothesis")


def test_b2_the_four_regions_meet_at_t_to_one() -> None:
    """At (T/(T+1), 1/(T+1)), here (9/11, 2/11): a step of 1/1000 into each of the four directions."""
    a, b, step = 9 / 11, 2 / 11, 0.001
    around = {
        (0, 0): STRAW,
        (step, -step): DECISIVE,
        (-step, -step): GUN,
        (step, step): HOOP,
        (-step, step): STRAW,
    }
    for (up, right), kind in around.items():
        assert implied_kind(a + up, b + right, "published-labels") == kind


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ([0.9, 0.99], [0.5, 0.6], "hoop"),
        ([0.9, 0.99], [0.01, 0.6], ""),  # a hoop at one end, doubly decisive at the other
        ([0.5, 0.7], [0.6, 0.6], ""),  # for the hypothesis at one end, for the rival at the other
        ([0.3, 0.4], 0.0, "smoking gun"),
        (0.05, [0.3, 0.4], "smoking gun for the rival"),
        ("Very  likely", "even", "hoop"),  # LR+ 1.6 to 1.8, LR- 2.5 to 5
        ("very likely", "unheard of", ""),
        ("-6 dB", "0 dB", ""),
        (None, 0.4, ""),
    ],
)
def test_b3_ranges_and_words_imply_a_kind_if_all_of_them_does(a: Any, b: Any, said: str) -> None:
    found = implied(a, b, "hj2023", {"very likely": [0.8, 0.9], "Even": 0.5})
    assert str(found or "") == said


def test_b3_a_range_across_the_threshold_implies_nothing() -> None:
    # at T=4.5: straw in the wind at .8, where LR- is 2.5; a hoop at .9, where it is 5
    assert implied([0.8, 0.9], 0.5, "published-labels") is None
    assert implied_kind(0.8, 0.5, "published-labels") == STRAW
    assert implied_kind(0.9, 0.5, "published-labels") == HOOP
    assert disagreement(STRAW, [0.8, 0.9], 0.5, "published-labels") == ""


@pytest.mark.parametrize(
    ("stated", "ends"),
    [
        (None, None),
        (0.3, (0.3, 0.3)),
        (1, (1.0, 1.0)),
        ([0.8, 0.95], (0.8, 0.95)),
        ("likely", (0.6, 0.8)),
        ("  Almost   Certain ", (0.97, 0.97)),
        ("Unlikely", None),
        ("-6 dB", None),
    ],
)
def test_bounds_of_what_is_stated(stated: Any, ends: tuple[float, float] | None) -> None:
    assert bounds(stated, {"Likely": [0.6, 0.8], "almost certain": 0.97, "circular": "likely"}) == ends
    assert bounds("circular", {"circular": "likely", "likely": 0.7}) is None
    assert bounds("likely") is None


@pytest.mark.parametrize(
    ("stated", "ends"),
    [
        ("-6 dB", (-6, -6)),
        ("\N{MINUS SIGN}6 dB", (-6, -6)),
        ("\N{EN DASH}6 dB", (-6, -6)),
        ("+30dB", (30, 30)),
        ("10..20 dB", (10, 20)),
        ("-20 dB .. -10.5 db", (-20, -10.5)),
        ("- 3 dB", (-3, -3)),
        (".5 dB", (0.5, 0.5)),
        ("0 dB", (0, 0)),
        ("dB", None),
        ("6", None),
        ("--6 dB", None),
        ("about 6 dB", None),
        ("inf dB", None),
        (6.0, None),
        ([0.1, 0.2], None),
        (None, None),
    ],
)
def test_decibels_are_read_from_words(stated: Any, ends: tuple[float, float] | None) -> None:
    assert decibels(stated) == ends


@pytest.mark.parametrize(
    "words", ["-6 dB", "\N{MINUS SIGN}6 dB", "+30 dB", "10..20 dB", "-20..-10 dB", "6dB"]
)
def test_decibels_are_kept_as_they_were_written(words: str) -> None:
    assert likelihood(words) == words


@pytest.mark.parametrize("words", ["20..10 dB", "-6..-10 dB"])
def test_decibels_upside_down_are_refused(words: str) -> None:
    with pytest.raises(ValueRefused, match="upside down; write the lower end first"):
        likelihood(words)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        ("", None),
        (0, 0.0),
        (1, 1.0),
        (0.25, 0.25),
        ("0.9", 0.9),
        ("0.8..0.95", [0.8, 0.95]),
        ((0.5, 0.5), [0.5, 0.5]),
        ([0, 1], [0.0, 1.0]),
        (" fairly likely ", "fairly likely"),
    ],
)
def test_a_likelihood_is_a_number_a_range_or_words(value: Any, kept: Any) -> None:
    assert likelihood(value) == kept
    assert likelihood(likelihood(value)) == kept


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (1.01, "1.01 is not a probability"),
        (-0.1, "-0.1 is not a probability"),
        ("nan", "nan is not a probability"),
        ("-6", "-6.0 is not a probability"),
        ([0.9, 0.1], "0.9..0.1 is upside down"),
        ([0.1], "is not a range"),
        ([0.1, 0.2, 0.3], "is not a range"),
        ([0.1, True], "is not a range"),
        ([0.1, "0.2"], "is not a range"),
        (True, "True is not a likelihood"),
        ({"low": 0.1}, "is not a likelihood"),
    ],
)
def test_what_is_no_likelihood_is_refused(value: Any, sentence: str) -> None:
    with pytest.raises(ValueRefused, match=re.escape(sentence)):
        likelihood(value)


def test_b4_weights_of_ranges_are_the_farthest_apart_that_they_allow() -> None:
    low, high = weights((0.5, 0.8), (0.1, 0.2))
    assert (low, high) == pytest.approx((10 * math.log10(2.5), 10 * math.log10(8)))
    assert weights((0.3, 0.3), (0.0, 0.1)) == pytest.approx((10 * math.log10(3), math.inf))


def test_b5_weights_of_the_smallest_numbers_are_finite() -> None:
    assert weight(1.0, 5e-324) == pytest.approx(3233.06, abs=0.01)  # 2^-1074, and log10(2) = .30103
    assert weight(5e-324, 1.0) == -weight(1.0, 5e-324)
    assert weight(0.0, 0.5) == -math.inf
    assert weight(0.5, 0.0) == math.inf


@pytest.mark.parametrize("text", ["80%", "0,8", "0.8-0.95", "1/3", "<0.1", "0.9..", "1e3 dB"])
def test_b_figures_that_are_no_number_are_not_kept_as_words_that_count_nothing(text: str) -> None:
    with pytest.raises(ValueRefused, match="is no number as it is written; write a number"):
        likelihood(text)


def test_b_minus_nothing_is_nothing() -> None:
    assert str(likelihood("-0")) == "0.0"
