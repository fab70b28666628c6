"""Cite documents in archives, each archive in its own manner, in full the first time and short later.

Which archive it is, is read off what the source says: its repository by any of its common names, a number such
as CIA-RDP79R00904A000200030001-8, an address. Whatever is no known archive is cited from the item up to the
repository.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from evidence.publish.cited import (
    Cited,
    Parts,
    date,
    described,
    ended,
    led,
    locator_words,
    names,
    said,
    short_title,
)

__all__ = ["Way", "is_archival", "note", "path", "short_note", "way", "written"]

_CREST = re.compile(r"CIA-RDP\d{2}[A-Z0-9-]*\d", re.IGNORECASE)
_WILSON = re.compile(r"wilson\s*cent(?:er|re)|history and public policy program|\bCWIHP\b", re.IGNORECASE)
_TRANSLATED = re.compile(
    r"[;,.]?\s*(?:and\s+)?translated(?: and edited)? by\s+([^(;]+?)\.?\s*(?=$|[(;])", re.IGNORECASE
)
_CREDITED = re.compile(r"\.\s+(?=(?:Obtained|Contributed|Provided|Translated)\b)")
_PUBLIC_RECORDS = re.compile(
    r"the national archives(?: \(tna\))?|tna\b.*|pro|public record office(?!.*(?:ireland|victoria)).*|"
    r"(?:the )?national archives.*(?:\bkew\b|\buk\b|\bu\.k\.|united kingdom|\(pro\)).*",
    re.IGNORECASE,
)
_NATIONAL = re.compile(
    r"(?:(?:the )?(?:u\. ?s\.|us|united states) )?(?:national archives(?: (?:and|&) records administration)?|nara)"
    r"(?: ii)?(?: building)?(?: \((?:nara|nacp)\))?"
    r"(?:(?:,| at|, at) (?P<place>(?-i:[A-Z])[\w .]+?(?:, (?:MD|DC|D\.C\.|Maryland|[A-Z]{2}))?))?(?: \((?:nara|nacp)\))?"
    r"|nacp|archives ii",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"[A-Z]{1,5} \d+(?:/\S+)*|[A-Z]{2,4}")
_PRESIDENTS = {
    "Hoover": ("Herbert Hoover Presidential Library", "West Branch, IA"),
    "Roosevelt": ("Franklin D. Roosevelt Presidential Library", "Hyde Park, NY"),
    "Truman": ("Harry S. Truman Presidential Library", "Independence, MO"),
    "Eisenhower": ("Dwight D. Eisenhower Presidential Library", "Abilene, KS"),
    "Kennedy": ("John F. Kennedy Presidential Library", "Boston, MA"),
    "Johnson": ("Lyndon B. Johnson Presidential Library", "Austin, TX"),
    "Nixon": ("Richard Nixon Presidential Library", "Yorba Linda, CA"),
    "Ford": ("Gerald R. Ford Presidential Library", "Ann Arbor, MI"),
    "Carter": ("Jimmy Carter Presidential Library", "Atlanta, GA"),
    "Reagan": ("Ronald Reagan Presidential Library", "Simi Valley, CA"),
    "H. W. Bush": ("George H. W. Bush Presidential Library", "College Station, TX"),
    "W. Bush": ("George W. Bush Presidential Library", "Dallas, TX"),
    "Clinton": ("William J. Clinton Presidential Library", "Little Rock, AR"),
}
_INITIALS = {"FDR": "Roosevelt", "DDE": "Eisenhower", "JFK": "Kennedy", "LBJ": "Johnson"}
_LIBRARY = re.compile(
    rf"(?:the )?(?:[A-Z][\w.]* )*?({'|'.join([*_PRESIDENTS, *_INITIALS])}) (?:Presidential )?Library\b.*"
)
#: From the item up, as Chicago has it.
_UPWARD = ("item", "frame", "folder", "box", "series", "record_group", "collection", "repository")
_NUMBERED = {"frame": "frame", "folder": "folder", "box": "box"}
_NUMBER = re.compile(r"\d+[A-Za-z]?(?:[-–/]\d+[A-Za-z]?)*")
#: Types of CSL that are published, and found in an archive only if no publisher is named.
_PRINTED = frozenset({"book", "report", "thesis", "map", "chapter", "article", "dataset", "webpage", "post"})


@dataclass(frozen=True, slots=True)
class Way:
    """How a document is found in an archive: what stands before and after the place in the document."""

    after: tuple[str, ...]
    keeper: str  # the archive's name, in full
    before: tuple[str, ...] = ()
    mark: str = ", "  # what parts the steps
    quoted: bool = False  # whether its title stands in quotation marks, as one that it bears itself
    authored: bool = True  # of one that is quoted: whether its author is named
    kind: bool = False  # of one that is quoted: whether it is said what it is
    dated: bool = True


@dataclass(frozen=True, slots=True)
class _Archive:
    known: Callable[[Cited], bool]
    way: Callable[..., Way]  # source, later


@lru_cache(maxsize=4096)  # asked for each quote
def is_archival(source: Cited) -> bool:
    """Tell whether a source is to be cited by its place in an archive."""
    if source.type.startswith("article") or (source.type in _PRINTED and said(source.csl, "publisher")):
        return False
    return bool(_repository(source)) or any(source.shelf.values()) or _kind(source) is not None


def note(source: Cited, locator: Mapping[str, str]) -> Parts:
    """Return the full note on a document, with its way from the item up to the archive."""
    return _cite(source, locator, later=False)


def short_note(source: Cited, locator: Mapping[str, str]) -> Parts:
    """Return the short note of later citations: the document, and the archive by its short name."""
    return _cite(source, locator, later=True)


def way(source: Cited, *, later: bool) -> Way:
    """Return how a document is found in its archive, as that archive's citations have it."""
    kind = _kind(source)
    return (kind.way if kind else _anywhere)(source, later=later)


