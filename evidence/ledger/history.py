"""The ledger's memory: its revisions, its state after any of them, and whether anybody went behind its back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Engine,
    String,
    Table,
    Uuid,
    create_engine,
    func,
    insert,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.pool import StaticPool

from evidence.errors import Finding, LedgerError
from evidence.ledger import canonical
from evidence.ledger.named import State, name_of, names_of
from evidence.ledger.revisions import digest_of
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
    "state",
    "verify",
]

_OWN = {"revision", "change"}
#: What readers raise at values that SQLite lets anybody write: no JSON, no moment, no word of a list.
_UNREADABLE = (ValueError, TypeError, LookupError, msgspec.MsgspecError)
#: A digest is known by no fewer of its digits.
_SHORTEST = 4
#: SQLite keeps an id as so many hexadecimal digits, in small letters.
_DIGITS = 32


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
    except _UNREADABLE as error:
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
    """Return every row as it was after a revision (or as the history has it now), by replaying changes."""
    rows: State = {}
    for change in _changes(connection, study, number):
        table = rows.setdefault(change.table_name, {})
        table.setdefault(str(change.row_id), {}).update(canonical.from_json(change.after))
    return rows


@contextmanager
def as_of(connection: Connection, study: Any, number: int) -> Iterator[Connection]:
    """Yield a connection to the ledger as it was after a revision: a copy in memory, read like the original."""
    engine = _memory()
    try:
        Base.metadata.create_all(engine)
        with engine.begin() as copy:
            _fill(copy, _with_words(connection, study, state(connection, study, number)))
            kept = [r for r in _revisions(connection, study) if r.number <= number]
            copy.execute(insert(Revision), [r._asdict() for r in kept])
            ids = {r.id for r in kept}
            changes = [c for c in _changes(connection, study, number) if c.revision_id in ids]
            for start in range(0, len(changes), 5000):
                copy.execute(insert(Change), [c._asdict() for c in changes[start : start + 5000]])
        with engine.connect() as copy:
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
    """Yield what one revision did: the record's name, its table, and its changed fields before and after."""
    names = names_of(state(connection, study, number))
    revision = next(r for r in _revisions(connection, study) if r.number == number)
    for change in _changes(connection, study, number):
        if change.revision_id == revision.id:
            yield {
                "name": names[str(change.row_id)],
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


def verify(connection: Connection, study: Any) -> Iterator[Finding]:
    """Yield what does not fit: a revision whose digest is wrong, a row that no revision left as it is.

    The chain shows any change that was made in the past; whoever rewrites the newest revision and its digest
    together is found only against a digest noted elsewhere, so note the head's.
    """
    try:
        yield from _verify_chain(connection, study)
        kept = state(connection, study)
    except _UNREADABLE as error:
        yield Finding(
            "EV905", "history", f"holds what no program wrote, and cannot be read any further: {error}"
        )
        return
    names = names_of(kept)
    for table in Base.metadata.sorted_tables:
        if table.name not in _OWN:
            yield from _verify_rows(connection, study, table, kept.get(table.name, {}), names)
        if connection.dialect.name == "sqlite":  # where an id is text, and anybody may write it otherwise
            yield from _verify_ids(connection, study, table, names)


def _verify_rows(
    connection: Connection,
    study: Any,
    table: Table,
    recorded: dict[str, dict[str, Any]],
    names: dict[str, str],
) -> Iterator[Finding]:
    owner = table.c.id if table.name == "study" else table.c.study_id
    wanted = select(table).where(owner == _id(study))
    try:
        rows = connection.execute(wanted).all()
    except _UNREADABLE:
        rows = []
        for row_id in list(recorded):
            try:
                rows += connection.execute(wanted.where(table.c.id == uuid.UUID(row_id))).all()
            except _UNREADABLE as error:
                recorded.pop(row_id)
                yield Finding("EV902", names[row_id], f"holds what cannot be read: {error}")
    for row in rows:
        expected = recorded.pop(str(row.id), None)
        actual = {name: canonical.noted(name, value) for name, value in row._asdict().items()}
        name = names.get(str(row.id)) or name_of(table.name, actual)
        if expected is None:
            yield Finding("EV901", name, "is in the ledger, but no revision put it there")
            continue
        for field, value in actual.items():
            left = canonical.renoted(field, expected.get(field))
            # Bytes are compared, since to Python 1, 1.0 and true are the same.
            if canonical.as_bytes(left) != canonical.as_bytes(value):
                yield Finding(
                    "EV902", name, f"{field} is {_short(value)}, but its last revision left {_short(left)}"
                )
    for gone in recorded:
        yield Finding("EV903", names[gone], "was put in the ledger by a revision, and is gone")


def _verify_ids(connection: Connection, study: Any, table: Table, names: dict[str, str]) -> Iterator[Finding]:
    """Yield the ids that read as they should and that no link finds, since they are spelled otherwise."""
    owner = table.c.id if table.name == "study" else table.c.study_id
    stored = {c.name: type_coerce(c, String) for c in table.columns if isinstance(c.type, Uuid)}
    # What is nothing is neither.
    odd = [(func.length(raw) != _DIGITS) | raw.op("GLOB")("*[^0-9a-f]*") for raw in stored.values()]
    ids = [raw.label(name) for name, raw in stored.items()]
    for row in connection.execute(select(*ids).where(owner == _id(study), or_(*odd))):
        name = names.get(_spelled(row.id), f"{table.name.replace('_', ' ')} {row.id}")
        for field, value in row._asdict().items():
            if value is not None and _spelled(value).replace("-", "") != value:
                yield Finding(
                    "EV902",
                    name,
                    f"{field} is spelled {value!r}, not as 32 digits in small letters; no link finds it",
                )


def _spelled(value: Any) -> str:
    """Return an id as a state knows it; what is no id as nothing."""
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        return ""


def _verify_chain(connection: Connection, study: Any) -> Iterator[Finding]:
    known: set[str] = set()
    parents: set[str] = set()
    changes: dict[uuid.UUID, list[Any]] = {}
    for change in _changes(connection, study):
        changes.setdefault(change.revision_id, []).append(change)
    revisions = _revisions(connection, study)
    for place, revision in enumerate(revisions, start=1):
        name = f"revision {revision.number}"
        if revision.number != place:
            yield Finding("EV904", name, f"follows revision {place - 1}, so a revision is missing")
        unknown = [digest for digest in revision.parents if digest not in known]
        if unknown or (not revision.parents and place > 1):
            yield Finding("EV904", name, "does not follow from the revisions before it")
        lines = [(c.table_name, c.row_id, c.before, c.after) for c in changes.pop(revision.id, [])]
        if digest_of(revision._asdict(), lines) != revision.digest:
            yield Finding("EV905", name, "was changed after it was written: its digest does not fit")
        known.add(revision.digest)
        parents.update(revision.parents)
    if len(known - parents) > 1:
        yield Finding("EV904", "history", f"has {len(known - parents)} heads; merge them")
    for stray in changes.values():
        yield Finding("EV904", "history", f"has {len(stray)} changes of no revision")


def differences(connection: Connection, study: Any, one: int, other: int) -> Iterator[Difference]:
    """Yield what differs between the states after two revisions, in the study's words."""
    before, after = state(connection, study, one), state(connection, study, other)
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


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004


def _id(study: Any) -> uuid.UUID:
    return study if isinstance(study, uuid.UUID) else uuid.UUID(str(study))


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
    if number is not None:
        wanted = wanted.where(Revision.number <= number)
    return list(connection.execute(wanted))
