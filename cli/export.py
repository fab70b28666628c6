"""export: the group whose commands take things out; each is loaded when it is called."""

from __future__ import annotations

import click

from .lazy import Lazy

#: Every export: the module that has it, and the line that ``evidence export --help`` shows.
EXPORTS: dict[str, tuple[str, str]] = {
    "tables": ("export_tables", "Tidy tables for R, Stata and pandas, with their codebook."),
    "codebook": ("export_tables", "Variables, levels, rules, and every column of every table."),
    "bibliography": ("export_bibliography", "The sources as CSL-JSON, BibTeX or RIS."),
    "annotations": ("export_annotations", "Quotes as W3C Web Annotations, or as the table of ATI."),
    "prov": ("export_prov", "Where everything comes from, as PROV-JSON."),
    "qda": ("export_qda", "A REFI-QDA project or code book, for NVivo, MAXQDA, ATLAS.ti, QualCoder."),
    "deposit": ("export_deposit", "One package for a repository: BagIt, RO-Crate."),
}


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return export


@click.group("export", cls=Lazy, commands_of=EXPORTS, noun="export")
def export() -> None:
    """Take things out in forms that other programs read. The ledger is only read.

    \b
    Example:
      evidence export tables ./tables --format csv --format parquet
    """
