"""How far priors and weights may move: break-even priors, grids, sceptics, tipping points, correlated pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.errors import MethodError
from evidence.inference import bayes
from evidence.inference.body import Body
from evidence.inference.counting import Piece
from evidence.inference.dependence import pair_likelihoods
from evidence.inference.likelihoods import Bounds, bounds, weight
from evidence.inference.odds import check_probability, odds, probability
from evidence.inference.weighing import clusters, detection, leaders, stating, total, weighed
from evidence.keys import listed

__all__ = [
    "EQUAL",
    "GRID",
    "Correlated",
    "break_even",
    "correlated",
    "doubted",
    "grid",
    "in_decibels",
    "needed",
    "offsets",
    "prior_of",
    "shifted",
    "stated_priors",
    "tipping",
]

#: What priors are called where nobody states any.
EQUAL = "equal"
#: Priors from doubt to trust, at which a verdict is looked at.
GRID = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


def break_even(db: float) -> float:
    """Return the prior at which evidence of a weight leaves a hypothesis as probable as its rival: 1/(1 + LR).

    Args:
        db: the weight of all evidence for the hypothesis, in dB.

    Returns:
        A prior in [0,1] out of the two; below it the rival is the more probable (METHOD 6, sensitivity 3).
    """
    return probability(-db)


def needed(db: float, target: float) -> float:
    """Return the prior that a hypothesis needs so that evidence takes it to a target: q/(q + LR(1 - q)).

    Args:
        db: the weight of all evidence for the hypothesis, in dB.
        target: the posterior q wanted, in [0,1].

    Raises:
        MethodError: the target is no probability, or claims of certainty contradict it.
    """
    check_probability(target, "the target")
    wanted = odds(target)
    if math.isinf(wanted) and math.isinf(db):
        raise MethodError("A claim of certainty leaves no prior to choose; change a probability of 0 or 1.")
    return probability(wanted - db)


def grid(db: float, priors: Sequence[float] = GRID) -> tuple[tuple[float, float], ...]:
    """Return the posterior of a hypothesis against its rival for each prior: pairs of prior and posterior.

    Args:
        db: the weight of all evidence for the hypothesis, in dB.
        priors: priors in [0,1].
    """
    return tuple((p, p if math.isinf(odds(p)) else probability(odds(p) + db)) for p in priors)


# --- Weights that move


def tipping(chosen: Sequence[Piece], one: str, other: str) -> float:
    """Return by how many dB every weight would have to move towards the other until the two are level.

    A cluster has one weight, as its evidence is counted once. One weight alone would have to move by the whole
    of the total.

    Args:
        chosen: what counts.
        one: the hypothesis that leads.
        other: its rival.

    Returns:
        A number of dB; negative if the other leads; infinite where a claim of 0 decides.
    """
    found = stating(chosen, (one, other))
    return total(found, one, other) / max(len(clusters(found)), 1)


def shifted(chosen: Sequence[Piece], one: str, other: str, step: float) -> float:
    """Return the total weight in dB if every weight were ``step`` dB more for one hypothesis against another."""
    found = stating(chosen, (one, other))
    return total(found, one, other) + step * len(clusters(found))


@dataclass(frozen=True, slots=True)
class Correlated:
    """Two results read as correlated: what they weigh together, and what everything weighs then, in dB."""

    pair: float
    independent: float
    total: float


def correlated(
    chosen: Sequence[Piece], one: str, other: str, first: str, second: str, rho: float
) -> Correlated:
    """Return what is changed if two tests' results are correlated under each hypothesis (METHOD 6, sensitivity 5).

    Args:
        chosen: what counts.
        one: the hypothesis.
        other: its rival.
        first: a test's key.
        second: another's.
        rho: the correlation of seeing the one and the other prediction, the same under both hypotheses, in [-1,1].

    Raises:
        MethodError: a test does not count for both hypotheses, or states no probabilities, or the correlation is
            not one that such probabilities can have.
    """
    if first == second:
        raise MethodError(f"Test {first} is one test; name two to correlate.")
    found = stating(chosen, (one, other))
    two = tuple(_result_of(found, key, one, other) for key in (first, second))
    pattern = "".join("0" if piece.missed else "1" for piece in two)
    chances = [
        {key: detection(piece.sensitivity, "dependent")[1] * piece.stated[key][1] if piece.missed else piece.stated[key][1]
         for key in (one, other)}
        for piece in two
    ]  # fmt: skip
    joint = pair_likelihoods(pattern, chances[0], chances[1], rho)
    pair = weight(joint[one], joint[other])
    rest = tuple(piece for piece in found if piece.test not in (first, second))
    return Correlated(
        pair,
        sum(weighed(piece, one, other)[0] for piece in two),
        (total(rest, one, other) if rest else 0.0) + pair,
    )


def _result_of(found: Sequence[Piece], key: str, one: str, other: str) -> Piece:
    own = [piece for piece in found if piece.test == key]
    if len(own) != 1:
        counted = listed(dict.fromkeys(piece.test for piece in found)) or "none"
        raise MethodError(
            f"Test {key} does not count with one pair of numbers between {one} and {other}; those that count: {counted}."
        )
    if own[0].relative:
        raise MethodError(
            f"Test {key} states decibels, which are no probabilities; a correlation needs probabilities."
        )
    return own[0]


# --- Whose priors


def stated_priors(body: Body, hypotheses: Sequence[str], whose: str) -> dict[str, Bounds]:
    """Return the priors that were stated for some hypotheses: least and greatest, in [0,1].

    Args:
        body: the body of evidence.
        hypotheses: keys.
        whose: ``stated`` for those of the study, or a coder's key.

    Raises:
        MethodError: a prior is not stated; the sentence says for which hypotheses.
    """
    found: dict[str, Bounds] = {}
    missing = []
    for key in hypotheses:
        ends = bounds(prior_of(body, key, whose), body.scale)
        if ends is None:
            missing.append(key)
        else:
            found[key] = ends
    if missing:
        who = "No prior is stated" if whose == "stated" else f"Coder {whose} states no prior"
        raise MethodError(
            f"{who} for {listed(missing)}; state one for each hypothesis, or take equal priors."
        )
    return found


def prior_of(body: Body, key: str, whose: str) -> Any:
    """Return the prior of a hypothesis as the study, or a coder, states it; nothing where there is none."""
    one = body.hypotheses.get(key)
    if one is None:
        return None
    return one.prior if whose == "stated" else one.priors.get(whose)


def in_decibels(priors: Mapping[str, Bounds]) -> dict[str, float]:
    """Return the middle of each prior in dB, 10 log10 p, as pivot sets take priors; -inf for 0."""
    middles = {key: (low + high) / 2 for key, (low, high) in priors.items()}
    return {key: 10 * math.log10(p) if p > 0 else -math.inf for key, p in middles.items()}


def offsets(
    body: Body, hypotheses: Sequence[str], sums: Sequence[float], priors: str, doubt: float
) -> dict[str, float]:
    """Return priors in dB, 10 log10 p; only differences count.

    Args:
        body: the body of evidence.
        hypotheses: keys.
        sums: how likely all evidence is under each, in dB: it says who leads at equal priors.
        priors: ``equal``, ``stated``, ``sceptical`` (against whoever leads), or a coder's key.
        doubt: for sceptical priors, the prior odds against the leader, in dB.

    Raises:
        MethodError: priors that were not stated.
    """
    if priors == EQUAL:
        return dict.fromkeys(hypotheses, 0.0)
    if priors == "sceptical":
        lead = leaders(hypotheses, sums)
        return in_decibels({key: (p, p) for key, p in doubted(hypotheses, lead, doubt).items()})
    return in_decibels(stated_priors(body, hypotheses, priors))


def doubted(hypotheses: Sequence[str], lead: Sequence[str], doubt: float) -> dict[str, float]:
    """Return priors that doubt the leader; equal ones where nobody leads alone."""
    return bayes.sceptical(hypotheses, lead[0], -doubt) if len(lead) == 1 else bayes.equal(hypotheses)
