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

from sqlalchemy import event, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, UOWTransaction, configure_mappers

from evidence import __version__
from evidence.errors import LedgerError
from evidence.ledger import canonical, laws, passages, veiled
from evidence.ledger.bulk import insert_block
from evidence.ledger.store import Lost, conflicted, connecting, find_study, require_current
from evidence.models import Base, Change, Revision, Study
from evidence.models.base import uuid7

__all__ = ["DryRun", "Unit", "attempt", "digest_of", "founding", "id_of_change", "writing"]

#: How often a server that went away is looked for, and how many seconds a unit waits for the others (as SQLite does).
_ATTEMPTS, _PATIENCE = 9, 120.0
T = TypeVar("T")


class DryRun(Exception):
    """Raised in a unit of work whose result was only to be seen."""


class Unit(Session):
    """The session of one unit of work in one study."""

    study_id: uuid.UUID
    author: str
    #: The key of the coder who is at work, or else the author: codes that a blind round hides from them are not found.
    reader: str = ""
    #: The command without what it says of a code; nothing where somebody wrote a message of their own.
    brief: str = ""
    #: Why; where that could tell a code given blind, the revision says something else (``veiled``).
    message: str
    now: datetime
    #: Changes that are not yet written: table, row, before, after.
    changes: list[tuple[str, str, str | None, str]]
    touched: dict[uuid.UUID, Base]
    #: The rows among them that are new.
    fresh: set[uuid.UUID]
    #: Tables that rows were added to, and tables with rows that were edited.
    added_to: set[str]
    edited_in: set[str]
    #: The revision, once it has begun; how many of its changes are written, and their digest so far.
    revision_id: uuid.UUID | None
    position: int
    #: Revisions taken over from another copy of the ledger, and the digest of the newest before them, if they part there.
    taken: list[uuid.UUID]
    parted_at: str
    digest: hashlib._Hash

    def open(self, study_id: uuid.UUID, author: str, message: str) -> None:
        """Begin the unit's own record."""
        self.study_id, self.author, self.message = study_id, author, message
        now = datetime.now(UTC)
        self.now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self.changes, self.touched, self.fresh = [], {}, set()
        self.added_to, self.edited_in = set(), set()
        self.revision_id, self.position = None, 0
        self.taken, self.parted_at = [], ""

    def note(self, table: str, row_id: uuid.UUID, before: str | None, after: str) -> None:
        """Record that a row was written."""
        self.changes.append((table, str(row_id), before, after))

    def keep(self) -> None:
        """Write the changes noted so far; the revision begins with the first of them, a merge even without any."""
        if not self.changes and (not self.parted_at or self.revision_id is not None):
            return
        if self.revision_id is None:
            _begin(self)
        self.digest.update("".join(map(_line, self.changes)).encode())
        rows = _rows(self)
        insert_block(self.connection(), Change.__table__, rows)  # type: ignore[arg-type]
        self.position += len(self.changes)
        self.added_to.update(name for name, _, before, _ in self.changes if before is None)
        self.edited_in.update(name for name, _, before, _ in self.changes if before is not None)
        self.changes.clear()


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
        session.fresh.add(row.id)
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
def writing(url: str, study: str | None, *, author: str, message: str, bulk: bool = False) -> Iterator[Unit]:
    """Yield the session of one unit of work; at its end all of it is kept as one revision, or none.

    Units of one study are one after the other: SQLite has one writer, and on a server each takes the study's row before
    it reads anything, so that all it reads is what those before it left (READ COMMITTED takes a new look with every
    statement). That is what SERIALIZABLE promises, without its having to be tried again: of eight writers at once,
    three in four were. A server that is set to SERIALIZABLE is served by ``attempt``.

    Args:
        url: where the ledger is.
        study: the study's key, or nothing for the only one.
        author: who writes.
        message: why, or the command as it was typed.
        bulk: a large import, for which SQLite need not wait for the disk at every step.
    """
    configure_mappers()  # a tenth of a second that nobody else need wait for: the lock is taken next
    with connecting(url, writing=True, bulk=bulk) as engine, Unit(engine, autoflush=False) as session:
        connection = session.connection()
        require_current(connection)
        study_id = uuid.UUID(str(find_study(connection, study)))
        # A server lets several write at once: the study's row makes them take turns (SQLite ignores it).
        session.scalars(select(Study.id).where(Study.id == study_id).with_for_update()).one()
        session.open(study_id, author, message)
        try:
            yield session
        except DryRun:
            seal(session)  # so that the laws are asked
            raise
        seal(session)
        passages.follow(session)
        _keep(session)


def _keep(session: Unit) -> None:
    """Commit; where the answer is lost, say that nobody knows, since trying again might write twice."""
    try:
        session.commit()
    except DBAPIError as error:
        if conflicted(error) or not error.connection_invalidated:
            raise
        raise LedgerError(
            "The server went away while it was keeping this, so whether it did is unknown; look with 'evidence history show' "
            "before you do it again."
        ) from error


