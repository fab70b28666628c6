"""Keys with running numbers, for many new records at once."""

from __future__ import annotations

from evidence.ledger import records
from evidence.ledger.revisions import Unit

__all__ = ["Numbers"]


class Numbers:
    """The next free number after each stem; the ledger is asked once for each."""

    def __init__(self, session: Unit, noun: str) -> None:
        """Remember what is numbered."""
        self._session, self._noun = session, noun
        self._last: dict[str, int] = {}

    def next(self, stem: str) -> str:
        """Return ``stem`` with the first number that was never used."""
        if stem not in self._last:
            first = records.next_key(self._session, self._noun, stem)
            self._last[stem] = int(first.removeprefix(stem)) - 1
        self._last[stem] += 1
        return f"{stem}{self._last[stem]}"
