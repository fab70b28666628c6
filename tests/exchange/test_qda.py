"""REFI-QDA projects: valid by the standard's schema, told as rights allow, and the same quotes and codes when they come back."""

from __future__ import annotations

import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import text

from evidence.archive.bringing import bring
from evidence.archive.marking import mark
from evidence.archive.qdpx import read_qdpx
from evidence.archive.qdpx_codes import bring_codes
from evidence.archive.qdpx_own import known_again
from evidence.errors import ValueRefused
from evidence.exchange.annotations_told import told
from evidence.exchange.qdc import qdc
from evidence.exchange.qdpx import qdpx
from evidence.ledger import records, schema
from evidence.ledger.revisions import Unit
from tests.exchange.exchanged import BOOK, CLOSED, TEXT, exchanged
from tests.exchange.tabled import tabled
from tests.kit import Ledger, Run

_N = {"q": "urn:QDA-XML:project:1.0"}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The study, with a source that is closed."""
    return exchanged(_new(tmp_path_factory.mktemp("qda") / "evidence.db"))


def _new(file: Path) -> str:
    schema.create(f"sqlite:///{file}")
    return f"sqlite:///{file}"


def _written(ledger: Ledger, file: Path, *, private: bool = False) -> Path:
    stream = io.BytesIO()
    with ledger.read() as read, told(*read, private=private) as told_to:
        qdpx(told_to, stream)
    file.write_bytes(stream.getvalue())
    return file


def _schema(shared: Path) -> Any:
    return etree.XMLSchema(etree.parse(str(shared / "data" / "qda" / "refi-qda-project.xsd")))


def _project(file: Path, shared: Path) -> Any:
    """Return a project's root: valid, every GUID once, and none that leads nowhere."""
    with zipfile.ZipFile(file) as archive:
        root = etree.fromstring(archive.read("project.qde"))
    _schema(shared).assertValid(root)
    known = root.xpath("//@guid")
    assert len(known) == len(set(known))
    assert set(root.xpath("//@targetGUID|//@originGUID|//@creatingUser|//@modifyingUser")) <= set(known)
    return root


def _brought(session: Unit, file: Path) -> tuple[Any, Any, list[str]]:
    incoming, project = read_qdpx(file)
    incoming = known_again(session, incoming, own=project.own)
    brought = bring(session, incoming)
    return brought, mark(session, incoming, brought, strict=False), bring_codes(session, project, file.name)


def _all(ledger: Ledger, query: str) -> list[tuple[Any, ...]]:
    with ledger.read() as (connection, _):
        return [tuple(row) for row in connection.execute(text(query))]


_QUOTES = (
    "SELECT s.title, q.words, {} FROM quote q JOIN source s ON s.id = q.source_id "
    "WHERE q.retired_at IS NULL ORDER BY s.title, q.words, q.text_start, q.note"
)
_SOURCES = (
    "SELECT title, type, note, json_remove(coalesce(further, '{}'), '$.citation'), json_array_length(further, '$.codes') "
    "FROM source ORDER BY title"
)
_CONCEPTS = "SELECT family, label, definition, role FROM concept ORDER BY family, label, definition"


def test_a_project_is_valid_and_its_offsets_count_characters(
    ledger: Ledger, shared: Path, tmp_path: Path
) -> None:
    file = _written(ledger, tmp_path / "a.qdpx")
    root = _project(file, shared)
    with zipfile.ZipFile(file) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("sources/")]
        assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in archive.infolist())
    assert texts == [TEXT]  # nobody has said that the book may travel
    words = {}
    for source in root.iterfind(".//q:TextSource", _N):
        content = source.findtext("q:PlainTextContent", TEXT, _N)
        for one in source.iterfind("q:PlainTextSelection", _N):
            words[one.get("guid")] = content[int(one.get("startPosition")) : int(one.get("endPosition"))]
    said = [
        row for (row,) in _all(ledger, "SELECT words FROM quote WHERE retired_at IS NULL") if row != CLOSED
    ]
    assert sorted(words.values()) == sorted(said)
    (case,) = root.iterfind(".//q:Case", _N)
    spoken = [words[one.get("targetGUID")] for one in case.iterfind("q:SelectionRef", _N)]
    assert set(spoken) == {"prestige was at stake", "The Secretary said that “the islands” …"}
    values = {
        one.getchildren()[0].get("targetGUID"): one[1].text for one in case.iterfind("q:VariableValue", _N)
    }
    (ally,) = [one for one in root.iterfind(".//q:Variable", _N) if one.get("name") == "ALLY"]
    assert values[ally.get("guid")] == "2"
    assert [(one.get("id"), one.get("name")) for one in root.iterfind(".//q:User", _N)] == [("ada", "Ada")]


