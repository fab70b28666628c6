"""Read a Word document (DOCX): body, tables, notes and comments, with tracked changes taken as accepted.

Its parts are XML in a ZIP, read by ``xml.parse``. No library for DOCX says all of it: python-docx has no notes and
leaves out what was inserted by a tracked change; mammoth and docx2python keep hidden text, and read what is in the
ZIP without a bound.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from evidence.archive.documents_docx_body import Body, Styles, name_of, value
from evidence.archive.documents_docx_notes import NoteNumbers
from evidence.archive.documents_flow import Flow, Read, tidied
from evidence.archive.xml import parse
from evidence.errors import Place, ValueRefused

__all__ = ["paragraphs", "read"]

_LARGEST = 64 * 1024 * 1024  # bytes of XML, all parts together
_MOST_PARTS = 10_000  # files in the ZIP
_WHAT = "a Word document"


def read(data: bytes, place: Place, *, first_page: int | None, encoding: str) -> Read:  # noqa: ARG001
    """Return the words of a Word document.

    Headings are parts of kind ``heading``. Footnotes and endnotes stand after the body as parts of kind
    ``footnote``, labelled as they are numbered; comments after them as parts of kind ``comment``. Deletions that
    are tracked and hidden text are left out. A DOCX has no pages: a word processor makes them.
    """
    package = _Package(data, place)
    try:
        return _read(package)[0]
    except RecursionError as error:
        raise ValueRefused("its parts stand too deep in each other; save it anew as .docx.", place) from error


def paragraphs(data: bytes, place: Place) -> list[tuple[str, str, str]]:
    """Return the paragraphs of a Word document: the name of each one's style, its words, and where it stands.

    Where is ``paragraph 12`` or ``footnote 3``; comments are not among them.
    """
    package = _Package(data, place)
    try:
        read, styled = _read(package)
    except RecursionError as error:
        raise ValueRefused("its parts stand too deep in each other; save it anew as .docx.", place) from error
    notes = [(start, end, f"{kind} {label}") for kind, label, start, end in read.parts if kind == "footnote"]
    asides = {"footnote", "comment"}
    first = min((start for kind, _, start, _ in read.parts if kind in asides), default=len(read.content))
    found = []
    for number, (style, start, end) in enumerate(styled, start=1):
        while notes and notes[0][1] <= start:
            notes.pop(0)
        if start < first:
            found.append((style, read.content[start:end], f"paragraph {number}"))
        elif notes and notes[0][0] <= start:
            found.append((style, read.content[start:end], notes[0][2]))
    return found


def _read(package: _Package) -> tuple[Read, list[tuple[str, int, int]]]:
    main = package.main()
    related = package.related(main)
    styles = Styles(package.root(related.get("styles")))
    root = package.root(main)
    assert root is not None  # noqa: S101 - its main part is there, or it would have been refused
    settings = package.root(related.get("settings"))
    flow = Flow()
    body = Body(flow, styles)
    body.blocks(next((child for child in root if name_of(child) == "body"), root))
    body.flush()
    for kind in ("footnote", "endnote"):
        notes = package.root(related.get(f"{kind}s"))
        body.styled += _notes(flow, styles, notes, body.called[kind], NoteNumbers(kind, root, settings))
    _comments(flow, styles, package.root(related.get("comments")))
    remarks = ["It holds another document, inserted whole, that was not read."] if body.inserted else []
    read = Read(content=flow.content(), parts=flow.parts, stated=_stated(package), remarks=remarks)
    return read, body.styled


def _notes(
    flow: Flow, styles: Styles, notes: Any, called: Mapping[str, str], numbers: NoteNumbers
) -> list[tuple[str, int, int]]:
    """Put notes after the body, in the order in which they are called; return their paragraphs."""
    styled: list[tuple[str, int, int]] = []
    known = (
        {value(one, "id"): one for one in notes if name_of(one) == numbers.kind} if notes is not None else {}
    )
    for note_id, mark in called.items():
        label = numbers.next(mark)
        if note_id in known:
            styled += _aside(flow, styles, known[note_id], "footnote", label)
    return styled


def _comments(flow: Flow, styles: Styles, comments: Any) -> None:
    found = [one for one in comments if name_of(one) == "comment"] if comments is not None else []
    for number, comment in enumerate(found, start=1):
        _aside(flow, styles, comment, "comment", f"{value(comment, 'initials')}{number}")


def _aside(flow: Flow, styles: Styles, element: Any, kind: str, label: str) -> list[tuple[str, int, int]]:
    inner = Body(flow, styles, headings=False)
    inner.blocks(element)
    inner.flush()
    if inner.reach:
        flow.mark(kind, label, *inner.reach)
    return inner.styled


def _stated(package: _Package) -> dict[str, str]:
    core = package.root("docProps/core.xml" if "docProps/core.xml" in package.names else None)
    said = {name_of(child): child.text or "" for child in core} if core is not None else {}
    return tidied(
        {
            "title": said.get("title"),
            "author": said.get("creator"),
            "created": said.get("created", "")[:10],
            "language": said.get("language"),
        }
    )


class _Package:
    """The ZIP of a document, and the parts in it; a part is read only when it is asked for."""

    def __init__(self, data: bytes, place: Place) -> None:
        self._place = place
        self._left = _LARGEST
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise ValueRefused("it is cut off, or broken (a ZIP that cannot be opened); get it again.", place) from error  # fmt: skip
        self.names = set(self._zip.namelist())
        if len(self.names) > _MOST_PARTS:
            raise ValueRefused(f"it holds {len(self.names):,} files, which no document does.", place)

    def main(self) -> str:
        """Return the name of the part that holds the body."""
        found = self.related("").get("officeDocument")
        if found is None:
            raise ValueRefused(
                "it names no body, and so is no Word document; save it anew as .docx.", self._place
            )
        return found

    def related(self, part: str) -> dict[str, str]:
        """Return the parts that a part refers to, by kind; the package's own for no part.

        Where one of those that are read stands outside of the document, the document is refused: nothing
        outside is ever followed. Links and pictures may stand where they like.
        """
        folder, name = posixpath.split(part)
        relations = self.root(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, str] = {}
        for relation in relations if relations is not None else ():
            kind = (relation.get("Type") or "").rpartition("/")[2]
            if kind not in ("officeDocument", "styles", "settings", "footnotes", "endnotes", "comments"):
                continue
            if relation.get("TargetMode") == "External":
                raise ValueRefused(
                    f"its {kind} stand outside of the document, and nothing outside is followed; save it anew.",
                    self._place,
                )
            target = relation.get("Target") or ""
            path = posixpath.normpath(
                target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            )
            found.setdefault(kind, path)
        return found

    def root(self, name: str | None) -> Any:
        """Return the root of a part; None if there is no such part."""
        if name is None or name not in self.names:
            return None
        try:
            with self._zip.open(name) as opened:
                data = opened.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:  # fmt: skip
            raise ValueRefused(f"its part {name} is broken; get the file again.", self._place) from error
        self._left -= len(data)
        if self._left < 0:
            raise ValueRefused(
                f"unpacked, it is larger than {_LARGEST // 1024**2} MiB; part it into several documents.",
                self._place,
            )
        return parse(data, _WHAT, name=f"{self._place.file} ({name})")
