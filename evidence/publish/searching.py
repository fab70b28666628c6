"""What the site's search finds, as scripts that a browser loads from a disk: no server, no network.

Of a case or a source, everything that can be found stands in one piece of JSON. The pieces are dealt to files by a
hash of the key, so that an edit changes one file; which places they lead to are the ids of the pages.

All pieces wait in memory until the scripts are written, and are most of what waits there: so they wait compressed.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote as escaped

from evidence.publish.legible import legible
from evidence.publish.source_views import NoteUse, PlacedQuote, SourceEntry
from evidence.publish.study_views import StudyView
from evidence.publish.views import CaseView, CodeView, ObservationView, SearchView, TestView

__all__ = ["found_in_case", "found_in_source", "script", "shards"]

#: A file of this size, in bytes, is read at once; files are between half of it and all of it, unless there is one.
_LARGEST = 1 << 20
_TAG = re.compile(r"<[^>]*>")
#: What may not stand in a script, or stand there as it is in every browser.
_UNSAFE = (("<", "\\u003c"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

#: A place that can be found: kind, id on the page, heading, words; then a translation, the words' language and
#: the cases that use them. What is empty at the end is left out.
Place = tuple[Any, ...]


def found_in_case(case: CaseView) -> bytes:
    """Return what can be found of a case: compressed JSON, without what a script may not hold."""
    places = [
        ("case", "", "", _together(case.participants, case.dates, case.number)),
        ("narrative", "narrative", "", _plain(case.narrative.plain)),
        *(_code(one) for coding in case.codings for one in (coding.code, *coding.others) if one),
        *(
            ("hypothesis", f"hypothesis-{one.key}", one.number, _together(one.statement, one.mechanism))
            for one in case.hypotheses
        ),
        *map(_test, case.tests),
        *map(_observation, case.evidence),
        *map(_search, case.searches),
    ]
    return _piece(f"cases/{escaped(case.page)}.html", case.title, case.years, places)


def _code(one: CodeView) -> Place:
    said = (
        one.rationale,
        one.counter_evidence,
        one.counterfactual,
        one.alternative_reason,
        one.override_reason,
    )
    return (
        "code",
        f"code-{one.key}",
        f"{one.variable} {one.value}" + (f", {one.label}" if one.label else ""),
        _together(one.coder, *said),
    )


def _test(one: TestView) -> Place:
    said = (one.prediction, one.if_false, one.where_to_look, one.note)
    return ("test", f"test-{one.key}", f"{one.number}, {one.kind}: {one.result}", _together(*said))


def _observation(one: ObservationView) -> Place:
    said = (one.proposition, one.inference, one.speaker, one.note)
    return ("evidence", f"observation-{one.key}", one.number, _together(*said))


def _search(one: SearchView) -> Place:
    said = (one.question, one.corpus, ", ".join(one.terms), one.found, one.gaps)
    return ("search", f"search-{one.key}", one.number, _together(*said))


def found_in_source(entry: SourceEntry) -> bytes:
    """Return what can be found of a source and of its quotes: compressed JSON, without what a script may not hold."""
    one = entry.source
    address = f"sources.html#source-{escaped(one.key)}" if entry.idle else f"sources/{escaped(one.page)}.html"
    path = (f"{fact.label}: {fact.value}" for fact in one.archive)
    said = _together(_plain(one.citation), *path, one.marks, one.note)
    return _piece(address, one.title, "", [("source", "", "", said), *map(_quote, entry.quotes)])


def _quote(placed: PlacedQuote) -> Place:
    one = placed.quote
    return (
        "quote",
        f"quote-{one.key}",
        one.locator,
        _together(one.words, one.transliteration),
        _together(one.translation, one.note),
        one.language,
        [_use(use) for use in placed.uses],
    )


def _use(use: NoteUse) -> list[str]:
    return [f"cases/{escaped(use.case.page)}.html", use.case.title]


def _together(*said: str) -> str:
    return " · ".join(filter(None, said))


def _plain(markup: str) -> str:
    """Return the words of safe HTML."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


def _piece(address: str, title: str, years: str, places: Iterable[Place]) -> bytes:
    held = [_short(place) for place in places if any(place[2:5])]
    written = legible(_written([address, title, years, held]))
    for unsafe, safe in _UNSAFE:
        written = written.replace(unsafe, safe)
    return gzip.compress(written.encode(), 1, mtime=0)


def _short(place: Place) -> list[Any]:
    kept = list(place)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def shards(study: StudyView) -> list[list[bytes]]:
    """Return everything that can be found, dealt to scripts: the compressed pieces of each.

    There are one, two, four and so on of them, so that their number hardly ever changes.
    """
    pieces = list(_pieces(study))
    size = sum(int.from_bytes(piece[-4:], "little") for _, piece in pieces)  # gzip ends with the length
    count = 1
    while size > count * _LARGEST:
        count *= 2
    dealt: list[list[bytes]] = [[] for _ in range(count)]
    for key, piece in pieces:
        dealt[_hash(key) % count].append(piece)
    return dealt


def _pieces(study: StudyView) -> Iterator[tuple[str, bytes]]:
    for case in study.cases:
        yield f"case {case.key}", case.found
    for _, sources in study.sources:
        for source in sources:
            yield f"source {source.source.key}", source.found


def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest(), "big")


def script(number: int, pieces: Sequence[bytes]) -> bytes:
    """Return a script that calls ``evidence.found`` with its pieces."""
    return b"evidence.found(%d,[\n%s\n]);\n" % (number, b",\n".join(map(gzip.decompress, pieces)))
