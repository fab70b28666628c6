"""What a file said of a passage when it was last brought: a short digest of each field, kept with the quote.

So a field that changed in the file is changed in the ledger, and what a person edited there since then stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from evidence.archive.incoming import Marked
from evidence.archive.recorded import hash_of as digest
from evidence.archive.tags import Meant

__all__ = ["differing", "digest", "digests", "read", "written"]

_FIELDS = (
    "words", "locator", "language", "transliteration", "translation", "translator", "note",
    "shows", "inference", "speaker", "occurred",
)  # fmt: skip


def digests(marked: Marked, meant: Meant) -> dict[str, str]:
    """Return the digest of each thing that is said of a passage; of tags, what they mean."""
    said: dict[str, str] = {}
    for name in _FIELDS:
        value = getattr(marked, name)
        if name == "locator":
            value = "\n".join(f"{kind} {where}" for kind, where in sorted(value.items()))
        if value:
            said[name] = digest(value)
    if meant.line:
        said["tags"] = digest(meant.line)
    return said


def written(said: Mapping[str, str]) -> str:
    """Return digests as one line: ``words:1f0c63aa tags:91b2d40e``."""
    return " ".join(f"{name}:{value}" for name, value in said.items())


def read(line: str) -> dict[str, str]:
    """Return the digests that a line holds."""
    return {name: value for name, _, value in (part.partition(":") for part in line.split()) if value}


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> frozenset[str]:
    """Return what is said otherwise now, for the first time, or no more."""
    return frozenset(name for name in {**before, **now} if before.get(name) != now.get(name))
