"""What citations are made of: names, dates, titles and places, each as Chicago's notes set them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidence.dates import MONTHS

__all__ = [
    "CHAPTERS",
    "ONLINE",
    "PERIODICAL",
    "WHOLE",
    "Cited",
    "Italic",
    "Parts",
    "access",
    "begins_with_kind",
    "date",
    "date_parts",
    "described",
    "ended",
    "genre",
    "imprint",
    "is_correspondence",
    "italic_or_quoted",
    "led",
    "locator_words",
    "names",
    "names_author",
    "people",
    "said",
    "short_title",
    "unstopped",
    "year",
]

#: CSL types whose title stands by itself, in italics.
WHOLE = frozenset(
    {
        "book",
        "thesis",
        "report",
        "dataset",
        "motion_picture",
        "map",
        "manuscript-collection",
        "legislation",
        "hearing",
    }
)
PERIODICAL = frozenset(
    {"article-journal", "article-magazine", "article-newspaper", "review", "review-book", "article"}
)
CHAPTERS = frozenset({"chapter", "paper-conference", "entry-encyclopedia", "entry-dictionary", "entry"})
ONLINE = frozenset({"webpage", "post", "post-weblog", "broadcast", "speech"})

_LOCATORS = {
    "document": "doc.", "page": "p.", "folio": "f.", "frame": "frame", "paragraph": "par.", "footnote": "n.",
    "chapter": "chap.", "line": "l.", "time": "at", "words": "",
}  # fmt: skip
_MANY = {
    "page": "pp.",
    "folio": "ff.",
    "frame": "frames",
    "paragraph": "pars.",
    "line": "ll.",
    "document": "docs.",
}
_RANGE = re.compile(r"\d\w*\s*[-–,]\s*\w*\d")
#: A date as text: the part of EDTF that sources carry, with what is not known marked.
_ISO = re.compile(r"(-?\d{4})(?:-(\d\d|XX)(?:-(\d\d|XX))?)?([~?%]?)")
_KINDS = (
    "Aide-Mémoire|Airgram|Cable|Circular|Despatch|Letter|Memorandum of Conversation|Memorandum|Memcon|Message|Minute|"
    "Note|Report|Telegram"
)
_KIND = re.compile(rf"(?:Circular |Draft |Personal )?(?:{_KINDS})\b", re.IGNORECASE)
#: What has speakers and no recipient, whoever is named beside it.
_SPOKEN = re.compile(
    r"\b(?:of|for) (?:an? |the )?(?:telephone )?(?:conversation|discussion|conference|meeting)\b",
    re.IGNORECASE,
)
_SHORT = 75


class Italic(str):
    """A part that is set in italics."""

    __slots__ = ()


Parts = list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Cited:
    """What a citation is made from: the source's own fields, its CSL-JSON, and where an archive keeps it.

    Two are the same only if they are one object, so that what follows from one can be remembered.
    """

    type: str
    title: str
    csl: Mapping[str, Any]
    shelf: Mapping[str, str] = field(
        default_factory=dict
    )  # repository, collection ... frame, as in the ledger
    key: str = ""
    known: Mapping[str, str] = field(default_factory=dict)  # what others know it by
    volume: Mapping[str, Any] = field(
        default_factory=dict
    )  # CSL of the volume that prints it, with its title
    redacted: bool = False


def said(csl: Mapping[str, Any], *fields: str) -> str:
    """Return the first of these CSL fields that is text or a number and is not empty."""
    for one in fields:
        value = csl.get(one)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (text := value.strip()):
            return text
    return ""


def people(csl: Mapping[str, Any], role: str) -> list[Mapping[str, Any]]:
    """Return who has a role, as CSL names."""
    found = csl.get(role)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def names(csl: Mapping[str, Any], role: str, *, family: bool = False) -> str:
    """Return who has a role in words: given names first, or family names alone; from four on, the first."""
    found = []
    for one in people(csl, role):
        last = " ".join(said(one, f) for f in ("non-dropping-particle", "family") if one.get(f))
        first = " ".join(said(one, f) for f in ("given", "dropping-particle") if one.get(f))
        full = last if family else " ".join(filter(None, (first, last)))
        suffix = said(one, "suffix")
        full = f"{full} {suffix}" if suffix and full and not family else full
        found.append(full or said(one, "literal"))
    found = [name for name in found if name]
    if len(found) > 3:  # noqa: PLR2004 - from four on, Chicago's notes name the first
        return f"{found[0]} et al."
    if len(found) < 3:  # noqa: PLR2004
        return " and ".join(found)
    return f"{', '.join(found[:-1])}, and {found[-1]}"


def date_parts(csl: Mapping[str, Any], name: str) -> list[list[int]]:
    """Return a CSL date as year, month and day; both ends of a range; nothing where it is in words."""
    given = csl.get(name)
    parts = given.get("date-parts") if isinstance(given, Mapping) else None
    if isinstance(parts, list):
        return [
            [int(n) for n in one if re.fullmatch(r"-?\d{1,4}", str(n))]
            for one in parts
            if isinstance(one, list) and one
        ]
    read = [_ISO.fullmatch(end) for end in _in_words(given).split("/")]
    return [[int(n) for n in one.groups()[:3] if n and n != "XX"] for one in read if one] if all(read) else []


def _in_words(given: Any) -> str:
    if isinstance(given, Mapping):
        return said(given, "edtf", "raw", "literal")
    return str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""


def date(csl: Mapping[str, Any], name: str) -> str:
    """Return a CSL date in words: ``February 28, 1955``; a range has an en dash; what is in words stays so."""
    given = csl.get(name)
    parts = [one for one in date_parts(csl, name) if one]
    words = _in_words(given)
    if not parts:
        return words
    circa = bool(isinstance(given, Mapping) and given.get("circa")) or words.endswith(("~", "%"))
    doubted = words.endswith(("?", "%"))
    return ("ca. " if circa else "") + "–".join(map(_day, parts)) + ("?" if doubted else "")


def _day(parts: Sequence[int]) -> str:
    number, *rest = parts
    if not rest or not 1 <= rest[0] <= 12:  # noqa: PLR2004
        return str(number)
    month = MONTHS[rest[0] - 1]
    return f"{month} {rest[1]}, {number}" if len(rest) > 1 else f"{month} {number}"


def year(csl: Mapping[str, Any], name: str = "issued") -> str:
    """Return the year of a CSL date."""
    parts = date_parts(csl, name)
    return str(parts[0][0]) if parts and parts[0] else ""


def locator_words(locator: Mapping[str, str], *, bare: bool = False) -> str:
    """Return ``doc. 134, p. 315`` for a locator; ranges are ``pp.``, and a note on a page is ``p. 315n4``.

    Args:
        locator: where in the source, by kind.
        bare: whether pages stand by themselves, as Chicago has them for what is printed.
    """
    given = {kind: str(value) for kind, value in locator.items() if value}
    footnote = given.get("footnote", "")
    words = []
    for kind, label in _LOCATORS.items():
        value = given.get(kind)
        if not value or (kind == "footnote" and {"page", "document"} & given.keys()):
            continue
        many = kind in _MANY and _RANGE.search(value)
        shown = re.sub(r"(?<=\w)\s*-\s*(?=\w)", "–", value) if many else value
        if footnote and (kind == "page" or (kind == "document" and "page" not in given)):
            shown += f"n{footnote}"
        called = "" if bare and kind == "page" else _MANY[kind] if many else label
        words.append(f"{called} {shown}".strip())
    return ", ".join(words)


def genre(source: Cited) -> str:
    """Return what kind of document it is, in small letters, by its record or by how its title begins."""
    given = said(source.csl, "genre", "medium")
    found = None if given else _KIND.match(source.title)
    return given or (found.group().lower() if found else "")


def described(source: Cited, when: str, *, later: bool = False) -> Parts:
    """Describe a document: who wrote to whom, what it is, where and when; else its title, as far as it says less.

    Args:
        source: the document.
        when: its date, in words.
        later: in the short form of later notes.
    """
    author = names(source.csl, "author", family=later)
    place = said(source.csl, "event-place")
    if is_correspondence(source):
        to = names(source.csl, "recipient", family=later)
        subject = "" if later or begins_with_kind(source) else source.title.strip()
        rest = [when] if later else [genre(source), place, when]
        led_by: Parts = [f"{author} to {to}"]
        led_by += [f", “{ended(subject)}”"] if subject else []
        return [*led_by, *(f", {one}" for one in rest if one)]
    title = short_title(source) if later else source.title.strip()
    folded = title.casefold()
    kind = said(source.csl, "genre")
    if kind and kind.partition(" ")[0].casefold() in folded:
        kind = ""
    told = [one for one in ([when] if later else [kind, place, when]) if one and one.casefold() not in folded]
    lead = [author] if author and not names_author(source, title) else []
    first, *rest = [*lead, *([title] if title else []), *told] or [""]
    return [part for part in (first, *(f", {one}" for one in rest)) if part]


def is_correspondence(source: Cited) -> bool:
    """Tell whether somebody wrote it to somebody; what has speakers has no recipient, whoever is named beside it."""
    both = names(source.csl, "author") and names(source.csl, "recipient")
    return bool(both) and not _SPOKEN.search(source.title)


def begins_with_kind(source: Cited) -> bool:
    """Tell whether a title says what kind of document it is first, and so is no subject of its own."""
    return bool(_KIND.match(source.title))


def names_author(source: Cited, title: str) -> bool:
    """Tell whether a title names the author itself, or that of a conversation, which has none."""
    folded = title.casefold()
    named = [said(one, "family", "literal").casefold() for one in people(source.csl, "author")]
    return bool(_SPOKEN.search(title)) or any(name and name in folded for name in named)


def access(source: Cited) -> str:
    """Return the web address that a record gives: its DOI's, else its own; nothing if it gives none."""
    doi, url = said(source.csl, "DOI"), said(source.csl, "URL")
    return f"https://doi.org/{doi.removeprefix('https://doi.org/')}" if doi else url


