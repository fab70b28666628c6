"""How sure a code is, as weights over the levels of its variable, so that a regression can take it into account.

A weight is taken from what the study itself says, and from nothing else. What can support one, the strongest first:

``posterior``
    The hypotheses about the variable exclude each other, and tests state how likely their results are under each. Then
    Bayes's rule gives each hypothesis a probability at equal priors, P(h | E) = P(E | h) / Σ P(E | h'), dependent evidence
    counted once (Humphreys & Jacobs 2023, ch. 5; ``evidence weigh`` shows the numbers). A hypothesis says of the code no
    more than that it is one of the levels that it supports, so its probability is divided among them equally:
    w(level) = Σ P(h | E) / n(h) over the hypotheses h that support the level, n(h) being how many levels h supports.
``coders``
    Two or more coders each gave the case a level: w(level) = coders who gave it / coders who gave any. Each counts once, by
    the code that they left standing. What was adjudicated is nobody's own code; what was published elsewhere counts only where
    it is asked for (``--with``), as the code of one more coder.
``confidence``
    The coder said how sure they are, and the study's scale of words says which probability p that word means. Then the code
    has p (of a range its middle), and the next best level that the coder named has 1 - p; where none is named, the other
    levels share it equally.
``code``
    Nothing of that: the code has 1. That is no claim that it is certain; it is that nothing was said.

Whoever finds a case not codable gives it no level, and a case without a code has no weights: that is missing, not 0.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from evidence.errors import ValueRefused
from evidence.inference.body import Body
from evidence.inference.likelihoods import bounds
from evidence.inference.together import together

__all__ = ["BASES", "Weighed", "drawn", "of_coders", "of_confidence", "of_posteriors", "weighed"]

#: What a weight can rest on, the strongest first, and that in a sentence.
BASES = {
    "posterior": "Bayes's rule over the exclusive hypotheses about the variable, at equal priors; each hypothesis's probability "
    "is divided equally among the levels that it supports.",
    "coders": "The share of the coders who gave the level, among those who gave the case any.",
    "confidence": "The probability that the study's scale of words gives to the coder's confidence; the rest goes to the next "
    "best level that the coder named, or to all others equally.",
    "code": "Nothing says how sure the code is: it has 1.",
}
_TOLERANCE = 1e-9
_BITS = 53  # of a number between 0 and 1, as computers keep it


@dataclass(frozen=True, slots=True)
class Weighed:
    """The weights of one case on one variable.

    Args:
        basis: what ``weight`` rests on: the strongest of ``BASES`` that there is.
        weight: for each level its weight; together 1.
        by: for each basis that there is the same.
    """

    basis: str
    weight: Mapping[str, float]
    by: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def weighed(
    levels: Sequence[str],
    code: str,
    *,
    posterior: Mapping[str, float] | None = None,
    coders: Mapping[str, float] | None = None,
    confidence: Mapping[str, float] | None = None,
) -> Weighed:
    """Return the weights of a code, by all that supports any.

    Args:
        levels: all levels of the variable, in their order.
        code: the level that stands for the study.
        posterior: what ``of_posteriors`` returned.
        coders: what ``of_coders`` returned.
        confidence: what ``of_confidence`` returned.
    """
    there = {"posterior": posterior, "coders": coders, "confidence": confidence, "code": {code: 1.0}}
    by = {
        basis: {level: found.get(level, 0.0) for level in dict.fromkeys((*levels, *found))}
        for basis, found in there.items()
        if found
    }
    basis = next(iter(by))
    return Weighed(basis, by[basis], by)


def of_posteriors(body: Body, variable: str, levels: Sequence[str]) -> dict[str, float] | None:
    """Return the weights that the evidence gives levels; nothing where it gives their hypotheses no probabilities.

    Args:
        body: the case's body of evidence.
        variable: the variable's key.
        levels: its levels.
    """
    found = together(body, variable, (), 1).posteriors
    weights: dict[str, float] = {}
    for key, _, middle, _ in found:
        supported = [level for level in levels if level in body.hypotheses[key].supports]
        if not supported and middle > 0:
            return None  # a hypothesis that says nothing of the code: its probability belongs to no level
        for level in supported:
            weights[level] = weights.get(level, 0.0) + middle / len(supported)
    return _whole(weights) if weights else None


def of_coders(codes: Sequence[str]) -> dict[str, float] | None:
    """Return the share of coders who gave each level; nothing where fewer than two gave any.

    Args:
        codes: the level that each coder left standing.
    """
    if len(codes) < 2:  # noqa: PLR2004 - one coder agrees with themselves
        return None
    return {level: number / len(codes) for level, number in Counter(codes).items()}


def of_confidence(
    code: str,
    confidence: str | None,
    alternative: str | None,
    levels: Sequence[str],
    scale: Mapping[str, Any],
) -> dict[str, float] | None:
    """Return the weights that a coder's confidence gives; nothing where the study's scale has no number for that word.

    Args:
        code: the level given.
        confidence: how sure the coder is: low, medium or high.
        alternative: the next best level that the coder named.
        levels: all levels.
        scale: the study's words of likelihood: probabilities in [0,1], or ranges.
    """
    stated = bounds(confidence, scale) if confidence else None
    if stated is None:
        return None
    p = math.fsum(stated) / 2
    others = (
        [alternative]
        if alternative in levels and alternative != code
        else [one for one in levels if one != code]
    )
    if not others:
        return {code: 1.0}
    return {code: p, **{str(one): (1 - p) / len(others) for one in others}}


def drawn(weight: Mapping[str, float], draws: int, seed: int, *names: str) -> Iterator[str]:
    """Yield levels drawn by their weights: the same for the same seed and names, whatever else is drawn.

    Each draw takes a number u in [0,1) from SHA-256 over the seed, the names and the number of the draw, and the level
    at which the weights, added up in the order given, first exceed it.

    Args:
        weight: for each level its weight; together 1.
        draws: how many.
        seed: a whole number.
        names: what is drawn for: the case's key and the variable's.
    """
    known = [(level, share) for level, share in weight.items() if share > 0]
    for number in range(1, draws + 1):
        said = "\n".join([str(seed), *names, str(number)]).encode()
        u = (int.from_bytes(sha256(said).digest()[:8]) >> (64 - _BITS)) / (1 << _BITS)
        above = 0.0
        for level, share in known[:-1]:
            above += share
            if u < above:
                yield level
                break
        else:
            yield known[-1][0]


def _whole(weights: Mapping[str, float]) -> dict[str, float]:
    whole = math.fsum(weights.values())
    if not math.isclose(whole, 1, abs_tol=_TOLERANCE):
        raise ValueRefused(f"weights of levels come to {whole:g}, and not to 1.")
    return dict(weights)