def written(source: Cited) -> str:
    """Return which of a record's dates says when a document was written; nothing if none does."""
    return next((one for one in ("original-date", "event-date", "issued") if date(source.csl, one)), "")


def path(source: Cited) -> list[str]:
    """Return the way from the item up to the repository, each step in words."""
    return [step for name in _UPWARD if (step := _step(source, name))]


def _cite(source: Cited, locator: Mapping[str, str], *, later: bool) -> Parts:
    found = way(source, later=later)
    steps = [*found.before, locator_words(locator), *found.after]
    return _joined(_told(source, found, later=later), steps, found.mark)


def _told(source: Cited, found: Way, *, later: bool) -> Parts:
    when = date(source.csl, written(source)) if found.dated else ""
    if not found.quoted:
        return described(source, when, later=later)
    title = short_title(source) if later else source.title
    author = led(names(source.csl, "author", family=later)) if found.authored else ""
    kind = said(source.csl, "genre") if found.kind else ""
    return _joined([part for part in (author, f"“{ended(title)}”" if title else "") if part], [kind, when])


def _kind(source: Cited) -> _Archive | None:
    return next((one for one in _ARCHIVES if one.known(source)), None)


def _repository(source: Cited) -> str:
    return source.shelf.get("repository", "").strip() or said(source.csl, "archive")


def _place(source: Cited) -> str:
    """Return the call number: the item of the ledger, or the place in an archive that a record has."""
    return source.shelf.get("item", "").strip() or said(
        source.csl, "archive_location", "archive-location", "call-number"
    )


def _step(source: Cited, name: str) -> str:
    value = source.shelf.get(name, "").strip()
    if name == "item":
        return _place(source)
    if name == "repository":
        return _library(_repository(source), later=False)
    if name == "collection":
        value = value or said(source.csl, "archive_collection")
    if name == "record_group":
        number = re.sub(r"^(?:record group|rg) ?", "", value, flags=re.IGNORECASE)
        return f"Record Group {number}" if _NUMBER.fullmatch(number) else value
    return f"{_NUMBERED[name]} {value}" if name in _NUMBERED and _NUMBER.fullmatch(value) else value