def test_every_code_says_what_it_means(ledger: Ledger, shared: Path, tmp_path: Path) -> None:
    root = _project(_written(ledger, tmp_path / "a.qdpx"), shared)
    codes = {one.get("name"): one for one in root.iterfind(".//q:Code", _N)}
    meant = {name: one.findtext("q:Description", "", _N) for name, one in codes.items()}
    assert meant["prestige"] == "Standing with others."
    assert meant["ALLY 2: level 2"] == "It means 2."
    assert "If false: The minutes weigh bases and prestige only." in meant["t1"]
    assert codes["t1+"].getparent() is codes["t1"]
    coded = {
        one.get("name"): {ref.get("targetGUID") for ref in one.iterfind("q:Coding/q:CodeRef", _N)}
        for one in root.iterfind(".//q:PlainTextSelection", _N)
    }
    names = {one.get("guid"): name for name, one in codes.items()}
    assert {names[one] for one in coded["prestige was at stake"]} == {"mid-50", "t1+"}
    assert {names[one] for one in coded["a passage worth quoting"]} == {"prestige", "half-baked"}
    with ledger.read() as read:
        book = etree.fromstring(qdc(*read))
    assert book.tag == "{urn:QDA-XML:codebook:1.0}CodeBook"
    codes_only = etree.tostring(book[0], encoding="unicode").replace("codebook:1.0", "project:1.0")
    whole = f'<Project xmlns="{_N["q"]}" name="as a part"><CodeBook>{codes_only}</CodeBook></Project>'
    _schema(shared).assertValid(etree.fromstring(whole))
    # What the schema of code books (REFI-QDA 1.5, 5.2) has otherwise than the project's: a root of its own, and no notes.
    assert [etree.QName(one).localname for one in book] == ["Codes"]
    assert set(book.attrib) == {"origin"}
    assert {etree.QName(one).localname for one in book[0].iter()} == {"Codes", "Code", "Description"}
    alone = {one.get("name") for one in book.iter("{urn:QDA-XML:codebook:1.0}Code")}
    assert alone == codes.keys() - {"Cases", "mid-50", "Tags", "half-baked"}


def test_words_that_are_not_for_others_leave_for_oneself_only(ledger: Ledger, tmp_path: Path) -> None:
    def content(file: Path) -> str:
        with zipfile.ZipFile(file) as archive:
            return "\n".join(archive.read(name).decode() for name in archive.namelist())

    public = content(_written(ledger, tmp_path / "a.qdpx"))
    private = content(_written(ledger, tmp_path / "b.qdpx", private=True))
    assert "yellow harbour" not in public
    assert BOOK not in public
    assert "a passage worth quoting" in public
    assert private.count(CLOSED) == 3
    assert BOOK in private


@pytest.mark.parametrize("private", [False, True])
def test_what_goes_out_comes_back_and_adds_nothing_where_it_came_from(
    ledger: Ledger, sqlite_url: str, tmp_path: Path, *, private: bool
) -> None:
    file = _written(ledger, tmp_path / "a.qdpx", private=private)
    other = Ledger(sqlite_url)
    other.found()
    with other.write() as session:
        _, logged, _ = _brought(session, file)
    assert not logged.refused
    query = _QUOTES.format("q.note")
    there = [row for row in _all(ledger, query) if private or row[1] != CLOSED]
    back = {row[:2]: row[2].split("\n\nTranslation")[0] for row in _all(other, query)}
    assert back.keys() == {row[:2] for row in there}
    for *key, said in there:
        assert back[tuple(key)].replace(
            "Translation (Ada): The safety of the Strait matters most.", ""
        ) == said.replace("\x07", "")
    concepts = {row[:3] for row in _all(other, _CONCEPTS)}
    assert concepts == {("interest", "prestige", "Standing with others.")}
    sources = "SELECT title FROM source ORDER BY title"
    assert set(_all(ledger, sources)) <= set(_all(other, sources))
    with ledger.write() as session:
        brought, logged, concepts_again = _brought(session, file)
        assert not brought.writes
        assert not logged.writes
        assert not concepts_again


