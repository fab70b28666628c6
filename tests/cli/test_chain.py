"""The whole chain through the real command, on SQLite and on PostgreSQL; then a look with a new connection."""

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
levels:
- {value: '0', label: reduced}
- {value: '1', label: no role, needs: [search]}
- {value: '2', label: featured}
- {value: '3', label: necessary, needs: [counterfactual]}
sub_judgements:
- key: direction
  values: [{value: raised}, {value: lowered}, {value: none}, {value: both}]
- key: featured
  values: [{value: 'yes'}, {value: no_after_search}, {value: not_searched}]
- key: necessary
  values: [{value: 'yes'}, {value: 'no'}, {value: undetermined}]
rule:
- {when: {direction: lowered}, code: '0'}
- {when: {direction: [none, raised], necessary: 'yes'}, code: '3'}
- {when: {direction: [none, raised], necessary: 'no', featured: 'yes'}, code: '2'}
- {when: {direction: [none, raised], necessary: 'no', featured: no_after_search}, code: '1', needs: [search]}
"""
_MEMO = "I said that it looked from here that Quemoy and Matsu were becoming a symbol, throughout Asia, of our intention."

Say = Callable[..., str]


@pytest.fixture
def say(run: Run, empty_url: str) -> Say:
    """Run a command on this test's ledger, expect that all is well, and return what it printed on both streams."""

    def call(*line: str, **options: Any) -> str:
        result = run(*line, EVIDENCE_LEDGER=empty_url, **options)
        assert result.code == 0, result
        return result.stdout + result.stderr

    return call


@pytest.fixture
def refused(run: Run, empty_url: str) -> Say:
    """Run a command that must be refused in a sentence, and return the sentence."""

    def call(*line: str, code: int = 1, **options: Any) -> str:
        result = run(*line, EVIDENCE_LEDGER=empty_url, **options)
        assert (result.code, result.stdout) == (code, ""), result
        assert "Traceback" not in result.stderr
        return result.stderr

    return call


@pytest.fixture
def begun(say: Say, tmp_path: Path) -> None:
    """A study with a scheme, two hypotheses, a source with its text, and a declared test."""
    (tmp_path / "ally.yaml").write_text(_ALLY, encoding="utf-8")
    (tmp_path / "memo.txt").write_text(f"First page.\f{_MEMO}", encoding="utf-8")
    say("init", "--study", "strait", "--title", "The Strait")
    say("coder", "add", "ada", "--name", "Ada")
    say("variable", "add", "ALLY", "--label", "Role of alliances", "--version-file", "ally.yaml")
    say("case", "add", "mid-50", "--title", "Taiwan Strait", "--start", "1953-02-11", "--end", "1956-01-XX")
    say("hypothesis", "add", "h2", "--statement", "Interest alone led them in.")
    say("hypothesis", "add", "h1", "--statement", "The treaty drew them in.", "--rival", "h2:exclusive")
    say("source", "add", "d134", "--title", "Memorandum", "--tier", "primary", "--item", "793.00/2-2855")
    say("text", "add", "d134", "--file", "memo.txt", "--edition", "2016")
    test = (
        "--case",
        "mid-50",
        "--hypothesis",
        "h1",
        "--rival",
        "h2",
        "--kind",
        "hoop",
        "--prediction",
        "The treaty is cited.",
    )
    say(
        "test",
        "declare",
        *test,
        "--if-false",
        "Only bases are.",
        "--p-hypothesis",
        "0.95",
        "--p-rival",
        "0.6",
    )


def _log(say: Say) -> None:
    words = "Quemoy and Matsu were becoming a symbol"
    say(
        "log",
        "mid-50",
        "--source",
        "d134",
        "--words",
        words,
        "--shows",
        "Hoover called them a symbol",
        "--test",
        "mid-50.t1",
        "--for",
    )


_JUDGED = ("--judge", "direction=raised", "--judge", "necessary=no", "--coder", "ada")


