"""What templates receive: frozen, resolved, without ids and without a session behind them.

Dates and moments are words already, citations are safe HTML (``Markup``), links are keys and numbers. A field
that is empty is an empty text, an empty tuple or ``None``; templates ask for no other.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from evidence.publish.proof_views import (
    BearingView,
    CaseRef,
    ConsequenceView,
    Fact,
    HypothesisView,
    ObservationView,
    QuoteView,
    RivalView,
    SearchView,
    SourceRef,
    SourceView,
    TestView,
)
from evidence.publish.reasoning_views import AuditView, BarsView, ReviewView, RobustnessView, SquareView
from evidence.publish.source_views import SourceEntry

__all__ = [
    "AliasView",
    "BearingView",
    "CaseRef",
    "CaseView",
    "CodeView",
    "CodingView",
    "CommitmentView",
    "ComparedView",
    "ConceptView",
    "ConsequenceView",
    "CountView",
    "EpisodeCaseView",
    "EpisodeRef",
    "EpisodeView",
    "Fact",
    "HypothesisView",
    "LevelView",
    "NarrativeView",
    "NoteView",
    "ObservationView",
    "ParticipantView",
    "QuoteView",
    "RivalCodingsView",
    "RivalSideView",
    "RivalView",
    "SearchView",
    "SideView",
    "SourceEntry",
    "SourceRef",
    "SourceView",
    "StudyView",
    "TestView",
    "VariableView",
]


@dataclass(frozen=True, slots=True)
class LevelView:
    """One level of a variable."""

    value: str
    label: str
    definition: str
    examples: tuple[str, ...]
    needs: tuple[str, ...]
    place: int  # from 0, in the scheme's order
    count: int  # how many cases have it as their current code


@dataclass(frozen=True, slots=True)
class VariableView:
    """A variable in its newest version, with the marginals of the codes there are."""

    key: str
    label: str
    question: str
    version: str
    versions: tuple[str, ...]
    scale: str
    basis: str
    levels: tuple[LevelView, ...]
    sub_judgements: tuple[Fact, ...]  # label, and its values in words
    rule: tuple[Fact, ...]  # when, in words, and the code that follows
    coded: int
    not_coded: int


@dataclass(frozen=True, slots=True)
class CodeView:
    """A decision: one coder's code for a case on a variable, with its reasons."""

    key: str
    variable: str
    value: str  # the level, or "–" if the coder found that it cannot be coded
    label: str
    silent: bool  # a publication that leaves the case out: it contests nothing
    place: int | None
    of: int  # how many levels there are
    rationale: str
    confidence: str
    coder: str
    round: str
    where: str  # where a publication states it: "p. 12"
    citation: Markup  # of the publication, with that place; else nothing
    decided: str
    version: str
    judgements: tuple[Fact, ...]
    rule_value: str
    override_reason: str
    counter_evidence: str
    counterfactual: str
    alternative: str
    alternative_reason: str
    supersedes: str
    replaced: str  # what superseded it, with the day and the coder; nothing if it stands
    changed: tuple[str, ...]  # what changed beneath it since, in sentences: then it is suspect
    tests: tuple[str, ...]  # numbers on the case's page: T1
    observations: tuple[str, ...]  # E2
    searches: tuple[str, ...]  # S1


@dataclass(frozen=True, slots=True)
class CodingView:
    """What a case has on one variable: the current code, those of others, and those that were before."""

    variable: str
    label: str
    code: CodeView | None
    others: tuple[CodeView, ...]
    history: tuple[CodeView, ...]
    contested: bool


@dataclass(frozen=True, slots=True)
class NoteView:
    """A numbered note of a narrative."""

    number: int
    source: SourceRef
    quote: str  # the quote's key, or "" where a source is cited as a whole
    citation: Markup
    words: str
    translation: str
    language: str
    evidence: str  # the number of the evidence that rests on the same quote, or ""


@dataclass(frozen=True, slots=True)
class NarrativeView:
    """The case, written; ``plain`` is the same without its note marks, for the table."""

    html: Markup
    plain: Markup
    notes: tuple[NoteView, ...]
    factual: str  # where it was put together from data, which; else ""


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """A state's part in a case, with its own hostility."""

    name: str
    abbreviation: str
    role: str
    dates: str
    hostility: str
    action: str
    studied: bool  # the country under study


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of a case."""

    name: str
    participants: tuple[ParticipantView, ...]


@dataclass(frozen=True, slots=True)
class AliasView:
    """A case's number in a version of a data set."""

    data_set: str
    version: str
    number: str
    merged: bool


