"""Bayes' rule: METHOD's cases A1 to A6, A10, A11, A13, A15 and A16, and our own against exact fractions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import pytest

from evidence.errors import MethodError
from evidence.inference.bayes import (
    Posterior,
    equal,
    interval_posteriors,
    posterior,
    posteriors,
    sceptical,
)
from evidence.inference.likelihoods import weight
from evidence.inference.odds import odds, probability, relative, relative_bounds, shown, updated

#: Fairfield & Charman on Chile: EA against CC, EA against MV, in dB, for six pieces of evidence.
CHILE = {"E0": (-5, -10), "E1": (6, 66), "E2": (12, 12), "E3": (25, 0), "E4": (30, 15), "E5": (30, 27)}
CHILE_LIKELIHOODS = [relative({"EA": 0, "CC": -cc, "MV": -mv}) for cc, mv in CHILE.values()]

A16 = {
    "e1": (0.1, 0.2, 0.8, 0.8),
    "e2": (0.3, 0.9, 0.6, 0.1),
    "e3": (0.2, 0.5, 0.5, 0.5),
    "e4": (0.4, 0.1, 0.5, 0.6),
}
ALLY = ("0", "1", "2", "3")


def exact(priors: Mapping[str, Fraction], items: list[dict[str, Fraction]]) -> dict[str, float]:
    """Bayes' rule over again, in fractions: products and one division, nothing rounded before the end."""
    joint = {name: math.prod((row[name] for row in items), start=p) for name, p in priors.items()}
    return {name: float(p / sum(joint.values())) for name, p in joint.items()}


def test_a1_even_odds_from_a_rare_hypothesis() -> None:
    assert posterior(0.01, 0.99, 0.01, found=True).p == pytest.approx(0.5, abs=1e-6)


def test_a2_weights_found_and_not_found() -> None:
    # METHOD 7, no. 9: Humphreys & Jacobs print .47 where log10(.999/.333) is .4771
    assert weight(0.999, 0.333) / 10 == pytest.approx(0.477121, abs=1e-6)
    assert weight(0.999, 0.333) == pytest.approx(4.7712, abs=1e-4)
    assert weight(1 - 0.333, 1 - 0.999) / 10 == pytest.approx(2.824126, abs=1e-6)
    assert weight(1 - 0.333, 1 - 0.999) == pytest.approx(28.2413, abs=1e-4)


def test_a3_a_failed_hoop_eliminates_by_a_claim() -> None:
    assert posterior(1 / 3, 1, 0.5, found=True).p == pytest.approx(0.5, abs=1e-6)
    failed = posterior(1 / 3, 1, 0.5, found=False)
    assert failed == Posterior(0.0, "eliminated (a=1 claimed)", ("a=1 irreversible",))


def test_a4_a_failed_hoop_that_claims_less_eliminates_nothing() -> None:
    failed = posterior(0.74, 0.95, 0.6, found=False)
    assert failed.p == pytest.approx(0.262411, abs=1e-6)
    assert (failed.status, failed.irreversible) == ("", ())


def test_a5_a_smoking_gun_found_and_not_found() -> None:
    assert weight(0.4, 0.05) == pytest.approx(9.0309, abs=1e-4)
    assert weight(0.4, 0.05) / 10 == pytest.approx(0.903090, abs=1e-6)
    assert posterior(0.25, 0.4, 0.05, found=True).p == pytest.approx(0.727273, abs=1e-6)
    assert posterior(0.25, 0.4, 0.05, found=False).p == pytest.approx(0.173913, abs=1e-6)


def test_a6_certainty_comes_by_a_claim_and_says_so() -> None:
    assert posterior(0.5, 0.8, 0.2, found=True).p == pytest.approx(0.8, abs=1e-6)
    assert posterior(0.5, 0.8, 0.2, found=False).p == pytest.approx(0.2, abs=1e-6)
    found = posterior(0.5, 0.3, 0, found=True)
    assert found == Posterior(1.0, "confirmed (b=0 claimed)", ("b=0 irreversible",))
    missed = posterior(0.5, 0.3, 0, found=False)
    assert missed.p == pytest.approx(0.411765, abs=1e-6)
    assert (missed.status, missed.irreversible) == ("", ())


