"""Evidence that is not independent, worlds, and expected learning: METHOD's cases A7 to A9 and A14, and our own."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise, product

import pytest

from evidence.errors import MethodError
from evidence.inference.bayes import equal, posterior, posteriors
from evidence.inference.dependence import (
    PATTERNS,
    both_ends,
    dependent,
    feasible_correlation,
    independent,
    pair_cells,
    pair_likelihoods,
)
from evidence.inference.learning import expected_error, expected_learning
from evidence.inference.worlds import World, mixture, world_of_cells, world_of_likelihoods

STRAW = {"H": 0.75, "R": 0.25}
GUN = {"H": 0.3, "R": 0.05}


def test_a7_posteriors_and_expected_errors_of_a_straw_and_a_gun() -> None:
    # METHOD 7, no. 8: DeclareDesign's rendered page prints the two clues' figures swapped (.47 for the straw)
    assert [posterior(0.5, 0.75, 0.25, found=found).p for found in (True, False)] == pytest.approx(
        [0.75, 0.25]
    )
    assert [posterior(0.5, 0.3, 0.05, found=found).p for found in (True, False)] == pytest.approx(
        [0.857143, 0.424242], abs=1e-6
    )
    assert expected_error(0.75, 0.25) == pytest.approx(0.433013, abs=1e-6)
    assert expected_error(0.3, 0.05) == pytest.approx(0.472169, abs=1e-6)


@pytest.mark.parametrize(
    ("pattern", "p"), [("11", 0.947368), ("10", 0.688525), ("01", 0.666667), ("00", 0.197183)]
)
def test_a8_both_clues_at_once(pattern: str, p: float) -> None:
    both = posteriors(equal("HR"), [pair_likelihoods(pattern, STRAW, GUN)])
    assert both["H"] == pytest.approx(p, abs=1e-6)
    seen = [
        clue if found == "1" else {name: 1 - one for name, one in clue.items()}
        for clue, found in zip((STRAW, GUN), pattern, strict=True)
    ]
    assert posteriors(equal("HR"), seen)["H"] == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [(0.99, 0.01, 0.9604), (0.099, 0.001, 0.0505474), (0.9, 0.5, 0.190476), (0.5, 0.1, 0.190476)],
)
def test_a9_expected_learning_at_even_odds(a: float, b: float, share: float) -> None:
    # METHOD 7, no. 9: Humphreys & Jacobs print "95%" for the first, where their formula gives .9604
    assert expected_learning(a, b) == pytest.approx(share, abs=1e-6)


def test_b16_expected_learning_is_what_enumeration_gives() -> None:
    """By Fraction: 1 - (mean of p(1-p) after looking) / (p(1-p) before), over both things that may be seen."""
    for a, b, p in product(
        [Fraction(1, 10), Fraction(7, 10), Fraction(1)], [Fraction(0), Fraction(3, 10)], [Fraction(1, 5), Fraction(1, 2)]
    ):  # fmt: skip
        after = Fraction(0)
        for ours, theirs in ((a, b), (1 - a, 1 - b)):
            seen = ours * p + theirs * (1 - p)
            if seen:
                after += seen * (ours * p / seen) * (theirs * (1 - p) / seen)
        share = 1 - after / (p * (1 - p))
        assert expected_learning(float(a), float(b), float(p)) == pytest.approx(float(share), abs=1e-12)
        assert expected_error(float(a), float(b), float(p)) == pytest.approx(math.sqrt(after), abs=1e-7)


@pytest.mark.parametrize(
    ("a", "b", "p"), [(1, 1, 0.5), (0, 0, 0.5), (0.5, 0.5, 0.3), (0.9, 0.1, 0), (0.9, 0.1, 1)]
)
def test_nothing_is_learned_where_nothing_is_open(a: float, b: float, p: float) -> None:
    assert expected_learning(a, b, p) == 0
    assert expected_error(a, b, p) == pytest.approx(math.sqrt(p * (1 - p)))


def test_a14_joint_probabilities_are_mixed_and_not_posteriors() -> None:
    third = 1 / 3
    a = {("0", "0"): third, ("0", "1"): 0.0, ("1", "0"): third, ("1", "1"): third}
    b = {("0", "0"): third, ("0", "1"): third, ("1", "0"): 0.0, ("1", "1"): third}
    found = mixture([world_of_cells("A", 2 / 3, a, "1"), world_of_cells("B", 1 / 3, b, "1")])
    assert found.hypotheses == pytest.approx({"0": 1 / 4, "1": 3 / 4}, abs=1e-6)  # averaged: 5/6
    assert found.worlds == pytest.approx({"A": 1 / 2, "B": 1 / 2}, abs=1e-6)


def test_a14_the_same_from_weights_priors_and_likelihoods() -> None:
    """In A, P(H)=2/3 and P(K=1|H)=1/2, P(K=1|not H)=0; in B P(H)=1/3, 1 and 1/2: the cells' own shares."""
    worlds = [
        world_of_likelihoods("A", 2 / 3, {"1": 2 / 3, "0": 1 / 3}, [{"1": 1 / 2, "0": 0.0}]),
        world_of_likelihoods("B", 1 / 3, {"1": 1 / 3, "0": 2 / 3}, [{"1": 1.0, "0": 1 / 2}]),
    ]
    assert mixture(worlds).hypotheses == pytest.approx({"0": 1 / 4, "1": 3 / 4}, abs=1e-6)
    assert mixture(worlds).worlds == pytest.approx({"A": 1 / 2, "B": 1 / 2}, abs=1e-6)


