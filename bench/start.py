"""Starting: help against a bare Click program, and ``why`` against one query through SQLAlchemy Core."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import Engine, event

from bench.timing import Row, compare, process
from evidence.audit.why import why
from evidence.ledger.store import reading

__all__ = ["help_against_click", "why_against_core", "why_statements"]

_BARE = """
import click

@click.group()
def main():
    "A bare program."

@main.command()
def one():
    "One command."

main()
"""
_CORE = """
import sys
from sqlalchemy import create_engine, text

with create_engine(sys.argv[1]).connect() as connection:
    print(connection.execute(text('SELECT key, title FROM "case" WHERE key = :key'), {"key": "mid-50"}).one())
"""


def help_against_click(scratch: Path, rounds: int) -> Row:
    """Compare ``evidence --help`` with ``--help`` of a bare group."""
    bare = scratch / "bare.py"
    bare.write_text(_BARE, encoding="utf-8")
    ours = process(sys.executable, "-m", "evidence", "--help")
    floor = process(sys.executable, str(bare), "--help")
    return compare("evidence --help / bare click --help", ours, floor, 1.3, rounds=rounds)


def why_against_core(scratch: Path, ledger: Path, rounds: int) -> Row:
    """Compare ``evidence why`` with a process that imports SQLAlchemy Core and runs one query."""
    core = scratch / "core.py"
    core.write_text(_CORE, encoding="utf-8")
    ours = process(sys.executable, "-m", "evidence", "--ledger", str(ledger), "why", "mid-50")
    floor = process(sys.executable, str(core), f"sqlite:///{ledger}")
    return compare("evidence why / Core import + one query", ours, floor, 1.35, rounds=rounds)


def why_statements(ledger: Path) -> int:
    """Return how many SQL statements ``evidence why`` issues, from opening the ledger on."""
    asked: list[str] = []

    def hear(connection: object, cursor: object, statement: str, *rest: object) -> None:  # noqa: ARG001
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        with reading(f"sqlite:///{ledger}") as (connection, study):
            why(connection, study, "mid-50")
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    return sum(not statement.startswith("BEGIN") for statement in asked)
