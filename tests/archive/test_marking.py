"""Marked passages: quotes, observations and bearings come of them, and come again without doubling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evidence.archive.bringing import bring
from evidence.archive.incoming import Incoming, IncomingSource, Marked, Words
from evidence.archive.log import edit_quote
from evidence.archive.logged import Logged
from evidence.archive.marking import mark
from evidence.errors import EvidenceError, Place
from evidence.ledger import records
from evidence.ledger.shown import shown, shown_all
from tests.kit import Ledger, declared, work_a_case

_TEXT = "The President said that the islands were a symbol.\nHe would not go to war for the islands alone."
_SYMBOL = Marked(
    words="the islands were a symbol",
    shows="The President called the islands a symbol",
    speaker="Eisenhower",
    tags=("t1+",),
    identifiers={"hypothesis": "abc"},
    place=Place("notes.json", 4),
)


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    """A ledger with a case, and a test that is not resolved."""
    made = Ledger(ledger_url)
    made.found()
    with made.write() as session:
        work_a_case(session)
    return made


@pytest.fixture
def laptop(sqlite_url: str) -> Ledger:
    """The same, in a file only."""
    made = Ledger(sqlite_url)
    made.found()
    with made.write() as session:
        work_a_case(session)
    return made


def _incoming(*marked: Marked, key: str = "nsc-233", content: str = _TEXT) -> Incoming:
    words = (Words(content=content, origin="nsc.txt"),) if content else ()
    fields = {"title": "Memorandum of discussion", "csl": {"issued": "1955-01-21"}}
    return Incoming(items=(IncomingSource(key=key, fields=fields, words=words, marked=marked),))


def _mark(ledger: Ledger, incoming: Incoming, *, strict: bool = True, case: str | None = None) -> Logged:
    with ledger.write() as session:
        return mark(session, incoming, bring(session, incoming), strict=strict, case=case)


def _shown(ledger: Ledger, noun: str) -> list[dict[str, Any]]:
    with ledger.read() as (connection, study):
        return list(shown_all(connection, study, noun))


def _one(ledger: Ledger, noun: str, key: str) -> dict[str, Any]:
    with ledger.read() as (connection, study):
        return shown(connection, study, noun, key)


def _quote(ledger: Ledger, key: str) -> dict[str, Any]:
    return _one(ledger, "quote", key)


def test_a_marked_passage_becomes_a_verified_quote_an_observation_and_a_bearing(ledger: Ledger) -> None:
    logged = _mark(ledger, _incoming(_SYMBOL))
    assert [(one.noun, one.key, one.said) for one in logged.added] == [
        ("quote", "nsc-233.1", "exact"),
        ("observation", "mid-50.o1", ""),
        ("bearing", "mid-50.o1 → t1", "for"),
    ]
    quote = _quote(ledger, "nsc-233.1")
    assert (quote["state"], quote["suffix"][:5]) == ("exact", ". He ")
    seen = _one(ledger, "observation", "mid-50.o1")
    assert (seen["case"], seen["quotes"], seen["speaker"]) == ("mid-50", ["nsc-233.1"], "Eisenhower")
    test = _one(ledger, "test", "t1")
    assert [(b["observation"], b["direction"]) for b in test["bearings"]] == [("mid-50.o1", "for")]
    assert ledger.findings() == []


def test_the_same_passages_again_change_nothing(ledger: Ledger) -> None:
    _mark(ledger, _incoming(_SYMBOL))
    before = len(ledger.entries())
    logged = _mark(ledger, _incoming(_SYMBOL))
    assert (logged.added, logged.changed, logged.unchanged, logged.gone) == ([], [], 1, [])
    assert len(ledger.entries()) == before


def test_what_the_file_says_otherwise_is_changed_and_the_rest_stays_as_edited(laptop: Ledger) -> None:
    _mark(laptop, _incoming(replace(_SYMBOL, note="Typed in haste", translation="Ein Symbol")))
    with laptop.write() as session:
        edit_quote(session, records.find(session, "quote", "nsc-233.1"), {"note": "Thought over"})
    logged = _mark(
        laptop,
        _incoming(
            replace(
                _SYMBOL,
                words="The President said that the islands were a symbol",
                note="Typed in haste",
                shows="The President said that they were a symbol",
                tags=("T1−",),
            )
        ),
    )
    told = {(one.noun, one.field): (one.before, one.after) for one in logged.changed}
    assert told == {
        ("quote", "words"): (
            "the islands were a symbol",
            "The President said that the islands were a symbol",
        ),
        ("quote", "translation"): ("Ein Symbol", ""),
        ("observation", "proposition"): (
            "The President called the islands a symbol",
            "The President said that they were a symbol",
        ),
        ("bearing", "direction"): ("for", "against"),
    }
    assert _quote(laptop, "nsc-233.1")["note"] == "Thought over"
    assert laptop.findings() == []


def test_words_that_are_not_in_the_text_stop_a_strict_import_and_are_left_out_of_another(
    laptop: Ledger,
) -> None:
    wrong = Marked(words="the islands were no symbol", place=Place("a.json", 9))
    with pytest.raises(EvidenceError, match=r"a\.json, line 9: .*not in the text"):
        _mark(laptop, _incoming(_SYMBOL, wrong))
    assert laptop.value("SELECT count(*) FROM quote") == 1  # the one that was there
    logged = _mark(laptop, _incoming(wrong, _SYMBOL), strict=False)
    assert [(str(loss.place), "Nothing was written" in loss.what) for loss in logged.refused] == [
        ("a.json, line 9", False)
    ]
    assert [one.key for one in logged.added] == ["nsc-233.2", "mid-50.o1", "mid-50.o1 → t1"]
    assert laptop.findings() == []


def test_a_tag_without_a_meaning_stops_a_strict_import_and_is_kept_by_another(laptop: Ledger) -> None:
    mistyped = replace(_SYMBOL, tags=("mid-51",))
    with pytest.raises(EvidenceError, match=r"line 4: #mid-51 is neither.*Did you mean #mid-50\?"):
        _mark(laptop, _incoming(mistyped))
    with pytest.raises(EvidenceError, match=r"#t1 does not say which way it speaks; write #t1\+ or #t1-\."):
        _mark(laptop, _incoming(replace(_SYMBOL, tags=("t1",))))
    logged = _mark(laptop, _incoming(mistyped), strict=False)
    assert "#mid-51" in logged.losses[0].what
    assert _quote(laptop, "nsc-233.1")["identifiers"]["tags"] == "mid-51"
    # Once the tag means something, the same file says so.
    with laptop.write() as session:
        records.add(session, "case", {"key": "mid-51", "title": "Another"})
    logged = _mark(laptop, _incoming(mistyped))
    assert "tags" not in _quote(laptop, "nsc-233.1")["identifiers"]
    assert [(one.noun, one.field, one.after) for one in logged.changed] == [("observation", "case", "mid-51")]


def test_an_observation_is_made_for_each_case_that_is_named(laptop: Ledger) -> None:
    with laptop.write() as session:
        records.add(session, "case", {"key": "mid-51", "title": "Another"})
    _mark(laptop, _incoming(replace(_SYMBOL, tags=("mid-51", "t1-"))))
    made = {row["key"]: row["case"] for row in _shown(laptop, "observation") if row["key"] != "o1"}
    assert made == {"mid-51.o1": "mid-51", "mid-50.o1": "mid-50"}
    logged = _mark(laptop, _incoming(replace(_SYMBOL, tags=("mid-50",))))
    assert [(one.noun, one.key) for one in logged.gone] == [
        ("observation", "mid-51.o1"),
        ("bearing", "mid-50.o1 → t1"),
    ]
    assert _mark(laptop, _incoming(replace(_SYMBOL, tags=("mid-50",)))).gone == []


def test_tags_without_anything_shown_wait(laptop: Ledger) -> None:
    waiting = replace(_SYMBOL, shows="", speaker="")
    logged = _mark(laptop, _incoming(waiting))
    assert [one.noun for one in logged.added] == ["quote"]
    assert "#t1+ waits until" in logged.losses[0].what
    assert [one.noun for one in _mark(laptop, _incoming(_SYMBOL)).added] == ["observation", "bearing"]


def test_without_a_name_a_passage_is_known_by_its_words_and_their_place(laptop: Ledger) -> None:
    first = Marked(words="for the islands", locator={"page": "2"}, place=Place("n", 1))
    assert [one.key for one in _mark(laptop, _incoming(first, content="")).added] == ["nsc-233.1"]
    both = _incoming(replace(first, locator={"page": "1"}, place=Place("n", 2)), first, content="")
    assert [one.key for one in _mark(laptop, both).added] == ["nsc-233.2"]
    assert _quote(laptop, "nsc-233.1")["locator"] == {"page": "2"}
    with pytest.raises(EvidenceError, match="stand at n, line 1 already"):
        _mark(
            laptop, _incoming(*[Marked(words="peace", place=Place("n", line)) for line in (1, 2)], content="")
        )


def test_what_was_retired_stays_retired(laptop: Ledger) -> None:
    _mark(laptop, _incoming(replace(_SYMBOL, tags=("mid-50",))))
    with laptop.write() as session:
        records.retire(session, records.find(session, "observation", "mid-50.o1"))
        records.retire(session, records.find(session, "quote", "nsc-233.1"))
    before = len(laptop.entries())
    again = _mark(laptop, _incoming(replace(_SYMBOL, tags=("mid-50",))))
    assert (again.added, again.changed, again.refused) == ([], [], [])
    changed = _mark(laptop, _incoming(replace(_SYMBOL, shows="Something else")))
    assert "quote nsc-233.1 was retired" in changed.refused[0].what
    assert len(laptop.entries()) == before


def test_what_the_file_no_longer_holds_is_listed_and_stays(laptop: Ledger) -> None:
    other = Marked(words="go to war", identifiers={"hypothesis": "def"}, place=Place("notes.json", 9))
    _mark(laptop, _incoming(_SYMBOL, other))
    logged = _mark(laptop, _incoming(_SYMBOL))
    assert [(one.noun, one.key, one.words) for one in logged.gone] == [("quote", "nsc-233.2", "go to war")]
    assert _quote(laptop, "nsc-233.2")


def test_a_passage_without_words_is_refused(laptop: Ledger) -> None:
    logged = _mark(
        laptop, _incoming(Marked(words=" \n", note="on the page", place=Place("n", 1))), strict=False
    )
    assert "no words here" in logged.refused[0].what


def test_a_case_stands_in_where_no_tag_names_one(laptop: Ledger) -> None:
    with laptop.write() as session:
        records.add(session, "test", declared(key="t2"))
    _mark(laptop, _incoming(replace(_SYMBOL, tags=())), case="mid-50")
    assert [row["case"] for row in _shown(laptop, "observation") if row["key"] != "o1"] == ["mid-50"]