def test_a10_ratios_decibels_and_probabilities() -> None:
    assert [weight(ratio, 1) for ratio in (2, 10, 100)] == pytest.approx([3.0103, 10, 20], abs=1e-4)
    assert odds(0.99) == pytest.approx(19.9564, abs=1e-4)
    assert probability(30) == pytest.approx(0.999001, abs=1e-6)
    assert probability(odds(0.37)) == pytest.approx(0.37, abs=1e-12)
    assert (probability(math.inf), probability(-math.inf), probability(0)) == (1, 0, 0.5)
    assert (odds(1), odds(0)) == (math.inf, -math.inf)


def test_a11_fairfield_and_charman_on_chile() -> None:
    assert [sum(column) for column in zip(*CHILE.values(), strict=True)] == [98, 110]
    found = posteriors(equal(["EA", "CC", "MV"]), CHILE_LIKELIHOODS)
    assert found["CC"] + found["MV"] == pytest.approx(1.6849e-10, abs=1e-14)
    assert found["EA"] == pytest.approx(1 - 1.6849e-10, abs=1e-13)
    assert shown(found["EA"]) == "≥0.999999"
    assert weight(found["EA"], found["CC"]) == pytest.approx(98, abs=1e-9)
    assert weight(found["EA"], found["MV"]) == pytest.approx(110, abs=1e-9)


def test_a13_the_oil_majors() -> None:
    assert probability(6) == pytest.approx(0.799240, abs=1e-6)
    assert updated(probability(6), [-2]) == pytest.approx(0.715253, abs=1e-6)


def test_a15_the_order_of_the_evidence_makes_no_difference() -> None:
    first = posteriors(equal(["EA", "CC", "MV"]), CHILE_LIKELIHOODS)
    for order in permutations(CHILE_LIKELIHOODS):
        assert posteriors(equal(["EA", "CC", "MV"]), order) == first  # to the last digit


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        ("", (0.015444, 0.057915, 0.772201, 0.154440)),
        ("e2", (0.017467, 0.021834, 0.436681, 0.524017)),
    ],
)
def test_a16_four_codes_at_once(left_out: str, expected: tuple[float, ...]) -> None:
    items = [dict(zip(ALLY, row, strict=True)) for key, row in A16.items() if key != left_out]
    assert list(posteriors(equal(ALLY), items).values()) == pytest.approx(expected, abs=1e-6)


def test_b6_several_hypotheses_against_exact_fractions() -> None:
    """By Fraction: products and one division, nothing rounded before the end."""
    priors = {"A": Fraction(1, 7), "B": Fraction(2, 7), "C": Fraction(4, 7)}
    items = [
        {"A": Fraction(i, 41), "B": Fraction(41 - i, 43), "C": Fraction(i * i % 37 + 1, 47)}
        for i in range(1, 41)
    ]
    found = posteriors(
        {name: float(p) for name, p in priors.items()},
        [{name: float(p) for name, p in row.items()} for row in items],
    )
    assert found == pytest.approx(exact(priors, items), rel=1e-12, abs=0)


def test_b7_two_hundred_small_likelihoods_are_not_lost() -> None:
    """Each product is below the smallest float (1e-600); the ratio is (11/10)^200, computed by Fraction."""
    ratio = Fraction(11, 10) ** 200
    items = [{"A": 0.0011, "B": 0.001}] * 200
    found = posteriors(equal("AB"), items)
    assert found["A"] == pytest.approx(float(ratio / (1 + ratio)), abs=1e-12)
    assert found["B"] == pytest.approx(float(1 / (1 + ratio)), rel=1e-10)


def test_b8_a_zero_eliminates_one_and_leaves_the_ratio_of_the_others() -> None:
    found = posteriors(equal("ABC"), [{"A": 0.0, "B": 0.2, "C": 0.4}, {"A": 1.0, "B": 0.5, "C": 0.5}])
    assert found["A"] == 0
    assert found == pytest.approx({"A": 0, "B": 1 / 3, "C": 2 / 3}, abs=1e-12)
    assert posteriors({"A": 0.0, "B": 1.0}, [{"A": 0.9, "B": 0.1}]) == {"A": 0.0, "B": 1.0}


