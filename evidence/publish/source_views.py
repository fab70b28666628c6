"""What templates receive of a source's page: its quotes in context, its texts, and all that rests on it.

Frozen and resolved, like all views; see ``views``.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from evidence.publish.proof_views import CaseRef, QuoteView, SourceRef, SourceView
from evidence.publish.release_views import ChallengeView

__all__ = [
    "BibliographyEntry",
    "BibliographyGroup",
    "BibliographySection",
    "CodeUse",
    "HeldView",
    "NoteUse",
    "Passage",
    "PlacedQuote",
    "SourceEntry",
    "SourceLine",
    "SourceUse",
    "TestUse",
]


@dataclass(frozen=True, slots=True)
class TestUse:
    """A test to which evidence from a source was brought."""

    __test__ = False  # pytest: a process-tracing test, not one of ours

    number: str  # on the case's page: T1
    kind: str
    result: str


@dataclass(frozen=True, slots=True)
class CodeUse:
    """A case's current code that rests on a source."""

    key: str  # the decision's
    variable: str
    value: str
    label: str
    place: int | None
    through: tuple[
        str, ...
    ]  # the tests that it relies on, by number; empty where it is only weighed against it
    against: tuple[str, ...]  # the evidence weighed against it, by number


@dataclass(frozen=True, slots=True)
class SourceUse:
    """What rests on a source in one case: evidence, notes of the narrative, tests and codes."""

    case: CaseRef
    numbers: tuple[str, ...]
    notes: tuple[int, ...]
    tests: tuple[TestUse, ...]
    codes: tuple[CodeUse, ...]


@dataclass(frozen=True, slots=True)
class NoteUse:
    """Where a quote is used: a case, the evidence there, and the notes of its narrative."""

    case: CaseRef
    numbers: tuple[str, ...]
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A quote in the text that it was verified against: ``marked`` pieces are the quote's own words."""

    before: str
    words: tuple[tuple[str, bool], ...]  # a piece, and whether it is marked
    after: str
    cut_before: bool  # the text goes on before it
    cut_after: bool


@dataclass(frozen=True, slots=True)
class PlacedQuote:
    """A quote on its source's page."""

    quote: QuoteView
    passage: Passage | None
    remark: str  # why no context is shown, or ""
    uses: tuple[NoteUse, ...]


@dataclass(frozen=True, slots=True)
class HeldView:
    """A text of a source: its edition, its hash, and how many quotes were verified against it."""

    edition: str
    origin: str
    sha256: str  # its first twelve digits
    here: bool  # whether its words are held in the ledger
    shareable: bool
    verified: int


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source as its own page shows it: the texts held of it, its quotes, where it comes from, and the way back."""

    source: SourceView
    uses: tuple[SourceUse, ...]
    origin: SourceRef | None  # what it is derived from
    derived: tuple[SourceRef, ...]  # what is derived from it, of what has a page
    derived_idle: int  # how much else is derived from it, on which nothing rests
    texts: tuple[HeldView, ...]
    quotes: tuple[PlacedQuote, ...]
    state: str  # how many quotes stand where, in words
    idle: bool  # whether it is one of so many on which nothing rests that they are listed, and have no pages
    challenges: tuple[ChallengeView, ...] = ()  # what readers doubt of it and of its quotes, and the answers


@dataclass(frozen=True, slots=True)
class SourceLine:
    """All that other pages say of a source; its own page has a ``SourceEntry``."""

    source: SourceView
    uses: tuple[SourceUse, ...]
    quotes: int  # how many there are
    idle: bool  # without a page, as in ``SourceEntry``
    found: bytes  # what the site's search finds of it and of its quotes: JSON, compressed


@dataclass(frozen=True, slots=True)
class BibliographyEntry:
    """A source in the bibliography, as the style lists it."""

    source: SourceRef
    citation: Markup
    page: bool  # whether it has a page of its own


@dataclass(frozen=True, slots=True)
class BibliographyGroup:
    """What one archive keeps, or all of a section that has no archives."""

    title: str  # the archive's name, or nothing
    entries: tuple[BibliographyEntry, ...]


@dataclass(frozen=True, slots=True)
class BibliographySection:
    """Archives, published documents, or the rest."""

    title: str
    groups: tuple[BibliographyGroup, ...]
