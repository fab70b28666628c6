"""The method's words: every closed list that a table, a command or a template may use.

Each word is defined once, here. Members are what is stored, typed and printed. ``docs`` gives the
sentence that help texts and the manual show.
"""

from enum import StrEnum

__all__ = [
    "PROFILES",
    "Access",
    "Answer",
    "CaseStatus",
    "CommitmentKind",
    "Confidence",
    "Direction",
    "LocatorKind",
    "Motivation",
    "QuoteState",
    "Resolution",
    "RivalRelation",
    "Round",
    "Scale",
    "SearchStatus",
    "SourceScope",
    "SourceTier",
    "TestKind",
    "TestResult",
    "TestTarget",
    "Verdict",
]

#: Named thresholds T on likelihood ratios from which a test's kind is implied (METHOD 2.3):
#: Humphreys & Jacobs 2023, figure 5.2, and the value that reproduces eleven published labels.
PROFILES = {"hj2023": 2.0, "published-labels": 4.5}


class CaseStatus(StrEnum):
    """How far a case has been taken: screened from its data, or process-traced."""

    SCREEN = "screen"
    DEEP = "deep"


class Scale(StrEnum):
    """What the levels of a variable mean to arithmetic."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"


class CommitmentKind(StrEnum):
    """What a treaty obliges its members to do."""

    DEFENCE = "defence"
    NEUTRALITY = "neutrality"
    NONAGGRESSION = "nonaggression"
    ENTENTE = "entente"
    CONSULTATION = "consultation"


class TestKind(StrEnum):
    """What passing or failing a test says about its hypothesis (Van Evera 1997)."""

    __test__ = False  # pytest: a process-tracing test, not one of ours

    STRAW_IN_THE_WIND = "straw in the wind"
    HOOP = "hoop"
    SMOKING_GUN = "smoking gun"
    DOUBLY_DECISIVE = "doubly decisive"


class TestTarget(StrEnum):
    """What a test is about: the cause, the outcome, the link between them, or one step of it."""

    __test__ = False

    CAUSE = "cause"
    OUTCOME = "outcome"
    LINK = "link"
    STEP = "step"


class TestResult(StrEnum):
    """How a test came out. Only a documented search that found nothing is a failure."""

    __test__ = False

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOT_ATTEMPTED = "not attempted"


class RivalRelation(StrEnum):
    """How two hypotheses relate (Zaks 2017)."""

    EXCLUSIVE = "exclusive"
    COINCIDENT = "coincident"
    CONGRUENT = "congruent"
    INCLUSIVE = "inclusive"


class SourceTier(StrEnum):
    """Where a source stands towards the events."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DATASET = "dataset"
    NEWS = "news"


class SourceScope(StrEnum):
    """Whether a source serves the whole appendix or particular cases."""

    GENERAL = "general"
    CASE_SPECIFIC = "case-specific"


class Access(StrEnum):
    """Who can get at a source today."""

    OPEN = "open"
    ON_SITE = "on site"
    RESTRICTED = "restricted"
    CLOSED = "closed"


class LocatorKind(StrEnum):
    """What a part of a locator counts."""

    DOCUMENT = "document"
    PAGE = "page"
    FOLIO = "folio"
    FRAME = "frame"
    PARAGRAPH = "paragraph"
    FOOTNOTE = "footnote"
    CHAPTER = "chapter"
    LINE = "line"
    TIME = "time"


class QuoteState(StrEnum):
    """What was found when a quote was last looked for in its source's text."""

    EXACT = "exact"
    TYPOGRAPHIC = "typographic"
    ELIDED = "elided"
    NOT_FOUND = "not found"
    NO_TEXT_HELD = "no text held"


class SearchStatus(StrEnum):
    """Whether a search was made. One that was not made supports no claim of absence."""

    DONE = "done"
    NOT_ATTEMPTED = "not attempted"


class Direction(StrEnum):
    """Which way a bearing points: for the test's hypothesis, or against it."""

    FOR = "for"
    AGAINST = "against"


class Confidence(StrEnum):
    """How sure a coder is of a code."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Round(StrEnum):
    """Under what conditions a code was given."""

    OPEN = "open"
    BLIND = "blind"
    ADJUDICATED = "adjudicated"
    PUBLISHED = "published elsewhere"


class Verdict(StrEnum):
    """What a reviewer says of what they signed."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    UNDECIDED = "undecided"


class Motivation(StrEnum):
    """Why a reader writes (the words of W3C's Web Annotations): to ask, or to say that something is wrong."""

    QUESTIONING = "questioning"
    ASSESSING = "assessing"


class Answer(StrEnum):
    """What came of a reader's challenge: the study follows it, in part or not at all."""

    UPHELD = "upheld"
    PARTLY = "partly"
    REJECTED = "rejected"


class Resolution(StrEnum):
    """Which value of a conflict between two copies of a ledger a person chose: ours, theirs or another."""

    OURS = "ours"
    THEIRS = "theirs"
    OTHER = "other"
