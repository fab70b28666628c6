"""Citations in the manner of Chicago's notes, from CSL-JSON fields and an archival path.

A citation is a list of parts; a part in italics is ``Italic``. Plain functions for the kinds of source that
case work meets; whatever a source lacks is left out, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from evidence.dates import MONTHS

__all__ = [
    "Cited",
    "Italic",
    "as_html",
    "as_text",
    "linked",
    "locator_words",
    "note",
    "short_note",
    "sort_key",
]

#: CSL types whose title stands by itself, in italics.
_WHOLE = {
    "book",
    "thesis",
    "report",
    "dataset",
    "motion_picture",
    "map",
    "manuscript-collection",
    "legislation",
}
_PERIODICAL = {"article-journal", "article-magazine", "article-newspaper", "review", "review-book", "article"}
_ONLINE = {"webpage", "post", "post-weblog", "interview", "broadcast", "speech"}
_LOCATORS = {
    "document": "doc.", "page": "p.", "folio": "f.", "frame": "frame", "paragraph": "par.", "footnote": "n.",
    "chapter": "chap.", "line": "l.", "time": "at", "words": "",
}  # fmt: skip
_SHORT = 60


class Italic(str):
    """A part that is set in italics."""

    __slots__ = ()


Parts = list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Cited:
    """What a citation is made from: the source's own fields, its CSL-JSON, and its archival path.

    Two are the same only if they are one object, so that what follows from one can be remembered.
    """

    type: str
    title: str
    csl: Mapping[str, Any]
    archive: Sequence[str] = ()  # from the item to the repository


def note(source: Cited, locator: Mapping[str, str] | None = None) -> Parts:
    """Return the full note, as a first citation has it; ``locator`` says where in the source."""
    where = locator_words(locator or {})
    if _is_frus(source):
        return _close(_frus(source, locator or {}), _access(source))
    if source.type in _PERIODICAL:
        return _close(_article(source, where), _access(source))
    if source.type in ("chapter", "paper-conference", "entry-encyclopedia", "entry-dictionary", "entry"):
        return _close(_chapter(source, where), _access(source))
    if source.type in _WHOLE:
        return _close(_book(source, where), _access(source))
    return _close(_document(source, where), _access(source))


def short_note(source: Cited, locator: Mapping[str, str] | None = None) -> Parts:
    """Return the short note, as later citations have it: family name, short title, place."""
    people = _names(source.csl, "author", family=True)
    if not people and not _is_frus(source):  # who edits a volume of FRUS did not write what is in it
        people = _names(source.csl, "editor", family=True)
    title = _short_title(source)
    parts: Parts = [f"{people}, "] if people else []
    parts += [Italic(title)] if source.type in _WHOLE else [f"“{_ended(title)}”"]
    where = locator_words(
        {"document": _number(source), **(locator or {})} if _is_frus(source) else locator or {}
    )
    return _close([*parts, f", {where}" if where else ""])


def sort_key(source: Cited) -> str:
    """Return what a source is listed under: its first author or editor, else its title."""
    people = _people(source.csl, "author") or _people(source.csl, "editor")
    first = people[0] if people else {}
    name = str(first.get("family") or first.get("literal") or "")
    return f"{name} {source.title}".strip().casefold()


def locator_words(locator: Mapping[str, str]) -> str:
    """Return ``doc. 134, p. 315`` for a locator; a range of pages is ``pp.``."""
    words = []
    for kind, label in _LOCATORS.items():
        value = locator.get(kind)
        if value:
            many = kind == "page" and any(mark in value for mark in "-–,")
            words.append(f"{'pp.' if many else label} {value.replace('-', '–') if many else value}".strip())
    return ", ".join(words)


def as_html(parts: Sequence[str]) -> Markup:
    """Return a citation as safe HTML."""
    return Markup("".join(_html(part) for part in parts))  # noqa: S704 - each part is escaped


def linked(parts: Sequence[str]) -> Markup:
    """Return a citation as safe HTML in which its web address, if it has one, is a link."""
    html = []
    for part in parts:
        at = part.find("http") if part.startswith((", http", " http")) else -1
        if at < 0 or not part[at:].startswith(("http://", "https://")):
            html.append(_html(part))
            continue
        address = escape(part[at:])
        html.append(f'{part[:at]}<a href="{address}">{address}</a>')
    return Markup("".join(html))  # noqa: S704 - each part is escaped


def _html(part: str) -> str:
    return f"<i>{escape(str(part))}</i>" if isinstance(part, Italic) else str(escape(part))


def as_text(parts: Sequence[str]) -> str:
    """Return a citation as plain text."""
    return "".join(parts)


def _is_frus(source: Cited) -> bool:
    return any(
        str(source.csl.get(field) or "").startswith("Foreign Relations of the United States")
        for field in ("container-title", "collection-title")
    )


def _number(source: Cited) -> str:
    return str(source.csl.get("number") or source.csl.get("chapter-number") or "")


def _frus(source: Cited, locator: Mapping[str, str]) -> Parts:
    """Cite a document of FRUS by volume and document number, in the order that the Office of the Historian gives."""
    document = str(locator.get("document") or _number(source))
    rest = locator_words({kind: value for kind, value in locator.items() if kind != "document"})
    return [*_frus_volume(source), f", Document {document}" if document else "", f", {rest}" if rest else ""]


@lru_cache(maxsize=4096)  # a document is cited for each of its quotes
def _frus_volume(source: Cited) -> Parts:
    csl = source.csl
    volume = str(csl.get("container-title") or csl.get("collection-title"))
    for field, label in (("volume", "Volume "), ("volume-title", "")):
        said = str(csl.get(field) or "")
        if said and said not in volume:
            volume += f", {'' if said.casefold().startswith('vol') else label}{said}"
    of_volume = _volume_year(csl)
    parts: Parts = [Italic(volume)]
    if source.title and source.title not in volume:
        when = _date(csl, "original-date") or _date(csl, "event-date") if of_volume else _date(csl, "issued")
        dated = f", {when}" if when and when not in source.title else ""
        parts = [f"“{_ended(source.title + dated)}” in ", Italic(volume)]
    editors = _names(csl, "editor")
    if editors:
        parts.append(f", {'eds.' if len(_people(csl, 'editor')) > 1 else 'ed.'} {editors}")
    return [*parts, _imprint(csl, with_year=of_volume)]


def _volume_year(csl: Mapping[str, Any]) -> bool:
    """Tell whether ``issued`` is the volume's year, rather than the day of the document in it."""
    dates = _date_parts(csl, "issued")
    return bool(dates) and len(dates[0]) == 1


