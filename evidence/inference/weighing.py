"""What the counted evidence weighs: clusters of shared lineage, decibels for each pair, and who leads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Literal

from evidence.inference.body import Body
from evidence.inference.counting import Piece, Stated, counted
from evidence.inference.likelihoods import Bounds, weight
from evidence.keys import natural

__all__ = [
    "TIE",
    "Reading",
    "clusters",
    "detection",
    "ends",
    "leaders",
    "level",
    "levels",
    "missed_level",
    "pairs",
    "reach",
    "stating",
    "strength",
    "total",
    "totals",
    "weighed",
]

#: Nearer to each other than this, in dB, two hypotheses are level.
TIE = 1e-9
#: How evidence of one cluster counts: the least of its members, or all of them.
Reading = Literal["dependent", "independent"]


def detection(sensitivity: Sequence[Stated], reading: Reading) -> Stated:
    """Return P(found given it is there) of several searches together: least, middle and greatest.

    As dependent the best of them counts alone; as independent 1 - Π(1 - d). 1 where none is stated.
    """
    if not sensitivity:
        return 1.0, 1.0, 1.0
    low, middle, high = (
        max(ds) if reading == "dependent" else 1 - math.prod(1 - d for d in ds)
        for ds in zip(*sensitivity, strict=True)
    )
    return low, middle, high


def level(p: float) -> float:
    """Return a likelihood in dB, 10 log10 p; -inf for 0."""
    return 10 * math.log10(p) if p > 0 else -math.inf


def missed_level(p: float, sensitivity: Sequence[Stated], reading: Reading) -> float:
    """Return how likely it is in dB that a prediction was looked for and not found: 1 - d P (METHOD 2.6)."""
    return level(1 - detection(sensitivity, reading)[1] * p)


def levels(piece: Piece, hypotheses: Sequence[str], reading: Reading = "dependent") -> tuple[float, ...]:
    """Return how likely a piece is under each hypothesis, in dB of the middle of what was stated."""
    middles = (piece.stated[key][1] for key in hypotheses)
    if piece.missed:
        return tuple(missed_level(p, piece.sensitivity, reading) for p in middles)
    return tuple(map(level, middles))


def weighed(piece: Piece, one: str, other: str) -> tuple[float, float, float]:
    """Return what a piece weighs for one hypothesis against another, in dB: middle, least and greatest.

    The ends are those of ranges, words and sensitivities. A sensitivity is the same under both hypotheses, and
    (1 - d a)/(1 - d b) moves one way with d, so the ends of d are enough.
    """
    a, b = piece.stated[one], piece.stated[other]
    if not piece.missed:
        return weight(a[1], b[1]), weight(a[0], b[2]), weight(a[2], b[0])
    d = detection(piece.sensitivity, "dependent")[1]
    ends = detection(piece.sensitivity, "dependent")[0], detection(piece.sensitivity, "independent")[2]
    return (
        weight(1 - d * a[1], 1 - d * b[1]),
        min(weight(1 - end * a[2], 1 - end * b[0]) for end in ends),
        max(weight(1 - end * a[0], 1 - end * b[2]) for end in ends),
    )


def clusters(chosen: Iterable[Piece]) -> tuple[tuple[Piece, ...], ...]:
    """Return pieces in clusters: what shares an observation, a search, a lineage or a root is together."""
    found: list[tuple[set[tuple[str, str]], list[Piece]]] = []
    for piece in chosen:
        shared, members = set(piece.tokens), [piece]
        apart = []
        for known, others in found:
            if known & shared:
                shared |= known
                members = [*others, *members]
            else:
                apart.append((known, others))
        found = [*apart, (shared, members)]
    return tuple(tuple(members) for _, members in found)


def stating(chosen: Iterable[Piece], hypotheses: Iterable[str]) -> tuple[Piece, ...]:
    """Return the pieces that state a likelihood under all of some hypotheses."""
    wanted = set(hypotheses)
    return tuple(piece for piece in chosen if wanted <= piece.stated.keys())


def totals(
    chosen: Iterable[Piece], hypotheses: Sequence[str], reading: Reading = "dependent"
) -> tuple[float, ...]:
    """Return how likely all pieces together are under each hypothesis, in dB; only differences count.

    Read as dependent, a cluster counts under each hypothesis the least of its members, the most that all of
    them together can have (Fréchet); read as independent, each piece counts.

    Args:
        chosen: pieces that state a likelihood under all the hypotheses.
        hypotheses: keys.
        reading: how evidence of one cluster counts.

    Returns:
        A sum in dB for each hypothesis, -inf where a probability of 0 was claimed for what came about. The same
        to the last digit in whatever order the pieces come.
    """
    found = tuple(chosen)
    groups = clusters(found) if reading == "dependent" else tuple((piece,) for piece in found)
    rows = [
        [min(column) for column in zip(*(levels(piece, hypotheses, reading) for piece in group), strict=True)]
        for group in groups
    ]
    return tuple(math.fsum(row[number] for row in rows) for number in range(len(hypotheses)))


def total(chosen: Iterable[Piece], one: str, other: str, reading: Reading = "dependent") -> float:
    """Return the weight of all pieces for one hypothesis against another, in dB; NaN if claims of 0 rule out both."""
    a, b = totals(stating(chosen, (one, other)), (one, other), reading)
    return a - b


def reach(chosen: Iterable[Piece], one: str, other: str) -> Bounds:
    """Return the least and the greatest total weight in dB that ranges, words and both readings allow."""
    found = stating(chosen, (one, other))
    alone = [weighed(piece, one, other) for piece in found]
    together = [_together(group, one, other) for group in clusters(found)]
    return (
        min(_added(row[1] for row in alone), _added(row[0] for row in together)),
        max(_added(row[2] for row in alone), _added(row[1] for row in together)),
    )


def _together(group: Sequence[Piece], one: str, other: str) -> Bounds:
    if len(group) == 1:
        return weighed(group[0], one, other)[1:]
    (a_low, a_high), (b_low, b_high) = (
        (min(low for low, _ in spans), min(high for _, high in spans))
        for spans in ([ends(piece, key) for piece in group] for key in (one, other))
    )
    return weight(a_low, b_high), weight(a_high, b_low)


def ends(piece: Piece, key: str) -> Bounds:
    """Return the least and the greatest probability of what a piece says under a hypothesis, over both readings."""
    low, _, high = piece.stated[key]
    if not piece.missed:
        return low, high
    least, greatest = (
        detection(piece.sensitivity, "dependent")[0],
        detection(piece.sensitivity, "independent")[2],
    )
    return 1 - greatest * high, 1 - least * low


def _added(weights: Iterable[float]) -> float:
    """Return a sum; where claims of certainty contradict each other, it is not a number."""
    terms = list(weights)
    if math.inf in terms and -math.inf in terms:
        return math.nan
    return math.fsum(terms)


def leaders(hypotheses: Sequence[str], sums: Sequence[float]) -> tuple[str, ...]:
    """Return the hypotheses that lead: one, or several that are level within ``TIE``; none if all are ruled out."""
    best = max(sums)
    if best == -math.inf:
        return ()
    return tuple(key for key, db in zip(hypotheses, sums, strict=True) if db >= best - TIE)


def pairs(body: Body, variable: str | None = None) -> tuple[tuple[str, str], ...]:
    """Return every two hypotheses that something counted tells apart in numbers, in the order of their keys.

    Args:
        body: the body of evidence.
        variable: only pairs of which one at least is about this variable; all if not given.
    """
    found = {
        two
        for piece in counted(body)
        for two in combinations(sorted(piece.stated, key=natural), 2)
        if variable is None or variable in {_about(body, key) for key in two}
    }
    return tuple(sorted(found, key=lambda two: (natural(two[0]), natural(two[1]))))


def _about(body: Body, key: str) -> str:
    return body.hypotheses[key].variable if key in body.hypotheses else ""


#: Jeffreys's grades of evidence: from how many dB up, exclusively (METHOD 2.3 has them as log10 of the ratio).
_GRADES = (
    (20.0, "decisive"),
    (15.0, "very strong"),
    (10.0, "strong"),
    (5.0, "substantial"),
    (TIE, "barely worth mentioning"),
)


def strength(db: float) -> str:
    """Return how strong a weight of evidence in dB is on Jeffreys's scale, whichever side it favours; at a border the lower grade."""
    return next((grade for least, grade in _GRADES if abs(db) > least), "none")
