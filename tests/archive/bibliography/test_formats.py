"""Each format with records of our own: names, dates, papers in archives, and what stands where."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from evidence.archive.bibliography.dates import csl_date, edtf_of_csl, from_text
from evidence.archive.bibliography.latex import unlatexed
from evidence.archive.bibliography.locations import location
from evidence.archive.bibliography.reading import read_bibliography

Read = Callable[..., list[Mapping[str, Any]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a bibliography from its text."""

    def call(text: str | bytes, name: str = "file.txt", **options: Any) -> list[Mapping[str, Any]]:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return [item.fields for item in read_bibliography(file, **options).items]

    return call


def test_a_letter_in_ris(read: Read) -> None:
    (letter,) = read(
        "TY  - PCOMM\r\nAU  - Dulles, John Foster\r\nA2  - Eisenhower, Dwight D.\r\nTI  - Letter on the offshore islands\r\n"
        "DA  - 1955/02/28/\r\nPY  - 1955\r\nDB  - Dwight D. Eisenhower Library\r\nAN  - Dulles Papers; White House Memoranda Series; Box 3\r\n"
        "KW  - Quemoy\r\nKW  - Matsu\r\nN1  - Read in 2019.\r\nM1  - 12\r\nID  - dulles55\r\nER  - \r\n"
    )  # fmt: skip
    assert (letter["type"], letter["tier"], letter["title"]) == (
        "personal_communication",
        "primary",
        "Letter on the offshore islands",
    )
    assert letter["csl"]["recipient"] == [{"family": "Eisenhower", "given": "Dwight D."}]
    assert letter["csl"]["issued"] == {"date-parts": [[1955, 2, 28]]}
    assert (letter["repository"], letter["collection"], letter["series"], letter["box"]) == (
        "Dwight D. Eisenhower Library", "Dulles Papers", "White House Memoranda Series", "3",
    )  # fmt: skip
    assert letter["identifiers"] == {"citekey": "dulles55"}
    assert (letter["further"]["tags"], letter["further"]["notes"]) == (["Quemoy", "Matsu"], ["Read in 2019."])


def test_manuscripts_by_their_shelf_in_other_fields(read: Read) -> None:
    (diary,) = read(
        "TY  - MANSCPT\nTI  - Diary\nPB  - Library of Congress\nCN  - MSS 1234, Box 5\nPY  - 1955/01/\nER  - "
    )
    assert (diary["repository"], diary["item"], diary["box"]) == ("Library of Congress", "MSS 1234", "5")
    assert diary["csl"]["issued"] == {"date-parts": [[1955, 1]]}
    (telegram,) = read(
        "@archival{e, title={Telegram}, repository={NARA}, location={RG 59, Box 2}, date={1955}}"
    )
    assert (telegram["repository"], telegram["record_group"], telegram["box"]) == ("NARA", "59", "2")
    assert "publisher-place" not in telegram["csl"]


