"""Units of coding put together where they got the same codes: agreement by Gwet's weights, and of resampled units.

A study has hundreds of cases and a handful of levels, so its units come in some ten or twenty patterns. Whoever draws
the units anew a thousand times counts patterns, and not units; ``agreement`` says what each coefficient is, and a test
holds what is computed here against it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import combinations, count, islice
from struct import unpack
from typing import Any

from evidence.errors import MethodError, ValueRefused
from evidence.inference.agreement import NO_VARIATION, NOTHING, Agreement, Units, percent

__all__ = ["GWET_WEIGHTS", "Interval", "Tally", "gwet_ac2", "intervals"]

#: Weights of agreement (Gwet 2014, ch. 3): 1 on the same level, 0 from one end of the scale to the other.
GWET_WEIGHTS = ("linear", "quadratic", "ordinal")
_PAIR = 2
_ENDS = (0.025, 0.975)
_MOST = 100_000
Value = Hashable
Weights = Sequence[int]


@dataclass(frozen=True, slots=True)
class Interval:
    """Between what values a coefficient lies in 95 % of resamplings of the units (a bootstrap, by percentiles).

    Args:
        name: the coefficient, as ``Agreement.name`` has it.
        low: the 2.5th percentile of the replicates that have a value; nothing if none has.
        high: the 97.5th.
        undefined: the share of replicates without a value, in [0,1]: where nearly all codes are the same, many a
            replicate has no variation, and the interval is that of the others.
    """

    name: str
    low: float | None
    high: float | None
    undefined: float


def gwet_ac2(units: Units, weights: str = "quadratic", levels: Sequence[Value] | None = None) -> Agreement:
    """Return Gwet's AC2, which is AC1 with partial credit for near misses.

    AC2 = (Pa - Pe)/(1 - Pe). Pa is the mean over units of the weight of two of its codes; Pe = Tw Σ π_c (1 - π_c) /
    (q (q - 1)), where Tw is the sum of all weights, q the number of levels and π_c as for AC1. With i and j the places
    of two levels a weight is 1 - |i - j|/(q - 1) (linear), 1 - (i - j)²/(q - 1)² (quadratic), or 1 - |i - j|
    (|i - j| + 1)/(q (q - 1)) (ordinal, which is no metric of Krippendorff's). Source: Gwet 2014, ch. 3 and 5.

    Args:
        units: a row for each unit (see ``agreement``).
        weights: one of ``GWET_WEIGHTS``.
        levels: the scale in its order; without it the values themselves, in their order.

    Raises:
        MethodError: the weights are unknown.
        ValueRefused: a row is too long or too short, or a value is not on the scale.
    """
    if weights not in GWET_WEIGHTS:
        raise MethodError(f"{weights!r} are no weights of AC2; choose {', '.join(GWET_WEIGHTS)}.")
    shown = percent(units, levels)
    tally = Tally(units, levels)
    value = tally.gwet(weights)(tally.once)
    why = "" if value is not None else NO_VARIATION if shown.units else NOTHING
    return replace(shown, name=f"Gwet's AC2, {weights} weights", value=value, undefined=why)


def intervals(
    units: Units,
    levels: Sequence[Value] | None = None,
    *,
    ordered: bool = True,
    seed: int = 1,
    replicates: int = 1000,
) -> tuple[Interval, ...]:
    """Return how far chance in the choice of units moves percent agreement, alpha, AC1 and AC2.

    As many units as were coded are drawn with replacement, whole: with all the codes that they got. (Hayes and
    Krippendorff 2007 draw pairs of codes instead, which gives other intervals.) The same seed gives the same numbers.

    Args:
        units: a row for each unit (see ``agreement``).
        levels: the scale in its order.
        ordered: whether the scale has an order; without one there is no ordinal alpha and no AC2.
        seed: of the random numbers.
        replicates: how many times units are drawn, from 1 to 100,000.

    Returns:
        The intervals of what ``agreement.together`` and ``gwet_ac2`` give, in that order.

    Raises:
        ValueRefused: a row or a value is wrong, or the number of replicates is.
    """
    if not 1 <= replicates <= _MOST:
        raise ValueRefused(f"{replicates:,} replicates cannot be drawn; ask for 1 to {_MOST:,}.")
    percent(units, levels)  # which refuses what is no unit
    tally = Tally(units, levels)
    asked: dict[str, Callable[[Weights], float | None]] = {"percent agreement": tally.agreeing}
    asked["Krippendorff's alpha, nominal"] = tally.alpha("nominal")
    if ordered:
        asked["Krippendorff's alpha, ordinal"] = tally.alpha("ordinal")
    asked["Gwet's AC1"] = tally.gwet("none")
    if ordered:
        asked["Gwet's AC2, quadratic weights"] = tally.gwet("quadratic")
    if sum(tally.once[which] for which in tally.compared) < _PAIR:  # chance has nothing to choose from
        return tuple(Interval(name, None, None, 0.0) for name in asked)
    drawn: dict[str, list[float]] = {name: [] for name in asked}
    size, numbers = len(tally.of), _numbers(seed)
    for _ in range(replicates if size else 0):
        counted = Counter([tally.of[number * size >> 32] for number in islice(numbers, size)])
        weights = [counted[which] for which in range(len(tally.patterns))]
        for name, work in asked.items():
            if (value := work(weights)) is not None:
                drawn[name].append(value)
    return tuple(_interval(name, sorted(values), replicates) for name, values in drawn.items())


def _numbers(seed: int) -> Iterator[int]:
    """Yield numbers of 32 bits that chance could have given: digests of the seed and of 0, 1, 2 ...

    A generator of random numbers is no promise from one version of Python to the next; a digest is.
    """
    for number in count():
        yield from unpack(">8I", sha256(f"{seed}:{number}".encode()).digest())


def _interval(name: str, values: Sequence[float], replicates: int) -> Interval:
    missing = 1 - len(values) / replicates
    if not values:
        return Interval(name, None, None, missing)
    low, high = (_quantile(values, end) for end in _ENDS)
    return Interval(name, low, high, missing)


def _quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile of sorted values, between the two that are nearest to it."""
    at = share * (len(values) - 1)
    below = math.floor(at)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (at - below)


class Tally:
    """The patterns of codes that units got: how often each level, whoever gave it."""

    def __init__(self, units: Units, levels: Sequence[Value] | None = None) -> None:
        """Count the levels of each unit that has any code; ``of`` says which pattern each unit is of."""
        used = {value for unit in units for value in unit if value is not None}
        scale: list[Any] = list(levels) if levels is not None else sorted(used, key=_in_order)
        place = {level: at for at, level in enumerate(scale)}
        known: dict[tuple[int, ...], int] = {}
        self.of: list[int] = []
        for unit in units:
            counts = [0] * len(scale)
            for value in unit:
                if value is not None:
                    counts[place[value]] += 1
            if any(counts):
                self.of.append(known.setdefault(tuple(counts), len(known)))
        self.levels = len(scale)
        self.patterns = list(known)
        self.sizes = [sum(pattern) for pattern in self.patterns]
        self.compared = [which for which, size in enumerate(self.sizes) if size >= _PAIR]
        counted = Counter(self.of)
        self.once = [counted[which] for which in range(len(self.patterns))]
        self.pairs = [list(_pairs(pattern)) for pattern in self.patterns]

    def agreeing(self, weights: Weights) -> float | None:
        """Return percent agreement, the share of pairs that agree averaged over units, each counted so often."""
        return self._mean(weights, [1 - sum(share for *_, share in pairs) for pairs in self.pairs])

    def alpha(self, metric: str) -> Callable[[Weights], float | None]:
        """Return what computes Krippendorff's alpha, nominal or ordinal, of units counted so often."""

        def work(weights: Weights) -> float | None:
            used = [0] * self.levels
            apart: Counter[Any] = Counter()
            for which in self.compared:
                if weight := weights[which]:
                    for level, often in enumerate(self.patterns[which]):
                        used[level] += weight * often
                    for one, other, share in self.pairs[which]:
                        apart[one, other] += weight * share * self.sizes[which]
            far = _ranks(used) if metric == "ordinal" else None
            chance = seen = 0.0
            for one, other in combinations([level for level, often in enumerate(used) if often], _PAIR):
                squared = (far[one] - far[other]) ** 2 if far else 1.0
                chance += 2 * used[one] * used[other] * squared
                seen += apart[one, other] * squared
            return 1 - (sum(used) - 1) * seen / chance if chance else None

        return work

    def gwet(self, weighing: str) -> Callable[[Weights], float | None]:
        """Return what computes AC1 (``none``), or AC2 by weights of that name, of units counted so often."""
        far = {
            (i, j): _weight(weighing, j - i, self.levels) for i, j in combinations(range(self.levels), _PAIR)
        }
        credit = [
            1 - sum(share * (1 - far[one, other]) for one, other, share in pairs) for pairs in self.pairs
        ]
        total = self.levels + 2 * math.fsum(far.values())

        def work(weights: Weights) -> float | None:
            seen = self._mean(weights, credit)
            spread = [0.0] * self.levels
            for pattern, size, weight in zip(self.patterns, self.sizes, weights, strict=True):
                for level, often in enumerate(pattern):
                    spread[level] += weight * often / size
            units = sum(weights)
            pairs = (which for which in self.compared if weights[which])
            varied = len({level for which in pairs for level, n in enumerate(self.patterns[which]) if n}) > 1
            if seen is None or not varied:
                return None
            of = self.levels * (self.levels - 1)
            chance = total / of * math.fsum(share / units * (1 - share / units) for share in spread)
            return (seen - chance) / (1 - chance)

        return work

    def _mean(self, weights: Weights, values: Sequence[float]) -> float | None:
        units = sum(weights[which] for which in self.compared)
        return math.fsum(weights[w] * values[w] for w in self.compared) / units if units else None


def _in_order(value: Any) -> tuple[bool, Any]:
    """Put numbers in their order, and other values in that of their letters."""
    number = isinstance(value, int | float)
    return not number, value if number else str(value)


def _pairs(pattern: Sequence[int]) -> Any:
    """Yield two levels that a unit got, and the share of its pairs of codes that are of these two, either way."""
    size = sum(pattern)
    for one, other in combinations([level for level, often in enumerate(pattern) if often], _PAIR):
        yield one, other, 2 * pattern[one] * pattern[other] / (size * (size - 1))


def _ranks(used: Sequence[int]) -> list[float]:
    """Return for each level how many codes are below it, half of its own among them: Krippendorff's ordinal metric."""
    before, ranks = 0.0, []
    for often in used:
        ranks.append(before + often / 2)
        before += often
    return ranks


def _weight(weighing: str, steps: int, levels: int) -> float:
    """Return the credit for two codes so many steps apart on a scale of so many levels."""
    if weighing == "none":
        return float(steps == 0)
    last = levels - 1
    if weighing == "linear":
        return 1 - steps / last
    if weighing == "quadratic":
        return 1 - steps**2 / last**2
    return 1 - steps * (steps + 1) / (levels * last)
