"""export bibliography: the sources for reference managers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .output import counted
from .session import reads, say

_FORMATS = ("csl-json", "bibtex", "ris")
_ENDS = {".json": "csl-json", ".bib": "bibtex", ".ris": "ris"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="What to write. [default: by what FILE ends in]"
)
@click.option("--force", is_flag=True, help="Write over FILE.")
@reads
def bibliography(connection: Any, study: Any, file: Path, form: str | None, force: bool) -> None:
    """Write the sources of the study into FILE, for Zotero, EndNote, LaTeX or pandoc.

    A source's key is its citation key. Documents in archives have their repository, collection and place in it. What a
    format has no words for comes along in a field that other programs pass over, so that 'evidence import
    bibliography' has the same sources again. Remarks and source criticism stay here.

    \b
    Example:
      evidence export bibliography sources.bib
      evidence export bibliography sources.json --format csl-json
    """
    from evidence.exchange.bibliography import bibliography as written
    from evidence.exchange.tables_place import put

    chosen = form or _ENDS.get(file.suffix)
    if chosen is None:
        raise click.UsageError(
            f"What {file.name} is to be cannot be told from its name; say it with --format."
        )
    text, count = written(connection, study, chosen)
    put(file, text.encode(), force=force)
    say(f"{counted(count, 'source')} {'are' if count != 1 else 'is'} in {file}.")
