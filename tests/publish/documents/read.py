"""Reads the words of a document of any format, and of a site, far enough to look for one's in another's."""

from __future__ import annotations

import ctypes
import re
import subprocess
import unicodedata
import zipfile
from bisect import bisect_left
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pypandoc  # type: ignore[import-untyped]
import pypdfium2

__all__ = ["bare", "docx", "epub", "fonts", "found", "latex", "markdown", "pdf", "site", "words"]

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: What a line's end, a page's look or a script's shaping adds or takes: it is left out of both sides.
_DROPPED = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff\ufffe\ufffd\x02‐-―−_*·•-]+|[\u0300-\u036f]")
#: The fewest letters that are looked for by themselves, where a page's end may part a text.
_PIECE = 5


def bare(text: str) -> str:
    """Return a text without its spaces, hyphens and marks, in one case and one form."""
    return _DROPPED.sub("", unicodedata.normalize("NFKD", text).casefold())


def found(leaf: str, text: str, *, parted: bool = False) -> bool:
    """Tell whether a bare text has a leaf; where it is parted, in pieces that follow one another in the leaf."""
    if leaf in text or not parted:
        return leaf in text
    while leaf:
        long = _longest(leaf, text)
        if long < min(_PIECE, len(leaf)):
            return False
        leaf = leaf[long:]
    return True


def _longest(leaf: str, text: str) -> int:
    """Return how much of a leaf's beginning is in the text: whatever is longer than what is not, is not."""
    return bisect_left(range(1, len(leaf) + 1), 1, key=lambda n: int(leaf[:n] not in text))


class _Page(HTMLParser):
    """The words that a reader sees on a page."""

    _HIDDEN = ("script", "style", "head", "svg", "button", "nav")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.hidden: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into what is not read."""
        kind = dict(attrs).get("class") or ""
        if tag in self._HIDDEN or "footnote-ref" in kind or "mark" in kind.split() or self.hidden:
            self.hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Come out of it."""
        if tag in self.hidden:
            while self.hidden.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep what is read."""
        if not self.hidden:
            self.text.append(data)


def words(html: str) -> str:
    """Return what a reader sees of HTML, without the marks of notes."""
    return "".join(_Page(html).text)


def site(folder: Path) -> str:
    """Return the words of all pages."""
    return bare(" ".join(words(file.read_text("utf-8")) for file in sorted(folder.rglob("*.html"))))


def pdf(*files: Path) -> str:
    """Return the words of the pages, without their heads and feet."""
    return bare(" ".join(text for file in files for text in _pages(file)))


def _pages(file: Path) -> Iterator[str]:
    document = pypdfium2.PdfDocument(file)
    try:
        for page in document:
            text = page.get_textpage()
            width, height = page.get_size()
            yield text.get_text_bounded(0, 60 if len(document) > 1 else 0, width, height - 75)
            text.close()
            page.close()
    finally:
        document.close()


def fonts(file: Path) -> set[str]:
    """Return the names of the fonts that a PDF's letters are set in."""
    document = pypdfium2.PdfDocument(file)
    text = document[0].get_textpage()
    name = ctypes.create_string_buffer(100)
    found = set()
    for place in range(text.count_chars()):
        pypdfium2.raw.FPDFText_GetFontInfo(text, place, name, len(name), None)
        found.add(name.value.decode().rpartition("+")[2])
    text.close()
    document.close()
    return found


def docx(file: Path) -> str:
    """Return the words of the text and of its footnotes."""
    with zipfile.ZipFile(file) as archive:
        parts = [archive.read(f"word/{name}.xml") for name in ("document", "footnotes")]
    texts = (
        "" if one.text is None else one.text
        for part in parts
        for one in ET.fromstring(part).iter(f"{_WORD}t")  # noqa: S314 - made by ourselves
    )
    return bare("".join(texts))


def epub(file: Path) -> str:
    """Return the words of all chapters."""
    with zipfile.ZipFile(file) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".xhtml"))
        return bare(" ".join(words(archive.read(name).decode()) for name in names))


def markdown(file: Path) -> str:
    """Return the words as pandoc reads them."""
    line = [pypandoc.get_pandoc_path(), "--from", "markdown-smart", "--to", "html", "--standalone", str(file)]
    done = subprocess.run(line, capture_output=True, check=True)
    return bare(words(done.stdout.decode()))


_TEX = {
    r"\textbackslash": "\\", r"\textasciitilde": "~", r"\textasciicircum": "^", r"\textquotesingle": "'",
    r"\textbar": "|", r"\textless": "<", r"\textgreater": ">", r"\textasciigrave": "`", r"\ldots": "…",
    r"\textquotedbl": '"',
}  # fmt: skip


def latex(file: Path) -> str:
    """Return the words of the body, with commands left out and specials read."""
    text = file.read_text("utf-8").partition(r"\begin{document}")[2]
    text = re.sub(
        r"\\(?:label|hyperref|hypertarget|begin|end|includegraphics)(?:\[[^]]*\])?\{[^{}]*\}|\\href\{[^{}]*\}",
        "",
        text,
    )
    said = re.sub(
        r"\\[A-Za-z]+\*?|\\(.)|[{}]",
        lambda hit: hit[1] or _TEX.get(hit[0], ""),
        text,
    )
    return bare(said)
