"""Know passages again that were brought before: by what they are called, by their words, by their neighbours.

Words are the surest sign where a file gives its passages no names. A passage whose words were corrected is
known by likeness, or because it stands between the same neighbours; told apart wrongly, it would leave its
observations behind, and taken for another it would carry them to other words, so both are asked for with care.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from sqlalchemy import select

from evidence.archive.incoming import Marked
from evidence.folding import composed
from evidence.ledger.revisions import Unit
from evidence.models import Quote

__all__ = ["NOTES", "OURS", "Passage", "fetched", "from_file", "names_of", "recognise"]

#: The name under which field notes say which file a passage was typed in, and after ``^`` which block it is.
NOTES = "notes"
#: What marking itself keeps among a quote's identifiers: what its file said of it, and tags without a meaning.
OURS = ("record", "tags")
#: How much of its words a corrected block keeps; how much, if it stands where the other stood.
_ALIKE, _LEAST = 0.6, 0.3
_FEW = 4
#: How much of a long passage is compared; how many of its pairs of letters another must share to be compared.
_BEGINNING, _SHARED = 3000, 0.3
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Passage:
    """A marked passage, with the source that it stands in."""

    source_id: uuid.UUID
    source: str
    marked: Marked


@dataclass(slots=True)
class _Stored:
    """What is asked of a quote that is in the ledger."""

    id: uuid.UUID
    source_id: uuid.UUID
    words: str
    locator: Mapping[str, Any]
    identifiers: Mapping[str, str]
    standing: bool


@dataclass(slots=True)
class _Search:
    """Which quotes there are, and which of them have been known again."""

    passages: Sequence[Passage]
    stored: dict[uuid.UUID, _Stored]
    found: list[uuid.UUID | None]
    taken: set[uuid.UUID] = field(default_factory=set)

    def left(self) -> Iterator[int]:
        """Yield the passages that are not known yet."""
        return (number for number, row_id in enumerate(self.found) if row_id is None)

    def take(self, number: int, row_id: uuid.UUID) -> None:
        """Say that a passage is that quote."""
        self.found[number] = row_id
        self.taken.add(row_id)


def recognise(session: Unit, passages: Sequence[Passage]) -> tuple[list[Quote | None], list[Quote]]:
    """Return the quote that each passage is, or none; and the quotes of the same files that no passage is."""
    stored = {one.id: one for one in _stored(session, {passage.source_id for passage in passages})}
    search = _Search(passages, stored, [None] * len(passages))
    _by_name(search)
    _by_words(search)
    _by_likeness(search)
    _by_neighbours(search)
    here = _from_here(passages)
    gone = [one.id for one in stored.values() if one.id not in search.taken and one.standing and here(one)]
    rows = fetched(session, [*filter(None, search.found), *gone])
    return [rows[row_id] if row_id else None for row_id in search.found], [rows[row_id] for row_id in gone]


def fetched(session: Unit, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Quote]:
    """Return quotes by their ids."""
    rows: dict[uuid.UUID, Quote] = {}
    for start in range(0, len(ids), _CHUNK):
        wanted = select(Quote).where(Quote.id.in_(ids[start : start + _CHUNK]))
        rows.update((row.id, row) for row in session.scalars(wanted))
    return rows


def from_file(identifiers: Mapping[str, str] | None) -> str:
    """Return the file of field notes that a quote was typed in."""
    return (identifiers or {}).get(NOTES, "").partition("^")[0]


def names_of(source_id: uuid.UUID, identifiers: Mapping[str, str]) -> dict[str, str]:
    """Return what a passage is called, each name unlike any other's; a block of notes is named in its source."""
    names = {name: value for name, value in identifiers.items() if name not in (*OURS, NOTES) and value}
    if block := identifiers.get(NOTES, "").partition("^")[2]:
        names[NOTES] = f"{source_id}^{block}"
    return names


def _stored(session: Unit, sources: Iterable[uuid.UUID]) -> Iterator[_Stored]:
    """Yield the quotes of these sources, and those of any source that are called something."""
    columns = (Quote.id, Quote.source_id, Quote.words, Quote.locator, Quote.identifiers, Quote.retired_at)
    mine = select(*columns).where(Quote.study_id == session.study_id)
    seen: set[uuid.UUID] = set()
    ids = list(sources)
    wanted = [mine.where(Quote.source_id.in_(ids[i : i + _CHUNK])) for i in range(0, len(ids), _CHUNK)]
    for statement in (*wanted, mine.where(Quote.identifiers.is_not(None))):
        for row in session.execute(statement.order_by(Quote.id)):
            if row.id not in seen:
                seen.add(row.id)
                yield _Stored(
                    row.id, row.source_id, row.words, row.locator or {}, row.identifiers or {}, row.retired_at is None
                )  # fmt: skip


def _by_name(search: _Search) -> None:
    called = {
        pair: one.id
        for one in search.stored.values()
        for pair in names_of(one.source_id, one.identifiers).items()
    }
    for number in search.left():
        passage = search.passages[number]
        for pair in names_of(passage.source_id, passage.marked.identifiers).items():
            if pair in called and called[pair] not in search.taken:
                search.take(number, called[pair])
                break


