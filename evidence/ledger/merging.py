"""Merge two copies of a ledger: bring what was done in the other into this one, with its history.

Revisions are known by their digests. Those of the other that this one lacks come in as they are; where this one has
revisions that the other lacks, one merge revision with two parents says what both together make of each row.
Merging asks and writes only what was done since the two copies parted.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from evidence.errors import EvidenceError, LedgerError
from evidence.ledger import canonical, laws, records
from evidence.ledger.among import driven
from evidence.ledger.concealed import open_rounds
from evidence.ledger.merging_rows import Apart, Plan, planned
from evidence.ledger.merging_sides import NOTHING, Side, beyond, read_side
from evidence.ledger.merging_writing import bring_rows, take_over, words_of
from evidence.ledger.named import name_of
from evidence.ledger.nouns import NOUNS
from evidence.ledger.revisions import Unit
from evidence.ledger.roles import require_sight
from evidence.ledger.store import reading_all, require_current, shown
from evidence.models import Base, Conflict, Quote, Redirect, Source, Study

__all__ = ["Came", "Merged", "merge"]

_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Came:
    """A revision that came in."""

    number: int  # in this ledger
    digest: str
    author: str
    message: str
    changes: int


@dataclass(slots=True)
class Merged:
    """What a merge did.

    Attributes:
        came: the revisions that came in, the oldest first.
        ours: how many revisions this ledger had that the other lacks; with none, no merge revision was needed.
        conflicts: the keys of the conflicts that are to be resolved.
        said: sentences on what was renamed or made one.
        findings: laws of the study that what both did together breaks, and what else a person should look at.
        sources: ids of sources that this side touched, and of those that the other did.
    """

    came: list[Came] = field(default_factory=list)
    ours: int = 0
    conflicts: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    sources: tuple[frozenset[uuid.UUID], frozenset[uuid.UUID]] = (frozenset(), frozenset())


def merge(session: Unit, url: str) -> Merged:
    """Bring what another copy of the study has, and this one lacks, into this one.

    Args:
        session: the unit of work; what it is called becomes the merge revision's message.
        url: where the other ledger is.

    Returns:
        What was done; without any revision that came, nothing was.

    Raises:
        LedgerError: the other is no copy of this study, is of another schema, or was altered behind its back.
    """
    connection = session.connection()
    require_sight(connection, "ledgers can be merged")
    with reading_all(url) as other:
        require_current(other)
        require_sight(other, "it can be merged")
        _require_copy(session, other)
        taken = beyond(other, connection, session.study_id)
        if not taken:
            return Merged()
        _require_start(other, taken)
        own = beyond(connection, other, session.study_id)
        theirs = read_side(other, session.study_id, taken)
        ours = read_side(connection, session.study_id, own, proven=False)
        plan = planned(connection, session.study_id, ours, theirs)
        words = words_of(other, theirs, plan)
    take_over(session, theirs, parted=bool(own))
    bring_rows(session, plan, words)
    last = _newest(session) - len(taken)
    made = Merged([_came(one, number, theirs) for number, one in enumerate(taken, start=last + 1)], len(own))
    made.said = [*plan.clashes.said, *_taken(theirs)]
    made.conflicts = _keep_conflicts(session, plan)
    made.findings = [*_broken(session, ours, theirs), *_unverified(session, ours, theirs)]
    made.sources = (_sources(ours), _sources(theirs))
    _keep_notes(session, made)
    return made


def _taken(theirs: Side) -> Iterator[str]:
    """Yield which records have another key now, since the other copy has another record by the one that they had."""
    new = {(row.table, row.values["key"]) for row in theirs.rows.values() if row.new and "key" in row.fields}
    for row in sorted(theirs.rows.values(), key=lambda row: row.id):
        said = None if row.new or row.joined else row.fields.get("key")
        if said and (row.table, said.base) in new:
            noun = row.table.replace("_", " ")
            yield (
                f"{noun} {said.base} is {said.value} now, and {said.base} is what was added in the other copy; look where you cite "
                "it in texts of your own."
            )


def _keep_notes(session: Unit, made: Merged) -> None:
    """Say in the history what a person should look at, unless a blind round is open: a note may name its codes."""
    notes = [*made.said, *made.findings]
    own = driven(session.connection(), session.study_id)
    if made.ours and notes and not open_rounds(session.connection(), own):
        session.message = "\n".join([session.message, *notes])


def _came(revision: Any, number: int, theirs: Side) -> Came:
    changes = len(theirs.changes.get(revision.id, ()))
    return Came(number, revision.digest, revision.author, revision.message, changes)


def _newest(session: Unit) -> int:
    from evidence.ledger.history import count  # noqa: PLC0415 - which makes copies of the past, too

    return count(session.connection(), session.study_id)


def _require_copy(session: Unit, other: Connection) -> None:
    found = {row.id: row.key for row in other.execute(select(Study.id, Study.key))}
    if session.study_id in found:
        return
    key = session.get_one(Study, session.study_id).key
    what = "was begun anew there" if key in found.values() else "is not there"
    raise LedgerError(
        f"{shown(other.engine.url)} is no copy of this ledger: study {key} {what}, so the two have no start in common. Copies "
        "are made with 'evidence db copy' or 'evidence backup'; what was begun apart comes in as text ('evidence study read')."
    )


def _require_start(other: Connection, taken: list[Any]) -> None:
    """Whatever the oldest new revisions follow from is here; a study has one first revision."""
    if any(not revision.parents for revision in taken):
        raise LedgerError(
            f"{shown(other.engine.url)} has another history from the first revision on, so the two have no start in common; "
            "nothing was merged. Copies are made with 'evidence db copy' or 'evidence backup'."
        )


def _keep_conflicts(session: Unit, plan: Plan) -> list[str]:
    """Record what a person is to decide; a key that stands back leads to its record all the same."""
    keys: list[str] = []
    for one in sorted(plan.apart, key=lambda apart: (apart.table, apart.row, apart.field)):
        noun, subject = _subject(session, one)
        values = {
            "key": records.next_key(session, "conflict", "c") if not keys else f"c{int(keys[-1][1:]) + 1}",
            "noun": noun,
            "subject_id": subject,
            "table_name": one.table,
            "row": one.row,
            "field": one.field,
            "base": None if one.base is NOTHING else canonical.as_bytes(one.base).decode(),
            "ours": canonical.as_bytes(one.ours.value).decode(),
            "theirs": canonical.as_bytes(one.theirs.value).decode(),
            "ours_by": one.ours.by,
            "theirs_by": one.theirs.by,
            "made_at": session.now,
        }
        session.add(Conflict(study_id=session.study_id, **values))
        keys.append(str(values["key"]))
        if one.field == "key" and one.table in NOUNS and one.theirs.value:
            _lead(session, one)
    session.flush()
    return keys


def _subject(session: Unit, one: Apart) -> tuple[str, uuid.UUID | None]:
    """Return which record a row is, or is inside of."""
    kind = NOUNS.get(one.table)
    if kind is None or one.table == "study":
        return one.table, None
    if not kind.parent:
        return one.table, uuid.UUID(one.row)
    owner = kind.fields[kind.parent]
    table = kind.model.__table__
    parent = session.connection().scalar(
        select(table.c[owner.column]).where(table.c.id == uuid.UUID(one.row))
    )
    return owner.target, parent


def _lead(session: Unit, one: Apart) -> None:
    there = select(Redirect.id).where(
        Redirect.study_id == session.study_id, Redirect.noun == one.table, Redirect.key == one.theirs.value
    )
    if session.execute(there).first() is None:
        session.add(
            Redirect(
                study_id=session.study_id, noun=one.table, key=one.theirs.value, row_id=uuid.UUID(one.row)
            )
        )


def _broken(session: Unit, ours: Side, theirs: Side) -> Iterator[str]:
    """Yield the laws that rows of either side break, now that they stand side by side."""
    if not ours.revisions:
        return
    session.flush()
    new = {uuid.UUID(row.id) for side in (ours, theirs) for row in side.rows.values() if row.new}
    kept, session.fresh = session.fresh, session.fresh | new
    found: dict[str, None] = {}
    for row in _standing(session, (ours, theirs)):
        try:
            laws.check(session, row)
        except EvidenceError as error:
            found[error.sentence] = None
    session.fresh = kept
    yield from found


def _standing(session: Unit, sides: Iterable[Side]) -> Iterator[Any]:
    ids: dict[str, set[uuid.UUID]] = {}
    for side in sides:
        for row in side.rows.values():
            ids.setdefault(row.table, set()).add(uuid.UUID(row.id))
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__tablename__):
        model = mapper.class_
        wanted = sorted(ids.get(model.__tablename__, ()))
        for start in range(0, len(wanted), _BLOCK):
            yield from session.scalars(
                select(model).where(model.id.in_(wanted[start : start + _BLOCK]))
            ).all()


def _unverified(session: Unit, ours: Side, theirs: Side) -> Iterator[str]:
    """Yield which sources have a text from one side, and quotes that the other side looked for without it."""
    for one, other in ((ours, theirs), (theirs, ours)):
        texts = {row.values["source_id"] for row in one.rows.values() if row.table == "text" and row.new}
        quotes = [uuid.UUID(row.id) for row in other.rows.values() if row.table == "quote" and not row.joined]
        if not texts or not quotes:
            continue
        asked = (
            select(Source.key)
            .join(Quote, Quote.source_id == Source.id)
            .where(Source.id.in_([uuid.UUID(text) for text in sorted(texts)]), Quote.id.in_(quotes))
        )
        for key in sorted(set(session.scalars(asked))):
            yield (
                f"The words of source {key} came from one side, and quotes of it from the other; run 'evidence verify' to "
                "look for them there."
            )


def _sources(side: Side) -> frozenset[uuid.UUID]:
    own = {row.id for row in side.rows.values() if row.table == "source"}
    held = {str(row.values["source_id"]) for row in side.rows.values() if row.table == "text" and row.new}
    return frozenset(uuid.UUID(one) for one in own | held)


def called(session: Unit, one: Conflict) -> str:
    """Return what a conflict's row is called."""
    table = Base.metadata.tables[one.table_name]
    found = (
        session.connection().execute(select(table).where(table.c.id == uuid.UUID(one.row))).mappings().first()
    )
    return name_of(
        one.table_name, {name: canonical.noted(name, value) for name, value in (found or {}).items()}
    )