def test_bibtex_names_latex_and_parents(read: Read) -> None:
    chapter, letter, plain = read(
        r"""
        % a comment with name = {value} on it
        @string{gpo = "Government Printing Office"}
        @incollection(chap:1, author = "Ludwig van Beethoven and King, Jr., Martin Luther and {United Nations} and others",
          title = {{\"U}ber {{NATO}} -- {\'e}tude \& {\ss}}, crossref = {vol}, pages = {12--14}, note = {Sent})
        @letter{dulles, author = {Dulles, John Foster}, recipient = {family=Gaulle, given=Charles, prefix=de},
          date = {1955-02-28?}, library = {The National Archives (TNA)}, number = {FO 371/114987, f. 12}}
        @book{vol, title = {The Volume}, editor = {{\v S}imi{\'c}, \'Ana}, publisher = gpo # ", Washington", year = 1955, month = feb # "~28"}
        """,
        "a.bib",
    )
    assert chapter["csl"]["author"] == [
        {"family": "van Beethoven", "given": "Ludwig"}, {"family": "King", "given": "Martin Luther", "suffix": "Jr."}, {"literal": "United Nations"},
    ]  # fmt: skip
    assert (chapter["title"], chapter["csl"]["page"]) == ("Über NATO – étude & ß", "12–14")
    assert chapter["csl"]["container-title"] == "The Volume"
    assert chapter["csl"]["publisher"] == "Government Printing Office, Washington"
    assert chapter["csl"]["editor"] == [{"family": "Šimić", "given": "Ána"}]
    assert (chapter["further"]["others"], chapter["further"]["notes"]) == ("author: and others", ["Sent"])
    assert chapter["identifiers"] == {"citekey": "chap:1"}
    assert (letter["type"], letter["title"], letter["tier"]) == (
        "personal_communication",
        "[Letter to Charles de Gaulle]",
        "primary",
    )
    assert (letter["repository"], letter["item"], letter["frame"]) == (
        "The National Archives (TNA)",
        "FO 371/114987",
        "f. 12",
    )
    assert letter["csl"]["issued"] == {"raw": "1955-02-28?"}
    assert plain["csl"]["issued"] == {"date-parts": [[1955, 2, 28]]}


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"Pov{\v{r}}{\'\i} \c{C} \'{\i} \o\ {\ae} {\L}", "Povří Ç í ø æ Ł"),
        (r"H$_2$O and $x^{2}$ at 50% of \$5 & more", "H₂O and x² at 50% of $5 & more"),
        ("``Quoted'' --- dash~here", "“Quoted” — dash here"),
        (r"\textit{Natrix} \emph{cetti} \textsc{Who}", "Natrix cetti Who"),
        (r"{\TeX}: The {\LaTeX} Companion, {\TeX book}", "TeX: The LaTeX Companion, TeXbook"),
        (r"\protect\TeX book, The", "TeXbook, The"),
        ("plain", "plain"),
    ],
)
def test_latex_is_read_as_it_prints(latex: str, plain: str) -> None:
    assert unlatexed(latex) == plain


def test_csl_json_with_lines_in_its_note(read: Read) -> None:
    (memo,) = read(json.dumps([{
        "id": "http://zotero.org/users/123/items/ABCD2345", "type": "manuscript", "title": "Memorandum", "archive": "National Archives",
        "archive_location": "RG 59, Central Files, Box 12, Folder 3", "author": [{"literal": "Policy Planning Staff"}], "abstract": "A",
        "issued": {"date-parts": [["1955", 2]], "circa": True}, "note": "archive-place: College Park, MD\nCitation Key: pps1955\nSeen.",
    }]))  # fmt: skip
    assert (memo["repository"], memo["record_group"], memo["box"], memo["folder"]) == (
        "National Archives, College Park, MD",
        "59",
        "12",
        "3",
    )
    assert memo["csl"]["archive_location"] == "RG 59, Central Files, Box 12, Folder 3"
    assert memo["csl"]["issued"] == {"raw": "1955-02~"}
    assert memo["identifiers"] == {"zotero": "users/123/ABCD2345", "citekey": "pps1955"}
    assert memo["further"] == {"abstract": "A", "extra": "Seen."}


