"""Add many new records at once: keys with running numbers, and which record it was if one cannot be added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evidence.archive.incoming import Loss
from evidence.archive.logged import refuse
from evidence.errors import EvidenceError, Place
from evidence.ledger import records
from evidence.ledger.revisions import Unit

__all__ = ["Numbers", "add_together"]


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


def add_together(
    session: Unit,
    noun: str,
    entries: Sequence[tuple[Mapping[str, Any], Place]],
    losses: list[Loss],
    *,
    strict: bool,
) -> list[Any]:
    """Add records at once; if one cannot be added, one by one, so that it is known which.

    Args:
        session: the unit of work; nothing else waits in it to be written.
        noun: what kind of record.
        entries: the values of each, and where it was read.
        losses: takes what could not be added, unless ``strict`` stops there.
        strict: stop at the first that cannot be added.

    Returns:
        The new records, in order; nothing in the place of one that could not be added.

    Raises:
        EvidenceError: in strict mode, with the place.
    """
    try:
        return records.add_all(session, noun, entries)
    except EvidenceError:
        _forget(session)
    rows: list[Any] = []
    for values, place in entries:
        try:
            rows.append(records.add(session, noun, values, place=place))
        except EvidenceError as error:
            _forget(session)
            refuse(losses, error, place, strict=strict)
            rows.append(None)
    return rows


def _forget(session: Unit) -> None:
    """Let go of what could not be written; the laws speak before anything reaches the database."""
    for row in list(session.new):
        session.expunge(row)
