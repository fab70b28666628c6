"""The program as people use it: a command, and all that it printed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.asking import Do
from tests.kit import Run


@pytest.fixture
def do(run: Run) -> Do:
    """Run a command and return all that it printed; ``refused=True`` expects one sentence and exit 1."""

    def call(*line: str, refused: bool = False, **options: Any) -> str:
        result = run(*line, **options)
        assert result.code == (1 if refused else 0), result
        assert "Traceback" not in result.stderr
        return result.stdout + result.stderr

    return call
