"""What every test can ask for: ledgers on both engines, the shared data, goldens, and the program itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import URL

from evidence.ledger import schema
from tests import compiled, forking
from tests.kit import ROOT, Golden, Result, Run
from tests.postgres import REMEDY, Missing, Server, server

# A busy machine is no failure; what fails is printed so that it can be tried again.
settings.register_profile("ledger", deadline=None, print_blob=True)
settings.load_profile("ledger")
compiled.share()

CI = os.environ.get("CI", "").casefold() in ("1", "true", "yes")
_NO_POSTGRES = "no PostgreSQL"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the files under tests/golden anew")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out for want of a PostgreSQL, and how to have it."""
    skipped = terminalreporter.stats.get("skipped", [])
    left_out = [
        report
        for report in skipped
        if isinstance(report.longrepr, tuple) and _NO_POSTGRES in report.longrepr[2]
    ]
    if left_out:
        terminalreporter.write_line(
            f"Left out: {len(left_out)} tests on PostgreSQL. To run them too, {REMEDY}.", yellow=True
        )


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEDGER", "LEDGER_READ", "STUDY", "AUTHOR", "CODER"):
        monkeypatch.delenv(f"EVIDENCE_{name}", raising=False)


@pytest.fixture(autouse=True)
def _cache_of_our_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep citations for this run of the tests, in one place for all its workers."""
    base = tmp_path_factory.getbasetemp()
    several = "PYTEST_XDIST_WORKER" in os.environ
    monkeypatch.setenv("EVIDENCE_CACHE", str((base.parent if several else base) / "cache"))


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "evidence.db"
    schema.create(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a new ledger in a file, built by the migrations."""
    file = tmp_path / "evidence.db"
    shutil.copyfile(_sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Server | Missing]:
    """The server, or why there is none: remembered, so that it is looked for once."""
    try:
        with server() as started:
            yield started
    except Missing as missing:
        yield missing


@pytest.fixture(scope="session")
def _postgres_template(_postgres: Server | Missing) -> URL | Missing:
    if isinstance(_postgres, Missing):
        return _postgres
    url = _postgres.create()
    schema.create(url.render_as_string(hide_password=False))
    return url


@pytest.fixture
def postgres_server(_postgres: Server | Missing) -> Server:
    """A PostgreSQL server; without one the test is left out, but in CI it fails."""
    if isinstance(_postgres, Missing):
        reason = f"{_NO_POSTGRES}: {_postgres}; {REMEDY}"
        if CI:
            pytest.fail(reason)
        pytest.skip(reason)
    return _postgres


@pytest.fixture
def postgres_url(postgres_server: Server, _postgres_template: URL) -> Iterator[str]:
    """The URL of a new ledger on PostgreSQL, built by the migrations."""
    url = postgres_server.create(_postgres_template)
    yield url.render_as_string(hide_password=False)
    postgres_server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new ledger, on one engine and then on the other."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    return str(request.getfixturevalue(fixture))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a place for a ledger where there is none yet, on one engine and then on the other."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    postgres: Server = request.getfixturevalue("postgres_server")
    url = postgres.create()
    yield url.render_as_string(hide_password=False)
    postgres.drop(url)


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the checkout; without it the test is left out, but in CI it fails."""
    folder = Path(os.environ.get("EVIDENCE_SHARED") or ROOT.parent / "shared")
    if not (folder / "data").is_dir():
        reason = f"the shared data are not at {folder}"
        if CI:
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare text with a file under tests/golden, which a person has read."""

    def check(name: str, text: str) -> None:
        file = ROOT / "tests" / "golden" / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        assert file.is_file(), f"there is no golden {name}; pass --update-golden, then read it"
        kept = file.read_bytes().decode("utf-8")
        assert text == kept, f"{name} differs; read it, then pass --update-golden"

    return check


@pytest.fixture(scope="session")
def loaded() -> Iterator[forking.Server | None]:
    """The program, loaded and waiting; nothing where processes cannot be forked."""
    if not hasattr(os, "fork"):
        yield None
        return
    server = forking.Server(_plain())
    yield server
    server.close()


def _plain(**more: str) -> dict[str, str]:
    kept = {
        name: os.environ[name]
        for name in ("PATH", "SYSTEMROOT", "TMPDIR", "EVIDENCE_CACHE")
        if name in os.environ
    }
    return kept | {"LC_ALL": "C.UTF-8", "COLUMNS": "110", "PYTHONPATH": str(ROOT)} | more


@pytest.fixture
def run(tmp_path: Path, loaded: forking.Server | None) -> Run:
    """Run the program as a user does: a process of its own, in the test's folder, with a plain environment."""

    def call(*line: str, cwd: Path | None = None, stdin: str = "", **environment: str) -> Result:
        around = _plain(HOME=str(tmp_path), EVIDENCE_AUTHOR="Tester") | environment
        begin = loaded.run if loaded else forking.anew
        return begin(line, cwd or tmp_path, stdin, around)

    return call


@pytest.fixture
def ok(run: Run) -> Callable[..., str]:
    """Run the program, expect that all is well, and return what it printed."""

    def call(*line: str, **options: Any) -> str:
        result = run(*line, **options)
        assert result.code == 0, result
        return result.stdout

    return call
