"""Read a PDF's text layer: its pages with their printed labels, running heads set apart from the body."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evidence.archive.documents_flow import Flow, Read, listed, tidied
from evidence.archive.documents_heads import parted, printed
from evidence.errors import Place, ValueRefused
from evidence.folding import composed

__all__ = ["read"]

_SECONDS = 90  # of patience, where the bounds on the process itself do not hold
_UNREADABLE = 0.05  # the share of letters without a meaning from which on it is said
#: PDFium's marks for a hyphen at the end of a line, which it joins to the next.
_HYPHEN = re.compile("[\x02\ufffe]")
_STRAY = dict.fromkeys(
    code for code in [*range(32), *range(0x7F, 0xA0), 0xFEFF, 0xFFFF] if chr(code) not in "\t\n"
)
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?")
_SCAN = "it has no text layer: its pages are images; run OCR first (ocrmypdf in.pdf out.pdf), and give what comes of it."
_ERRORS = {
    "password": "it is encrypted, and opens by a password only; save a copy without one.",
    "broken": "it is broken, or cut off, and cannot be read as a PDF; get it again.",
    "long": "it holds more words than are read as one text (64 million letters); part it into several.",
    "memory": "it asks for more memory than is given to a PDF (2 GiB); part it, or save it anew with another program.",
}
_BROKE = "it could not be read as a PDF: the reader gave up on it; save it anew with another program."
_SLOW = (
    "it takes too long to read (a minute is given to a PDF); part it, or save it anew with another program."
)


def read(data: bytes, place: Place, *, first_page: int | None, encoding: str) -> Read:  # noqa: ARG001
    """Return the words of a PDF, page by page, in the order in which they stand in the file.

    Page labels are those that the file states; where it states none, the numbers printed on the pages; else they
    are counted from 1, or from ``first_page`` if that is given. Running heads and page numbers are parts of kind
    ``running head``, beside the body: so a quote runs across a page's end as it does in print.
    """
    answer = _asked(data, place)
    sheets = [_cleaned(page) for page in answer["pages"]]
    if not any(sheet.strip() for sheet in sheets):
        raise ValueRefused(_SCAN if sheets else _ERRORS["broken"], place)
    labels, remarks = _labels(answer["labels"], sheets, first_page)
    flow = Flow()
    pages = []
    for label, sheet in zip(labels, parted(sheets, labels), strict=True):
        # A page without words begins where those before it end.
        pages.append((label, _page(flow, label, *sheet)))
    return Read(
        content=flow.content(),
        pages=pages,
        parts=flow.parts,
        stated=_stated(answer["stated"]),
        remarks=[*remarks, *_remarks(sheets, labels, answer["broken"])],
    )


def _page(flow: Flow, label: str, head: str, body: str, foot: str) -> int:
    """Add a page's words, and return where it begins."""
    spans = [(words, *flow.add(words)) for words in (head, body, foot)]
    for words, start, end in (spans[0], spans[-1]):
        if words:
            flow.mark("running head", label, start, end)
    return next((start for words, start, _ in spans if words), spans[0][1])


def _asked(data: bytes, place: Place) -> dict[str, Any]:
    """Have the PDF read in a process of its own, and return what that answers."""
    script = Path(__file__).with_name("documents_pdf_pages.py")
    paths = os.pathsep.join(path for path in sys.path if path)
    try:
        done = subprocess.run(  # noqa: S603 - our own file, by our own interpreter; the PDF goes in as data
            [sys.executable, "-P", str(script)],
            input=data, capture_output=True, timeout=_SECONDS, check=False,
            env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ValueRefused(_SLOW, place) from error
    if done.returncode:
        slow = done.returncode == -getattr(signal, "SIGXCPU", 0)
        raise ValueRefused(_SLOW if slow else _BROKE, place)
    answer: dict[str, Any] = json.loads(done.stdout)
    if "error" in answer:
        raise ValueRefused(_ERRORS[answer["error"]], place)
    return answer


def _cleaned(page: str) -> str:
    """Return a page's words with LF line ends, hyphens where they were printed, and no stray marks."""
    words = _HYPHEN.sub("-\n", page.replace("\r\n", "\n").replace("\r", "\n")).translate(_STRAY)
    return "\n".join(line.rstrip() for line in composed(words).split("\n"))


def _labels(
    stated: Sequence[str], sheets: Sequence[str], first_page: int | None
) -> tuple[list[str], list[str]]:
    """Return a label for each page, and a remark where it was found rather than stated."""
    start = 1 if first_page is None else first_page
    counted = [str(number) for number in range(start, start + len(sheets))]
    cleaned = [" ".join(label.translate(_STRAY).split()) for label in stated]
    if first_page is not None:
        return counted, []
    if cleaned and all(cleaned):
        return cleaned, []
    found = printed(sheets)
    if found is None or found == counted:
        return counted, []
    return found, [
        f"Its pages are labelled by the numbers printed on them, {found[0]} to {found[-1]}; --first-page says otherwise."
    ]


def _stated(said: Mapping[str, str]) -> dict[str, str]:
    made = _DATE.match(said.get("CreationDate", ""))
    created = "-".join(part for part in made.groups() if part) if made else ""
    return tidied({"title": said.get("Title"), "author": said.get("Author"), "created": created})


def _remarks(sheets: Sequence[str], labels: Sequence[str], broken: Sequence[int]) -> list[str]:
    remarks = []
    silent = [label for label, sheet in zip(labels, sheets, strict=True) if not sheet.strip()]
    if silent:
        have = "page has" if len(silent) == 1 else "pages have"
        remarks.append(
            f"{len(silent)} of {len(sheets)} {have} no words: {listed(silent)}. If they are images of text, "
            "run OCR (ocrmypdf) and hold what comes of it."
        )
    if broken:
        remarks.append(f"Broken, and left out: page {listed([labels[at] for at in broken])}.")
    letters = sum(len(sheet) for sheet in sheets)
    unreadable = sum(sheet.count("\ufffd") + len(_PRIVATE.findall(sheet)) for sheet in sheets)
    if unreadable > letters * _UNREADABLE:
        remarks.append(
            f"{unreadable:,} of {letters:,} letters have no meaning in this PDF (its fonts do not say which they "
            "are); quotes will not be found in such words. OCR (ocrmypdf --force-ocr) can help."
        )
    return remarks
