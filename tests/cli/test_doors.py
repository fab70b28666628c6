"""Where the command line meets the world: files, editors, folders, names, and what is typed wrongly."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evidence.ledger.store import HEAD
from tests.kit import ROOT, Ledger, Result, Run

Say = Callable[..., str]
_VERSION = (
    "version: '1'\nscale: nominal\nlevels:\n- {value: A, label: one}\n- {value: B, label: two}\n"
    "sub_judgements:\n- key: featured\n  values: [{value: 'yes'}, {value: 'no'}]\n"
    "rule:\n- {when: {featured: 'yes'}, code: A}\n"
)


@pytest.fixture
def say(run: Run, sqlite_url: str) -> Say:
    """Run a command on this test's ledger, and return what it printed on both streams."""

    def call(*line: str, **options: Any) -> str:
        result = run(*line, EVIDENCE_LEDGER=sqlite_url, **options)
        assert result.code == 0, result
        return result.stdout + result.stderr

    return call


@pytest.fixture
def refused(run: Run, sqlite_url: str) -> Say:
    """Run a command that must be refused in a sentence, and return the sentence."""

    def call(*line: str, code: int = 1, **options: Any) -> str:
        result = run(*line, **{"EVIDENCE_LEDGER": sqlite_url, **options})
        assert result.code == code, result
        assert "Traceback" not in result.stderr
        return result.stderr

    return call


@pytest.fixture
def begun(say: Say, tmp_path: Path) -> None:
    """A study with a case, a source, a coder, a scheme and a test."""
    (tmp_path / "v.yaml").write_text(_VERSION, encoding="utf-8")
    say("init", "--study", "strait")
    say("coder", "add", "ada", "--name", "Ada")
    say("variable", "add", "V", "--label", "V", "--version-file", "v.yaml")
    say("case", "add", "c1", "--title", "One")
    say("source", "add", "s1", "--title", "Memo", "--tier", "primary")
    say("hypothesis", "add", "h1", "--statement", "The treaty drew them in.")
    say("hypothesis", "add", "h2", "--statement", "Interest led them in.")
    say(
        "test", "declare", "t1", "--case", "c1", "--hypothesis", "h1", "--rival", "h2", "--kind", "hoop",
        "--prediction", "They name it.", "--if-false", "They do not.",
    )  # fmt: skip


def _code(*more: str, because: str = "b") -> tuple[str, ...]:
    return (
        "code",
        "c1",
        "V",
        "A",
        "--because",
        because,
        "--counter-evidence",
        "none",
        "--judge",
        "featured=yes",
        "--coder",
        "ada",
        *more,
    )


@pytest.mark.usefixtures("begun")
def test_long_texts_come_from_files_and_from_the_standard_input(
    say: Say, refused: Say, tmp_path: Path
) -> None:
    for name in ("words", "shows", "because", "note"):
        (tmp_path / f"{name}.txt").write_text(f"the {name}, as written", encoding="utf-8")
    bearing = ("--test", "t1", "--for", "--note", "@note.txt")
    say("log", "c1", "--source", "s1", "--words", "@words.txt", "--shows", "@shows.txt", *bearing)
    say(*_code("--counterfactual", "-", because="@because.txt"), stdin="without it, as written")
    say("test", "resolve", "t1", "passed", "--note", "@note.txt")
    for line, text in (
        (("quote", "show", "s1.1"), "the words, as written"),
        (("observation", "show", "c1.o1"), "the shows, as written"),
        (("decision", "show", "c1.V.1"), "the because, as written"),
        (("decision", "show", "c1.V.1"), "without it, as written"),
        (("test", "show", "t1"), "the note, as written"),
    ):
        assert text in say(*line)
    assert "nowhere.txt cannot be read" in refused(*_code(because="@nowhere.txt"))


