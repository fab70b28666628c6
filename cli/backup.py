"""backup and restore: the ledger in one file, and back."""

from __future__ import annotations

import os
from pathlib import Path

import click

from .session import settings_of


def command(name: str) -> click.Command:
    """Return one of the commands of this file."""
    return {"backup": backup, "restore": restore}[name]


@click.command()
@click.argument("target", metavar="FILE|FOLDER")
@click.option(
    "--keep",
    type=click.IntRange(1),
    metavar="N",
    help="With a folder: remove all but the newest N backups of this ledger.",
)
@click.pass_context
def backup(ctx: click.Context, target: str, keep: int | None) -> None:
    """Keep the ledger as it is now in one FILE, or in a FOLDER under its name and the moment (UTC).

    A FOLDER that ends in a slash is made if need be.

    Nobody who writes has to wait. The file is checked, every digest in it, before it has its name, and nothing is ever
    overwritten. It is a ledger itself, in SQLite also if the ledger is on a server: 'evidence --ledger FILE why mid-50'
    reads it.

    \b
    Example:
      evidence backup /media/stick/strait.db
      evidence backup backups/ --keep 14
    """
    from evidence.ledger.backups import backup as kept_in

    place = Path(target)
    if target.endswith(("/", os.sep)):
        _make(place)
    kept = kept_in(settings_of(ctx).url, place, keep=keep or 0)
    click.echo(f"The ledger is kept in {kept.file}, and was checked there.", err=True)
    _tell(kept.heads)
    for file in kept.removed:
        click.echo(f"Removed {file}.", err=True)


@click.command()
@click.argument("kept", type=click.Path(path_type=Path, dir_okay=False), metavar="BACKUP")
@click.option(
    "--replace", is_flag=True, help="Put it in the place of the ledger, which is kept beside it as it is."
)
@click.pass_context
def restore(ctx: click.Context, kept: Path, replace: bool) -> None:
    """Bring a BACKUP back: to where --ledger says, or where the ledger is.

    It is checked first, every digest in it. Where a ledger is, nothing is restored unless --replace is given. A server's
    database must have no study yet.

    \b
    Example:
      evidence --ledger again.db restore backups/evidence-20261123T101522Z.db
      evidence restore backups/evidence-20261123T101522Z.db --replace
    """
    from evidence.ledger.backups import restore as brought_back
    from evidence.ledger.store import shown

    chosen = settings_of(ctx)
    done = brought_back(chosen.url, kept, replace=replace)
    click.echo(f"{kept} was checked, and is the ledger {shown(chosen.url)} now.", err=True)
    if done.upgraded:
        click.echo(f"It was of schema {done.upgraded}, and was upgraded; the backup is as it was.", err=True)
    if done.aside:
        click.echo(f"The ledger that was there is kept as {done.aside}.", err=True)
    _tell(done.heads)


def _make(folder: Path) -> None:
    from evidence.errors import LedgerError

    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise LedgerError(f"The folder {folder} cannot be made: {error.strerror}.") from error


def _tell(heads: dict[str, tuple[int, str]]) -> None:
    for study, (number, digest) in heads.items():
        click.echo(f"Study {study}: revision {number}, {digest}", err=True)
