"""export tables, export codebook: a study as tables, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .output import counted
from .round import listed
from .session import reads, say

_FORMATS = ("csv", "parquet", "xlsx")
_BOOKS = (".md", ".csv", ".json")
_MOST_DRAWS = 100_000


draws_options = (
    click.option(
        "--draws",
        type=click.IntRange(0, _MOST_DRAWS),
        default=0,
        metavar="N",
        help="Draw each code anew by its weights, so many times, as one more table.",
    ),
    click.option(
        "--random-seed", "seed", type=int, default=1, show_default=True, metavar="N", help="Of the drawing."
    ),
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(_FORMATS),
    help="May be repeated. Parquet needs pyarrow. [default: csv]",
)
@draws_options[0]
@draws_options[1]
@click.option(
    "--with",
    "beside",
    multiple=True,
    metavar="KEY,...",
    help="A publication's codes count towards weights, as a further coder's.",
)
@click.option("--force", is_flag=True, help="Write over what is in DIR; files of other names stay.")
@reads
def tables(
    connection: Any,
    study: Any,
    folder: Path,
    formats: tuple[str, ...],
    draws: int,
    seed: int,
    beside: tuple[str, ...],
    force: bool,
) -> None:
    """Write the study as tables into DIR, for R, Stata, pandas and spreadsheets, with a codebook beside them.

    One meaning for each column, no cell with a list in it, keys that join. The table of cases has the code of each case
    on each variable; a code that is missing says why, and is no 0. The table of weights says how sure each code is, so
    that a regression can be run again under codes that are in doubt.

    \b
    Example:
      evidence export tables ./tables --format csv --format xlsx
      evidence export tables ./tables --draws 100 --random-seed 7 --force
    """
    from evidence.exchange.tables import export_tables, stale
    from evidence.exchange.tables_place import placed

    with placed(folder, stale(connection, study), force=force) as part:
        done = export_tables(
            connection, study, part, formats or ("csv",), draws=draws, seed=seed, beside=listed(beside)
        )
    rows = sum(done.counts.values())
    say(
        f"{counted(len(done.counts), 'table')} with {counted(rows, 'row')} {'are' if rows != 1 else 'is'} in {folder}; "
        "codebook.md says what each column means."
    )
    for name, cells in done.cut.items():
        verb = "are" if cells != 1 else "is"
        say(
            f"In the workbook {counted(cells, 'cell')} of {name} {verb} cut short: a spreadsheet cell has an end. --format csv has all of it."
        )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@draws_options[0]
@draws_options[1]
@click.option("--force", is_flag=True, help="Write over FILE.")
@reads
def codebook(connection: Any, study: Any, file: Path, draws: int, seed: int, force: bool) -> None:
    """Write the codebook into FILE: variables, levels, rules, missing codes, and every column of every table.

    What FILE ends in says for whom: .md for people, .json for programs, .csv for the columns alone.

    \b
    Example:
      evidence export codebook codebook.md
    """
    from evidence.exchange.codebook import as_csv, as_json, as_markdown
    from evidence.exchange.tables import codebook as read
    from evidence.exchange.tables_place import put

    writers = dict(zip(_BOOKS, (as_markdown, as_csv, as_json), strict=True))
    if file.suffix not in writers:
        raise click.UsageError(
            f"A codebook ends in {', '.join(_BOOKS[:-1])} or {_BOOKS[-1]}; {file.name} does not."
        )
    book = read(connection, study, draws=draws, seed=seed)
    put(file, writers[file.suffix](book).encode(), force=force)
    columns = sum(len(table.columns) for table in book.tables)
    say(f"{counted(len(book.schemes), 'variable')} and {counted(columns, 'column')} are described in {file}.")
