"""What a test is expected to teach before it is made: the share of uncertainty that it takes away."""

from __future__ import annotations

import math

from evidence.inference.odds import check_probability

__all__ = ["expected_error", "expected_learning"]


def _check(a: float, b: float, prior: float) -> None:
    check_probability(a, "P(evidence | hypothesis)")
    check_probability(b, "P(evidence | rival)")
    check_probability(prior, "the prior")


def expected_learning(a: float, b: float, prior: float = 0.5) -> float:
    """Return the share of the prior variance that looking for a piece of evidence is expected to remove.

    (a-b)² p(1-p) / (b(1-b) - (a-b)² p² - (a-b) p (2b-1)), which at p = 1/2 is (a-b)² / (2(a+b) - (a+b)²).
    Source: Humphreys & Jacobs 2023, ch. 5 (METHOD 2.1). For (.99,.01) the formula gives .9604, where their
    text speaks of a reduction of 95 per cent (METHOD 7, no. 9).

    Args:
        a: P(evidence | H), in [0,1].
        b: P(evidence | rival), in [0,1].
        prior: P(H) = p, in [0,1].

    Returns:
        A share in [0,1]; 0 where the evidence is certain or impossible either way, or H is.

    Raises:
        MethodError: a number outside [0,1].
    """
    _check(a, b, prior)
    found = b + (a - b) * prior
    spread = found * (1 - found)  # the denominator above, with its terms gathered
    if spread <= 0:
        return 0.0
    return min((a - b) ** 2 * prior * (1 - prior) / spread, 1.0)


def expected_error(a: float, b: float, prior: float = 0.5) -> float:
    """Return the root mean squared error that is expected of the posterior, once it is known what was found.

    The square root of what remains of the variance: sqrt(p(1-p)(1 - expected learning)). Source: the
    diagnosands of DeclareDesign's process-tracing design (METHOD A7), whose page prints the figures of the
    straw in the wind and of the smoking gun swapped (METHOD 7, no. 8).

    Args:
        a: P(evidence | H), in [0,1].
        b: P(evidence | rival), in [0,1].
        prior: P(H) = p, in [0,1].

    Returns:
        A number in [0,1/2]: as far as beliefs are expected to be from the truth, which is 0 or 1.

    Raises:
        MethodError: a number outside [0,1].
    """
    return math.sqrt(prior * (1 - prior) * (1 - expected_learning(a, b, prior)))
