"""What results mean: in words, where nothing was found, and where claims cannot be undone; METHOD's case A20."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from evidence.errors import MethodError
from evidence.inference.consequences import (
    SAYS_NOTHING,
    consequence,
    counted,
    dual,
    found_together,
    irreversible,
    softened,
    with_search,
)
from evidence.inference.likelihoods import ratios, weights
from evidence.vocabulary import TestKind, TestResult


@pytest.mark.parametrize("result", [TestResult.INCONCLUSIVE, TestResult.NOT_ATTEMPTED])
def test_a20_what_is_not_resolved_says_nothing_and_is_no_failure(result: TestResult) -> None:
    assert counted(result, (0.95, 0.95)) is None
    assert {consequence(kind, result) for kind in TestKind} == {SAYS_NOTHING}


def test_a20_passed_and_failed_count() -> None:
    assert counted(TestResult.PASSED, (0.8, 0.95)) == (0.8, 0.95)
    assert counted(TestResult.FAILED, (0.8, 0.95)) == pytest.approx((0.05, 0.2))


def test_only_a_hoop_or_a_decisive_test_failed_may_eliminate_its_hypothesis() -> None:
    """METHOD 2.2; and never without saying under what condition."""
    may = {
        (kind, result, side)
        for kind in TestKind
        for result in (TestResult.PASSED, TestResult.FAILED)
        for side in ("hypothesis", "rival")
        if getattr(consequence(kind, result), side).startswith(("eliminated", "confirmed"))
    }
    assert may == {
        ("hoop", "failed", "hypothesis"),
        ("smoking gun", "passed", "hypothesis"),
        ("doubly decisive", "passed", "hypothesis"),
        ("doubly decisive", "failed", "hypothesis"),
        ("doubly decisive", "passed", "rival"),
    }
    assert all(" if " in getattr(consequence(kind, result), side) for kind, result, side in may)


def test_of_a_hoop_passing_affirms_and_does_not_confirm() -> None:
    assert consequence("hoop", "passed").hypothesis == "stays in the running; not confirmed"
    assert consequence("hoop", "passed").rival == "somewhat weakened"
    assert consequence("straw in the wind", "failed").rival == "slightly strengthened"
    assert consequence("smoking gun", "passed").rival == "substantially weakened"


def test_b13_an_absence_weighs_as_much_as_the_search_was_thorough() -> None:
    """METHOD 2.6 gives 8 and 1.333; by Fraction, (1 - db)/(1 - da) at d = 1, 1/2 and 0."""
    for d, minus in ((1, Fraction(8)), (Fraction(1, 2), Fraction(4, 3)), (0, Fraction(1))):
        a, b = Fraction(95, 100), Fraction(60, 100)
        assert (1 - d * b) / (1 - d * a) == minus
        ends = float(d), float(d)
        assert ratios(with_search((0.95, 0.95), ends)[0], with_search((0.6, 0.6), ends)[0])[1] == (
            pytest.approx(float(minus))
        )
        failed = [counted("failed", (p, p), ends) for p in (0.6, 0.95)]
        assert failed[0] is not None
        assert failed[1] is not None
        assert failed[0][0] / failed[1][0] == pytest.approx(float(minus))


def test_b14_a_range_of_sensitivity_makes_a_range_of_weights() -> None:
    ours, theirs = (counted("failed", (p, p), (0.5, 1.0)) for p in (0.95, 0.6))
    assert ours == pytest.approx((0.05, 0.525))
    assert theirs == pytest.approx((0.4, 0.7))
    assert ours is not None
    assert theirs is not None
    low, high = weights(ours, theirs)
    assert low < -9.03 < -1.249 < high  # 10 log10(1/8), and 10 log10(3/4): both are within


def test_b15_several_searches_find_more_together_if_they_are_independent() -> None:
    """1 - 2/5 x 1/2 = 4/5 and 1 - 1/5 x 1/2 = 9/10."""
    least, most = found_together([(0.6, 0.8), (0.5, 0.5)])
    assert least == (0.6, 0.8)
    assert most == pytest.approx((0.8, 0.9))
    assert found_together([(0.3, 0.3)])[1] == pytest.approx((0.3, 0.3))
    with pytest.raises(MethodError, match="absence needs a search"):
        found_together([])


def test_the_same_record_read_for_the_rival() -> None:
    assert dual(0.3, 0.0, found=True) == (0.0, 0.3)
    assert dual(0.3, 0.0, found=False) == (1.0, 0.7)
    with pytest.raises(MethodError, match="P\\(evidence \\| rival\\) is 2"):
        dual(0.3, 2, found=True)


def test_irreversible_claims_are_named() -> None:
    stated = {"ours": [0.9, 1.0], "theirs": 0.5, "prior": 0.0, "word": "Certain", "dB": "-6 dB", "none": None}
    assert irreversible(stated) == {"ours": (1.0,), "prior": (0.0,)}
    assert irreversible(stated, {"certain": 1.0})["word"] == (1.0,)
    assert irreversible({"anything": [0, 1]}) == {"anything": (0.0, 1.0)}


@pytest.mark.parametrize(
    ("stated", "soft"),
    [
        (1.0, 0.99),
        (0.0, 0.01),
        (0.4, 0.4),
        ([0.9, 1.0], [0.9, 0.99]),
        ([0.0, 1.0], [0.01, 0.99]),
        ([0.995, 1.0], 0.99),
        ([0.0, 0.005], 0.01),
        ("certain", 0.99),
        ("likely", "likely"),
        ("-6 dB", "-6 dB"),
        (None, None),
    ],
)
def test_irreversible_claims_are_softened_only_when_asked(stated: Any, soft: Any) -> None:
    kept = list(stated) if isinstance(stated, list) else stated
    found = softened(stated, scale={"certain": 1.0, "likely": [0.6, 0.8]})
    assert found == (pytest.approx(soft) if isinstance(soft, float | list) else soft)
    assert stated == kept


@pytest.mark.parametrize("at", [0.5, 1.0, 1.2])
def test_a_claim_is_softened_to_something_below_1_and_above_one_half(at: float) -> None:
    with pytest.raises(MethodError, match=r"such as 0\.99"):
        softened(1.0, at)
