"""The words of a web page, gathered as its elements come: blocks part them, scripts, styles and menus are left out.

A page is a stream of elements here and never a tree, so that what it costs grows with its length alone, however
its elements and attributes are heaped up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from evidence.archive.documents_flow import Flow
from evidence.errors import Place, ValueRefused

__all__ = ["Page"]

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol p pre search section summary table "
    "tbody td tfoot th thead tr ul".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
#: What a reader does not see, or does not read: code, menus, controls, what stands in for something else.
_UNREAD = frozenset(
    "applet audio button canvas datalist embed head iframe map nav noembed noframes noscript object rp rt script "
    "select style svg template textarea video".split()
)
_DEEPEST = 2000  # elements within elements; browsers stop at 512
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BREAK = "\x00"  # stands for a line's end while words are gathered; no page holds it
_CALL = re.compile(r"[\[(]?\s*(?:\d{1,4}|[*†‡§¶]{1,3}|[a-z])\s*[\])]?")
_LONGEST_CALL = 12
#: What a browser shows for an element itself.
_SHOWN_AS = {"br": _BREAK, "q": "“"}
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
#: Names under which pages say who wrote them, and when they were published.
_META = {
    "author": "author", "citation_author": "author", "dc.creator": "author", "dcterms.creator": "author",
    "article:author": "author", "date": "date", "dc.date": "date", "dcterms.date": "date", "dcterms.issued": "date",
    "citation_date": "date", "citation_publication_date": "date", "article:published_time": "date",
}  # fmt: skip


class Page:
    """What the parser tells of a page's elements, and the words that they make.

    Attributes:
        flow: the words, block by block.
        title, language: what the page says of itself.
        stated: author and date, if it states them.
    """

    def __init__(self, place: Place) -> None:
        """Begin with nothing; ``place`` is the file, for errors."""
        self.flow = Flow()
        self.title = self.language = ""
        self.stated: dict[str, str] = {}
        self._place = place
        self._open: list[
            tuple[str, bool, int]
        ] = []  # tag, whether it is unread, where a note's mark would begin
        self._unread = self._pre = self._links = 0  # how many such elements are open
        self._link = -1  # where the last link to a place on this page began
        self._tables: list[list[int]] = []  # of each open table: its rows, the cells in its last row
        self._titling = False
        self._words: list[str] = []
        self._parted = "\n\n"
        self._heading: tuple[str, int, int] | None = None  # the words of the heading that is open, and where

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        if len(self._open) >= _DEEPEST:
            raise ValueRefused(
                f"its elements stand more than {_DEEPEST:,} deep in each other; save it anew from a browser.",
                self._place,
            )
        unread = tag in _UNREAD or _hidden(tag, attributes)
        if tag in _BLOCKS and not self._unread:
            self._flush()
            self._part(tag)
        called = tag == "sup" or attributes.get("role") == "doc-noteref"
        self._open.append((tag, unread, len(self._words) if called else -1))
        self._unread += unread
        if tag == "a" and attributes.get("href", "").startswith("#"):
            self._links += 1
            self._link = len(self._words)
        elif tag in ("html", "meta", "title"):
            self._say_of_itself(tag, attributes)
        elif tag == "pre":
            self._pre += 1
        elif tag in _SHOWN_AS:
            self.data(_SHOWN_AS[tag])

    def end(self, tag: str) -> None:
        """End an element."""
        if not self._open:
            return
        if tag == "q":
            self.data("”")
        if tag in _BLOCKS and not self._unread:
            self._flush()
        _, unread, begun = self._open.pop()
        self._unread -= unread
        if begun >= 0:
            self._uncall(begun)
        if tag in _HEADINGS and self._heading:
            self.flow.mark("heading", *self._heading)
            self._heading = None
        elif tag == "table" and self._tables:
            self._tables.pop()
            self._parted = "\n\n"
        elif tag == "a":
            self._links = max(self._links - 1, 0)
        elif tag == "pre":
            self._pre -= 1
        elif tag == "title":
            self._titling = False

    def data(self, words: str) -> None:
        """Take words within an element."""
        if self._titling:
            self.title += words
        elif not self._unread:
            self._words.append(words.replace("\n", _BREAK) if self._pre else words)

    def close(self) -> Page:
        """End the page."""
        self._flush()
        return self

    def _uncall(self, begun: int) -> None:
        """Take the mark by which a note is called out of the words again, if it is one."""
        mark = "".join(self._words[begun:]).strip()
        linked = self._links or self._link >= begun
        if linked and len(mark) <= _LONGEST_CALL and _CALL.fullmatch(mark):
            del self._words[begun:]

    def _say_of_itself(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "html":
            self.language = self.language or attributes.get("lang") or attributes.get("xml:lang") or ""
        elif tag == "title":
            self._titling = not self.title
        else:
            name = (attributes.get("name") or attributes.get("property") or "").casefold()
            if name in _META:
                self.stated.setdefault(_META[name], attributes.get("content", ""))

    def _part(self, tag: str) -> None:
        """Part cells by tabs and rows by lines; all else stands apart."""
        if tag == "table":
            self._tables.append([0, 0])
            self._parted = "\n\n"
        elif tag == "tr" and self._tables:
            self._parted = "\n" if self._tables[-1][0] else "\n\n"
            self._tables[-1] = [self._tables[-1][0] + 1, 0]
        elif tag in ("td", "th") and self._tables:
            if self._tables[-1][1]:
                self._parted = "\t"
            self._tables[-1][1] += 1

    def _flush(self) -> None:
        """Make a block of the words that have come since the last."""
        lines = _SPACE.sub(" ", "".join(self._words)).split(_BREAK)
        self._words.clear()
        self._link = -1
        words = "\n".join(line.strip(" ") for line in lines).strip("\n")
        if not words:
            return
        start, end = self.flow.add(words, self._parted)
        self._parted = "\n\n"
        if any(tag in _HEADINGS for tag, _, _ in self._open[-3:]):
            said, first, _ = self._heading or ("", start, end)
            self._heading = (f"{said} {words}", first, end)


def _hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    hidden = attributes.get("hidden", "until-found") != "until-found"
    return (
        hidden
        or (tag == "dialog" and "open" not in attributes)
        or bool(_HIDDEN.search(attributes.get("style", "")))
    )
