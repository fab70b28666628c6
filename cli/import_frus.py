"""import frus: volumes of Foreign Relations of the United States."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .session import keep, message_option


@click.command()
@click.argument(
    "files", type=click.Path(path_type=Path, dir_okay=False), nargs=-1, required=True, metavar="FILE..."
)
@click.option(
    "--documents",
    metavar="IDS",
    help="Only these, with commas: d22,d134, or persons. [default: all of the volume]",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@message_option
@click.pass_context
def frus(
    ctx: click.Context,
    /,
    files: tuple[Path, ...],
    documents: str | None,
    dry_run: bool,
    message: str | None,
) -> None:
    """Import volumes of Foreign Relations of the United States (FRUS) from their TEI files.

    Every document becomes a source with its words, its date, people, archive and classification; its key
    is the volume's id and its own, such as frus1955-57v02-d134. The same file twice changes nothing. A newer
    edition adds its words beside the older ones, and quotes are looked for again.

    \b
    Example:
      evidence import frus frus1955-57v02.xml
      evidence import frus frus1955-57v02.xml --documents d22,d134,persons
    """
    from evidence.archive.bringing import bring
    from evidence.archive.frus.several import checked
    from evidence.errors import ValueRefused

    from .brought import tell

    wanted = None if documents is None else [one.strip() for one in documents.split(",") if one.strip()]
    if wanted == []:
        raise ValueRefused("--documents names none; write ids with commas, such as d22,d134.")
    volumes = checked(files, wanted)

    def work(session: Any) -> None:
        for incoming in volumes():
            tell(bring(session, incoming))

    keep(ctx, work, message, dry_run=dry_run, bulk=True)
