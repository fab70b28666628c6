"""Narratives through the real command: laid out, written, refused with nothing lost, counted."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

from tests.cli.asking import Do
from tests.kit import Ledger, Run, work_a_case

_NARRATIVE = "SELECT narrative FROM \"case\" WHERE key = 'mid-50'"


@pytest.fixture
def ledger(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger with a case, and a test that is not resolved."""
    made = Ledger(sqlite_url)
    made.found()
    with made.write() as session:
        work_a_case(session)
    monkeypatch.setenv("EVIDENCE_LEDGER", sqlite_url)
    return made


def _editor(tmp_path: Path, words: str) -> str:
    """Return an editor that writes these words over what it is given."""
    script = tmp_path / "editor.py"
    script.write_text(
        f"import sys, pathlib; pathlib.Path(sys.argv[1]).write_text({words!r}, encoding='utf-8')\n"
    )
    return shlex.join([sys.executable, str(script)])


def test_a_draft_is_printed_written_to_a_file_or_kept(
    ledger: Ledger, run: Run, do: Do, tmp_path: Path
) -> None:
    first = run("narrative", "draft", "mid-50")
    assert first.code == 0, first
    printed = first.stdout
    assert printed.startswith("> **Draft**, laid out from the ledger")
    assert "[@memo.1]" in printed
    assert ledger.value(_NARRATIVE) == ""
    revisions = len(ledger.entries())
    do("narrative", "draft", "mid-50", "--output", "a.md")
    assert (tmp_path / "a.md").read_text("utf-8") == printed
    assert "a.md is there already" in do("narrative", "draft", "mid-50", "--output", "a.md", refused=True)
    assert len(ledger.entries()) == revisions
    do("narrative", "draft", "mid-50", "--write", "-m", "laid out")
    assert ledger.value(_NARRATIVE) == printed.rstrip("\n")
    assert [entry.message for entry in ledger.entries()][revisions:] == ["laid out"]
    assert run("narrative", "show", "mid-50").stdout == printed
    found = run(
        "check",
        "draft-narrative",
        "misquoted-in-narrative",
        "claim-without-note",
        "citation-that-leads-nowhere",
    )
    assert found.code == 3
    assert "1 finding by 1 of 4 rules" in found.stderr
    assert "has a narrative already" in do("narrative", "draft", "mid-50", "--write", refused=True)
    assert len(ledger.entries()) == revisions + 1
    assert run("narrative", "draft", "mid-50", "--as-of", "1").code == 1  # the case was not there


def test_a_narrative_is_taken_from_a_file_with_its_front_matter(
    ledger: Ledger, do: Do, tmp_path: Path
) -> None:
    (tmp_path / "n.md").write_text(
        "---\nkey: mid-50\n---\n\nIt was so [@memo.1].\n\nYes.\n", encoding="utf-8"
    )
    assert "Changed the narrative of mid-50." in do("narrative", "edit", "mid-50", "--file", "n.md")
    assert ledger.value(_NARRATIVE) == "It was so [@memo.1].\n\nYes."
    assert "Nothing changed" in do("narrative", "edit", "mid-50", "--file", "n.md")
    do("narrative", "edit", "mid-50", "--file", "-", stdin="It was [@memo, 3].\n")
    assert ledger.value(_NARRATIVE) == "It was [@memo, 3]."


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("One.\n\nTwo [@memo.2].\n", "The narrative cites 'memo.2', which is no quote or source of this study. Did you mean memo.1"),
        ("One.\n\nTwo [@memo.1 p. 3].\n", "holds '[@memo.1 p. 3]', which is no citation"),
    ],
)  # fmt: skip
def test_a_citation_that_leads_nowhere_is_refused_and_nothing_is_lost(
    ledger: Ledger, do: Do, tmp_path: Path, words: str, says: str
) -> None:
    revisions = len(ledger.entries())
    (tmp_path / "n.md").write_text(f"---\nkey: mid-50\n---\n{words}", encoding="utf-8")
    refused = do("narrative", "edit", "mid-50", "--file", "n.md", refused=True)
    assert "Error: n.md, line 6: " in refused
    assert says in refused
    refused = do("narrative", "edit", "mid-50", EDITOR=_editor(tmp_path, words), refused=True)
    assert "Error: line 3: " in refused
    assert "What you wrote is kept in" in refused
    assert (tmp_path / "mid-50.narrative.md").read_text("utf-8") == words
    do("narrative", "edit", "mid-50", "--file", "-", stdin=words, refused=True)
    assert (tmp_path / "mid-50.narrative-1.md").read_text("utf-8") == words
    assert ledger.value(_NARRATIVE) == ""
    assert len(ledger.entries()) == revisions


def test_an_editor_opens_what_is_there(ledger: Ledger, do: Do, tmp_path: Path) -> None:
    do("narrative", "edit", "mid-50", EDITOR=_editor(tmp_path, "It was so [@memo.1].\n"))
    assert ledger.value(_NARRATIVE) == "It was so [@memo.1]."
    assert "left without saving" in do("narrative", "edit", "mid-50", EDITOR="true", refused=True)
    assert ledger.findings() == []


