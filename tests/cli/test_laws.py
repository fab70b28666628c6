"""What a reader found that could be got round: each through the real commands, on one small study."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit import Ledger, Run

_ALLY = """
version: '1'
scale: ordinal
levels: [{value: '1', label: none, needs: [search]}, {value: '2', label: featured}]
sub_judgements: [{key: featured, values: [{value: 'yes'}, {value: no_after_search}]}]
rule: [{when: {featured: 'yes'}, code: '2'}, {when: {featured: no_after_search}, code: '1'}]
"""
_CODE = ("code", "c1", "ALLY", "--because", "b", "--counter-evidence", "n", "--coder", "ada")
_TEST = (
    "test",
    "declare",
    "--case",
    "c1",
    "--hypothesis",
    "h1",
    "--rival",
    "h2",
    "--kind",
    "hoop",
    "--prediction",
    "P",
)

Do = Callable[..., str]


@pytest.fixture
def do(run: Run) -> Do:
    """Run a command and return all that it printed; ``refused=True`` expects one sentence and exit 1."""

    def call(*line: str, refused: bool = False, **options: Any) -> str:
        result = run(*line, **options)
        assert result.code == (1 if refused else 0), result
        assert "Traceback" not in result.stderr
        return result.stdout + result.stderr

    return call


@pytest.fixture
def ledger(do: Do, tmp_path: Path) -> Ledger:
    (tmp_path / "ally.yaml").write_text(_ALLY, encoding="utf-8")
    (tmp_path / "a.txt").write_text("First.\fHe did not say so. Sino-\nSoviet bloc.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Other words.", encoding="utf-8")
    do("init", "--study", "s")
    for case in ("c1", "c2"):
        do("case", "add", case, "--title", case)
    for key in ("h1", "h2"):
        do("hypothesis", "add", key, "--statement", key)
    do("coder", "add", "ada", "--name", "Ada")
    do("variable", "add", "ALLY", "--label", "X", "--version-file", "ally.yaml")
    for key in ("a", "b"):
        do("source", "add", key, "--title", key, "--tier", "primary")
        do("text", "add", key, "--file", f"{key}.txt")
    do("quote", "add", "--source", "a", "--words", "He did not say so")
    return Ledger(f"sqlite:///{tmp_path / 'evidence.db'}", "s")


def test_a_misquotation_comes_in_by_no_door(do: Do, ledger: Ledger, tmp_path: Path) -> None:
    do("study", "write", "T")
    general = tmp_path / "T" / "general.yaml"
    general.write_text(general.read_text("utf-8").replace("did not say", "did say"), encoding="utf-8")
    assert "not the words that were verified" in do("study", "read", "T", refused=True)
    lines = [
        line
        for line in general.read_text("utf-8").splitlines()
        if "sha256" not in line and "state" not in line
    ]
    general.write_text(
        "\n".join(line for line in lines if "verified" not in line and "text_" not in line), encoding="utf-8"
    )
    assert "not in the text that is held" in do("study", "read", "T", refused=True)
    (tmp_path / "changed.csv").write_text("key,words\na.1,He did say so\n", encoding="utf-8")
    assert "not in the text that is held" in do(
        "import", "table", "changed.csv", "--noun", "quote", refused=True
    )
    (tmp_path / "new.csv").write_text("key,source,words\na.9,a,He did say so\n", encoding="utf-8")
    assert "not in the text that is held" in do("import", "table", "new.csv", "--noun", "quote", refused=True)
    assert "not in the text that is held" in do("quote", "edit", "a.1", "--source", "b", refused=True)
    assert "they are on page 2" in do("quote", "edit", "a.1", "--locator", "page=1", refused=True)
    assert ledger.value("SELECT words FROM quote") == "He did not say so"
    assert ledger.value("SELECT count(*) FROM quote") == 1


def test_a_quote_without_a_text_loses_its_state_with_its_words(do: Do, ledger: Ledger) -> None:
    do("source", "add", "c", "--title", "c", "--tier", "primary")
    do("quote", "edit", "a.1", "--source", "c")
    assert ledger.value("SELECT state FROM quote") == "no text held"
    assert ledger.value("SELECT verified_sha256 FROM quote") == ""


@pytest.mark.usefixtures("ledger")
def test_a_true_quote_is_found_over_a_hyphen_that_stays(do: Do) -> None:
    assert "(typographic, page 2)" in do("quote", "add", "--source", "a", "--words", "Sino-Soviet bloc")


@pytest.mark.usefixtures("ledger")
def test_a_priori_is_not_had_by_observing_anew(do: Do) -> None:
    do(*_TEST, "--if-false", "Q")
    do("observation", "add", "--case", "c1", "--proposition", "made later", "--quote", "a.1")
    do("test", "bring", "c1.t1", "--observation", "c1.o1", "--for")
    do("test", "resolve", "c1.t1", "passed")
    (test,) = json.loads(do("why", "c1", "--json"))["other_tests"]
    assert test["timing"] == "post hoc"


def test_a_test_typed_into_a_folder_is_declared_when_it_is_read(
    do: Do, ledger: Ledger, tmp_path: Path
) -> None:
    do("observation", "add", "--case", "c1", "--proposition", "seen", "--quote", "a.1")
    do("study", "write", "T")
    case = tmp_path / "T" / "cases" / "c1.md"
    typed = (
        "tests:\n- key: c1.t1\n  hypothesis: h1\n  rival: h2\n  kind: hoop\n  prediction: P\n  if_false: Q\n"
        "  declared_at: 1999-01-01T00:00:00Z\n  result: passed\n  bearings:\n  - {observation: c1.o1, direction: for}\n---\n"
    )
    case.write_text(case.read_text("utf-8").rpartition("---\n")[0] + typed, encoding="utf-8")
    do("study", "read", "T")
    assert ledger.value("SELECT count(*) FROM test WHERE declared_at < '2020-01-01'") == 0
    (test,) = json.loads(do("why", "c1", "--json"))["other_tests"]
    assert test["timing"] == "post hoc"


@pytest.mark.usefixtures("ledger")
def test_a_scheme_does_not_change_beneath_its_codes(do: Do, tmp_path: Path) -> None:
    do(*_CODE, "--judge", "featured=yes")
    (tmp_path / "other.yaml").write_text(_ALLY.replace("'2'", "'7'"), encoding="utf-8")
    assert "has been coded by" in do("variable", "edit", "ALLY", "--version-file", "other.yaml", refused=True)


@pytest.mark.usefixtures("ledger")
def test_a_code_rests_on_evidence_of_its_own_case(do: Do) -> None:
    do("search", "add", "--case", "c2", "--question", "z", "--corpus", "z", "--hits", "12")
    said = do(*_CODE, "--judge", "featured=no_after_search", "--search", "c2.s1", refused=True)
    assert "belongs to another case" in said


@pytest.mark.usefixtures("ledger")
def test_passes_and_failures_rest_on_what_speaks_so(do: Do) -> None:
    assert "tells nothing" in do(*_TEST, "--if-false", "P", refused=True)
    assert "cannot fail" in do(*_TEST, "--if-false", "\u200b", refused=True)
    do(*_TEST, "--if-false", "Q")
    do("search", "add", "--case", "c1", "--question", "z", "--corpus", "z", "--hits", "0")
    do("test", "bring", "c1.t1", "--search", "c1.s1", "--for")
    assert "inconclusive, not failed" in do("test", "resolve", "c1.t1", "failed")
    do("test", "resolve", "c1.t1", "passed")
    assert "cannot pass on nothing" in do(
        "test", "bring", "c1.t1", "--search", "c1.s1", "--against", refused=True
    )


@pytest.mark.usefixtures("ledger")
def test_a_narrative_keeps_what_it_cites(do: Do) -> None:
    do("case", "edit", "c1", "--narrative", "He denied it [@a.1].")
    assert "the narrative of c1 cites it" in do("quote", "retire", "a.1", refused=True)
