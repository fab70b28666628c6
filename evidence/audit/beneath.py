"""What lies beneath a case, a decision, a test or a quote: rows and the links between them, level by level.

A decision rests on its variable, in the version it was coded by, on its coder, the tests that it relies on, the
observations considered against it and its searches; a test on its hypotheses and how these rival each other,
on what its likelihoods and priors are, and on what was brought to it; an observation on quotes, a quote on
its source, a source on those that it is derived from and on the texts that are held of them. A case rests on all
that belongs to it and on what its narrative cites.

Only named, and not beneath: the case and the episode that something belongs to, a state that took part, the
concept that a hypothesis stands for and the variable that it supports, the decision that one superseded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal_column, or_, select, union_all

from evidence.ledger.among import among
from evidence.ledger.rows import words

__all__ = ["KINDS", "LEADS", "NAMED", "Beneath", "Kind", "cited", "load"]


@dataclass(frozen=True, slots=True)
class Kind:
    """Where a table's rows stand in the chain: by what they are known, whose they are, what they rest on."""

    key: str  # the column that says which one it is
    up: str = ""  # the column that leads to what it belongs to
    down: tuple[str, ...] = ()  # the columns that lead to what it rests on, two at most
    beside: tuple[str, ...] = ()  # columns by which it is called, and that nothing follows


KINDS = {
    "case": Kind("key"),
    "alias": Kind("number", "case_id"),
    "participation": Kind("side", "case_id", beside=("actor_id",)),
    "episode_case": Kind("tier", "case_id", beside=("episode_id",)),
    "decision": Kind("key", "case_id", ("variable_version_id", "coder_id")),
    "decision_test": Kind("", "decision_id", ("test_id",)),
    "decision_observation": Kind("", "decision_id", ("observation_id",)),
    "decision_search": Kind("", "decision_id", ("search_id",)),
    "variable_version": Kind("version", "", ("variable_id",)),
    "variable": Kind("key"),
    "test": Kind("key", "case_id", ("hypothesis_id", "rival_id")),
    "hypothesis": Kind("key", "case_id"),
    "rivalry": Kind("relation", "hypothesis_id", ("rival_id",)),
    "likelihood": Kind("", "test_id", ("hypothesis_id",)),
    "prior": Kind("", "hypothesis_id", ("coder_id",)),
    "bearing": Kind("direction", "test_id", ("observation_id", "search_id")),
    "observation": Kind("key", "case_id"),
    "observation_quote": Kind("", "observation_id", ("quote_id",)),
    "search": Kind("key", "case_id", ("coder_id",)),
    "quote": Kind("key", "", ("source_id",)),
    "source": Kind("key", "", ("derived_from_id",)),
    "text": Kind("sha256", "source_id"),
    "coder": Kind("key", "", ("source_id",)),
}
#: Links whose far ends are named, and are not beneath.
NAMED = {
    "participation": ("actor_id",),
    "episode_case": ("episode_id",),
    "hypothesis": ("concept_id", "variable_id"),
    "decision": ("supersedes_id", "coding_round_id"),
}
_OWNERS = {
    "case_id": "case", "decision_id": "decision", "test_id": "test", "hypothesis_id": "hypothesis",
    "observation_id": "observation", "source_id": "source",
}  # fmt: skip
#: What a link's column leads to.
LEADS = {
    **_OWNERS, "actor_id": "actor", "episode_id": "episode", "concept_id": "concept", "supersedes_id": "decision",
    "coding_round_id": "coding_round",
    "rival_id": "hypothesis", "search_id": "search", "quote_id": "quote", "coder_id": "coder",
    "variable_id": "variable", "variable_version_id": "variable_version", "derived_from_id": "source",
}  # fmt: skip
#: For each table, those whose rows belong to its rows.
_INSIDE: dict[str, list[str]] = {}
for _name, _kind in KINDS.items():
    if _kind.up:
        _INSIDE.setdefault(_OWNERS[_kind.up], []).append(_name)

_CITED = re.compile(r"(?<!\\)\[@([^\[\]\n]+)\]")
_KEY = re.compile(r"@?([^\s,;@]+)")


