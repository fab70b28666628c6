"""A volume is read as it is printed: words, pages and parts, whatever the markup does between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.archive.frus.volume import read_volume
from evidence.archive.incoming import Item, Words
from evidence.errors import ValueRefused
from evidence.quoting import Held
from tests.archive.frus.volumes import KEY, document, volume


def _read(file: Path, **asked: Any) -> dict[str, Item]:
    return {item.key.removeprefix(f"{KEY}-"): item for item in read_volume(file, **asked).items}


def _words(folder: Path, content: str, **said: str) -> Words:
    return _read(volume(folder, f'<pb n="7"/>{document(content, **said)}'))["d1"].words[0]


def _parts(words: Words) -> dict[tuple[str, str], str]:
    return {(kind, label): words.content[start:end] for kind, label, start, end in words.parts}


def test_body_then_notes_each_a_part(tmp_path: Path) -> None:
    """The body's words stand together; each note is a part of its own, under its printed sign."""
    words = _words(
        tmp_path,
        '<p>He said<note n="2" xml:id="d1fn2">In <hi rend="italic">May</hi>.</note> that it was so.</p><p>And no more.'
        '<note n="*"><p>One.</p><p>Two.</p></note></p>',
        head='Memorandum<note n="1" type="source">Source: Files. Secret.</note>',
    )
    assert words.content.startswith("1. Memorandum\n\nHe said that it was so.\n\nAnd no more.\n\nSource:")
    assert _parts(words) == {
        ("head", ""): "1. Memorandum",
        ("body", ""): "He said that it was so.\n\nAnd no more.",
        ("source note", "1"): "Source: Files. Secret.",
        ("footnote", "2"): "In May.",
        ("footnote", "*"): "One.\n\nTwo.",
    }


def test_pages_begin_within_sentences_between_documents_and_in_notes(tmp_path: Path) -> None:
    """A page is the last that began before, wherever its mark stands; a note is on the page of its call."""
    first = document('<p>One <pb n="8"/>two<note n="1">Note <pb n="9"/>goes on.</note> three.</p>')
    second = document("<p>Four.</p>", number="2")
    items = _read(volume(tmp_path, f'<pb n="[7]"/><div type="chapter">{first}<pb n="XI"/>{second}</div>'))
    words = items["d1"].words[0]
    assert [(page, words.content[at : at + 5]) for page, at in words.pages] == [
        ("[7]", "1. Me"), ("8", "two t"), ("9", "three"), ("8", "Note "), ("9", "goes "),
    ]  # fmt: skip
    assert items["d2"].words[0].pages == (("XI", 0),)


def test_markup_neither_parts_nor_joins_words(tmp_path: Path) -> None:
    """Markup inside a word leaves it whole; blocks, lines and cells that touch do not run together."""
    words = _words(
        tmp_path,
        "<p><hi>in</hi>ter<hi>est</hi><pb n='8'/>ed</p><p>a</p><list><head>SUBJECT</head><item>b</item><item>c<list>"
        "<label>1.</label><item>d</item></list></item></list><table><row><cell>e</cell><cell>f</cell></row></table>"
        "<closer><signed>g<lb/>h</signed></closer>",
    )
    said = "interested\n\na\n\nSUBJECT\nb\nc\n\n1. d\n\ne f\n\ng\nh"
    assert words.content.partition("\n\n")[2].replace("\n\n", "\n") == said.replace("\n\n", "\n")
    assert words.pages == (("7", 0), ("8", words.content.index("ed\n")))


def test_white_space_of_any_kind_is_one_space(tmp_path: Path) -> None:
    """Runs of white space are one space, XML's own and Unicode's."""
    words = _words(tmp_path, "<p> one \u00a0 two\n\t three\u2003\u3000four <hi> five</hi></p>")
    assert _parts(words)["body", ""] == "one two three four five"


def test_words_are_in_composed_form(tmp_path: Path) -> None:
    """Letters that come in pieces are put together, as the ledger keeps them."""
    assert _parts(_words(tmp_path, "<p>Cafe\u0301</p>"))["body", ""] == "Café"


