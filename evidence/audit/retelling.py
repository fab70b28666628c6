"""Keep a narrative: whatever it cites is there, or it is refused with the line, and nothing is written."""

from __future__ import annotations

from typing import Any

from evidence.audit.citable import cited_words, leads
from evidence.audit.misquoted import Misquoted, misquoted
from evidence.audit.narrated import Citation, blocks
from evidence.errors import EvidenceError, Place, nearest
from evidence.ledger import records
from evidence.ledger.among import driven
from evidence.ledger.revisions import Unit

__all__ = ["misquotations", "retell"]


def retell(session: Unit, case: Any, narrative: str) -> bool:
    """Give a case a narrative in place of the one it has.

    Args:
        session: the unit of work.
        case: the case's record.
        narrative: Markdown with citations.

    Returns:
        Whether it is another than before.

    Raises:
        EvidenceError: it holds what begins as a citation and is none, or cites what the study does not have; the
            error's place has the line.
    """
    cited = _cited(case.key, narrative)
    connection = session.connection()
    known = leads(connection, driven(connection, session.study_id), {one.key for one in cited})
    for one in cited:
        if one.key not in known:
            near = nearest(one.key, [*records.keys(session, "quote"), *records.keys(session, "source")])
            remedy = f"Did you mean {' or '.join(near)}?" if near else "Log the quote or the source first."
            raise EvidenceError(
                f"The narrative cites {one.key!r}, which is no quote or source of this study. {remedy}",
                Place(line=one.line),
            )
    return records.edit(session, "case", case, {"narrative": narrative})


def misquotations(session: Unit, case: Any) -> list[Misquoted]:
    """Return what a case's narrative misquotes; see ``misquoted``."""
    connection = session.connection()
    study = driven(connection, session.study_id)
    cited = _cited(case.key, case.narrative)
    lookup = cited_words(connection, study, leads(connection, study, {one.key for one in cited}))
    return misquoted(case.narrative, lookup, case=case.key)


def _cited(case: str, narrative: str) -> list[Citation]:
    return [one for block in blocks(narrative, case=case) for note in block.notes for one in note.cited]
