"""Edits that were begun from an older state of the ledger: refused where somebody changed the same fields since."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from evidence.errors import LedgerError
from evidence.ledger import canonical, history
from evidence.ledger.nouns import NOUNS
from evidence.models import Base, Change, Revision

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["both", "require_unchanged"]

_BLOCK = 500
#: Conflicts that are told; more are counted.
_TOLD = 10
#: Of a long text so many characters are told.
_LONGEST = 200


def require_unchanged(session: Unit, since: str) -> None:
    """Refuse a unit that changes what others changed after the revision from which it was begun.

    Args:
        session: the unit, after its work.
        since: the revision: its number, or the beginning of its digest.

    Raises:
        LedgerError: the same field of the same row was changed since; the sentence has both versions.
    """
    session.flush()
    number = history.number_of(session.connection(), session.study_id, since)
    mine = {
        row: (table, before, after) for table, row, before, after in session.changes if before is not None
    }
    found: list[str] = []
    rows = sorted(mine)
    for start in range(0, len(rows), _BLOCK):
        wanted = (
            select(Change.row_id, Change.before, Change.after, Revision.number, Revision.author)
            .join(Revision, Revision.id == Change.revision_id)
            .where(
                Change.study_id == session.study_id,
                Change.row_id.in_([uuid.UUID(row) for row in rows[start : start + _BLOCK]]),
                Change.before.is_not(None),
                Revision.number > number,
            )
            .order_by(Revision.number, Change.position)
        )
        theirs: dict[tuple[str, str], tuple[int, str]] = {}
        for change in session.execute(wanted):
            for name in canonical.from_json(change.after):
                theirs[(str(change.row_id), name)] = (change.number, change.author)
        for (row, name), (at, who) in theirs.items():
            table, before, after = mine[row]
            written = canonical.from_json(after)
            if name in written:
                now = canonical.from_json(str(before))[name]
                found.append(
                    f"{name.replace('_', ' ')} of {_called(session, table, row)} is {_short(now)} since revision {at} "
                    f"({who}), and you would make it {_short(written[name])}"
                )
    if found:
        more = f"; and {len(found) - _TOLD} fields more" if len(found) > _TOLD else ""
        raise LedgerError(
            f"Others changed the same since revision {number}: {'; '.join(found[:_TOLD])}{more}. Nothing was written."
        )


def both(name: str, theirs: str, yours: str) -> str:
    """Return two versions of a text, one below the other, as people compare them."""
    return f"--- {name}, as the ledger has it now ---\n{theirs}\n--- {name}, as you wrote it ---\n{yours}"


def _called(session: Unit, table: str, row: str) -> str:
    noun = Base.metadata.tables[table]
    if table in NOUNS and "key" in noun.c:
        key = session.execute(select(noun.c.key).where(noun.c.id == uuid.UUID(row))).scalar()
        return f"{table} {key}"
    return f"a {table.replace('_', ' ')}"


def _short(value: Any) -> str:
    words = value if isinstance(value, str) else canonical.as_json(value)
    return repr(words if len(words) <= _LONGEST else f"{words[:_LONGEST]}...")
