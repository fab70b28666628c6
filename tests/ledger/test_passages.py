"""The index follows every unit of work, on both databases, and says when it does not fit the ledger."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from evidence.audit.find import find
from evidence.ledger import passages, records, schema
from evidence.ledger.bulk import insert_rows
from evidence.ledger.revisions import DryRun
from evidence.models import Base, Source, Text
from evidence.models.base import uuid7
from tests.kit import ROOT, Ledger


def found(ledger: Ledger, query: str, **within: Any) -> list[str]:
    """Return what a query finds, as ``noun key field``, in the order of the alphabet."""
    with ledger.read() as (connection, study):
        answer = find(connection, study, query, limit=1000, **within)
    assert answer.count == len(answer.hits)
    return sorted(f"{hit.noun} {hit.key} {hit.field}" for hit in answer.hits)


def fits(ledger: Ledger) -> bool:
    return schema.check(ledger.url) == []


def hold(session: Any, source: str, content: str, **more: Any) -> Text:
    values = {"source": source, "sha256": hashlib.sha256(content.encode()).hexdigest(), "content": content}
    held: Text = records.add(session, "text", {**values, **more}, computed=True)
    return held


def test_what_a_unit_adds_is_found(worked: Ledger) -> None:
    assert found(worked, "islands") == ["quote memo.1 words"]
    assert found(worked, "stake OR memorandum") == ["observation o1 proposition", "source memo title"]
    assert found(worked, "weigh bases", group="notes") == ["test t1 if_false"]
    assert found(worked, "weigh bases", group="quotes") == []
    assert fits(worked)


def test_what_is_edited_is_found_as_it_is_now(worked: Ledger) -> None:
    with worked.write() as session:
        row = records.find(session, "observation", "o1")
        records.edit(
            session, "observation", row, {"proposition": "Dulles said nothing of Ñandú", "note": "Odd."}
        )
    assert found(worked, "stake") == []
    assert found(worked, "nandu") == ["observation o1 proposition"]
    assert found(worked, "odd") == ["observation o1 note"]
    assert fits(worked)


def test_what_is_retired_is_not_found_until_it_is_restored(worked: Ledger) -> None:
    with worked.write() as session:
        records.retire(session, records.find(session, "observation", "o1"))
    assert found(worked, "stake") == []
    assert fits(worked)
    with worked.write() as session:
        records.find(session, "observation", "o1", retired=True).retired_at = None
    assert found(worked, "stake") == ["observation o1 proposition"]
    assert fits(worked)


def test_texts_are_found_until_they_are_retired(worked: Ledger) -> None:
    with worked.write() as session:
        hold(
            session, "memo", "The Secretary said that “the islands” … were worth\na war for the alli-\nance."
        )
    assert found(worked, "alliance", group="sources") == ["text memo content"]
    with worked.write() as session:
        held = session.query(Text).one()
        held.edition = "1985"
    assert found(worked, '"a war for the alliance"') == ["text memo content"]
    with worked.write() as session:
        records.retire(session, session.query(Text).one())
    assert found(worked, "alliance", group="sources") == []
    assert fits(worked)


def test_a_unit_that_fails_leaves_nothing(worked: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), worked.write() as session:
        records.add(session, "source", {"key": "x", "title": "Gone", "tier": "primary"})
        raise ZeroDivisionError
    with pytest.raises(DryRun), worked.write() as session:
        records.add(session, "source", {"key": "x", "title": "Gone", "tier": "primary"})
        raise DryRun
    assert found(worked, "gone") == []
    assert fits(worked)


def test_what_comes_set_wise_is_found(ledger: Ledger) -> None:
    sources = [
        {"id": uuid7(), "key": f"s{n}", "title": f"Memorandum {n}", "tier": "primary"} for n in range(6000)
    ]
    words = [f"word{n} in the text" for n in range(6000)]
    texts = [
        {
            "source_id": source["id"],
            "content": said,
            "sha256": hashlib.sha256(said.encode()).hexdigest(),
            "pages": [],
            "parts": [],
        }
        for source, said in zip(sources, words, strict=True)
    ]
    with ledger.write("bulk") as session:
        insert_rows(session, Source.__table__, sources)  # type: ignore[arg-type]
        insert_rows(session, Text.__table__, texts)  # type: ignore[arg-type]
        records.edit(session, "source", records.find(session, "source", "s7"), {"title": "Renamed at once"})
    assert found(ledger, "word5999 text") == ["text s5999 content"]
    assert found(ledger, "memorandum 7") == []
    assert found(ledger, "renamed") == ["source s7 title"]
    assert fits(ledger)
    with ledger.read() as (connection, study):
        answer = find(connection, study, "text", limit=3)
    assert (len(answer.hits), answer.count) == (3, 6000)


def test_verifying_quotes_again_leaves_the_index_alone(worked: Ledger) -> None:
    """Verifying touches every quote and no word of any: their passages keep their numbers."""
    before = worked.value("SELECT max(id) FROM passage")
    with worked.write() as session:
        quote = records.find(session, "quote", "memo.1")
        quote.verified_edition = "1985"
    assert worked.value("SELECT max(id) FROM passage") == before
    assert fits(worked)


def test_the_studies_of_a_ledger_do_not_find_each_others_words(worked: Ledger) -> None:
    other = Ledger(worked.url, "other")
    other.found()
    with other.write() as session:
        records.add(
            session, "source", {"key": "memo", "title": "Islands of another study", "tier": "primary"}
        )
    with worked.write() as session:
        records.add(session, "source", {"key": "more", "title": "More islands", "tier": "primary"})
    assert found(other, "islands") == ["source memo title"]
    assert found(worked, "islands") == ["quote memo.1 words", "source more title"]
    assert fits(worked)
    assert schema.reindex(worked.url) > 0
    assert found(other, "islands") == ["source memo title"]


def test_an_index_that_does_not_fit_is_said_and_made_anew(worked: Ledger) -> None:
    worked.behind_its_back("UPDATE observation SET proposition = 'Something else'")
    worked.behind_its_back("DELETE FROM passage WHERE noun = 'source'")
    sentences = [line for line in schema.check(worked.url) if "index of find" in line]
    assert {
        f"the index of find {what}; run 'evidence db reindex'"
        for what in ("has something else as proposition of observation o1", "lacks title of source memo")
    } <= set(sentences)
    assert schema.reindex(worked.url) > 0
    assert [line for line in schema.check(worked.url) if "index of find" in line] == []
    assert found(worked, "something else") == ["observation o1 proposition"]


def test_an_older_ledger_has_its_index_when_it_is_upgraded(tmp_path: Path) -> None:
    copy = tmp_path / "old.db"
    shutil.copyfile(ROOT / "tests" / "databases" / "0002.sqlite", copy)
    ledger = Ledger(f"sqlite:///{copy}")
    schema.upgrade(ledger.url)
    assert found(ledger, "islands") == ["quote memo.1 words"]
    assert found(ledger, "海峽") == ["case strait title"]
    assert found(ledger, "stake") == []  # its observation is retired
    assert fits(ledger)


def test_every_long_field_is_found_or_left_out_on_purpose() -> None:
    """A new field that wants an editor is indexed without further code."""
    known = {
        (noun, field)
        for nouns in passages.FIELDS.values()
        for noun, fields in nouns.items()
        for field in fields
    }
    assert {
        ("text", "content"),
        ("case", "narrative"),
        ("decision", "rationale"),
        ("bearing", "note"),
    } <= known
    long = {(t.name, c.name) for t in Base.metadata.sorted_tables for c in t.columns if c.info.get("long")}
    assert long - known == {
        ("quote", "prefix"), ("quote", "suffix"), ("study", "method"), ("study", "universe_rule"), ("review", "note"),
            ("study", "overview"),
    }  # fmt: skip


@given(st.lists(st.sampled_from("abcdefgh"), max_size=3000), st.integers(0, 2800), st.integers(1, 200))
def test_every_phrase_lies_whole_in_a_slice(words: list[str], start: int, length: int) -> None:
    """Vectors hold few places of a word, so a long text is sliced; what follows one another does so in a slice."""
    slices = []
    for vector in passages.vectors(words):
        places: dict[int, str] = {}
        for entry in vector.split():
            term, at = entry.split(":")
            assert len(at.split(",")) <= 255
            places |= {int(place): term.strip("'") for place in at.split(",")}
        slices.append([places[place] for place in sorted(places)])
        assert sorted(places) == list(range(1, len(places) + 1))
    phrase = words[start : start + length]
    joined = [" ".join(part) for part in slices]
    assert any(" ".join(phrase) in part for part in joined)


def test_words_no_index_can_hold_are_no_error(ledger: Ledger) -> None:
    content = "x" * 70_000 + " island " + "ab " * 30_000 + "“…” " + "界" * 3000 + " harbour"
    with ledger.write() as session:
        records.add(session, "source", {"key": "odd", "title": "Odd", "tier": "primary"})
        hold(session, "odd", content)
    for query in (
        "island",
        "harbour",
        "island harbour",
        '"界界界 harbour"',
        '"ab ab" -missing',
        "x" * 3000 + "*",
    ):
        assert found(ledger, query) == ["text odd content"], query
    assert found(ledger, "island -harbour") == []
    assert found(ledger, '"island harbour"') == []
    with ledger.read() as (connection, _):
        assert connection.execute(text("SELECT count(*) FROM passage")).scalar() == 2
