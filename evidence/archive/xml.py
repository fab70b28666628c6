"""Read XML from the world: no entities, no DTD, no network, no XInclude, and a bound on its size.

One parser for every format that is XML. What it refuses, it refuses in one sentence.
"""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from evidence.archive.archives import size_of
from evidence.errors import Place, ValueRefused

__all__ = ["LARGEST", "contents", "parse"]

#: Bytes of the largest XML file that is read. The largest volumes of FRUS have 10 million.
LARGEST = 64 * 1024 * 1024
#: The beginning of a document whose markup is written in ASCII's letters.
_ORDINARY = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<(?!\?xml\s[^>]*encoding\s*=\s*.(?!(?:utf-?(?:8|16|32)|(?:us-)?ascii|iso-8859|latin"
    rb"|windows-125|cp125|koi8)))",
    re.IGNORECASE,
)
_START = 4096  # bytes in which a web page shows itself
_LONGEST = 160  # characters of the parser's own words that are shown


def parse(source: Path | bytes, what: str, *, name: str = "", largest: int = LARGEST) -> etree._Element:
    """Return the root element of an XML document; comments and processing instructions are left out.

    Entities that the document declares are never replaced: a document that declares any is refused. Nothing
    that it points at (DTD, XInclude, a style sheet) is read.

    Args:
        source: a file, or the document itself.
        what: what it should be, with its article, for errors: ``a volume of FRUS``.
        name: what to call it in errors; the file's name if there is one.
        largest: the number of bytes above which it is refused unread.

    Raises:
        ValueRefused: it cannot be read, is too large, is a web page, is cut off or is otherwise not
            well-formed, or declares entities. The place says the file and, where it is known, the line.
    """
    called = name or (source.name if isinstance(source, Path) else "")
    data = source if isinstance(source, bytes) else contents(source, largest=largest)
    if len(data) > largest:
        raise _too_large(len(data), called, largest)
    if not data.strip(b" \t\r\n\x00"):
        raise ValueRefused(f"this is empty, and not {what}.", Place(called))
    typed = _document_type(data)
    if b"<!ENTITY" in typed:
        raise ValueRefused(
            f"this declares entities of its own, which {what} does not need and which are never followed; "
            "nothing of it is read.",
            Place(called),
        )
    # Not huge: depth and the growth of names stay bounded whatever the document says. Ids are not collected, so
    # that one given twice is nobody's error; but asked for that, libxml2 loads a DTD, so only where there is none.
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True, collect_ids=bool(typed),
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise _refused(error, data, what, called) from error
    internal = root.getroottree().docinfo.internalDTD
    if internal is not None and any(True for _ in internal.iterentities()):
        raise ValueRefused(
            f"this declares entities of its own, which {what} does not need; nothing of it is read.",
            Place(called),
        )
    return root


def contents(file: Path, *, largest: int = LARGEST) -> bytes:
    """Return the bytes of a file.

    Raises:
        ValueRefused: it cannot be read, or has more than ``largest`` bytes.
    """
    try:
        size = size_of(file)
        if size > largest:
            raise _too_large(size, file.name, largest)
        return file.read_bytes()
    except OSError as error:
        raise ValueRefused(f"this cannot be read: {error.strerror}.", Place(str(file))) from error


def _too_large(size: int, called: str, largest: int) -> ValueRefused:
    return ValueRefused(
        f"this has {size / 1048576:,.0f} MiB, and at most {largest // 1048576} MiB are read; part it first.",
        Place(called),
    )


def _document_type(data: bytes) -> bytes:
    """Return the document type before the first element, with what follows if it has a subset of its own.

    Looked for before parsing, because a parser works on declarations before anybody can say no. Letters of two
    bytes are read as well; in odder ones a document type may hide, and is taken to be there.
    """
    plain = data.replace(b"\x00", b"") if b"\x00" in data[:_START] else data
    at = plain.find(b"<")
    while at >= 0 and plain[at + 1 : at + 2] in (b"?", b"!"):
        end = plain.find(b">", at)
        if plain[at : at + 9].upper() == b"<!DOCTYPE":
            alone = plain[at : end + 1]  # one without a subset of its own ends before any bracket
            return plain[at:] if b"[" in alone else alone
        end = plain.find(b"-->", at) if plain.startswith(b"<!--", at) else end
        at = plain.find(b"<", end) if end >= 0 else -1
    return b"" if _ORDINARY.match(plain[:_START]) else b"?"


def _refused(error: Exception, data: bytes, what: str, called: str) -> ValueRefused:
    """Say in one sentence what the parser met."""
    start = data[:_START].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return ValueRefused(f"this is a web page, and not {what}; save the XML file itself.", Place(called))
    if not start.startswith(b"<"):
        return ValueRefused(f"this is not XML, and so not {what}.", Place(called))
    line = getattr(error, "lineno", None) or None
    said = " ".join(str(getattr(error, "msg", None) or error).split())
    said = said.partition(", line ")[0].rstrip(" .!")[:_LONGEST]
    unended = not data[-_START:].rstrip(b" \t\r\n\x00").endswith(b">")
    if unended or "Premature end" in said or "EndTag" in said or "Couldn't find end" in said:
        return ValueRefused(
            f"this is cut off ({said}), and so not {what} in full; get the file again.", Place(called, line)
        )
    if "not proper UTF-8" in said or "encoding" in said.lower():
        return ValueRefused(
            f"its letters are not in the encoding that it names ({said}); save it as UTF-8.",
            Place(called, line),
        )
    return ValueRefused(f"this is not well-formed XML ({said}), and so not {what}.", Place(called, line))