def test_b17_three_worlds_and_two_pieces_of_evidence_by_fraction() -> None:
    """Enumerated in fractions: weight times prior times both likelihoods, each of nine cells over their sum."""
    weights = [Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)]
    priors = [Fraction(1, 4), Fraction(1, 4), Fraction(1, 2)]
    likelihoods = [[[Fraction(w + h + e + 1, 9) for e in range(2)] for h in range(3)] for w in range(3)]
    cells = {
        (w, h): weights[w] * priors[h] * likelihoods[w][h][0] * likelihoods[w][h][1]
        for w, h in product(range(3), repeat=2)
    }
    whole = sum(cells.values())
    found = mixture(
        world_of_likelihoods(
            f"w{w}",
            float(weights[w]),
            {f"h{h}": float(priors[h]) for h in range(3)},
            [{f"h{h}": float(likelihoods[w][h][e]) for h in range(3)} for e in range(2)],
        )
        for w in range(3)
    )
    for n in range(3):
        assert found.hypotheses[f"h{n}"] == pytest.approx(
            float(sum(cells[w, n] for w in range(3)) / whole), abs=1e-12
        )
        assert found.worlds[f"w{n}"] == pytest.approx(
            float(sum(cells[n, h] for h in range(3)) / whole), abs=1e-12
        )


def test_worlds_that_cannot_be_mixed_are_refused() -> None:
    one, other = World("A", 0.5, {"H": 0.1, "R": 0.2}), World("B", 0.5, {"H": 0.3, "R": 0.0})
    assert mixture([one, other]).hypotheses == pytest.approx({"H": 2 / 3, "R": 1 / 3})
    with pytest.raises(MethodError, match=r"weights of the worlds sum to 0\.5, not to 1"):
        mixture([one])
    with pytest.raises(MethodError, match="'A' and 'B' know different hypotheses \\(S\\)"):
        mixture([one, World("B", 0.5, {"H": 0.1, "R": 0.2, "S": 0.3})])
    with pytest.raises(MethodError, match="Two worlds have the same name"):
        mixture([one, one])
    with pytest.raises(MethodError, match="probability of 0 in every world"):
        mixture([World("A", 1, {"H": 0, "R": 0})])
    with pytest.raises(MethodError, match="weights of the worlds sum to 0, not to 1"):
        mixture([])
    with pytest.raises(MethodError, match=r"cells of world 'A' sum to 0\.9, not to 1"):
        world_of_cells("A", 1, {("H", "seen"): 0.4, ("R", "seen"): 0.5}, "seen")
    with pytest.raises(MethodError, match="no cell in which 'unseen' is seen"):
        world_of_cells("A", 1, {("H", "seen"): 0.5, ("R", "seen"): 0.5}, "unseen")


def test_b18_a_cluster_counts_once_or_in_full() -> None:
    """Three books that quote one cable: .8 : .2 once is 4 to 1; as if independent, 4 x 4 x 3 = 48 to 1."""
    members = [{"H": 0.8, "R": 0.2}, {"H": 0.8, "R": 0.2}, {"H": 0.9, "R": 0.3}]
    assert dependent(members) == {"H": 0.8, "R": 0.2}
    assert independent(members) == pytest.approx({"H": 0.576, "R": 0.012})
    ranges = [{"H": (0.5, 0.9), "R": (0.1, 0.2)}, {"H": (0.6, 0.7), "R": (0.0, 0.4)}]
    assert both_ends(dependent, ranges) == {"H": (0.5, 0.7), "R": (0.0, 0.2)}
    assert both_ends(independent, ranges) == {
        "H": pytest.approx((0.3, 0.63)),
        "R": pytest.approx((0.0, 0.08)),
    }
    assert dependent([]) == independent([]) == {}
    with pytest.raises(MethodError, match=r"different hypotheses \(S not in all\)"):
        dependent([*members, {"H": 0.5, "R": 0.5, "S": 0.1}])


