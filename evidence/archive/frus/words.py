"""The words of every document of a volume, with pages and parts, read in one pass over its text.

A volume has a hundred thousand elements, and to visit each in Python would take longer than all else. So
only those are touched that break the flow of words (paragraphs, pages, notes): each gets a mark in the text,
the parser writes the whole text out at once, and what lies between marks is put together here. The marks are
code points that Unicode keeps free of any character, and a file that has them itself is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from evidence.archive.frus.tei import ATTACHMENTS, ID, MARKS, TEI, tei
from evidence.archive.incoming import Part
from evidence.errors import ValueRefused
from evidence.folding import composed

__all__ = ["Flow", "Note", "flows"]

_OPEN, _CLOSE, _NOTE, _ENDED, _ATTACHED, _DETACHED, _HEAD, _PAGE, _BREAK, _LINE, _SPACE, _ENTRY = MARKS
_MARKS = re.compile(f"([{_OPEN}-{_ENTRY}])")
_PARAGRAPHS = tei(
    "p", "head", "list", "closer", "opener", "dateline", "table", "quote", "lg", "postscript", "salute", "byline",
    "epigraph", "div", "ab", "sp", "floatingText",
)  # fmt: skip
_LINES = tei("row", "lb", "l", "signed", "speaker")
_NORMAL = etree.XPath("normalize-space(.)", smart_strings=False)
_SPACES = "\xa0\u2009\u2002\u2003\u202f\u2007\u3000\u200a\u2008\u2006\u2005\u2004\u2028\u2029\u2000\u2001\x85\u1680\u205f"
_BREAKS = {_BREAK: "\n\n", _LINE: "\n", _SPACE: " ", _ENTRY: "\n"}


@dataclass(slots=True)
class Note:
    """A note as it stands in the text: what its element says of itself, and where its words were put."""

    element: etree._Element
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Flow:
    """The words of one document or section.

    Attributes:
        element: its ``div``.
        content: the words: body first, then each note.
        head: where its own heading ends.
        body: where its body ends and its notes begin.
        pages: label and offset of each page.
        notes: its notes, in their order.
        attachments: start and end of each.
        entries: what a list of persons or terms defines, by the ids of its entries: start and end.
    """

    element: etree._Element
    content: str = ""
    head: int = 0
    body: int = 0
    pages: list[tuple[str, int]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    attachments: list[tuple[int, int]] = field(default_factory=list)
    entries: list[tuple[str, int, int]] = field(default_factory=list)

    def words_of(self, note: Note) -> str:
        """Return the words of a note."""
        return self.content[note.start : note.end]

    def parts(self, source: Note | None) -> Iterator[Part]:
        """Return what can be addressed: head, body, attachments, entries, and each note by its printed sign."""
        if self.head:
            yield "head", "", 0, self.head
        if self.body > self.head:
            yield "body", "", self._after(self.head), self.body
        for number, (start, end) in enumerate(self.attachments, start=1):
            yield "attachment", str(number), start, end
        for label, start, end in self.entries:
            yield "term" if label.startswith("t_") else "person", label, start, end
        for note in self.notes:
            kind = "source note" if note is source else "footnote"
            yield kind, note.element.get("n") or "", note.start, note.end

    def _after(self, at: int) -> int:
        while self.content[at : at + 1].isspace():
            at += 1
        return at


def flows(root: etree._Element, divisions: list[etree._Element]) -> list[Flow]:
    """Return the words of each of these divisions of a volume, in their order.

    A division inside another is taken out of it: its words are its own. The tree is changed.

    Args:
        root: the volume.
        divisions: ``div`` elements, in the order of the volume.

    Raises:
        ValueRefused: the text has code points that are no characters.
    """
    text = root.find(f"{TEI}text")
    if text is None:
        return []
    last = list(divisions[-1].iterancestors()) if divisions else []
    # What follows the body is an index, which repeats its words, unless a document stands there.
    areas = [area for area in text if area.tag != f"{TEI}back" or area in last]
    marked = _mark(areas, divisions)
    content = " ".join(_collapsed(area) for area in areas)
    pieces = _MARKS.split(composed(content))
    if len(pieces) != 2 * marked.count + 1:
        raise ValueRefused(
            "its text has code points that are no characters (U+FDD0 to U+FDDB); take them out."
        )
    return _read(pieces, marked, divisions)


def _collapsed(area: etree._Element) -> str:
    """Return an area's text, runs of white space collapsed, as libxml2 does it: four times as fast as Python."""
    content = str(_NORMAL(area))
    if any(space in content for space in _SPACES):  # XML's white space is not all there is
        content = " ".join(content.split())
    return content


