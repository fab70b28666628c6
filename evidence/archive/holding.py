"""Hold the words of sources: each text once, and the quotes of its source looked for again."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from evidence.archive.incoming import Words
from evidence.errors import Place, ValueRefused
from evidence.ledger import records, verification
from evidence.ledger.bulk import insert_rows
from evidence.ledger.forms import read_text
from evidence.ledger.revisions import Unit
from evidence.models import Text

__all__ = ["Holding", "hold"]

#: How many ids every database takes in one list.
_LISTED = 500


@dataclass(frozen=True, slots=True)
class Holding:
    """Words of a source that is in the ledger; ``new`` if it came with them, so that nothing quotes it yet."""

    source_id: uuid.UUID
    key: str
    words: Words
    place: Place
    new: bool


def hold(session: Unit, wanted: Sequence[Holding]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Hold words, those that are new together; the same words of a source are held once.

    Returns:
        The keys of the sources of which words are held that were not before; and what was found of their
        quotes, which are verified again.

    Raises:
        ValueRefused: the words cannot be kept.
    """
    there = _there(session, [one.source_id for one in wanted])
    rows, held = [], []
    for one in wanted:
        row = _row(one)
        known = (one.source_id, row["sha256"])
        if known not in there:
            rows.append(row)
        elif there[known] is None or not _bring_back(session, there[known], row, one.place):
            continue
        there[known] = None  # it is held now
        held.append(one)
    insert_rows(session, Text.__table__, rows)  # type: ignore[arg-type]
    session.flush()
    again = list(dict.fromkeys(one.source_id for one in held if not one.new))
    found = verification.look_again(session, again, suggest=True) if again else []
    return tuple(dict.fromkeys(one.key for one in held)), tuple(found)


def _there(session: Unit, ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str], uuid.UUID | None]:
    """Return the texts known of some sources; with the id of those whose words are not held here."""
    asked = set(ids)
    if not asked:
        return {}
    wanted = select(
        Text.source_id, Text.sha256, Text.id, Text.retired_at, Text.content.is_(None).label("empty")
    ).where(Text.study_id == session.study_id)
    if len(asked) <= _LISTED:
        wanted = wanted.where(Text.source_id.in_(asked))
    return {
        (row.source_id, row.sha256): row.id if row.empty or row.retired_at else None
        for row in session.execute(wanted)
        if row.source_id in asked
    }


def _bring_back(session: Unit, text_id: uuid.UUID | None, row: Mapping[str, Any], place: Place) -> bool:
    """Give a text its words that was known by its hash only, or that was retired."""
    text = session.get_one(Text, text_id)
    values = {name: row[name] for name in ("content", "pages", "parts") if row[name]}
    return records.edit(session, "text", text, {**values, "retired_at": None}, place=place, computed=True)


def _row(one: Holding) -> dict[str, Any]:
    words = one.words
    try:
        content = read_text(words.content)
    except ValueRefused as error:
        raise error.at(one.place) from error
    return {
        "source_id": one.source_id,
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
        "content": content,
        "edition": words.edition,
        "origin": words.origin,
        "shareable": words.shareable,
        "pages": [list(page) for page in words.pages],
        "parts": [list(part) for part in words.parts],
    }
