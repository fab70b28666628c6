"""templates/README.md is what the templates and the views say, and what a template says that it receives is all that it needs."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from jinja2 import Environment, meta, nodes

from evidence.errors import EvidenceError
from evidence.ledger import schema
from evidence.publish.environment import Templates, templates
from evidence.publish.render import appendix
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
    # Jinja takes a name that is set to one of a pair, or in a branch, for one that is asked for.
    return here - bound(tree) - {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}


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
def asked_with(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each template of the appendix was really filled with, in a site and in a single file."""
    place = tmp_path_factory.mktemp("given")
    schema.create(f"sqlite:///{place / 'evidence.db'}")
    ledger = two_cases(f"sqlite:///{place / 'evidence.db'}")
    noted: dict[str, dict[str, Any]] = {}
    fill = Templates.render

    def note(self: Templates, name: str, **views: Any) -> str:
        noted[name] = views
        return fill(self, name, **views)

    with pytest.MonkeyPatch.context() as patch, ledger.read() as (connection, study):
        patch.setattr(Templates, "render", note)
        appendix(connection, study, place / "site")
        appendix(connection, study, place / "one.html", single_file=True)
    return noted


@pytest.fixture(scope="module")
def given(asked_with: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Something of each type that the appendix's templates receive, by what a first comment calls it."""
    found: dict[str, Any] = {"int": 1, "text": ""}
    for received in asked_with.values():
        for view in received.values():
            several = isinstance(view, list | tuple) and view
            found[f"{type(view[0]).__name__}, each" if several else type(view).__name__] = view
    return found


_APPENDIX = [one for one in _FILLED if one.kind == "appendix"]


@pytest.mark.parametrize("one", _APPENDIX, ids=lambda one: one.name)
def test_a_template_is_filled_with_exactly_what_it_receives(
    one: Shipped, given: dict[str, Any], asked_with: dict[str, dict[str, Any]]
) -> None:
    views = {name: given.get(what) or given[re.match(r"\w+", what)[0]] for name, what in one.receives.items()}  # type: ignore[index]
    if one.name in asked_with:
        assert set(asked_with[one.name]) == set(views)
    kind = templates("appendix")
    assert kind.render(one.name, **views).strip()
    for name in views:
        less = {other: view for other, view in views.items() if other != name}
        with pytest.raises(EvidenceError, match=f"there is no '{name}' here"):
            kind.render(one.name, **less)
