"""audit as it is typed: a document on one case, the study in numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.ledger import records
from tests.kit import Ledger, Run
from tests.publish.strait import add_cases, deep_case, found

Ok = Callable[..., str]


@pytest.fixture
def strait(sqlite_url: str) -> Ledger:
    """A study of two cases, one of them process-traced."""
    ledger = found(sqlite_url)
    add_cases(ledger, range(50, 52))
    deep_case(ledger)
    return ledger


def test_the_document_is_written_and_again_only_if_it_changed(
    strait: Ledger, run: Run, tmp_path: Path
) -> None:
    first = run("audit", "mid-50")
    assert (first.code, first.stdout) == (0, "")
    assert "The audit of mid-50 is in audit-mid-50.html; open it" in first.stderr
    text = (tmp_path / "audit-mid-50.html").read_bytes()
    assert "as it was" in run("audit", "mid-50").stderr
    number = str(len(strait.entries()))
    with strait.write() as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Another"})
    assert run("audit", "mid-50", "-o", "then.html", "--as-of", number).code == 0
    assert (tmp_path / "then.html").read_bytes() == text
    assert run("audit", "mid-50", "-o", "now.html").code == 0
    assert b"title Case 50 \xe2\x86\x92 Another" in (tmp_path / "now.html").read_bytes()


@pytest.mark.usefixtures("strait")
def test_json_of_one_case(ok: Ok) -> None:
    answer = json.loads(ok("audit", "mid-50", "--json"))
    assert answer["study"] == {"key": "strait", "title": "Alliances & disputes"}
    assert answer["why"]["case"] == "mid-50"
    assert [step["number"] for step in answer["history"]] == [2, 3, 4]
    assert answer["rules"] > 30
    assert {one["rule"] for one in answer["findings"]}
    assert answer["reasoned"][0]["robust"]["code"] == "mid-50.ALLY.2"


@pytest.mark.usefixtures("strait")
def test_the_study_in_numbers(ok: Ok) -> None:
    said = " ".join(ok("audit").split())
    assert "Cases 2 cases: process-traced 1, screened 1" in said
    assert "1 code of the study's own, 1 with a test that came out for them." in said
    assert "1 of 1 (100%) rest on one source alone: mid-50.ALLY.2 (memo)" in said
    assert "hoop: failed 1" in said
    assert json.loads(ok("audit", "--json"))["cases"] == 2


@pytest.mark.usefixtures("strait")
def test_what_cannot_be_is_said_in_a_sentence(run: Run) -> None:
    missing = run("audit", "mid-5")
    assert (missing.code, missing.stdout) == (1, "")
    assert "Did you mean mid-51 or mid-50?" in missing.stderr
    assert run("audit", "-o", "x.html").code == 2
