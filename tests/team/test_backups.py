"""A ledger kept in one file, and brought back: whole, checked, and never over another."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from evidence.ledger import bulk, checking, records, schema
from evidence.ledger.backups import backup, restore
from evidence.models import Source
from tests.kit import ROOT, Ledger, Run, work_a_case


def worked(ledger: Ledger) -> Ledger:
    """A study with a case in it, and a source that is derived from one that came after it."""
    ledger.found()
    with ledger.write() as session:
        work_a_case(session)
    return ledger


def dump(url: str) -> list[str]:
    """Return every row of the study's tables, whichever database has them."""
    ledger = Ledger(url)
    return [entry.digest for entry in ledger.entries()]


def test_a_backup_is_the_ledger_and_comes_back(ledger_url: str, empty_url: str, tmp_path: Path) -> None:
    """Of either database into one file, and of the file into either."""
    ledger = worked(Ledger(ledger_url))
    ledger.behind_its_back("UPDATE coder SET login = login")  # as a person's tool may have the ledger open
    kept = backup(ledger_url, tmp_path / "kept.db")
    assert kept.heads == {"entangled": (2, ledger.entries()[-1].digest)}
    assert sorted(file.name for file in tmp_path.glob("kept*")) == ["kept.db"]
    with ledger.write() as session:
        bulk.insert_rows(session, Source.__table__, [{"key": "later", "title": "L", "tier": "news"}])  # type: ignore[arg-type]
    done = restore(empty_url, kept.file)
    assert done.heads == kept.heads
    assert checking.check(empty_url) == []
    assert dump(empty_url) == dump(ledger_url)[:2]


def test_links_within_a_table_lead_forward_too(postgres_url: str, tmp_path: Path) -> None:
    ledger = worked(Ledger(postgres_url))
    with ledger.write() as session:
        records.add(session, "source", {"key": "book", "title": "A book", "tier": "secondary"})
        records.edit(session, "source", records.find(session, "source", "memo"), {"derived_from": "book"})
    kept = backup(postgres_url, tmp_path / "kept.db")
    assert Ledger(f"sqlite:///{kept.file}").findings() == []


def test_nothing_is_overwritten(sqlite_url: str, tmp_path: Path, run: Run) -> None:
    worked(Ledger(sqlite_url))
    assert run("backup", "kept.db").code == 0
    before = (tmp_path / "kept.db").read_bytes()
    for line in (("backup", "kept.db"), ("restore", "kept.db"), ("restore", "nowhere.db")):
        assert run(*line).code == 1
    assert (tmp_path / "kept.db").read_bytes() == before
    assert run("case", "add", "late", "--title", "Late").code == 0
    done = run("restore", "kept.db", "--replace")
    assert done.code == 0, done
    aside = next(tmp_path.glob("evidence.db.*Z"))
    assert len(Ledger(sqlite_url).entries()) == 2
    assert len(Ledger(f"sqlite:///{aside}").entries()) == 3


@pytest.mark.parametrize("stem", ["evidence", "l[1]"])
def test_the_newest_so_many_stay(sqlite_url: str, tmp_path: Path, stem: str) -> None:
    """Those stay, too, that hold anything which the new one does not: of another ledger, of a copy, of nobody."""
    ledger = worked(_named(sqlite_url, stem))
    folder = tmp_path / "kept"
    folder.mkdir()
    older = [f"{stem}-2025010{n}T000000Z.db" for n in range(1, 5)]
    first = backup(ledger.url, tmp_path / "first.db").file
    for name in older:
        shutil.copyfile(first, folder / name)
    others = [f"{stem}-2025.db", f"{stem}-20250101T000000Z.db.txt", "other-20250101T000000Z.db"]
    for name in others:
        shutil.copyfile(first, folder / name)
    apart = [f"{stem}-2024010{n}T000000Z.db" for n in range(1, 4)]
    shutil.copyfile(first, folder / apart[0])
    with Ledger(f"sqlite:///{folder / apart[0]}").write() as session:
        records.add(session, "source", {"key": "own", "title": "Of this copy alone", "tier": "news"})
    (folder / apart[1]).write_bytes(b"no ledger")
    schema.create(f"sqlite:///{folder / apart[2]}")
    Ledger(f"sqlite:///{folder / apart[2]}", "another").found()
    kept = backup(ledger.url, folder, keep=3)
    assert [file.name for file in kept.removed] == [older[1], older[0]]
    assert {file.name for file in folder.iterdir()} == {*others, *apart, *older[2:], kept.file.name}


def _named(url: str, stem: str) -> Ledger:
    file = Path(url.removeprefix("sqlite:///"))
    return Ledger(f"sqlite:///{file.rename(file.with_name(f'{stem}.db'))}")


def test_a_folder_is_made_if_it_is_named_as_one(sqlite_url: str, tmp_path: Path, run: Run) -> None:
    worked(Ledger(sqlite_url))
    assert run("backup", "new/", "--keep", "2").code == 0
    assert [file.suffix for file in (tmp_path / "new").iterdir()] == [".db"]
    done = run("backup", "far/away/")
    assert (done.code, done.stderr) == (
        1,
        "Error: The folder far/away cannot be made: No such file or directory.\n",
    )


