"""Insert many rows at once, with their changes: the one set-wise way into the ledger.

An ORM object costs about ten times what its row costs. Here a table's rows are turned into the driver's
values column by column, in blocks, and each block's changes follow it, so that memory stays flat however
large an import is. The history cannot tell rows that came this way from others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import JSON, Column, Connection, Dialect, Table, insert, text
from sqlalchemy.exc import DBAPIError

from evidence.ledger import canonical, laws
from evidence.models.base import uuid7s
from evidence.moments import Instant

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["BLOCK", "dashed", "default_of", "insert_block", "insert_columns", "insert_rows", "kept_by_row"]

#: Rows written at a time.
BLOCK = 5000


def insert_rows(session: Unit, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are new to a table, and note their changes; see ``insert_columns``.

    Args:
        session: the unit of work.
        table: a noun's table.
        rows: values by column; where a row is silent it has the column's default.
    """
    defaults = {column.name: default_of(column, session) for column in table.columns}
    given = dict.fromkeys(chain.from_iterable(rows))
    columns = {name: [row.get(name, defaults.get(name)) for row in rows] for name in given}
    insert_columns(session, table, columns, len(rows))


def insert_columns(session: Unit, table: Table, columns: Mapping[str, Sequence[Any]], count: int) -> None:
    """Insert rows that are new to a table, given as columns, and note their changes.

    Whoever calls has read the values (``forms``) and made sure that keys are free. Rows under a law that
    asks what else is in the ledger are refused, because nobody would ask it.

    Args:
        session: the unit of work; what it holds pending is flushed first.
        table: a noun's table.
        columns: for each column that is given, its ``count`` values. Defaults, ``id``, ``study_id``, moments
            of logging and columns that follow from others are filled in where they are missing.
        count: how many rows there are.
    """
    if table.name in laws.ASKING:
        raise ValueError(f"a {table.name} is under a law: add it as a record")
    if not count:
        return
    session.flush()
    connection = session.connection()
    name = str(table.name)  # exactly a str: the driver would ask any other kind how to adapt it, row by row
    shape = _Shape(session, table, connection.dialect, _with_derived(table, columns, count))
    for start in range(0, count, BLOCK):
        ids, values, afters = shape.block(start, min(start + BLOCK, count))
        insert_block(connection, table, values)
        session.changes.extend(zip(repeat(name), ids, repeat(None), afters, strict=False))
        session.keep()


def _with_derived(table: Table, columns: Mapping[str, Sequence[Any]], count: int) -> dict[str, Sequence[Any]]:
    """Return the columns, with those that follow from them."""
    if table.name not in laws.DERIVED:
        return dict(columns)
    sources, names, work = laws.DERIVED[table.name]
    known = [columns.get(source) or [None] * count for source in sources]
    found = zip(*map(work, *known), strict=True)
    return {**columns, **dict(zip(names, map(list, found), strict=True))}


def insert_block(connection: Connection, table: Table, values: Iterable[tuple[Any, ...]]) -> None:
    """Insert tuples of the driver's own values, one for each column of the table, in its order."""
    if connection.dialect.driver == "psycopg" and not kept_by_row(connection, table.name):
        _copy(connection, table, values)
        return
    statement = str(insert(table).compile(dialect=connection.dialect))
    if connection.dialect.driver == "psycopg":
        marks = ", ".join(["%s"] * len(table.columns))
        statement = f"INSERT INTO {_named(connection, table)} VALUES ({marks})"  # noqa: S608 - a model's names
    if rows := list(values):
        connection.exec_driver_sql(statement, rows)


def _named(connection: Connection, table: Table) -> str:
    quote = connection.dialect.identifier_preparer
    names = ", ".join(quote.format_column(column) for column in table.columns)
    return f"{quote.format_table(table)} ({names})"


def kept_by_row(connection: Connection, table: str) -> bool:
    """Tell whether a server keeps rows of a table from whoever is signed in; such a table takes no COPY."""
    if connection.dialect.name != "postgresql":
        return False
    known: dict[str, bool] = connection.info.setdefault("evidence.kept_by_row", {})
    if table not in known:
        asked = text("SELECT row_security_active(CAST(:name AS text))")
        known[table] = bool(connection.execute(asked, {"name": f'"{table}"'}).scalar_one())
    return known[table]


def _copy(connection: Connection, table: Table, values: Iterable[tuple[Any, ...]]) -> None:
    """Insert by COPY, which takes a third of the time of INSERT on a server."""
    statement = f"COPY {_named(connection, table)} FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error


def dashed(digits: str) -> str:
    """Return 32 hexadecimal digits as a UUID is written."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class _Shape:
    """How a table's columns become the driver's values and canonical JSON, worked out once for all rows."""

    def __init__(
        self, session: Unit, table: Table, dialect: Dialect, columns: Mapping[str, Sequence[Any]]
    ) -> None:
        if unknown := columns.keys() - set(table.columns.keys()):
            raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
        self.columns = columns
        self.names = table.columns.keys()
        self.defaults = {c.name: default_of(c, session) for c in table.columns}
        self.binds = {c.name: _bind(c, dialect) for c in table.columns}
        self.moments = {c.name for c in table.columns if isinstance(c.type, Instant)}
        # A struct with its fields in order is encoded twice as fast as a sorted dictionary, to the same bytes.
        self.sorted = sorted(self.names)
        self.line = msgspec.defstruct(f"{table.name}_line", [(name, Any) for name in self.sorted])

    def block(self, start: int, stop: int) -> tuple[list[str], Iterator[tuple[Any, ...]], Iterator[str]]:
        """Return some rows' ids, their values as the driver wants them, and what the changes leave."""
        columns = {name: values[start:stop] for name, values in self.columns.items()}
        made = uuid7s(stop - start) if "id" not in columns else None
        ids = list(map(dashed, made)) if made else [str(row_id) for row_id in columns["id"]]
        bound = [made if n == "id" and made else self._bound(n, columns.get(n)) for n in self.names]
        plain = [ids if n == "id" else self._plain(n, columns.get(n)) for n in self.sorted]
        lines = map(canonical.as_bytes, map(self.line, *plain))
        values = zip(*bound, strict=False)  # not strict: what is the same in all rows has no end
        return ids, values, map(bytes.decode, lines)

    def _bound(self, name: str, values: Sequence[Any] | None) -> Iterable[Any]:
        bind = self.binds[name]
        if values is None:
            return repeat(bind(self.defaults[name]) if bind else self.defaults[name])
        return map(bind, values) if bind else values

    def _plain(self, name: str, values: Sequence[Any] | None) -> Iterable[Any]:
        if values is None:
            return repeat(canonical.encode(self.defaults[name]))
        if name in canonical.BY_HASH:
            return [canonical.noted(name, value) for value in values]
        return map(canonical.encode, values) if name in self.moments else values


def default_of(column: Column[Any], session: Unit) -> Any:
    """Return what a new row has in a column where nothing is said."""
    if column.name == "study_id":
        return session.study_id
    if isinstance(column.type, Instant) and not column.nullable:
        return session.now  # when it was logged, or first seen
    if column.default is None:
        return None
    value: Any = column.default.arg  # type: ignore[attr-defined]
    return value(None) if callable(value) else value


def _bind(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what makes a value the driver's own; nothing where it is that already."""
    if isinstance(column.type, JSON):  # the same JSON, written four times as fast
        return lambda value: None if value is None else canonical.as_bytes(value).decode()
    return column.type.dialect_impl(dialect).bind_processor(dialect)
