"""Import any table, CSV or spreadsheet, as records of one noun: a column for each field.

A table is read and checked column by column before the ledger is asked anything. A blank cell says nothing:
a new record has the field's default there, and a record that is there keeps what it has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.cases.cells import Target, cell_reader, target_of
from evidence.cases.reading import Sheet, read_sheet
from evidence.cases.report import Oddity
from evidence.errors import EvidenceError, Place, ValueRefused, nearest
from evidence.ledger.nouns import NOUNS, Field, Noun

__all__ = ["TABLE_NOUNS", "TablePlan", "read_table"]

#: What a table can hold: the nouns that people name by a key.
TABLE_NOUNS = tuple(name for name, noun in NOUNS.items() if noun.keyed)


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table as read: for each row its number and key, for each field its values, ``None`` where nothing is said.

    ``whole`` holds the fields that are said in one column (links as keys), ``parts`` those of which columns
    say parts. ``columns`` names the column of each field, for messages.
    """

    file: str
    noun: Noun
    numbers: Sequence[int]
    keys: Sequence[str]
    whole: Mapping[str, Sequence[Any]]
    parts: Mapping[str, Sequence[Mapping[str, Any]]]
    columns: Mapping[str, str]
    warnings: tuple[Oddity, ...]

    def place(self, row: int, field: str = "") -> Place:
        """Return where the row at that position stands, or its cell for a field."""
        return Place(self.file, row=self.numbers[row], field=self.columns.get(field, field))


def read_table(
    path: Path,
    noun: str = "case",
    columns: Mapping[str, str] | None = None,
    *,
    ignored: Collection[str] = (),
    missing: Collection[str] = (),
    sheet: str | None = None,
) -> TablePlan:
    """Read a table and check all of it that can be checked without the ledger.

    Args:
        path: a CSV file or a spreadsheet; see ``reading.read_sheet``.
        noun: what its rows are; one of ``TABLE_NOUNS``.
        columns: for a column, the field that it goes to: ``title``, ``source`` (a key), ``attributes.region``,
            ``csl.author``, ``locator.page``. A column that is named like a field needs no entry.
        ignored: columns to leave out.
        missing: cells that say nothing, besides blank ones, such as ``NA``.
        sheet: which sheet of a spreadsheet; else the first.

    Raises:
        EvidenceError: a column is neither mapped nor ignored, or a cell cannot be read; with file, row, column.
    """
    kind = NOUNS.get(noun)
    if kind is None or not kind.keyed:
        near = nearest(noun, TABLE_NOUNS, 1)
        hint = f" Did you mean {near[0]!r}?" if near else f" It can hold: {', '.join(TABLE_NOUNS)}."
        raise ValueRefused(f"a table cannot hold {noun!r}.{hint}")
    read = read_sheet(path, sheet=sheet)
    targets = _targets(read, kind, columns or {}, ignored)
    blank = {"", *missing}
    whole: dict[str, Sequence[Any]] = {}
    parts: dict[str, list[dict[str, Any]]] = {}
    written: dict[str, str] = {}
    for position, target in targets.items():
        values = _values(read, position, cell_reader(target), blank)
        name = target.field.name
        written[name] = (
            f"{written[name]}, {read.header[position]}" if name in written else read.header[position]
        )
        if target.part:
            _gather(parts.setdefault(name, [{} for _ in values]), target.part, values)
        else:
            whole[name] = values
    warnings = tuple(Oddity(Place(read.file), remark) for remark in read.remarks)
    plan = TablePlan(read.file, kind, read.numbers, whole.pop("key"), whole, parts, written, warnings)
    _require_keys(plan)
    return plan


def _targets(
    read: Sheet, noun: Noun, columns: Mapping[str, str], ignored: Collection[str]
) -> dict[int, Target]:
    """Return where each column goes, by its position."""
    for name in [*columns, *ignored]:
        if name not in read.header:
            near = nearest(name, read.header, 1)
            hint = f" Did you mean {near[0]!r}?" if near else f" Its columns are {', '.join(read.header)}."
            raise EvidenceError(f"there is no column {name!r}.{hint}", Place(read.file, row=1))
    found: dict[int, Target] = {}
    taken: dict[str, str] = {}
    for position, name in enumerate(read.header):
        if name in ignored:
            continue
        goal = columns.get(name, name)
        try:
            found[position] = target_of(noun, goal)
        except EvidenceError as error:
            remedy = (
                "" if name in columns else f" Say where it goes ({name}=FIELD), or that it is to be ignored."
            )
            raise EvidenceError(f"{error.sentence}{remedy}", Place(read.file, row=1, field=name)) from error
        if goal in taken:
            raise EvidenceError(
                f"{taken[goal]} and {name} both go to {goal!r}; ignore one of them.", Place(read.file, row=1)
            )
        taken[goal] = name
    _require_clear(read, noun, found, taken)
    return found


def _require_clear(read: Sheet, noun: Noun, found: Mapping[int, Target], taken: Mapping[str, str]) -> None:
    if "key" not in taken:
        raise EvidenceError(
            f"no column gives the key of each {noun.name}; say which one does (COLUMN=key).",
            Place(read.file, row=1),
        )
    for target in found.values():
        if target.part and target.field.name in taken:
            name = target.field.name
            raise EvidenceError(
                f"one column gives all of {name!r} and another a part of it; ignore one of them.",
                Place(read.file, row=1),
            )


def _values(
    read: Sheet, position: int, reader: Callable[[str], Any] | None, blank: Collection[str]
) -> list[Any]:
    """Return a column's values; a cell that cannot be read is looked for only if there is one."""
    cells = read.columns[position]
    try:
        if reader is None:
            return [None if cell in blank or cell.isspace() else cell for cell in cells]
        return [None if cell in blank or cell.isspace() else reader(cell) for cell in cells]
    except EvidenceError:
        for number, cell in zip(read.numbers, cells, strict=True):
            try:
                if reader is not None and cell not in blank and not cell.isspace():
                    reader(cell)
            except EvidenceError as error:
                raise error.at(Place(read.file, row=number, field=read.header[position])) from error
        raise


def _gather(rows: list[dict[str, Any]], part: str, values: Sequence[Any]) -> None:
    for row, value in zip(rows, values, strict=True):
        if value is not None:
            row[part] = value


def _require_keys(plan: TablePlan) -> None:
    """Every row needs a key of its own; a word on which rows share one."""
    if len(set(plan.keys)) == len(plan.keys) and None not in plan.keys:
        return
    seen: dict[str, int] = {}
    for row, key in enumerate(plan.keys):
        if key is None:
            raise EvidenceError("the key is missing; write it.", plan.place(row, "key"))
        if key in seen:
            raise EvidenceError(
                f"{plan.noun.name} {key!r} is in row {plan.numbers[seen[key]]} already; remove one of the two.",
                plan.place(row, "key"),
            )
        seen[key] = row


def fields_of(plan: TablePlan) -> list[Field]:
    """Return the fields that the table says something of, the key aside."""
    return [plan.noun.fields[name] for name in [*plan.whole, *plan.parts]]
