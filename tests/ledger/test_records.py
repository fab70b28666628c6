"""Records: added, changed, renamed and retired as people write them, and found again by key."""

from __future__ import annotations

import re
from typing import Any

import pytest

from evidence.errors import EvidenceError, MethodError, Place, UnknownKey, ValueRefused
from evidence.ledger import records
from evidence.ledger.nouns import NOUNS
from evidence.ledger.shown import shown
from tests.kit import Ledger, declared


def test_a_record_is_found_by_its_key_through_a_new_connection(worked: Ledger) -> None:
    with worked.write() as session:
        case = records.find(session, "case", "mid-50")
        assert (case.title, case.attributes, case.start) == ("Taiwan Strait", {"hostility": 4}, "1953-02-11")
        assert (case.start_earliest.isoformat(), case.end_latest.isoformat()) == ("1953-02-11", "1956-01-31")
        assert records.keys(session, "actor") == ["taiwan", "usa"]
    assert worked.value("SELECT words FROM quote") == "The Secretary said that “the islands” …"


def test_a_mistyped_key_is_answered_with_the_nearest(worked: Ledger) -> None:
    with (
        worked.write() as session,
        pytest.raises(
            UnknownKey, match=re.escape("There is no case 'mid-5O' in this study. Did you mean mid-50?")
        ),
    ):
        records.find(session, "case", "mid-5O")


