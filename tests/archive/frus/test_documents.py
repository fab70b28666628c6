"""A document becomes a source: its title, people, date, place, archive and marks, in volumes of every age."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evidence.archive.frus.volume import read_volume
from evidence.archive.incoming import IncomingSource, Words
from tests.archive.frus.volumes import KEY, document, volume


def _read(file: Path, **asked: Any) -> dict[str, IncomingSource]:
    return {item.key.removeprefix(f"{KEY}-"): item for item in read_volume(file, **asked).items}


def _parts(words: Words) -> dict[tuple[str, str], str]:
    return {(kind, label): words.content[start:end] for kind, label, start, end in words.parts}


def test_what_the_volume_says_stands_in_every_document(tmp_path: Path) -> None:
    """Editors, imprint, address and names elsewhere, as citations want them."""
    items = _read(volume(tmp_path, document()))
    fields = items["d1"].fields
    csl = fields["csl"]
    assert csl["editor"] == [{"family": "Clark", "given": "Ada B."}]
    assert csl["collection-editor"] == [{"family": "Dunn", "given": "Eve", "suffix": "Jr."}]
    assert (csl["publisher"], csl["publisher-place"]) == ("Government Printing Office", "Washington")
    assert csl["URL"] == f"https://history.state.gov/historicaldocuments/{KEY}/d1"
    assert fields["identifiers"] == {"frus": f"{KEY}/d1", "url": csl["URL"]}
    assert fields["derived_from"] == KEY
    assert items[KEY].fields["csl"]["issued"] == {"date-parts": [[1977]]}


@pytest.mark.parametrize(
    ("date", "parts"),
    [
        ('when="1951-01-20T09:00:00"', [[1951, 1, 20]]),
        ('when="1951-01-20T23:30:00Z"', [[1951, 1, 20]]),
        ('when="1951-01-20T23:30:00-05:00"', [[1951, 1, 20]]),
        ('when="1951-01"', [[1951, 1]]),
        ('when="1951"', [[1951]]),
        ('from="1951-01-20" to="1951-01-22T00:00:00"', [[1951, 1, 20], [1951, 1, 22]]),
        ('from="1951-01-20T10:00:00" to="1951-01-20T11:00:00"', [[1951, 1, 20]]),
        ('notBefore="1951-01-01" notAfter="1951-01-31" ana="#date_undated-inferred-from-document-head"', [[1951, 1, 1], [1951, 1, 31]]),
    ],
)  # fmt: skip
def test_dates_are_those_of_the_dateline_as_written(
    tmp_path: Path, date: str, parts: list[list[int]]
) -> None:
    """The local day stays what it was, with or without a zone; a range stays a range."""
    for around in ("<dateline>{}</dateline>", "<opener><dateline>{}</dateline></opener>", "<closer><dateline>{}</dateline></closer>"):  # fmt: skip
        line = around.format(f"<placeName>Taipei</placeName>, <date {date}>said</date>")
        csl = _read(volume(tmp_path, document(f"<p>On <date when='1940-01-01'>1940</date>.</p>{line}")))[
            "d1"
        ].fields["csl"]
        assert csl["issued"]["date-parts"] == parts
        assert csl["issued"].get("circa", False) is ("notBefore" in date)
        assert csl["event-place"] == "Taipei"


def test_a_date_may_stand_in_the_heading_only(tmp_path: Path) -> None:
    """A heading's date counts where there is no dateline, but not one that stands in its note."""
    dated = 'Conversation, <date when="1951-05-06">May 6, 1951</date>.'
    noted = 'Letter<note n="1" type="source">Source: Files. On <date when="1951-07-07">July 7</date>.</note>'
    items = _read(volume(tmp_path, document(head=dated) + document(number="2", head=noted)))
    assert items["d1"].fields["csl"]["issued"] == {"date-parts": [[1951, 5, 6]]}
    assert "issued" not in items["d2"].fields["csl"]


def test_an_editorial_note_does_not_take_its_chapters_dates(tmp_path: Path) -> None:
    """Bounds are a document's day only for documents, and only where nothing else says."""
    bounds = 'frus:doc-dateTime-min="1951-01-04T00:00:00-05:00" frus:doc-dateTime-max="{}T23:59:59-05:00"'
    chapter = bounds.format("1951-07-29")
    body = document(head="Editorial Note", more=f'subtype="editorial-note" {chapter}') + document(
        number="2", head="Letter", more=bounds.format("1951-01-04")
    )
    items = _read(volume(tmp_path, body))
    assert "issued" not in items["d1"].fields["csl"]
    assert items["d1"].fields["tier"] == "secondary"
    assert items["d2"].fields["csl"]["issued"] == {"date-parts": [[1951, 1, 4]]}


