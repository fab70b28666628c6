"""The study audited as a whole: what its codes rest on alone, how tough it was on rivals, and what is thin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    "Document",
    "Overview",
    "Part",
    "Put",
    "Searched",
    "Share",
    "Tally",
    "Thin",
    "Toughness",
    "alone",
    "overview",
    "part",
    "searched",
    "together",
    "toughness",
]

#: A process-traced case with fewer pieces of evidence, or fewer tests attempted, is called thin.
FEWEST_PIECES, FEWEST_TESTS = 3, 3
#: What a code's support may have in common.
COMMON = ("lineage", "source", "author", "archive", "language")


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
class Searched:
    """The searches of a study, counted."""

    gaps: Share  # of the searches made: those with known gaps
    unmade: int
    without_hits: int


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


@dataclass(frozen=True, slots=True)
class Document:
    """A document under a code, as far as it is counted."""

    source: str
    archive: str
    author: str
    language: str
    tier: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one case gives to the numbers of the study: small enough to keep for every case of a large study."""

    stage: str
    codes: tuple[str, ...] = ()  # decisions' keys: the study's own that give a level
    held: tuple[str, ...] = ()  # those that some test came out for
    alone: tuple[tuple[tuple[str, str], ...], ...] = ((),) * len(COMMON)  # as ``Alone.names``
    documents: tuple[Document, ...] = ()  # under the codes that are held
    thin: tuple[Thin, ...] = ()
    timed: int = 0  # tests attempted that have evidence
    a_priori: tuple[str, ...] = ()
    tests: tuple[tuple[str, str], ...] = ()  # kind and result of each
    numbers: tuple[str, ...] = ()
    toughness: tuple[Toughness, ...] = ()
    ruled: int = 0  # codes to which a rule spoke
    overrides: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()


def overview(chain: Chain, built: Mapping[Any, Body] | None = None) -> Overview:
    """Return the numbers of a study-level audit.

    Args:
        chain: of the whole study (``chain.load`` without a case).
        built: its bodies of evidence, if they have been made already.
    """
    made = bodies(chain) if built is None else built
    quotes = Counter(row.state for row in chain.quotes.values())
    return together(
        (part(chain, made, case) for case in chain.cases), quotes, searched(chain.searches.values())
    )


def searched(searches: Collection[Any]) -> Searched:
    """Return a study's searches, counted."""
    done = [row for row in searches if row.status == SearchStatus.DONE]
    return Searched(
        _share((row.key for row in done if (row.gaps or "").strip()), len(done)),
        len(searches) - len(done),
        sum(row.hits == 0 for row in done),
    )


def part(chain: Chain, built: Mapping[Any, Body], case: Any) -> Part:
    """Return what one case gives to the numbers of the study.

    Args:
        chain: of the study, or of some of its cases.
        built: the bodies of evidence of its cases.
        case: the case's id.
    """
    results = (chain.tests[test].result for test in chain.tests_of.get(case, ()))
    reached = stage(chain.cases[case].status, results)
    body = built.get(case)
    if body is None:
        return Part(reached)
    codes = ours(body)
    held = [code for code in codes if supporting(body, code)]
    timed = [test for test in body.tests if test.result != TestResult.NOT_ATTEMPTED and test.timing]
    under = {o.source: o for code in held for o in documents(support(body, code))}.values()
    ruled = list(_ruled(chain, case))
    return Part(
        stage=reached,
        codes=tuple(code.key for code in codes),
        held=tuple(code.key for code in held),
        alone=tuple(
            tuple((code.key, name) for code in held if (name := alone(body, code, what))) for what in COMMON
        ),
        documents=tuple(Document(o.source, o.archive, o.author, o.language, o.tier) for o in under),
        thin=tuple(_thin(body)),
        timed=len(timed),
        a_priori=tuple(test.key for test in timed if test.timing == "a priori"),
        tests=tuple((str(test.kind), str(test.result)) for test in body.tests),
        numbers=tuple(t.key for t in body.tests if _number(t.p_hypothesis) and _number(t.p_rival)),
        toughness=tuple(one for code in codes for one in toughness(body, code)),
        ruled=len(ruled),
        overrides=tuple(row.key for row in ruled if row.rule_value != row.value),
        contested=tuple(code.key for code in codes if code.contested),
    )


def together(parts: Iterable[Part], quotes: Mapping[str, int], searches: Searched) -> Overview:
    """Return the numbers of a study from those of its cases.

    Args:
        parts: what each case gives.
        quotes: how many quotes of the study are in which state.
        searches: its searches, counted.
    """
    cases = list(parts)
    under = {one.source: one for case in cases for one in case.documents}.values()
    tests = Counter(test for case in cases for test in case.tests)
    reached = Counter(case.stage for case in cases)
    codes = sum(len(case.codes) for case in cases)
    held = sum(len(case.held) for case in cases)
    names = [tuple(name for case in cases for name in case.alone[n]) for n in range(len(COMMON))]
    return Overview(
        cases=len(cases),
        stages=tuple((name, reached[name]) for name in STAGES),
        codes=codes,
        supported=held,
        alone=tuple(
            Alone(what, _share((key for key, _ in named), held), named)
            for what, named in zip(COMMON, names, strict=True)
        ),
        archives=_counted(one.archive for one in under),
        authors=_counted(one.author for one in under),
        languages=_counted(one.language for one in under),
        tiers=_counted(one.tier for one in under),
        thin=tuple(one for case in cases for one in case.thin),
        a_priori=_share((key for case in cases for key in case.a_priori), sum(case.timed for case in cases)),
        tests=tuple(
            Tally(kind.value, tuple((result.value, tests[kind.value, result.value]) for result in TestResult))
            for kind in TestKind
        ),
        numbers=_share((key for case in cases for key in case.numbers), tests.total()),
        toughness=tuple(one for case in cases for one in case.toughness),
        quotes=tuple((state.value, quotes.get(state.value, 0)) for state in QuoteState),
        overrides=_share(
            (key for case in cases for key in case.overrides), sum(case.ruled for case in cases)
        ),
        contested=_share((key for case in cases for key in case.contested), codes),
        searches=searches.gaps,
        unmade=searches.unmade,
        without_hits=searches.without_hits,
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


def _thin(body: Body) -> Iterator[Thin]:
    tried = [test for test in body.tests if test.result != TestResult.NOT_ATTEMPTED]
    pieces = {(one.search, one.key) for test in tried for one in test.evidence}
    if tried and (len(pieces) < FEWEST_PIECES or len(tried) < FEWEST_TESTS):
        yield Thin(body.case, len(pieces), len(tried))


def _ruled(chain: Chain, case: Any) -> Iterator[Any]:
    """Yield our standing decisions of a case to which the scheme's rule spoke."""
    for row in standing(chain.decisions[i] for i in chain.decisions_of.get(case, ())):
        if row.round != Round.PUBLISHED and chain.versions[row.variable_version_id].rule:
            yield row


def _number(value: Any) -> bool:
    """Tell whether a likelihood is stated as a number or as a range."""
    return isinstance(value, int | float | list | tuple) and not isinstance(value, bool)


def _counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return how often each name comes, the most frequent first."""
    return tuple(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))


def _share(keys: Iterable[str], whole: int) -> Share:
    named = tuple(keys)
    return Share(len(named), whole, named)
