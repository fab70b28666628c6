"""What changed between two revisions, told in the study's words; nothing that differs is dropped in silence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from evidence.audit.told import PARTS, Telling, between
from evidence.ledger import history, records
from evidence.models import Search
from tests.kit import Ledger
from tests.publish.strait import add_cases, deep_case, found

Change = Callable[[Any], Any]


@pytest.fixture
def strait(sqlite_url: str) -> Ledger:
    """A study of two cases, one of them process-traced."""
    ledger = found(sqlite_url)
    add_cases(ledger, range(50, 52))
    deep_case(ledger)
    return ledger


def told(ledger: Ledger, *changes: Change) -> Telling:
    """Make changes, one unit of work each, and return what is told of them all."""
    first = len(ledger.entries())
    for change in changes:
        with ledger.write() as session:
            change(session)
    with ledger.read() as (connection, study):
        before, after = (history.state(connection, study, number) for number in (first, None))
    return between(before, after)


def said(telling: Telling) -> list[str]:
    return [line.said for line in telling.lines]


def edit(noun: str, key: str, **values: Any) -> Change:
    return lambda session: records.edit(session, noun, records.find(session, noun, key), values)


def add(kind: str, **values: Any) -> Change:
    return lambda session: records.add(session, kind, values, computed=True)


def _decided(number: int, value: str, **more: Any) -> Change:
    reasons = {"rationale": "A record found since. It weighs the ally.", "counter_evidence": "None."}
    judged = {"sub_judgements": {"featured": "yes" if value == "2" else "no"}}
    key = {"key": f"mid-50.ALLY.{number}", "case": "mid-50", "variable": "ALLY", "value": value}
    who = {"coder": "ada", "decided_at": "2026-06-01T10:00:00Z"}
    return add("decision", **key, **judged, **reasons, **who, **more)


def test_a_recoding_is_told_first_with_its_reason_who_and_when(strait: Ledger) -> None:
    telling = told(
        strait,
        add("source", key="book", title="A book", tier="secondary"),
        edit("case", "mid-50", narrative="Now it is told in six words."),
        _decided(4, "1", supersedes="mid-50.ALLY.2", searches=["mid-50.s1"]),
    )
    first, *others = said(telling)
    assert first == (
        "mid-50 ALLY 2→1, because: A record found since. It weighs the ally (ada, 2026-06-01; mid-50.ALLY.4)"
    )
    assert others == [
        "book added: A book (secondary)",
        "case mid-50: its narrative was reworded (14 words → 7 words)",
    ]
    assert [line.part for line in telling.lines] == ["codes", "sources", "narratives"]


def test_a_code_against_the_rule_says_what_the_rule_gives(strait: Ledger) -> None:
    override = {"override_reason": "Too weak.", "sub_judgements": {"featured": "yes"}}
    reasons = {"rationale": "R", "counter_evidence": "None.", "coder": "rand", "round": "blind"}
    change = add(
        "decision", key="mid-51.ALLY.1", case="mid-51", variable="ALLY", value="0",
        decided_at="2026-06-01T10:00:00Z", **override, **reasons,
    )  # fmt: skip
    assert said(told(strait, change)) == [
        "mid-51 ALLY coded 0, because: R (rand, 2026-06-01, blind, against the rule (it gives 2); mid-51.ALLY.1)"
    ]


def test_tests_likelihoods_quotes_and_bearings_are_told_by_what_they_mean(strait: Ledger) -> None:
    telling = told(
        strait,
        edit("test", "mid-50.t1", p_hypothesis="0.5..0.6"),
        edit("test", "mid-50.t2", result="inconclusive", note="Too few boxes."),
        edit("quote", "mid-50.q2", words="看日本"),
        add("bearing", test="mid-50.t2", observation="mid-50.o1", direction="for", note="It was said."),
        add("review", noun="case", subject="mid-50", coder="rand", verdict="disputed", note="Not so.",
            fingerprint="0" * 64, reviewed_at="2026-07-01T10:00:00Z"),
    ).lines  # fmt: skip
    told_of = {line.keys[0]: line.said for line in telling}
    assert "P(seen given mid-50.h1) 0.8 → 0.5..0.6" in told_of["mid-50.t1"]
    assert told_of["mid-50.t2"].startswith("test mid-50.t2: failed→inconclusive, because: Too few boxes")
    assert told_of["mid-50.q2"] == "quote mid-50.q2: its words “看台灣” → “看日本”"
    assert [line.said for line in telling if line.part == "reviews"] == [
        "rand signed case mid-50, disputed: Not so. (2026-07-01)"
    ]
    assert "mid-50.o1 brought to mid-50.t2, for mid-50.h1: It was said." in [line.said for line in telling]
    assert {line.case for line in telling if line.part != "quotes"} == {"mid-50"}


def test_an_import_is_summed_up_with_where_it_comes_from(strait: Ledger) -> None:
    with strait.write():
        pass
    first = len(strait.entries())
    add_cases(strait, range(100, 130))
    with strait.read() as (connection, study):
        telling = between(history.state(connection, study, first), history.state(connection, study))
    (line,) = telling.lines
    assert line.said == "30 cases added (from COW MID 4.01): mid-100, mid-101, mid-102, mid-103 … mid-129"
    assert len(line.keys) == 30
    assert telling.other == ()


def test_what_is_retired_and_restored_is_said(strait: Ledger) -> None:
    def retire(session: Any) -> None:
        records.retire(session, records.find(session, "search", "mid-50.s2"))

    def restore(session: Any) -> None:
        session.scalars(select(Search).where(Search.key == "mid-50.s2")).one().retired_at = None

    assert said(told(strait, retire)) == ["search mid-50.s2: was retired"]
    assert said(told(strait, restore)) == ["search mid-50.s2: was restored"]


def test_a_key_that_moved_is_said(strait: Ledger) -> None:
    telling = told(
        strait,
        lambda session: records.rename(session, "case", records.find(session, "case", "mid-51"), "m51"),
    )
    assert "case m51: key mid-51 → m51" in said(telling)
    assert "case mid-51 is called m51 now" in said(telling)


_EDITS: list[tuple[str, str, dict[str, Any]]] = [
    ("case", "mid-50", {"title": "Another", "start": "1949-09-XX"}),
    ("case", "mid-51", {"narrative": "Words.", "status": "deep"}),
    ("case", "mid-51", {"attributes": {"country": 3}}),
    ("source", "memo", {"title": "X", "criticism": {"motive": "None."}, "box": "3"}),
    ("quote", "mid-50.q1", {"note": "A long note. " * 20, "locator": {"page": "1"}}),
    ("observation", "mid-50.o1", {"proposition": "Other", "lineage": "chance"}),
    ("search", "mid-50.s1", {"gaps": "", "sensitivity": [0.5, 0.6]}),
    ("test", "mid-50.t1", {"p_rival": 0.3, "prediction": "Another record."}),
    ("hypothesis", "mid-50.h1", {"prior": 0.4, "residual": True}),
    ("coder", "ada", {"orcid": "0000-0002-1825-0097"}),
    ("actor", "usa", {"abbreviation": "US"}),
    ("commitment", "mdt", {"basis": "A treaty."}),
    ("episode", "crisis", {"description": "Long. " * 30}),
    ("variable", "ALLY", {"question": "What part?"}),
    ("concept", "reputation", {"definition": "Standing."}),
]
_ADDED: list[tuple[str, dict[str, Any]]] = [
    ("source", {"key": "new", "title": "New", "tier": "news"}),
    ("quote", {"key": "memo.9", "source": "memo", "words": "Nine"}),
    ("observation", {"key": "o9", "case": "mid-51", "proposition": "P", "quotes": ["mid-50.q1"]}),
    ("hypothesis", {"key": "h9", "statement": "S", "coder_priors": [{"coder": "ada", "p": 0.2}]}),
    ("likelihood", {"test": "mid-50.t1", "hypothesis": "h0", "p": "-6 dB"}),
    ("actor", {"key": "jpn", "name": "Japan"}),
    ("alias", {"case": "mid-50", "data_set": "COW MID", "version": "5.0", "number": "9"}),
]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(_EDITS), max_size=6),
    st.lists(st.sampled_from(_ADDED), max_size=4, unique_by=lambda one: one[0]),
)
def test_every_difference_is_accounted_for(
    strait: Ledger, edits: list[tuple[str, str, dict[str, Any]]], added: list[tuple[str, dict[str, Any]]]
) -> None:
    original = Path(strait.url.removeprefix("sqlite:///"))
    copy = Ledger(f"sqlite:///{shutil.copyfile(original, original.with_name('copy.db'))}", "strait")
    with copy.write() as session:
        records.add(session, "hypothesis", {"key": "h0", "statement": "Neither."})
    first = len(copy.entries())
    with copy.write() as session:
        for noun, key, values in edits:
            records.edit(session, noun, records.find(session, noun, key), values)
        for noun, values in added:
            records.add(session, noun, values, computed=True)
    last = len(copy.entries())
    with copy.read() as (connection, study):
        shown = {(d.key, d.field) for d in history.differences(connection, study, first, last)}
        telling = between(history.state(connection, study, first), history.state(connection, study, last))
    accounted = [pair for line in telling.lines for pair in line.accounts]
    assert {*accounted, *telling.other} == shown
    assert not {*accounted} & {*telling.other}
    assert {line.part for line in telling.lines} <= set(PARTS)
    assert all(line.said.strip() for line in telling.lines)


def test_the_command_tells_in_words_and_lists_fields_when_asked(
    strait: Ledger, ok: Callable[..., str]
) -> None:
    first = len(strait.entries())
    with strait.write() as session:
        _decided(4, "1", supersedes="mid-50.ALLY.2", searches=["mid-50.s1"])(session)
        edit("quote", "mid-50.q2", words="看日本")(session)
    numbers = (str(first), str(first + 1))
    words = ok("history", "diff", *numbers)
    assert words.startswith("Codes\n  mid-50 ALLY 2→1, because: A record found since.")
    assert "Quotes\n  quote mid-50.q2: its words" in words
    assert "1 other change: sha256." in words
    assert "words: 看台灣 → 看日本" in ok("history", "diff", "--fields", *numbers)
    answer = json.loads(ok("history", "diff", "--json", *numbers))
    assert [one["part"] for one in answer["told"]] == ["codes", "quotes"]
    assert answer["other"] == [{"record": "quote mid-50.q2", "field": "sha256"}]
    assert {"decision", "quote"} <= {one["noun"] for one in answer["fields"]}
    assert ok("history", "diff", *reversed(numbers)) == words  # told in the order of time
