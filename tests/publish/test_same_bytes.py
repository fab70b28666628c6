"""The same study gives the same bytes: whatever machine, time zone, language, hash seed, folder or engine it is on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.ledger import records, schema
from evidence.publish.kept import STATE
from evidence.publish.render import appendix
from evidence.study.read import read as read_study
from evidence.study.write import write as write_study
from tests.kit import ROOT, Ledger
from tests.publish.poison import poisoned
from tests.publish.strait import add_cases, found

#: Places that a program may find itself in, each unlike the one before in all that it may feel.
_PLACES: tuple[dict[str, str], ...] = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "COLUMNS": "80"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "COLUMNS": "20", "PYTHONUTF8": "0"},
    {"PYTHONHASHSEED": "4294967295", "TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX", "LANGUAGE": "de", "PYTHONOPTIMIZE": "1"},
)  # fmt: skip


def pages(folder: Path) -> dict[str, bytes]:
    """Return every file of a site, hidden ones too, by its path; but what a rendering remembers of this machine's disk."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != STATE
    }


def rendered(ledger: Ledger, output: Path) -> dict[str, bytes]:
    with ledger.read() as (connection, study):
        appendix(connection, study, output)
        appendix(connection, study, output / "single.html", single_file=True)
    return pages(output)


@pytest.fixture(scope="module")
def strait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a ledger with something of everything in it."""
    file = tmp_path_factory.mktemp("same") / "evidence.db"
    schema.create(f"sqlite:///{file}")
    poisoned(f"sqlite:///{file}", "")
    return file


def test_wherever_the_program_runs_it_writes_the_same(strait: Path, tmp_path: Path) -> None:
    sites = []
    for number, place in enumerate(_PLACES):
        here = tmp_path / f"place {number} ü"
        here.mkdir()
        kept = {
            name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ
        }
        render = ["render", "appendix", "--jobs", str(1 + number)]
        line = [sys.executable, "-m", "evidence", "--ledger", str(strait), *render]
        done = subprocess.run(
            line, cwd=here, env={**kept, **place, "HOME": str(here), "PYTHONPATH": str(ROOT)}, capture_output=True,
            check=False, umask=(0o022, 0o077, 0o007)[number],
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        sites.append(pages(here / "appendix"))
    assert len(sites[0]) > 5
    assert sites[1] == sites[0]
    assert sites[2] == sites[0]
    for name, content in sites[0].items():
        assert str(tmp_path).encode() not in content, name


def test_a_study_read_back_from_its_text_looks_the_same_on_either_engine(
    strait: Path, ledger_url: str, tmp_path: Path
) -> None:
    first = Ledger(f"sqlite:///{strait}", "strait")
    with first.read() as (connection, study):
        write_study(connection, study, tmp_path / "text")
    read_study(ledger_url, tmp_path / "text", author="Somebody else", message="read")
    here = rendered(first, tmp_path / "here")
    there = rendered(Ledger(ledger_url, "strait"), tmp_path / "there")
    assert set(there) == set(here)
    for name in here:
        assert _without_revision(there[name]) == _without_revision(here[name]), name


def test_the_order_in_which_things_came_makes_no_difference(
    tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    sites = []
    for name, numbers in (("up", range(50, 60)), ("down", range(59, 49, -1))):
        ledger = found(fresh(name))
        for number in numbers:
            add_cases(ledger, range(number, number + 1))
        with ledger.write("sources") as session:
            for number in numbers:
                csl = {"author": [{"family": "Lind"}], "issued": "1955"}
                records.add(
                    session,
                    "source",
                    {"key": f"s{number}", "title": "The same", "tier": "secondary", "csl": csl},
                )
        sites.append(rendered(ledger, tmp_path / name))
    assert set(sites[0]) == set(sites[1])
    for name in sites[0]:
        assert _without_revision(sites[0][name]) == _without_revision(sites[1][name]), name


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[str], str]:
    """Make a new ledger of a name."""

    def make(name: str) -> str:
        url = f"sqlite:///{tmp_path / name}.db"
        schema.create(url)
        return url

    return make


def _without_revision(content: bytes) -> bytes:
    """Return a page without what tells ledgers apart and should: the revision, and digests of ledger and pages."""
    return re.sub(rb"\b[0-9a-f]{64}\b", b"DIGEST", re.sub(rb'revision"?:? "?\d+', b"revision", content))
