"""Writers at once: so many processes for a while, half of them killed; ``python -m bench.writers [SECONDS] [URL]``.

Each process logs cases, one unit of work each, and prints a line for each that the ledger has kept. A revision
that was acknowledged and is not in the ledger, or a digest that does not hold, ends the run. Without a URL each
run has a SQLite file of its own; with one, the ledger of a server is written to (a study for each run).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from bench.timing import ROOT
from evidence.ledger import history, proving, schema
from evidence.ledger.revisions import founding
from evidence.ledger.store import reading
from evidence.models import Study

__all__ = ["lines"]

_GOAL = 0.7
_SECONDS = 60.0
_WRITER = """
import sys
from itertools import count
from sqlalchemy.orm import configure_mappers
from evidence.ledger import records
from evidence.ledger.revisions import attempt, writing
url, study, name = sys.argv[1:]
def log(number):
    with writing(url, study, author=name, message=f"{name} {number}") as session:
        records.add(session, "case", {"key": f"{name}-{number}", "title": f"Case {number} of {name}"})
configure_mappers()
print("ready", flush=True)
sys.stdin.readline()
for number in count():
    attempt(lambda: log(number))
    print(number, flush=True)
"""


@dataclass
class _Writer:
    """One process, what it was told is kept, and the longest that it waited for that."""

    process: subprocess.Popen[str]
    name: str
    kept: list[str] = field(default_factory=list)
    longest: float = 0.0

    def listen(self) -> None:
        """Take down each unit that is acknowledged, until the process ends."""
        before = time.perf_counter()
        for line in self.process.stdout or ():
            now = time.perf_counter()
            self.longest, before = max(self.longest, now - before), now
            self.kept.append(f"{self.name} {line.strip()}")


def _run(url: str, study: str, writers: int, seconds: float, *, kill: bool) -> list[_Writer]:
    """Let them write at once; a kill takes every other one, spread over the time."""
    line = [sys.executable, "-c", _WRITER, url, study]
    started = [
        _Writer(
            subprocess.Popen(
                [*line, f"w{n}"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True,
            ),
            f"w{n}",
        )
        for n in range(writers)
    ]  # fmt: skip
    for writer in started:  # all have loaded the program
        if writer.process.stdout:
            writer.process.stdout.readline()
    heard = [threading.Thread(target=writer.listen) for writer in started]
    for writer, thread in zip(started, heard, strict=True):
        if writer.process.stdin:
            writer.process.stdin.write("\n")
            writer.process.stdin.flush()
        thread.start()
    until = time.perf_counter() + seconds
    victims = started[::2] if kill else []
    for n, victim in enumerate(victims):
        time.sleep(max(0.0, until - seconds * (len(victims) - n) / (len(victims) + 1) - time.perf_counter()))
        victim.process.kill()
    time.sleep(max(0.0, until - time.perf_counter()))
    for writer in started:
        if writer not in victims and writer.process.poll() is not None:
            sys.exit(f"bench: {writer.name} failed: {writer.process.stderr and writer.process.stderr.read()}")
        writer.process.kill()
    for writer, thread in zip(started, heard, strict=True):
        thread.join()
        writer.process.wait()
    return started


def _proved(url: str, study: str, writers: list[_Writer]) -> int:
    """Return how many units the ledger has; stop if one that was acknowledged is missing, or a digest is wrong."""
    with reading(url, study) as (connection, own):
        there = {entry.message for entry in history.entries(connection, own)}
        found = list(proving.verify(connection, own))
    missing = {unit for writer in writers for unit in writer.kept} - there
    if missing or found:
        sys.exit(f"bench: {len(missing)} acknowledged units are missing, {len(found)} findings: {found[:3]}")
    return len(there) - 1


def lines(scratch: Path, seconds: float = _SECONDS, server: str = "") -> Iterator[str]:
    """Yield what came of one writer, and of 8 and 16, killed or not: units a second, and the longest wait.

    Args:
        scratch: a folder for the ledgers.
        seconds: how long each writes.
        server: the URL of a ledger on a server; else SQLite.
    """
    alone = 0.0
    for count, kill in ((1, False), (8, False), (16, False), (8, True), (16, True)):
        study = f"w{uuid4().hex[:8]}"
        url = server or f"sqlite:///{scratch / f'{study}.db'}"
        schema.create(url)
        with founding(url, Study(key=study, title="Writers"), author="bench", message="bench"):
            pass
        writers = _run(url, study, count, seconds, kill=kill)
        kept = [len(writer.kept) for writer in writers]
        rate = sum(kept) / seconds
        alone = alone or rate
        there = _proved(url, study, writers)
        ratio = f", {rate / alone:.2f} of one" if count > 1 and not kill else ""
        verdict = "  missed" if count > 1 and not kill and not server and rate < _GOAL * alone else ""
        yield (
            f"{count:2} writers{', half of them killed' if kill else ''}: {rate:.0f} units/s{ratio}; all {sum(kept):,} "
            f"acknowledged are there ({there:,} in all), digests hold; longest wait "
            f"{max(writer.longest for writer in writers):.1f} s; fewest {min(kept):,}, most {max(kept):,}{verdict}"
        )


def main() -> None:
    """Print the lines as they come."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else _SECONDS
    with tempfile.TemporaryDirectory(prefix="bench") as scratch:
        for line in lines(Path(scratch), seconds, sys.argv[2] if len(sys.argv) > 2 else ""):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