def test_what_an_editor_saves_is_never_lost(ledger: Ledger, do: Do, tmp_path: Path) -> None:
    do("narrative", "edit", "mid-50", "--file", "-", stdin="It was so [@memo.1].\n")
    script = tmp_path / "old.py"
    script.write_text(
        "import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes('Le caf\u00e9 [@memo.1].'.encode('latin-1'))",
        encoding="utf-8",
    )
    told = do("narrative", "edit", "mid-50", EDITOR=shlex.join([sys.executable, str(script)]), refused=True)
    assert "is not UTF-8 text; it is kept in mid-50.narrative.md" in " ".join(told.split())
    assert (tmp_path / "mid-50.narrative.md").read_bytes() == "Le caf\u00e9 [@memo.1].".encode("latin-1")
    assert "left no file behind" in do("narrative", "edit", "mid-50", EDITOR="rm", refused=True)
    words = "\ufeff---\r\nkey: mid-50\r\n---\r\n\r\nYes [@memo.1].\r\n"
    script.write_text(
        f"import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes({words.encode()!r})", encoding="utf-8"
    )
    do("narrative", "edit", "mid-50", EDITOR=shlex.join([sys.executable, str(script)]))
    assert ledger.value(_NARRATIVE) == "Yes [@memo.1]."


def test_a_pipe_that_brings_nothing_wipes_nothing_out(ledger: Ledger, do: Do, tmp_path: Path) -> None:
    do("narrative", "edit", "mid-50", "--file", "-", stdin="It was so [@memo.1].\n")
    (tmp_path / "empty.md").write_text("\n \n", encoding="utf-8")
    for file in ("-", "empty.md"):
        told = do("narrative", "edit", "mid-50", "--file", file, stdin="", refused=True)
        assert "There is no word in it" in told
        assert "is kept in" not in told
    assert ledger.value(_NARRATIVE) == "It was so [@memo.1]."
    do("case", "edit", "mid-50", "--narrative", "")
    assert ledger.value(_NARRATIVE) == ""


def test_a_key_that_moved_still_leads_there(ledger: Ledger, do: Do) -> None:
    do("quote", "rename", "memo.1", "memo.9")
    do("narrative", "edit", "mid-50", "--file", "-", stdin="It was so [@memo.1; @memo.9].")
    (row,) = json.loads(do("narrative", "count", "--json"))
    assert (row["quotes"], row["notes"]) == (1, 2)
    do("source", "rename", "memo", "letter")
    do("narrative", "edit", "mid-50", "--file", "-", stdin="It was so [@memo, 3].")
    assert ledger.value(_NARRATIVE) == "It was so [@memo, 3]."


def test_words_are_counted(ledger: Ledger, do: Do, run: Run) -> None:  # noqa: ARG001
    assert "There is no narrative yet." in do("narrative", "count")
    assert "has no narrative; 'evidence narrative draft mid-50'" in do("narrative", "show", "mid-50")
    do("narrative", "edit", "mid-50", "--file", "-", stdin="He said “a b c d” [@memo.1]. Then 金門 fell.")
    counted = do("narrative", "count")
    assert (
        counted.splitlines()[0].split()
        == "CASE WORDS SENTENCES NOTES QUOTES QUOTED WITHOUT NOTE TITLE".split()
    )
    assert counted.splitlines()[1].split() == ["mid-50", "10", "2", "1", "1", "4", "6", "Taiwan", "Strait"]
    assert "1 narrative, 10 words." in counted
    (row,) = json.loads(run("narrative", "count", "mid-50", "--json").stdout)
    assert row == {
        "case": "mid-50", "title": "Taiwan Strait", "draft": False, "words": 10, "sentences": 2, "notes": 1, "quotes": 1,
        "quoted_words": 4, "longest_without_note": 6,
    }  # fmt: skip
    assert "There is no case 'mid-51'" in do("narrative", "count", "mid-51", refused=True)


def test_the_study_says_where_notes_must_stand(ledger: Ledger, do: Do, run: Run) -> None:  # noqa: ARG001
    do("case", "edit", "mid-50", "--status", "deep")
    do(
        "narrative",
        "edit",
        "mid-50",
        "--file",
        "-",
        stdin="Then Dulles left for Taipei. He came back [@memo.1].",
    )
    assert run("check", "claim-without-note").code == 0
    refused = do("study", "edit", "--checks", '{"notes": "word"}', refused=True)
    assert "'word' is not where notes can be asked for; write paragraph or sentence." in refused
    do("study", "edit", "--checks", '{"notes": "sentence"}')
    found = run("check", "claim-without-note")
    assert (found.code, "“Then Dulles left for Taipei.” (line 1)" in found.stdout) == (3, True)


def test_a_misquotation_is_named_when_it_is_written(ledger: Ledger, do: Do, tmp_path: Path) -> None:
    (tmp_path / "n.md").write_text(
        "---\nkey: mid-50\n---\n\nHe spoke of “the island” [@memo.1].\n", encoding="utf-8"
    )
    said = do("narrative", "edit", "mid-50", "--file", "n.md")
    assert "Changed the narrative of mid-50." in said
    assert "Line 5: “the island” [@memo.1] differs from it: the [island] → [islands]." in said
    assert ledger.value(_NARRATIVE) == "He spoke of “the island” [@memo.1]."
    said = do(
        "narrative",
        "edit",
        "mid-50",
        "--file",
        "-",
        stdin="He said that “the islands” … were safe [@memo.1].",
    )
    assert "Line" not in said


def test_check_finds_a_misquotation_between_whatever_marks(ledger: Ledger, do: Do, run: Run) -> None:  # noqa: ARG001
    for words in (
        "‚never was so said‘",
        "‹never was so said›",
        "&ldquo;never was so said&rdquo;",
        '“never was so said"',
    ):
        told = do("narrative", "edit", "mid-50", "--file", "-", stdin=f"He said {words} [@memo.1].\n")
        assert "Line 1: “never was so said” [@memo.1]" in told
        found = run("check", "misquoted-in-narrative")
        assert found.code == 3, words
        assert "in line 1, “never was so said” [@memo.1]" in " ".join(found.stdout.split())
