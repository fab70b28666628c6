"""Views as JSON for Typst: every field by its name, rich text as trees, and texts as they will be shown.

Whatever a text holds, in JSON it is a text; Typst never reads it as markup.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from markupsafe import Markup

from evidence.publish.documents.rich import Node, parse, shown

__all__ = ["as_json", "spelled"]

#: A word of more letters than this does not fit a narrow column.
_MOST = 27
_LONG = re.compile(rf"\S{{{_MOST + 1},}}")
_AFTER = re.compile(r"(?<=[/?&=._,;:#%+@|\\-])(?=\w)")
_PIECE = re.compile(r"(\w{20})(?=\w{3})")
#: Where a word that is too long for a line may be broken, without a hyphen.
_SEAM = "\u200b"


def as_json(value: Any) -> bytes:
    """Return a view, or what views are kept in, as JSON."""
    return json.dumps(spelled(value), ensure_ascii=False, separators=(",", ":")).encode()


def spelled(value: Any) -> Any:
    """Return a view as what JSON has: a ``Markup`` becomes a list of nodes, everything else keeps its shape."""
    kind = type(value)
    if kind is str:
        return _text(value)
    if kind is Markup:
        return [_node(node) for node in parse(value)]
    if kind is tuple or kind is list:
        return [spelled(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): spelled(one) for name, one in value.items()}
    if dataclasses.is_dataclass(kind):
        return {name: spelled(getattr(value, name)) for name in _fields(kind)}
    return value


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in dataclasses.fields(kind))


def _node(node: Node | str) -> Any:
    if isinstance(node, str):
        return _text(node)
    inside = [_node(one) for one in node.inside]
    return {"k": node.kind, "c": inside, **node.said}


def _text(text: str) -> str:
    text = shown(text)
    return _LONG.sub(_seamed, text) if len(text) > _MOST else text


def _seamed(found: re.Match[str]) -> str:
    return _PIECE.sub(rf"\1{_SEAM}", _AFTER.sub(_SEAM, found[0]))
