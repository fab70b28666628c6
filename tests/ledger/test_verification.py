"""Quotes are looked for whichever door they come through, and looked for again when texts change."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import event

from evidence.errors import ValueRefused
from evidence.ledger import history, records
from evidence.ledger.verification import Reverified, look_again
from evidence.models import Text
from tests.kit import Ledger

_OLD = (
    "Page one says that he did not go.\nPage two: he said so. Page two: he said so.\n\nNote: he went by sea."
)
_PAGES = [["64", 0], ["65", 34]]
_PARTS = [["footnote", "3", 79, 100]]


@pytest.fixture
def memo(sqlite_url: str) -> Ledger:
    """A study with one source, of which a text is held."""
    made = Ledger(sqlite_url)
    made.found()
    with made.write() as session:
        records.add(session, "source", {"key": "memo", "title": "Memorandum", "tier": "primary"})
        hold(session, _OLD, edition="1986", pages=_PAGES, parts=_PARTS)
    return made


def hold(session: Any, content: str, source: str = "memo", **more: Any) -> Text:
    values = {"source": source, "content": content, "sha256": hashlib.sha256(content.encode()).hexdigest()}
    text: Text = records.add(session, "text", {**values, **more}, computed=True)
    return text


def quote(session: Any, words: str, **more: Any) -> Any:
    key = more.pop("key", f"memo.{len(records.keys(session, 'quote')) + 1}")
    return records.add(session, "quote", {"source": "memo", "words": words, "key": key, **more})


def again(ledger: Ledger, **how: Any) -> list[Reverified]:
    with ledger.write("look again") as session:
        return look_again(session, **how)


def row(ledger: Ledger, key: str = "memo.1") -> tuple[Any, ...]:
    columns = "state || '|' || coalesce(text_start, '') || '|' || verified_edition || '|' || locator"
    return tuple(str(ledger.value(f"SELECT {columns} FROM quote WHERE key = '{key}'")).split("|"))


def test_place_page_and_edition_are_found(memo: Ledger) -> None:
    with memo.write() as session:
        quote(session, "he did not go.")
        quote(session, "he did not go. Page two: he said so.")
    assert row(memo) == ("exact", "19", "1986", '{"page": "64"}')
    assert row(memo, "memo.2")[3] == '{"page": "64\\u201365"}'
    assert memo.findings() == []


def test_a_footnote_s_words_get_its_number(memo: Ledger) -> None:
    with memo.write() as session:
        quote(session, "he went by sea")
    assert row(memo)[3] == '{"footnote": "3", "page": "65"}'


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"words": "he did go"}, "as quoted → as it stands: “he did [] → [not] go”"),
        ({"words": "he did not go", "locator": {"page": "65"}}, "not on page 65; they are on page 64"),
        (
            {"words": "he went by sea", "locator": {"footnote": "4"}},
            "not in footnote 4; they are in footnote 3",
        ),
        ({"words": "he said so"}, "(2) on page 65: …"),
        ({"words": "entirely other words about ships"}, "letter by letter"),
    ],
)
def test_what_is_not_there_or_there_twice_is_refused(memo: Ledger, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueRefused) as refused, memo.write() as session:
        quote(session, **fields)
    assert said in str(refused.value)
    assert memo.value("SELECT count(*) FROM quote") == 0


def test_words_round_it_tell_which_place_is_meant(memo: Ledger) -> None:
    with memo.write() as session:
        quote(session, "he said so", prefix="he said so. Page two: ")
    assert row(memo)[1] == str(_OLD.rindex("he said so"))


def test_looking_again_without_change_writes_nothing(memo: Ledger) -> None:
    with memo.write() as session:
        quote(session, "he did not go.")
    revisions = len(memo.entries())
    (one,) = again(memo)
    assert (one.looked, one.changed, one.failed) == (True, [], False)
    assert (one.after.page, one.after.state.value) == ("64", "exact")
    assert len(memo.entries()) == revisions


def test_a_quote_logged_before_its_text_is_found_when_the_text_comes(ledger: Ledger) -> None:
    with ledger.write() as session:
        records.add(session, "source", {"key": "memo", "title": "Memorandum", "tier": "primary"})
        quote(session, "he did not go.")
    (one,) = again(ledger)
    assert (one.looked, one.failed, one.after.state.value) == (False, False, "no text held")
    with ledger.write() as session:
        hold(session, _OLD, edition="1986", pages=_PAGES, parts=_PARTS)
    (one,) = again(ledger)
    assert {"state", "start", "page", "edition"} <= set(one.changed)
    assert ledger.value("SELECT state FROM quote") == "exact"
    assert ledger.value("SELECT text_start FROM quote") == 19
    assert ledger.findings() == []


def test_a_new_edition_decides_and_says_what_changed(memo: Ledger) -> None:
    with memo.write() as session:
        quote(session, "he did not go.")
        quote(session, "Page one says")
        quote(session, "he went by sea")
    new = "Preface.\n" + _OLD.replace("did not go", "did not leave")
    with memo.write() as session:
        hold(session, new, edition="2024", pages=[["63", 0], ["65", 9]])
    first, second, third = again(memo, suggest=True)
    assert (first.before.state.value, first.after.state.value, first.failed) == ("exact", "not found", True)
    assert "It stands in the older text 1986." in first.remarks
    assert any("[go] → [leave]" in remark for remark in first.remarks)
    assert second.changed == ["page", "start", "end", "edition"]
    assert (second.before.page, second.after.page) == ("64", "65")
    assert second.misplaced
    assert second.remarks == ("The quote says page 64; the words are on page 65.",)
    assert third.after.part == ""
    assert row(memo)[:3] == ("not found", "", "2024")
    assert row(memo, "memo.2")[1:3] == ("9", "2024")
    assert row(memo, "memo.2")[3] == '{"page": "64"}', "what a person said of the page stays theirs"


def test_what_was_found_before_stays_in_the_history(memo: Ledger) -> None:
    with memo.write() as session:
        quote(session, "he did not go.")
    with memo.write() as session:
        hold(session, "Other words.", edition="2024")
    again(memo)
    with memo.read() as (connection, study):
        number = history.count(connection, study)
        (change,) = [change for change in history.changed_by(connection, study, number) if change["before"]]
    assert change["before"]["state"] == "exact"
    assert change["before"]["text_start"] == 19
    assert change["after"]["state"] == "not found"
    assert change["after"]["text_start"] is None
    assert memo.findings() == []
    revisions = len(memo.entries())
    (one,) = again(memo)
    assert one.failed
    assert len(memo.entries()) == revisions, "found missing once more is nothing new"


def test_a_quote_is_not_brought_to_other_words_nor_to_another_place(memo: Ledger) -> None:
    with memo.write() as session:
        quote(session, "he did not go.")
    with memo.write() as session:
        hold(session, "He says: he did not go. She says: he did not go.", edition="2024")
    (one,) = again(memo)
    assert one.after.state.value == "exact"
    assert one.after.start is None
    assert "stand 2 times" in one.remarks[0]


def test_parts_of_one_edition_are_all_searched(memo: Ledger) -> None:
    with memo.write() as session:
        hold(session, "A second reel: he came back.", edition="1986")
    with memo.write() as session:
        quote(session, "he did not go.")
        quote(session, "he came back")
    assert [one.after.state.value for one in again(memo)] == ["exact", "exact"]


def test_an_older_edition_is_named_where_the_newest_lacks_the_words(memo: Ledger) -> None:
    with memo.write() as session:
        hold(session, "Other words.", edition="2024")
    with (
        pytest.raises(ValueRefused, match=r"newest edition \(2024\), but in an older one \(1986\)"),
        memo.write() as session,
    ):
        quote(session, "he did not go.")


def test_a_quote_that_was_put_right_is_looked_for_again(memo: Ledger) -> None:
    with memo.write() as session:
        records.add(
            session,
            "quote",
            {"source": "memo", "words": "he did go.", "key": "memo.1", "state": "not found"},
            computed=True,
        )
    with memo.write() as session:
        row_of = records.find(session, "quote", "memo.1")
        records.edit(session, "quote", row_of, {"words": "he did not go."})
    assert row(memo)[:2] == ("exact", "19")


def test_only_the_sources_asked_for_are_looked_at(memo: Ledger) -> None:
    with memo.write() as session:
        other = records.add(session, "source", {"key": "other", "title": "Other", "tier": "primary"})
        other_id = other.id
        quote(session, "he did not go.")
        quote(session, "unseen", source="other", key="other.1")
    told: list[tuple[int, int]] = []
    assert [one.quote for one in again(memo, source_ids=[other_id])] == ["other.1"]
    assert len(again(memo, progress=lambda done, of: told.append((done, of)))) == 2
    assert told == [(1, 2), (2, 2)]


def test_many_quotes_of_one_text_read_and_fold_it_once(memo: Ledger) -> None:
    words = " ".join(f"word{number} is said." for number in range(20_000))
    with memo.write() as session:
        records.add(session, "source", {"key": "long", "title": "Long", "tier": "primary"})
        hold(session, words, source="long")
    read: list[str] = []
    with memo.write() as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *line: read.append(line[2]))
        for number in range(60):
            quote(session, f"word{number * 300} is said", source="long", key=f"long.{number}")
        assert sum("text.content" in line.partition("FROM")[0] for line in read) == 1
        held = session.info["evidence.held"].texts
        assert len(held) == 1
        ((_, text),) = held.values()
        assert text.steps < 60 * 2 * len(words)


def test_what_others_say_was_found_is_looked_for(memo: Ledger) -> None:
    with memo.write() as session:
        quote(session, "Page one says that he did not go.")
    with memo.write() as session:
        row = records.find(session, "quote", "memo.1")
        said = {"state": "typographic", "text_start": -5, "verified_edition": "2050"}
        records.edit(session, "quote", row, said, computed=True)
    names = ("state", "text_start", "verified_edition")
    assert [memo.value(f"SELECT {name} FROM quote") for name in names] == ["exact", 0, "1986"]


def test_a_quote_that_is_not_found_is_not_called_exact(memo: Ledger) -> None:
    with memo.write() as session:
        quote(session, "Page one says that he did not go.")
        hold(session, _OLD.replace("did not go", "did go"), edition="2024")
    assert [one.after.state.value for one in again(memo)] == ["not found"]
    with memo.write() as session:
        row = records.find(session, "quote", "memo.1")
        records.edit(session, "quote", row, {"state": "exact"}, computed=True)
    assert memo.value("SELECT state FROM quote") == "not found"


def test_a_document_is_not_called_another_one(memo: Ledger) -> None:
    with memo.write() as session:
        source = {"key": "v-d134", "title": "D", "tier": "primary", "identifiers": {"frus": "v/d134"}}
        records.add(session, "source", source, computed=True)
        hold(session, "The islands were a symbol.", source="v-d134")
    with pytest.raises(ValueRefused, match="is document 134"), memo.write() as session:
        quote(session, "a symbol", source="v-d134", locator={"document": "22"})
    with memo.write() as session:
        row = quote(session, "a symbol", source="v-d134", locator={"document": "doc. 134", "page": " "})
        session.flush()
        assert row.locator == {"document": "doc. 134"}
