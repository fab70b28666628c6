"""Rivals that do not exclude each other: METHOD's case A21, and our own."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from evidence.errors import MethodError
from evidence.inference.bayes import posteriors
from evidence.inference.body import Hypothesis
from evidence.inference.rivals import any_of, exclusified_priors, exclusify, require_exclusive


def test_a21_priors_that_are_not_of_exclusive_hypotheses_are_refused() -> None:
    with pytest.raises(MethodError, match=r"sum to 1\.5, not to 1: .* exclusive combinations \(exclusify\)"):
        posteriors({"A": 0.6, "B": 0.6, "neither": 0.3}, [])


def test_a21_exclusified_they_sum_to_1() -> None:
    priors = exclusified_priors({"A": 0.6, "B": 0.6}, {frozenset("AB"): 0.5})
    assert {one.name: p for one, p in priors.items()} == pytest.approx(
        {"A only": 0.1, "B only": 0.1, "A and B": 0.5, "neither": 0.3}
    )
    assert math.fsum(priors.values()) == pytest.approx(1, abs=1e-12)
    assert any_of(priors, ["A", "B"]) == pytest.approx(0.7)
    assert any_of(priors, ["A"]) == pytest.approx(0.6)
    posteriors({one.name: p for one, p in priors.items()}, [])  # and Bayes' rule takes them


@pytest.mark.parametrize(("causes", "count"), [("A", 2), ("AB", 4), ("ABC", 8), ("ABCDE", 32)])
def test_a21_n_causes_make_two_to_the_n_combinations(causes: str, count: int) -> None:
    found = exclusify(causes)
    assert len(found) == count
    assert len({one.name for one in found}) == len({one.causes for one in found}) == count


def test_combinations_are_named_for_what_was_at_work() -> None:
    assert [one.name for one in exclusify(["alliance", "interest", "prestige"])] == [
        "alliance only",
        "interest only",
        "prestige only",
        "alliance and interest only",
        "alliance and prestige only",
        "interest and prestige only",
        "alliance, interest and prestige",
        "none of them",
    ]
    assert [one.name for one in exclusify(["A"])] == ["A", "not A"]


def test_b22_three_causes_with_their_joint_probabilities() -> None:
    """Counted in a made-up hundred cases: 5 A, 10 B, 0 C, 20 AB, 15 AC, 5 BC, 25 ABC, 20 none."""
    cases = {"A": 5, "B": 10, "C": 0, "AB": 20, "AC": 15, "BC": 5, "ABC": 25, "": 20}

    def with_all(causes: str) -> float:
        return sum(count for at_work, count in cases.items() if set(causes) <= set(at_work)) / 100

    priors = exclusified_priors(
        {cause: with_all(cause) for cause in "ABC"},
        {frozenset(some): with_all(some) for some in ("AB", "AC", "BC", "ABC")},
    )
    assert {"".join(sorted(one.causes)): p for one, p in priors.items()} == pytest.approx(
        {at_work: count / 100 for at_work, count in cases.items()}, abs=1e-12
    )
    assert any_of(priors, "BC") == pytest.approx(0.75)


def test_b23_independent_causes() -> None:
    """By Fraction: each of four combinations is the product of having and not having."""
    a, b = Fraction(3, 10), Fraction(4, 5)
    priors = exclusified_priors({"A": 0.3, "B": 0.8})
    assert list(priors.values()) == pytest.approx(
        [float(p) for p in (a * (1 - b), (1 - a) * b, a * b, (1 - a) * (1 - b))], abs=1e-12
    )


def test_probabilities_of_causes_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(MethodError, match=r"contradict each other: they leave -0\.2 for 'A only'"):
        exclusified_priors({"A": 0.3, "B": 0.6}, {frozenset("AB"): 0.5})
    with pytest.raises(MethodError, match=r"they leave -0\.4 for 'neither'"):
        exclusified_priors({"A": 0.8, "B": 0.7}, {frozenset("AB"): 0.1})
    with pytest.raises(MethodError, match="that 'A' and 'B' and 'C' are at work together is not stated"):
        exclusified_priors(dict.fromkeys("ABC", 0.5), {frozenset(two): 0.2 for two in ("AB", "AC", "BC")})
    with pytest.raises(MethodError, match=r"The probability of 'A' is 1\.4"):
        exclusified_priors({"A": 1.4, "B": 0.6})


def test_causes_that_cannot_be_combined_are_refused() -> None:
    for causes, sentence in (("", "no cause"), ("ABA", "named twice"), ("ABCDEFGHIJK", "2048 combinations")):
        with pytest.raises(MethodError, match=sentence):
            exclusify(causes)


def test_hypotheses_not_declared_exclusive_are_refused_with_an_offer() -> None:
    a = Hypothesis("a", exclusive=frozenset({"b"}))
    b, c = Hypothesis("b"), Hypothesis("c", exclusive=frozenset({"a"}))
    require_exclusive([a, b])
    require_exclusive([b, a])
    require_exclusive([])
    with pytest.raises(MethodError, match=r"'b' and 'c' are not declared exclusive, so .*\(exclusify\)"):
        require_exclusive([a, b, c])
    with pytest.raises(MethodError, match=r"'b' and 'c' are not declared exclusive \(one of 3 such pairs\)"):
        require_exclusive([b, c, Hypothesis("d", exclusive=frozenset({"a"}))])
