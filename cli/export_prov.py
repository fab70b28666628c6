"""export prov: where everything comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .export_annotations import left_out, private_option
from .output import counted
from .session import reads, say


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@private_option
@click.option("--force", is_flag=True, help="Write over FILE.")
@reads
def prov(connection: Any, study: Any, file: Path, private: bool, force: bool) -> None:
    """Write the provenance of the study into FILE, as PROV-JSON: what follows from what, in which revision, by whom.

    Sources, quotes, observations, searches, tests, codes and narratives are entities, under the ids that they have in
    every copy of the ledger; revisions are activities; coders, authors and the program are agents. Quotes are named by
    their keys: no quoted words are in it.

    \b
    Example:
      evidence export prov strait.provenance.json
    """
    from evidence.exchange.annotations_told import told
    from evidence.exchange.prov import provenance
    from evidence.exchange.tables_place import put

    with told(connection, study, private=private) as open_to_all:
        content, count = provenance(open_to_all.connection, open_to_all.study)
        withheld = open_to_all.withheld
    put(file, content, force=force)
    say(f"{counted(count, 'entity')} and what they come from are in {file}.")
    left_out(withheld, " wherever something repeats them")
