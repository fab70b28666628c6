"""Somebody with a database tool: one value of one row, changed as slightly as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Enum, Table, select, text, update

from evidence.errors import Finding
from evidence.ledger import history, proving
from evidence.ledger.named import names_of
from evidence.ledger.store import find_study, open_engine
from tests.kit import Ledger

__all__ = ["BYTES", "Hand", "other", "sign", "tampering"]


class Hand:
    """A connection that no constraint stops, and whose work is not kept."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        driver: Any = connection.connection.driver_connection
        self.driver = driver
        self.sqlite = connection.dialect.name == "sqlite"
        if self.sqlite:
            self.driver.execute("PRAGMA foreign_keys = OFF")
            self.driver.execute("PRAGMA ignore_check_constraints = ON")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        self.study = find_study(connection, None)
        self.names = names_of(history.state(connection, self.study))

    def found(self, noted: str = "") -> list[Finding]:
        """Return what verifying finds."""
        return list(proving.verify(self.connection, self.study, noted))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo what is done in between."""
        self.connection.exec_driver_sql("SAVEPOINT hand")
        yield
        self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT hand")

    def change(self, table: Table, row_id: UUID, column: Column[Any]) -> None:
        """Give one value of a row another that such a column may hold."""
        value = self.connection.execute(select(column).where(table.c.id == row_id)).scalar_one()
        new = other(column, value)
        assert new != value
        self.connection.execute(update(table).where(table.c.id == row_id).values({column.name: new}))

    def write(self, table: str, row_id: UUID, column: str, alter: Callable[[Any], Any]) -> None:
        """Change a value in a file as it stands there; bytes are written as a text."""
        wanted = f'SELECT "{column}" FROM "{table}" WHERE id = ?'
        (value,) = self.driver.execute(wanted, (row_id.hex,)).fetchone()
        new = alter(value)
        what = "CAST(? AS TEXT)" if isinstance(new, bytes) else "?"
        line = f'UPDATE "{table}" SET "{column}" = {what} WHERE id = ?'
        assert self.driver.execute(line, (new, row_id.hex)).rowcount == 1


@contextmanager
def tampering(ledger: Ledger) -> Iterator[Hand]:
    """Open a ledger behind its back."""
    engine = open_engine(ledger.url, writing=True)
    try:
        with engine.connect() as connection:
            yield Hand(connection)
            connection.rollback()
    finally:
        engine.dispose()


def other(column: Column[Any], value: Any) -> Any:  # noqa: PLR0911 - a kind of value after the other
    """Return a value of the same kind that differs as little as can be."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 500
    if isinstance(value, float):
        return value + 0.01
    if isinstance(value, UUID):
        return UUID(int=value.int ^ 16)
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(column.type, Enum) and column.type.enum_class:
        return next(member for member in column.type.enum_class if member is not value)
    if isinstance(value, list):
        return [other(column, value[0]), *value[1:]]
    if isinstance(value, dict):
        name = next(iter(value))
        return {**value, name: other(column, value[name])}
    return sign(value)


def sign(value: Any) -> Any:
    """Return a value as it stands with one sign changed: the letter or digit in the middle to the next."""
    if not isinstance(value, str):
        return value ^ 64 if isinstance(value, int) else value + 0.01
    at = len(value) // 2
    letter = ord(value[at])
    following = (letter - 1 ^ 1) + 1 if value[at].isalpha() else letter ^ 1  # a to b, f to e: in ids too
    return value[:at] + chr(following) + value[at + 1 :]


def _capital(value: Any) -> Any:
    """Return a text with one letter in capitals or in small letters; of true a number that reads so too."""
    if not isinstance(value, str):
        return value ^ 32 if isinstance(value, int) else value + 0.001
    letters = [at for at, letter in enumerate(value) if letter.swapcase() != letter]
    if not letters:
        return f"{value} "
    at = letters[len(letters) // 2]
    return value[:at] + value[at].swapcase() + value[at + 1 :]


def _blank(value: Any) -> Any:
    """Return a text with a blank more, where JSON says the same as before; a number with half a one more."""
    if not isinstance(value, str):
        return value + 0.5
    return value.replace(",", ", ", 1) if value.startswith(("[", "{")) and "," in value else f" {value}"


def _bit(value: Any) -> Any:
    """Return a text in which one bit of one letter differs, so that it is no Unicode."""
    if not isinstance(value, str):
        return value ^ 1024
    stands = bytearray(value.encode())
    stands[len(stands) // 2] ^= 0x80
    return bytes(stands)


#: What a hand may do to a value as it stands in a file.
BYTES = {"sign": sign, "capital": _capital, "blank": _blank, "bit": _bit}
