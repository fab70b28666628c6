"""Safe HTML of the views (narratives, citations, the method) as a tree that Typst and Markdown can write.

A node is a text or a ``Node``: its kind, what is in it, and what more there is to say of it. What the views carry
is sanitised already; a tag that is not known here is left out and its words are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, ClassVar

from evidence.publish.legible import legible

__all__ = ["BLOCKS", "Node", "Tree", "parse", "shown", "words"]

#: Kinds that stand as blocks; all others stand in a line.
BLOCKS = frozenset(
    {"p", "h", "ul", "ol", "li", "quote", "pre", "table", "row", "cell", "hr", "terms", "term", "said"}
)

_SPACES = re.compile(r"[ \t\n\r\f\x85\u2028\u2029]+")


@dataclass(slots=True)
class Node:
    """A piece of rich text."""

    kind: str
    inside: list[Any] = field(default_factory=list)  # texts and nodes
    said: dict[str, Any] = field(default_factory=dict)  # href, note, level, align, start, head, language


#: What holds blocks of its own, and no words.
_PARTED = frozenset({"ul", "ol", "table", "row", "terms"})

Tree = Sequence["Node | str"]


def shown(text: str) -> str:
    """Return a text as a document shows it: in one line, and with a number where a character would turn others about."""
    return legible(_SPACES.sub(" ", text))


def words(tree: Iterable[Node | str]) -> Iterator[str]:
    """Yield the words in a tree, without its note marks."""
    for node in tree:
        if isinstance(node, str):
            yield node
        else:
            yield from words(node.inside)


def parse(html: str) -> list[Node | str]:
    """Return safe HTML as a tree.

    A mark of a note, ``<a class="mark" href="#note-3">``, becomes a node of kind ``note`` that says its number.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.top.inside


class _Reader(HTMLParser):
    """Builds the tree; what is not closed is closed by what closes around it."""

    _KINDS: ClassVar = {
        "p": "p", "ul": "ul", "ol": "ol", "li": "li", "blockquote": "quote", "pre": "pre", "table": "table",
        "tr": "row", "td": "cell", "th": "cell", "dl": "terms", "dt": "term", "dd": "said", "hr": "hr", "br": "br",
        "em": "em", "i": "em", "cite": "em", "strong": "strong", "b": "strong", "code": "code", "a": "a",
        "sub": "sub", "sup": "sup", "s": "del", "del": "del", "q": "q",
    }  # fmt: skip
    _EMPTY: ClassVar = {"br", "hr"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = Node("top")
        self.open: list[tuple[str, Node]] = [("", self.top)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a node."""
        given = {name: value or "" for name, value in attrs}
        node = self._node(tag, given)
        if node is None:
            return
        if node.kind != "none":
            self.open[-1][1].inside.append(node)
            target = node
        else:
            target = self.open[-1][1]
        if tag not in self._EMPTY:
            self.open.append((tag, target))

    def _node(self, tag: str, given: dict[str, str]) -> Node | None:
        if tag == "a" and "mark" in given.get("class", "").split():
            return Node("note", said={"note": int(given["href"].rpartition("-")[2])})
        if tag == "sup" and "marks" in given.get("class", "").split():
            return Node("none")
        if tag == "span":
            capitals = "small-caps" in given.get("style", "") or "small-caps" in given.get("class", "")
            return Node("caps") if capitals else Node("none")
        if re.fullmatch("h[1-6]", tag):
            return Node("h", said={"level": int(tag[1])})
        if (kind := self._KINDS.get(tag)) is None:
            return Node("none")
        said: dict[str, Any] = {}
        if tag == "a":
            said["href"] = given.get("href", "")
        if tag == "ol" and given.get("start", "").isdecimal():
            said["start"] = int(given["start"])
        if kind == "cell":
            said = {"head": tag == "th", "align": given.get("align", "")}
        return Node(kind, said=said)

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest that is open by that name."""
        for place in range(len(self.open) - 1, 0, -1):
            if self.open[place][0] == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        """Keep words; what only parts blocks is left out."""
        inside = self.open[-1][1]
        if inside.kind == "note":  # its number is the note's own
            return
        # Between words in a line a space counts, between blocks it does not.
        lost = inside.kind in _PARTED or (
            inside.kind == "top" and (not inside.inside or _is_block(inside.inside[-1]))
        )
        if lost and not data.strip():
            return
        if any(node.kind == "pre" for _, node in self.open):
            inside.inside.append("\n".join(map(shown, data.split("\n"))))
        else:
            inside.inside.append(shown(data))


def _is_block(node: Node | str) -> bool:
    return isinstance(node, Node) and node.kind in BLOCKS
