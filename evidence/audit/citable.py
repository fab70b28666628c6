"""What narratives can cite: quotes and sources, by the keys that they have or had, with the words that they have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, literal_column, or_, select, union_all

from evidence.audit.misquoted import Cited
from evidence.ledger.among import among
from evidence.ledger.rows import words

__all__ = ["Lead", "cited_words", "leads"]

#: A noun, ``quote`` or ``source``, and the record's id.
Lead = tuple[str, Any]


def leads(connection: Connection, study: Any, keys: Collection[str]) -> dict[str, Lead]:
    """Return what each key leads to; a quote before a source, and what has the key before what had it.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as the driver has it.
        keys: as narratives cite them.
    """
    if not keys:
        return {}
    parts = [part for noun in ("source", "quote") for part in _leading(connection, study, noun, keys)]
    found = sorted(connection.execute(union_all(*parts)), key=lambda row: row.rank)
    return {row.key: (row.noun, row.id) for row in found}


def _leading(connection: Connection, study: Any, noun: str, keys: Collection[str]) -> list[Select[Any]]:
    table = words(noun, "id study_id key retired_at").c
    redirect = words("redirect", "study_id noun key row_id").c
    rank = 2 * (noun == "quote")
    called: ColumnElement[str] = literal_column(f"'{noun}'").label("noun")
    standing = and_(table.study_id == study, table.retired_at.is_(None))
    moved = select(redirect.key, called, table.id, literal_column(str(rank)).label("rank")).where(
        standing, redirect.row_id == table.id, redirect.noun == noun, among(connection, redirect.key, keys)
    )
    now = select(table.key, called, table.id, literal_column(str(rank + 1)).label("rank")).where(
        standing, among(connection, table.key, keys)
    )
    return [moved, now]


def cited_words(
    connection: Connection, study: Any, known: Mapping[str, Lead]
) -> Callable[[str], Cited | None]:
    """Return what tells which words a key leads to, for ``misquoted``; they are read in two statements at most.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as the driver has it.
        known: what each key leads to.
    """
    quotes = {i for noun, i in known.values() if noun == "quote"}
    sources = {i for noun, i in known.values() if noun == "source"}
    said = _said(connection, study, quotes, sources)
    held = _held(connection, study, sources)

    def look(key: str) -> Cited | None:
        noun, i = known.get(key, ("", None))
        if noun == "quote":
            own = said[i]
            return Cited(_texts(own), f"{own.prefix} {own.words} {own.suffix}")
        if noun == "source":
            own_texts = tuple(text for one in said.values() if one.source_id == i for text in _texts(one))
            return Cited((*own_texts, *held.get(i, ())), whole=i in held)
        return None

    return look


def _texts(row: Any) -> tuple[str, ...]:
    return tuple(text for text in (row.words, row.translation, row.transliteration) if (text or "").strip())


def _said(connection: Connection, study: Any, quotes: set[Any], sources: set[Any]) -> dict[Any, Any]:
    """Return some quotes, and all quotes of some sources, with their words."""
    if not quotes and not sources:
        return {}
    table = words(
        "quote", "id key study_id source_id retired_at words translation transliteration prefix suffix"
    )
    c = table.c
    either = or_(among(connection, c.id, quotes), among(connection, c.source_id, sources))
    wanted = select(table).where(c.study_id == study, c.retired_at.is_(None), either)
    return {row.id: row for row in connection.execute(wanted.order_by(c.key))}


def _held(connection: Connection, study: Any, sources: set[Any]) -> dict[Any, tuple[str, ...]]:
    """Return the texts that are held of some sources."""
    if not sources:
        return {}
    c = words("text", "study_id source_id content retired_at").c
    wanted = select(c.source_id, c.content).where(
        c.study_id == study,
        c.retired_at.is_(None),
        c.content.is_not(None),
        among(connection, c.source_id, sources),
    )
    found: dict[Any, tuple[str, ...]] = {}
    for row in connection.execute(wanted):
        found[row.source_id] = (*found.get(row.source_id, ()), row.content)
    return found
