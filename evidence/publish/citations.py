"""Citations in the manner of Chicago's notes, from CSL-JSON fields and an archival path.

A citation is a list of parts; a part in italics is ``Italic``. Plain functions for the kinds of source that
case work meets; whatever a source lacks is left out, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup, escape

from evidence.publish import archival, frus
from evidence.publish.cited import (
    CHAPTERS,
    ONLINE,
    PERIODICAL,
    WHOLE,
    Cited,
    Italic,
    Parts,
    access,
    date,
    described,
    ended,
    genre,
    imprint,
    italic_or_quoted,
    led,
    locator_words,
    names,
    people,
    said,
    short_title,
    unstopped,
    year,
)

__all__ = [
    "Cited",
    "Italic",
    "as_html",
    "as_text",
    "linked",
    "locator_words",
    "note",
    "recommended",
    "short_note",
    "sort_key",
    "web_address",
]


def note(source: Cited, locator: Mapping[str, str] | None = None) -> Parts:
    """Return the full note, as a first citation has it; ``locator`` says where in the source."""
    where = locator or {}
    if frus.is_frus(source):
        return _close(frus.note(source, where), frus.address(source))
    if source.type in _TOLD:
        return _close(_TOLD[source.type](source, where), access(source))
    if archival.is_archival(source):
        return _close(archival.note(source, where), access(source))
    return _close(_printed(source)(source, where), access(source))


def short_note(source: Cited, locator: Mapping[str, str] | None = None) -> Parts:
    """Return the short note, as later citations have it: family name, short title, place."""
    where = locator or {}
    if frus.is_frus(source):
        return _close(frus.short_note(source, where))
    if source.type in _TOLD:
        return _close(_told_again(source, where))
    if archival.is_archival(source):
        return _close(archival.short_note(source, where))
    authors = names(source.csl, "author", family=True) or names(source.csl, "editor", family=True)
    title = italic_or_quoted(short_title(source), whole=source.type in WHOLE)
    place = locator_words(where, bare=True)
    return _close([led(authors), title, f", {place}" if place else ""])


def recommended(source: Cited) -> Parts:
    """Return the citation that a source's publisher asks for: of FRUS, the Office of the Historian's; else none."""
    return _close(frus.recommended(source)) if frus.is_frus(source) else []


def web_address(source: Cited) -> str:
    """Return where a source is on the web; nothing where that is not known."""
    return frus.address(source) if frus.is_frus(source) else access(source)


def sort_key(source: Cited) -> str:
    """Return what a source is listed under: its first author or editor, else its title."""
    named = people(source.csl, "author") or people(source.csl, "editor")
    name = said(named[0], "family", "literal") if named else ""
    return f"{name} {source.title}".strip().casefold()


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


def _printed(source: Cited) -> Callable[[Cited, Mapping[str, str]], Parts]:
    if source.type in PERIODICAL:
        return _article
    if source.type in CHAPTERS:
        return _chapter
    return _book if source.type in WHOLE else _document


def _article(source: Cited, locator: Mapping[str, str]) -> Parts:
    csl, where = source.csl, locator_words(locator, bare=True)
    parts: Parts = [led(names(csl, "author")), f"“{ended(source.title)}”"]
    journal = said(csl, "container-title", "publisher")
    parts += [" ", Italic(journal)] if journal else []
    when = date(csl, "issued")
    if source.type == "article-journal" and csl.get("volume"):
        parts.append(f" {csl['volume']}" + (f", no. {csl['issue']}" if csl.get("issue") else ""))
        parts.append(f" ({when})" if when else "")
        page = where or said(csl, "page").replace("-", "–")
        return [*parts, f": {page}"] if page else parts
    return [*parts, *(f", {one}" for one in (when, where) if one)]


def _chapter(source: Cited, locator: Mapping[str, str]) -> Parts:
    csl = source.csl
    parts: Parts = [led(names(csl, "author")), f"“{ended(source.title)}” in "]
    parts.append(Italic(said(csl, "container-title")))
    if csl.get("volume"):
        parts.append(f", vol. {csl['volume']}")
    editors = names(csl, "editor")
    parts.append(f", ed. {editors}" if editors else "")
    page = locator_words(locator, bare=True) or said(csl, "page").replace("-", "–")
    return [*parts, imprint(csl, date(csl, "issued")), f", {page}" if page else ""]


def _book(source: Cited, locator: Mapping[str, str]) -> Parts:
    csl = source.csl
    authors, editors = names(csl, "author"), names(csl, "editor")
    many = len(people(csl, "editor")) > 1
    parts: Parts = [led(authors or (f"{editors}, {'eds.' if many else 'ed.'}" if editors else ""))]
    parts.append(Italic(source.title))
    translators = names(csl, "translator")
    if authors and editors:
        parts.append(f", ed. {'and trans. ' if editors == translators else ''}{editors}")
    if translators and not (authors and editors == translators):
        parts.append(f", trans. {translators}")
    for one, label in (("collection-title", ""), ("volume", "vol. "), ("version", "version ")):
        if csl.get(one):
            parts.append(f", {label}{csl[one]}")
    if csl.get("edition"):
        parts.append(f", {_edition(str(csl['edition']))}")
    where = locator_words(locator, bare=True)
    return [*parts, imprint(csl, date(csl, "issued")), f", {where}" if where else ""]


def _document(source: Cited, locator: Mapping[str, str]) -> Parts:
    """Cite what is neither printed nor in an archive: who, what, where and when, and who put it out."""
    csl, when = source.csl, date(source.csl, "issued")
    container = said(csl, "container-title")
    if source.type in ONLINE or container:
        parts: Parts = [led(names(csl, "author")), f"“{ended(source.title)}”"]
        parts += [" ", Italic(container)] if container else []
        told = [said(csl, "genre"), said(csl, "event-place"), when]
        parts += [f", {one}" for one in told if one and one not in source.title]
    else:
        parts = described(source, when)
    steps = [locator_words(locator), said(csl, "publisher"), said(csl, "publisher-place")]
    return [*parts, *(f", {step}" for step in steps if step)]


def _interview(source: Cited, locator: Mapping[str, str]) -> Parts:
    """Cite an interview by who was asked, then by whom, where and when."""
    csl = source.csl
    parts = _asked(source, family=False)
    container = said(csl, "container-title")
    parts += [", ", Italic(container)] if container else []
    told = [said(csl, "event-place"), date(csl, "issued"), locator_words(locator)]
    shelf = archival.path(source) or [said(csl, "publisher")]
    return [*parts, *(f", {one}" for one in [*told, *shelf] if one)]


def _asked(source: Cited, *, family: bool) -> Parts:
    who, by = names(source.csl, "author", family=family), names(source.csl, "interviewer", family=family)
    title = "" if source.title.casefold().startswith("interview") else source.title
    if family or not who:
        title = "" if who else source.title
    asked = f"interview by {by}" if by else "interview"
    parts: Parts = [who] if who else []
    parts += [f"{', ' if parts else ''}“{ended(title)}”"] if title else []
    return [*parts, f", {asked}"] if who or by else parts


def _letter(source: Cited, locator: Mapping[str, str]) -> Parts:
    """Cite a letter or a message: who wrote to whom, what it is, where and when; then where it is kept."""
    if archival.is_archival(source):
        return archival.note(source, locator)
    csl, when = source.csl, date(source.csl, "issued")
    parts = described(source, when)
    if names(csl, "author") and not (names(csl, "recipient") or source.title or genre(source)):
        parts = [names(csl, "author"), ", personal communication", f", {when}" if when else ""]
    where = locator_words(locator)
    return [*parts, f", {where}" if where else ""]


def _hearing(source: Cited, locator: Mapping[str, str]) -> Parts:
    """Cite a hearing by its title, the committee, the Congress and the year, with whose statement it is."""
    csl = source.csl
    committee = said(csl, "section", "authority")
    title = source.title
    if committee and "hearing" not in title.casefold():
        title = (
            f"{title}: Hearing before the {committee.removeprefix('the ')}"
            if title
            else f"Hearing before the {committee}"
        )
    session, when = said(csl, "chapter-number", "number"), year(csl)
    parts: Parts = [Italic(title), f", {session}" if session else "", f" ({when})" if when else ""]
    where = locator_words(locator, bare=True)
    witness = names(csl, "author")
    return [*parts, f", {where}" if where else "", f" (statement of {witness})" if witness else ""]


def _told_again(source: Cited, locator: Mapping[str, str]) -> Parts:
    """Return the later note on what somebody said or wrote to somebody."""
    where = locator_words(locator, bare=source.type == "hearing")
    if source.type == "interview":
        parts = _asked(source, family=True)
    elif source.type == "hearing":
        parts = [Italic(short_title(source))]
    elif archival.is_archival(source):
        return archival.short_note(source, locator)
    else:
        parts = described(source, date(source.csl, "issued"), later=True)
    return [*parts, f", {where}" if where else ""]


#: What somebody said or wrote to somebody, wherever it is kept.
_TOLD: dict[str, Callable[[Cited, Mapping[str, str]], Parts]] = {
    "interview": _interview,
    "personal_communication": _letter,
    "hearing": _hearing,
}


def _edition(edition: str) -> str:
    if not edition.isdigit():
        return edition
    number = int(edition)
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")  # noqa: PLR2004
    return f"{number}{ending} ed."


def _close(parts: Sequence[str], access: str = "") -> Parts:
    """End a citation: no comma after one that stands inside quotation marks already, and a full stop."""
    kept: Parts = []
    for part in [*parts, f", {access}" if access else ""]:
        if part.startswith((", ", "; ")) and kept and kept[-1].endswith("”"):
            if part.startswith("; "):
                kept[-1] = kept[-1].removesuffix(",”") + "”"
            elif kept[-1][-2:-1] not in ",?!" and kept[-1][-3:-2] != ",":
                kept[-1] = unstopped(kept[-1][:-1]) + ",”"
            part = part if part.startswith("; ") else part[1:]  # noqa: PLW2901
        elif part.startswith(", ") and not kept:
            part = part[2:]  # noqa: PLW2901
        kept += [part] if part else []
    if kept and kept[-1].endswith((",”", ",’”")):
        kept[-1] = ".".join(kept[-1].rsplit(",", 1))
    return [*kept, "." if kept and not kept[-1].rstrip("’”").endswith((".", "?", "!")) else ""]