@pytest.mark.parametrize(
    ("taken", "sources", "quotes", "concepts"),
    [("demo.qdpx", 2, 158, 262), ("target-atlas-project.qdpx", 0, 0, 3), ("", 4, 4, 8)],
)
def test_another_programs_project_goes_through_and_is_the_same(
    shared: Path, tmp_path: Path, sqlite_url: str, taken: str, sources: int, quotes: int, concepts: int
) -> None:
    first, second = Ledger(sqlite_url), Ledger(_new(tmp_path / "second.db"))
    was = shared / "data" / "qda" / taken if taken else _made_up(tmp_path / "made-up.qdpx")
    file = was
    for ledger in (first, second):
        ledger.found()
        with ledger.write() as session:
            _, logged, _ = _brought(session, file)
            assert not logged.refused
        file = _written(ledger, tmp_path / "out.qdpx", private=True)
        assert _codings(_project(file, shared)) == _codings(_project(was, shared))
    for query, count in (
        (_QUOTES.format("q.note, q.text_start, q.text_end, json_extract(q.identifiers, '$.tags')"), quotes),
        (_CONCEPTS, concepts),
        (_SOURCES, sources),
    ):
        assert len(_all(first, query)) == count
        assert _all(second, query) == _all(first, query)


def _codings(root: Any) -> list[tuple[str, ...]]:
    """Return the codes of selections and of sources, with those above them."""
    found = []
    for coded in root.iterfind(".//q:Coding/..", _N):
        for ref in coded.iterfind("q:Coding/q:CodeRef", _N):
            (code,) = root.xpath("//*[@guid=$guid]", guid=ref.get("targetGUID"))
            above = [one.get("name") for one in code.iterancestors("{*}Code")]
            found.append((coded.tag, code.get("name"), *above))
    return sorted(found)


def _made_up(file: Path) -> Path:
    """Write a made-up project of another program, with what is easily lost: it knows nothing of our keys."""
    told = "A bell \x07 rang\tover 𝒜 two harbours; trust fell & rose."

    def own(what: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, what)).upper()

    def code(own_name: str, name: str, inner: str = "", *, codable: bool = True) -> str:
        said = f'guid="{own(own_name)}" name="{name}" isCodable="{str(codable).lower()}"'
        return f"<Code {said}><Description>What {own_name} is &lt;b&gt;.</Description>{inner}</Code>"

    def coding(where: str, name: str) -> str:
        return f'<Coding guid="{own(where + name)}"><CodeRef targetGUID="{own(name)}"/></Coding>'

    def selection(words: str, *codes: str) -> str:
        start = told.index(words)
        said = f'guid="{own(words)}" startPosition="{start}" endPosition="{start + len(words)}"'
        return (
            f"<PlainTextSelection {said}>{''.join(coding(words, one) for one in codes)}</PlainTextSelection>"
        )

    value = f'<VariableValue><VariableRef targetGUID="{own("year")}"/><IntegerValue>1954</IntegerValue></VariableValue>'
    root = f"""<Project xmlns="{_N["q"]}" name="Made &amp; up" origin="Another"><CodeBook><Codes>
        {code("trust", "Trust", code("low", "Trust, low") + code("same", "same"), codable=False)}
        {code("fear", "Fear", code("same too", "same"))}{code("comma", "A, B")}{code("a", "A")}{code("hash", "#1")}
        </Codes></CodeBook><Variables><Variable guid="{own("year")}" name="Year" typeOfVariable="Integer"/></Variables>
        <Sources><TextSource guid="{own("tale")}" name="A tale" plainTextPath="internal://tale.txt">
        <Description>Of two lines.\nThe second.</Description>
        {selection("bell", "low", "same too")}{selection("two harbours", "same")}{selection("rang", "comma", "hash")}
        {selection("fell & rose", "a", "fear")}{coding("tale", "fear")}<NoteRef targetGUID="{own("memo")}"/>{value}</TextSource>
        <TextSource guid="{own("in it")}" name="In it"><PlainTextContent>Words in the file.</PlainTextContent></TextSource>
        <PictureSource guid="{own("picture")}" name="A picture" path="internal://p.jpg"/>
        <PDFSource guid="{own("pdf")}" name="A PDF" path="internal://p.pdf">{value}</PDFSource></Sources>
        <Notes><Note guid="{own("memo")}" name="A memo. More."><PlainTextContent>A memo.\nMore.</PlainTextContent></Note></Notes>
        </Project>"""
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("project.qde", root)
        archive.writestr("sources/tale.txt", told)
    return file


