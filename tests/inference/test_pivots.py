"""Pivot sets against brute force: every subset taken away by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.inference.body import Body
from evidence.inference.counting import counted
from evidence.inference.pivots import Pivot, losses, pivots, pivots_in_words
from evidence.inference.removal import KINDS, Unit, units, without
from evidence.inference.standing import verdict
from evidence.inference.weighing import Reading, leaders, stating, totals
from tests.inference.drawing import NAMES, bodies

#: Units taken away, who leads then, and whether it is a tie.
Changed = set[tuple[frozenset[Unit], tuple[str, ...], bool]]
READINGS: st.SearchStrategy[Reading] = st.sampled_from(["dependent", "independent"])
TIED = 2


def led(body: Body, names: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    return leaders(names, totals(stating(counted(body), names), names, reading))


def subsets(body: Body, kind: str, size: int) -> Iterator[tuple[Unit, ...]]:
    every = [Unit(kind, name) for name in units(body, kind)]
    return chain.from_iterable(combinations(every, number) for number in range(1, size + 1))


def by_hand(body: Body, kind: str, size: int, outcome: Callable[[Body], tuple[str, ...]]) -> Changed:
    """Flips and ties that are smallest, found by taking every subset away."""
    before = outcome(body)
    changed = {}
    for some in subsets(body, kind, size):
        now = outcome(without(body, some))
        if now != before:
            changed[frozenset(some)] = now
    flips = {some: now for some, now in changed.items() if len(now) < TIED}
    ties = {some: now for some, now in changed.items() if some not in flips}
    return {(some, now, False) for some, now in flips.items() if not any(part < some for part in flips)} | {
        (some, now, True) for some, now in ties.items() if not any(part < some for part in changed)
    }


def found(given: Iterable[Pivot]) -> Changed:
    return {(frozenset(pivot.units), pivot.leaders, pivot.tie) for pivot in given}


@settings(max_examples=80)
@given(bodies(), st.sampled_from(KINDS), READINGS, st.sampled_from([NAMES, NAMES[:2]]))
def test_pivot_sets_are_all_smallest_sets_and_no_others(
    body: Body, kind: str, reading: Reading, names: tuple[str, ...]
) -> None:
    expected = by_hand(body, kind, 3, lambda left: led(left, names, reading))
    assert found(pivots(body, names, [kind], 3, reading=reading)) == expected


@settings(max_examples=80)
@given(bodies(), st.sampled_from(KINDS))
def test_pivot_sets_of_a_code_in_words_are_all_smallest_sets_and_no_others(body: Body, kind: str) -> None:
    def outcome(left: Body) -> tuple[str, ...]:
        value = verdict(left, "ALLY", body)
        return () if value is None else (value,)

    expected = by_hand(body, kind, 3, outcome) if outcome(body) else set()
    assert found(pivots_in_words(body, "ALLY", [kind], 3)) == expected


@settings(max_examples=40)
@given(bodies(), READINGS)
def test_a_loss_is_what_is_left_when_one_unit_is_taken_away(body: Body, reading: Reading) -> None:
    before = totals(stating(counted(body), NAMES[:2]), NAMES[:2], reading)
    for loss in losses(body, *NAMES[:2], KINDS, reading=reading):
        left = totals(stating(counted(without(body, [loss.unit])), NAMES[:2]), NAMES[:2], reading)
        assert loss.weight == pytest.approx(left[0] - left[1])
        assert loss.change == pytest.approx(left[0] - left[1] - before[0] + before[1])
