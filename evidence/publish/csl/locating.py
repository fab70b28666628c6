"""Say where in a source, so that a style can set it: a page by its own rule, anything else in words.

A style sets all pages of a source alike, so it is asked once, with ``SLOT`` in place of the page, and whatever the
page is stands there afterwards. That makes the cost of citations one by source and not by quote. Ranges are asked
for as they are, because styles shorten them and write ``pp.``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from evidence.publish import archival, frus
from evidence.publish.cited import CHAPTERS, PERIODICAL, WHOLE, Cited, locator_words
from evidence.publish.csl.references import printable

__all__ = ["SLOT", "WORDS", "Located", "located", "stated"]

#: What stands for a place: a number, so that a style takes it for one, and a word. Neither is in any source.
SLOT, WORDS = "73400197", "qzjxwvk"
_LABELS = {"folio": "fol.", "paragraph": "para.", "footnote": "n.", "chapter": "chap.", "line": "l."}
_SEVERAL = re.compile(r"\d\w*\s*[-–,]\s*\w*\d[\w\s,–-]*")
_PAGE = re.compile(r"\w[\w.,–-]*(?:\s*[-–,]\s*\w+)*")


@dataclass(frozen=True, slots=True)
class Located:
    """A place in a source: what pandoc is asked with, and what then stands in the slot."""

    asked: str = ""  # the suffix of the citation; nothing where no place is named
    slot: str = ""  # SLOT or WORDS, as asked; nothing where it is asked for as it is
    words: str = ""  # what is put there

    def directly(self) -> Located:
        """Return the same, to be asked for as it is."""
        words = self.words.translate({ord("{"): "(", ord("}"): ")"})
        return Located(self.asked.replace(self.slot, words)) if self.slot else self


def located(
    source: Cited, locator: Mapping[str, str], *, house: bool, english: bool, listed: bool = False
) -> Located:
    """Return how to ask a style for a place.

    Args:
        source: what is cited.
        locator: where in it, by kind.
        house: whether the style is ours, which takes the words as they are.
        english: whether it writes English, in which kinds of place have names that pandoc knows.
        listed: whether the citation has all that a bibliography has, and so the document's number in its volume.
    """
    if house:
        return _slotted(", {%s}", SLOT, stated(source, locator))
    given = {kind: str(value).strip() for kind, value in locator.items() if str(value).strip()}
    if not frus.is_frus(source):
        if set(given) in ({"page"}, {"page", "footnote"}):
            page = given["page"] + (f"n{given['footnote']}" if "footnote" in given else "")
            if _PAGE.fullmatch(page):
                return _numbered(", %s", page)
        elif (
            len(given) == 1
            and english
            and (kind := next(iter(given))) in _LABELS
            and _PAGE.fullmatch(given[kind])
        ):
            return _numbered(f", {{{_LABELS[kind]} %s}}", given[kind])
    return _slotted(", %s", WORDS, stated(source, given, listed=listed))


def _numbered(asked: str, number: str) -> Located:
    return Located(asked % number) if _SEVERAL.fullmatch(number) else _slotted(asked, SLOT, number)


def _slotted(asked: str, slot: str, words: str) -> Located:
    words = printable(words)
    return Located(asked % slot, slot, words) if words else Located()


def stated(source: Cited, locator: Mapping[str, str], *, listed: bool = False) -> str:
    """Return where in a source in our words: a bare page for what is printed; in the series, the document before all.

    Args:
        source: what is cited.
        locator: where in it, by kind.
        listed: whether the document's number in its volume has been said.
    """
    if frus.is_frus(source):
        own = frus.document_of(source)
        said = listed and own and locator.get("document", own) == own
        rest = {kind: value for kind, value in locator.items() if kind != "document"}
        return locator_words(rest) if said else frus.where(source, locator)
    printed = source.type in WHOLE | PERIODICAL | CHAPTERS and not archival.is_archival(source)
    return locator_words(locator, bare=printed or source.type == "hearing")
