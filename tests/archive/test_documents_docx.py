"""Word documents: what a reader sees in order, notes and comments as parts, and nothing followed or unpacked."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.archive.documents import Document, open_document
from evidence.errors import ValueRefused
from evidence.quoting import locate
from tests.archive.documents_made import docx, par

LINES = st.text(
    st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), min_size=1, max_size=60
).filter(lambda text: any(letter.isalnum() for letter in text))  # fmt: skip
REFERENCE = '<w:r><w:{0}Reference w:id="{1}"/></w:r>'


def word(folder: Path, data: bytes) -> Document:
    file = folder / "made.docx"
    file.write_bytes(data)
    return open_document(file)


def refused(folder: Path, data: bytes) -> str:
    with pytest.raises(ValueRefused) as error:
        word(folder, data)
    return str(error.value)


def parts(document: Document) -> list[tuple[str, str, str]]:
    return [
        (kind, label, document.words.content[start:end]) for kind, label, start, end in document.words.parts
    ]


def note(kind: str, number: int, words: str) -> str:
    return f'<w:{kind} w:id="{number}">{par(words)}</w:{kind}>'


@given(st.lists(LINES, min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_paragraphs_come_back_in_order(tmp_path: Path, lines: list[str]) -> None:
    document = word(tmp_path, docx("".join(map(par, lines))))
    assert document.words.content == "\n\n".join(unicodedata.normalize("NFC", line) for line in lines)


def test_tracked_changes_are_taken_and_hidden_text_is_left_out(tmp_path: Path) -> None:
    hidden = '<w:style w:styleId="H" w:type="character"><w:rPr><w:vanish/></w:rPr></w:style>'
    hidden += '<w:style w:styleId="K" w:type="character"><w:basedOn w:val="H"/></w:style>'
    run = "<w:r>{0}<w:t>{1}</w:t></w:r>"
    body = par(
        "We will ",
        inside=(
            f"<w:del>{run.format('', 'x').replace('w:t>', 'w:delText>')}</w:del>"
            f"<w:ins>{run.format('', 'not')}</w:ins>"
            f"<w:moveFrom>{run.format('', 'gone')}</w:moveFrom><w:moveTo>{run.format('', ' now')}</w:moveTo>"
            + run.format("<w:rPr><w:vanish/></w:rPr>", "hidden")
            + run.format('<w:rPr><w:vanish w:val="0"/></w:rPr>', " fight")
            + run.format('<w:rPr><w:rStyle w:val="K"/></w:rPr>', "hidden too")
            + "<w:r><w:tab/><w:t>a</w:t><w:br/><w:t>b</w:t><w:noBreakHyphen/><w:sym w:font='x' w:char='2014'/></w:r>"
        ),
    )
    body += par("This paragraph ends ", end="<w:del/>") + par("in the next.")
    document = word(tmp_path, docx(body, more={"styles": hidden}))
    assert document.words.content == "We will not now fight\ta\nb\u2011—\n\nThis paragraph ends in the next."


def test_codes_of_fields_are_no_words_and_their_results_are(tmp_path: Path) -> None:
    char = '<w:r><w:fldChar w:fldCharType="{0}"/></w:r>'
    said = "<w:r><w:t>{0}</w:t></w:r>"
    inner = char.format("begin") + "<w:r><w:instrText> PAGE </w:instrText></w:r>" + char.format("separate")
    field = (
        char.format("begin") + "<w:r><w:instrText> IF </w:instrText></w:r>" + inner + said.format("in the code")
        + char.format("end") + char.format("separate") + said.format("page 7") + char.format("end")
    )  # fmt: skip
    link = f'<w:hyperlink r:id="r9">{said.format(" and a link")}</w:hyperlink><w:smartTag>{said.format(" here")}</w:smartTag>'
    out = '<Relationship Id="r9" Type="x/hyperlink" Target="https://example.org" TargetMode="External"/>'
    document = word(tmp_path, docx(par("See ", inside=field + link), relations=out))
    assert document.words.content == "See page 7 and a link here"


def test_tables_and_text_boxes_stand_where_they_are(tmp_path: Path) -> None:
    cell = "<w:tc>{0}</w:tc>"
    rows = [("a", "b"), ("c", "d")]
    table = "".join(f"<w:tr>{''.join(cell.format(par(one)) for one in row)}</w:tr>" for row in rows)
    gone = f"<w:tr><w:trPr><w:del/></w:trPr>{cell.format(par('gone'))}</w:tr>"
    box = f"<w:txbxContent>{par('In a box')}</w:txbxContent>"
    drawing = f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    body = (
        par("Before", inside=drawing)
        + f"<w:tbl>{table}{gone}</w:tbl>"
        + f"<w:sdt><w:sdtContent>{par('After')}</w:sdtContent></w:sdt>"
    )
    assert word(tmp_path, docx(body)).words.content == "Before\n\nIn a box\n\na\tb\nc\td\n\nAfter"


def test_notes_and_comments_are_parts_after_the_body(tmp_path: Path) -> None:
    calls = REFERENCE.format("footnote", 2) + "<w:r><w:t> were</w:t></w:r>" + REFERENCE.format("endnote", 5)
    own = '<w:r><w:footnoteReference w:id="4" w:customMarkFollows="1"/><w:t>*</w:t></w:r>'
    separator = '<w:footnote w:id="0" w:type="separator"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    notes = (
        separator
        + note("footnote", 4, "Its own mark.")
        + note("footnote", 2, "The first note.")
        + note("footnote", 3, "Uncalled.")
    )
    document = word(
        tmp_path,
        docx(
            par("The islands", inside=calls) + par("End", inside=own),
            more={
                "footnotes": notes,
                "endnotes": note("endnote", 5, "The endnote."),
                "comments": '<w:comment w:id="0" w:initials="AB">' + par("Check this.") + "</w:comment>",
            },
        ),
    )
    assert locate("The islands were", document.words.content)
    assert parts(document) == [
        ("footnote", "1", "The first note."),
        ("footnote", "*", "Its own mark."),
        ("footnote", "i", "The endnote."),
        ("comment", "AB1", "Check this."),
    ]
    assert "Uncalled" not in document.words.content


def test_headings_are_parts_whatever_their_style_is_called(tmp_path: Path) -> None:
    styles = (
        '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="Mine"><w:basedOn w:val="berschrift1"/></w:style>'
        '<w:style w:styleId="Own"><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
        '<w:style w:styleId="Circle"><w:basedOn w:val="Circle"/></w:style>'
    )
    body = (
        par("One", style="berschrift1")
        + par("Two", style="Mine")
        + par("Three", style="Own")
        + par("No", style="Circle")
    )
    core = "<dc:title>A memo</dc:title><dc:creator>Dulles</dc:creator><dcterms:created>2018-12-12T00:00:00Z</dcterms:created>"
    document = word(tmp_path, docx(body, more={"styles": styles}, core=core))
    assert parts(document) == [("heading", word, word) for word in ("One", "Two", "Three")]
    assert document.stated == {"title": "A memo", "author": "Dulles", "created": "2018-12-12"}


def test_what_is_hostile_is_refused(tmp_path: Path) -> None:
    entity = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    assert "declares entities" in refused(tmp_path, docx(par("x"), prolog=entity))
    outside = '<Relationship Id="f" Type="x/footnotes" Target="https://example.org/notes.xml" TargetMode="External"/>'
    assert "nothing outside is followed" in refused(tmp_path, docx(par("x"), relations=outside))
    climbing = '<Relationship Id="f" Type="x/footnotes" Target="../../../etc/passwd"/>'
    assert word(tmp_path, docx(par("x"), relations=climbing)).words.content == "x"
    assert "larger than 64 MiB" in refused(tmp_path, docx(par("x" + " " * (65 * 1024 * 1024))))
    deep = "<w:sdt><w:sdtContent>" * 3_000 + par("x") + "</w:sdtContent></w:sdt>" * 3_000
    assert "made.docx" in refused(tmp_path, docx(deep))
    nested = "<w:tbl><w:tr><w:tc>" * 60 + par("deep words") + "</w:tc></w:tr></w:tbl>" * 60
    assert word(tmp_path, docx(nested)).words.content == "deep words"


def test_what_is_broken_is_a_sentence(tmp_path: Path) -> None:
    whole = docx(par("Some words that are packed. " * 50))
    assert "broken" in refused(tmp_path, whole[: len(whole) // 2])
    assert "not well-formed XML" in refused(tmp_path, docx(par("x"), prolog="<w:document>"))
    spoiled = bytearray(whole)
    at = whole.index(b"word/document.xml") + 60
    spoiled[at : at + 40] = b"\xff" * 40
    assert "broken" in refused(tmp_path, bytes(spoiled))
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/other.xml", "<x/>")
    assert "names no body" in refused(tmp_path, empty.getvalue())
    for name, said in (
        ("mimetype", "OpenDocument"),
        ("xl/workbook.xml", "spreadsheet"),
        ("a/b.txt", "unpack it"),
    ):
        other = io.BytesIO()
        with zipfile.ZipFile(other, "w") as archive:
            archive.writestr(name, "application/vnd.oasis.opendocument.text")
            if name.startswith("xl"):
                archive.writestr("[Content_Types].xml", "<Types/>")
        assert said in refused(tmp_path, other.getvalue())


def test_a_real_document_has_its_words_and_notes(shared: Path) -> None:
    document = open_document(shared / "data" / "cow" / "Appendix_4.01_to_4.3_Changes.docx")
    kinds = [kind for kind, *_ in document.words.parts]
    assert (kinds.count("heading"), kinds.count("footnote")) == (9, 2)
    assert locate("contains detailed information on each of the changes made", document.words.content)
