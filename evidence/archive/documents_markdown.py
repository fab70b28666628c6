"""Read Markdown's words as a reader sees them: its marks gone, its front matter apart, its notes as parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from evidence.archive.documents_flow import Flow, Read, tidied
from evidence.archive.documents_plain import decoded
from evidence.errors import Place

__all__ = ["inline_words", "parser", "read"]

_FACTS = re.compile(r"^(title|author|date|lang|language):[ \t]*(.*)$", re.IGNORECASE)
_QUOTED = "\"'"
#: What parts the words that follow from those before, where a blank line does not: cells and rows.
_PARTED = {"tbody_open": "\n", "tr_close": "\n", "td_close": "\t", "th_close": "\t", "table_close": "\n\n"}


def parser() -> MarkdownIt:
    """Return a reader of Markdown: CommonMark with tables, struck words, notes and front matter."""
    made = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return made.use(front_matter_plugin).use(footnote_plugin, inline=False)


def read(data: bytes, place: Place, *, first_page: int | None, encoding: str) -> Read:  # noqa: ARG001
    """Return the words of Markdown.

    Paragraphs are parted by blank lines; the numbers of a numbered list are words, bullets are not. Headings are
    parts of kind ``heading``; notes stand after the body, as parts of kind ``footnote`` with their label, and the
    marks by which they are called are left out.
    """
    tokens = parser().parse(decoded(data, place, encoding))
    flow = Flow()
    stated: dict[str, str | None] = {}
    words = _Words(flow, place)
    for token in tokens:
        if token.type == "front_matter":
            stated = _facts(token.content)
        else:
            words.take(token)
    return Read(content=flow.content(), parts=flow.parts, stated=tidied(stated))


def _facts(front: str) -> dict[str, str | None]:
    """Return the plain facts of front matter; lists and blocks are not looked into."""
    found = (_FACTS.match(line) for line in front.split("\n"))
    facts = {match[1].casefold(): match[2].strip().strip(_QUOTED) for match in found if match}
    if "lang" in facts:
        facts.setdefault("language", facts.pop("lang"))
    return dict(facts)


class _Words:
    """The words of a Markdown document, token by token."""

    def __init__(self, flow: Flow, place: Place) -> None:
        self._flow, self._place = flow, place
        self._parted = "\n\n"
        self._lead = ""  # the number of the list's entry that begins
        self._note: tuple[str, int] | None = None  # the note that is open, and where it begins
        self._last = (0, 0)
        self._heading = False

    def take(self, token: Token) -> None:
        """Take a token of a block."""
        if token.type == "inline":
            self._add(inline_words(token.children or ()))
        elif token.type in ("fence", "code_block"):
            self._add(token.content.rstrip("\n"))
        elif token.type == "html_block":
            self._add(_html(token.content, self._place))
        elif token.type == "list_item_open":
            self._lead = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "heading_open":
            self._heading = True
        elif token.type in ("footnote_open", "footnote_close"):
            self._aside(token)
        else:
            self._parted = _PARTED.get(token.type, self._parted)

    def _aside(self, token: Token) -> None:
        if token.type == "footnote_open":
            self._note = (str(token.meta.get("label") or token.meta["id"] + 1), -1)
        elif self._note and self._note[1] >= 0:
            self._flow.mark("footnote", self._note[0], self._note[1], self._last[1])

    def _add(self, words: str) -> None:
        words = words.strip()
        if not words:
            return
        start, end = self._last = self._flow.add(self._lead + words, self._parted)
        self._lead, self._parted = "", "\n\n"
        if self._note and self._note[1] < 0:
            self._note = (self._note[0], start)
        if self._heading:
            self._flow.mark("heading", words, start, end)
            self._heading = False


def _html(fragment: str, place: Place) -> str:
    from evidence.archive.documents_html import words_of  # noqa: PLC0415 - few have any

    return words_of(fragment, place)


def inline_words(tokens: Sequence[Token]) -> str:
    """Return the words of a run of text, without its marks; pictures and the marks of notes are left out."""
    return "".join(_inline(tokens))


def _inline(tokens: Sequence[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline", "text_special"):
            yield token.content
        elif token.type == "softbreak":
            yield " "
        elif token.type == "hardbreak" or (
            token.type == "html_inline" and token.content.casefold().startswith("<br")
        ):
            yield "\n"
