"""Reads a page as browsers do, to the letter of the standard: what it is built of, and what on it could do harm."""

from __future__ import annotations

import re
from typing import Any

import html5lib

__all__ = ["dangling", "elements", "harm", "outline"]

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ADDRESSES = {"href", "src", "action", "data", "poster", "cite", "background", "xlink:href", "srcset", "ping"}


def elements(html: str) -> list[tuple[str, dict[str, str], str]]:
    """Return every element as a browser makes it: its tag, its attributes, and the text in it that is its own.

    Raises:
        html5lib.html5parser.ParseError: the page is not sound HTML.
    """
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return [
        (str(one.tag), dict(one.attrib), (one.text or "") + "".join(child.tail or "" for child in one))
        for one in parser.parse(html).iter()
        if isinstance(one.tag, str)
    ]


def outline(html: str) -> tuple[list[str], set[str]]:
    """Return what a page is built of, without its words, and what its citations are built of.

    Each element stands there by its tag and the names of its attributes. How a citation is set depends on what
    is cited, so that its elements are told apart from all others.
    """
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    built: list[str] = []
    cited: set[str] = set()

    def walk(one: Any, *, cites: bool) -> None:
        told = f"{one.tag} {' '.join(sorted(one.attrib))}".strip()
        if cites:
            cited.add(told)
        else:
            built.append(told)
        inside = cites or "cite" in one.get("class", "").split()
        for child in one:
            if isinstance(child.tag, str):
                walk(child, cites=inside)

    walk(parser.parse(html), cites=False)
    return built, cited


def harm(html: str) -> list[str]:
    """Return what on a page runs, loads from elsewhere, leads to a script, or turns words about."""
    found = [f"turns about: {one!a}" for one in sorted(set(_TURNING.findall(html)))]
    for tag, attributes, _ in elements(html):
        if tag in {"iframe", "object", "embed", "base", "applet", "frame"}:
            found.append(tag)
        for name, value in attributes.items():
            address = "".join(value.split()).casefold()
            plain = name == "style" and re.fullmatch(r"[\w\s:;,.%#*/+()-]*", value) and "url(" not in address
            if name.startswith("on") or name in {"srcdoc", "formaction"} or (name == "style" and not plain):
                found.append(f"{tag} {name}={value}")
            elif name in _ADDRESSES and re.match(r"[a-z][a-z0-9+.-]*:", address):
                if tag != "a" or not address.startswith(("http://", "https://", "mailto:")):
                    found.append(f"{tag} {name}={value}")
            elif name in _ADDRESSES and address.startswith("//"):
                found.append(f"{tag} {name}={value}")
    return found


def dangling(html: str) -> list[str]:
    """Return the references to ids that a page does not have, by which a screen reader names things."""
    every = elements(html)
    ids = {attributes["id"] for _, attributes, _ in every if "id" in attributes}
    named = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for", "headers", "list")
    return [
        f"{tag} {name}={one}"
        for tag, attributes, _ in every
        for name in named
        for one in attributes.get(name, "").split()
        if one not in ids
    ]
