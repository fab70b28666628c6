"""Compile each statement once for all the engines of a process.

A ledger of its own for each test is an engine of its own, and SQLAlchemy keeps what it has compiled by engine:
without this a quarter of the suite's time would go into writing the same SQL again. The SQL is the same.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

__all__ = ["share"]

_KEPT: dict[tuple[type, Any], tuple[Dialect, LRUCache[Any, Any]]] = {}


def share() -> None:
    """Let every connection of this process use what an earlier one of its kind has compiled."""
    if not event.contains(Engine, "engine_connect", _shared):
        event.listen(Engine, "engine_connect", _shared)


def _shared(connection: Connection) -> None:
    own = connection.dialect
    kind = (type(own), getattr(own, "server_version_info", None))
    connection.dialect, connection.engine._compiled_cache = _KEPT.setdefault(kind, (own, LRUCache(5000)))  # noqa: SLF001
