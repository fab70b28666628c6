"""What annotations point at: web pages and files, each once, with the passages marked in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from evidence.archive.incoming import Item, Marked
from evidence.errors import Place

__all__ = ["Position", "Target", "doi_of", "fragment_of", "without_fragment"]

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
    fields: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)

    def item(self) -> Item:
        """Return it as a source; one whose title nobody said is called by the end of its address."""
        web = self.url.startswith(("http://", "https://"))
        csl = {"URL": self.url if web else "", "DOI": self.doi}
        fields = {
            "type": "webpage" if web else "document",
            **self.fields,
            "title": self.title or _called(self.url),
            "csl": {name: value for name, value in csl.items() if value},
            "identifiers": {"url": self.url, **({"doi": self.doi.lower()} if self.doi else {})},
            "note": "\n\n".join(self.remarks),
        }
        said = {name: value for name, value in fields.items() if value}
        return Item(fields=said, marked=tuple(self.marked), place=self.place)


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
