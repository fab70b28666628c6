"""A progress bar on stderr, for what takes longer than a moment; nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

__all__ = ["bar"]

_MOMENT = 1.0  # seconds


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give a function that is told how much of how much is done; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    begun = time.monotonic()
    shown: list[Any] = []

    def tell(done: int, whole: int) -> None:
        if not shown and time.monotonic() - begun < _MOMENT:
            return
        if not shown:
            one: Any = click.progressbar(length=whole, label=label, file=sys.stderr)
            one.__enter__()
            shown.append(one)
        shown[0].length = whole
        shown[0].update(done - shown[0].pos)

    try:
        yield tell
    finally:
        if shown:
            shown[0].__exit__(None, None, None)
