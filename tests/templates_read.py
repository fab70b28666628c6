"""templates/README.md, from the templates and the views themselves.

``python -m tests.templates_read`` writes its generated part anew: every template with what it receives, its
blocks and macros, and every view with its fields, as the first comments, the docstrings and the comments say.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from evidence.publish.shipped import Shipped, shipped
from tests.kit import ROOT

__all__ = ["README", "blocks", "generated", "macros", "page", "views"]

README = ROOT / "templates" / "README.md"
#: What stands below this line is generated.
MARK = "<!-- From here on this page is generated: python -m tests.templates_read -->\n"
_PLAIN = {
    "str": "text", "int": "number", "float": "number", "bool": "true or false", "Markup": "safe HTML", "None": "none",
    "Any": "anything", "bytes": "bytes",
}  # fmt: skip
_FIELD = re.compile(r"^ {4}(\w+): [^#\n]*(?:#\s*(.*))?$", re.MULTILINE)
_ABOVE = re.compile(r"\{#\s*(\w+)\([^)]*\):\s*(.*?)\s*#\}", re.DOTALL)


def page() -> str:
    """Return the README as it should be."""
    return README.read_text("utf-8").partition(MARK)[0] + MARK + generated()


def generated() -> str:
    """Return the part of the README that is generated."""
    kinds: dict[str, list[Shipped]] = {}
    for one in shipped():
        kinds.setdefault(one.kind, []).append(one)
    anchors: dict[type, str] = {}
    parts: list[tuple[str, list[type]]] = []
    for kind, every in kinds.items():
        told = {view for one in every for what in one.receives.values() for view in views(kind, what)}
        new = sorted(told - set(anchors), key=lambda view: (view.__name__, view.__module__))
        for view in new:
            before = sum(one.__name__ == view.__name__ for one in anchors)
            anchors[view] = view.__name__.lower() + (f"-{before}" if before else "")
        parts.append((kind, new))
    lines: list[str] = []
    for kind, new in parts:
        lines += ["", f"## {kind}/", ""]
        for one in kinds[kind]:
            lines += _template(one, anchors)
        if new:
            lines += ["", f"## Views of {kind}/{', beside those above' if kind != parts[0][0] else ''}", ""]
        for view in new:
            lines += _view(view, anchors)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines[1:]).replace("``", "`")).rstrip() + "\n"


def _template(one: Shipped, anchors: dict[type, str]) -> Iterator[str]:
    yield f"- **`{one.name}`** {one.about}"
    if one.receives:
        given = "; ".join(
            f"`{name}`: {_linked(one.kind, what, anchors)}" for name, what in one.receives.items()
        )
        yield f"  - receives {given}"
    if found := blocks(one):
        yield f"  - blocks {', '.join(f'`{name}`' for name in found)}"
    for signature, words in macros(one):
        yield f"  - macro `{signature}`{f': {words}' if words else ''}"


def _linked(kind: str, what: str, anchors: dict[type, str]) -> str:
    name, rest = re.match(r"(\w+)(.*)", what, re.DOTALL).groups()  # type: ignore[union-attr]
    view = next(views(kind, name), None)
    return (f"[{name}](#{anchors[view]})" if view else _PLAIN.get(name, name)) + rest


def _tree(one: Shipped) -> nodes.Template | None:
    with suppress(TemplateSyntaxError):  # Markdown's has marks of its own
        if one.name.endswith(".j2"):
            return Environment(autoescape=True).parse(one.file.read_text("utf-8"))
    return None


def blocks(one: Shipped) -> list[str]:
    """Return the names of a template's blocks, in its order."""
    tree = _tree(one)
    return list(dict.fromkeys(block.name for block in tree.find_all(nodes.Block))) if tree else []


def macros(one: Shipped) -> list[tuple[str, str]]:
    """Return how each macro of a template is called, and what the comment above it says."""
    tree = _tree(one)
    if tree is None:
        return []
    said = {name: " ".join(words.split()) for name, words in _ABOVE.findall(one.file.read_text("utf-8"))}
    return [
        (f"{macro.name}({', '.join(arg.name for arg in macro.args)})", said.get(macro.name, ""))
        for macro in tree.find_all(nodes.Macro)
    ]