def test_a_date_that_the_calendar_lacks_is_a_loss(tmp_path: Path) -> None:
    """The document comes without it, and the report says where."""
    read = read_volume(volume(tmp_path, document('<dateline><date when="1951-02-29">x</date></dateline>')))
    assert [loss.what for loss in read.losses] == [
        "the date 1951-02-29 is no date of the calendar, and was left out"
    ]
    assert str(read.losses[0].place) == f"{KEY}.xml, line 1"


@pytest.mark.parametrize(
    ("head", "archive", "classification"),
    [
        ('<note n="3" type="source">Source: Department of State, Central Files, 1/2. Secret.</note>', "Department of State", "Secret"),
        ('<note n="1" type="source">611.94/1–251</note>', None, ""),
        ('<note n="1" type="source">Summary: A talk. Source: National Archives, RG 59, Central Files, POL 1. Confidential.</note>', "National Archives", "Confidential"),
        ('<note n="0" xml:id="d1fn0">Source: Kennedy Library, Papers, Box 3. Top Secret.</note><note n="1">Not this.</note>', "Kennedy Library", "Top Secret"),
        ('<note n="0" xml:id="d1fn0">[Source: Kennedy Library, Papers. Secret.]</note>', "Kennedy Library", "Secret"),
        ('<note n="1">Reprinted from <hi>Public Papers</hi>, pp. 2–3.</note><note n="2">Not this.</note>', None, ""),
    ],
)  # fmt: skip
def test_five_shapes_of_source_note(
    tmp_path: Path, head: str, archive: str | None, classification: str
) -> None:
    """The note marked as source, else the heading's note 0, else its first; whole in its part, read in fields."""
    item = _read(volume(tmp_path, document('<p>x<note n="9">Body.</note></p>', head=f"Letter{head}")))["d1"]
    fields = item.fields
    assert (fields.get("repository"), fields["classification"]) == (archive, classification)
    [source] = [part for (kind, _), part in _parts(item.words[0]).items() if kind == "source note"]
    assert source == fields["further"]["source note"]
    assert source not in ("Not this.", "Body.")


def test_a_file_number_alone_is_the_item(tmp_path: Path) -> None:
    """Volumes of 1952 to 1954 give the decimal number and nothing else."""
    note = '<note n="1" type="source">611.94/1–251</note>'
    fields = _read(volume(tmp_path, document(head=f"Letter{note}")))["d1"].fields
    assert fields["item"] == "611.94/1–251"
    assert "repository" not in fields


def test_people_are_those_of_the_heading_in_the_lists_spelling(tmp_path: Path) -> None:
    """Whom a heading marks as writer and reader; a given name only where the list has one of that name."""
    front = (
        '<div type="section" xml:id="persons"><head>List of Persons</head><list><item><hi><persName xml:id="p_RD1">Rusk, '
        'Dean</persName>,</hi> Secretary of State</item><item><persName xml:id="p_BM1">Bundy, McGeorge</persName>, Adviser'
        '</item><item><persName xml:id="p_BW1">Bundy, William P.</persName>, Assistant Secretary</item></list></div>'
    )
    head = (
        'Telegram From the <gloss type="from">President</gloss> and <persName type="from" corresp="#p_BM1">Bundy</persName>'
        ' to <persName type="to" corresp="#p_RD1">Rusk</persName> and <gloss type="to">the Embassy in Japan</gloss>'
    )
    items = _read(
        volume(tmp_path, document('<p><persName corresp="#p_BW1">he</persName></p>', head=head), front=front)
    )
    csl = items["d1"].fields["csl"]
    assert csl["author"] == [{"literal": "President of the United States"}, {"family": "Bundy"}]
    assert csl["recipient"] == [{"family": "Rusk", "given": "Dean"}, {"literal": "Embassy in Japan"}]
    assert items["d1"].fields["further"]["persons"] == ["Bundy, McGeorge", "Bundy, William P.", "Rusk, Dean"]
    assert (
        items["persons"].fields["scope"] == "case-specific"
    )  # not one more in the appendix's general sources
    listed = _parts(items["persons"].words[0])
    assert listed["person", "p_RD1"] == "Rusk, Dean, Secretary of State"
    assert listed["person", "p_BW1"] == "Bundy, William P., Assistant Secretary"