@pytest.mark.parametrize(
    ("noun", "values", "sentence"),
    [
        ("case", {"key": "a", "title": "A", "titel": "B"}, "'titel' is not a field of a case. Did you mean 'title'?"),
        ("case", {"key": "a"}, "a case needs 'title'."),
        ("case", {"key": "a", "title": " "}, "title: a value is needed here."),
        ("case", {"key": "a b", "title": "A"}, "'a b' cannot be a key; use letters"),
        ("case", {"key": "a", "title": "A", "start": "1955-02-29"}, "February 1955 has 28 days."),
        ("case", {"key": "a", "title": "A", "status": "depp"}, "'depp' is not a status. Did you mean 'deep'?"),
        ("case", {"key": "a", "title": "A", "attributes": {"n": float("nan")}}, "a fact is a number, a text or true or false"),
        ("case", {"key": "a", "title": "A", "attributes": {"n": [1]}}, "a fact is a number, a text or true or false"),
        ("case", {"key": "a", "title": "half \ud800"}, "half of a character"),
        ("case", {"key": "a", "title": "nul \x00"}, "NUL character"),
        ("case", {"key": "a", "title": "A", "participants": "usa"}, "this is a list; put a dash before each entry."),
        ("case", {"key": "a", "title": "A", "participants": [{"side": "A"}]}, "a participation needs 'actor'."),
        ("case", {"key": "a", "title": "A", "participants": [{"actor": "usa", "side": "A"}] * 2}, "is listed twice"),
        ("case", {"key": "mid-50", "title": "A"}, "case 'mid-50' is there already; choose another key."),
        ("quote", {"key": "q", "source": "mem", "words": "x"}, "There is no source 'mem' in this study. Did you mean memo?"),
        ("quote", {"key": "q", "source": "memo", "words": "x", "state": "exact"}, "'state' is set by the program of a quote."),
        ("quote", {"key": "q", "source": "memo", "words": "x", "locator": {"pgae": "1"}}, "Did you mean 'page'?"),
        ("actor", {"key": "u", "name": "U", "ccode": 2.5}, "2.5 is not a whole number."),
        ("source", {"key": "s", "title": "S", "tier": "primary", "redacted": "perhaps"}, "neither true nor false"),
        ("source", {"key": "s", "title": "S", "tier": "primary", "csl": {"title": "T"}}, "is a field of the source itself"),
        ("hypothesis", {"key": "h", "statement": "H", "prior": 1.5}, "1.5 is not a probability"),
        ("hypothesis", {"key": "h", "statement": "H", "prior": "0.9..0.1"}, "is upside down"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_in_a_sentence(
    worked: Ledger, noun: str, values: dict[str, Any], sentence: str
) -> None:
    before = len(worked.entries())
    with pytest.raises(EvidenceError, match=re.escape(sentence)), worked.write() as session:
        records.add(session, "actor", {"key": "bystander", "name": "Bystander"})
        records.add(session, noun, values)
    assert len(worked.entries()) == before
    assert worked.value("SELECT count(*) FROM actor WHERE key = 'bystander'") == 0
    assert worked.findings() == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"word_scale": [{"word": "likely", "p": "often"}]}, "gives each word a probability or a range"),
        ({"word_scale": [{"word": "0.5", "p": 0.5}]}, "gives each word a probability or a range"),
        ({"word_scale": [{"word": "even", "p": 0.5}, {"word": "Even", "p": 0.4}]}, "has two meanings; give it one."),
        ({"word_scale": [{"word": "even", "p": 1.5}]}, "1.5 is not a probability"),
        ({"checks": {"ignroe": ["EV605"]}}, "Did you mean 'ignore'?"),
        ({"checks": {"earliest": "1955-13"}}, "1955-13"),
        ({"checks": {"earliest": "1960", "latest": "1950"}}, "is before the earliest (1960)."),
    ],
)  # fmt: skip
def test_settings_of_a_study_that_cannot_be_are_refused(
    worked: Ledger, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(EvidenceError, match=re.escape(sentence)), worked.write() as session:
        records.edit_study(session, values)
    assert worked.value("SELECT word_scale FROM study") in (None, "null")


def test_a_further_likelihood_is_of_a_further_hypothesis(worked: Ledger) -> None:
    said = {"likelihoods": [{"hypothesis": "alliance", "p": 0.4}]}
    with (
        pytest.raises(EvidenceError, match="state its likelihood as p_hypothesis"),
        worked.write() as session,
    ):
        records.edit(session, "test", records.find(session, "test", "t1"), said)
    with worked.write() as session:
        records.add(
            session, "hypothesis", {"key": "neither", "case": "mid-50", "statement": "Something else."}
        )
        said = {"likelihoods": [{"hypothesis": "neither", "p": "-6 dB"}]}
        records.edit(session, "test", records.find(session, "test", "t1"), said)
    with worked.read() as (connection, study):
        held = shown(connection, study, "test", "t1")["likelihoods"]
    assert held == [{"hypothesis": "neither", "p": "-6 dB"}]


def test_an_error_says_where_it_was_read(worked: Ledger) -> None:
    place = Place("cases.csv", row=7)
    with (
        pytest.raises(
            ValueRefused, match=re.escape("cases.csv, row 7, field \"start\": 'soon' is not an EDTF date")
        ),
        worked.write() as session,
    ):
        records.add(session, "case", {"key": "a", "title": "A", "start": "soon"}, place=place)


def test_editing_writes_only_what_changed(worked: Ledger) -> None:
    with worked.write() as session:
        case = records.find(session, "case", "mid-50")
        assert not records.edit(
            session, "case", case, {"title": "Taiwan Strait", "attributes": {"hostility": 4}}
        )
    before = len(worked.entries())
    with worked.write() as session:
        case = records.find(session, "case", "mid-50")
        assert records.edit(session, "case", case, {"title": "First Taiwan Strait crisis"})
    assert len(worked.entries()) == before + 1
    assert worked.value("SELECT before FROM change ORDER BY id DESC LIMIT 1") == '{"title":"Taiwan Strait"}'
    assert (
        worked.value("SELECT after FROM change ORDER BY id DESC LIMIT 1")
        == '{"title":"First Taiwan Strait crisis"}'
    )


def test_a_unit_that_changes_nothing_leaves_no_revision(worked: Ledger) -> None:
    before = worked.entries()
    with worked.write() as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Taiwan Strait"})
    assert worked.entries() == before


def test_a_renamed_record_is_still_found_by_its_old_key(worked: Ledger) -> None:
    with worked.write() as session:
        records.rename(session, "case", records.find(session, "case", "mid-50"), "strait-1954")
    with worked.write() as session:
        records.rename(session, "case", records.find(session, "case", "mid-50"), "strait")
    with worked.write() as session:
        assert {records.find(session, "case", key).key for key in ("mid-50", "strait-1954", "strait")} == {
            "strait"
        }
    assert worked.findings() == []


@pytest.mark.parametrize("how", ["renamed", "retired"])
def test_a_key_is_never_used_again(worked: Ledger, how: str) -> None:
    with worked.write() as session:
        records.add(session, "case", {"key": "mid-51", "title": "Korea"})
    with worked.write() as session:
        case = records.find(session, "case", "mid-51")
        if how == "renamed":
            records.rename(session, "case", case, "strait")
        else:
            records.retire(session, case)
    with (
        pytest.raises(ValueRefused, match="was once used, and keys are never used again"),
        worked.write() as session,
    ):
        records.add(session, "case", {"key": "mid-51", "title": "Another"})
    with worked.write() as session:
        records.add(session, "case", {"key": "other", "title": "Other"})
    with pytest.raises(ValueRefused, match="was once used"), worked.write() as session:
        records.rename(session, "case", records.find(session, "case", "other"), "mid-51")


def test_the_same_key_serves_in_another_study_and_for_another_noun(worked: Ledger) -> None:
    other = Ledger(worked.url, "other")
    other.found()
    with other.write() as session:
        records.add(session, "case", {"key": "mid-50", "title": "Its own"})
        records.add(session, "source", {"key": "mid-50", "title": "A source", "tier": "primary"})
    with worked.write() as session:
        assert records.find(session, "case", "mid-50").title == "Taiwan Strait"
    assert (other.findings(), worked.findings()) == ([], [])


def test_a_key_is_not_changed_by_editing(worked: Ledger) -> None:
    with pytest.raises(ValueRefused, match="evidence case rename"), worked.write() as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"key": "strait"})


