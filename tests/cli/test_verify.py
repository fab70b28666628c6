"""verify and quote add, as a user types them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import Ledger, Run

_MEMO = "He did not think that the islands mattered.\fThe “alliance” did: he said so. He said so again, he said so."


@pytest.fixture
def memo(ok: Callable[..., str], tmp_path: Path) -> Ledger:
    """A study with one source whose text is held, and one quote."""
    (tmp_path / "memo.txt").write_text(_MEMO, encoding="utf-8")
    ok("init", "--study", "s", "--title", "S")
    ok("source", "add", "memo", "--title", "Memorandum", "--tier", "primary")
    ok("text", "add", "memo", "--file", "memo.txt", "--edition", "1986", "--first-page", "64")
    ok("quote", "add", "--words", "did not think that the islands")
    return Ledger(f"sqlite:///{tmp_path / 'evidence.db'}", "s")


def test_every_quote_is_verified_and_what_changed_is_said(run: Run, memo: Ledger, tmp_path: Path) -> None:
    typed = run("quote", "add", "--words", '"alliance" did')
    assert "Added quote memo.2 (typographic, page 65)." in typed.stderr
    well = run("verify")
    assert (well.code, well.stdout) == (0, "")
    assert "2 quotes: 1 exact, 1 typographic." in well.stderr
    revisions = len(memo.entries())
    (tmp_path / "new.txt").write_text(_MEMO.replace("did not think", "did think"), encoding="utf-8")
    memo_again = run("text", "add", "memo", "--file", "new.txt", "--edition", "2024", "--first-page", "64")
    assert memo_again.code == 0
    revised = run("verify", "--dry-run", "--json")
    assert revised.code == 3
    rows = {row["quote"]: row for row in json.loads(revised.stdout)}
    assert rows["memo.1"]["state"] == "not found"
    assert (rows["memo.2"]["state"], rows["memo.2"]["part"], rows["memo.2"]["page"]) == (
        "typographic",
        "body",
        "65",
    )
    said = run("verify", "--failed")
    assert said.code == 3
    assert "memo.1: " in said.stdout
    assert "memo.2" not in said.stdout
    assert "[not] → []" in said.stdout.replace("\n    ", " ")
    assert "1 not found" in said.stderr
    assert memo.value("SELECT state FROM quote WHERE key = 'memo.1'") == "not found"
    settled = len(memo.entries())
    assert settled > revisions
    assert run("verify").code == 3
    assert len(memo.entries()) == settled
    assert memo.findings() == []


def test_what_was_found_travels_with_the_study_s_text(
    ok: Callable[..., str], memo: Ledger, tmp_path: Path
) -> None:
    columns = "state || text_start || verified_sha256 || verified_edition || verified_at || locator"
    query = f"SELECT {columns} FROM quote"
    before = memo.value(query)
    ok("study", "write", "folder")
    ok("--ledger", "other.db", "study", "read", "folder")
    other = Ledger(f"sqlite:///{tmp_path / 'other.db'}", "s")
    assert other.value(query) == before
    assert other.value("SELECT content FROM text") is None, "rights do not allow the words to travel"
    assert "memo.1: no text held" in ok("--ledger", "other.db", "verify", "--all")
    shown = json.loads(ok("--ledger", "other.db", "quote", "show", "memo.1", "--json"))
    assert (shown["state"], shown["verified_edition"]) == ("exact", "1986")


def test_a_manuscript_s_quotations_are_checked(run: Run, memo: Ledger, tmp_path: Path) -> None:
    with (tmp_path / "list.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                ["quote", "source"],
                ["did not think that the islands", "memo"],
                ["did think that the islands", ""],
                ['The "alliance" did', ""],
            ]
        )
    done = run("verify", "list.csv", "--json")
    assert done.code == 3
    rows = json.loads(done.stdout)
    assert [row["state"] for row in rows] == ["exact", "not found", "typographic"]
    assert rows[0]["quote"] == "did not think that the islands"
    assert (rows[0]["source"], rows[0]["part"], rows[0]["page"], rows[0]["key"]) == (
        "memo",
        "body",
        "64",
        "memo.1",
    )
    assert {"quoted": "", "text": "not"} in rows[1]["nearest"]["difference"]
    lines = run("verify", "list.csv")
    assert "list.csv, row 3: not found" in lines.stdout
    assert "did [] → [not] think" in lines.stdout.replace("\n    ", " ")
    assert "3 quotations: 1 exact, 1 typographic, 1 not found." in lines.stderr
    markdown = tmp_path / "chapter.md"
    markdown.write_text(
        "He wrote: “did not think that the islands mattered” [@memo, 64].\n", encoding="utf-8"
    )
    assert run("verify", "chapter.md").code == 0
    assert len(memo.entries()) == 4, "nothing is written"


def test_several_places_are_listed_and_one_is_chosen(run: Run, memo: Ledger) -> None:
    listed = run("quote", "add", "--source", "memo", "--words", "he said so")
    assert listed.code == 1
    assert "(1) on page 65" in listed.stderr
    assert "(2) on page 65" in listed.stderr
    assert run("quote", "add", "--source", "memo", "--words", "he said so", "--place", "2").code == 0
    assert memo.value("SELECT text_start FROM quote WHERE key = 'memo.2'") == _MEMO.rindex("he said so")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (("verify", "nothing.csv"), 1, "nothing.csv"),
        (("verify", "--source", "nix"), 1, "There is no source 'nix'"),
        (("verify", "--case", "nix"), 1, "There is no case 'nix'"),
        (("verify", "list.csv", "--dry-run"), 2, "not of a FILE's"),
        (("verify", "--all", "--failed"), 2, "exclude each other"),
        (("quote", "add", "--source", "memo"), 1, "needs its words"),
    ],
)
@pytest.mark.usefixtures("memo")
def test_what_is_typed_wrongly_gets_one_sentence(
    run: Run, line: tuple[str, ...], code: int, said: str
) -> None:
    done = run(*line)
    assert done.code == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_quotes_are_looked_for_while_another_writes(run: Run, memo: Ledger) -> None:
    with memo.write():  # holds the ledger's lock
        assert run("verify").code == 0
        assert run("verify", "--dry-run").code == 0
