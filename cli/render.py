"""render: the appendix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .render_case import case
from .session import reads, say, templates_option


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return render


@click.group()
def render() -> None:
    """Turn the ledger into a publication.

    \b
    Example:
      evidence render appendix --output appendix
    """


@render.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("appendix"),
    show_default=True,
    help="Folder to write to.",
)
@click.option("--case", "cases", multiple=True, metavar="KEY", help="Only this case. May be repeated.")
@click.option("--single-file", is_flag=True, help="Everything in one HTML file.")
@templates_option
@click.option(
    "--style", default="", metavar="NAME|FILE", help="Citation style (CSL).  [default: the study's]"
)
@reads
def appendix(
    connection: Any,
    study: Any,
    output: Path,
    cases: tuple[str, ...],
    single_file: bool,
    templates: Path | None,
    style: str,
) -> None:
    """Render the appendix: a front page, a page for each case, the sources, and the table of codes.

    The same ledger gives the same bytes; only pages that changed are written.

    \b
    Example:
      evidence render appendix --output appendix --case mid-50
    """
    from evidence.publish.render import appendix as rendered

    report = rendered(
        connection, study, output, cases=cases, single_file=single_file, templates=templates, style=style
    )
    pages = "1 page is" if report.pages == 1 else f"{report.pages} pages are"
    written = f"{len(report.written)} file{'' if len(report.written) == 1 else 's'} written"
    removed = f", {len(report.removed)} removed" if report.removed else ""
    say(f"{pages} in {output}: {written}, {len(report.unchanged)} unchanged{removed}.")


render.add_command(case)
