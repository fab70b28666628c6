"""A document of FRUS as a source: its title, people, date, place, archive, classification, and its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from evidence.archive.frus.citations_only import CitedOnly, read_citation
from evidence.archive.frus.dates import dated
from evidence.archive.frus.people import People, correspondents, named
from evidence.archive.frus.source_notes import SourceNote, read_marks, read_source_note
from evidence.archive.frus.tei import TEI, first_of, own, told
from evidence.archive.frus.words import Flow, Note
from evidence.archive.incoming import IncomingSource, Loss, Words
from evidence.errors import Place
from evidence.quoting import redactions
from evidence.vocabulary import Access, SourceScope, SourceTier

__all__ = ["Volume", "document_item", "section_item"]

_NUMBER = re.compile(r"^(?:\[?\s*(\d+[A-Za-z]{0,3})\s*\]?\s*\.\s*\]?|No\.\s(\d+[A-Z]?)(?=\s\D))\s*")
_ABBREVIATED = re.compile(r"(?:\b[A-Za-z]|\b(?:Jr|Sr|Mr|St|No|Co|Inc|Ltd|Corp))\.$")
_KIND = re.compile(
    r"^(Memorandum (?:of|for)(?: an?| the)? (?:Telephone )?(?:Conversation|Discussion|Record)"
    r"|[A-Z][\w’'-]*(?:\s(?!(?:From|To|By|For|Between|With|Of|Prepared|No)\b)[A-Za-z][\w’'-]*){0,4}?)"
    r"(?=s?(?:\s(?:from|to|by|for|between|with|of|on|at|prepared|received|no|among)\b|\s?[,(.\d]|$))",
    re.IGNORECASE,
)
#: What a document can be: the last word of its kind, as headings begin with it.
_KINDS = frozenset(
    "address agenda agreement airgram aide-mémoire announcement cable circular communiqué conclusions conversation "
    "declaration despatch directive discussion dispatch draft entry estimate instruction letter list memoranda memorandum "
    "message minute minutes note notes order outline paper plan proposal protocol record release remarks report "
    "resolution schedule speech statement study summary table telegram telegrams text transcript treaty".split()
)
_SAYS_SOURCE = re.compile(r"\s*\[?\s*(?:Source|Summary)\b")
#: A classification that stands by itself, and how long what stands there may be.
_PRINTED = re.compile(
    r"\[?((?i:Top Secret|Secret|Confidential|Restricted|Unclassified|(?:Limited )?Official Use(?: Only)?))\b\]?"
    r"(?![^.;,]*\b[a-z])"
)
_HEADING = 60
_EDITORIAL = "Editorial Note"
_REDACTING = ("declassified", "garble", "illegible", "mission in the source text", "redacted")
_FILES = own("pdf", "file")


@dataclass(frozen=True, slots=True)
class Volume:
    """What a volume says of itself, and what is needed to read its documents.

    Attributes:
        key: its id, such as ``frus1955-57v02``.
        title: its title, with series, years and number.
        csl: CSL-JSON that its documents share.
        own_csl: CSL-JSON that is the volume's alone.
        edition: which edition of the volume this file is.
        origin: the name of the file.
        people: its list of persons.
        losses: what could not be read, in the order of the file.
    """

    key: str
    title: str
    csl: Mapping[str, Any]
    own_csl: Mapping[str, Any]
    edition: str
    origin: str
    people: People
    losses: list[Loss] = field(default_factory=list)

    @property
    def web(self) -> str:
        """Where the Office of the Historian shows it."""
        return f"https://history.state.gov/historicaldocuments/{self.key}"

    def lost(self, what: str, element: etree._Element) -> None:
        """Note what could not be read."""
        self.losses.append(Loss(what, Place(self.origin, element.sourceline)))

    def fields(self, known: str) -> dict[str, Any]:
        """Return the fields that every part of the volume has."""
        web = f"{self.web}/{known}"
        return {
            "type": "document",
            "csl": {**self.csl, "container-title": self.title, "URL": web},
            "scope": SourceScope.CASE_SPECIFIC,
            "language": "en",
            "rights": "public domain",
            "access": Access.OPEN,
            "derived_from": self.key,
            "identifiers": {"frus": f"{self.key}/{known}", "url": web},
        }

    def words(self, flow: Flow, source: Note | None) -> Words:
        """Return the words of a part of it."""
        return Words(
            content=flow.content,
            pages=tuple(flow.pages),
            parts=tuple(flow.parts(source)),
            edition=self.edition,
            origin=self.origin,
            shareable=True,
        )


def section_item(volume: Volume, known: str, flow: Flow) -> IncomingSource:
    """Return a section of the volume's own, such as its preface or its list of persons, as a source."""
    title = " ".join(flow.content[: flow.head].split()) or known.capitalize()
    return IncomingSource(
        key=f"{volume.key}-{known}",
        fields={
            **volume.fields(known),
            "title": title,
            "tier": SourceTier.SECONDARY,
            # The volume serves the whole appendix; its lists are used where they are quoted.
            "scope": SourceScope.CASE_SPECIFIC,
        },
        words=(volume.words(flow, None),) if flow.content else (),
        place=_place(volume, flow.element),
    )


