"""The words of FRUS documents, page by page, read from the TEI volumes for tests: an oracle of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

__all__ = ["Document", "documents"]

_TEI = "{http://www.tei-c.org/ns/1.0}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"


@dataclass(frozen=True)
class Document:
    """One document: its printed number, its words without footnotes, and on which page each begins."""

    number: str
    words: str
    pages: tuple[tuple[int, str], ...]

    def pages_of(self, quote: str) -> list[str]:
        """Return the page on which each occurrence of a quote begins."""
        found, at = [], self.words.find(quote)
        while at >= 0:
            found.append([page for begin, page in self.pages if begin <= at][-1])
            at = self.words.find(quote, at + 1)
        return found


@cache
def documents(volume: Path) -> dict[str, Document]:
    """Return a volume's documents by their id, such as ``d134``."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    root = etree.parse(volume, parser).getroot()
    page, found = "", {}
    for element in root.iter():
        if element.tag == f"{_TEI}pb":
            page = element.get("n") or page
        if element.tag == f"{_TEI}div" and element.get("type") == "document":
            found[str(element.get(_ID))] = _document(element, page)
    return found


def _document(div: etree._Element, page: str) -> Document:
    words: list[str] = []
    pages = [(0, page)]
    length = 0

    def take(text: str | None) -> None:
        nonlocal length
        for letter in text or "":
            kept = " " if letter.isspace() else letter
            if kept == " " and (not words or words[-1] == " "):
                continue
            words.append(kept)
            length += 1

    def walk(element: etree._Element) -> None:
        if element.tag == f"{_TEI}pb":
            pages.append((length, element.get("n") or ""))
        elif element.tag != f"{_TEI}note" and isinstance(element.tag, str):
            take(element.text)
            for child in element:
                walk(child)
                take(child.tail)
        if element.tag in (f"{_TEI}p", f"{_TEI}head", f"{_TEI}item", f"{_TEI}lb"):
            take(" ")

    walk(div)
    return Document(str(div.get("n")), "".join(words), tuple(pages))
