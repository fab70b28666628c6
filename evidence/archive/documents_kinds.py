"""Tell what kind of document a file is: by what is in it first, and by its ending where that leaves a choice."""

from __future__ import annotations

import io
import zipfile
from enum import StrEnum
from pathlib import Path

from evidence.errors import Place, ValueRefused

__all__ = ["SUFFIXES", "Kind", "kind_of"]


class Kind(StrEnum):
    """The kinds of document that are read."""

    PLAIN = "plain text"
    MARKDOWN = "Markdown"
    HTML = "HTML"
    PDF = "PDF"
    DOCX = "DOCX"


#: The endings of file names, and the kind that each promises.
SUFFIXES = {
    ".txt": Kind.PLAIN,
    ".text": Kind.PLAIN,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".xhtml": Kind.HTML,
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
}
_HEAD = 4096  # bytes in which a file shows what it is
_PDF_WITHIN = 1024  # bytes that may stand before a PDF begins, by its own standard
_IMAGE = (
    "it is an image; transcribe it, or make a PDF with a text layer of it (ocrmypdf does), and give that."
)
_ARCHIVE = "it is an archive; unpack it, and give the files in it."
#: What other files begin with, and what to do with them.
_OTHERS = (
    (b"\x89PNG", _IMAGE),
    (b"\xff\xd8\xff", _IMAGE),
    (b"GIF8", _IMAGE),
    (b"II*\x00", _IMAGE),
    (b"MM\x00*", _IMAGE),
    (b"\x00\x00\x00\x0cjP", _IMAGE),
    (b"AT&TFORM", "it is a DjVu file; make a PDF of it (ddjvu does), with a text layer, and give that."),
    (
        b"\xd0\xcf\x11\xe0",
        "it is an old Word file (.doc), or one with a password; open it in a word processor and save it as .docx.",
    ),
    (b"{\\rtf", "it is RTF; open it in a word processor and save it as .docx."),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"SQLite format 3\x00", "it is a database, and no document."),
)  # fmt: skip
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def kind_of(data: bytes, file: Path) -> tuple[Kind, list[str]]:
    """Return the kind of a document, and a remark where its name says otherwise.

    Args:
        data: all that is in the file.
        file: the file; only its name is looked at.

    Raises:
        ValueRefused: it is of no kind that is read.
    """
    place = Place(str(file))
    promised = SUFFIXES.get(file.suffix.lower())
    found = _shown(data, promised, place)
    if found is None:
        if promised in (Kind.PDF, Kind.DOCX):
            raise ValueRefused(
                f"its name says {promised}, but it is none; get it again, or give it the ending of what it is.",
                place,
            )
        return promised or Kind.PLAIN, []
    if promised in (None, found):
        return found, []
    return found, [f"It is named {file.suffix}, but it is {found}, and was read as that."]


def _shown(data: bytes, promised: Kind | None, place: Place) -> Kind | None:
    """Return what the data themselves show, if they show anything."""
    if not data.strip(b" \t\r\n\x00"):
        raise ValueRefused("it is empty.", place)
    for start, remedy in _OTHERS:
        if data.startswith(start):
            raise ValueRefused(remedy, place)
    head = data[:_HEAD]
    if promised is Kind.PDF and b"%PDF-" in head[:_PDF_WITHIN]:
        return Kind.PDF
    plain = _without_mark(head).lstrip()
    if plain.startswith(b"%PDF-"):
        return Kind.PDF
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data, place)
    lowered = plain[:_HEAD].lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return Kind.HTML
    if lowered.startswith(b"<?xml"):
        if b"<html" in lowered:
            return Kind.HTML
        raise ValueRefused(
            "it is XML; a volume of FRUS comes in by 'evidence import frus', anything else as HTML or plain text.",
            place,
        )
    return None


def _without_mark(head: bytes) -> bytes:
    for mark in _MARKS:
        if head.startswith(mark):
            # Letters of two bytes: what shows a kind is ASCII, so that every other byte is NUL.
            return head[len(mark) :].replace(b"\x00", b"")
    return head


def _zipped(data: bytes, place: Place) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            first = archive.infolist()[0] if names else None
            called = archive.read(first)[:80] if first and first.filename == "mimetype" and first.file_size < _HEAD else b""  # fmt: skip
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise ValueRefused(
            "it is cut off, or broken (a ZIP that cannot be opened); get it again.", place
        ) from error
    except Exception as error:  # zlib's own error, and whatever else a broken archive makes of it
        raise ValueRefused("it is broken (a ZIP that cannot be opened); get it again.", place) from error
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return Kind.DOCX
    if b"opendocument" in called:
        raise ValueRefused(
            "it is an OpenDocument file; open it in a word processor and save it as .docx.", place
        )
    if b"epub" in called:
        raise ValueRefused("it is an e-book (EPUB); unpack it, and give its chapters, which are HTML.", place)
    if "[Content_Types].xml" in names:
        raise ValueRefused(
            "it is a spreadsheet or a presentation; save its words as .docx or plain text.", place
        )
    raise ValueRefused(_ARCHIVE, place)
