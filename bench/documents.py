"""Documents: each format's whole making against Typst, or pandoc, alone on the same content."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.timing import ROOT, Row, compare, process
from evidence.ledger.store import reading
from evidence.publish.csl.program import pandoc as program
from evidence.publish.documents import formats
from evidence.publish.documents.formats import Asked, documents
from evidence.publish.front import read_appendix
from evidence.publish.load import load

__all__ = ["rows"]

_TYPST = """
import sys, typst
typst.Compiler(root=sys.argv[1]).compile(input=sys.argv[1] + "/appendix.typ", output=sys.argv[2], sys_inputs={"volume": "/volume.json"})
"""


def rows(scratch: Path, ledger: Path, cases: int, rounds: int) -> Iterator[Row | str]:
    """Compare the program, as a process, with the engine behind each format, as a process on the same input.

    Args:
        scratch: a folder for what is made.
        ledger: the ledger, a file.
        cases: how many it has.
        rounds: how many pairs.
    """
    inputs = _inputs(scratch / f"inputs{cases}", ledger)
    yield _memory(inputs, cases)
    out = scratch / f"documents{cases}"

    def clear() -> None:
        shutil.rmtree(out, ignore_errors=True)

    for name, goal in (("pdf", 1.3), ("docx", 1.2), ("latex", 1.2), ("epub", 1.2)):
        ours = process(
            sys.executable, "-m", "evidence", "--ledger", str(ledger), "render", "appendix", "--format", name,
            "--output", str(out),
        )  # fmt: skip
        floor = process(*_floor(name, inputs), cwd=inputs)
        engine = "Typst" if name == "pdf" else "pandoc"
        yield compare(
            f"evidence render appendix --format {name}, {cases:,} cases / {engine} alone",
            ours,
            floor,
            goal,
            rounds=rounds,
            between=clear,
        )


def _inputs(kept: Path, ledger: Path) -> Path:
    """Return a folder with what Typst and pandoc are given."""
    with reading(f"sqlite:///{ledger}") as (connection, study):
        read = read_appendix(load(connection, study))
    for _ in documents(read, Asked(["pdf", "docx", "latex", "epub"], kept=kept)):
        pass
    return kept


def _floor(name: str, inputs: Path) -> list[str]:
    if name == "pdf":
        return [sys.executable, "-c", _TYPST, str(inputs / "typst"), str(inputs / "floor.pdf")]
    return [str(program()), *formats.line(name), "--output", f"floor.{name}"]


def _memory(inputs: Path, cases: int) -> str:
    """Return how much memory Typst takes for a page of it, in a process of its own."""
    import pypdfium2  # noqa: PLC0415

    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    subprocess.run(_floor("pdf", inputs), cwd=ROOT, check=True, capture_output=True)
    taken = max(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, before)
    document = pypdfium2.PdfDocument(inputs / "floor.pdf")
    pages = len(document)
    document.close()
    return f"memory of a PDF of {cases:,} cases: {pages} pages, {taken / 1024:.0f} MB, {taken / 1024 / pages:.2f} MB a page (goal: 2.5)"
