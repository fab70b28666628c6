"""What an audit shows: frozen values, from the code down to the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evidence.audit.challenged import Challenged
from evidence.inference.robust import Robustness
from evidence.vocabulary import Round

__all__ = [
    "Brought", "Claimed", "Code", "Meaning", "Observed", "Quoted", "Ruled", "Searched", "Signed", "Tested", "Weighed", "Why",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote, and the document that it comes from."""

    key: str
    words: str
    transliteration: str
    translation: str
    translator: str
    language: str  # of the words (BCP 47)
    foreign: bool  # not in the study's language
    redactions: tuple[str, ...]  # marks of what was withheld within the words
    locator: dict[str, str]
    state: str
    verified_edition: str
    verified_at: datetime | None
    first_seen_at: datetime
    note: str
    source: str
    title: str
    archive: str
    classification: str
    tier: str
    access: str
    redacted: bool  # words of the source were withheld
    criticism: dict[str, str]  # of the source: author, position_to_know, motive ...
    lineage: tuple[str, ...]  # the sources that it takes its words from, the last is the root
    url: str


@dataclass(frozen=True, slots=True)
class Observed:
    """An observation with the quotes that it rests on."""

    key: str
    proposition: str
    inference: str
    speaker: str
    occurred: str | None
    lineage: str
    note: str
    first_seen_at: datetime
    quotes: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """A search: what was looked for, where, and what came of it."""

    key: str
    question: str
    corpus: str
    terms: tuple[str, ...]
    period: str | None
    coverage: str
    gaps: str
    sensitivity: Any
    hits: int | None
    found: str
    status: str
    coder: str
    searched_on: str | None
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Brought:
    """An observation or a search, as it was brought to a test."""

    direction: str
    note: str
    p_hypothesis: Any
    p_rival: Any
    observation: Observed | None
    search: Searched | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a result weighs for the test's hypothesis, in dB; or what was found, where it counts in its place."""

    evidence: str  # the observation or search whose own likelihoods count; else empty
    weight: float  # of the middle of what was stated
    low: float  # the least that ranges and words allow
    high: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a test's result means in words, for its hypothesis and its rival; and what either would mean."""

    hypothesis: str
    rival: str
    passed: tuple[str, str]  # for hypothesis and rival, if it passes
    failed: tuple[str, str]  # and if it fails


@dataclass(frozen=True, slots=True)
class Tested:
    """A test, with all that was brought to it.

    ``timing`` is computed: ``a priori`` if it was declared before any of its evidence was first seen,
    ``post hoc`` if not, nothing while there is no evidence. ``weight`` is in dB for the hypothesis: what its
    result says by the probabilities stated, evidence of one lineage counted once; nothing where it counts
    nothing, and ``uncounted`` says why.
    """

    key: str
    hypothesis: str
    statement: str
    rival: str
    rival_statement: str
    kind: str
    implied_kind: str | None  # for the hypothesis
    implied: str  # in words, also where it is for the rival: hoop for the rival, uninformative
    disagreement: str  # between the kind declared and the one implied
    duality: str  # how the same record reads for the rival
    target: str
    prediction: str
    if_false: str
    where_to_look: str
    p_hypothesis: Any
    p_rival: Any
    further: tuple[tuple[str, Any], ...]  # P(seen given another hypothesis), by its key
    weight: float | None
    weights: tuple[Weighed, ...]
    uncounted: tuple[str, ...]
    irreversible: tuple[str, ...]  # claims of exactly 0 or 1
    meaning: Meaning
    result: str
    note: str
    declared_at: datetime
    resolved_at: datetime | None
    timing: str
    brought: tuple[Brought, ...]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A hypothesis that the case's tests bear on."""

    key: str
    statement: str
    mechanism: str
    variable: str
    supports: tuple[str, ...]
    rivals: tuple[tuple[str, str], ...]  # key and relation
    prior: Any
    prior_basis: str
    priors: tuple[tuple[str, Any], ...]  # by coder
    residual: bool


@dataclass(frozen=True, slots=True)
class Ruled:
    """A row of the scheme's decision table, in words."""

    number: int  # from 1
    when: tuple[tuple[str, str], ...]  # a sub-judgement, and the values that meet it
    tests: tuple[str, ...]  # what it asks of tests
    code: str | None  # nothing: the coder must choose
    needs: tuple[str, ...]
    note: str
    applied: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """A review: who signed what, and whether what they signed is still as it was."""

    noun: str
    key: str
    coder: str
    verdict: str
    note: str
    reviewed_at: datetime
    state: str  # holds, suspect, or earlier: the same person signed again
    changed: str  # what changed since, in a sentence


@dataclass(frozen=True, slots=True)
class Code:
    """One decision, with what it rests on and what speaks against it."""

    key: str
    variable: str
    label: str
    question: str
    version: str
    value: str | None
    level: str
    definition: str
    rule_value: str | None
    rule: tuple[Ruled, ...]
    sub_judgements: dict[str, str]
    rationale: str
    override_reason: str
    confidence: str | None
    counter_evidence: str
    counterfactual: str
    alternative: str | None
    alternative_reason: str
    coder: str
    round: str
    locator: dict[str, str]  # where it stands in the publication that gave it
    decided_at: datetime
    tests: tuple[Tested, ...]
    against: tuple[Observed, ...]
    searches: tuple[Searched, ...]
    remarks: tuple[str, ...]  # what a reader should look at: nothing here is refused
    state: tuple[str, ...]  # signed, suspect, contested: in a few words each
    suspect: str  # what changed beneath it since it was decided, in a sentence
    contested: tuple[str, ...]  # the codes that others give, where they differ
    settles: tuple[
        str, ...
    ]  # the frozen codes of coders that it settles, if it was adjudicated: ada 2 (its key)
    settled_by: str  # the key of the adjudicated decision that settles it; empty if none does
    robustness: Robustness | None  # of the study's own code of the variable
    told: tuple[str, ...]  # the robustness, a sentence each
    would_change: str  # what would make the code another, in a paragraph
    history: tuple[Code, ...]
    others: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why a case has its codes."""

    case: str
    title: str
    start: str | None
    end: str | None
    status: str
    stage: str  # how far it has come, in words
    screening: str
    profile: str
    threshold: float
    word_scale: Mapping[str, Any]
    codes: tuple[Code, ...]
    hypotheses: tuple[Claimed, ...]
    other_tests: tuple[Tested, ...]
    other_observations: tuple[Observed, ...]
    other_searches: tuple[Searched, ...]
    open_tests: tuple[str, ...]  # declared and not attempted, or inconclusive
    reviews: tuple[Signed, ...]
    challenges: tuple[Challenged, ...]  # what readers doubt, and what they were answered

    @property
    def shown(self) -> tuple[Code, ...]:
        """The codes to show by themselves: a publication's stands beside the study's own, and what is settled beside that."""
        own = {code.variable for code in self.codes if code.round != Round.PUBLISHED}
        return tuple(
            code
            for code in self.codes
            if not code.settled_by and (code.round != Round.PUBLISHED or code.variable not in own)
        )
