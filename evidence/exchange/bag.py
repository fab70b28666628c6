"""A BagIt bag (RFC 8493): files with checksums, so that whoever has them can tell that they are whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["PAYLOAD", "bag", "is_bag"]

#: Where the files of a bag are.
PAYLOAD = "data"
_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_WAYS = ("sha256", "sha512")
_BLOCK = 1 << 20
_BREAKS = re.compile(r"\s+")


def bag(folder: Path, about: Mapping[str, str]) -> int:
    """Make a bag of a folder whose files are in ``data``; nothing is moved.

    Args:
        folder: the folder.
        about: what ``bag-info.txt`` says, by label; how much there is comes by itself.

    Returns:
        How many files it has, those of the bag itself left out.
    """
    payload = dict(_digests(folder, folder / PAYLOAD))
    size = sum((folder / name).stat().st_size for name in payload)
    _put(folder, "bagit.txt", _DECLARATION)
    said = {**about, "Payload-Oxum": f"{size}.{len(payload)}"}
    _put(
        folder,
        "bag-info.txt",
        "".join(f"{label}: {_line(words)}\n" for label, words in said.items() if words),
    )
    for at, way in enumerate(_WAYS):
        _put(folder, f"manifest-{way}.txt", _listed({name: found[at] for name, found in payload.items()}))
    tags = dict(_digests(folder, *(folder / name for name in _tags())))
    for at, way in enumerate(_WAYS):
        _put(folder, f"tagmanifest-{way}.txt", _listed({name: found[at] for name, found in tags.items()}))
    return len(payload)


def is_bag(folder: Path) -> bool:
    """Tell whether a folder is a bag."""
    return (folder / "bagit.txt").is_file() and (folder / PAYLOAD).is_dir()


def _tags() -> tuple[str, ...]:
    return ("bag-info.txt", "bagit.txt", *(f"manifest-{way}.txt" for way in _WAYS))


def _digests(folder: Path, *within: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each file by its path from the folder, with its digest in every way."""
    files = [file for place in within for file in ([place] if place.is_file() else place.rglob("*"))]
    for file in sorted(files):
        if file.is_file():
            digests = [hashlib.new(way) for way in _WAYS]
            with file.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    for digest in digests:
                        digest.update(block)
            yield file.relative_to(folder).as_posix(), tuple(digest.hexdigest() for digest in digests)


def _listed(digests: Mapping[str, str]) -> str:
    """Return the lines of a manifest; what would break a line in a path is written by its number."""
    return "".join(f"{digest}  {_path(name)}\n" for name, digest in sorted(digests.items()))


def _path(name: str) -> str:
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _line(words: str) -> str:
    """Return a text as the value of a label: in one line."""
    return _BREAKS.sub(" ", words).strip()


def _put(folder: Path, name: str, text: str) -> None:
    (folder / name).write_bytes(text.encode())
