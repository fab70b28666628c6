"""export deposit: one package for a repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .output import counted
from .session import reads, say, templates_option

_FORMATS = ("site", "html", "pdf", "docx", "latex", "md", "epub")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--redact", is_flag=True, help="Leave out what access conditions forbid, and list what was left out."
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(_FORMATS),
    help="In which form the appendix is in it. May be repeated.  [default: site]",
)
@click.option("--no-appendix", is_flag=True, help="Without the appendix.")
@click.option(
    "--license", metavar="URL", default="", help="The licence of what is the study's own, by its web address."
)
@click.option(
    "--style", default="", metavar="NAME|FILE", help="Citation style (CSL).  [default: the study's]"
)
@click.option("--force", is_flag=True, help="Make a deposit anew that is there already.")
@templates_option
@reads
def deposit(
    connection: Any,
    study: Any,
    folder: Path,
    redact: bool,
    formats: tuple[str, ...],
    no_appendix: bool,
    license: str,  # noqa: A002 - what it is called in every repository
    style: str,
    force: bool,
    templates: Path | None,
) -> None:
    """Make one package of the study for a repository such as QDR or Dataverse: a BagIt bag that is an RO-Crate.

    It has the data overview, the tables with their codebook, the bibliography, the annotations, the provenance, the
    appendix, and the study as text with the texts that rights allow; and it says what is left out, and why. Where access to
    a source is restricted or closed, or its rights say that it may not be quoted, a deposit is made with --redact only, and
    without its words.

    \b
    Example:
      evidence export deposit ./deposit --redact --license https://creativecommons.org/licenses/by/4.0/
    """
    from evidence.exchange.deposit import deposit as made

    found = made(
        connection,
        study,
        folder,
        redact=redact,
        formats=() if no_appendix else formats or ("site",),
        license=license,
        style=style,
        templates=templates,
        force=force,
    )
    texts = f", {counted(found.texts, 'text')} of sources among them" if found.texts else ""
    say(f"{counted(found.files, 'file')} in {folder}{texts}.")
    if found.withheld:
        say(f"The words of {found.withheld} are not in it; data/rights.md says why.")
    if found.long:
        say(
            f"{counted(found.long, 'excerpt')} longer than the 150 words that ATI advises; data/rights.md lists them."
        )
