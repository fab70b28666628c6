"""Measure two things in turn, and compare them round by round."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

__all__ = ["ROOT", "Row", "compare", "process"]

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    ours: float  # seconds
    floor: float
    ratio: float
    goal: float
    note: str = ""


def process(*line: str, cwd: Path | None = None) -> Callable[[], object]:
    """Return a function that runs a program to its end, quietly."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}

    def run() -> None:
        done = subprocess.run(line, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"bench: {' '.join(line)} ended with {done.returncode}: {done.stderr}")

    return run


def compare(
    what: str,
    ours: Callable[[], object],
    floor: Callable[[], object],
    goal: float,
    *,
    rounds: int,
    note: str = "",
    between: Callable[[], object] | None = None,
) -> Row:
    """Measure both in turn, in changing order, and return medians and the median of the paired ratios.

    Args:
        what: the line's name.
        ours: what we measure.
        floor: what it is measured against.
        goal: the ratio that it should not exceed.
        rounds: how many pairs; one more is thrown away first.
        note: what a reader should know.
        between: what is done before each measurement, untimed.
    """
    pairs: list[tuple[float, float]] = []
    for number in range(rounds + 1):
        order: Sequence[tuple[int, Callable[[], object]]] = ((0, ours), (1, floor))
        taken = [0.0, 0.0]
        for place, work in order if number % 2 else tuple(reversed(order)):
            if between:
                between()
            start = time.perf_counter()
            work()
            taken[place] = time.perf_counter() - start
        if number:
            pairs.append((taken[0], taken[1]))
    return Row(
        what,
        median(one for one, _ in pairs),
        median(other for _, other in pairs),
        median(one / other for one, other in pairs),
        goal,
        note,
    )
