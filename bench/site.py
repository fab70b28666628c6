"""The site: again without a change, again after one edit, and a study of 200,000 quotes; seconds of CPU, as others share the machine."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.many import multiplied, quoted
from bench.timing import ROOT, Row, process

__all__ = ["rows"]

#: Renders in a process of its own: whole, again, and after an edit; says what each took of CPU, what it wrote, and its memory.
_RUN = """
import json, resource, sys
from pathlib import Path
from statistics import median
from typing import Any
from evidence.ledger import records
from evidence.ledger.revisions import writing
from evidence.ledger.store import reading
from evidence.publish.render import appendix

def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

def render():
    before = spent()
    with reading(sys.argv[1]) as (connection, study):
        report = appendix(connection, study, Path(sys.argv[2]))
    return spent() - before, len(report.written)

told = {"whole": render(), "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
with writing(sys.argv[1], None, author="bench", message="bench") as session:
    test = records.find(session, "test", "mid-50.t1")
    records.edit(session, "test", test, {"note": "Noted in " + sys.argv[2]})
told["edit"] = render()
print(json.dumps(told))
"""


def rows(scratch: Path, ledger: Path, *, quick: bool) -> Iterator[Row | str]:
    """Yield the lines of the table."""
    yield _again(scratch / "few", ledger)
    for cases, goal in ((400, 0.25),) if quick else ((2000, 0.15), (5000, 0.1)):
        told = _measured(multiplied(scratch / f"{cases}.db", ledger, cases), scratch / f"site{cases}")
        one, whole = told["edit"][0], told["whole"][0]
        yield Row(
            f"render {cases:,} cases after one edit ({told['edit'][1]} files) / whole",
            one,
            whole,
            one / whole,
            goal,
        )
    cases, each = (400, 40) if quick else (5000, 40)
    small = _measured(quoted(scratch / "quoted188.db", ledger, 188, each), scratch / "quoted188")
    large = _measured(quoted(scratch / "quoted.db", ledger, cases, each), scratch / "quoted")
    one, other = large["whole"][0] / cases, small["whole"][0] / 188
    yield Row(
        f"a case of {cases:,} with {cases * each:,} quotes / of 188 with {188 * each:,}",
        one,
        other,
        one / other,
        1.2,
    )
    yield f"memory with {cases * each:,} quotes: {large['memory']:.0f} MB (goal: under 500)"


def _again(site: Path, ledger: Path) -> Row:
    """Compare the program, as a process, where nothing changed with the program that renders everything."""
    ours = process(
        sys.executable, "-m", "evidence", "--ledger", str(ledger), "render", "appendix", "--output", str(site)
    )

    def again() -> float:
        return _spent(ours)

    def whole() -> float:
        shutil.rmtree(site, ignore_errors=True)
        return _spent(ours)

    whole()
    pairs = [(again(), whole()) for _ in range(5)]
    return Row(
        "render 188 cases again, unchanged / whole, as processes",
        median(one for one, _ in pairs),
        median(other for _, other in pairs),
        median(one / other for one, other in pairs),
        0.25,
    )


def _spent(run: Callable[[], object]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _measured(ledger: Path, site: Path) -> dict[str, Any]:
    shutil.rmtree(site, ignore_errors=True)
    line = [sys.executable, "-c", _RUN, f"sqlite:///{ledger}", str(site)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # or templates would be compiled each time
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: rendering ended with {done.returncode}: {done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told
