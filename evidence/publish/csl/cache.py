"""What citations looked like, kept in the user's cache folder: a rendering starts pandoc for new ones only.

One file for each style, language and pandoc, read whole and replaced whole, so that any number of processes may
use it at once: at worst one makes anew what another has just made. The cache is a convenience. Where it cannot be
read or written it is done without; a broken file is thrown away.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

__all__ = ["Cache", "folder"]

_LARGEST = 128 * 1024 * 1024  # bytes above which a file is begun anew
_KEPT = 12  # files; the ones least lately written go


def folder() -> Path | None:
    """Return the folder of the cache: ``EVIDENCE_CACHE``, else ``evidence`` in the user's cache folder, if there is one."""
    named = os.environ.get("EVIDENCE_CACHE")
    if named:
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME")
    with suppress(RuntimeError):  # nobody's home
        return (Path(home) if home else Path("~/.cache").expanduser()) / "evidence"
    return None


class Cache:
    """Citations by key, for each manner of writing them."""

    def __init__(self, place: Path | None = None) -> None:
        """Name the folder; by default, the user's. Nothing is opened or made until it is used."""
        self._folder = place or folder()

    def get(self, manner: str) -> dict[str, str]:
        """Return what is remembered of a manner of writing; nothing if nothing can be read."""
        if self._folder is None:
            return {}
        file = self._file(self._folder, manner)
        try:
            return msgspec.msgpack.decode(file.read_bytes(), type=dict[str, str])
        except OSError:
            return {}
        except (msgspec.DecodeError, UnicodeDecodeError):
            with suppress(OSError):
                file.unlink()
            return {}

    def put(self, manner: str, texts: Mapping[str, str]) -> None:
        """Remember texts beside those that are there."""
        if self._folder is None:
            return
        packed = msgspec.msgpack.encode({**self.get(manner), **texts})
        if len(packed) > _LARGEST:
            packed = msgspec.msgpack.encode(texts)
        file, written = self._file(self._folder, manner), ""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, written = tempfile.mkstemp(dir=file.parent, prefix=".new-")
            with os.fdopen(handle, "wb") as stream:
                stream.write(packed)
            os.replace(written, file)  # noqa: PTH105 - whole or not at all
            _tidy(file.parent)
        except OSError:
            if written:
                with suppress(OSError):
                    os.unlink(written)  # noqa: PTH108 - as above

    def _file(self, folder: Path, manner: str) -> Path:
        return folder / "citations" / f"{manner}.msgpack"


def _tidy(folder: Path) -> None:
    files = sorted(folder.glob("*.msgpack"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[_KEPT:]:
        file.unlink(missing_ok=True)
