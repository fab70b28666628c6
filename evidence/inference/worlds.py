"""Uncertain likelihoods as worlds: joint probabilities are mixed, never posteriors averaged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from evidence.errors import MethodError
from evidence.inference.bayes import check_likelihoods, check_priors
from evidence.inference.odds import check_probability

__all__ = ["Mixture", "World", "mixture", "world_of_cells", "world_of_likelihoods"]

_SUM = 1e-9
#: The logarithm of the least product that a float holds in full, and a little more.
_SMALLEST = -700.0


@dataclass(frozen=True, slots=True)
class World:
    """One way the world may be: how likely it is, and each hypothesis together with the evidence in it."""

    name: str
    weight: float  # the prior of this world, in [0,1]
    joint: Mapping[str, float]  # P(hypothesis and evidence | world), in [0,1]; e to the ``scale`` times that
    scale: float = 0.0  # a natural logarithm, at most 0, where the products are too small for a float


@dataclass(frozen=True, slots=True)
class Mixture:
    """What the evidence says over all worlds: of the hypotheses, and of the worlds."""

    hypotheses: Mapping[str, float] = field(default_factory=dict)  # posteriors in [0,1]; together 1
    worlds: Mapping[str, float] = field(default_factory=dict)


def world_of_cells(name: str, weight: float, cells: Mapping[tuple[str, str], float], seen: str) -> World:
    """Return a world from its joint probabilities of hypotheses and what may be seen.

    Args:
        name: what the world is called.
        weight: its prior, in [0,1].
        cells: for each pair (hypothesis, what may be seen) its probability in this world; together 1.
        seen: what was seen, the second of such pairs.

    Raises:
        MethodError: a number outside [0,1], cells that do not sum to 1, or none in which ``seen`` occurs.
    """
    for pair, p in cells.items():
        check_probability(p, f"the probability of {pair[0]!r} with {pair[1]!r} in world {name!r}")
    whole = math.fsum(cells.values())
    if abs(whole - 1) > _SUM:
        raise MethodError(f"The cells of world {name!r} sum to {whole:.10g}, not to 1; change one of them.")
    joint = {hypothesis: p for (hypothesis, sight), p in cells.items() if sight == seen}
    if not joint:
        raise MethodError(
            f"World {name!r} has no cell in which {seen!r} is seen; add one, with 0 if need be."
        )
    return World(name, weight, joint)


def world_of_likelihoods(
    name: str,
    weight: float,
    priors: Mapping[str, float],
    items: Iterable[Mapping[str, float]],
    names: Sequence[str] = (),
) -> World:
    """Return a world from the priors and likelihoods that hold in it.

    Args:
        name: what the world is called.
        weight: its prior, in [0,1].
        priors: for each hypothesis its prior in this world; together 1.
        items: for each piece of evidence P(it | hypothesis, world) in [0,1] for each hypothesis, absolute and
            not relative: the worlds are compared by them.
        names: what each piece of evidence is called in refusals.

    Raises:
        MethodError: priors that do not sum to 1, a number outside [0,1], or a likelihood that is missing.
    """
    rows = [dict(row) for row in items]
    check_priors({hypothesis: (p, p) for hypothesis, p in priors.items()})
    check_likelihoods(priors, [{one: (p, p) for one, p in row.items()} for row in rows], names)
    stated = {hypothesis: [p, *(row[hypothesis] for row in rows)] for hypothesis, p in priors.items()}
    logs = {one: math.fsum(map(math.log, some)) for one, some in stated.items() if all(some)}
    if min(logs.values(), default=0.0) > _SMALLEST:
        return World(name, weight, {one: math.prod(sorted(some)) for one, some in stated.items()})
    most = max(logs.values())
    return World(
        name, weight, {one: math.exp(logs[one] - most) if one in logs else 0.0 for one in stated}, most
    )


def mixture(worlds: Iterable[World]) -> Mixture:
    """Return the posteriors of hypotheses and worlds: joint probabilities, weighted, added and made to sum to 1.

    To average the posteriors of the worlds instead would forget that the evidence speaks of the worlds too:
    5/6 in place of 3/4 in the example of Humphreys & Jacobs 2023 (METHOD 2.5, A14).

    Args:
        worlds: each with the same hypotheses; their weights sum to 1.

    Raises:
        MethodError: weights that do not sum to 1, worlds with different hypotheses, or evidence that is
            impossible in every world.
    """
    every = list(worlds)
    weight = math.fsum(one.weight for one in every)
    for one in every:
        check_probability(one.weight, f"the weight of world {one.name!r}")
        if set(one.joint) != set(every[0].joint):
            differing = ", ".join(sorted(set(one.joint) ^ set(every[0].joint)))
            raise MethodError(
                f"Worlds {every[0].name!r} and {one.name!r} know different hypotheses ({differing}); give each "
                "world all of them, with 0 if need be."
            )
    if abs(weight - 1) > _SUM:
        raise MethodError(f"The weights of the worlds sum to {weight:.10g}, not to 1; change one of them.")
    if len({one.name for one in every}) < len(every):
        raise MethodError("Two worlds have the same name; give each its own.")
    most = max((one.scale for one in every if any(one.joint.values()) and one.weight), default=0.0)
    shares = {
        (one.name, h): one.weight * p * (math.exp(min(one.scale - most, 0.0)) if p else 0.0)
        for one in every
        for h, p in one.joint.items()
    }
    whole = math.fsum(shares.values())
    if whole == 0:
        raise MethodError(
            "What was seen has a probability of 0 in every world, and yet it came about; change one of them."
        )
    return Mixture(
        {h: math.fsum(shares[one.name, h] for one in every) / whole for h in every[0].joint},
        {one.name: math.fsum(shares[one.name, h] for h in one.joint) / whole for one in every},
    )
