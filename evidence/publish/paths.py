"""File names of pages: safe on any file system, and one for each key."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

__all__ = ["page_names"]

#: Names that Windows keeps for itself, whatever their ending.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_LONGEST = 150


def page_names(keys: Iterable[str]) -> dict[str, str]:
    """Return for each key the name of its file, without ending.

    Letters, digits, dots, dashes and underscores stand as they are; anything else is percent-encoded, and so are
    capitals where two keys differ in nothing else, as some file systems do not tell them apart.
    """
    known = list(keys)
    folded: dict[str, int] = {}
    for key in known:
        folded[key.casefold()] = folded.get(key.casefold(), 0) + 1
    return {key: _name(key, alike=folded[key.casefold()] > 1) for key in known}


def _name(key: str, *, alike: bool) -> str:
    name = quote(key, safe="+")
    if alike:
        name = "".join(
            f"%{ord(c):02X}" if c.isascii() and c.isupper() and not _in_escape(name, n) else c
            for n, c in enumerate(name)
        )
    if name.partition(".")[0].casefold() in _DEVICES or name.startswith("."):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) > _LONGEST:
        import hashlib  # noqa: PLC0415 - keys are hardly ever so long

        name = f"{name[:100].rstrip('%')}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    return name


def _in_escape(name: str, place: int) -> bool:
    return "%" in name[max(0, place - 2) : place]
