"""Drafts of narratives: the ledger's words as they are, whatever is in them, with every note in place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.audit.misquoted import Cited, misquoted
from evidence.audit.narrated import blocks, is_draft
from evidence.ledger import records
from evidence.publish.drafting import as_text, draft
from evidence.publish.narratives import written
from evidence.publish.one_case import case_view
from tests.kit import Ledger, work_a_case

_HOSTILE = (
    "# *No* [@memo.1] _one_ <script>alert(1)</script> `said` [it](http://x.example) &amp; [a]: b \\ | 1. - > ![i](j) "
    "“snake_case” \u202ex\u202c"
)


@given(st.text(alphabet="ab_*`[]()@:<>&;#\\!-+.=~1 9'\"|\n", max_size=60))
def test_words_show_as_they_are(words: str) -> None:
    shown = as_text(words)
    assert "".join(block.words for block in blocks(shown)).split() == words.split()
    html = str(written(shown).html)
    assert "<a " not in html
    assert "<em" not in html
    assert "<h" not in html


@pytest.fixture
def worked(sqlite_url: str) -> Ledger:
    """A case with hostile words in every field that a draft shows, a test that passed and a code."""
    ledger = Ledger(sqlite_url)
    ledger.found()
    with ledger.write() as session:
        work_a_case(session)
        case = records.find(session, "case", "mid-50")
        records.edit(session, "case", case, {"screening": _HOSTILE, "status": "deep"})
        records.add(session, "quote", {"key": "memo.2", "source": "memo", "words": _HOSTILE, "language": "zh",
                                       "translation": f"He said {_HOSTILE}"})  # fmt: skip
        records.add(
            session,
            "observation",
            {"key": "o2", "case": "mid-50", "proposition": _HOSTILE, "inference": _HOSTILE, "speaker": _HOSTILE,
             "occurred": "1954-01-05", "quotes": ["memo.2", "memo.1"]},
        )  # fmt: skip
        test = records.find(session, "test", "t1")
        bearings = [{"observation": "o2", "direction": "for"}, {"observation": "o1", "direction": "against"}]
        records.edit(session, "test", test, {"result": "passed", "bearings": bearings, "note": _HOSTILE})
        search = records.find(session, "search", "s1")
        records.edit(
            session,
            "search",
            search,
            {"hits": 0, "found": _HOSTILE, "terms": ["*a*", "[@b]"], "status": "done"},
        )
        values = [{"value": "yes", "label": _HOSTILE}, {"value": "no"}]
        version = {
            "version": "1", "scale": "ordinal", "levels": [{"value": "1", "label": "none"}, {"value": "2", "label": _HOSTILE}],
            "sub_judgements": [{"key": "featured", "label": "Did it feature?", "values": values}],
            "rule": [{"when": {"featured": "yes"}, "code": "2"}],
        }  # fmt: skip
        records.add(session, "variable", {"key": "ALLY", "label": "Role", "versions": [version]})
        records.add(session, "decision", {
            "key": "d1", "case": "mid-50", "variable": "ALLY", "value": "2", "sub_judgements": {"featured": "yes"},
            "rationale": _HOSTILE, "counter_evidence": _HOSTILE, "coder": "ada", "tests": ["t1"], "alternative": "1",
            "alternative_reason": _HOSTILE})  # fmt: skip
    return ledger


def test_everything_stands_in_it_in_order_with_its_notes(worked: Ledger) -> None:
    with worked.read() as (connection, study):
        text = draft(connection, study, "mid-50")
    assert is_draft(text)
    heads = [block.words for block in blocks(text) if block.kind == "heading"]
    assert heads[0] == "The dispute"
    assert heads[1].startswith("Role (ALLY): 2, # *No*")
    assert heads[2:] == [
        "The claims", "The tests", "Hoop for H1 against H2: passed", "The evidence, in the order of events",
        "What speaks against", "Searched without result",
    ]  # fmt: skip
    cited = [one.key for block in blocks(text) for note in block.notes for one in note.cited]
    assert set(cited) == {"memo.1", "memo.2"}
    assert "Dulles cites obligations to Taipei before the decision." in text
    assert "Otherwise: The minutes weigh bases and prestige only." in text


def test_it_renders_and_is_read_back_word_for_word(worked: Ledger) -> None:
    with worked.read() as (connection, study):
        text = draft(connection, study, "mid-50")
        view, _ = case_view(connection, study, "mid-50", text)
    assert {note.quote for note in view.narrative.notes} == {"memo.1", "memo.2"}
    assert "<script" not in view.narrative.html
    assert '<a href="http' not in view.narrative.html
    words = {
        "memo.1": Cited(("The Secretary said that “the islands” …",)),
        "memo.2": Cited((_HOSTILE, f"He said {_HOSTILE}")),
    }
    assert misquoted(text, words.get) == []


def test_it_is_the_same_each_time(worked: Ledger) -> None:
    with worked.read() as (connection, study):
        assert draft(connection, study, "mid-50") == draft(connection, study, "mid-50")


def test_a_case_with_data_alone_has_little_to_say(sqlite_url: str) -> None:
    ledger = Ledger(sqlite_url)
    ledger.found()
    with ledger.write() as session:
        records.add(session, "case", {"key": "c", "title": "A case", "start": "1955-01-01"})
    with ledger.read() as (connection, study):
        assert draft(connection, study, "c").split("\n\n")[1:] == [
            "## The dispute",
            "This dispute began: 1 January 1955.\n",
        ]
