"""AC2, intervals, and printed values of agreement: each says where it is printed.

[W] is the vignette "Weighted Chance-corrected Agreement Coefficients" of the R package irrCAC 1.0 (Gwet 2019), [O] its
"overview"; [IRR] what the R package irr 0.84 answers for its own data, as the tests of statsmodels quote it; [SAS] a
printout quoted there.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import EvidenceError
from evidence.inference.agreement import (
    alpha,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    percent,
    scott_pi,
    together,
)
from evidence.inference.tally import GWET_WEIGHTS, Tally, gwet_ac2, intervals


def units_of(table: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    return [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]


def coders_of(counts: Sequence[str]) -> list[list[int]]:
    return [[code for code, count in enumerate(row) for _ in range(int(count))] for row in counts]


ABSTRACTORS = units_of([[13, 0, 0], [0, 20, 7], [0, 4, 56]])  # irrCAC's cont3x3abstractors
RAW4 = [  # irrCAC's cac.raw4raters
    (1, 1, None, 1), (2, 2, 3, 2), (3, 3, 3, 3), (3, 3, 3, 3), (2, 2, 2, 2), (1, 2, 3, 4), (4, 4, 4, 4),
    (1, 1, 2, 1), (2, 2, 2, 2), (None, 5, 5, 5), (None, None, 1, 1), (None, None, 3, None),
]  # fmt: skip
SIX = coders_of(  # irrCAC's distrib.6raters: the first fifteen patients of Fleiss 1971
    ["00060", "03003", "01401", "00006", "03030", "20400", "00402", "20310", "20040", "00006", "10050",
     "11040", "03300", "10050", "02031"]
)  # fmt: skip
FLEISS = [  # Fleiss 1971: thirty patients, six psychiatrists; irr's "diagnoses"
    [int(code) for code in unit]
    for unit in (
        "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445 "
        "333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"
    ).split()
]
ANXIETY = list(  # irr's "anxiety", raters 1 to 3
    zip("33345523522615221243", "36462424332333221334", "21443216111233113322", strict=True)
)


@pytest.mark.parametrize(
    ("units", "weights", "printed"),
    [
        (ABSTRACTORS, "quadratic", "0.9402369"),  # [W]
        (RAW4, "quadratic", "0.914"),  # [W]
        (SIX, "quadratic", "0.4837438"),  # [W]
        (RAW4, "linear", "0.859"),  # the tests of the Python package irrCAC 0.4, which quote R's answers
        (RAW4, "ordinal", "0.899"),  # the same
    ],
)
def test_ac2_as_printed(units: Any, weights: str, printed: str) -> None:
    value = gwet_ac2(units, weights).value
    assert value is not None
    assert f"{value:.{len(printed) - 2}f}" == printed


def test_the_fifteen_patients_as_printed_in_the_overview() -> None:
    assert gwet_ac1(SIX).value == pytest.approx(0.4448007, abs=5e-8)  # [O], as the others
    assert fleiss_kappa(SIX).value == pytest.approx(0.4139265, abs=5e-8)
    assert alpha(SIX).value == pytest.approx(0.4204384, abs=5e-8)
    assert percent(SIX).value == pytest.approx(0.5511111, abs=5e-8)
    assert alpha(SIX, "interval").value == pytest.approx(
        0.259511, abs=5e-7
    )  # [W]: quadratic weights are interval


def test_four_raters_with_codes_missing_as_printed() -> None:
    assert percent(RAW4).value == pytest.approx(0.8181818, abs=5e-8)  # [O]
    assert gwet_ac1(RAW4).value == pytest.approx(0.77544, abs=5e-6)
    assert alpha(RAW4).value == pytest.approx(0.74342, abs=5e-6)
    assert alpha(RAW4, "interval").value == pytest.approx(0.84911, abs=5e-6)  # [W]
    assert alpha(ABSTRACTORS, "interval").value == pytest.approx(0.8926487, abs=5e-8)


def test_fleiss_thirty_patients() -> None:
    """Fleiss 1971 prints .430; irr's kappam.fleiss 0.4302445 [IRR]."""
    assert fleiss_kappa(FLEISS).value == pytest.approx(0.4302445, abs=5e-8)


@pytest.mark.parametrize(
    ("weights", "expected"), [("none", -0.006289308), ("linear", 0.1459075), ("quadratic", 0.2520325)]
)
def test_kappas_of_ratings_of_anxiety(weights: str, expected: float) -> None:
    """irr's kappa2 on raters 2 and 3 [IRR]; it takes the levels that either used for the scale."""
    pairs = [unit[1:] for unit in ANXIETY]
    assert cohen_kappa(pairs, weights, "12346").value == pytest.approx(expected, abs=5e-8)


def test_squared_weights_of_the_first_two_raters_of_anxiety() -> None:
    """irr's help prints Kappa = 0.297 for kappa2(anxiety[,1:2], "squared")."""
    value = cohen_kappa([unit[:2] for unit in ANXIETY], "quadratic", "123456").value
    assert value == pytest.approx(0.297, abs=5e-4)


def test_a_printout_of_sas() -> None:
    units = units_of([[0, 4, 1], [0, 8, 0], [0, 1, 5]])
    assert cohen_kappa(units).value == pytest.approx(0.4842, abs=5e-5)  # [SAS]
    assert cohen_kappa(units, "linear", (0, 1, 2)).value == pytest.approx(0.4701, abs=5e-5)