@pytest.mark.usefixtures("begun")
def test_from_the_document_to_the_code_and_back(say: Say, empty_url: str) -> None:
    _log(say)
    say("test", "resolve", "mid-50.t1", "passed", "--note", "cited before the order")
    reasons = ("--because", "it is cited", "--counter-evidence", "none found", "--test", "mid-50.t1")
    said = say("code", "mid-50", "ALLY", *_JUDGED, "--judge", "featured=yes", *reasons)
    assert "mid-50 is coded ALLY 2 by ada" in said

    ledger = Ledger(empty_url, "strait")
    assert ledger.value("SELECT state FROM quote") == "exact"
    assert json.loads(json.dumps(ledger.value("SELECT text_start FROM quote"))) == 12 + _MEMO.index("Quemoy")
    assert ledger.findings() == []

    answer = json.loads(say("why", "mid-50", "ALLY", "--json"))
    (code,) = answer["codes"]
    (test,) = code["tests"]
    (brought,) = test["brought"]
    (quote,) = brought["observation"]["quotes"]
    assert (code["value"], code["rule_value"], test["timing"]) == ("2", "2", "a priori")
    assert (test["kind"], test["implied_kind"]) == ("hoop", "hoop")
    assert quote["words"] == "Quemoy and Matsu were becoming a symbol"
    assert (quote["locator"], quote["source"]) == ({"page": "2"}, "d134")


@pytest.mark.usefixtures("begun")
def test_a_second_code_supersedes_the_first_and_both_remain(say: Say) -> None:
    reasons = ("--because", "first reading", "--counter-evidence", "none found")
    say("code", "mid-50", "ALLY", *_JUDGED, "--judge", "featured=yes", *reasons)
    say(
        "search",
        "add",
        "--case",
        "mid-50",
        "--question",
        "Cited anywhere?",
        "--corpus",
        "FRUS 1955-57 II",
        "--hits",
        "0",
    )
    again = ("--because", "second reading", "--counter-evidence", "none: mid-50.s1", "--search", "mid-50.s1")
    said = say("code", "mid-50", "ALLY", *_JUDGED, "--judge", "featured=no_after_search", *again)
    assert "takes the place of an earlier code" in said
    (code,) = json.loads(say("why", "mid-50", "--json"))["codes"]
    assert (code["value"], code["rationale"]) == ("1", "second reading")
    assert [(old["value"], old["rationale"]) for old in code["history"]] == [("2", "first reading")]
    first = json.loads(say("why", "mid-50", "--json", "--as-of", "10"))
    assert [code["value"] for code in first["codes"]] == ["2"]


@pytest.mark.usefixtures("begun")
def test_what_the_method_forbids_is_refused_in_a_sentence(refused: Say, say: Say, empty_url: str) -> None:
    before = len(Ledger(empty_url, "strait").entries())
    declare = ("test", "declare", "--case", "mid-50", "--hypothesis", "h1", "--rival", "h2", "--kind", "hoop")
    assert "cannot fail" in refused(*declare, "--prediction", "P")
    assert "cannot fail" in refused(*declare, "--prediction", "P", "--if-false", "  ")
    reasons = ("--because", "b", "--counter-evidence", "c")
    sentence = refused("code", "mid-50", "ALLY", *_JUDGED, "--judge", "featured=no_after_search", *reasons)
    assert "code 1 needs a search record" in sentence
    assert "gives no level" in refused(
        "code", "mid-50", "ALLY", "--judge", "direction=both", "--coder", "ada", *reasons
    )
    assert "override_reason" in refused(
        "code", "mid-50", "ALLY", "3", *_JUDGED, "--judge", "featured=yes", *reasons
    )
    assert "counterfactual" in refused(
        "code",
        "mid-50",
        "ALLY",
        "--judge",
        "direction=raised",
        "--judge",
        "necessary=yes",
        "--coder",
        "ada",
        *reasons,
    )
    assert "cannot pass on nothing" in refused("test", "resolve", "mid-50.t1", "passed")
    assert len(Ledger(empty_url, "strait").entries()) == before
    assert "inconclusive, not failed" in say("test", "resolve", "mid-50.t1", "failed")


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(
    "words",
    [
        "Quemoy and Matsu were not becoming a symbol",  # negated
        "Quemoy and Matsu becoming a symbol",  # dropped
        "Quemoy and and Matsu were becoming a symbol",  # doubled
        "Matsu and Quemoy were becoming a symbol",  # swapped
        "Quemoy and Matsu were becoming a sym",  # cut inside a word
    ],
)
def test_a_misquotation_is_refused(refused: Say, empty_url: str, words: str) -> None:
    assert "not in the text that is held" in refused("quote", "add", "--source", "d134", "--words", words)
    assert Ledger(empty_url, "strait").value("SELECT count(*) FROM quote") == 0


