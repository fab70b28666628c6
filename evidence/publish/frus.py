"""Cite documents of Foreign Relations of the United States: in Chicago's notes, and as its editors recommend."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from evidence.publish.cited import (
    Cited,
    Italic,
    Parts,
    date,
    date_parts,
    described,
    locator_words,
    names,
    people,
    said,
    year,
)

__all__ = [
    "Printed",
    "address",
    "document_of",
    "identified",
    "is_frus",
    "note",
    "printed",
    "recommended",
    "short_note",
    "shortened",
    "where",
]

_SERIES = "Foreign Relations of the United States"
#: The series by its name, which was longer until 1931.
_NAME = rf"(?:Papers Relating to (?:the )?)?{_SERIES}"
_BEGINS = re.compile(rf"{_NAME}, ")
_ADDRESS = "https://history.state.gov/historicaldocuments/"
_ID = re.compile(r"(frus\d{4}(?:-\d{2,4})?[A-Za-z0-9-]*?)(?:[/#-](d\d+[a-z]?))?", re.IGNORECASE)
_WEB = re.compile(r"history\.state\.gov/historicaldocuments/(frus\d{4}[\w-]*)(?:/([\w-]+))?", re.IGNORECASE)
_TITLE = re.compile(
    rf"(?P<series>{_NAME}, [^,]+?)"
    r"(?:, Volumes? (?P<volume>[IVXLC]+(?:[/–-][IVXLC]+)*|\d+|E[-–]\d+)"
    r"(?:, (?:Part (?P<part>[IVX\d]+)|(?P<supplement>Microfiche Supplement)))?(?:, (?P<title>.+))?)?"
)
_NUMBER = re.compile(r"(?:vol(?:ume|\.)? ?)?([IVXLC]+|\d+)(?:,? (?:part|pt\.?) ?(\w+))?", re.IGNORECASE)
_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_LARGEST = 400
_PLACE = {"Washington": "Washington, DC", "Washington, D.C.": "Washington, DC"}
_PRINTER = re.compile(r"(?:U\. ?S\.|United States|US) (?=Government P)")


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of the series, told apart into what Chicago's notes and the editors' own citations need."""

    series: str
    number: str  # as the volume has it: XIX
    part: str  # a number, or what the part is called
    title: str
    whole: str  # its name where it cannot be told apart, else nothing


@dataclass(frozen=True, slots=True)
class Printed:
    """What is said of the volume that prints a document, each part as Chicago's notes set it."""

    series: str
    years: str  # the years that it covers, which stand for the series in short notes
    number: str  # vol. 19, pt. 1
    title: str  # of the volume; nothing where its name cannot be told apart, and ``series`` is all of it
    place: str
    publisher: str
    year: str
    record: Mapping[str, Any]  # CSL, with the editors of the series and of the volume
    is_volume: bool
    written: str  # the CSL date that says when the document was written; nothing for a volume


def printed(source: Cited) -> Printed:
    """Return what is said of the volume of a source of the series."""
    volume, csl = _volume(source), _with_volume(source)
    place = said(csl, "publisher-place")
    by_volume = _year_of_volume(source)
    own = ("original-date", "event-date") if by_volume else ("issued",)
    return Printed(
        series=volume.whole or volume.series,
        years=_years(volume),
        number=_numbered(volume).removeprefix(", "),
        title=volume.title,
        place=_PLACE.get(place, place),
        publisher=_PRINTER.sub("", said(csl, "publisher")),
        year=year(source.csl) if by_volume else year(source.volume),
        record=csl,
        is_volume=_is_volume(source),
        written="" if _is_volume(source) else next((one for one in own if date(source.csl, one)), ""),
    )


