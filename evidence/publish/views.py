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
from evidence.publish.reasoning_views import BarsView, ReviewView, RobustnessView, SquareView
from evidence.publish.release_views import ChallengeView
from evidence.publish.source_views import NoteUse, Passage, SourceUse

__all__ = [
    "AliasView",
    "BearingView",
    "BlockView",
    "CaseLine",
    "CaseRef",
    "CaseView",
    "CiteView",
    "CodeView",
    "CodingView",
    "ConsequenceView",
    "EpisodeRef",
    "Fact",
    "HypothesisView",
    "NarrativeView",
    "NoteView",
    "ObservationView",
    "ParticipantView",
    "QuoteView",
    "RivalView",
    "SearchView",
    "SideView",
    "SourceRef",
    "SourceView",
    "TestLine",
    "TestView",
]


@dataclass(frozen=True, slots=True)
class CodeView:
    """A decision: one coder's code for a case on a variable, with its reasons."""

    key: str
    former: tuple[str, ...]  # keys that it had before: their links still lead here
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
    settles: tuple[str, ...]  # an adjudicated code: what each coder had given, as "Ada 2"


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
    again: int = 0  # the number of the first note on the same quote, whose words then stand there; else 0
    quoted: QuoteView | None = None  # none where a source is cited as a whole
    passage: Passage | None = None  # the quote in its text
    remark: str = ""  # why no passage is shown, or ""
    inferred: tuple[Fact, ...] = ()  # what is taken from it: the number of the evidence, and the inference


@dataclass(frozen=True, slots=True)
class BlockView:
    """A paragraph of a narrative, or a list, a table and the like, with the notes whose marks stand in it."""

    html: Markup
    notes: tuple[NoteView, ...]


@dataclass(frozen=True, slots=True)
class NarrativeView:
    """The case, written; ``plain`` is the same without its note marks, for the table."""

    html: Markup
    plain: Markup
    blocks: tuple[BlockView, ...]  # ``html`` in pieces
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
class CiteView:
    """How a case's entry is cited; what only a browser knows stands in elements with ``data-fill``."""

    chicago: Markup  # as a note of Chicago's
    bibtex: Markup
    csl: Markup  # CSL-JSON


@dataclass(frozen=True, slots=True)
class CaseView:
    """One dispute, as its page shows it."""

    key: str
    former: tuple[str, ...]  # keys that it had before: their links still lead here
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
    opponents: tuple[str, ...]  # the states on the other side from it; empty where no state is studied
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
    cite: CiteView
    previous: CaseRef | None
    following: CaseRef | None
    challenges: tuple[ChallengeView, ...] = ()  # what readers doubt, and what they were answered


@dataclass(frozen=True, slots=True)
class TestLine:
    """A test, as pages beside its case's say it."""

    __test__ = False  # pytest: a process-tracing test, not one of ours

    key: str
    number: str  # on its case's page: T1
    kind: str
    implied: str
    timing: str
    result: str
    prediction: str
    hypothesis: str  # the key of the hypothesis that predicts
    rival: str  # the key of the rival
    weight: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """All that other pages say of a case; its own page has a ``CaseView``."""

    key: str
    former: tuple[str, ...]
    page: str
    title: str
    number: str
    dates: str
    years: str
    decade: str  # 1950s, by its first year; nothing where that is not known
    stage: str
    episodes: tuple[EpisodeRef, ...]
    participants: str
    opponents: tuple[str, ...]
    codings: tuple[CodingView, ...]  # without what came before, and what changed beneath them
    plain: Markup  # the narrative without note marks
    factual: str
    hypotheses: tuple[HypothesisView, ...]
    tests: tuple[TestLine, ...]
    pieces: int  # of evidence
    searches: int
    notes: int
    sources: tuple[tuple[str, SourceUse], ...]  # by a source's key: what rests on it here
    quotes: tuple[tuple[str, NoteUse], ...]  # by a quote's key: where it is used here
    found: bytes  # what the site's search finds of it: JSON, compressed
