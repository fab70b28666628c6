"""The study audited as a whole: what its codes rest on alone, how tough it was on rivals, and what is thin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.audit.bodies import bodies
from evidence.audit.chain import Chain, standing
from evidence.audit.support import (
    clusters,
    documents,
    ours,
    relied,
    shared,
    support,
    supporting,
)
from evidence.inference.body import Body, Code, Hypothesis, Test
from evidence.inference.stages import STAGES, stage
from evidence.vocabulary import QuoteState, Round, SearchStatus, TestKind, TestResult

__all__ = [
    "Alone",
    "Overview",
    "Put",
    "Share",
    "Tally",
    "Thin",
    "Toughness",
    "alone",
    "overview",
    "toughness",
]

#: A process-traced case with fewer pieces of evidence, or fewer tests attempted, is called thin.
FEWEST_PIECES, FEWEST_TESTS = 3, 3


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with the keys of what it is made of."""

    part: int
    whole: int
    keys: tuple[str, ...] = ()

    @property
    def fraction(self) -> float | None:
        """The share in [0,1]; nothing of nothing."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Alone:
    """Codes whose support has one thing in common: one lineage, source, author, archive or language."""

    what: str
    codes: Share  # keys: of the decisions
    names: tuple[tuple[str, str], ...]  # the decision's key, and which lineage, source, author ... it is


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tests of one kind came to each result."""

    kind: str
    results: tuple[tuple[str, int], ...]  # in the order of the vocabulary, zeros too

    @property
    def total(self) -> int:
        """All tests of the kind."""
        return sum(number for _, number in self.results)


@dataclass(frozen=True, slots=True)
class Put:
    """What one hypothesis was put to in a case: tests where it was the one predicting."""

    hypothesis: str
    tests: int  # attempted
    passed: int
    failed: int
    searches: int  # made, and brought to those tests
    sources: int  # documents quoted in what was brought to them


@dataclass(frozen=True, slots=True)
class Toughness:
    """The hypothesis that carries a code, beside its rivals: equal toughness is measurable (METHOD 2.4)."""

    case: str
    code: str
    variable: str
    value: str
    favourite: Put
    rivals: tuple[Put, ...]


@dataclass(frozen=True, slots=True)
class Thin:
    """A process-traced case with little under it."""

    case: str
    pieces: int  # observations and searches brought to its tests
    tests: int  # attempted


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of a study-level audit. Shares are of codes that are the study's own and give a level."""

    cases: int
    stages: tuple[tuple[str, int], ...]  # how far they have come, from the last stage to the first
    codes: int
    supported: int  # codes that some test came out for; the shares in ``alone`` are of these
    alone: tuple[Alone, ...]
    archives: tuple[tuple[str, int], ...]  # documents under any code, by archive; an empty name is unknown
    authors: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    tiers: tuple[tuple[str, int], ...]
    thin: tuple[Thin, ...]
    a_priori: Share  # of the tests attempted that have evidence: those declared before any of it was seen
    tests: tuple[Tally, ...]
    numbers: Share  # of all tests: those that state a number, or a range, for hypothesis and rival
    toughness: tuple[Toughness, ...]
    quotes: tuple[tuple[str, int], ...]  # by state, in the order of the vocabulary
    overrides: Share  # of our codes: those that depart from the scheme's rule
    contested: Share  # of our codes: those where another coder or publication gives another
    searches: Share  # of the searches made: those with known gaps
    unmade: int  # searches that were not made
    without_hits: int  # searches made that found nothing


def overview(chain: Chain, built: Mapping[Any, Body] | None = None) -> Overview:
    """Return the numbers of a study-level audit.

    Args:
        chain: of the whole study (``chain.load`` without a case).
        built: its bodies of evidence, if they have been made already.
    """
    made = bodies(chain) if built is None else built
    codes = [(body, code) for body in made.values() for code in ours(body)]
    held = [(body, code) for body, code in codes if supporting(body, code)]
    tests = [test for body in made.values() for test in body.tests]
    timed = [test for test in tests if test.result != TestResult.NOT_ATTEMPTED and test.timing]
    searched = [row for row in chain.searches.values() if row.status == SearchStatus.DONE]
    under = {o.source: o for body, code in held for o in documents(support(body, code))}.values()
    return Overview(
        cases=len(chain.cases),
        stages=_stages(chain),
        codes=len(codes),
        supported=len(held),
        alone=tuple(_alone(what, held) for what in ("lineage", "source", "author", "archive", "language")),
        archives=_counted(origin.archive for origin in under),
        authors=_counted(origin.author for origin in under),
        languages=_counted(origin.language for origin in under),
        tiers=_counted(origin.tier for origin in under),
        thin=tuple(_thin(made.values())),
        a_priori=_share((test.key for test in timed if test.timing == "a priori"), len(timed)),
        tests=tuple(_tally(kind, tests) for kind in TestKind),
        numbers=_share((t.key for t in tests if _number(t.p_hypothesis) and _number(t.p_rival)), len(tests)),
        toughness=tuple(t for body, code in codes for t in toughness(body, code)),
        quotes=_in_order((row.state for row in chain.quotes.values()), QuoteState),
        overrides=_overrides(chain),
        contested=_share((code.key for _, code in codes if code.contested), len(codes)),
        searches=_share((row.key for row in searched if (row.gaps or "").strip()), len(searched)),
        unmade=len(chain.searches) - len(searched),
        without_hits=sum(row.hits == 0 for row in searched),
    )