def document_item(volume: Volume, known: str, flow: Flow) -> IncomingSource:
    """Return a document as a source, with its words where the file has more of it than a heading."""
    division = flow.element
    head = division.find(f"{TEI}head")
    said = " ".join(flow.content[: flow.head].split())
    title = _titled(said)
    number = division.get("n") or (
        found[1] or found[2] if (found := _NUMBER.match(said)) else _numbered(known)
    )
    editorial = division.get("subtype") == "editorial-note" or title.casefold() == _EDITORIAL.casefold()
    cited = read_citation(title) if division.find(_FILES[0]) is not None or _bare(division, flow) else None
    source = _source_note(flow, head)
    note = _read(source, flow) if source and not editorial else SourceNote()
    fields = volume.fields(known)
    fields |= {"title": (_titled(cited.title) if cited else title) or f"Document {number or known}"}
    fields |= {"tier": SourceTier.SECONDARY if editorial else SourceTier.PRIMARY}
    fields["csl"] |= {"number": number} if number else {}
    fields["csl"] |= {**_csl(volume, flow, head, title, editorial=editorial)}
    if note.kind:
        fields["csl"].setdefault("genre", note.kind.casefold())
    _add_archive(fields, cited, note)
    if not editorial and not fields["classification"]:
        fields |= _marked_above(division)
    if "[" in flow.content and any(mark in flow.content for mark in _REDACTING) and redactions(flow.content):
        fields["redacted"] = True
    fields["further"] = dict(_further(volume, flow, source, note, cited))
    return IncomingSource(
        key=f"{volume.key}-{known}",
        fields=fields,
        words=() if cited else (volume.words(flow, source),),
        place=_place(volume, division),
    )


def _place(volume: Volume, division: etree._Element) -> Place:
    return Place(volume.origin, division.sourceline)


def _titled(head: str) -> str:
    """Return a heading without its printed number and its full stop."""
    title = _NUMBER.sub("", head, count=1).strip()
    return title[:-1] if title.endswith(".") and not _ABBREVIATED.search(title) else title


def _bare(division: etree._Element, flow: Flow) -> bool:
    """Tell whether the file has nothing of a document but its heading and where a scan of it lies."""
    return flow.body <= flow.head and any(division.find(name) is not None for name in _FILES)


def _source_note(flow: Flow, head: etree._Element | None) -> Note | None:
    """Return a document's source note: the one marked so, else the heading's note numbered 0, else its first."""
    marked = next((note for note in flow.notes if note.element.get("type") == "source"), None)
    if marked or head is None:
        return marked
    heads = [note for note in flow.notes if any(above is head for above in note.element.iterancestors())]
    return next((note for note in heads if note.element.get("n") == "0"), heads[0] if heads else None)


def _marked_above(division: etree._Element) -> dict[str, str]:
    """Return classification and handling where a document prints them above its words, as older volumes do."""
    for element in (first_of(division, f"{TEI}seg"), division.find(f"{TEI}p")):
        said = told(element)
        found = _PRINTED.match(said) if len(said) <= _HEADING else None
        if found:
            classification, handling = read_marks(f"{found[1]}; {said[found.end() :].strip(' .;,')}")
            return {"classification": classification, "handling": handling}
    return {}


def _numbered(known: str) -> str:
    """Return the number that an id such as ``d72a`` has in it; a President's message has none."""
    return known[1:].upper() if re.fullmatch(r"d\d+[a-z]?", known) else ""


def _read(source: Note, flow: Flow) -> SourceNote:
    """Read a source note; a heading's first note that does not say it is one is believed only if it reads so."""
    words = flow.words_of(source)
    note = read_source_note(words)
    if source.element.get("type") == "source" or note.whole or note.published or _SAYS_SOURCE.match(words):
        return note
    return note if list(note.path) == ["item"] else SourceNote()


def _csl(
    volume: Volume, flow: Flow, head: etree._Element | None, title: str, *, editorial: bool
) -> dict[str, Any]:
    csl: dict[str, Any] = {}
    if genre := _genre(title):
        csl["genre"] = genre
    when = dated(flow.element, head, editorial=editorial)
    if when.wrong:
        volume.lost(f"the date {when.wrong} is no date of the calendar, and was left out", flow.element)
    if when.date:
        csl["issued"] = when.csl()
    if when.place:
        csl["event-place"] = when.place
    if head is not None and not editorial:
        authors, recipients = correspondents(head, volume.people)
        csl |= {"author": authors} if authors else {}
        csl |= {"recipient": recipients} if recipients else {}
    return csl


def _genre(title: str) -> str:
    """Return what kind of document a heading begins with: ``memorandum of conversation``."""
    kind = _KIND.match(title)
    if not kind:
        return ""
    genre = re.sub(r"\b(of|for) (?:an?|the) ", r"\1 ", kind[1].casefold()).replace(
        "for record", "for the record"
    )
    return genre if genre.split()[-1] in _KINDS or " of " in genre or genre.endswith("record") else ""


def _add_archive(fields: dict[str, Any], cited: CitedOnly | None, note: SourceNote) -> None:
    """Say where the document is kept and how it was marked, as its note or its citation has it."""
    fields |= cited.path if cited else note.path
    fields |= {"classification": cited.classification if cited else note.classification}
    fields |= {"handling": cited.handling if cited else note.handling}
    if note.published:
        fields["note"] = f"{note.published}."


def _further(
    volume: Volume, flow: Flow, source: Note | None, note: SourceNote, cited: CitedOnly | None
) -> Iterator[tuple[str, Any]]:
    """Yield what no field of a source holds, word for word."""
    if source:
        yield "source note", flow.words_of(source)
    if note.drafting:
        yield "drafting", note.drafting
    if cited:
        yield "citation", cited.whole
        if cited.pages:
            yield "pages", cited.pages
    people = named(flow.element, volume.people)
    if people:
        yield "persons", people
    present = [
        told(item)
        for one in flow.element.iter(f"{TEI}list")
        if one.get("type") == "participants"
        for item in one.iter(f"{TEI}item")
    ]
    if present:
        yield "participants", present
