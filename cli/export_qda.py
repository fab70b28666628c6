"""export qda: a study for programs of qualitative data analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .export_annotations import left_out, private_option
from .output import counted
from .session import reads, say

_ENDS = (".qdpx", ".qdc")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.qdpx|FILE.qdc")
@private_option
@click.option("--force", is_flag=True, help="Write over FILE.")
@reads
def qda(connection: Any, study: Any, file: Path, private: bool, force: bool) -> None:
    """Write the study as a REFI-QDA project, or its code book, for NVivo, MAXQDA, ATLAS.ti, QualCoder and others.

    .qdpx: sources with their texts, quotes as coded passages, observations and reasons as notes, cases with their
    codes, all coders. Tests have a code for either way in which a passage bears on them. A text that rights keep here
    is left out, and its source has the quoted passages only. .qdc: the code book alone, every code with what it means.

    \b
    Example:
      evidence export qda study.qdpx
      evidence export qda codebook.qdc
    """
    from evidence.exchange.annotations_told import told
    from evidence.exchange.tables_place import put, streamed

    if file.suffix not in _ENDS:
        raise click.UsageError(f"A project ends in .qdpx and a code book in .qdc; {file.name} does not.")
    if file.suffix == ".qdc":
        from evidence.exchange.qdc import qdc

        with told(connection, study, private=private) as open_to_all:
            put(file, qdc(open_to_all.connection, open_to_all.study), force=force)
        say(f"The code book is in {file}.")
        return
    from evidence.exchange.qdpx import qdpx

    with told(connection, study, private=private) as open_to_all, streamed(file, force=force) as stream:
        done = qdpx(open_to_all, stream)
        withheld = open_to_all.withheld
    parts = [counted(done.texts, "text")]
    parts += [f"of {counted(done.excerpts, 'source')} the quoted passages only"] if done.excerpts else []
    verb = "are" if done.sources != 1 else "is"
    said = ", ".join(parts)
    say(f"{counted(done.sources, 'source')} with {counted(done.quotes, 'quote')} {verb} in {file}: {said}.")
    if done.citations:
        say(
            f"{counted(done.citations, 'source')} without a text that may leave and without a quote: as cited."
        )
    left_out(withheld)
