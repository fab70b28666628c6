"""What access conditions and rights say of the words in a study: which may leave with it, and why others may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from evidence.archive.quotations_marks import count_words
from evidence.keys import natural
from evidence.ledger.rows import words
from evidence.publish.contexts import may_be_shown
from evidence.vocabulary import Access

__all__ = ["LONG", "Excerpt", "Kept", "Rights", "rights"]

#: Words of an excerpt, as Annotation for Transparent Inquiry advises (100 to 150).
LONG = 150
#: Words of a source under such conditions are not for others; what is open in a reading room can be quoted.
_FORBIDDEN = (Access.RESTRICTED, Access.CLOSED)


@dataclass(frozen=True, slots=True)
class Kept:
    """Words that do not leave with the study, and why.

    Attributes:
        noun: ``quote`` or ``text``.
        key: the quote's key, or the text's SHA-256.
        source: the key of its source.
        reason: why, in a sentence.
        id: its id in the ledger.
        asked: whether access conditions forbid what would have left: it goes only if it is redacted.
    """

    noun: str
    key: str
    source: str
    reason: str
    id: Any
    asked: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A quote as an excerpt: how long, and on which conditions.

    Attributes:
        key: of the quote.
        source: the key of its source.
        words: how many words it has.
        long: whether that is more than ATI advises.
        access, rights: as the source's record says.
        shown: whether words round it may be shown too.
    """

    key: str
    source: str
    words: int
    long: bool
    access: str
    rights: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Rights:
    """What may leave with a study, and what may not.

    Attributes:
        kept: words that do not leave, quotes first.
        texts: texts that leave: their SHA-256, and the key of their source.
        excerpts: every quote that stands.
    """

    kept: tuple[Kept, ...]
    texts: tuple[tuple[str, str], ...]
    excerpts: tuple[Excerpt, ...]

    @property
    def forbidden(self) -> tuple[Kept, ...]:
        """What would leave, and access conditions forbid it."""
        return tuple(one for one in self.kept if one.asked)


def rights(connection: Connection, study: Any) -> Rights:
    """Return what may leave with a study, from what its records say of access and rights.

    Args:
        connection: an open read.
        study: the study's id.
    """
    found = words("source", "id study_id key access rights").c
    sources = {
        row.id: row
        for row in connection.execute(
            select(found.id, found.key, found.access, found.rights).where(found.study_id == study)
        )
    }
    quote = words("quote", "id study_id key source_id words retired_at").c
    quotes = connection.execute(
        select(quote.id, quote.key, quote.source_id, quote.words, quote.retired_at).where(
            quote.study_id == study
        )
    ).all()
    text = words("text", "id study_id source_id sha256 shareable content retired_at").c
    texts = connection.execute(
        select(
            text.id,
            text.source_id,
            text.sha256,
            text.shareable,
            text.retired_at,
            text.content.is_not(None).label("held"),
        ).where(text.study_id == study)
    ).all()
    ordered = sorted(quotes, key=lambda row: natural(row.key))
    held = sorted(texts, key=lambda row: (natural(sources[row.source_id].key), row.sha256))
    kept = [
        Kept(
            "quote", row.key, sources[row.source_id].key, _closed(sources[row.source_id]), row.id, asked=True
        )
        for row in ordered
        if sources[row.source_id].access in _FORBIDDEN
    ]
    leave = []
    for row in held:
        source = sources[row.source_id]
        if why := _why_not(source, row):
            asked = source.access in _FORBIDDEN and bool(row.shareable and row.held)
            kept.append(Kept("text", row.sha256, source.key, why, row.id, asked))
        else:
            leave.append((row.sha256, source.key))
    free = {row.source_id for row in texts if row.shareable}
    return Rights(tuple(kept), tuple(leave), tuple(_excerpts(ordered, sources, free)))


def _excerpts(quotes: Sequence[Any], sources: dict[Any, Any], free: set[Any]) -> list[Excerpt]:
    made = []
    for row in quotes:
        if row.retired_at is None:
            source, length = sources[row.source_id], count_words(row.words)
            shown = may_be_shown(source, row.source_id in free) and source.access not in _FORBIDDEN
            made.append(
                Excerpt(row.key, source.key, length, length > LONG, source.access, source.rights or "", shown)
            )
    return made


def _closed(source: Any) -> str:
    return f"access to {source.key} is {source.access}"


def _why_not(source: Any, text: Any) -> str:
    """Return why a text does not leave; nothing if it does."""
    if source.access in _FORBIDDEN:
        return _closed(source)
    if not text.held:
        return "its words are not held in this ledger"
    if not text.shareable:
        said = f" ({source.rights})" if source.rights else ""
        return f"nobody has said that rights allow it to travel{said}; 'evidence text edit' would"
    return ""
