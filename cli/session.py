"""The door: one command, one transaction. What a command says is shown once the ledger has kept its work."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from evidence.ledger.settings import Settings

__all__ = [
    "keep",
    "looking",
    "message_option",
    "reads",
    "say",
    "settings_of",
    "since_option",
    "templates_option",
    "writes",
]

_LONGEST = 400


message_option = click.option(
    "-m", "--message", metavar="WHY", help="Why, for the history. [default: the command as typed]"
)


since_option = click.option(
    "--since",
    metavar="REVISION",
    help="Refuse if others changed the same fields after this revision, from which you began.",
)


templates_option = click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=lambda: settings_of(click.get_current_context()).templates,
    help="A folder whose templates come before ours. [default: what evidence.toml names]",
)


def settings_of(ctx: click.Context) -> Settings:
    """Return which ledger, which study and who, from the root's options."""
    from evidence.ledger.settings import settings

    return settings(**ctx.find_root().obj)


@contextmanager
def looking(ctx: click.Context) -> Iterator[tuple[Any, Any]]:
    """Yield a connection that only reads, and the study's id: from the standby, where one is named."""
    from evidence.ledger.store import reading

    chosen = settings_of(ctx)
    if chosen.standby is None:
        with reading(chosen.url, chosen.study) as found:
            blinded(chosen, *found)
            yield found
        return
    from evidence.ledger.standbys import reading_from

    with reading_from(
        chosen.url, chosen.standby, chosen.study, lambda told: click.echo(told, err=True)
    ) as found:
        yield found


def blinded(chosen: Settings, connection: Any, study: Any) -> None:
    """Leave out what whoever reads is not to see while a blind round is open that they code in."""
    from evidence.ledger.blindfold import blindfold

    blindfold(connection, study, os.environ.get("EVIDENCE_CODER") or chosen.author)


def say(sentence: str, *, data: bool = False) -> None:
    """Tell the user something once the work is kept: on stderr, or on stdout if it is data."""
    click.get_current_context().meta.setdefault("evidence.said", []).append((sentence, data))


def _speak(ctx: click.Context) -> None:
    for sentence, data in ctx.meta.pop("evidence.said", []):
        click.echo(sentence, err=not data)


def reads(function: Callable[..., Any]) -> Callable[..., Any]:
    """Hand the command a connection and the study's id; ``--as-of`` gives it the ledger's past."""

    @click.option(
        "--as-of", metavar="REVISION", help="As the ledger was after this revision: a number or a digest."
    )
    @click.pass_context
    @wraps(function)
    def command(ctx: click.Context, /, as_of: str | None, **params: Any) -> None:
        with looking(ctx) as (connection, study):
            if as_of is None:
                function(connection, study, **params)
            else:
                from evidence.ledger import history

                number = history.number_of(connection, study, as_of)
                with history.as_of(connection, study, number) as past:
                    blinded(settings_of(ctx), past, study_in(past))
                    function(past, study_in(past), **params)
        _speak(ctx)

    return command


def study_in(connection: Any) -> Any:
    """Return the id of the only study in a copy of the past."""
    from evidence.ledger.store import find_study

    return find_study(connection, None)


def writes(function: Callable[..., Any]) -> Callable[..., Any]:
    """Hand the command the session of one unit of work, kept as one revision when it returns."""

    @message_option
    @click.pass_context
    @wraps(function)
    def command(ctx: click.Context, /, message: str | None, **params: Any) -> None:
        keep(ctx, lambda session: function(session, **params), message)

    return command


def keep(
    ctx: click.Context,
    work: Callable[[Any], Any],
    message: str | None,
    *,
    dry_run: bool = False,
    bulk: bool = False,
    since: str | None = None,
) -> None:
    """Do work in one unit, keep it as one revision, and then say what was said; a dry run keeps nothing.

    Work that was begun from a revision (``since``) is refused where others changed the same fields after it.
    """
    from evidence.ledger.revisions import DryRun, attempt, writing

    chosen = settings_of(ctx)

    def once() -> None:
        ctx.meta.pop("evidence.said", None)
        why = message or typed()
        with writing(chosen.url, chosen.study, author=chosen.author, message=why, bulk=bulk) as session:
            work(session)
            if since is not None:
                from evidence.ledger.since import require_unchanged

                require_unchanged(session, since)
            if dry_run:
                raise DryRun

    try:
        attempt(once)
    except DryRun:
        say("This was a dry run: nothing was written.")
    _speak(ctx)


def typed() -> str:
    """Return the command as it was typed, for the history, which nobody can take a password out of again."""
    from evidence.ledger.store import without_passwords

    line = shlex.join(["evidence", *map(without_passwords, sys.argv[1:])])
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