def test_what_a_lost_ledger_left_is_not_taken_for_a_part_of_the_next(
    sqlite_url: str, tmp_path: Path, run: Run
) -> None:
    """A log without its file would be played over whatever has the file's name next."""
    ledger = worked(Ledger(sqlite_url))
    kept = backup(sqlite_url, tmp_path / "kept.db").file
    lost = tmp_path / "lost.db"
    shutil.copyfile(kept, lost)
    with closing(sqlite3.connect(lost)) as reader:  # so that the log stays
        reader.execute("PRAGMA journal_mode = WAL")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM study").fetchall()
        with Ledger(f"sqlite:///{lost}").write() as session:
            records.add(session, "source", {"key": "own", "title": "Lost", "tier": "news"})
        log = Path(f"{lost}-wal").read_bytes()
    lost.unlink()
    for line in (
        ["--ledger", "lost.db", "restore", "kept.db"],
        ["db", "copy", "lost.db"],
        ["backup", "lost.db"],
    ):
        Path(f"{lost}-wal").write_bytes(log)
        done = run(*line)
        assert done.code == 1
        assert "lost.db-wal was left by a ledger that is gone" in done.stderr
        assert not lost.exists()
    Path(f"{lost}-wal").unlink()
    assert run("--ledger", "lost.db", "restore", "kept.db").code == 0
    assert len(Ledger(f"sqlite:///{lost}").entries()) == len(ledger.entries())
    assert run("--ledger", "lost.db", "db", "check").code == 0


def test_what_does_not_hold_is_neither_kept_nor_restored(sqlite_url: str, tmp_path: Path, run: Run) -> None:
    ledger = worked(Ledger(sqlite_url))
    kept = backup(sqlite_url, tmp_path / "kept.db").file
    ledger.behind_its_back("UPDATE source SET title = 'Forged'")
    said = run("backup", "forged.db")
    assert said.code == 1
    assert "EV902 source memo" in said.stderr
    assert "history of entangled: EV902 source memo" in run("db", "check").stdout
    whole = kept.read_bytes()
    place = whole.rindex(b"prestige was at stake")
    page = place // 4096 * 4096
    torn = whole[:page] + b"\5" * 4096 + whole[page + 4096 :]
    for damaged in (torn, whole[:-8192], whole[:place] + b"p" * 8 + whole[place + 8 :], b"", b"no ledger"):
        kept.write_bytes(damaged)
        done = run("restore", "kept.db", "--replace")
        assert (done.code, "did not expect" in done.stderr, ".part" in done.stderr) == (1, False, False), done
    assert ledger.value("SELECT title FROM source") == "Forged"
    kept.write_bytes(whole)
    assert run("restore", "kept.db", "--replace").code == 0
    assert ledger.findings() == []


def test_an_older_program_s_backup_is_upgraded_as_it_comes_back(tmp_path: Path, run: Run) -> None:
    older = ROOT / "tests" / "databases" / "0003.sqlite"
    before = older.read_bytes()
    done = run("--ledger", "again.db", "restore", str(older))
    assert done.code == 0, done
    assert "of schema 0003, and was upgraded" in done.stderr
    assert checking.check(f"sqlite:///{tmp_path / 'again.db'}") == []
    assert older.read_bytes() == before


def test_a_backup_that_is_killed_has_no_name(sqlite_url: str, tmp_path: Path) -> None:
    """Killed whenever it may be: there is no file of that name, or it is whole; the next one is."""
    worked(Ledger(sqlite_url))
    for step in ("_copied", "_require_sound", "_place"):
        code = (
            "import os, sys, signal\nfrom pathlib import Path\nfrom evidence.ledger import backups\n"
            f"backups.{step} = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\n"
            "backups.backup(sys.argv[1], Path(sys.argv[2]))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, sqlite_url, str(tmp_path / "kept.db")], cwd=ROOT, check=False
        )
        assert done.returncode == -signal.SIGKILL
        assert not (tmp_path / "kept.db").exists()
    left = list(tmp_path.glob("kept.db.*.part"))
    assert len(left) == 2
    for file in left:
        os.utime(file, (0, 0))
    backup(sqlite_url, tmp_path / "kept.db")
    assert sorted(file.name for file in tmp_path.glob("kept*")) == ["kept.db"]


def test_writers_do_not_wait_for_a_backup(sqlite_url: str, tmp_path: Path) -> None:
    """What is being written, and not kept yet, is not in it; who writes goes on."""
    ledger = worked(Ledger(sqlite_url))
    with closing(sqlite3.connect(tmp_path / "evidence.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE source SET title = 'Not kept yet'")
        kept = backup(sqlite_url, tmp_path / "kept.db")
        other.execute("ROLLBACK")
    assert kept.heads == {"entangled": (2, ledger.entries()[-1].digest)}


def test_a_name_that_no_file_can_have_is_said_to_be(sqlite_url: str, run: Run) -> None:
    worked(Ledger(sqlite_url))
    done = run("restore", "a" * 3000)
    assert (done.code, done.stderr) == (
        1,
        f"Error: {'a' * 60}... is longer than the name of a file can be.\n",
    )
