"""What it would take to change a code: what it rests on alone, what flips it, how far the numbers may move."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.inference.body import Body, Code
from evidence.inference.counting import Piece, claims, counted, uncounted
from evidence.inference.falling import Board
from evidence.inference.odds import probability
from evidence.inference.pivots import Loss, Pivot, every_unit, losses_on, pivots_in_words, pivots_on
from evidence.inference.priors import EQUAL, break_even, grid, in_decibels, offsets, stated_priors, tipping
from evidence.inference.removal import Unit, study_code, units
from evidence.inference.standing import Standing, demands, standing
from evidence.inference.telling import told, would_change
from evidence.inference.together import Together, together
from evidence.inference.weighing import (
    clusters,
    leaders,
    pairs,
    reach,
    stating,
    strength,
    total,
    totals,
    weighed,
)
from evidence.keys import natural
from evidence.vocabulary import Round

__all__ = [
    "Claim",
    "Loss",
    "Pair",
    "Pivot",
    "Robustness",
    "Uncounted",
    "Weight",
    "robustness",
    "told",
    "would_change",
]


@dataclass(frozen=True, slots=True)
class Weight:
    """What one result, or one piece of evidence in its place, weighs between two hypotheses.

    Args:
        test: the test's key.
        evidence: the observation or search whose own likelihoods count in place of the test's; else empty.
        result: the test's result.
        weight: decibels, positive where it favours the first; the middle of what was stated.
        low: the least that ranges and words allow.
        high: the greatest.
        shares: the other tests that it shares a document, an observation or a lineage with.
    """

    test: str
    evidence: str
    result: str
    weight: float
    low: float
    high: float
    shares: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two hypotheses that tests tell apart in numbers; the first is the one that leads, if one does.

    Args:
        hypothesis: the first.
        rival: the second.
        leaders: the first, or both in a tie; none where claims of 0 rule out both.
        weight: total weight of evidence in dB for the first, dependent evidence counted once.
        independent: the same if all evidence were independent.
        low: the least dB over both readings and over all ranges and words stated.
        high: the greatest.
        strength: the weight on Jeffreys's scale, in words.
        exclusive: whether the two are declared to exclude each other.
        posterior: P(first), given that one of the two is true, at these priors, in [0,1]; nothing where they are
            not exclusive.
        posterior_low: the least that low allows.
        posterior_high: the greatest that high allows.
        break_even: the prior of the first, of the two, at which both are as probable in the end, in [0,1].
        prior: the prior odds of the first against the second that were taken, in dB; 0 where they are equal.
        tipping: how many dB every weight would have to move towards the second until it draws level; infinite
            where no number of dB does.
        weights: what each counted test weighs.
        losses: what taking each unit away does, those that change something.
        pivots: smallest sets of units without which the second leads.
        ties: smallest sets of units without which neither leads.
        claimed: whether the first, and whether the second, supports the code.
        grid: over a grid of priors of the first, out of the two: prior and posterior; empty where they are not
            exclusive.
        coders: for each coder who states a prior for both: the coder, the prior odds of the first in dB, and who
            leads by them.
    """

    hypothesis: str
    rival: str
    leaders: tuple[str, ...]
    weight: float
    independent: float
    low: float
    high: float
    strength: str
    exclusive: bool
    posterior: float | None
    posterior_low: float | None
    posterior_high: float | None
    break_even: float
    tipping: float
    weights: tuple[Weight, ...]
    losses: tuple[Loss, ...] = ()
    pivots: tuple[Pivot, ...] = ()
    ties: tuple[Pivot, ...] = ()
    prior: float = 0.0
    claimed: tuple[bool, bool] = (False, False)
    grid: tuple[tuple[float, float], ...] = ()
    coders: tuple[tuple[str, float, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A test, or a piece of evidence, that counts nothing in the numbers, and why."""

    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A probability of exactly 0 or 1: no evidence to come could undo what follows from it."""

    test: str
    hypothesis: str
    p: float
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Robustness:
    """What the study's code of a case on a variable rests on, and what would change it.

    Args:
        case: the case's key.
        variable: the variable's key.
        code: the decision's key; empty where there is none.
        value: the code; nothing if there is none, or if it is not codable.
        coder: whose code it is.
        stands: whether it rests on a test that supports it, and has all that its level asks for.
        lacks: what is missing where it does not stand, in words.
        supports: the tests that support it.
        alone: the units of every kind without any one of which it would no longer stand.
        pivots: smallest sets of units, of a size above one, without which it would no longer stand.
        pairs: every two hypotheses that tests tell apart in numbers, those of this code first; where all can be
            compared at once, the leader's alone.
        together: the leaders where all hypotheses of the variable exclude each other and every test counts for all.
        posteriors: each hypothesis's probability at the priors taken: low, middle, high; empty where refused.
        refusal: why no probabilities over all hypotheses are given, in a sentence; empty if they are.
        pivots_together: smallest sets without which another of all hypotheses leads; ties among them are marked.
        irreversible: claims of 0 or 1.
        uncounted: what counts nothing in the numbers.
        break_even: the prior of the leader of all, the others sharing the rest equally, at which it no longer
            leads, in [0,1]; nothing where no one leads them all.
        priors: whose priors were taken: equal, stated, sceptical, or a coder's key.
        rival_codes: what other coders and publications give: coder, round and value.
        contested: whether another coder or publication gives another code.
        size: how many units at most were taken away together.
        kinds: the kinds of unit that were taken away.
    """

    case: str
    variable: str
    code: str
    value: str | None
    coder: str
    stands: bool
    lacks: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    alone: tuple[Unit, ...] = ()
    pivots: tuple[Pivot, ...] = ()
    pairs: tuple[Pair, ...] = ()
    together: tuple[str, ...] = ()
    posteriors: tuple[tuple[str, float, float, float], ...] = ()
    refusal: str = ""
    pivots_together: tuple[Pivot, ...] = ()
    irreversible: tuple[Claim, ...] = ()
    uncounted: tuple[Uncounted, ...] = ()
    break_even: float | None = None
    priors: str = EQUAL
    rival_codes: tuple[tuple[str, str, str | None], ...] = ()
    contested: bool = False
    size: int = 2
    kinds: tuple[str, ...] = ()


#: The kinds of unit that are taken away unless others are asked for.
KINDS = ("test", "observation", "search", "source", "lineage", "archive", "coder")


def robustness(
    body: Body,
    variable: str,
    *,
    size: int = 2,
    kinds: Collection[str] = KINDS,
    priors: str = EQUAL,
    doubt: float = 20.0,
    against: Sequence[tuple[str, str]] | None = None,
    whole: Body | None = None,
) -> Robustness:
    """Return what the study's code of a case on a variable rests on, and what would change it.

    Args:
        body: the body of evidence of the case.
        variable: the variable's key.
        size: how many units at most are taken away together.
        kinds: which kinds of unit are taken away; one set of units is of one kind. If not given, all but quotes,
            and coders only where there are several.
        priors: ``equal``, ``stated``, ``sceptical`` (against whoever leads), or a coder's key.
        doubt: for sceptical priors, the prior odds against the leader, in dB.
        against: the pairs of hypotheses to weigh; all of the variable if not given.
        whole: the body from which something was left out, if this is not the whole: the code must have what it
            had to have there.

    Raises:
        MethodError: priors are asked for that were not stated, or are no priors of exclusive hypotheses.
    """
    code = study_code(body, variable)
    held = (
        standing(body, code, demands(whole or body, code))
        if code
        else Standing(stands=False, lacks=("there is no code of the study's own",))
    )
    # Without the only coder there is nothing; whoever asks for coders alone is told so.
    alone = {*KINDS} - {"observation"} <= {*kinds} <= {*KINDS} and len(units(body, "coder")) == 1
    kinds = tuple(kind for kind in kinds if units(body, kind) and not (alone and kind == "coder"))
    flips = pivots_in_words(body, variable, kinds, size) if held.stands else ()
    in_words = tuple(pivot for pivot in flips if not _all_coders(body, variable, pivot))
    found = counted(body)
    of_all = together(body, variable, kinds, size, priors=priors, doubt=doubt)
    if against is None:
        # Where all can be compared at once, the leader's pairs say the rest.
        chosen = tuple(
            pair for pair in pairs(body, variable) if not of_all.leaders or set(pair) & set(of_all.leaders)
        )
    else:
        chosen = tuple(against)
    weighed_pairs = tuple(
        _pair(body, found, pair, code, of_all, size=size, kinds=kinds, priors=priors, doubt=doubt)
        for pair in chosen
    )
    return Robustness(
        case=body.case,
        variable=variable,
        code=code.key if code else "",
        value=code.value if code else None,
        coder=code.coder if code else "",
        stands=held.stands,
        lacks=held.lacks,
        supports=held.supports,
        alone=tuple(pivot.units[0] for pivot in in_words if len(pivot.units) == 1),
        pivots=tuple(pivot for pivot in in_words if len(pivot.units) > 1),
        pairs=tuple(sorted(weighed_pairs, key=lambda pair: not any(pair.claimed))),
        irreversible=tuple(Claim(test, key, p, one) for test, one, key, p in claims(body)),
        uncounted=tuple(Uncounted(key, why) for key, why in uncounted(body)),
        priors=priors,
        rival_codes=tuple(
            (other.coder, other.round, other.value)
            for other in body.codes
            if other.variable == variable and other is not code
        ),
        contested=bool(code and code.contested),
        size=size,
        kinds=tuple(kinds),
        together=of_all.leaders,
        posteriors=of_all.posteriors,
        refusal=of_all.refusal,
        pivots_together=of_all.pivots,
        break_even=of_all.break_even,
    )


def _all_coders(body: Body, variable: str, pivot: Pivot) -> bool:
    """Tell whether a set is all who coded a case, of two at least: that there is no code without them says nothing."""
    own = {code.coder for code in body.codes if code.variable == variable and code.round != Round.PUBLISHED}
    return pivot.kind == "coder" and len(own) > 1 and own <= {unit.name for unit in pivot.units}


def _claimed(body: Body, key: str, code: Code | None) -> bool:
    """Tell whether a hypothesis supports the code."""
    one = body.hypotheses.get(key)
    return bool(code and one and one.variable == code.variable and code.value in one.supports)


# --- Two hypotheses


def _pair(
    body: Body,
    found: Sequence[Piece],
    pair: tuple[str, str],
    code: Code | None,
    of_all: Together,
    *,
    size: int,
    kinds: Collection[str],
    priors: str,
    doubt: float,
) -> Pair:
    own = stating(found, pair)
    sums = totals(own, pair)
    before = offsets(body, pair, sums, priors, doubt)
    lead = leaders(pair, tuple(db + before[key] for key, db in zip(pair, sums, strict=True)))
    one, other = pair if lead != pair[1:] else (pair[1], pair[0])
    weight, prior = total(own, one, other), before[one] - before[other]
    low, high = reach(own, one, other)
    exclusive = _exclusive(body, one, other)
    board = Board(body, (one, other), every_unit(body, kinds), before if priors != EQUAL else None)
    if priors == EQUAL and {one, other} == {key for key, *_ in of_all.posteriors}:
        hung = of_all.pivots  # these two are all there are, and their sets were looked through already
    else:
        hung = pivots_on(board, size)
    return Pair(
        hypothesis=one,
        rival=other,
        leaders=lead,
        weight=weight,
        independent=total(own, one, other, "independent"),
        low=low,
        high=high,
        strength=strength(weight) if not math.isnan(weight) else "none",
        exclusive=exclusive,
        posterior=_posterior(weight + prior) if exclusive else None,
        posterior_low=_posterior(low + prior) if exclusive else None,
        posterior_high=_posterior(high + prior) if exclusive else None,
        break_even=break_even(weight),
        tipping=tipping(own, one, other),
        weights=_weights(own, one, other),
        losses=losses_on(board),
        pivots=tuple(pivot for pivot in hung if not pivot.tie),
        ties=tuple(pivot for pivot in hung if pivot.tie),
        prior=prior,
        claimed=(_claimed(body, one, code), _claimed(body, other, code)),
        grid=grid(weight) if exclusive and not math.isnan(weight) else (),
        coders=_coders(body, own, one, other),
    )


def _coders(
    body: Body, own: Sequence[Piece], one: str, other: str
) -> tuple[tuple[str, float, tuple[str, ...]], ...]:
    """Return for each coder who states a prior for both hypotheses the odds, and who leads by them."""
    sums, found = totals(own, (one, other)), []
    for coder in sorted({coder for key in (one, other) for coder in _priors_of(body, key)}, key=natural):
        if all(coder in _priors_of(body, key) for key in (one, other)):
            held = in_decibels(stated_priors(body, (one, other), coder))
            lead = leaders((one, other), (sums[0] + held[one], sums[1] + held[other]))
            found.append((coder, held[one] - held[other], lead))
    return tuple(found)


def _priors_of(body: Body, key: str) -> Mapping[str, Any]:
    return body.hypotheses[key].priors if key in body.hypotheses else {}


def _posterior(db: float) -> float | None:
    return None if math.isnan(db) else probability(db)


def _exclusive(body: Body, one: str, other: str) -> bool:
    known = body.hypotheses.get(one), body.hypotheses.get(other)
    return any(a is not None and key in a.exclusive for a, key in zip(known, (other, one), strict=True))


def _weights(own: Sequence[Piece], one: str, other: str) -> tuple[Weight, ...]:
    sharing = {
        piece.key: [other.key for other in group if other is not piece]
        for group in clusters(own)
        for piece in group
    }
    return tuple(
        Weight(
            piece.test,
            piece.evidence,
            piece.result,
            *weighed(piece, one, other),
            shares=tuple(sorted(sharing[piece.key], key=natural)),
        )
        for piece in own
    )
