"""review: people sign, and see what holds; the folder of text carries their signatures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evidence.ledger import records
from tests.audit.signed import BENEATH, filed
from tests.kit import Ledger, Run


@pytest.fixture
def file(sqlite_url: str) -> Ledger:
    """The small study, where the commands look for it."""
    return filed(sqlite_url)


def listed(run: Run, *line: str) -> list[dict[str, Any]]:
    """Return the signatures as programs read them."""
    result = run("review", "--list", "--json", *line)
    assert result.code == 0, result
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


@pytest.mark.usefixtures("file")
def test_whoever_signs_is_told_what_the_signature_covers(run: Run) -> None:
    said = run("review", "mid-50", "--coder", "ben").stderr
    assert said == (
        "ben signed case mid-50 as confirmed. It covers 3 decisions, 2 tests, 3 observations, 3 searches, 4 quotes, "
        f"6 sources: {len(BENEATH['case mid-50'])} records in all.\n"
    )
    assert run("review", "q1", EVIDENCE_CODER="ada").stderr.startswith(
        "ada signed quote q1 as confirmed. It covers 2 sou"
    )
    assert [(one["noun"], one["key"], one["coder"], one["state"]) for one in listed(run)] == [
        ("case", "mid-50", "ben", "holds"), ("quote", "q1", "ada", "holds"),
    ]  # fmt: skip


@pytest.mark.usefixtures("file")
def test_a_code_is_named_by_its_case_and_variable(run: Run) -> None:
    assert (
        "ben signed decision d1 as disputed"
        in run(
            "review",
            "mid-50",
            "ALLY",
            "--coder",
            "ben",
            "--verdict",
            "disputed",
            "--note",
            "The minutes are a summary.",
        ).stderr
    )
    (one,) = listed(run)
    assert (one["verdict"], one["note"]) == ("disputed", "The minutes are a summary.")
    assert run("review", "mid-50", "INV", "--coder", "ben").stderr == (
        "Error: mid-50 has no code on INV to sign; decide it first with 'evidence code'.\n"
    )


def test_a_signature_that_does_not_hold_is_listed_as_suspect_until_it_is_given_again(
    run: Run, file: Ledger
) -> None:
    run("review", "mid-50", "--coder", "ben")
    assert run("quote", "edit", "q1", "--note", "A slip.").code == 0
    shown = run("review", "--list").stdout.splitlines()
    assert shown[0].split() == ["SIGNED", "BY", "ON", "VERDICT", "STATE", "NOTE"]
    assert shown[1].split()[-2:] == ["confirmed", "suspect"]
    again = run("review", "mid-50", "--coder", "ben").stderr
    assert "as confirmed, in place of an earlier signature." in again
    (one,) = listed(run, "mid-50")
    assert (one["state"], one["earlier"]) == ("holds", 1)
    assert file.value("SELECT count(*) FROM review WHERE retired_at IS NULL") == 2
    assert file.findings() == []


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("review", "t9", "--coder", "ben"), "There is no case, decision, test or quote 't9' in this study."),
        (("review", "t1", "--coder", "bob"), "There is no coder 'bob' in this study."),
        (("review", "t1", "--verdict", "fine"), "is not one of"),
        (("review",), "Name what you sign"),
        (("review", "t1", "--json"), "--json goes with --list"),
        (("review", "mid-50", "ALLY", "--noun", "quote", "--coder", "ben"), "--noun goes with a KEY alone"),
    ],
)
@pytest.mark.usefixtures("file")
def test_what_cannot_be_signed_is_refused_in_a_sentence(
    run: Run, line: tuple[str, ...], sentence: str
) -> None:
    result = run(*line)
    assert result.code in (1, 2)
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_a_key_of_several_records_asks_which(run: Run, file: Ledger) -> None:
    with file.write() as session:
        records.rename(session, "quote", records.find(session, "quote", "q1"), "t1")
    assert run("review", "t1", "--coder", "ben").stderr == (
        "Error: 't1' is a test and a quote; say which with --noun test or --noun quote.\n"
    )
    assert run("review", "t1", "--noun", "quote", "--coder", "ben").stderr.startswith("ben signed quote t1")
    # The key that a quote once had leads to it still.
    assert run("review", "q1", "--coder", "ben").stderr.startswith(
        "ben signed quote t1 as confirmed, in place of"
    )


def test_what_was_retired_is_signed_no_more(run: Run, file: Ledger) -> None:
    run("review", "t2", "--coder", "ben")
    with file.write() as session:
        records.retire(session, records.find(session, "test", "t2"))
    assert "test t2 was retired, and is signed no more" in run("review", "t2", "--coder", "ben").stderr
    assert listed(run) == []
    with file.write() as session:
        records.retire(session, records.find(session, "decision", "d1"))
    assert run("review", "d1", "--coder", "ben").stderr == (
        "Error: decision d1 was retired, and is signed no more; decide again with 'evidence code'.\n"
    )


def test_signatures_of_one_record_are_listed_by_any_key_that_it_had(run: Run, file: Ledger) -> None:
    for key in ("mid-50", "d1", "q1"):
        assert run("review", key, "--coder", "ben").code == 0
    with file.write() as session:
        records.rename(session, "case", records.find(session, "case", "mid-50"), "strait")
    assert [one["key"] for one in listed(run, "mid-50")] == ["strait", "d1"]
    assert [one["key"] for one in listed(run, "strait", "ALLY")] == ["d1"]
    assert listed(run, "strait", "INV") == []
    assert "Nobody has signed t1 yet." in run("review", "--list", "t1").stderr
    assert run("review", "--list", "stratt").stderr == (
        "Error: There is no case, decision, test or quote 'stratt' in this study. Did you mean strait?\n"
    )


def test_codes_of_several_coders_are_signed_by_their_own_key(run: Run, file: Ledger) -> None:
    with file.write() as session:
        other = {
            "key": "d9", "case": "mid-50", "variable": "ALLY", "value": "1", "rationale": "Otherwise.", "coder": "cyd",
            "override_reason": "There is no rule.", "counter_evidence": "None.",
        }  # fmt: skip
        records.add(session, "decision", other)
    assert run("review", "mid-50", "ALLY", "--coder", "ben").stderr == (
        "Error: mid-50 has several codes on ALLY; name the one that you sign: d1 or d9.\n"
    )
    assert run("review", "d9", "--coder", "ben").code == 0


@pytest.mark.usefixtures("file")
def test_a_folder_carries_signatures_and_a_typed_fingerprint_is_only_suspect(
    run: Run, ok: Callable[..., str], tmp_path: Path
) -> None:
    ok("review", "mid-50", "--coder", "ben")
    ok("study", "write", "text")
    reviews = tmp_path / "text" / "reviews.yaml"
    assert "fingerprint:" in reviews.read_text("utf-8")
    other = ("--ledger", "other.db")
    ok(*other, "study", "read", "text")
    (there,) = json.loads(ok(*other, "review", "--list", "--json"))
    (here,) = listed(run)
    assert there == here
    assert there["state"] == "holds"
    typed = reviews.read_text("utf-8") + (
        f"- noun: decision\n  subject: d1\n  coder: cyd\n  verdict: confirmed\n  fingerprint: {'ab' * 32}\n"
        "  reviewed_at: 2026-11-23T10:00:00Z\n"
    )
    reviews.write_text(typed, "utf-8")
    ok("study", "read", "text")
    assert [(one["key"], one["state"]) for one in listed(run)] == [("mid-50", "holds"), ("d1", "suspect")]


@pytest.mark.usefixtures("file")
def test_a_signature_of_no_noun_is_refused_with_its_place(
    run: Run, ok: Callable[..., str], tmp_path: Path
) -> None:
    ok("review", "mid-50", "--coder", "ben")
    ok("study", "write", "text")
    reviews = tmp_path / "text" / "reviews.yaml"
    for noun in ("banana", "source"):
        reviews.write_text(reviews.read_text("utf-8").replace("noun: case", f"noun: {noun}"), "utf-8")
        result = run("--ledger", "other.db", "study", "read", "text")
        assert result.code == 1, result
        assert "reviews.yaml" in result.stderr


@pytest.mark.usefixtures("file")
def test_signatures_are_listed_as_they_were(run: Run) -> None:
    run("review", "mid-50", "--coder", "ben")
    signed = json.loads(run("history", "show", "--json").stdout)
    revision = str(max(one["number"] for one in signed))
    assert run("quote", "edit", "q1", "--note", "A slip.").code == 0
    run("review", "mid-50", "--coder", "ben", "--verdict", "disputed")
    (then,), (now,) = listed(run, "--as-of", revision), listed(run)
    assert (then["verdict"], then["state"], then["earlier"]) == ("confirmed", "holds", 0)
    assert (now["verdict"], now["state"], now["earlier"]) == ("disputed", "holds", 1)
    before = str(int(revision) - 1)
    assert listed(run, "--as-of", before) == []
    wrong = run("review", "mid-50", "--as-of", revision)
    assert wrong.code == 2
    assert "--as-of goes with --list" in wrong.stderr
