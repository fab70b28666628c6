"""Read many volumes, one at a time: all are checked before the first is brought, and few are in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from evidence.archive.frus.volume import read_volume
from evidence.archive.incoming import Incoming
from evidence.errors import ValueRefused

__all__ = ["checked"]

#: Bytes of files whose contents are kept once they are read; the rest are read again when their turn comes.
_KEPT = 16 * 1024 * 1024


def checked(
    files: Sequence[Path], documents: Collection[str] | None = None
) -> Callable[[], Iterator[Incoming]]:
    """Read every volume to see that it can be read, and return what reads them again, one after the other.

    So nothing is written where one of the files is bad, no lock is held while files are parsed that can be
    kept, and memory does not grow with the number of volumes.

    Args:
        files: the volumes' files.
        documents: as for ``read_volume``.

    Raises:
        ValueRefused: a file is no volume of FRUS, is given twice, or a document is in none of the volumes.
    """
    kept: dict[Path, Incoming] = {}
    seen: dict[str, Path] = {}
    room = _KEPT
    for file in files:
        incoming = read_volume(file, documents)
        key = incoming.items[0].key
        if key in seen:
            raise ValueRefused(f"{seen[key]} and {file} are both {key}; bring one edition after the other.")
        seen[key] = file
        room -= file.stat().st_size
        if room >= 0:
            kept[file] = incoming
    for one in documents or ():
        volume, dash, _ = one.replace("/", "-").rpartition("-")
        if dash and volume.startswith("frus") and volume not in seen:
            raise ValueRefused(f"{one!r} is in none of these volumes ({', '.join(seen)}); name its file too.")

    def again() -> Iterator[Incoming]:
        for file in files:
            yield kept.get(file) or read_volume(file, documents)

    return again
