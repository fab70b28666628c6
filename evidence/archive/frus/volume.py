"""Read a volume of FRUS: every document as a source with its words, and what its front matter lists."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from evidence.archive import xml
from evidence.archive.frus.documents import Volume, document_item, section_item
from evidence.archive.frus.people import listed
from evidence.archive.frus.tei import ID, TEI, told
from evidence.archive.frus.words import flows
from evidence.archive.incoming import Incoming, IncomingSource
from evidence.errors import Place, ValueRefused, nearest
from evidence.vocabulary import Access, SourceScope, SourceTier

__all__ = ["read_volume"]

_WHAT = "a volume of Foreign Relations of the United States (FRUS) in TEI"
_SERIES = "Foreign Relations of the United States"
_ID = re.compile(r"frus[A-Za-z0-9][\w.-]{0,79}", re.ASCII)
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_PLAIN = re.compile(r"[A-Za-z0-9][\w.-]{0,79}", re.ASCII)
#: Sections of a volume that say nothing of their own.
_LEFT_OUT = frozenset({"toc", "index", "contents"})
_SHOWN = 60


def read_volume(file: Path, documents: Collection[str] | None = None) -> Incoming:
    """Read a volume of FRUS from its TEI file, of today's encoding or an older one.

    Args:
        file: the file.
        documents: ids of the documents wanted, such as ``d134``, or of sections, such as ``persons``; all if
            nothing is said. An id may have its volume before it (``frus1955-57v02-d134``); those of other
            volumes are passed over.

    Returns:
        The volume itself, without words; then sections and documents in the order of the volume, with their
        words where the file has them.

    Raises:
        ValueRefused: the file is no such volume, or has no document of an id that is wanted.
    """
    data = xml.contents(file)
    root = xml.parse(data, _WHAT, name=file.name)
    volume = _volume(root, data, file.name)
    divisions = _divisions(root, volume)
    wanted = _wanted(list(divisions), documents, volume)
    try:
        read = flows(root, list(divisions.values()))
    except ValueRefused as error:
        raise error.at(Place(file.name)) from error
    items = [_volume_item(volume)]
    for known, flow in zip(divisions, read, strict=True):
        if known in wanted:
            made = document_item if flow.element.get("type") == "document" else section_item
            items.append(made(volume, known, flow))
    return Incoming(items=tuple(items), losses=tuple(volume.losses))


def _volume(root: etree._Element, data: bytes, origin: str) -> Volume:
    """Return what the header says, or refuse a file that is no volume of FRUS."""
    if root.tag != f"{TEI}TEI":
        name = etree.QName(root).localname
        raise ValueRefused(
            f"this is XML of another kind (its root is {name!r}), and not {_WHAT}.", Place(origin)
        )
    header = root.find(f"{TEI}teiHeader/{TEI}fileDesc")
    numbers = [] if header is None else header.findall(f"{TEI}publicationStmt/{TEI}idno[@type='frus']")
    key = next(filter(_ID.fullmatch, (root.get(ID) or "", *map(told, numbers))), None)
    if header is None or key is None or root.find(f"{TEI}text") is None:
        raise ValueRefused(
            f"this is TEI, but not {_WHAT}: its header names no volume such as frus1955-57v02.", Place(origin)
        )
    titles = {one.get("type") or "": told(one) for one in header.iterfind(f"{TEI}titleStmt/{TEI}title")}
    named = [titles.get(name) or titles.get(old) or "" for name, old in _TITLES]
    title = ", ".join(filter(None, named)) if named[-1] else titles.get("complete") or _SERIES
    people = listed(root)
    return Volume(
        key,
        title,
        dict(_csl(header, named)),
        dict(_own_csl(header, named)),
        _edition(root, header, data),
        origin,
        people,
    )


#: Parts of a volume's title, in the order in which it is cited, by today's name and the older one.
_TITLES = (
    ("series", "series"), ("sub-series", "subseries"), ("volume-number", "volumenumber"), ("volume", "volume"),
)  # fmt: skip


def _csl(header: etree._Element, titles: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield what a volume's documents share: its series, editors and imprint."""
    yield "collection-title", titles[0] or _SERIES
    editors = list(header.iterfind(f"{TEI}titleStmt/{TEI}editor"))
    for role, field in (("primary", "editor"), ("general", "collection-editor")):
        people = [
            _editor(told(one)) for one in editors if (one.get("role") or "primary") == role and told(one)
        ]
        if people:
            yield field, people
    imprint = header.find(f"{TEI}publicationStmt")
    if imprint is None:
        return
    publisher = told(imprint.find(f"{TEI}publisher"))
    if publisher:
        yield "publisher", re.sub(r"^(?:United States|U\.\s?S\.) (?=Government)", "", publisher)
    if place := told(imprint.find(f"{TEI}pubPlace")):
        yield "publisher-place", place


