"""Write to a ledger: one unit of work is one revision, recorded in the same transaction.

The session of a unit notices every row that is added or changed. When the unit ends, the laws are asked,
and the revision and its changes are written beside the rows themselves; then all of it is kept, or none.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from random import uniform
from typing import Any, TypeVar

from sqlalchemy import Table, event, insert, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, UOWTransaction

from evidence import __version__
from evidence.errors import LedgerError
from evidence.ledger import canonical, laws
from evidence.ledger.store import conflicted, connecting, find_study, require_current
from evidence.models import Base, Change, Revision, Study
from evidence.models.base import uuid7

__all__ = ["Unit", "attempt", "digest_of", "founding", "writing"]

_ATTEMPTS = 8
T = TypeVar("T")


class Unit(Session):
    """The session of one unit of work in one study."""

    study_id: uuid.UUID
    author: str
    message: str
    now: datetime
    changes: list[dict[str, Any]]
    touched: dict[uuid.UUID, Base]

    def open(self, study_id: uuid.UUID, author: str, message: str) -> None:
        """Begin the unit's own record."""
        self.study_id, self.author, self.message = study_id, author, message
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.changes, self.touched = [], {}

    def note(self, table: str, row_id: uuid.UUID, before: str | None, after: str) -> None:
        """Record that a row was written."""
        self.changes.append({"table_name": table, "row_id": row_id, "before": before, "after": after})


@event.listens_for(Unit, "before_flush")
def _belong(session: Unit, context: UOWTransaction, instances: object) -> None:  # noqa: ARG001
    for row in session.new:
        if hasattr(row, "study_id") and row.study_id is None:
            row.study_id = session.study_id
        laws.derive(session, row)
    for row in session.dirty:
        laws.derive(session, row)
    if session.deleted:
        raise AssertionError("rows are retired, not deleted")


@event.listens_for(Unit, "after_flush")
def _notice(session: Unit, context: UOWTransaction) -> None:  # noqa: ARG001
    for row in session.new:
        state = inspect(row)
        values = {column.key: state.attrs[column.key].value for column in state.mapper.column_attrs}
        session.note(row.__tablename__, row.id, None, canonical.as_json(values))
        session.touched[row.id] = row
    for row in session.dirty:
        before, after = {}, {}
        for column in inspect(row).mapper.column_attrs:
            history = inspect(row).attrs[column.key].history
            old = history.deleted[0] if history.deleted else None
            if history.has_changes() and old != history.added[0]:
                before[column.key], after[column.key] = old, history.added[0]
        if after:
            session.note(row.__tablename__, row.id, canonical.as_json(before), canonical.as_json(after))
            session.touched[row.id] = row


@contextmanager
def writing(
    url: str, study: str | None, *, author: str, message: str, bulk: bool = False
) -> Iterator[Unit]:
    """Yield the session of one unit of work; at its end all of it is kept as one revision, or none.

    Args:
        url: where the ledger is.
        study: the study's key, or nothing for the only one.
        author: who writes.
        message: why, or the command as it was typed.
        bulk: a large import, for which SQLite need not wait for the disk at every step.
    """
    with connecting(url, writing=True, bulk=bulk) as engine, Unit(engine, autoflush=False) as session:
        connection = session.connection()
        require_current(connection)
        study_id = uuid.UUID(str(find_study(connection, study)))
        # A server lets several write at once: the study's row makes them take turns (SQLite ignores it).
        session.scalars(select(Study.id).where(Study.id == study_id).with_for_update()).one()
        session.open(study_id, author, message)
        yield session
        seal(session)
        session.commit()


@contextmanager
def founding(url: str, study: Study, *, author: str, message: str) -> Iterator[Unit]:
    """Yield the session of the unit that begins a study."""
    with connecting(url, writing=True) as engine, Unit(engine, autoflush=False) as session:
        require_current(session.connection())
        study.id = study.id or uuid7()
        session.open(study.id, author, message)
        session.add(study)
        session.flush()
        yield session
        seal(session)
        session.commit()


def attempt(work: Callable[[], T]) -> T:
    """Do ``work``, a whole transaction, again while the database answers that it must be retried."""
    for tried in range(_ATTEMPTS):
        try:
            return work()
        except DBAPIError as error:
            if not conflicted(error):
                raise
            time.sleep(uniform(0.01, 0.05) * 2**tried)  # noqa: S311 - to step aside, not to keep a secret
    raise LedgerError("Others kept writing to the same study; nothing was written, try again.")


def seal(session: Unit) -> None:
    """Ask the laws, then write the revision and its changes; a unit that changed nothing leaves none."""
    session.flush()
    for row in list(session.touched.values()):
        laws.check(session, row)
    session.flush()
    if not session.changes:
        return
    parents = heads(session)
    number = session.execute(
        select(Revision.number).where(Revision.study_id == session.study_id).order_by(Revision.number.desc()).limit(1)
    ).scalar()
    revision = {
        "id": uuid7(),
        "study_id": session.study_id,
        "number": (number or 0) + 1,
        "author": session.author,
        "made_at": session.now,
        "message": session.message,
        "tool_version": __version__,
        "parents": parents,
    }
    revision["digest"] = digest_of(revision, ((c["table_name"], c["row_id"], c["before"], c["after"]) for c in session.changes))
    session.execute(insert(Revision), [revision])
    fixed = {"study_id": session.study_id, "revision_id": revision["id"]}
    rows = [{**c, **fixed, "id": uuid7(), "position": i} for i, c in enumerate(session.changes)]
    table: Table = Change.__table__  # type: ignore[assignment]
    for start in range(0, len(rows), 5000):
        session.connection().execute(insert(table), rows[start : start + 5000])


def heads(session: Session) -> list[str]:
    """Return the digests of the study's newest revisions: none, one, or two before a merge."""
    found = session.execute(
        select(Revision.digest, Revision.parents)
        .where(Revision.study_id == session.study_id)  # type: ignore[attr-defined]
        .order_by(Revision.number.desc())
        .limit(1)
    ).first()
    return [found.digest] if found else []


def digest_of(
    revision: Mapping[str, Any], changes: Iterable[tuple[str, uuid.UUID, str | None, str]]
) -> str:
    """Return a revision's digest: SHA-256 over its parents, who, when, why, and every change in order.

    A change is a line of table, row, before and after, parted by tabs: canonical JSON holds neither
    tabs nor line ends, so no two histories have the same lines.
    """
    head = {
        name: revision[name] for name in ("study_id", "author", "made_at", "message", "tool_version", "parents")
    }
    total = hashlib.sha256(canonical.as_json(head).encode())
    for table, row_id, before, after in changes:
        total.update(f"\n{table}\t{row_id}\t{before or ''}\t{after}".encode())
    return total.hexdigest()
