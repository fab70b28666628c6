"""Annotations of Hypothesis: verified quotes, notes, replies; nothing is moved to other words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evidence.archive.annotating import Annotations, annotate
from evidence.archive.hypothesis_json import read_hypothesis
from evidence.archive.log import hold_text
from evidence.errors import EvidenceError
from evidence.ledger import records
from evidence.ledger.shown import shown, shown_all
from tests.kit import Ledger, Run, work_a_case

URL = "https://history.state.gov/historicaldocuments/frus1955-57v02/d26"
HELD = "The President said that the islands were a symbol.\nHe would not go to war for the islands alone."


def row(name: str = "a1", **changed: Any) -> dict[str, Any]:
    """An annotation as the API gives it, with three selectors as its client writes them."""
    exact = changed.pop("exact", "the islands were a symbol")
    selectors = [
        {"type": "RangeSelector", "startContainer": "/p[1]", "endContainer": "/p[1]", "startOffset": 1, "endOffset": 9},
        {"type": "TextPositionSelector", "start": 24, "end": 49},
        {"type": "TextQuoteSelector", "exact": exact, "prefix": "The President said that ", "suffix": ".\nHe would"},
    ]  # fmt: skip
    made = {
        "id": name, "created": "2026-03-01T10:00:00.000000+00:00", "updated": "2026-03-01T10:00:00.000000+00:00",
        "user": "acct:felicity@hypothes.is", "uri": URL, "text": "On prestige.", "tags": [], "group": "__world__",
        "permissions": {"read": ["group:__world__"]}, "target": [{"source": URL, "selector": selectors}],
        "document": {"title": ["Historical Documents"]}, "links": {}, "hidden": False, "flagged": False,
    }  # fmt: skip
    return {**made, **changed}


def note(name: str, text: str, **changed: Any) -> dict[str, Any]:
    return row(name, text=text, target=[{"source": URL}], **changed)


@pytest.fixture
def ledger(sqlite_url: str, tmp_path: Path) -> Ledger:
    """A ledger with a case, a test, and a document of which the words are held."""
    return prepared(sqlite_url, tmp_path)


@pytest.fixture
def either(ledger_url: str, tmp_path: Path) -> Ledger:
    """The same, on one engine and then on the other."""
    return prepared(ledger_url, tmp_path)


def prepared(url: str, tmp_path: Path) -> Ledger:
    made = Ledger(url)
    made.found()
    (tmp_path / "d26.txt").write_text(HELD, encoding="utf-8")
    with made.write() as session:
        work_a_case(session)
        frus = {"key": "d26", "title": "Memorandum", "tier": "primary", "note": "Mine.", "csl": {"URL": URL}}
        records.add(session, "source", frus)
        hold_text(session, "d26", tmp_path / "d26.txt")
    return made


def bring(ledger: Ledger, folder: Path, value: Any) -> Annotations:
    file = folder / "annotations.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    read = read_hypothesis(file)
    with ledger.write() as session:
        return annotate(session, read)


def one(ledger: Ledger, noun: str, key: str) -> dict[str, Any]:
    with ledger.read() as (connection, study):
        return shown(connection, study, noun, key)


def test_marked_words_become_a_quote_that_is_verified_in_the_text_held(
    ledger: Ledger, tmp_path: Path
) -> None:
    done = bring(ledger, tmp_path, {"rows": [row()], "total": 1})
    assert done.brought.added == ()  # the source is known by its address
    quote = one(ledger, "quote", "d26.1")
    assert (quote["state"], quote["words"]) == ("exact", "the islands were a symbol")
    assert quote["note"] == "On prestige. (felicity, 2026-03-01)"
    assert quote["identifiers"]["hypothesis"] == "a1"
    source = one(ledger, "source", "d26")
    assert (source["title"], source["note"]) == ("Memorandum", "Mine.")
    assert ledger.findings() == []


def test_the_same_file_twice_changes_nothing_and_an_update_is_an_edit(either: Ledger, tmp_path: Path) -> None:
    ledger = either
    rows = [row(), note("p1", "A page note.")]
    value = {"rows": rows, "total": 2}
    bring(ledger, tmp_path, value)
    entries = len(ledger.entries())
    again = bring(ledger, tmp_path, value)
    assert not again.writes
    assert len(ledger.entries()) == entries
    rows[0] |= {"text": "On prestige, again.", "updated": "2026-04-01T10:00:00+00:00"}
    changed = bring(ledger, tmp_path, value).logged.changed
    assert [(edit.key, edit.field) for edit in changed] == [("d26.1", "note")]
    assert one(ledger, "quote", "d26.1")["note"].startswith("On prestige, again.")
    rows[1] |= {"text": "A page note, again."}
    assert bring(ledger, tmp_path, value).remarked == ("d26",)
    assert one(ledger, "source", "d26")["note"] == "Mine.\n\nA page note, again. (felicity, 2026-03-01)"


def test_words_that_are_not_in_the_text_are_left_out_with_the_nearest(ledger: Ledger, tmp_path: Path) -> None:
    done = bring(ledger, tmp_path, [row(exact="the islands were no symbol")])
    assert done.logged.added == []
    (refused,) = done.logged.refused
    assert "not in the text" in refused.what
    assert "were" in refused.what.partition("as it stands")[2]
    assert refused.place.row == 1
    assert ledger.value("SELECT count(*) FROM quote WHERE key LIKE 'd26.%'") == 0


def test_a_source_that_is_new_has_no_text_held(ledger: Ledger, tmp_path: Path) -> None:
    doi = {
        "title": ["An article"],
        "highwire": {"doi": ["10.1162/ISEC_a_00197"]},
        "link": [{"href": "doi:10.1162/other"}],
    }
    done = bring(ledger, tmp_path, row(uri="https://example.org/article#page=2", document=doi))
    (key,) = done.brought.added
    source = one(ledger, "source", key)
    assert (source["title"], source["csl"]["DOI"]) == ("An article", "10.1162/ISEC_a_00197")
    assert source["identifiers"]["url"] == "https://example.org/article"
    assert one(ledger, "quote", f"{key}.1")["state"] == "no text held"


def test_addresses_of_one_doi_are_one_source(ledger: Ledger, tmp_path: Path) -> None:
    doi = {"title": ["An article"], "link": [{"href": "doi:10.1162/ISEC_a_00197"}]}
    rows = [
        row("a1", uri="https://example.org/a.html", document=doi),
        row("a2", uri="https://example.org/a.pdf", document=doi),
    ]
    done = bring(ledger, tmp_path, rows)
    assert len(done.brought.added) == 1
    assert len(done.logged.added) == 2
    assert not bring(ledger, tmp_path, rows[1:]).writes


def test_replies_are_appended_with_who_wrote_them_and_page_notes_go_to_the_source(
    ledger: Ledger, tmp_path: Path
) -> None:
    reply = note("r1", "Not only that.", references=["a1"], user="acct:bob@hypothes.is", tags=["doubt"])
    lost = note("r2", "To nobody.", references=["gone"])
    done = bring(
        ledger,
        tmp_path,
        {"rows": [reply, row(), note("p1", "Read it twice.", tags=["todo"]), lost], "total": 9},
    )
    assert one(ledger, "quote", "d26.1")["note"].endswith("Reply of bob, 2026-03-01: Not only that. #doubt")
    told = one(ledger, "source", "d26")["note"]
    assert told == "Mine.\n\nRead it twice. (felicity, 2026-03-01)\n#todo"
    assert done.remarked == ("d26",)
    losses = [loss.what for loss in done.brought.losses]
    assert "a reply to an annotation that is not in the file" in losses
    assert any("found 9 annotations" in loss for loss in losses)


def test_tags_of_tests_count_where_the_note_says_what_is_shown(ledger: Ledger, tmp_path: Path) -> None:
    text = "On prestige.\nShows: The President called the islands a symbol\nSpeaker: Eisenhower"
    bring(ledger, tmp_path, [row(text=text, tags=["t1+", "prestige"])])
    with ledger.read() as (connection, study):
        seen = list(shown_all(connection, study, "observation"))
    (made,) = [one for one in seen if one["key"] != "o1"]
    assert (made["proposition"], made["speaker"]) == (
        "The President called the islands a symbol",
        "Eisenhower",
    )
    assert [b["direction"] for b in one(ledger, "test", "t1")["bearings"]] == ["for"]
    quote = one(ledger, "quote", "d26.1")
    assert (quote["note"], quote["identifiers"]["tags"]) == (
        "On prestige.\n(felicity, 2026-03-01)",
        "prestige",
    )


def test_selectors_that_are_not_words_are_named(ledger: Ledger, tmp_path: Path) -> None:
    done = bring(ledger, tmp_path, [row(), row("h1", hidden=True), row("a1")])
    losses = [loss.what for loss in done.brought.losses]
    assert "RangeSelector: the words tell the place" in losses
    assert "an annotation that a moderator hid" in losses
    assert "an annotation that is in the file twice" in losses


@pytest.mark.parametrize(
    "value",
    [
        {"total": 0},
        {"rows": "x"},
        [1],
        [{"id": "x"}],
        [{"uri": URL}],
        [{"id": "x", "uri": " "}],
        "text",
        7,
        None,
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, value: Any) -> None:
    file = tmp_path / "other.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(EvidenceError, match="annotations of Hypothesis") as error:
        read_hypothesis(file)
    assert error.value.place
    assert error.value.place.file == "other.json"


HOSTILE = {
    "deep": b"[" * 100_000,
    "deep and closed": b"[" * 900 + b"]" * 900,
    "twice": b'{"rows": [], "rows": []}',
    "surrogate": b'{"rows": [{"id": "a", "uri": "u", "text": "\\ud800"}]}',
    "NaN": b'{"rows": NaN}',
    "infinite": b'{"rows": 1e999}',
    "NUL": b'{"rows": [{"id": "a\\u0000", "uri": "u"}]}',
    "cut off": b'{"rows": [{"id": "a", "uri": "u", "te',
    "digits": b"9" * 5000,
    "not UTF-8": b'{"rows": "\xe9"}',
    "web page": b"<!DOCTYPE html><html>",
    "empty": b" \n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_json_is_one_sentence(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "hostile.json"
    file.write_bytes(HOSTILE[kind])
    with pytest.raises(EvidenceError) as error:
        read_hypothesis(file)
    assert str(error.value).startswith("hostile.json")
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.json"
    with file.open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)
    with pytest.raises(EvidenceError, match="200 MiB"):
        read_hypothesis(file)


def test_the_command_says_what_came_and_a_dry_run_keeps_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "h.json").write_text(
        json.dumps({"rows": [row(tags=["prestige"])], "total": 1}), encoding="utf-8"
    )
    run("init", "--study", "s", "--title", "S", "--question", "Q?")
    dry = run("import", "hypothesis", "h.json", "--dry-run")
    assert (dry.code, "nothing was written" in dry.stderr) == (0, True)
    first = run("import", "hypothesis", "h.json")
    assert first.code == 0
    assert "1 new source, 0 new texts, 1 new quote (1 no text held)" in first.stderr
    assert "tags that name no case or test (prestige 1)" in first.stdout
    again = run("import", "hypothesis", "h.json", "--json")
    assert json.loads(again.stdout)["unchanged"] == {"sources": 1, "quotes": 1}
    bad = run("import", "hypothesis", "nowhere.json")
    assert (bad.code, bad.stderr.count("\n")) == (1, 1)
