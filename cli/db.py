"""db: upgrade, check, reindex; who may do what on a server."""

from __future__ import annotations

from typing import Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, table
from .session import keep, message_option, say, settings_of

_FINDINGS = 3


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return db


@click.group()
def db() -> None:
    """The ledger's schema, its index, and who may use it.

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
@click.argument("to", metavar="LEDGER")
@click.pass_context
def copy(ctx: click.Context, to: str) -> None:
    """Copy the ledger with its whole history to LEDGER: a file that is not there yet, or a server's empty database.

    So a study moves between a laptop and a server, either way. Nothing is lost on the way: every row is there, under its own
    id, and the history ends in the same digest. Copies that are worked on apart come together by 'evidence merge'.

    \b
    Example:
      evidence db copy postgresql://ada@server/strait
      evidence --ledger postgresql://ada@server/strait db copy strait.db
    """
    from evidence.ledger.backups import copy as copied
    from evidence.ledger.settings import url_of
    from evidence.ledger.store import shown

    target = url_of(to)
    heads = copied(settings_of(ctx).url, target)
    click.echo(f"The ledger is copied to {shown(target)}.", err=True)
    for study, (number, digest) in heads.items():
        click.echo(f"Study {study}: revision {number}, {digest}", err=True)


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
@click.option("--install", is_flag=True, help="Make the server keep roles for this ledger; needs CREATEROLE.")
@json_option
@click.pass_context
def roles(ctx: click.Context, install: bool, as_json: bool) -> None:
    """List the logins of a server that may use the ledger: the role of each, and its coder.

    A reader reads. A coder adds and edits evidence, and decides as its own coder. An adjudicator also settles
    disagreements and freezes rounds. An owner may do everything. What a blind round hides is hidden from all
    but owners, also from psql.

    \b
    Example:
      evidence db roles
    """
    from dataclasses import asdict

    from evidence.ledger import roles as kept

    chosen = settings_of(ctx)
    if install:
        kept.install(chosen.url)
        click.echo("The server keeps the roles of this ledger.", err=True)
        return
    found = kept.members(chosen.url, chosen.study)
    if as_json:
        print_json([asdict(member) for member in found])
        return
    table(["LOGIN", "ROLE", "CODER"], ([member.login, member.role, member.coder] for member in found))
    if not found:
        click.echo("No login has a role yet; 'evidence db grant LOGIN ROLE' gives one.", err=True)


@db.command()
@click.argument("login")
@click.argument("role", metavar="reader|coder|adjudicator|owner")
@click.option("--coder", metavar="KEY", default="", help="The coder that the login works as.")
@click.option("--create", is_flag=True, help="Make the login if the server has none of that name.")
@message_option
@click.pass_context
def grant(ctx: click.Context, login: str, role: str, coder: str, create: bool, message: str | None) -> None:
    """Give a LOGIN of the server a ROLE, in place of the one it had.

    A login that is made here has no password: set one with psql's \\password, where the server asks for any.

    \b
    Example:
      evidence db grant ada coder --coder ada --create
    """
    from evidence.ledger import roles as kept

    def work(session: Any) -> None:
        kept.grant(session, login, role, coder=coder, create=create)
        say(f"{login} is {'an' if role[0] in 'ao' else 'a'} {role}{f' and coder {coder}' if coder else ''}.")

    keep(ctx, work, message)


@db.command()
@click.argument("login")
@message_option
@click.pass_context
def revoke(ctx: click.Context, login: str, message: str | None) -> None:
    """Take its role from a LOGIN, and the login from its coder; what it wrote stays.

    \b
    Example:
      evidence db revoke ada
    """
    from evidence.ledger import roles as kept

    def work(session: Any) -> None:
        kept.revoke(session, login)
        say(f"{login} has no role in this server's ledgers any more.")

    keep(ctx, work, message)


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
