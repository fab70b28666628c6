"""The scheme's rule at work: rules that ask for tests, and codes recomputed by them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.asking import ASKS, Do, found_asking, passes
from tests.kit import Ledger

_CODE = ("code", "c1", "X", "--because", "b", "--counter-evidence", "n", "--coder", "ada")


@pytest.fixture(scope="module")
def _asks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_asking(tmp_path_factory.mktemp("asks") / "evidence.db")


@pytest.fixture
def asks(_asks: Path, tmp_path: Path) -> Ledger:
    """That study, in the test's folder."""
    shutil.copyfile(_asks, tmp_path / "evidence.db")
    return Ledger(f"sqlite:///{tmp_path / 'evidence.db'}", "s")


def test_b10_what_the_rule_gives_includes_the_tests_and_is_in_the_history(do: Do, asks: Ledger) -> None:
    passes(asks, "c1.t1")
    said = do(*_CODE, "--judge", "necessary=yes", "--test", "c1.t1")
    assert "Row 1 of the rule gives it: it asks for a passed smoking gun" in said
    assert "(c1.t1)" in said
    assert asks.value("SELECT rule_value FROM decision") == "3"
    recorded = (
        "SELECT count(*) FROM change WHERE table_name = 'decision' AND after LIKE '%\"rule_value\":\"3\"%'"
    )
    assert asks.value(recorded) == 1
    assert asks.findings() == []


def test_b11_without_the_test_the_row_is_not_met_and_the_next_one_is(do: Do, asks: Ledger) -> None:
    passes(asks, "c1.t2")  # a hoop, against another rival
    said = do(*_CODE, "--judge", "necessary=yes", "--test", "c1.t2", refused=True)
    assert (
        "code 3 asks for a passed smoking gun or doubly decisive against same among the tests relied on"
        in said
    )
    said = do(*_CODE, "--judge", "necessary=yes", "--judge", "featured=yes", "--test", "c1.t2")
    assert "is coded X 2 by ada" in said
    assert "Row 2 of the rule gives it. Code 3 asks for a passed smoking gun" in said
    assert asks.value("SELECT rule_value FROM decision") == "2"


def test_b12_departing_from_a_rule_that_asks_for_a_test_needs_a_reason(do: Do, asks: Ledger) -> None:
    passes(asks, "c1.t2")
    said = do(*_CODE, "3", "--judge", "necessary=yes", "--test", "c1.t2", refused=True)
    assert "gives no code here, and for 3 asks for a passed smoking gun" in said
    do(*_CODE, "3", "--judge", "necessary=yes", "--test", "c1.t2", "--override-reason", "made up")
    assert asks.value("SELECT rule_value FROM decision") is None
    assert "c1  X 3, where the rule gave none  ada (c1.X.1)\n    made up" in do(
        "recompute", "X", "--overrides"
    )


def test_b13_what_a_level_needs_of_a_test_no_override_makes_up_for(do: Do, asks: Ledger) -> None:
    override = (*_CODE, "3", "--override-reason", "made up")
    assert "code 3 needs a passed test that speaks for it" in do(*override, refused=True)
    assert "code 3 needs a passed test" in do(*override, "--test", "c1.t1", refused=True)
    passes(asks, "c1.t2")
    assert "is coded X 3" in do(*override, "--test", "c1.t2")


@pytest.mark.parametrize(
    ("tests", "needs", "sentence"),
    [
        ("passed smoking gnu", "passed test", "did you mean 'smoking gun'?"),
        ("pased smoking gun", "passed test", "did you mean 'passed'?"),
        (
            "passed against smae",
            "passed test",
            "There is no hypothesis 'smae' in this study. Did you mean same?",
        ),
        ("passed", "pased test", "Did you mean 'passed test'?"),
    ],
)
@pytest.mark.usefixtures("asks")
def test_b14_a_slip_in_a_rule_is_one_sentence(
    do: Do, tmp_path: Path, tests: str, needs: str, sentence: str
) -> None:
    (tmp_path / "y.yaml").write_text(ASKS.format(version="2", tests=tests, needs=needs), encoding="utf-8")
    assert sentence in do("variable", "edit", "X", "--version-file", "y.yaml", refused=True)


@pytest.mark.parametrize(
    ("was", "slip", "sentence"),
    [
        ("necessary: 'yes'}", "necesary: 'yes'}", "'necesary' is no sub-judgement"),
        ("{featured: 'yes'}", "{featured: yess}", "'yess' is no value of featured"),
        ("code: '2'", "code: '22'", "'22' is no level"),
    ],
)
@pytest.mark.usefixtures("asks")
def test_b15_a_rule_that_could_give_no_code_is_refused(
    do: Do, tmp_path: Path, was: str, slip: str, sentence: str
) -> None:
    text = ASKS.format(version="2", tests="passed", needs="passed").replace(was, slip)
    assert slip in text
    (tmp_path / "y.yaml").write_text(text, encoding="utf-8")
    assert sentence in do("variable", "edit", "X", "--version-file", "y.yaml", refused=True)


