"""why as it is typed: a summary on one screen, then the chain; as JSON, as a page, as of the past."""

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


def _flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.usefixtures("strait")
def test_the_summary_comes_first_and_fits_a_screen(ok: Ok) -> None:
    brief = ok("why", "mid-50", "--brief")
    assert len(brief.splitlines()) <= 24
    said = _flat(brief)
    for words in (
        "ALLY 2 featured confidence medium",
        "mid-50.ALLY.2: ada, 2026-05-02, open, scheme version 1; the rule gives 2",
        "because Reason 2.",
        "rests on passed: t1 straw in the wind +9.0 dB",
        "against The President doubted it. Weighed against it: o2.",
        "change ALLY 2 rests on",
        "state nobody has signed it; contested: rand gives 0; 1 earlier code; 1 search that found nothing",
        "evidence check --case mid-50",
    ):
        assert words in said, words
    assert ok("why", "mid-50").startswith(brief.rstrip("\n"))


@pytest.mark.usefixtures("strait")
def test_the_chain_follows_and_shows_nothing_twice(ok: Ok) -> None:
    whole = ok("why", "mid-50")
    said = _flat(whole)
    for words in (
        "rule row 1: featured yes → 2",
        "What would have made it different",
        "mid-50.t1 straw in the wind: passed, a priori (P 0.8 against 0.1;",
        "declared straw in the wind, implied smoking gun (T=4.5); +9.0 dB)",
        "means mid-50.h1 stays in the running; not confirmed; mid-50.h2 slightly weakened",
        "its absence is a smoking gun that mid-50.h2 passes",
        "an irreversible claim (P of 0 or 1)",
        "[Look at Taiwan]",
        "Source criticism: motive: To tell his chief.",
        "History ALLY 1 ada, 2026-05-01, open: Reason 1.",
        "Other coders ALLY 0 rand, 2026-05-03, published elsewhere: Reason 3.",
        "mid-50.h1 Allies mattered. (supports ALLY 2)",
    ):
        assert words in said, words
    assert whole.count("mid-50.h1: Allies mattered.") == 1
    assert whole.count("看台灣") == 1
    assert "mid-50.o2, as above" in whole


def test_reviews_and_what_changed_since_are_said(strait: Ledger, ok: Ok) -> None:
    ok("review", "mid-50", "--coder", "rand", "--verdict", "disputed", "--note", "One memo is not enough.")
    assert "disputed by rand" in _flat(ok("why", "mid-50", "--brief"))
    with strait.write() as session:
        records.edit(
            session, "observation", records.find(session, "observation", "mid-50.o1"), {"speaker": "H"}
        )
    said = _flat(ok("why", "mid-50"))
    assert "case mid-50 disputed; suspect. One memo is not enough." in said
    assert "suspect: something beneath it changed since it was decided" in said
    assert "disputed by rand" in said


def test_json_has_all_of_it_and_no_number_that_json_lacks(strait: Ledger, ok: Ok) -> None:
    text = ok("why", "mid-50", "--json")
    answer = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    own, published = answer["codes"]
    assert (own["value"], own["contested"], published["round"]) == (
        "2",
        ["rand gives 0"],
        "published elsewhere",
    )
    (hoop,) = [test for test in answer["other_tests"] if test["key"] == "mid-50.t2"]
    assert hoop["weight"] == "-inf"
    assert own["robustness"]["stands"] is True
    assert own["would_change"]
    before = len(strait.entries())
    with strait.write() as session:
        records.edit(session, "test", records.find(session, "test", "mid-50.t1"), {"p_rival": 0.5})
    past = json.loads(ok("why", "mid-50", "--json", "--as-of", str(before)))
    assert past["codes"] == answer["codes"]


@pytest.mark.usefixtures("strait")
def test_a_page_of_it(ok: Ok, run: Run, tmp_path: Path) -> None:
    ok("why", "mid-50", "--html", "why.html")
    text = (tmp_path / "why.html").read_text("utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "What would have made it different" in text
    (tmp_path / "mine.html").write_text("mine", encoding="utf-8")
    refused = run("why", "mid-50", "--html", "mine.html")
    assert (refused.code, refused.stdout) == (1, "")
    assert "was not written by this program" in refused.stderr
