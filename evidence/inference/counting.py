"""What counts in the numbers, and what does not: results of tests, evidence in their place, claims of 0 or 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evidence.errors import MethodError
from evidence.inference.body import Body, Evidence, Test
from evidence.inference.likelihoods import Bounds, bounds, decibels
from evidence.inference.odds import relative_bounds
from evidence.inference.removal import carrying
from evidence.keys import listed
from evidence.vocabulary import TestResult

__all__ = [
    "Piece",
    "Stated",
    "claims",
    "counted",
    "own_piece",
    "pieces",
    "result_piece",
    "sensitivities",
    "softened",
    "tokens",
    "uncounted",
]

Stated = tuple[float, float, float]  # the least, the middle and the greatest probability
#: Results that count; the others weigh nothing (METHOD A20).
_SETTLED = (TestResult.PASSED, TestResult.FAILED)
_PAIR = 2  # with a likelihood under one hypothesis alone there is nothing to compare
_SOFT = 0.01  # what a claim of 0 is taken for on request; a claim of 1 is taken for 1 less it


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that counts in the numbers: the result of a test, or evidence that states its own likelihoods.

    Args:
        test: the test's key.
        evidence: the observation or search whose own likelihoods count in place of the test's; else empty.
        result: the test's result.
        stated: for each hypothesis P(prediction seen) or P(this evidence): least, middle and greatest, in [0,1].
            The middle of a range is halfway between its ends. What was stated in dB is relative to the likeliest.
        missed: whether the prediction was looked for and not found, so that 1 - d P counts in place of P.
        sensitivity: of the searches that missed it, d = P(found given it is there): least, middle and greatest.
        tokens: what other pieces may share with it: observations, searches, lineages, sources at their roots.
        relative: whether decibels were stated, so that only ratios between hypotheses mean anything.
    """

    test: str
    evidence: str
    result: str
    stated: Mapping[str, Stated]
    missed: bool = False
    sensitivity: tuple[Stated, ...] = ()
    tokens: frozenset[tuple[str, str]] = frozenset()
    relative: bool = False

    @property
    def key(self) -> str:
        """The test's key, with that of the evidence if that counts in its place."""
        return f"{self.test}, {self.evidence}" if self.evidence else self.test


def counted(body: Body) -> tuple[Piece, ...]:
    """Return everything in a body that counts in numbers, in the order of its tests."""
    return tuple(piece for test in body.tests for piece in pieces(test, body.scale))


def pieces(test: Test, scale: Mapping[str, Any]) -> tuple[Piece, ...]:
    """Return what a test contributes to the numbers: its result, or evidence in its place; never both.

    A passed test counts P(seen); a failed one 1 - d P(seen), where d is the sensitivity of the searches that
    missed it, 1 if none is stated (METHOD 2.6). Evidence that states its own likelihoods counts in the place of
    its test's, for the test's hypothesis and rival. A test that is open counts nothing.

    Args:
        test: the test as it stands.
        scale: the study's scale of words.
    """
    if test.result not in _SETTLED:
        return ()
    own = tuple(piece for one in test.evidence if (piece := own_piece(test, one, scale)))
    whole = result_piece(test, scale)
    return own or ((whole,) if whole else ())


def result_piece(test: Test, scale: Mapping[str, Any]) -> Piece | None:
    """Return what a settled test counts by the likelihoods that it states itself; nothing if it states too few."""
    stated = _stated(_raw(test), scale)
    failed = test.result == TestResult.FAILED
    if len(stated) < _PAIR or (failed and _in_decibels(test)):
        return None
    carried = carrying(test)
    return Piece(
        test=test.key,
        evidence="",
        result=test.result,
        stated=stated,
        missed=failed,
        sensitivity=sensitivities(carried, scale) if failed else (),
        tokens=frozenset().union(*map(tokens, carried)) or frozenset({("test", test.key)}),
        relative=_in_decibels(test),
    )


def _raw(test: Test) -> dict[str, Any]:
    """Return the likelihoods that a test states, by hypothesis; its own two come first, whatever else is said of them."""
    own = {test.hypothesis: test.p_hypothesis, test.rival: test.p_rival}
    return own | {key: p for key, p in test.further.items() if key not in own}


def own_piece(test: Test, one: Evidence, scale: Mapping[str, Any]) -> Piece | None:
    """Return what evidence counts by its own likelihoods; nothing if it states none for both hypotheses."""
    stated = _stated({test.hypothesis: one.p_hypothesis, test.rival: one.p_rival}, scale)
    if len(stated) < _PAIR or not one.done:
        return None
    in_db = any(decibels(p) is not None for p in (one.p_hypothesis, one.p_rival))
    return Piece(test.key, one.key, test.result, stated, tokens=tokens(one), relative=in_db)


def tokens(one: Evidence) -> frozenset[tuple[str, str]]:
    """Return what makes a piece of evidence one with others: itself, its named lineage, its quotes' roots."""
    found = {("search" if one.search else "observation", one.key)}
    found |= {("source", origin.root or origin.source) for origin in one.origins}
    if one.lineage:
        found.add(("lineage", one.lineage))
    return frozenset(found)


def sensitivities(searches: Iterable[Evidence], scale: Mapping[str, Any]) -> tuple[Stated, ...]:
    """Return the sensitivities that searches state in numbers or in words of the scale."""
    found = (bounds(one.sensitivity, scale) for one in searches if one.search and one.done)
    return tuple(_middled(ends) for ends in found if ends is not None)


