"""Sources for our own style: CSL's variables, and some of our own for what CSL has none for.

The way to a document in its archive is put together here (``archival``), because CSL has one variable for all
that stands below a repository, and each archive asks for another order and other marks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evidence.publish import archival, frus
from evidence.publish.citations import web_address
from evidence.publish.cited import (
    CHAPTERS,
    ONLINE,
    PERIODICAL,
    WHOLE,
    Cited,
    begins_with_kind,
    date,
    genre,
    is_correspondence,
    names,
    names_author,
    said,
    short_title,
    year,
)
from evidence.publish.csl.references import Reference, dated, filled, named, titled

__all__ = ["reference"]


def reference(source: Cited) -> Reference:
    """Return a source in the variables that our own style reads."""
    if frus.is_frus(source):
        made = _frus(source)
    elif source.type in _TOLD:
        made = _TOLD[source.type](source)
    elif archival.is_archival(source):
        made = _archival(source)
    else:
        made = _printed(source)
    return filled({**made, "URL": web_address(source)})


def _frus(source: Cited) -> Reference:
    volume = frus.printed(source)
    number = frus.document_of(source)
    made = {
        "type": "book" if volume.is_volume else "document",
        "frus-series": volume.series,
        "frus-years": volume.years,
        "frus-number": volume.number,
        "frus-title": volume.title,
        "frus-year": volume.year,
        "publisher-place": volume.place,
        "publisher": volume.publisher,
        "document-words": f"doc. {number}" if number else "",
        **named(volume.record, "collection-editor", "editor"),
    }
    if not volume.is_volume:
        made |= _described(source, volume.written, short_title(frus.shortened(source)))
    return made


def _described(source: Cited, day: str, short: str) -> Reference:
    """Return who wrote to whom, what it is, where and when; else its title, and what it does not say itself."""
    csl = source.csl
    place = said(csl, "event-place")
    made = {**named(csl, "author"), "issued": dated(csl, day) if day else None}
    if is_correspondence(source):
        subject = "" if begins_with_kind(source) else titled(source.title)
        return {
            **made,
            **named(csl, "recipient"),
            "title": subject,
            "genre": genre(source),
            "event-place": place,
        }
    when = date(csl, day) if day else ""
    folded, shortly = source.title.casefold(), short.casefold()
    kind = said(csl, "genre")
    return {
        **made,
        "title": titled(source.title),
        "title-short": titled(short),
        "genre": "" if kind and kind.partition(" ")[0].casefold() in folded else kind,
        "event-place": "" if place.casefold() in folded else place,
        "says-author": _flag(names_author(source, source.title)),
        "says-author-short": _flag(names_author(source, short)),
        "says-date": _flag(bool(when) and when.casefold() in folded),
        "says-date-short": _flag(bool(when) and when.casefold() in shortly),
    }


def _flag(told: bool) -> str:  # noqa: FBT001 - the value itself
    return "yes" if told else ""


def _archival(source: Cited) -> Reference:
    full, later = archival.way(source, later=False), archival.way(source, later=True)
    day = archival.written(source)
    made: Reference
    if full.quoted:
        made = {
            "type": "manuscript",
            **named(source.csl, "author"),
            "title": titled(source.title),
            "title-short": titled(short_title(source)),
            "genre": said(source.csl, "genre") if full.kind else "",
            "issued": dated(source.csl, day) if day else None,
            "says-author-short": _flag(not later.authored),
            "says-date-short": _flag(not later.dated),
        }
    else:
        made = {"type": "document", **_described(source, day, short_title(source))}
    return {
        **made,
        "semicolons": _flag(full.mark == "; "),
        "archive-before": full.mark.join(full.before),
        "archive-after": full.mark.join(full.after),
        "archive-before-short": later.mark.join(later.before),
        "archive-after-short": later.mark.join(later.after),
    }


def _interview(source: Cited) -> Reference:
    csl = source.csl
    made = named(csl, "author", "interviewer")
    title = source.title
    if "author" in made and title.casefold().startswith("interview"):
        title = ""
    about = "interview by" if "interviewer" in made else "interview"
    return {
        "type": "interview",
        **made,
        "title": titled(title),
        "about": about if made else "",
        "container-title": said(csl, "container-title"),
        "event-place": said(csl, "event-place"),
        "issued": dated(csl, "issued"),
        "archive-after": ", ".join(archival.path(source) or [said(csl, "publisher")]),
    }


def _letter(source: Cited) -> Reference:
    if archival.is_archival(source):
        return _archival(source)
    made = _described(source, "issued", short_title(source))
    alone = "author" in made and not (names(source.csl, "recipient") or source.title or genre(source))
    return {**made, "type": "document", "genre": "personal communication" if alone else made["genre"]}


def _hearing(source: Cited) -> Reference:
    csl, title = source.csl, source.title
    committee = said(csl, "section", "authority")
    if committee and "hearing" not in title.casefold():
        before = f"Hearing before the {committee.removeprefix('the ')}"
        title = f"{title}: {before}" if title else before
    when = year(csl)
    return {
        "type": "hearing",
        "title": titled(title),
        "title-short": titled(short_title(source)),
        "number": said(csl, "chapter-number", "number"),
        "issued": {"parts": [[int(when)]]} if when else None,
        **named(csl, "author"),
    }


def _printed(source: Cited) -> Reference:
    csl = source.csl
    container = said(csl, "container-title")
    made: Reference = {
        "title": titled(source.title),
        "title-short": titled(short_title(source)),
        "issued": dated(csl, "issued"),
        **named(csl, "author"),
    }
    if source.type in PERIODICAL:
        kind = "article-journal" if source.type == "article-journal" else "article-newspaper"
        made |= {
            "type": kind,
            "container-title": container or said(csl, "publisher"),
            **_texts(csl, "volume", "issue", "page"),
        }
    elif source.type in CHAPTERS:
        made |= {"type": "chapter", "container-title": container, **named(csl, "editor"),
                 **_texts(csl, "volume", "page", "publisher", "publisher-place")}  # fmt: skip
    elif source.type in WHOLE:
        made |= {"type": "book", **named(csl, "editor", "translator"),
                 **_texts(csl, "collection-title", "volume", "version", "edition", "publisher", "publisher-place")}  # fmt: skip
    elif source.type in ONLINE or container:
        told = {
            name: value
            for name, value in _texts(csl, "genre", "event-place").items()
            if value not in source.title
        }
        when = date(csl, "issued")
        made |= {
            "type": "webpage",
            "container-title": container,
            **told,
            **_texts(csl, "publisher", "publisher-place"),
        }
        made["issued"] = None if when and when in source.title else made["issued"]
    else:
        made = {"type": "document", **_described(source, "issued", short_title(source))}
        made["archive-after"] = ", ".join(_texts(csl, "publisher", "publisher-place").values())
    return made


def _texts(csl: Mapping[str, object], *variables: str) -> Reference:
    return filled({name: said(csl, name) for name in variables})


#: What somebody said or wrote to somebody, wherever it is kept.
_TOLD: dict[str, Callable[[Cited], Reference]] = {
    "interview": _interview,
    "personal_communication": _letter,
    "hearing": _hearing,
}