def _steps(source: Cited, *fields: str) -> list[str]:
    """Return some steps of the way, without those that the title says already."""
    return [step for name in fields if (step := _step(source, name)) and step != source.title]


def _joined(first: Parts, steps: list[str], mark: str = ", ") -> Parts:
    """Return a description and what follows it, each after a mark; none before the first there is."""
    parts = [*first]
    for step in steps:
        if step:
            parts.append(f"{mark if parts else ''}{step}")
    return parts


def _anywhere(source: Cited, *, later: bool) -> Way:
    """Cite by item, folder, box, series, collection and repository, as Chicago does."""
    keeper = _library(_repository(source), later=False)
    if later:
        return Way(_given(*_steps(source, "item")[:1], _library(_repository(source), later=True)), keeper)
    return Way((*(step for step in path(source) if step != source.title), *_origin(source)), keeper)


def _given(*steps: str) -> tuple[str, ...]:
    return tuple(step for step in steps if step)


def _origin(source: Cited) -> list[str]:
    place = said(source.csl, "archive-place")
    return [place] if place and place not in _repository(source) else []


def _presidential(source: Cited, *, later: bool) -> Way:
    """Cite a paper of a presidential library: folder, box, series, collection, library and its place."""
    fields = (
        ("box", "collection")
        if later
        else ("item", "frame", "folder", "box", "series", "record_group", "collection")
    )
    name = _repository(source)
    return Way((*_steps(source, *fields), _library(name, later=later)), _library(name, later=False))


def _library(name: str, *, later: bool) -> str:
    """Return a presidential library's full name with its place, or its short name; any other as it stands."""
    president = _president(name)
    if not president:
        return name
    full, place = _PRESIDENTS[president]
    return f"{president} Library" if later else f"{full}, {place}"


def _president(name: str) -> str:
    """Return whose presidential library a name is; nothing if it is none."""
    found = _LIBRARY.fullmatch(name)
    return _INITIALS.get(found[1], found[1]) if found and "Theodore" not in name else ""


def _national(source: Cited, *, later: bool) -> Way:
    """Cite a record of the National Archives of the United States: semicolons, from the item to the building."""
    building, short = _building(_repository(source))
    if later:
        group = _step(source, "record_group").replace("Record Group ", "RG ")
        return Way(_given(*_steps(source, "box"), group, short), building, mark="; ")
    fields = ("item", "frame", "folder", "box", "series", "collection", "record_group")
    return Way((*_steps(source, *fields), building), building, mark="; ")


def _building(name: str) -> tuple[str, str]:
    found = _NATIONAL.fullmatch(_plainly(name))
    place = ((found and found["place"]) or "").strip()
    if "college park" in name.casefold() or re.search(r"\bII\b|NACP", name):
        return "National Archives at College Park, MD (NACP)", "NACP"
    if place.casefold().startswith("washington"):
        return "National Archives Building, Washington, DC (NAB)", "NAB"
    if place:
        return f"National Archives at {place}", f"National Archives at {place}"
    return "National Archives and Records Administration (NARA)", "NARA"


def _plainly(name: str) -> str:
    """Return a repository's name without what a catalogue adds to it: `` - Textual Reference``."""
    return re.sub(r"\s+-\s+.*$", "", name).strip()


def _public_records(source: Cited, *, later: bool) -> Way:
    """Cite a record of The National Archives of the United Kingdom by its catalogue reference and folio."""
    keeper = "The National Archives of the UK (TNA)"
    archive = "TNA" if later else keeper
    reference = _reference(source)
    return Way((), keeper, before=(f"{archive}: {reference}" if reference else archive,))


def _reference(source: Cited) -> str:
    """Return the catalogue reference: ``FO 371/114987``, whichever fields it was parted into."""
    item = _place(source)
    if _REFERENCE.fullmatch(item):
        return item
    above = next(
        (v for name in ("record_group", "series", "collection") if (v := source.shelf.get(name, "").strip())),
        "",
    )
    series = source.shelf.get("series", "").strip()
    if above and series and series != above and series.isdecimal():
        above = f"{above} {series}"  # FO, and 371
    piece = item or source.shelf.get("box", "").strip()
    return f"{above}/{piece}" if above and piece and not piece.startswith(above) else piece or above