def identified(source: Cited) -> tuple[str, str]:
    """Return the ids of the volume and of the document or section in it, as the Office of the Historian has them.

    They are read off the web address, what others know the source by, or its key; nothing where none says so.
    """
    web = _WEB.search(said(source.csl, "URL"))
    if web:
        return web[1], web[2] or ""
    for name in (source.known.get("frus", ""), source.key):
        found = _ID.fullmatch(name)
        if found:
            return found[1], found[2] or ""
    return "", ""


@lru_cache(maxsize=4096)  # asked for each quote
def is_frus(source: Cited) -> bool:
    """Tell whether a source is a volume of the series, or a document in one."""
    return bool(_named(source)) or bool(identified(source)[0] and _titled(source.volume))


def address(source: Cited) -> str:
    """Return the web address of a document or a volume: its own, or the one that follows from its id."""
    own = said(source.csl, "URL")
    volume, document = identified(source)
    return own or (_ADDRESS + "/".join(filter(None, (volume, document))) if volume else "")


def document_of(source: Cited) -> str:
    """Return the number of a document in its volume; nothing for a volume."""
    if _is_volume(source):
        return ""
    return said(source.csl, "number", "chapter-number") or _numeral(identified(source)[1])


def _numeral(place: str) -> str:
    return place[1:] if re.fullmatch(r"d\d+[a-z]?", place) else ""


def note(source: Cited, locator: Mapping[str, str]) -> Parts:
    """Return the full note in Chicago's form: who wrote to whom, in which volume, under which number."""
    parts: Parts = [] if _is_volume(source) else described(source, _written(source))
    if parts:
        parts.append(", in ")
    parts += _volume_in_note(source)
    place = where(source, locator)
    return [*parts, f", {place}" if place else ""]


def short_note(source: Cited, locator: Mapping[str, str]) -> Parts:
    """Return the short note of later citations: who to whom, when, and the volume by its number."""
    volume = _volume(source)
    parts: Parts = [] if _is_volume(source) else described(shortened(source), _written(source), later=True)
    parts += [", "] if parts else []
    parts += [Italic("FRUS"), f", {_years(volume)}"]
    parts.append(_numbered(volume))
    place = where(source, locator)
    return [*parts, f", {place}" if place else ""]


def recommended(source: Cited) -> Parts:
    """Return the citation that the Office of the Historian recommends: volume, editors, imprint, document."""
    volume, csl = _volume(source), _with_volume(source)
    number = _roman(volume.number)
    several = "s" if "/" in number else ""
    part = volume.part if " " in volume.part else volume.part and f"Part {volume.part}"
    told = [volume.series, number and f"Volume{several} {number}", part, volume.title]
    parts: Parts = [Italic(volume.whole or ", ".join(filter(None, told)))]
    editors = names(csl, "editor")
    if editors:
        parts.append(f", {'eds.' if len(people(csl, 'editor')) > 1 else 'ed.'} {editors}")
    document = document_of(source)
    return [*parts, _imprint(source, "Washington"), f", Document {document}" if document else ""]


def _named(source: Cited) -> str:
    return _titled(source.csl) or (source.title if _BEGINS.match(source.title) else "")


def _titled(csl: Mapping[str, Any]) -> str:
    """Return the volume's name as a record has it."""
    container, collection = said(csl, "container-title"), said(csl, "collection-title")
    for name in (container, said(csl, "title"), collection):
        if _BEGINS.match(name):
            return name
    named = re.match(_NAME, collection)
    if named and container:
        return f"{named[0]}, {container}"
    return collection if named else ""


def _is_volume(source: Cited) -> bool:
    return bool(_BEGINS.match(source.title))


@lru_cache(maxsize=4096)  # a document is cited for each of its quotes
def _volume(source: Cited) -> Volume:
    own = source.title if _is_volume(source) else _named(source) or _titled(source.volume)
    found = _TITLE.fullmatch(own)
    if found is None:
        return Volume("", "", "", "", own)
    number, part = found["volume"] or "", found["part"] or found["supplement"] or ""
    given = _NUMBER.fullmatch(said(source.csl, "volume"))
    if not number and given:
        number, part = given[1], given[2] or said(source.csl, "part-number")
    return Volume(found["series"], number, part, found["title"] or said(source.csl, "volume-title"), "")


