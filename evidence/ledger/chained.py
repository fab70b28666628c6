"""The chain of revisions, read as it stands: what the history says of every row, and where somebody changed it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.sql.elements import ColumnElement

from evidence.errors import Finding
from evidence.ledger import canonical, stored
from evidence.ledger.named import PAST, State, joined, names_of
from evidence.ledger.revisions import digest_of, id_of_change
from evidence.models import Base, Change, Revision

__all__ = ["replayed"]

_revision, _change = (Base.metadata.tables[model.__tablename__] for model in (Revision, Change))
_WHOLE = "was changed after it was written: its digest does not fit"
_ID = re.compile("[0-9a-f]{32}")
_LOOK = "look at its author, made_at, message and tool_version, unless another finding names a change of it"


@dataclass(slots=True)
class _Revised:
    """One revision as it stands, with its changes in their order."""

    row: dict[str, Any]  # as a change would note it
    odd: list[str]  # fields that cannot be read, or are spelled as no program spells them
    changes: list[Any]
    computed: str = ""  # the digest that its content gives; nothing if it cannot be computed

    @property
    def name(self) -> str:
        """``revision 3``."""
        return f"revision {self.row['number']}"

    @property
    def holds(self) -> bool:
        """Whether the digest fits."""
        return bool(self.computed) and self.computed == self.row["digest"]

    def compute(self) -> str:
        """Return the digest that its content gives."""
        lines = [(c.table_name, stored.dashed(c.row_id), c.before, c.after) for c in self.changes]
        try:
            return digest_of(self.row, lines)  # type: ignore[arg-type]
        except stored.UNREADABLE:
            return ""


@dataclass(slots=True)
class _Replay:
    """What replaying finds: rows as the changes leave them, and what does not follow."""

    close: bool  # whether a digest does not fit, so that every step is looked at
    rows: State = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)  # rows that a merge made one with others
    left_by: dict[tuple[str, str], dict[str, _Revised]] = field(default_factory=dict)
    told: list[tuple[_Revised, str, str, str]] = field(default_factory=list)  # whose, row, its table, what


def replayed(connection: Connection, study: uuid.UUID, noted: str = "") -> tuple[State, list[Finding]]:
    """Return every row as the history has it, and what does not fit in the history.

    Args:
        connection: to the ledger.
        study: the study's id.
        noted: the digest of a revision, or its beginning, that somebody noted elsewhere.
    """
    revisions = _read(connection, _revision.c.study_id == study)
    changes: dict[str, list[Any]] = {}
    for change in _changes(connection, _change.c.study_id == study):
        changes.setdefault(stored.dashed(change.revision_id), []).append(change)
    revisions += _of_others(connection, revisions, changes, study)
    if PAST not in connection.info:
        revisions = _in_order(revisions)
    for revision in revisions:
        revision.changes = changes.pop(str(revision.row["id"]), [])
        revision.computed = revision.compute()
    replay = _Replay(close=not all(revision.holds for revision in revisions))
    found = list(_strays(connection, study, revisions, changes, replay))
    for revision in revisions:
        _replay(replay, revision)
    found += _links(revisions, noted, gaps=PAST in connection.info)
    names = names_of(replay.rows)
    for revision, row_id, table, what in replay.told:
        spoken = names.get(row_id) or f"{table} {row_id}"
        found.append(Finding("EV905", revision.name, f"the change of {spoken}: {what}"))
    return replay.rows, found


def _in_order(revisions: list[_Revised]) -> list[_Revised]:
    """Return revisions in the order of their numbers; one whose number cannot be stands in a gap, if there is one."""
    places = range(1, len(revisions) + 1)
    known = {r.row["number"]: r for r in revisions if r.row["number"] in places}
    others = iter([r for r in revisions if known.get(r.row["number"]) is not r])
    return [known[place] if place in known else next(others) for place in places]


def _read(connection: Connection, wanted: ColumnElement[bool]) -> list[_Revised]:
    found = []
    dialect = connection.dialect
    columns = list(_revision.columns)
    for raw in connection.execute(
        select(*(stored.raw(c, dialect) for c in columns)).where(wanted).order_by(_revision.c.number)
    ):
        row, odd = {}, []
        for column, value in zip(columns, raw, strict=True):
            try:
                row[column.name] = stored.plain(column, dialect, value)
                fits = stored.fits(column, dialect)
                fine = (
                    fits(value, row[column.name])
                    if fits
                    else stored.printable(str(value)) == row[column.name]
                )
            except stored.UNREADABLE:
                row[column.name], fine = ([] if column.name == "parents" else value), False
            if not fine:
                odd.append(f"{column.name} is {stored.short(value)}, which no program writes")
        found.append(_Revised(row, odd, []))
    return found


def _changes(connection: Connection, wanted: ColumnElement[bool]) -> Sequence[Any]:
    columns = [stored.raw(column, connection.dialect) for column in _change.columns]
    return connection.execute(select(*columns).where(wanted).order_by(_change.c.position)).all()


def _of_others(
    connection: Connection, revisions: list[_Revised], changes: dict[str, list[Any]], study: uuid.UUID
) -> list[_Revised]:
    """Return revisions that this study's changes name, and that are said to be of another study."""
    unknown = [
        uuid.UUID(name) for name in changes.keys() - {r.row["id"] for r in revisions} if stored.is_id(name)
    ]
    found = _read(connection, _revision.c.id.in_(unknown)) if unknown else []
    for revision in found:
        revision.odd.append(
            f"study_id is {revision.row['study_id']!r}, which is not the study of its changes"
        )
        revision.row["study_id"] = str(study)
    return found


