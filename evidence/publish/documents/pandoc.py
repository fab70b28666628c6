"""DOCX, LaTeX and EPUB by pandoc from the Markdown: one process each, and archives with the same bytes each time."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from evidence.errors import EvidenceError
from evidence.publish.csl.program import pandoc as program

__all__ = ["FROM", "pandoc", "settled"]

#: Quotation marks, dashes and dots stand as they were written; nothing in a text is TeX or HTML.
FROM = "markdown-smart-raw_html-raw_tex-tex_math_dollars-citations-example_lists-implicit_figures"
#: What an archive's files are dated: there is no clock in what the ledger alone should decide.
_MOMENT = "315532800"  # 1980-01-01, the first day that a ZIP can say


def pandoc(line: Sequence[str], place: Path) -> None:
    """Run pandoc in a folder.

    Args:
        line: what follows its name.
        place: the folder with what it reads, to which it writes.

    Raises:
        EvidenceError: it stops, and says why.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": _MOMENT, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(  # noqa: S603 - pandoc's own program, and no shell
        [str(program()), *line],
        cwd=place,
        env=environment,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise EvidenceError(f"pandoc stopped: {said[-1] if said else done.returncode}.")


def settled(archive: bytes) -> bytes:
    """Return a ZIP with its files in order and dated alike; an EPUB's ``mimetype`` stays first, and unpacked."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as given, zipfile.ZipFile(out, "w") as made:
        for name in sorted(given.namelist(), key=lambda name: (name != "mimetype", name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            made.writestr(entry, given.read(name))
    return out.getvalue()
