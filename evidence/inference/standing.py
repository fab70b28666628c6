"""Whether a code stands, in words: on which tests it rests, and without what it would no longer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evidence.inference.body import Body, Code, Test
from evidence.inference.removal import Unit, study_code, units, without
from evidence.inference.scheme import Tested, demand, rule, unmet
from evidence.vocabulary import TestResult

__all__ = ["Standing", "alone", "demands", "standing", "supporting", "supports", "tested", "verdict"]

_SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a code has what it needs.

    Args:
        stands: whether it rests on a test that supports it, and has all that its level and its rule ask for.
        supports: the tests relied on that support it.
        lacks: what is missing, each in words.
    """

    stands: bool
    supports: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


def supports(body: Body, test: Test, variable: str, value: str | None) -> bool:
    """Tell whether a test came out for a level: it passed and its hypothesis supports that level, or it failed and its rival does."""
    side = {TestResult.PASSED: test.hypothesis, TestResult.FAILED: test.rival}.get(TestResult(test.result))
    claim = body.hypotheses.get(side or "")
    return claim is not None and value is not None and claim.variable == variable and value in claim.supports


def supporting(body: Body, code: Code) -> tuple[Test, ...]:
    """Return the tests that a code relies on and that came out for its value."""
    return tuple(
        test
        for test in body.tests
        if test.key in code.tests and supports(body, test, code.variable, code.value)
    )


def tested(body: Body, code: Code) -> tuple[Tested, ...]:
    """Return the tests that a code relies on, as the scheme's rule sees them."""

    def levels(key: str) -> frozenset[str]:
        claim = body.hypotheses.get(key)
        return claim.supports if claim and claim.variable == code.variable else frozenset()

    return tuple(
        Tested(
            kind=test.kind,
            result=test.result,
            hypothesis=test.hypothesis,
            rival=test.rival,
            supports=levels(test.hypothesis),
            rival_supports=levels(test.rival),
            key=test.key,
        )
        for test in body.tests
        if test.key in code.tests
    )


def demands(body: Body, code: Code) -> tuple[str, ...]:
    """Return what a code must have by its scheme: what its level needs, and what the row that gave it asks for.

    The row counts only if the rule gives this code on the body as it is; a code that the coder gave against the
    rule, or where there is none, owes nothing to a row.

    Args:
        body: the body of evidence on which the code was given.
        code: the code.
    """
    found = dict.fromkeys(code.needs)
    if code.rule and code.value is not None:
        ruling = rule(code.rule, code.judgements, tested(body, code))
        if ruling.row is not None and ruling.code == code.value:
            found |= dict.fromkeys((*(code.rule[ruling.row].get("tests") or ()), *ruling.needs))
    return tuple(found)


def standing(body: Body, code: Code, asked: Iterable[str] | None = None) -> Standing:
    """Return whether a code stands on a body of evidence.

    A code stands if it relies on a test that supports it, names a search that was made where a search is
    needed, and meets what else is asked of tests (METHOD 6, sensitivity 7). A counterfactual that is asked for
    is the coder's own words, and falls with nothing.

    Args:
        body: the body of evidence, whole or with something taken away.
        code: the code, as that body has it.
        asked: what the code must have, as ``demands`` gives it for the whole body; for this body if not given.
    """
    wanted = demands(body, code) if asked is None else tuple(asked)
    found = supporting(body, code)
    lacks = []
    if code.value is None:
        lacks.append("it gives no level")
    elif not found:
        lacks.append("no test that it relies on supports it")
    if _SEARCH in wanted and not code.searches:
        lacks.append("no search that was made is named, and its level needs one")
    lacks += [
        f"{demand(text)} is asked for, and there is none"
        for text in unmet(wanted, code.value, tested(body, code))
    ]
    return Standing(not lacks, tuple(test.key for test in found), tuple(lacks))


def verdict(body: Body, variable: str, whole: Body | None = None) -> str | None:
    """Return the value of the study's code on a variable if it stands; else nothing.

    Args:
        body: the body of evidence, whole or with something taken away.
        variable: the variable's key.
        whole: the body from which something was taken away: the code must have what it had to have there.
    """
    code = study_code(body, variable)
    if code is None:
        return None
    before = next((one for one in whole.codes if one.key == code.key), code) if whole else code
    return code.value if standing(body, code, demands(whole or body, before)).stands else None


def alone(body: Body, variable: str, kinds: Iterable[str]) -> tuple[Unit, ...]:
    """Return the units without any one of which the study's code of a variable would not stand, or be another.

    None where it does not stand anyway.
    """
    value = verdict(body, variable)
    if value is None:
        return ()
    every = (Unit(kind, name) for kind in kinds for name in units(body, kind))
    return tuple(unit for unit in every if verdict(without(body, [unit]), variable, body) != value)