@dataclass(slots=True)
class Beneath:
    """Rows by id, each with its table (``kind``), key, owner (``up``), the one or two that it rests on, and whether it is retired.

    Where a row has no owner, or rests on nothing, its own id stands there.
    """

    rows: dict[Any, Row[Any]] = field(default_factory=dict)
    inside: dict[Any, list[Any]] = field(default_factory=dict)  # what belongs to a row
    cites: dict[Any, list[Any]] = field(default_factory=dict)  # case → quotes and sources

    def downwards(self, row: Row[Any], without: Collection[str] = ()) -> Iterator[tuple[Any, bool]]:
        """Yield the ids that a row leads to, and whether as what belongs to it; ``without`` are columns not to follow."""
        down = KINDS[row.kind].down
        if (
            row.kind != "rivalry"
        ):  # which tells two hypotheses apart that are there for another reason, or not
            for name, one in zip(down, (row.one, row.two), strict=False):
                if one != row.id and name not in without:
                    yield one, False
        for one in self.inside.get(row.id, ()):
            yield one, True
        if "narrative" not in without:
            for one in self.cites.get(row.id, ()):
                yield one, False

    def under(
        self, root: Any, changed: Callable[[Any], Collection[str] | None] | None = None
    ) -> tuple[set[Any], set[Any]]:
        """Return what stands beneath a row, itself included, and the retired rows that once belonged to any of it.

        Args:
            root: the row's id.
            changed: asked for each row; the columns that are not to be followed, or nothing where the row is new
                and what is beneath it does not matter.
        """
        standing: set[Any] = set()
        retired: set[Any] = set()
        waiting = [(root, False)]
        rivalries = []
        while waiting:
            one, belongs = waiting.pop()
            row = self.rows.get(one)
            if row is None or one in standing:
                continue
            if row.kind == "rivalry":
                rivalries.append(row)
                continue
            if belongs and row.retired_at is not None:
                retired.add(one)
                continue
            standing.add(one)
            without = changed(one) if changed else ()
            if without is not None:
                waiting += self.downwards(row, without)
        for row in rivalries:
            if row.up in standing and row.one in standing:
                (standing if row.retired_at is None else retired).add(row.id)
        return standing, retired - standing

    def above(self, changed: Iterable[Any]) -> set[Any]:
        """Return what rests on any of some rows, these included."""
        parents: dict[Any, list[Any]] = {}
        for row in self.rows.values():
            for one, _ in self.downwards(row):
                parents.setdefault(one, []).append(row.id)
        found: set[Any] = set()
        waiting = list(changed)
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += parents.get(one, ())
        return found


def load(connection: Connection, study: Any, subjects: Iterable[tuple[str, Any]]) -> Beneath:
    """Return all that lies beneath some records, in a statement for each level of the chain, however many there are.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        subjects: the table and the id of each, ids as the driver has them.
    """
    found = Beneath()
    asked: set[Any] = set()
    wanted: dict[str, set[Any]] = {}  # rows to be read, by table
    owners: dict[str, set[Any]] = {}  # rows whose own are to be read, by the table of what is theirs
    for noun, one in subjects:
        wanted.setdefault(noun, set()).add(one)
    while wanted or owners:
        for name, ids in wanted.items():
            asked |= ids
            for inner in _INSIDE.get(name, ()):
                owners.setdefault(inner, set()).update(ids)
        parts = [_part(connection, study, name, "", ids) for name, ids in wanted.items()]
        parts += [_part(connection, study, name, KINDS[name].up, ids) for name, ids in owners.items()]
        new = [row for row in connection.execute(union_all(*parts)) if row.id not in found.rows]
        wanted, owners = {}, {}
        for row in new:
            _place(found, row, wanted, {} if row.id in asked else owners)
        cases = [row.id for row in new if row.kind == "case"]
        if cases:
            for noun, one in _cites(connection, study, cases, found):
                wanted.setdefault(noun, set()).add(one)
        wanted = {
            name: left
            for name, ids in wanted.items()
            if (left := {one for one in ids if one not in found.rows and one not in asked})
        }
    return found


