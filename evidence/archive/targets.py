"""What annotations point at: web pages and files, each once, with the passages marked in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from evidence.archive.incoming import Incoming, IncomingSource, Loss, Marked
from evidence.archive.note_words import with_shown
from evidence.errors import Place

__all__ = ["Annotated", "Position", "Target", "doi_of", "fragment_of", "gathered", "without_fragment"]

_PROXY = "https://via.hypothes.is/"
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)(10\.\d{4,9}/\S+)", re.IGNORECASE)
_BARE_DOI = re.compile(r"(10\.\d{4,9}/\S+)")
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A passage of which only the offsets are known; its words are those of the text that is held, if one is."""

    start: int
    end: int
    marked: Marked  # without its words


@dataclass(slots=True)
class Target:
    """One source that annotations point at."""

    url: str
    place: Place
    title: str = ""
    doi: str = ""
    canonical: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)

    def item(self) -> IncomingSource:
        """Return it as a source; one whose title nobody said is called by the end of its address."""
        web = self.url.startswith(("http://", "https://"))
        csl = {"URL": self.url if web else "", "DOI": self.doi}
        fields = {
            "type": "webpage" if web else "document",
            **self.fields,
            "title": self.title or _called(self.url),
            "csl": {name: value for name, value in csl.items() if value},
            "identifiers": {
                "url": self.url,
                **({"doi": self.doi.lower()} if self.doi else {}),
                **({"canonical": self.canonical} if self.canonical else {}),
            },
        }
        said = {name: value for name, value in fields.items() if value}
        return IncomingSource(fields=said, marked=tuple(map(with_shown, self.marked)), place=self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """What annotations bring.

    Attributes:
        incoming: the sources that they point at, with the passages quoted in them.
        remarks: for each source, what is said of it as a whole: the annotation's name, and its words.
        positions: for each source, the passages that are known by their offsets alone.
    """

    incoming: Incoming
    remarks: tuple[tuple[tuple[str, str], ...], ...]
    positions: tuple[tuple[Position, ...], ...]


def gathered(targets: Iterable[Target], losses: Iterable[Loss]) -> Annotated:
    """Return what was read of all targets; addresses of one DOI are one source, by the first of them."""
    by_doi: dict[str, Target] = {}
    all_of_them = []
    for target in targets:
        first = by_doi.setdefault(target.doi.casefold(), target) if target.doi else target
        if first is target:
            all_of_them.append(target)
            continue
        first.marked += target.marked
        first.remarks += target.remarks
        first.positions += target.positions
    return Annotated(
        incoming=Incoming(items=tuple(target.item() for target in all_of_them), losses=tuple(losses)),
        remarks=tuple(tuple(target.remarks) for target in all_of_them),
        positions=tuple(tuple(target.positions) for target in all_of_them),
    )


def _called(url: str) -> str:
    end = unquote(url.rstrip("/").rpartition("/")[2]) or url
    return " ".join(end.replace("\x00", "").split())[:_LONGEST] or url[:_LONGEST]


def without_fragment(url: str) -> str:
    """Return the address of a whole page: without a place in it, and without the proxy it was read through."""
    url = url.strip()
    if url.startswith(_PROXY) and url[len(_PROXY) :].startswith("http"):
        url = url[len(_PROXY) :]
    base, mark, place = url.partition("#")
    # What begins with #! or #/ is no place in a page, but another page.
    return url if mark and place.startswith(("!", "/")) else base or url


def fragment_of(url: str) -> str:
    """Return the place in a page that an address names, if any."""
    url = url.strip()
    return url[len(without_fragment(url)) :].lstrip("#") if url.startswith(without_fragment(url)) else ""


def doi_of(name: str, *, bare: bool = False) -> str:
    """Return the DOI in an address such as ``doi:10.1162/ISEC_a_00197``; ``bare`` takes it without one, too."""
    found = _DOI.fullmatch(name) or (_BARE_DOI.fullmatch(name) if bare else None)
    return found[1] if found else ""
