"""Ledgers on both engines: one with a study, one with a case worked in it, and one with something everywhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.kit import Ledger, once, work_a_case
from tests.ledger.planted import plant
from tests.ledger.tampered import Hand, tampering
from tests.postgres import Missing, Server


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    """A ledger with a study and nothing in it."""
    made = Ledger(ledger_url)
    made.found()
    return made


@pytest.fixture
def worked(ledger: Ledger) -> Ledger:
    """A ledger with a case from its source to a test."""
    work(ledger)
    return ledger


@once
def work(ledger: Ledger) -> None:
    """Work a case in it."""
    with ledger.write("work a case") as session:
        work_a_case(session)


@pytest.fixture(scope="session")
def planted_file(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A ledger in a file, with something in every column of every table."""
    file = tmp_path_factory.mktemp("planted") / "evidence.db"
    shutil.copyfile(_sqlite_template, file)
    return planted(f"sqlite:///{file}")


@pytest.fixture(scope="session")
def planted_server(
    _postgres: Server | Missing, _postgres_template: URL | Missing
) -> Iterator[Ledger | Missing]:
    """The same on a server."""
    if isinstance(_postgres, Missing) or isinstance(_postgres_template, Missing):
        yield Missing()
        return
    url = _postgres.create(_postgres_template)
    yield planted(url.render_as_string(hide_password=False))
    _postgres.drop(url)


def planted(url: str) -> Ledger:
    made = Ledger(url)
    made.found()
    plant(made)
    assert made.findings() == []
    return made


@pytest.fixture
def hand(planted_file: Ledger) -> Iterator[Hand]:
    with tampering(planted_file) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, planted_file: Ledger) -> Iterator[Hand]:
    """The hand on one engine and then on the other."""
    made = planted_file
    if request.param == "postgresql":
        request.getfixturevalue("postgres_server")  # which says what to do where there is none
        made = request.getfixturevalue("planted_server")
    with tampering(made) as opened:
        yield opened
