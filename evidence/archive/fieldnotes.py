"""Read field notes: one Markdown file, typed at the archive, with its sources and the words copied from them.

A block of fields between two lines of ``---`` says what the source is; without a title it says what is common
to the sources below. Lines that begin with ``>`` are the source's words. Right below them stand the place
(``p. 3``), what the words show (``=> Dulles stated ...``), ``translation: ...`` and other fields, tags
(``#mid-50 #mid-50.t1+``), and plain remarks. Prose apart from any quote is the source's note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evidence.archive.fieldnotes_front import Front, begins, read_front, tags_in
from evidence.archive.fieldnotes_lines import (
    bare,
    copied,
    joined,
    lines_of,
    locator,
    named,
    paragraphs,
    parted,
)
from evidence.archive.incoming import Incoming, IncomingSource, Loss, Marked
from evidence.archive.knowing_passages import NOTES
from evidence.archive.typed_dates import typed_date
from evidence.errors import EvidenceError, Place, ValueRefused, nearest

__all__ = ["label_of", "read_fieldnotes"]

_SHOWS = re.compile(r"(?:=+>|＝*＞|[⇒→➔⟹]|->)\s*")
_FIELDS = {
    "shows": "shows", "show": "shows", "translation": "translation", "translated": "translation",
    "transliteration": "transliteration", "translator": "translator", "translated_by": "translator",
    "inference": "inference", "infer": "inference", "speaker": "speaker", "said_by": "speaker",
    "occurred": "occurred", "when": "occurred", "on": "occurred", "note": "note", "remark": "note",
    "language": "language", "lang": "language",
    "page": "locator", "pages": "locator", "folio": "locator", "frame": "locator", "document": "locator",
    "paragraph": "locator", "footnote": "locator", "chapter": "locator", "line": "locator", "time": "locator",
    "tags": "tags", "tag": "tags", "case": "tags", "test": "tags", "id": "id",
}  # fmt: skip
_CLOSE = 0.8


@dataclass(slots=True)
class _Block:
    """Words that were copied, and what stands below them."""

    line: int
    words: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    locator: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    id: str = ""
    #: What a further line of text goes on with; nothing right below the words.
    open: str = ""


@dataclass(slots=True)
class _Source:
    """A source, as far as it has been read."""

    front: Front
    #: Whether its own block says only what is common to others.
    common: bool
    tags: list[str] = field(default_factory=list)
    blocks: list[_Block] = field(default_factory=list)
    prose: list[tuple[int, str]] = field(default_factory=list)


def read_fieldnotes(files: Sequence[Path]) -> Incoming:
    """Return the sources in files of field notes, each with its quotes.

    Raises:
        ValueRefused: a file cannot be read, or a line is not understood; with the file and the line.
    """
    items: list[IncomingSource] = []
    losses: list[Loss] = []
    for file in files:
        for source in _Reading(file).sources():
            _settle(file, source, items, losses)
    return Incoming(items=tuple(items), losses=tuple(losses))


def label_of(file: Path) -> str:
    """Return what a file of notes is known by: its name with its folder's, which stay when a disk moves."""
    whole = file.resolve()
    return f"{whole.parent.name}/{whole.name}" if whole.parent.name else whole.name


