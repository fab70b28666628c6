"""Probabilities, odds and decibels: from each to the others, and how a probability is shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from evidence.errors import MethodError
from evidence.inference.likelihoods import Bounds

__all__ = ["check_probability", "odds", "probability", "relative", "relative_bounds", "shown", "updated"]

_NEARLY = 6  # decimals beyond which nothing is shown but that it is near
_MOST = 3000.0  # dB; a float holds ratios up to some 3080


def check_probability(stated: float, what: str) -> None:
    """Refuse what is no probability.

    Args:
        stated: a number that should be in [0,1].
        what: what it is, as the sentence begins.

    Raises:
        MethodError: it is not in [0,1].
    """
    if not 0 <= stated <= 1:  # NaN fails this too
        raise MethodError(f"{what[0].upper()}{what[1:]} is {stated:g}; write a number from 0 to 1.")


def odds(p: float) -> float:
    """Return the odds of a probability in dB, 10 log10(p/(1-p)); infinite for 0 and 1 (METHOD 2.1).

    Args:
        p: a probability in [0,1].

    Raises:
        MethodError: ``p`` is no probability.
    """
    check_probability(p, "the probability")
    if p in (0, 1):
        return math.inf if p else -math.inf
    return 10 * (math.log10(p) - math.log1p(-p) / math.log(10))


def probability(db: float) -> float:
    """Return the probability in [0,1] of odds in dB, which may be infinite (METHOD 2.1)."""
    if db < 0:
        ratio = 10 ** (db / 10)
        return ratio / (1 + ratio)
    return 1 / (1 + 10 ** (-db / 10))


def updated(prior: float, weights: Iterable[float]) -> float:
    """Return the posterior of a hypothesis against its rival: its odds in dB, and the weights added.

    Args:
        prior: P(H) against the rival, in [0,1].
        weights: weights of evidence in dB, for H where positive; each given the ones before it (METHOD 2.1).

    Raises:
        MethodError: ``prior`` is no probability, or two claims of certainty contradict each other.
    """
    terms = [odds(prior), *weights]
    if math.inf in terms and -math.inf in terms:
        raise MethodError(
            "One claim makes the hypothesis certain and another impossible; change a probability of 0 or 1."
        )
    return probability(math.fsum(terms))


def shown(p: float, *, claimed: bool = False) -> str:
    """Return a probability as it is shown: never as 1 or 0, unless somebody claimed exactly that.

    Args:
        p: a probability in [0,1].
        claimed: whether a stated probability of exactly 0 or 1 makes it so; arithmetic alone never does.

    Returns:
        Three decimals; more, up to six, where fewer would round to 0 or 1; ``≥0.999999`` and ``≤0.000001``
        beyond (METHOD A11); ``1`` and ``0`` where claimed.
    """
    if claimed and p in (0, 1):
        return f"{p:g}"
    for decimals in range(3, _NEARLY + 1):
        said = f"{p:.{decimals}f}"
        if 0 < float(said) < 1:
            return said
    return "≥0.999999" if p > 1 / 2 else "≤0.000001"


def relative(db: Mapping[str, float]) -> dict[str, float]:
    """Return likelihoods from decibels: 1 for the likeliest hypothesis, and 10^(difference/10) for the others.

    Args:
        db: for each hypothesis how likely what was seen is, in dB relative to the others (Fairfield &
            Charman); only differences count.

    Returns:
        For each hypothesis a likelihood in (0,1], which is right but for a factor common to all.

    Raises:
        MethodError: a number that is not finite, or hypotheses more than 3000 dB apart.
    """
    return {name: ends[0] for name, ends in relative_bounds({name: (x, x) for name, x in db.items()}).items()}


def relative_bounds(db: Mapping[str, Bounds]) -> dict[str, Bounds]:
    """Return ranges of likelihoods from ranges of decibels; the highest end of all is 1.

    Args:
        db: for each hypothesis the lowest and highest decibels.

    Raises:
        MethodError: as for ``relative``.
    """
    if not db:
        return {}
    every = [end for ends in db.values() for end in ends]
    if not all(map(math.isfinite, every)) or max(every) - min(every) > _MOST:
        raise MethodError(
            f"Decibels are finite, and at most {_MOST:g} dB apart; a claim of certainty is stated as a probability of 0 or 1."
        )
    top = max(every)
    return {name: (10 ** ((low - top) / 10), 10 ** ((high - top) / 10)) for name, (low, high) in db.items()}