def _strays(
    connection: Connection,
    study: uuid.UUID,
    revisions: list[_Revised],
    changes: dict[str, list[Any]],
    replay: _Replay,
) -> Iterator[Finding]:
    """Yield the changes that are said to be of no revision or of another study; where they belong, they are put."""
    bad = [revision for revision in revisions if not revision.holds]
    groups = list(changes.values())
    if bad:
        ids = [uuid.UUID(r.row["id"]) for r in bad if stored.is_id(str(r.row["id"]))]
        others = _changes(connection, _change.c.revision_id.in_(ids) & (_change.c.study_id != study))
        groups += [[change] for change in others]
    for group in groups:
        for revision in bad:
            kept = revision.changes
            revision.changes = sorted([*kept, *group], key=lambda c: str(c.position).zfill(9))
            if revision.compute() == revision.row["digest"]:
                revision.computed = revision.row["digest"]
                yield from _astray(replay, study, revision, whole=not kept, group=group)
                break
            revision.changes = kept
        else:
            many = "a change" if len(group) == 1 else f"{len(group)} changes"
            rows = sorted({f"{c.table_name} {stored.dashed(c.row_id)}" for c in group})
            yield Finding("EV904", "history", f"has {many} of no revision ({', '.join(rows[:3])})")


def _astray(
    replay: _Replay, study: uuid.UUID, revision: _Revised, *, whole: bool, group: list[Any]
) -> Iterator[Finding]:
    said, own = stored.dashed(group[0].revision_id), revision.row["id"]
    first = group[0]
    counted = stored.is_id(own) and stored.dashed(first.id).replace("-", "") == id_of_change(
        uuid.UUID(own), first.position
    )
    if whole and said != own and not counted:
        yield Finding("EV905", revision.name, f"id is {own!r}, but its changes are of {said!r}")
        revision.row["id"] = said
        return
    for change in group:
        what = f"revision_id is {stored.short(change.revision_id)}, which no revision has"
        if said == own:
            what = f"study_id is {stored.short(change.study_id)}, and its revision's is {str(study)!r}"
        replay.told.append((revision, stored.dashed(change.row_id), change.table_name, what))


def _links(revisions: list[_Revised], noted: str, *, gaps: bool) -> Iterator[Finding]:
    known: set[str] = set()
    parents: set[str] = set()
    named_later = {digest for revision in revisions for digest in revision.row["parents"]}
    for place, revision in enumerate(revisions, start=1):
        if revision.row["number"] != place and not gaps:
            yield Finding("EV904", revision.name, f"follows revision {place - 1}, so a revision is missing")
        unknown = [digest for digest in revision.row["parents"] if digest not in known]
        if unknown or (not revision.row["parents"] and place > 1):
            yield Finding("EV904", revision.name, "does not follow from the revisions before it")
        for odd in revision.odd:
            yield Finding("EV905", revision.name, odd)
        if revision.computed in named_later or (noted and revision.computed.startswith(noted)):
            known.add(revision.computed)
        if not revision.holds and not revision.odd:
            yield Finding("EV905", revision.name, _which(revision, known, revisions[: place - 1]))
        known.add(revision.row["digest"])
        parents.update(revision.row["parents"])
    heads = {revision.row["digest"] for revision in revisions} - parents
    if len(heads) > 1 and all(revision.holds for revision in revisions):
        yield Finding("EV904", "history", f"has {len(heads)} heads; merge them")
    if noted and not any(revision.row["digest"].startswith(noted) for revision in revisions):
        yield Finding(
            "EV906",
            "history",
            f"has no revision with the digest {noted}, which was noted elsewhere: its newest revisions were "
            "written anew, or it is another ledger; compare it with a copy from then",
        )


