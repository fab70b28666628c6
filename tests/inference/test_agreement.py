"""Agreement of coders: published values, values from other programs, and what no coefficient may do.

Cases B were computed once with the packages krippendorff 0.9.0 (alpha) and irrCAC 0.4.4 (AC1, Fleiss, Cohen,
Scott) on ratings made at random, and their values written here; those packages are no dependency.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evidence.errors import EvidenceError
from evidence.inference import agreement
from evidence.inference.agreement import (
    METRICS,
    WEIGHTS,
    alpha,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    percent,
    scott_pi,
)

NEAR = 1e-6


def by_unit(*coders: str) -> list[tuple[Any, ...]]:
    """Return units from one line of codes for each coder, in which a dot is a missing code."""
    lines = [[None if code == "." else int(code) for code in line.split()] for line in coders]
    return list(zip(*lines, strict=True))


def ratings(*units: str) -> list[list[Any]]:
    """Return units as they are written: a digit for each coder, a dot for a missing code."""
    return [[None if code == "." else int(code) for code in unit] for unit in units]


def from_table(table: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return units from how often the first coder gave i and the second j."""
    return [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]


def from_counts(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return units from how many coders gave each its codes."""
    return [[code for code, count in enumerate(row) for _ in range(count)] for row in counts]


KALPH = by_unit(
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
THREE = ratings(
    "3..", "333", "111", ".2.", "2.2", ".22", "330",
    "300", "1.1", "1.1", "002", ".30", "2.2", "020",
)  # fmt: skip
FOUR = ratings(
    "414.", "48..", "4144", "11.1", "1811", "1448", "84..", "4222", "488.", "1.11",
)  # fmt: skip
SKEWED = from_table([[17, 1], [0, 2]])


# --- METHOD's cases ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "expected"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_a22_alpha_of_four_observers(metric: str, expected: float) -> None:
    found = alpha(KALPH, metric)
    assert found.value == pytest.approx(expected, abs=NEAR)
    assert (found.units, found.single) == (11, 1)


def test_a23_alpha_of_two_observers() -> None:
    binary = by_unit("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
    letters = list(zip("aabbdcccedda", "babbbccceddd", strict=True))
    assert alpha(binary).value == pytest.approx(0.095238, abs=NEAR)
    assert alpha(letters).value == pytest.approx(0.691964, abs=NEAR)


def test_a24_a_table_of_three_by_three() -> None:
    units = from_table([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    assert percent(units).value == pytest.approx(0.89, abs=NEAR)
    assert cohen_kappa(units).value == pytest.approx(0.7964094, abs=1e-7)
    assert cohen_kappa(units, "linear").value == pytest.approx(0.842902, abs=NEAR)
    assert cohen_kappa(units, "quadratic").value == pytest.approx(0.892157, abs=NEAR)
    assert scott_pi(units).value == pytest.approx(0.7962397, abs=1e-7)
    assert gwet_ac1(units).value == pytest.approx(0.849331, abs=NEAR)
    assert alpha(units).value == pytest.approx(0.797259, abs=NEAR)
    assert cohen_kappa(units).marginals == ({0: 13, 1: 27, 2: 60}, {0: 13, 1: 24, 2: 63})


def test_a25_ten_subjects_and_fourteen_raters() -> None:
    units = from_counts(
        [
            [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
        ]
    )  # fmt: skip
    assert fleiss_kappa(units).value == pytest.approx(0.209931, abs=NEAR)


def test_a26_where_nobody_varied_nothing_is_said() -> None:
    units = [(1, 1)] * 5
    for found in (
        *(alpha(units, metric) for metric in METRICS),
        *(cohen_kappa(units, weights) for weights in WEIGHTS),
        scott_pi(units),
        fleiss_kappa(units),
        gwet_ac1(units),
        gwet_ac1(units, levels=(0, 1, 2, 3)),
    ):
        assert (found.value, str(found)) == (None, "undefined: no variation")
        assert found.observed == 1
    assert percent(units).value == 1
    assert percent(units).marginals == ({1: 5}, {1: 5})


# --- others of the same kind -------------------------------------------------------------------------------


@pytest.mark.parametrize(("metric", "expected"), [("nominal", 0.691358), ("interval", 0.810845)])
def test_b01_the_example_of_the_package_krippendorff(metric: str, expected: float) -> None:
    """Three coders, fifteen units, two of them without a code; the figures that its documentation prints."""
    units = by_unit(
        ". . . . . 3 4 1 2 1 1 3 3 . 3",
        "1 . 2 1 3 3 4 3 . . . . . . .",
        ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
    )
    found = alpha(units, metric)
    assert found.value == pytest.approx(expected, abs=NEAR)
    assert (found.units, found.single) == (12, 1)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (THREE, (0.569732937685, 0.096975088968, 0.096975088968, 0.262882609113)),
        (FOUR, (0.247432306256, 0.376687326071, 0.284760170006, 0.370638002267)),
        (SKEWED, (0.777142857143,) * 3),  # with 0 in them, ratio is another
    ],
)
def test_b02_alpha_of_ratings_made_at_random(units: Any, expected: Sequence[float]) -> None:
    """The first set has the value 0, which a ratio scale compares with itself too."""
    for metric, value in zip(METRICS, expected, strict=False):
        assert alpha(units, metric).value == pytest.approx(value, abs=1e-11), metric


@pytest.mark.parametrize(
    ("units", "levels", "expected"),
    [
        (KALPH, None, 0.775444068127),
        (THREE, None, 0.594482758621),
        (THREE, (0, 1, 2, 3, 4, 8, 9), 0.651489843203),
        (FOUR, None, 0.261983720229),
        (FOUR, (0, 1, 2, 3, 4, 8, 9), 0.358910566977),
        (SKEWED, None, 0.936),
    ],
)
def test_b03_ac1_with_codes_missing_and_levels_unused(units: Any, levels: Any, expected: float) -> None:
    assert gwet_ac1(units, levels).value == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize(
    ("units", "expected"), [(KALPH, 0.818181818182), (THREE, 0.694444444444), (FOUR, 0.433333333333)]
)
def test_b04_percent_agreement_is_averaged_over_units(units: Any, expected: float) -> None:
    assert percent(units).value == pytest.approx(expected, abs=1e-11)
    assert alpha(units).observed == percent(units).value


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (THREE, (0.52, 0.423076923077, 0.380952380952, 0.510204081633)),
        (FOUR, (-0.220338983051, -0.114285714286, -0.018099547511, -0.297297297297)),
        (SKEWED, (0.772727272727, 0.772727272727, 0.772727272727, 0.771428571429)),
    ],
)
def test_b05_kappas_and_pi_of_the_first_two_coders(units: Any, expected: Sequence[float]) -> None:
    pairs, levels = (
        [unit[:2] for unit in units],
        sorted({code for unit in units for code in unit if code is not None}),
    )
    found = [*(cohen_kappa(pairs, weights, levels) for weights in WEIGHTS), scott_pi(pairs)]
    assert [one.value for one in found] == pytest.approx(expected, abs=1e-11)


def test_b06_gwets_ordinal_weights_are_not_krippendorffs_ordinal() -> None:
    """irrCAC's alpha with its "ordinal" weights is .83364 on the data of A22 (trap 1)."""
    value = alpha(KALPH, "ordinal").value
    assert value is not None
    assert abs(value - 0.83364) > 0.01


def test_b07_a_skewed_scale_has_high_agreement_and_low_kappa() -> None:
    """Of 100 cases 80 are coded 1 by both, and 5 are coded 2 by both: computed by hand (trap 3).

    Po = .85; kappa: Pe = .885 .865 + .115 .135 = .78105; Scott: .875² + .125² = .78125; AC1: Pe = 2 .875 .125.
    """
    units = from_table([[80, 8], [7, 5]])
    shown = {one.name: one.value for one in agreement.together(units, (0, 1))}
    assert shown["percent agreement"] == pytest.approx(0.85)
    rows, columns = (0.88, 0.12), (0.87, 0.13)
    by_chance = rows[0] * columns[0] + rows[1] * columns[1]
    assert cohen_kappa(units).value == pytest.approx((0.85 - by_chance) / (1 - by_chance))
    assert scott_pi(units).value == pytest.approx((0.85 - 0.78125) / (1 - 0.78125))
    assert shown["Gwet's AC1"] == pytest.approx((0.85 - 0.21875) / (1 - 0.21875))
    assert shown["Krippendorff's alpha, nominal"] == shown["Krippendorff's alpha, ordinal"]
    assert shown["Krippendorff's alpha, nominal"] == pytest.approx(1 - 199 * 30 / (2 * 175 * 25))


def test_b08_levels_that_nobody_used_change_no_alpha_but_the_places_of_a_weighted_kappa() -> None:
    some, scale = from_table([[3, 1], [2, 4]]), (0, 5, 1)
    for metric in ("nominal", "ordinal"):
        assert alpha(some, metric, scale).value == alpha(some, metric).value
    three = [(0, 0), (0, 1), (0, 2), (1, 1), (2, 2), (2, 1)]
    near = cohen_kappa(three, "linear", (0, 1, 2)).value
    far = cohen_kappa(three, "linear", (0, 1, 9, 2)).value
    assert near is not None
    assert far is not None
    assert far < near


def test_b09_codes_are_words_on_a_scale() -> None:
    words = [tuple(None if code is None else "abcde"[code - 1] for code in unit) for unit in KALPH]
    assert alpha(words, "ordinal", "abcde").value == pytest.approx(0.815388, abs=NEAR)
    assert alpha(words, "ordinal", "edcba").value == pytest.approx(0.815388, abs=NEAR)
    assert alpha(words, "ordinal", "caebd").value != pytest.approx(0.815388, abs=1e-3)


def test_b10_units_coded_once_leave_alpha_and_are_counted() -> None:
    units = ratings("11", "22", "12")
    more = [*units, (1, None), (None, 9), (None, None)]
    assert alpha(more).value == alpha(units).value
    assert (alpha(more).units, alpha(more).single) == (3, 2)
    assert alpha(more).marginals == ({1: 3, 2: 1}, {1: 1, 2: 2, 9: 1})
    assert alpha(more).counts == {1: 4, 2: 3, 9: 1}


def test_b11_variation_in_what_is_not_compared_is_none() -> None:
    units = [(1, 1), (1, 1), (2, None)]
    assert {str(one) for one in (alpha(units), gwet_ac1(units), cohen_kappa(units), scott_pi(units))} == {
        "undefined: no variation"
    }


def test_b12_coders_who_never_agree() -> None:
    units = [(1, 2)] * 4
    assert percent(units).value == 0
    assert cohen_kappa(units).value == 0  # each is constant: chance would agree as little
    assert scott_pi(units).value == -1
    assert alpha(units).value == pytest.approx(1 - 7 * 8 / (2 * 4 * 4))


@pytest.mark.parametrize("units", [[], [(1, None), (None, 2)], [(None, None)]])
def test_b13_where_nothing_can_be_compared_it_says_so(units: Any) -> None:
    for work in (alpha, percent, cohen_kappa, scott_pi, fleiss_kappa, gwet_ac1):
        if work is fleiss_kappa and units and units[0] == (1, None):
            continue
        found = work(units)
        assert (found.value, found.observed) == (None, None)
        assert str(found) == "undefined: nothing to compare"


def test_b14_a_number_is_shown_as_it_is_and_never_as_1_before_it_is() -> None:
    almost = from_table([[3000, 1], [0, 3000]])
    assert str(percent(almost)) == "0.999…"
    assert str(percent(from_table([[3, 0], [0, 3]]))) == "1.000"
    assert str(alpha(KALPH)) == "0.743"


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (lambda: alpha(KALPH, "cardinal"), "'cardinal' is no metric of alpha; choose nominal, ordinal"),
        (lambda: alpha([("a", "b")], "ordinal"), "Without a scale values must be numbers, and here is 'a'; give the levels"),
        (lambda: alpha([("a", "b")], "interval", "ab"), "are those of numbers, and here is 'a'; use nominal or ordinal"),
        (lambda: alpha([(-1, 1)], "ratio"), "A ratio scale has no value below 0, and here is -1; use interval"),
        (lambda: alpha([(True, 1.5)], "interval"), "here is True"),
        (lambda: alpha([(1, 2), (1,)]), "Unit 2 has 1 values where the first has 2; give one for each coder"),
        (lambda: alpha([(1, math.nan)]), "Unit 1 has the value nan; give nothing where a code is missing"),
        (lambda: percent([(1, 9)], (0, 1, 2)), r"Unit 1 has the value 9, which is not on the scale \(0, 1, 2\)"),
        (lambda: cohen_kappa(KALPH), "Cohen's kappa compares two coders, and here are 4; take two of them"),
        (lambda: scott_pi(THREE), "Scott's pi compares two coders, and here are 3"),
        (lambda: cohen_kappa(SKEWED, "cubic"), "'cubic' are no weights of kappa; choose none, linear, quadratic"),
        (lambda: cohen_kappa([("a", "b")], "linear"), "Without a scale values must be numbers"),
        (lambda: fleiss_kappa(KALPH), "as many codes on each unit, and here are 1 to 4; use Krippendorff's alpha"),
    ],
)  # fmt: skip
def test_what_a_coefficient_cannot_take_is_a_sentence(work: Any, sentence: str) -> None:
    with pytest.raises(EvidenceError, match=sentence):
        work()