def _article(source: Cited, where: str) -> Parts:
    csl = source.csl
    parts: Parts = [_led(_names(csl, "author")), f"“{_ended(source.title)}”"]
    journal = str(csl.get("container-title") or csl.get("publisher") or "")
    parts += [" ", Italic(journal)] if journal else []
    if source.type == "article-journal" and csl.get("volume"):
        parts.append(f" {csl['volume']}" + (f", no. {csl['issue']}" if csl.get("issue") else ""))
        when = _date(csl, "issued")
        parts.append(f" ({when})" if when else "")
        page = where.removeprefix("pp. ").removeprefix("p. ") or str(csl.get("page") or "").replace("-", "–")
        return [*parts, f": {page}"] if page else parts
    when = _date(csl, "issued")
    return [*parts, *(f", {said}" for said in (when, where) if said)]


def _chapter(source: Cited, where: str) -> Parts:
    csl = source.csl
    parts: Parts = [_led(_names(csl, "author")), f"“{_ended(source.title)}” in "]
    parts.append(Italic(str(csl.get("container-title") or "")))
    if csl.get("volume"):
        parts.append(f", vol. {csl['volume']}")
    editors = _names(csl, "editor")
    parts.append(f", ed. {editors}" if editors else "")
    page = where or str(csl.get("page") or "").replace("-", "–")
    return [*parts, _imprint(csl, with_year=True), f", {page}" if page else ""]


def _book(source: Cited, where: str) -> Parts:
    csl = source.csl
    authors, editors = _names(csl, "author"), _names(csl, "editor")
    many = len(_people(csl, "editor")) > 1
    lead = authors or (f"{editors}, {'eds.' if many else 'ed.'}" if editors else "")
    parts: Parts = [_led(lead), Italic(source.title)]
    if authors and editors:
        parts.append(f", ed. {editors}")
    for field, label in (("collection-title", ""), ("volume", "vol. "), ("version", "version ")):
        if csl.get(field):
            parts.append(f", {label}{csl[field]}")
    if csl.get("edition"):
        parts.append(f", {_edition(str(csl['edition']))}")
    return [*parts, _imprint(csl, with_year=True), f", {where}" if where else ""]


def _document(source: Cited, where: str) -> Parts:
    """Cite a document by author, title, kind, place and date, then the path from its file to its archive."""
    csl = source.csl
    names = _names(csl, "author")
    to = _names(csl, "recipient")
    lead = f"{names} to {to}" if names and to else names
    quoted = source.type in _ONLINE or bool(csl.get("container-title"))
    title = f"“{_ended(source.title)}”" if quoted else source.title
    said = [csl.get("genre"), csl.get("event-place"), _date(csl, "issued")]
    told = [str(one) for one in said if one and str(one) not in source.title]
    parts: Parts = [_led(lead), title]
    if csl.get("container-title"):
        parts += [" ", Italic(str(csl["container-title"]))]
    parts += [f", {one}" for one in [*told, *filter(None, [where])]]
    path = list(source.archive)
    if not path:
        path = [
            str(csl[f])
            for f in ("archive_location", "archive-location", "archive", "publisher", "publisher-place")
            if csl.get(f)
        ]
    return [*parts, *(f", {step}" for step in path)]


