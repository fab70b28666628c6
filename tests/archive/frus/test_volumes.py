"""The volumes themselves: every document, note, date and page, and every quotation at its place."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import pytest

from evidence.archive.frus.source_notes import read_source_note
from evidence.archive.frus.volume import read_volume
from evidence.archive.incoming import Incoming, IncomingSource, Words
from evidence.quoting import Held
from evidence.vocabulary import QuoteState
from tests.frus import documents
from tests.kit import ROOT

_CHINA, _VIETNAM, _JAPAN = "frus1955-57v02", "frus1964-68v02", "frus1964-68v29p2"
_MICROFICHE = "frus1961-63v07-09mSupp"


@cache
def _volume(file: Path) -> Incoming:
    return read_volume(file)


@cache
def _items(shared: Path, key: str) -> dict[str, IncomingSource]:
    return {item.key: item for item in _volume(shared / "data" / "frus" / f"{key}.xml").items}


def _documents(shared: Path, key: str) -> list[IncomingSource]:
    return [item for item in _items(shared, key).values() if "number" in item.fields.get("csl", {})]


def _held(words: Words) -> Held:
    return Held(words.content, words.pages, words.parts)


@pytest.mark.parametrize(
    ("key", "count", "noted", "dated"),
    [(_CHINA, 324, 297, 195), (_VIETNAM, 351, 319, 317), (_JAPAN, 140, 105, 121), (_MICROFICHE, 483, 0, 0)],
)
def test_documents_notes_and_dates_are_all_there(
    shared: Path, key: str, count: int, noted: int, dated: int
) -> None:
    """As many documents, source notes and dates as other readers count, or more where only headings have them."""
    found = _documents(shared, key)
    assert len(found) == count
    marked = [
        item for item in found if (item.fields["further"].get("source note") or "").startswith("Source")
    ]
    assert abs(len(marked) - noted) <= 1
    assert sum("issued" in item.fields["csl"] for item in found) >= dated
    assert _volume(shared / "data" / "frus" / f"{key}.xml").losses == ()


def test_the_microfiche_supplement_is_read_from_its_citations(shared: Path) -> None:
    """Nothing but headings: sources without words, with the archive and classification that the heading names."""
    found = _documents(shared, _MICROFICHE)
    assert not any(item.words for item in found)
    assert {"72A", "302A"} <= {item.fields["csl"]["number"] for item in found}
    assert sum(bool(item.fields.get("repository") and item.fields["classification"]) for item in found) >= 470


def test_an_independent_reader_finds_the_same_words_on_the_same_pages(shared: Path) -> None:
    """The body of every document, word for word, and the page of every word but where notes turn a page."""
    for key in (_CHINA, _VIETNAM, _JAPAN):
        theirs = documents(shared / "data" / "frus" / f"{key}.xml")
        for item in _documents(shared, key):
            [words] = item.words
            body = max(part[3] for part in words.parts if part[0] in ("head", "body"))
            other = theirs[item.key.removeprefix(f"{key}-")]
            assert " ".join(words.content[:body].split()) == other.words.strip()
            if item.key == f"{_VIETNAM}-d174":
                continue  # a page begins within its second note, and the body goes on there
            mine = [page for page, at in words.pages if at < body]
            pages = [page for begin, page in other.pages if begin < len(other.words.rstrip())]
            assert mine == pages[-len(mine) :]
            # A page that ends before the first word is no page of the document.
            assert all(begin == 0 for begin, _ in other.pages[: len(pages) - len(mine) + 1])


def test_a_page_that_begins_within_a_note_goes_on_after_it(shared: Path) -> None:
    """What follows the note is on the note's last page, where the printed book has it."""
    held = _held(_items(shared, _VIETNAM)[f"{_VIETNAM}-d174"].words[0])
    for words, page in (
        ("Reference MAC 1061.", "388"), ("In MAC 1061, March 1,", "388"), ("inside and outside South Vietnam", "389"),
        ("You may ask what does the future hold?", "389"),
    ):  # fmt: skip
        assert [held.page(found) for found in held.find(words)] == [page]


