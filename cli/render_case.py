"""render case: one case's page, also while its narrative is being written."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .session import looking, templates_option

if TYPE_CHECKING:
    from .serving import Pages

__all__ = ["case"]

#: How long to wait between two looks at what pages are made from, in seconds.
_PAUSE = 0.3
_PORT = 8188
#: A number for each thing that pages are made from: another number, another page.
_Made = tuple[Any, ...]


@click.command()
@click.argument("key")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder to write to. [default: case-KEY; with --watch, none]",
)
@click.option(
    "--narrative",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Show the narrative in FILE in place of the ledger's; front matter is passed over.",
)
@click.option("--watch", is_flag=True, help="Show it in a browser, anew after each change, until Ctrl-C.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="With --watch; 0 is any."
)
@click.option("--style", default="", metavar="NAME|FILE", help="Citation style (CSL). [default: the study's]")
@templates_option
@click.pass_context
def case(
    ctx: click.Context,
    key: str,
    output: Path | None,
    narrative: Path | None,
    watch: bool,
    port: int,
    style: str,
    templates: Path | None,
) -> None:
    """Render one case's page, with the sources that it rests on: a folder that stands by itself.

    With --watch the page is shown on this machine, and anew whenever the ledger has a new revision, or the file with the
    narrative or a template is saved. What is wrong in them is shown in its place until it is mended.

    \b
    Example:
      evidence render case mid-50 --output mid-50
      evidence render case mid-50 --watch --narrative mid-50.md
    """
    asked = _Asked(ctx, key, output, narrative, templates, style)
    if watch:
        _watch(asked, port)
        return
    pages, home = _rendered(asked)
    folder = output or Path(f"case-{Path(home).stem}")
    written = _write(folder, pages)
    click.echo(f"{folder / home} is rendered: {written}.", err=True)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which page is asked for, and what it is made from."""

    ctx: click.Context
    key: str
    output: Path | None
    narrative: Path | None
    templates: Path | None
    style: str


def _rendered(asked: _Asked) -> tuple[dict[str, bytes], str]:
    """Return the pages, and the path of the case's own; an error in the narrative names its file and line there."""
    from evidence.errors import EvidenceError, Place
    from evidence.publish.one_case import case_pages

    from .narrative import read_narrative

    file = asked.narrative
    text, first = read_narrative(file) if file else (None, 1)
    try:
        with looking(asked.ctx) as (connection, study):
            return case_pages(
                connection, study, asked.key, narrative=text, templates=asked.templates, style=asked.style
            )
    except EvidenceError as error:
        place = error.place
        if file is None or place is None or place.file or place.line is None:
            raise
        raise error.at(Place(str(file), place.line + first - 1)) from error


def _write(folder: Path, pages: Mapping[str, bytes]) -> str:
    from evidence.publish.folder import write

    written, unchanged, removed = write(folder, pages)
    gone = f", {len(removed)} removed" if removed else ""
    return f"{len(written)} file{'' if len(written) == 1 else 's'} written, {len(unchanged)} unchanged{gone}"


def _watch(asked: _Asked, port: int) -> None:
    from .serving import Pages, serving
    from .watching import ending

    shown = Pages()
    watched = _made_of(asked)
    _again(asked, shown, first=True)
    with ending() as ended, serving(shown, port) as address:
        click.echo(f"{asked.key} is shown at {address}; end with Ctrl-C.", err=True)
        before = watched
        while not ended():
            time.sleep(_PAUSE)
            now = _made_of(asked)
            # What is being saved is let alone until two looks see the same.
            if now == before and now != watched:
                watched = now
                _again(asked, shown)
            before = now


def _again(asked: _Asked, shown: Pages, *, first: bool = False) -> None:
    """Show the page as it is now, or what is wrong; at first a case or a ledger that is not there ends it."""
    from evidence.errors import EvidenceError, LedgerError, UnknownKey

    try:
        pages, home = _rendered(asked)
        if asked.output is not None:
            _write(asked.output, pages)
    except EvidenceError as error:
        if first and isinstance(error, LedgerError | UnknownKey):
            raise
        click.echo(f"Error: {error}", err=True)
        shown.fail(str(error))
        return
    if shown.wrong:
        click.echo("Mended.", err=True)
    shown.show(pages, home)


def _made_of(asked: _Asked) -> _Made:
    """Return what tells whether the pages would be others now: the newest revision, and when files were saved."""
    from evidence.errors import EvidenceError
    from evidence.publish.one_case import newest

    from .watching import stamp

    try:
        with looking(asked.ctx) as (connection, study):
            revision: int | str = newest(connection, study)
    except EvidenceError as error:
        revision = str(error)
    folder = asked.templates
    files = [one for one in (asked.narrative, Path(asked.style) if asked.style else None) if one]
    files += sorted(file for file in folder.rglob("*") if file.is_file()) if folder else []
    return (revision, *((str(file), stamp(file)) for file in files))
