"""import frus: volumes of Foreign Relations of the United States."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import counted
from .session import keep, message_option, say

if TYPE_CHECKING:
    from evidence.archive.bringing import Brought
    from evidence.archive.incoming import Incoming
    from evidence.ledger.verification import Reverified

_SHOWN = 80
_NOTHING: tuple[Any, ...] = (None, "", [], {})


@click.command()
@click.argument(
    "files", type=click.Path(path_type=Path, dir_okay=False), nargs=-1, required=True, metavar="FILE..."
)
@click.option(
    "--documents",
    metavar="IDS",
    help="Only these, with commas: d22,d134, or persons. [default: all of the volume]",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@message_option
@click.pass_context
def frus(
    ctx: click.Context,
    /,
    files: tuple[Path, ...],
    documents: str | None,
    dry_run: bool,
    message: str | None,
) -> None:
    """Import volumes of Foreign Relations of the United States (FRUS) from their TEI files.

    Every document becomes a source with its words, its date, people, archive and classification; its key
    is the volume's id and its own, such as frus1955-57v02-d134. The same file twice changes nothing. A newer
    edition adds its words beside the older ones, and quotes are looked for again.

    \b
    Example:
      evidence import frus frus1955-57v02.xml
      evidence import frus frus1955-57v02.xml --documents d22,d134,persons
    """
    from evidence.archive.bringing import bring
    from evidence.archive.frus.several import checked
    from evidence.errors import ValueRefused

    wanted = None if documents is None else [one.strip() for one in documents.split(",") if one.strip()]
    if wanted == []:
        raise ValueRefused("--documents names none; write ids with commas, such as d22,d134.")
    volumes = checked(files, wanted)

    def work(session: Any) -> None:
        for incoming in volumes():
            _tell(incoming, bring(session, incoming))

    keep(ctx, work, message, dry_run=dry_run, bulk=True)


def _tell(incoming: Incoming, brought: Brought) -> None:
    """Say what came of a volume: what changed and what was lost is data, the sum of it is talk."""
    for warning in brought.warnings:
        say(f"Warning: {warning}")
    for line in _lines(brought):
        say(line, data=True)
    volume = incoming.items[0].key
    documents = sum(item.fields.get("csl", {}).get("number") is not None for item in incoming.items)
    sections = len(incoming.items) - documents - 1
    with_sections = f" and {counted(sections, 'section')}" if sections else ""
    filled = {changed.key for changed in brought.changed if changed.before in _NOTHING}
    if filled:
        say(
            f"{counted(len(filled), 'source')} had fields that were empty; they are filled in from the volume."
        )
    changes = sum(changed.before not in _NOTHING for changed in brought.changed)
    say(
        f"{volume}: {counted(documents, 'document')}{with_sections}; {counted(len(brought.added), 'new source')}, "
        f"{counted(len(brought.held), 'new text')}, {brought.unchanged:,} unchanged, "
        f"{counted(changes, 'change')}."
    )
    if brought.verified_again:
        found = Counter(one.after.state.value for one in brought.verified_again)
        states = ", ".join(f"{number:,} {state}" for state, number in found.most_common())
        say(f"Looked again for {counted(len(brought.verified_again), 'quote')} of these: {states}.")
    if not brought.writes:
        say("The ledger has all of it already; nothing was written.")


def _lines(brought: Brought) -> Iterator[str]:
    for changed in brought.changed:
        if changed.before not in _NOTHING:
            yield f"Changed: {changed.key}, {changed.field}: {_value(changed.before)} → {_value(changed.after)}"
    for kept in brought.kept:
        yield f"Kept: {kept.key}, {kept.field}: {_value(kept.before)} (the volume says {_value(kept.after)})"
    for one in brought.verified_again:
        if one.failed or one.before.state is not one.after.state or one.before.page != one.after.page:
            yield from _again(one)
    for loss in brought.losses:
        yield f"Not carried: {loss.what} ({loss.place})"


def _again(one: Reverified) -> Iterator[str]:
    """Yield what is found of a quote now, where it is not what was found before."""
    before, after = (
        f"{found.state.value}{f', page {found.page}' if found.page else ''}"
        for found in (one.before, one.after)
    )
    yield f"Quote {one.quote}: {before} → {after}: “{_value(one.words)}”"
    for remark in one.remarks:
        yield f"  {remark}"


def _value(value: Any) -> str:
    """Return a value in one line that is not too long."""
    if value in _NOTHING:
        return "nothing"
    if isinstance(value, dict):
        said = " ".join(_value(part) for part in value.values())
    elif isinstance(value, list):
        said = "; ".join(_value(part) for part in value)
    else:
        said = " ".join(str(value).split())
    return said if len(said) <= _SHOWN else f"{said[: _SHOWN - 2]} …"