@pytest.mark.usefixtures("begun")
def test_typography_and_elision_are_said_to_be_so(say: Say) -> None:
    curly = "Quemoy and Matsu were becoming a symbol,  throughout\nAsia"
    assert "(typographic, page 2)" in say("quote", "add", "--source", "d134", "--words", curly)
    assert "(elided, page 2)" in say(
        "quote", "add", "--source", "d134", "--words", "I said … Quemoy and Matsu [the islands] were becoming"
    )


@pytest.mark.usefixtures("begun")
def test_a_wrong_page_is_refused_and_the_right_one_named(refused: Say) -> None:
    sentence = refused(
        "quote", "add", "--source", "d134", "--words", "becoming a symbol", "--locator", "page=1"
    )
    assert "not on page 1; they are on page 2" in sentence


@pytest.mark.usefixtures("begun")
def test_slips_of_the_hand_get_a_suggestion(refused: Say) -> None:
    assert "Did you mean mid-50?" in refused("why", "mid-5")
    assert "Did you mean case?" in refused("cas", "list", code=2)
    assert "Did you mean 'hoop'?" in refused("test", "edit", "mid-50.t1", "--kind", "hop")
    assert "February 1955 has 28 days" in refused("case", "add", "x", "--title", "X", "--start", "1955-02-29")


@pytest.mark.usefixtures("begun")
def test_a_renamed_case_is_found_by_its_old_key_and_a_retired_key_is_not_used_again(
    say: Say, refused: Say
) -> None:
    say("case", "rename", "mid-50", "strait-1954")
    assert "strait-1954" in say("why", "mid-50")
    assert "choose another key" in refused("case", "add", "mid-50", "--title", "Another")
    say("case", "add", "spare", "--title", "Spare")
    say("case", "retire", "spare", "-m", "entered twice")
    assert "spare" not in say("case", "list")
    assert "choose another key" in refused("case", "add", "spare", "--title", "Another")
    say("case", "edit", "spare", "--restore")
    assert "spare" in say("case", "list")


@pytest.mark.usefixtures("begun")
def test_hands_in_the_database_are_found(run: Run, empty_url: str) -> None:
    Ledger(empty_url, "strait").behind_its_back("UPDATE test SET if_false = 'nothing'")
    result = run("history", "verify", EVIDENCE_LEDGER=empty_url)
    assert result.code == 3
    assert (
        "EV902  test mid-50.t1: if_false is 'nothing', but its last revision left 'Only bases are.'"
        in result.stdout
    )


def test_what_is_not_a_ledger_is_said_to_be_none(run: Run, tmp_path: Path) -> None:
    assert "There is no ledger at" in run("why", "mid-50").stderr
    (tmp_path / "notes.db").write_text(
        "not a database at all, but some words of mine\n" * 40, encoding="utf-8"
    )
    result = run("--ledger", "notes.db", "why", "mid-50")
    assert result.code == 1
    assert "Traceback" not in result.stderr
    assert "notes.db" in result.stderr