def _imprint(csl: Mapping[str, Any], *, with_year: bool) -> str:
    place, publisher = csl.get("publisher-place"), csl.get("publisher")
    made = ": ".join(str(part) for part in (place, publisher) if part)
    year = _date(csl, "issued") if with_year else ""
    inside = ", ".join(part for part in (made, year) if part)
    return f" ({inside})" if inside else ""


def _access(source: Cited) -> str:
    doi, url = source.csl.get("DOI"), source.csl.get("URL")
    return f"https://doi.org/{doi}" if doi else str(url or "")


def _people(csl: Mapping[str, Any], role: str) -> list[Mapping[str, Any]]:
    people = csl.get(role)
    return [one for one in people if isinstance(one, Mapping)] if isinstance(people, list) else []


def _names(csl: Mapping[str, Any], role: str, *, family: bool = False) -> str:
    names = []
    for one in _people(csl, role):
        last = " ".join(str(one[f]) for f in ("non-dropping-particle", "family") if one.get(f))
        first = " ".join(str(one[f]) for f in ("given", "dropping-particle") if one.get(f))
        full = last if family else " ".join(filter(None, (first, last)))
        suffix = str(one.get("suffix") or "")
        full = f"{full} {suffix}" if suffix and not family else full
        names.append(full or str(one.get("literal") or ""))
    names = [name for name in names if name]
    if len(names) > 3:  # noqa: PLR2004 - from four on, Chicago's notes name the first
        return f"{names[0]} et al."
    if len(names) < 3:  # noqa: PLR2004
        return " and ".join(names)
    return f"{', '.join(names[:-1])}, and {names[-1]}"


def _date_parts(csl: Mapping[str, Any], field: str) -> list[list[int]]:
    date = csl.get(field)
    parts = date.get("date-parts") if isinstance(date, Mapping) else None
    if not isinstance(parts, list):
        return []
    return [
        [int(n) for n in one if str(n).lstrip("-").isdigit()]
        for one in parts
        if isinstance(one, list) and one
    ]


def _date(csl: Mapping[str, Any], field: str) -> str:
    """Return a CSL date in words: ``February 28, 1955``; a range has an en dash."""
    date = csl.get(field)
    parts = _date_parts(csl, field)
    if not parts:
        return str(
            (date.get("literal") or date.get("raw") or "") if isinstance(date, Mapping) else date or ""
        )
    return "–".join(_day(one) for one in parts if one)


def _day(parts: Sequence[int]) -> str:
    year, *rest = parts
    if not rest or not 1 <= rest[0] <= 12:  # noqa: PLR2004
        return str(year)
    month = MONTHS[rest[0] - 1]
    return f"{month} {rest[1]}, {year}" if len(rest) > 1 else f"{month} {year}"


def _edition(edition: str) -> str:
    if not edition.isdigit():
        return edition
    number = int(edition)
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")  # noqa: PLR2004
    return f"{number}{ending} ed."


def _short_title(source: Cited) -> str:
    given = source.csl.get("title-short") or source.csl.get("shortTitle")
    title = str(given or source.title.partition(": ")[0])
    return title if len(title) <= _SHORT else title[:_SHORT].rpartition(" ")[0].rstrip(" ,.;:") + " …"


def _led(names: str) -> str:
    return f"{names}, " if names else ""


def _ended(title: str) -> str:
    """Return a title for quotation marks: its own marks single, a comma inside unless it ends by itself."""
    inner = title.replace("“", "‘").replace("”", "’")
    if inner.endswith("’"):
        return f"{inner[:-1]},’"
    return inner if inner.endswith(("?", "!")) else f"{inner},"


def _close(parts: Sequence[str], access: str = "") -> Parts:
    """End a citation: no comma after one that stands inside quotation marks already, and a full stop."""
    kept: Parts = []
    for part in [*parts, f", {access}" if access else ""]:
        if part.startswith(", ") and kept and kept[-1].endswith("”"):
            if kept[-1][-2:-1] not in ",?!" and kept[-1][-3:-2] != ",":
                kept[-1] = kept[-1][:-1] + ",”"
            part = part[1:]  # noqa: PLW2901
        kept += [part] if part else []
    if kept and kept[-1].endswith((",”", ",’”")):
        kept[-1] = ".".join(kept[-1].rsplit(",", 1))
    return [*kept, "." if kept and not kept[-1].rstrip("’”").endswith((".", "?", "!")) else ""]
