"""import: the group whose commands bring things in; each is loaded when it is called."""

from __future__ import annotations

import click

from .lazy import Lazy

#: Every import: the module that has it, and the line that ``evidence import --help`` shows.
IMPORTS: dict[str, tuple[str, str]] = {
    "mid": ("import_cases", "Disputes from COW's Militarized Interstate Disputes."),
    "table": ("import_cases", "Records of any noun from any table, CSV or XLSX."),
    "codings": ("import_codings", "Codes of the same cases by a publication or data set."),
    "texts": ("import_texts", "A folder of documents: plain text, Markdown, HTML, PDF, DOCX."),
    "frus": ("import_frus", "Volumes of Foreign Relations of the United States."),
    "bibliography": ("import_bibliography", "Sources from Zotero, EndNote, BibTeX, RIS or CSL-JSON."),
    "tropy": ("import_annotations", "Photographed documents described in Tropy."),
    "hypothesis": ("import_annotations", "Annotations made with Hypothesis."),
    "annotations": ("import_annotations", "W3C Web Annotations."),
    "challenge": ("import_challenge", "What readers of the appendix doubt, from the files that they saved."),
    "qdpx": ("import_annotations", "REFI-QDA projects and code books: NVivo, MAXQDA, ATLAS.ti, QualCoder."),
}


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return imports


@click.group("import", cls=Lazy, commands_of=IMPORTS, noun="import")
def imports() -> None:
    """Bring in cases, sources and passages. Everything is checked before anything is written.

    \b
    Example:
      evidence import mid --disputes MIDA.csv --participants MIDB.csv --data-version 4.01 --country 2
    """
