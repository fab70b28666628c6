"""What templates receive of the evidence: sources, quotes, observations, searches, hypotheses and tests.

Frozen and resolved, like all views; see ``views``.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

__all__ = [
    "BearingView",
    "CaseRef",
    "ConsequenceView",
    "Fact",
    "HypothesisView",
    "ObservationView",
    "QuoteView",
    "RivalView",
    "SearchView",
    "SourceRef",
    "SourceView",
    "TestView",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something with a label: an attribute, a part of an archival path, a point of source criticism."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class CaseRef:
    """A case, as others point to it; ``page`` is its file's name without ``.html``."""

    key: str
    page: str
    title: str
    years: str = ""


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source, as others point to it; ``page`` is its file's name without ``.html``."""

    key: str
    page: str
    title: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source with its full citation and its archival path."""

    key: str
    former: tuple[str, ...]  # keys that it had before: their links still lead here
    page: str
    type: str  # in words
    title: str
    citation: Markup
    short: Markup  # as later notes have it
    recommended: Markup  # as its publisher asks, or nothing
    sort: str
    tier: str
    general: bool
    url: str
    archive: tuple[Fact, ...]
    marks: str  # classification and handling, as marked
    access: str
    rights: str
    language: str
    redacted: bool
    derived_from: str
    criticism: tuple[Fact, ...]
    note: str


@dataclass(frozen=True, slots=True)
class QuoteView:
    """Verbatim words, with where they stand and what was found when they were looked for."""

    key: str
    former: tuple[str, ...]  # keys that it had before: their links still lead here
    words: str
    prefix: str  # with the space that parts it from the words, if one does
    suffix: str
    language: str
    transliteration: str
    translation: str
    translator: str
    redactions: tuple[str, ...]
    note: str
    state: str
    state_words: str
    verified: str
    source: SourceView
    locator: str
    citation: Markup


@dataclass(frozen=True, slots=True)
class BearingView:
    """Evidence brought to a test, or a test to which evidence was brought; ``number`` is the other's."""

    number: str
    direction: str
    likelihoods: str
    note: str


@dataclass(frozen=True, slots=True)
class ObservationView:
    """A piece of evidence: what is observed, what is inferred, and the quotes it rests on."""

    number: str
    key: str
    former: tuple[str, ...]  # keys that it had before: their links still lead here
    proposition: str
    inference: str
    speaker: str
    occurred: str
    lineage: str
    note: str
    first_seen: str
    quotes: tuple[QuoteView, ...]
    bearings: tuple[BearingView, ...]
    against: bool


@dataclass(frozen=True, slots=True)
class SearchView:
    """Where we looked and what for, and what came of it."""

    number: str
    key: str
    former: tuple[str, ...]  # keys that it had before: their links still lead here
    question: str
    corpus: str
    terms: tuple[str, ...]
    period: str
    coverage: str
    gaps: str
    sensitivity: str
    hits: int | None
    found: str
    searched: str
    coder: str
    done: bool
    empty: bool  # made, and nothing answered
    bearings: tuple[BearingView, ...]


@dataclass(frozen=True, slots=True)
class RivalView:
    """How a hypothesis stands to a rival."""

    number: str
    key: str
    statement: str
    relation: str
    note: str


@dataclass(frozen=True, slots=True)
class HypothesisView:
    """A claim; ``number`` is its own on the page where it stands."""

    number: str
    key: str
    page: str  # its own page's file name without ``.html``
    owner: str  # the key of the case that it belongs to; nothing for one of the whole study
    former: tuple[str, ...]  # keys that it had before: their links still lead here
    statement: str
    mechanism: str
    concept: str
    variable: str
    supports: tuple[str, ...]
    prior: str
    prior_basis: str
    residual: bool
    rivals: tuple[RivalView, ...]


@dataclass(frozen=True, slots=True)
class ConsequenceView:
    """What a result of a test means, as the field accepts it, by the kind that was declared."""

    result: str  # passed or failed
    came: bool  # it is the test's own result; else what it would mean
    hypothesis: str  # "stays in the running; not confirmed"
    rival: str


@dataclass(frozen=True, slots=True)
class TestView:
    """A prediction against a named rival, and what became of it."""

    __test__ = False  # pytest: a process-tracing test, not one of ours

    number: str
    key: str
    former: tuple[str, ...]  # keys that it had before: their links still lead here
    hypothesis: str  # H1
    rival: str  # H2
    hypothesis_key: str
    rival_key: str
    hypothesis_statement: str
    rival_statement: str
    kind: str
    implied: str  # what the stated probabilities imply: a kind, "hoop for the rival", "uninformative", or ""
    target: str
    prediction: str
    if_false: str
    where_to_look: str
    p_hypothesis: str
    p_rival: str
    declared: str
    timing: str  # computed: a priori, post hoc, or "no evidence brought yet"
    result: str
    resolved: str
    weight: str  # LR and dB, or words
    note: str
    irreversible: tuple[str, ...]
    consequences: tuple[ConsequenceView, ...]  # of its result; of both that it may have, if it has neither
    bearings: tuple[BearingView, ...]
