"""The body of evidence of a case, as reasoning sees it: plain values, whoever read them from where.

Everything here is known by its key. Likelihoods stand as they were stated: nothing, a number in [0,1], a
range, words, or decibels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evidence.vocabulary import Round

__all__ = ["Body", "Code", "Evidence", "Hypothesis", "Origin", "Test", "contested", "silent"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an observation comes from: one of its quotes, and the document behind it."""

    quote: str
    source: str
    root: str  # the source at the beginning of its lineage; the source itself where it is derived from none
    archive: str = ""  # the repository
    author: str = ""
    tier: str = ""  # primary, secondary, dataset, news
    language: str = ""
    redacted: bool = False
    state: str = ""  # what was found when the quote was last looked for


@dataclass(frozen=True, slots=True)
class Evidence:
    """An observation or a search, as it was brought to one test."""

    key: str
    search: bool  # a search; else an observation
    direction: str  # for, or against, the test's hypothesis
    p_hypothesis: Any = None  # P(this given the hypothesis), as stated
    p_rival: Any = None
    lineage: str = ""  # the cluster that the analyst named
    origins: tuple[Origin, ...] = ()
    coder: str = ""  # who searched
    done: bool = True  # false for a search that was not made
    sensitivity: Any = None  # of a search: P(found given it exists and was searched), as stated


@dataclass(frozen=True, slots=True)
class Test:
    """A prediction of a hypothesis against a rival, with its result and what was brought to it."""

    __test__ = False  # pytest: a process-tracing test, not one of ours

    key: str
    hypothesis: str
    rival: str
    kind: str
    result: str
    p_hypothesis: Any = None  # P(prediction seen given the hypothesis), as stated
    p_rival: Any = None
    further: Mapping[str, Any] = field(default_factory=dict)  # the same given other hypotheses
    evidence: tuple[Evidence, ...] = ()
    timing: str = ""  # a priori, post hoc, or nothing while there is no evidence


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A claim that tests bear on."""

    key: str
    variable: str = ""  # the variable whose levels it supports
    supports: frozenset[str] = frozenset()
    prior: Any = None  # as stated
    priors: Mapping[str, Any] = field(default_factory=dict)  # by coder
    exclusive: frozenset[str] = frozenset()  # the hypotheses that it is declared to exclude
    residual: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A decision that nothing has superseded."""

    key: str
    variable: str
    value: str | None  # nothing if it cannot be coded
    coder: str
    round: str
    tests: tuple[str, ...] = ()  # relied on
    against: tuple[str, ...] = ()  # observations considered against it
    searches: tuple[str, ...] = ()  # named, and made
    judgements: Mapping[str, str] = field(default_factory=dict)
    rule: tuple[Mapping[str, Any], ...] = ()  # the decision table that it was coded by
    needs: tuple[str, ...] = ()  # what its level needs, by the scheme: search, counterfactual
    contested: bool = False  # another coder or publication gives another code


@dataclass(frozen=True, slots=True)
class Body:
    """All that the codes of one case rest on."""

    case: str
    hypotheses: Mapping[str, Hypothesis] = field(default_factory=dict)
    tests: tuple[Test, ...] = ()
    codes: tuple[Code, ...] = ()  # for each variable the study's code first, then those of others
    scale: Mapping[str, Any] = field(default_factory=dict)  # words of likelihood: number or range
    profile: str = "published-labels"


def silent(code: Any) -> bool:
    """Tell whether a code, anything with a round and a value, is a publication's that leaves the case out."""
    return bool(code.round == Round.PUBLISHED and code.value is None)


def contested(codes: Iterable[Any]) -> bool:
    """Tell whether standing codes of one case on one variable differ; whoever leaves a case out contests nothing.

    Args:
        codes: anything with a round and a value. That a coder finds a case not codable is a finding, and differs from a
            level; that a publication gives none is not.
    """
    return len({code.value for code in codes if not silent(code)}) > 1
