"""Make what citations need of sources' rows: a document in FRUS is cited with what is known of its volume."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, or_, select

from evidence.ledger.rows import words
from evidence.publish import frus
from evidence.publish.cited import Cited, said

__all__ = ["SHELF", "cited", "cited_named"]

#: Where an archive keeps a source, from the item to the repository.
SHELF = ("item", "frame", "folder", "box", "series", "record_group", "collection", "repository")
_COLUMNS = f"id study_id key type title csl redacted identifiers derived_from_id {' '.join(SHELF)}"


def cited(rows: Iterable[Any]) -> dict[Any, Cited]:
    """Return what each source is cited from, by its id.

    Args:
        rows: the sources, with their csl, identifiers and archival path.
    """
    known = list(rows)
    alone = {row.id: _alone(row) for row in known}
    ids = {i: frus.identified(one) for i, one in alone.items()}
    volumes = {ids[i][0]: one for i, one in alone.items() if ids[i][0] and not ids[i][1]}
    by_title = {one.title: one for one in volumes.values()}
    for row in known:
        one = alone[row.id]
        volume = volumes.get(ids[row.id][0]) or by_title.get(said(one.csl, "container-title"))
        if volume is not None and volume is not one and frus.is_frus(volume):
            alone[row.id] = replace(one, volume=_of_volume(volume))
    return alone


def cited_named(connection: Connection, study: Any, key: str) -> Cited:
    """Return what the source with a key is cited from, in two statements."""
    table = words("source", _COLUMNS)
    wanted = select(table).where(table.c.study_id == study)
    row = connection.execute(wanted.where(table.c.key == key)).one()
    volume, document = frus.identified(_alone(row))
    if not document:
        return _alone(row)
    named = or_(table.c.key == volume, table.c.title == said(row.csl or {}, "container-title"))
    if row.derived_from_id is not None:
        named = or_(named, table.c.id == row.derived_from_id)
    return cited([row, *connection.execute(wanted.where(named, table.c.id != row.id))])[row.id]


def _alone(row: Any) -> Cited:
    return Cited(
        type=row.type,
        title=row.title,
        csl=row.csl or {},
        shelf={name: value for name in SHELF if (value := getattr(row, name))},
        key=row.key,
        known=row.identifiers or {},
        redacted=bool(row.redacted),
    )


def _of_volume(volume: Cited) -> Mapping[str, Any]:
    return {**volume.csl, "title": volume.title}