@dataclass(frozen=True, slots=True)
class EpisodeRef:
    """A case's place in an episode."""

    key: str
    title: str
    tier: str
    note: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """One dispute, as its page shows it."""

    key: str
    page: str
    title: str
    number: str
    numbers: tuple[AliasView, ...]
    dates: str
    years: str
    stage: str  # how far it has come: screened, chosen, tests declared, process-traced
    screening: str
    data: str  # data set and version
    episodes: tuple[EpisodeRef, ...]
    sides: tuple[SideView, ...]
    participants: str  # in a line: A, B v. C
    studied: tuple[ParticipantView, ...]  # the country under study, one for each of its spells
    facts: tuple[Fact, ...]
    codings: tuple[CodingView, ...]
    narrative: NarrativeView
    hypotheses: tuple[HypothesisView, ...]
    tests: tuple[TestView, ...]
    reviews: tuple[ReviewView, ...]
    bars: tuple[BarsView, ...]
    square: SquareView | None  # none where no test states numbers
    evidence: tuple[ObservationView, ...]
    counter: tuple[str, ...]  # the numbers of what speaks against a code or a tested hypothesis
    searches: tuple[SearchView, ...]
    robustness: RobustnessView | None  # none where nothing is coded
    previous: CaseRef | None
    following: CaseRef | None


@dataclass(frozen=True, slots=True)
class EpisodeCaseView:
    """A case in an episode."""

    case: CaseRef
    tier: str
    note: str


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """Cases examined together."""

    key: str
    title: str
    description: Markup
    basis: str
    cases: tuple[EpisodeCaseView, ...]


@dataclass(frozen=True, slots=True)
class ConceptView:
    """A term of the study's theory."""

    key: str
    label: str
    definition: str
    role: str
    basis: str


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """A treaty and its members."""

    key: str
    title: str
    kind: str
    signed: str
    basis: str
    members: tuple[Fact, ...]  # a state, and its spells


@dataclass(frozen=True, slots=True)
class CountView:
    """One line of the count check: what the study says, what is there, and what is missing or too many."""

    label: str
    stated: int | None
    present: int
    agrees: bool
    remark: str


@dataclass(frozen=True, slots=True)
class RivalSideView:
    """A publication, over the cases that it and the study both code."""

    name: str
    both: int
    agree: int
    differ: int


@dataclass(frozen=True, slots=True)
class ComparedView:
    """A case that a publication codes too."""

    case: CaseRef
    own: CodeView | None
    theirs: tuple[CodeView | None, ...]  # in the order of the sides
    contested: bool


@dataclass(frozen=True, slots=True)
class RivalCodingsView:
    """A variable's codes beside those of publications."""

    variable: str
    sides: tuple[RivalSideView, ...]
    cases: tuple[ComparedView, ...]


@dataclass(frozen=True, slots=True)
class StudyView:
    """The whole appendix."""

    key: str
    title: str
    question: str
    method: Markup
    authors: tuple[str, ...]
    language: str
    universe_rule: str
    counts: tuple[CountView, ...]
    stages: tuple[tuple[str, int], ...]  # how far cases have come, and how many
    extract: str  # where only some cases were asked for: which
    variables: tuple[VariableView, ...]
    concepts: tuple[tuple[str, tuple[ConceptView, ...]], ...]
    hypotheses: tuple[HypothesisView, ...]
    episodes: tuple[EpisodeView, ...]
    commitments: tuple[CommitmentView, ...]
    cases: tuple[CaseView, ...]
    sources: tuple[tuple[str, tuple[SourceEntry, ...]], ...]  # by tier
    general: tuple[SourceView, ...]
    rivals: tuple[RivalCodingsView, ...]  # where publications coded the same cases
    audit: AuditView | None  # none while nothing is coded or tested
    profile: str
    profile_source: str
    threshold: str
    caveat: str  # that goes with all words on what a result means
    word_scale: tuple[Fact, ...]  # a word of likelihood, and its probability or range
    software: str
    revision: str
    digest: str
