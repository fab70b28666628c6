"""What it would take to change a code: what it rests on alone, what flips it, how far the numbers may move."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from evidence.inference.body import Body
from evidence.inference.pivots import Loss, Pivot
from evidence.inference.removal import Unit

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
        leaders: the first, or both in a tie.
        weight: total weight of evidence in dB for the first, dependent evidence counted once.
        independent: the same if all evidence were independent.
        low: the least dB over both readings and over all ranges and words stated.
        high: the greatest.
        strength: the weight on Jeffreys's scale, in words.
        exclusive: whether the two are declared to exclude each other.
        posterior: P(first) at equal priors, in [0,1]; nothing where they are not exclusive.
        posterior_low: the least that low allows.
        posterior_high: the greatest that high allows.
        break_even: the prior of the first, of the two, at which both are as probable in the end, in [0,1].
        tipping: how many dB every weight would have to move towards the second until it draws level; infinite
            where no number of dB does.
        weights: what each counted test weighs.
        losses: what taking each unit away does, those that change something.
        pivots: smallest sets of units without which the second leads.
        ties: smallest sets of units without which neither leads.
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
        pairs: every two hypotheses that tests tell apart in numbers, those of this code first.
        together: the leaders where all hypotheses of the variable exclude each other and every test counts for all.
        posteriors: each hypothesis's probability at equal priors, low, middle and high; empty where refused.
        refusal: why no probabilities over all hypotheses are given, in a sentence; empty if they are.
        pivots_together: smallest sets without which another of all hypotheses leads; ties among them are marked.
        irreversible: claims of 0 or 1.
        uncounted: what counts nothing in the numbers.
        sceptical: the priors against the leader, in dB, that were tried, with who leads then.
        contested: whether another coder or publication gives another code.
        size: how many units at most were taken away together.
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
    sceptical: tuple[tuple[float, tuple[str, ...]], ...] = ()
    contested: bool = False
    size: int = 2


#: The kinds of unit that are taken away unless others are asked for.
_KINDS = ("test", "observation", "search", "source", "lineage", "archive", "coder")


def robustness(body: Body, variable: str, *, size: int = 2, kinds: Collection[str] = _KINDS) -> Robustness:
    """Return what the study's code of a case on a variable rests on, and what would change it.

    Args:
        body: the body of evidence of the case.
        variable: the variable's key.
        size: how many units at most are taken away together.
        kinds: which kinds of unit are taken away; one set of units is of one kind.
    """
    raise NotImplementedError


def told(robust: Robustness) -> tuple[str, ...]:
    """Return what a robustness says, one plain sentence each, the code in words first."""
    raise NotImplementedError


def would_change(robust: Robustness) -> str:
    """Return the paragraph on what would change the code, from the pivot sets; empty where there is no code."""
    raise NotImplementedError
