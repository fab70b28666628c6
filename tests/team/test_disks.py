"""A disk that is full, and one that is not to be written to: a sentence, and the ledger holds as it did."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.kit import ROOT, Ledger, Result

_DROP, _OVERRIDE, _SEARCH = 24, 1, 2
_ROWS = 3000


def bound_to(size: int) -> Callable[[], None]:
    """Return what keeps a process from writing any file beyond so many bytes, as a full disk would."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def like_anybody() -> None:
    """Take from root what nobody else has: writing where it is not permitted."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (_OVERRIDE, _SEARCH):
            libc.prctl(_DROP, capability, 0, 0, 0)


def run(folder: Path, before: Callable[[], None], *line: str) -> Result:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "evidence", *line],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True,
        encoding="utf-8", check=False, preexec_fn=before,
    )  # fmt: skip
    return Result(done.stdout, done.stderr, done.returncode)


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    made = Ledger(sqlite_url)
    made.found()
    return made


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Callable[[int, int], None]]:
    """Take rights from the ledger's file and its folder; they come back at the end."""

    def take(file: int, folder: int) -> None:
        (tmp_path / "evidence.db").chmod(file)
        tmp_path.chmod(folder)

    yield take
    take(0o644, 0o755)


def is_one_sentence(done: Result) -> bool:
    return (
        done.code == 1
        and done.stderr.startswith("Error: ")
        and done.stderr.count("\n") == 1
        and "did not expect" not in done.stderr
    )


def table(folder: Path) -> Path:
    file = folder / "sources.csv"
    rows = [f"s{n},A memorandum of conversation no. {n},primary" for n in range(_ROWS)]
    file.write_text("\n".join(["key,title,tier", *rows]), "utf-8")
    return file


def holds(ledger: Ledger, revisions: int) -> bool:
    return ledger.findings() == [] and len(ledger.entries()) == revisions


@pytest.mark.parametrize("room", [0, 200_000])
def test_a_full_disk_is_said_and_nothing_is_lost(ledger: Ledger, tmp_path: Path, room: int) -> None:
    """A file may grow by nothing, or by some of what an import needs."""
    file = tmp_path / "evidence.db"
    full = bound_to(file.stat().st_size + room)
    lines = [["import", "table", str(table(tmp_path)), "--noun", "source"]]
    if not room:
        full = bound_to(8192)
        lines += [
            ["case", "add", "one", "--title", "One" * 5000],
            ["backup", "kept.db"],
            ["--ledger", "new.db", "init", "--study", "new"],
            ["--ledger", "again.db", "restore", "evidence.db"],
            ["render", "appendix", "--output", "site"],
        ]
    for line in lines:
        assert is_one_sentence(done := run(tmp_path, full, *line)), (line, done)
    assert holds(ledger, 1)
    there = {file.name for file in tmp_path.iterdir()}
    assert not {"kept.db", "again.db", "site"} & there
    assert not [name for name in there if name.endswith(".part")]
    if room:
        assert run(tmp_path, bound_to(resource.RLIM_INFINITY), *lines[0]).code == 0
        assert holds(ledger, 2)


@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o755), (0o444, 0o555)])
def test_what_is_not_to_be_written_is_read(
    ledger: Ledger, tmp_path: Path, locked: Callable[[int, int], None], file: int, folder: int
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    shutil.rmtree(outside, ignore_errors=True)
    outside.mkdir()
    locked(file, folder)
    assert run(tmp_path, like_anybody, "history", "verify").code == 0
    assert run(tmp_path, like_anybody, "backup", str(outside / "kept.db")).code == 0
    refused = [["case", "add", "one", "--title", "One"]]
    if folder == 0o555:
        refused += [["backup", "kept.db"], ["restore", str(outside / "kept.db"), "--replace"]]
    for line in refused:
        assert is_one_sentence(done := run(tmp_path, like_anybody, *line)), (line, done)
    assert holds(ledger, 1)
