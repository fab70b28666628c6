"""Copy a whole ledger from one database into another: every row of every table, with its history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select, text, update

from evidence.errors import LedgerError
from evidence.ledger import passages, schema
from evidence.ledger.bulk import insert_block
from evidence.ledger.roles import require_sight
from evidence.ledger.store import connecting, reading_all, require_current, shown
from evidence.models import Base

__all__ = ["copy_rows", "heads", "into_server"]

_BLOCK = 1000


def into_server(url: str, to: str) -> None:
    """Copy a ledger into a server's empty database, as one transaction.

    Args:
        url: where the ledger is.
        to: the database, which has no tables yet, or those of a ledger without a study.

    Raises:
        LedgerError: there is a study, or something else, in the database.
    """
    with reading_all(url) as source:
        require_current(source)
        require_sight(source, "a ledger can be copied")
        schema.create(to)
        with connecting(to) as engine, engine.begin() as target:
            if target.execute(text("SELECT 1 FROM study")).first():
                raise LedgerError(
                    f"There is a study in {shown(to)} already, and nothing was copied; name an empty database."
                )
            copy_rows(source, target)
            _require_same(source, target)


def copy_rows(source: Connection, target: Connection) -> None:
    """Copy every row of every table, and make the index of find anew.

    Args:
        source: to the ledger, in one consistent read.
        target: to an empty ledger of the same schema.
    """
    if target.dialect.driver == "psycopg" and source.dialect.name == "sqlite":
        target.execute(text("SET LOCAL TimeZone = 'UTC'"))  # which a file's moments are in
        for table in Base.metadata.sorted_tables:
            insert_block(target, table, _as_kept(source, table))
    else:
        for table in Base.metadata.sorted_tables:
            _copy(source, target, table)
    passages.rebuild(target)


def heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """Return, for each study, its newest revision's number and digest."""
    newest = text(
        "SELECT study.key AS key, revision.number AS number, revision.digest AS digest FROM study JOIN revision "
        "ON revision.study_id = study.id ORDER BY study.key, revision.number"
    )
    return {row.key: (row.number, row.digest) for row in connection.execute(newest)}


def _as_kept(source: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """Yield a table's rows as a file keeps them, which a server reads as they are: ids as digits, JSON as text."""
    names = ", ".join(map(source.dialect.identifier_preparer.format_column, table.columns))
    quoted = source.dialect.identifier_preparer.format_table(table)
    yield from source.exec_driver_sql(f"SELECT {names} FROM {quoted}")  # noqa: S608 - a model's names


def _copy(source: Connection, target: Connection, table: Table) -> None:
    own = _own_links(table)
    rows = source.execution_options(stream_results=True).execute(select(table))
    later: list[dict[str, Any]] = []
    for block in rows.mappings().partitions(_BLOCK):
        values = [dict(row) for row in block]
        for row in values:
            linked = {f"new_{name}": row[name] for name in own if row[name] is not None}
            later += [{"row": row["id"], **{f"new_{name}": row[name] for name in own}}] if linked else []
            row.update(dict.fromkeys(own))
        target.execute(insert(table), values)
    if later:
        links: dict[str, Any] = {name: bindparam(f"new_{name}") for name in own}
        target.execute(update(table).where(table.c.id == bindparam("row")).values(links), later)


def _own_links(table: Table) -> list[str]:
    """Return the columns that lead to rows of the same table, which may come after those that name them."""
    return [
        column.name
        for link in table.foreign_key_constraints
        if link.referred_table is table
        for column in link.columns
    ]


def _require_same(source: Connection, target: Connection) -> None:
    """Count every table's rows on both sides, and compare where the histories end."""
    for table in Base.metadata.sorted_tables:
        counted = select(func.count()).select_from(table)
        had, has = (connection.execute(counted).scalar_one() for connection in (source, target))
        if had != has:
            raise LedgerError(f"Of {had} rows of {table.name} {has} arrived; nothing was copied.")
    if heads(source) != heads(target):
        raise LedgerError("The history did not arrive as it was; nothing was copied.")