@pytest.mark.parametrize(
    ("head", "author", "recipient"),
    [
        ("Telegram 62911 From the Department of State to the Embassy in Libya", {"literal": "Department of State"}, {"literal": "Embassy in Libya"}),
        ("Letter From the Deputy Secretary (<persName>Clements</persName>) to the Assistant (<persName>Kissinger</persName>), May 1", {"family": "Clements"}, {"family": "Kissinger"}),
        ("Letter From President <persName>Nixon</persName> to Prime Minister <persName>Sato</persName>", {"family": "Nixon"}, {"family": "Sato"}),
        ("Memorandum From the President to Secretary Rogers<note n='1'>From the file to here.</note>", {"literal": "President of the United States"}, {"literal": "Secretary Rogers"}),
    ],
)  # fmt: skip
def test_people_of_headings_that_mark_nobody(
    tmp_path: Path, head: str, author: dict[str, str], recipient: dict[str, str]
) -> None:
    """Electronic volumes say who wrote to whom in words only."""
    csl = _read(volume(tmp_path, document(head=head)))["d1"].fields["csl"]
    assert (csl["author"], csl["recipient"]) == ([author], [recipient])


def test_volumes_before_1955_print_number_and_marks_elsewhere(tmp_path: Path) -> None:
    """The file number stands before the heading, the document's number in it, its classification above the words."""
    one = (
        '<div type="document" n="471" xml:id="d471"><note rend="inline" type="source">790.00/1–1152: Telegram</note>'
        '<head>No. 471<lb/>The <gloss type="from">Secretary of State</gloss> to the <gloss type="to">Embassy</gloss>'
        '<note n="1">Drafted by Allison.</note></head><p rend="flushleft">Secret<lb/>NIACT</p><p>Words.</p></div>'
    )
    other = (
        '<div type="document" n="14" xml:id="d14"><note rend="inline" type="source">740.00119 FEAC/1–1349</note><head>Letter'
        '</head><opener><seg rendition="#left"><hi>confidential</hi></seg><dateline>[<placeName>Washington</placeName>,] '
        '<date when="1949-05-02">May 2</date>–<date when="1949-06-11">June 11, 1949</date></dateline></opener><p>So.</p></div>'
    )
    items = _read(volume(tmp_path, one + other))
    first, second = items["d471"].fields, items["d14"].fields
    assert (first["title"], first["item"]) == ("The Secretary of State to the Embassy", "790.00/1–1152")
    assert (first["csl"]["number"], first["csl"]["genre"]) == ("471", "telegram")
    assert (first["classification"], first["handling"]) == ("Secret", "Niact")
    assert (second["item"], second["classification"]) == ("740.00119 FEAC/1–1349", "Confidential")
    assert second["csl"]["issued"] == {"date-parts": [[1949, 5, 2], [1949, 6, 11]]}
    parts = _parts(items["d471"].words[0])
    assert (parts["source note", ""], parts["footnote", "1"]) == (
        "790.00/1–1152: Telegram",
        "Drafted by Allison.",
    )


def test_a_first_note_that_is_no_source_names_no_archive(tmp_path: Path) -> None:
    """Older volumes have notes to headings that say something else; no archive is made of them."""
    said = "Extract. The enclosures, which are not printed, were sent to the President."
    fields = _read(volume(tmp_path, document(head=f"Mr. Seward to Mr. Adams<note n='1'>{said}</note>")))[
        "d1"
    ].fields
    assert not any(fields.get(name) for name in ("repository", "collection", "classification", "handling"))
    assert fields["further"]["source note"] == said


def test_a_citation_alone_is_a_source_without_words(tmp_path: Path) -> None:
    """The microfiche supplements print where a document lies, and a scan of it."""
    said = "Letter from Rusk to Ball, May 2. Talks on “Wool.” Secret; Eyes Only. 4 pp. Kennedy Library, Ball Papers, Box 1."
    item = _read(volume(tmp_path, document("<frus:file id='1'/><frus:pdf bytes='2'/>", head=said)))["d1"]
    assert item.words == ()
    assert item.fields["title"] == "Letter from Rusk to Ball, May 2. Talks on “Wool.”"
    kept = {
        name: item.fields[name] for name in ("repository", "collection", "box", "classification", "handling")
    }
    assert list(kept.values()) == ["Kennedy Library", "Ball Papers", "1", "Secret", "Eyes Only"]
