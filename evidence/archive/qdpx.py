"""Read REFI-QDA projects: the sources that were coded, and the passages that were coded in them.

The words of a passage are those at its offsets in the text of the project. Programs count those offsets in
different ways; which way fits is asked of the text itself (``qdpx_offsets``). Codes become tags: those that
name a case or a test count, the others stay with the quote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from evidence.archive.archives import Archive, opened, size_of
from evidence.archive.documents_plain import decoded
from evidence.archive.incoming import Incoming, IncomingSource, Loss, Marked, Words
from evidence.archive.note_words import plain, with_shown
from evidence.archive.qdpx_offsets import Cut, Span, cut
from evidence.archive.qdpx_own import CITATION, EXCERPTS, own_fields
from evidence.archive.qdpx_project import Project, children, guid, name_of, text_in
from evidence.archive.qdpx_project import read as read_project
from evidence.archive.xml import parse
from evidence.errors import EvidenceError, Place, ValueRefused

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["read_qdpx"]

_WHAT = "a REFI-QDA project"
_CODE_BOOK = "a REFI-QDA code book"
_EDITION = "as in the project {}"
_MEDIA = {
    "PDFSource": "report",
    "PictureSource": "graphic",
    "AudioSource": "song",
    "VideoSource": "motion_picture",
}
_SELECTIONS = {"PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection"}
_CONTEXT = 60


def read_qdpx(file: Path) -> tuple[Incoming, Project]:
    """Return the sources of a project with what was coded in them, and its code book.

    Args:
        file: a project (``.qdpx``), or a code book (``.qdc``), which has no sources.

    Raises:
        ValueRefused: it is neither, or it is damaged.
    """
    if _is_xml(file):
        project = read_project(parse(file, _CODE_BOOK), Place(file.name))
        return Incoming(items=(), losses=tuple(project.losses)), project
    with opened(file, _WHAT) as archive:
        named = [name for name in archive.entries if name.casefold().endswith(".qde")]
        if len(named) != 1:
            why = "no project.qde" if not named else f"{len(named)} of them"
            raise ValueRefused(
                f"{_WHAT} holds one file that ends in .qde, and this has {why}.", archive.place
            )
        root = parse(archive.read(named[0]), _WHAT, name=f"{file.name}: {named[0]}")
        project = read_project(root, Place(file.name))
        folded = {name.casefold(): name for name in archive.entries}
        reader = _Reader(archive, project, _EDITION.format(project.name or file.stem), folded)
        items = tuple(reader.items())
    return Incoming(items=items, losses=tuple(project.losses)), project


def _is_xml(file: Path) -> bool:
    try:
        size_of(file)
        with file.open("rb") as stream:
            start = stream.read(64)
    except OSError as error:
        raise ValueRefused(f"this cannot be read: {error.strerror}.", Place(str(file))) from error
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or start.startswith(
        (b"\xff\xfe<", b"\xfe\xff\x00<")
    )


@dataclass(frozen=True, slots=True)
class _Raw:
    """A text as the project has it, and whether its file begins with a byte order mark."""

    text: str
    marked: bool = False


@dataclass(slots=True)
class _Reader:
    """One project being read: the archive, and what its file says of everything."""

    archive: Archive
    project: Project
    edition: str
    folded: dict[str, str]  # the archive's names, by themselves in small letters

    def items(self) -> Iterator[IncomingSource]:
        """Yield the sources of the project, in its order."""
        for source in self.project.sources:
            kind, name = name_of(source), source.get("name") or ""
            place = Place(self.archive.place.file, line=source.sourceline, field=name)
            yield self._text(source, place) if kind == "TextSource" else self._media(source, kind, place)

    def _lose(self, what: str, place: Place) -> None:
        self.project.losses.append(Loss(what, place))

    def _fields(self, source: Element, kind: str) -> dict[str, Any]:
        paths = [source.get(name) or "" for name in ("path", "plainTextPath", "richTextPath")]
        called = next((PurePosixPath(path.replace("\\", "/")).name for path in paths if path), "")
        described = plain(text_in(source, "Description"))
        notes = ["" if self._only_excerpts(described) else described, *self.project.notes_of(source)]
        further: dict[str, Any] = dict(self.project.variables_of(source))
        own = own_fields(further) if self.project.own else {}
        if codes := self.project.codes_of(source):
            further["codes"] = codes
        if called and _MEDIA.get(kind):
            further["file"] = called
        made = {
            "title": source.get("name") or called or f"Source {guid(source)}",
            "type": _MEDIA.get(kind, "document"),
            "note": "\n\n".join(filter(None, notes)),
            "identifiers": {"refi": guid(source)} if guid(source) else {},
            "further": further,
            **own,
        }
        return {name: value for name, value in made.items() if value}

    def _only_excerpts(self, described: str) -> bool:
        return self.project.own and described.startswith((CITATION, EXCERPTS))

    def _text(self, source: Element, place: Place) -> IncomingSource:
        raw = self._words_of(source, place)
        words, marked = self._coded(source, raw, "PlainTextSelection", place) if raw.text else ((), ())
        if self._only_excerpts(plain(text_in(source, "Description"))):
            words = ()
        if not raw.text:
            self._all_lost(source, {"PlainTextSelection"}, "its text is not in the project", place)
        return IncomingSource(
            fields=self._fields(source, "TextSource"), words=words, marked=marked, place=place
        )

    def _media(self, source: Element, kind: str, place: Place) -> IncomingSource:
        """Read a source that is no text: what is known of it, and its transcripts, where it has any."""
        words: list[Words] = []
        marked: list[Marked] = []
        for tag in ("Representation", "Transcript", "TextDescription"):
            for inner in children(source, tag):
                raw = self._words_of(inner, place)
                selection = "TranscriptSelection" if tag == "Transcript" else "PlainTextSelection"
                if raw.text:
                    held, found = self._coded(inner, raw, selection, place)
                    words += held
                    marked += found
                else:
                    self._all_lost(inner, {selection}, "its text is not in the project", place)
        self._all_lost(source, _SELECTIONS, "a part of a picture, a page or a recording has no words", place)
        return IncomingSource(
            fields=self._fields(source, kind), words=tuple(words), marked=tuple(marked), place=place
        )

    def _all_lost(self, source: Element, tags: set[str], why: str, place: Place) -> None:
        for selection in source:
            if name_of(selection) in tags:
                codes = ", ".join(self.project.codes_of(selection))
                coded = f", coded {codes}" if codes else ""
                where = Place(place.file, selection.sourceline, field=place.field)
                self._lose(f"a {name_of(selection)}{coded}: {why}", where)

    def _words_of(self, source: Element, place: Place) -> _Raw:
        """Return the text of a source as the project has it, line ends as they are; empty if there is none."""
        inline = text_in(source, "PlainTextContent")
        path = (source.get("plainTextPath") or "").strip()
        if inline or not path:
            if source.get("richTextPath") and not inline:
                self._lose(
                    "a text that the project has as a word processor's file only; import that file", place
                )
            return _Raw(inline)
        entry = self._entry(path)
        if entry is None:
            self._lose(f"the text {path[:120]}, which is not in the project", place)
            return _Raw("")
        data = self.archive.read(entry)
        try:
            decoded(data, Place(f"{place.file}: {entry}"))
        except EvidenceError as error:
            self._lose(f"the text {entry}: {error.sentence}", place)
            return _Raw("")
        # Offsets count the line ends as they are, which whoever holds a text does away with.
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        return _Raw(data.decode("utf-16" if wide else "utf-8-sig"), wide or data.startswith(b"\xef\xbb\xbf"))

    def _entry(self, path: str) -> str | None:
        """Return the archive's name of a text: ``internal://guid.txt`` or a bare name, both in ``sources``."""
        if "://" in path and not path.casefold().startswith("internal://"):
            return None
        bare = path.replace("\\", "/").rpartition("://")[2].lstrip("/")
        for name in (f"sources/{bare}", bare, f"sources/{PurePosixPath(bare).name}"):
            if found := self.folded.get(name.casefold()):
                return found
        return None

    def _coded(
        self, source: Element, raw: _Raw, tag: str, place: Place
    ) -> tuple[tuple[Words, ...], tuple[Marked, ...]]:
        selections = list(children(source, tag))
        points = {guid(point): point for point in children(source, "SyncPoint")}
        spans = [_span(selection, points) for selection in selections]
        cuts = cut(raw.text, [span for span in spans if span], marked=raw.marked)
        found = iter(cuts.cuts)
        if cuts.remark:
            self._lose(cuts.remark, place)
        marked = []
        for selection, span in zip(selections, spans, strict=True):
            where = Place(place.file, selection.sourceline, field=place.field)
            if span is None:
                self._lose(f"a {tag} whose beginning or end is not said", where)
                continue
            one = next(found)
            if one.why:
                self._lose(one.why, where)
            else:
                marked.append(with_shown(self._marked(selection, one, cuts.content, points, where)))
        text = Words(content=cuts.content, edition=self.edition, origin=self._origin(source))
        return ((text,) if cuts.content.strip() else ()), tuple(marked)

    def _origin(self, source: Element) -> str:
        return (
            PurePosixPath((source.get("plainTextPath") or "").replace("\\", "/")).name
            or self.archive.place.file
        )

    def _marked(
        self, selection: Element, one: Cut, content: str, points: dict[str, Element], where: Place
    ) -> Marked:
        notes = [plain(text_in(selection, "Description")), *self.project.notes_of(selection)]
        for coding in () if self.project.own else children(selection, "Coding"):
            notes += self.project.notes_of(coding)
        if one.label:
            notes.append(one.label)
        coders = dict.fromkeys(
            filter(None, [self.project.user_of(coding) for coding in children(selection, "Coding")])
        )
        coders = coders or dict.fromkeys(filter(None, [self.project.user_of(selection)]))
        if coders and not self.project.own:  # ours has its authors in a history
            notes.append(f"(coded by {', '.join(coders)})")
        return Marked(
            words=content[one.start : one.end],
            prefix=content[max(one.start - _CONTEXT, 0) : one.start],
            suffix=content[one.end : one.end + _CONTEXT],
            locator=_time(selection, points),
            note="\n\n".join(filter(None, notes)),
            tags=tuple(self.project.codes_of(selection)),
            identifiers={"refi": guid(selection)} if guid(selection) else {},
            place=where,
        )


def _span(selection: Element, points: dict[str, Element]) -> Span | None:
    """Return the offsets of a selection; those of a transcript are said by points in it."""
    name = selection.get("name") or ""
    ends = [selection.get("startPosition"), selection.get("endPosition")]
    if name_of(selection) == "TranscriptSelection":
        bounds = [points.get(guid(selection, side)) for side in ("fromSyncPoint", "toSyncPoint")]
        ends = [point.get("position") if point is not None else None for point in bounds]
    try:
        start, end = (int(end or "") for end in ends)
    except ValueError:
        return None
    return Span(start, end, name)


def _time(selection: Element, points: dict[str, Element]) -> dict[str, str]:
    """Return when in a recording a transcript's passage is spoken: hours, minutes and seconds."""
    point = points.get(guid(selection, "fromSyncPoint"))
    stamp = (point.get("timeStamp") or "") if point is not None else ""
    if not stamp.isdecimal():
        return {}
    seconds = int(stamp) // 1000
    return {"time": f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"}
