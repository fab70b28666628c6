"""What an import says of sources and their words: what came in and what changed is data, the sum of it is talk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .output import counted
from .session import say

if TYPE_CHECKING:
    from evidence.archive.bringing import Brought
    from evidence.ledger.verification import Reverified

__all__ = ["lines", "tell"]

#: How many new sources are named one by one.
_MOST = 40
#: How much of a value is shown in a line.
_SHOWN = 100


def tell(brought: Brought, *, as_json: bool = False) -> None:
    """Say what an import did with sources and their words.

    Args:
        brought: what ``bringing.bring`` returned.
        as_json: for programs: all of it as one value.
    """
    if as_json:
        say(json.dumps(_plain(brought), ensure_ascii=False, indent=2, default=str), data=True)
        return
    for warning in brought.warnings:
        say(f"Warning: {warning}")
    for line in lines(brought):
        say(line, data=True)
    say(_sum(brought))
    if brought.verified_again:
        found = Counter(one.after.state.value for one in brought.verified_again)
        states = ", ".join(f"{number:,} {state}" for state, number in found.most_common())
        say(f"Looked again for {counted(len(brought.verified_again), 'quote')} of these sources: {states}.")
    if not brought.writes:
        say("The ledger has all of it already; nothing was written.")


def lines(brought: Brought) -> Iterator[str]:
    """Yield a line for each thing that came in or changed, and for what could not be carried over."""
    if len(brought.added) <= _MOST:
        yield from (f"Added: source {key}" for key in brought.added)
    for one in brought.changed:
        yield f"Changed: {one.key}, {one.field}: {_value(one.before)} → {_value(one.after)}"
    for one in brought.kept:
        yield f"Kept: {one.key}, {one.field}: {_value(one.before)} (the file says {_value(one.after)})"
    added = set(brought.added)
    held = [key for key in brought.held if key not in added]
    if len(held) <= _MOST:
        yield from (f"Held: a new text of {key}" for key in held)
    for again in brought.verified_again:
        if again.failed or again.changed:
            yield from _again(again)
    for loss in brought.losses if brought.writes else ():
        place = str(loss.place)
        yield f"Note: {f'{place}: ' if place else ''}{loss.what}"


def _again(one: Reverified) -> Iterator[str]:
    words = one.words if len(one.words) <= _SHOWN else f"{one.words[: _SHOWN - 2]} …"
    yield f"Quote {one.quote}: {one.before.state.value} → {one.after.state.value}: “{words}”"
    yield from (f"  {remark}" for remark in one.remarks)


def _sum(brought: Brought) -> str:
    parts = [counted(len(brought.added), "new source")]
    if brought.held:
        parts.append(counted(len(brought.held), "new text"))
    parts += [f"{brought.unchanged:,} unchanged", counted(len(brought.changed), "change")]
    return f"{', '.join(parts)}."


def _value(value: Any) -> str:
    """Return a value in a line: people by name, dates by their parts, nothing as a word."""
    said = _words(value)
    return "nothing" if not said else said if len(said) <= _SHOWN else f"{said[: _SHOWN - 2]} …"


def _words(value: Any) -> str:
    if isinstance(value, dict):
        if "date-parts" in value:
            return "/".join("-".join(f"{part:02}" for part in day) for day in value["date-parts"])
        names = [str(value[part]) for part in ("given", "family", "literal", "suffix") if value.get(part)]
        return " ".join(names) or ", ".join(f"{name}: {_words(part)}" for name, part in value.items())
    if isinstance(value, list):
        return "; ".join(_words(part) for part in value)
    return "" if value is None else " ".join(str(value).split())


def _plain(brought: Brought) -> dict[str, Any]:
    changes = [(one, "changed") for one in brought.changed] + [(one, "kept") for one in brought.kept]
    listed: dict[str, list[dict[str, Any]]] = {"changed": [], "kept": []}
    for one, where in changes:
        listed[where].append({"key": one.key, "field": one.field, "before": one.before, "after": one.after})
    return {
        "keys": list(brought.keys),
        "added": list(brought.added),
        **listed,
        "unchanged": brought.unchanged,
        "held": list(brought.held),
        "verified_again": [
            {
                "quote": one.quote, "source": one.source, "before": one.before.state.value,
                "after": one.after.state.value, "remarks": list(one.remarks),
            }
            for one in brought.verified_again
        ],
        "warnings": list(brought.warnings),
        "losses": [{"what": loss.what, "place": str(loss.place)} for loss in brought.losses],
    }  # fmt: skip
