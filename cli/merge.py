"""merge: another copy of the ledger into this one; its conflicts, and sources that may be one document."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, paragraph
from .session import keep, looking, message_option, reads, say, settings_of, whoever

if TYPE_CHECKING:
    from evidence.archive.doubles import Double
    from evidence.ledger.merging import Merged
    from evidence.ledger.merging_conflicts import Differing

#: So many lines of a kind are told; more are counted.
_TOLD = 12
_LONGEST = 160


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return merge


class _Merging(click.Group):
    """The group whose commands need no name where another ledger stands first."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take what is no command for the ledger that is merged."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["with", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_Merging, subcommand_metavar="OTHER | COMMAND [ARGS]...")
def merge() -> None:
    """Bring what another copy of the ledger has, and this one lacks, into this one; with its history.

    OTHER is a file or the URL of a server: 'evidence merge laptop.db' is 'evidence merge with laptop.db'. What each
    did alone combines by itself. A field that both changed is a conflict: both values are kept, and a person
    resolves it. Merging the same again changes nothing; OTHER is only read.

    \b
    Example:
      evidence merge laptop.db --dry-run
      evidence merge laptop.db
      evidence merge conflicts
      evidence merge resolve c1 --take theirs --because "..."
    """


@merge.command(name="with")
@click.argument("other", metavar="OTHER")
@click.option("--dry-run", is_flag=True, help="Say what would come of it; write nothing.")
@message_option
@click.pass_context
def with_(ctx: click.Context, other: str, dry_run: bool, message: str | None) -> None:
    """Merge OTHER, a file or a URL, into this ledger; OTHER itself stays as it is.

    On a server you may bring what your role may write; a blind round that is open lets only an owner merge.

    \b
    Example:
      evidence merge with laptop.db --dry-run
      evidence merge with postgresql://archive.example.org/study
    """
    from evidence.errors import ValueRefused
    from evidence.ledger.merging import merge as merged
    from evidence.ledger.settings import settings
    from evidence.ledger.store import shown

    place, chosen = settings(ledger=other).url, settings_of(ctx)
    name = shown(place)
    if place == chosen.url or _one_file(name, shown(chosen.url)):
        raise ValueRefused(f"{name} is this ledger itself; name another copy of it.")

    def work(session: Any) -> None:
        found = merged(session, place)
        _tell(session, found, name, _hidden(session, chosen), dry_run=dry_run)

    # Not the command as typed: a URL may hold a password.
    keep(ctx, work, message or f"evidence merge {name}", dry_run=dry_run)


