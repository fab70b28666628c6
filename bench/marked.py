"""Passages marked in one long text: bringing them, looking for all quotes again, and showing them in context."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from bench.find import documents
from evidence.archive.bringing import bring
from evidence.archive.incoming import Incoming, IncomingSource, Marked, Words
from evidence.archive.marking import mark
from evidence.ledger import schema
from evidence.ledger.revisions import founding, writing
from evidence.ledger.store import reading
from evidence.ledger.verification import look_again
from evidence.models import Study
from evidence.publish.load import load
from evidence.quoting import Held

__all__ = ["in_one_text"]


def in_one_text(scratch: Path, letters: int, count: int) -> Iterator[str]:
    """Say how long so many passages of one text take; finding them alone is what it cannot do without.

    Args:
        scratch: a folder.
        letters: about how long the text is.
        count: how many passages are marked in it.
    """
    url = f"sqlite:///{scratch / 'marked.db'}"
    schema.create(url)
    with founding(url, Study(key="s", title="S"), author="bench", message="bench"):
        pass
    content = "\n\n".join(documents(letters // 5000))
    marked = tuple(
        Marked(words=words, identifiers={"hypothesis": f"h{number}"})
        for number, words in enumerate(_passages(content, count))
    )
    fields = {"title": "A long text", "type": "book"}
    item = IncomingSource(key="long", fields=fields, words=(Words(content=content),), marked=marked)
    incoming = Incoming(items=(item,))
    taken = [time.perf_counter()]
    held = Held(content)
    for one in marked:
        held.find(one.words)
    taken.append(time.perf_counter())
    with writing(url, "s", author="bench", message="bench", bulk=True) as session:
        mark(session, incoming, bring(session, incoming), strict=True)
    taken.append(time.perf_counter())
    with writing(url, "s", author="bench", message="bench") as session:
        look_again(session)
    taken.append(time.perf_counter())
    with reading(url, "s") as (connection, study):
        load(connection, study)
    taken.append(time.perf_counter())
    alone, brought, again, loaded = (end - start for start, end in pairwise(taken))
    yield (
        f"{count:,} passages marked in one text of {len(content):,} letters: {brought:.1f} s to bring them, "
        f"{again:.1f} s to verify them again (finding them alone {alone:.1f} s), {loaded:.2f} s to load with contexts"
    )


def _passages(content: str, count: int) -> Iterator[str]:
    """Yield passages of a few dozen words, which stand in the text once."""
    chance = random.Random(1955)  # noqa: S311 - the same passages each time
    size = len(content) // count
    for number in range(count):
        start = content.find(" ", number * size) + 1
        yield content[start : content.find(" ", start + chance.randrange(60, min(300, size - 20)))].strip(
            "“”’"
        )
