"""What must hold whatever the numbers: order, irrelevance, the mirror of hypothesis and rival, bounds around points."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evidence.errors import MethodError
from evidence.inference.bayes import interval_posteriors, posterior, posteriors
from evidence.inference.consequences import dual
from evidence.inference.dependence import dependent, feasible_correlation, independent, pair_cells
from evidence.inference.learning import expected_error, expected_learning
from evidence.inference.likelihoods import HYPOTHESIS, RIVAL, implied, ratios, weight, weights
from evidence.inference.odds import odds, probability
from evidence.inference.rivals import any_of, exclusified_priors
from evidence.vocabulary import PROFILES, TestKind

NAMES = "ABCD"
THOUSANDTHS = st.integers(0, 1000).map(lambda n: n / 1000)  # 0 and 1 among them
OPEN = st.floats(1e-6, 1 - 1e-6)
PROFILE = st.sampled_from(sorted(PROFILES))


def rows(p: st.SearchStrategy[Any], most: int = 12) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, p)), max_size=most)


@st.composite
def priors(draw: st.DrawFn) -> dict[str, float]:
    parts = [draw(st.integers(1, 1000)) for _ in NAMES]
    return {name: part / sum(parts) for name, part in zip(NAMES, parts, strict=True)}


@given(priors(), rows(st.floats(0, 1)), st.randoms(use_true_random=False))
def test_order_makes_no_difference(prior: dict[str, float], items: Any, chance: random.Random) -> None:
    shuffled = list(items)
    chance.shuffle(shuffled)
    try:
        expected = posteriors(prior, items)
    except MethodError:
        with pytest.raises(MethodError):
            posteriors(prior, shuffled)
    else:
        assert posteriors(prior, shuffled) == expected
        assert math.fsum(expected.values()) == pytest.approx(1, abs=1e-12)
    assert dependent(shuffled) == dependent(items)
    assert independent(shuffled) == independent(items)


@given(priors(), rows(OPEN), st.integers(0, 12), OPEN)
def test_irrelevant_evidence_changes_nothing(prior: dict[str, float], items: Any, at: int, p: float) -> None:
    """Evidence as likely under each hypothesis as under any other, however likely that is."""
    with_it = [*items[:at], dict.fromkeys(NAMES, p), *items[at:]]
    assert posteriors(prior, with_it) == pytest.approx(posteriors(prior, items), abs=1e-12, rel=1e-9)
    assert weight(p, p) == 0
    assert expected_learning(p, p) == 0


@given(THOUSANDTHS, THOUSANDTHS, THOUSANDTHS, st.booleans())
def test_posteriors_of_hypothesis_and_rival_complement_each_other(
    p: float,
    a: float,
    b: float,
    found: bool,  # noqa: FBT001 - drawn
) -> None:
    try:
        ours = posterior(p, a, b, found=found)
    except MethodError:
        with pytest.raises(MethodError):
            posterior(1 - p, b, a, found=found)
        return
    theirs = posterior(1 - p, b, a, found=found)
    assert ours.p + theirs.p == pytest.approx(1, abs=1e-12)
    assert bool(ours.status) == bool(theirs.status)
    assert ours.status.startswith("eliminated") == theirs.status.startswith("confirmed")
    several = posteriors({"H": p, "R": 1 - p}, [{"H": a, "R": b} if found else {"H": 1 - a, "R": 1 - b}])
    assert several["H"] == pytest.approx(ours.p, abs=1e-12)
    assert several["R"] == pytest.approx(theirs.p, abs=1e-12)


@given(st.floats(0, 1), st.floats(0, 1))
def test_weights_negate(a: float, b: float) -> None:
    assert weight(b, a) == -weight(a, b)
    assert weights((b, b), (a, a)) == (-weight(a, b), -weight(a, b))


@given(THOUSANDTHS, THOUSANDTHS, PROFILE)
def test_kinds_swap(a: float, b: float, profile: str) -> None:
    ours, theirs = implied(a, b, profile), implied(b, a, profile)
    assert ours is not None
    assert theirs is not None
    assert ours.kind == theirs.kind
    assert {ours.favours, theirs.favours} in ({HYPOTHESIS, RIVAL}, {"neither"})
    assert (ours.kind is None) == (a == b)
    other = {TestKind.HOOP: TestKind.SMOKING_GUN, TestKind.SMOKING_GUN: TestKind.HOOP}
    absent = implied(*dual(a, b, found=False), profile)  # a hoop for one is a smoking gun for the other
    assert absent is not None
    assert absent.favours == ours.favours
    assert absent.kind == (other.get(ours.kind, ours.kind) if ours.kind else None)


@given(THOUSANDTHS, THOUSANDTHS)
def test_ratios_of_the_absent_are_those_of_the_present_turned_round(a: float, b: float) -> None:
    plus, minus = ratios(a, b)
    absent = ratios(1 - b, 1 - a)
    assert absent == pytest.approx((minus, plus), rel=1e-9)


@given(OPEN, OPEN, OPEN)
def test_learning_is_the_same_for_the_rival_and_for_the_absent(a: float, b: float, p: float) -> None:
    assert 0 <= expected_learning(a, b, p) <= 1
    for mirrored in ((b, a, 1 - p), (1 - a, 1 - b, p)):
        assert expected_learning(*mirrored) == pytest.approx(expected_learning(a, b, p), abs=1e-9)
        assert expected_error(*mirrored) == pytest.approx(expected_error(a, b, p), abs=1e-6)


@given(OPEN)
def test_odds_and_probability_undo_each_other(p: float) -> None:
    assert probability(odds(p)) == pytest.approx(p, rel=1e-12)
    assert odds(1 - p) == pytest.approx(-odds(p), abs=1e-9)


@st.composite
def ranged(draw: st.DrawFn) -> tuple[Any, Any, Any, Any]:
    """Draw priors and likelihoods, and ranges round each of them."""
    prior = draw(priors())
    items = draw(rows(THOUSANDTHS, 5))

    def around(p: float) -> tuple[float, float]:
        return max(p - draw(THOUSANDTHS), 0), min(p + draw(THOUSANDTHS), 1)

    wide = {name: around(p) for name, p in prior.items()}
    return prior, items, wide, [{name: around(p) for name, p in row.items()} for row in items]


@given(ranged())
def test_interval_posteriors_contain_every_point(drawn: tuple[Any, Any, Any, Any]) -> None:
    prior, items, wide_prior, wide = drawn
    try:
        points = posteriors(prior, items)
    except MethodError:
        assume(False)  # noqa: FBT003 - this draw has no posterior
    for found in (interval_posteriors(wide_prior, wide), interval_posteriors({n: (p, p) for n, p in prior.items()}, wide)):  # fmt: skip
        for name, p in points.items():
            low, high = found[name]
            assert low - 1e-9 <= p <= high + 1e-9
            assert 0 <= low <= high <= 1
    narrow = [{name: (p, p) for name, p in row.items()} for row in items]
    exact = interval_posteriors({name: (p, p) for name, p in prior.items()}, narrow)
    for name, p in points.items():
        assert exact[name] == pytest.approx((p, p), abs=1e-9)


@given(THOUSANDTHS, THOUSANDTHS, st.floats(0, 1))
def test_the_cells_of_any_feasible_pair_are_probabilities(first: float, second: float, at: float) -> None:
    low, high = feasible_correlation(first, second)
    cells = pair_cells(first, second, low + at * (high - low))
    assert all(0 <= cell <= 1 for cell in cells.values())
    assert cells["11"] + cells["10"] == pytest.approx(first, abs=1e-9)
    assert cells["11"] + cells["01"] == pytest.approx(second, abs=1e-9)
    mirrored = pair_cells(second, first, low + at * (high - low))
    assert mirrored["10"] == pytest.approx(cells["01"], abs=1e-12)


@given(st.lists(THOUSANDTHS, min_size=1, max_size=5))
def test_exclusified_causes_keep_their_own_probabilities(stated: list[float]) -> None:
    causes = {f"c{number}": p for number, p in enumerate(stated)}
    combined = exclusified_priors(causes)
    assert math.fsum(combined.values()) == pytest.approx(1, abs=1e-9)
    for cause, p in causes.items():
        assert any_of(combined, [cause]) == pytest.approx(p, abs=1e-9)
