"""Releases: a revision under a name, the same bytes wherever it is made, and what changed since."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evidence.ledger import records
from tests.audit.signed import build, filed
from tests.cli.asking import Do
from tests.kit import ROOT, Ledger


@pytest.fixture
def file(ledger_url: str) -> Ledger:
    """The small study, on either engine."""
    made = Ledger(ledger_url)
    made.found()
    build(made)
    return made


@pytest.fixture
def go(file: Ledger, do: Do) -> Do:
    """Run a command on the small study."""

    def call(*line: str, **options: Any) -> str:
        return do("--ledger", file.url, *line, **options)

    return call


def contents(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


def recode(ledger: Ledger, why: str = "The minutes say so.") -> None:
    """Give the case another code, in place of the one that it has."""
    with ledger.write("coded anew", author="Ben") as session:
        records.add(
            session,
            "decision",
            {
                "key": "d9", "case": "mid-50", "variable": "ALLY", "value": "1", "coder": "ben", "rationale": why,
                "supersedes": "d1", "counter_evidence": "None was found.", "override_reason": "It decides.", "tests": ["t1"], "searches": ["s2"],
                "sub_judgements": records.find(session, "decision", "d1").sub_judgements,
            },
        )  # fmt: skip


def test_a_release_is_whole_and_says_what_it_froze(go: Do, file: Ledger, tmp_path: Path) -> None:
    head = file.entries()[-1]
    said = go("release", "1.0", "--note", "As submitted.", "--format", "site", "--format", "html")
    assert f"Release 1.0 is in entangled-1.0: revision {head.number}" in said
    assert "findings of 'evidence check'" in said
    folder = tmp_path / "entangled-1.0"
    found = contents(folder)
    listed = (line.partition("  ") for line in found.pop("SHA256SUMS").decode().splitlines())
    sums = {name: digest for digest, _, name in listed}
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
    manifest = json.loads(found.pop("manifest.json"))
    assert (manifest["release"], manifest["note"], manifest["previous"]) == ("1.0", "As submitted.", None)
    assert manifest["ledger"]["digest"] == head.digest
    assert manifest["formats"] == ["site", "html"]
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
        name: digest for name, digest in sums.items() if name != "manifest.json"
    }
    assert {"site/index.html", "site/cases/mid-50.html", "appendix.html"} <= found.keys()
    assert not [name for name in found if "/." in name]
    assert not list(tmp_path.glob(".entangled*"))
    # It is a revision of its own, after the one that it froze.
    assert [one.number for one in file.entries()][-1] == head.number + 1
    (one,) = json.loads(go("release", "list", "--json"))
    assert (one["key"], one["number"], one["digest"]) == ("1.0", head.number, head.digest)
    assert one["manifest"] == sums["manifest.json"]
    assert file.findings() == []


def test_a_release_has_the_look_that_settings_name(go: Do, tmp_path: Path) -> None:
    looks = tmp_path / "looks"
    looks.mkdir()
    (looks / "base.html.j2").write_text(
        '{% extends "ours/base.html.j2" %}{% block masthead %}A journal of our own{{ super() }}{% endblock %}'
    )
    (tmp_path / "evidence.toml").write_text('templates = "looks"\n')
    go("release", "1.0")
    folder = tmp_path / "entangled-1.0"
    assert "A journal of our own" in (folder / "site/index.html").read_text("utf-8")
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["templates"]["own_sha256"]


def test_the_same_revision_gives_the_same_bytes(go: Do, file: Ledger, tmp_path: Path) -> None:
    go("release", "1.0", "--output", "here", "--note", "One.")
    recode(file)
    said = go("release", "make", "1.0", "--again", "--output", "elsewhere")
    assert "It is the same, byte for byte." in said
    assert contents(tmp_path / "here") == contents(tmp_path / "elsewhere")


def test_a_copy_of_the_ledger_gives_the_same_bytes(sqlite_url: str, do: Do, tmp_path: Path) -> None:
    ledger = filed(sqlite_url)
    shutil.copyfile(ledger.url.removeprefix("sqlite:///"), tmp_path / "copy.db")
    do("--ledger", ledger.url, "release", "1.0", "--output", "a")
    do(
        "--ledger",
        "copy.db",
        "release",
        "1.0",
        "--output",
        "b",
        TZ="Asia/Taipei",
        LC_ALL="C",
        PYTHONHASHSEED="7",
    )
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_name_is_used_once_and_a_folder_never_written_over(go: Do, file: Ledger, tmp_path: Path) -> None:
    go("release", "1.0")
    before = file.entries()
    assert "a name is used once" in go("release", "1.0", "--output", "other", refused=True)
    (tmp_path / "taken").mkdir()
    assert "is there already" in go("release", "2.0", "--output", "taken", refused=True)
    assert "cannot be a key" in go("release", "../2.0", refused=True)
    assert not (tmp_path / "other").exists()
    assert file.entries() == before


def test_a_place_that_no_system_takes_is_a_sentence(go: Do, tmp_path: Path) -> None:
    assert "cannot be written (File name too long)" in go("release", "x" * 300, refused=True)
    assert "give the release another name" in go("release", "make", "now", refused=True)
    assert go("release", "list").startswith("There is no release yet")
    assert not [one for one in tmp_path.iterdir() if one.is_dir()]


def test_a_release_that_somebody_is_making_is_let_alone(go: Do, tmp_path: Path) -> None:
    part = tmp_path / ".entangled-1.0.part"
    part.mkdir()
    (part / "half").write_text("left by somebody", encoding="utf-8")
    held = os.open(part, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    assert "Somebody else is making entangled-1.0" in go("release", "1.0", refused=True)
    assert [one.name for one in part.iterdir()] == ["half"]
    os.close(held)  # they were killed
    go("release", "1.0")
    assert not part.exists()
    assert not (tmp_path / "entangled-1.0" / "half").exists()


def test_a_release_that_is_not_recorded_is_not_there(go: Do, file: Ledger, tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    assert "cannot be written" in go("release", "1.0", "--output", "folder/1.0", refused=True)
    with file.write("a bad citation") as session:
        case = records.find(session, "case", "mid-50")
        records.edit(session, "case", case, {"narrative": "It was so [@nobody]."})
    go("release", "1.0", "--output", "bad", refused=True)
    assert not (tmp_path / "bad").exists()
    assert not list(tmp_path.glob(".bad*"))
    assert json.loads(go("release", "list", "--json")) == []


def test_a_ledger_that_somebody_tampered_with_is_not_released(
    sqlite_url: str, do: Do, tmp_path: Path
) -> None:
    ledger = filed(sqlite_url)
    ledger.behind_its_back("UPDATE quote SET note = 'Nothing.' WHERE key = 'q1'")
    said = do("--ledger", ledger.url, "release", "1.0", "--output", "x", refused=True)
    assert "The history does not hold (quote q1" in said
    assert not (tmp_path / "x").exists()


def test_findings_are_said_or_refused(go: Do, tmp_path: Path) -> None:
    assert "nothing was released (--strict)" in go("release", "1.0", "--strict", refused=True)
    assert not (tmp_path / "entangled-1.0").exists()


def test_a_slip_of_the_pen_is_no_release(do: Do, run: Any, sqlite_url: str) -> None:
    ledger = filed(sqlite_url)
    result = run("--ledger", ledger.url, "release", "lst")
    assert (result.code, "Did you mean 'list'?" in result.stderr) == (2, True)
    assert "There is no release '1.1'" in do("--ledger", ledger.url, "release", "diff", "1.1", refused=True)


def test_a_release_may_be_called_anything_and_hold_documents(go: Do, tmp_path: Path) -> None:
    go("release", "first", "--format", "md", "--style", "apa")
    found = contents(tmp_path / "entangled-first")
    assert sorted(name for name in found if "/" not in name) == ["SHA256SUMS", "appendix.md", "manifest.json"]
    assert json.loads(found["manifest.json"])["styles"] == ["apa"]
    assert b"appendix.md" in found["SHA256SUMS"]
    shutil.rmtree(tmp_path / "entangled-first")
    assert "the same, byte for byte" in go("release", "first", "--again")


def test_diff_tells_codes_first(go: Do, file: Ledger) -> None:
    go("release", "1.0")
    assert go("release", "diff", "1.0") == "Nothing changed.\n"
    recode(file)
    go("release", "1.1", "--output", "b")
    with file.write("worded better") as session:
        quote = records.find(session, "quote", "q2")
        records.edit(session, "quote", quote, {"note": "Said in passing."})
    said = json.loads(go("release", "diff", "1.0", "1.1", "--json"))
    (code,) = said["codes"]
    assert (code["case"], code["variable"], code["after"]) == ("mid-50", "ALLY", "1")
    assert (code["coder"], code["why"]) == ("Ben", "The minutes say so.")
    assert not [line for line in said["told"] if "q2" in line["said"]]
    told = go("release", "diff", "1.1")
    assert "q2" in told
    assert "d9" not in told
    assert "release" not in told
    everything = json.loads(go("release", "diff", "1.0", "--json"))
    assert len(everything["codes"]) == 1
    assert [line for line in everything["told"] if "q2" in line["said"]]


def test_a_folder_of_text_carries_releases(sqlite_url: str, do: Do, tmp_path: Path) -> None:
    ledger = filed(sqlite_url)
    do("--ledger", ledger.url, "release", "1.0", "--note", "One: “first”.")
    do("--ledger", ledger.url, "study", "write", "text")
    do("--ledger", "other.db", "study", "read", "text")
    do("--ledger", "other.db", "study", "write", "again")
    assert (tmp_path / "text/releases.yaml").read_bytes() == (tmp_path / "again/releases.yaml").read_bytes()
    other = ("--ledger", "other.db", "release")
    assert "does not have revision" in do(*other, "diff", "1.0", refused=True)
    assert "does not have revision" in do(*other, "make", "1.0", "--again", refused=True)
    assert "a name is used once" in do(*other, "1.0", refused=True)


def test_a_release_that_is_recorded_stays_though_nobody_listens(
    sqlite_url: str, do: Do, tmp_path: Path
) -> None:
    ledger = filed(sqlite_url)
    listening, told = os.pipe()
    os.close(listening)
    line = [sys.executable, "-m", "evidence", "--ledger", ledger.url, "--author", "Ada", "release", "1.0"]
    subprocess.run(
        line, stdout=told, stderr=told, cwd=tmp_path, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    os.close(told)
    assert [one["key"] for one in json.loads(do("--ledger", ledger.url, "release", "list", "--json"))] == [
        "1.0"
    ]
    assert (tmp_path / "entangled-1.0" / "SHA256SUMS").is_file()