@pytest.mark.parametrize(("table", "expected"), [(["71", "35"], 0.161905), (["610", "070"], 0.708333)])
def test_fixed_marginal_kappas_of_an_online_calculator(table: list[str], expected: float) -> None:
    """Randolph's Online Kappa Calculator, as the tests of statsmodels quote it."""
    assert fleiss_kappa(coders_of(table)).value == pytest.approx(expected, abs=5e-7)


# --- traps -------------------------------------------------------------------------------------------------


def test_where_nobody_varied_ac2_says_nothing_either() -> None:
    for weights in GWET_WEIGHTS:
        assert str(gwet_ac2([("1", "1")] * 5, weights, "0123")) == "undefined: no variation"
        assert str(gwet_ac2([("1", None)], weights, "0123")) == "undefined: nothing to compare"
    for one in intervals([("1", "1")] * 5, "0123", replicates=20):
        alone = one.name == "percent agreement"
        assert (one.low, one.high, one.undefined) == ((1, 1, 0) if alone else (None, None, 1))


def test_replicates_without_variation_are_counted_and_not_taken_for_agreement() -> None:
    """One of thirty units varies, so that about (29/30)^30 = 36 % of replicates have all codes alike."""
    units = [("1", "1")] * 29 + [("2", "2")]
    for one in intervals(units, "0123", replicates=1000):
        if one.name != "percent agreement":
            assert 0.3 < one.undefined < 0.43, one
            assert (one.low, one.high) == (1, 1)


def test_skewed_codes_have_intervals_that_tell() -> None:
    """Trap 3 with intervals: at Po .85 alpha's goes from little more than chance to fair."""
    units = units_of([[80, 8], [7, 5]])
    found = {one.name: one for one in intervals(units, (0, 1), replicates=400)}
    one, other = found["Krippendorff's alpha, nominal"], found["Gwet's AC1"]
    assert one.low is not None
    assert one.high is not None
    assert other.low is not None
    assert one.low < 0.2
    assert 0.5 < one.high < other.low + 0.1


def test_the_seed_tells_the_numbers_and_is_all_that_does() -> None:
    assert intervals(RAW4, seed=7, replicates=50) == intervals(RAW4, seed=7, replicates=50)
    assert intervals(RAW4, seed=7, replicates=50) != intervals(RAW4, seed=8, replicates=50)
    assert [one.name for one in intervals(RAW4, ordered=False, replicates=1)] == [
        "percent agreement", "Krippendorff's alpha, nominal", "Gwet's AC1",
    ]  # fmt: skip


def test_refusals() -> None:
    for work in (
        lambda: gwet_ac2(RAW4, "circular"),
        lambda: intervals(RAW4, replicates=0),
        lambda: intervals(RAW4, replicates=10**9),
        lambda: intervals([(1, 2), (1,)]),
        lambda: intervals([("1", "9")], "012"),
    ):
        with pytest.raises(EvidenceError):
            work()


# --- whatever the codes ------------------------------------------------------------------------------------

CODES = st.one_of(st.none(), st.sampled_from([0, 1, 2, 3]))
UNITS = st.integers(2, 4).flatmap(
    lambda coders: st.lists(st.tuples(*[CODES] * coders), min_size=1, max_size=12)
)


@given(UNITS)
def test_what_is_resampled_is_what_is_computed(units: Any) -> None:
    tally = Tally(units, (0, 1, 2, 3))
    ours = [
        tally.agreeing(tally.once), *(tally.alpha(metric)(tally.once) for metric in ("nominal", "ordinal")),
        tally.gwet("none")(tally.once),
    ]  # fmt: skip
    for one, other in zip(ours, together(units, (0, 1, 2, 3)), strict=True):
        assert one == pytest.approx(other.value, abs=1e-12), other.name


@given(UNITS, st.randoms())
def test_ac2_sees_no_order_of_units_or_coders(units: Any, chance: random.Random) -> None:
    order = list(range(len(units[0])))
    chance.shuffle(order)
    moved = [tuple(unit[place] for place in order) for unit in units]
    chance.shuffle(moved)
    for weights in GWET_WEIGHTS:
        one, other = (gwet_ac2(some, weights, (0, 1, 2, 3)) for some in (units, moved))
        assert one.value == pytest.approx(other.value, abs=1e-12)
        assert one.undefined == other.undefined


@given(UNITS)
def test_the_same_units_twice_change_kappas_not_and_move_alpha_towards_pi(units: Any) -> None:
    """Alpha corrects for small samples: of doubled units it is lower, unless it is 1."""
    for work in (gwet_ac1, gwet_ac2, percent):
        assert work(units).value == pytest.approx(work(units * 2).value, abs=1e-12)
    if len(units[0]) == 2:
        assert scott_pi(units).value == pytest.approx(scott_pi(units * 2).value, abs=1e-12)
        assert cohen_kappa(units).value == pytest.approx(cohen_kappa(units * 2).value, abs=1e-12)
    one, twice = alpha(units).value, alpha(units * 2).value
    assert (one is None) == (twice is None)
    if one is not None and twice is not None:
        assert twice <= one + 1e-12


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab")), min_size=1, max_size=12))
def test_on_two_levels_weights_have_nothing_to_weigh(units: Any) -> None:
    for weights in GWET_WEIGHTS:
        assert gwet_ac2(units, weights, "ab").value == pytest.approx(gwet_ac1(units, "ab").value, abs=1e-12)
