"""Read a narrative as its reader does: its paragraphs in words, each with the notes that it has and where.

``[@KEY]`` cites a quote, or a source as a whole; ``[@KEY, 315]`` a source at a page. Several may stand in one
bracket, parted by ``; ``. What begins so and is none of these is an error, and not text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from evidence.errors import EvidenceError, Place

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

__all__ = ["DRAFT", "Block", "Citation", "Note", "blocks", "is_draft", "reader", "without_front_matter"]

#: The line with which a draft begins: a reader of the page sees it, and ``check`` finds it.
DRAFT = (
    "> **Draft**, laid out from the ledger: every sentence below is the ledger’s own. "
    "Write over it, and take this line out."
)
_DRAFT = re.compile(r"^ {0,3}>\s*\*\*Draft\b", re.MULTILINE)
_CITED = re.compile(r"\[@([^\[\]\n]+)\]")
_BEGUN = re.compile(r"\[@[^\]\n]{0,60}\]?")
_ONE = re.compile(r"@?([^\s,;@]+)(?:,\s*(.+))?")
#: What is typed as code quotes nobody.
_UNQUOTED = dict.fromkeys(map(ord, '"“”„‟«»‹›「」『』｢｣〝〞〟‘’‚'), "'")
_FRONT = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation in a narrative, in the order in which they stand there."""

    key: str
    place: str
    line: int = field(default=1, compare=False)  # of the narrative, from 1


@dataclass(frozen=True, slots=True)
class Note:
    """A bracket of citations, and where in its block's words it stands."""

    at: int
    cited: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a cell of a table or a paragraph of a block quotation.

    Attributes:
        kind: ``paragraph``, ``heading``, ``cell`` of a table or ``quotation``, set off as a block.
        words: what a reader sees, without the marks of notes.
        notes: in order.
        line: the line of the narrative at which it begins, from 1.
        breaks: the offsets in its words at which its further lines begin.
    """

    kind: str
    words: str
    notes: tuple[Note, ...]
    line: int
    breaks: tuple[int, ...]

    def line_of(self, at: int) -> int:
        """Return the line of the narrative in which an offset lies."""
        return self.line + sum(begins <= at for begins in self.breaks)


def is_draft(text: str) -> bool:
    """Tell whether a narrative still says that it is a draft."""
    return _DRAFT.search(text) is not None


def without_front_matter(text: str) -> tuple[str, int]:
    """Return the narrative in a file such as ``cases/mid-50.md``, and the number of the line at which it begins.

    Args:
        text: the file, with front matter or without.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT.match(text)
    start = front.end() if front else 0
    rest = text[start:]
    body = rest.lstrip("\n")
    return body.rstrip("\n"), text[: start + len(rest) - len(body)].count("\n") + 1


@lru_cache(maxsize=512)
def blocks(text: str, *, case: str = "") -> tuple[Block, ...]:
    """Return a narrative's paragraphs, headings and block quotations, in order; kept, as several rules read the same ones.

    Args:
        text: Markdown with citations.
        case: the key of the case that it is about, for an error to name.

    Raises:
        EvidenceError: something begins as a citation does, and is none; its place has the line.
    """
    noted: dict[str, Any] = {"cited": [], "case": case}
    return tuple(_blocks(reader(curl=False).parse(text, noted)))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    quoted, heading, cell = 0, False, False
    for token in tokens:
        if token.type in ("blockquote_open", "blockquote_close"):
            quoted += token.nesting
        elif token.type in ("heading_open", "heading_close"):
            heading = token.nesting > 0
        elif token.type in ("td_open", "td_close", "th_open", "th_close"):
            cell = token.nesting > 0
        elif token.type == "inline":
            words, notes, breaks = _said(token.children or ())
            kind = "heading" if heading else "cell" if cell else "quotation" if quoted else "paragraph"
            if words.strip() or notes:
                yield Block(kind, words, notes, token.map[0] + 1 if token.map else 1, breaks)


def _said(tokens: Sequence[Token]) -> tuple[str, tuple[Note, ...], tuple[int, ...]]:
    said, notes, breaks = "", [], []
    for token in tokens:
        if token.type == "citation":
            said = said.rstrip(" ")
            notes.append(Note(len(said), token.meta["said"]))
        elif token.type in ("softbreak", "hardbreak"):
            said += " "
            breaks.append(len(said))
        elif token.type in ("text", "text_special"):
            said += token.content
        elif token.type == "code_inline":
            said += token.content.translate(_UNQUOTED)
    return said.rstrip(), tuple(notes), tuple(breaks)


@cache
def reader(*, curl: bool) -> MarkdownIt:
    """Return the one reader of narratives' Markdown, which knows citations; loaded on first use, as few commands need it.

    What it reads with ``cited`` in its environment, a list, has citations: each becomes a token ``citation``.

    Args:
        curl: set English quotation marks as a typographer would.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415

    made = MarkdownIt("commonmark", {"html": False, "typographer": curl}).enable("table").disable("image")
    if curl:
        made.enable("smartquotes")
    made.inline.ruler.before("link", "citation", _read_citation)
    made.core.ruler.at("inline", _read_inline)
    return made


def _read_inline(state: StateCore) -> None:
    """Read what stands inside blocks, as markdown-it does, and know the line at which each begins."""
    for token in state.tokens:
        if token.type == "inline":
            state.env["line"] = token.map[0] + 1 if token.map else 1
            if token.children is None:
                token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _read_citation(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own form
    if not state.src.startswith("[@", state.pos) or "cited" not in state.env:
        return False
    line = state.env["line"] + state.src.count("\n", 0, state.pos)
    match = _CITED.match(state.src, state.pos, state.posMax)
    found = _parse(match[1], line) if match else None
    if match is None or found is None:
        begun = _BEGUN.match(state.src, state.pos)
        raise _no_citation(state.env["case"], begun[0] if begun else "[@", line)
    if not silent:
        token = state.push("citation", "sup", 0)
        cited = state.env["cited"]
        token.meta = {"numbers": range(len(cited) + 1, len(cited) + len(found) + 1), "said": tuple(found)}
        cited.extend(found)
    state.pos = match.end()
    return True


def _no_citation(case: str, begun: str, line: int) -> EvidenceError:
    whose = f"The narrative of {case}" if case else "A narrative"
    return EvidenceError(
        f"{whose} holds {begun!r}, which is no citation; write [@KEY], [@KEY, PLACE] or "
        "[@KEY, PLACE; @KEY] on one line, or \\[@ where it is meant as text.",
        Place(line=line),
    )


def _parse(inside: str, line: int) -> list[Citation] | None:
    found = []
    for part in inside.split(";"):
        match = _ONE.fullmatch(part.strip())
        if match is None:
            return None
        found.append(Citation(match[1], (match[2] or "").strip(), line))
    return found