def _editor(folder: Path, body: str) -> str:
    script = folder / "editor.py"
    script.write_text(f"import os, subprocess, sys, time\nfile = sys.argv[1]\n{body}", encoding="utf-8")
    return f"{sys.executable} {script}"


_WRITE = "time.sleep(0.1)\nopen(file, 'w').write('edited')\nos.utime(file, (1, 1))\n"


@pytest.mark.usefixtures("begun")
def test_an_open_editor_keeps_nobody_from_writing(say: Say, tmp_path: Path) -> None:
    other = [sys.executable, "-m", "evidence", "coder", "add", "bob", "--name", "Bob"]
    editor = _editor(tmp_path, f"subprocess.run({other!r}, check=True, timeout=60)\n{_WRITE}")
    say("hypothesis", "edit", "h1", "--in-editor", "statement", EDITOR=editor)
    assert "edited" in say("hypothesis", "show", "h1")
    assert "Bob" in say("coder", "list")


@pytest.mark.usefixtures("begun")
def test_what_changed_while_the_editor_was_open_is_not_overwritten(
    say: Say, run: Run, sqlite_url: str, tmp_path: Path
) -> None:
    other = [sys.executable, "-m", "evidence", "hypothesis", "edit", "h1", "--statement", "theirs"]
    editor = _editor(tmp_path, f"subprocess.run({other!r}, check=True, timeout=60)\n{_WRITE}")
    line = ("hypothesis", "edit", "h1", "--in-editor", "statement")
    result = run(*line, EVIDENCE_LEDGER=sqlite_url, EDITOR=editor)
    assert result.code == 1
    assert result.stdout == (
        "--- statement, as the ledger has it now ---\ntheirs\n--- statement, as you wrote it ---\nedited\n"
    )
    assert "Somebody changed statement" in result.stderr
    assert "theirs" in say("hypothesis", "show", "h1")


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A folder whose rights a test takes away, and which is given back."""
    folder = tmp_path / "outside"
    folder.mkdir()
    yield folder
    folder.chmod(0o755)


def _with_no_more_rights_than_a_user(*line: str, cwd: Path) -> Result:
    """Run the program as one whom the rights of files bind; they do not bind root."""
    bound = ["setpriv", "--inh-caps", "-all", "--bounding-set", "-dac_override,-dac_read_search"]
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root is bound by no rights, and there is no setpriv")
    done = subprocess.run(
        [*(bound if os.geteuid() == 0 else ()), sys.executable, "-B", "-m", "evidence", *line],
        cwd=cwd, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "EVIDENCE_AUTHOR": "N", "LC_ALL": "C.UTF-8"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Result(done.stdout, done.stderr, done.returncode)


@pytest.mark.usefixtures("begun")
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders are protected otherwise there")
def test_a_ledger_in_a_folder_that_is_read_only_can_be_read_and_not_written(
    sqlite_url: str, outside: Path
) -> None:
    file = outside / "a ledger?.db"
    shutil.copyfile(sqlite_url.removeprefix("sqlite:///"), file)
    file.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    outside.chmod(0o555)
    result = _with_no_more_rights_than_a_user("--ledger", file.name, "case", "show", "c1", cwd=outside)
    assert (result.code, "One" in result.stdout) == (0, True), result
    result = _with_no_more_rights_than_a_user(
        "--ledger", file.name, "coder", "add", "b", "--name", "B", cwd=outside
    )
    assert (result.code, result.stderr.count("\n")) == (1, 1), result
    result = _with_no_more_rights_than_a_user("--ledger", "new.db", "init", "--study", "s", cwd=outside)
    assert (result.code, "No ledger can be made at new.db" in result.stderr) == (1, True), result


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files are protected otherwise there")
def test_settings_that_cannot_be_read_are_named(outside: Path) -> None:
    (outside / "evidence.toml").write_text("study = 's'", encoding="utf-8")
    (outside / "evidence.toml").chmod(0)
    result = _with_no_more_rights_than_a_user("case", "list", cwd=outside)
    assert (result.code, "evidence.toml cannot be read" in result.stderr) == (1, True), result


@pytest.mark.usefixtures("begun")
def test_pages_that_are_taken_away_are_counted(say: Say) -> None:
    say("case", "add", "c2", "--title", "Two")
    for case in ("c1", "c2"):
        say(
            "code",
            case,
            "V",
            "--judge",
            "featured=yes",
            "--because",
            "b",
            "--counter-evidence",
            "none",
            "--coder",
            "ada",
        )
    assert "removed" not in say("render", "appendix", "--output", "a")
    assert "removed" in say("render", "appendix", "--output", "a", "--case", "c1")


@pytest.mark.parametrize(
    ("ledger", "said"),
    [
        ("postgresql://h:abc/db", "names no database"),
        ("postgresql://[::1/db", "names no database"),
        ("mysql://me:secret@h/db", "give a SQLite file or a postgresql:// URL"),
        ("oracle://h/db", "give a SQLite file or a postgresql:// URL"),
        ("plain.txt/x.db", "There is no ledger at plain.txt/x.db"),
    ],
)
def test_a_ledger_that_cannot_be_is_said_to_be_none(
    refused: Say, tmp_path: Path, ledger: str, said: str
) -> None:
    (tmp_path / "plain.txt").write_text("", encoding="utf-8")
    sentence = refused("--ledger", ledger, "case", "list")
    assert said in sentence
    assert "secret" not in sentence


def test_no_ledger_is_made_inside_a_file(refused: Say, tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("", encoding="utf-8")
    assert "No ledger can be made" in refused("--ledger", "plain.txt/x.db", "init", "--study", "s")


@pytest.mark.parametrize("line", [("case", "show", "\udcff"), ("--author", "\udcff", "case", "list")])
@pytest.mark.usefixtures("begun")
@pytest.mark.skipif(sys.platform == "win32", reason="a command line is text there")
def test_bytes_that_are_no_text_are_refused(refused: Say, line: tuple[str, ...]) -> None:
    assert "not UTF-8" in refused(*line, code=2)


@pytest.mark.usefixtures("begun")
def test_binary_input_is_refused(sqlite_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evidence", "quote", "add", "--source", "s1", "--words", "-"],
        env={**os.environ, "EVIDENCE_LEDGER": sqlite_url, "PYTHONPATH": str(ROOT)},
        input=b"\xff\xfe\x00", capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert b"The standard input cannot be read: it is not UTF-8" in done.stderr


@pytest.mark.usefixtures("begun")
def test_a_study_begins_once_and_a_wrong_one_makes_no_file(refused: Say, tmp_path: Path) -> None:
    assert "There is a study strait already in" in refused("init", "--study", "strait")
    refused("--ledger", "wrong.db", "init", "--study", "q", "--profile", "nope")
    assert not (tmp_path / "wrong.db").exists()


@pytest.mark.parametrize("name", ["what?.db", "100%41.db", "a#b.db", "a b+c.db"])
def test_the_file_named_is_the_file_made(run: Run, tmp_path: Path, name: str) -> None:
    made = run("--ledger", name, "init", "--study", "s")
    assert (made.code, name in made.stderr) == (0, True), made
    assert (tmp_path / name).is_file()
    assert run("--ledger", name, "case", "list").code == 0


@pytest.mark.usefixtures("begun")
def test_a_number_that_another_case_has_is_refused(say: Say, refused: Say) -> None:
    say("case", "add", "c2", "--title", "Two", "--alias", "COW MID:4.01:7")
    sentence = refused("case", "add", "c3", "--title", "Three", "--alias", "COW MID:4.01:7")
    assert "constraint" not in sentence
    assert "already" in sentence


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("observation", "list", "--case", "c9"), "There is no case 'c9'"),
        (("observation", "list", "--variable", "c9"), None),
        (("case", "list", "--status", "bogus"), "'bogus' is not a status"),
        (_code("--round", "bogus"), "'bogus' is not a round"),
        (_code("--judge", "featured=no"), "gives 'featured' twice"),
        (_code("--judge", "featured"), "lacks its '='"),
        (("case", "edit", "c1", "--attributes", "a=1", "--attributes", "a=2"), "gives 'a' twice"),
        (
            ("log", "c1", "--source", "s1", "--words", "w", "--shows", "s", "--for"),
            "name the test with --test",
        ),
        (("log", "c1", "--words", "w", "--shows", "s"), "give --source"),
        (("quote", "add", "--words", "w"), "--source"),
        (("quote", "add", "q", "--words", "w"), "name their source with --source"),
        (("--ledger", "none.db", "case", "list"), "There is no ledger at none.db"),
    ],
)
def test_what_is_typed_wrongly_is_refused_in_a_sentence(
    refused: Say, line: tuple[str, ...], said: str | None
) -> None:
    sentence = refused(*line, code=1 if said else 2)
    assert (said or "No such option") in sentence


@pytest.mark.usefixtures("begun")
def test_an_empty_list_says_of_what(say: Say) -> None:
    assert "There is no observation with case c1." in say("observation", "list", "--case", "c1")
    assert "There is no observation yet" in say("observation", "list")


@pytest.mark.usefixtures("begun")
def test_a_variable_without_a_version_cannot_be_coded(say: Say, refused: Say) -> None:
    say("variable", "add", "B", "--label", "B")
    line = ("code", "c1", "B", "A", "--because", "b", "--counter-evidence", "none", "--coder", "ada")
    assert "B has no version yet" in refused(*line)


@pytest.mark.usefixtures("begun")
def test_a_ledger_of_a_newer_program_is_said_to_be_one(refused: Say, run: Run, sqlite_url: str) -> None:
    Ledger(sqlite_url).behind_its_back("UPDATE alembic_version SET version_num = '9999'")
    assert "newer program" in refused("db", "upgrade")
    checked = run("db", "check", "--json", EVIDENCE_LEDGER=sqlite_url)
    assert checked.code == 3
    problem, *_ = json.loads(checked.stdout)
    assert "newer program" in problem
    assert "upgrade" not in problem
    assert HEAD in problem


@pytest.mark.usefixtures("begun")
def test_findings_are_there_for_programs(run: Run, sqlite_url: str) -> None:
    for line in (("db", "check", "--json"), ("history", "verify", "--json")):
        result = run(*line, EVIDENCE_LEDGER=sqlite_url)
        assert (result.code, json.loads(result.stdout)) == (0, [])
    Ledger(sqlite_url, "strait").behind_its_back("UPDATE \"case\" SET title = 'forged'")
    result = run("history", "verify", "--json", EVIDENCE_LEDGER=sqlite_url)
    assert result.code == 3
    assert all(set(finding) == {"rule", "subject", "message"} for finding in json.loads(result.stdout))


@pytest.mark.usefixtures("begun")
def test_a_merged_number_leads_to_the_case_that_it_was_merged_into(say: Say) -> None:
    say("case", "add", "m251", "--title", "Old", "--alias", "COW MID:4.01:251")
    say("case", "add", "m2929", "--title", "New", "--alias", "COW MID:4.3:251:true")
    said = say("why", "251")
    assert "m2929  New" in said
    assert "251 was merged into m2929 in COW MID 4.3." in said
    assert "m251  Old" in say("why", "4.01:251")


def test_a_value_without_an_end_is_not_quoted_in_full(run: Run, sqlite_url: str) -> None:
    Ledger(sqlite_url).found()
    done = run("case", "show", "a" * 5000)
    assert done.code == 1
    assert done.stderr.startswith("Error: There is no case 'aaaa")
    assert "…" in done.stderr
    assert len(done.stderr) < 200