@dataclass(slots=True)
class _Marked:
    """What was marked, in the order of the text: the marks alone do not say which page or note they are."""

    pages: list[str]
    notes: list[etree._Element]
    entries: list[str]
    count: int = 0


def _mark(areas: list[etree._Element], divisions: list[etree._Element]) -> _Marked:
    """Mark what breaks the flow of words, and return what the marks stand for."""
    marked = _Marked([], [], [])
    for area in areas:
        marked.count += _mark_area(area, marked)
    for element in divisions:
        head = element.find(f"{TEI}head")
        if head is not None:
            head.tail = f"{_HEAD}{head.tail or ''}"
            marked.count += 1
        _wrap(element, _OPEN, _CLOSE)
        marked.count += 2
    return marked


def _mark_area(text: etree._Element, marked: _Marked) -> int:
    """Mark what lies in one area of the text; return how many marks there are."""
    count = 0
    for element in text.iter(*_PARAGRAPHS):
        element.text = f"{_BREAK}{element.text or ''}"
        tail = element.tail
        count += 1
        # Nearly always white space follows, and then an element with a mark of its own.
        if tail is None or not tail.isspace():
            element.tail = f"{_BREAK}{tail or ''}"
            count += 1
    for element in text.iter(*_LINES):
        element.text = f"{_LINE}{element.text or ''}"
        count += 1
    for element in text.iter(f"{TEI}cell"):
        element.text = f"{_SPACE}{element.text or ''}"
        count += 1
    count += _mark_lists(text, marked)
    for element in text.iter(f"{TEI}pb"):
        element.text = _PAGE
        marked.pages.append(element.get("n") or "")
        count += 1
    for element in text.iter(f"{TEI}note"):
        _wrap(element, _NOTE, _ENDED)
        marked.notes.append(element)
        count += 2
    for element in text.iter(*ATTACHMENTS):
        _wrap(element, _ATTACHED, _DETACHED)
        count += 2
    return count


def _mark_lists(text: etree._Element, marked: _Marked) -> int:
    """Mark the entries of lists: a label and its item share a line; who or what is defined has its id."""
    count = 0
    label = f"{TEI}label"
    for element in text.iter(label):
        parent = element.getparent()
        if parent is not None and parent.tag == f"{TEI}list":
            element.text = f"{_LINE}{element.text or ''}"
            count += 1
    defining = tei("persName", "term")
    for element in text.iter(f"{TEI}item"):
        before = element.getprevious()
        while before is not None and before.tag == f"{TEI}pb":
            before = before.getprevious()
        mark = _SPACE if before is not None and before.tag == label else _LINE
        known = next((one.get(ID) for one in element.iter(*defining) if one.get(ID)), None)
        if known:
            mark = _ENTRY
            marked.entries.append(known)
        element.text = f"{mark}{element.text or ''}"
        count += 1
    return count


def _wrap(element: etree._Element, before: str, after: str) -> None:
    element.text = f"{before}{element.text or ''}"
    element.tail = f"{after}{element.tail or ''}"


class _Writer:
    """Words put one after the other, with what is due between them."""

    __slots__ = ("at", "due", "page", "pages", "said", "turned")

    def __init__(self, page: str) -> None:
        self.said: list[str] = []
        self.at = 0
        self.due = ""
        self.page = page  # of what was said last
        self.turned = True  # whether the page is new since then
        self.pages: list[tuple[str, int]] = []

    def say(self, piece: str, page: str) -> None:
        words = piece.strip(" ")
        if not words:
            self.due = self.due or " "
            return
        if self.at:
            due = self.due or (" " if piece[0] == " " else "")
            if due:
                self.said.append(due)
                self.at += len(due)
        if self.turned:
            if page or self.pages:  # a page without a number ends the page before it
                self.pages.append((page, self.at))
            self.turned = False
        self.said.append(words)
        self.at += len(words)
        self.due = " " if piece[-1] == " " else ""

    def separate(self, mark: str) -> None:
        if len(mark) > len(self.due) or self.due == " ":
            self.due = mark