# --- whatever the codes ------------------------------------------------------------------------------------

CODES = st.sampled_from([0, 1, 2, 3])
UNITS = st.integers(2, 4).flatmap(
    lambda coders: st.lists(
        st.tuples(*[st.one_of(st.none(), CODES)] * coders).filter(any_code), min_size=1, max_size=12
    )
)
FULL = st.integers(2, 4).flatmap(
    lambda coders: st.lists(st.tuples(*[CODES] * coders), min_size=1, max_size=12)
)


def any_code(unit: tuple[Any, ...]) -> bool:
    return any(code is not None for code in unit)


def every(units: Any) -> list[agreement.Agreement]:
    """Return all coefficients that these units allow."""
    found = [*(alpha(units, metric) for metric in METRICS), percent(units), gwet_ac1(units)]
    if len({sum(code is not None for code in unit) for unit in units}) == 1:
        found.append(fleiss_kappa(units))
    if len(units[0]) == 2:
        found += [*(cohen_kappa(units, weights) for weights in WEIGHTS), scott_pi(units)]
    return found


@given(st.one_of(UNITS, FULL), st.randoms())
def test_neither_the_order_of_units_nor_that_of_coders_matters(units: Any, chance: random.Random) -> None:
    order = list(range(len(units[0])))
    chance.shuffle(order)
    moved = [tuple(unit[place] for place in order) for unit in units]
    chance.shuffle(moved)
    for one, other in zip(every(units), every(moved), strict=True):
        assert (one.name, one.undefined, one.units, one.single) == (
            other.name, other.undefined, other.units, other.single,
        )  # fmt: skip
        assert one.value == pytest.approx(other.value, abs=1e-12)
        assert [one.marginals[place] for place in order] == list(other.marginals)


