"""Likelihoods as they may be stated, in numbers, ranges, words or decibels; and what a pair of them implies."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any, Literal

from evidence.errors import ValueRefused
from evidence.vocabulary import PROFILES, TestKind

__all__ = [
    "HYPOTHESIS",
    "NEITHER",
    "RIVAL",
    "Bounds",
    "Implied",
    "bounds",
    "decibels",
    "implied",
    "implied_kind",
    "likelihood",
    "ratios",
    "weight",
    "weights",
]

#: The lowest and the highest value that was stated; the same twice for a number.
Bounds = tuple[float, float]
Favours = Literal["hypothesis", "rival", "neither"]

#: Whom it favours that a prediction came true.
HYPOTHESIS: Favours = "hypothesis"
RIVAL: Favours = "rival"
NEITHER: Favours = "neither"

_REMEDY = "write a number from 0 to 1, a range such as 0.8..0.95, a word, or decibels such as -6 dB."
_SLACK = 1e-9
_PAIR = 2
_NO_SCALE: Mapping[str, Any] = MappingProxyType({})

_SIGNED = r"[+\-\u2212\u2013]?\s*(?:\d+(?:\.\d+)?|\.\d+)"
_MINUS = str.maketrans("\u2212\u2013", "--")  # as word processors set it
#: Figures and signs without a word, such as ``80%``, ``0,8`` or ``0.8-0.9``: as words they would count nothing.
_MEANT_AS_NUMBER = re.compile(r"(?=.*\d)[\W\d_e]+(?:dB\s*)?", re.IGNORECASE | re.DOTALL)
_DECIBELS = re.compile(rf"({_SIGNED})\s*(?:dB)?(?:\s*\.\.\s*({_SIGNED}))?\s*dB", re.IGNORECASE)


def likelihood(value: Any) -> Any:
    """Return a likelihood in the form in which it is kept: nothing, a float, a pair of floats, or words.

    Args:
        value: nothing; a probability in [0,1]; two of them, the lower first; or words. Text that reads as
            ``0.9`` or ``0.8..0.95`` is taken as number or range. Decibels, ``-6 dB`` or ``10..20 dB``, stay
            as they were written.

    Raises:
        ValueRefused: a number outside [0,1], a range upside down, figures that are no number as they are written
            (``80%``), or something else.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        low, dots, high = value.partition("..")
        try:
            return likelihood([float(low), float(high)] if dots else float(value))
        except ValueError:
            if decibels(value) is None and _MEANT_AS_NUMBER.fullmatch(value):
                raise ValueRefused(f"{value.strip()!r} is no number as it is written; {_REMEDY}") from None
            return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float | list | tuple):
        raise ValueRefused(f"{value!r} is not a likelihood; {_REMEDY}")
    if isinstance(value, list | tuple):
        if len(value) != _PAIR or not all(
            isinstance(end, int | float) and not isinstance(end, bool) for end in value
        ):
            raise ValueRefused(f"{value!r} is not a range; {_REMEDY}")
        low, high = (likelihood(end) for end in value)
        if low > high:
            raise ValueRefused(f"the range {low}..{high} is upside down; {_REMEDY}")
        return [low, high]
    if not 0 <= value <= 1:  # NaN fails this too
        raise ValueRefused(f"{value} is not a probability; {_REMEDY}")
    return float(value) + 0.0  # -0 is 0


def bounds(stated: Any, scale: Mapping[str, Any] = _NO_SCALE) -> Bounds | None:
    """Return the lowest and the highest probability that a stated likelihood allows.

    Args:
        stated: a likelihood as it is kept: nothing, a number in [0,1], a range, words, or decibels.
        scale: the study's declared scale of words: what each stands for, a number in [0,1] or a range. Small
            and capital letters and the white space between words make no difference.

    Returns:
        Two probabilities in [0,1], the same twice for a number; nothing if nothing was stated, for a word
        that is not on the scale, and for decibels, which are no probabilities.
    """
    if isinstance(stated, str):
        word = _folded(stated)
        stated = next((p for known, p in scale.items() if _folded(known) == word), None)
        if isinstance(stated, str):  # a scale stands for numbers, never for another word
            return None
    if stated is None:
        return None
    if isinstance(stated, list | tuple):
        low, high = stated
        return float(low), float(high)
    return float(stated), float(stated)


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


def decibels(stated: Any) -> Bounds | None:
    """Return the lowest and the highest decibels that words such as ``-6 dB`` or ``10..20 dB`` state.

    Fairfield and Charman's way to state how likely what was seen is under one hypothesis relative to the
    others of the same test: only differences between hypotheses count, 10 dB being a factor of ten.

    Args:
        stated: a likelihood as it is kept. A minus sign may be a hyphen, U+2212 or an en dash, and the space before
            ``dB`` may be left out.

    Returns:
        Two numbers in dB, of either sign, the same twice where there is no range; nothing if ``stated`` is
        something else.

    Raises:
        ValueRefused: a range of decibels upside down.
    """
    match = _DECIBELS.fullmatch(stated.strip()) if isinstance(stated, str) else None
    if not match:
        return None
    low, high = (float(re.sub(r"\s", "", end).translate(_MINUS)) for end in (match[1], match[2] or match[1]))
    if low > high:
        raise ValueRefused(
            f"the range {stated.strip()!r} is upside down; write the lower end first: {high:g}..{low:g} dB."
        )
    return low, high


