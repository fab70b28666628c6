"""study: write, read, show, edit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import field_options, json_option, typed_values, with_options
from .output import as_json as print_json
from .output import counted, facts
from .session import message_option, reads, say, settings_of, since_option, typed, whoever, writes

if TYPE_CHECKING:
    from evidence.study.read import Reading


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    from evidence.ledger.nouns import STUDY

    study.add_command(click.command("edit")(with_options(edit, field_options(STUDY))))
    return study


@click.group()
def study() -> None:
    """The study as a folder of text, and its own title, question and method.

    \b
    Example:
      evidence study write strait/
    """


@study.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@reads
def write(connection: Any, study: Any, folder: Path) -> None:
    """Write the study to a FOLDER of plain files, for git, for reading, for depositing.

    \b
    Example:
      evidence study write strait/
    """
    from evidence.ledger.roles import blind
    from evidence.study.write import write as written

    report = written(connection, study, folder)
    removed = f", {len(report.removed)} removed" if report.removed else ""
    unchanged = report.files - len(report.written)
    say(
        f"{counted(report.files, 'file')} in {folder}: {len(report.written)} written, {unchanged} unchanged{removed}."
    )
    if blind(connection):
        say("Codes of others that a blind round hides from you are not in it.")


@study.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--prune", is_flag=True, help="Retire records that the folder no longer has.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@since_option
@message_option
@click.pass_context
def read(
    ctx: click.Context, folder: Path, prune: bool, dry_run: bool, since: str | None, message: str | None
) -> None:
    """Read a study from a FOLDER; if the ledger has it, only what differs is written.

    The folder is what is to be: what others changed in the ledger after it was written is changed back, unless --since
    names the revision that it was written from.

    \b
    Example:
      evidence study read strait/
    """
    from evidence.ledger import schema
    from evidence.study.read import read as loaded

    chosen = settings_of(ctx)
    schema.create(chosen.url)
    report = loaded(
        chosen.url,
        folder,
        author=chosen.author,
        reader=whoever(chosen),
        message=message or typed(),
        prune=prune,
        dry_run=dry_run,
        since=since,
    )
    for sentence in _said(report, dry_run=dry_run):
        click.echo(sentence, err=True)


def _said(report: Reading, *, dry_run: bool) -> Iterator[str]:
    for verb, records in (("Added", report.added), ("Changed", report.changed)):
        if counts := ", ".join(counted(len(keys), noun) for noun, keys in records.items() if keys):
            yield f"{verb}: {counts}."
    for noun, old, new in report.renamed:
        yield f"Renamed {noun} {old} to {new}."
    for noun, keys in report.missing.items():
        done = "Retired" if report.retired else "Not in the folder, and left as it is"
        yield f"{done}: {noun.replace('_', ' ')} {', '.join(keys)}."
    if dry_run:
        yield "This was a dry run: nothing was written."
    elif not report.wrote:
        yield f"The ledger says the same as the folder of study {report.study}; nothing was written."
    else:
        yield f"Study {report.study} is {'in the ledger' if report.founded else 'up to date'}, as one revision."


@study.command()
@json_option
@reads
def show(connection: Any, study: Any, as_json: bool) -> None:
    """Show the study's title, question, method and universe.

    \b
    Example:
      evidence study show
    """
    from evidence.ledger.shown import shown_study

    found = shown_study(connection, study)
    if as_json:
        print_json(found)
    else:
        facts(found)


@writes
def edit(session: Any, **params: Any) -> None:
    """Change the study's title, question, method or universe.

    \b
    Example:
      evidence study edit --question "Did the alliance drag them in?"
    """
    from evidence.ledger import records
    from evidence.ledger.nouns import STUDY

    changed = records.edit_study(session, typed_values(STUDY, params))
    say("Changed the study." if changed else "Nothing changed in the study.")
