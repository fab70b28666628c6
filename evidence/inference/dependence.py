"""Evidence that is not independent: bounds for a cluster, and pairs with a correlation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from evidence.errors import MethodError
from evidence.inference.likelihoods import Bounds
from evidence.inference.odds import check_probability

__all__ = [
    "PATTERNS",
    "both_ends",
    "dependent",
    "feasible_correlation",
    "independent",
    "pair_cells",
    "pair_likelihoods",
]

#: Whether the first and the second of a pair were found: both, the first alone, the second alone, neither.
PATTERNS = ("11", "10", "01", "00")

_ROUNDING = 1e-12

Likelihoods = Mapping[str, float]


def dependent(members: Iterable[Likelihoods]) -> dict[str, float]:
    """Return the likelihoods of a cluster whose members say the same thing: under each hypothesis the least.

    The least of several probabilities is the highest that all of them together can have (Fréchet); it is
    reached where whatever brings the least likely about brings the others too.

    Args:
        members: for each piece of evidence of the cluster P(it | hypothesis) in [0,1], for each hypothesis.

    Returns:
        For each hypothesis a probability in [0,1] (METHOD 6, sensitivity 5).

    Raises:
        MethodError: members that state likelihoods under different hypotheses.
    """
    return {name: min(stated) for name, stated in _by_hypothesis(members).items()}


def independent(members: Iterable[Likelihoods]) -> dict[str, float]:
    """Return the likelihoods of a cluster whose members know nothing of each other: the products.

    Args:
        members: for each piece of evidence of the cluster P(it | hypothesis) in [0,1], for each hypothesis.

    Returns:
        For each hypothesis a probability in [0,1], the same whatever the order (METHOD 2.1).

    Raises:
        MethodError: members that state likelihoods under different hypotheses.
    """
    return {name: math.prod(sorted(stated)) for name, stated in _by_hypothesis(members).items()}


def both_ends(
    reading: Callable[[Iterable[Likelihoods]], dict[str, float]], members: Iterable[Mapping[str, Bounds]]
) -> dict[str, Bounds]:
    """Return the range of a cluster's likelihoods, where those of its members are ranges.

    Args:
        reading: ``dependent`` or ``independent``; either grows with each of its members, so that the ends of
            the ranges give the ends of the result.
        members: for each piece of evidence the lowest and highest P(it | hypothesis), for each hypothesis.

    Raises:
        MethodError: members that state likelihoods under different hypotheses.
    """
    rows = list(members)
    low, high = (reading({name: ends[end] for name, ends in row.items()} for row in rows) for end in (0, 1))
    return {name: (low[name], high[name]) for name in low}


def _by_hypothesis(members: Iterable[Likelihoods]) -> dict[str, list[float]]:
    rows = list(members)
    names = list(rows[0]) if rows else []
    for row in rows:
        differing = sorted(set(names) ^ set(row))
        if differing:
            raise MethodError(
                f"Evidence of one cluster states likelihoods under different hypotheses ({', '.join(differing)} "
                "not in all); state them for the same ones."
            )
    return {name: [row[name] for row in rows] for name in names}


def feasible_correlation(first: float, second: float) -> Bounds:
    """Return the least and the greatest correlation that two yes-or-no pieces of evidence can have.

    Args:
        first: the probability of finding the first, in [0,1].
        second: that of finding the second.

    Returns:
        Two numbers in [-1,1], between which no cell of ``pair_cells`` is negative; -1 and 1 where one of
        the two is certain or impossible, for then no correlation changes anything.

    Raises:
        MethodError: a number outside [0,1].
    """
    for stated in (first, second):
        check_probability(stated, "the probability of a piece of evidence")
    spread = math.sqrt(first * (1 - first) * second * (1 - second))
    if spread == 0:
        return -1.0, 1.0
    least = -min(first * second, (1 - first) * (1 - second)) / spread
    greatest = min(first * (1 - second), second * (1 - first)) / spread
    return max(least, -1.0), min(greatest, 1.0)


def pair_cells(first: float, second: float, rho: float = 0.0) -> dict[str, float]:
    """Return the joint probabilities of two yes-or-no pieces of evidence that are correlated.

    With r = rho sqrt(p1 p2 (1-p1)(1-p2)): p11 = p1 p2 + r, p10 = p1(1-p2) - r, p01 = p2(1-p1) - r and
    p00 = (1-p1)(1-p2) + r. Source: DeclareDesign's process-tracing designer (METHOD 6, sensitivity 5).

    Args:
        first: the probability p1 of finding the first under a hypothesis, in [0,1].
        second: the probability p2 of finding the second under the same hypothesis.
        rho: their correlation under it, in [-1,1]; 0 for independent ones.

    Returns:
        For each of ``PATTERNS`` its probability in [0,1]; together 1.

    Raises:
        MethodError: a number outside its range, or a correlation that such probabilities cannot have.
    """
    low, high = feasible_correlation(first, second)
    if not low - _ROUNDING <= rho <= high + _ROUNDING:  # NaN fails this too
        raise MethodError(
            f"Two pieces of evidence with probabilities {first:g} and {second:g} cannot have a correlation of {rho:g}; "
            f"it lies from {_inward(low, up=True)} to {_inward(high, up=False)}."
        )
    r = rho * math.sqrt(first * second * (1 - first) * (1 - second))
    cells = (
        first * second + r,
        first * (1 - second) - r,
        second * (1 - first) - r,
        (1 - first) * (1 - second) + r,
    )
    return dict(zip(PATTERNS, (max(cell, 0.0) for cell in cells), strict=True))


def _inward(bound: float, *, up: bool) -> str:
    """Return a bound in three decimals, rounded so that what is printed is feasible."""
    return f"{(math.ceil if up else math.floor)(bound * 1000) / 1000:g}"


def pair_likelihoods(
    pattern: str, first: Likelihoods, second: Likelihoods, rho: float | Likelihoods = 0.0
) -> dict[str, float]:
    """Return the joint likelihood of what was found of a correlated pair, under each hypothesis.

    Args:
        pattern: one of ``PATTERNS``; ``10`` where the first was found and the second was not.
        first: P(first found | hypothesis) in [0,1], for each hypothesis.
        second: P(second found | hypothesis), for each of the same.
        rho: their correlation, the same under all hypotheses or one for each.

    Returns:
        For each hypothesis P(pattern | hypothesis), to be handed to ``bayes.posteriors`` as one item.

    Raises:
        MethodError: another pattern, different hypotheses, or a correlation that is not feasible.
    """
    if pattern not in PATTERNS:
        raise MethodError(f"{pattern!r} is no pattern of a pair; write one of {', '.join(PATTERNS)}.")
    correlations = rho if isinstance(rho, Mapping) else dict.fromkeys(first, rho)
    pairs: dict[str, list[float]] = _by_hypothesis([first, second, correlations])
    return {name: pair_cells(*_three(stated))[pattern] for name, stated in pairs.items()}


def _three(stated: Sequence[float]) -> tuple[float, float, float]:
    first, second, rho = stated
    return first, second, rho
