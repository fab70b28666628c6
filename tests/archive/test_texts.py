"""Texts are held from any document, one by one or a folder at a time; a new edition has its quotes looked for again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence.archive.bringing import bring
from evidence.archive.log import add_quote, hold_text
from evidence.archive.texts import read_folder
from evidence.errors import EvidenceError, UnknownKey
from evidence.ledger import records
from evidence.vocabulary import QuoteState
from tests.archive.documents_made import docx, par, pdf
from tests.kit import Ledger, Run

WORDS = "He did not think the islands were part of the treaty."
TABLE = """file,key,title,tier,csl.issued,csl.author,identifiers.box,box,redacted,edition,shareable,first_page,encoding
memo.txt,memo,A memo,primary,1955-01-20,"Dulles, John Foster; Policy Planning Staff",b7,7,yes,2016,true,64,
sub/book.pdf,,A book,secondary,1990,"Gaddis, John Lewis",,,,,,,
sub/éé.docx,note,A note,primary,,,,,,,,,
mac.txt,mac,From an old machine,primary,,,,,,,,,mac_roman
"""


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    made = Ledger(ledger_url)
    made.found()
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a document of several kinds and the table beside it."""
    made = tmp_path / "scans"
    (made / "sub").mkdir(parents=True)
    (made / "memo.txt").write_text(f"First page.\f{WORDS}")
    (made / "sub" / "book.pdf").write_bytes(pdf(["Words of a book", "and more"], labels="0<</S/r>>"))
    # As a Mac writes the name: letters and accents apart.
    (made / "sub" / "e\u0301e\u0301.docx").write_bytes(docx(par("Words of a note")))
    (made / "mac.txt").write_bytes("caf\x8e".encode("latin-1"))
    (made / ".DS_Store").write_bytes(b"\x00")
    (made / "metadata.csv").write_text(TABLE)
    return made


def counts(ledger: Ledger) -> tuple[int, ...]:
    return tuple(ledger.value(f"select count(*) from {table}") for table in ("source", "text", "revision"))


def test_a_folder_comes_in_with_its_table(ledger: Ledger, folder: Path) -> None:
    for again in (False, True):
        read = read_folder(folder, folder / "metadata.csv")
        with ledger.write() as session:
            brought = bring(session, read.incoming)
        assert bool(brought.added) is not again
        assert brought.writes is not again
        assert counts(ledger)[:2] == (4, 4)
    assert brought.keys == ("memo", "gaddis1990-book", "note", "mac")
    csl = ledger.value("select csl from source where key = 'memo'")
    assert (json.loads(csl) if isinstance(csl, str) else csl) == {
        "author": [{"family": "Dulles", "given": "John Foster"}, {"literal": "Policy Planning Staff"}],
        "issued": "1955-01-20",
    }
    held = "select {0} from text join source on source.id = text.source_id where source.key = '{1}'"
    assert ledger.value(held.format("text.content", "mac")) == "café"
    assert ledger.value(held.format("text.edition", "memo")) == "2016"
    assert ledger.value(held.format("text.shareable", "memo"))
    assert not ledger.value(held.format("text.shareable", "mac"))
    assert "64" in str(ledger.value(held.format("text.pages", "memo")))
    assert "ii" in str(ledger.value(held.format("text.pages", "gaddis1990-book")))
    with ledger.write() as session:
        quote = add_quote(session, {"source": "memo", "words": WORDS})
        assert quote.locator == {"page": "65"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("memo.txt,memo", "memos.txt,memo", 'row 2, field "file": there is no file \'memos.txt\''),
        ("memo.txt,memo", "../memo.txt,memo", "leads out of the folder"),
        ("memo.txt,memo", "sub/../memo.txt,memo", "leads out of the folder"),
        ("memo.txt,memo", "/etc/passwd,memo", "leads out of the folder"),
        ("memo.txt,memo", "C:\\memo.txt,memo", "leads out of the folder"),
        ("memo.txt,memo", "..\\memo.txt,memo", "leads out of the folder"),
        ("memo.txt,memo", "out.txt,memo", "is a link that leads out of the folder"),
        ("memo.txt,memo", ",memo", 'row 2, field "file": a row needs the name of its file'),
        ("memo.txt,memo", "mac.txt,memo", "row 2 has 'mac.txt' already"),
        ("note,A note", "memo,A note", 'row 4, field "key": row 2 has \'memo\' already'),
        ("file,key", "fille,key", "Did you mean 'file'?"),
        ("file,key", "title,key", "this column is there twice"),
        ("csl.issued", "csl", "name it csl.issued"),
        ("redacted", "content", "there is no such field of a source"),
        (",primary,1955", ",primery,1955", "row 2, field \"tier\": 'primery' is not a tier. Did you mean 'primary'?"),
        (",64,", ",sixty,", 'row 2, field "first_page": \'sixty\' is not a whole number'),
        (",true,64", ",perhaps,64", 'field "shareable": \'perhaps\' is neither true nor false'),
        ("mac_roman", "", 'row 5, field "file": mac.txt, line 1: it is not text in UTF-8'),
        ("A memo", "", 'row 2, field "title"'),
        ("2016", "2016,,,,,,,x", "it has 20 cells, but there are 13 columns"),
        (TABLE, "", "it is empty"),
        (TABLE, "file,title\n", "it has no rows"),
        (TABLE, "key,title\na,b\n", "the column 'file' is missing"),
        (TABLE, 'file,title\n"memo.txt,x\n', "the quotation marks do not pair"),
        ("A memo", "A m\x00emo", "the text holds a NUL"),
        ("mac.txt,mac,From an old machine,primary,,,,,,,,,mac_roman\n", "", "a file that no row names: mac.txt"),
    ],
)  # fmt: skip
def test_a_table_that_is_wrong_is_refused_and_nothing_is_written(
    sqlite_url: str, folder: Path, old: str, new: str, said: str
) -> None:
    ledger = Ledger(sqlite_url)
    ledger.found()
    before = counts(ledger)
    if "out.txt" in new:
        (folder.parent / "out.txt").write_text("outside")
        (folder / "out.txt").symlink_to(folder.parent / "out.txt")
        (folder / "memo.txt").unlink()
    assert old in TABLE
    (folder / "metadata.csv").write_text(TABLE.replace(old, new, 1))
    with pytest.raises(EvidenceError) as refused, ledger.write() as session:
        bring(session, read_folder(folder, folder / "metadata.csv").incoming)
    assert said in str(refused.value)
    assert "metadata.csv" in str(refused.value)
    assert counts(ledger) == before


