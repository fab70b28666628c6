"""What a code's support comes down to: its tests, what was brought to them, and which documents that goes back to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evidence.inference.body import Body, Code, Evidence, Origin, Test
from evidence.vocabulary import Direction, Round, TestResult

__all__ = [
    "SETTLED",
    "carrying",
    "clusters",
    "documents",
    "ours",
    "relied",
    "shared",
    "support",
    "supporting",
]

#: Results that say something; the others count nothing (METHOD 2.2).
SETTLED = frozenset({TestResult.PASSED, TestResult.FAILED})
#: What documents may have in common, from the narrowest to the widest: what it is called, and where it stands.
SHARED: Mapping[str, str] = {
    "source": "source",
    "author": "author",
    "archive": "archive",
    "language": "language",
}


def ours(body: Body) -> tuple[Code, ...]:
    """Return the standing codes that give a level and are the study's own: those of publications are quoted."""
    return tuple(code for code in body.codes if code.round != Round.PUBLISHED and code.value is not None)


def relied(body: Body, code: Code) -> tuple[Test, ...]:
    """Return the tests that a code relies on."""
    named = set(code.tests)
    return tuple(test for test in body.tests if test.key in named)


def supporting(body: Body, code: Code) -> tuple[Test, ...]:
    """Return the tests relied on that came out for the code's level.

    A test supports it if it passed and its hypothesis supports that level, or if it failed and its rival does.
    """
    return tuple(test for test in relied(body, code) if _supports(body, code, test))


def _supports(body: Body, code: Code, test: Test) -> bool:
    if test.result not in SETTLED:
        return False
    claim = body.hypotheses.get(test.hypothesis if test.result == TestResult.PASSED else test.rival)
    return claim is not None and claim.variable == code.variable and code.value in claim.supports


def carrying(test: Test) -> tuple[Evidence, ...]:
    """Return what carried a test's result: what was brought for it if it passed, against it if it failed."""
    way = {TestResult.PASSED: Direction.FOR, TestResult.FAILED: Direction.AGAINST}.get(
        TestResult(test.result)
    )
    return tuple(one for one in test.evidence if one.direction == way and one.done)


def support(body: Body, code: Code) -> tuple[Evidence, ...]:
    """Return the evidence under a code's level, each observation or search once."""
    found = {(one.search, one.key): one for test in supporting(body, code) for one in carrying(test)}
    return tuple(found.values())


def documents(evidence: Iterable[Evidence]) -> tuple[Origin, ...]:
    """Return the quotes that observations rest on, each once, with the documents behind them."""
    return tuple({origin.quote: origin for one in evidence for origin in one.origins}.values())


def shared(origins: Sequence[Origin], what: str) -> str:
    """Return the one archive, author, language or source of all documents; nothing if they differ or one is unknown."""
    values = {getattr(origin, SHARED[what]) for origin in origins}
    return str(next(iter(values))) if len(values) == 1 else ""


def clusters(evidence: Iterable[Evidence]) -> tuple[tuple[Evidence, ...], ...]:
    """Return pieces of evidence in clusters that go back to one origin.

    Two pieces belong together if they share the lineage that the analyst named or the source at the beginning of
    a quote's lineage; what shares nothing is a cluster of its own.
    """
    found: list[tuple[set[Any], list[Evidence]]] = []
    for one in evidence:
        tokens: set[Any] = {("source", origin.root) for origin in one.origins} | {(one.search, one.key)}
        if one.lineage:
            tokens.add(("lineage", one.lineage))
        members = [one]
        apart = []
        for known, others in found:
            if known & tokens:
                tokens |= known
                members = [*others, *members]
            else:
                apart.append((known, others))
        found = [*apart, (tokens, members)]
    return tuple(tuple(members) for _, members in found)
