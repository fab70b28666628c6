"""EV4: was the study as tough on the favourite as on its rivals, and is the support independent?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from evidence.audit.checks.ground import Ground
from evidence.audit.checks.rules import Hit, rule
from evidence.audit.overview import Put, alone, toughness
from evidence.audit.support import documents, relied, support
from evidence.inference.body import Body, Code
from evidence.keys import listed, natural
from evidence.vocabulary import Direction, TestResult


@rule(
    "EV401",
    "only-supporting-evidence",
    source="Bennett & Checkel 2015, ch. 1: be equally tough on the alternatives",
    remedy="Look for what would speak against it, and log what you find, or the search that found nothing.",
)
def only_for(ground: Ground) -> Iterator[Hit]:
    """Where nothing speaks against a code, perhaps nobody looked for what does."""
    for body, code in ground.codes():
        tests = relied(body, code)
        brought = [one for test in tests for one in test.evidence]
        ways = {one.direction for one in brought}
        if brought and ways == {Direction.FOR} and not code.against and not code.searches:
            count = len({one.key for one in brought})
            message = f"rests on {count} pieces of evidence, all for the hypotheses tested, and weighs nothing against."
            if count == 1:
                message = "rests on one piece of evidence, and weighs nothing against."
            yield _of(ground, code, message)


@rule(
    "EV402",
    "rival-less-tested",
    source="Bennett & Checkel 2015, ch. 1: be equally tough on the alternatives",
    remedy="Declare what the rival predicts, and look for it as hard: 'evidence test declare'.",
)
def less_tested(ground: Ground) -> Iterator[Hit]:
    """A hypothesis that was tried more often than its rival wins by effort."""
    yield from _uneven(ground, "tests", _tested)


@rule(
    "EV403",
    "rival-less-searched",
    source="Bennett & Checkel 2015, ch. 1: be equally tough on the alternatives; IIED 2017 on absence",
    remedy="Search for what the rival predicts: 'evidence search add', 'evidence test bring'.",
)
def less_searched(ground: Ground) -> Iterator[Hit]:
    """What would have spoken for a rival is not found where nobody searched for it."""
    yield from _uneven(ground, "searches", _searched)


@rule(
    "EV404",
    "one-lineage",
    source="Befani on evidence packages; Lustick 1996: quasi-triangulation",
    remedy="Look for a witness or a record that does not depend on it.",
)
def one_lineage(ground: Ground) -> Iterator[Hit]:
    """What goes back to one origin is one piece of evidence, however often it is repeated."""
    for body, code in ground.codes():
        if lineage := alone(body, code, "lineage"):
            keys = [one.key for one in support(body, code)]
            message = f"has all its support from one origin, {lineage}: {listed(keys)}."
            if len(keys) == 1:
                message = f"has one observation for all its support: {keys[0]}, of {lineage}."
            yield _of(ground, code, message)


@rule(
    "EV405",
    "one-author",
    source="Anderson, Schum & Twining on the credibility of testimony; Bennett & Checkel 2015, ch. 1",
    remedy="Look for somebody else who was there.",
)
def one_author(ground: Ground) -> Iterator[Hit]:
    """Several papers by one hand share what that hand knew, wanted and left out."""
    for body, code in ground.codes():
        author = alone(body, code, "author")
        if author and _several(body, code) and not alone(body, code, "lineage"):
            yield _of(ground, code, f"has all its documents by one author: {author.rstrip('.')}.")


@rule(
    "EV406",
    "one-archive",
    source="Bennett & Checkel 2015, ch. 1: the biases of sources; Lustick 1996",
    remedy="Look in another archive, above all in one of the other side.",
)
def one_archive(ground: Ground) -> Iterator[Hit]:
    """One archive keeps what one office wrote and chose to keep."""
    for body, code in ground.codes():
        archive = alone(body, code, "archive")
        narrower = alone(body, code, "lineage") or alone(body, code, "author")
        if archive and _several(body, code) and not narrower:
            yield _of(ground, code, f"has all its documents from one archive: {archive}.")


@rule(
    "EV407",
    "evidence-for-both-sides",
    source="Humphreys & Jacobs 2023, ch. 5: one clue has one likelihood ratio for two hypotheses",
    remedy="Decide which way it points; if it shows two things, make two observations of it.",
)
def both_sides(ground: Ground) -> Iterator[Hit]:
    """The same words cannot favour a hypothesis over its rival and the rival over the hypothesis."""
    for body in ground.bodies.values():
        favoured: dict[tuple[bool, str], dict[tuple[str, str], str]] = {}
        for test in body.tests:
            for one in test.evidence if test.result != TestResult.NOT_ATTEMPTED else ():
                pair = (test.hypothesis, test.rival)
                pair = pair if one.direction == Direction.FOR else pair[::-1]
                favoured.setdefault((one.search, one.key), {}).setdefault(pair, test.key)
        for (search, key), pairs in favoured.items():
            torn = [
                (*pair, test, pairs[pair[::-1]])
                for pair, test in pairs.items()
                if pair < pair[::-1] and pair[::-1] in pairs
            ]
            if torn and not search:
                said = listed(
                    f"{one} over {other} in {first} and the reverse in {second}"
                    for one, other, first, second in torn
                )
                yield ground.about("observation", ground.observations[key], f"favours {said}.")


def _uneven(ground: Ground, what: str, said: Callable[[Put, Sequence[Put]], str]) -> Iterator[Hit]:
    """Yield the codes whose favourite hypotheses had more tests, or searches, than a rival."""
    for body, code in ground.codes():
        uneven = []
        for one in toughness(body, code):
            less = [rival for rival in one.rivals if getattr(rival, what) < getattr(one.favourite, what)]
            if less:
                uneven.append(said(one.favourite, sorted(less, key=lambda rival: natural(rival.hypothesis))))
        if uneven:
            yield _of(ground, code, f"is carried by what was tried harder: {'; '.join(uneven)}.")


def _tested(favourite: Put, rivals: Sequence[Put]) -> str:
    tests = "1 test" if favourite.tests == 1 else f"{favourite.tests} tests"
    less = listed(f"{rival.hypothesis} to {rival.tests or 'none'}" for rival in rivals)
    return f"{favourite.hypothesis} was put to {tests} of its own, its rival {less}"


def _searched(favourite: Put, rivals: Sequence[Put]) -> str:
    searches = "1 search" if favourite.searches == 1 else f"{favourite.searches} searches"
    less = listed(f"those of its rival {rival.hypothesis} {rival.searches or 'none'}" for rival in rivals)
    return f"the tests of {favourite.hypothesis} have {searches}, {less}"


def _several(body: Body, code: Code) -> bool:
    return len({origin.source for origin in documents(support(body, code))}) > 1


def _of(ground: Ground, code: Code, message: str) -> Hit:
    return ground.about("decision", ground.decisions[code.key], message)
