"""EV8: do the stated likelihoods and priors mean what the tests say?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evidence.audit.checks.ground import Ground
from evidence.audit.checks.rules import Hit, rule
from evidence.audit.support import carrying
from evidence.errors import ValueRefused
from evidence.inference.body import Body, Test
from evidence.inference.likelihoods import NEITHER, RIVAL, bounds, decibels, implied
from evidence.keys import listed, natural
from evidence.vocabulary import PROFILES, TestResult

_SLACK = 1e-6
_CERTAIN = (0.0, 1.0)


@rule(
    "EV801",
    "kind-not-implied",
    source="Humphreys & Jacobs 2023, figure 5.2; the study's profile of test types",
    remedy="Think again about kind or numbers; both stay as they were stated until you change them.",
)
def other_kind(ground: Ground) -> Iterator[Hit]:
    """A test whose numbers imply another kind than was declared is not as strong, or not as weak, as it is called."""
    for body, test in _tests(ground):
        kind = implied(test.p_hypothesis, test.p_rival, body.profile, body.scale)
        if kind is not None and kind.kind is not None and kind.favours != RIVAL and kind.kind != test.kind:
            threshold = f"T={PROFILES[body.profile]:g}"
            yield _of(
                ground, test, f"is declared a {test.kind}, and {_pair(test)} imply a {kind} ({threshold})."
            )


@rule(
    "EV802",
    "irreversible-claim",
    source="Humphreys & Jacobs 2023, ch. 5; Fairfield & Charman: confirmation is a matter of degree",
    remedy="State .99 or .01 unless you would bet everything on it.",
)
def certain(ground: Ground) -> Iterator[Hit]:
    """A probability of exactly 0 or 1 ends an argument for good: no evidence could ever undo it."""
    for body, test in _tests(ground):
        stated = {test.hypothesis: test.p_hypothesis, test.rival: test.p_rival, **test.further}
        said = [f"P given {key} is {_shown(p)}" for key, p in stated.items() if _is_certain(p, body.scale)]
        for one in test.evidence:
            pair = ((test.hypothesis, one.p_hypothesis), (test.rival, one.p_rival))
            said += [
                f"P({one.key} given {key}) is {_shown(p)}" for key, p in pair if _is_certain(p, body.scale)
            ]
        if said:
            yield _of(ground, test, f"claims for good: {listed(said)}.")


@rule(
    "EV803",
    "word-not-on-the-scale",
    source="the study's word scale",
    remedy="Add the word to the scale ('evidence study edit --word-scale'), or use one that is on it.",
)
def unknown_word(ground: Ground) -> Iterator[Hit]:
    """A word of likelihood counts only if the study says what it stands for."""
    for body, test in _tests(ground):
        if not body.scale:
            continue
        stated = [test.p_hypothesis, test.p_rival, *test.further.values()]
        stated += [p for one in test.evidence for p in (one.p_hypothesis, one.p_rival)]
        words = {
            p: None
            for p in stated
            if isinstance(p, str) and _decibels(p) is None and bounds(p, body.scale) is None
        }
        if words:
            yield _of(
                ground,
                test,
                f"states {listed(repr(word) for word in words)}, which the word scale does not have.",
            )


@rule(
    "EV804",
    "favours-the-rival",
    source="Humphreys & Jacobs 2023, ch. 5: the likelihood ratio decides for whom a clue speaks",
    remedy="Exchange hypothesis and rival, or correct the numbers.",
)
def wrong_way(ground: Ground) -> Iterator[Hit]:
    """A prediction that the rival makes more confidently than the hypothesis speaks for the rival."""
    for body, test in _tests(ground):
        kind = implied(test.p_hypothesis, test.p_rival, body.profile, body.scale)
        lower = _lower(test, body.scale)
        if (kind is not None and kind.favours == RIVAL) or lower:
            yield _of(
                ground,
                test,
                f"is of {test.hypothesis}, and {_pair(test)} make passing it speak for {test.rival}.",
            )


@rule(
    "EV805",
    "uninformative-test",
    source="Humphreys & Jacobs 2023, ch. 5: a likelihood ratio of 1",
    remedy="Find something that one side expects more than the other, or correct the numbers.",
)
def tells_nothing(ground: Ground) -> Iterator[Hit]:
    """A prediction that both sides make with the same confidence tells nothing, however it comes out."""
    for body, test in _tests(ground):
        kind = implied(test.p_hypothesis, test.p_rival, body.profile, body.scale)
        if kind is not None and kind.favours == NEITHER:
            yield _of(ground, test, f"tells nothing: P is {_shown(test.p_hypothesis)} given either side.")


@rule(
    "EV806",
    "half-a-likelihood",
    source="Humphreys & Jacobs 2023, ch. 5; Fairfield & Charman: a likelihood is relative to another hypothesis's",
    remedy="State the other too ('evidence test edit KEY --p-hypothesis P --p-rival P'), or neither.",
)
def half(ground: Ground) -> Iterator[Hit]:
    """One probability says nothing without the one that it is compared with."""
    for _, test in _tests(ground):
        said = []
        if (test.p_hypothesis is None) != (test.p_rival is None):
            said.append(_half("P", test, test.p_hypothesis))
        if _in_decibels(test.p_hypothesis) != _in_decibels(test.p_rival) and not said:
            said.append(f"states decibels for one side and a probability for the other ({_pair(test)})")
        said += [
            _half(f"P({one.key})", test, one.p_hypothesis)
            for one in test.evidence
            if (one.p_hypothesis is None) != (one.p_rival is None)
        ]
        if said:
            yield _of(ground, test, f"{listed(said)}.")


@rule(
    "EV807",
    "sensitivity-unstated",
    source="Humphreys & Jacobs 2023, ch. 5; with a search of sensitivity d a failure has LR- = (1-d b)/(1-d a)",
    remedy="'evidence search edit KEY --sensitivity 0.5..0.8': how likely was it to be found, if it exists?",
)
def no_sensitivity(ground: Ground) -> Iterator[Hit]:
    """A failure counts in full only if the search would have found what is there."""
    for body, test in _tests(ground):
        numbers = bounds(test.p_hypothesis, body.scale) and bounds(test.p_rival, body.scale)
        if test.result != TestResult.FAILED or not numbers:
            continue
        silent = [one for one in carrying(test) if one.search and bounds(one.sensitivity, body.scale) is None]
        if silent:
            how = "nobody said how likely it was to find what is there"
            if all(one.sensitivity for one in silent):
                how = f"how likely it was to find what is there is said in words: {listed(str(one.sensitivity) for one in silent)}"
            message = f"counts as failed in full: it rests on {listed(one.key for one in silent)}, and {how}."
            yield _of(ground, test, message)


@rule(
    "EV808",
    "priors-do-not-sum",
    source="Rohlfing on competing hypotheses; Bennett 2023 on exclusive hypotheses",
    remedy="Correct the priors or the relation: 'evidence hypothesis edit KEY --prior P'.",
)
def wrong_sum(ground: Ground) -> Iterator[Hit]:
    """Of hypotheses that exclude each other one at most is true, so their priors sum to 1 at most."""
    chain = ground.chain
    exclusive: dict[str, set[str]] = {}
    for body in ground.bodies.values():
        for key, claim in body.hypotheses.items():
            exclusive.setdefault(key, set()).update(claim.exclusive)
    own = {row.key: (i, row) for i, row in chain.hypotheses.items()}
    coders = sorted({coder for pairs in chain.priors.values() for coder, _ in pairs})
    said: dict[str, list[str]] = {}
    for coder in ("", *coders):
        stated = {key: _prior(chain, i, row, coder) for key, (i, row) in own.items()}
        priors = {key: ends for key, p in stated.items() if (ends := bounds(p)) is not None}
        for group in _groups(exclusive, priors):
            low, high = (sum(priors[key][end] for key in group) for end in (0, 1))
            alone = all(exclusive.get(key, set()) <= group for key in group)
            if low > 1 + _SLACK or (alone and len(group) > 1 and high < 1 - _SLACK):
                whose = f"by {coder}" if coder else "as stated"
                names = sorted(group, key=natural)
                total = f"{low:g}" if low == high else f"{low:g}..{high:g}"
                said.setdefault(names[0], []).append(
                    f"the priors of {listed(names)}, which exclude each other, sum to {total} {whose}"
                )
    for key, sentences in said.items():
        yield ground.about("hypothesis", own[key][1], f"does not add up: {'; '.join(sentences)}.")


@rule(
    "EV809",
    "decibels-of-a-failure",
    source="Fairfield & Charman: decibels of what was seen, relative to other hypotheses",
    remedy="State decibels for what was seen instead, on the bearing; or probabilities for the prediction.",
)
def failed_in_decibels(ground: Ground) -> Iterator[Hit]:
    """Decibels say how likely was what was seen; what was not seen they leave open."""
    for _, test in _tests(ground):
        if test.result == TestResult.FAILED and (
            _in_decibels(test.p_hypothesis) or _in_decibels(test.p_rival)
        ):
            yield _of(ground, test, "failed, and its decibels are of passing: they count nothing.")


def _tests(ground: Ground) -> Iterator[tuple[Body, Test]]:
    for body in ground.bodies.values():
        for test in body.tests:
            yield body, test


def _of(ground: Ground, test: Test, message: str) -> Hit:
    return ground.about("test", ground.tests[test.key], message)


def _groups(exclusive: Mapping[str, set[str]], priors: Mapping[str, Any]) -> Iterator[frozenset[str]]:
    """Yield groups of hypotheses that have priors and exclude each other: where all do, else pair by pair."""
    left = set(priors)
    while left:
        group, fresh = set(), {left.pop()}
        while fresh:
            group |= fresh
            fresh = {other for key in fresh for other in exclusive.get(key, set()) if other in priors} - group
        left -= group
        if all(group - {key} <= exclusive.get(key, set()) for key in group):
            if len(group) > 1:
                yield frozenset(group)
            continue
        for key in sorted(group):
            for other in sorted(exclusive.get(key, set()) & group):
                if key < other:
                    yield frozenset((key, other))


def _prior(chain: Any, i: Any, row: Any, coder: str) -> Any:
    """Return a hypothesis's prior as stated: the study's, or one coder's."""
    return dict(chain.priors.get(i, ())).get(coder) if coder else row.prior


