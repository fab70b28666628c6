"""What pandoc made of a citation, as safe HTML: letters are letters, and no more than italics, links and the like is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

__all__ = ["html", "meta"]

_TAGS = {
    "Emph": ("<i>", "</i>"),
    "Strong": ("<b>", "</b>"),
    "SmallCaps": ('<span style="font-variant: small-caps">', "</span>"),
    "Superscript": ("<sup>", "</sup>"),
    "Subscript": ("<sub>", "</sub>"),
}
#: Spans that bibliographies set beside or below what is before them.
_APART = {"csl-right-inline", "csl-indent", "csl-block"}
_WEB = re.compile(r"https?://\S*[^\s.,;:)\]}”’»]")
#: A mark after a quotation in a quotation: it belongs inside both, and citeproc moves it into one.
_BETWEEN = re.compile("‘([^‘’“”]*)’([.,])”")
_QUOTED = re.compile("“([^“”]*)”")


def html(inlines: Sequence[Mapping[str, Any]]) -> Markup:
    """Return pandoc's inlines as safe HTML."""
    return Markup(_joined(_pieces(inlines)).strip())  # noqa: S704 - each piece is escaped or a tag of ours


def _pieces(inlines: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Yield texts and tags; tags are marked."""
    for one in inlines:
        kind, inner = str(one["t"]), one.get("c", ())
        if kind in _TAGS:
            before, after = _TAGS[kind]
            yield before, True
            yield from _pieces(inner)
            yield after, True
        elif kind == "Link":
            yield from _linked(inner)
        elif kind in ("Span", "Cite"):
            yield (" " if kind == "Span" and _APART & set(inner[0][1]) else ""), False
            yield from _pieces(inner[1])
        elif kind == "Quoted":
            before, after = "‘’" if inner[0]["t"] == "SingleQuote" else "“”"
            yield before, False
            yield from _pieces(inner[1])
            yield after, False
        else:
            yield _letters(kind, inner), False


def _letters(kind: str, inner: Any) -> str:
    if kind == "Str":
        return str(inner)
    return str(inner[-1]) if kind in ("Code", "Math", "RawInline") else " "


def _linked(link: Sequence[Any]) -> Iterator[tuple[str, bool]]:
    """Yield a web address that is shown as what it leads to; anything else without its link."""
    shown = "".join(text for text, tag in _pieces(link[1]) if not tag)
    address = str(link[2][0])
    if address.startswith(("http://", "https://")) and shown.startswith(("http", "doi", "10.")):
        yield f'<a href="{escape(address)}">', True
        yield str(escape(shown)), True
        yield "</a>", True
    else:
        yield from _pieces(link[1])


def _joined(pieces: Iterator[tuple[str, bool]]) -> str:
    made: list[str] = []
    text = ""
    for piece, tag in pieces:
        if tag:
            made += [_plain(text), piece]
            text = ""
        elif not (piece.isspace() and text.endswith(" ")):
            text += piece
    return "".join([*made, _plain(text)])


def _plain(text: str) -> str:
    """Return text escaped, in which web addresses are links."""
    made, done = [], 0
    text = _BETWEEN.sub(r"‘\1\2’”", text)
    for found in _WEB.finditer(text):
        address = escape(found.group())
        made += [str(escape(text[done : found.start()])), f'<a href="{address}">{address}</a>']
        done = found.end()
    return "".join([*made, str(escape(text[done:]))])


def meta(text: str) -> dict[str, Any]:
    """Return a text as pandoc's inlines, in which nothing is markup but quotation marks, which styles turn."""
    made: list[dict[str, Any]] = []
    done = 0
    for found in _QUOTED.finditer(text):
        made += [
            *_words(text[done : found.start()]),
            {"t": "Quoted", "c": [{"t": "DoubleQuote"}, _words(found[1])]},
        ]
        done = found.end()
    return {"t": "MetaInlines", "c": [*made, *_words(text[done:])]}


def _words(text: str) -> list[dict[str, Any]]:
    return [
        {"t": "Space"} if word[0] in " \t\r\n" else {"t": "Str", "c": word}
        for word in re.split(r"([ \t\r\n]+)", text)
        if word
    ]
