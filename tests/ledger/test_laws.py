"""The laws: what the ledger refuses, whichever door a record comes through (METHOD, acceptance cases A35 to A39)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from evidence.coding.tests import resolve
from evidence.errors import EvidenceError, MethodError, ValueRefused
from evidence.ledger import records
from evidence.models import Decision
from evidence.vocabulary import TestResult
from tests.kit import Ledger, declared

ALLY = {
    "version": "1",
    "scale": "ordinal",
    "levels": [
        {"value": "0", "label": "restrained"},
        {"value": "1", "label": "no evidence", "needs": ["search"]},
        {"value": "2", "label": "mixed"},
        {"value": "3", "label": "necessary", "needs": ["counterfactual"]},
    ],
    "sub_judgements": [
        {"key": "direction", "values": [{"value": "raised"}, {"value": "lowered"}, {"value": "both"}]},
        {"key": "necessary", "values": [{"value": "yes"}, {"value": "no"}]},
        {"key": "featured", "values": [{"value": "yes"}, {"value": "no_after_search"}]},
    ],
    "rule": [
        {"when": {"direction": "both"}, "note": "judge which weighs more"},
        {"when": {"direction": "lowered"}, "code": "0"},
        {"when": {"direction": "raised", "necessary": "yes"}, "code": "3"},
        {"when": {"necessary": "no", "featured": "yes"}, "code": "2"},
        {"when": {"necessary": "no", "featured": "no_after_search"}, "code": "1"},
    ],
}


@pytest.fixture
def coded(worked: Ledger) -> Ledger:
    """A worked case, and a variable to code it on."""
    with worked.write() as session:
        records.add(session, "variable", {"key": "ALLY", "label": "Alliance influence", "versions": [ALLY]})
    return worked


def code(key: str, value: str | None, judged: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "key": key, "case": "mid-50", "variable": "ALLY", "value": value, "sub_judgements": judged, "coder": "ada",
        "rationale": "The minutes weigh the treaty.", "counter_evidence": "None found by search s1.", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("judged", "value", "more"),
    [
        ({"direction": "lowered"}, "0", {}),
        ({"direction": "raised", "necessary": "yes"}, "3", {"counterfactual": "No treaty, no garrison."}),
        ({"direction": "raised", "necessary": "no", "featured": "yes"}, "2", {}),
        ({"necessary": "no", "featured": "no_after_search"}, "1", {"searches": ["s1"]}),
    ],
)
def test_a35_the_rule_gives_the_code(
    coded: Ledger, judged: dict[str, str], value: str, more: dict[str, Any]
) -> None:
    with coded.write() as session:
        decision = records.add(session, "decision", code("d1", value, judged, **more))
        assert decision.rule_value == value
    assert coded.value("SELECT rule_value FROM decision") == value
    assert coded.findings() == []


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        (code("d1", "1", {"necessary": "no", "featured": "no_after_search"}), "code 1 needs a search record"),
        (
            code("d1", "2", {"direction": "both"}),
            "the scheme's rule gives no code here; say why 2 (override_reason)",
        ),
        (
            code("d1", "2", {"direction": "lowered"}),
            "the scheme's rule gives 0 here; say why 2 (override_reason)",
        ),
        (
            code("d1", "3", {"direction": "raised", "necessary": "yes"}),
            "state what would have happened without it",
        ),
        (
            code("d1", "1", {"direction": "both"}, override_reason="I think so."),
            "code 1 needs a search record",
        ),
        (code("d1", "4", {"direction": "lowered"}), "'4' is not a level; choose one of 0, 1, 2, 3."),
        (code("d1", "0", {"direction": "lowered"}, alternative="9"), "'9' is not a level"),
        (
            code("d1", "0", {"direction": "up"}),
            "direction cannot be 'up'; choose one of raised, lowered, both.",
        ),
        (code("d1", "0", {"directoin": "lowered"}), "'directoin' is not a sub-judgement"),
        (code("d1", "0", {"direction": "lowered"}, rationale=" "), "a code needs its reasons"),
        (code("d1", "0", {"direction": "lowered"}, counter_evidence=""), "names no counter-evidence"),
    ],
)
def test_a35_a_code_without_what_it_needs_is_refused(
    coded: Ledger, decision: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(EvidenceError, match=re.escape(sentence)), coded.write() as session:
        records.add(session, "decision", decision)
    assert coded.value("SELECT count(*) FROM decision") == 0


def test_a35_both_ways_is_the_coders_to_decide_with_a_reason(coded: Ledger) -> None:
    with coded.write() as session:
        decision = code("d1", "2", {"direction": "both"}, override_reason="The push outweighs the pull.")
        assert records.add(session, "decision", decision).rule_value is None


def test_a35_a_search_that_was_not_made_shows_no_absence(coded: Ledger) -> None:
    with coded.write() as session:
        records.add(
            session, "search", {"key": "s2", "question": "?", "corpus": "Box 12", "status": "not attempted"}
        )
    judged = {"necessary": "no", "featured": "no_after_search"}
    with pytest.raises(MethodError, match="needs a search record"), coded.write() as session:
        records.add(session, "decision", code("d1", "1", judged, searches=["s2"]))


@pytest.mark.parametrize(
    ("noun", "moment"),
    [("test", "declared_at"), ("observation", "first_seen_at"), ("search", "first_seen_at")],
)
def test_a37_nobody_says_when_something_was_first_known(worked: Ledger, noun: str, moment: str) -> None:
    """So *a priori* is computed, from moments that only the program writes."""
    key = {"test": "t1", "observation": "o1", "search": "s1"}[noun]
    with pytest.raises(ValueRefused, match=f"'{moment}' is set by the program"), worked.write() as session:
        records.edit(session, noun, records.find(session, noun, key), {moment: "2001-01-01T00:00:00Z"})
    with worked.write() as session:
        assert session.now - getattr(records.find(session, noun, key), moment) < timedelta(days=1)


@pytest.mark.parametrize("empty", ["", " \n", None])
@pytest.mark.parametrize("field", ["if_false", "prediction"])
def test_a38_a_test_that_cannot_fail_is_not_declared(worked: Ledger, field: str, empty: str | None) -> None:
    with pytest.raises(MethodError, match=f"\\({field}\\)"), worked.write() as session:
        records.add(session, "test", declared(key="t2", **{field: empty}))
    with pytest.raises(EvidenceError), worked.write() as session:
        records.edit(session, "test", records.find(session, "test", "t1"), {field: empty})
    assert worked.value("SELECT count(*) FROM test") == 1
    assert worked.value(f"SELECT {field} FROM test") == declared()[field]


def test_a38_a_test_needs_a_rival_other_than_itself(worked: Ledger) -> None:
    with pytest.raises(MethodError, match="has its own hypothesis as rival"), worked.write() as session:
        records.add(session, "test", declared(key="t2", rival="alliance"))


def test_a38_a_failed_test_without_a_search_is_inconclusive(worked: Ledger) -> None:
    with worked.write() as session:
        assert (
            resolve(session, records.find(session, "test", "t1"), TestResult.FAILED)
            is TestResult.INCONCLUSIVE
        )
    assert worked.value("SELECT result FROM test") == "inconclusive"


def test_a38_a_test_fails_on_a_search_that_was_made(worked: Ledger) -> None:
    with worked.write() as session:
        test = records.find(session, "test", "t1")
        records.edit(session, "test", test, {"bearings": [{"search": "s1", "direction": "against"}]})
        assert resolve(session, test, TestResult.FAILED) is TestResult.FAILED
    assert worked.value("SELECT result FROM test") == "failed"
    with pytest.raises(MethodError, match="cannot fail without a search"), worked.write() as session:
        records.edit(
            session, "test", records.find(session, "test", "t1"), {"bearings": [], "note": "withdrawn"}
        )


def test_a38_no_other_door_lets_a_test_fail_without_a_search(worked: Ledger) -> None:
    with pytest.raises(MethodError, match="cannot fail without a search"), worked.write() as session:
        records.edit(session, "test", records.find(session, "test", "t1"), {"result": "failed"})


def test_a38_a_search_that_was_not_made_bears_on_nothing(worked: Ledger) -> None:
    with worked.write() as session:
        records.add(
            session, "search", {"key": "s2", "question": "?", "corpus": "Box 12", "status": "not attempted"}
        )
    with pytest.raises(MethodError, match="search s2 was not made"), worked.write() as session:
        bearings = [{"search": "s2", "direction": "against"}]
        records.edit(session, "test", records.find(session, "test", "t1"), {"bearings": bearings})


@pytest.mark.parametrize(
    "bearing", [{"direction": "for"}, {"direction": "for", "observation": "o1", "search": "s1"}]
)
def test_a_bearing_brings_one_thing(worked: Ledger, bearing: dict[str, str]) -> None:
    with pytest.raises(EvidenceError, match="either an observation or a search"), worked.write() as session:
        records.edit(session, "test", records.find(session, "test", "t1"), {"bearings": [bearing]})


def test_a39_recoding_keeps_both_codes(coded: Ledger) -> None:
    with coded.write(author="Ada") as session:
        records.add(session, "decision", code("d1", "2", {"necessary": "no", "featured": "yes"}))
    with coded.write(author="Bob") as session:
        again = code(
            "d2", "0", {"direction": "lowered"}, rationale="The ally was held back.", supersedes="d1"
        )
        records.add(session, "decision", again)
    with coded.write() as session:
        old, new = (records.find(session, "decision", key) for key in ("d1", "d2"))
        assert (old.value, old.rationale, new.value, new.supersedes_id) == (
            "2",
            "The minutes weigh the treaty.",
            "0",
            old.id,
        )
    assert [entry.author for entry in coded.entries()[-2:]] == ["Ada", "Bob"]


@pytest.mark.parametrize(
    "change",
    [{"value": "2", "override_reason": "On reflection."}, {"rationale": "Better put."}, {"coder": "ada2"}],
)
def test_a39_a_decision_is_never_changed(coded: Ledger, change: dict[str, str]) -> None:
    with coded.write() as session:
        records.add(session, "coder", {"key": "ada2", "name": "Another"})
        records.add(session, "decision", code("d1", "0", {"direction": "lowered"}))
    with pytest.raises(MethodError, match="stands as it was made"), coded.write() as session:
        records.edit(session, "decision", records.find(session, "decision", "d1"), change)


def test_a39_not_even_through_the_mapped_class(coded: Ledger) -> None:
    """The laws are asked of rows, not of doors: an override without a reason is refused here too."""
    with coded.write() as session:
        records.add(session, "decision", code("d1", "0", {"direction": "lowered"}))
    with pytest.raises(MethodError, match="say why 3"), coded.write() as session:
        decision: Decision = records.find(session, "decision", "d1")
        decision.value = "3"


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ({"side": "C"}, "side 'C' is neither A nor B."),
        ({"side": "A", "hostility": 0}, "hostility 0 is not a level from 1 to 5."),
        ({"side": "A", "hostility": -9}, "hostility -9 is not a level"),
        ({"side": "A", "action": 22}, "action 22 is not in the version 4 code book (0 to 21)."),
    ],
)
def test_a32_a_participation_holds_no_code_that_the_code_book_lacks(
    worked: Ledger, part: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueRefused, match=re.escape(sentence)), worked.write() as session:
        records.add(session, "case", {"key": "c", "title": "C", "participants": [{"actor": "usa", **part}]})


def test_laws_are_asked_when_the_unit_ends(worked: Ledger) -> None:
    """So a record and what it rests on may be logged in any order, in one unit."""
    with worked.write() as session:
        test = records.add(session, "test", declared(key="t2"))
        test.result = TestResult.FAILED
        session.flush()
        records.add(session, "search", {"key": "s9", "question": "Pressure?", "corpus": "NSC minutes"})
        records.edit(session, "test", test, {"bearings": [{"search": "s9", "direction": "against"}]})
    assert worked.value("SELECT result FROM test WHERE key = 't2'") == "failed"


@pytest.mark.parametrize("noun", ["observation", "search"])
def test_what_bears_on_a_test_does_not_move_to_another_case(worked: Ledger, noun: str) -> None:
    key = {"observation": "o1", "search": "s1"}[noun]
    with worked.write() as session:
        records.add(session, "case", {"key": "other", "title": "Other"})
        test = records.find(session, "test", "t1")
        records.edit(session, "test", test, {"bearings": [{noun: key, "direction": "against"}]})
    refused = pytest.raises(MethodError, match="belongs to another case than test t1")
    with refused, worked.write() as session:
        records.edit(session, noun, records.find(session, noun, key), {"case": "other"})
    with worked.write() as session:  # to no case it may
        records.edit(session, noun, records.find(session, noun, key), {"case": None})
    assert worked.value(f"SELECT case_id FROM {noun} WHERE key = '{key}'") is None
