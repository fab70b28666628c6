"""METHOD's cases on sensitivity, and as many of our own: weights, leaders, what a code hangs on, in numbers and in words."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from evidence.errors import MethodError
from evidence.inference.body import Body, Code
from evidence.inference.counting import claims, counted, softened, uncounted
from evidence.inference.mixing import in_worlds
from evidence.inference.pivots import losses, pivots
from evidence.inference.priors import break_even, correlated, grid, needed, shifted, tipping
from evidence.inference.removal import Unit
from evidence.inference.robust import robustness, told
from evidence.inference.weighing import leaders, pairs, reach, strength, total, totals
from tests.inference.drawing import memo, observed, searched, seen, several

ALLY = ("h0", "h1", "h2", "h3")
A16 = several(
    ALLY,
    seen("e1", dict(zip(ALLY, (0.1, 0.2, 0.8, 0.8), strict=True))),
    seen("e2", dict(zip(ALLY, (0.3, 0.9, 0.6, 0.1), strict=True))),
    seen("e3", dict(zip(ALLY, (0.2, 0.5, 0.5, 0.5), strict=True))),
    seen("e4", dict(zip(ALLY, (0.4, 0.1, 0.5, 0.6), strict=True))),
)
CHILE = {"E0": (-5, -10), "E1": (6, 66), "E2": (12, 12), "E3": (25, 0), "E4": (30, 15), "E5": (30, 27)}
RIVALS = ("EA", "CC", "MV")
A11 = several(
    RIVALS,
    *(seen(key, {"EA": "0 dB", "CC": f"{-cc} dB", "MV": f"{-mv} dB"}) for key, (cc, mv) in CHILE.items()),
)


def taken(body: Body, *names: str) -> dict[str, float]:
    """The posteriors without some tests."""
    left = replace(body, tests=tuple(test for test in body.tests if test.key not in names))
    return {key: middle for key, _, middle, _ in robustness(left, "ALLY", size=1, kinds=()).posteriors}


def in_sets(
    body: Body, names: tuple[str, ...], kind: str = "test", size: int = 3
) -> list[tuple[list[str], tuple[str, ...], bool]]:
    return [
        ([unit.name for unit in pivot.units], pivot.leaders, pivot.tie)
        for pivot in pivots(body, names, [kind], size)
    ]


def test_a12_no_single_removal_changes_who_leads_the_chilean_case() -> None:
    found = counted(A11)
    assert (total(found, "EA", "CC"), total(found, "EA", "MV")) == pytest.approx((98, 110))
    expected = {
        "E0": (103, 120),
        "E1": (92, 44),
        "E2": (86, 98),
        "E3": (73, 110),
        "E4": (68, 95),
        "E5": (68, 83),
    }
    by_rival = [
        {loss.unit.name: loss.weight for loss in losses(A11, "EA", rival, ["test"])} for rival in ("CC", "MV")
    ]
    for key, (cc, mv) in expected.items():
        assert by_rival[0].get(key, 98) == pytest.approx(cc)
        assert by_rival[1].get(key, 110) == pytest.approx(mv)
    assert "E3" not in by_rival[1]  # it weighs 0 dB between EA and MV
    assert in_sets(A11, RIVALS, size=1) == []
    assert taken(A11)["EA"] == pytest.approx(1 - 1.6849e-10, abs=1e-13)


def test_a15_the_order_of_tests_changes_nothing_not_even_in_the_last_digit() -> None:
    sums = {totals(counted(replace(A11, tests=order)), RIVALS) for order in permutations(A11.tests)}
    assert len(sums) == 1


def test_a16_four_exclusive_hypotheses_and_their_pivot_sets() -> None:
    assert list(taken(A16).values()) == pytest.approx([0.015444, 0.057915, 0.772201, 0.154440], abs=1e-6)
    assert list(taken(A16, "e2").values()) == pytest.approx(
        [0.017467, 0.021834, 0.436681, 0.524017], abs=1e-6
    )
    found = in_sets(A16, ALLY, size=2)
    assert found[0] == (["e2"], ("h3",), False)
    assert [names for names, _, _ in found] == [["e2"], ["e1", "e4"]]
    assert [pivot.units for pivot in robustness(A16, "ALLY", kinds=["test"]).pivots_together] == [
        (Unit("test", "e2"),),
        (Unit("test", "e1"), Unit("test", "e4")),
    ]


@pytest.mark.parametrize("result", ["inconclusive", "not attempted"])
def test_a20_an_open_test_weighs_nothing_and_never_counts_as_failed(result: str) -> None:
    open_test = seen("t", {"h0": 0.95, "h1": 0.05}, result=result)
    body = several(("h0", "h1"), open_test, seen("u", {"h0": 0.6, "h1": 0.4}))
    assert total(counted(body), "h0", "h1") == total(
        counted(several(("h0", "h1"), body.tests[1])), "h0", "h1"
    )
    assert uncounted(body) == (("t", f"its result is {result}, which weighs 0 dB"),)
    code = Code("d", "ALLY", "1", "ada", "open", tests=("t",))
    assert not robustness(replace(body, codes=(code,)), "ALLY").stands  # the rival's level, had it failed


def test_b_a_tie_is_a_tie_and_no_flip() -> None:
    body = several(("h0", "h1"), seen("t", {"h0": 0.8, "h1": 0.2}), seen("u", {"h0": 0.5, "h1": 0.5}))
    assert in_sets(body, ("h0", "h1")) == [(["t"], ("h0", "h1"), True)]
    body = several(
        ("h0", "h1"),
        *(seen(key, {"h0": a, "h1": b}) for key, a, b in (("t", 0.8, 0.4), ("u", 0.6, 0.3), ("v", 0.3, 0.6))),
    )
    # Without either of t and u the two are level, though 2 and 2 come about by different numbers; without both it flips.
    assert in_sets(body, ("h0", "h1")) == [
        (["t"], ("h0", "h1"), True),
        (["u"], ("h0", "h1"), True),
        (["t", "u"], ("h1",), False),
    ]


def test_b_the_same_cable_quoted_in_three_books_counts_once() -> None:
    books = [
        seen(f"t{n}", {"h0": 0.8, "h1": 0.2}, observed(f"o{n}", "for", memo(1, f"book{n}", "cable")))
        for n in range(3)
    ]
    body = several(("h0", "h1"), *books)
    assert total(counted(body), "h0", "h1") == pytest.approx(10 * math.log10(4))
    assert total(counted(body), "h0", "h1", "independent") == pytest.approx(30 * math.log10(4))
    # No one book matters, nor any two; the cable does, and all three.
    assert losses(body, "h0", "h1", ["source"]) == ()
    assert in_sets(body, ("h0", "h1"), "source") == [(["book0", "book1", "book2"], ("h0", "h1"), True)]
    assert in_sets(body, ("h0", "h1"), "lineage") == [(["cable"], ("h0", "h1"), True)]
    assert reach(counted(body), "h0", "h1") == pytest.approx((10 * math.log10(4), 30 * math.log10(4)))


def test_b_a_failed_test_counts_by_the_sensitivity_of_its_searches() -> None:
    likelihoods = {"h0": 0.95, "h1": 0.6}
    weights = {}
    stated: dict[str, list[Any]] = {"none": [None], "half": [0.5], "two": [0.5, 0.5], "range": [[0.4, 0.6]]}
    for name, ds in stated.items():
        searches = [searched(f"q{n}", sensitivity=d) for n, d in enumerate(ds)]
        body = several(("h0", "h1"), seen("t", likelihoods, *searches, result="failed"))
        weights[name] = 10 ** (-total(counted(body), "h0", "h1") / 10)
        if name == "two":
            independent = 10 ** (-total(counted(body), "h0", "h1", "independent") / 10)
            assert independent == pytest.approx((1 - 0.75 * 0.6) / (1 - 0.75 * 0.95))
        if name == "range":
            assert reach(counted(body), "h0", "h1") == pytest.approx(
                [10 * math.log10((1 - d * 0.95) / (1 - d * 0.6)) for d in (0.6, 0.4)]
            )
    # METHOD 2.6: 8 with a perfect search, 1.333 with one that finds half; two such are one, until shown otherwise.
    assert weights == pytest.approx({"none": 8, "half": 4 / 3, "two": 4 / 3, "range": 4 / 3})


def test_b_evidence_with_likelihoods_of_its_own_counts_in_place_of_its_test() -> None:
    found = (observed("o1", p_hypothesis=0.3, p_rival=0.1), observed("o2", p_hypothesis=0.5, p_rival=0.4))
    body = several(("h0", "h1", "h2"), seen("t", {"h0": 0.9, "h1": 0.2, "h2": 0.5}, *found, observed("o3")))
    pieces = counted(body)
    assert [piece.key for piece in pieces] == ["t, o1", "t, o2"]
    assert total(pieces, "h0", "h1") == pytest.approx(10 * math.log10(3 * 1.25))
    assert ("t", "what was found counts in its place, and says nothing on h2") in uncounted(body)
    # Without both of them the test's own numbers count again, for o3 still carries its result.
    left = losses(body, "h0", "h1", ["observation"])
    assert {loss.unit.name for loss in left} == {"o1", "o2"}
    assert pairs(body) == (("h0", "h1"),)


def test_b_what_does_not_count_is_listed_with_its_reason() -> None:
    two = ("h0", "h1")
    body = several(
        two,
        seen("none", dict.fromkeys(two)),
        seen("word", {"h0": "likely", "h1": "remote"}),
        seen("side", {"h0": 0.9, "h1": None}),
        seen("missed", {"h0": "0 dB", "h1": "-6 dB"}, searched("q"), result="failed"),
        seen("mixed", {"h0": "3 dB", "h1": 0.4}),
        seen("far", {"h0": "0 dB", "h1": "-9000 dB"}),
        scale={"likely": 0.7},
    )
    assert counted(body) == ()
    assert dict(uncounted(body)) == {
        "none": "it states no likelihoods",
        "word": "the study's scale of words does not have “remote”",
        "side": "it states a likelihood for one side only",
        "missed": "it failed, and decibels do not say how likely it was not to be seen",
        "mixed": "it states decibels for some hypotheses and probabilities for others; only the decibels count",
        "far": "its decibels are too far apart to be meant; state a probability of 0 for what is impossible",
    }


def test_b_sets_beyond_number_are_refused_in_a_sentence() -> None:
    body = several(("h0", "h1"), *(seen(f"t{n}", {"h0": 0.6, "h1": 0.4}) for n in range(60)))
    with pytest.raises(MethodError, match="sets of up to 6 of 60 units"):
        pivots(body, ("h0", "h1"), ["test"], 6)
    with pytest.raises(MethodError, match="A set of 0 units is no set"):
        pivots(body, ("h0", "h1"), ["test"], 0)


def test_b_claims_of_certainty_decide_until_they_are_softened() -> None:
    body = several(("h0", "h1"), seen("t", {"h0": 0.3, "h1": 0.0}), seen("u", {"h0": 0.1, "h1": 0.9}))
    assert claims(body) == (("t", "", "h1", 0.0),)
    assert total(counted(body), "h0", "h1") == math.inf
    assert in_sets(body, ("h0", "h1")) == [(["t"], ("h1",), False)]
    soft = softened(body)
    assert total(counted(soft), "h0", "h1") == pytest.approx(10 * math.log10(30 / 9))
    assert body.tests[0].p_rival == 0.0
    assert softened(soft) == soft


def test_b_hypotheses_that_are_all_ruled_out_have_no_leader_and_no_probabilities() -> None:
    body = several(("h0", "h1"), seen("t", {"h0": 0.3, "h1": 0.0}), seen("u", {"h0": 0.0, "h1": 0.9}))
    assert leaders(("h0", "h1"), totals(counted(body), ("h0", "h1"))) == ()
    robust = robustness(body, "ALLY")
    assert robust.pairs[0].leaders == ()
    assert "ruled out by a likelihood of 0" in robust.refusal
    assert any("both ruled out by claims of 0" in sentence for sentence in told(robust))
    assert in_sets(body, ("h0", "h1")) == []


def test_b_ranges_and_words_of_the_scale_give_bounds_and_nothing_is_rounded() -> None:
    likelihoods = {"h0": "likely", "h1": [0.1, 0.2]}
    body = several(("h0", "h1"), seen("t", likelihoods), scale={"Likely": [0.6, 0.8]})
    assert total(counted(body), "h0", "h1") == pytest.approx(10 * math.log10(0.7 / 0.15))
    assert reach(counted(body), "h0", "h1") == pytest.approx((10 * math.log10(3), 10 * math.log10(8)))
    pair = robustness(body, "ALLY").pairs[0]
    assert (pair.posterior_low, pair.posterior_high) == pytest.approx((3 / 4, 8 / 9))
    assert body.tests[0].p_rival == [0.1, 0.2]


def test_b_no_probabilities_where_hypotheses_may_both_be_true_or_a_likelihood_is_missing() -> None:
    likelihoods = {"h0": 0.8, "h1": 0.2}
    both = several(("h0", "h1"), seen("t", likelihoods))
    both = replace(
        both, hypotheses={key: replace(one, exclusive=frozenset()) for key, one in both.hypotheses.items()}
    )
    robust = robustness(both, "ALLY")
    assert "not declared exclusive" in robust.refusal
    assert robust.posteriors == ()
    assert robust.pairs[0].posterior is None
    assert robust.pairs[0].break_even == pytest.approx(0.2)
    three = several(("h0", "h1", "h2"), seen("t", likelihoods))
    assert "states no likelihood under h2" in robustness(three, "ALLY").refusal


def test_b_break_even_priors_and_what_a_target_needs() -> None:
    ratio = 10 * math.log10(9)
    assert break_even(ratio) == pytest.approx(0.1)
    assert needed(ratio, 0.5) == pytest.approx(0.1)
    assert needed(ratio, 0.9) == pytest.approx(0.5)
    assert dict(grid(ratio))[0.5] == pytest.approx(0.9)
    assert [p for p, _ in grid(0.0)] == pytest.approx([q for _, q in grid(0.0)])
    assert grid(ratio, (0.0, 1.0)) == ((0.0, 0.0), (1.0, 1.0))
    with pytest.raises(MethodError, match="The target is 2"):
        needed(ratio, 2)


def test_b_every_weight_moved_by_the_tipping_point_leaves_two_level() -> None:
    found = counted(A11)
    for rival in ("CC", "MV"):
        step = tipping(found, "EA", rival)
        assert shifted(found, "EA", rival, -step) == pytest.approx(0, abs=1e-9)
        assert shifted(found, "EA", rival, -step + 0.01) > 0
    assert tipping(found, "CC", "EA") == -tipping(found, "EA", "CC")


def test_b_a_correlated_pair_weighs_between_one_and_both() -> None:
    body = several(("h0", "h1"), seen("t", {"h0": 0.75, "h1": 0.25}), seen("u", {"h0": 0.3, "h1": 0.05}))
    at = {rho: correlated(counted(body), "h0", "h1", "t", "u", rho) for rho in (0.0, 0.2)}
    assert at[0.0].pair == pytest.approx(at[0.0].independent) == pytest.approx(10 * math.log10(18))
    r = [0.2 * math.sqrt(a * b * (1 - a) * (1 - b)) for a, b in ((0.75, 0.3), (0.25, 0.05))]
    assert at[0.2].pair == pytest.approx(10 * math.log10((0.225 + r[0]) / (0.0125 + r[1])))
    assert at[0.2].total < at[0.0].total == pytest.approx(total(counted(body), "h0", "h1"))
    with pytest.raises(MethodError, match=r"cannot have a correlation of 0\.9"):
        correlated(counted(body), "h0", "h1", "t", "u", 0.9)
    with pytest.raises(MethodError, match="those that count: t and u"):
        correlated(counted(body), "h0", "h1", "t", "x", 0.1)


def test_b_worlds_are_mixed_by_joint_probabilities_and_not_by_posteriors() -> None:
    body = several(("h0", "h1"), seen("t", {"h0": 0.5, "h1": 0.5}))
    worlds = [("strict", 0.5, {"t": {"h0": 0.8, "h1": 0.2}}), ("lax", 0.5, {"t": {"h0": 0.1, "h1": 0.1}})]
    found = in_worlds(body, ("h0", "h1"), worlds)
    assert found.hypotheses["h0"] == pytest.approx(0.45 / 0.6)  # and not (.8 + .5)/2
    assert found.worlds["strict"] == pytest.approx(0.5 / 0.6)
    with pytest.raises(MethodError, match="There is no test 'x'"):
        in_worlds(body, ("h0", "h1"), [("one", 1.0, {"x": {}})])
    with pytest.raises(MethodError, match="decibels"):
        in_worlds(body, ("h0", "h1"), [("one", 1.0, {"t": {"h0": "0 dB", "h1": "-3 dB"}})])


def test_b_priors_may_change_who_leads_and_what_it_hangs_on() -> None:
    likelihoods = {"h0": 0.8, "h1": 0.2}
    body = several(("h0", "h1"), seen("t", likelihoods), seen("u", likelihoods))
    priors = {"h0": (0.2, 0.9), "h1": (0.8, 0.1)}
    body = replace(
        body,
        hypotheses={
            key: replace(one, prior=priors[key][0], priors={"ada": priors[key][1], "bob": 0.5})
            for key, one in body.hypotheses.items()
        },
    )
    equal, stated, ada, doubting = (
        robustness(body, "ALLY", priors=whose, doubt=15.0, kinds=["test"])
        for whose in ("equal", "stated", "ada", "sceptical")
    )
    assert [one.pairs[0].leaders for one in (equal, stated, ada, doubting)] == [
        ("h0",),
        ("h0",),
        ("h0",),
        ("h1",),
    ]
    assert [len(one.pairs[0].ties) for one in (equal, stated, ada)] == [1, 2, 0]
    assert {key: p for key, _, p, _ in stated.posteriors}["h0"] == pytest.approx(0.8)
    assert [(coder, lead) for coder, _, lead in equal.pairs[0].coders] == [("ada", ("h0",)), ("bob", ("h0",))]
    assert [odds for _, odds, _ in equal.pairs[0].coders] == pytest.approx([10 * math.log10(9), 0])
    with pytest.raises(MethodError, match="Coder cy states no prior for h0 and h1"):
        robustness(body, "ALLY", priors="cy")


def test_b_priors_that_do_not_sum_are_refused_for_all_and_pairs_keep_their_odds() -> None:
    body = several(("h0", "h1"), seen("t", {"h0": 0.8, "h1": 0.2}))
    body = replace(body, hypotheses={key: replace(one, prior=0.6) for key, one in body.hypotheses.items()})
    robust = robustness(body, "ALLY", priors="stated")
    assert "sum to 1.2" in robust.refusal
    assert robust.pairs[0].prior == 0


@pytest.mark.parametrize(
    ("db", "words"),
    [
        (0.0, "none"),
        (4.9, "barely worth mentioning"),
        (-7.0, "substantial"),
        (12.0, "strong"),
        (19.0, "very strong"),
        (20.0, "very strong"),
        (math.inf, "decisive"),
    ],
)
def test_b_strength_in_jeffreys_words(db: float, words: str) -> None:
    assert strength(db) == words


def test_b_hypotheses_of_no_variable_are_said_to_be_so() -> None:
    told_of = told(robustness(Body("c"), ""))
    assert told_of[0] == "c has no code of the study's own, and its hypotheses are of no variable."