def test_b19_the_cells_of_a_pair_keep_what_was_stated_of_each() -> None:
    """r = .5 sqrt(.6 x .4 x .5 x .5) = .122474: the margins stay .6 and .5, and the correlation is .5 again."""
    cells = pair_cells(0.6, 0.5, 0.5)
    assert cells == pytest.approx({"11": 0.422474, "10": 0.177526, "01": 0.077526, "00": 0.322474}, abs=1e-6)
    assert cells["11"] + cells["10"] == pytest.approx(0.6)
    assert cells["11"] + cells["01"] == pytest.approx(0.5)
    assert (cells["11"] - 0.6 * 0.5) / math.sqrt(0.6 * 0.4 * 0.5 * 0.5) == pytest.approx(0.5)
    assert math.fsum(cells.values()) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        (0.5, 0.5, -1, 1),
        (0.8, 0.2, -1, 0.25),  # p01 = .2 x .2 - r, so r up to .04, over .16
        (0.9, 0.9, -1 / 9, 1),  # p00 = .01 + r, so r from -.01, over .09
        (1.0, 0.3, -1, 1),
        (0.0, 0.0, -1, 1),
    ],
)
def test_b20_only_feasible_correlations_are_taken(
    first: float, second: float, low: float, high: float
) -> None:
    assert feasible_correlation(first, second) == pytest.approx((low, high))
    for rho in feasible_correlation(first, second):
        cells = pair_cells(first, second, rho)
        assert all(0 <= cell <= 1 for cell in cells.values())
        assert math.fsum(cells.values()) == pytest.approx(1, abs=1e-12)
    for beyond in (low - 0.01, high + 0.01, math.nan):
        with pytest.raises(MethodError, match="cannot have a correlation of"):
            pair_cells(first, second, beyond)


def test_a_correlation_that_cannot_be_is_refused_with_its_range() -> None:
    with pytest.raises(
        MethodError, match=r"probabilities 0\.9 and 0\.9 .* of -0\.5; it lies from -0\.111 to 1\."
    ):
        pair_cells(0.9, 0.9, -0.5)
    with pytest.raises(MethodError, match=r"'12' is no pattern of a pair; write one of 11, 10, 01, 00"):
        pair_likelihoods("12", STRAW, GUN)


def test_b21_correlation_takes_from_what_a_pair_says() -> None:
    """Both found, .8 : .2 each: 16 to 1 if independent; at .5, (.64+.08)/(.04+.08) = 6; at 1 it is 4 to 1, as once."""
    clue = {"H": 0.8, "R": 0.2}
    ratios = []
    for rho in (0.0, 0.5, 1.0):
        both = pair_likelihoods("11", clue, clue, rho)
        ratios.append(both["H"] / both["R"])
    assert ratios == pytest.approx([16, 6, 4])
    assert pair_likelihoods("11", clue, clue, {"H": 1.0, "R": 0.0}) == pytest.approx({"H": 0.8, "R": 0.04})
    whole = [math.fsum(pair_likelihoods(p, clue, STRAW, 0.1)[h] for p in PATTERNS) for h in "HR"]
    assert whole == pytest.approx([1, 1])
    assert all(one > other for one, other in pairwise(ratios))


def test_b_worlds_with_much_evidence_are_not_taken_for_impossible() -> None:
    rows = [{"H": 1e-5, "K": 2e-5}] * 99
    worlds = [
        world_of_likelihoods("A", 0.5, equal("HK"), [*rows, {"H": 0.3, "K": 0.1}]),
        world_of_likelihoods("B", 0.5, equal("HK"), [*rows, {"H": 0.1, "K": 0.3}]),
    ]

    found = mixture(worlds)

    assert found.hypotheses["H"] == pytest.approx(float(1 / (1 + Fraction(2) ** 99)), rel=1e-9)
    assert found.worlds["B"] == pytest.approx(0.75)