def _is_certain(stated: Any, scale: Mapping[str, Any]) -> bool:
    ends = bounds(stated, scale)
    return ends is not None and (ends[0] in _CERTAIN or ends[1] in _CERTAIN)


def _lower(test: Test, scale: Mapping[str, Any]) -> bool:
    """Tell whether everything stated is lower for the hypothesis than for its rival."""
    ours, theirs = bounds(test.p_hypothesis, scale), bounds(test.p_rival, scale)
    if ours is None or theirs is None:
        ours, theirs = _decibels(test.p_hypothesis), _decibels(test.p_rival)
    return ours is not None and theirs is not None and ours[1] < theirs[0]


def _decibels(stated: Any) -> tuple[float, float] | None:
    try:
        return decibels(stated)
    except ValueRefused:
        return None


def _in_decibels(stated: Any) -> bool:
    return _decibels(stated) is not None


def _half(what: str, test: Test, ours: Any) -> str:
    given, other = (test.hypothesis, test.rival) if ours is not None else (test.rival, test.hypothesis)
    return f"states {what} given {given} and not given {other}"


def _pair(test: Test) -> str:
    return f"P {_shown(test.p_hypothesis)} against {_shown(test.p_rival)}"


def _shown(stated: Any) -> str:
    if isinstance(stated, list | tuple):
        return f"{stated[0]:g}..{stated[1]:g}"
    return f"{stated:g}" if isinstance(stated, float) else str(stated)
