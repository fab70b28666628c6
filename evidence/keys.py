"""Keys, put in the order in which people count: ``t9`` before ``t10``, ``mid-50`` before ``mid-2032``; and listed."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["listed", "natural", "tag_line", "tags_in"]

#: A tag on a line of them: between quotation marks, which are doubled within it, or up to the next comma.
_TAG = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)')
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


def tag_line(tags: Iterable[str]) -> str:
    """Return tags on one line, parted by commas; one with a comma of its own stands between quotation marks."""
    return ", ".join(
        '"' + tag.replace('"', '""') + '"' if "," in tag or tag[:1] == '"' else tag for tag in tags
    )


def tags_in(line: str) -> list[str]:
    """Return the tags on a line as ``tag_line`` writes it, each once."""
    found = ((match[1] or "").replace('""', '"') or (match[2] or "").strip() for match in _TAG.finditer(line))
    return list(dict.fromkeys(filter(None, found)))
