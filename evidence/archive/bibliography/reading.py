"""Read a bibliography of any kind: its format is told by what is in it, its letters by how they are written."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evidence.archive.archives import size_of
from evidence.archive.incoming import Incoming
from evidence.archive.json_files import read_json
from evidence.errors import Place, ValueRefused

__all__ = ["FORMATS", "read_bibliographies", "read_bibliography"]

#: Every format, and what it is called with its article.
FORMATS = {
    "ris": "RIS",
    "bibtex": "BibTeX or BibLaTeX",
    "csljson": "CSL-JSON",
    "endnote": "EndNote's XML",
    "zotero-rdf": "RDF as Zotero reads it",
    "zotero": "Zotero's JSON",
}
_LARGEST = 64 * 1024 * 1024
_START = 64 * 1024
_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_BIBTEX = re.compile(r"^\s*@\s*(?:%[^\n]*\s*)*[A-Za-z]+\s*(?:%[^\n]*\s*)*[{(]", re.MULTILINE)


def read_bibliographies(
    files: list[Path], *, form: str | None = None, encoding: str | None = None
) -> Incoming:
    """Return the sources of several files together; see ``read_bibliography``."""
    read = [read_bibliography(file, form=form, encoding=encoding) for file in files]
    return Incoming(
        items=tuple(item for one in read for item in one.items),
        losses=tuple(loss for one in read for loss in one.losses),
    )


def read_bibliography(file: Path, *, form: str | None = None, encoding: str | None = None) -> Incoming:
    """Return the sources in a bibliography.

    Args:
        file: the file.
        form: its format, by its name in ``FORMATS``; nothing to tell it by what is in it.
        encoding: how its letters are written; nothing for UTF-8, or UTF-16 and UTF-32 with their mark.

    Raises:
        ValueRefused: it cannot be read, is no bibliography, or is not in the format or the encoding said;
            with the line.
    """
    data = _bytes(file)
    found = form or _format_of(data, file)
    if found in ("endnote", "zotero-rdf"):
        return _read_xml(data, found, file)
    if found in ("csljson", "zotero"):
        return _read_json(file, found)
    text = _decoded(data, encoding, file)
    return _readers()[found](text, file.name)


def _bytes(file: Path) -> bytes:
    try:
        size = size_of(file)
        if size > _LARGEST:
            raise ValueRefused(
                f"this has {size / 1048576:,.0f} MiB, and at most {_LARGEST // 1048576} MiB are read; export it in parts.",
                Place(file.name),
            )
        data = file.read_bytes()
    except OSError as error:
        raise ValueRefused(f"this cannot be read: {error.strerror}.", Place(str(file))) from error
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise ValueRefused("this is empty, and no bibliography.", Place(file.name))
    return data


def _format_of(data: bytes, file: Path) -> str:
    """Tell a format by what is in the file; its name is not asked."""
    from evidence.archive.bibliography.ris import looks_like_ris  # noqa: PLC0415

    mark = next((name for mark, name in _MARKED if data.startswith(mark)), None)
    start = (
        data[:_START]
        .decode(mark or "utf-8", "replace")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .lstrip("\ufeff \t\n")
    )
    if start.startswith("<"):
        lowered = start[:4096].casefold()
        if lowered.startswith(("<!doctype html", "<html")):
            raise ValueRefused(
                "this is a web page, and no bibliography; save the export itself.", Place(file.name)
            )
        return "zotero-rdf" if ":rdf" in lowered or "rdf-syntax-ns" in lowered else "endnote"
    if start.startswith(("[", "{")) and not start.startswith("{\\rtf"):
        return "zotero" if b'"itemType"' in data else "csljson"
    if looks_like_ris(start):
        return "ris"
    if _BIBTEX.search(start):
        return "bibtex"
    raise ValueRefused(
        f"this is no bibliography that is known here; {', '.join(FORMATS.values())} are read.",
        Place(file.name, 1),
    )


def _decoded(data: bytes, encoding: str | None, file: Path) -> str:
    """Return the text with its lines ended by LF; letters are never guessed."""
    named = encoding or next((name for mark, name in _MARKED if data.startswith(mark)), "utf-8-sig")
    named = "utf-8-sig" if named.casefold().replace("_", "-") in ("utf-8", "utf8") else named
    try:
        text = data.decode(named)
    except LookupError as error:
        raise ValueRefused(
            f"{encoding!r} is no encoding; write utf-8, cp1252, latin-1, mac-roman or another."
        ) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1 or data.count(b"\r", 0, error.start) + 1
        raise ValueRefused(
            f"its letters are not written in {named.removesuffix('-sig').upper()} (byte {error.start:,}); "
            "say how they are with --encoding, such as --encoding cp1252 for an export from Windows.",
            Place(file.name, line),
        ) from error
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise ValueRefused(
            "a NUL character stands here; this is no text, or not in this encoding.", Place(file.name, line)
        )
    return text


def _readers() -> dict[str, Callable[[str, str], Incoming]]:
    from evidence.archive.bibliography.bibtex import read_bibtex  # noqa: PLC0415 - only what is asked for is loaded
    from evidence.archive.bibliography.ris import read_ris  # noqa: PLC0415

    return {"ris": read_ris, "bibtex": read_bibtex}


def _read_json(file: Path, form: str) -> Incoming:
    from evidence.archive.bibliography.csljson import read_csljson  # noqa: PLC0415
    from evidence.archive.bibliography.zotero_json import read_zotero  # noqa: PLC0415

    readers: dict[str, Callable[[Any, str], Incoming]] = {"csljson": read_csljson, "zotero": read_zotero}
    return readers[form](read_json(file, "a bibliography"), file.name)


def _read_xml(data: bytes, form: str, file: Path) -> Incoming:
    from evidence.archive.bibliography.endnote import read_endnote  # noqa: PLC0415
    from evidence.archive.bibliography.zotero_rdf import read_rdf  # noqa: PLC0415
    from evidence.archive.xml import parse  # noqa: PLC0415

    root = parse(data, "a bibliography", name=file.name)
    return read_endnote(root, file.name) if form == "endnote" else read_rdf(root, file.name)
