"""evidence templates: ours to read, to copy, and to compare with one's own."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.cli.asking import Do
from tests.kit import ROOT, Run

_APPENDIX = ROOT / "templates" / "appendix"
_ALL = {
    file.relative_to(ROOT / "templates").as_posix()
    for file in (ROOT / "templates").glob("*/**/*")
    if file.is_file() and not {"__pycache__", "styles"} & set(file.parts)
}


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_every_template_is_listed_with_what_it_is_and_receives(do: Do) -> None:
    listed = json.loads(do("templates", "list", "--json"))
    assert {one["name"] for one in listed} == _ALL
    pages = [one for one in listed if one["name"].endswith((".html.j2", ".css"))]
    assert all(len(one["about"]) > len("It is.") for one in pages), pages
    (case,) = (one for one in listed if one["name"] == "appendix/case.html.j2")
    assert case == {
        "name": "appendix/case.html.j2",
        "about": "A case's page.",
        "receives": {"study": "FrameView", "case": "CaseView", "links": "Links"},
    }
    lines = do("templates", "list").splitlines()
    assert any(
        line.split() == "appendix/case.html.j2 A case's page. Receives study, case, links.".split()
        for line in lines
    )


@pytest.mark.parametrize("name", ["case", "case.html.j2", "appendix/case.html.j2", "appendix/case"])
def test_a_template_is_shown_as_it_is(do: Do, name: str) -> None:
    assert do("templates", "show", name) == (_APPENDIX / "case.html.j2").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("csae.html.j2", "There is no template 'csae.html.j2'. Did you mean case.html.j2?"),
        ("proof", "'proof' may be appendix/proof.html.j2 or audit/proof.html.j2; name the one you mean."),
        ("../README.md", "There is no template '../README.md'."),
        ("", "There is no template ''."),
    ],
)
def test_a_name_that_none_has_is_refused(do: Do, name: str, message: str) -> None:
    assert message in do("templates", "show", name, refused=True)


def test_all_are_copied_once_and_what_was_changed_is_never_written_over(do: Do, tmp_path: Path) -> None:
    said = do("templates", "copy", "looks", "case", "style.css", cwd=tmp_path)
    assert said.splitlines() == ["appendix/case.html.j2", "appendix/style.css", "2 files copied to looks."]
    said = do("templates", "copy", "looks", cwd=tmp_path)
    assert f"{len(_ALL) - 2} files copied to looks, 2 there already." in said
    looks = tmp_path / "looks"
    assert {str(file.relative_to(looks)) for file in looks.rglob("*") if file.is_file()} == _ALL | {
        ".evidence-templates"
    }
    assert all((looks / name).read_bytes() == (ROOT / "templates" / name).read_bytes() for name in _ALL)
    (looks / "appendix" / "case.html.j2").write_text("mine")
    (looks / "appendix" / "base.html.j2").unlink()
    said = do("templates", "copy", "looks", "base", "case", cwd=tmp_path, refused=True)
    assert "appendix/case.html.j2 in looks is not as ours is" in said
    assert (looks / "appendix" / "case.html.j2").read_text() == "mine"
    assert not (looks / "appendix" / "base.html.j2").exists()  # nothing was written


def test_a_copy_in_the_folder_itself_is_known_and_not_hidden_by_another(do: Do, tmp_path: Path) -> None:
    (tmp_path / "looks").mkdir()
    (tmp_path / "looks" / "case.html.j2").write_text("mine")
    assert "is not as ours is" in do("templates", "copy", "looks", "case", cwd=tmp_path, refused=True)
    assert "case.html.j2: differs from ours." in do("templates", "diff", "looks", cwd=tmp_path)


def test_what_differs_is_told_apart_from_what_ours_changed_since(do: Do, tmp_path: Path) -> None:
    do("templates", "copy", "looks", "case", "base", "index", "table", "style.css", cwd=tmp_path)
    folder = tmp_path / "looks" / "appendix"
    # As a copy from a release in which ours were other.
    for name in ("base.html.j2", "index.html.j2"):
        (folder / name).write_text(f"{(folder / name).read_text('utf-8')}\nas it once was")
    record = tmp_path / "looks" / ".evidence-templates"
    lines = [line for line in record.read_text().splitlines() if "base" not in line and "index" not in line]
    lines += [f"{digest(folder / name)}  appendix/{name}" for name in ("base.html.j2", "index.html.j2")]
    record.write_text("\n".join(lines) + "\n")
    (folder / "index.html.j2").write_text("mine")
    (folder / "style.css").write_text("body { color: teal }")
    (folder / "table.html.j2").write_text('{% extends "ours/table.html.j2" %}')
    (folder / "entyr.html.j2").write_text("")
    said = do("templates", "diff", "looks", cwd=tmp_path, COLUMNS="300").splitlines()
    assert said == [
        "appendix/base.html.j2: is an unchanged copy of what ours was; copy it again, or take it away.",
        "appendix/case.html.j2: is a copy of ours, unchanged; without it, pages are the same.",
        "appendix/entyr.html.j2: none of ours has this name; it is used only where one of yours asks for it; did you",
        "    mean appendix/entry.html.j2?",
        "appendix/index.html.j2: differs from ours; ours has changed since it was copied.",
        "appendix/style.css: differs from ours.",
        "appendix/table.html.j2: extends ours, and has from it whatever it does not say itself.",
    ]
    told = json.loads(do("templates", "diff", "looks", "--json", cwd=tmp_path))
    assert told[0] == {"path": "appendix/base.html.j2", "state": "older", "ours_changed": True, "near": ""}
    assert do("templates", "copy", "looks", "base", cwd=tmp_path).startswith("appendix/base.html.j2\n")
    assert (folder / "base.html.j2").read_bytes() == (_APPENDIX / "base.html.j2").read_bytes()


def test_a_copied_folder_makes_the_same_pages(do: Do, tmp_path: Path) -> None:
    do("init", "--study", "strait", "--title", "T", cwd=tmp_path)
    do("case", "add", "mid-50", "--title", "Taiwan Strait", cwd=tmp_path)
    do("templates", "copy", "looks", cwd=tmp_path)
    do("render", "appendix", cwd=tmp_path)
    said = do("render", "appendix", "--templates", "looks", cwd=tmp_path)
    assert ": 0 files written" in said


def test_a_study_names_its_templates_beside_its_ledger(do: Do, run: Run, tmp_path: Path) -> None:
    do("init", "--study", "strait", "--title", "T", cwd=tmp_path)
    (tmp_path / "looks").mkdir()
    (tmp_path / "looks" / "base.html.j2").write_text(
        '{% extends "ours/base.html.j2" %}{% block before_main %}<p>Mine</p>{% endblock %}'
    )
    (tmp_path / "evidence.toml").write_text('ledger = "evidence.db"\ntemplates = "looks"\n')
    (tmp_path / "deep").mkdir()
    do("render", "appendix", cwd=tmp_path / "deep")
    assert "<p>Mine</p>" in (tmp_path / "deep" / "appendix" / "index.html").read_text("utf-8")
    (tmp_path / "evidence.toml").write_text('ledger = "evidence.db"\ntemplates = "gone"\n')
    refused = run("render", "appendix", cwd=tmp_path)
    assert (refused.code, "gone' does not exist" in refused.stderr) == (2, True), refused


def test_a_document_for_a_referee_is_made_of_ones_own_templates_too(do: Do, tmp_path: Path) -> None:
    do("init", "--study", "strait", "--title", "T", cwd=tmp_path)
    do("case", "add", "mid-50", "--title", "Taiwan Strait", cwd=tmp_path)
    do("templates", "copy", "looks", "audit/record", cwd=tmp_path)
    record = tmp_path / "looks" / "audit" / "record.html.j2"
    said = "{% macro ledger(it, say) %}<p>Mine: {{ it.study.title }}</p>{% endmacro %}"
    record.write_text(said)  # the other macros are ours
    do("audit", "mid-50", "--templates", "looks", cwd=tmp_path)
    assert "<p>Mine: T</p>" in (tmp_path / "audit-mid-50.html").read_text("utf-8")
    record.write_text(said.replace("it.study.title", "it.study.titel"))
    refused = do("audit", "mid-50", "--templates", "looks", cwd=tmp_path, refused=True)
    assert "record.html.j2, line 1: " in refused
    assert "did you mean 'title'?" in refused
    (tmp_path / "evidence.toml").write_text('templates = "looks"\n')
    record.write_text(said)
    do("why", "mid-50", "--html", "why.html", cwd=tmp_path)
    assert "<p>Mine: T</p>" in (tmp_path / "why.html").read_text("utf-8")


def test_a_folder_that_is_none_and_one_that_cannot_be_written(do: Do, tmp_path: Path) -> None:
    assert "There is no folder of templates at nowhere" in do(
        "templates", "diff", "nowhere", cwd=tmp_path, refused=True
    )
    (tmp_path / "looks").mkdir()
    (tmp_path / "looks" / "appendix").write_text("in the way")
    assert "cannot be written" in do("templates", "copy", "looks", "case", cwd=tmp_path, refused=True)
    (tmp_path / "empty").mkdir()
    assert "There is no template in empty." in do("templates", "diff", "empty", cwd=tmp_path)
