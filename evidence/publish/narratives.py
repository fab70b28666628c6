"""Narratives: Markdown in, safe HTML with numbered notes out.

How it is read is said in ``evidence.audit.narrated``. Whoever writes a narrative may be hostile: HTML in it is text, its
images are links, and what comes out is sanitised once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from evidence.audit.narrated import Citation, reader
from evidence.errors import EvidenceError, Place, nearest

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Citation", "Written", "markdown", "unknown_citation", "written"]

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_ATTRIBUTES = {
    "a": {"href", "id", "class", "aria-label", "title"},
    "sup": {"class"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
_MARKS = re.compile(r'<sup class="marks">.*?</sup>')
_HEADING = re.compile(r"<(/?)h[1-6]>")
_STOPS = (".", ",", ";", ":", "!", "?")
_ALIGNED = re.compile(r' style="text-align:(left|right|center)"')


@dataclass(frozen=True, slots=True)
class Written:
    """A narrative as HTML, with and without its note marks, and what it cites, by note number from 1.

    ``blocks`` are the paragraphs, lists and the like that make it up, each with the numbers of its notes.
    """

    html: Markup
    plain: Markup
    blocks: tuple[tuple[Markup, tuple[int, ...]], ...]
    citations: tuple[Citation, ...]


def written(text: str, *, case: str = "", at: str = "", level: int = 3, curl: bool = False) -> Written:
    """Return a narrative as safe HTML.

    Args:
        text: Markdown with citations.
        case: the key of the case that it is about, for an error to name.
        at: what ids on this page begin with, so that they stay apart where several cases share a page.
        level: the level of its highest heading.
        curl: set English quotation marks as a typographer would.

    Raises:
        EvidenceError: something begins as a citation does, and is none.
    """
    if not text.strip():
        return Written(Markup(), Markup(), (), ())
    tongue = _tongue(curl=curl)
    cited: list[Citation] = []
    noted: dict[str, Any] = {"cited": cited, "at": at, "case": case}
    tokens = tongue.parse(text, noted)
    _lower(tokens, level)
    for token in tokens:
        _place_marks(token.children or [])
    blocks = []
    for piece in _blocks(tokens):
        html = _clean(tongue.renderer.render(piece, tongue.options, noted))
        blocks.append((Markup(html), tuple(_numbers(piece))))  # noqa: S704 - sanitised just above
    html = "".join(html for html, _ in blocks)
    # In a cell of a table a heading is no heading. No narrative can make such marks itself: a class is never its own.
    plain = _HEADING.sub(r"<\1p>", _MARKS.sub("", html))
    return Written(Markup(html), Markup(plain), tuple(blocks), tuple(cited))  # noqa: S704 - sanitised above


def _blocks(tokens: Sequence[Token]) -> Iterable[Sequence[Token]]:
    """Yield what stands beside one another at the top of a text: paragraphs, headings, lists, tables."""
    begin = depth = 0
    for n, token in enumerate(tokens, 1):
        depth += token.nesting
        if depth == 0:
            yield tokens[begin:n]
            begin = n


def _numbers(tokens: Iterable[Token]) -> Iterable[int]:
    for token in tokens:
        for child in token.children or ():
            if child.type == "citation":
                yield from child.meta["numbers"]


def markdown(text: str, *, level: int = 3, curl: bool = False) -> Markup:
    """Return Markdown without citations as safe HTML; what looks like a citation stays as it stands."""
    if not text.strip():
        return Markup()
    tongue = _tongue(curl=curl)
    tokens = tongue.parse(text, {})
    _lower(tokens, level)
    return Markup(_clean(tongue.renderer.render(tokens, tongue.options, {})))  # noqa: S704 - sanitised


def unknown_citation(case: str, citation: Citation, keys: Iterable[str]) -> EvidenceError:
    """Return the error for a citation of a narrative whose key nothing in the study has; its place has the line."""
    key = citation.key
    near = nearest(key, keys)
    remedy = (
        f"Did you mean {' or '.join(near)}?" if near else "Log the quote or the source, or correct the key."
    )
    return EvidenceError(
        f"The narrative of {case} cites {key!r}, which is no quote or source of this study. {remedy}",
        Place(line=citation.line),
    )


@cache
def _tongue(*, curl: bool) -> MarkdownIt:
    """Return the reader of narratives, able to write what it reads as HTML."""
    made = reader(curl=curl)
    made.add_render_rule("citation", _show_citation)
    return made


@cache
def _cleaner() -> Callable[[str], str]:
    import nh3  # noqa: PLC0415

    cleaner = nh3.Cleaner(
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )
    return cleaner.clean


def _clean(html: str) -> str:
    # markdown-it aligns cells by style, which no narrative may bring; the attribute says the same. An address
    # without its scheme would, on a page that is opened from a disk, lead to that disk.
    return _cleaner()(_ALIGNED.sub(r' align="\1"', html).replace('href="//', 'href="https://'))


def _show_citation(renderer: object, tokens: Sequence[Token], index: int, options: object, env: Any) -> str:  # noqa: ARG001
    stop = str(tokens[index].meta.get("stop", ""))
    at = escape(env["at"])
    marks = (
        f'<a id="{at}ref-{n}" href="#{at}note-{n}" class="mark" aria-label="note {n}">{n}</a>'
        for n in tokens[index].meta["numbers"]
    )
    return f'{stop}<sup class="marks">{", ".join(marks)}</sup>'


def _place_marks(inline: Sequence[Token]) -> None:
    """Move a note's mark to where a printer puts it: close to its word, after a comma or a full stop."""
    for mark, after in pairwise(inline):
        if mark.type == "citation" and after.type == "text" and after.content.startswith(_STOPS):
            mark.meta["stop"], after.content = after.content[0], after.content[1:]
    for before, mark in pairwise(inline):
        if mark.type == "citation" and before.type == "text":
            before.content = before.content.rstrip(" ")


def _lower(tokens: Sequence[Token], level: int) -> None:
    """Move headings down so that the highest is of ``level``, and none skips one."""
    used = sorted({token.tag for token in tokens if token.type == "heading_open"})
    tags = {tag: f"h{min(level + place, 6)}" for place, tag in enumerate(used)}
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = tags[token.tag]
