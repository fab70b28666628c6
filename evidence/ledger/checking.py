"""Check a whole ledger: its schema and links, every digest of every study, and links that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, func, select, text

from evidence.ledger import proving, schema
from evidence.ledger.store import HEAD, connecting, version_of
from evidence.models import Base

__all__ = ["check"]

#: Findings of one study that are told; whoever has more asks 'evidence history verify'.
_TOLD = 5


def check(url: str) -> list[str]:
    """Return what is wrong with a ledger, in sentences; none if all is well.

    Args:
        url: where the ledger is.

    Raises:
        LedgerError: it cannot be read at all.
    """
    found = schema.check(url)
    with connecting(url) as engine, engine.connect() as connection:
        if version_of(connection) != HEAD:
            return found  # its rows cannot be read as this program's
        if engine.dialect.name != "sqlite":  # there the schema's check has asked the database itself
            found += _orphans(connection)
        return found + list(_histories(connection))


def _orphans(connection: Connection) -> Iterator[str]:
    """Yield links that lead to no row: a server refuses them, unless somebody told it not to look."""
    for table in Base.metadata.sorted_tables:
        for link in table.foreign_key_constraints:
            target = link.referred_table.alias()
            pairs = [(element.parent, target.c[element.column.name]) for element in link.elements]
            there = and_(*(own == other for own, other in pairs))
            wanted = (
                select(func.count())
                .select_from(table)
                .where(*(own.is_not(None) for own, _ in pairs), ~select(target).where(there).exists())
            )
            if count := connection.execute(wanted).scalar():
                names = ", ".join(own.name for own, _ in pairs)
                yield f"{table.name}: {count} rows whose {names} leads to no {link.referred_table.name}"


def _histories(connection: Connection) -> Iterator[str]:
    """Yield what does not fit the history of each study."""
    for key, study in connection.execute(text("SELECT key, id FROM study ORDER BY key")).all():
        found = list(proving.verify(connection, study))
        for one in found[:_TOLD]:
            yield f"history of {key}: {one.rule} {one.subject}: {one.message}"
        if len(found) > _TOLD:
            yield f"history of {key}: {len(found) - _TOLD} more; 'evidence --study {key} history verify' tells them all"