@given(st.lists(CODES, min_size=2, max_size=12), st.integers(2, 4))
def test_perfect_agreement_is_1_where_there_is_variation(codes: list[int], coders: int) -> None:
    units = [(code,) * coders for code in codes]
    expected = None if len(set(codes)) == 1 else 1.0
    for found in every(units):
        assert found.value == (1.0 if found.name == "percent agreement" else expected), found.name


@given(st.one_of(UNITS, FULL))
def test_no_coefficient_is_above_1_and_none_is_1_without_full_agreement(units: Any) -> None:
    for found in every(units):
        if found.value is not None:
            assert found.value <= 1 + 1e-12
            assert (found.value > 1 - 1e-12) == (found.observed == 1), found
        assert sum(found.counts.values()) == sum(code is not None for unit in units for code in unit)


@given(st.one_of(UNITS, FULL))
def test_a_unit_coded_once_and_other_names_for_codes_change_no_alpha(units: Any) -> None:
    more = [*units, (3, *[None] * (len(units[0]) - 1))]
    assert alpha(more).value == alpha(units).value
    named = [tuple(None if code is None else "wxyz"[code] for code in unit) for unit in units]
    assert alpha(named).value == pytest.approx(alpha(units).value, abs=1e-12)
    assert alpha(named, "ordinal", "wxyz").value == pytest.approx(alpha(units, "ordinal").value, abs=1e-12)


