"""What a rendering leaves in its folder for the next one: what it was made from, and what it knew of every case and source.

The file is a convenience. It holds one record after another, so that neither writing nor reading needs all of it
twice in memory; one that is damaged, or of another version, counts as none. It is the one file of a site that
differs from machine to machine, as it holds when files were written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from evidence.publish.folder import Stamp

__all__ = ["STATE", "Basis", "Head", "digest", "encoded", "read", "read_head", "safe", "stats", "written"]

STATE = ".evidence-state"
_VERSION = b"evidence-state 1\n"
_LENGTH = 8  # bytes of a record's length


@dataclass(frozen=True, slots=True)
class Basis:
    """What decides how a ledger's content looks: another of these, and everything is rendered again."""

    study: str
    cases: tuple[str, ...]  # that were asked for
    program: str  # a digest of this program's own files
    templates: str  # a digest of the user's own
    style: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a site was made from, and its pages."""

    basis: Basis
    revision: int
    digest: str  # of the ledger's history up to that revision
    shared: bytes  # a digest of what every case shows
    flags: dict[bytes, bytes]  # what is said to have changed beneath what, by its id
    lists: bytes  # a digest of what the lists were filled from
    listed: tuple[str, ...]  # the lists, by their paths
    pages: dict[str, Stamp] = field(default_factory=dict)


def read_head(folder: Path) -> Head | None:
    """Return what a site was made from; nothing if that is not known."""
    try:
        with (folder / STATE).open("rb") as stream:
            if stream.read(len(_VERSION)) != _VERSION:
                return None
            return msgspec.msgpack.decode(_next(stream), type=Head)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def read(folder: Path, *kinds: type[Any]) -> Iterator[Any] | None:
    """Yield the records after the head, each of one of some kinds, tagged by its place among these; nothing if any is damaged."""
    decoders = [msgspec.msgpack.Decoder(kind, dec_hook=safe) for kind in kinds]
    found: list[Any] = []
    try:
        with (folder / STATE).open("rb") as stream:
            stream.read(len(_VERSION))
            _next(stream)
            while record := _next(stream):
                found.append(decoders[record[0]].decode(memoryview(record)[1:]))
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, IndexError):
        return None
    return iter(found)


def _next(stream: Any) -> bytes:
    """Return the next record; an empty one ends the file."""
    length = int.from_bytes(stream.read(_LENGTH), "big")
    if length > os.fstat(stream.fileno()).st_size:
        raise msgspec.DecodeError("The file has no room for such a record.")
    record: bytes = stream.read(length)
    if len(record) != length:
        raise msgspec.DecodeError("The file ends within a record.")
    return record


def written(head: Head, records: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the file's pieces."""
    yield _VERSION
    for record in chain([encoded(head)], records, [b""]):
        yield len(record).to_bytes(_LENGTH, "big")
        yield record


def encoded(view: Any) -> bytes:
    """Return a view as bytes."""
    return msgspec.msgpack.encode(view, enc_hook=str)


def digest(*views: Any) -> bytes:
    """Return a short digest of values: the same for the same, in any process."""
    return hashlib.sha256(msgspec.msgpack.encode(views, enc_hook=str, order="deterministic")).digest()[:16]


def safe(kind: Any, value: Any) -> Any:
    """Return text as the safe HTML that it was."""
    return kind(value)


def stats(*places: Path) -> str:
    """Return a digest of the names, sizes and times of files, and of all in folders."""
    told = hashlib.sha256()
    for place in places:
        for folder, inner, names in (
            os.walk(place) if place.is_dir() else ((str(place.parent), [], [place.name]),)
        ):
            inner[:] = sorted(name for name in inner if name != "__pycache__")
            for name in sorted(names):
                try:
                    one = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 - there are many
                except OSError:
                    continue
                told.update(f"{folder}/{name} {one.st_size} {one.st_mtime_ns}\n".encode())
    return told.hexdigest()