def test_every_quotation_is_found_at_its_page_and_every_altered_one_is_not(shared: Path) -> None:
    """True ones to the letter, typographic ones as such, at document and page; altered ones nowhere in the volume."""
    with (shared / "data" / "derived" / "frus_quote_checks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 50
    for row in rows:
        item = _items(shared, row["volume"])[f"{row['volume']}-{row['doc_id']}"]
        held = _held(item.words[0])
        found = held.find(row["quote"])
        if row["is_verbatim"] == "0":
            assert not found, row
            continue
        state = QuoteState.EXACT if row["is_verbatim"] == "1" else QuoteState.TYPOGRAPHIC
        assert [one.state for one in found] == [state], row
        assert (held.pages(found[0])[0], held.pages(found[0])[-1]) == (row["page_start"], row["page_end"]), (
            row
        )
        assert item.fields["csl"]["URL"] == row["url"]


def test_a27_a_symbol_of_our_intention(shared: Path) -> None:
    """METHOD A27: page 315, the archive and marks of its source note, and whose words they are."""
    item = _items(shared, _CHINA)[f"{_CHINA}-d134"]
    held = _held(item.words[0])
    [found] = held.find(
        "I said that it looked from here that Quemoy and Matsu were becoming a symbol, throughout Asia, of our "
        "intention to back up our allies in the face of Communist probing and expansion."
    )
    assert (found.state, held.page(found)) == (QuoteState.EXACT, "315")
    fields = item.fields
    assert [fields[name] for name in ("repository", "collection", "item", "classification", "handling")] == [
        "Department of State", "Central Files", "793.00/2–2855", "Top Secret", "Eyes Only",
    ]  # fmt: skip
    assert fields["further"]["source note"] == (
        "Source: Department of State, Central Files, 793.00/2–2855. Top Secret; Eyes Only."
    )
    assert fields["csl"]["author"] == [{"literal": "Acting Secretary of State"}]
    assert fields["csl"]["issued"] == {"date-parts": [[1955, 2, 28]]}


def test_a28_not_permanently_committed(shared: Path) -> None:
    """METHOD A28: page 64; without its "not" it is nowhere; with other quotation marks it is typographic."""
    item = _items(shared, _CHINA)[f"{_CHINA}-d22"]
    held = _held(item.words[0])
    said = (
        "he did not think the United States should be permanently committed to holding these small islands as part "
        "of the treaty obligation."
    )
    [found] = held.find(said)
    assert (found.state, held.page(found)) == (QuoteState.EXACT, "64")
    assert held.find(said.replace(" not ", " ")) == []
    curly = "Hammarskjold’s own words were: “my reason does not give me much warrant for hope"
    assert [one.state for one in held.find(curly)] == [QuoteState.EXACT]
    straight = curly.replace("’", "'").replace("“", '"')
    assert [one.state for one in held.find(straight)] == [QuoteState.TYPOGRAPHIC]
    assert item.fields["csl"]["issued"] == {"date-parts": [[1955, 1, 20]]}


def test_todays_encoding_has_the_words_of_the_older_but_for_small_capitals(shared: Path) -> None:
    """The drift between editions is "XII", now in small capitals; all else is the same, note for note."""
    newer = {
        item.key: item
        for item in read_volume(shared / "data" / "frus" / f"{_CHINA}_current_excerpt.xml").items
    }
    assert len(newer) == 3
    for key in (f"{_CHINA}-d1", f"{_CHINA}-d3"):
        words, older = (items[key].words[0] for items in (newer, _items(shared, _CHINA)))
        changed = {
            pair
            for pair in zip(words.content.split(), older.content.split(), strict=True)
            if pair[0] != pair[1]
        }
        assert changed <= {("xii,", "XII,")}
        notes = [[part[:2] for part in one.parts if "note" in part[0]] for one in (words, older)]
        assert notes[0] == notes[1]
        assert words.edition != older.edition
    assert "issued" not in newer[f"{_CHINA}-d3"].fields["csl"]  # an editorial note, with its chapter's range


def test_shipped_sources_say_what_the_volumes_say(shared: Path) -> None:
    """What people typed for the shipped study, field by field, and what is read from the same documents."""
    shipped = json.loads((ROOT / "evidence" / "examples" / "beckley2015" / "sources.json").read_text("utf-8"))
    read = {**_items(shared, _CHINA), **_items(shared, _VIETNAM)}
    both = [
        (one, read[one["id"]].fields) for one in shipped if one["id"] in read and one["type"] == "document"
    ]
    assert len(both) > 50
    for one, fields in both:
        csl = fields["csl"]
        for name in ("title", "container-title", "number", "publisher", "publisher-place", "URL", "editor"):
            assert (fields if name == "title" else csl)[name] == one[name], (one["id"], name)
        for name in (
            "repository",
            "classification",
            "handling",
            "item",
            "series",
            "folder",
            "collection",
            "rights",
        ):
            assert (fields.get(name) or None) == one["custom"].get(name), (one["id"], name)
        first, *rest = csl["issued"]["date-parts"]
        assert one["issued"]["date-parts"] == [first]  # one dateline has "July 16/17"
        assert not rest or one["id"] == f"{_CHINA}-d307"


def test_source_notes_of_other_volumes_split(shared: Path) -> None:
    """Of 1,230 notes of the years 1977 to 1988, nearly all give a path of two steps or more, and a classification."""
    text = (shared / "data" / "frus" / "source_notes_sample.txt").read_text(encoding="utf-8")
    notes = [" ".join(note.split()) for note in text.split("\n\n") if note.strip()]
    assert len(notes) == 1230
    read = [read_source_note(note) for note in notes]
    assert sum(note.whole or bool(note.published) for note in read) >= 0.98 * len(notes)


def test_persons_and_terms_can_be_quoted(shared: Path) -> None:
    """Each entry is a part of its own, under the id by which documents name it."""
    for key, section, kind, least in ((_CHINA, "persons", "person", 118), (_VIETNAM, "terms", "term", 200)):
        [words] = _items(shared, key)[f"{key}-{section}"].words
        entries = {part[1]: words.content[part[2] : part[3]] for part in words.parts if part[0] == kind}
        assert len(entries) >= least
        if kind == "person":
            assert (
                entries["p_AWW1"] == "Aldrich, Winthrop W., Ambassador to the United Kingdom to February 1957"
            )