@pytest.mark.parametrize(
    ("priors", "items", "sentence"),
    [
        ({}, [], "no hypothesis"),
        ({"A": 0.6, "B": 0.6, "C": 0.3}, [], r"sum to 1\.5, not to 1: .*\(exclusify\)"),
        ({"A": 0.333, "B": 0.333, "C": 0.333}, [], r"sum to 0\.999, not to 1; .*residual"),
        ({"A": 1.2, "B": -0.2}, [], r"The prior of 'A' is 1\.2; write a number from 0 to 1"),
        ({"A": math.nan, "B": 0.5}, [], "The prior of 'A' is nan"),
        ({"A": 0.5, "B": 0.5}, [{"A": 0.1}], "stated for 't1' under 'B'; state it"),
        ({"A": 0.5, "B": 0.5}, [{"A": 1.0, "B": 1.0}, {"A": 2, "B": 0}], r"The likelihood of evidence no\. 2 under 'A' is 2"),
        ({"A": 0.5, "B": 0.5}, [{"A": 0, "B": 0}], "The likelihood of 't1' is 0 under every hypothesis"),
        ({"A": 1.0, "B": 0.0}, [{"A": 0, "B": 0.5}], "The likelihood of 't1' is 0 under every hypothesis that has a prior"),
        ({"A": 0.5, "B": 0.5}, [{"A": 0, "B": 1}, {"A": 1, "B": 0}], r"ruled out by a likelihood of 0 \('t1', evidence no\. 2\)"),
    ],
)  # fmt: skip
def test_what_cannot_be_reckoned_with_is_refused(priors: Any, items: Any, sentence: str) -> None:
    with pytest.raises(MethodError, match=sentence):
        posteriors(priors, items, ["t1"])
    with pytest.raises(MethodError):
        interval_posteriors(
            {name: (p, p) for name, p in priors.items()},
            [{name: (p, p) for name, p in row.items()} for row in items],
        )


@pytest.mark.parametrize(
    ("prior", "a", "b", "found", "sentence"),
    [
        (0.5, 0, 0, True, "a=0 irreversible, b=0 irreversible"),
        (1, 1, 0.5, False, "a=1 irreversible, p=1 irreversible"),
        (-0.5, 0.9, 0.5, True, r"The prior is -0\.5; write a number from 0 to 1"),
        (0.5, 1.1, 0.5, True, r"P\(evidence \| hypothesis\) is 1\.1"),
    ],
)
def test_impossible_claims_of_one_pair_are_refused(
    prior: float,
    a: float,
    b: float,
    found: bool,  # noqa: FBT001 - a parameter of the test
    sentence: str,
) -> None:
    with pytest.raises(MethodError, match=sentence):
        posterior(prior, a, b, found=found)


def test_b9_no_claim_no_certainty_however_small_the_numbers() -> None:
    """1e-200 times 1e-200 is 0 to a float; against 1e-320, as near as a float comes to it, they make 1e-80."""
    tiny = posterior(1e-200, 1e-200, 1e-320, found=True)
    assert tiny.status == ""
    assert tiny.p == pytest.approx(1e-80, rel=1e-3)
    assert posterior(1e-300, 1e-100, 1e-100, found=True).p == pytest.approx(1e-300)


def test_contradicting_certainties_do_not_add() -> None:
    with pytest.raises(MethodError, match="certain and another impossible"):
        updated(0.5, [math.inf, -math.inf])
    assert updated(0.5, [math.inf, 3]) == 1
    assert updated(0.2, []) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("p", "claimed", "said"),
    [
        (0.5, False, "0.500"),
        (0.772201, False, "0.772"),
        (0.9996, False, "0.9996"),
        (0.00004, False, "0.00004"),
        (0.9999996, False, "≥0.999999"),
        (1.0, False, "≥0.999999"),
        (1e-9, False, "≤0.000001"),
        (0.0, False, "≤0.000001"),
        (1.0, True, "1"),
        (0.0, True, "0"),
        (0.25, True, "0.250"),
    ],
)
def test_a_probability_is_shown_as_certain_only_by_claim(p: float, claimed: bool, said: str) -> None:  # noqa: FBT001
    assert shown(p, claimed=claimed) == said


def test_b10_sceptical_priors_doubt_one_and_treat_the_rest_alike() -> None:
    """-20 dB are odds of 1 to 100: 1/101, and 50/101 for each of two others."""
    assert sceptical("ABC", "B") == pytest.approx({"A": 50 / 101, "B": 1 / 101, "C": 50 / 101})
    assert equal("ABCD") == dict.fromkeys("ABCD", 0.25)


