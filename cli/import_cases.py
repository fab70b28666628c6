"""import mid, import table: cases from COW MID, and records from any table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import counted
from .session import keep, message_option, say

if TYPE_CHECKING:
    from evidence.cases.report import Report

_file = click.Path(path_type=Path, dir_okay=False)
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")


@click.command()
@click.option("--disputes", type=_file, required=True, help="MIDA: one row a dispute.")
@click.option("--participants", type=_file, required=True, help="MIDB: one row a participation.")
@click.option(
    "--data-version", metavar="VERSION", required=True, help="The data set's version, such as 4.01."
)
@click.option(
    "--country", type=int, metavar="CCODE", help="Only disputes in which this country takes part (USA = 2)."
)
@click.option("--from", "first", type=int, metavar="YEAR", help="Its part begins in this year or later.")
@click.option("--to", "last", type=int, metavar="YEAR", help="Its part begins in this year or before.")
@click.option(
    "--min-hostility",
    type=click.IntRange(1, 5),
    metavar="1-5",
    help="Its own hostility is at least this; not the dispute's.",
)
@click.option("--states", type=_file, help="COW's list of states or country codes, for names.")
@click.option("--merged", type=_file, help="A CSV of numbers merged in this version: old,new.")
@_dry_run
@message_option
@click.pass_context
def mid(
    ctx: click.Context,
    /,
    message: str | None,
    merged: Path | None,
    data_version: str,
    dry_run: bool,
    **files: Any,
) -> None:
    """Import disputes from COW's Militarized Interstate Disputes, versions 3.10 to 5.0.

    The same files twice change nothing. Another version over it reports what changed, was dropped or was
    merged, and keeps everything that was logged.

    \b
    Example:
      evidence import mid --disputes MIDA.csv --participants MIDB.csv --data-version 4.01 \\
        --country 2 --from 1948 --to 2010 --min-hostility 2
    """
    from evidence.cases.loading import apply
    from evidence.cases.merges import read_merges
    from evidence.cases.mid import read_mid

    plan = read_mid(version=data_version, **files)
    merges = read_merges(merged) if merged else None

    def work(session: Any) -> None:
        _tell(apply(session, plan, merges))

    keep(ctx, work, message, dry_run=dry_run, bulk=True)


@click.command()
@click.argument("file", type=_file)
@click.option(
    "--noun", default="case", show_default=True, help="What its rows are: case, source, quote, actor ..."
)
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="Which field a column goes to. May be repeated.",
)
@click.option(
    "--ignore", "ignored", multiple=True, metavar="COLUMN", help="A column to leave out. May be repeated."
)
@click.option(
    "--missing",
    multiple=True,
    metavar="TEXT",
    help="What stands in an empty cell, such as NA. May be repeated.",
)
@click.option("--sheet", metavar="NAME", help="Which sheet of a spreadsheet. [default: the first]")
@_dry_run
@message_option
@click.pass_context
def table(
    ctx: click.Context,
    /,
    message: str | None,
    file: Path,
    columns: tuple[str, ...],
    dry_run: bool,
    **how: Any,
) -> None:
    """Import records from any table: a CSV or XLSX FILE whose columns are named or mapped.

    A column named like a field needs no map; attributes.NAME, csl.NAME and locator.page go into those fields.

    \b
    Example:
      evidence import table disputes.xlsx --map "Dispute=key" --map "Name=title" --map "Region=attributes.region"
    """
    from evidence.cases.filling import apply_table
    from evidence.cases.table import read_table
    from evidence.errors import ValueRefused

    pairs = [item.rpartition("=") for item in columns]
    if bad := [item for item, (_, equals, _) in zip(columns, pairs, strict=True) if not equals]:
        raise ValueRefused(f"--map {bad[0]!r} lacks its '='; write COLUMN=FIELD.")
    plan = read_table(file, columns={column: field for column, _, field in pairs}, **how)

    def work(session: Any) -> None:
        _tell(apply_table(session, plan))

    keep(ctx, work, message, dry_run=dry_run, bulk=True)


def _tell(report: Report) -> None:
    """Say what an import did: what changed is data, warnings and the sum of it are talk."""
    for warning in report.warnings:
        say(f"Warning: {warning}")
    for line in _lines(report):
        say(line, data=True)
    parts = (
        f" with {counted(report.participations, 'participation')}"
        if report.participations and report.added
        else ""
    )
    actors = f", {counted(len(report.actors), 'new actor')}" if report.actors else ""
    noun = "new case" if report.noun == "case" else f"new {report.noun} record"
    say(
        f"{counted(len(report.added), noun)}{parts}{actors}; {report.unchanged:,} unchanged, "
        f"{counted(len(report.changed), 'change')}."
    )
    if report.moved:
        takes = "takes its" if report.moved == 1 else "take their"
        say(f"{counted(report.moved, 'case')} now {takes} facts from this version.")
    if not report.writes:
        say("The ledger has all of it already; nothing was written.")


def _lines(report: Report) -> Iterator[str]:
    for changed in report.changed:
        yield f"Changed: {changed.key}, {changed.field}: {_value(changed.before)} → {_value(changed.after)}"
    for kept in report.kept:
        yield f"Kept: {kept.key}, {kept.field}: {_value(kept.before)} (the data say {_value(kept.after)})"
    for dropped in report.dropped:
        yield f"Dropped: {dropped.key}: {dropped.reason}; it stays in the ledger"
    for merged in report.merged:
        yield f"Merged: {merged.number} now leads to {merged.key}"


def _value(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)