def toughness(body: Body, code: Code) -> Iterator[Toughness]:
    """Yield what the hypotheses that carry a code were put to, beside the rivals that do not support it.

    A hypothesis carries the code if a test of its own, relied on, passed, and it supports the level. Its rivals
    here are those that it was tested against and that do not support the level themselves.
    """
    if code.value is None:
        return
    carried = {
        test.hypothesis: None
        for test in supporting(body, code)
        if test.result == TestResult.PASSED and test in relied(body, code)
    }
    for key in carried:
        rivals = sorted({r for test in body.tests for r in _against(test, key)})
        put = tuple(_put(body, rival) for rival in rivals if not _for(body.hypotheses.get(rival), code))
        if put:
            yield Toughness(body.case, code.key, code.variable, code.value, _put(body, key), put)


def _against(test: Test, key: str) -> Sequence[str]:
    """Return the rival that a test tells a hypothesis from."""
    return (test.rival,) if test.hypothesis == key else (test.hypothesis,) if test.rival == key else ()


def _for(hypothesis: Hypothesis | None, code: Code) -> bool:
    return (
        hypothesis is not None and hypothesis.variable == code.variable and code.value in hypothesis.supports
    )


def _put(body: Body, key: str) -> Put:
    own = [t for t in body.tests if t.hypothesis == key and t.result != TestResult.NOT_ATTEMPTED]
    brought = [one for test in own for one in test.evidence]
    return Put(
        hypothesis=key,
        tests=len(own),
        passed=sum(test.result == TestResult.PASSED for test in own),
        failed=sum(test.result == TestResult.FAILED for test in own),
        searches=len({one.key for one in brought if one.search and one.done}),
        sources=len({origin.source for origin in documents(brought)}),
    )


def alone(body: Body, code: Code, what: str) -> str:
    """Return the one lineage, source, author, archive or language of a code's support; nothing if there are more.

    A search goes back to no document, so support by a search besides is not of one lineage or source.
    """
    evidence = support(body, code)
    origins = documents(evidence)
    if what in ("lineage", "source") and (len(clusters(evidence)) != 1 or not origins):
        return ""
    if what == "lineage":
        return evidence[0].lineage or origins[0].root
    return shared(origins, what)


def _alone(what: str, held: Sequence[tuple[Body, Code]]) -> Alone:
    names = tuple((code.key, name) for body, code in held if (name := alone(body, code, what)))
    return Alone(what, _share((key for key, _ in names), len(held)), names)


def _thin(made: Iterable[Body]) -> Iterator[Thin]:
    for body in made:
        tried = [test for test in body.tests if test.result != TestResult.NOT_ATTEMPTED]
        pieces = {(one.search, one.key) for test in tried for one in test.evidence}
        if tried and (len(pieces) < FEWEST_PIECES or len(tried) < FEWEST_TESTS):
            yield Thin(body.case, len(pieces), len(tried))


def _stages(chain: Chain) -> tuple[tuple[str, int], ...]:
    reached = Counter(
        stage(row.status, (chain.tests[test].result for test in chain.tests_of.get(i, ())))
        for i, row in chain.cases.items()
    )
    return tuple((name, reached[name]) for name in STAGES)


def _tally(kind: TestKind, tests: Iterable[Test]) -> Tally:
    return Tally(kind.value, _in_order((test.result for test in tests if test.kind == kind), TestResult))


def _overrides(chain: Chain) -> Share:
    """Return our standing codes that depart from what the scheme's rule gave, of all that a rule spoke to."""
    own = [
        row
        for made in chain.decisions_of.values()
        for row in standing([chain.decisions[i] for i in made])
        if row.round != Round.PUBLISHED and chain.versions[row.variable_version_id].rule
    ]
    return _share((row.key for row in own if row.rule_value != row.value), len(own))


def _number(value: Any) -> bool:
    """Tell whether a likelihood is stated as a number or as a range."""
    return isinstance(value, int | float | list | tuple) and not isinstance(value, bool)


def _counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return how often each name comes, the most frequent first."""
    return tuple(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))


def _in_order(values: Iterable[str], words: Any) -> tuple[tuple[str, int], ...]:
    number = Counter(values)
    return tuple((word.value, number[word.value]) for word in words)


def _share(keys: Iterable[str], whole: int) -> Share:
    named = tuple(keys)
    return Share(len(named), whole, named)
