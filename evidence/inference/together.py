"""All hypotheses of a variable together: probabilities where they exclude each other, or why there are none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evidence.errors import MethodError
from evidence.inference import bayes
from evidence.inference.body import Body
from evidence.inference.counting import Piece, counted
from evidence.inference.dependence import both_ends, dependent
from evidence.inference.likelihoods import Bounds
from evidence.inference.odds import probability
from evidence.inference.pivots import Pivot, pivots
from evidence.inference.priors import EQUAL, doubted, in_decibels, stated_priors
from evidence.inference.rivals import require_exclusive
from evidence.inference.weighing import clusters, ends, leaders, totals
from evidence.keys import listed, natural

__all__ = ["Together", "together"]


@dataclass(frozen=True, slots=True)
class Together:
    """What the evidence says of all hypotheses of a variable.

    Args:
        leaders: who leads; several in a tie.
        posteriors: each hypothesis's probability: low, middle and high; empty where refused.
        refusal: why there are none, in a sentence.
        pivots: smallest sets of units without which others lead, ties among them.
        break_even: the prior of the leader, the others sharing the rest equally, at which the strongest of them
            draws level; nothing where no one leads alone.
    """

    leaders: tuple[str, ...] = ()
    posteriors: tuple[tuple[str, float, float, float], ...] = ()
    refusal: str = ""
    pivots: tuple[Pivot, ...] = ()
    break_even: float | None = None


def together(
    body: Body, variable: str, kinds: Iterable[str], size: int, *, priors: str = EQUAL, doubt: float = 20.0
) -> Together:
    """Return what the evidence says of all hypotheses of a variable, if they exclude each other.

    Args:
        body: the body of evidence.
        variable: the variable's key.
        kinds: which kinds of unit are taken away.
        size: how many units at most are taken away together.
        priors: ``equal``, ``stated``, ``sceptical`` (against whoever leads), or a coder's key.
        doubt: for sceptical priors, the prior odds against the leader, in dB.
    """
    names = tuple(
        sorted((key for key, one in body.hypotheses.items() if one.variable == variable), key=natural)
    )
    own = tuple(piece for piece in counted(body) if set(names) & piece.stated.keys())
    try:
        _require_all(body, names, own)
        given, ranges = _priors(body, names, own, priors, doubt)
        middle = bayes.posteriors(given, _rows(own, names))
        spans = _spans(ranges, own, names)
    except MethodError as error:
        return Together(refusal=str(error))
    sums, before = totals(own, names), in_decibels({key: (p, p) for key, p in given.items()})
    lead = leaders(names, tuple(db + before[key] for key, db in zip(names, sums, strict=True)))
    return Together(
        lead,
        tuple((key, spans[key][0], middle[key], spans[key][1]) for key in names),
        "",
        pivots(body, names, kinds, size, before if priors != EQUAL else None),
        _break_even(sums, names.index(lead[0])) if len(lead) == 1 else None,
    )


def _require_all(body: Body, names: Sequence[str], own: Sequence[Piece]) -> None:
    if len(names) < 2:  # noqa: PLR2004 - nothing to compare with
        raise MethodError("There are not two hypotheses on this variable to divide probability between.")
    if not own:
        raise MethodError("No test counts in numbers, so there is nothing to compute probabilities from.")
    require_exclusive(body.hypotheses[key] for key in names)
    for piece in own:
        if missing := [key for key in names if key not in piece.stated]:
            raise MethodError(
                f"Test {piece.key} states no likelihood under {listed(missing)}; a probability for each hypothesis "
                "needs one under each."
            )


def _priors(
    body: Body, names: Sequence[str], own: Sequence[Piece], priors: str, doubt: float
) -> tuple[dict[str, float], dict[str, Bounds]]:
    """Return the priors taken, as numbers that sum to 1 and as ranges."""
    if priors == EQUAL:
        given = bayes.equal(names)
    elif priors == "sceptical":
        given = doubted(names, leaders(names, totals(own, names)), doubt)
    else:
        spans = stated_priors(body, names, priors)
        bayes.check_priors(spans)
        middles = {key: (low + high) / 2 for key, (low, high) in spans.items()}
        whole = math.fsum(middles.values())
        return {key: p / whole for key, p in middles.items()}, spans
    return given, {key: (p, p) for key, p in given.items()}


def _rows(own: Sequence[Piece], names: Sequence[str]) -> list[dict[str, float]]:
    """Return the likelihoods of each cluster at the middle of what was stated, dependent evidence counted once."""
    return [{key: 10 ** (totals(group, [key])[0] / 10) for key in names} for group in clusters(own)]


def _spans(priors: Mapping[str, Bounds], own: Sequence[Piece], names: Sequence[str]) -> dict[str, Bounds]:
    """Return the ranges of the posteriors over both readings and all ranges stated."""
    alone = [{key: ends(piece, key) for key in names} for piece in own]
    together = [
        both_ends(dependent, [{key: ends(piece, key) for key in names} for piece in group])
        for group in clusters(own)
    ]
    both = [bayes.interval_posteriors(priors, rows) for rows in (alone, together)]
    return {key: (min(one[key][0] for one in both), max(one[key][1] for one in both)) for key in names}


def _break_even(sums: Sequence[float], leader: int) -> float:
    """Return the prior of a leader, the others sharing the rest equally, at which the strongest of them draws level."""
    rival = max(db for number, db in enumerate(sums) if number != leader)
    return probability(rival - sums[leader] - 10 * math.log10(len(sums) - 1))