def test_a_broken_document_says_which_row_names_it(folder: Path) -> None:
    (folder / "sub" / "book.pdf").write_bytes(pdf([None]))
    with pytest.raises(
        EvidenceError, match=r'metadata.csv, row 3, field "file": sub/book.pdf: it has no text'
    ):
        read_folder(folder, folder / "metadata.csv")
    with pytest.raises(EvidenceError, match="it is not there; name the folder"):
        read_folder(folder / "nowhere", folder / "metadata.csv")


def test_the_same_words_are_held_once_and_others_are_a_new_edition(ledger: Ledger, tmp_path: Path) -> None:
    plain, word, other = tmp_path / "a.txt", tmp_path / "a.docx", tmp_path / "b.html"
    plain.write_text(WORDS)
    word.write_bytes(docx(par(WORDS)))
    other.write_text(
        "<p>A line before it.</p><p>He did <i>not</i> think the islands were a part of the treaty.</p>"
    )
    with ledger.write() as session:
        records.add(session, "source", {"key": "memo", "title": "A memo", "tier": "primary"})
        first = hold_text(session, "memo", plain, edition="2016")
        assert (first.new, first.others) == (True, 0)
        add_quote(session, {"source": "memo", "words": "He did not think", "key": "kept"})
        add_quote(session, {"source": "memo", "words": "the islands were part of", "key": "lost"})
        again = hold_text(session, "memo", word)
        assert (again.new, again.text.id) == (False, first.text.id)
        edition = hold_text(session, "memo", other, edition="2020")
        assert (edition.new, edition.others) == (True, 1)
        found = {one.quote: one for one in edition.verified_again}
    assert found["kept"].after.start == len("A line before it.\n\n")
    assert found["kept"].after.edition == "2020"
    assert (found["lost"].before.state, found["lost"].after.state) == (QuoteState.EXACT, QuoteState.NOT_FOUND)
    assert counts(ledger)[1] == 2
    with ledger.write() as session, pytest.raises(UnknownKey):
        hold_text(session, "nobody", plain)


def test_the_commands(run: Run, tmp_path: Path, folder: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(pdf([None, None]))
    (tmp_path / "book.pdf").write_bytes(pdf(["One page", "and another"], labels="0<</S/r/St 3>>"))
    assert run("init", "--study", "s").code == 0
    dry = run("import", "texts", str(folder), "--metadata", str(folder / "metadata.csv"), "--dry-run")
    assert (dry.code, "nothing was written" in dry.stderr) == (0, True)
    assert "memo" not in run("source", "list").stdout
    assert run("import", "texts", str(folder), "--metadata", str(folder / "metadata.csv")).code == 0
    assert "memo" in run("source", "list").stdout
    refused = run("text", "add", "memo", "--file", "scan.pdf")
    assert refused.code == 1
    assert "run OCR first (ocrmypdf" in refused.stderr
    held = run("text", "add", "memo", "--file", "book.pdf")
    assert "Read as PDF: 2 pages, iii to iv." in held.stderr
    assert "It is held beside 1 other text" in held.stderr
    assert "are held already" in run("text", "add", "memo", "--file", "book.pdf").stderr