def test_decibels_too_far_apart_are_refused() -> None:
    assert relative({"A": -6, "B": 4}) == pytest.approx({"A": 0.1, "B": 1})
    assert relative_bounds({"A": (-10, 0), "B": (10, 10)}) == {
        "A": (pytest.approx(0.01), pytest.approx(0.1)),
        "B": (1, 1),
    }
    assert relative({}) == {}
    for far in (5000.0, math.inf, math.nan):
        with pytest.raises(MethodError, match="at most 3000 dB apart"):
            relative({"A": 0, "B": far})


def _vertices(priors: Mapping[str, tuple[Fraction, Fraction]]) -> list[dict[str, Fraction]]:
    """Every choice of priors with all but one of them at an end of its range, the one making up the sum of 1."""
    found = []
    for free in priors:
        rest = [name for name in priors if name != free]
        for ends in product((0, 1), repeat=len(rest)):
            chosen = {name: priors[name][end] for name, end in zip(rest, ends, strict=True)}
            left = Fraction(1) - sum(chosen.values())
            if priors[free][0] <= left <= priors[free][1]:
                found.append({**chosen, free: left})
    return found


def test_b11_interval_posteriors_are_the_extremes_of_all_corners() -> None:
    """By Fraction, at every corner: a posterior is a ratio of functions linear in each number, so it peaks at one."""
    priors = {
        "A": (Fraction(1, 10), Fraction(4, 10)),
        "B": (Fraction(2, 10), Fraction(5, 10)),
        "C": (Fraction(1, 10), Fraction(8, 10)),
    }
    items = [
        {"A": (Fraction(1, 2), Fraction(9, 10)), "B": (Fraction(1, 10), Fraction(3, 10)), "C": (Fraction(2, 10), Fraction(2, 10))},
        {"A": (Fraction(1, 10), Fraction(2, 10)), "B": (Fraction(3, 10), Fraction(6, 10)), "C": (Fraction(0), Fraction(1, 10))},
    ]  # fmt: skip
    cells = [(number, name) for number in range(len(items)) for name in "ABC"]
    every = []
    for ends in product((0, 1), repeat=len(cells)):
        corner: list[dict[str, Fraction]] = [{}, {}]
        for (number, name), end in zip(cells, ends, strict=True):
            corner[number][name] = items[number][name][end]
        every += [exact(chosen, corner) for chosen in _vertices(priors)]
    found = interval_posteriors(
        {name: (float(low), float(high)) for name, (low, high) in priors.items()},
        [{name: (float(low), float(high)) for name, (low, high) in row.items()} for row in items],
    )
    for name in "ABC":
        values = [one[name] for one in every]
        assert found[name] == pytest.approx((min(values), max(values)), abs=1e-12)


def test_b12_interval_posteriors_where_zeros_are_possible() -> None:
    """By hand: with A at 0 it is eliminated, with B at 0 it is all there is; C cannot come about."""
    found = interval_posteriors(
        dict.fromkeys("ABC", (1 / 3, 1 / 3)), [{"A": (0.0, 0.5), "B": (0.0, 0.5), "C": (0.0, 0.0)}]
    )
    assert found == {"A": (0.0, 1.0), "B": (0.0, 1.0), "C": (0.0, 0.0)}
    with pytest.raises(MethodError, match=r"sum to at least 1\.2"):
        interval_posteriors({"A": (0.6, 0.7), "B": (0.6, 0.7)}, [])
    with pytest.raises(MethodError, match=r"sum to at most 0\.8"):
        interval_posteriors({"A": (0.1, 0.4), "B": (0.1, 0.4)}, [])
    with pytest.raises(MethodError, match="upside down"):
        interval_posteriors({"A": (0.5, 0.4), "B": (0.1, 0.9)}, [])


@pytest.mark.parametrize(
    ("prior", "a", "b"), [(5e-324, 0.98, 5e-324), (1e-160, 1e-160, 1e-300), (0.63, 5e-324, 1e-160)]
)
def test_b_products_too_small_for_a_float_lose_nothing(prior: float, a: float, b: float) -> None:
    ours, theirs = Fraction(a) * Fraction(prior), Fraction(b) * (1 - Fraction(prior))

    assert posterior(prior, a, b, found=True).p == pytest.approx(
        float(ours / (ours + theirs)), rel=1e-9, abs=0
    )


@pytest.mark.parametrize(("hypotheses", "doubted"), [(["a"], "a"), (["a", "b"], "c")])
def test_b_only_one_of_several_can_be_doubted(hypotheses: list[str], doubted: str) -> None:
    with pytest.raises(MethodError, match=f"'{doubted}' cannot be doubted"):
        sceptical(hypotheses, doubted)
