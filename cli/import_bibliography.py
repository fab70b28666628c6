"""import bibliography: sources from reference managers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import counted
from .session import keep, message_option, say

if TYPE_CHECKING:
    from evidence.archive.incoming import Incoming

_FORMATS = ("ris", "bibtex", "csljson", "endnote", "zotero-rdf", "zotero")
_TIERS = ("primary", "secondary", "dataset", "news")


@click.command()
@click.argument("files", type=click.Path(path_type=Path, dir_okay=False), nargs=-1, metavar="[FILE...]")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="What the files are. [default: what is in them]"
)
@click.option(
    "--encoding",
    metavar="NAME",
    help="How letters are written in RIS and BibTeX, such as cp1252. [default: utf-8]",
)
@click.option(
    "--tier",
    type=click.Choice(_TIERS),
    help="Where new sources stand towards the events. [default: by what each is]",
)
@click.option("--zotero", is_flag=True, help="Read the library of the Zotero that runs on this computer.")
@click.option("--collection", metavar="NAME", help="With --zotero: only this collection.")
@click.option(
    "--url", metavar="URL", help="With --zotero: where it listens. [default: http://127.0.0.1:23119]"
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@message_option
@click.pass_context
def bibliography(
    ctx: click.Context,
    /,
    message: str | None,
    dry_run: bool,
    as_json: bool,
    tier: str | None,
    **where: Any,
) -> None:
    """Import sources from FILEs of a reference manager, or from a Zotero that is running.

    RIS, BibTeX, BibLaTeX, CSL-JSON, EndNote's XML, Zotero's RDF and Zotero's JSON are told apart by what is
    in them. The citation key becomes the source's key, and stays it. Brought again, a record changes only
    what it says anew; what you edited here stays. What a source has no field for is kept word for word.

    \b
    Example:
      evidence import bibliography library.bib archive.ris
      evidence import bibliography --zotero --collection "Taiwan Strait"
    """
    from dataclasses import replace

    from evidence.archive.bringing import bring

    from .brought import tell

    incoming = _read(ctx, **where)
    if tier:
        items = tuple(replace(item, fields={**item.fields, "tier": tier}) for item in incoming.items)
        incoming = replace(incoming, items=items)

    def work(session: Any) -> None:
        if not as_json:
            say(f"{counted(len(incoming.items), 'record')} read.")
        tell(bring(session, incoming), as_json=as_json)

    keep(ctx, work, message, dry_run=dry_run, bulk=True)


def _read(
    ctx: click.Context,
    files: tuple[Path, ...],
    form: str | None,
    encoding: str | None,
    *,
    zotero: bool,
    collection: str | None,
    url: str | None,
) -> Incoming:
    if bool(files) == zotero:
        raise click.UsageError("Give files, or --zotero, and not both.", ctx)
    if not zotero and (collection or url):
        raise click.UsageError("--collection and --url go with --zotero.", ctx)
    if zotero:
        from evidence.archive.bibliography.live import LOCAL, read_library

        return read_library(url or LOCAL, collection=collection)
    from evidence.archive.bibliography.reading import read_bibliographies

    return read_bibliographies(list(files), form=form, encoding=encoding)
