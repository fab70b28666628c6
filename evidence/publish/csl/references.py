"""A source as CSL has it: variables by name, made once for our own style and once for everybody else's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from evidence.publish.cited import date, date_parts, people, said

__all__ = ["Reference", "dated", "filled", "named", "printable", "titled"]

#: Texts, dates and names by variable: a text; ``{"parts": ..., "circa": ...}`` or ``{"literal": ...}``; a list of names.
Reference = dict[str, Any]
_NAME_PARTS = ("family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal")
_STOPPED = re.compile(r"(?<=[^\W\d_]{4})\.(?=[”’]*$)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\ud800-\udfff]")
_FIRST_YEAR = 1000


def filled(fields: Mapping[str, Any]) -> Reference:
    """Return the variables that say something, in letters that XML and JSON can hold."""
    printed = (
        (name, printable(value) if isinstance(value, str) else value) for name, value in fields.items()
    )
    return {name: value for name, value in printed if value}


def printable(text: str) -> str:
    """Return a text without controls and halves of characters."""
    return _CONTROL.sub("", text)


def named(csl: Mapping[str, Any], *roles: str) -> Reference:
    """Return who has these roles, as CSL names."""
    found = {}
    for role in roles:
        named = [
            {part: text for part in _NAME_PARTS if (text := printable(said(one, part)))}
            for one in people(csl, role)
        ]
        found[role] = [one for one in named if one.keys() & {"family", "given", "literal"}]
    return filled(found)


def dated(csl: Mapping[str, Any], name: str) -> Any:
    """Return a date in parts where CSL can say it, else in our own words."""
    words, parts = date(csl, name), date_parts(csl, name)
    plain = all(one and one[0] >= _FIRST_YEAR and _on_calendar(one[1:]) for one in parts)
    if parts and plain and not words.endswith("?"):
        return {"parts": parts, "circa": True} if words.startswith("ca. ") else {"parts": parts}
    return {"literal": printable(words)} if words else None


def _on_calendar(rest: Iterable[int]) -> bool:
    return all(1 <= part <= most for part, most in zip(rest, (12, 31), strict=False))


def titled(title: str) -> str:
    """Return a title without the full stop of a sentence at its end, which is the style's to set."""
    return _STOPPED.sub("", title.strip())
