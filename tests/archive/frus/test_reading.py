"""A volume is read as it is printed: words, pages and parts, whatever the markup does between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.archive.frus.volume import read_volume
from evidence.archive.incoming import IncomingSource, Words
from evidence.errors import ValueRefused
from evidence.quoting import Held
from tests.archive.frus.volumes import KEY, document, volume


def _read(file: Path, **asked: Any) -> dict[str, IncomingSource]:
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


def test_redactions_are_seen_and_left_standing(tmp_path: Path) -> None:
    """What was withheld is marked in the source, and its marks stay in the words."""
    items = _read(volume(tmp_path, document("<p>He met [<hi>less than 1 line</hi> not declassified].</p>")))
    assert items["d1"].fields["redacted"] is True
    assert "met [less than 1 line not declassified]." in items["d1"].words[0].content


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
