"""What our own bibliographies carry beside what their format can say, so that a source comes back as it went out.

In CSL-JSON it stands under ``custom``, where CSL leaves room for it; in BibTeX in a field ``evidence``, which styles pass
over; in RIS in a line ``U5``, which is the user's. It is JSON: for each field of a source that the format alone would give
another value, the value; null where there is none; and under ``csl`` the same for single variables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from evidence.errors import Place, ValueRefused

__all__ = ["CARRIED", "MARK", "as_line", "exactly", "read_exact"]

#: The fields that it can say.
CARRIED = (
    "type", "title", "csl", "tier", "scope", "repository", "collection", "record_group", "series", "box", "folder", "item",
    "frame", "classification", "handling", "language", "rights", "access", "redacted", "derived_from", "further",
)  # fmt: skip
#: What it is called in every format.
MARK = "evidence"
#: What would be read as something else where it stands: in BibTeX braces, LaTeX and comments.
_SPECIAL = {sign: f"\\u{ord(sign):04x}" for sign in "{}%#@"}


def as_line(said: Mapping[str, Any]) -> str:
    """Return it in one line of ASCII, in which braces are the outer ones alone."""
    text = json.dumps(said, ensure_ascii=True, sort_keys=True)
    parts, inside, at = [], False, 0
    while at < len(text):
        sign = text[at]
        if inside and sign == "\\":
            parts.append(text[at : at + 2])
            at += 2
            continue
        inside ^= sign == '"'
        parts.append(_SPECIAL.get(sign, sign) if inside else sign)
        at += 1
    return "".join(parts)


def read_exact(said: Any, place: Place) -> dict[str, Any]:
    """Return it as it was read from a file.

    Args:
        said: the JSON, as text or read already.
        place: where it stands.

    Raises:
        ValueRefused: it is not what this program writes.
    """
    where = Place(place.file, place.line, place.row, MARK)
    if isinstance(said, str):
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            raise ValueRefused(
                "this is not the JSON that evidence writes there; take the field out.", where
            ) from None
    known = isinstance(said, Mapping) and said.keys() <= set(CARRIED)
    if not known or not isinstance(said.get("csl", {}), Mapping):
        raise ValueRefused("this is not what evidence writes there; take the field out.", where)
    return dict(said)


def exactly(fields: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a source with what was carried beside its record.

    Args:
        fields: what the record says.
        said: what was carried.
    """
    made = {**fields, **{name: value for name, value in said.items() if name != "csl"}}
    if "csl" in said:
        csl = {**(fields.get("csl") or {}), **said["csl"]}
        made["csl"] = {name: value for name, value in csl.items() if value is not None}
    return {name: value for name, value in made.items() if value not in (None, "", {})}
