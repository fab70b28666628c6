"""Words looked for in every text that is held at once: which source has them, and where."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from evidence.elisions import pieces_of
from evidence.folding import BREAK, SEAM, fold
from evidence.ledger.places import COLUMNS, LADDER, Spot, newest
from evidence.models import Source, Text
from evidence.nearmiss import Near, nearest
from evidence.quoting import Held

__all__ = ["Placed", "Shelf", "closest", "shelves", "sources_like"]

#: How many characters are taken from the ledger and made ready at a time.
_TOGETHER = 16_000_000
#: Words that stand in more texts than this are found in so many of them.
_TEXTS = 100


@dataclass(frozen=True, slots=True)
class Placed:
    """Words of a source: the source's key, and the place in its text."""

    source: str
    spot: Spot


class Shelf:
    """Some texts, made ready to be searched together."""

    __slots__ = ("_ends", "_joined", "helds", "texts")

    def __init__(self, texts: Sequence[Any]) -> None:
        """Take rows of texts with their sources' keys."""
        self.texts = texts
        self.helds = [Held(text.content, text.pages or (), text.parts or ()) for text in texts]
        joined = [BREAK.join(_bare(folded.text) for folded in held.folds()) + BREAK for held in self.helds]
        self._joined = "".join(joined)
        self._ends: list[int] = []
        at = 0
        for words in joined:
            at += len(words)
            self._ends.append(at)

    def find(self, words: str) -> list[Placed]:
        """Return the places where words stand in these texts, the closest kind of match only."""
        folded = fold(words).strip()
        candidates = self._having(_bare(folded))
        found = self._look(words, candidates)
        if not found:
            pieces = pieces_of(folded, lambda _: False) or []
            longest = max((piece.words for piece in pieces), key=len, default="")
            found = self._look(words, self._having(_bare(longest)))
        return closest(found)

    def _look(self, words: str, candidates: Iterable[int]) -> list[Placed]:
        return [
            Placed(self.texts[number].source, Spot(self.texts[number], self.helds[number], place))
            for number in candidates
            for place in self.helds[number].find(words)
        ]

    def _having(self, bare: str) -> list[int]:
        """Return the texts in which these letters stand, wherever words begin and end there."""
        found: list[int] = []
        at = self._joined.find(bare) if bare else -1
        while at >= 0 and len(found) < _TEXTS:
            number = bisect_right(self._ends, at)
            found.append(number)
            at = self._joined.find(bare, self._ends[number])
        return found

    def nearest(self, words: str, sources: set[uuid.UUID] | None = None) -> tuple[str, Near] | None:
        """Return the nearest words in these texts, or in those of some sources, with the source's key."""
        numbers = [n for n, text in enumerate(self.texts) if sources is None or text.source_id in sources]
        near = nearest(words, [self.helds[number] for number in numbers])
        return (self.texts[self.helds.index(near.held)].source, near) if near else None


def _bare(folded: str) -> str:
    return folded.replace("-", "").replace(SEAM, "")


def closest(found: Sequence[Placed]) -> list[Placed]:
    """Return the places of the closest kind of match among those found."""
    best = min((LADDER.index(one.spot.found.state) for one in found), default=0)
    return [one for one in found if one.spot.found.state is LADDER[best]]


def shelves(
    session: Session | Connection, study_id: uuid.UUID, source_ids: Iterable[uuid.UUID] | None = None
) -> Iterator[Shelf]:
    """Yield the texts of the newest edition of each source, so many at a time, by the sources' keys."""
    light = (
        select(Text.id, Text.source_id, Text.edition, func.length(Text.content).label("size"))
        .join(Source, Source.id == Text.source_id)
        .where(Text.study_id == study_id, Text.retired_at.is_(None), Text.content.is_not(None))
        .order_by(Source.key, Text.id.desc())
    )
    wanted = None if source_ids is None else set(source_ids)
    by_source: dict[uuid.UUID, list[Any]] = {}
    for row in session.execute(light):
        if wanted is None or row.source_id in wanted:
            by_source.setdefault(row.source_id, []).append(row)
    batch: list[uuid.UUID] = []
    size = 0
    for rows in by_source.values():
        recent = rows if len(rows) == 1 else newest(session, _texts(session, [row.id for row in rows]))
        ids = {row.id for row in recent}
        for row in rows:
            if row.id not in ids:
                continue
            if batch and size + row.size > _TOGETHER:
                yield Shelf(_texts(session, batch))
                batch, size = [], 0
            batch.append(row.id)
            size += row.size
    if batch:
        yield Shelf(_texts(session, batch))


def _texts(session: Session | Connection, ids: Sequence[uuid.UUID]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(ids), 500):
        wanted = (
            select(Source.key.label("source"), *COLUMNS)
            .join(Source, Source.id == Text.source_id)
            .where(Text.id.in_(ids[start : start + 500]))
            .order_by(Source.key, Text.id.desc())
        )
        found.extend(session.execute(wanted))
    return found


def sources_like(session: Session | Connection, study_id: uuid.UUID, key: str) -> dict[uuid.UUID, str]:
    """Return the sources that a key means: the one that has it, or all whose keys begin so.

    A volume of which no text is held stands for its documents, whose keys begin with its own and a dash.
    """
    wanted = select(Source.id, Source.key).where(
        Source.study_id == study_id,
        Source.retired_at.is_(None),
        Source.key.startswith(key, autoescape=True),
    )
    found = {row.id: row.key for row in session.execute(wanted.order_by(Source.key))}
    exact = next((row_id for row_id, name in found.items() if name == key), None)
    if exact is None:
        return found
    own = select(Text.id).where(Text.source_id == exact, Text.retired_at.is_(None), Text.content.is_not(None))
    if session.execute(own.limit(1)).first() is not None:
        return {exact: key}
    return {row_id: name for row_id, name in found.items() if row_id == exact or name.startswith(f"{key}-")}
