"""log NOTES.md: field notes typed at the archive, logged as one revision."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .brought import lines
from .logged import tell_logged
from .session import keep, say

if TYPE_CHECKING:
    from evidence.archive.bringing import Brought

__all__ = ["is_notes", "log_notes"]


def is_notes(name: str, *, sure: bool = False) -> bool:
    """Tell whether a word that was typed names a file of notes and not a case; ``sure`` asks for the ending."""
    return name.casefold().endswith((".md", ".markdown")) or (not sure and Path(name).is_file())


def log_notes(
    ctx: click.Context,
    files: Sequence[Path],
    message: str | None,
    *,
    dry_run: bool = False,
    quiet: bool = False,
) -> None:
    """Log files of field notes; ``quiet`` says nothing where nothing is new."""
    from evidence.archive.fieldnotes import read_fieldnotes
    from evidence.archive.fieldnotes_sources import bring_notes

    notes = read_fieldnotes(files)

    def work(session: Any) -> None:
        brought, logged = bring_notes(session, notes)
        if quiet and not (brought.writes or logged.writes or logged.losses or logged.gone):
            return
        _tell_sources(brought)
        tell_logged(logged)

    keep(ctx, work, message, dry_run=dry_run)


def _tell_sources(brought: Brought) -> None:
    for warning in brought.warnings:
        say(f"Warning: {warning}")
    for line in lines(brought):
        say(line, data=True)
    for loss in () if brought.writes else brought.losses:
        say(f"Note: {loss.place}: {loss.what}", data=True)
