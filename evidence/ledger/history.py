"""The ledger's memory: its revisions, and its state after any of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    func,
    insert,
    select,
)
from sqlalchemy.pool import StaticPool

from evidence.errors import LedgerError
from evidence.ledger import canonical, stored
from evidence.ledger.among import driven
from evidence.ledger.blindfold import VEILED
from evidence.ledger.concealed import concealed
from evidence.ledger.named import PAST, State, carry_out, name_of, names_of
from evidence.ledger.roles import blind
from evidence.models import Base, Change, Revision, Text

__all__ = [
    "Difference",
    "Entry",
    "as_of",
    "changed_by",
    "count",
    "differences",
    "entries",
    "number_of",
    "parents_of",
    "state",
    "to_tell",
]

#: A digest is known by no fewer of its digits.
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision, as a list of revisions shows it."""

    number: int
    digest: str
    parents: tuple[str, ...]
    author: str
    made_at: datetime
    message: str
    tool_version: str
    changes: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two states do not share."""

    noun: str
    key: str
    field: str
    before: Any
    after: Any


def entries(connection: Connection, study: Any) -> list[Entry]:
    """Return a study's revisions, the oldest first.

    Raises:
        LedgerError: there is one that cannot be read.
    """
    try:
        return _entries(connection, study)
    except stored.UNREADABLE as error:
        raise LedgerError(
            f"The history holds what no program wrote ({error}); run evidence history verify."
        ) from error


def _entries(connection: Connection, study: Any) -> list[Entry]:
    changes: dict[uuid.UUID, int] = {}
    for (revision_id,) in connection.execute(select(Change.revision_id).where(Change.study_id == _id(study))):
        changes[revision_id] = changes.get(revision_id, 0) + 1
    return [
        Entry(
            r.number,
            r.digest,
            tuple(r.parents),
            r.author,
            r.made_at,
            r.message,
            r.tool_version,
            changes.get(r.id, 0),
        )
        for r in _revisions(connection, study)
    ]


def count(connection: Connection, study: Any) -> int:
    """Return how many revisions a study has, whether or not they can be read."""
    if not stored.is_id(str(study)):
        return 0
    return int(
        connection.execute(
            select(func.count()).select_from(Revision).where(Revision.study_id == _id(study))
        ).scalar_one()
    )


def number_of(connection: Connection, study: Any, name: str) -> int:
    """Return the number of the revision that ``name`` means: a number, or the beginning of a digest.

    Raises:
        LedgerError: there is none, or several digests begin so.
    """
    known = [(r.number, r.digest) for r in _revisions(connection, study)]
    if name.isdecimal() and int(name) in {number for number, _ in known}:
        return int(name)
    hits = (
        [number for number, digest in known if digest.startswith(name.casefold())]
        if len(name) >= _SHORTEST
        else []
    )
    if len(hits) == 1:
        return int(hits[0])
    last = known[-1][0] if known else 0
    problem = "Several revisions begin with" if hits else "There is no revision"
    raise LedgerError(f"{problem} {name!r}; give a number from 1 to {last}, or more of the digest.")


def state(connection: Connection, study: Any, number: int | None = None) -> State:
    """Return every row as it was after a revision (or as the history has it now), by replaying changes.

    After a revision that came from another copy of the ledger, rows are as that copy had them then.
    """
    rows: State = {}
    gone: set[str] = set()
    for change in _changes(connection, study, number):
        after = canonical.from_json(change.after)
        carry_out(rows, gone, change.table_name, str(change.row_id), after)
    return rows


def to_tell(connection: Connection, study: Any, number: int) -> State:
    """Return every row as it was after a revision, but for codes that nobody is to know yet."""
    hidden = _hidden(connection, study)
    return {
        table: {one: row for one, row in found.items() if one not in hidden}
        for table, found in state(connection, study, number).items()
    }


def _hidden(connection: Connection, study: Any) -> set[str]:
    return {str(uuid.UUID(str(one))) for one in concealed(connection, driven(connection, study))}


def parents_of(connection: Connection, study: Any, number: int) -> list[int]:
    """Return the numbers of the revisions that a revision follows: none, one, or two of a merge, ours first."""
    known = {r.digest: r for r in _revisions(connection, study)}
    one = next(r for r in known.values() if r.number == number)
    return [known[digest].number for digest in one.parents if digest in known]


def _leading_to(connection: Connection, study: Any, number: int) -> list[Any]:
    """Return a revision and all that it follows from; what another copy of the ledger did beside them is not among it."""
    before = [r for r in _revisions(connection, study) if r.number <= number]
    wanted = {before[-1].digest} if before else set()
    kept = []
    for revision in reversed(before):
        if revision.digest in wanted:
            wanted.update(revision.parents)
            kept.append(revision)
    return kept[::-1]


@contextmanager
def as_of(connection: Connection, study: Any, number: int) -> Iterator[Connection]:
    """Yield a connection to the ledger as it was after a revision: a copy in memory, read like the original."""
    engine = _memory()
    try:
        Base.metadata.create_all(engine)
        with engine.begin() as copy:
            _fill(copy, _with_words(connection, study, state(connection, study, number)))
            kept = _leading_to(connection, study, number)
            copy.execute(insert(Revision), [r._asdict() for r in kept])
            changes = _changes(connection, study, number)
            for start in range(0, len(changes), 5000):
                copy.execute(insert(Change), [c._asdict() for c in changes[start : start + 5000]])
        with engine.connect() as copy:
            copy.info[PAST] = True
            if blind(connection):
                copy.info[VEILED] = True
            yield copy
    finally:
        engine.dispose()


def _memory() -> Engine:
    return create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})


def _with_words(connection: Connection, study: Any, rows: State) -> State:
    """Return a state whose texts have their words, which changes only name by their hash."""
    held = select(Text.id, Text.content).where(Text.study_id == _id(study), Text.content.is_not(None))
    known = {str(row.id): row.content for row in connection.execute(held)} if rows.get("text") else {}
    for row_id, row in rows.get("text", {}).items():
        noted, words = row.get("content"), known.get(row_id)
        if noted is not None and noted == canonical.renoted("content", noted):  # by its hash
            row["content"] = words if words is not None and noted == canonical.by_hash(words) else None
    return rows


def _fill(copy: Connection, rows: State) -> None:
    for table in Base.metadata.sorted_tables:
        found = rows.get(table.name)
        if found:
            copy.execute(
                insert(table), [canonical.row_of(table, row, row.values()) for row in found.values()]
            )


def changed_by(connection: Connection, study: Any, number: int) -> Iterator[dict[str, Any]]:
    """Yield what one revision did: the record's name, its table, and its changed fields before and after.

    Of codes given in a blind round, nothing is told before that is frozen.
    """
    names, hidden = names_of(state(connection, study, number)), _hidden(connection, study)
    revision = next(r for r in _revisions(connection, study) if r.number == number)
    for change in _changes(connection, study, number):
        if change.revision_id == revision.id and str(change.row_id) not in hidden:
            yield {
                "name": names.get(str(change.row_id))
                or name_of(change.table_name, canonical.from_json(change.before or change.after)),
                "before": _told(canonical.from_json(change.before), names) if change.before else None,
                "after": _told(canonical.from_json(change.after), names),
            }


def _told(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return a row's fields with links by name, its own id and its study's left out."""
    return {
        field.removesuffix("_id"): names.get(str(value), value) if field.endswith("_id") else value
        for field, value in row.items()
        if field not in ("id", "study_id")
    }