def _which(revision: _Revised, known: set[str], before: list[_Revised]) -> str:
    """Return that a digest does not fit, and as far as can be told which of what it covers was changed."""
    if revision.computed in known:
        return f"digest is {revision.row['digest']!r}, but it was {revision.computed!r}"
    if before:
        parents, revision.row["parents"] = revision.row["parents"], [before[-1].row["digest"]]
        meant = revision.compute() == revision.row["digest"]
        revision.row["parents"] = parents
        if meant:
            return f"{_WHOLE}; parents is {stored.short(parents)}"
    return f"{_WHOLE} ({_LOOK})"


def _replay(replay: _Replay, revision: _Revised) -> None:
    """Carry out a revision's changes, and note which of them are not as they were made."""
    places = [change.position for change in revision.changes]
    missing = set(range(len(places))) - set(places)
    counted = _counted(revision)
    for change, own in zip(revision.changes, counted, strict=True):
        row_id = stored.dashed(change.row_id)
        told = list(_carried_out(replay, revision, change, row_id))
        if missing and change.position not in range(len(places)):
            told.append(f"position is {change.position!r}, and no change has {min(missing)}")
        elif not _misspelled(change.id) and (own is False or (own is None and True in counted)):
            told.append(f"id is {stored.short(change.id)}, which its revision and position do not give")
        ids = {"id": change.id, "revision_id": change.revision_id, "row_id": change.row_id}
        told += [
            f"{name} is spelled {stored.short(value)}, as no program writes it"
            for name, value in ids.items()
            if _misspelled(value)
        ]
        replay.told += [(revision, row_id, change.table_name, what) for what in told]


def _misspelled(value: Any) -> bool:
    return isinstance(value, str) and not _ID.fullmatch(value)


def _counted(revision: _Revised) -> list[bool | None]:
    """Tell for each change whether its id is counted on from its revision's; nothing for one made by chance.

    So the first ledgers have them. What differs from the count in a single digit was not made by chance.
    """
    if not stored.is_id(str(revision.row["id"])):
        return [None] * len(revision.changes)
    own = uuid.UUID(revision.row["id"])
    found: list[bool | None] = []
    for change in revision.changes:
        meant = id_of_change(own, change.position) if type(change.position) is int else ""
        said = change.id if isinstance(change.id, str) else change.id.hex
        if said == meant:
            found.append(True)
        else:
            differs = sum(one != other for one, other in zip_longest(said.casefold(), meant))
            found.append(False if differs <= 1 else None)
    return found


def _carried_out(replay: _Replay, revision: _Revised, change: Any, row_id: str) -> Iterator[str]:
    """Carry a change out, and yield what does not follow in it."""
    try:
        after = dict(canonical.from_json(change.after))
        before = dict(canonical.from_json(change.before)) if change.before is not None else {}
    except stored.UNREADABLE as error:
        yield f"before or after cannot be read ({error})"
        return
    row = replay.rows.get(change.table_name, {}).get(row_id)
    if replay.close:
        yield from _unfounded(replay, revision, change, before, after)
    if row is not None and joined(after, new=change.before is None):
        replay.gone.add(row_id)
        del replay.rows[change.table_name][row_id]
    elif row is not None:
        row.update(after)
    elif row_id not in replay.gone and change.before is None and change.table_name in Base.metadata.tables:
        replay.rows.setdefault(change.table_name, {})[row_id] = after


def _unfounded(
    replay: _Replay, revision: _Revised, change: Any, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[str]:
    """Yield what a change says that is not so, where it or the one that it goes back to is of a revision amiss."""
    row_id = stored.dashed(change.row_id)
    row = replay.rows.get(change.table_name, {}).get(row_id, {})
    table = Base.metadata.tables.get(change.table_name)
    if table is None:
        yield f"table_name is {stored.short(change.table_name)}, and there is no such table"
        return
    if change.before is None and after.get("id") != row_id:
        yield f"row_id is {row_id!r}, and after has the id {stored.short(after.get('id'))}"
    if change.before is not None and not row:
        yield f"row_id is {row_id!r}, and no revision had added that row"
    for text, what in ((change.before, before), (change.after, after)):
        if text is not None and canonical.as_bytes(what).decode() != text:
            yield f"{stored.short(text)} is not written as the program writes it"
        for name in what.keys() - set(table.columns.keys()):
            yield f"{stored.short(name)} is no field of such a record"
    last = replay.left_by.setdefault((change.table_name, row_id), {})
    for name, value in before.items():
        by = last.get(name)
        # What two revisions that hold say of a field may differ in its form.
        if by is not None and not (revision.holds and by.holds) and not _same(name, row.get(name), value):
            yield f"before has {stored.short(value)} as {name}, but {by.name} left {stored.short(row.get(name))}"
    last.update(dict.fromkeys(after, revision))


def _same(name: str, one: Any, other: Any) -> bool:
    return canonical.as_bytes(canonical.renoted(name, one)) == canonical.as_bytes(
        canonical.renoted(name, other)
    )
