"""What an audit shows: frozen values, from the code down to the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["Brought", "Code", "Observed", "Quoted", "Searched", "Tested", "Why"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote, and the document that it comes from."""

    key: str
    words: str
    translation: str
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
class Tested:
    """A test, with all that was brought to it.

    ``timing`` is computed: ``a priori`` if it was declared before any of its evidence was first seen,
    ``post hoc`` if not, nothing while there is no evidence. ``weight`` is in dB for the hypothesis: what
    passing, or failing, says by the probabilities stated; nothing where they are not numbers.
    """

    key: str
    hypothesis: str
    statement: str
    rival: str
    rival_statement: str
    kind: str
    implied_kind: str | None
    target: str
    prediction: str
    if_false: str
    where_to_look: str
    p_hypothesis: Any
    p_rival: Any
    weight: float | None
    result: str
    note: str
    declared_at: datetime
    resolved_at: datetime | None
    timing: str
    brought: tuple[Brought, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """One decision, with what it rests on and what speaks against it."""

    key: str
    variable: str
    label: str
    version: str
    value: str | None
    level: str
    rule_value: str | None
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
    decided_at: datetime
    tests: tuple[Tested, ...]
    against: tuple[Observed, ...]
    searches: tuple[Searched, ...]
    remarks: tuple[str, ...]  # what a reader should look at: nothing here is refused
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
    codes: tuple[Code, ...]
    other_tests: tuple[Tested, ...]
    other_searches: tuple[Searched, ...]
