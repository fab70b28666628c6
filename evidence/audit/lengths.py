"""How long the narratives of a study are, and how much of them is quoted or has no note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, literal, select

from evidence.audit.citable import leads
from evidence.audit.narrated import is_draft
from evidence.audit.noted import Length, length
from evidence.audit.subject import subject
from evidence.keys import natural
from evidence.ledger.rows import words

__all__ = ["Counted", "lengths"]


@dataclass(frozen=True, slots=True)
class Counted:
    """A case's narrative, counted; ``quotes`` are the quotes that it cites, each once."""

    case: str
    title: str
    draft: bool
    length: Length
    quotes: int


def lengths(connection: Connection, study: Any, case: str | None = None) -> tuple[Counted, ...]:
    """Return how long narratives are, by case as people count; cases without one are left out.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id.
        case: a case's key, or its number in a data set; all if not given.

    Raises:
        UnknownKey: there is no such case.
        EvidenceError: a narrative holds what begins as a citation and is none.
    """
    table = words("case", "id study_id key title narrative retired_at").c
    wanted = select(table.key, table.title, table.narrative).where(
        table.study_id == study, table.retired_at.is_(None), table.narrative != literal("")
    )
    if case is not None:
        wanted = wanted.where(table.id == subject(connection, study, case).id)
    rows = [row for row in connection.execute(wanted) if row.narrative.strip()]
    told = {row.key: length(row.narrative, case=row.key) for row in rows}
    known = leads(connection, study, {key for one in told.values() for key in one.cited})
    quotes = {key: i for key, (noun, i) in known.items() if noun == "quote"}
    return tuple(
        Counted(
            row.key,
            row.title,
            is_draft(row.narrative),
            told[row.key],
            len({quotes[key] for key in told[row.key].cited if key in quotes}),
        )
        for row in sorted(rows, key=lambda row: natural(row.key))
    )
