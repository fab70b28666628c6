"""Templates: a user's own come first, and a mistake in one is a sentence with a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.errors import EvidenceError
from evidence.publish.environment import templates
from evidence.publish.paths import page_names
from evidence.publish.render import appendix
from tests.publish.strait import add_cases, found


def render_with(url: str, own: Path, output: Path) -> Path:
    """Render a small study with somebody's own templates."""
    ledger = found(url)
    add_cases(ledger, range(50, 51))
    with ledger.read() as (connection, study):
        appendix(connection, study, output, templates=own)
    return output


def test_own_templates_come_first(sqlite_url: str, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "case.html.j2").write_text("<p>{{ case.title }} & {{ study.title }}</p>\n")
    (own / "style.css").write_text("body { color: teal }\n")
    site = render_with(sqlite_url, own, tmp_path / "site")
    assert (site / "cases" / "mid-50.html").read_text() == "<p>Case 50 & Alliances &amp; disputes</p>\n"
    assert (site / "style.css").read_text() == "body { color: teal }\n"
    assert "Count check" in (site / "index.html").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n\n{{ case.titel }}", r"case.html.j2, line 3: CaseView has no 'titel'; did you mean 'title'\?"),
        ("{{ cas.title }}", r"case.html.j2, line 1: there is no 'cas' here; did you mean 'case'\?"),
        ("\n{% for one in case.tests %}", r"case.html.j2, line 2: .*"),
        ("{% extends 'bass.html.j2' %}", r"There is no template 'bass.html.j2'"),
        ("\n{{ case.title.nothing() }}", r"case.html.j2, line 2: "),
        ("{{ case.evidence[0].number }}", r"case.html.j2, line 1: "),
        (
            "\n{{ 1/0 }}",
            r"case.html.j2, line 2: This cannot be filled in \(ZeroDivisionError: division by zero\); correct",
        ),
        ('{{ dict(a=1).pop("b") }}', r"case.html.j2, line 1: a template may not ask a dict for 'pop'"),
        ("{% include 'case.html.j2' %}", r"case.html.j2, line 1: This cannot be filled in \(RecursionError"),
        ("{% extends 'case.html.j2' %}", r"case.html.j2, line 1: This extends itself; write"),
        ("{{ " + "(" * 3000 + ")" * 3000 + " }}", r"case.html.j2: This cannot be filled in \(RecursionError"),
        ("{{ case.title|round }}", r"case.html.j2, line 1: "),
    ],
)
def test_a_mistake_names_template_line_and_nearest_field(
    sqlite_url: str, tmp_path: Path, text: str, message: str
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "case.html.j2").write_text(text)
    with pytest.raises(EvidenceError, match=message):
        render_with(sqlite_url, own, tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("name", ["case.html.j2", "entry.html.j2", "style.css"])
def test_what_is_no_text_is_named(sqlite_url: str, tmp_path: Path, name: str) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / name).write_bytes(b"\x89PNG\xff")
    with pytest.raises(EvidenceError, match=f"^{name}: This is not UTF-8 text"):
        render_with(sqlite_url, own, tmp_path / "site")


def test_what_fails_in_our_own_code_is_not_the_templates_doing(tmp_path: Path) -> None:
    (tmp_path / "case.html.j2").write_text("{{ fails() }}")
    with pytest.raises(UnicodeEncodeError):
        templates("appendix", tmp_path).render("case.html.j2", fails=lambda: page_names(["\ud800"]))


def test_a_folder_of_templates_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="no folder of templates"):
        templates("appendix", tmp_path / "nowhere")
