"""What two copies of a ledger did apart and cannot both be: keys given twice, inner records added twice.

Whatever is done about it depends on the ids of the rows alone, and not on which ledger is merged into which.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select, tuple_

from evidence.inference.scheme import renamed
from evidence.ledger import canonical
from evidence.ledger.merging_sides import Side, Written
from evidence.ledger.nouns import NOUNS
from evidence.models import Base

__all__ = ["Clashes", "find_clashes", "plain_of", "present_rows", "uniques"]

_BLOCK = 200
#: A running number that another follows; a year is none.
_COUNTED = re.compile(r"(.*?(?:[.]|[^\W\d]))(\d{1,3})")
#: Fields that name records by their keys.
_CITING = {"case": ("narrative",), "study": ("method", "overview")}
_CITED = ("quote", "source")


@dataclass(slots=True)
class Clashes:
    """What is done about rows that cannot both be as they are.

    Attributes:
        renamed: new values of unique columns, by row and column; nothing where the value cannot stand at all.
        joined: rows that become one with others.
        keys: by side (``ours``, ``theirs``) and noun, the keys that its rows lose, and what each is now.
        said: sentences for whoever merges.
    """

    renamed: dict[tuple[str, str], Any] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    keys: dict[str, dict[str, dict[str, str]]] = field(default_factory=lambda: {"ours": {}, "theirs": {}})
    said: list[str] = field(default_factory=list)

    def in_words_of(self, side: str, table: str, name: str, value: Any) -> Any:
        """Return a value that a side wrote, with the keys that its records have now."""
        lost = self.keys[side]
        if table == "variable_version" and name in ("rule", "levels") and lost.get("hypothesis"):
            return renamed(value, lost["hypothesis"])
        if name in _CITING.get(table, ()) and isinstance(value, str):
            for noun in _CITED:
                for old, new in lost.get(noun, {}).items():
                    value = re.sub(rf"@{re.escape(old)}(?![\w.-]*\w)", f"@{new}", value)
        return value


def uniques(table: Table) -> list[tuple[str, ...]]:
    """Return the columns that are unique together within a study, for each such index."""
    return [
        tuple(column.name for column in index.columns if column.name != "study_id")
        for index in sorted(table.indexes, key=lambda index: str(index.name))
        if index.unique
    ]


def present_rows(
    connection: Connection, study: uuid.UUID, wanted: Iterable[Written]
) -> dict[str, dict[str, Any]]:
    """Return rows as they stand in a ledger, as changes would note them; words that are long by their hash."""
    found: dict[str, dict[str, Any]] = {}
    by_table: dict[str, list[uuid.UUID]] = {}
    for row in wanted:
        by_table.setdefault(row.table, []).append(uuid.UUID(row.id))
    for noun, ids in by_table.items():
        table = Base.metadata.tables[noun]
        owner = table.c.id if noun == "study" else table.c.study_id
        for start in range(0, len(ids), _BLOCK):
            some = select(table).where(owner == study, table.c.id.in_(ids[start : start + _BLOCK]))
            for values in connection.execute(some).mappings():
                found[str(values["id"])] = {name: canonical.noted(name, one) for name, one in values.items()}
    return found


def plain_of(row: Written, present: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a row of theirs as replaying all changes leaves it."""
    return {**present.get(row.id, {}), **row.values}


