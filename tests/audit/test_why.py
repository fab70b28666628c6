"""Why a case has its code: everything of the page, top down, read in a fixed number of statements."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import Connection, event

from evidence.audit.views import Why
from evidence.audit.why import why
from evidence.errors import UnknownKey
from evidence.ledger import history, records
from tests.kit import Ledger
from tests.publish.strait import two_cases

#: What ``why`` reads a case in, where nobody has signed anything and nothing changed since it was coded.
_STATEMENTS = 19
#: And what it takes besides to say what changed beneath the codes since.
_LATER = 6


@pytest.fixture
def strait(sqlite_url: str) -> Ledger:
    """A study of two cases, one of them process-traced."""
    return two_cases(sqlite_url)


@pytest.fixture
def either(ledger_url: str) -> Ledger:
    """The same, on one engine and then on the other."""
    return two_cases(ledger_url)


def asked(ledger: Ledger, case: str = "mid-50", variable: str | None = None) -> Why:
    with ledger.read() as (connection, study):
        return why(connection, study, case, variable)


def edit(ledger: Ledger, noun: str, key: str, **values: Any) -> None:
    with ledger.write() as session:
        records.edit(session, noun, records.find(session, noun, key), values)


def add(ledger: Ledger, noun: str, /, **values: Any) -> None:
    with ledger.write() as session:
        records.add(session, noun, values, computed=True)


def test_the_code_stands_with_its_reasons_its_rule_and_what_it_rests_on(either: Ledger) -> None:
    answer = asked(either)
    (code,) = answer.shown
    assert (code.variable, code.value, code.rule_value, code.coder) == ("ALLY", "2", "2", "ada")
    assert [(row.number, row.code, row.applied) for row in code.rule] == [(1, "2", True), (2, "1", False)]
    assert [test.key for test in code.tests] == ["mid-50.t1"]
    assert [one.key for one in code.against] == ["mid-50.o2"]
    assert [old.value for old in code.history] == ["1"]
    assert [(other.coder, other.value) for other in code.others] == [("rand", "0")]
    assert code.contested == ("rand gives 0",)
    assert "contested: rand gives 0" in code.state
    assert "nobody has signed it" in code.state


def test_a_test_says_what_its_result_means_and_how_its_absence_reads(strait: Ledger) -> None:
    answer = asked(strait)
    tests = {test.key: test for test in (*answer.shown[0].tests, *answer.other_tests)}
    straw, hoop = tests["mid-50.t1"], tests["mid-50.t2"]
    assert straw.disagreement == "declared straw in the wind, implied smoking gun (T=4.5)"
    assert (straw.kind, straw.implied_kind) == ("straw in the wind", "smoking gun")
    assert straw.weight == pytest.approx(9.0309, abs=1e-4)
    assert straw.duality == "its absence would be a hoop for mid-50.h2"
    assert hoop.irreversible == ("P(seen given mid-50.h1) = 1",)
    assert hoop.duality == "its absence is a smoking gun that mid-50.h2 passes"
    assert "eliminated if its prediction had to come true" in hoop.meaning.hypothesis
    assert hoop.weight == float("-inf")


def test_a_search_that_may_miss_weighs_less(strait: Ledger) -> None:
    edit(strait, "search", "mid-50.s1", sensitivity=0.5)
    (hoop,) = [test for test in asked(strait).other_tests if test.key == "mid-50.t2"]
    # 10 log10((1 - .5 x 1) / (1 - .5 x .5)), METHOD 2.6
    assert hoop.weight == pytest.approx(-1.760913, abs=1e-6)


def test_what_counts_nothing_says_why(strait: Ledger) -> None:
    edit(strait, "test", "mid-50.t2", result="inconclusive")
    (hoop,) = [test for test in asked(strait).other_tests if test.key == "mid-50.t2"]
    assert hoop.weight is None
    assert hoop.uncounted == ("its result is inconclusive, which weighs 0 dB",)
    assert asked(strait).open_tests == ("mid-50.t2",)


def test_the_words_of_the_robustness_are_there_and_of_the_own_code_alone(strait: Ledger) -> None:
    own, published = asked(strait).codes
    assert own.robustness is not None
    assert own.robustness.stands
    assert "mid-50.t1" in own.would_change
    assert own.told
    assert published.robustness is None


def test_quotes_come_with_translation_criticism_withheld_words_and_lineage(strait: Ledger) -> None:
    add(strait, "source", key="file", title="The file", tier="primary")
    edit(strait, "source", "memo", derived_from="file", redacted=True)
    edit(strait, "quote", "mid-50.q2", translator="T. Lin", redactions=["[1 line not declassified]"])
    (observation,) = asked(strait).shown[0].against
    (quote,) = observation.quotes
    assert (quote.words, quote.translation, quote.translator) == ("看台灣", "Look at Taiwan", "T. Lin")
    assert (quote.language, quote.foreign) == ("zh", True)
    assert quote.redactions == ("[1 line not declassified]",)
    assert quote.redacted
    assert quote.lineage == ("file",)
    assert quote.criticism == {"motive": "To tell his chief."}


def test_a_ring_of_sources_ends(strait: Ledger) -> None:
    add(strait, "source", key="file", title="The file", tier="primary", derived_from="memo")
    strait.behind_its_back(
        "UPDATE source SET derived_from_id = (SELECT id FROM source WHERE key = 'file') WHERE key = 'memo'"
    )
    (observation,) = asked(strait).shown[0].against
    assert observation.quotes[0].lineage == ("file", "memo")


def test_reviews_hold_until_something_beneath_them_changes(either: Ledger, run: Any) -> None:
    signed = run("--ledger", either.url, "review", "mid-50", "ALLY", "--coder", "rand", "--note", "Read all.")
    assert signed.code == 0, signed
    (review,) = asked(either).reviews
    assert (review.noun, review.coder, review.verdict, review.state) == (
        "decision",
        "rand",
        "confirmed",
        "holds",
    )
    edit(either, "quote", "mid-50.q1", words="a symbol")
    answer = asked(either)
    (review,) = answer.reviews
    assert review.state == "suspect"
    assert "mid-50.q1" in review.changed
    (code,) = answer.shown
    assert "mid-50.q1" in code.suspect
    assert any(said.startswith("confirmed by rand") and said.endswith("suspect since") for said in code.state)


def test_a_publications_code_says_where_it_stands(strait: Ledger) -> None:
    table = {"page": "12", "line": "3"}
    with strait.write() as session:
        first = records.find(session, "decision", "mid-50.ALLY.3")
        assert first.locator is None
        again = {
            "key": "mid-50.ALLY.4", "case": "mid-50", "variable": "ALLY", "value": "0", "coder": "rand",
            "round": "published elsewhere", "rationale": "Table 3.", "override_reason": "Theirs.", "locator": table,
            "sub_judgements": {"featured": "yes"}, "supersedes": "mid-50.ALLY.3", "counter_evidence": "None given.",
            "decided_at": "2026-05-09T10:00:00Z",
        }  # fmt: skip
        records.add(session, "decision", again, computed=True)
    (code,) = asked(strait).shown
    assert [(one.value, one.locator) for one in code.others] == [("0", table)]


def test_one_variable_alone_and_an_unknown_one(strait: Ledger) -> None:
    assert [code.variable for code in asked(strait, variable="ALLY").shown] == ["ALLY"]
    with pytest.raises(UnknownKey, match="Did you mean ALLY"):
        asked(strait, variable="ALY")


def test_a_case_without_codes_and_what_is_left_over(strait: Ledger) -> None:
    add(strait, "observation", key="mid-51.o1", case="mid-51", proposition="Left over")
    answer = asked(strait, "mid-51")
    assert answer.codes == ()
    assert [one.key for one in answer.other_observations] == ["mid-51.o1"]


def test_the_number_of_statements_does_not_grow_with_the_evidence(strait: Ledger) -> None:
    def number() -> int:
        statements: list[str] = []

        def note(_c: Connection, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        with strait.read() as (connection, study):
            event.listen(connection.engine, "before_cursor_execute", note)
            why(connection, study, "mid-50")
        return len(statements)

    def bring(numbers: range) -> None:
        with strait.write() as session:
            for n in numbers:
                records.add(session, "quote", {"key": f"memo.x{n}", "source": "memo", "words": "x"})
                seen = {"key": f"mid-50.o{n}", "case": "mid-50", "proposition": "X", "quotes": [f"memo.x{n}"]}
                records.add(session, "observation", seen)
                bearing = {"test": "mid-50.t1", "observation": f"mid-50.o{n}", "direction": "for"}
                records.add(session, "bearing", bearing)

    assert number() == _STATEMENTS
    bring(range(3, 4))  # newer than the code, so that what changed beneath it is looked for
    few = number()
    bring(range(4, 44))
    assert number() == few <= _STATEMENTS + _LATER
    assert len(asked(strait).shown[0].tests[0].brought) == 42


def test_the_past_is_asked_the_same_way(strait: Ledger) -> None:
    last = len(strait.entries())
    edit(strait, "test", "mid-50.t1", p_hypothesis=0.6)
    with strait.read() as (connection, study), history.as_of(connection, study, last) as past:
        from evidence.ledger.store import find_study  # noqa: PLC0415 - as the command does

        before = why(past, find_study(past, None), "mid-50")
    assert before.shown[0].tests[0].p_hypothesis == 0.8
    assert asked(strait).shown[0].tests[0].p_hypothesis == 0.6


def test_all_of_it_can_be_written_as_json(strait: Ledger) -> None:
    answer = asdict(asked(strait))
    names = {
        "case", "title", "start", "end", "status", "stage", "screening", "profile", "threshold", "word_scale", "codes",
        "hypotheses", "other_tests", "other_observations", "other_searches", "open_tests", "reviews",
        "challenges",
    }  # fmt: skip
    assert set(json.loads(json.dumps(answer, default=str))) == names
