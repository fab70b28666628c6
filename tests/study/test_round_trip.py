"""A study written out and read back is the same study, whatever stands in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from evidence.ledger import history, proving
from evidence.ledger.store import reading
from evidence.study import read, write
from evidence.study.gather import gather
from evidence.study.plain import mark
from tests.study.studies import log, studies


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its name."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def said(url: str) -> dict[str, Any]:
    """What a ledger holds, by key, without ids."""
    with reading(url) as (connection, study):
        found = gather(connection, study)
        findings = list(proving.verify(connection, study))
        assert not findings, findings
    kept = {noun: sorted(map(mark, entries)) for noun, entries in found.records.items()}
    return kept | {"study": mark(found.study), "redirects": sorted(map(mark, found.redirects))}


def written(url: str, folder: Path) -> dict[str, bytes]:
    with reading(url) as (connection, study):
        write(connection, study, folder)
    return contents(folder)


@pytest.fixture
def round_trip(
    new_ledger: Callable[[], str], new_folder: Callable[[], Path]
) -> Callable[[dict[str, Any]], None]:
    def check(made: dict[str, Any]) -> None:
        first, second = new_ledger(), new_ledger()
        log(first, made)
        one, other = new_folder(), new_folder()
        before = written(first, one)
        came = read(second, one, author="b", message="read")
        assert came.founded
        assert said(second) == said(first)
        assert written(second, other) == before
        again = read(second, other, author="b", message="read")
        assert not again.wrote
        assert not again.missing
        with reading(second) as (connection, study):
            assert len(history.entries(connection, study)) == 1

    return check


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=studies())
def test_a_study_comes_back_as_it_was(
    round_trip: Callable[[dict[str, Any]], None], made: dict[str, Any]
) -> None:
    round_trip(made)
