"""The made-up study of rounds, in a file of each test's own, and the program."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from evidence.ledger import schema
from tests.cli.asking import Do
from tests.kit import Ledger, Run
from tests.team.rounds.rounds_made import file_of, found_rounds


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("rounds") / "evidence.db"
    schema.create(f"sqlite:///{file}")
    found_rounds(Ledger(f"sqlite:///{file}"))
    return file


@pytest.fixture
def ledger(_made: Path, tmp_path: Path) -> Ledger:
    """The study, in the test's folder."""
    shutil.copyfile(_made, tmp_path / "evidence.db")
    return file_of(tmp_path)


@pytest.fixture
def do(run: Run) -> Do:
    """Run a command and return all that it printed; ``refused=True`` expects one sentence and exit 1."""

    def call(*line: str, refused: bool = False, **options: Any) -> str:
        result = run(*line, **options)
        assert result.code == (1 if refused else 0), result
        assert "Traceback" not in result.stderr
        return result.stdout + result.stderr

    return call
