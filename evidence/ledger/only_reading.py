"""Ask a ledger in SQL of one's own, and be unable to change it: for notebooks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import ResourceClosedError, StatementError

from evidence.errors import LedgerError
from evidence.ledger.blindfold import BLINDFOLDED, VEILS

__all__ = ["ask"]

#: What reading a file may do. A read of the index of find asks for ``data_version``.
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
#: A function that reads code from a file.
_NEVER = {"load_extension"}


def ask(
    connection: Connection, query: str, values: Mapping[str, Any]
) -> tuple[list[str], Sequence[Sequence[Any]]]:
    """Return the columns and the rows of a query.

    Args:
        connection: an open read.
        query: one statement that reads, such as SELECT; ``:name`` stands for a value.
        values: values by name.

    Raises:
        LedgerError: it would do anything but read, or the database does not understand it.
    """
    with _held_back(connection):
        try:
            found = connection.execute(text(query), dict(values))
            return list(found.keys()), found.fetchall()
        except ResourceClosedError:
            raise LedgerError(
                "That statement finds nothing to show; a ledger opened so is only read."
            ) from None
        except StatementError as error:
            cause = str(error.orig).strip().splitlines()[0]
            raise LedgerError(
                f"The ledger cannot be asked that ({cause}); it is only read, by one SELECT."
            ) from None


@contextmanager
def _held_back(connection: Connection) -> Iterator[None]:
    """Let nothing through but what reads.

    A file asks us of everything that a statement would do. A server was told that this transaction only reads; a cursor
    of its own can be declared of one SELECT alone, so no statement ends the transaction and begins another.
    """
    if connection.dialect.name != "sqlite":
        connection.execution_options(stream_results=True)
        yield
        return
    for name in connection.scalars(
        text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")
    ).all():
        # The index of find declares itself when it is first asked, which is more than reading.
        connection.exec_driver_sql(f'SELECT * FROM "{name}" LIMIT 0').close()  # noqa: S608 - a name of our own
    driver: Any = connection.connection.driver_connection
    driver.set_authorizer(_veiled if connection.info.get(BLINDFOLDED) else _authorized)
    try:
        yield
    finally:
        driver.set_authorizer(None)


def _authorized(action: int, one: str | None, two: str | None, _place: str | None, _by: str | None) -> int:
    reads = action in _READING and not (action == sqlite3.SQLITE_FUNCTION and two in _NEVER)
    asks = action == sqlite3.SQLITE_PRAGMA and one == "data_version" and not two
    return sqlite3.SQLITE_OK if reads or asks else sqlite3.SQLITE_DENY


def _veiled(action: int, one: str | None, two: str | None, place: str | None, by: str | None) -> int:
    """Let nobody read past the views that stand before what a blind round hides (``blindfold``)."""
    if action == sqlite3.SQLITE_READ and place == "main" and by != one:
        table = one or ""
        if table in VEILS or table.startswith("passage_index"):
            return sqlite3.SQLITE_DENY
    return _authorized(action, one, two, place, by)
