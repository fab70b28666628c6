"""What two copies of a ledger did apart: the revisions that one has and the other lacks, and what they made of each row.

Nothing of another ledger is taken on trust: its revisions are held against their digests, and what their changes say
against the schema, before anything is written.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Connection, Integer, select, types
from sqlalchemy import Text as Words

from evidence.errors import LedgerError
from evidence.ledger import canonical, stored
from evidence.ledger.named import joined
from evidence.ledger.revisions import digest_of, id_of_change
from evidence.ledger.store import shown
from evidence.models import Base, Change, Revision
from evidence.stated import Stated

__all__ = ["NOTHING", "Said", "Side", "Written", "beyond", "read_side"]

_revision, _change = (Base.metadata.tables[model.__tablename__] for model in (Revision, Change))
_BLOCK = 250
_OWN = {"revision", "change"}


class _Nothing:
    """What a new row had before."""


NOTHING = _Nothing()


class Said(NamedTuple):
    """What a side says of one field: what it found, what it left, and who wrote that."""

    base: Any
    value: Any
    by: str


@dataclass(slots=True)
class Written:
    """One row that a side wrote."""

    table: str
    id: str
    new: bool
    fields: dict[str, Said] = field(default_factory=dict)
    joined: str = ""  # the row that it has become one with

    @property
    def values(self) -> dict[str, Any]:
        """What the side left of its fields."""
        return {name: said.value for name, said in self.fields.items()}


@dataclass(slots=True)
class Side:
    """One side: its revisions that the other lacks, the oldest first, and what they made of each row."""

    name: str  # how the ledger is called in sentences
    revisions: list[Any]
    changes: dict[uuid.UUID, list[Any]] = field(default_factory=dict)
    rows: dict[str, Written] = field(default_factory=dict)

    @property
    def head(self) -> str:
        """The digest of the newest of them."""
        return str(self.revisions[-1].digest)


def beyond(one: Connection, other: Connection, study: uuid.UUID) -> list[Any]:
    """Return the revisions of a study that one ledger has and another lacks, the oldest first.

    Only so many are read as are found, and a block more: whatever a revision that both have follows from, both have.

    Args:
        one: the ledger that may have more.
        other: the ledger that may lack them.
        study: the study's id.
    """
    found: dict[str, Any] = {}
    wanted: set[str] = set()
    last: int | None = None
    while True:
        newest = select(_revision).where(_revision.c.study_id == study).order_by(_revision.c.number.desc())
        if last is not None:
            newest = newest.where(_revision.c.number < last)
        block = one.execute(newest.limit(_BLOCK)).all()
        known = _known(other, study, [row.digest for row in block])
        for row in block:
            if row.digest not in known:
                found[row.digest] = row
                wanted.update(map(str, row.parents))
        wanted -= found.keys()
        wanted -= _known(other, study, wanted)
        if not block or not wanted:
            return sorted(found.values(), key=lambda row: row.number)
        last = block[-1].number


def _known(connection: Connection, study: uuid.UUID, digests: Iterable[str]) -> set[str]:
    asked = sorted(set(digests))
    found: set[str] = set()
    for start in range(0, len(asked), _BLOCK):
        some = _revision.c.digest.in_(asked[start : start + _BLOCK])
        found.update(
            connection.scalars(select(_revision.c.digest).where(_revision.c.study_id == study, some))
        )
    return found


def read_side(connection: Connection, study: uuid.UUID, revisions: list[Any], *, proven: bool = True) -> Side:
    """Return what some revisions made of each row.

    Args:
        connection: to the ledger that has them.
        study: the study's id.
        revisions: the revisions, the oldest first.
        proven: hold them against their digests, and their changes against the schema, first.

    Raises:
        LedgerError: a revision or a change of one is not as it was written, or cannot be read.
    """
    side = Side(shown(connection.engine.url), revisions)
    try:
        for start in range(0, len(revisions), _BLOCK):
            ids = [row.id for row in revisions[start : start + _BLOCK]]
            wanted = select(_change).where(_change.c.study_id == study, _change.c.revision_id.in_(ids))
            for change in connection.execute(wanted.order_by(_change.c.revision_id, _change.c.position)):
                side.changes.setdefault(change.revision_id, []).append(change)
        for revision in revisions:
            if proven:
                _prove(side, study, revision)
            for change in side.changes.get(revision.id, ()):
                _note(side, revision.author, change)
    except stored.UNREADABLE as error:
        raise LedgerError(f"{side.name} holds what no program wrote ({error}); {_REMEDY}") from error
    return side


_REMEDY = "nothing was merged. Run 'evidence history verify' on it, and merge a copy that holds."


def _prove(side: Side, study: uuid.UUID, revision: Any) -> None:
    changes = side.changes.get(revision.id, [])
    lines = [(change.table_name, change.row_id, change.before, change.after) for change in changes]
    fits = digest_of(revision._mapping, lines) == revision.digest  # noqa: SLF001 - its documented name
    counted = [id_of_change(revision.id, place) for place in range(len(changes))]
    ids = [change.id.hex for change in changes]
    near = any(one == other for one, other in zip(ids, counted, strict=True)) and ids != counted
    if not fits or near or [change.position for change in changes] != list(range(len(changes))):
        raise LedgerError(
            f"{side.name}: revision {revision.number} by {revision.author} was changed after it was written: its digest does "
            f"not fit; {_REMEDY}"
        )
    for change in changes:
        if problem := _problem(study, change):
            raise LedgerError(
                f"{side.name}: revision {revision.number} cannot be taken over, since {stored.printable(problem)}; {_REMEDY}"
            )


def _problem(study: uuid.UUID, change: Any) -> str:
    """Return in a clause what keeps a change out of any ledger; nothing if it can be carried out."""
    table = Base.metadata.tables.get(change.table_name)
    if table is None or table.name in _OWN:
        return f"it changes a table {stored.short(change.table_name)}, which no study has"
    name, after = f"{table.name} {change.row_id}", canonical.from_json(change.after)
    before = None if change.before is None else canonical.from_json(change.before)
    if not isinstance(after, dict) or not isinstance(before, dict | None):
        return f"a change of {name} is no record"
    unknown = [stored.short(field) for field in {*after, *(before or ())} if field not in table.c]
    wrong = [field for field in after if field in table.c and not _readable(table.c[field], after[field])]
    if unknown or wrong:
        return (
            f"{unknown[0]} is no field of {table.name}"
            if unknown
            else f"{wrong[0]} of {name} cannot be {stored.short(after[wrong[0]])}"
        )
    return _moved(study, table.name, str(change.row_id), before, after)


def _moved(
    study: uuid.UUID, table: str, row_id: str, before: dict[str, Any] | None, after: dict[str, Any]
) -> str:
    """Return in a clause that a change would reach into another study, or give a row another's id."""
    owner = after.get("id" if table == "study" else "study_id")
    if before is None:
        wrong = after.get("id") != row_id or owner != str(study)
    else:
        wrong = "study_id" in after or (table == "study" and row_id != str(study))
        wrong = wrong or ("id" in after and not (after.keys() == {"id"} and stored.is_id(str(after["id"]))))
    return f"{table} {row_id} is said to have another id, or to be of another study" if wrong else ""