def _stated(raw: Mapping[str, Any], scale: Mapping[str, Any]) -> dict[str, Stated]:
    """Return the likelihoods that are stated, as probabilities; those in dB alone, if there are any in dB."""
    in_db = {key: ends for key, p in raw.items() if (ends := decibels(p)) is not None}
    if not in_db:
        found = {key: bounds(p, scale) for key, p in raw.items()}
        return {key: _middled(ends) for key, ends in found.items() if ends is not None}
    try:
        spread = relative_bounds(in_db)
    except MethodError:  # further apart than a number can be; ``uncounted`` says so
        return {}
    top = max(high for _, high in in_db.values())
    return {
        key: (spread[key][0], 10 ** (((low + high) / 2 - top) / 10), spread[key][1])
        for key, (low, high) in in_db.items()
    }


def _middled(ends: Bounds) -> Stated:
    low, high = ends
    return low, low if low == high else (low + high) / 2, high


def _in_decibels(test: Test) -> bool:
    return any(decibels(p) is not None for p in (test.p_hypothesis, test.p_rival, *test.further.values()))


# --- What does not count, and what cannot be undone


def uncounted(body: Body) -> tuple[tuple[str, str], ...]:
    """Return what counts nothing in the numbers: pairs of a key and a reason in words."""
    found: list[tuple[str, str]] = []
    for test in body.tests:
        own = [one for one in test.evidence if own_piece(test, one, body.scale)]
        if test.result not in _SETTLED:
            found.append((test.key, f"its result is {test.result}, which weighs 0 dB"))
            continue
        found += [
            (f"{test.key}, {one.key}", why)
            for one in test.evidence
            if one not in own and (why := _unpaired((one.p_hypothesis, one.p_rival), body.scale))
        ]
        if own:
            if test.further:
                found.append(
                    (
                        test.key,
                        f"what was found counts in its place, and says nothing on {listed(test.further)}",
                    )
                )
            continue
        if why := _why_not(test, body.scale):
            found.append((test.key, why))
    return tuple(found)


def _why_not(test: Test, scale: Mapping[str, Any]) -> str:
    raw = _raw(test)
    if test.result == TestResult.FAILED and _in_decibels(test):
        return "it failed, and decibels do not say how likely it was not to be seen"
    if all(p is None for p in raw.values()):
        return "it states no likelihoods"
    return _unpaired(tuple(raw.values()), scale)


def _unpaired(raw: Sequence[Any], scale: Mapping[str, Any]) -> str:
    """Return why one at least of some likelihoods does not count; nothing if all do, or none is stated."""
    if all(p is None for p in raw):
        return ""
    words = [p for p in raw if isinstance(p, str) and decibels(p) is None and bounds(p, scale) is None]
    if words:
        said = listed(f"“{word}”" for word in dict.fromkeys(words))
        return f"the study's scale of words does not have {said}"
    in_db = [decibels(p) is not None for p in raw if p is not None]
    if any(in_db) and not all(in_db):
        return "it states decibels for some hypotheses and probabilities for others; only the decibels count"
    if len(in_db) > 1 and all(in_db) and not _stated({str(number): p for number, p in enumerate(raw)}, scale):
        return "its decibels are too far apart to be meant; state a probability of 0 for what is impossible"
    return "it states a likelihood for one side only" if sum(p is not None for p in raw) == 1 else ""


def claims(body: Body) -> tuple[tuple[str, str, str, float], ...]:
    """Return the claims of a probability of exactly 0 or 1: test, evidence, hypothesis, and the probability.

    No evidence to come can undo what follows from such a claim (METHOD 2.2). The ends of ranges count as claims.
    """
    found = []
    for test in body.tests:
        stated: list[tuple[str, str, Any]] = [
            ("", test.hypothesis, test.p_hypothesis),
            ("", test.rival, test.p_rival),
            *(("", key, p) for key, p in test.further.items()),
        ]
        for one in test.evidence:
            stated += [(one.key, test.hypothesis, one.p_hypothesis), (one.key, test.rival, one.p_rival)]
        found += [
            (test.key, evidence, key, end)
            for evidence, key, p in stated
            for end in sorted({*(bounds(p, body.scale) or ())} & {0.0, 1.0})
        ]
    return tuple(found)


def softened(body: Body) -> Body:
    """Return a body in which every claim of exactly 0 or 1 is taken for .01 or .99; the one that was entered stays."""
    return replace(
        body,
        scale={word: _soft(p) for word, p in body.scale.items()},
        tests=tuple(
            replace(
                test,
                p_hypothesis=_soft(test.p_hypothesis),
                p_rival=_soft(test.p_rival),
                further={key: _soft(p) for key, p in test.further.items()},
                evidence=tuple(
                    replace(one, p_hypothesis=_soft(one.p_hypothesis), p_rival=_soft(one.p_rival))
                    for one in test.evidence
                ),
            )
            for test in body.tests
        ),
    )


def _soft(p: Any) -> Any:
    if isinstance(p, list | tuple):
        low, high = map(_soft, p)
        return [low, high] if low <= high else p
    if isinstance(p, int | float) and not isinstance(p, bool) and p in (0, 1):
        return _SOFT if p == 0 else 1 - _SOFT
    return p
