"""render: the appendix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .render_case import case
from .session import reads, say, templates_option

#: Formats that are pages; all others are documents.
_PAGES = ("site", "html", "single")
_PAGE = (".html", ".htm")


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
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["site", "html", "pdf", "docx", "latex", "md", "epub"]),
    help="A folder of pages, one HTML file, or a document. May be repeated.  [default: site]",
)
@click.option("--case", "cases", multiple=True, metavar="KEY", help="Only this case. May be repeated.")
@click.option(
    "--episode",
    "episodes",
    multiple=True,
    metavar="KEY",
    help="Only the cases of this episode. May be repeated.",
)
@click.option("--only-deep", is_flag=True, help="No cases that were only screened.")
@click.option("--single-file", is_flag=True, help="Everything in one HTML file.")
@click.option(
    "--font",
    "fonts",
    multiple=True,
    metavar="NAME",
    help="PDF: the face of the text. May be repeated: each further one is for what those before it lack.",
)
@click.option(
    "--reference-doc",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="DOCX: a document whose styles are taken.",
)
@templates_option
@click.option(
    "--style", default="", metavar="NAME|FILE", help="Citation style (CSL).  [default: the study's]"
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Fill pages in so many processes.",
)
@reads
def appendix(
    connection: Any,
    study: Any,
    output: Path,
    formats: tuple[str, ...],
    cases: tuple[str, ...],
    episodes: tuple[str, ...],
    only_deep: bool,
    single_file: bool,
    fonts: tuple[str, ...],
    reference_doc: Path | None,
    templates: Path | None,
    style: str,
    jobs: int,
) -> None:
    """Render the appendix: a front page, a page for each case, the sources, and the table of codes; or documents.

    The same ledger gives the same bytes; only pages that changed are written.

    \b
    Example:
      evidence render appendix --output appendix --case mid-50
      evidence render appendix --format pdf --format docx --only-deep
    """
    from evidence.publish.choosing import chosen

    wanted = (*formats, *(["single"] if single_file else [])) or ("site",)
    keys = chosen(connection, study, cases, episodes=episodes, only_deep=only_deep)
    for name in dict.fromkeys(wanted):
        if name in _PAGES:
            _pages(connection, study, output, keys, templates, style, name, jobs)
    written = [name for name in dict.fromkeys(wanted) if name not in _PAGES]
    if written:
        from evidence.publish.documents.formats import Asked

        asked = Asked(written, fonts, reference_doc, templates)
        _documents(connection, study, output, asked, keys, style)


def _pages(
    connection: Any,
    study: Any,
    output: Path,
    cases: tuple[str, ...],
    templates: Path | None,
    style: str,
    name: str,
    jobs: int,
) -> None:
    from evidence.publish.render import appendix as rendered

    from .bar import bar

    place = output / "appendix.html" if name == "html" and output.suffix not in _PAGE else output
    alone = name != "site"
    with bar("Rendering") as progress:
        report = rendered(
            connection,
            study,
            place,
            cases=cases,
            single_file=alone,
            templates=templates,
            style=style,
            jobs=jobs,
            progress=progress,
        )
    pages = "1 page is" if report.pages == 1 else f"{report.pages} pages are"
    say(f"{pages} in {output}: {_counted(report)}.")


def _documents(
    connection: Any, study: Any, output: Path, asked: Any, cases: tuple[str, ...], style: str
) -> None:
    from evidence.publish.documents.rendering import render_documents

    for made, outcome in render_documents(connection, study, output, asked, cases=cases, style=style):
        several = made.format == "figures"
        names = f"{len(made.files)} figures" if several else ", ".join(made.files)
        say(f"{names} {'are' if several or len(made.files) > 1 else 'is'} in {output}: {_counted(outcome)}.")
        for warning in made.warnings:
            say(f"Warning: {warning}")


def _counted(report: Any) -> str:
    """Return how many files were written, were so already, and were removed."""
    written = f"{len(report.written)} file{'' if len(report.written) == 1 else 's'} written"
    removed = f", {len(report.removed)} removed" if report.removed else ""
    return f"{written}, {len(report.unchanged)} unchanged{removed}"


render.add_command(case)