def test_zotero_items_with_what_hangs_below_them(read: Read) -> None:
    library = {"type": "group", "id": 9, "name": "Ours"}
    data: list[dict[str, Any]] = [
        {"key": "PARENT11", "itemType": "interview", "title": "Interview", "date": "3 May 1990", "extra": "original-date: 1955?\nRemark",
         "creators": [{"creatorType": "interviewee", "name": "X"}, {"creatorType": "interviewer", "lastName": "Y", "firstName": "Z"}]},
        {"key": "NOTE2222", "itemType": "note", "note": "<p>N</p>", "parentItem": "PARENT11"},
        {"key": "FILE3333", "itemType": "attachment", "filename": "tape.mp3", "title": "Tape", "parentItem": "PARENT11"},
        {"key": "GONE4444", "itemType": "book", "title": "Gone", "deleted": 1},
    ]  # fmt: skip
    (interview,) = read(json.dumps([{"key": one["key"], "library": library, "data": one} for one in data]))
    assert (interview["type"], interview["tier"]) == ("interview", "primary")
    assert interview["csl"]["author"] == [{"literal": "X"}]
    assert interview["csl"]["interviewer"] == [{"family": "Y", "given": "Z"}]
    assert interview["csl"]["original-date"] == {"raw": "1955?"}
    assert interview["identifiers"] == {"zotero": "groups/9/PARENT11"}
    assert interview["further"] == {"extra": "Remark", "notes": ["<p>N</p>"], "attachments": ["tape.mp3"]}


def test_endnote_xml(read: Read) -> None:
    (report,) = read(
        '<?xml version="1.0"?><xml><records><record><rec-number>7</rec-number><foreign-keys><key app="EN" db-id="abc">7</key></foreign-keys>'
        '<ref-type name="Hearing">50</ref-type><contributors/><titles><title><style face="italic">Hearing</style> on Formosa</title>'
        "<secondary-title>Committee on Foreign Relations</secondary-title></titles><dates><year>1955</year><pub-dates><date>Jan 25</date>"
        "</pub-dates></dates><custom1>C1</custom1><urls><related-urls><url>https://example.org/a</url></related-urls></urls></record></records></xml>"
    )  # fmt: skip
    assert (report["type"], report["title"], report["tier"]) == ("hearing", "Hearing on Formosa", "primary")
    assert report["csl"]["section"] == "Committee on Foreign Relations"
    assert report["csl"]["issued"] == {"date-parts": [[1955, 1, 25]]}
    assert report["further"]["custom1"] == "C1"
    assert report["identifiers"] == {"endnote": "abc/7", "url": "https://example.org/a"}