def imprint(csl: Mapping[str, Any], when: str) -> str:
    """Return ``(Place: Publisher, 1994)``, as much of it as is known."""
    made = ": ".join(filter(None, (said(csl, "publisher-place"), said(csl, "publisher"))))
    inside = ", ".join(filter(None, (made, when)))
    return f" ({inside})" if inside else ""


def short_title(source: Cited) -> str:
    """Return a title as later notes have it: what was given as short, or what stands before its colon."""
    title = said(source.csl, "title-short", "shortTitle") or source.title.strip().partition(": ")[0]
    return title if len(title) <= _SHORT else title[:_SHORT].rpartition(" ")[0].rstrip(" ,.;:") + " …"


def led(given: str) -> str:
    """Return names as what begins a citation."""
    return f"{given}, " if given else ""


def italic_or_quoted(title: str, *, whole: bool) -> str:
    """Return a title in italics where it stands by itself, else in quotation marks."""
    return Italic(title) if whole else f"“{ended(title)}”"


def ended(title: str) -> str:
    """Return a title for quotation marks: its own marks single, a comma inside unless it ends by itself."""
    inner = title.replace("“", "‘").replace("”", "’")
    if inner.endswith("’"):
        return f"{inner[:-1]},’"
    return inner if inner.endswith(("?", "!")) else f"{unstopped(inner)},"


def unstopped(title: str) -> str:
    """Return a title without the full stop of a sentence; that of an abbreviation stays."""
    return title[:-1] if re.search(r"[a-z]{4}\.$", title) else title
