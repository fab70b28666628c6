"""Write pages into a folder: only those whose bytes changed, each whole or not at all.

What was written is listed, with its digest, in ``.evidence-pages``. A page that is not written any more is
removed only if it is listed there and is still as it was written; a file that is not ours is never touched.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from evidence.errors import EvidenceError

__all__ = ["MANIFEST", "MARK", "put", "write"]

MANIFEST = ".evidence-pages"
#: What a page in one file is known by, as no list stands beside it; the frame of every page has it.
MARK = b'<meta name="generator" content="evidence'


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
    try:
        return _write(folder, pages)
    except OSError as error:
        named = error.filename or folder
        raise EvidenceError(
            f"{named} cannot be written ({error.strerror or error}); choose another folder."
        ) from error


def _write(folder: Path, pages: Mapping[str, bytes]) -> tuple[list[str], list[str], list[str]]:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in pages.items()}
    if not folder.exists():
        _write_new(folder, pages, digests)
        return list(pages), [], []
    listed = _listed(folder / MANIFEST)
    before = {name: _bytes(folder / name) for name in pages}
    for name, content in pages.items():
        if before[name] is not None and before[name] != content and name not in listed:
            raise _foreign(folder / name)
    # Listed before they are written: a run that is killed leaves no page that the next one does not know.
    _list(folder / MANIFEST, {**listed, **digests})
    _make_folders(folder, pages)
    written = [name for name, content in pages.items() if before[name] != content]
    for name in written:
        _replace(folder / name, pages[name])
    removed = sorted(_remove(folder, {name: digest for name, digest in listed.items() if name not in pages}))
    _list(folder / MANIFEST, digests)
    return written, [name for name in pages if before[name] == pages[name]], removed


def _write_new(folder: Path, pages: Mapping[str, bytes], digests: Mapping[str, str]) -> None:
    """Write a folder that is not there yet: beside its place, then moved there, all of it at once."""
    part = folder.with_name(f".{folder.name}.part")
    if (part / MANIFEST).is_file():  # what a run that was killed left
        shutil.rmtree(part)
    part.mkdir(parents=True)
    _list(part / MANIFEST, digests)
    _make_folders(part, pages)
    for name, content in pages.items():
        with open(part / name, "wb") as stream:  # noqa: PTH123 - a third faster than Path's own, and there are many
            stream.write(content)
    part.rename(folder)


def _make_folders(folder: Path, pages: Iterable[str]) -> None:
    for sub in sorted({str(PurePosixPath(name).parent) for name in pages}):
        (folder / sub).mkdir(parents=True, exist_ok=True)


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


def _remove(folder: Path, stale: Mapping[str, str]) -> Iterable[str]:
    for name, digest in stale.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            continue  # a list that was tampered with leads nowhere else
        file = folder / name
        content = _bytes(file) if file.is_file() and not file.is_symlink() else None
        if content is not None and hashlib.sha256(content).hexdigest() == digest:
            file.unlink()
            yield name


def _listed(manifest: Path) -> dict[str, str]:
    content = (_bytes(manifest) or b"").decode("utf-8", "replace")
    pairs = (line.partition("  ") for line in content.splitlines())
    return {name: digest for digest, _, name in pairs if name}


def _list(manifest: Path, digests: Mapping[str, str]) -> None:
    content = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()
    if content != _bytes(manifest):
        _replace(manifest, content)