@cache
def _where() -> dict[str, list[str]]:
    """Return by the name of each class the modules that define it."""
    found: dict[str, list[str]] = {}
    for room in ("publish", "audit"):
        for file in sorted((ROOT / "evidence" / room).rglob("*.py")):
            for name in re.findall(r"^class (\w+)", file.read_text("utf-8"), re.MULTILINE):
                found.setdefault(name, []).append(".".join(file.relative_to(ROOT).with_suffix("").parts))
    return found


def views(kind: str, what: str) -> Iterator[type]:
    """Yield the view that a template receives, and every view in it; of two of a name, that of the template's kind."""
    for name in re.findall(r"\b[A-Z]\w+", what):
        one_of = name if name in _where() else re.sub(r"ies$", "y", name).removesuffix("s")
        modules = sorted(
            _where().get(one_of, []),
            key=lambda one: kind not in one if kind != "appendix" else "audit_page" in one,
        )
        if modules:
            yield from _within(getattr(import_module(modules[0]), one_of), set())


def _within(view: type, seen: set[type]) -> Iterator[type]:
    if view in seen or not view.__module__.startswith("evidence."):
        return
    seen.add(view)
    yield view
    for said in vars(view).get("__annotations__", {}).values():
        for name in re.findall(r"\b[A-Z]\w+", str(said)):
            inside = _named(view, name)
            if isinstance(inside, type):
                yield from _within(inside, seen)


def _typed(module: str, name: str) -> Any:
    """Return a class that a module imports for its types alone."""
    for node in ast.walk(ast.parse(Path(str(sys.modules[module].__file__)).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and any(one.name == name for one in node.names):
            return getattr(import_module(node.module), name, None)
    return None


def _view(view: type, anchors: dict[type, str]) -> Iterator[str]:
    summary = " ".join((inspect.getdoc(view) or "").split("\n\n")[0].split())
    yield f"### {view.__name__}"
    yield ""
    yield f"{summary} (`{view.__module__}`)"
    yield ""
    said = dict(_FIELD.findall(inspect.getsource(view)))
    fields = dataclasses.fields(view) if dataclasses.is_dataclass(view) else ()
    for field in fields:
        if not field.name.startswith("_"):
            words = said.get(field.name, "")
            yield f"- `{field.name}`: {_words(ast.parse(str(field.type), mode='eval').body, view, anchors)}{f'; {words}' if words else ''}"
    for name, method in vars(view).items():
        if name.startswith("_"):
            continue
        if isinstance(method, property):
            yield f"- `{name}`: {_first(method)}"
        elif isinstance(method, FunctionType):
            given = [one for one in inspect.signature(method).parameters if one != "self"]
            yield f"- `{name}({', '.join(given)})`: {_first(method)}"
    yield ""


def _first(what: object) -> str:
    words = (inspect.getdoc(what) or "").split("\n")[0].removeprefix("Return ")
    return words[:1].lower() + words[1:].rstrip(".")


def _words(node: ast.expr, view: type, anchors: dict[type, str]) -> str:
    """Return a type in words, with views as links."""
    if isinstance(node, ast.BinOp):
        return f"{_words(node.left, view, anchors)}, or {_words(node.right, view, anchors)}"
    if isinstance(node, ast.Subscript):
        outer = ast.unparse(node.value)
        inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        words = [_words(one, view, anchors) for one in inside]
        if outer in {"dict", "Mapping"}:
            return f"{words[1]} by {words[0]}"
        pair = outer == "tuple" and ast.unparse(inside[-1]) != "..."
        return f"({', '.join(words)})" if pair else f"{words[0]}, any number"
    name = ast.unparse(node).strip("'\"")
    anchor = anchors.get(_named(view, name))
    return f"[{name}](#{anchor})" if anchor else _PLAIN.get(name, f"`{name}`")


def _named(view: type, name: str) -> Any:
    """Return what a name in a view's annotations stands for."""
    return vars(sys.modules[view.__module__]).get(name) or _typed(view.__module__, name)


if __name__ == "__main__":
    README.write_text(page(), "utf-8")
