"""Field notes through the real command: files, a folder that is watched, and what is typed wrongly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.kit import ROOT, Ledger, Run, work_a_case

_NOTES = """\
---
title: Memorandum of discussion
date: 21 January 1955
---
> The islands were a symbol.
p. 3
=> Dulles called the islands a symbol
#t1+
"""


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    """A ledger with a case, and a test that is not resolved."""
    made = Ledger(sqlite_url)
    made.found()
    with made.write() as session:
        work_a_case(session)
    return made


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with one file of notes."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "day1.md").write_text(_NOTES, encoding="utf-8")
    return folder


def test_notes_are_logged_in_one_revision(ledger: Ledger, run: Run, notes: Path) -> None:
    before = len(ledger.entries())
    dry = run("log", "notes/day1.md", "--dry-run", EVIDENCE_LEDGER=ledger.url)
    assert (dry.code, "nothing was written" in dry.stderr, len(ledger.entries())) == (0, True, before)
    done = run("log", str(notes / "day1.md"), "-m", "Day one", EVIDENCE_LEDGER=ledger.url)
    assert done.stdout.splitlines() == dry.stdout.splitlines() == [
        "Added: source memorandum-discussion-1955-01-21",
        "Added: quote memorandum-discussion-1955-01-21.1 (no text held)",
        "Added: observation mid-50.o1",
        "Added: bearing mid-50.o1 → t1 (for)",
    ]  # fmt: skip
    assert done.stderr == "1 new quote (1 no text held), 1 new observation, 1 new bearing.\n"
    assert [entry.message for entry in ledger.entries()[before:]] == ["Day one"]
    again = run("log", "notes/day1.md", EVIDENCE_LEDGER=ledger.url)
    assert (again.stdout, again.stderr, len(ledger.entries())) == ("", "1 passage unchanged.\n", before + 1)
    assert ledger.findings() == []


def test_one_wrong_file_keeps_all_of_them_out(ledger: Ledger, run: Run, notes: Path) -> None:
    (notes / "day2.md").write_text(_NOTES.replace("#t1+", "#t2+"), encoding="utf-8")
    before = len(ledger.entries())
    wrong = run("log", "notes/day1.md", "notes/day2.md", EVIDENCE_LEDGER=ledger.url)
    assert (wrong.code, len(ledger.entries())) == (1, before)
    assert "notes/day2.md, line 5: #t2 is neither a case nor a test of this study. 'evidence" in wrong.stderr


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ((), 2, "Name a case, or a file of field notes."),
        (("nosuch.md",), 1, "nosuch.md: the notes cannot be read: No such file"),
        (("mid-50", "notes/day1.md"), 1, "mid-50 is no file of notes"),
        (("notes/day1.md", "--source", "memo"), 1, "--source is said in the notes themselves"),
        (("mid-50", "--dry-run"), 1, "--dry-run is for field notes"),
        (("notes",), 1, "notes is a folder; 'evidence log --watch notes --once' logs the notes in it."),
        (("--watch", "nosuch"), 1, "nosuch is not a folder"),
        (
            ("--watch", "notes", "notes/day1.md"),
            1,
            "--watch logs the notes in notes; leave out notes/day1.md",
        ),
        (("--watch", "notes", "--dry-run"), 1, "for a dry run name the files"),
        (("mid-50",), 1, "Evidence is logged with its source, its words and what they show; give --source."),
    ],
)
@pytest.mark.usefixtures("notes")
def test_what_belongs_together_is_said(
    ledger: Ledger, run: Run, line: tuple[str, ...], code: int, says: str
) -> None:
    result = run("log", *line, EVIDENCE_LEDGER=ledger.url)
    assert result.code == code
    assert says in result.stderr


def test_a_folder_is_logged_once(ledger: Ledger, run: Run, notes: Path) -> None:
    (notes / ".obsidian").mkdir()
    (notes / ".obsidian" / "hidden.md").write_text("no notes", encoding="utf-8")
    # day0 points to a source that day1 describes: it is tried again when that is there.
    (notes / "day0.md").write_text(
        "---\nsource: memorandum-discussion-1955-01-21\n---\n> Another passage.\n", encoding="utf-8"
    )
    done = run("log", "--watch", "notes", "--once", EVIDENCE_LEDGER=ledger.url)
    assert done.code == 0
    assert [entry.message for entry in ledger.entries()[-2:]] == [
        "evidence log notes/day1.md",
        "evidence log notes/day0.md",
    ]
    (notes / "wrong.md").write_text("> no source", encoding="utf-8")
    failed = run("log", "--watch", "notes", "--once", EVIDENCE_LEDGER=ledger.url)
    assert (failed.code, failed.stdout) == (1, "")
    assert "wrong.md, line 1: the notes begin without a source" in failed.stderr


@pytest.mark.skipif(os.name == "nt", reason="a process is ended by a signal")
def test_a_watched_folder_is_logged_as_it_is_saved(ledger: Ledger, notes: Path, tmp_path: Path) -> None:
    with _watching(ledger, tmp_path) as (process, said):
        _until(lambda: ledger.value("SELECT count(*) FROM quote") == 2, process)
        (notes / "day1.md").write_text(_NOTES.replace("a symbol.", "a symbol"), encoding="utf-8")
        edited = "SELECT count(*) FROM quote WHERE words = 'The islands were a symbol'"
        _until(lambda: ledger.value(edited) == 1, process)
        (notes / "day2.md").write_text("---\ntitle: B\n---\n> b\nc\n", encoding="utf-8")
        _until(lambda: "day2.md, line 5" in said.read_text("utf-8"), process)
        (notes / "day2.md").write_text("---\ntitle: B\n---\n> b\n\nc\n", encoding="utf-8")
        _until(lambda: ledger.value("SELECT count(*) FROM quote") == 3, process)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert "Traceback" not in said.read_text("utf-8")
    assert said.read_text("utf-8").endswith("Stopped watching; what was logged is kept.\n")
    assert ledger.findings() == []


@pytest.mark.skipif(os.name == "nt", reason="a process is ended by a signal")
def test_a_watch_that_is_told_to_end_ends_well(ledger: Ledger, notes: Path, tmp_path: Path) -> None:
    (notes / "day1.md").unlink()
    with _watching(ledger, tmp_path) as (process, said):
        _until(lambda: "Watching notes" in said.read_text("utf-8"), process)
        process.terminate()
        assert process.wait(60) == 0
    assert said.read_text("utf-8").endswith("Stopped watching; what was logged is kept.\n")


@contextmanager
def _watching(ledger: Ledger, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start a real process that watches, and give it with the file of what it says."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8",
        "EVIDENCE_LEDGER": ledger.url, "EVIDENCE_AUTHOR": "Tester",
    }  # fmt: skip
    said = folder / "said"
    # As a shell starts what is to run in the background: it is to ignore Ctrl-C.
    line = ["sh", "-c", """trap '' INT; exec "$@\"""", "sh"]
    line += [sys.executable, "-m", "evidence", "log", "--watch", "notes"]
    with said.open("w") as stream:
        process = subprocess.Popen(line, cwd=folder, env=environment, stdout=stream, stderr=stream)
        try:
            yield process, said
        finally:
            process.kill()
            process.wait(60)


def _until(done: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait until something is so, while the process goes on."""
    end = time.monotonic() + 60
    while not done():
        assert process.poll() is None, "the process ended by itself"
        assert time.monotonic() < end, "nothing came of it in a minute"
        time.sleep(0.1)
