"""Narratives: Markdown in, safe HTML with numbered notes out.

``[@KEY]`` cites a quote, or a source as a whole; ``[@KEY, 315]`` a source at a page. Several may stand in one
bracket, parted by ``; ``. What begins so and is none of these is an error, and not text. Whoever writes a narrative may be hostile: HTML in it is text, its images are links,
and what comes out is sanitised once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from evidence.errors import EvidenceError, nearest

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

__all__ = ["Citation", "Written", "markdown", "unknown_citation", "written"]

_CITED = re.compile(r"\[@([^\[\]\n]+)\]")
_BEGUN = re.compile(r"\[@[^\]\n]{0,60}\]?")
_ONE = re.compile(r"@?([^\s,;@]+)(?:,\s*(.+))?")
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
class Citation:
    """One citation in a narrative, in the order in which they stand there."""

    key: str
    place: str


@dataclass(frozen=True, slots=True)
class Written:
    """A narrative as HTML, with and without its note marks, and what it cites, by note number from 1."""

    html: Markup
    plain: Markup
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
        return Written(Markup(), Markup(), ())
    reader = _reader(curl=curl)
    cited: list[Citation] = []
    noted: dict[str, Any] = {"cited": cited, "at": at, "case": case}
    tokens = reader.parse(text, noted)
    _lower(tokens, level)
    for token in tokens:
        _place_marks(token.children or [])
    html = _clean(reader.renderer.render(tokens, reader.options, noted))
    # In a cell of a table a heading is no heading. No narrative can make such marks itself: a class is never its own.
    plain = _HEADING.sub(r"<\1p>", _MARKS.sub("", html))
    return Written(Markup(html), Markup(plain), tuple(cited))  # noqa: S704 - sanitised just above


def markdown(text: str, *, level: int = 3, curl: bool = False) -> Markup:
    """Return Markdown without citations as safe HTML; what looks like a citation stays as it stands."""
    if not text.strip():
        return Markup()
    reader = _reader(curl=curl)
    tokens = reader.parse(text, {})
    _lower(tokens, level)
    return Markup(_clean(reader.renderer.render(tokens, reader.options, {})))  # noqa: S704 - sanitised


def unknown_citation(case: str, key: str, keys: Iterable[str]) -> EvidenceError:
    """Return the error for a key that a narrative cites and nothing in the study has."""
    near = nearest(key, keys)
    remedy = (
        f"Did you mean {' or '.join(near)}?" if near else "Log the quote or the source, or correct the key."
    )
    return EvidenceError(
        f"The narrative of {case} cites {key!r}, which is no quote or source of this study. {remedy}"
    )


@cache
def _reader(*, curl: bool) -> MarkdownIt:
    """Return the one reader of Markdown; loaded on first use, as most commands need none."""
    from markdown_it import MarkdownIt  # noqa: PLC0415

    reader = MarkdownIt("commonmark", {"html": False, "typographer": curl}).enable("table").disable("image")
    if curl:
        reader.enable("smartquotes")
    reader.inline.ruler.before("link", "citation", _read_citation)
    reader.add_render_rule("citation", _show_citation)
    return reader


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
    # markdown-it aligns cells by style, which no narrative may bring; the attribute says the same.
    return _cleaner()(_ALIGNED.sub(r' align="\1"', html))


def _read_citation(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own form
    if not state.src.startswith("[@", state.pos) or "cited" not in state.env:
        return False
    match = _CITED.match(state.src, state.pos, state.posMax)
    found = _parse(match[1]) if match else None
    if match is None or found is None:
        begun = _BEGUN.match(state.src, state.pos)
        raise _no_citation(state.env["case"], begun[0] if begun else "[@")
    if not silent:
        token = state.push("citation", "sup", 0)
        cited = state.env["cited"]
        token.meta = {"numbers": range(len(cited) + 1, len(cited) + len(found) + 1)}
        cited.extend(found)
    state.pos = match.end()
    return True


def _no_citation(case: str, begun: str) -> EvidenceError:
    whose = f"The narrative of {case}" if case else "A narrative"
    return EvidenceError(
        f"{whose} holds {begun!r}, which is no citation; write [@KEY], [@KEY, PLACE] or "
        "[@KEY, PLACE; @KEY] on one line, or \\[@ where it is meant as text."
    )


def _parse(inside: str) -> list[Citation] | None:
    found = []
    for part in inside.split(";"):
        match = _ONE.fullmatch(part.strip())
        if match is None:
            return None
        found.append(Citation(match[1], (match[2] or "").strip()))
    return found


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
