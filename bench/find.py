"""Finding: against the bare FTS5 statement on the same texts, PostgreSQL's own beside it; and what an import pays for it."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate
from pathlib import Path

from bench.timing import Row, compare
from evidence.audit.find import find
from evidence.ledger import passages, schema
from evidence.ledger.bulk import insert_columns
from evidence.ledger.revisions import Unit, founding, writing
from evidence.ledger.store import reading
from evidence.models import Source, Study, Text
from evidence.models.base import uuid7

__all__ = ["against_fts5", "documents", "library", "what_it_costs"]

#: Words of a document: 5 KB of them.
_WORDS = 740
_BARE = "SELECT rowid, snippet(bare, 0, '**', '**', '…', 24) FROM bare WHERE bare MATCH ? ORDER BY bm25(bare) LIMIT 20"


def _vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    """Return words and their cumulative weights: common ones are in every document, rare ones in one of a hundred."""
    letters = "etaoinshrdlucmfwyp"
    words = sorted({"".join(chance.choices(letters, k=chance.randint(3, 10))) for _ in range(40_000)})
    chance.shuffle(words)
    return words, list(accumulate(1 / (rank + 4) for rank in range(len(words))))


def documents(count: int) -> Iterator[str]:
    """Yield documents with the quotation marks and accents that documents have, about fifty each."""
    chance = random.Random(1955)  # noqa: S311 - the same documents each time
    words, weights = _vocabulary(chance)
    written = [_adorned(word, chance.random()) for word in words]
    for _ in range(count):
        yield " ".join(chance.choices(written, cum_weights=weights, k=_WORDS))


def _adorned(word: str, chance: float) -> str:
    return (
        f"“{word}”"
        if chance < 0.02
        else f"{word}’s"
        if chance < 0.04
        else word.replace("e", "é")
        if chance < 0.08
        else word
    )


def queries() -> dict[str, str]:
    """Return queries by what they measure."""
    chance = random.Random(1955)  # noqa: S311
    words, _ = _vocabulary(chance)
    return {
        "a rare word": words[9000],
        "a word in 1 of 10 documents": words[900],
        "a word in every document": words[0],
        "two words": f"{words[60]} {words[300]}",
        "a phrase": f'"{words[1]} {words[0]}"',
        "a beginning": f"{words[9000][:4]}*",
    }


def library(url: str, count: int) -> float:
    """Make a ledger of so many documents in one import; return the seconds that the import took."""
    schema.create(url)
    with founding(url, Study(key="s", title="S"), author="bench", message="bench"):
        pass
    contents = list(documents(count))
    hashes = [hashlib.sha256(content.encode()).hexdigest() for content in contents]
    ids = [uuid7() for _ in contents]
    start = time.perf_counter()
    with writing(url, "s", author="bench", message="bulk", bulk=True) as session:
        titles = [f"Memorandum {number}" for number in range(count)]
        keys = [f"s{number}" for number in range(count)]
        source = {"id": ids, "key": keys, "title": titles, "tier": ["primary"] * count}
        insert_columns(session, Source.__table__, source, count)  # type: ignore[arg-type]
        text = {"source_id": ids, "sha256": hashes, "content": contents}
        insert_columns(session, Text.__table__, text, count)  # type: ignore[arg-type]
    return time.perf_counter() - start


def against_fts5(ledger: Path, rounds: int) -> Iterator[Row]:
    """Compare finding with the statement that returns the same 20 documents, ranked and with their snippets."""
    with closing(sqlite3.connect(ledger)) as raw:
        raw.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS bare USING "
            "fts5(content, content='text', content_rowid='rowid', tokenize='unicode61 remove_diacritics 2')"
        )
        raw.execute("INSERT INTO bare (bare) VALUES ('rebuild')")
        raw.commit()
        with reading(f"sqlite:///{ledger}", "s") as (connection, study):
            for what, query in queries().items():
                count = find(connection, study, query, group="sources").count

                def ours(query: str = query) -> object:
                    return find(connection, study, query, group="sources").hits

                def floor(query: str = query) -> object:
                    return raw.execute(_BARE, (query.replace("*", " *"),)).fetchall()

                yield compare(
                    f"find {what} ({count:,} documents) / bare FTS5", ours, floor, 1.3, rounds=rounds
                )


def on_postgresql(url: str, rounds: int) -> Iterator[str]:
    """Say how long the same queries take there."""
    with reading(url, "s") as (connection, study):
        for what, query in queries().items():
            taken = []
            for _ in range(rounds):
                start = time.perf_counter()
                answer = find(connection, study, query, group="sources")
                taken.append(time.perf_counter() - start)
            yield f"find {what} ({answer.count:,} documents) on PostgreSQL: {sorted(taken)[len(taken) // 2] * 1000:.1f} ms"


def what_it_costs(scratch: Path, count: int) -> Iterator[str]:
    """Say what keeping the index adds to an import of texts, in time and in size."""
    kept = passages.follow
    taken, sizes = {}, {}
    for name in ("without", "with"):
        file = scratch / f"library-{name}.db"
        try:
            passages.follow = _nothing if name == "without" else kept
            taken[name] = library(f"sqlite:///{file}", count)
        finally:
            passages.follow = kept
        sizes[name] = file.stat().st_size
    yield (
        f"import of {count:,} texts of 5 KB: {taken['with']:.1f} s, of which the index takes "
        f"{taken['with'] - taken['without']:.1f} s; the file {sizes['with'] / 1e6:.0f} MB, of which it is "
        f"{(sizes['with'] - sizes['without']) / 1e6:.0f} MB"
    )


def _nothing(session: Unit) -> None:
    """Leave the index as it is."""


def rows(scratch: Path, count: int, rounds: int) -> Iterator[Row | str]:
    """Yield every line on finding."""
    yield from what_it_costs(scratch, count // 5)
    for name in ("with", "without"):
        (scratch / f"library-{name}.db").unlink()
    library(f"sqlite:///{scratch / 'library.db'}", count)
    yield from against_fts5(scratch / "library.db", rounds)
    yield from _beside(count // 5, rounds)  # the same import takes it five times as long


def _beside(count: int, rounds: int) -> Iterator[str]:
    from tests.postgres import Missing, server  # noqa: PLC0415 - only a checkout has it

    try:
        with server() as started:
            url = started.create().render_as_string(hide_password=False)
            yield f"import of {count:,} texts of 5 KB on PostgreSQL: {library(url, count):.1f} s"
            yield from on_postgresql(url, rounds)
    except Missing as missing:
        yield f"PostgreSQL was left out: {missing}"
