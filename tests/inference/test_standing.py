"""The same in words: what a code rests on where there are no numbers, and what may be left out by what it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.errors import MethodError
from evidence.inference.body import Body, Code, Hypothesis
from evidence.inference.removal import Unit, dropped, dropping
from evidence.inference.robust import robustness, told, would_change
from tests.inference.drawing import memo, observed, searched, seen, several


def worded(*tests: str, needs: tuple[str, ...] = (), searches: tuple[str, ...] = ()) -> Body:
    """A code of 2 on three tests without a number: one passes by two memoranda, one by a diary, one misses."""
    hypotheses = {
        "ally": Hypothesis("ally", "ALLY", frozenset({"2"})),
        "interest": Hypothesis("interest", "ALLY", frozenset({"1"})),
    }
    none = {"ally": None, "interest": None}
    made = (
        seen("memos", none, observed("o1", "for", memo(1, "d1"), memo(1, "d2")), kind="smoking gun"),
        seen(
            "diary",
            none,
            observed("o2", "for", memo(1, "d3", "diary")),
            observed("o3", "against", memo(2, "d1")),
        ),
        seen("missed", {"interest": None, "ally": None}, searched("q1", coder="ada"), result="failed"),
    )
    code = Code("d", "ALLY", "2", "ada", "open", tests=tests, needs=needs, searches=searches)
    return Body("c", hypotheses, made, (code,))


def test_b_a_code_rests_in_words_on_what_it_cannot_lose() -> None:
    robust = robustness(worded("memos"), "ALLY", kinds=["test", "observation", "source"])
    assert robust.stands
    assert robust.supports == ("memos",)
    assert [str(unit) for unit in robust.alone] == ["memos", "o1"]
    assert [[str(unit) for unit in pivot.units] for pivot in robust.pivots] == [["d1", "d2"]]
    said = would_change(robust)
    assert "without any one of these: test memos and observation o1" in said
    assert "It would also fall without sources d1 and d2 together." in said


def test_b_a_failed_test_of_the_rival_carries_a_code_and_falls_with_its_search() -> None:
    robust = robustness(worded("missed"), "ALLY", kinds=["search", "coder"])
    assert robust.supports == ("missed",)
    assert [unit.kind for unit in robust.alone] == ["search", "coder"]


def test_b_a_code_that_needs_a_search_falls_with_the_last_one() -> None:
    assert not robustness(worded("memos", needs=("search",)), "ALLY").stands
    robust = robustness(worded("memos", "diary", needs=("search",), searches=("q1",)), "ALLY")
    assert Unit("search", "q1") in robust.alone


def test_b_a_code_falls_with_the_last_test_that_its_rule_asks_for() -> None:
    body = worded("memos", "diary")
    rule = ({"when": {"featured": "yes"}, "tests": ["passed smoking gun"], "code": "2"},)
    ruled = replace(body, codes=(replace(body.codes[0], rule=rule, judgements={"featured": "yes"}),))
    overridden = replace(body, codes=(replace(body.codes[0], rule=rule, judgements={"featured": "no"}),))
    assert [str(unit) for unit in robustness(ruled, "ALLY", kinds=["test"]).alone] == ["memos"]
    assert robustness(overridden, "ALLY", kinds=["test"]).alone == ()


def test_b_a_code_without_tests_is_said_not_to_stand_and_hangs_on_nothing() -> None:
    robust = robustness(worded(), "ALLY")
    assert (robust.stands, robust.alone, robust.pivots) == (False, (), ())
    assert would_change(robust).startswith(
        "ALLY 2 is not held by tests: no test that it relies on supports it"
    )
    nothing = robustness(replace(worded(), codes=()), "ALLY")
    assert nothing.code == ""
    assert would_change(nothing) == ""
    assert told(nothing)[0] == "c has no code of the study's own on ALLY."


def test_b_without_its_coder_the_next_code_stands_and_never_a_publications() -> None:
    body = worded("memos")
    second = replace(body.codes[0], key="d2", coder="bob", value="1", tests=("memos",))
    same = replace(second, value="2")
    published = replace(same, key="d3", coder="rand2021", round="published elsewhere")
    for others, alone in (((second,), ["coder ada"]), ((same,), []), ((published,), ["coder ada"])):
        robust = robustness(replace(body, codes=(*body.codes, *others)), "ALLY", kinds=["coder"])
        assert [str(unit) for unit in robust.alone] == alone


def test_b_what_may_be_dropped_by_what_it_is() -> None:
    origins = (
        replace(memo(1, "book"), tier="secondary", state="no text held"),
        replace(memo(1, "cable"), redacted=True),
        replace(memo(1, "forged"), state="not found"),
    )
    tests = tuple(
        seen(
            f"t{n}",
            {"h0": 0.8, "h1": 0.2},
            observed(f"o{n}", "for", origin),
            timing="post hoc" if n else "a priori",
        )
        for n, origin in enumerate(origins)
    )
    body = several(("h0", "h1"), *tests)
    names = {
        what: [unit.name for unit in dropped(body, what)]
        for what in ("contested", "secondary", "redacted", "unverified", "post-hoc")
    }
    assert names == {
        "contested": ["forged.1"],
        "secondary": ["book.1"],
        "redacted": ["cable.1"],
        "unverified": ["book.1", "forged.1"],
        "post-hoc": ["t1", "t2"],
    }
    assert [test.result for test in dropping(body, "unverified").tests] == [
        "not attempted",
        "passed",
        "not attempted",
    ]
    with pytest.raises(MethodError, match="no sort of evidence"):
        dropped(body, "weak")
