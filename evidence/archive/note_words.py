"""The words of a note as its reader sees them, and what it says in so many words that a passage shows."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import nh3

from evidence.archive.incoming import Marked
from evidence.folding import composed

__all__ = ["plain", "plain_of_html", "with_shown"]

_BLOCKS = "p div h1 h2 h3 h4 h5 h6 ul ol table blockquote pre".split()
_LINES = "li tr dt dd".split()
_KEPT = {*_BLOCKS, *_LINES, "br", "hr", "td", "th"}
_TAG = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
#: Lines of a note that speak of the observation, as in field notes.
_SHOWN = re.compile(r"\s*(shows|inference|speaker|occurred|when)\s*[:：]\s+(\S.*)", re.IGNORECASE)
_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)


def plain(text: str) -> str:
    """Return text in form C, with LF line ends, without spaces at the ends of lines or around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    return composed("\n".join(line.rstrip() for line in lines)).strip()


def plain_of_html(markup: str) -> str:
    """Return what a reader of HTML sees, as plain text: paragraphs parted by blank lines, lines by line ends.

    Scripts, styles and comments are nothing that is read. Whatever the markup is, this takes no longer
    than its length asks for.
    """
    clean = nh3.clean(
        markup, tags=_KEPT, attributes={}, clean_content_tags={"script", "style"}, link_rel=None
    )
    parts = []
    for piece in _PRE.split(clean):
        spaced = piece if piece.startswith("<pre>") else re.sub(r"[ \t\r\n\f]+", " ", piece)
        parts.append(_TAG.sub(_parted, spaced))
    lines = (line.strip(" \t") for line in html.unescape("".join(parts)).split("\n"))
    return plain(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))


def _parted(tag: re.Match[str]) -> str:
    name = tag[2]
    if name == "br":
        return "\n"
    if name in _BLOCKS or name == "hr":
        return "\n\n"
    if name in _LINES:
        return "\n" if not tag[1] else ""
    return "\t" if tag[1] else ""  # the cells of a row


def with_shown(marked: Marked) -> Marked:
    """Return a passage whose note says ``Shows: S stated X`` on a line of its own with that taken for what it shows.

    ``Inference:``, ``Speaker:`` and ``When:`` speak of the same observation. All other lines stay the note.
    """
    said: dict[str, Any] = {}
    rest = []
    for line in marked.note.split("\n"):
        found = _SHOWN.fullmatch(line)
        name = {"when": "occurred"}.get(found[1].casefold(), found[1].casefold()) if found else ""
        if found and name not in said:
            said[name] = found[2].strip()
        else:
            rest.append(line)
    return replace(marked, **said, note="\n".join(rest).strip()) if "shows" in said else marked
