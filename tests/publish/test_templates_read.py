"""templates/README.md is what the templates and the views say, and what a template says that it receives is all that it needs."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from jinja2 import Environment, meta, nodes

from evidence.errors import EvidenceError
from evidence.publish.environment import templates
from evidence.publish.front import read_appendix
from evidence.publish.lines import line
from evidence.publish.links import FRONT
from evidence.publish.load import load
from evidence.publish.shipped import Shipped, find, shipped
from tests.publish.strait import two_cases
from tests.templates_read import README, page, views

_FILLED = [one for one in shipped() if one.receives]


def test_the_readme_is_as_the_templates_and_views_are() -> None:
    assert README.read_text("utf-8") == page(), "run python -m tests.templates_read, and read the difference"


def test_every_field_of_every_view_is_in_the_readme() -> None:
    text = README.read_text("utf-8")
    told = {view for one in _FILLED for what in one.receives.values() for view in views(one.kind, what)}
    assert len(told) > 60
    for view in told:
        assert f"### {view.__name__}\n" in text
        assert (view.__doc__ or "").split("\n")[0].replace("``", "`") in text
        for field in dataclasses.fields(view) if dataclasses.is_dataclass(view) else ():
            assert field.name.startswith("_") or f"- `{field.name}`: " in text


@pytest.mark.parametrize(
    "one", [one for one in shipped() if one.name.endswith(".html.j2")], ids=lambda one: one.key
)
def test_a_first_comment_names_what_its_template_asks_for_and_nothing_else(one: Shipped) -> None:
    if one.receives or "extends" in one.file.read_text("utf-8"):
        assert asked(one) == set(one.receives)
    else:  # a file of macros, which asks for nothing but what its macros are given
        assert asked(one) == set()


def asked(one: Shipped) -> set[str]:
    """Return the names that a template needs, with those that it extends or includes."""
    tree = Environment(autoescape=True).parse(one.file.read_text("utf-8"))
    here = set(meta.find_undeclared_variables(tree))
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"} | bound(tree)
    for other in tree.find_all((nodes.Extends, nodes.Include)):
        assert isinstance(other.template, nodes.Const), "a template's name is written out"  # type: ignore[attr-defined]
        here |= asked(find(f"{one.kind}/{other.template.value}")) - own  # type: ignore[attr-defined]
    # Jinja takes one of the two names that a pair is set to for one that is asked for.
    pairs = {
        name.name
        for pair in tree.find_all(nodes.Tuple)
        for name in pair.find_all(nodes.Name)
        if name.ctx == "store"
    }
    return here - bound(tree) - pairs


def bound(tree: nodes.Template) -> set[str]:
    """Return what a template imports or sets at its top, which its blocks see."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, nodes.FromImport):
            names |= {one if isinstance(one, str) else one[1] for one in node.names}
        elif isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
            names.add(node.target.name)
        elif isinstance(node, nodes.Macro):
            names.add(node.name)
    return names


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Something of each type that the appendix's templates receive."""
    from evidence.ledger import schema  # noqa: PLC0415

    url = f"sqlite:///{tmp_path_factory.mktemp('given') / 'evidence.db'}"
    schema.create(url)
    ledger = two_cases(url)
    with ledger.read() as (connection, study):
        read = read_appendix(load(connection, study))
        cases = tuple(read.cases())
        entries = tuple(entry for _, tier in read.entries(tuple(map(line, cases))) for entry in tier)
        whole = read.whole(tuple(map(line, cases)))
    return {
        "FrameView": read.frame,
        "StudyView": whole,
        "CaseView": cases[0],
        "CaseView, each": cases,
        "SourceEntry": entries[0],
        "SourceEntry, each": entries,
        "Links": FRONT,
        "int": 1,
        "text": "",
    }


_APPENDIX = [one for one in _FILLED if one.kind == "appendix"]


@pytest.mark.parametrize("one", _APPENDIX, ids=lambda one: one.name)
def test_a_template_is_filled_with_exactly_what_it_receives(one: Shipped, given: dict[str, Any]) -> None:
    views = {name: given.get(what) or given[re.match(r"\w+", what)[0]] for name, what in one.receives.items()}  # type: ignore[index]
    kind = templates("appendix")
    assert kind.render(one.name, **views).strip()
    for name in views:
        less = {other: view for other, view in views.items() if other != name}
        with pytest.raises(EvidenceError, match=f"there is no '{name}' here"):
            kind.render(one.name, **less)
