"""Read ZIP archives from the world: no path leads out, no bomb goes off, and what is broken is said."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from evidence.errors import Place, ValueRefused

__all__ = ["Archive", "opened", "size_of"]

_MOST = 100_000  # entries
_LARGEST = 64 * 1024 * 1024  # bytes of one entry that is read
_LARGEST_OF_ALL = 256 * 1024 * 1024  # bytes of all that are read
_DECLARED = (
    16 * 1024 * 1024 * 1024
)  # bytes that all entries may come to; films are large, and are never unpacked
#: Text shrinks to a tenth, repetitive XML to a fiftieth; DEFLATE can feign a thousand.
_RATIO = 250
_SMALL = 1024 * 1024  # bytes below which no ratio matters
_BLOCK = 1024 * 1024
_ENCRYPTED = 0x1


@dataclass(slots=True)
class Archive:
    """A ZIP archive whose list of contents has been looked through."""

    place: Place
    entries: dict[str, zipfile.ZipInfo]
    _file: zipfile.ZipFile
    _read: int = field(default=0)

    def read(self, name: str) -> bytes:
        """Return the bytes of an entry.

        Raises:
            ValueRefused: there is none of that name, it is damaged, or it is larger than may be read.
        """
        where = Place(f"{self.place.file}: {name}")
        info = self.entries.get(name)
        if info is None:
            raise ValueRefused("the archive holds no such file; it is not whole.", where)
        if info.file_size > _LARGEST:
            raise _too_large(info.file_size, where)
        blocks: list[bytes] = []
        size = 0
        try:
            with self._file.open(info) as stream:
                while block := stream.read(_BLOCK):
                    size += len(block)
                    self._read += len(block)
                    if size > _LARGEST or self._read > _LARGEST_OF_ALL:
                        raise _too_large(max(size, self._read), where)
                    blocks.append(block)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise ValueRefused(
                "it is damaged in the archive, or cut off; get the file again.", where
            ) from error
        except (NotImplementedError, RuntimeError) as error:
            raise ValueRefused(
                "it is packed in a way that is not read here; pack it again as plain ZIP.", where
            ) from error
        return b"".join(blocks)


def size_of(file: Path) -> int:
    """Return the number of bytes of a file, before anything of it is read.

    Raises:
        ValueRefused: it is a pipe or a device, which would keep its reader waiting for ever.
        OSError: it is not there, or may not be looked at.
    """
    about = file.stat()
    if not stat.S_ISREG(about.st_mode) and not stat.S_ISDIR(about.st_mode):  # opening a folder says so itself
        raise ValueRefused(
            "this is a pipe or a device; save what it gives in a file, and name that.", Place(str(file))
        )
    return about.st_size


@contextmanager
def opened(file: Path, what: str) -> Iterator[Archive]:
    """Open a ZIP archive and look through its list of contents; nothing is ever unpacked to a disk.

    Args:
        file: the archive.
        what: what it should be, with its article, for errors: ``a REFI-QDA project``.

    Raises:
        ValueRefused: it cannot be read, is no ZIP or is cut off; an entry has a name that leads out of the
            archive, is a link, is encrypted, is there twice, or would unpack to far more than it is.
    """
    place = Place(file.name)
    try:
        size_of(file)
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise ValueRefused(
            f"this is no ZIP archive, or it is cut off; and so it is not {what}.", place
        ) from error
    except OSError as error:
        raise ValueRefused(f"this cannot be read: {error.strerror or error}.", Place(str(file))) from error
    with archive:
        yield Archive(place, _entries(archive.infolist(), place), archive)


def _entries(infos: list[zipfile.ZipInfo], place: Place) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > _MOST:
        raise ValueRefused(f"the archive lists {len(infos):,} files; at most {_MOST:,} are read.", place)
    if sum(info.file_size for info in infos) > _DECLARED:
        raise ValueRefused(
            "its files would be larger than 16 GiB when unpacked; nothing of it is read.", place
        )
    entries: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for info in infos:
        # Some programs on Windows write backslashes, which ZIP does not know.
        name = info.filename.replace("\\", "/")
        _check(info, name, place)
        if name.endswith("/"):
            continue
        if name.casefold() in folded:
            raise ValueRefused(f"the archive holds {name!r} twice, and either could be meant.", place)
        folded.add(name.casefold())
        entries[name] = info
    return entries


def _check(info: zipfile.ZipInfo, name: str, place: Place) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in name.split("/", 1)[0] or "\x00" in name:
        raise ValueRefused(
            f"the archive holds {name[:80]!r}, a name that leads out of it; nothing of it is read.", place
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ValueRefused(
            f"the archive holds a link ({name[:80]!r}), not a file; nothing of it is read.", place
        )
    if info.flag_bits & _ENCRYPTED:
        raise ValueRefused(f"{name[:80]!r} in it is encrypted; save the archive without a password.", place)
    if info.file_size > _SMALL and info.file_size > _RATIO * max(info.compress_size, 1):
        raise ValueRefused(
            f"{name[:80]!r} in it would unpack to {info.file_size / 1048576:,.0f} MiB from "
            f"{info.compress_size / 1024:,.0f} KiB, as no document does; nothing of it is read.",
            place,
        )


def _too_large(size: int, where: Place) -> ValueRefused:
    return ValueRefused(
        f"it has more than {min(size, _LARGEST_OF_ALL) // 1048576} MiB unpacked, and at most {_LARGEST // 1048576} MiB "
        f"of one file and {_LARGEST_OF_ALL // 1048576} MiB in all are read.",
        where,
    )
