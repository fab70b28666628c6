"""Citations of Foreign Relations of the United States: Chicago's notes, and what its editors recommend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evidence.archive.bringing import bring
from evidence.archive.frus.volume import read_volume
from evidence.publish.citations import Cited, as_text, linked, note, recommended, short_note, web_address
from evidence.publish.citing import cited_named
from tests.kit import Ledger
from tests.publish.printed import A30, CHILE, cited, kissinger, person, volume

_KOREA = "Foreign Relations of the United States, 1969–1976, Volume XIX, Part 1, Korea, 1969–1972"


def test_a29_a_document_of_frus_as_its_editors_ask() -> None:
    csl: dict[str, Any] = {
        "container-title": _KOREA,
        "editor": person("Lawler", "Daniel J.") + person("Mahan", "Erin R."),
        "publisher-place": "Washington",
        "publisher": "Government Printing Office",
        "issued": {"date-parts": [[2010]]},
        "number": "75",
    }
    source = cited("document", "Memorandum", csl, key="frus1969-76v19p1-d75")
    assert as_text(recommended(source)) == (
        "Foreign Relations of the United States, 1969–1976, Volume XIX, Part 1, Korea, 1969–1972, eds. Daniel "
        "J. Lawler and Erin R. Mahan (Washington: Government Printing Office, 2010), Document 75."
    )
    assert web_address(source) == "https://history.state.gov/historicaldocuments/frus1969-76v19p1/d75"
    assert recommended(cited("book", "T", {})) == []


def test_a30_chicagos_note_from_what_the_document_and_its_volume_say() -> None:
    csl = {**kissinger(), "issued": "1970-12-18"}
    source = cited(
        "document", "Memorandum From Kissinger to Nixon", csl, key="frus1969-76v21-d190", volume=volume()
    )
    assert as_text(note(source)) == A30
    assert (
        as_text(short_note(source))
        == "Kissinger to Nixon, December 18, 1970, FRUS, 1969–1976, vol. 21, doc. 190."
    )


def test_a30_chicagos_note_from_one_record_with_the_volumes_year() -> None:
    csl = {**volume(), **kissinger(), "container-title": CHILE, "number": 190, "event-date": "1970-12-18"}
    csl["URL"] = "https://history.state.gov/historicaldocuments/frus1969-76v21/d190"
    del csl["title"]
    html = linked(note(cited("document", "Memorandum", csl)))
    assert as_text(note(cited("document", "Memorandum", csl))) == A30
    assert "<i>Foreign Relations of the United States, 1969–1976</i>, ed." in html
    assert "<i>Chile, 1969–1973</i>" in html
    assert '<a href="https://history.state.gov/historicaldocuments/frus1969-76v21/d190">' in html


def test_a_document_of_frus_without_people_is_cited_by_its_heading_and_day() -> None:
    csl: dict[str, Any] = {
        "container-title": "Foreign Relations of the United States, 1955–1957",
        "volume": "II",
        "volume-title": "China",
        "issued": {"date-parts": [[1955, 1, 19]]},
        "genre": "memorandum of conversation",
    }
    title = "Memorandum of a Conversation, Department of State, Washington, January 19, 1955, 3:45 p.m."
    source, where = cited("document", title, csl), {"document": "19", "page": "46"}
    assert as_text(note(source, where)) == (
        f"{title}, in Foreign Relations of the United States, 1955–1957, vol. 2, China, doc. 19, p. 46."
    )
    assert as_text(short_note(source, where)) == (
        "Memorandum of a Conversation, January 19, 1955, FRUS, 1955–1957, vol. 2, doc. 19, p. 46."
    )


def test_a_volume_before_documents_were_numbered_is_cited_by_page() -> None:
    source = cited("book", CHILE, {**volume(), "title": ""}, key="frus1969-76v21")
    assert as_text(note(source, {"page": "12"})).endswith(
        "(Washington, DC: Government Printing Office, 2014), 12, "
        "https://history.state.gov/historicaldocuments/frus1969-76v21."
    )
    assert as_text(short_note(source, {"page": "12"})) == "FRUS, 1969–1976, vol. 21, 12."


def test_a_conversation_has_speakers_and_no_recipient() -> None:
    title = "Memorandum of a Conversation Between the President and the Secretary of State, Washington, April 25, 1955"
    people = {
        "author": [{"literal": "President"}],
        "recipient": [{"literal": "Secretary"}],
        "issued": "1955-04-25",
    }
    source = cited("document", title, {**people, "container-title": CHILE, "number": "220"})
    assert as_text(note(source)).startswith(f"{title}, in Foreign Relations")


def test_several_volumes_with_a_supplement_and_a_heading_that_ends_a_sentence() -> None:
    container = "Foreign Relations of the United States, 1961–1963, Volumes VII/VIII/IX, Microfiche Supplement, Arms Control"
    source = cited(
        "document", "Memorandum, May 10. “Forces in Europe.”", {"container-title": container, "number": "323"}
    )
    assert as_text(note(source)) == (
        "Memorandum, May 10. “Forces in Europe,” in Foreign Relations of the United States, 1961–1963, vols. 7/8/9, "
        "microfiche supplement, Arms Control, doc. 323."
    )
    assert as_text(recommended(source)) == f"{container}, Document 323."


def test_documents_that_a_volume_brings_are_cited_with_what_the_volume_says(
    shared: Path, sqlite_url: str
) -> None:
    ledger = Ledger(sqlite_url)
    ledger.found()
    with ledger.write() as session:
        bring(session, read_volume(shared / "data" / "frus" / "frus1964-68v29p2.xml", ["d17"]))
    with ledger.read() as (connection, study):
        telegram = cited_named(connection, study, "frus1964-68v29p2-d17")
    assert as_text(note(telegram)) == (
        "Embassy in Japan to Department of State, telegram, Tokyo, July 7, 1964, in Foreign Relations of the United "
        "States, 1964–1968, ed. Edward C. Keefer, vol. 29, pt. 2, Japan, ed. Karen L. Gatz (Washington, DC: Government "
        "Printing Office, 2006), doc. 17, https://history.state.gov/historicaldocuments/frus1964-68v29p2/d17."
    )


def test_a_volume_under_the_series_older_name_is_named_once() -> None:
    series = "Papers Relating to the Foreign Relations of the United States"
    name = f"{series}, 1914, Supplement, The World War"
    csl = {"collection-title": series, "container-title": name, "number": "1"}
    source = Cited(
        "document", "The Ambassador in Germany to the Secretary of State", csl, key="frus1914Supp-d1"
    )
    printed = "".join(str(getattr(part, "text", part)) for part in note(source, {}))
    assert printed.count("Foreign Relations") == 1
    assert "Papers Relating to" in printed
