"""REFI-QDA projects: valid by the standard's schema, told as rights allow, and the same quotes and codes when they come back."""

from __future__ import annotations

import io
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
from evidence.ledger import schema
from evidence.ledger.revisions import Unit
from tests.exchange.exchanged import BOOK, CLOSED, TEXT, exchanged
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


def _project(file: Path, shared: Path) -> Any:
    """Return a project's root: valid, every GUID once, and none that leads nowhere."""
    with zipfile.ZipFile(file) as archive:
        root = etree.fromstring(archive.read("project.qde"))
    etree.XMLSchema(etree.parse(str(shared / "data" / "qda" / "refi-qda-project.xsd"))).assertValid(root)
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
    alone = {one.get("name") for one in book.iter("{urn:QDA-XML:codebook:1.0}Code")}
    assert alone == codes.keys() - {"Cases", "mid-50", "half-baked"}


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
    assert ("interest", "prestige", "Standing with others.") in concepts
    assert not {label for _, label, _ in concepts} & {"Cases", "t1", "ALLY", "Hypotheses"}
    with ledger.write() as session:
        brought, logged, _ = _brought(session, file)
        assert not brought.writes
        assert not logged.writes


def test_another_programs_project_goes_through_and_is_the_same(
    shared: Path, tmp_path: Path, sqlite_url: str
) -> None:
    first, second = Ledger(sqlite_url), Ledger(_new(tmp_path / "second.db"))
    taken = shared / "data" / "qda" / "demo.qdpx"
    file = taken
    for ledger in (first, second):
        ledger.found()
        with ledger.write() as session:
            _, logged, codes = _brought(session, file)
            assert not logged.refused
        file = _written(ledger, tmp_path / "out.qdpx", private=True)
        _project(file, shared)
    query = _QUOTES.format("q.note, q.text_start, q.text_end, json_extract(q.identifiers, '$.tags')")
    assert len(_all(first, query)) == 158
    assert _all(second, query) == _all(first, query)
    assert len(codes) == 262
    assert _all(second, _CONCEPTS) == _all(first, _CONCEPTS)


def test_a_study_without_codes_has_no_code_book(sqlite_url: str) -> None:
    ledger = Ledger(sqlite_url)
    ledger.found()
    with ledger.read() as read, pytest.raises(ValueRefused, match="would be empty"):
        qdc(*read)


def test_the_command_says_what_it_wrote_and_overwrites_nothing(
    ledger: Ledger, run: Run, tmp_path: Path, shared: Path
) -> None:
    ask = ("--ledger", ledger.url, "export", "qda")
    done = run(*ask, "a.qdpx")
    assert done.code == 0, done
    assert (
        "3 sources with 5 quotes are in a.qdpx: 1 text, of 2 sources the quoted passages only." in done.stderr
    )
    assert "1 quote and 1 text, which access conditions or rights forbid to pass on" in done.stderr
    before = (tmp_path / "a.qdpx").read_bytes()
    assert run(*ask, "a.qdpx").code == 1
    assert run(*ask, "a.qdpx", "--force", TZ="Pacific/Auckland", PYTHONHASHSEED="7").code == 0
    assert (tmp_path / "a.qdpx").read_bytes() == before
    _project(tmp_path / "a.qdpx", shared)
    assert run(*ask, "a.qdc").code == 0
    assert ".qdpx" in run(*ask, "a.zip").stderr
