"""Sources that may be one document: what they share is told, and a person joins them or does not."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, select

from evidence.archive.knowing import identified
from evidence.models import Source, Text

__all__ = ["Double", "doubles"]

#: Where a document lies. An archive and what it calls the document must be said; a box holds many.
_PATH = ("repository", "collection", "record_group", "series", "box", "folder", "item", "frame")
_NEEDED = ("repository",)
_TELLING = ("item", "frame")
_BLOCK = 500
_PLACE = "the place "


@dataclass(frozen=True, slots=True)
class Double:
    """Two sources that share what one document alone should have.

    Attributes:
        first, second: their keys, the one that is longer in the study first.
        titles: their titles.
        shared: what they share, such as ``the DOI 10.1000/1``.
    """

    first: str
    second: str
    titles: tuple[str, str]
    shared: tuple[str, ...]


def doubles(
    connection: Connection,
    study: Any,
    between: tuple[Collection[uuid.UUID], Collection[uuid.UUID]] | None = None,
) -> list[Double]:
    """Return the pairs of sources in use that share a DOI, a place in an archive, or the words of a text.

    Args:
        connection: an open read, or that of a unit of work.
        study: the study's id.
        between: only pairs of a source of the one and a source of the other, which alone are looked at then.
    """
    owner = uuid.UUID(str(study))
    asked: set[uuid.UUID] | None = None
    if between is not None:
        if not between[0] or not between[1]:
            return []
        asked = {*between[0], *between[1]}
    sources = {row.id: row for row in _sources(connection, owner, asked)}
    shared: dict[tuple[uuid.UUID, uuid.UUID], dict[str, None]] = defaultdict(dict)
    for mark, ids in _marked(sources, _texts(connection, owner, asked)).items():
        for first, second in combinations(sorted(set(ids)), 2):  # ids are in the order of time
            if between is not None and not _across(first, second, between):
                continue
            if not (mark.startswith(_PLACE) and _unlike(sources[first], sources[second])):
                shared[first, second][mark] = None
    found = [
        Double(
            str(sources[first].key),
            str(sources[second].key),
            (str(sources[first].title), str(sources[second].title)),
            tuple(marks),
        )
        for (first, second), marks in shared.items()
    ]
    return sorted(found, key=lambda double: (double.first, double.second))


def _marked(
    sources: Mapping[uuid.UUID, Any], texts: Iterable[tuple[uuid.UUID, str]]
) -> dict[str, list[uuid.UUID]]:
    """Return the sources that have each mark."""
    marked: dict[str, list[uuid.UUID]] = defaultdict(list)
    for source_id, row in sources.items():
        for mark in _marks(row._mapping):  # noqa: SLF001 - its documented name
            marked[mark].append(source_id)
    for source_id, sha256 in texts:
        if source_id in sources:
            marked[f"the same words (SHA-256 {sha256[:12]})"].append(source_id)
    return marked


def _unlike(one: Any, other: Any) -> bool:
    """Tell whether two documents of one place, such as a decimal file, are told apart by a date or a name of their own."""
    names, others = (identified(row.identifiers or {}, row.csl or {}) for row in (one, other))
    dates = [(row.csl or {}).get("issued") for row in (one, other)]
    return any(names[kind] != others[kind] for kind in names.keys() & others.keys()) or (
        None not in dates and dates[0] != dates[1]
    )


def _across(
    one: uuid.UUID, other: uuid.UUID, between: tuple[Collection[uuid.UUID], Collection[uuid.UUID]]
) -> bool:
    ours, theirs = between
    return (one in ours and other in theirs) or (other in ours and one in theirs)


def _sources(connection: Connection, study: uuid.UUID, asked: set[uuid.UUID] | None) -> Iterator[Any]:
    table = Source.__table__
    columns = [table.c[name] for name in ("id", "key", "title", "csl", "identifiers", *_PATH)]
    wanted = select(*columns).where(table.c.study_id == study, table.c.retired_at.is_(None))
    for some in _blocks(asked):
        rows = wanted if some is None else wanted.where(table.c.id.in_(some))
        yield from connection.execute(rows.order_by(table.c.id))


def _texts(
    connection: Connection, study: uuid.UUID, asked: set[uuid.UUID] | None
) -> Iterator[tuple[uuid.UUID, str]]:
    table = Text.__table__
    wanted = select(table.c.source_id, table.c.sha256).where(
        table.c.study_id == study, table.c.retired_at.is_(None)
    )
    for some in _blocks(asked):
        rows = wanted if some is None else wanted.where(table.c.source_id.in_(some))
        for row in connection.execute(rows.order_by(table.c.id)):
            yield row.source_id, row.sha256


def _blocks(asked: set[uuid.UUID] | None) -> Iterator[list[uuid.UUID] | None]:
    if asked is None:
        yield None
        return
    ordered = sorted(asked)
    for start in range(0, len(ordered), _BLOCK):
        yield ordered[start : start + _BLOCK]


def _marks(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a source has that one document alone should have."""
    if doi := identified(row["identifiers"] or {}, row["csl"] or {}).get("doi"):
        yield f"the DOI {doi}"
    path = {name: " ".join(str(row[name] or "").split()) for name in _PATH}
    if all(path[name] for name in _NEEDED) and any(path[name] for name in _TELLING):
        yield _PLACE + ", ".join(_spelled(name, value) for name, value in path.items() if value)


def _spelled(name: str, value: str) -> str:
    """Return a part of a place in one spelling."""
    part = value.casefold()
    return part if name in ("repository", "collection", "item") else f"{name.replace('_', ' ')} {part}"
