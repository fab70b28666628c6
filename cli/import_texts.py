"""import texts: a folder of documents, with a table that says what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .session import keep, message_option, say


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--metadata",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="A CSV in UTF-8: a column file, and columns named as fields of source.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@message_option
@click.pass_context
def texts(ctx: click.Context, /, folder: Path, metadata: Path, dry_run: bool, message: str | None) -> None:
    """Import a FOLDER of documents: plain text, Markdown, HTML, PDF with a text layer, DOCX.

    Each row of the table is a source with its text. Columns: file (its name in the folder), key, title, tier,
    repository, box and any other field of source; csl.issued, identifiers.NAME and the like for entries of lists
    (people as "Dulles, John Foster; Policy Planning Staff"); edition, shareable, first_page and encoding for
    the text. Every file needs its row and every row its file.

    \b
    Example:
      evidence import texts scans/ --metadata scans/metadata.csv --dry-run
    """
    from evidence.archive.bringing import bring
    from evidence.archive.texts import read_folder

    from .brought import tell

    read = read_folder(folder, metadata)

    def work(session: Any) -> None:
        for remark in read.remarks:
            say(f"Note: {remark}")
        tell(bring(session, read.incoming))

    keep(ctx, work, message, dry_run=dry_run, bulk=True)
