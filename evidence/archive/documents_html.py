"""Read a web page: find out how it is encoded, and have its words as a reader sees them."""

from __future__ import annotations

import codecs
import re

from lxml import etree

from evidence.archive.documents_flow import Read, tidied
from evidence.archive.documents_html_page import Page
from evidence.archive.documents_plain import decoded
from evidence.errors import Place, ValueRefused

__all__ = ["read", "words_of"]

_DECLARED_WITHIN = 4096  # bytes in which a page says how it is encoded
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']?([\w.:-]{1,40})|<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)  # fmt: skip
#: What the declared names mean to a browser.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "utf-16": "utf-8"}  # fmt: skip


def read(data: bytes, place: Place, *, first_page: int | None, encoding: str) -> Read:  # noqa: ARG001
    """Return the words of a web page; headings are parts of kind ``heading``, and footnotes are not guessed.

    The mark by which a note is called (a link in superscript to a place on the page) is left out, as it is no
    word of the sentence in which it stands.
    """
    text, remarks = _decoded(data, place, encoding)
    page = _streamed(text, place)
    stated = {"title": page.title, "language": page.language, **page.stated}
    return Read(content=page.flow.content(), parts=page.flow.parts, stated=tidied(stated), remarks=remarks)


def words_of(fragment: str, place: Place) -> str:
    """Return the words of a piece of HTML."""
    return _streamed(fragment, place).flow.content()


def _streamed(text: str, place: Place) -> Page:
    parser = etree.HTMLParser(target=Page(place), encoding="utf-8", huge_tree=True)
    if not text.strip():
        return Page(place)
    try:
        page: Page = etree.fromstring(text.encode(), parser)
    except (etree.LxmlError, ValueError) as error:
        raise ValueRefused(f"it cannot be read as HTML ({str(error)[:120]}); save it anew from a browser.", place) from error  # fmt: skip
    return page


def _decoded(data: bytes, place: Place, encoding: str) -> tuple[str, list[str]]:
    """Return a page's text: by its mark, by what the user says, by what it declares, or as UTF-8.

    Many pages declare what they are not. UTF-8 is hardly ever right by chance, so a page that is in UTF-8 is
    read as that whatever Western encoding it declares.
    """
    declared = _declaration(data)
    if encoding or declared in ("", "utf-8") or data.startswith((codecs.BOM_UTF8, b"\xff\xfe", b"\xfe\xff")):
        return decoded(data, place, encoding), []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return decoded(data, place, declared), []
    if text.isascii():
        return decoded(data, place), []
    if declared.startswith(("cp125", "iso8859")):
        return decoded(data, place), [f"It declares {declared}, but is in UTF-8, and was read as that."]
    try:
        return decoded(data, place, declared), []
    except ValueRefused:
        return decoded(data, place), [f"It declares {declared}, but is in UTF-8, and was read as that."]


def _declaration(data: bytes) -> str:
    """Return Python's name of the encoding that a page declares; nothing if it declares none that is known."""
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    if not found:
        return ""
    try:
        name = codecs.lookup((found[1] or found[2]).decode()).name
    except (LookupError, ValueError):
        return ""
    return _MEANT.get(name, name)
