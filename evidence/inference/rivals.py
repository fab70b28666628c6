"""Rivals that do not exclude each other: refused where exclusive ones are needed, and made exclusive."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from evidence.errors import MethodError
from evidence.inference.body import Hypothesis
from evidence.inference.odds import check_probability

__all__ = ["Combination", "any_of", "exclusified_priors", "exclusify", "require_exclusive"]

_ROUNDING = 1e-9
_MOST = 10  # causes; 1024 combinations are more than anybody can judge


@dataclass(frozen=True, slots=True)
class Combination:
    """One of the exclusive hypotheses over several causes: these were at work, and no others."""

    name: str
    causes: frozenset[str]


def exclusify(causes: Sequence[str]) -> tuple[Combination, ...]:
    """Return the exclusive combinations of causes that may work together: 2^n of n causes.

    Args:
        causes: their names or keys, one to ten of them.

    Returns:
        Each cause alone, then two together and so on, then none: for A and B "A only", "B only", "A and B",
        "neither". Source: Rohlfing on competing hypotheses (METHOD 2.5).

    Raises:
        MethodError: no cause, the same twice, or more than ten.
    """
    if not causes:
        raise MethodError("There is no cause to combine; name one at least.")
    if len(set(causes)) < len(causes):
        raise MethodError(f"A cause is named twice in {', '.join(causes)}; name each once.")
    if len(causes) > _MOST:
        raise MethodError(
            f"{len(causes)} causes make {2 ** len(causes)} combinations, more than anybody can judge; "
            f"combine at most {_MOST}."
        )
    sets = [frozenset(some) for size in range(1, len(causes) + 1) for some in combinations(causes, size)]
    return tuple(Combination(_name(causes, some), some) for some in [*sets, frozenset[str]()])


def _name(causes: Sequence[str], some: frozenset[str]) -> str:
    if not some:
        return {1: f"not {causes[0]}", 2: "neither"}.get(len(causes), "none of them")
    said = [cause for cause in causes if cause in some]
    words = " and ".join(filter(None, [", ".join(said[:-1]), said[-1]]))
    return words if len(said) == len(causes) else f"{words} only"


def exclusified_priors(
    causes: Mapping[str, float],
    together: Mapping[frozenset[str], float] | None = None,
) -> dict[Combination, float]:
    """Return the priors of the exclusive combinations, from those of causes that may work together.

    By inclusion and exclusion: P(these and no others) is the sum over all wider sets of P(all of the set at
    work), the sign changing with each cause more.

    Args:
        causes: for each cause P(it is at work, alone or not), in [0,1]; they need not sum to 1.
        together: for each set of two causes or more P(all of them are at work); left out if the causes are
            independent, so that each is the product.

    Returns:
        For each combination of ``exclusify`` its prior in [0,1]; together 1.

    Raises:
        MethodError: a number outside [0,1], a set that is missing, or numbers that contradict each other,
            such as P(A and B) above P(A).
    """
    found = exclusify(list(causes))
    joint: dict[frozenset[str], float] = {frozenset(): 1.0}
    for one in found:
        if len(one.causes) == 1:
            joint[one.causes] = causes[next(iter(one.causes))]
        elif one.causes and together is None:
            joint[one.causes] = math.prod(sorted(causes[cause] for cause in one.causes))
        elif one.causes:
            joint[one.causes] = _stated(one.causes, together or {})
        if one.causes:
            check_probability(joint[one.causes], f"the probability of {_all(one.causes)}")
    priors = {}
    for one in found:
        p = math.fsum(
            (-1) ** (len(wider) - len(one.causes)) * joint[wider] for wider in joint if wider >= one.causes
        )
        if p < -_ROUNDING:
            raise MethodError(
                f"The probabilities contradict each other: they leave {p:.6g} for {one.name!r}; what several causes do "
                "together is no likelier than what any of them does, and all combinations together make 1."
            )
        priors[one] = max(p, 0.0)
    return priors


def _all(causes: Iterable[str]) -> str:
    return " and ".join(repr(cause) for cause in sorted(causes))


def _stated(causes: frozenset[str], together: Mapping[frozenset[str], float]) -> float:
    if causes not in together:
        raise MethodError(
            f"The probability that {_all(causes)} are at work together is not stated; state it, or say that the causes are "
            "independent."
        )
    return together[causes]


def any_of(priors: Mapping[Combination, float], causes: Iterable[str]) -> float:
    """Return the probability in [0,1] that one at least of some causes is at work.

    Args:
        priors: for each combination its prior, or its posterior.
        causes: the causes asked about.
    """
    asked = set(causes)
    return math.fsum(p for one, p in priors.items() if one.causes & asked)


def require_exclusive(hypotheses: Iterable[Hypothesis]) -> None:
    """Refuse hypotheses of which two are not declared to exclude each other.

    Bayes' rule over several hypotheses needs exclusive *hypotheses*; the causes in them need not be exclusive
    (Bennett 2023; METHOD 2.5). A declaration by either of two counts for both.

    Args:
        hypotheses: those that a posterior is asked for.

    Raises:
        MethodError: it names the first such pair, says how many there are, and offers what to do.
    """
    pairs = [
        (one.key, other.key)
        for one, other in combinations(hypotheses, 2)
        if other.key not in one.exclusive and one.key not in other.exclusive
    ]
    if pairs:
        count = f" (one of {len(pairs)} such pairs)" if pairs[1:] else ""
        raise MethodError(
            f"Hypotheses {pairs[0][0]!r} and {pairs[0][1]!r} are not declared exclusive{count}, so they have no joint "
            "posterior: declare the rivalry exclusive if they cannot both be true, compare them in pairs, or turn them "
            "into exclusive combinations (exclusify)."
        )
