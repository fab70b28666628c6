"""Sources for anybody's style: CSL's own variables only, chosen so that archives and volumes come out where styles set them."""

from __future__ import annotations

from evidence.publish import archival, frus
from evidence.publish.citations import web_address
from evidence.publish.cited import Cited, genre, said, short_title
from evidence.publish.csl.references import Reference, dated, filled, named, titled

__all__ = ["reference"]

#: CSL 1.0.2's types; anything else is a document.
_TYPES = frozenset(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset "
    "document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case legislation "
    "manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical "
    "personal_communication post post-weblog regulation report review review-book software song speech standard thesis "
    "treaty webpage".split()
)
_ROLES = (
    "author", "editor", "translator", "recipient", "interviewer", "collection-editor", "container-author", "director",
    "contributor", "compiler",
)  # fmt: skip
_DATES = ("issued", "original-date", "event-date", "submitted", "available-date")
_TEXTS = (
    "container-title", "collection-title", "volume", "issue", "page", "edition", "version", "publisher",
    "publisher-place", "event-place", "genre", "medium", "number", "chapter-number", "section", "authority",
    "volume-title", "part-number", "collection-number", "number-of-volumes", "ISBN", "jurisdiction", "archive-place",
    "language", "references", "status",
)  # fmt: skip


def reference(source: Cited) -> Reference:
    """Return a source in CSL's own variables."""
    csl = source.csl
    made: Reference = {
        "type": source.type if source.type in _TYPES else "document",
        "title": titled(source.title),
        "title-short": titled(said(csl, "title-short", "shortTitle")),
        **named(csl, *_ROLES),
        **{name: dated(csl, name) for name in _DATES},
        **{name: said(csl, name) for name in _TEXTS},
    }
    doi = said(csl, "DOI").removeprefix("https://doi.org/")
    made |= {"DOI": doi, "URL": "" if doi else web_address(source)}
    if frus.is_frus(source):
        made = _frus(source, made)
    elif archival.is_archival(source):
        made = _archival(source, made)
    return filled(made)


def _frus(source: Cited, made: Reference) -> Reference:
    """Cite a document as a part of its volume, whose number is said with the volume's name.

    Styles take ``number`` for that of a report, and none has a place for a document's number within a volume.
    """
    volume = frus.printed(source)
    name = ", ".join(filter(None, (volume.series, volume.number, volume.title)))
    book = {
        "publisher": volume.publisher,
        "publisher-place": volume.place,
        **named(volume.record, "editor", "collection-editor"),
        "URL": web_address(source),
    }
    if volume.is_volume:
        return {**book, "type": "book", "title": name, "issued": dated(volume.record, "issued")}
    number = frus.document_of(source)
    author = named(source.csl, "author")
    if not author:  # styles would take those who edited the volume for its authors
        book = {name: value for name, value in book.items() if name not in ("editor", "collection-editor")}
    return {
        **book,
        **author,
        "type": "chapter",
        "title": made["title"] or genre(source),
        "title-short": titled(short_title(frus.shortened(source))),
        "container-title": f"{name}, doc. {number}" if number else name,
        "issued": dated(source.csl, volume.written) if volume.written else None,
    }


def _archival(source: Cited, made: Reference) -> Reference:
    """Cite a document by its place in an archive: the repository, and all below it as one place."""
    way = archival.way(source, later=False)
    steps = [step.removeprefix(f"{way.keeper}: ") for step in (*way.before, *way.after)]
    letter = "author" in made and "recipient" in made
    kind = (
        "personal_communication" if letter and made["type"] not in ("interview", "hearing") else made["type"]
    )
    day = archival.written(source)
    return {
        **made,
        "type": "manuscript" if kind in ("document", "collection") and way.quoted else kind,
        "genre": genre(source) if letter else made["genre"],
        "issued": dated(source.csl, day) if day else None,
        "archive": way.keeper,
        "archive_location": way.mark.join(step for step in steps if step != way.keeper),
        "original-date": None,
        "event-date": None,
    }
