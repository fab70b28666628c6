"""What templates receive of the study as a whole: frozen and resolved, like all views; see ``views``."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from evidence.publish.agreed_views import AgreementView
from evidence.publish.chart_views import DistributionView, MatrixView, TimelineView
from evidence.publish.proof_views import CaseRef, Fact, HypothesisView, SourceView
from evidence.publish.reasoning_views import AuditView
from evidence.publish.release_views import ChangesView, OverviewView
from evidence.publish.source_views import BibliographySection, SourceLine
from evidence.publish.views import CaseLine, CodeView

__all__ = [
    "CommitmentView",
    "ComparedView",
    "ConceptView",
    "CountView",
    "EpisodeCaseView",
    "EpisodeView",
    "FrameView",
    "LevelView",
    "RivalCodingsView",
    "RivalSideView",
    "StudyView",
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
class FrameView:
    """What every page says of the study: its head, its foot, and which pages there are."""

    key: str
    title: str
    authors: tuple[str, ...]
    language: str
    treaties: bool  # whether there is a page of treaties
    extract: str  # where only some cases were asked for: which
    surveyed: bool  # whether there is an overview of the evidence
    released: str  # the newest release; empty while there is none, and then there is no page of changes
    software: str
    revision: str
    digest: str


@dataclass(frozen=True, slots=True)
class StudyView(FrameView):
    """The whole appendix, but for what stands on the cases' own pages."""

    question: str
    method: Markup
    universe_rule: str
    counts: tuple[CountView, ...]
    stages: tuple[tuple[str, int], ...]  # how far cases have come, and how many
    variables: tuple[VariableView, ...]
    concepts: tuple[tuple[str, tuple[ConceptView, ...]], ...]
    hypotheses: tuple[HypothesisView, ...]
    episodes: tuple[EpisodeView, ...]
    commitments: tuple[CommitmentView, ...]
    cases: tuple[CaseLine, ...]
    matrix: MatrixView  # what they may be narrowed to
    timeline: TimelineView
    distributions: tuple[DistributionView, ...]  # one for each variable
    sources: tuple[tuple[str, tuple[SourceLine, ...]], ...]  # by tier
    bibliography: tuple[BibliographySection, ...]
    general: tuple[SourceView, ...]
    rivals: tuple[RivalCodingsView, ...]  # where publications coded the same cases
    agreement: tuple[AgreementView, ...]  # of the coders of each frozen round
    audit: AuditView | None  # none while nothing is coded or tested
    profile: str
    profile_source: str
    threshold: str
    caveat: str  # that goes with all words on what a result means
    word_scale: tuple[Fact, ...]  # a word of likelihood, and its probability or range
    overview: OverviewView | None  # of the evidence; none in an extract
    changes: tuple[ChangesView, ...]  # since the newest release, then from each to the next