def test_b16_the_other_door_settles_the_same_and_a_study_is_read_whatever_became_of_its_tests(
    do: Do, asks: Ledger, tmp_path: Path
) -> None:
    passes(asks, "c1.t1")
    do(*_CODE, "--judge", "necessary=yes", "--test", "c1.t1")
    do("study", "write", "T")
    do("--ledger", "again.db", "study", "read", "T")
    again = Ledger(f"sqlite:///{tmp_path / 'again.db'}", "s")
    assert again.value("SELECT rule_value FROM decision") == "3"
    assert again.findings() == []
    do("test", "resolve", "c1.t1", "inconclusive")
    assert asks.value("SELECT rule_value FROM decision") == "3"
    assert "– (was 3)" in do("recompute", "X")
    do("study", "write", "T")
    do("--ledger", "later.db", "study", "read", "T")
    later = Ledger(f"sqlite:///{tmp_path / 'later.db'}", "s")
    assert later.value("SELECT rule_value FROM decision") == "3"
    assert "– (was 3)" in do("--ledger", "later.db", "recompute", "X")
    assert later.findings() == []


def test_b17_a_code_typed_into_a_folder_keeps_the_law(do: Do, asks: Ledger, tmp_path: Path) -> None:
    do("study", "write", "T")
    case = tmp_path / "T" / "cases" / "c1.md"
    typed = (
        "decisions:\n- {key: c1.X.1, variable: X, version: '1', value: '3', sub_judgements: {necessary: 'yes'}, coder: ada,\n"
        "   rationale: b, counter_evidence: n, tests: [c1.t1]}\n---\n"
    )
    head, _, tail = case.read_text("utf-8").rpartition("---\n")
    case.write_text(head + typed + tail, encoding="utf-8")
    said = do("study", "read", "T", refused=True)
    assert "for 3 asks for a passed smoking gun" in said
    assert "c1.md" in said
    assert asks.value("SELECT count(*) FROM decision") == 0


def test_b18_a_rule_finds_a_hypothesis_that_was_renamed(do: Do, asks: Ledger) -> None:
    do("hypothesis", "rename", "same", "same-level")
    passes(asks, "c1.t1")
    do(*_CODE, "--judge", "necessary=yes", "--test", "c1.t1")
    assert asks.value("SELECT rule_value FROM decision") == "3"
    assert "1 the same" in do("recompute", "X")


def test_b19_another_version_shows_what_would_change_and_writes_nothing(
    do: Do, asks: Ledger, tmp_path: Path
) -> None:
    for number in (2, 3, 4):
        do("case", "add", f"c{number}", "--title", f"C{number}")
    passes(asks, "c1.t1")
    do(*_CODE, "--judge", "necessary=yes", "--test", "c1.t1")
    for case, judged in (("c2", "featured=yes"), ("c3", "featured=no")):
        line = ("code", case, *_CODE[2:], "--judge", judged)
        do(*line, *(("--judge", "necessary=no") if case == "c3" else ()))
    do("code", "c4", *_CODE[2:], "2", "--override-reason", "made up")
    text = ASKS.format(version="2", tests="passed doubly decisive", needs="passed test")
    stricter = text.replace("{featured: 'yes'}, code", "{featured: 'yes', necessary: 'no'}, code").replace(
        "featured: 'no'}, code: '1'", "featured: 'no'}, code: '2'"
    )
    (tmp_path / "y.yaml").write_text(stricter, encoding="utf-8")
    do("variable", "edit", "X", "--version-file", "y.yaml")
    before = len(asks.entries())
    answer = json.loads(do("recompute", "X", "--version", "2", "--json"))
    told = {one["case"]: (one["outcome"], one["code"], one["now"], one["then"]) for one in answer["codes"]}
    assert told == {
        "c1": ("cannot be computed", "3", "3", None),
        "c2": ("cannot be computed", "2", "2", None),
        "c3": ("changes", "1", "1", "2"),
        "c4": ("overridden", "2", None, None),
    }
    lacks = {one["case"]: one["lacks"] for one in answer["codes"]}
    assert lacks["c1"][0] == "code 3 asks for a passed doubly decisive"
    assert "necessary not judged" in lacks["c2"]
    assert [one["outcome"] for one in json.loads(do("recompute", "X", "--version", "1", "--json"))["codes"]][
        :3
    ] == ["same"] * 3
    assert "'3'" in do("recompute", "X", "--version", "3", refused=True)
    assert len(asks.entries()) == before


@pytest.mark.usefixtures("asks")
def test_b21_mistakes_are_one_sentence(do: Do) -> None:
    assert "There is no variable 'Y'" in do("recompute", "Y", refused=True)
    do("variable", "add", "Z", "--label", "Z")
    assert "Z has no version yet" in do("recompute", "Z", refused=True)
    assert do("recompute", "X") == "Nobody has coded X yet.\n"
    assert do("recompute", "X", "--overrides") == "No code on X was given against the rule.\n"


def test_b35_a_hypothesis_that_a_rule_names_is_not_retired_and_may_be_renamed(do: Do, asks: Ledger) -> None:
    do("hypothesis", "rename", "same", "as-before")
    said = do("hypothesis", "retire", "as-before", refused=True)
    assert "hypothesis as-before cannot be retired while" in said
    assert asks.value("SELECT count(*) FROM hypothesis WHERE retired_at IS NOT NULL") == 0


def test_b36_only_a_publication_codes_elsewhere(do: Do, asks: Ledger) -> None:
    said = do(*_CODE, "2", "--round", "published elsewhere", refused=True)
    assert "coder ada is no publication, so nothing that it codes is published elsewhere" in said
    do("source", "add", "book", "--title", "A book", "--tier", "secondary")
    do("coder", "add", "them", "--name", "They", "--source", "book")
    do("code", "c1", "X", "2", "--because", "b", "--coder", "them", "--round", "published elsewhere")
    assert asks.findings() == []