@contextmanager
def founding(url: str, study: Study, *, author: str, message: str) -> Iterator[Unit]:
    """Yield the session of the unit that begins a study."""
    with connecting(url, writing=True) as engine, Unit(engine, autoflush=False) as session:
        require_current(session.connection())
        study.id = uuid7()
        session.open(study.id, author, message)
        session.add(study)
        session.flush()
        yield session
        seal(session)
        passages.follow(session)
        _keep(session)


def attempt(work: Callable[[], T]) -> T:
    """Do ``work``, a whole transaction, again while the database answers that it must be retried, or goes away.

    What it answers at COMMIT counts too (SQLSTATE 40001, 40P01). A server that goes away before that has kept nothing;
    one that goes away during it is not asked again (``_keep``).
    """
    tried, given_up = 0, time.monotonic() + _PATIENCE
    while True:
        try:
            return work()
        except (DBAPIError, Lost) as error:
            if isinstance(error, DBAPIError) and not conflicted(error):
                raise
            if isinstance(error, Lost) and tried >= _ATTEMPTS - 1:
                raise
            if time.monotonic() > given_up:
                raise LedgerError(
                    "Others kept writing to the same study; nothing was written, try again."
                ) from error
        # To step aside, longer and longer at first; whoever has waited long must not have fewer chances than a newcomer.
        time.sleep(uniform(0.01, 0.05) * 2 ** min(tried, 5))  # noqa: S311 - not to keep a secret
        tried += 1


def seal(session: Unit) -> None:
    """Ask the laws, then write the revision and its changes; a unit that changed nothing leaves none."""
    session.flush()
    for row in list(session.touched.values()):
        laws.check(session, row)
        laws.settle(session, row)
    session.flush()
    if session.revision_id is None:
        session.message = veiled.message_of(session)
    session.keep()
    if session.revision_id is not None:
        session.execute(
            update(Revision)
            .where(Revision.id == session.revision_id)
            .values(digest=session.digest.hexdigest())
        )


def _begin(session: Unit) -> None:
    """Write the revision itself; its digest is known when all of its changes are."""
    number = session.execute(
        select(Revision.number)
        .where(Revision.study_id == session.study_id)
        .order_by(Revision.number.desc())
        .limit(1)
    ).scalar()
    revision: dict[str, Any] = {
        "id": uuid7(),
        "study_id": session.study_id,
        "number": (number or 0) + 1,
        "author": session.author,
        "made_at": session.now,
        "message": session.message,
        "tool_version": __version__,
        "parents": heads(session),
    }
    session.execute(insert(Revision), [{**revision, "digest": ""}])
    session.revision_id, session.digest = revision["id"], hashlib.sha256(_head(revision))


def _rows(session: Unit) -> Iterator[tuple[Any, ...]]:
    """Yield the noted changes as the table has them; both databases take a UUID as 32 digits."""
    revision = session.revision_id
    if revision is None:
        return
    study = session.study_id.hex
    for position, (table, row_id, before, after) in enumerate(session.changes, start=session.position):
        own = id_of_change(revision, position)
        yield own, study, revision.hex, position, table, row_id.replace("-", ""), before, after


def id_of_change(revision: uuid.UUID, position: int) -> str:
    """Return the id of a revision's change, as 32 digits: the revision's own, counted on.

    So nobody can alter it unseen, though no digest covers it. (The first ledgers have ids made by chance.)
    """
    return f"{(revision.int + 1 + position) % 2**128:032x}"


def heads(session: Unit) -> list[str]:
    """Return the digests of the study's newest revisions: none, one, or two in a merge, ours first.

    A ledger has two heads only within a merge: revisions that were taken over come last, and what joins them to
    those before is the next.
    """
    newest = session.execute(
        select(Revision.digest)
        .where(Revision.study_id == session.study_id)
        .order_by(Revision.number.desc())
        .limit(1)
    ).scalar()
    return [digest for digest in (session.parted_at, newest) if digest]


def digest_of(revision: Mapping[str, Any], changes: Iterable[tuple[str, uuid.UUID, str | None, str]]) -> str:
    """Return a revision's digest: SHA-256 over its parents, who, when, why, and every change in order.

    A change is a line of table, row, before (a dash for a new row) and after, parted by tabs: canonical
    JSON holds neither tabs nor line ends, so no two histories have the same lines.
    """
    total = hashlib.sha256(_head(revision))
    for change in changes:
        total.update(_line(change).encode())
    return total.hexdigest()


def _head(revision: Mapping[str, Any]) -> bytes:
    names = ("study_id", "author", "made_at", "message", "tool_version", "parents")
    return canonical.as_json({name: revision[name] for name in names}).encode()


def _line(change: tuple[str, Any, str | None, str]) -> str:
    table, row_id, before, after = change
    return f"\n{table}\t{row_id}\t{'-' if before is None else before}\t{after}"
