"""What a test's result means: in words, for the rival, when nothing was found, and where it cannot be undone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from evidence.errors import MethodError
from evidence.inference.likelihoods import Bounds, bounds, implied
from evidence.inference.odds import check_probability
from evidence.vocabulary import PROFILES, TestKind, TestResult

__all__ = [
    "CAVEAT",
    "SAYS_NOTHING",
    "Consequence",
    "consequence",
    "counted",
    "disagreement",
    "dual",
    "found_together",
    "irreversible",
    "softened",
    "with_search",
]

_NO_SCALE: Mapping[str, Any] = MappingProxyType({})
_CERTAIN: Bounds = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a result means for a test's hypothesis and for its rival, in words."""

    hypothesis: str
    rival: str


#: Of a test that is inconclusive or was not attempted (METHOD 2.2, caveat 4).
SAYS_NOTHING = Consequence("says nothing", "says nothing")

#: What goes with every word of the table (METHOD 2.2, caveats 1 and 2).
CAVEAT = (
    "A kind of test is a rule of thumb: a hypothesis is eliminated only if P(seen given it) is claimed to be exactly 1, "
    "and confirmed only if P(seen given the rival) is claimed to be exactly 0; else the numbers say how far."
)

_MUST = "eliminated if its prediction had to come true, else much weakened"
_ONLY = "confirmed if nothing else could bring it about, else much strengthened"

_TABLE = {
    (TestKind.STRAW_IN_THE_WIND, TestResult.PASSED): Consequence(
        "stays in the running; not confirmed", "slightly weakened"
    ),
    (TestKind.STRAW_IN_THE_WIND, TestResult.FAILED): Consequence(
        "slightly weakened; not eliminated", "slightly strengthened"
    ),
    (TestKind.HOOP, TestResult.PASSED): Consequence(
        "stays in the running; not confirmed", "somewhat weakened"
    ),
    (TestKind.HOOP, TestResult.FAILED): Consequence(_MUST, "somewhat strengthened"),
    (TestKind.SMOKING_GUN, TestResult.PASSED): Consequence(_ONLY, "substantially weakened"),
    (TestKind.SMOKING_GUN, TestResult.FAILED): Consequence(
        "somewhat weakened; not eliminated", "somewhat strengthened"
    ),
    (TestKind.DOUBLY_DECISIVE, TestResult.PASSED): Consequence(
        _ONLY, "eliminated if it could not bring it about, else much weakened"
    ),
    (TestKind.DOUBLY_DECISIVE, TestResult.FAILED): Consequence(_MUST, "substantially strengthened"),
}


def consequence(kind: str, result: str) -> Consequence:
    """Return what a test of a kind means by its result, as the field accepts it.

    After the table in Collier 2011, in our own words. Only its row on hoop tests has been verified word for
    word (METHOD 2.2); the other rows, and what is said of rivals, are from memory of it. Collier calls the
    kinds a heuristic not to be taken rigidly: say ``CAVEAT`` with it, and never set a hypothesis to
    "eliminated" by it.

    Args:
        kind: a value of ``TestKind``: the declared one.
        result: a value of ``TestResult``.

    Returns:
        Words for the hypothesis and the rival; ``SAYS_NOTHING`` unless the test was passed or failed.
    """
    return _TABLE.get((TestKind(kind), TestResult(result)), SAYS_NOTHING)


def dual(a: float, b: float, *, found: bool) -> tuple[float, float]:
    """Return the same record as it reads for the rival: P(what came about | rival), P(what came about | H).

    What is a smoking gun for H where it is found is a hoop for the rival where it is absent, and vice versa:
    hand the pair to ``likelihoods.implied`` (Humphreys & Jacobs 2023, figure 5.2; METHOD 2.2, caveat 3; A19).

    Args:
        a: P(evidence | H), in [0,1].
        b: P(evidence | rival), in [0,1].
        found: whether it was found; else it was searched for and is absent.

    Returns:
        (b, a) if found; (1-b, 1-a) if absent.

    Raises:
        MethodError: a number outside [0,1].
    """
    check_probability(a, "P(evidence | hypothesis)")
    check_probability(b, "P(evidence | rival)")
    return (b, a) if found else (1 - b, 1 - a)


def disagreement(declared: str, a: Any, b: Any, profile: str, scale: Mapping[str, Any] = _NO_SCALE) -> str:
    """Return how a declared kind differs from the implied one; the declared one stays as it is (A18).

    Args:
        declared: a value of ``TestKind``.
        a: P(prediction seen | hypothesis), as stated.
        b: P(prediction seen | rival), as stated.
        profile: a key of ``vocabulary.PROFILES``.
        scale: the study's scale of words.

    Returns:
        ``declared straw in the wind, implied doubly decisive (T=2)``; nothing if they agree, or if what is
        stated implies no one kind.
    """
    said = implied(a, b, profile, scale)
    if said is None or str(said) == TestKind(declared).value:
        return ""
    return f"declared {TestKind(declared).value}, implied {said} (T={PROFILES[profile]:g})"


