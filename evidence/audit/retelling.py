"""Keep a narrative: whatever it cites is there, or it is refused with the line, and nothing is written."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from evidence.audit.narrated import blocks
from evidence.errors import EvidenceError, Place, nearest
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Quote, Redirect, Source

__all__ = ["retell"]


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
    cited = [one for block in blocks(narrative, case=case.key) for note in block.notes for one in note.cited]
    known = _known(session, {one.key for one in cited})
    for one in cited:
        if one.key not in known:
            near = nearest(one.key, [*records.keys(session, "quote"), *records.keys(session, "source")])
            remedy = f"Did you mean {' or '.join(near)}?" if near else "Log the quote or the source first."
            raise EvidenceError(
                f"The narrative cites {one.key!r}, which is no quote or source of this study. {remedy}",
                Place(line=one.line),
            )
    return records.edit(session, "case", case, {"narrative": narrative})


def _known(session: Unit, keys: Collection[str]) -> set[str]:
    """Return those keys that a quote or a source has, or had before it was renamed."""
    found: set[str] = set()
    for model in (Quote, Source):
        standing = (model.study_id == session.study_id, model.retired_at.is_(None))
        found.update(session.scalars(select(model.key).where(*standing, model.key.in_(keys))))
        moved = select(Redirect.key).join(model, model.id == Redirect.row_id)
        noun = Redirect.noun == model.__tablename__
        found.update(session.scalars(moved.where(*standing, noun, Redirect.key.in_(keys))))
    return found