def _own_csl(header: etree._Element, titles: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield what is the volume's alone: its number, its year, and the number of the book."""
    if found := re.match(r"Volumes?\s+([^,]+)", titles[2]):
        yield "volume", found[1]
    numbers = header.findall(f"{TEI}publicationStmt/{TEI}idno")
    books = {one.get("type"): told(one) for one in numbers if told(one)}
    imprint = header.find(f"{TEI}publicationStmt")
    if imprint is not None and (year := _year(imprint)):
        yield "issued", {"date-parts": [[int(year)]]}
    if book := books.get("isbn-13") or books.get("isbn-10"):
        yield "ISBN", book


def _editor(name: str) -> dict[str, str]:
    """Return an editor's name in its parts: ``William F. Sanford, Jr.``."""
    plain, _, suffix = name.partition(",")
    given, _, family = plain.strip().rpartition(" ")
    parts = {"family": family, "given": given} if given else {"literal": plain}
    return {**parts, "suffix": suffix.strip()} if suffix.strip() else parts


def _year(imprint: etree._Element) -> str:
    """Return the year of publication; the dates of the contents, which follow it in newer files, are not it."""
    dates = imprint.findall(f"{TEI}date")
    published = [one for one in dates if one.get("type") in (None, "publication-date")]
    found = re.search(r"\b1[89]\d\d\b|\b20\d\d\b", told(published[0])) if published else None
    return found[0] if found else ""


def _edition(root: etree._Element, header: etree._Element, data: bytes) -> str:
    """Name the edition that a file is: the year printed, what was last done to it, and its own hash."""
    imprint = header.find(f"{TEI}publicationStmt")
    changes = root.findall(f"{TEI}teiHeader/{TEI}revisionDesc//{TEI}change")
    said = [one.get("when") or "".join(_DAY.findall(told(one))[:1]) for one in changes]
    last = max(said, default="")
    shown = f"revised {last}" if last else ""
    year = _year(imprint) if imprint is not None else ""
    return "; ".join(filter(None, (year, shown, f"TEI file {hashlib.sha256(data).hexdigest()[:12]}")))


def _divisions(root: etree._Element, volume: Volume) -> dict[str, etree._Element]:
    """Return the documents and sections of a volume by their ids, in their order."""
    found: dict[str, etree._Element] = {}
    for division in root.iter(f"{TEI}div"):
        kind, known = division.get("type"), division.get(ID) or ""
        if kind == "document":
            known = known or (f"d{division.get('n')}".lower() if division.get("n") else "")
        elif kind != "section" or known in _LEFT_OUT or not known:
            continue
        if not _PLAIN.fullmatch(known):
            volume.lost(f"a document whose id is {known[:_SHOWN]!r} was left out", division)
        elif known in found:
            volume.lost(f"a second document with the id {known} was left out", division)
        else:
            found[known] = division
    return found


def _wanted(there: list[str], documents: Collection[str] | None, volume: Volume) -> set[str]:
    """Return the ids that are wanted, of those that are there; ``134`` is ``d134``."""
    if documents is None:
        return set(there)
    known = {one[1:].casefold(): one for one in there if one[0] == "d"} | {
        one.casefold(): one for one in there
    }
    wanted = set()
    for asked in documents:
        whose, _, one = asked.strip().replace("/", "-").rpartition("-")
        if whose.startswith("frus") and whose != volume.key:
            continue
        one = one if whose.startswith("frus") else asked.strip()
        if one.casefold() not in known:
            near = nearest(one, there)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise ValueRefused(f"{volume.key} has no document {one!r}.{hint}", Place(volume.origin))
        wanted.add(known[one.casefold()])
    return wanted


def _volume_item(volume: Volume) -> IncomingSource:
    fields = {
        "type": "book",
        "title": volume.title,
        "csl": {**volume.csl, **volume.own_csl, "URL": volume.web},
        "tier": SourceTier.PRIMARY,
        "scope": SourceScope.GENERAL,
        "language": "en",
        "rights": "public domain",
        "access": Access.OPEN,
        "identifiers": {"frus": volume.key, "url": volume.web},
    }
    return IncomingSource(key=volume.key, fields=fields, place=Place(volume.origin))
