"""The files of a study's folder: which there may be, and how they are read and written safely.

Nothing is read through a link or from outside the folder; nothing is written that has not changed; nothing is
removed that this program did not write.
"""

from __future__ import annotations

import os
import stat
import tempfile
import unicodedata
from pathlib import Path

from evidence.errors import EvidenceError, Place, ValueRefused, nearest

__all__ = ["FILES", "FOLDERS", "listed", "put", "read_bytes", "read_words", "refuse_strangers", "remove"]

FILES = (
    "study.yaml", "scheme.yaml", "hypotheses.yaml", "coders.yaml", "episodes.yaml", "actors.csv", "commitments.csv",
    "sources.json", "cases.csv", "participants.csv", "general.yaml", "reviews.yaml", "redirects.yaml", "texts.yaml",
    "releases.yaml", "challenges.yaml", "rounds.yaml", "conflicts.yaml",
)  # fmt: skip
FOLDERS = ("cases", "texts")
#: What may stand beside a study's files and is left alone.
_BESIDE = ("readme", "license", "licence", "citation.cff")
#: The largest file that is read, in bytes.
MOST = 200_000_000


def listed(folder: Path, below: str = "") -> list[str]:
    """Return the names of what stands in the folder, or in one of its folders; what is left alone is left out."""
    place = folder / below if below else folder
    if not os.path.lexists(place):
        return []
    if below and (place.is_symlink() or not place.is_dir()):
        raise ValueRefused("this must be a folder, and no link; put the folder itself here.", Place(below))
    return sorted(name for name in (one.name for one in place.iterdir()) if not name.startswith("."))


def beside(name: str) -> bool:
    """Tell whether a name is one that is left alone."""
    return name.casefold().startswith(_BESIDE)


def refuse_strangers(folder: Path) -> None:
    """Refuse a file that is none of a study's, so that nothing is left out by a slip of the pen."""
    for name in listed(folder):
        if name in FILES or name in FOLDERS or beside(name):
            continue
        near = nearest(name, (*FILES, *FOLDERS), 1)
        hint = (
            f"did you mean {near[0]}?"
            if near
            else "take it out of the folder, or let its name begin with README."
        )
        raise ValueRefused(f"this file is no part of a study; {hint}", Place(name))


def read_bytes(folder: Path, name: str) -> bytes | None:
    """Return what is in a file of the folder; nothing if there is none.

    Raises:
        ValueRefused: it is a link, no plain file, or larger than anything that is meant here.
    """
    path = folder / name
    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            raise ValueRefused(
                "this is a link, and links are not followed; put the file itself here.", Place(name)
            )
        if not stat.S_ISREG(found.st_mode):
            raise ValueRefused("this is no plain file; put the file itself here.", Place(name))
        if found.st_size > MOST:
            raise ValueRefused(
                f"this file has {found.st_size:,} bytes, and at most {MOST:,} are read; divide it.",
                Place(name),
            )
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EvidenceError(
            f"this cannot be read: {error.strerror}; see who may read it.", Place(name)
        ) from error


def read_words(folder: Path, name: str, *, keep_mark: bool = False) -> str | None:
    """Return the text of a file, with line ends as LF and without a byte order mark; nothing if there is none.

    Args:
        folder: the study's folder.
        name: the file, from there.
        keep_mark: keep a byte order mark: it is part of what the file holds.

    Raises:
        ValueRefused: it is not UTF-8, or has a NUL character in it.
    """
    content = read_bytes(folder, name)
    if content is None:
        return None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueRefused("this file is UTF-16; save it as UTF-8.", Place(name))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueRefused("this is not UTF-8; save the file as UTF-8.", Place(name, line)) from error
    if "\x00" in text:
        raise ValueRefused(
            "the text holds a NUL character; remove it.",
            Place(name, text[: text.index("\x00")].count("\n") + 1),
        )
    if not keep_mark:
        text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def put(folder: Path, name: str, content: str | bytes) -> bool:
    """Write a file unless it is there already, word for word; never half of it, and never through a link.

    Returns:
        Whether it was written.
    """
    data = content.encode() if isinstance(content, str) else content
    path = folder / name
    try:
        if path.parent.is_symlink() and path.parent != folder:
            raise ValueRefused(
                "this is a link; nothing is written through it. Put a folder here.", Place(path.parent.name)
            )
        if (
            not path.is_symlink()
            and path.is_file()
            and path.stat().st_size == len(data)
            and path.read_bytes() == data
        ):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise EvidenceError(f"this cannot be written: {error.strerror}.", Place(str(path))) from error
    return True


def _replace(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        mask = os.umask(0)
        os.umask(mask)
        draft.chmod(0o666 & ~mask)  # mkstemp lets only the owner read; a study is to be read
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def remove(folder: Path, name: str) -> None:
    """Remove a file of ours that no longer belongs."""
    try:
        (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise EvidenceError(
            f"this cannot be removed: {error.strerror}.", Place(str(folder / name))
        ) from error


def key_of(name: str) -> str:
    """Return the key that a case's file is named after; some file systems take accents apart."""
    return unicodedata.normalize("NFC", name.removesuffix(".md"))