def test_zoteros_own_rdf(read: Read) -> None:
    article, memo = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/" xmlns:link="http://purl.org/rss/1.0/modules/link/">'
        '<bib:Article rdf:about="#item_1"><z:itemType>journalArticle</z:itemType><dcterms:isPartOf rdf:resource="urn:issn:0162-2889"/>'
        "<bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Beckley</foaf:surname><foaf:givenName>Michael</foaf:givenName></foaf:Person></rdf:li>"
        "<rdf:li><foaf:Person><foaf:surname>Ng</foaf:surname><foaf:givenName>Ann</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors>"
        '<dcterms:isReferencedBy rdf:resource="#item_2"/><dc:title>The Myth</dc:title><dc:date>2015-04</dc:date><bib:pages>7-48</bib:pages>'
        "<dc:subject>alliances</dc:subject><dc:subject><z:AutomaticTag><rdf:value>war</rdf:value></z:AutomaticTag></dc:subject><z:citationKey>beckley15</z:citationKey>"
        "<dc:identifier><dcterms:URI><rdf:value>https://example.org/x</rdf:value></dcterms:URI></dc:identifier></bib:Article>"
        '<bib:Journal rdf:about="urn:issn:0162-2889"><prism:volume>39</prism:volume><prism:number>4</prism:number><dc:title>International Security</dc:title>'
        "<dc:identifier>DOI 10.1162/ISEC_a_00197</dc:identifier><dc:identifier>ISSN 0162-2889</dc:identifier></bib:Journal>"
        '<bib:Memo rdf:about="#item_2"><rdf:value>&lt;p&gt;Read&lt;/p&gt;</rdf:value></bib:Memo>'
        "<bib:Manuscript><z:itemType>manuscript</z:itemType><dc:title>Memorandum</dc:title><z:archive>National Archives</z:archive>"
        "<dc:coverage>RG 59, Box 12</dc:coverage></bib:Manuscript></rdf:RDF>"
    )  # fmt: skip
    csl = article["csl"]
    assert csl["author"] == [{"family": "Beckley", "given": "Michael"}, {"family": "Ng", "given": "Ann"}]
    assert (csl["container-title"], csl["volume"], csl["issue"], csl["page"]) == (
        "International Security",
        "39",
        "4",
        "7-48",
    )
    assert (csl["DOI"], csl["ISSN"], csl["URL"]) == (
        "10.1162/ISEC_a_00197",
        "0162-2889",
        "https://example.org/x",
    )
    assert article["further"] == {"tags": ["alliances", "war"], "notes": ["<p>Read</p>"]}
    assert article["identifiers"]["citekey"] == "beckley15"
    assert (memo["repository"], memo["record_group"], memo["box"], memo["tier"]) == (
        "National Archives",
        "59",
        "12",
        "primary",
    )


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("28 February 1955", "1955-02-28"), ("Feb. 28, 1955", "1955-02-28"), ("1955/02/28/", "1955-02-28"), ("28.2.1955", "1955-02-28"),
        ("31/05/1968", "1968-05-31"), ("2/3/1955", None), ("1939-1946", "1939/1946"), ("1954-55", "1954/1955"), ("c. 1955", "1955~"),
        ("1955?", "1955?"), ("1995-07-XX", "1995-07-XX"), ("1999-uu", "1999-XX"), ("1950s", "195X"), ("Spring 1955", "1955-21"),
        ("Jan-Feb 1990", "1990-01/1990-02"), ("Sept 3-5, 1954", "1954-09-03/1954-09-05"), ("../2004-01-01", "../2004-01-01"),
        ("3 Sept. 1954 - 1 May 1955", "1954-09-03/1955-05-01"), ("1955-02-30", None), ("1955-02-00 February 1955", "1955-02"),
        ("n.d.", None), ("13th cent.", None), ("", None), ("31 mai 1968", "1968-05-31"),
    ],
)  # fmt: skip
def test_dates_as_people_write_them(text: str, edtf: str | None) -> None:
    assert from_text(text) == edtf
    if edtf:
        assert edtf_of_csl(csl_date(text)) == edtf
    else:
        assert csl_date(text) == {"literal": text}


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("RG 59, Central Files, Box 12, Folder 3", {"record_group": "59", "item": "Central Files", "box": "12", "folder": "3"}),
        ("FO 371/114987, f. 12", {"item": "FO 371/114987", "frame": "f. 12"}),
        ("A20229735/085-08-0653/Box 186", {"item": "A20229735/085-08-0653", "box": "186"}),
        ("Dulles Papers, Telephone Calls Series, Box 3", {"collection": "Dulles Papers", "series": "Telephone Calls Series", "box": "3"}),
        ("793.00/2-2855", {"item": "793.00/2-2855"}),
        ("Series 2; Reel 14, frame 220", {"series": "Series 2", "frame": "Reel 14", "item": "frame 220"}),
        ("RGANI, f. 5, op. 49, d. 131, ll. 193-194.", {"item": "RGANI, f. 5, op. 49, d. 131, ll. 193-194."}),
        ("Obtained by B. R.; translated by C. D.", {"item": "Obtained by B. R.; translated by C. D."}),
        ("", {}),
    ],
)  # fmt: skip
def test_where_a_document_lies(line: str, steps: dict[str, str]) -> None:
    assert location(line) == steps


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_line_ends_and_marks(read: Read, ends: str, encoding: str) -> None:
    text = "TY  - BOOK\nAU  - Müller, Jörg\nTI  - Über\nPY  - 1955\nER  - \n".replace("\n", ends)
    (book,) = read(text.encode(encoding))
    assert book["csl"]["author"] == [{"family": "Müller", "given": "Jörg"}]


def test_letters_of_windows_are_read_when_told(read: Read) -> None:
    (book,) = read("TY  - BOOK\nTI  - “Über”\nER  -\n".encode("cp1252"), encoding="cp1252")
    assert book["title"] == "“Über”"
