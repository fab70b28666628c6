"""EV1: is the chain whole, from codes to tests to what was brought to them?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evidence.audit.checks.ground import Ground
from evidence.audit.checks.rules import Hit, rule
from evidence.audit.support import SETTLED, carrying, relied, supporting
from evidence.inference.body import Code
from evidence.inference.likelihoods import bounds
from evidence.keys import listed
from evidence.vocabulary import Direction, SearchStatus, TestKind, TestResult

POST_HOC = "post hoc"


@rule(
    "EV101",
    "test-without-rival",
    source="Humphreys & Jacobs 2023, ch. 5: a test's kind follows from two probabilities; Zaks 2017 on rivals",
    remedy="Name a rival that stands: 'evidence test edit KEY --rival KEY'.",
)
def no_rival(ground: Ground) -> Iterator[Hit]:
    """What a test shows depends on the rival that it tells its hypothesis from."""
    known = ground.chain.hypotheses
    for row in ground.tests.values():
        if row.rival_id == row.hypothesis_id:
            yield ground.about("test", row, "has its own hypothesis as rival.")
        elif row.rival_id not in known:
            yield ground.about("test", row, "has a rival that was retired.")
        elif row.hypothesis_id not in known:
            yield ground.about("test", row, "is of a hypothesis that was retired.")


@rule(
    "EV102",
    "test-that-cannot-fail",
    source="the ledger's law: a test says beforehand what it expects; preregistration of qualitative work (OSF)",
    remedy="Say what would differ: 'evidence test edit KEY --if-false TEXT'; or log it as a search.",
)
def cannot_fail(ground: Ground) -> Iterator[Hit]:
    """A test that does not say what would be seen if its hypothesis were false cannot fail."""
    for row in ground.tests.values():
        prediction, if_false = (row.prediction or "").strip(), (row.if_false or "").strip()
        if not prediction or not if_false:
            missing = "would be seen" if not prediction else "would be seen if its hypothesis were false"
            yield ground.about("test", row, f"does not say what {missing}.")
        elif prediction == if_false:
            yield ground.about(
                "test", row, "would see the same if its hypothesis were true and if it were false."
            )


@rule(
    "EV103",
    "passed-without-evidence",
    source="the ledger's law: a test cannot pass on nothing",
    remedy="Bring an observation to it ('evidence test bring'), or resolve it anew.",
)
def passed_on_nothing(ground: Ground) -> Iterator[Hit]:
    """A prediction came true only if somebody saw it."""
    for row in ground.tests.values():
        if row.result == TestResult.PASSED and not any(_brought(ground, row, Direction.FOR)):
            yield ground.about(
                "test", row, "passed, and nothing that stands was brought to it for its hypothesis."
            )


@rule(
    "EV104",
    "failed-without-search",
    source="IIED 2017: absence of evidence, and evidence of absence; the ledger's law: absence needs a search",
    remedy="Log the search and bring it to the test, against its hypothesis; or resolve it as inconclusive.",
)
def failed_without_search(ground: Ground) -> Iterator[Hit]:
    """Not having seen something shows nothing unless somebody looked for it."""
    for row in ground.tests.values():
        if row.result == TestResult.FAILED and not any(_searched(ground, row)):
            yield ground.about(
                "test", row, "failed, and no search that was made was brought against its hypothesis."
            )


@rule(
    "EV105",
    "code-without-test",
    source="Bennett & Checkel 2015, ch. 1; DA-RT: analytic transparency",
    remedy="Say which tests it relies on, in a new decision: 'evidence code CASE VARIABLE VALUE --test KEY'.",
)
def no_test(ground: Ground) -> Iterator[Hit]:
    """The code of a case that is process-traced rests on tests, or a reader cannot tell what it rests on."""
    for _, code in ground.codes():
        row = ground.decisions[code.key]
        if not code.tests and ground.traced(row.case_id) and not _absence(code):
            yield ground.about("decision", row, f"gives {code.variable} {code.value} and relies on no test.")


@rule(
    "EV106",
    "hypothesis-never-tested",
    source="Bennett & Checkel 2015, ch. 1: cast the net widely, and be equally tough on the alternatives",
    remedy="Declare a test of it ('evidence test declare'), or retire it and say why.",
)
def never_tested(ground: Ground) -> Iterator[Hit]:
    """A rival that was never put to a test was not ruled out by one."""
    chain = ground.chain
    tried, named = set(), set()
    for row in chain.tests.values():
        named |= {row.hypothesis_id, row.rival_id}
        if row.result != TestResult.NOT_ATTEMPTED:
            tried |= {row.hypothesis_id, row.rival_id}
    coded = {ground.decisions[code.key].case_id for _, code in ground.codes()}
    general = any(chain.hypotheses[i].case_id is None for i in named if i in chain.hypotheses)
    for i, row in chain.hypotheses.items():
        if row.residual or i in tried:
            continue
        if row.case_id in coded:
            yield ground.about(
                "hypothesis", row, "is in no test that was attempted, and its case has a code."
            )
        elif row.case_id is None and general and i not in named:
            yield ground.about("hypothesis", row, "is the study's, and no test of any case names it.")


@rule(
    "EV107",
    "only-unsettled-tests",
    source="Humphreys & Jacobs 2023, ch. 5: only what was searched and not found is a failure",
    remedy="Resolve the tests, rely on others, or give no code.",
)
def unsettled(ground: Ground) -> Iterator[Hit]:
    """A test that is open or came out inconclusive says nothing for a code."""
    for body, code in ground.codes():
        tests = relied(body, code)
        if tests and not _absence(code) and not any(test.result in SETTLED for test in tests):
            results = listed(f"{test.key} ({test.result})" for test in tests)
            yield _of_code(ground, code, f"relies on {results} only.")


@rule(
    "EV108",
    "level-not-supported",
    source="the study's scheme: hypotheses say which levels they support; DA-RT: analytic transparency",
    remedy="Rely on the tests that do support it, say which levels a hypothesis supports, or code anew.",
)
def not_supported(ground: Ground) -> Iterator[Hit]:
    """Of the tests that a code relies on, some should have come out for the level that it gives."""
    for body, code in ground.codes():
        tests = [test for test in relied(body, code) if test.result in SETTLED]
        claims = {key for test in tests for key in (test.hypothesis, test.rival)}
        speaks = any(
            (claim := body.hypotheses.get(key)) and claim.variable == code.variable and claim.supports
            for key in claims
        )
        if speaks and not supporting(body, code):
            message = f"gives {code.variable} {code.value}, and none of {listed(test.key for test in tests)} came out for that."
            yield _of_code(ground, code, message)


@rule(
    "EV109",
    "only-straws",
    source="Collier 2011, table of the four tests (this row from memory)",
    remedy="Look for a test that could end the hypothesis or its rival, or lower the coder's confidence.",
)
def only_straws(ground: Ground) -> Iterator[Hit]:
    """Passing a straw in the wind affirms that a hypothesis is relevant, and confirms nothing."""
    for body, code in ground.codes():
        tests = supporting(body, code)
        if tests and all(test.kind == TestKind.STRAW_IN_THE_WIND for test in tests):
            yield _of_code(ground, code, f"is supported by straws in the wind only: {_keys(tests)}.")


@rule(
    "EV110",
    "all-post-hoc",
    source="preregistration of qualitative work (OSF: Kern & Gleditsch; Haven & Van Grootel)",
    remedy="Declare what else would be seen before you look for it, and look.",
)
def all_post_hoc(ground: Ground) -> Iterator[Hit]:
    """Support from tests that were written after their evidence had been seen risked nothing."""
    for body, code in ground.codes():
        tests = supporting(body, code)
        if tests and all(test.timing == POST_HOC for test in tests):
            yield _of_code(
                ground, code, f"is supported only by tests declared after their evidence: {_keys(tests)}."
            )


@rule(
    "EV111",
    "test-after-evidence",
    source="preregistration of qualitative work (OSF: Kern & Gleditsch; Haven & Van Grootel)",
    remedy="Nothing needs to be changed, but say so in the test's note and weigh it less.",
)
def after_evidence(ground: Ground) -> Iterator[Hit]:
    """A test that was declared after its evidence had been seen predicted nothing."""
    for body in ground.bodies.values():
        for test in body.tests:
            if test.timing == POST_HOC and test.result != TestResult.NOT_ATTEMPTED:
                row = ground.tests[test.key]
                early = _seen_before(ground, row)
                yield ground.about("test", row, f"was declared after {listed(early)} had been seen.")


@rule(
    "EV112",
    "search-not-described",
    source="IIED 2017 on absence of evidence; DA-RT: production transparency",
    remedy="'evidence search edit KEY --terms TEXT --coverage TEXT --gaps TEXT'.",
)
def not_described(ground: Ground) -> Iterator[Hit]:
    """Nobody can judge what was not found without knowing what was read, and for which words."""
    found: dict[str, dict[str, None]] = {}
    for body in ground.bodies.values():
        for test in body.tests:
            if test.result == TestResult.FAILED:
                for one in carrying(test):
                    if one.search and not any(ground.covered.get(ground.searches[one.key].id, ())):
                        found.setdefault(one.key, {})[test.key] = None
    for key, tests in found.items():
        message = f"does not say which words were looked for or how much was read, and {listed(tests)} failed on it."
        yield ground.about("search", ground.searches[key], message)


@rule(
    "EV113",
    "failed-on-a-closed-file",
    source="IIED 2017: evidence of absence, not absence of evidence",
    remedy="Say how likely the search was to find it ('evidence search edit KEY --sensitivity P'), or resolve as inconclusive.",
)
def closed_file(ground: Ground) -> Iterator[Hit]:
    """What lies in closed, destroyed or unread files was not looked for, so a failure on them may be none."""
    for body in ground.bodies.values():
        for test in body.tests:
            made = [ground.searches[one.key] for one in carrying(test) if one.search]
            numbers = bounds(test.p_hypothesis, body.scale) and bounds(test.p_rival, body.scale)
            if test.result != TestResult.FAILED or numbers or not made:
                continue  # with numbers, a sensitivity that is not stated is another rule's
            if all((row.gaps or "").strip() and row.sensitivity is None for row in made):
                message = f"failed on {_keys(made)}, which left gaps, and nothing says how likely it was to be found."
                yield ground.about("test", ground.tests[test.key], message)


def _brought(ground: Ground, test: Any, way: Direction) -> Iterator[Any]:
    """Yield what stands brought to a test in one direction."""
    for one in ground.chain.bearings.get(test.id, ()):
        held = one.observation_id in ground.chain.observations or one.search_id in ground.chain.searches
        if one.direction == way and held:
            yield one


def _searched(ground: Ground, test: Any) -> Iterator[Any]:
    for one in _brought(ground, test, Direction.AGAINST):
        search = ground.chain.searches.get(one.search_id)
        if search is not None and search.status == SearchStatus.DONE:
            yield search


def _seen_before(ground: Ground, test: Any) -> list[str]:
    """Return what of a test's evidence had been seen when it was declared: observations, their quotes, searches."""
    chain = ground.chain
    found: dict[str, None] = {}
    for one in chain.bearings.get(test.id, ()):
        row = chain.searches.get(one.search_id) or chain.observations.get(one.observation_id)
        if row is None:
            continue
        quotes = (chain.quotes.get(i) for i in chain.links["observation_quote"].get(row.id, ()))
        early = [seen for seen in (row, *quotes) if seen and seen.first_seen_at <= test.declared_at]
        if early:
            found[early[0].key] = None
    return list(found)


def _absence(code: Code) -> bool:
    """Tell whether a code says that there is no evidence, and names the searches for it."""
    return "search" in code.needs and bool(code.searches)


def _of_code(ground: Ground, code: Code, message: str) -> Hit:
    return ground.about("decision", ground.decisions[code.key], message)


def _keys(tests: Iterable[Any]) -> str:
    return listed(test.key for test in tests)
