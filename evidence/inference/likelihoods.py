"""Likelihoods as they may be stated: a number, a range, or words; or not at all."""

from __future__ import annotations

import math
from typing import Any

from evidence.errors import ValueRefused
from evidence.vocabulary import PROFILES, TestKind

__all__ = ["implied_kind", "likelihood", "ratios", "weight"]

_REMEDY = "write a number from 0 to 1, a range such as 0.8..0.95, or a word."
_SLACK = 1e-9
_PAIR = 2


def likelihood(value: Any) -> Any:
    """Return a likelihood in the form in which it is kept: nothing, a float, a pair of floats, or words.

    Args:
        value: nothing; a probability in [0,1]; two of them, the lower first; or words. Text that reads as
            ``0.9`` or ``0.8..0.95`` is taken as number or range.

    Raises:
        ValueRefused: a number outside [0,1], a range upside down, or something else.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        low, dots, high = value.partition("..")
        try:
            return likelihood([float(low), float(high)] if dots else float(value))
        except ValueError:
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
    return float(value)


def weight(a: float, b: float) -> float:
    """Return the weight of evidence in dB, 10 log10(a/b), of something with P(it | H) = a and P(it | rival) = b.

    Infinite if one of them is 0, and 0 if both are. Source: Good; Fairfield & Charman (METHOD 2.1).
    """
    if a == b:
        return 0.0
    if a == 0 or b == 0:
        return math.inf if b == 0 else -math.inf
    return 10 * math.log10(a / b)


def ratios(a: float, b: float) -> tuple[float, float]:
    """Return LR+ = a/b and LR- = (1-b)/(1-a): how many times passing favours H, and failing its rival."""
    plus = math.inf if b == 0 else a / b
    minus = math.inf if a == 1 else (1 - b) / (1 - a)
    return plus, minus


def implied_kind(a: Any, b: Any, profile: str) -> TestKind | None:
    """Return the kind of test that two stated probabilities imply, for the hypothesis, under a profile.

    Args:
        a: P(prediction seen | hypothesis); anything but a number implies nothing.
        b: P(prediction seen | rival).
        profile: a key of ``vocabulary.PROFILES``; its threshold T is met strictly (METHOD 2.3).

    Returns:
        The kind; nothing if there are no numbers, or if passing does not favour the hypothesis.
    """
    if not isinstance(a, float) or not isinstance(b, float) or a <= b:
        return None
    threshold = PROFILES[profile] * (1 + _SLACK)
    plus, minus = ratios(a, b)
    if plus > threshold:
        return TestKind.DOUBLY_DECISIVE if minus > threshold else TestKind.SMOKING_GUN
    return TestKind.HOOP if minus > threshold else TestKind.STRAW_IN_THE_WIND
