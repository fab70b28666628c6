"""Templates of a user's own: each holds what differs, has the rest from ours, and can do nothing but fill a page.

A block that ours does not have, and words outside all blocks, would be left out without a word by Jinja; here
they are errors with a line. Studies are shared, and templates with them, so that somebody else's are filled in
Jinja's sandbox: no way leads from a view to the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template, TemplateError, TemplateNotFound, Undefined, nodes
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from evidence.errors import EvidenceError, Place, nearest
from evidence.resources import folder

__all__ = ["Sandbox", "check", "places"]

_OURS = "ours/"


class _Template(Template):
    """A template; a file of macros that stands in the place of one of ours has from it those that it lacks."""

    def _get_default_module(self, ctx: Any = None) -> TemplateModule:
        module = super()._get_default_module(ctx)
        if not Path(str(self.filename)).is_relative_to(folder("templates")):
            with suppress(TemplateNotFound):
                ours = self.environment.get_template(f"{_OURS}{self.name}").module
                for known, macro in vars(ours).items():
                    vars(module).setdefault(known, macro)
        return module


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment in which a template reaches views, and nothing behind them."""

    template_class = _Template

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        """Return what stops a template that asks for what leads behind a view, or would change one."""
        sentence = (
            f"a template may not ask a {type(obj).__name__} for {attribute!r}, only for what views hold"
        )
        return self.undefined(sentence, name=attribute, obj=obj, exc=SecurityError)


def places(own: Path, kind: str) -> list[Path]:
    """Return where in a user's folder the templates of a kind are: the kind's own folder, then, for an appendix, itself."""
    return [one for one in (own / kind, *([own] if kind == "appendix" else [])) if one.is_dir()]


def check(environment: Environment, found: Iterable[Path]) -> None:
    """Stop at a block that no template above has, and at words that stand outside all blocks.

    Raises:
        EvidenceError: with the template and the line.
    """
    for place in found:
        for file in sorted(place.glob("*.j2")):
            tree = _tree(environment, file.name)
            if tree is None or (above := _extended(tree)) is None:
                continue
            if above == file.name:
                raise EvidenceError(
                    f'This extends itself; write {{% extends "{_OURS}{above}" %}} to extend ours.',
                    Place(file.name, 1),
                )
            known = set(_blocks(environment, above, {file.name}))
            for node in tree.body:
                _check(node, known, above, file.name)


def _check(node: nodes.Node, known: set[str], above: str, name: str) -> None:
    if isinstance(node, nodes.Block) and node.name not in known:
        near = nearest(node.name, known, 1)
        meant = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(sorted(known)) or 'none'}."
        raise EvidenceError(f"{above} has no block {node.name!r}; {meant}", Place(name, node.lineno))
    if isinstance(node, nodes.Output):
        for piece in node.nodes:
            if not isinstance(piece, nodes.TemplateData) or piece.data.strip():
                raise EvidenceError(
                    "This stands outside all blocks, and would not be shown; put it into a block.",
                    Place(name, _line(piece)),
                )


def _line(piece: nodes.Node) -> int:
    """Return the line on which something is, past the empty lines before it."""
    blank = 0
    if isinstance(piece, nodes.TemplateData):
        blank = piece.data[: len(piece.data) - len(piece.data.lstrip())].count("\n")
    return piece.lineno + blank


def _tree(environment: Environment, name: str) -> nodes.Template | None:
    """Return a template as Jinja reads it; nothing for one that it does not, which is said where it is filled."""
    try:
        assert environment.loader is not None  # noqa: S101 - ours always have one
        return environment.parse(environment.loader.get_source(environment, name)[0], name)
    except (TemplateError, RecursionError):
        return None


def _extended(tree: nodes.Template) -> str | None:
    """Return which template another extends, if its name is written out."""
    for node in tree.body:
        if isinstance(node, nodes.Extends) and isinstance(node.template, nodes.Const):
            return str(node.template.value)
    return None


def _blocks(environment: Environment, name: str, seen: set[str]) -> Iterator[str]:
    """Yield the blocks of a template and of those that it extends."""
    tree = None if name in seen else _tree(environment, name)
    if tree is not None:
        yield from (block.name for block in tree.find_all(nodes.Block))
        above = _extended(tree)
        if above:
            yield from _blocks(environment, above, {*seen, name})