def test_a_retired_record_stays_and_can_be_brought_back(worked: Ledger) -> None:
    with worked.write() as session:
        records.retire(session, records.find(session, "search", "s1"))
    assert worked.value("SELECT count(*) FROM search") == 1
    with worked.write() as session:
        assert records.keys(session, "search") == []
        with pytest.raises(ValueRefused, match="was retired"):
            records.find(session, "search", "s1")
        made = records.find(session, "search", "s1", retired=True)
        records.edit(session, "search", made, {"retired_at": None}, computed=True)
    with worked.write() as session:
        assert records.keys(session, "search") == ["s1"]


def test_the_records_inside_a_record_are_those_listed(worked: Ledger) -> None:
    with worked.write() as session:
        case = records.find(session, "case", "mid-50")
        usa = {"actor": "usa", "side": "A", "hostility": 5}
        assert records.edit(session, "case", case, {"participants": [usa]})
        assert not records.edit(session, "case", case, {"participants": [usa]})
    kept = "SELECT count(*) FROM participation WHERE retired_at IS NULL"
    assert (worked.value(kept), worked.value("SELECT count(*) FROM participation")) == (1, 2)
    assert worked.value("SELECT hostility FROM participation WHERE retired_at IS NULL") == 5
    with worked.write() as session:  # and the one left out comes back as the row that it was
        records.edit(
            session,
            "case",
            records.find(session, "case", "mid-50"),
            {"participants": [usa, {"actor": "taiwan", "side": "A"}]},
        )
    assert (worked.value(kept), worked.value("SELECT count(*) FROM participation")) == (2, 2)
    assert worked.findings() == []


def test_rows_are_never_deleted(worked: Ledger) -> None:
    with pytest.raises(AssertionError, match="retired, not deleted"), worked.write() as session:
        session.delete(records.find(session, "observation", "o1"))
        session.flush()


def test_the_next_key_was_never_used(worked: Ledger) -> None:
    with worked.write() as session:
        assert records.next_key(session, "quote", "memo.") == "memo.2"
        records.rename(session, "quote", records.find(session, "quote", "memo.1"), "memo.7")
        records.rename(session, "quote", records.find(session, "quote", "memo.7"), "opening")
        assert records.next_key(session, "quote", "memo.") == "memo.8"
        assert records.next_key(session, "quote", "memo_") == "memo_1"


@pytest.mark.parametrize("noun", sorted(noun for noun, kind in NOUNS.items() if kind.keyed))
def test_every_noun_says_what_it_needs(worked: Ledger, noun: str) -> None:
    with (
        pytest.raises(EvidenceError, match=r"needs|tests? |predicts|rival|reasons"),
        worked.write() as session,
    ):
        records.add(session, noun, {"key": "x"})


def test_a_test_that_says_something_new_is_declared_anew(worked: Ledger) -> None:
    with worked.write() as session:
        records.find(session, "test", "t1").declared_at = session.now.replace(year=2001)
    with worked.write() as session:
        test = records.find(session, "test", "t1")
        records.edit(session, "test", test, {"note": "to be done"})
        assert test.declared_at.year == 2001
        records.edit(session, "test", test, {"prediction": "Dulles says so in public."})
        assert test.declared_at == session.now


def test_a_link_leads_to_the_row_and_not_to_the_key(worked: Ledger) -> None:
    with worked.write() as session:
        records.rename(session, "source", records.find(session, "source", "memo"), "nsc-214")
    assert worked.value("SELECT s.key FROM quote q JOIN source s ON s.id = q.source_id") == "nsc-214"


def test_a_test_needs_hypotheses_of_its_own_case(worked: Ledger) -> None:
    with worked.write() as session:
        records.add(session, "case", {"key": "mid-611", "title": "Vietnam"})
    with (
        pytest.raises(MethodError, match="is of another case than its hypothesis"),
        worked.write() as session,
    ):
        records.add(session, "test", declared(key="t2", case="mid-611"))


def test_nothing_that_stands_rests_on_what_is_retired(worked: Ledger) -> None:
    for noun, key, what in (
        ("source", "memo", "quote memo.1"),
        ("quote", "memo.1", "observation o1"),
        ("hypothesis", "interest", "test t1"),
        ("case", "mid-50", "hypothesis alliance, hypothesis interest, observation o1, search s1, test t1"),
    ):
        with pytest.raises(MethodError, match=f"rests on it: {what}"), worked.write() as session:
            records.retire(session, records.find(session, noun, key))
    with worked.write() as session:  # all of it at once, in any order
        for noun, key in (("source", "memo"), ("quote", "memo.1"), ("observation", "o1")):
            records.retire(session, records.find(session, noun, key))
    assert worked.findings() == []
