"""What templates receive of the pages of hypotheses and of kinds of test: frozen and resolved, like all views; see ``views``."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.publish.proof_views import CaseRef, ConsequenceView, HypothesisView
from evidence.publish.views import TestLine

__all__ = ["ClaimRef", "HypothesisEntry", "KindView", "ListedTest", "ResultView", "RivalLine"]


@dataclass(frozen=True, slots=True)
class ClaimRef:
    """A hypothesis, as others point to it; ``page`` is its file's name without ``.html``."""

    key: str
    page: str
    statement: str


@dataclass(frozen=True, slots=True)
class ListedTest:
    """A test with its case and with what it tells apart."""

    __test__ = False  # pytest: a process-tracing test, not one of ours

    case: CaseRef
    test: TestLine
    hypothesis: ClaimRef
    rival: ClaimRef


@dataclass(frozen=True, slots=True)
class ResultView:
    """The tests that came to one result."""

    result: str
    tests: tuple[ListedTest, ...]


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind of test: what it is, and all tests of it in the study."""

    kind: str
    page: str  # its file's name without ``.html``
    means: str  # what sets it apart
    numbers: str  # by which numbers it is implied, without the threshold
    consequences: tuple[ConsequenceView, ...]  # if it is passed, if it is failed
    results: tuple[ResultView, ...]  # of the tests that were declared to be of this kind, by result
    declared: int
    a_priori: int  # of those declared: before their evidence was seen
    post_hoc: int
    same: int  # of those declared: whose numbers imply this kind
    other: int  # of those declared: whose numbers imply another
    implied: tuple[ListedTest, ...]  # whose numbers imply this kind, and that were declared to be of another
    brief: bool  # so many that each is said in a line


@dataclass(frozen=True, slots=True)
class RivalLine:
    """How a hypothesis stands to a rival."""

    claim: ClaimRef
    relation: str
    note: str


@dataclass(frozen=True, slots=True)
class HypothesisEntry:
    """A hypothesis, as its own page shows it: with all its tests, and with those that it is the rival in."""

    one: HypothesisView
    cases: tuple[CaseRef, ...]  # on whose pages it stands
    rivals: tuple[RivalLine, ...]
    own: tuple[ResultView, ...]  # tests in which it predicts
    mirror: tuple[ResultView, ...]  # tests in which another predicts against it
