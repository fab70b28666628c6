"""What citations looked like, kept in the user's cache folder: a rendering starts pandoc for new ones only.

The cache is a convenience. Where it cannot be read or written it is done without; a broken one is thrown away.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["Cache", "folder"]

_AT_ONCE = 500  # keys in one statement
_PATIENCE = 5.0  # seconds that another process may write
_LARGEST = 256 * 1024 * 1024  # bytes above which a cache is begun anew


def folder() -> Path:
    """Return the folder of the cache: ``EVIDENCE_CACHE``, else ``evidence`` in the user's cache folder."""
    named = os.environ.get("EVIDENCE_CACHE")
    if named:
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path("~/.cache").expanduser()) / "evidence"


class Cache:
    """Texts by key, in a file that several processes may use at once."""

    def __init__(self, file: Path | None = None) -> None:
        """Name the file; by default, the user's. Nothing is opened or made until it is used."""
        self._file = file or folder() / "citations.sqlite3"

    def get(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the texts that are there, by key."""
        wanted, found = sorted(set(keys)), dict[str, str]()
        if not wanted or not self._there():
            return found
        with self._open() as connection:
            for at in range(0, len(wanted), _AT_ONCE):
                some = wanted[at : at + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                asked = f"SELECT key, text FROM citation WHERE key IN ({marks})"  # noqa: S608 - marks alone
                found |= {str(key): str(text) for key, text in connection.execute(asked, some)}
        return found

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep texts, all or none of them."""
        if not texts:
            return
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            if self._there() and self._file.stat().st_size > _LARGEST:
                self._file.unlink()
        with self._open() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS citation (key TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID"
            )
            connection.executemany("INSERT OR REPLACE INTO citation VALUES (?, ?)", texts.items())
            connection.commit()

    def _there(self) -> bool:
        try:
            return self._file.is_file()
        except OSError:
            return False

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Give a connection; whatever fails in it is left undone, and a file that is no cache is removed."""
        connection = None
        try:
            connection = sqlite3.connect(self._file, timeout=_PATIENCE)
            yield connection
        except sqlite3.OperationalError:  # it cannot be written, is locked, or is not begun yet
            return
        except sqlite3.DatabaseError:
            with suppress(OSError):
                self._file.unlink()
        finally:
            if connection is not None:
                connection.close()
