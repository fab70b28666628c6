"""What each row is once two copies of a ledger are one: field by field, from what both began with and what each left.

A merge revision says every field that both sides wrote and left differently, whatever came of it: so its history gives
the same rows in whichever order the two sides' revisions stand in a ledger.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from evidence.ledger import canonical, laws
from evidence.ledger.merging_clashes import Clashes, find_clashes, plain_of, present_rows, uniques
from evidence.ledger.merging_sides import NOTHING, Said, Side, Written
from evidence.ledger.named import joined
from evidence.models import Base, Change
from evidence.moments import Instant

__all__ = ["Apart", "Plan", "planned"]

_PLUMBING = {"id", "study_id"}
#: What is found by looking once more belongs together: which moment it has, what it is, and which field it follows from.
_TOGETHER: dict[str, tuple[str, frozenset[str], str]] = {
    "quote": (
        "verified_at",
        frozenset({"state", "text_start", "text_end", "verified_sha256", "verified_edition"}),
        "words",
    ),
    "conflict": ("resolved_at", frozenset({"resolution", "resolved_by", "note"}), "resolved_at"),
}
#: Moments of which the first counts.
_FIRST = {"retired_at", "frozen_at"}
_EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Apart:
    """A field that both sides changed, each to another value."""

    table: str
    row: str
    field: str
    base: Any  # what both began with; ``NOTHING`` for a row that was new on both sides
    ours: Said
    theirs: Said


@dataclass(slots=True)
class Plan:
    """What a merge does.

    Attributes:
        rows: by id, the table, and what ours is to have: all of a new row, the changed fields of another.
        new: the ids of rows that come in.
        gone: rows of ours that become one with others, and their tables.
        changes: what the merge revision says: table, row, before, after.
        apart: the conflicts.
        clashes: what was done about what cannot both be.
    """

    rows: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)
    gone: dict[str, str] = field(default_factory=dict)
    changes: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)
    clashes: Clashes = field(default_factory=Clashes)


def planned(connection: Connection, study: uuid.UUID, ours: Side, theirs: Side) -> Plan:
    """Return what bringing theirs into ours does; nothing is written.

    Args:
        connection: to the ledger that is merged into.
        study: the study's id.
        ours: what was done in it and not in the other.
        theirs: what was done in the other and not in it.
    """
    return _Planning(connection, study, ours, theirs).plan()


def same(name: str, one: Any, other: Any) -> bool:
    """Tell whether two noted values are one."""
    if one is NOTHING or other is NOTHING:
        return one is other
    return canonical.as_bytes(canonical.renoted(name, one)) == canonical.as_bytes(
        canonical.renoted(name, other)
    )


class _Planning:
    def __init__(self, connection: Connection, study: uuid.UUID, ours: Side, theirs: Side) -> None:
        self.connection, self.study, self.ours, self.theirs = connection, study, ours, theirs
        self.present = present_rows(connection, study, [row for row in theirs.rows.values() if not row.new])
        self.made = Plan()
        #: What a side says of a row through another that has become one with it.
        self.moved: dict[str, dict[str, dict[str, Said]]] = {"ours": {}, "theirs": {}}

    def plan(self) -> Plan:
        self._follow_joins()
        if self.ours.revisions:
            self._clash()
        self._load(self.made.clashes.tables.keys() | self._lost())
        self._join()
        touched = {row.id: row.table for row in self.theirs.rows.values() if not row.joined}
        for row_id in {*self.made.clashes.tables, *self.moved["ours"], *self.moved["theirs"], *self._lost()}:
            touched.setdefault(row_id, self._table(row_id))
        for row_id, table in touched.items():
            if row_id not in self.made.clashes.joined and row_id not in self.made.gone:
                self._settle(table, row_id)
        return self.made

    def _clash(self) -> None:
        tables = self._tables
        self.made.clashes = find_clashes(self.connection, self.study, self.ours, self.theirs, self.present)
        self._tables.update(tables)

    def _table(self, row_id: str) -> str:
        side = self.theirs.rows.get(row_id) or self.ours.rows.get(row_id)
        return side.table if side else self.made.clashes.tables[row_id]

    def _lost(self) -> set[str]:
        """Return the rows of ours that cite what has another key now."""
        lost = self.made.clashes.keys["ours"]
        if not lost:
            return set()
        return {
            row.id
            for row in self.ours.rows.values()
            for name, said in row.fields.items()
            if not row.joined
            and not same(name, self.made.clashes.in_words_of("ours", row.table, name, said.value), said.value)
        }

    def _load(self, ids: set[str]) -> None:
        """Load rows of ours that theirs did not touch."""
        tables = self.made.clashes.tables
        missing = [
            Written(tables.get(row_id) or self._table(row_id), row_id, new=False)
            for row_id in sorted(ids)
            if row_id not in self.present
            and (row_id in tables or row_id in self.ours.rows or row_id in self.theirs.rows)
        ]
        self.present.update(present_rows(self.connection, self.study, missing))

    def _follow_joins(self) -> None:
        """Rows that an earlier merge made one with others: what is said of them since is said of those."""
        for row in [row for row in self.theirs.rows.values() if row.joined]:
            mine = self.ours.rows.get(row.id)
            if row.id in self.present or (mine and mine.new):
                self.made.gone[row.id] = row.table
                if mine and not mine.joined:
                    self._move("ours", mine, row.joined)
        for row in list(self.theirs.rows.values()):
            if not row.new and not row.joined and row.id not in self.present:
                survivor = self._became(row.id)
                if survivor:
                    self._move("theirs", row, survivor)
                    del self.theirs.rows[row.id]
        missing = [
            Written(self._tables[row_id], row_id, new=False)
            for side in self.moved.values()
            for row_id in side
            if row_id not in self.present
        ]
        self.present.update(present_rows(self.connection, self.study, missing))

    def _move(self, side: str, row: Written, survivor: str) -> None:
        index = {name for names in uniques(Base.metadata.tables[row.table]) for name in names}
        fields = {name: said for name, said in row.fields.items() if name not in index | _PLUMBING}
        self.moved[side].setdefault(survivor, {}).update(fields)
        self._tables[survivor] = row.table

    @property
    def _tables(self) -> dict[str, str]:
        return self.made.clashes.tables

    def _became(self, row_id: str) -> str:
        """Return the row that one which ours no longer has became one with."""
        asked = select(Change.after).where(
            Change.study_id == self.study, Change.row_id == uuid.UUID(row_id), Change.before.is_not(None)
        )
        for after in self.connection.scalars(asked):
            if survivor := joined(canonical.from_json(after), new=False):
                return self._became(survivor) or survivor
        return ""

    def _join(self) -> None:
        """Make inner records that both sides added one: the later is no more, and what it says is said of the earlier."""
        for later, first in self.made.clashes.joined.items():
            table = self._tables[later]
            mine = later in self.present or later in self.ours.rows
            side, rows = (
                ("ours", self.ours.rows)
                if mine and later not in self._new_rows()
                else ("theirs", self.theirs.rows)
            )
            values = self.present.get(later) if side == "ours" else rows[later].values
            by = rows[later].fields if later in rows else {}
            index = {name for names in uniques(Base.metadata.tables[table]) for name in names} | _PLUMBING
            fields = {
                name: Said(NOTHING, value, by[name].by if name in by else "")
                for name, value in (values or {}).items()
                if name not in index
            }
            self.moved[side].setdefault(first, {}).update(fields)
            self._tables[first] = table
            self.made.changes.append((table, later, {"id": later}, {"id": first}))
            if side == "ours":
                self.made.gone[later] = table

    def _new_rows(self) -> set[str]:
        return {row.id for row in self.theirs.rows.values() if row.new}

    def _settle(self, table: str, row_id: str) -> None:
        """Work out one row: what ours is to have, and what the merge revision says of it."""
        row = self.theirs.rows.get(row_id) or Written(table, row_id, new=False)
        plain = plain_of(row, self.present)
        final, forced = _Row(self, row, plain).settled()
        said = {name for name in final if name in forced or not same(name, final[name], plain.get(name))}
        if said:
            before = {name: plain.get(name) for name in sorted(said)}
            self.made.changes.append((table, row_id, before, {name: final[name] for name in sorted(said)}))
        kept = {**plain, **final}
        now = self.present.get(row_id, {})
        if row.new:
            self.made.new.add(row_id)
            self.made.rows[row_id] = (table, kept)
        elif now and (
            left := {name: kept[name] for name in kept if not same(name, kept[name], now.get(name))}
        ):
            self.made.rows[row_id] = (table, left)


class _Row:
    """One row, both sides of it."""

    def __init__(self, planning: _Planning, row: Written, plain: dict[str, Any]) -> None:
        self.row, self.plain, self.made = row, plain, planning.made
        self.mine = self._fields(planning, "ours", planning.ours.rows.get(row.id))
        self.theirs = self._fields(planning, "theirs", row)
        #: Whether one side has all of it, and the other says the same of it through a row that is now this one.
        self.joined = row.id in set(self.made.clashes.joined.values())
        if self.joined:
            for here, there in ((self.mine, self.theirs), (self.theirs, self.mine)):
                for name in there.keys() - here.keys():
                    here[name] = Said(NOTHING, planning.present.get(row.id, plain).get(name), "")
        self.final: dict[str, Any] = {}
        self.forced: set[str] = set()

    def _fields(self, planning: _Planning, side: str, row: Written | None) -> dict[str, Said]:
        found = dict(row.fields) if row and not row.joined else {}
        found |= planning.moved[side].get(self.row.id, {})
        words = self.made.clashes.in_words_of
        return {
            name: Said(said.base, words(side, self.row.table, name, said.value), said.by)
            for name, said in found.items()
            if name not in _PLUMBING
        }

    def settled(self) -> tuple[dict[str, Any], set[str]]:
        """Return what the merge makes of its fields, and which of them must be said."""
        derived = self._derived()
        for name in self.mine.keys() | self.theirs.keys():
            one, other = self.mine.get(name), self.theirs.get(name)
            if name in derived:
                continue
            if one is None or other is None:
                self.final[name] = (one or other or Said(None, None, "")).value
            elif same(name, one.value, other.value):
                self.final[name] = one.value
            else:
                self.forced.add(name)
                self.final[name] = self._chosen(name, one, other)
        for name in self._renamed():
            self.final[name] = self.made.clashes.renamed[self.row.id, name]
        self._retired()
        self._derive(derived)
        return self.final, self.forced

    def _renamed(self) -> Iterator[str]:
        for row_id, name in self.made.clashes.renamed:
            if row_id == self.row.id:
                self.forced.add(name)
                yield name
                if self.made.clashes.renamed[row_id, name] is None:
                    lost = self.theirs.get(name) or self.mine.get(name)
                    self._conflict(
                        name, None, Said(None, None, ""), lost or Said(None, self.plain.get(name), "")
                    )

    def _chosen(self, name: str, one: Said, other: Said) -> Any:
        """Return which of two values stands."""
        if same(name, one.base, other.base) and one.base is not NOTHING:
            unmoved = [side for side in (one, other) if same(name, side.value, side.base)]
            if unmoved:
                return other.value if unmoved[0] is one else one.value
        values = (one.value, other.value)
        if self.joined and any(value in _EMPTY for value in values):
            # What says nothing yields; but what one side still lists is not retired.
            return None if name == "retired_at" else next(value for value in values if value not in _EMPTY)
        column = Base.metadata.tables[self.row.table].c[name]
        group = _TOGETHER.get(self.row.table)
        if group and (name == group[0] or name in group[1]):
            return (one if self._later(*group) else other).value
        if isinstance(column.type, Instant) and column.info.get("computed") and None not in values:
            return (min if name in _FIRST else max)(values, key=datetime.fromisoformat)
        self._conflict(name, one.base, one, other)
        return one.value

    def _later(self, stamp: str, names: frozenset[str], follows: str) -> bool:
        """Tell whether ours looked last at what belongs together."""
        if (follows in self.mine) != (follows in self.theirs):
            return follows in self.mine
        when = []
        for side in (self.mine, self.theirs):
            said = side[stamp].value if stamp in side else None
            values = canonical.as_json({name: side[name].value for name in sorted(names & side.keys())})
            when.append((datetime.fromisoformat(said).timestamp() if said else 0.0, values))
        return when[0] >= when[1]

    def _conflict(self, name: str, base: Any, ours: Said, theirs: Said) -> None:
        self.made.apart.append(Apart(self.row.table, self.row.id, name, base, ours, theirs))

    def _retired(self) -> None:
        """What one side retired and the other went on with is for a person to say."""
        name = "retired_at"
        if (name in self.mine) == (name in self.theirs) or self.joined or self.row.new:
            return
        retired, kept = (self.mine, self.theirs) if name in self.mine else (self.theirs, self.mine)
        said = retired[name]
        columns = Base.metadata.tables[self.row.table].c
        edited = [said for field, said in kept.items() if not columns[field].info.get("computed")]
        if said.value is None or said.base is not None or not edited:
            return
        other = Said(None, None, edited[-1].by)
        self.forced.add(name)
        ours, theirs = (said, other) if retired is self.mine else (other, said)
        self.final[name] = ours.value
        self._conflict(name, None, ours, theirs)

    def _derived(self) -> tuple[str, ...]:
        return laws.DERIVED[self.row.table][1] if self.row.table in laws.DERIVED else ()

    def _derive(self, names: tuple[str, ...]) -> None:
        if not names or self.mine.keys().isdisjoint((*names, *laws.DERIVED[self.row.table][0])):
            return
        sources, _, work = laws.DERIVED[self.row.table]
        kept = {**self.plain, **self.final}
        for name, value in zip(names, work(*(kept.get(source) for source in sources)), strict=True):
            self.final[name] = canonical.encode(value)
            both = name in self.mine and name in self.theirs
            if both and not same(name, self.mine[name].value, self.theirs[name].value):
                self.forced.add(name)
