"""export annotations: quotes as W3C Web Annotations, or as the table that Annotation for Transparent Inquiry asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .output import counted
from .session import reads, say

_FORMATS = ("json-ld", "ati-csv", "ati-html")
_ENDS = {".jsonld": "json-ld", ".json": "json-ld", ".csv": "ati-csv", ".html": "ati-html"}
_NAMED = 5


private_option = click.option(
    "--private",
    is_flag=True,
    help="For your own eyes: also what access conditions and rights forbid to pass on.",
)


@click.command()  # type: ignore[no-redef] # __future__ has the name, too
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="What to write. [default: by what FILE ends in]"
)
@click.option(
    "--case", "cases", multiple=True, metavar="KEY", help="Only quotes of this case. May be repeated."
)
@click.option(
    "--style",
    default="",
    metavar="NAME|FILE",
    help="Citation style (CSL) of the table.  [default: the study's]",
)
@private_option
@click.option("--force", is_flag=True, help="Write over FILE.")
@reads
def annotations(
    connection: Any,
    study: Any,
    file: Path,
    form: str | None,
    cases: tuple[str, ...],
    style: str,
    private: bool,
    force: bool,
) -> None:
    """Write the quotes with what is said of them into FILE, for readers and their tools.

    .jsonld: W3C Web Annotations, with the words around each quote, what it shows, its translation, and its cases and
    tests as tags; 'evidence import annotations' reads them back. .csv or .html: the table of Annotation for
    Transparent Inquiry: what is claimed, excerpt, analytic note, citation, link, translation, and on which conditions
    the source can be had. Excerpts that are longer than it advises are named.

    \b
    Example:
      evidence export annotations annotations.jsonld
      evidence export annotations ati.html --case mid-50
    """
    from evidence.exchange.annotations_told import told

    chosen = form or _ENDS.get(file.suffix)
    if chosen is None:
        raise click.UsageError(
            f"What {file.name} is to be cannot be told from its name; say it with --format."
        )
    long: list[str] = []
    with told(connection, study, private=private) as open_to_all:
        if chosen == "json-ld":
            count = _web(open_to_all, file, cases, force=force)
        else:
            count, long = _ati(open_to_all, file, cases, style, chosen.removeprefix("ati-"), force=force)
        withheld = open_to_all.withheld
    say(f"{counted(count, 'annotation')} {'are' if count != 1 else 'is'} in {file}.")
    if long:
        more = f" and {len(long) - _NAMED} more" if len(long) > _NAMED else ""
        verb = "are" if len(long) != 1 else "is"
        say(
            f"{counted(len(long), 'excerpt')} {verb} longer than the 150 words that ATI advises: {', '.join(long[:_NAMED])}{more}."
        )
    left_out(withheld)


def left_out(withheld: str, where: str = "") -> None:
    """Say what is not told to others."""
    if withheld:
        say(
            f"Left out{where}: the words of {withheld}, which access conditions or rights forbid to pass on; --private has them."
        )


def _web(open_to_all: Any, file: Path, cases: tuple[str, ...], *, force: bool) -> int:
    from evidence.exchange.annotations import collection
    from evidence.exchange.tables_place import streamed

    with streamed(file, force=force) as stream:
        return collection(
            open_to_all.connection, open_to_all.study, stream, cases=cases, without=open_to_all.quotes
        )


def _ati(
    open_to_all: Any, file: Path, cases: tuple[str, ...], style: str, form: str, *, force: bool
) -> tuple[int, list[str]]:
    from evidence.exchange.ati import FORMATS, ati
    from evidence.exchange.tables_place import put

    made = ati(
        open_to_all.connection, open_to_all.study, cases=cases, without=open_to_all.quotes, style=style
    )
    put(file, FORMATS[form](made).encode(), force=force)
    return len(made.annotations), list(made.long)
