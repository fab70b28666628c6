"""Views with plain names, for whoever opens a ledger that is a file with a tool for databases, such as Datasette.

They are no part of the schema that migrations carry: ``migrations/views.sql`` has their newest form, and they are made
anew with it. A server has none. There row policies say who may see what, a view asks them for its owner and not for its
reader (unless it is made with ``security_invoker``, which servers know from version 15 only), and tools that browse
files have no business there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Connection

from evidence.resources import folder

__all__ = ["drop", "make", "statements", "strange"]

_MADE = re.compile(r"CREATE VIEW (\w+) AS\n.*?;\n", re.DOTALL)
_THERE = "SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name"


def statements() -> dict[str, str]:
    """Return the statement that makes each view, by its name."""
    written = (folder("migrations") / "views.sql").read_text("utf-8")
    return {found[1]: found[0].removesuffix(";\n") for found in _MADE.finditer(written)}


def make(connection: Connection) -> None:
    """Make all views; there are none of these names."""
    if connection.dialect.name == "sqlite":
        for statement in statements().values():
            connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Take our views away: none of them can follow a table that is rebuilt, and renamed for it."""
    if connection.dialect.name == "sqlite":
        for name in statements().keys() & _there(connection).keys():
            connection.exec_driver_sql(f"DROP VIEW {name}")


def strange(connection: Connection) -> Iterator[str]:
    """Yield what is wrong with the views, in sentences: those that no program made, that are changed, or missing."""
    there = _there(connection)
    wanted = statements() if connection.dialect.name == "sqlite" else {}
    for name, statement in there.items():
        if name not in wanted:
            yield f"the database has a view {name}, which no program made"
        elif statement != wanted[name]:
            yield f"the view {name} is not as this program makes it; run 'evidence db upgrade'"
    for name in sorted(wanted.keys() - there.keys()):
        yield f"the view {name} is missing; run 'evidence db upgrade'"


def _there(connection: Connection) -> dict[str, str]:
    if connection.dialect.name != "sqlite":
        return dict.fromkeys(connection.dialect.get_view_names(connection), "")
    return {row.name: row.sql for row in connection.exec_driver_sql(_THERE)}
