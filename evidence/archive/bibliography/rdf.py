"""RDF/XML as nodes with their properties: as much of it as bibliographies use, over the hardened parser's tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Node", "nodes_of"]

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_SYNTAX = {
    f"{RDF}{name}" for name in ("RDF", "ID", "about", "nodeID", "resource", "parseType", "datatype", "type")
}
_DEEPEST = 60


@dataclass(slots=True)
class Node:
    """A thing that RDF speaks of: its name, its types, and its properties in their order.

    A property is text, or the name of another node.
    """

    name: str
    line: int | None
    types: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    led: dict[str, list[str]] = field(default_factory=dict)

    def text(self, *names: str) -> str:
        """Return the first text of the first property that has any."""
        return next((value for name in names for value in self.said.get(name, ()) if value), "")

    def leads(self, *names: str) -> list[str]:
        """Return the names of the nodes that some properties lead to."""
        return [other for name in names for other in self.led.get(name, ())]


def nodes_of(root: _Element) -> dict[str, Node]:
    """Return the nodes of RDF/XML by name, in the order in which they are first met."""
    nodes: dict[str, Node] = {}
    for number, element in enumerate(root if root.tag == f"{RDF}RDF" else [root]):
        if isinstance(element.tag, str):
            _node(element, nodes, f"_:{number}", 0)
    return nodes


def _node(element: _Element, nodes: dict[str, Node], unnamed: str, depth: int) -> str:
    """Read a node element and what is within it; return its name."""
    about = element.get(f"{RDF}about")
    blank = element.get(f"{RDF}nodeID")
    inside = element.get(f"{RDF}ID")
    name = about if about is not None else f"_:{blank}" if blank else f"#{inside}" if inside else unnamed
    node = nodes.setdefault(name, Node(name, element.sourceline))
    if element.tag != f"{RDF}Description" and element.tag not in node.types:
        node.types.append(str(element.tag))
    for attribute, value in element.attrib.items():
        if attribute == f"{RDF}type":
            node.types.append("{" + str(value) + "}")
        elif attribute not in _SYNTAX and str(attribute).startswith("{") and "XML/1998" not in str(attribute):
            node.said.setdefault(str(attribute), []).append(str(value))
    _properties(element, node, nodes, depth)
    return name


def _properties(element: _Element, node: Node, nodes: dict[str, Node], depth: int) -> None:
    for at, child in enumerate(element):
        if not isinstance(child.tag, str):
            continue
        target = child.get(f"{RDF}resource")
        blank = child.get(f"{RDF}nodeID")
        if child.tag == f"{RDF}type" and target is not None:
            node.types.append("{" + target + "}")
        elif target is not None or blank:
            node.led.setdefault(child.tag, []).append(target if target is not None else f"_:{blank}")
        elif child.get(f"{RDF}parseType") == "Resource":
            inner = nodes.setdefault(f"{node.name}/{at}", Node(f"{node.name}/{at}", child.sourceline))
            _properties(child, inner, nodes, depth + 1)
            node.led.setdefault(child.tag, []).append(inner.name)
        else:
            _values(child, node, nodes, f"{node.name}/{at}", depth)


def _values(child: _Element, node: Node, nodes: dict[str, Node], unnamed: str, depth: int) -> None:
    within = [one for one in child if isinstance(one.tag, str)]
    if not within or depth > _DEEPEST:
        node.said.setdefault(str(child.tag), []).append(
            " ".join("".join(child.itertext()).split()) if depth > _DEEPEST else (child.text or "").strip()
        )
        return
    for at, one in enumerate(within):
        node.led.setdefault(str(child.tag), []).append(_node(one, nodes, f"{unnamed}.{at}", depth + 1))


def members(node: Node) -> Iterator[str]:
    """Yield the names of the members of a list, in order."""
    yield from node.led.get(f"{RDF}li", ())
    for name in sorted(
        (name for name in node.led if name.startswith(f"{RDF}_")),
        key=lambda name: int(name.rpartition("_")[2] or 0),
    ):
        yield from node.led[name]
