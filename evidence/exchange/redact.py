"""A copy of a study from which words are left out: whatever is made from it cannot say them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, select, update

from evidence.archive.quotations_marks import count_words, passages, unmarked
from evidence.exchange.closed_words import FEWEST, ClosedWords
from evidence.exchange.rights import Kept
from evidence.ledger import history
from evidence.ledger.canonical import as_bytes
from evidence.ledger.store import find_study
from evidence.models import Base, Case, Change, Quote, Source, Text
from evidence.quoting import Held, locate

__all__ = ["MARK", "redacted"]

MARK = "[withheld]"
#: What a quote is without its words.
_WORDLESS = {
    "words": MARK, "prefix": "", "suffix": "", "transliteration": "", "translation": "", "sha256": "", "text_start": None, "text_end": None,
}  # fmt: skip
_FORMS = ("words", "transliteration", "translation")
_PARAGRAPHS = re.compile(r"(\n[ \t]*\n)")
_BLOCK_QUOTE = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)


@contextmanager
def redacted(
    connection: Connection, study: Any, revision: int, left_out: Sequence[Kept]
) -> Iterator[tuple[Connection, Any, ClosedWords]]:
    """Yield a copy of a study without some words, its id there, and the words that nothing made from it may say.

    Quotes lose their words, and texts theirs. Wherever else the ledger repeats such words (in a narrative, a reason,
    its history) ``[withheld]`` stands for them: passages of four words and more, however they are printed, and shorter
    quotes between quotation marks. What an open source says as well is nobody's secret, nor is what a source or a case is
    called; a paraphrase is not known for one.

    Args:
        connection: an open read.
        study: the study's id.
        revision: the number of its newest revision.
        left_out: what is left out.
    """
    with history.as_of(connection, study, revision) as copy:
        quotes = _rows_of(copy, Quote.__table__, "key", {one.key for one in left_out if one.noun == "quote"})
        texts = _rows_of(copy, Text.__table__, "sha256", {one.key for one in left_out if one.noun == "text"})
        spoken = [getattr(row, form) or "" for row in quotes for form in _FORMS]
        public = _public(copy, {row.id for row in quotes}, {row.id for row in texts})
        secret = _Secret(spoken, [row.content for row in texts if row.content], public)
        wordless = {row.id for row in quotes}
        _set(copy, Quote.__table__, [{"id": row.id, **_WORDLESS} for row in quotes])
        _set(copy, Text.__table__, [{"id": row.id, "content": None, "shareable": False} for row in texts])
        for table in Base.metadata.sorted_tables:
            _scrub(copy, table, secret, wordless)
        yield copy, find_study(copy, None), secret.words


class _Secret:
    """What is not to be said, and how it is left out of what repeats it."""

    def __init__(self, spoken: Sequence[str], texts: Sequence[str], public: Sequence[str]) -> None:
        self._public = Held("\n\n".join(public))
        said = {unmarked(words) for words in spoken if words.strip()}
        self.words = ClosedWords(said, public)
        self._short = [one for one in said if count_words(one) < FEWEST]
        self._long = [Held(one) for one in (*said, *texts) if count_words(one) >= FEWEST]

    def left_out(self, text: str) -> str:
        """Return a text with a mark in place of every passage that is not to be said."""
        text = self.words.without(text, MARK)
        return "".join(map(self._paragraph, _PARAGRAPHS.split(text)))

    def _paragraph(self, text: str) -> str:
        if text.lstrip().startswith(">") and self._tells(" ".join(_BLOCK_QUOTE.sub("", text).split())):
            return f"> {MARK}"
        for found in reversed(passages(text, fewest=1)):
            if self._tells(text[found.start : found.end]):
                text = text[: found.start] + MARK + text[found.end :]
        return text

    def _tells(self, words: str) -> bool:
        if self._public.find(words):
            return False
        if count_words(words) >= FEWEST:
            return any(one.find(words) for one in self._long)
        return any(count_words(one) == count_words(words) and locate(words, one) for one in self._short)

    def walked(self, value: Any) -> Any:
        """Return a JSON value whose texts leave out the same."""
        if isinstance(value, str):
            return self.left_out(value)
        if isinstance(value, list):
            return [self.walked(one) for one in value]
        if isinstance(value, dict):
            return {name: self.walked(one) for name, one in value.items()}
        return value


def _public(copy: Connection, quotes: set[Any], texts: set[Any]) -> list[str]:
    """Return what is open: nobody can withhold what a closed source says too."""
    said = [
        getattr(row, form) or ""
        for row in copy.execute(select(Quote.__table__))
        for form in _FORMS
        if row.id not in quotes
    ]
    said += [row.content or "" for row in copy.execute(select(Text.__table__)) if row.id not in texts]
    for table in (Source.__table__, Case.__table__):
        said += copy.scalars(select(table.c.title))
    return said


def _rows_of(copy: Connection, table: Any, column: str, wanted: set[str]) -> list[Any]:
    return [row for row in copy.execute(select(table).order_by(table.c.id)) if getattr(row, column) in wanted]


def _set(copy: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        values = {name: value for name, value in row.items() if name != "id"}
        copy.execute(update(table).where(table.c.id == row["id"]).values(**values))


def _scrub(copy: Connection, table: Table, secret: _Secret, wordless: set[Any]) -> None:
    """Leave out of a table what its other columns repeat; of the history too, which is written in JSON."""
    past = table.name == Change.__tablename__
    columns = [column for column in table.c if column.type.python_type in (str, dict, list, object)]
    named = [
        column
        for column in columns
        if not column.foreign_keys and column.name not in ("key", "sha256", "content")
    ]
    for row in copy.execute(
        select(table.c.id, *([table.c.table_name, table.c.row_id] if past else []), *named)
    ).all():
        changed = {}
        for column in named:
            before = getattr(row, column.name)
            if past and column.name in ("before", "after"):
                after = _past(before, secret, wordless=row.table_name == "quote" and row.row_id in wordless)
            else:
                after = secret.walked(before)
            if after != before:
                changed[column.name] = after
        if changed:
            copy.execute(update(table).where(table.c.id == row.id).values(**changed))


def _past(noted: str | None, secret: _Secret, *, wordless: bool) -> str | None:
    """Return what a change noted of a row, without what it may not say."""
    if noted is None:
        return None
    row = json.loads(noted)
    if wordless:
        row = {name: _WORDLESS.get(name, value) for name, value in row.items()}
    return as_bytes(secret.walked(row)).decode()