def test_attachments_are_parts_with_headings_of_their_own(tmp_path: Path) -> None:
    """What is attached is part of the body, and can be addressed; its heading is not the document's."""
    attached = "<frus:attachment><head>Tab A</head><opener><dateline><date when='1948-01-01'>x</date></dateline></opener><p>Enclosed.</p></frus:attachment>"
    item = _read(
        volume(tmp_path, document(f"<p>See Tab A.</p>{attached}{attached.replace('Tab A', 'Tab B')}"))
    )["d1"]
    parts = _parts(item.words[0])
    assert parts["attachment", "1"].startswith("Tab A")
    assert parts["attachment", "2"].endswith("Enclosed.")
    assert parts["body", ""].endswith("Enclosed.")
    assert parts["head", ""] == "1. Memorandum"
    assert "issued" not in item.fields["csl"]


def test_a_document_within_a_document_is_its_own(tmp_path: Path) -> None:
    """The words of the inner are not the outer's."""
    inner = document("<p>Inner.<note n='1'>Its note.</note></p>", number="2")
    items = _read(volume(tmp_path, document(f"<p>Before.</p>{inner}<p>After.</p>")))
    assert items["d1"].words[0].content == "1. Memorandum\n\nBefore.\n\nAfter."
    assert items["d2"].words[0].content == "2. Memorandum\n\nInner.\n\nIts note."


@pytest.mark.parametrize("space", ["http://history.state.gov/frus/ns/1.0", "http://history.state.gov/ns/1.0"])
@pytest.mark.parametrize("named", [True, False])
def test_both_namespaces_and_ways_to_name_a_volume(tmp_path: Path, space: str, named: bool) -> None:  # noqa: FBT001
    """Older files have another namespace, and the volume's id in the header only."""
    attached = "<frus:attachment><p>Tab.</p></frus:attachment>"
    items = _read(volume(tmp_path, document(attached, number="72A"), space=space, named=named))
    assert ("attachment", "1") in _parts(items["d72a"].words[0])
    assert items["d72a"].fields["csl"]["number"] == "72A"
    assert (
        items[KEY].fields["title"] == "Foreign Relations of the United States, 1950–1951, Volume I, Nowhere"
    )


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


def test_redactions_are_seen_and_left_standing(tmp_path: Path) -> None:
    """What was withheld is marked in the source, and its marks stay in the words."""
    items = _read(volume(tmp_path, document("<p>He met [<hi>less than 1 line</hi> not declassified].</p>")))
    assert items["d1"].fields["redacted"] is True
    assert "met [less than 1 line not declassified]." in items["d1"].words[0].content


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


def test_documents_are_chosen_by_id(tmp_path: Path) -> None:
    """By id, by number or by whole key; an unknown one is a sentence with the nearest."""
    file = volume(tmp_path, document() + document(number="12") + document(number="72A"))
    assert list(_read(file, documents=["D12", f"{KEY}-d72a"])) == [KEY, "d12", "d72a"]
    assert list(_read(file, documents=["12", "frus1969-76v01-d5"])) == [KEY, "d12"]
    with pytest.raises(
        ValueRefused, match=rf"{KEY}\.xml: {KEY} has no document 'd13'\. Did you mean d1 or d12"
    ):
        read_volume(file, ["d13"])


def test_an_id_twice_or_unfit_is_a_loss(tmp_path: Path) -> None:
    """One document comes, the other is reported with its line."""
    twice = document() + document("<p>Again.</p>")
    unfit = document(number="3").replace('xml:id="d3"', 'xml:id="d_../3 "').replace('"d_../3 "', '"d é"')
    read = read_volume(volume(tmp_path, twice + unfit))
    assert [loss.what for loss in read.losses] == [
        "a second document with the id d1 was left out", "a document whose id is 'd é' was left out",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", "XML of another kind"),
        ("<TEI xmlns='http://www.tei-c.org/ns/1.0'><teiHeader/><text/></TEI>", "names no volume"),
        ("<TEI xmlns='http://www.tei-c.org/ns/1.0' xml:id='hamlet'><teiHeader><fileDesc/></teiHeader><text/></TEI>", "names no volume"),
        ("<!DOCTYPE html><html><body>", "web page"),
        ("<TEI xmlns='http://www.tei-c.org/ns/1.0'", "this is cut off"),
    ],
)  # fmt: skip
def test_what_is_no_volume_is_one_sentence(tmp_path: Path, content: str, says: str) -> None:
    """Other TEI, web pages and halves of files are said to be what they are."""
    file = tmp_path / "x.xml"
    file.write_text(content)
    with pytest.raises(ValueRefused, match=says) as caught:
        read_volume(file)
    assert str(caught.value).startswith("x.xml")


