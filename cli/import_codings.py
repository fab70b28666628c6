"""import codings: the same cases as a publication or a data set codes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import pairs
from .output import counted
from .session import keep, message_option, say

if TYPE_CHECKING:
    from evidence.coding.published import Brought


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--coder", metavar="KEY", required=True, help="The publication, as a coder with a source.")
@click.option("--variable", metavar="KEY", required=True, help="What it codes.")
@click.option("--version", metavar="NAME", help="The variable's version. [default: the newest]")
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="COLUMN=WHAT",
    help="What a column holds: case, value, why, page ... May be repeated.",
)
@click.option(
    "--missing",
    multiple=True,
    metavar="TEXT",
    help="What stands for a case that is not coded, such as -9. May be repeated.",
)
@click.option("--numbers", metavar="VERSION", default="", help="The data set or version that numbers are of.")
@click.option("--sheet", metavar="NAME", help="Which sheet of a spreadsheet. [default: the first]")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@message_option
@click.pass_context
def codings(
    ctx: click.Context,
    /,
    message: str | None,
    file: Path,
    coder: str,
    variable: str,
    version: str | None,
    columns: tuple[str, ...],
    missing: tuple[str, ...],
    numbers: str,
    sheet: str | None,
    dry_run: bool,
) -> None:
    """Import how a publication or a data set codes the same cases, from a CSV or XLSX FILE.

    Its columns are case (a key, or a number in a data set) and value; and, if there are any, why (their words), page
    or another part of a locator, and decided on. A blank value means that they do not code the case. Such codes stand
    beside the study's own, and never take their place: 'evidence compare' shows where they differ.

    \b
    Example:
      evidence import codings cow.csv --coder cow --variable HOST --map DispNum3=case --map HostLev=value
    """
    from evidence.cases.reading import read_sheet
    from evidence.coding.published import bring_codings, read_codings

    table = read_sheet(file, sheet=sheet)
    read, left_out = read_codings(
        table.file, table.header, table.numbers, table.columns, named=pairs("--map", columns), missing=missing
    )

    def work(session: Any) -> None:
        brought = bring_codings(
            session, read, coder=coder, variable=variable, version=version, numbers=numbers
        )
        for remark in table.remarks:
            say(f"Warning: {table.file}: {remark}.")
        if left_out:
            say(f"Nothing was read from {', '.join(left_out)}.")
        _tell(brought, coder, variable)

    keep(ctx, work, message, dry_run=dry_run)


def _tell(brought: Brought, coder: str, variable: str) -> None:
    """Say what came of it: what changed is data, the sum of it is talk."""
    for case, before, after in brought.changed:
        what = f"{_value(before)} → {_value(after)}" if before != after else "its reasons or their place"
        say(f"Changed: {case}, {variable}: {what}", data=True)
    none = f" ({brought.not_coded:,} of them not coded)" if brought.not_coded else ""
    total = len(brought.added) + len(brought.changed) + brought.unchanged
    say(
        f"{counted(total, 'case')} by {coder}{none}: {len(brought.added):,} new, {len(brought.changed):,} changed, "
        f"{brought.unchanged:,} unchanged."
    )
    if not brought.added and not brought.changed:
        say("The ledger has all of it already; nothing was written.")


def _value(value: str | None) -> str:
    return "not coded" if value is None else value