def irreversible(
    stated: Mapping[str, Any], scale: Mapping[str, Any] = _NO_SCALE
) -> dict[str, tuple[float, ...]]:
    """Return which stated probabilities claim what no further evidence could undo: exactly 0 or 1.

    Args:
        stated: likelihoods or priors as stated, by what they are of; ranges claim by either end.
        scale: the study's scale of words.

    Returns:
        By what they are of: 0, 1 or both; those that claim neither are left out.
    """
    ends = {name: bounds(one, scale) or () for name, one in stated.items()}
    claims = {name: tuple(sorted({end for end in two if end in (0.0, 1.0)})) for name, two in ends.items()}
    return {name: made for name, made in claims.items() if made}


def softened(stated: Any, at: float = 0.99, scale: Mapping[str, Any] = _NO_SCALE) -> Any:
    """Return a stated likelihood with 1 in place of ``at`` taken back, and 0 to 1 - ``at``; only when asked for.

    It changes nothing that was entered: the result is for a recomputation shown beside the first.

    Args:
        stated: a likelihood as stated. Nothing, decibels and whatever claims nothing irreversible are
            returned as they are.
        at: what stands for 1, above 1/2 and below 1.
        scale: the study's scale of words: a word that stands for 0 or 1 becomes a number.

    Returns:
        The likelihood in a form in which it may be stated; a range that would be upside down becomes
        narrower.

    Raises:
        MethodError: ``at`` is out of its range.
    """
    if not 1 / 2 < at < 1:
        raise MethodError(
            f"A claim of 1 is softened to a number between 0.5 and 1, such as 0.99, not to {at:g}."
        )
    ends = bounds(stated, scale)
    if ends is None or not {0.0, 1.0} & set(ends):
        return stated
    low, high = ends
    ceiling, floor = (at if high == 1 else 1.0), (1 - at if low == 0 else 0.0)
    low, high = min(max(low, floor), ceiling), max(min(high, ceiling), floor)
    return low if low == high else [low, high]


# --- Absence, and searches that may miss


def found_together(sensitivities: Iterable[Bounds]) -> tuple[Bounds, Bounds]:
    """Return what several searches for the same thing find together: if they are dependent, and if not.

    Args:
        sensitivities: of each search that was made P(found | it exists and was searched for), lowest and
            highest, in [0,1].

    Returns:
        The largest single sensitivity, if whatever hides it from one hides it from all; and
        1 - product of (1 - d), if the searches know nothing of each other (METHOD 2.6). Each lowest and
        highest. Without a search, or of searches whose sensitivity nobody stated, nothing is known: hand in
        (1, 1) for one that finds whatever there is.

    Raises:
        MethodError: no search.
    """
    every = list(sensitivities)
    if not every:
        raise MethodError("No search was made; absence needs a search that was.")
    low, high = (sorted(ends[end] for ends in every) for end in (0, 1))
    return (low[-1], high[-1]), (
        1 - math.prod(1 - d for d in low),
        1 - math.prod(1 - d for d in high),
    )


def with_search(p: Bounds, sensitivity: Bounds) -> Bounds:
    """Return the probability of finding something with a search that may miss it: d times P (METHOD 2.6).

    Args:
        p: P(it exists | hypothesis), lowest and highest, in [0,1].
        sensitivity: d = P(found | it exists and was searched for), lowest and highest, in [0,1].
    """
    return p[0] * sensitivity[0], p[1] * sensitivity[1]


def counted(result: str, p: Bounds, sensitivity: Bounds = _CERTAIN) -> Bounds | None:
    """Return how probable a test's result is under a hypothesis: the number that counts.

    Args:
        result: a value of ``TestResult``.
        p: P(prediction seen | hypothesis), lowest and highest, in [0,1].
        sensitivity: d of the search that a failed test failed on, lowest and highest, in [0,1].

    Returns:
        Passed: P. Failed: 1 - dP, so that LR- is (1 - db)/(1 - da) (METHOD 2.6). Inconclusive or not
        attempted: nothing, which is 0 dB and never a failure (A20).
    """
    if result == TestResult.PASSED:
        return p
    if result == TestResult.FAILED:
        low, high = with_search(p, sensitivity)
        return 1 - high, 1 - low
    return None
