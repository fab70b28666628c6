"""The templates that come with the program: what each says of itself, copies of them, and how copies differ by now.

A copy is remembered by the digest of what it was copied from, in ``.evidence-templates`` in the user's folder.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from evidence.errors import EvidenceError, nearest
from evidence.resources import folder

__all__ = ["COPIES", "Compared", "Shipped", "compare", "copy", "find", "shipped"]

COPIES = ".evidence-templates"
#: Whose templates may also stand in a user's folder itself; those of another kind stand in the kind's own.
_FLAT = "appendix"
#: Folders beside those of templates, which hold what is chosen by name.
_OTHER = {"styles", "__pycache__"}
_COMMENT = re.compile(
    r"\s*(?:\{#-?|/\*|<!--)\s*(.*?)\s*(?:-?#\}|\*/|-->)|\s*((?:(?://|--|%)[^\n]*\n)+)", re.DOTALL
)
_LINE = re.compile(r"^(?://|--|%)+", re.MULTILINE)
_PARTS = re.compile(r"\b(Receives|Sets):")
_NAMED = re.compile(r"(\w+) \(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_EXTENDS = re.compile(r"""\{%-?\s*extends\s+["']ours/""")


@dataclass(frozen=True, slots=True)
class Shipped:
    """A template of ours, or a file that goes out as it is."""

    kind: str
    name: str  # in the folder of its kind
    file: Path

    @property
    def key(self) -> str:
        """Return what it is called: ``appendix/case.html.j2``."""
        return f"{self.kind}/{self.name}"

    @property
    def about(self) -> str:
        """Return what its first comment says that it is, in a sentence."""
        said = self._said("").partition(". ")[0].strip(" .")
        return f"{said}." if said else ""

    @property
    def receives(self) -> dict[str, str]:
        """Return what its first comment says that it receives: names, and what each is; none for a file of macros."""
        return dict(_NAMED.findall(self._said("Receives")))

    def _said(self, part: str) -> str:
        found = _COMMENT.match(self.file.read_text("utf-8", "replace"))
        words = " ".join((found[1] or _LINE.sub("", found[2])).split()) if found else ""
        pieces = ["", *_PARTS.split(words)]
        return dict(zip(pieces[::2], pieces[1::2], strict=True)).get(part, "").strip() or " "


@dataclass(frozen=True, slots=True)
class Compared:
    """A file in a user's folder beside ours of its name."""

    path: str
    state: str  # "changed", "extends", "same", "older" (an unchanged copy of what ours once was), "unknown"
    moved: bool  # ours has changed since it was copied
    near: str  # where none of ours has its name: the nearest that one has


def shipped() -> list[Shipped]:
    """Return every template of ours, kind by kind."""
    home = folder("templates")
    return [
        Shipped(kind, file.relative_to(home / kind).as_posix(), file)
        for kind in sorted(
            place.name for place in home.iterdir() if place.is_dir() and place.name not in _OTHER
        )
        for file in sorted((home / kind).rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    ]


def find(name: str) -> Shipped:
    """Return the template that a name means: ``case``, ``case.html.j2`` or ``appendix/case.html.j2``.

    Raises:
        EvidenceError: none is called so, or several are.
    """
    every = {one.key: one for one in shipped()}
    endings = ("", ".j2", ".html.j2")
    found = [one for one in every.values() if any(name + end in (one.key, one.name) for end in endings)]
    if len(found) == 1:
        return found[0]
    if found:
        raise EvidenceError(
            f"{name!r} may be {' or '.join(one.key for one in found)}; name the one you mean."
        )
    words = {one.name: one.name for one in every.values()} | {key: key for key in every}
    words |= {one.name.partition(".")[0]: one.name for one in every.values()}
    near = nearest(name, words, 1)
    hint = f" Did you mean {words[near[0]]}?" if near else " 'evidence templates list' shows all."
    raise EvidenceError(f"There is no template {name!r}.{hint}")


def copy(own: Path, chosen: Sequence[Shipped]) -> tuple[list[str], list[str]]:
    """Copy templates into a user's folder, each into the folder of its kind.

    Args:
        own: the folder; it is made if it is not there.
        chosen: which; all of them if none is named.

    Returns:
        The paths of those that were copied, unchanged copies of what ours once were among them, and of those that
        were there already.

    Raises:
        EvidenceError: a file that was changed stands in the place of one, and then none is copied; or the
            folder cannot be written.
    """
    every = list(chosen) or shipped()
    try:
        standing = {one.key: _bytes(_place(own, one)) for one in every}
        wanted = {one.key: one.file.read_bytes() for one in every}
        kept = {key: content for key, content in standing.items() if content is not None}
        copied = _remembered(own)
        older = [
            key
            for key, content in kept.items()
            if _digest(content) == copied.get(key) and content != wanted[key]
        ]
        changed = [key for key, content in kept.items() if content != wanted[key] and key not in older]
        if changed:
            more = f" (and {len(changed) - 1} more)" if len(changed) > 1 else ""
            raise EvidenceError(
                f"{changed[0]}{more} in {own} is not as ours is, and copying would lose what it says; move it away first."
            )
        new = [one for one in every if one.key not in kept or one.key in older]
        for one in new:
            place = _place(own, one)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(wanted[one.key])
        if new:
            _remember(own, {one.key: _digest(wanted[one.key]) for one in new})
    except OSError as error:
        raise EvidenceError(
            f"{error.filename or own} cannot be written ({error.strerror or error}); choose another folder."
        ) from error
    return [one.key for one in new], sorted(set(kept) - set(older))


def compare(own: Path) -> list[Compared]:
    """Return how each file of a user's folder stands to ours.

    Raises:
        EvidenceError: there is no such folder, or a file in it cannot be read.
    """
    if not own.is_dir():
        raise EvidenceError(f"There is no folder of templates at {own}; give one that there is.")
    ours = {one.key: one for one in shipped()}
    copied = _remembered(own)
    try:
        return [
            _compared(path, (own / path).read_bytes(), ours, copied)
            for path in sorted(file.relative_to(own).as_posix() for file in own.rglob("*") if file.is_file())
            if not any(part.startswith((".", "__pycache__")) for part in PurePosixPath(path).parts)
        ]
    except OSError as error:
        raise EvidenceError(f"{error.filename} cannot be read ({error.strerror}).") from error


def _compared(path: str, content: bytes, ours: Mapping[str, Shipped], copied: Mapping[str, str]) -> Compared:
    key = path if path in ours else f"{_FLAT}/{path}"
    one = ours.get(key)
    if one is None:
        near = nearest(path, [*ours, *(name.name for name in ours.values() if name.kind == _FLAT)], 1)
        return Compared(path, "unknown", moved=False, near=near[0] if near else "")
    now, then = _digest(one.file.read_bytes()), copied.get(key)
    moved = then is not None and then != now
    if _digest(content) in (now, then):
        return Compared(path, "same" if _digest(content) == now else "older", moved, "")
    extends = _EXTENDS.search(content.decode("utf-8", "replace")) is not None
    return Compared(path, "extends" if extends else "changed", moved and not extends, "")


def _place(own: Path, one: Shipped) -> Path:
    """Return where a template stands in a user's folder, or would: an appendix's may stand in the folder itself."""
    beside = own / one.name
    return beside if one.kind == _FLAT and beside.is_file() else own / one.key


def _bytes(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _remembered(own: Path) -> dict[str, str]:
    content = (_bytes(own / COPIES) or b"").decode("utf-8", "replace")
    pairs = (line.partition("  ") for line in content.splitlines())
    return {key: digest for digest, _, key in pairs if key}


def _remember(own: Path, digests: Mapping[str, str]) -> None:
    lines: Iterable[str] = (
        f"{digest}  {key}\n" for key, digest in sorted({**_remembered(own), **digests}.items())
    )
    (own / COPIES).write_text("".join(lines), "utf-8", newline="\n")
