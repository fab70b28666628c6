"""Write pages into a folder: only those whose bytes changed, and all of them or none.

Pages are put beside their place first, and moved there together at the end. What is to be moved is noted before the
first move, so that whoever comes after a run that was killed either finds the site as it was or finishes the move.

What was written is listed, with its digest, in ``.evidence-pages``. A page that is not written any more is
removed only if it is listed there and is still as it was written; a file that is not ours is never touched.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from evidence.errors import EvidenceError

__all__ = ["MANIFEST", "MARK", "Put", "Site", "Stamp", "put", "site", "stamped", "unfinished", "write"]

MANIFEST = ".evidence-pages"
#: What a page in one file is known by, as no list stands beside it; the frame of every page has it.
MARK = b'<meta name="generator" content="evidence'
#: Where pages wait that are not in their place yet, and what is noted there of moves and removals.
_PART, _NOTED, _LOCK = ".evidence-part", "moves", ".lock"
_END = "end"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A page as it was written: what tells without reading it that nobody has touched it since."""

    digest: str
    size: int
    mtime: int  # nanoseconds


@dataclass(frozen=True, slots=True)
class Put:
    """A page that was put into the site."""

    name: str
    digest: str
    changed: bool


class Site:
    """Pages on their way into a folder; ``site`` opens it."""

    def __init__(self, folder: Path, part: Path) -> None:
        """Take the folder, and where pages wait."""
        self.folder = folder
        self.new = part.parent != folder
        self.known: Mapping[str, Stamp] = {}  # how its pages were written last, as far as that is known
        self._part = part
        self._listed = {} if self.new else _listed(folder / MANIFEST)
        self._pages: dict[str, Put] = {}
        self._made: set[str] = set()

    @property
    def pages(self) -> Mapping[str, Put]:
        """The pages that were put or kept."""
        return self._pages

    def put(self, name: str, content: bytes) -> Put:
        """Put a page into the site; it does not come into its place before ``finish``.

        Raises:
            EvidenceError: a file that this program did not write stands where it would go.
        """
        digest = hashlib.sha256(content).hexdigest()
        changed = self.new or not self._stands(name, digest, content)
        if changed:
            self._write(name, [content])
        return self.take(Put(name, digest, changed))

    def take(self, page: Put) -> Put:
        """Note a page that another process has put."""
        self._pages[page.name] = page
        return page

    def keep(self, name: str) -> None:
        """Leave a page as it is known to stand."""
        self.take(Put(name, self.known[name].digest, changed=False))

    def _stands(self, name: str, digest: str, content: bytes) -> bool:
        """Tell whether a page is there already, as it should be."""
        known = self.known.get(name)
        if known is not None and known.digest == digest and stamped(self.folder / name, known):
            return True
        before = _bytes(self.folder / name)
        if before is not None and before != content and name not in self._listed:
            raise _foreign(self.folder / name)
        return before == content

    def _write(self, name: str, content: Iterable[bytes]) -> None:
        file = f"{self._part}/{name}"
        folder = file.rpartition("/")[0]
        if folder not in self._made:
            self._made.add(folder)
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - there are many
        with open(file, "wb") as stream:  # noqa: PTH123 - a third faster than Path's own, and there are many
            stream.writelines(content)

    def stamps(self) -> dict[str, Stamp]:
        """Return how each page is as it was put, before ``finish``."""
        found = {}
        for name, page in self._pages.items():
            told = os.stat(f"{self._part if page.changed else self.folder}/{name}")  # noqa: PTH116 - there are many
            found[name] = Stamp(page.digest, told.st_size, told.st_mtime_ns)
        return found

    def finish(self, beside: Mapping[str, Iterable[bytes]]) -> tuple[list[str], list[str], list[str]]:
        """Move what was put into its place, and remove what is not there any more.

        Args:
            beside: files that are no pages, and go with them, in pieces.

        Returns:
            The paths written, those that were so already, and those removed.
        """
        written = [name for name, page in self._pages.items() if page.changed]
        stale = {name: digest for name, digest in self._listed.items() if name not in self._pages}
        listed = "".join(f"{page.digest}  {name}\n" for name, page in sorted(self._pages.items()))
        unchanged = [name for name, page in self._pages.items() if not page.changed]
        for name, content in {**beside, MANIFEST: [listed.encode()]}.items():
            self._write(name, content)
        if self.new:
            (self._part / _LOCK).unlink(missing_ok=True)
            self._part.rename(self.folder)
            return written, unchanged, []
        gone = [name for name, digest in stale.items() if _ours(self.folder, name, digest)]
        noted = [
            *(f"move {name}" for name in (*written, *beside, MANIFEST)),
            *(f"{stale[n]} {n}" for n in gone),
            _END,
        ]
        self._write(_NOTED, ["\n".join(noted).encode()])
        _resume(self.folder)
        return written, unchanged, sorted(gone)


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Open a folder to put pages into; what a run left that was killed is finished, or cleared away, first.

    Args:
        folder: where to; it is made, whole, when the site is finished.

    Raises:
        EvidenceError: a file that this program did not write stands where a page would go, somebody else is writing
            there, or the folder cannot be written to.
    """
    try:
        part = _part(folder)
        left = {one.name for one in part.iterdir()} if part.exists() else set()
        if left and not left & {_LOCK, MANIFEST}:
            raise FileExistsError(17, "something else is there", str(part))
        part.mkdir(parents=True, exist_ok=True)
        (part / _LOCK).touch()
        with _alone(part):
            if part.parent == folder:
                _resume(folder)
            _clear(part)
            yield Site(folder, part)
    except OSError as error:
        named = error.filename or folder
        raise EvidenceError(
            f"{named} cannot be written ({error.strerror or error}); choose another folder."
        ) from error


def unfinished(folder: Path) -> bool:
    """Tell whether a run was killed, or is under way, that writes to a folder."""
    return _part(folder).exists()


def _part(folder: Path) -> Path:
    """Return where pages wait: a new folder is made beside its place, and moved there as a whole."""
    return folder / _PART if folder.exists() else folder.with_name(f".{folder.name}.part")


@contextmanager
def _alone(part: Path) -> Iterator[None]:
    """Have the place where pages wait to oneself, and leave nothing there."""
    lock = _lock(part / _LOCK)
    if lock is None:
        where = part.parent
        raise EvidenceError(f"Somebody else is writing to {where} at this moment; wait, then try again.")
    try:
        yield
    finally:
        if part.exists():  # a new folder has moved to its place
            _clear(part)  # before the lock, by which the next run knows that what is left is ours
            shutil.rmtree(part)
        if lock >= 0:
            os.close(lock)


def _lock(file: Path) -> int | None:
    """Return a lock on a file: nothing if somebody else has it, -1 where there are no locks."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        return -1
    lock = os.open(file, os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _clear(part: Path) -> None:
    for one in part.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        elif one.name != _LOCK:
            one.unlink()


def _resume(folder: Path) -> None:
    """Finish a move that was begun, if one was."""
    part = folder / _PART
    noted = (_bytes(part / _NOTED) or b"").decode("utf-8", "replace").split("\n")
    if noted[-1] != _END:
        return
    for line in noted[:-1]:
        done, _, name = line.partition(" ")
        if not _inside(name):
            continue
        if done != "move":
            if _ours(folder, name, done):
                (folder / name).unlink()
        elif (part / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(part / name, folder / name)  # noqa: PTH105
    (part / _NOTED).unlink()


def stamped(file: Path, stamp: Stamp) -> bool:
    """Tell whether a file is as it was written; it is read only where its time is another."""
    try:
        told = os.stat(file)  # noqa: PTH116 - there are many
    except OSError:
        return False
    if told.st_size != stamp.size:
        return False
    if told.st_mtime_ns == stamp.mtime:
        return True
    return hashlib.sha256(_bytes(file) or b"").hexdigest() == stamp.digest


def write(folder: Path, pages: Mapping[str, bytes]) -> tuple[list[str], list[str], list[str]]:
    """Make the folder hold these pages.

    Args:
        folder: where to; it is made if it is not there.
        pages: what each page holds, by its path in the folder, parted by slashes.

    Returns:
        The paths written, those that were so already, and those removed.

    Raises:
        EvidenceError: a file that this program did not write stands where a page would go, or the folder
            cannot be written to.
    """
    with site(folder) as opened:
        for name, content in pages.items():
            opened.put(name, content)
        return opened.finish({})


def put(file: Path, content: bytes) -> bool:
    """Write one file, if its bytes changed.

    Returns:
        Whether it was written.

    Raises:
        EvidenceError: a file that this program did not write stands there, or it cannot be written.
    """
    try:
        before = _bytes(file)
        if before == content:
            return False
        if before is not None and MARK not in before:
            raise _foreign(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, content)
    except OSError as error:
        raise EvidenceError(
            f"{file} cannot be written ({error.strerror or error}); choose another place."
        ) from error
    return True


def _foreign(file: Path) -> EvidenceError:
    return EvidenceError(f"{file} was not written by this program; move it away, or choose another folder.")


def _bytes(file: Path) -> bytes | None:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - a third faster than Path's own, and there are many
            return stream.read()
    except FileNotFoundError:
        return None


def _replace(file: Path, content: bytes) -> None:
    part = f"{file}.part"
    with open(part, "wb") as stream:  # noqa: PTH123
        stream.write(content)
    os.replace(part, file)  # noqa: PTH105


def _inside(name: str) -> bool:
    """Tell whether a path leads nowhere but into the folder: a list may have been tampered with."""
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts


def _ours(folder: Path, name: str, digest: str) -> bool:
    """Tell whether a file is still as it was written."""
    file = folder / name
    if not _inside(name) or not file.is_file() or file.is_symlink():
        return False
    return hashlib.sha256(_bytes(file) or b"").hexdigest() == digest


def _listed(manifest: Path) -> dict[str, str]:
    content = (_bytes(manifest) or b"").decode("utf-8", "replace")
    pairs = (line.partition("  ") for line in content.splitlines())
    return {name: digest for digest, _, name in pairs if name}
