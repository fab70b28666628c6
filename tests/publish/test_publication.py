"""The overview of the evidence, what changed since a release, and readers' challenges, as pages show them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from evidence.audit.census import census
from evidence.ledger import records
from tests.audit.signed import build
from tests.cli.asking import Do
from tests.kit import Ledger, Run
from tests.publish.reader import Page

HOSTILE = "<script>alert(1)</script> & “so”"


@pytest.fixture
def file(ledger_url: str) -> Ledger:
    """The small study, on either engine."""
    made = Ledger(ledger_url)
    made.found()
    build(made)
    return made


@pytest.fixture
def go(file: Ledger, run: Run) -> Do:
    """Run a command on the small study."""

    def call(*line: str) -> str:
        result = run("--ledger", file.url, *line)
        assert result.code == 0, result
        return result.stdout + result.stderr

    return call


def page(folder: Path, name: str) -> Page:
    found = Page((folder / name).read_text("utf-8"))
    assert not found.wrong
    assert len(found.ids) == len(set(found.ids))
    return found


def said(found: Page) -> str:
    return " ".join(found.text.split())


def challenge(folder: Path, noun: str, key: str, reason: str) -> str:
    value = {
        "id": f"urn:{noun}:{key}", "type": "Annotation", "motivation": "questioning", "body": {"value": reason},
        "creator": {"name": HOSTILE}, "target": f"urn:evidence:entangled:{noun}:{key}",
    }  # fmt: skip
    (folder / f"{key}.jsonld").write_text(json.dumps(value), encoding="utf-8")
    return f"{key}.jsonld"


def test_the_overview_counts_what_the_ledger_has(go: Do, file: Ledger, tmp_path: Path) -> None:
    go("render", "appendix")
    text = said(page(tmp_path / "appendix", "overview.html"))
    with file.read() as (connection, study):
        has = census(connection, study)
    quotes = file.value("SELECT count(*) FROM quote WHERE retired_at IS NULL")
    assert has.quotes == quotes == sum(number for _, number in has.lengths)
    assert has.sources == file.value("SELECT count(*) FROM source WHERE retired_at IS NULL")
    assert f"There are {has.sources} sources" in text
    assert f"{quotes} quotes come from {has.quoted} of them" in text
    for head in ("Data generation", "Data analysis", "Logic of annotation"):
        assert head in text
    assert "the author has added no words of their own" in text
    assert "changes.html" not in (tmp_path / "appendix/index.html").read_text("utf-8")
    assert not (tmp_path / "appendix/changes.html").exists()


def test_the_authors_words_stand_where_they_belong(go: Do, tmp_path: Path) -> None:
    own = f"First {HOSTILE}.\n\n## Data analysis\n\nRead *twice*.\n\n## logic of annotations\n\nBy hand.\n\n### A further head\n\nMore."
    go("study", "edit", "--overview", own)
    go("render", "appendix")
    html = (tmp_path / "appendix/overview.html").read_text("utf-8")
    text = said(Page(html))
    assert html.count("In the author’s words</p>") == 3
    assert "<script>alert" not in html
    assert "Read <em>twice</em>." in html
    first, generation, analysis, logic, further = (
        text.index(words)
        for words in ("First <script>", "Data generation", "Read twice.", "By hand.", "A further head")
    )
    assert first < generation < analysis < logic < further
    go("study", "write", "text")
    assert "Read *twice*." in (tmp_path / "text/study.yaml").read_text("utf-8")


def test_an_extract_has_no_overview(go: Do, tmp_path: Path) -> None:
    go("render", "appendix", "--case", "mid-50")
    assert not (tmp_path / "appendix/overview.html").exists()
    assert "overview.html" not in (tmp_path / "appendix/index.html").read_text("utf-8")


def test_the_page_of_changes_tells_codes_then_the_rest(go: Do, file: Ledger, tmp_path: Path) -> None:
    go("release", "1.0", "--note", HOSTILE)
    go("render", "appendix")
    assert "Nothing that a reader would see has changed." in said(page(tmp_path / "appendix", "changes.html"))
    with file.write("worded better") as session:
        quote = records.find(session, "quote", "q2")
        records.edit(session, "quote", quote, {"note": f"Said {HOSTILE}."})
        records.add(
            session,
            "decision",
            {
                "key": "d9", "case": "mid-50", "variable": "ALLY", "value": "1", "coder": "ben", "supersedes": "d1",
                "rationale": HOSTILE, "override_reason": "It decides.", "counter_evidence": "None.",
            },
        )  # fmt: skip
    go("release", "1.1", "--output", "b")
    with file.write("written anew") as session:
        case = records.find(session, "case", "mid-50")
        records.edit(session, "case", case, {"narrative": "It was so."})
    go("render", "appendix")
    found = page(tmp_path / "appendix", "changes.html")
    now, _, before = said(found).partition("From release 1.0 to 1.1")
    assert "Since release 1.1" in now
    assert "narrative" in now
    assert "q2" not in now
    assert re.search(r"ALLY\s*2\s*1\s*Ben, \d{4}-\d\d-\d\d", before)
    assert HOSTILE in before
    assert "q2" in before
    assert "cases/mid-50.html" in found.links
    # In the release's own folder the page says what changed since the one before.
    released = said(page(tmp_path / "b/site", "changes.html"))
    assert "Since release 1.0" in released
    assert "1.1" not in released.partition("Since release 1.0")[2]


def test_pages_show_challenges_and_answers(go: Do, tmp_path: Path) -> None:
    files = [
        challenge(tmp_path, noun, key, HOSTILE)
        for noun, key in (("quote", "q1"), ("decision", "d1"), ("source", "memo"))
    ]
    go("import", "challenge", *files)
    go(
        "challenge",
        "answer",
        "d1.c1",
        "--verdict",
        "partly",
        "--answer",
        f"In part {HOSTILE}.",
        "--by",
        "ada",
    )
    go("render", "appendix")
    case = said(page(tmp_path / "appendix", "cases/mid-50.html"))
    assert f"{HOSTILE} asks about code d1" in case
    assert "Upheld in part by Ada" in case
    assert "asks about quote q1" in case
    assert case.count("Not answered yet.") == 1
    source = said(page(tmp_path / "appendix", "sources/memo.html"))
    assert "asks about source memo" in source
    assert "asks about quote q1" in source
    assert "code d1" not in source
    single = go("render", "appendix", "--single-file", "--output", "one.html")
    assert "1 page is in one.html" in single
    assert "Upheld in part by Ada" in said(page(tmp_path, "one.html"))


def test_numbers_of_a_study_take_no_more_statements_as_it_grows(file: Ledger) -> None:
    def asked() -> int:
        statements: list[Any] = []
        with file.read() as (connection, study):
            event.listen(connection.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
            census(connection, study)
        return len(statements)

    before = asked()
    with file.write("more") as session:
        for number in range(30):
            quote = {"key": f"more.{number}", "source": "memo", "words": "He said that the islands"}
            records.add(session, "quote", quote)
    assert asked() == before
