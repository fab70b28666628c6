"""db: upgrade, check, reindex."""

from __future__ import annotations

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted
from .session import settings_of

_FINDINGS = 3


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return db


@click.group()
def db() -> None:
    """The ledger's schema.

    \b
    Example:
      evidence db check
    """


@db.command()
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring an older ledger to this program's schema; a file is copied first.

    \b
    Example:
      evidence db upgrade
    """
    from evidence.ledger.schema import upgrade as upgraded

    before, after, copy = upgraded(settings_of(ctx).url)
    if before == after:
        click.echo(f"The ledger is of schema {after} already; there is nothing to do.", err=True)
        return
    kept = f" The ledger as it was is kept as {copy}." if copy else ""
    click.echo(f"Upgraded the ledger from schema {before} to {after}.{kept}", err=True)


@db.command()
@click.pass_context
def reindex(ctx: click.Context) -> None:
    """Make the index that 'evidence find' asks anew; nothing else changes.

    \b
    Example:
      evidence db reindex
    """
    from evidence.ledger.schema import reindex as made_anew

    count = made_anew(settings_of(ctx).url)
    click.echo(f"The index of find is made anew: {counted(count, 'passage')}.", err=True)


@db.command()
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Check the schema, the file, the links between rows, every digest and the index of find; exit 3 if something is wrong.

    All rows of all studies are held against their history, and the words of every record are indexed once more and
    compared. Where a standby is named (EVIDENCE_LEDGER_READ), it is told how far it is behind.

    \b
    Example:
      evidence db check
    """
    from evidence.ledger.checking import check as checked

    chosen = settings_of(ctx)
    problems = checked(chosen.url)
    if chosen.standby:
        problems += _of_standby(chosen.url, chosen.standby)
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            click.echo(problem)
    if problems:
        raise SystemExit(_FINDINGS)
    click.echo("The ledger's schema, links and digests are as they should be.", err=True)


def _of_standby(url: str, standby: str) -> list[str]:
    """Say how far the standby is behind, which is no fault; return what is one."""
    from evidence.errors import LedgerError
    from evidence.ledger.standbys import behind
    from evidence.ledger.store import shown

    try:
        late = behind(url, standby)
    except LedgerError as error:
        return [f"the standby cannot be read: {error}"]
    for one in late:
        missing = counted(one.primary - one.standby, "revision")
        click.echo(
            f"The standby {shown(standby)} is {missing} behind in study {one.study}: it has {one.standby}, the primary {one.primary}.",
            err=True,
        )
    if not late:
        click.echo(f"The standby {shown(standby)} has every revision.", err=True)
    return []
