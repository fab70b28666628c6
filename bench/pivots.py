"""Pivot sets: 40 observations of 4 hypotheses up to size 3, against a bare loop that adds the same numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import combinations

from bench.timing import Row, compare
from evidence.inference.body import Body, Evidence, Hypothesis, Origin, Test
from evidence.inference.counting import counted
from evidence.inference.pivots import pivots
from evidence.inference.weighing import levels

__all__ = ["rows"]

_NAMES = ("h0", "h1", "h2", "h3")
_OBSERVATIONS, _SIZE = 40, 3


def rows(rounds: int) -> Iterator[Row | str]:
    """Yield for independent documents, lineages of five and one lineage the ratio, and the CPU seconds."""
    for together, what, goal in (
        (1, "all independent", 6.0),
        (5, "in lineages of 5", 6.0),
        (_OBSERVATIONS, "of one lineage", 30.0),
    ):
        body = _body(together)

        def ours(body: Body = body) -> object:
            return pivots(body, _NAMES, ["observation"], _SIZE)

        seconds, found = _cpu(ours)
        yield f"pivot sets of {_OBSERVATIONS} observations, {what}: {found} sets, {seconds:.2f} s of CPU (goal: under 1)"
        yield compare(
            f"pivot sets up to {_SIZE}, {what} / bare loop of additions",
            ours,
            _bare(body),
            goal,
            rounds=rounds,
        )


def _body(together: int) -> Body:
    """Return a body of 40 tests by one observation each; so many in a row go back to one source."""
    hypotheses = {
        key: Hypothesis(key, "ALLY", frozenset({key[-1]}), exclusive=frozenset(_NAMES) - {key})
        for key in _NAMES
    }
    tests = tuple(
        Test(
            key=f"t{n}",
            hypothesis="h0",
            rival="h1",
            kind="hoop",
            result="passed",
            p_hypothesis=_p(n, 0),
            p_rival=_p(n, 1),
            further={"h2": _p(n, 2), "h3": _p(n, 3)},
            evidence=(
                Evidence(
                    f"o{n}",
                    search=False,
                    direction="for",
                    origins=(Origin(f"q{n}", f"s{n}", f"r{n // together}"),),
                ),
            ),
        )
        for n in range(_OBSERVATIONS)
    )
    return Body("bench", hypotheses, tests)


def _p(number: int, column: int) -> float:
    """Return a likelihood from .05 to .95 that looks like chance and is the same each time."""
    return 0.05 + ((number * 7919 + column * 104_729 + number * column * 613) % 91) / 100


def _cpu(work: Callable[[], object]) -> tuple[float, int]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, len(found)  # type: ignore[arg-type]


def _bare(body: Body) -> Callable[[], object]:
    """Return a loop that takes every set off the same sums, and looks at nothing but the highest."""
    table = [levels(piece, _NAMES) for piece in counted(body)]
    whole = [sum(column) for column in zip(*table, strict=True)]

    def run() -> int:
        highest = 0
        for size in range(1, _SIZE + 1):
            for some in combinations(table, size):
                left = [db - sum(column) for db, column in zip(whole, zip(*some, strict=True), strict=True)]
                highest += left.index(max(left))
        return highest

    return run
