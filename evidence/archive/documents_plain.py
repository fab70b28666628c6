"""Read plain text: decode it, and part it into pages at form feeds."""

from __future__ import annotations

import codecs
import io

from evidence.archive.documents_flow import Read, listed
from evidence.errors import EvidenceError, Place, ValueRefused
from evidence.folding import composed
from evidence.ledger.forms import read_text

__all__ = ["decoded", "read", "refused_bytes"]

#: Encodings that are marked by their first bytes; the longer marks first.
_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Names that Python knows for encodings, and that no text is kept in.
_NO_TEXT = {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem"}


def read(data: bytes, place: Place, *, first_page: int | None, encoding: str) -> Read:
    """Return the words of plain text; a form feed begins a page, labelled from ``first_page`` (or 1) on."""
    content = composed(decoded(data, place, encoding))
    if "\f" not in content:
        return Read(content=content)
    pages, at = [], 0
    sheets = content.split("\f")
    if not sheets[-1].strip():
        sheets.pop()  # the last page was ended, too
    for number, sheet in enumerate(sheets, start=1 if first_page is None else first_page):
        pages.append((str(number), at))
        at += len(sheet) + 1
    silent = [label for (label, _), sheet in zip(pages, sheets, strict=True) if not sheet.strip()]
    said = f"{len(silent)} of {len(pages)} pages {'has' if len(silent) == 1 else 'have'} no words: {listed(silent)}."
    return Read(content=content, pages=pages, remarks=[said] if silent else [])


def decoded(data: bytes, place: Place, encoding: str = "") -> str:
    """Return the text in some bytes, with LF line ends.

    Args:
        data: the bytes.
        place: the file, for errors.
        encoding: what they are encoded in, where that is known; else a mark at their beginning says it, or
            they are UTF-8.

    Raises:
        ValueRefused: they are not text in that encoding, or hold a NUL.
    """
    marked = next((name for mark, name in _MARKED if data.startswith(mark)), "")
    name = marked or _known(encoding, place) or "utf-8"
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        raise refused_bytes(data, name, error.start, place) from error
    except UnicodeError as error:
        raise ValueRefused(f"it is not text in {name}; give its encoding by --encoding.", place) from error
    try:
        return read_text(text)
    except EvidenceError as error:
        at = text.find("\x00")
        line = text.count("\n", 0, at) + 1 if at >= 0 else None
        raise error.at(Place(place.file, line)) from error


def _known(encoding: str, place: Place) -> str:
    """Return Python's name of an encoding of text."""
    if not encoding:
        return ""
    try:
        found = codecs.lookup(encoding).name
        if found.replace("-", "_") not in _NO_TEXT:
            io.TextIOWrapper(io.BytesIO(), encoding=found)  # refuses what Python encodes other things in
            return found
    except (LookupError, ValueError):
        pass
    raise ValueRefused(
        f"there is no encoding {encoding!r}; write utf-8, cp1252 (Windows), mac_roman, latin-1, cp1251, gb18030 ...",
        place,
    )


def refused_bytes(data: bytes, encoding: str, at: int, place: Place) -> ValueRefused:
    """Return the error for bytes that are no text in an encoding, with the first that is none."""
    name = "UTF-8" if encoding.startswith("utf-8") else encoding
    line = data.count(b"\n", 0, at) + 1 if not encoding.startswith(("utf-16", "utf-32")) else None
    what = f"byte {data[at]:#04x} at {at:,}" if at < len(data) else f"its end, at {at:,}"
    return ValueRefused(
        f"it is not text in {name} ({what}); save it in UTF-8, or name its encoding: --encoding cp1252 for a file "
        "from Windows, mac_roman from an old Mac.",
        Place(place.file, line),
    )
