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
    """Check the schema, the links between rows and the index of find; exit 3 if something is wrong.

    The words of every record are indexed once more and compared, which takes as long as 'evidence db reindex'.

    \b
    Example:
      evidence db check
    """
    from evidence.ledger.schema import check as checked

    problems = checked(settings_of(ctx).url)
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            click.echo(problem)
    if problems:
        raise SystemExit(_FINDINGS)
    click.echo("The ledger's schema and links are as they should be.", err=True)