class _Reading:
    """One file, read line by line."""

    def __init__(self, file: Path) -> None:
        self.file = str(file)
        self.lines = lines_of(file)
        self.found: list[_Source] = []
        self.wider = Front(0)
        self.block: _Block | None = None
        self.attached = False

    def sources(self) -> list[_Source]:
        """Read all of it."""
        at, first = 0, True
        while at < len(self.lines):
            line = self.lines[at]
            if begins(self.lines, at, first=first):
                front, at = read_front(self.lines, at, self.file)
                self._open(front)
                first = False
                continue
            if bare(line):
                if first:
                    raise self._refused(
                        at,
                        "the notes begin without a source; begin with ---, a line 'title: ...', and --- again.",
                    )
                self._line(at, line)
            else:
                self.attached = False
            at += 1
        if not self.found:
            raise ValueRefused(
                "there is nothing in these notes; begin with ---, a line 'title: ...', and --- again.",
                Place(self.file),
            )
        return self.found

    def _refused(self, at: int, sentence: str) -> ValueRefused:
        return ValueRefused(sentence, Place(self.file, at + 1))

    def _open(self, front: Front) -> None:
        whole = front.below(self.wider)
        if front.common:
            self.wider = whole
        self.block, self.attached = None, False
        pointer = bool(front.key) and "title" not in front.values
        self.found.append(_Source(front if pointer else whole, front.common, list(whole.tags)))

    def _line(self, at: int, line: str) -> None:
        """Take one line that is not empty, in or below a block of words, or apart from any."""
        words = copied(line)
        source = self.found[-1]
        if words is not None:
            if source.common:
                raise self._refused(
                    at, "these words stand under no source; give the block above a 'title:' or a 'source:'."
                )
            if self.block is None or not self.attached or self.block.open:
                self.block = _Block(at + 1)
                source.blocks.append(self.block)
            self.block.words.append(words)
            self.attached = True
            return
        try:
            if not self._below(at, line):
                source.prose.append((at + 1, line))
                self.block = None
        except EvidenceError as error:
            raise error.at(Place(self.file, at + 1)) from error

    def _below(self, at: int, line: str) -> bool:
        """Take a line as one that stands below words; tell whether it is one."""
        rest, tags, block_id = parted(line)
        block = self.block
        if not rest:
            self._tags(at, tags, block_id)
            return True
        arrow = _SHOWS.match(rest)
        where = None if arrow else locator(rest)
        if (arrow or where) and block is None:
            raise ValueRefused("this line stands below no words; put it right under the words that it is of.")
        if block is None:
            return False
        field_ = None if arrow or where else _field(rest)
        if not (arrow or where or field_ or self.attached):
            return False
        if arrow:
            self._put(block, "shows", rest[arrow.end() :])
        elif where:
            self._place(block, where)
        elif field_:
            self._field(block, *field_)
        elif not block.open:
            raise ValueRefused(
                "this line stands right below the words. Begin it with > if it belongs to them, with => if it "
                "says what they show, or leave an empty line above it."
            )
        else:
            self._go_on(block, rest)
        block.tags += tags
        self._name(block, block_id)
        self.attached = True
        return True

    def _tags(self, at: int, tags: list[str], block_id: str) -> None:
        if self.block is not None:
            self.block.tags += tags
            self._name(self.block, block_id)
            self.block.open = self.block.open or "note"
            self.attached = True
        elif block_id or self.found[-1].blocks:
            raise self._refused(
                at, "this line stands below no words; put it right under the words that it is of."
            )
        elif self.found[-1].common:
            self.wider = replace(self.wider, tags=(*self.wider.tags, *tags))
        else:
            self.found[-1].tags += tags

    def _name(self, block: _Block, block_id: str) -> None:
        if not block_id:
            return
        if block.id and block.id != block_id:
            raise ValueRefused(f"these words are called ^{block.id} already; give them one name.")
        twice = next((b for b in self.found[-1].blocks if b is not block and b.id == block_id), None)
        if twice:
            raise ValueRefused(f"^{block_id} is the name of the words in line {twice.line}; choose another.")
        block.id = block_id

    def _put(self, block: _Block, name: str, value: str) -> None:
        if name in block.said and name != "note":
            raise ValueRefused(
                f"{_called(name)} is said twice for these words; make it one, or quote the words apart."
            )
        block.said[name] = "\n".join(filter(None, (block.said.get(name, ""), value)))
        block.open = name

    def _place(self, block: _Block, where: dict[str, str]) -> None:
        if twice := where.keys() & block.locator.keys():
            raise ValueRefused(
                f"the {min(twice)} of these words is said twice; a place stands below the words that it is of."
            )
        block.locator.update(where)
        block.open = block.open or "note"

    def _field(self, block: _Block, name: str, target: str, value: str) -> None:
        if target == "tags":
            block.tags += tags_in(value)
            block.open = "note"
        elif target == "id":
            self._name(block, value.lstrip("^"))
            block.open = "note"
        elif target == "locator":
            where = locator(f"{name} {value}") or locator(value)
            if where is None:
                raise ValueRefused(f"{value!r} is no place; write it like p. 3 or fol. 12v.")
            self._place(block, where)
        else:
            self._put(block, target, value)

    def _go_on(self, block: _Block, text: str) -> None:
        before = block.said.get(block.open, "")
        block.said[block.open] = joined([before, text]) if before else text