def _one_file(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False


def _hidden(session: Any, chosen: Any) -> Collection[Any] | None:
    """Return the codes that a blind round hides from whoever is here; nothing for whoever codes in none."""
    from evidence.ledger.blindfold import codes_hidden

    return codes_hidden(session.connection(), session.study_id, whoever(chosen))


def _tell(session: Any, found: Merged, name: str, hidden: Collection[Any] | None, *, dry_run: bool) -> None:
    """Say what a merge did, without what a blind coder is not to see."""
    from evidence.archive.doubles import doubles
    from evidence.ledger.merging_conflicts import conflicts

    if not found.came:
        say(f"{name} has nothing that this ledger lacks; nothing was merged.")
        return
    verb = "would come" if dry_run else "came"
    say(f"{counted(len(found.came), 'revision')} {verb} in from {name}:", data=True)
    told = [
        f"  {one.number}  {one.author}  {_short(one.message)} ({counted(one.changes, 'change')})"
        for one in found.came
    ]
    _list(told)
    if found.ours:
        joins = "would join them" if dry_run else "joins them"
        say(
            f"This ledger has {counted(found.ours, 'revision')} that {name} lacks; a revision of its own {joins}.",
            data=True,
        )
    made = conflicts(session.connection(), session.study_id, keys=found.conflicts, hidden=hidden or ())
    notes = [*found.said, *found.findings]
    if hidden is None:
        for note in notes:  # all of them: they are said here and in the history, and nowhere else
            say(paragraph(note, "  ", "Note: "), data=True)
    elif notes or len(made) < len(found.conflicts):
        say(
            f"A blind round that you code in is open: {counted(len(notes), 'note')} and "
            f"{counted(len(found.conflicts) - len(made), 'conflict')} of this merge are for others to read.",
            data=True,
        )
    if made:
        say(f"{counted(len(made), 'conflict')} to resolve; until then this ledger's value stands:", data=True)
        _list([f"  {one.key}  {one.field} of {one.of}: {one.ours_by} and {one.theirs_by}" for one in made])
    pairs = doubles(session.connection(), session.study_id, found.sources)
    if pairs:
        say(f"{counted(len(pairs), 'pair')} of sources may be one document each:", data=True)
        _list([f"  {one.first} and {one.second}: {'; '.join(one.shared)}" for one in pairs])
    ways = [
        *(["'evidence merge conflicts' shows both values of each conflict"] if made else []),
        *(["'evidence merge duplicates' shows the sources"] if pairs else []),
    ]
    if ways and not dry_run:
        say(f"Next: {', and '.join(ways)}.")


def _list(lines: Sequence[str]) -> None:
    for line in lines[:_TOLD]:
        say(line, data=True)
    if len(lines) > _TOLD:
        say(f"  and {len(lines) - _TOLD:,} more", data=True)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


@merge.command()
@click.option("--all", "resolved", is_flag=True, help="The resolved ones too.")
@json_option
@reads
def conflicts(connection: Any, study: Any, resolved: bool, as_json: bool) -> None:
    """Show the fields that two copies changed apart: what both began with, each one's value, and who wrote it.

    Ours is what stood in the ledger that was merged into, and stands until the conflict is resolved.

    \b
    Example:
      evidence merge conflicts
    """
    from evidence.ledger.merging_conflicts import conflicts as found_in

    found = found_in(connection, study, resolved=resolved)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for number, one in enumerate(found):
        if number:
            click.echo()
        _show(one)
    if not found:
        click.echo("No conflict is open.", err=True)
    elif not resolved:
        click.echo(
            f"\nNext: 'evidence merge resolve {found[0].key} --take ours|theirs|VALUE --because ...'.",
            err=True,
        )


def _show(one: Differing) -> None:
    click.echo(f"{one.key}  {one.field} of {one.of}")
    click.echo(paragraph(one.base, "          ", "  before  "))
    click.echo(paragraph(f"{one.ours}  ({one.ours_by})", "          ", "  ours    "))
    click.echo(paragraph(f"{one.theirs}  ({one.theirs_by})", "          ", "  theirs  "))
    if one.now != one.ours:
        click.echo(paragraph(one.now, "          ", "  now     "))
    if one.resolution:
        taken = "another value" if one.resolution == "other" else one.resolution
        click.echo(paragraph(f"{one.resolved_by} took {taken}: {one.note}", "  ", "  "))


@merge.command()
@click.argument("key", metavar="CONFLICT")
@click.option("--take", metavar="ours|theirs|VALUE", required=True, help="Which value stands. (required)")
@click.option("--because", required=True, metavar="TEXT", help="Why that one. (required)")
@message_option
@click.pass_context
def resolve(ctx: click.Context, key: str, take: str, because: str, message: str | None) -> None:
    """Resolve a CONFLICT: say which value stands, and why. Both values stay in the history.

    \b
    Example:
      evidence merge resolve c1 --take theirs --because "She saw the original."
    """
    from evidence.ledger.merging_conflicts import resolve as resolved

    chosen = settings_of(ctx)

    def work(session: Any) -> None:
        one = resolved(session, key, take, because, hidden=_hidden(session, chosen) or ())
        say(f"{one.key} is resolved: {one.field} of {one.of} is {_short(one.now)}.")

    keep(ctx, work, message)


@merge.command()
@json_option
@click.pass_context
def duplicates(ctx: click.Context, as_json: bool) -> None:
    """Propose sources that may be one document: the same DOI, the same place in an archive, the same words.

    Nothing is joined by itself. If two are one, move the quotes of one to the other and retire it.

    \b
    Example:
      evidence merge duplicates
    """
    from evidence.archive.doubles import doubles

    with looking(ctx) as (connection, study):
        found = doubles(connection, study)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        _propose(one)
    if not found:
        click.echo("No two sources share a DOI, a place in an archive, or their words.", err=True)
        return
    click.echo(
        "\nIf two are one: 'evidence uses SOURCE' lists what rests on the later, 'evidence quote edit QUOTE --source FIRST' moves "
        "a quote, and 'evidence source retire SOURCE' ends it.",
        err=True,
    )


def _propose(one: Double) -> None:
    click.echo(f"{one.first}  {_short(one.titles[0])}")
    click.echo(f"{one.second}  {_short(one.titles[1])}")
    for mark in one.shared:
        click.echo(paragraph(mark, "    ", "  both: "))