def differences(connection: Connection, study: Any, one: int, other: int) -> Iterator[Difference]:
    """Yield what differs between the states after two revisions, in the study's words."""
    before, after = to_tell(connection, study, one), to_tell(connection, study, other)
    names = {**names_of(before), **names_of(after)}
    for table in Base.metadata.sorted_tables:
        ids = [
            *before.get(table.name, {}),
            *(i for i in after.get(table.name, {}) if i not in before.get(table.name, {})),
        ]
        for row_id in ids:
            old, new = before.get(table.name, {}).get(row_id, {}), after.get(table.name, {}).get(row_id, {})
            for field in [*old, *(f for f in new if f not in old)]:
                if old.get(field) != new.get(field) and field not in ("id", "study_id"):
                    was, is_now = (names.get(str(s.get(field)), s.get(field)) for s in (old, new))
                    yield Difference(table.name, names[row_id], field.removesuffix("_id"), was, is_now)


def _id(study: Any) -> uuid.UUID:
    if isinstance(study, uuid.UUID):
        return study
    if not stored.is_id(str(study)):
        raise LedgerError(
            f"The study's id is {study!r}, which no program wrote; run evidence history verify."
        )
    return uuid.UUID(str(study))


def _revisions(connection: Connection, study: Any) -> list[Any]:
    return list(
        connection.execute(
            select(Revision.__table__).where(Revision.study_id == _id(study)).order_by(Revision.number)
        )
    )


def _changes(connection: Connection, study: Any, number: int | None = None) -> list[Any]:
    """Return changes in the order in which they were made."""
    wanted = (
        select(Change.__table__)
        .join(Revision, Revision.id == Change.revision_id)
        .where(Change.study_id == _id(study))
        .order_by(Revision.number, Change.position)
    )
    if number is None:
        return list(connection.execute(wanted))
    ids = {revision.id for revision in _leading_to(connection, study, number)}
    found = connection.execute(wanted.where(Revision.number <= number))
    return [change for change in found if change.revision_id in ids]