def _place(found: Beneath, row: Row[Any], wanted: dict[str, set[Any]], owners: dict[str, set[Any]]) -> None:
    """Put a row in its place, and note what is to be read for it."""
    if row.id in found.rows:
        return
    found.rows[row.id] = row
    kind = KINDS[row.kind]
    if row.up != row.id:
        found.inside.setdefault(row.up, []).append(row.id)
        if row.retired_at is not None and row.kind not in _INSIDE:
            return  # what a retired link led to does not matter
    for name, one in zip(kind.down, (row.one, row.two), strict=False):
        if one != row.id and row.kind != "rivalry":
            wanted.setdefault(LEADS[name], set()).add(one)
    for inner in _INSIDE.get(row.kind, ()):
        owners.setdefault(inner, set()).add(row.id)


def _part(connection: Connection, study: Any, name: str, column: str, ids: Collection[Any]) -> Select[Any]:
    """Return the query for rows of a table by their own ids, or by those in a column."""
    row, table = _row(name)
    if not column:  # where SQLite is told of the study too, it reads all of the study's rows
        return row.where(among(connection, table.id, ids))
    return row.where(table.study_id == study, among(connection, table[column], ids))


@cache
def _row(name: str) -> tuple[Select[Any], Any]:
    """Return the query for a table's rows in the one form of all, and its columns."""
    kind = KINDS[name]
    columns = " ".join(filter(None, (kind.key, kind.up, *kind.down, *kind.beside)))
    table = words(name, f"id study_id retired_at {columns}").c
    ends = [func.coalesce(table[column], table.id) for column in (*kind.down, *kind.beside)]
    row: Select[Any] = select(
        literal_column(f"'{name}'").label("kind"),
        table.id,
        (table[kind.key] if kind.key else literal_column("''")).label("key"),
        (func.coalesce(table[kind.up], table.id) if kind.up else table.id).label("up"),
        *(end.label(label) for end, label in zip([*ends, table.id, table.id], ("one", "two"), strict=False)),
        table.retired_at,
    )
    return row, table


def cited(narrative: str) -> Iterator[str]:
    r"""Yield the keys that a narrative cites: ``[@KEY]``, ``[@KEY, 315; @OTHER]``; ``\[@`` is text."""
    for bracket in _CITED.finditer(narrative):
        for one in bracket[1].split(";"):
            if key := _KEY.match(one.strip()):
                yield key[1]


def _cites(
    connection: Connection, study: Any, cases: Collection[Any], found: Beneath
) -> list[tuple[str, Any]]:
    """Note which quotes and sources the narratives of some cases cite; return them."""
    case = words("case", "id narrative").c
    wanted = select(case.id, case.narrative).where(
        among(connection, case.id, cases), case.narrative.contains("[@", autoescape=True)
    )  # fmt: skip
    keys = {row.id: list(dict.fromkeys(cited(row.narrative))) for row in connection.execute(wanted)}
    known = _known(connection, study, {key for one in keys.values() for key in one})
    for one, named in keys.items():
        found.cites[one] = [known[key][1] for key in named if key in known]
    return list(dict.fromkeys(known.values()))


def _known(connection: Connection, study: Any, keys: Collection[str]) -> dict[str, tuple[str, Any]]:
    """Return the quotes and sources that some keys name, or once named; a quote before a source of the same key."""
    if not keys:
        return {}
    moved = words("redirect", "study_id noun key row_id").c
    parts = [
        select(moved.key, moved.noun.label("noun"), moved.row_id.label("id")).where(
            moved.study_id == study,
            or_(moved.noun == "source", moved.noun == "quote"),
            among(connection, moved.key, keys),
        )
    ]
    for noun in ("source", "quote"):
        table = words(noun, "id study_id key").c
        parts.append(
            select(table.key, literal_column(f"'{noun}'"), table.id).where(
                table.study_id == study, among(connection, table.key, keys)
            )
        )
    # A key of today before one of the past, and a quote before a source.
    order = {"quote": 1}
    rows = sorted(connection.execute(union_all(*parts)), key=lambda row: order.get(row.noun, 0))
    return {row.key: (row.noun, row.id) for row in rows}
