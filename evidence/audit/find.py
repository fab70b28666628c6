"""Find words in sources, quotes and notes: each place with its page, and the words around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, column, func, select, table

from evidence.audit.snippets import Snippet, snippet
from evidence.audit.subject import subject
from evidence.errors import UnknownKey
from evidence.flows import labels_of, well_formed_pages
from evidence.ledger.finding import GROUPS, PASSAGE, Within, count, matching, numbered
from evidence.ledger.query import Term, parse, wanted
from evidence.ledger.rows import words as rows
from evidence.quoting import ASIDES

__all__ = ["GROUPS", "Answer", "Hit", "find"]

#: How many characters are shown of a passage.
_LENGTH = 240
#: Further pages that are named of a text.
_PAGES = 12
#: Kind, label, first offset, offset after the last.
_MARK = 4

_text = rows("text", "id study_id source_id content pages parts")
_quote = rows("quote", "id study_id source_id key locator")
_source = rows("source", "id study_id key title retired_at")
_redirect = rows("redirect", "study_id noun key row_id")
_bearing = rows("bearing", "id test_id")
_version = rows("variable_version", "id variable_id")


_READ = select(
    PASSAGE.c.id, PASSAGE.c.record_id, PASSAGE.c.noun, PASSAGE.c.field,
    func.coalesce(PASSAGE.c.words, _text.c.content).label("words"), _text.c.pages, _text.c.parts,
    _quote.c.key.label("quote"), _quote.c.locator, _source.c.key.label("source"), _source.c.title,
).select_from(
    PASSAGE.outerjoin(_text, _text.c.id == PASSAGE.c.record_id)
    .outerjoin(_quote, _quote.c.id == PASSAGE.c.record_id)
    .outerjoin(_source, _source.c.id == func.coalesce(_text.c.source_id, _quote.c.source_id, PASSAGE.c.record_id))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers.

    Attributes:
        noun, key: of which record; a text has no key and is known by its source's.
        source, title: the source's key and title; nothing for notes on something else.
        field: which field of the record: content, title, words, narrative ...
        page: the label of the page as printed, if it is known.
        part: ``n. 3`` in a footnote, ``source note``; nothing in the body.
        start: where the first hit that is shown begins in the field, in characters.
        snippet: the words around it, and where in them the hits are.
        also: further pages of the same text with hits.
    """

    noun: str
    key: str
    source: str
    title: str
    field: str
    page: str
    part: str
    start: int
    snippet: str
    marks: tuple[tuple[int, int], ...]
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found: the likeliest passages, how many there are, and which words are nowhere."""

    hits: tuple[Hit, ...]
    count: int
    nowhere: tuple[str, ...] = ()


def find(
    connection: Connection,
    study: Any,
    query: str,
    *,
    group: str = "",
    source: str | None = None,
    case: str | None = None,
    limit: int = 20,
) -> Answer:
    """Return the passages that answer a query, the likeliest first.

    Args:
        connection: to the ledger.
        study: the study's id.
        query: words, "phrases", beginnings (islan*), AND, OR, NOT, -word, parentheses (``query.parse``).
        group: one of ``GROUPS``, or nothing for all.
        source: the key of a source: its title, texts, quotes, and what was observed in them.
        case: a case: its records, and the quotes, sources and texts that they rest on.
        limit: how many passages to return; all are counted.

    Raises:
        ValueRefused: the query cannot be read.
        UnknownKey: there is no such source or case.
    """
    asked = parse(query)
    within = Within(
        group=group,
        source=_source_id(connection, study, source) if source else None,
        case=subject(connection, study, case).id if case else None,
    )
    numbers, total = matching(connection, study, asked, within, limit)
    terms = list(wanted(asked))
    if not total and len(terms) > 1:
        return Answer((), 0, tuple(t.said for t in terms if not count(connection, study, t, within)))
    return Answer(tuple(_hits(connection, study, numbers, terms)), total)


def _source_id(connection: Connection, study: Any, key: str) -> Any:
    wanted = select(_source.c.id).where(_source.c.study_id == study, _source.c.retired_at.is_(None))
    found = connection.execute(wanted.where(_source.c.key == key)).scalar()
    if found is None:
        moved = select(_redirect.c.row_id).where(
            _redirect.c.study_id == study, _redirect.c.noun == "source", _redirect.c.key == key
        )
        found = connection.execute(wanted.where(_source.c.id.in_(moved))).scalar()
    if found is None:
        known = select(_source.c.key).where(_source.c.study_id == study, _source.c.retired_at.is_(None))
        raise UnknownKey("source", key, connection.scalars(known))
    return found


def _hits(connection: Connection, study: Any, numbers: Sequence[int], terms: Sequence[Term]) -> Iterable[Hit]:
    if not numbers:
        return
    read = connection.execute(numbered(connection, _READ), {"numbers": numbers, "study": study})
    found = {row.id: row for row in read}
    keys = _keys(connection, [row for row in found.values() if row.source is None])
    for number in numbers:
        if number in found:  # the index may know of more than the ledger, until it is made anew
            yield _hit(found[number], keys, terms)


def _keys(connection: Connection, found: Sequence[Any]) -> dict[Any, str]:
    """Return the keys of records that are neither of a source nor of a quote; of a bearing its test's."""
    keys: dict[Any, str] = {}
    for noun in sorted({row.noun for row in found}):
        ids = [row.record_id for row in found if row.noun == noun]
        if noun in ("bearing", "variable_version"):
            inner, link, owner = (
                (_bearing, "test_id", "test") if noun == "bearing" else (_version, "variable_id", "variable")
            )
            named = table(owner, column("id"), column("key"))
            read = (
                select(inner.c.id, named.c.key)
                .join(named, named.c.id == inner.c[link])
                .where(inner.c.id.in_(ids))
            )
        else:
            named = table(noun, column("id"), column("key"))
            read = select(named.c.id, named.c.key).where(named.c.id.in_(ids))
        keys |= {row.id: row.key for row in connection.execute(read)}
    return keys


