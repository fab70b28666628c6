"""import challenge: what readers doubt, from files that pages of the appendix let them save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import counted
from .session import keep, message_option, say

if TYPE_CHECKING:
    from evidence.archive.challenging import Received
    from evidence.archive.incoming import Loss


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE..."
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@message_option
@click.pass_context
def challenge(ctx: click.Context, /, files: tuple[Path, ...], dry_run: bool, message: str | None) -> None:
    """Import challenges: what readers doubt, as pages of the appendix let them save it (W3C Web Annotations).

    Each becomes a record on the quote or code that it doubts, open until somebody answers it ('evidence challenge
    answer'); 'evidence check' names those that are open. A key that was renamed still leads there, and the same
    challenge twice changes nothing.

    \b
    Example:
      evidence import challenge challenge-memo.1.jsonld
    """
    from evidence.archive.challenges import read_challenges
    from evidence.archive.challenging import receive

    losses: list[Loss] = []
    doubts = [doubt for file in files for doubt in read_challenges(file, losses)]

    def work(session: Any) -> None:
        _tell(receive(session, doubts), losses)

    keep(ctx, work, message, dry_run=dry_run)


def _tell(received: Received, losses: list[Loss]) -> None:
    for key, noun, subject in received.added:
        say(f"Challenge {key}: {noun} {subject}", data=True)
    for remark in received.remarks:
        say(f"Note: {remark}")
    for loss in losses:
        say(f"Not carried: {loss.what} ({loss.place}).")
    say(f"{counted(len(received.added), 'new challenge')}, {len(received.known):,} known already.")
    if not received.added:
        say("Nothing was written.")