def weight(a: float, b: float) -> float:
    """Return the weight of evidence in dB, 10 log10(a/b), of something with P(it | H) = a and P(it | rival) = b.

    Args:
        a: a probability in [0,1]; or any likelihood that is not negative.
        b: the same under the rival.

    Returns:
        Decibels, positive where H is favoured; ``weight(b, a)`` is its negative to the last digit. Infinite
        if one of them is 0, and 0 if both are. Source: Good; Fairfield & Charman (METHOD 2.1).
    """
    if a == b:
        return 0.0
    if a < b:
        return -weight(b, a)
    if b == 0:
        return math.inf
    quotient = a / b
    return 10 * (math.log10(a) - math.log10(b) if math.isinf(quotient) else math.log10(quotient))


def weights(a: Bounds, b: Bounds) -> Bounds:
    """Return the least and the greatest weight of evidence in dB that two ranges of probabilities allow.

    Args:
        a: P(it | H), the lowest and the highest, in [0,1].
        b: P(it | rival), likewise.
    """
    return weight(a[0], b[1]), weight(a[1], b[0])


def ratios(a: float, b: float) -> tuple[float, float]:
    """Return LR+ = a/b and LR- = (1-b)/(1-a): how many times passing favours H, and failing its rival.

    Args:
        a: P(prediction seen | H), in [0,1].
        b: P(prediction seen | rival), in [0,1].

    Returns:
        Two ratios from 0 to infinity; 1 where both probabilities are the same, also where both are 0
        (METHOD 2.1).
    """
    if a == b:
        return 1.0, 1.0
    plus = math.inf if b == 0 else a / b
    minus = math.inf if a == 1 else (1 - b) / (1 - a)
    return plus, minus


@dataclass(frozen=True, slots=True)
class Implied:
    """The kind of test that stated probabilities imply, and for whom passing it speaks."""

    kind: TestKind | None  # nothing where passing favours neither
    favours: Favours

    def __str__(self) -> str:
        """``hoop``, ``hoop for the rival``, or ``uninformative``."""
        if self.kind is None:
            return "uninformative"
        return f"{self.kind.value} for the rival" if self.favours == RIVAL else self.kind.value


def implied(a: Any, b: Any, profile: str, scale: Mapping[str, Any] = _NO_SCALE) -> Implied | None:
    """Return what kind of test two stated probabilities imply, and for whom.

    Ranges imply a kind only if all of them does: if the four pairs of their ends imply the same. That is
    enough, for each kind's region in the square of (b, a) is bounded by straight lines and convex.

    Args:
        a: P(prediction seen | hypothesis), as stated; a number or range in [0,1], or a word of ``scale``.
        b: P(prediction seen | rival), likewise.
        profile: a key of ``vocabulary.PROFILES``; its threshold T is met strictly (METHOD 2.3; Humphreys &
            Jacobs 2023, figure 5.2), and a rounding error does not meet it.
        scale: the study's scale of words.

    Returns:
        For a > b the kind of the test for the hypothesis; for a < b that for the rival; "uninformative" for
        a = b. Nothing where one of them is not stated in numbers, and where ranges allow several kinds.
    """
    ours, theirs = bounds(a, scale), bounds(b, scale)
    if ours is None or theirs is None:
        return None
    kinds = {_implied(*ends, PROFILES[profile]) for ends in product(ours, theirs)}
    return kinds.pop() if len(kinds) == 1 else None


def _implied(a: float, b: float, threshold: float) -> Implied:
    favours = HYPOTHESIS
    if a < b:
        a, b, favours = b, a, RIVAL
    plus, minus = ratios(a, b)
    if max(plus, minus) <= 1 + _SLACK:  # equal, but for rounding
        return Implied(None, NEITHER)
    decisive = threshold * (1 + _SLACK)
    if plus > decisive:
        return Implied(TestKind.DOUBLY_DECISIVE if minus > decisive else TestKind.SMOKING_GUN, favours)
    return Implied(TestKind.HOOP if minus > decisive else TestKind.STRAW_IN_THE_WIND, favours)


def implied_kind(a: Any, b: Any, profile: str, scale: Mapping[str, Any] = _NO_SCALE) -> TestKind | None:
    """Return the kind of test that two stated probabilities imply for the hypothesis, under a profile.

    Args:
        a: P(prediction seen | hypothesis), as stated; a number or range in [0,1], or a word of ``scale``.
        b: P(prediction seen | rival), likewise.
        profile: a key of ``vocabulary.PROFILES``.
        scale: the study's scale of words.

    Returns:
        The kind; nothing if there are no numbers, if ranges allow several kinds, or if passing does not
        favour the hypothesis. ``implied`` says for whom.
    """
    found = implied(a, b, profile, scale)
    return found.kind if found and found.favours == HYPOTHESIS else None