def _hit(row: Any, keys: dict[Any, str], terms: Sequence[Term]) -> Hit:
    shown = snippet(row.words or "", terms, _LENGTH)
    page, part, also = _where(row, shown)
    return Hit(
        noun=row.noun,
        key=row.quote or row.source or keys.get(row.record_id, ""),
        source=row.source or "",
        title=row.title or "",
        field=row.field,
        page=page,
        part=part,
        start=shown.start,
        snippet=shown.words,
        marks=shown.marks,
        also=also,
    )


def _where(row: Any, shown: Snippet) -> tuple[str, str, tuple[str, ...]]:
    """Return the page of a hit, the part of the text if it is not the body, and the other pages with hits."""
    if row.noun == "quote":
        return str((row.locator or {}).get("page") or ""), "", ()
    if row.noun != "text":
        return "", "", ()
    marks = well_formed_pages(row.pages or [])
    page = _page(shown.start, marks)
    others: dict[str, None] = {}
    for start in shown.starts if marks else ():
        others[_page(start, marks)] = None
        if len(others) > _PAGES:
            break
    return (
        page,
        _part(shown.start, row.parts or []),
        tuple(other for other in others if other and other != page),
    )


def _page(at: int, marks: Sequence[tuple[str, int]]) -> str:
    return next(iter(labels_of(marks, at, at + 1)), "")


def _part(at: int, parts: Sequence[Any]) -> str:
    """Return what part of a text an offset lies in, if it is not the body: ``n. 3`` for a footnote."""
    beside = [part for part in parts if len(part) == _MARK and part[0] in ASIDES and part[2] <= at < part[3]]
    if not beside:
        return ""
    kind, label, _, _ = min(beside, key=lambda part: part[3] - part[2])
    if kind == "footnote":
        return f"n. {label}" if label else "note"
    return f"{kind} {label}".strip()
