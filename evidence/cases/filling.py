"""Bring a study to what a table says: new records come in together, those that are there are compared."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from evidence.cases.report import Changed, Report
from evidence.cases.table import TablePlan, fields_of
from evidence.errors import UnknownKey, ValueRefused
from evidence.ledger import laws, records
from evidence.ledger.bulk import default_of, insert_columns
from evidence.ledger.forms import missing
from evidence.ledger.nouns import NOUNS, Field
from evidence.ledger.revisions import Unit
from evidence.models import Redirect, Text

__all__ = ["apply_table"]


def apply_table(session: Unit, plan: TablePlan) -> Report:
    """Add the records of a table that are new, and change those of the others that say something else.

    The same table twice changes nothing. A record that the table does not have is left alone.

    Args:
        session: the unit of work.
        plan: what ``table.read_table`` returned.

    Raises:
        EvidenceError: a link leads nowhere, a new record lacks what it needs, a key was retired, or a law
            is broken; with file, row and column.
    """
    return _Filling(session, plan).report()


class _Filling:
    """One table being brought into one study."""

    def __init__(self, session: Unit, plan: TablePlan) -> None:
        self.session, self.plan = session, plan
        self.model = plan.noun.model
        self.fields = fields_of(plan)
        self.present = _ids(session, plan.noun.name)
        self.retired = _ids(session, plan.noun.name, retired=True)
        moved = self._moved()
        self.there = {
            row: self._id(key, moved)
            for row, key in enumerate(plan.keys)
            if key in self.present or key in moved
        }
        self.values = {field.name: self._said(field) for field in self.fields}

    def report(self) -> Report:
        """Do all of it and say what was done."""
        new = [row for row in range(len(self.plan.keys)) if row not in self.there]
        self._refuse_retired(new)
        self._require(new)
        changed = list(self._compare()) if self.there else []
        if self.plan.noun.name in laws.ASKING or self._to_be_looked_for():
            self._add_as_records(new)
        else:
            self._insert(new)
        return Report(
            noun=self.plan.noun.name,
            added=tuple(self.plan.keys[row] for row in new),
            changed=tuple(changed),
            unchanged=len(self.there) - len({one.key for one in changed}),
            warnings=self.plan.warnings,
        )

    def _moved(self) -> dict[str, uuid.UUID]:
        wanted = select(Redirect.key, Redirect.row_id).where(
            Redirect.study_id == self.session.study_id, Redirect.noun == self.plan.noun.name
        )
        return {key: row_id for key, row_id in self.session.execute(wanted)}  # noqa: C416 - a row is no pair to a type checker

    def _id(self, key: str, moved: Mapping[str, uuid.UUID]) -> uuid.UUID:
        return self.present.get(key) or moved[key]

    def _refuse_retired(self, new: list[int]) -> None:
        for row in new if self.retired else ():
            key = self.plan.keys[row]
            if key in self.retired:
                name = self.plan.noun.name
                raise ValueRefused(
                    f"{name} {key} was retired; bring it back with 'evidence {name} edit {key} --restore', or remove the row.",
                    self.plan.place(row, "key"),
                )

    def _require(self, new: list[int]) -> None:
        """Refuse a new record without what every such record needs."""
        for field in self.plan.noun.fields.values():
            if not field.required or field.computed or field.name == "key":
                continue
            values = self.values.get(field.name)
            for row in new:
                if values is None or values[row] is None:
                    error = missing(self.plan.noun.name, field)
                    raise error.at(self.plan.place(row, field.name))

    def _said(self, field: Field) -> list[Any]:
        """Return what the table says of a field, row by row; links as ids, nothing as ``None``."""
        if field.name in self.plan.parts:
            return [part or None for part in self.plan.parts[field.name]]
        values = self.plan.whole[field.name]
        return self._linked(field, values) if field.kind == "link" else list(values)

    def _linked(self, field: Field, keys: Any) -> list[Any]:
        known = self.present if field.target == self.plan.noun.name else _ids(self.session, field.target)
        ids: list[Any] = [None if key is None else known.get(key) for key in keys]
        for row, key in enumerate(keys):
            if key is not None and ids[row] is None:
                ids[row] = self._found(field, key.strip(), row, known)
        return ids

    def _found(self, field: Field, key: str, row: int, known: Mapping[str, uuid.UUID]) -> uuid.UUID:
        """Return the id behind a key that no present record has: one that was renamed, or nothing."""
        if key in known:
            return known[key]
        moved = select(Redirect.row_id).where(
            Redirect.study_id == self.session.study_id, Redirect.noun == field.target, Redirect.key == key
        )
        found = self.session.scalars(moved).first()
        if found is None:
            if field.target == self.plan.noun.name and key in self.plan.keys:
                raise ValueRefused(
                    f"{key!r} is new in this table too; import it first, and then what leads to it.",
                    self.plan.place(row, field.name),
                )
            raise UnknownKey(field.target, key, known).at(self.plan.place(row, field.name))
        return found

    def _to_be_looked_for(self) -> bool:
        """Tell whether these are quotes of a study that holds texts: each is then looked for in its own."""
        if self.plan.noun.name != "quote":
            return False
        held = select(Text.id).where(Text.study_id == self.session.study_id, Text.content.is_not(None))
        return self.session.execute(held.limit(1)).first() is not None

    def _insert(self, new: list[int]) -> None:
        """Write the new records, column by column; where nothing is said a field has its default."""
        table = self.model.__table__
        columns: dict[str, Sequence[Any]] = {"key": _picked(self.plan.keys, new)}
        for field in self.fields:
            values, default = (
                _picked(self.values[field.name], new),
                default_of(table.c[field.column], self.session),
            )
            columns[field.column] = [default if value is None else value for value in values]
        insert_columns(self.session, table, columns, len(new))

    def _add_as_records(self, new: list[int]) -> None:
        for row in new:
            said = {name: values[row] for name, values in self.values.items() if values[row] is not None}
            records.add(
                self.session,
                self.plan.noun.name,
                {"key": self.plan.keys[row], **said},
                place=self.plan.place(row),
            )

    def _compare(self) -> Iterator[Changed]:
        table = self.model.__table__
        names = [table.c[field.column] for field in self.fields]
        wanted = select(table.c.id, *names).where(table.c.study_id == self.session.study_id)
        before = {found[0]: found[1:] for found in self.session.execute(wanted)}
        for row, row_id in self.there.items():
            differing = {}
            for field, old in zip(self.fields, before[row_id], strict=True):
                value = self.values[field.name][row]
                if value is not None and field.name in self.plan.parts:
                    value = {**(old or {}), **value}
                if value is not None and value != old:
                    differing[field] = value
                    yield Changed(self.plan.keys[row], field.name, old, value)
            if differing:
                self._change(row, row_id, differing)

    def _change(self, row: int, row_id: uuid.UUID, differing: Mapping[Field, Any]) -> None:
        record = self.session.get_one(self.model, row_id)
        values = {field.name: value for field, value in differing.items()}
        records.edit(self.session, self.plan.noun.name, record, values, place=self.plan.place(row))


def _ids(session: Unit, noun: str, *, retired: bool = False) -> dict[str, uuid.UUID]:
    """Return the ids of a noun's records by key."""
    model = NOUNS[noun].model
    gone = model.retired_at.is_not(None) if retired else model.retired_at.is_(None)
    wanted = select(model.key, model.id).where(model.study_id == session.study_id, gone)
    return {key: row_id for key, row_id in session.execute(wanted)}  # noqa: C416


def _picked(values: Sequence[Any], rows: list[int]) -> Sequence[Any]:
    return values if len(rows) == len(values) else [values[row] for row in rows]
