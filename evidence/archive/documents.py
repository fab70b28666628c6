"""Read any document's words: plain text, Markdown, HTML, PDF and DOCX, told apart by what is in the file."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from evidence.archive import documents_kinds as kinds
from evidence.archive.documents_flow import Read
from evidence.archive.incoming import Words
from evidence.errors import Place, ValueRefused
from evidence.ledger.forms import is_blank

__all__ = ["LARGEST", "Document", "bytes_of", "open_document", "read_document"]

#: The largest file that is read, in bytes.
LARGEST = 64 * 1024 * 1024
_READERS = {
    kinds.Kind.PLAIN: "plain",
    kinds.Kind.MARKDOWN: "markdown",
    kinds.Kind.HTML: "html",
    kinds.Kind.PDF: "pdf",
    kinds.Kind.DOCX: "docx",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as read.

    Attributes:
        words: its words, with its pages and parts.
        kind: what kind of file it is: ``PDF``.
        stated: what it says of itself: ``title``, ``author``, ``date`` (of publication), ``created`` (the
            file's own stamp), ``language``; those that it has.
        remarks: what a person should know of how it was read, each a sentence.
    """

    words: Words
    kind: str
    stated: Mapping[str, str]
    remarks: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads one kind of document."""

    def __call__(self, data: bytes, place: Place, *, first_page: int | None, encoding: str) -> Read: ...


def _reader(kind: kinds.Kind) -> Reader:
    """Load the reader of a kind of document, and with it the library that it needs."""
    module = import_module(f"evidence.archive.documents_{_READERS[kind]}")
    found: Reader = module.read
    return found


def read_document(
    file: Path, *, first_page: int | None = None, encoding: str = ""
) -> tuple[Words, dict[str, str]]:
    """Return the words of a document, and what it says of itself; see ``open_document``."""
    document = open_document(file, first_page=first_page, encoding=encoding)
    return document.words, dict(document.stated)


def open_document(file: Path, *, first_page: int | None = None, encoding: str = "") -> Document:
    """Read a document of any kind.

    Args:
        file: plain text, Markdown, HTML, PDF with a text layer, or DOCX.
        first_page: the label of the first page, a number from which pages are counted on; None to take the
            labels that the file states or prints, or else to count from 1.
        encoding: the encoding of plain text, Markdown or HTML, where it is not UTF-8.

    Returns:
        Its words, in NFC with LF line ends, and what it says of itself.

    Raises:
        ValueRefused: it cannot be read, is too large, is broken or encrypted, or holds no text.
    """
    data = bytes_of(file)
    kind, remarks = kinds.kind_of(data, file)
    place = Place(str(file))
    read = _reader(kind)(data, place, first_page=first_page, encoding=encoding)
    if is_blank(read.content):
        raise ValueRefused("it holds no words; a scan needs a transcript or a text layer first.", place)
    words = Words(content=read.content, pages=tuple(read.pages), parts=tuple(read.parts), origin=file.name)
    return Document(words=words, kind=kind.value, stated=read.stated, remarks=(*remarks, *read.remarks))


def bytes_of(file: Path, largest: int = LARGEST) -> bytes:
    """Return what is in a file.

    Raises:
        ValueRefused: it is not there, is no file, may not be read, or is larger than ``largest``, in bytes.
    """
    place = Place(str(file))
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode):
            what = "a folder" if stat.S_ISDIR(about.st_mode) else "no file with an end"
            raise ValueRefused(f"it is {what}; name a file.", place)
        if about.st_size > largest:
            raise _too_large(about.st_size, largest, place)
        with file.open("rb") as opened:
            data = opened.read(largest + 1)  # it may have grown since
    except FileNotFoundError as error:
        raise ValueRefused("there is no such file; check the name.", place) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = getattr(error, "strerror", None) or str(error)
        raise ValueRefused(f"it cannot be read: {why}.", place) from error
    if len(data) > largest:
        raise _too_large(len(data), largest, place)
    return data


def _too_large(size: int, largest: int, place: Place) -> ValueRefused:
    mib = 1024 * 1024
    return ValueRefused(
        f"it has {size / mib:,.0f} MiB, and {largest / mib:.0f} MiB is the most that is read as one text; "
        "part it into several.",
        place,
    )