def test_a_file_with_our_marks_in_it_is_refused(tmp_path: Path) -> None:
    """Code points that are no characters, which reading marks the text with, cannot move words about."""
    with pytest.raises(ValueRefused, match="code points that are no characters"):
        read_volume(volume(tmp_path, document("<p>a\ufdd7b</p>")))


def test_inclusions_are_not_followed(tmp_path: Path) -> None:
    """A file that the text points at is not read."""
    (tmp_path / "secret.xml").write_text("<p xmlns='http://www.tei-c.org/ns/1.0'>Secret words</p>")
    words = _words(tmp_path, "<p>One.</p><xi:include href='secret.xml'/><p>Two.</p>")
    assert _parts(words)["body", ""] == "One.\n\nTwo."


def test_a_reference_within_a_reference_is_words(tmp_path: Path) -> None:
    """FRUS nests references with different targets; their words are read once."""
    words = _words(
        tmp_path, "<p>See <ref target='#a'><ref target='#b'>vol. <hi>xii</hi></ref>, p. 1</ref>.</p>"
    )
    assert _parts(words)["body", ""] == "See vol. xii, p. 1."


_WORD = st.text("abcdefgé“”—", min_size=1, max_size=8)
_MARKUP = st.sampled_from(["<hi>", "<persName corresp='#p_1'>", "<gloss>", "note", "pb", ""])


@given(st.lists(st.lists(st.tuples(_WORD, _MARKUP), min_size=1, max_size=8), min_size=1, max_size=4))
def test_no_markup_changes_the_words(
    tmp_path_factory: pytest.TempPathFactory, paragraphs: list[list[tuple[str, str]]]
) -> None:
    """Whatever stands round, between and within words, the body is the words, and every page begins where it did."""
    pages, notes, content = 1, 0, ""
    plain: list[str] = []
    begins: list[tuple[str, int]] = [("1", 0)]
    at = len("1. Memorandum")
    for words in paragraphs:
        content += "<p>"
        at += 2
        for number, (word, markup) in enumerate(words):
            at += bool(number)
            content += " " if number else ""
            if markup == "pb":
                pages += 1
                content += f"{word[:1]}<pb n='{pages}'/>{word[1:]}"
                begins.append((str(pages), at + 1))
            elif markup == "note":
                notes += 1
                content += f"{word[:1]}<note n='{notes}'>aside <hi>{word}</hi></note>{word[1:]}"
            else:
                end = f"</{markup[1:].split()[0].rstrip('>')}>" if markup else ""
                content += f"{word[:1]}{markup}{word[1:]}{end}"
            at += len(word)
        content += "</p>\n      "
        plain.append(" ".join(word for word, _ in words))
    folder = tmp_path_factory.mktemp("volume")
    read = _read(volume(folder, f"<pb n='1'/>{document(content)}"))["d1"].words[0]
    parts = _parts(read)
    assert parts["body", ""] == "\n\n".join(plain)
    assert sum(kind == "footnote" for kind, _ in parts) == notes
    length = next(part[3] for part in read.parts if part[0] == "body")
    printed = {offset: label for label, offset in read.pages if offset < length}
    assert printed == {_text_at(read.content, offset): label for label, offset in begins if offset < length}
    assert Held(read.content, read.pages, read.parts).find(plain[0])


def _text_at(content: str, at: int) -> int:
    """Return where the next word begins: a page begins with words, not with the space before them."""
    while content[at].isspace():
        at += 1
    return at
