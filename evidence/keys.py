"""Keys, put in the order in which people count: ``t9`` before ``t10``, ``mid-50`` before ``mid-2032``; and listed."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["listed", "natural"]

_DIGITS = re.compile(r"([0-9]+)")
#: Longer runs of digits are no numbers; Python refuses to read them as such.
_LONGEST = 400


def natural(key: str) -> tuple[list[str | int], str]:
    """Return what sorts keys so: texts at even places, numbers at odd ones, and the key itself for ties."""
    parts: list[str | int] = list(_DIGITS.split(key))
    parts[1::2] = [int(str(digits)[:_LONGEST]) for digits in parts[1::2]]
    return parts, key


def listed(items: Iterable[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    *most, last = list(items) or [""]
    return f"{', '.join(most)} and {last}" if most else last
