"""log: source, quote, observation and bearing in one line, or from a file of field notes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .notes import is_notes, log_notes
from .options import long_option, pairs
from .session import keep, message_option, say


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return log


@click.command()
@click.argument("what", nargs=-1, metavar="[CASE | NOTES.md...]")
@click.option(
    "--source", metavar="KEY", help="The source; a new one is made if --title is given. (required for a CASE)"
)
@click.option("--title", metavar="TEXT", help="Title of a new source.")
@click.option(
    "--tier",
    metavar="WORD",
    default="primary",
    show_default=True,
    help="Tier of a new source: primary, secondary, dataset, news.",
)
@click.option("--item", metavar="TEXT", help="Item or file number of a new source.")
@long_option("--words", help="The words, exactly as they stand. (required for a CASE)")
@click.option(
    "--at",
    "locator",
    multiple=True,
    metavar="NAME=VALUE",
    help="Where they stand: page=315. May be repeated.",
)
@long_option("--shows", "proposition", help="What they show: S stated X. (required for a CASE)")
@long_option("--inference", help="What is inferred from it.")
@click.option("--speaker", metavar="TEXT", help="Whose words they are.")
@click.option("--occurred", metavar="EDTF", help="When it happened.")
@click.option("--lineage", metavar="TEXT", help="Cluster of observations of one origin.")
@click.option("--test", metavar="KEY", help="The test that it bears on.")
@click.option(
    "--for/--against", "speaks_for", default=None, help="Whether it speaks for the test's hypothesis."
)
@long_option("--note", help="Why it bears so.")
@click.option("--dry-run", is_flag=True, help="Of notes: say what would be logged, and write nothing.")
@click.option(
    "--watch",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Log the notes in a folder, each file again when it is saved.",
)
@click.option("--once", is_flag=True, help="With --watch: log what is there now, and end.")
@message_option
@click.pass_context
def log(
    ctx: click.Context,
    /,
    message: str | None,
    what: tuple[str, ...],
    dry_run: bool,
    watch: Path | None,
    once: bool,
    **said: Any,
) -> None:
    """Log evidence: for a CASE from one line, or all that stands in files of field NOTES.

    Of a CASE: its source, the words, what they show, and the test that they bear on.

    Field notes are Markdown, typed at the archive. Between two lines of --- stands what the source is; lines
    that begin with > are its words; below them stand the place, what they show, and tags of cases and tests.
    All of it is one revision. The same notes again change nothing; edited ones change what was edited.

    \b
    Example:
      evidence log mid-50 --source frus-d134 --title "Memorandum" --words "a symbol" --at page=315 \\
        --shows "Hoover called the islands a symbol" --test mid-50.t1 --for
      evidence log day1.md day2.md --dry-run
      evidence log --watch notes
    """
    from evidence.errors import ValueRefused

    one_line = [name for name, value in said.items() if value not in (None, "", (), "primary")]
    if watch is not None or (what and (len(what) > 1 or is_notes(what[0], sure=bool(one_line)))):
        _refuse_mixed(what, one_line, watch, dry_run=dry_run)
        if watch is not None:
            from .watching import watch_notes

            watch_notes(ctx, watch, message, once=once)
        else:
            log_notes(ctx, [Path(name) for name in what], message, dry_run=dry_run)
        return
    if not what:
        raise click.UsageError("Name a case, or a file of field notes.", ctx)
    if Path(what[0]).is_dir() and not one_line:
        raise ValueRefused(
            f"{what[0]} is a folder; 'evidence log --watch {what[0]} --once' logs the notes in it."
        )
    if once or dry_run:
        raise ValueRefused(f"{'--once' if once else '--dry-run'} is for field notes; leave it out here.")
    keep(ctx, lambda session: _one_line(session, what[0], said), message)


def _refuse_mixed(what: tuple[str, ...], one_line: list[str], watch: Path | None, *, dry_run: bool) -> None:
    """Refuse words that belong to another way of logging."""
    from evidence.errors import ValueRefused

    if one_line:
        flag = {"proposition": "shows", "locator": "at", "speaks_for": "for/--against"}
        raise ValueRefused(
            f"--{flag.get(one_line[0], one_line[0])} is said in the notes themselves; leave it out, or name a case."
        )
    if watch is not None and what:
        raise ValueRefused(f"--watch logs the notes in {watch}; leave out {' '.join(what)}.")
    if watch is not None and dry_run:
        raise ValueRefused("--watch writes as files are saved; for a dry run name the files.")
    for name in what:
        if not is_notes(name):
            raise ValueRefused(f"{name} is no file of notes; log one case in one line, or files of notes.")


def _one_line(session: Any, case: str, said: dict[str, Any]) -> None:
    """Log one quote and what it shows."""
    from evidence.archive.log import add_quote
    from evidence.coding.tests import bring, observe
    from evidence.errors import ValueRefused
    from evidence.ledger import records
    from evidence.vocabulary import Direction

    for flag, name in (("--source", "source"), ("--words", "words"), ("--shows", "proposition")):
        if not said[name]:
            raise ValueRefused(
                f"Evidence is logged with its source, its words and what they show; give {flag}."
            )
    if said["test"] and said["speaks_for"] is None:
        raise ValueRefused("Say which way it speaks: --for or --against the test's hypothesis.")
    if not said["test"] and (said["speaks_for"] is not None or said["note"]):
        raise ValueRefused(
            "--for, --against and --note say how it bears on a test; name the test with --test."
        )
    if said["title"]:
        new = {name: said[name] for name in ("title", "tier", "item") if said[name]}
        say(f"Added source {records.add(session, 'source', {'key': said['source'], **new}).key}.")
    place = pairs("--at", said["locator"])
    quote = add_quote(session, {"source": said["source"], "words": said["words"], "locator": place})
    about = ("proposition", "inference", "speaker", "occurred", "lineage")
    observation = observe(session, case, quote.key, {name: said[name] for name in about if said[name]})
    say(f"Logged quote {quote.key} ({quote.state.value}) and observation {observation.key}.")
    if said["test"]:
        direction = Direction.FOR if said["speaks_for"] else Direction.AGAINST
        test = records.find(session, "test", said["test"])
        bring(session, test, direction, observation=observation.key, note=said["note"])
        say(f"Brought it to test {test.key}, {direction.value} its hypothesis.")
