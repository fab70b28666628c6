"""Documents written beside a site, each whole or not at all, and only if their bytes changed.

Which file belongs to which format stands, with its digest, in ``.evidence-documents``. A format that is rendered
again removes what it alone wrote and does not have any more, such as the second volume of two; files of other
formats stay, and a file that is not ours is never touched.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from evidence.errors import EvidenceError

__all__ = ["LIST", "Outcome", "keep"]

LIST = ".evidence-documents"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a format's files, by their paths in the folder."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def keep(folder: Path, kind: str, files: Mapping[str, bytes]) -> Outcome:
    """Make the folder hold a format's files.

    Args:
        folder: where to; it is made if it is not there.
        kind: the format that the files are of.
        files: what each holds, by its path in the folder, parted by slashes.

    Raises:
        EvidenceError: a file that this program did not write stands where one would go, or the folder cannot
            be written to.
    """
    try:
        return _keep(folder, kind, files)
    except OSError as error:
        named = error.filename or folder
        raise EvidenceError(
            f"{named} cannot be written ({error.strerror or error}); choose another folder."
        ) from error


def _keep(folder: Path, kind: str, files: Mapping[str, bytes]) -> Outcome:
    listed = dict(_listed(folder / LIST))
    known = {name for name, (_, digest) in listed.items() if digest}
    written = []
    for name, content in files.items():
        before = _bytes(folder / name)
        if before is not None and before != content and name not in known:
            raise EvidenceError(
                f"{folder / name} was not written by this program; move it away, or choose another folder."
            )
        if before != content:
            written.append(name)
    stale = [name for name, (of, _) in listed.items() if of == kind and name not in files]
    digests = {name: (kind, hashlib.sha256(content).hexdigest()) for name, content in files.items()}
    # Listed before they are written: a run that is killed leaves nothing that the next one does not know.
    if files:
        folder.mkdir(parents=True, exist_ok=True)
        _list(folder / LIST, {**listed, **digests})
    for name in written:
        _replace(folder / name, files[name])
    removed = tuple(name for name in stale if _removed(folder, name, listed[name][1]))
    _list(folder / LIST, {**{name: row for name, row in listed.items() if name not in stale}, **digests})
    return Outcome(tuple(written), tuple(name for name in files if name not in written), removed)


def _removed(folder: Path, name: str, digest: str) -> bool:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        return False  # a list that was tampered with leads nowhere else
    file = folder / name
    content = _bytes(file) if file.is_file() and not file.is_symlink() else None
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        return False
    file.unlink()
    return True


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _replace(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    part.write_bytes(content)
    os.replace(part, file)  # noqa: PTH105


def _listed(file: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each file that is listed, with its format and its digest."""
    for row in (_bytes(file) or b"").decode("utf-8", "replace").splitlines():
        kind, _, rest = row.partition("  ")
        digest, _, name = rest.partition("  ")
        if name:
            yield name, (kind, digest)


def _list(file: Path, rows: Mapping[str, tuple[str, str]]) -> None:
    content = "".join(f"{kind}  {digest}  {name}\n" for name, (kind, digest) in sorted(rows.items())).encode()
    if content != (_bytes(file) or b""):
        _replace(file, content)
