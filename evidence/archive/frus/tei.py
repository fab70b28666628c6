"""The names of TEI elements in FRUS volumes, in both of the namespaces that FRUS has used for its own."""

from __future__ import annotations

import re

from lxml import etree

__all__ = ["ATTACHMENTS", "FRUS", "ID", "MARKS", "MOMENTS", "TEI", "first_of", "own", "plain", "tei", "told"]

TEI = "{http://www.tei-c.org/ns/1.0}"
#: The namespace of FRUS's own elements and attributes: today's, and that of older files.
FRUS = ("{http://history.state.gov/frus/ns/1.0}", "{http://history.state.gov/ns/1.0}")
#: Code points that Unicode keeps free of any character: ``words`` marks the text with them.
MARKS = tuple(map(chr, range(0xFDD0, 0xFDDC)))
_MARK = re.compile(f"[{MARKS[0]}-{MARKS[-1]}]")
ID = "{http://www.w3.org/XML/1998/namespace}id"


def tei(*names: str) -> tuple[str, ...]:
    """Return the names of TEI elements as the parser spells them."""
    return tuple(TEI + name for name in names)


def own(*names: str) -> tuple[str, ...]:
    """Return the names of FRUS's own elements or attributes, in either namespace."""
    return tuple(space + name for space in FRUS for name in names)


ATTACHMENTS = own("attachment")
#: Attributes with the first and the last moment of a document, or of the whole chapter for an editorial note.
MOMENTS = (own("doc-dateTime-min"), own("doc-dateTime-max"))


def first_of(element: etree._Element, *names: str) -> etree._Element | None:
    """Return the first element below this one that has one of these names."""
    return next(element.iter(*names), None)


def plain(text: str) -> str:
    """Return text without the marks that ``words`` put in it."""
    return _MARK.sub(" ", text)


def told(element: etree._Element | None) -> str:
    """Return an element's words, white space collapsed; nothing for no element."""
    return "" if element is None else " ".join(plain("".join(element.itertext())).split())