def _wilson(source: Cited, *, later: bool) -> Way:
    """Cite the Wilson Center's Digital Archive: collection, the original archive and file, who translated it."""
    archive = "Wilson Center Digital Archive"
    if later:
        return Way((archive,), archive, quoted=True)
    home, further, translator = _original(source)
    who = names(source.csl, "translator") or translator
    steps = (_step(source, "collection"), home, *further, f"trans. {who}" if who else "", archive)
    return Way(_given(*steps), archive, quoted=True)


def _original(source: Cited) -> tuple[str, list[str], str]:
    """Return the original archive with its file, further steps there, and who translated the document.

    A record of the Digital Archive says all of that in one line, which is kept as it stands; in the ledger's own
    fields the steps are told apart.
    """
    line = said(source.csl, "archive_location", "archive-location")
    steps: list[str] = []
    if not line:
        line = source.shelf.get("item", "")
        steps = [_step(source, name) for name in ("record_group", "series", "box", "folder", "frame")]
    file, *credited = _CREDITED.split(line)
    if re.match(r"(?:Obtained|Contributed|Provided|Translated)\b", file):
        file, credited = "", [file, *credited]
    home = "" if _WILSON.search(_repository(source)) else _repository(source)
    translated = next((found for one in credited if (found := _TRANSLATED.search(one))), None)
    rest = translated.string[translated.end() :].strip().rstrip(".") if translated else ""
    place = " ".join(filter(None, (file.strip().rstrip("."), rest)))
    return ", ".join(filter(None, (home, place))), steps, translated[1] if translated else ""


def _crest(source: Cited, *, later: bool) -> Way:
    """Cite a document of the CIA's CREST by its number, with its day of release if that is known."""
    found = _CREST.search(" ".join(filter(None, _numbers(source))))
    number = _given(found.group().upper() if found else "")
    archive = "CIA Records Search Tool (CREST)"
    if later:
        return Way((), archive, before=number, quoted=True, authored=False, dated=False)
    when = date(source.csl, "available-date") or date(source.csl, "submitted")
    released = f"{'sanitized copy ' if source.redacted else ''}released {when}" if when else ""
    steps = (*_steps(source, "folder", "box"), released, archive)
    return Way(_given(*steps), archive, before=number, quoted=True, kind=True)


def _numbers(source: Cited) -> list[str]:
    named = said(source.csl, "number", "archive_location", "archive-location", "call-number")
    return [
        source.shelf.get("item", ""),
        named,
        source.known.get("crest", ""),
        said(source.csl, "URL"),
        source.key,
    ]


def _is_crest(source: Cited) -> bool:
    return any(_CREST.search(one) for one in _numbers(source))


def _is_wilson(source: Cited) -> bool:
    web = "digitalarchive.wilsoncenter.org" in said(source.csl, "URL")
    return web or bool(_WILSON.search(_repository(source)))


def _is_national(source: Cited) -> bool:
    return bool(_NATIONAL.fullmatch(_plainly(_repository(source)))) and not _is_public_records(source)


def _is_public_records(source: Cited) -> bool:
    repository = _repository(source)
    american = source.shelf.get("record_group", "").removeprefix("RG ").isdecimal()
    return bool(_PUBLIC_RECORDS.fullmatch(repository)) and not american


def _is_library(source: Cited) -> bool:
    return bool(_president(_repository(source)))


#: Which archives are cited in a manner of their own, and by what they are known; the first that fits.
_ARCHIVES = (
    _Archive(_is_crest, _crest),
    _Archive(_is_wilson, _wilson),
    _Archive(_is_public_records, _public_records),
    _Archive(_is_national, _national),
    _Archive(_is_library, _presidential),
)
