"""What templates receive of the reasoning: figures as places and lengths, reviews, and how far codes hold.

Frozen and resolved, like all views; see ``views``.
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence.publish.proof_views import CaseRef, Fact, SourceRef

__all__ = [
    "AuditView",
    "BarView",
    "BarsView",
    "CodeRef",
    "LabelView",
    "LeadView",
    "OverrideView",
    "PointView",
    "PutView",
    "RegionView",
    "RemarkView",
    "ReviewView",
    "RobustView",
    "RobustnessView",
    "ShareView",
    "SquareView",
    "TallyView",
    "ThinView",
    "TotalView",
    "ToughView",
    "Words",
]


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of a sentence; one with a number stands for a record on the page, and leads there."""

    words: str
    number: str = ""  # T1, E3, H2; or nothing
    source: SourceRef | None = None  # of a document's key


@dataclass(frozen=True, slots=True)
class RegionView:
    """A part of the square in which numbers imply one kind of test."""

    kind: str
    rival: bool  # below the diagonal: the kind of the same test read for the rival
    corners: tuple[tuple[float, float], ...]  # pairs of x and y, as in PointView
    at: tuple[float, float]  # a place well inside


@dataclass(frozen=True, slots=True)
class PointView:
    """A test in the square; x runs from the left and y from the top, both from 0 to 100."""

    number: str  # T1
    kind: str  # as declared
    implied: str  # as the numbers imply; nothing where ranges allow several kinds
    differs: bool  # declared and implied kinds are not the same
    x: float  # 100 P(seen given the rival)
    y: float  # 100 (1 - P(seen given the hypothesis)); the middle of a range
    box: tuple[float, float, float, float]  # of ranges: left, top, width, height; widths of 0 for numbers
    p_hypothesis: str  # as stated
    p_rival: str


@dataclass(frozen=True, slots=True)
class LabelView:
    """Where the numbers of the tests at one place of the square are written."""

    numbers: tuple[str, ...]
    differs: bool  # for one of them at least
    x: float  # where the words begin, in the middle, or end
    y: float  # of their base line
    anchor: str  # start, middle or end
    to: tuple[float, float]  # what is labelled
    leader: bool  # so far off that a line should lead there


@dataclass(frozen=True, slots=True)
class SquareView:
    """The square of P(seen given the rival) and P(seen given the hypothesis), with a case's tests in it."""

    threshold: str
    regions: tuple[RegionView, ...]
    points: tuple[PointView, ...]
    labels: tuple[LabelView, ...]
    without: tuple[str, ...]  # the numbers of the tests that state no numbers


@dataclass(frozen=True, slots=True)
class BarView:
    """What one test weighs, or evidence in its place; places run from -100 to 100 of the figure's reach."""

    number: str  # T1
    evidence: str  # E3, where evidence that states its own likelihoods counts in the test's place
    result: str
    at: float  # where the bar ends: positive for the hypothesis, negative for the rival
    low: float  # the ends of what ranges and words allow
    high: float
    beyond: bool  # it does not end: a claim of exactly 0 or 1 was made
    words: str  # "+9.0 dB"
    range: str  # "+7.4 to +10.6 dB"; nothing if there is none


@dataclass(frozen=True, slots=True)
class TotalView:
    """What all tests of a pair weigh together; places as in BarView."""

    at: float  # dependent evidence counted once
    independent: float  # all evidence counted as if it were independent
    low: float  # the least over both readings and all ranges
    high: float
    beyond: bool
    words: str
    independent_words: str
    range: str


@dataclass(frozen=True, slots=True)
class BarsView:
    """What the tests that tell a hypothesis from a rival weigh, each and together."""

    hypothesis: str  # H1
    rival: str  # H2
    reach: int  # how many dB 100 stands for: the same in all figures of a case
    bars: tuple[BarView, ...]
    total: TotalView


