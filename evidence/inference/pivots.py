"""What a lead or a code hangs on: taking one unit away, and all smallest sets of units that change the outcome."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from evidence.errors import MethodError
from evidence.inference.body import Body, Code
from evidence.inference.falling import Bits, Board, Fallible, Sums, fallible, minus, plus, scores
from evidence.inference.removal import Unit, units
from evidence.inference.scheme import demand, is_demand
from evidence.inference.standing import demands, standing, supporting, tested
from evidence.inference.weighing import TIE, Reading, leaders
from evidence.vocabulary import Round

__all__ = ["Loss", "Pivot", "every_unit", "losses", "losses_on", "pivots", "pivots_in_words", "pivots_on"]


#: More sets than these are not looked through: it would take minutes.
_MOST = 2_000_000


@dataclass(frozen=True, slots=True)
class Pivot:
    """A smallest set of units without which the outcome is another: no part of it is enough.

    Args:
        units: what is taken away, all of one kind.
        leaders: who leads then (several: a tie; none: all are ruled out); for a code in words the value that
            stands then, if any does.
        tie: whether it ends in a tie, and not in another leader.
    """

    units: tuple[Unit, ...]
    leaders: tuple[str, ...]
    tie: bool = False

    @property
    def kind(self) -> str:
        """The kind of what is taken away."""
        return self.units[0].kind


@dataclass(frozen=True, slots=True)
class Loss:
    """What taking one unit away does to the weight between two hypotheses.

    Args:
        unit: what is taken away.
        change: by how many dB the weight moves, positive towards the first hypothesis.
        weight: the weight in dB without the unit.
        leaders: who leads then; both if it is a tie.
        flips: whether another leads than before; a tie is none.
    """

    unit: Unit
    change: float
    weight: float
    leaders: tuple[str, ...]
    flips: bool


def losses(
    body: Body,
    one: str,
    other: str,
    kinds: Iterable[str],
    priors: Mapping[str, float] | None = None,
    reading: Reading = "dependent",
) -> tuple[Loss, ...]:
    """Return what taking each unit away does to the weight for one hypothesis against another.

    Args:
        body: the body of evidence.
        one: the first hypothesis.
        other: the second.
        kinds: kinds of unit.
        priors: for each its prior in dB, 10 log10 p; equal if not given. They are part of the weight.
        reading: how evidence of one cluster counts.

    Returns:
        The units that change something, in the order of kinds and keys.
    """
    return losses_on(Board(body, (one, other), every_unit(body, kinds), priors, reading))


def losses_on(board: Board) -> tuple[Loss, ...]:
    """Return what ``losses`` does, from a board of two hypotheses that is there."""
    whole = scores(board.base)
    before, lead = whole[0] - whole[1], leaders(board.hypotheses, whole)
    found = []
    for unit, bit in board.bits.items():
        sums = board.sums(bit)
        if sums == board.base:
            continue
        left = scores(sums)
        now, weight = leaders(board.hypotheses, left), left[0] - left[1]
        if now == lead and (weight == before or abs(weight - before) < TIE):
            continue
        found.append(Loss(unit, weight - before, weight, now, now != lead and len(now) == 1))
    return tuple(found)


def pivots(
    body: Body,
    hypotheses: Sequence[str],
    kinds: Iterable[str],
    size: int = 3,
    priors: Mapping[str, float] | None = None,
    reading: Reading = "dependent",
) -> tuple[Pivot, ...]:
    """Return all smallest sets of units without which other hypotheses lead than do now.

    A set of units of one kind flips the lead if without it there is one leader, and not the one there is now;
    it ends in a tie if there are several then. A flip is smallest if no part of it flips; a tie, if no part of it
    flips or ties. None is missed, and none is listed that is not smallest (METHOD 6, sensitivity 2).

    Args:
        body: the body of evidence.
        hypotheses: keys of those compared; only evidence that speaks of all of them counts.
        kinds: kinds of unit.
        size: how many units at most are taken away together.
        priors: for each hypothesis its prior in dB, 10 log10 p; equal if not given.
        reading: how evidence of one cluster counts.

    Returns:
        Flips and ties, the smallest sets first, in the order of kinds and keys. None where claims of 0 rule all
        hypotheses out from the start.
    """
    return pivots_on(Board(body, hypotheses, every_unit(body, kinds), priors, reading), size)


def pivots_on(board: Board, size: int) -> tuple[Pivot, ...]:
    """Return what ``pivots`` does, from a board that is there."""
    lead = leaders(board.hypotheses, scores(board.base))
    if not lead:
        return ()
    names: dict[str, list[Unit]] = {}
    for unit in board.bits:
        names.setdefault(unit.kind, []).append(unit)
    outcome, touched = _led(board), _all(block.touched for block in board.blocks)
    found = (
        pivot
        for some in names.values()
        for pivot in _smallest(_touching(some, board.bits, touched), outcome, lead, size)
    )
    return tuple(sorted(found, key=lambda pivot: len(pivot.units)))


def pivots_in_words(body: Body, variable: str, kinds: Iterable[str], size: int = 3) -> tuple[Pivot, ...]:
    """Return all smallest sets of units without which the study's code would not stand, or would be another.

    The same without numbers: a code stands as ``standing.standing`` says (METHOD 6, sensitivity 7).

    Args:
        body: the body of evidence.
        variable: the variable's key.
        kinds: kinds of unit.
        size: how many units at most are taken away together.

    Returns:
        As ``pivots``; none where the code does not stand anyway.
    """
    names = {kind: every_unit(body, [kind]) for kind in kinds}
    bits = {unit: 1 << number for number, unit in enumerate(unit for some in names.values() for unit in some)}
    codes = [
        _Coded(body, code, bits)
        for code in body.codes
        if code.variable == variable and code.round != Round.PUBLISHED
    ]

    def outcome(gone: int) -> tuple[str, ...]:
        left = next((code for code in codes if not gone & code.coder), None)
        return (left.value,) if left and left.value is not None and left.stands(gone) else ()

    whole = outcome(0)
    if not whole:
        return ()
    touched = _all(code.touched for code in codes)
    found = (
        pivot
        for some in names.values()
        for pivot in _smallest(_touching(some, bits, touched), outcome, whole, size)
    )
    return tuple(sorted(found, key=lambda pivot: len(pivot.units)))


def every_unit(body: Body, kinds: Iterable[str]) -> list[Unit]:
    """Return all units of some kinds that a body has, in the order of kinds and keys."""
    return [Unit(kind, name) for kind in kinds for name in units(body, kind)]


def _touching(some: Iterable[Unit], bits: Bits, touched: int) -> list[tuple[Unit, int]]:
    """Return the units that take something down, each with its bit; the others are in no smallest set."""
    return [(unit, bits[unit]) for unit in some if bits[unit] & touched]


# --- Numbers


def _led(board: Board) -> Callable[[int], tuple[str, ...]]:
    """Return what says who leads when units are taken away; where they touch different blocks their changes add."""
    touching: dict[int, int] = {}
    change: dict[int, Sums] = {}
    for bit in board.bits.values():
        touching[bit] = sum(1 << n for n, block in enumerate(board.blocks) if block.touched & bit)
        change[bit] = minus(board.sums(bit), board.base)

    def outcome(gone: int) -> tuple[str, ...]:
        found, met, left = board.base, 0, gone
        while left:
            bit = left & -left
            left ^= bit
            if met & touching[bit]:
                return leaders(board.hypotheses, scores(board.sums(gone)))
            met |= touching[bit]
            found = plus(found, change[bit])
        return leaders(board.hypotheses, scores(found))

    return outcome


def _smallest(
    chosen: Sequence[tuple[Unit, int]],
    outcome: Callable[[int], tuple[str, ...]],
    before: tuple[str, ...],
    size: int,
) -> Iterable[Pivot]:
    """Yield the smallest sets that change an outcome.

    Args:
        chosen: what may be taken away, each with its bit.
        outcome: who leads when units are taken away.
        before: who leads now.
        size: how many units at most.

    Raises:
        MethodError: the size is no number of units, or there are too many sets to look through.
    """
    if size < 1:
        raise MethodError(f"A set of {size} units is no set; take away 1 or more.")
    if (number := sum(comb(len(chosen), some) for some in range(1, size + 1))) > _MOST:
        raise MethodError(
            f"There are {number:,} sets of up to {size} of {len(chosen)} units of one kind, too many to look through; "
            "take away fewer together, or another kind."
        )
    flips: set[int] = set()
    ties: set[int] = set()
    names = {bit: unit for unit, bit in chosen}
    bits = list(names)
    for number in range(1, min(size, len(bits)) + 1):
        for some in combinations(bits, number):
            gone = sum(some)
            if number > 1 and flips and _has_part(some, flips):
                continue
            now = outcome(gone)
            if now == before:
                continue
            tie = len(now) > 1
            if tie and ties and _has_part(some, ties):
                continue
            (ties if tie else flips).add(gone)
            yield Pivot(tuple(names[bit] for bit in some), now, tie)
        # What is enough by itself is a part of no other smallest set.
        bits = [bit for bit in bits if bit not in flips]


def _has_part(some: Sequence[int], known: Collection[int]) -> bool:
    return any(sum(part) in known for number in range(1, len(some)) for part in combinations(some, number))


# --- Words


class _Coded:
    """A code, and what takes it down."""

    def __init__(self, body: Body, code: Code, bits: Bits) -> None:
        asked = demands(body, code)
        self.value = code.value
        self.coder = bits.get(Unit("coder", code.coder), 0)
        self._stands = standing(body, code, asked).stands
        self._needs = [[fallible(test, bits) for test in supporting(body, code)]]
        relied = {one.key: one for one in tested(body, code)}
        by_key = {test.key: test for test in body.tests}
        self._needs += [
            [
                fallible(by_key[key], bits)
                for key, one in relied.items()
                if demand(text).met_by(one, code.value)
            ]
            for text in asked
            if is_demand(text)
        ]
        of_coders = {one.key: one.coder for test in body.tests for one in test.evidence if one.search}
        self._searches = (
            [
                bits.get(Unit("search", key), 0) | bits.get(Unit("coder", of_coders.get(key, "")), 0)
                for key in code.searches
            ]
            if "search" in asked
            else []
        )
        self.touched = self.coder | _all(self._searches)
        for tests in self._needs:
            for test in tests:
                self.touched |= _touched(test)

    def stands(self, gone: int) -> bool:
        """Tell whether it still stands when units are taken away."""
        return (
            self._stands
            and all(any(not test.fallen(gone) for test in tests) for tests in self._needs)
            and (not self._searches or any(not gone & search for search in self._searches))
        )


def _all(bits: Iterable[int]) -> int:
    found = 0
    for bit in bits:
        found |= bit
    return found


def _touched(test: Fallible) -> int:
    return test.own | _all(one.direct | _all(one.quotes) for one in test.carriers)
