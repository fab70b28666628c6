"""Whether anybody went behind the ledger's back: every revision and every row held against the history."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.exc import DBAPIError

from evidence.errors import Finding, ValueRefused
from evidence.ledger import stored
from evidence.ledger.chained import replayed
from evidence.ledger.named import name_of, names_of
from evidence.models import Base, Revision, Study

__all__ = ["verify"]

_OWN = {"revision", "change"}
#: Rows read at a time; the words of texts are long.
_BLOCK = 500
#: A digest is known by no fewer of its digits.
_SHORTEST = 8
#: Rows that are strange and rows that are gone are compared, each with each, up to so many pairs.
_PAIRS = 10_000


def verify(connection: Connection, study: Any, noted: str = "") -> Iterator[Finding]:
    """Yield what does not fit: a revision whose digest is wrong, a row that no revision left as it is.

    The chain shows any change that was made in the past. Whoever rewrites the newest revision and its digest
    together is found only by a digest that was noted elsewhere, such as one printed in an appendix.

    Args:
        connection: to the ledger.
        study: the study's id.
        noted: the digest of a revision, or its beginning, that somebody noted elsewhere.

    Raises:
        ValueRefused: that is no digest.
    """
    noted = noted.strip().casefold()
    if noted and (len(noted) < _SHORTEST or noted.strip("0123456789abcdef")):
        raise ValueRefused(
            f"{noted!r} is no digest; give 64 digits (0 to 9, a to f), or at least the first {_SHORTEST}."
        )
    own = (
        study
        if isinstance(study, uuid.UUID)
        else uuid.UUID(stored.dashed(study))
        if stored.is_id(study)
        else None
    )
    if isinstance(study, str) and (own is None or own.hex != study):
        yield Finding(
            "EV902", "study", f"id is {stored.short(study)}, not 32 digits in small letters; no link finds it"
        )
    if own is None:
        return
    try:
        found = list(_verify(connection, own, noted))
    except DBAPIError:
        if connection.dialect.name != "sqlite":
            raise
        # A byte that is no Unicode: the driver would not read past it, and is told to.
        driver: Any = connection.connection.driver_connection
        kept, driver.text_factory = driver.text_factory, lambda read: read.decode("utf-8", "surrogateescape")
        try:
            found = [
                Finding(one.rule, stored.printable(one.subject), stored.printable(one.message))
                for one in _verify(connection, own, noted)
            ]
        finally:
            driver.text_factory = kept
    yield from found


def _verify(connection: Connection, study: uuid.UUID, noted: str) -> Iterator[Finding]:
    rows, found = replayed(connection, study, noted)
    yield from found
    if not rows:
        yield from _of_nobody(connection, study)
    names = names_of(rows)
    for table in Base.metadata.sorted_tables:
        if table.name not in _OWN:
            yield from _Proof(connection, study, table, names).findings(dict(rows.get(table.name, {})))


def _of_nobody(connection: Connection, study: uuid.UUID) -> Iterator[Finding]:
    """Yield that a study has no history, and which history has no study."""
    orphans = select(Revision.study_id).where(Revision.study_id.not_in(select(Study.id))).distinct()
    others = [str(other) for other in connection.scalars(orphans)]
    hint = f"; there are revisions of a study {others[0]}, which is not in the ledger" if others else ""
    yield Finding("EV904", "history", f"has no revision of the study with the id {study}{hint}")


class _Proof:
    """One table's rows, held against what the history has of them."""

    def __init__(self, connection: Connection, study: uuid.UUID, table: Table, names: dict[str, str]) -> None:
        self.connection, self.table, self.names = connection, table, names
        self.dialect = connection.dialect
        self.owner = table.c.id if table.name == "study" else table.c.study_id
        self.study = study
        self.columns = [(column, stored.fits(column, self.dialect)) for column in table.columns]
        self.place = table.columns.keys().index("id")

    def findings(self, recorded: dict[str, dict[str, Any]]) -> Iterator[Finding]:
        """Yield what differs; ``recorded`` is emptied of what is there."""
        strange = []
        for row in self._rows(self.owner == self.study):
            expected = recorded.pop(stored.dashed(row[self.place]), None)
            if expected is None:
                strange.append(row)
            else:
                yield from self._compared(row, expected)
        for row in self._gone(list(recorded)):
            yield from self._compared(row, recorded.pop(stored.dashed(row[self.place])))
        for row in strange:
            yield self._stranger(row, recorded if len(strange) * len(recorded) <= _PAIRS else {})
        for gone in recorded:
            yield Finding("EV903", self.names[gone], "was put in the ledger by a revision, and is gone")

    def _rows(self, wanted: Any) -> Iterator[Row[Any]]:
        columns = [stored.raw(column, self.dialect) for column, _ in self.columns]
        # A server would otherwise hand over all of it at once.
        yield from self.connection.execute(select(*columns).where(wanted).execution_options(yield_per=_BLOCK))

    def _gone(self, ids: list[str]) -> Iterator[Row[Any]]:
        """Yield rows that are said to be of another study, or of none."""
        for start in range(0, len(ids), _BLOCK):
            some = [uuid.UUID(name) for name in ids[start : start + _BLOCK] if stored.is_id(name)]
            yield from self._rows(self.table.c.id.in_(some))

    def _odd(self, row: Row[Any], expected: dict[str, Any]) -> list[int]:
        """Return which columns of a row are not as the history has them."""
        return [
            place
            for place, (value, (column, fits)) in enumerate(zip(row, self.columns, strict=True))
            if not (fits(value, expected.get(column.name)) if fits else value == expected.get(column.name))
        ]

    def _compared(self, row: Row[Any], expected: dict[str, Any]) -> Iterator[Finding]:
        for place in self._odd(row, expected):
            column = self.columns[place][0]
            what = stored.verdict(column, self.dialect, row[place], expected.get(column.name))
            yield Finding("EV902", self.names[stored.dashed(row[self.place])], what)

    def _stranger(self, row: Row[Any], gone: dict[str, dict[str, Any]]) -> Finding:
        """Return that no revision added a row, or which row it is, if it has another id and differs in nothing else."""
        for row_id, expected in gone.items():
            if self._odd(row, expected) == [self.place]:
                del gone[row_id]
                what = stored.verdict(self.columns[self.place][0], self.dialect, row[self.place], row_id)
                return Finding("EV902", self.names[row_id], what)
        said = {}
        for value, (column, _) in zip(row, self.columns, strict=True):
            try:
                said[column.name] = stored.plain(column, self.dialect, value)
            except stored.UNREADABLE:
                said[column.name] = stored.short(value)
        name = name_of(self.table.name, said, self.names)
        return Finding("EV901", stored.printable(name), "is in the ledger, but no revision put it there")
