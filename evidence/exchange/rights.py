"""What access conditions and rights say of the words in a study: which may leave with it, and why others may not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from evidence.archive.quotations_marks import count_words
from evidence.keys import natural
from evidence.ledger.rows import words
from evidence.publish.contexts import may_be_shown
from evidence.vocabulary import Access

__all__ = ["LONG", "Excerpt", "Kept", "Rights", "closed", "counted", "rights"]

#: Words of an excerpt, as Annotation for Transparent Inquiry advises (100 to 150).
LONG = 150
#: Words of a source under such conditions are not for others; what is open in a reading room can be quoted.
_FORBIDDEN = (Access.RESTRICTED, Access.CLOSED)
#: What is said of rights where words were given on the condition that nobody repeats them.
_SAYS_NO = re.compile(
    r"\b(?:(?:may|must|shall|can|to|is|are) ?not (?:to )?be|not to be|never be|not for) "
    r"(?:quot|cit|reproduc|publi|circulat|distribut|attribut)|\bno (?:quotation|quoting|direct quot)"
    r"|\bembargo|\bin confidence\b|\bconfidential\b|\boff the record\b",
    re.IGNORECASE,
)
_FREE = re.compile(r"public domain|no longer|formerly|declassified", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kept:
    """Words that do not leave with the study, and why.

    Attributes:
        noun: ``quote`` or ``text``.
        key: the quote's key, or the text's SHA-256.
        source: the key of its source.
        reason: why, in a sentence.
        closed: whether that is a condition on its source, so that nothing may repeat it.
        asked: whether it would have left all the same: then there is no deposit unless it is redacted.
    """

    noun: str
    key: str
    source: str
    reason: str
    closed: bool
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
    sources, quotes, texts = _read(connection, study)
    kept = [
        Kept("quote", row.key, source.key, why, closed=True, asked=True)
        for row in quotes
        if (why := closed(source := sources[row.source_id]))
    ]
    leave = []
    for row in texts:
        source = sources[row.source_id]
        forbidden = bool(closed(source))
        if why := _why_not(source, row):
            kept.append(
                Kept(
                    "text",
                    row.sha256,
                    source.key,
                    why,
                    forbidden,
                    forbidden and bool(row.shareable and row.held),
                )
            )
        else:
            leave.append((row.sha256, source.key))
    free = {row.source_id for row in texts if row.shareable}
    return Rights(tuple(kept), tuple(leave), tuple(_excerpts(quotes, sources, free)))


def counted(kept: Sequence[Kept]) -> str:
    """Return how many of each there are: ``2 quotes and 1 text``."""
    numbers = Counter(one.noun for one in kept)
    return " and ".join(
        f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in sorted(numbers.items())
    )


def _read(connection: Connection, study: Any) -> tuple[dict[Any, Any], list[Any], list[Any]]:
    """Return sources by id, quotes by key, and texts by source: retired ones too, as the study as text has them."""
    source = words("source", "id study_id key access rights").c
    found = select(source.id, source.key, source.access, source.rights).where(source.study_id == study)
    sources = {row.id: row for row in connection.execute(found)}
    quote = words("quote", "study_id key source_id words retired_at").c
    quotes = select(quote.key, quote.source_id, quote.words, quote.retired_at).where(quote.study_id == study)
    text = words("text", "study_id source_id sha256 shareable content").c
    held = text.content.is_not(None).label("held")
    texts = select(text.source_id, text.sha256, text.shareable, held).where(text.study_id == study)
    return (
        sources,
        sorted(connection.execute(quotes), key=lambda row: natural(row.key)),
        sorted(connection.execute(texts), key=lambda row: (natural(sources[row.source_id].key), row.sha256)),
    )


def _excerpts(quotes: Sequence[Any], sources: dict[Any, Any], free: set[Any]) -> list[Excerpt]:
    made = []
    for row in quotes:
        if row.retired_at is None:
            source, length = sources[row.source_id], count_words(row.words)
            shown = may_be_shown(source, row.source_id in free) and not closed(source)
            made.append(
                Excerpt(row.key, source.key, length, length > LONG, source.access, source.rights or "", shown)
            )
    return made


def closed(source: Any) -> str:
    """Return which condition forbids words of a source; nothing if none does."""
    if source.access in _FORBIDDEN:
        return f"access to {source.key} is {source.access}"
    said = source.rights or ""
    if _SAYS_NO.search(said) and not _FREE.search(said):
        return f"the rights of {source.key} say: {said}"
    return ""


def _why_not(source: Any, text: Any) -> str:
    """Return why a text does not leave; nothing if it does."""
    if forbidden := closed(source):
        return forbidden
    if not text.held:
        return "its words are not held in this ledger"
    if not text.shareable:
        said = f" ({source.rights})" if source.rights else ""
        return f"nobody has said that rights allow it to travel{said}; 'evidence text edit' would"
    return ""