@given(st.lists(st.tuples(CODES, CODES), min_size=1, max_size=12))
def test_for_two_coders_fleiss_is_scott_and_alpha_is_scott_less_its_small_sample(units: Any) -> None:
    """alpha = 1 - (1 - pi) (n - 1)/n with n codes (Krippendorff): an identity that the code does not use."""
    pi, kappa, found = scott_pi(units), fleiss_kappa(units), alpha(units)
    assume(pi.value is not None)
    assert pi.value == kappa.value
    codes = 2 * len(units)
    assert pi.value is not None
    assert found.value == pytest.approx(1 - (1 - pi.value) * (codes - 1) / codes, abs=1e-12)


@given(st.lists(st.tuples(CODES, CODES), min_size=1, max_size=12), st.integers(1, 9), st.integers(0, 9))
def test_interval_alpha_does_not_see_where_a_scale_begins_nor_its_step(
    units: Any, step: int, begin: int
) -> None:
    moved = [tuple(begin + step * code for code in unit) for unit in units]
    assert alpha(moved, "interval").value == pytest.approx(alpha(units, "interval").value, abs=1e-9)
    longer = [tuple(step * code for code in unit) for unit in units]
    assert alpha(longer, "ratio").value == pytest.approx(alpha(units, "ratio").value, abs=1e-9)