@dataclass(frozen=True, slots=True)
class RemarkView:
    """Something to know before leaning on a code."""

    label: str
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class LeadView:
    """Two hypotheses that tests tell apart in numbers; the first leads, unless the two are level."""

    hypothesis: str  # H1
    rival: str
    level: bool
    weight: str  # with evidence that shares a document or a lineage counted once
    independent: str  # as if nothing were shared, where that differs
    range: str  # over both readings and all ranges stated, if there are any
    strength: str
    posterior: str  # of the first at equal priors, where the two exclude each other
    prior: str  # of the first, down to which it does not trail
    tipping: str  # by how much every weight would have to shrink until the two are level
    without: tuple[Words, ...]  # what takes the lead away


@dataclass(frozen=True, slots=True)
class RobustView:
    """How far one of the study's codes of a case holds."""

    variable: str
    value: str
    remarks: tuple[RemarkView, ...]
    pairs: tuple[LeadView, ...]
    changes: tuple[Words, ...]  # the paragraph on what would change it


@dataclass(frozen=True, slots=True)
class RobustnessView:
    """How far a case's codes hold."""

    codes: tuple[RobustView, ...]
    remarks: tuple[RemarkView, ...]  # that hold of all of them


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A signature under a case, one of its quotes, tests or codes."""

    of: str  # "the case", "ALLY 2", "T1", "a quote in E3"
    number: str  # of the test or the evidence, for a link; else nothing
    reviewer: str
    signed: str
    verdict: str
    note: str
    latest: bool  # nobody's later signature under the same stands in its place
    changed: tuple[str, ...]  # what changed beneath it since, in sentences: then it is suspect


@dataclass(frozen=True, slots=True)
class CodeRef:
    """A code, as the audit of the study points to it."""

    case: CaseRef
    shown: bool  # the case has a page in this appendix
    variable: str
    value: str
    detail: str  # which archive, author or language it is, if that is the point


@dataclass(frozen=True, slots=True)
class ShareView:
    """A part of a whole."""

    label: str
    part: int
    whole: int
    percent: str  # "67%"; nothing of nothing
    codes: tuple[CodeRef, ...]


@dataclass(frozen=True, slots=True)
class TallyView:
    """How many tests of one kind came to each result, in the order of the audit's ``results``."""

    kind: str
    numbers: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ThinView:
    """A process-traced case with little under it."""

    case: CaseRef
    shown: bool
    pieces: int
    tests: int


@dataclass(frozen=True, slots=True)
class PutView:
    """What a hypothesis was put to: tests where it was the one predicting."""

    statement: str
    tests: int  # attempted
    passed: int
    failed: int
    searches: int
    sources: int


@dataclass(frozen=True, slots=True)
class ToughView:
    """The hypothesis that carries a code, beside its rivals."""

    code: CodeRef
    favourite: PutView
    rivals: tuple[PutView, ...]


@dataclass(frozen=True, slots=True)
class OverrideView:
    """A code that departs from the scheme's rule."""

    code: CodeRef
    rule_value: str  # nothing if the rule gives none
    reason: str


@dataclass(frozen=True, slots=True)
class AuditView:
    """The study audited as a whole."""

    codes: int  # of the study's own, that give a level
    supported: int  # of them: those that a test came out for; the shares in ``alone`` are of these
    alone: tuple[ShareView, ...]
    archives: tuple[Fact, ...]  # and how many documents under any code are there
    authors: tuple[Fact, ...]
    languages: tuple[Fact, ...]
    tiers: tuple[Fact, ...]
    thin: tuple[ThinView, ...]
    a_priori: ShareView
    numbers: ShareView
    results: tuple[str, ...]
    tests: tuple[TallyView, ...]
    toughness: tuple[ToughView, ...]
    quotes: tuple[Fact, ...]  # by state
    overrides: ShareView
    overridden: tuple[OverrideView, ...]
    contested: ShareView
    searches: ShareView
    unmade: int
    without_hits: int
