"""log --watch: field notes are logged as they are saved."""

from __future__ import annotations

import os
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from evidence.errors import EvidenceError, ValueRefused

from .notes import log_notes

__all__ = ["Stamp", "ending", "stamp", "watch_notes"]

#: How long to wait between two looks at a folder, in seconds. A file that was written to between them waits.
_PAUSE = 0.5
_SUFFIXES = (".md", ".markdown")
Stamp = tuple[int, int]  # when a file was last written, in nanoseconds, and its size in bytes


def watch_notes(ctx: click.Context, folder: Path, message: str | None, *, once: bool) -> None:
    """Log the notes in a folder, then each file when it has been saved, until the user ends it.

    Args:
        ctx: the command's context.
        folder: the folder, with those inside it.
        message: why, for the history; without it each revision names its file.
        once: log what is there now, and end.
    """
    if not folder.is_dir():
        raise ValueRefused(f"{folder} is not a folder; --watch wants the folder that the notes are saved in.")
    watching = _Watching(ctx, message)
    if once:
        watching.log(sorted(_notes_in(folder)))
        if watching.failed:
            ctx.exit(1)
        return
    with ending() as ended:
        click.echo(f"Watching {folder}; end with Ctrl-C.", err=True)
        watching.until(ended, folder)
    click.echo("Stopped watching; what was logged is kept.", err=True)


@contextmanager
def ending() -> Iterator[Callable[[], bool]]:
    """Give a way to ask whether the user has ended it; a file that is being logged is finished first.

    An exception out of a signal could be lost in whatever runs just then, and a shell that starts a program in
    the background has it ignore Ctrl-C. Asked a second time, it ends at once.
    """
    asked: list[int] = []

    def end(number: int, frame: Any) -> None:  # noqa: ARG001
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _notes_in(folder: Path) -> Iterator[Path]:
    """Yield the files of notes below a folder; what editors and file systems hide is left alone."""
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.casefold().endswith(_SUFFIXES) and not name.startswith((".", "~", "#")):
                yield Path(here) / name


class _Watching:
    """Which files were logged as they are, and which could not be."""

    def __init__(self, ctx: click.Context, message: str | None) -> None:
        self.ctx, self.message = ctx, message
        self.logged: dict[Path, Stamp] = {}
        self.failed: dict[Path, str] = {}

    def until(self, ended: Callable[[], bool], folder: Path) -> None:
        """Look again and again; a file is read once it has been left alone between two looks."""
        before: dict[Path, Stamp] = {}
        while not ended():
            now = {file: found for file in _notes_in(folder) if (found := stamp(file))}
            settled = [file for file, found in now.items() if before.get(file) == found]
            self.log(sorted(file for file in settled if self.logged.get(file) != now[file]), now)
            before = now
            time.sleep(_PAUSE)

    def log(self, files: list[Path], stamps: dict[Path, Stamp] | None = None) -> None:
        """Log files, each in a revision of its own; one that failed is tried again after another was logged."""
        again: list[Path] = []
        for file in files:
            if self._one(file):
                again = [*self.failed]
            if stamps:
                self.logged[file] = stamps[file]
        for file in again:
            self._one(file)

    def _one(self, file: Path) -> bool:
        why = self.message or f"evidence log {shlex.quote(str(file))}"
        try:
            log_notes(self.ctx, [file], why, quiet=True)
        except EvidenceError as error:
            if self.failed.get(file) != str(error):
                click.echo(f"Error: {error}", err=True)
            self.failed[file] = str(error)
            return False
        self.failed.pop(file, None)
        return True


def stamp(file: Path) -> Stamp | None:
    """Return when a file was last written, and its size; nothing if it is not there."""
    try:
        found = file.stat()
    except OSError:
        return None  # gone between the two looks
    return found.st_mtime_ns, found.st_size