def _with_volume(source: Cited) -> Mapping[str, Any]:
    """Return what is said of the volume, by the document's record first."""
    return {**source.volume, **{name: value for name, value in source.csl.items() if value}}


def _volume_in_note(source: Cited) -> Parts:
    volume, csl = _volume(source), _with_volume(source)
    if volume.whole:
        editors = names(csl, "editor")
        return [
            Italic(volume.whole),
            f", ed. {editors}" if editors else "",
            _imprint(source, "Washington, DC"),
        ]
    general, editors = names(csl, "collection-editor"), names(csl, "editor")
    parts: Parts = [Italic(volume.series), f", ed. {general}" if general else ""]
    parts.append(_numbered(volume))
    parts += [", ", Italic(volume.title)] if volume.title else []
    return [*parts, f", ed. {editors}" if editors else "", _imprint(source, "Washington, DC")]


def _years(volume: Volume) -> str:
    if volume.series:
        return _BEGINS.sub("", volume.series, count=1)
    return _BEGINS.sub("", volume.whole, count=1).removeprefix(_SERIES).lstrip(", ")


def _numbered(volume: Volume) -> str:
    """Return ``, vol. 19, pt. 1``."""
    if not volume.number:
        return ""
    numbers = "/".join(_arabic(one) for one in volume.number.split("/"))
    part = (
        f", {volume.part.lower()}" if " " in volume.part else volume.part and f", pt. {_arabic(volume.part)}"
    )
    return f", {'vols.' if '/' in volume.number else 'vol.'} {numbers}{part}"


def _imprint(source: Cited, capital: str) -> str:
    """Return place, printer and year of the volume; the capital as the style writes it."""
    csl = _with_volume(source)
    place = said(csl, "publisher-place")
    place = capital if _PLACE.get(place, place) == "Washington, DC" else place
    made = ": ".join(filter(None, (place, _PRINTER.sub("", said(csl, "publisher")))))
    when = year(source.csl) if _year_of_volume(source) else year(source.volume)
    inside = ", ".join(filter(None, (made, when)))
    return f" ({inside})" if inside else ""


def _written(source: Cited) -> str:
    """Return the day of a document, apart from the year in which its volume was printed."""
    if _year_of_volume(source):
        return date(source.csl, "original-date") or date(source.csl, "event-date")
    return date(source.csl, "issued")


def _year_of_volume(source: Cited) -> bool:
    """Tell whether ``issued`` is the volume's year: a year alone, after the years that the volume covers."""
    if _is_volume(source):
        return True
    dates = date_parts(source.csl, "issued")
    if not dates or len(dates[0]) != 1:
        return False
    covered = [int(found) for found in re.findall(r"\d{4}", _volume(source).series or _volume(source).whole)]
    return not covered or dates[0][0] > max(covered)


def shortened(source: Cited) -> Cited:
    """Return the document under what its editors' heading says first, without place and day."""
    return Cited(source.type, source.title.partition(", ")[0], source.csl)


def where(source: Cited, locator: Mapping[str, str]) -> str:
    """Return where in a document, its own number before all."""
    document = document_of(source)
    given = {"document": document, **locator} if document else locator
    return locator_words(given, bare=not given.get("document"))


def _arabic(number: str) -> str:
    """Return a Roman numeral in Arabic figures; anything else as it stands."""
    if not number or set(number.upper()) - set("IVXLC"):
        return number
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[one] for one in number.upper()]
    return str(sum(-n if n < max(values[at:]) else n for at, n in enumerate(values)))


def _roman(number: str) -> str:
    if not number.isdecimal() or not 0 < int(number) < _LARGEST:
        return number
    left, letters = int(number), ""
    for value, letter in _ROMAN:
        letters += letter * (left // value)
        left %= value
    return letters
