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
    "looking_at",
    "message_option",
    "reads",
    "say",
    "settings_of",
    "since_option",
    "templates_option",
    "typed",
    "whoever",
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
def looking(ctx: click.Context, *, here: bool = False) -> Iterator[tuple[Any, Any]]:
    """Yield a connection that only reads, and the study's id: from the standby, where one is named.

    What leads to writing is read ``here``, in the ledger itself, which a standby may be behind.
    """
    from evidence.ledger.store import reading

    chosen = settings_of(ctx)
    if here or chosen.standby is None:
        with reading(chosen.url, chosen.study) as found:
            blinded(chosen, *found)
            yield found
        return
    from evidence.ledger.standbys import reading_from

    with reading_from(
        chosen.url, chosen.standby, chosen.study, lambda told: click.echo(told, err=True)
    ) as found:
        yield found


@contextmanager
def looking_at(ctx: click.Context, as_of: str | None, *, here: bool = False) -> Iterator[tuple[Any, Any]]:
    """Yield the same of the ledger as it was after a revision, or as it is."""
    with looking(ctx, here=here) as (connection, study):
        if as_of is None:
            yield connection, study
            return
        from evidence.ledger import history

        number = history.number_of(connection, study, as_of)
        with history.as_of(connection, study, number) as past:
            blinded(settings_of(ctx), past, study_in(past), past=True)
            yield past, study_in(past)


def blinded(chosen: Settings, connection: Any, study: Any, *, past: bool = False) -> None:
    """Leave out what whoever reads is not to see while a blind round is open that they code in."""
    from evidence.ledger.blindfold import blindfold

    # In the past, they may not have been a coder yet.
    blindfold(connection, study, None if past else os.environ.get("EVIDENCE_CODER"), whoever(chosen))


def whoever(chosen: Settings) -> str:
    """Return who is at work: the key of a coder, or else an author's name."""
    return os.environ.get("EVIDENCE_CODER") or chosen.author


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
        with looking_at(ctx, as_of) as (connection, study):
            function(connection, study, **params)
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
            session.reader = whoever(chosen)
            session.brief = "" if message else _brief(ctx)
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


def _brief(ctx: click.Context) -> str:
    """Return a command without what it says of a code: a code's reasons are its own, and are not for everybody yet."""
    names: list[str] = []
    one: click.Context | None = ctx
    while one is not None and one.parent is not None:
        names.insert(0, str(one.info_name))
        one = one.parent
    said = [
        ctx.params.get(str(one.name))
        for one in ctx.command.params
        if isinstance(one, click.Argument) and one.name != "value"
    ]
    return shlex.join(["evidence", *names, *(str(word) for word in said if isinstance(word, str | Path))])
