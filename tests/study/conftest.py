"""New ledgers by the dozen, each a copy of one that the migrations built."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest


@pytest.fixture
def new_ledger(_sqlite_template: Path, tmp_path: Path) -> Callable[[], str]:
    """A maker of empty ledgers; each call gives the URL of another."""
    numbers = count()

    def make() -> str:
        file = tmp_path / f"ledger{next(numbers)}.db"
        shutil.copyfile(_sqlite_template, file)
        return f"sqlite:///{file}"

    return make


@pytest.fixture
def new_folder(tmp_path: Path) -> Callable[[], Path]:
    """A maker of names of folders that are not there yet."""
    numbers = count()
    return lambda: tmp_path / f"study{next(numbers)}"
