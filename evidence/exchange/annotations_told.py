"""Read a study without the words that its access conditions and rights keep from others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from evidence.errors import MethodError
from evidence.exchange.redact import redacted
from evidence.exchange.rights import Kept, counted, rights
from evidence.ledger.concealed import open_rounds
from evidence.ledger.rows import words

__all__ = ["Told", "told"]


@dataclass(frozen=True, slots=True)
class Told:
    """A study as others may read it.

    Attributes:
        connection, study: where to read it.
        quotes: the keys of quotes whose words are not for others.
        texts: the SHA-256 of texts that may leave; nothing if all may.
        withheld: of what words are left out because access conditions or rights forbid to pass them on.
    """

    connection: Connection
    study: Any
    quotes: frozenset[str]
    texts: frozenset[str] | None
    withheld: str


@contextmanager
def told(connection: Connection, study: Any, *, private: bool) -> Iterator[Told]:
    """Yield a study as others may read it: what repeats words that are not for them does not say them either.

    Args:
        connection: an open read.
        study: the study's id.
        private: everything, for one's own eyes.

    Raises:
        MethodError: words are to be left out while a blind round is open, which such a copy might tell.
    """
    if private:
        yield Told(connection, study, frozenset(), None, "")
        return
    found = rights(connection, study)
    closed = [one for one in found.kept if one.closed]
    texts = frozenset(sha256 for sha256, _ in found.texts)
    quotes = frozenset(one.key for one in closed if one.noun == "quote")
    if not closed:
        yield Told(connection, study, quotes, texts, "")
        return
    _require_open(connection, study, closed)
    revision = words("revision", "study_id number").c
    newest = connection.scalar(select(func.max(revision.number)).where(revision.study_id == study)) or 0
    with redacted(connection, study, newest, closed) as (copy, own, _):
        yield Told(copy, own, quotes, texts, counted(closed))


def _require_open(connection: Connection, study: Any, closed: list[Kept]) -> None:
    for key in open_rounds(connection, study):
        raise MethodError(
            f"The words of {counted(closed)} are not to be passed on, and while round {key} is open and blind they cannot be "
            f"left out; freeze it first ('evidence round freeze {key}'), or export with --private for yourself."
        )
