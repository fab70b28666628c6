"""Importing volumes of FRUS: against lxml's parsing alone, part by part, and the memory that many of them take."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from lxml import etree

from bench.timing import Row, compare, process
from evidence.archive.bringing import bring
from evidence.archive.frus.volume import read_volume
from evidence.ledger import schema
from evidence.ledger.revisions import founding, writing
from evidence.models import Study

__all__ = ["against_lxml"]

_NAME = "frus1964-68v02"
_CHECKOUT = Path(__file__).resolve().parents[1]
#: What a process of its own does with the files that it is given, and how much memory it took at most, in KiB. (What
#: ``getrusage`` tells is no less than its parent took.)
_IMPORT = """
import sys
from pathlib import Path
from evidence.archive.bringing import bring
from evidence.archive.frus.several import checked
from evidence.ledger.revisions import writing
volumes = checked([Path(name) for name in sys.argv[2:]])
with writing(sys.argv[1], "s", author="bench", message="bench", bulk=True) as session:
    for incoming in volumes():
        bring(session, incoming)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
#: What a process needs that only parses the file.
_PARSE = "import sys; from lxml import etree; etree.parse(sys.argv[1])"


def against_lxml(scratch: Path, rounds: int, *, quick: bool) -> Iterator[Row | str]:
    """Compare importing a volume of 4 MB with parsing it, and say what many volumes take of memory."""
    shared = Path(os.environ.get("EVIDENCE_SHARED") or _CHECKOUT.parent / "shared")
    volume = shared / "data" / "frus" / f"{_NAME}.xml"
    if not volume.is_file():
        yield f"{volume.name} is not in {shared}; set EVIDENCE_SHARED to the folder of real data"
        return
    empty, ledger = _empty(scratch), scratch / "frus.db"
    taken: list[tuple[float, float, float]] = []

    def fresh() -> None:
        _copy(empty, ledger)

    def ours() -> None:
        begun = time.perf_counter()
        incoming = read_volume(volume)
        read = time.perf_counter()
        with writing(f"sqlite:///{ledger}", "s", author="bench", message="bench", bulk=True) as session:
            bring(session, incoming)
            brought = time.perf_counter()
        taken.append((read - begun, brought - read, time.perf_counter() - brought))

    def floor() -> None:
        etree.parse(volume)

    yield compare(
        "read a volume of FRUS of 4 MB / lxml parses it",
        lambda: read_volume(volume),
        floor,
        4.0,
        rounds=rounds,
    )
    yield compare(
        "import it, with history and index / lxml parses it", ours, floor, 4.0, rounds=rounds, between=fresh
    )
    read, brought, kept = (median(times) * 1000 for times in zip(*taken, strict=True))
    yield f"of an import: {read:.0f} ms reading, {brought:.0f} ms bringing, {kept:.0f} ms history, index and commit"
    whole = process(sys.executable, "-m", "evidence", "--ledger", str(ledger), "import", "frus", str(volume))
    bare = process(sys.executable, "-c", _PARSE, str(volume))
    yield compare(
        "evidence import frus / a process that parses it", whole, bare, 4.0, rounds=rounds, between=fresh
    )
    if not Path("/proc/self/status").is_file():
        return
    few, many = (4, 8) if quick else (4, 24)
    one, other = (_memory(scratch, empty, volume, count) for count in (few, many))
    yield f"memory of importing {few} volumes: {one:.0f} MB; of {many}: {other:.0f} MB (goal: flat)"


def _empty(scratch: Path) -> Path:
    file = scratch / "frus-empty.db"
    schema.create(f"sqlite:///{file}")
    with founding(f"sqlite:///{file}", Study(key="s", title="S"), author="bench", message="bench"):
        pass
    return file


def _copy(empty: Path, ledger: Path) -> None:
    for leftover in (ledger, Path(f"{ledger}-wal"), Path(f"{ledger}-shm")):
        leftover.unlink(missing_ok=True)
    ledger.write_bytes(empty.read_bytes())


def _memory(scratch: Path, empty: Path, volume: Path, count: int) -> float:
    """Return how many megabytes a process takes to import so many volumes: copies, each with an id of its own."""
    ledger, folder = scratch / "memory.db", scratch / "volumes"
    folder.mkdir(exist_ok=True)
    _copy(empty, ledger)
    text = volume.read_text(encoding="utf-8")
    files = []
    for number in range(count):
        file = folder / f"{number}.xml"
        file.write_text(text.replace(_NAME, f"{_NAME}n{number}"), encoding="utf-8")
        files.append(str(file))
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT, f"sqlite:///{ledger}", *files],
        cwd=_CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout) / 1024
