"""Run every benchmark and print one table. ``--quick`` runs fewer rounds on less."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import copies, documents, find, merge, peers, pivots, reasoning, site, writers
from bench.bulk import against_executemany
from bench.imports import against_lxml
from bench.many import example, multiplied
from bench.marked import in_one_text
from bench.quotes import quotes_against_find
from bench.render import against_floor, statements
from bench.start import help_against_click, why_against_core, why_statements
from bench.timing import Row


def _rows(scratch: Path, *, quick: bool) -> Iterator[Row | str]:
    rounds, few, some = (2, 3, 5) if quick else (3, 7, 21)
    ledger = example(scratch / "example.db")
    yield help_against_click(scratch, some)
    yield why_against_core(scratch, ledger, some)
    yield f"statements of evidence why mid-50: {why_statements(ledger)} (goal of the first release: at most 10)"
    many = multiplied(scratch / "many.db", ledger, 400 if quick else 2000)
    count = 400 if quick else 2000
    yield f"statements of a render: {statements(ledger)} of 188 cases, {statements(many)} of {count:,} (goal: 13)"
    yield against_floor(scratch, ledger, 188, few)
    yield against_floor(scratch, many, count, 3)
    yield from peers.rows(scratch, ledger, 188, {"hugo": 2.0, "mkdocs": 0.4, "pelican": 0.4}, few)
    yield from peers.rows(
        scratch, many, count, {"hugo": 1.0, "mkdocs": 0.15, "pelican": 0.15}, 1 if quick else 3
    )
    yield from documents.rows(scratch, ledger, 188, rounds)
    yield from site.rows(scratch, ledger, quick=quick)
    sources, quotes = (5_000, 10_000) if quick else (100_000, 200_000)
    yield from against_executemany(scratch, sources, quotes, rounds)
    yield from quotes_against_find(500 if quick else 2000, rounds)
    yield from find.rows(scratch, 5_000 if quick else 100_000, few)
    yield from merge.rows(scratch, few, quick=quick)
    yield from in_one_text(scratch, 4_000_000, 250 if quick else 5000)
    yield from pivots.rows(few)
    yield from reasoning.rows(scratch, few, quick=quick)
    yield from against_lxml(scratch, few, quick=quick)
    yield from copies.rows(scratch, 20_000 if quick else 200_000, rounds)
    yield from writers.lines(scratch, 10.0 if quick else 60.0)


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print the table as its lines come."""
    quick = "--quick" in sys.argv[1:]
    say(f"{'ours / floor':76} {'ours':>9} {'floor':>9} {'ratio':>6} {'goal':>6}")
    with tempfile.TemporaryDirectory(prefix="bench") as scratch:
        for row in _rows(Path(scratch), quick=quick):
            if isinstance(row, str):
                say(row)
                continue
            verdict = "" if row.ratio <= row.goal else "  missed"
            times = f"{row.ours * 1000:7.0f}ms {row.floor * 1000:7.0f}ms"
            say(f"{row.what:76} {times} {row.ratio:6.2f} {row.goal:6.2f}{verdict}")


main()
