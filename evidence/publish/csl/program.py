"""Where pandoc is, and which: found without starting it, so that a rendering that needs it for nothing never does."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from evidence.errors import EvidenceError

__all__ = ["fingerprint", "pandoc"]


def pandoc() -> Path:
    """Return the pandoc that comes with the package ``pypandoc_binary``, or the machine's own.

    Raises:
        EvidenceError: there is none.
    """
    named = os.environ.get("PYPANDOC_PANDOC", "")
    if named and Path(named).is_file():
        return Path(named)
    spec = find_spec("pypandoc")
    beside = Path(spec.origin).parent / "files" if spec and spec.origin else None
    for program in ("pandoc", "pandoc.exe"):
        if beside and (beside / program).is_file():
            return beside / program
    found = shutil.which("pandoc")
    if found is None:
        raise EvidenceError(
            "pandoc, which sets the citations, is not here; install the package pypandoc_binary."
        )
    return Path(found)


def fingerprint() -> str:
    """Return what tells one pandoc from another: the size and the time of its file."""
    told = pandoc().stat()
    return f"{told.st_size}-{told.st_mtime_ns}"