def _field(rest: str) -> tuple[str, str, str] | None:
    """Return the name, what it stands for and the value, if a line is a field of a quote."""
    found = named(rest)
    if not found:
        return None
    name, value = found
    if name in _FIELDS:
        return name, _FIELDS[name], value
    near = nearest(name, _FIELDS, 1)
    if near and len(name) > len("lang") and _ratio(name, near[0]) >= _CLOSE:
        raise ValueRefused(f"{name.replace('_', ' ')!r} is no field of a quote. Did you mean {near[0]!r}?")
    return None


def _ratio(one: str, other: str) -> float:
    from difflib import SequenceMatcher  # noqa: PLC0415 - only when something is mistyped

    return SequenceMatcher(None, one, other).ratio()


def _called(name: str) -> str:
    return "what they show" if name == "shows" else f"the {name}"


def _settle(file: Path, source: _Source, items: list[IncomingSource], losses: list[Loss]) -> None:
    """Make an item of what was read of a source."""
    front, place = source.front, Place(str(file), source.front.line)
    prose = list(paragraphs(source.prose))
    pointer = bool(front.key) and "title" not in front.values
    if source.common or pointer:
        why = (
            "this prose belongs to no source; give the block above it a title."
            if source.common
            else f"this prose is not kept: the block above only points to {front.key}; write it where its title is."
        )
        losses.extend(Loss(why, Place(str(file), line)) for line, _ in prose)
    if source.common:
        return
    if pointer and front.values:
        names = " and ".join(name.removeprefix("csl.").replace("_", " ") for name in front.values)
        raise ValueRefused(
            f"the block points to {front.key} and says its {names}; give the title too, or say it where the title is.",
            place,
        )
    fields = {} if pointer else front.fields()
    if prose and not pointer:
        fields["note"] = "\n\n".join(filter(None, (fields.get("note", ""), *(text for _, text in prose))))
    marked = tuple(_marked(file, block, source.tags) for block in source.blocks)
    items.append(IncomingSource(key=front.key, fields=fields, marked=marked, place=place))


def _marked(file: Path, block: _Block, tags: Iterable[str]) -> Marked:
    place = Place(str(file), block.line)
    last, _, block_id = parted(block.words[-1]) if "^" in block.words[-1] else (block.words[-1], [], "")
    words = joined([*block.words[:-1], last if block_id else block.words[-1]])
    if not words:
        raise ValueRefused("there are no words after >; copy them there, or take the line out.", place)
    name = block.id or block_id
    said: dict[str, Any] = dict(block.said)
    if "occurred" in said:
        try:
            said["occurred"] = typed_date(said["occurred"])
        except EvidenceError as error:
            raise error.at(Place(str(file), block.line, field="occurred")) from error
    own = dict.fromkeys(block.tags)
    also = dict.fromkeys(tags) if block.said.get("shows") else {}
    return Marked(
        words=words,
        locator=block.locator,
        tags=tuple({**own, **also}),
        identifiers={NOTES: label_of(file) + (f"^{name}" if name else "")},
        place=place,
        **said,
    )