def test_remarks_are_notes_and_offsets_count_what_the_file_says(
    shared: Path, tmp_path: Path, sqlite_url: str
) -> None:
    ledger = exchanged(sqlite_url)
    words = "It tolled \x07 &#7; ]]> 𝒜\r\n<b>twice</b>"
    with ledger.write() as session:
        for key, said in (("memo.0", words), ("memo.9", "The last of it")):
            records.add(session, "quote", {"key": key, "source": "memo", "words": said})
        for noun, key, note in (("source", "memo", "Typed twice."), ("test", "t1", "It came out so.")):
            records.edit(session, noun, records.find(session, noun, key), {"note": note})
        records.add(
            session,
            "search",
            {"key": "s9", "case": "mid-50", "question": "Bases?", "corpus": "RG 59", "hits": 0},
        )
    root = _project(_written(ledger, tmp_path / "a.qdpx"), shared)
    told = {
        " ".join(one.getparent().findtext("q:PlainTextContent", TEXT, _N)[slice(*_ends(one))].split())
        for one in root.iterfind(".//q:PlainTextSelection", _N)
    }
    assert {"It tolled &#7; ]]> 𝒜 <b>twice</b>", "The last of it"} <= told
    notes = {
        one.get("guid"): one.findtext("q:PlainTextContent", "", _N) for one in root.iterfind(".//q:Note", _N)
    }
    noted = {
        notes[one.get("targetGUID")]: one.getparent().get("name") for one in root.iterfind(".//q:NoteRef", _N)
    }
    assert noted["Typed twice."] == "Memorandum of discussion"
    assert noted["It came out so."] == "t1"
    assert any("Looked in: RG 59" in note for note in notes.values())
    letters = next(one for one in root.iterfind(".//q:TextSource", _N) if one.get("name") == "The letters")
    assert letters.findtext("q:Description", "", _N) == "Citation only: access to letters is closed."


def _ends(selection: Any) -> tuple[int, int]:
    return int(selection.get("startPosition")), int(selection.get("endPosition"))


def test_a_study_without_codes_has_no_code_book(sqlite_url: str) -> None:
    ledger = Ledger(sqlite_url)
    ledger.found()
    with ledger.read() as read, pytest.raises(ValueRefused, match="would be empty"):
        qdc(*read)


def test_a_blind_round_that_is_open_is_not_told(sqlite_url: str, tmp_path: Path) -> None:
    ledger = tabled(sqlite_url, frozen=False)
    with zipfile.ZipFile(_written(ledger, tmp_path / "a.qdpx")) as archive:
        root = etree.fromstring(archive.read("project.qde"))
    said = etree.tostring(root, encoding="unicode")
    assert ".first.ada" not in said
    assert "ada on c" not in said
    coded = {
        one.get("name") for one in root.iterfind(".//q:Case", _N) if one.find("q:CodeRef", _N) is not None
    }
    assert "c5" in coded
    assert not coded & {"c2", "c3"}


def test_the_command_says_what_it_wrote_and_overwrites_nothing(
    sqlite_url: str, run: Run, tmp_path: Path, shared: Path
) -> None:
    ledger = exchanged(sqlite_url)
    with ledger.write() as session:
        concept = records.find(session, "concept", "prestige")
        records.edit(session, "concept", concept, {"definition": f"Such as “{CLOSED}”."})
    ask = ("--ledger", ledger.url, "export", "qda")
    done = run(*ask, "a.qdpx")
    assert done.code == 0, done
    assert (
        "4 sources with 5 quotes are in a.qdpx: 1 text, of 2 sources the quoted passages only." in done.stderr
    )
    assert "1 quote and 1 text, which access conditions or rights forbid to pass on" in done.stderr
    before = (tmp_path / "a.qdpx").read_bytes()
    assert run(*ask, "a.qdpx").code == 1
    assert run(*ask, "a.qdpx", "--force", TZ="Pacific/Auckland", PYTHONHASHSEED="7").code == 0
    assert (tmp_path / "a.qdpx").read_bytes() == before
    _project(tmp_path / "a.qdpx", shared)
    assert run(*ask, "a.qdc").code == 0
    assert "[withheld]" in (tmp_path / "a.qdc").read_text("utf-8")
    assert "yellow harbour" not in (tmp_path / "a.qdc").read_text("utf-8")
    assert ".qdpx" in run(*ask, "a.zip").stderr