def _readable(column: Column[Any], value: Any) -> bool:
    """Tell whether a column can hold a noted value."""
    kind = column.type
    if value is None:
        return bool(column.nullable)
    if isinstance(kind, types.JSON | Stated):
        return True
    if isinstance(kind, Boolean):
        return type(value) is bool
    if isinstance(kind, Integer):
        return type(value) is int
    if type(value) is not str or (isinstance(kind, Words) and "\0" in value):
        return False
    read = canonical.decode(column, value)
    return column.name in canonical.BY_HASH or bool(canonical.encode(read) == value)


def _note(side: Side, by: str, change: Any) -> None:
    """Note in a side's rows what a change made of one."""
    after: Mapping[str, Any] = canonical.from_json(change.after)
    before: Mapping[str, Any] | None = None if change.before is None else canonical.from_json(change.before)
    row_id = str(change.row_id)
    row = side.rows.get(row_id)
    if row is None:
        row = side.rows[row_id] = Written(change.table_name, row_id, before is None)
    if row.joined:
        return
    row.joined = joined(after, new=before is None)
    if row.joined:
        return
    for name, value in after.items():
        said = row.fields.get(name)
        base = NOTHING if before is None else before.get(name)
        row.fields[name] = Said(base if said is None else said.base, value, by)