@dataclass(slots=True)
class _Search:
    connection: Connection
    study: uuid.UUID
    ours: Side
    theirs: Side
    present: dict[str, dict[str, Any]]
    found: Clashes = field(default_factory=Clashes)
    given: dict[str, set[str]] = field(
        default_factory=dict
    )  # keys that are in use, by noun, as far as they were met

    def value(self, row: Written, name: str) -> Any:
        """Return what a row of theirs has in a column once both are one; ours stands where both wrote it."""
        mine = self.ours.rows.get(row.id)
        if mine is not None and name in mine.fields and not row.new:
            return self.present.get(row.id, {}).get(name)
        return plain_of(row, self.present).get(name)

    def candidates(self) -> Iterator[Written]:
        """Yield the rows of theirs that still stand."""
        yield from (row for row in self.theirs.rows.values() if not row.joined)

    def same(self, table: Table, columns: tuple[str, ...]) -> Iterator[tuple[Written, str]]:
        """Yield each row of theirs that has the unique values of another row of ours, and that one's id."""
        mine: dict[tuple[Any, ...], Written] = {}
        for row in self.candidates():
            if row.table == table.name and (row.new or not row.fields.keys().isdisjoint(columns)):
                values = tuple(self.value(row, name) for name in columns)
                if None not in values:
                    mine[values] = row
        for values, row_id in self._standing(table, columns, mine):
            row = mine[values]
            if row_id == row.id:
                continue
            other = self.theirs.rows.get(row_id)
            moved = other and (other.joined or tuple(self.value(other, name) for name in columns) != values)
            if not moved:
                yield row, row_id

    def _standing(
        self, table: Table, columns: tuple[str, ...], wanted: Collection[tuple[Any, ...]]
    ) -> Iterator[tuple[tuple[Any, ...], str]]:
        names = [table.c[name] for name in columns]
        asked = sorted(wanted, key=str)
        for start in range(0, len(asked), _BLOCK):
            some = [
                tuple(canonical.decode(column, value) for column, value in zip(names, values, strict=True))
                for values in asked[start : start + _BLOCK]
            ]
            match = tuple_(*names).in_(some) if len(names) > 1 else names[0].in_([one[0] for one in some])
            for row in self.connection.execute(
                select(table.c.id, *names).where(table.c.study_id == self.study, match)
            ):
                yield tuple(canonical.encode(value) for value in row[1:]), str(row[0])

    def side_of(self, row_id: str, column: str) -> str:
        """Return which side gave a row what it has in a column."""
        row = self.theirs.rows.get(row_id)
        return "theirs" if row and (row.new or column in row.fields) else "ours"

    def fresh(self, noun: str, column: str, key: str) -> str:
        """Return a key like ``key`` that was never used in either ledger."""
        counted = _COUNTED.fullmatch(key)
        stem, number = (counted[1], int(counted[2])) if counted else (f"{key}-", 1)
        table, redirect = Base.metadata.tables[noun], Base.metadata.tables["redirect"]
        given = self.given.setdefault(noun, self._theirs(noun, column))
        while True:
            some = [f"{stem}{number + step}" for step in range(1, 50)]
            there = select(table.c[column]).where(table.c.study_id == self.study, table.c[column].in_(some))
            moved = select(redirect.c.key).where(
                redirect.c.study_id == self.study, redirect.c.noun == noun, redirect.c.key.in_(some)
            )
            used = {*self.connection.scalars(there), *self.connection.scalars(moved), *given}
            free = next((one for one in some if one not in used), "")
            if free:
                given.add(free)
                return free
            number += len(some)

    def _theirs(self, noun: str, column: str) -> set[str]:
        """Return the keys that theirs gave, and those that it took away again."""
        keys = set()
        for row in self.theirs.rows.values():
            if row.table == noun and column in row.fields:
                keys.add(str(row.fields[column].value))
            if row.table == "redirect" and row.fields.get("noun") and row.fields["noun"].value == noun:
                keys.add(str(row.fields["key"].value))
        return keys

    def rename(self, noun: str, column: str, row_id: str, key: str) -> None:
        """Give a row a key that nothing had."""
        new = self.fresh(noun, column, key)
        self.found.renamed[row_id, column] = new
        self.found.tables[row_id] = noun
        if noun in NOUNS and NOUNS[noun].keyed:
            self.found.keys[self.side_of(row_id, column)].setdefault(noun, {})[key] = new
            self.found.said.append(
                f"{noun.replace('_', ' ')} {key} was added on both sides for two different records; the later one is {new} now."
            )
        else:
            self.found.said.append(
                f"{noun.replace('_', ' ')} {key} was added on both sides; the later one is {new} now."
            )

    def look(self) -> Clashes:
        """Find them all, noun by noun; keys first, since what is inside is told apart by links."""
        for table in Base.metadata.sorted_tables:
            if table.name in ("redirect", "study", "revision", "change"):
                continue
            for columns in uniques(table):
                pairs = sorted(self.same(table, columns), key=lambda pair: max(pair[0].id, pair[1]))
                for row, other in pairs:
                    self._apart(table.name, columns, min(row.id, other), max(row.id, other), row)
        self._redirects()
        return self.found

    def _apart(self, table: str, columns: tuple[str, ...], first: str, later: str, row: Written) -> None:
        kind = NOUNS[table]
        if kind.keyed and columns == ("key",):
            self.rename(table, "key", later, str(self.value(row, "key")))
        elif table == "variable_version":
            self.rename(table, "version", later, str(self.value(row, "version")))
        elif kind.keyed:
            (column,) = columns
            self.found.renamed[later, column] = None
            self.found.tables[later] = table
            self.found.said.append(
                f"Two {kind.name}s were given the {column} {self.value(row, column)} on the two sides; the later one has none now."
            )
        elif later not in self.found.joined:
            self.found.joined[later] = first
            self.found.tables[first] = self.found.tables[later] = table

    def _redirects(self) -> None:
        """A key that once was a record's leads to it for good: another record that has it is given a fresh one."""
        table = Base.metadata.tables["redirect"]
        for row, other in sorted(self.same(table, ("noun", "key")), key=lambda pair: pair[0].id):
            first, later = sorted((row.id, other))
            self.found.joined[later] = first
            self.found.tables[first] = self.found.tables[later] = "redirect"
        for noun, key, row_id in sorted(self._taken()):
            self.rename(noun, "key", row_id, key)

    def _taken(self) -> Iterator[tuple[str, str, str]]:
        """Yield records that have a key which leads elsewhere on the other side."""
        led: dict[str, dict[str, str]] = {}
        for row in self.candidates():
            if row.table == "redirect" and row.new:
                led.setdefault(row.values["noun"], {})[row.values["key"]] = row.values["row_id"]
        for row in self.theirs.rows.values():  # renamed on both sides: theirs is to lead there too
            mine = self.ours.rows.get(row.id)
            if mine and not row.new and "key" in row.fields and "key" in mine.fields:
                led.setdefault(row.table, {})[row.fields["key"].value] = row.id
        for noun, keys in led.items():
            for (key,), row_id in self._standing(Base.metadata.tables[noun], ("key",), [(k,) for k in keys]):
                if row_id != keys[key] and (row_id, "key") not in self.found.renamed:
                    yield noun, key, row_id
        new = {
            (row.table, str(self.value(row, "key"))): row.id
            for row in self.candidates()
            if "key" in row.fields
        }
        redirect = Base.metadata.tables["redirect"]
        for (noun, key), redirect_id in self._standing(redirect, ("noun", "key"), list(new)):
            leads = self.connection.scalar(
                select(redirect.c.row_id).where(redirect.c.id == uuid.UUID(redirect_id))
            )
            if str(leads) != new[noun, key] and (new[noun, key], "key") not in self.found.renamed:
                yield noun, key, new[noun, key]


def find_clashes(
    connection: Connection, study: uuid.UUID, ours: Side, theirs: Side, present: dict[str, dict[str, Any]]
) -> Clashes:
    """Find what cannot both be, and say what is done about it.

    Args:
        connection: to the ledger that is merged into.
        study: the study's id.
        ours: what was done in it.
        theirs: what was done in the other.
        present: the rows that theirs touched, as they stand in ours.
    """
    return _Search(connection, study, ours, theirs, present).look()
