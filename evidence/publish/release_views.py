"""What templates receive of releases, of what changed since, of challenges, and of the overview of the evidence."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from evidence.publish.proof_views import CaseRef

__all__ = [
    "ChallengeView",
    "ChangeView",
    "ChangesView",
    "OverviewView",
    "PartView",
    "RecodedView",
    "SectionView",
]


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """What a reader doubts, and what the study answered; all of it words of people, and never markup."""

    key: str
    noun: str  # what is doubted: quote, code, test, observation, search, case or source
    subject: str  # its key
    asks: bool  # whether the reader asks, or says that it is wrong
    reason: str
    by: str  # the name that the reader gave; empty if none
    received: str
    release: str  # that the reader read; empty if it is not known
    verdict: str  # upheld, upheld in part, rejected; empty while it is open
    answer: str
    answered_by: str
    answered: str


@dataclass(frozen=True, slots=True)
class RecodedView:
    """A code that was given since a release."""

    case: CaseRef | None  # where it has a page
    name: str  # the case's title, or its key
    key: str
    variable: str
    before: str  # empty for a first code
    after: str
    coder: str
    decided: str
    why: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Something else that changed, in a sentence."""

    case: CaseRef | None
    said: str


@dataclass(frozen=True, slots=True)
class PartView:
    """Changes of one kind."""

    head: str  # Tests, Evidence, Quotes, Sources, Narratives ...
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True, slots=True)
class ChangesView:
    """What changed from a release to the next, or to what is shown."""

    since: str  # the release's name
    until: str  # the next release's; empty for what is shown
    made: str
    revision: str
    digest: str
    note: str
    known: bool  # whether the ledger's history reaches back to it; otherwise nothing can be said
    codes: tuple[RecodedView, ...]
    parts: tuple[PartView, ...]
    unsaid: str  # what else changed, counted: what the program itself keeps


@dataclass(frozen=True, slots=True)
class SectionView:
    """A part of the overview of the evidence."""

    head: str
    sentences: tuple[str, ...]  # from the ledger, a paragraph each
    own: Markup  # the author's words; empty if there are none


@dataclass(frozen=True, slots=True)
class OverviewView:
    """How the evidence was found, how it was read, and how passages were chosen (the overview of ATI)."""

    own: Markup  # the author's words on none of the three; empty if there are none
    sections: tuple[SectionView, ...]
    authored: bool  # whether the author wrote anything
