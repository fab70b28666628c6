"""Put tables where they are asked for: all of them or none, and over nothing that stands there unless that is wanted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from evidence.errors import EvidenceError, ValueRefused

__all__ = ["placed", "put", "streamed"]


@contextmanager
def placed(folder: Path, stale: Collection[str], *, force: bool) -> Iterator[Path]:
    """Yield a folder beside the place, and put what is in it there when all went well.

    Args:
        folder: the place; it may be there if it is empty.
        stale: names of files that an earlier export may have left there, which go where this one does not write them.
        force: write over what is there; files of other names stay.

    Raises:
        ValueRefused: something is there already.
        EvidenceError: it cannot be written.
    """
    try:
        there = folder.exists() or folder.is_symlink()
        if there and not folder.is_dir():
            raise ValueRefused(f"{folder} is a file; choose a folder.")
        if there and not force and any(folder.iterdir()):
            raise ValueRefused(
                f"{folder} is there already; choose another folder, or write over it with --force."
            )
        whole = folder.resolve()  # which "." names too
        part = whole.with_name(f".{whole.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            yield part
            if there:
                _move(part, folder, stale)
            else:
                part.rename(whole)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise _refused(folder, error) from error


def _move(part: Path, folder: Path, stale: Collection[str]) -> None:
    written = {file.name for file in part.iterdir()}
    for name in sorted(written):
        (part / name).replace(folder / name)
    for name in sorted({*stale} - written):
        (folder / name).unlink(missing_ok=True)


def put(file: Path, content: bytes, *, force: bool) -> None:
    """Write one file.

    Args:
        file: where to.
        content: what it holds.
        force: write over what is there.

    Raises:
        ValueRefused: something is there already.
        EvidenceError: it cannot be written.
    """
    with streamed(file, force=force) as stream:
        stream.write(content)


@contextmanager
def streamed(file: Path, *, force: bool) -> Iterator[IO[bytes]]:
    """Yield a stream beside a file, and put what was written to it in its place when all went well.

    Args:
        file: where to.
        force: write over what is there.

    Raises:
        ValueRefused: something is there already.
        EvidenceError: it cannot be written.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        if (file.exists() or file.is_symlink()) and not force:
            raise ValueRefused(
                f"{file} is there already; choose another file, or write over it with --force."
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as stream:
                yield stream
            os.replace(part, file)  # noqa: PTH105 - a symbolic link is replaced, and not followed
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(file, error) from error


def _refused(place: Path, error: OSError) -> EvidenceError:
    return EvidenceError(f"{place} cannot be written ({error.strerror or error}); choose another place.")
