"""The scheme's rule with results of tests: what may be asked of a test, and which row gives the code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import ValueRefused
from evidence.inference.scheme import (
    Demand,
    Tested,
    demand,
    named,
    possible,
    renamed,
    rule,
    undecided,
    unmet,
)

_TABLE = [
    {"when": {"necessary": "yes"}, "tests": ["passed smoking gun against h-same"], "code": "3"},
    {"when": {"necessary": "no", "featured": ["yes", "some"]}, "code": "2"},
    {"when": {"necessary": "no", "featured": "no"}, "code": "1", "needs": ["search"]},
]


def gun(**changed: str | frozenset[str]) -> Tested:
    """A smoking gun that passed for code 3, against h-same; some of it changed."""
    given = {"kind": "smoking gun", "result": "passed", "hypothesis": "h-nec", "rival": "h-same", "key": "t1"}
    supports = {"supports": frozenset({"3"}), "rival_supports": frozenset({"1", "2"})}
    return Tested(**{**given, **supports, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("passed", Demand("passed")),
        ("passed test", Demand("passed")),
        ("failed hoop", Demand("failed", ("hoop",))),
        ("passed smoking-gun test", Demand("passed", ("smoking gun",))),
        ("passed against h-same", Demand("passed", (), ("h-same",))),
        ("failed hoop or doubly_decisive against a or b", Demand("failed", ("hoop", "doubly decisive"), ("a", "b"))),
        ("passed straw in the wind", Demand("passed", ("straw in the wind",))),
    ],
)  # fmt: skip
def test_b1_what_may_be_asked_of_a_test(words: str, asked: Demand) -> None:
    assert demand(words) == asked
    assert demand(str(asked).removeprefix("a ")) == asked


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("pased hoop", "did you mean 'passed'?"),
        ("", "asks for no result of a test"),
        ("passed smoking gnu", "did you mean 'smoking gun'?"),
        ("passed hoop agianst h-same", "names no kind of test"),
        ("passed against", "does not say against which hypothesis"),
        ("passed against a b", "does not say against which hypothesis"),
        ("passed hoop or", "names no kind of test"),
        ("inconclusive hoop", "asks for no result of a test"),
    ],
)
def test_b2_words_that_ask_for_nothing_are_refused_with_the_nearest_word(words: str, sentence: str) -> None:
    with pytest.raises(ValueRefused, match=re.escape(sentence)):
        demand(words)


@pytest.mark.parametrize(
    ("test", "counts"),
    [
        (gun(), "3"),
        (gun(kind="hoop"), None),
        (gun(result="failed"), None),
        (gun(result="inconclusive"), None),
        (gun(rival="h-other"), None),
        (gun(supports=frozenset({"2"})), None),
        (gun(supports=frozenset()), None),
    ],
)
def test_b3_a_passed_test_counts_where_its_hypothesis_supports_the_code(
    test: Tested, counts: str | None
) -> None:
    assert rule(_TABLE, {"necessary": "yes"}, [test]).code == counts


def test_b4_a_failed_test_counts_where_its_rival_supports_the_code() -> None:
    table = [{"tests": ["failed hoop against h-nec"], "code": "2"}]
    hoop = gun(kind="hoop", result="failed")
    assert rule(table, {}, [hoop]).code == "2"
    assert rule([{**table[0], "code": "3"}], {}, [hoop]).code is None
    assert rule([{"tests": ["failed hoop against h-same"], "code": "2"}], {}, [hoop]).code is None


def test_b5_a_row_without_a_code_counts_any_test() -> None:
    said = rule([{"tests": ["passed"], "note": "choose"}], {}, [gun(supports=frozenset())])
    assert (said.code, said.row, said.note) == (None, 0, "choose")


def test_b6_the_rule_says_which_row_lacked_a_test() -> None:
    said = rule(_TABLE, {"necessary": "yes"})
    assert (said.code, said.row) == (None, None)
    (row,) = said.wanting
    assert (row.row, row.code, row.tests) == (0, "3", ("passed smoking gun against h-same",))
    assert rule(_TABLE, {"necessary": "no", "featured": "no"}).wanting == ()


def test_b7_every_demand_of_a_row_is_to_be_met_and_by_any_test() -> None:
    asked = ["passed smoking gun", "failed hoop"]
    hoop = gun(
        kind="hoop", result="failed", hypothesis="h-same", rival="h-nec", rival_supports=frozenset({"3"})
    )
    assert unmet(asked, "3", [gun()]) == ("failed hoop",)
    assert unmet(asked, "3", [gun(), hoop]) == ()
    assert unmet(["search", *asked], "3", [hoop]) == ("passed smoking gun",)


def test_b8_judgements_that_could_still_give_a_code_are_named() -> None:
    assert undecided(_TABLE, {}) == ("necessary", "featured")
    assert undecided(_TABLE, {"necessary": "no"}) == ("featured",)
    assert undecided(_TABLE, {"necessary": "yes"}) == ()
    assert undecided(_TABLE, {"necessary": "maybe", "featured": "yes"}) == ()


def test_b9_a_hypothesis_that_was_renamed_is_asked_for_by_its_present_key() -> None:
    table = [{"when": {"x": "against h-same"}, "tests": ["passed against h-same or b"], "needs": ["search"]}]
    assert named(table) == {"h-same", "b"}
    (row,) = renamed(table, {"h-same": "h-like"})
    assert row == {
        "when": {"x": "against h-same"},
        "tests": ["passed against h-like or b"],
        "needs": ["search"],
    }


_VALUES = st.sampled_from(["yes", "no", "some", "odd"])
_TESTS = st.builds(
    Tested,
    st.sampled_from(["hoop", "smoking gun"]),
    st.sampled_from(["passed", "failed", "inconclusive"]),
    st.sampled_from(["h-nec", "h-same"]),
    st.sampled_from(["h-nec", "h-same"]),
    st.frozensets(st.sampled_from("123")),
    st.frozensets(st.sampled_from("123")),
)


@given(st.dictionaries(st.sampled_from(["necessary", "featured"]), _VALUES), st.lists(_TESTS, max_size=4))
def test_the_rule_keeps_its_promises(judged: dict[str, str], tests: list[Tested]) -> None:
    """Order and repetition of tests change nothing; a further test never undoes a row; no test makes up for a judgement."""
    said = rule(_TABLE, judged, tests)
    assert said == rule(_TABLE, judged, [*reversed(tests), *tests])
    if said.row is not None:
        assert said.row in possible(_TABLE, judged)
        more = rule(_TABLE, judged, [*tests, gun()])
        assert more.row is not None
        assert more.row <= said.row
    without = [{name: value for name, value in row.items() if name != "tests"} for row in _TABLE]
    assert rule(without, judged).row == next(iter(possible(_TABLE, judged)), None)
