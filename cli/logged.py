"""What an import says of marked passages: new records and changes are data, the sum of it is talk."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .output import counted
from .session import say

if TYPE_CHECKING:
    from evidence.archive.logged import Logged

__all__ = ["tell_logged"]

#: How many new records are named one by one.
_MOST = 40


def tell_logged(logged: Logged) -> None:
    """Say what became of marked passages."""
    if len(logged.added) <= _MOST:
        for new in logged.added:
            said = f" ({new.said})" if new.said else ""
            say(f"Added: {new.noun} {new.key}{said}", data=True)
    for change in logged.changed:
        values = f"{_value(change.before)} → {_value(change.after)}"
        say(f"Changed: {change.noun} {change.key}, {change.field}: {values}", data=True)
    for gone in logged.gone:
        say(f"Gone: {gone.noun} {gone.key} ({_short(gone.words)}); it stays in the ledger", data=True)
    for loss in logged.refused:
        say(f"Left out: {loss.place}: {loss.what}", data=True)
    for loss in logged.losses:
        say(f"Note: {loss.place}: {loss.what}", data=True)
    say(_sum(logged))


def _sum(logged: Logged) -> str:
    parts = []
    for noun in ("quote", "observation", "bearing"):
        new = [one for one in logged.added if one.noun == noun]
        if new:
            states = Counter(one.said for one in new) if noun == "quote" else Counter[str]()
            told = ", ".join(f"{number:,} {state}" for state, number in states.items())
            parts.append(counted(len(new), f"new {noun}") + (f" ({told})" if told else ""))
    if logged.changed:
        parts.append(counted(len(logged.changed), "change"))
    if logged.unchanged:
        parts.append(f"{counted(logged.unchanged, 'passage')} unchanged")
    if logged.refused:
        parts.append(f"{counted(len(logged.refused), 'passage')} left out")
    return f"{', '.join(parts) or 'No passages'}."


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items()) or "nothing"
    return "nothing" if value in (None, "") else str(value)


def _short(words: str) -> str:
    first = " ".join(words.split())
    return first if len(first) <= _MOST else f"{first[:_MOST].rsplit(' ', 1)[0]} ..."