def _read(pieces: list[str], marked: _Marked, divisions: list[etree._Element]) -> list[Flow]:
    """Put together what lies between marks."""
    reader = _Reader(marked, divisions)
    reader.writer.say(pieces[0], "")
    for at in range(1, len(pieces), 2):
        mark, words = pieces[at], pieces[at + 1]
        if mark in _BREAKS:
            reader.writer.separate(_BREAKS[mark])
            if mark == _ENTRY:
                reader.entry()
        else:
            reader.meet(mark)
        if words:
            reader.writer.say(words, reader.page)
    return reader.found


class _Reader:
    """Where the reading stands: in which division, in which note, on which page."""

    def __init__(self, marked: _Marked, divisions: list[etree._Element]) -> None:
        self.pages, self.notes, self.entries = map(iter, (marked.pages, marked.notes, marked.entries))
        self.divisions = iter(divisions)
        self.page = ""
        self.found: list[Flow] = []
        self.open: list[tuple[Flow | None, _Writer, list[tuple[Note, _Writer]]]] = [(None, _Writer(""), [])]
        self.writers: list[_Writer] = [self.open[0][1]]
        self.writer = self.writers[0]

    def meet(self, mark: str) -> None:
        if mark == _PAGE:
            self.page = next(self.pages)
            for writer in self.writers:
                writer.turned = True
        elif mark == _NOTE:
            self._enter(_Writer(self.page))
            self.open[-1][2].append((Note(next(self.notes)), self.writer))
        elif mark == _ENDED:
            self._leave()
        elif mark == _OPEN:
            self.found.append(Flow(next(self.divisions)))
            self._enter(_Writer(self.page))
            self.open.append((self.found[-1], self.writer, []))
        elif mark == _CLOSE:
            flow, writer, notes = self.open.pop()
            if flow is not None:
                _finish(flow, writer, notes)
            self._leave()
        else:
            self._note_place(mark)

    def entry(self) -> None:
        """Begin an entry of a list that defines, and end the one before."""
        flow, writer, _ = self.open[-1]
        known = next(self.entries)
        if flow is not None:
            flow.entries.append((known, writer.at, -1))

    def _note_place(self, mark: str) -> None:
        flow, writer, _ = self.open[-1]
        if flow is None:
            return
        if mark == _HEAD:
            flow.head = writer.at
        elif mark == _ATTACHED:
            flow.attachments.append((writer.at, -1))
        else:  # the innermost that is still open
            at = max(n for n, (_, end) in enumerate(flow.attachments) if end < 0)
            flow.attachments[at] = (flow.attachments[at][0], writer.at)
        writer.separate("\n\n")

    def _enter(self, writer: _Writer) -> None:
        self.writer = writer
        self.writers.append(writer)

    def _leave(self) -> None:
        self.writers.pop()
        self.writer = self.writers[-1]


def _finish(flow: Flow, writer: _Writer, notes: list[tuple[Note, _Writer]]) -> None:
    """Put the notes after the body, each on the page of its own."""
    said, at, pages = writer.said, writer.at, writer.pages
    flow.body = at
    for note, own in notes:
        if not own.at:
            continue
        if at:
            said.append("\n\n")
            at += 2
        note.start, note.end = at, at + own.at
        for label, offset in own.pages:
            if not pages or pages[-1][0] != label:
                pages.append((label, at + offset))
        said += own.said
        at += own.at
        flow.notes.append(note)
    flow.content = "".join(said)
    flow.pages = pages
    flow.attachments = [(flow._after(start), end) for start, end in flow.attachments]  # noqa: SLF001
    starts = [start for _, start, _ in flow.entries]
    flow.entries = [
        (label, flow._after(start), end)  # noqa: SLF001
        for (label, start, _), end in zip(flow.entries, [*starts[1:], flow.body], strict=False)
    ]
