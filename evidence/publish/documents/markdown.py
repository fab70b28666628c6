"""Markdown as pandoc reads it: every text escaped, rich text written out, and the small pieces of its templates.

``Written`` is Markdown already; any other text is escaped where a template puts it, so that nothing in it is read
as markup: not in a line, not at the beginning of one, and not in a cell of a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from markupsafe import Markup

from evidence.publish.documents.rich import BLOCKS, Node, parse, shown

__all__ = ["Written", "anchor", "blocks", "escaped", "inline", "put", "tongue"]

_RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff"
#: A mark of exclamation before what brackets follow, a link or a tongue, would have pandoc fetch a picture.
_SPECIAL = re.compile(rf"[\\`*_{{}}\[\]<>$@^~|&#]|-(?=-)|\.(?=\.)|!(?=\Z|[{_RIGHT}])")
#: What begins a list, a rule, a definition, a heading's underline, a title block, or what a table is called.
_BEGINS = re.compile(r"( ?(?:[Tt]able(?=:))?)(?=[-+](?:\s|$)|[-=+]{2}|=(?:\s|$)|%|:)")
_ORDER = re.compile(r"( ?\\?\(?(?:[0-9]+|[A-Za-z]|[ivxlcdmIVXLCDM]+|#))([.)])(?=\s|$)")
_UNSAFE = re.compile(r"[^A-Za-z0-9-]")
_ADDRESS = re.compile(r"[\s<>\\]")
_TONGUE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
#: Words of a script that runs from right to left, with what stands between them.
_RIGHT_TO_LEFT = re.compile(f"[{_RIGHT}]+(?:[\\s,;.:!?'\"()-]+[{_RIGHT}]+)*")
_STEP = "    "
#: What may go at the ends of a line; other spaces keep what follows them from being read as its beginning.
_SPACES = " \t\n"


class Written(str):
    """Markdown that is put into a document as it is."""

    __slots__ = ()


def escaped(text: str) -> str:
    """Return a text as Markdown that shows just this text, wherever on a line it stands."""
    text = _SPECIAL.sub(r"\\\g<0>", shown(text))
    # Matched, and not substituted: a substitution would look for a beginning at every letter.
    if begins := _BEGINS.match(text):
        text = f"{begins[1]}\\{text[begins.end() :]}"
    if order := _ORDER.match(text):
        text = f"{order[1]}\\{order[2]}{text[order.end() :]}"
    return text if text.isascii() else _RIGHT_TO_LEFT.sub(r"[\g<0>]{dir=rtl}", text)


def put(value: Any) -> str:
    """Return what a template shows of a value: the last step of every expression in it."""
    kind = type(value)
    if kind is Written:
        return str(value)
    if isinstance(value, Markup):
        return inline(parse(value))
    return escaped(value if kind is str else str(value))


def anchor(*names: str) -> str:
    """Return an id from names: what no id should hold is written by its number."""
    return "-".join(_UNSAFE.sub(lambda found: f"_{ord(found[0]):x}_", name) for name in names)


def tongue(text: Any, language: str) -> Written:
    """Return words, told to be in a language if it is one that can be told."""
    said = put(text)
    return Written(f'[{said}]{{lang="{language}"}}' if said and _TONGUE.fullmatch(language) else said)


_ROUND = {"em": "*", "strong": "**", "del": "~~", "sub": "~", "sup": "^"}


def inline(
    tree: Iterable[Node | str],
    note: Callable[[int], str] = lambda number: "",  # noqa: ARG005
    marked: frozenset[str] = frozenset(),
) -> str:
    """Return rich text as Markdown in one line.

    Args:
        tree: what is written; blocks in it follow one another.
        note: gives the mark of a note by its number; nothing unless given.
        marked: how the words are marked already: what is emphasized twice is emphasized once.
    """
    said: list[str] = []
    before = ""  # how the last piece is marked
    for node in tree:
        if isinstance(node, str):
            said.append(escaped(node))
            before = ""
            continue
        within = inline(node.inside, note, marked | {node.kind})
        piece = within if node.kind in marked & _ROUND.keys() else _marked(node, within, note)
        mark = _ROUND.get(node.kind, "")
        if mark and node.kind == before and said[-1].endswith(mark) and piece.startswith(mark):
            said[-1], piece = said[-1].removesuffix(mark), piece.removeprefix(mark)
        said.append(piece)
        before = node.kind
    return "".join(said)


def _marked(node: Node, within: str, note: Callable[[int], str]) -> str:
    if node.kind in _ROUND:
        if node.kind in ("sub", "sup"):
            within = within.replace(" ", "\\ ")
        return _wrapped(within, _ROUND[node.kind], _ROUND[node.kind])
    if node.kind == "a" and re.match(r"(https?|mailto):", node.said.get("href", "")):
        address = _ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", node.said["href"])
        return _wrapped(within, "[", f"](<{address}>)")
    own: dict[str, Callable[[], str]] = {
        "note": lambda: note(node.said["note"]),
        "br": lambda: " ",
        "code": lambda: code("".join(_texts(node))),
        "caps": lambda: _wrapped(within, "[", "]{.smallcaps}"),
        "q": lambda: f"“{within}”",
    }
    if node.kind in own:
        return own[node.kind]()
    return f"{within} " if node.kind in BLOCKS else within


def _texts(node: Node) -> Iterable[str]:
    for one in node.inside:
        if isinstance(one, str):
            yield one
        else:
            yield from _texts(one)


def _wrapped(within: str, before: str, after: str) -> str:
    """Return words between marks; spaces at their ends stay outside, where the marks are still read as such."""
    bare = within.strip(" ")
    if not bare:
        return within
    lead, trail = within[: len(within) - len(within.lstrip(" "))], within[len(within.rstrip(" ")) :]
    return f"{lead}{before}{bare}{after}{trail}"


def code(text: str) -> Written:
    """Return a text in a fixed width, letter for letter."""
    text = shown(text).strip()
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    room = " " if "`" in text else ""
    return Written(f"{fence}{room}{text}{room}{fence}" if text else "")


def blocks(tree: Sequence[Node | str], note: Callable[[int], str], *, level: int = 4) -> str:
    """Return rich text as Markdown blocks, each after an empty line.

    Args:
        tree: what is written.
        note: gives the mark of a note by its number.
        level: the level of the highest heading that may stand in it.
    """
    return "\n\n".join(_blocks(tree, note, level))


def _blocks(tree: Iterable[Node | str], note: Callable[[int], str], level: int) -> Iterable[str]:
    line: list[Node | str] = []
    for node in tree:
        if isinstance(node, Node) and node.kind in BLOCKS:
            if line:
                yield inline(line, note).strip(_SPACES)
                line = []
            yield from _block(node, note, level)
        else:
            line.append(node)
    if line and (said := inline(line, note).strip(_SPACES)):
        yield said


def _block(node: Node, note: Callable[[int], str], level: int) -> Iterable[str]:
    if node.kind == "h":
        marks = "#" * min(6, max(level, node.said["level"]))
        yield f"{marks} {inline(node.inside, note).strip(_SPACES)} {{.unnumbered .unlisted}}"
    elif node.kind in ("ul", "ol"):
        yield _list(node, note, level)
    elif node.kind == "quote":
        yield _led("\n\n".join(_blocks(node.inside, note, level)), "> ", "> ")
    elif node.kind == "pre":
        text = "".join(_texts(node))
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
        yield f"{fence}\n{text.strip(chr(10))}\n{fence}"
    elif node.kind == "hr":
        yield "* * *"
    elif node.kind == "table":
        yield _table(node, note)
    elif node.kind == "term":
        yield _wrapped(inline(node.inside, note), "**", "**")
    elif said := "\n\n".join(_blocks(node.inside, note, level)):
        yield said


def _list(node: Node, note: Callable[[int], str], level: int) -> str:
    start = node.said.get("start", 1)
    lines = []
    for n, one in enumerate(child for child in node.inside if isinstance(child, Node)):
        mark = "-" if node.kind == "ul" else f"{start + n}."
        said = "\n\n".join(_blocks(one.inside, note, level)) or "\\ "
        lines.append(_led(said, mark.ljust(len(_STEP) - 1) + " ", _STEP))
    return "\n".join(lines)


def _led(text: str, first: str, later: str) -> str:
    """Return lines with something before each."""
    head, *rest = text.split("\n")
    return "\n".join([first + head, *(later + line if line or later != _STEP else "" for line in rest)])


def _table(node: Node, note: Callable[[int], str]) -> str:
    rows = [
        [inline(cell.inside, note).strip(_SPACES) for cell in row.inside if isinstance(cell, Node)]
        for row in node.inside
        if isinstance(row, Node)
    ] or [[""]]
    wide = max(map(len, rows), default=1)
    lines = ["| " + " | ".join([*row, *[""] * (wide - len(row))]) + " |" for row in rows]
    return "\n".join([*lines[:1], "|" + "---|" * wide, *lines[1:]])
