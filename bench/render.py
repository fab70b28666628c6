"""Rendering the appendix: against a floor, in one process."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import event

from bench.timing import Row, compare
from evidence.ledger.store import reading
from evidence.publish.environment import templates
from evidence.publish.front import read_appendix
from evidence.publish.load import load
from evidence.publish.render import appendix
from evidence.publish.whole_site import pages

__all__ = ["against_floor", "statements"]


def statements(ledger: Path) -> int:
    """Return how many SQL statements a render issues once the ledger is open."""
    asked: list[str] = []
    with reading(f"sqlite:///{ledger}") as (connection, study):
        event.listen(connection, "before_cursor_execute", lambda *line: asked.append(line[2]))
        load(connection, study)
    return len(asked)


def against_floor(scratch: Path, ledger: Path, cases: int, rounds: int) -> Row:
    """Compare rendering with a Core load, compiled templates and plain writes of the same pages."""
    ours, plain = scratch / f"ours{cases}", scratch / f"plain{cases}"
    with reading(f"sqlite:///{ledger}") as (connection, study):
        view = read_appendix(load(connection, study))

        def floor() -> None:
            load(connection, study)
            for name, content in pages(view, templates("appendix")).items():
                file = plain / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)

        def clear() -> None:
            for folder in (ours, plain):
                shutil.rmtree(folder, ignore_errors=True)

        return compare(
            f"load and render {cases:,} cases / Core load, Jinja, plain writes",
            lambda: appendix(connection, study, ours),
            floor,
            1.5,
            rounds=rounds,
            between=clear,
        )
