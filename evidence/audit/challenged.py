"""What readers challenge, and what they were answered, with the cases that each of it concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from evidence.keys import natural
from evidence.ledger.among import among
from evidence.ledger.rows import words

__all__ = ["Challenged", "challenges"]


@dataclass(frozen=True, slots=True)
class Challenged:
    """A reader's challenge.

    Attributes:
        key: the challenge's own.
        noun, subject: what is challenged: a quote, a decision ...; its key now.
        motivation: questioning or assessing.
        reason: the reader's.
        by, by_uri: the reader's name and address; empty if none was given.
        words, address: what the reader saw, and where.
        release: the release that was read; empty if it is not known.
        stated_at, received_at: when it was written, if the file says so, and when it was imported.
        verdict, answer, answered_by, answered_at: the answer; a coder's name. Nothing while it is open.
        cases: keys of the cases that it concerns.
    """

    key: str
    noun: str
    subject: str
    motivation: str
    reason: str
    by: str
    by_uri: str
    words: str
    address: str
    release: str
    stated_at: datetime | None
    received_at: datetime
    verdict: str
    answer: str
    answered_by: str
    answered_at: datetime | None
    cases: tuple[str, ...]


_challenge = words(
    "challenge",
    "id study_id key noun subject_id motivation reason by by_uri words address release_id stated_at received_at "
    "verdict answer answered_by_id answered_at retired_at",
)
_release = words("release", "id key")
_coder = words("coder", "id name")
_case = words("case", "id key")
_OF_CASES = ("decision", "test", "observation", "search")


def challenges(
    connection: Connection, study: Any, *, unanswered: bool = False, case: str | None = None
) -> list[Challenged]:
    """Return the challenges of a study, by key, in a number of statements that does not grow with them.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id.
        unanswered: only those that are open.
        case: the key of a case: only those that concern it.
    """
    c = _challenge.c
    wanted = (
        select(*c, _release.c.key.label("release"), _coder.c.name.label("answered_by"))
        .select_from(
            _challenge.outerjoin(_release, _release.c.id == c.release_id).outerjoin(
                _coder, _coder.c.id == c.answered_by_id
            )
        )
        .where(c.study_id == study, c.retired_at.is_(None))
    )
    if unanswered:
        wanted = wanted.where(c.verdict.is_(None))
    rows = connection.execute(wanted).all()
    subjects: dict[Any, tuple[str, tuple[str, ...]]] = {}
    for noun in sorted({row.noun for row in rows}):
        subjects |= _subjects(connection, study, noun, {row.subject_id for row in rows if row.noun == noun})
    found = [_challenged(row, *subjects.get(row.subject_id, ("", ()))) for row in rows]
    return sorted(
        (one for one in found if case is None or case in one.cases), key=lambda one: natural(one.key)
    )


def _challenged(row: Any, subject: str, cases: tuple[str, ...]) -> Challenged:
    return Challenged(
        key=row.key,
        noun=row.noun,
        subject=subject,
        motivation=row.motivation,
        reason=row.reason,
        by=row.by,
        by_uri=row.by_uri,
        words=row.words,
        address=row.address,
        release=row.release or "",
        stated_at=row.stated_at,
        received_at=row.received_at,
        verdict=row.verdict or "",
        answer=row.answer,
        answered_by=row.answered_by or "",
        answered_at=row.answered_at,
        cases=cases,
    )


def _subjects(
    connection: Connection, study: Any, noun: str, ids: Collection[Any]
) -> dict[Any, tuple[str, tuple[str, ...]]]:
    """Return the keys of what is challenged, and of the cases that it concerns, by id."""
    own = words(noun, f"id study_id key{' case_id' if noun in _OF_CASES else ''}")
    if noun in _OF_CASES:
        wanted = select(own.c.id, own.c.key, _case.c.key.label("case")).select_from(
            own.outerjoin(_case, _case.c.id == own.c.case_id)
        )
    elif noun == "case":
        wanted = select(own.c.id, own.c.key, own.c.key.label("case"))
    else:
        wanted = _quoted(noun, own)
    found: dict[Any, tuple[str, dict[str, None]]] = {}
    for row in connection.execute(wanted.where(own.c.study_id == study, among(connection, own.c.id, ids))):
        _, cases = found.setdefault(row.id, (row.key, {}))
        if row.case:
            cases[row.case] = None
    return {row_id: (key, tuple(sorted(cases, key=natural))) for row_id, (key, cases) in found.items()}


def _quoted(noun: str, own: Any) -> Any:
    """Return the statement for a quote or a source, which belong to the cases whose observations rest on them."""
    link = words("observation_quote", "observation_id quote_id retired_at")
    observation = words("observation", "id case_id retired_at")
    quote = own if noun == "quote" else words("quote", "id source_id retired_at")
    joined = (
        own
        if noun == "quote"
        else own.outerjoin(quote, (quote.c.source_id == own.c.id) & quote.c.retired_at.is_(None))
    )
    joined = joined.outerjoin(link, (link.c.quote_id == quote.c.id) & link.c.retired_at.is_(None))
    joined = joined.outerjoin(
        observation, (observation.c.id == link.c.observation_id) & observation.c.retired_at.is_(None)
    ).outerjoin(_case, _case.c.id == observation.c.case_id)
    return select(own.c.id, own.c.key, _case.c.key.label("case")).select_from(joined)