def _by_words(search: _Search) -> None:
    said: dict[tuple[uuid.UUID, str], list[_Stored]] = {}
    for one in search.stored.values():
        said.setdefault((one.source_id, one.words), []).append(one)
    for with_place in (True, False):  # the same words may stand on two pages
        for number in search.left():
            passage = search.passages[number]
            words = composed(passage.marked.words)
            for one in said.get((passage.source_id, words), ()):
                fits = not with_place or dict(passage.marked.locator) == dict(one.locator)
                if fits and _may_be(search, passage, one):
                    search.take(number, one.id)
                    break


def _may_be(search: _Search, passage: Passage, one: _Stored) -> bool:
    """Tell whether a quote is still free, and is not called otherwise."""
    mine = names_of(passage.source_id, passage.marked.identifiers)
    its = names_of(one.source_id, one.identifiers)
    return one.id not in search.taken and all(its.get(name, value) == value for name, value in mine.items())


def _typed(search: _Search) -> Iterator[tuple[list[int], list[_Stored]]]:
    """Yield, source by source, the blocks of notes that are not known yet, and the typed quotes still free."""
    left: dict[uuid.UUID, list[int]] = {}
    for number in search.left():
        if NOTES in search.passages[number].marked.identifiers:
            left.setdefault(search.passages[number].source_id, []).append(number)
    for source_id, numbers in left.items():
        free = [
            one
            for one in search.stored.values()
            if one.source_id == source_id and one.standing and NOTES in one.identifiers and one.id not in search.taken
        ]  # fmt: skip
        if free:
            yield numbers, free


def _by_likeness(search: _Search) -> None:
    """A block with most of its words unchanged is the same block, corrected."""
    for numbers, free in list(_typed(search)):
        typed = [(number, _Shape.of(search.passages[number].marked.words)) for number in numbers]
        there = [(one, _Shape.of(one.words)) for one in free]
        likenesses = [
            (likeness, -number, one)
            for number, shape in typed
            for one, its in there
            if shape.shares(its) and (likeness := shape.likeness(its)) >= _ALIKE
        ]
        for _, minus, one in sorted(likenesses, key=lambda found: found[:2], reverse=True):
            number = -minus
            if search.found[number] is None and _may_be(search, search.passages[number], one):
                search.take(number, one.id)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What two passages are compared by: their words, or the letters of a few."""

    words: list[str]
    letters: str
    marks: frozenset[str]

    @classmethod
    def of(cls, passage: str) -> _Shape:
        """Return the shape of a passage; the beginning of a long one tells enough."""
        words = re.findall(r"\w+", passage.casefold()[:_BEGINNING])
        letters = "".join(words)
        pairs = {letters[at : at + 2] for at in range(len(letters) - 1)}
        return cls(words, letters, frozenset(pairs))

    def shares(self, other: _Shape) -> bool:
        """Tell, at little cost, whether comparing the two is worth it."""
        most = max(len(self.marks), len(other.marks))
        return len(self.marks & other.marks) >= _SHARED * most

    def likeness(self, other: _Shape) -> float:
        """Return how much of two passages is the same, from 0 to 1."""
        if min(len(self.words), len(other.words)) >= _FEW:
            return SequenceMatcher(None, self.words, other.words, autojunk=False).ratio()
        ratio = SequenceMatcher(None, self.letters, other.letters, autojunk=False).ratio()
        return ratio if ratio >= _ALIKE else 0.0  # any two words share some letters


def _by_neighbours(search: _Search) -> None:
    """A lone changed block between the same neighbours is the same block, if anything else of it is the same."""
    for numbers, free in list(_typed(search)):
        source_id = search.passages[numbers[0]].source_id
        here = [
            number
            for number, passage in enumerate(search.passages)
            if passage.source_id == source_id and NOTES in passage.marked.identifiers
        ]
        there = [
            one
            for one in search.stored.values()
            if one.source_id == source_id and NOTES in one.identifiers and one.standing
        ]
        blocks = _gaps([(search.found[number], number) for number in here])
        quotes = _gaps([(one.id if one.id in search.taken else None, one) for one in there])
        for neighbours, number in blocks.items():
            one, passage = quotes.get(neighbours), search.passages[number]
            if one in free and _may_be(search, passage, one):
                same_place = bool(one.locator) and dict(passage.marked.locator) == dict(one.locator)
                if same_place or _Shape.of(passage.marked.words).likeness(_Shape.of(one.words)) >= _LEAST:
                    search.take(number, one.id)


def _gaps(row: Sequence[tuple[uuid.UUID | None, Any]]) -> dict[tuple[Any, Any], Any]:
    """Return what stands alone between two that are known, by those two."""
    runs = [(known, list(run)) for known, run in groupby(row, key=lambda one: one[0] is not None)]
    alone = {}
    for at, (known, run) in enumerate(runs):
        if not known and len(run) == 1:
            before = runs[at - 1][1][-1][0] if at else None
            after = runs[at + 1][1][0][0] if at + 1 < len(runs) else None
            alone[before, after] = run[0][1]
    return alone


def _from_here(passages: Sequence[Passage]) -> Callable[[_Stored], bool]:
    """Return what tells whether a quote came from the files that these passages are from."""
    files = {from_file(p.marked.identifiers) for p in passages} - {""}
    called = {(p.source_id, name) for p in passages for name in names_of(p.source_id, p.marked.identifiers)}

    def here(one: _Stored) -> bool:
        if NOTES in one.identifiers:
            return from_file(one.identifiers) in files
        return any((one.source_id, name) in called for name in one.identifiers)

    return here
