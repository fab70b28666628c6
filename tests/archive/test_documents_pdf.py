"""PDFs: pages keep their printed labels; what has no text layer, is encrypted or broken is a sentence."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from evidence.archive import documents_pdf
from evidence.archive.documents import Document, open_document
from evidence.archive.documents_heads import parted, printed
from evidence.errors import ValueRefused
from evidence.quoting import Held, locate, page_of
from tests.archive.documents_made import pdf


def opened(folder: Path, data: bytes, **how: int) -> Document:
    file = folder / "made.pdf"
    file.write_bytes(data)
    return open_document(file, **how)  # type: ignore[arg-type]


def labels(document: Document) -> list[str]:
    return [label for label, _ in document.words.pages]


def page(document: Document, words: str) -> str | None:
    (found,) = locate(words, document.words.content)
    return page_of(found.start, [list(mark) for mark in document.words.pages])


def test_pages_keep_the_labels_that_are_printed(tmp_path: Path) -> None:
    made = pdf(
        [f"Words of sheet {word}." for word in ("one", "two", "three", "four", "five")],
        labels="0<</S/r/St 3>>2<</S/D>>4<</S/D/P(A-)/St 3>>",
        stated="/Title(A memo)/Author(J. F. Dulles)/CreationDate(D:20100203)",
    )
    document = opened(tmp_path, made)
    assert labels(document) == ["iii", "iv", "1", "2", "A-3"]
    assert page(document, "Words of sheet four.") == "2"
    assert document.stated == {"title": "A memo", "author": "J. F. Dulles", "created": "2010-02-03"}
    assert labels(opened(tmp_path, made, first_page=64)) == ["64", "65", "66", "67", "68"]
    assert labels(opened(tmp_path, pdf(["One sheet.", "Another."]))) == ["1", "2"]


def test_where_no_labels_are_stated_the_printed_numbers_are_the_labels(tmp_path: Path) -> None:
    sheets = ["A title", *(f"Words of chapter {n * n}.\nMore of them.\n{n}" for n in range(1, 6))]
    document = opened(tmp_path, pdf(sheets))
    assert labels(document) == ["[1]", "1", "2", "3", "4", "5"]
    assert page(document, "Words of chapter 16.") == "4"
    assert "printed on them" in document.remarks[0]


def test_a_quote_runs_across_a_page_with_running_heads(tmp_path: Path) -> None:
    words = ("one", "two", "three", "four")
    sheets = [
        f"306 Foreign Relations {n}\nThe body of page {word} begins\nwith lines\nof words {word}\nand page {word} runs on to the"
        for n, word in enumerate(words, start=300)
    ]
    document = opened(tmp_path, pdf(sheets, labels="0<</S/D/St 300>>"))
    assert labels(document) == ["300", "301", "302", "303"]
    held = Held(document.words.content, document.words.pages, document.words.parts)
    (found,) = held.find("and page two runs on to the The body of page three begins")
    assert page_of(found.start, [list(mark) for mark in document.words.pages]) == "301"
    (head,) = held.find("306 Foreign Relations 302")
    assert head.part == "running head 302"
    heads = [part for part in document.words.parts if part[0] == "running head"]
    assert [document.words.content[start:end] for _, _, start, end in heads] == [
        f"306 Foreign Relations {n}" for n in range(300, 304)
    ]
    assert [label for _, label, _, _ in heads] == ["300", "301", "302", "303"]


def test_heads_are_only_what_comes_again_and_nothing_is_lost() -> None:
    few = ["Dear Sir:\nfirst words", "Dear Sir:\nother words", "Dear Sir:\nthird words", ""]
    once = [f"{word}\nb\nc\n{word} d" for word in ("one", "two", "three")]
    sentence = [f"The same sentence.\nb\nc\n{word}" for word in ("one", "two", "three")]
    for sheets in (few, once, sentence):
        assert [body for _, body, _ in parted(sheets, ["a"] * len(sheets))] == sheets
    headed = [f"Head\n\n{word}\nb\n\nc\n{n}" for n, word in enumerate(("one", "two", "three"), start=7)]
    found = parted(headed, ["a"] * 3)
    assert found == [
        ("Head", f"{word}\nb\n\nc", str(n)) for n, word in enumerate(("one", "two", "three"), start=7)
    ]
    assert printed(["In 1955\n1954", "Some\n1955", "Others\n12"]) is None
    assert printed(["Title", "a\n1", "b\n2", "c", "d\n4"]) == ["[1]", "1", "2", "3", "4"]


def test_a_hyphen_at_the_end_of_a_line_is_kept_where_it_was(tmp_path: Path) -> None:
    document = opened(tmp_path, pdf(["The troops were anti-\nRwandan rebels, it was said."]))
    assert document.words.content == "The troops were anti-\nRwandan rebels, it was said."
    assert locate("anti-Rwandan rebels", document.words.content)


def test_images_are_said_to_be_images(tmp_path: Path) -> None:
    with pytest.raises(ValueRefused, match=r"no text layer.*ocrmypdf"):
        opened(tmp_path, pdf([None, None]))
    document = opened(tmp_path, pdf(["Words.", None, "More words.", None]))
    assert document.remarks[0].startswith("2 of 4 pages have no words: 2, 4. If they are images")
    assert page(document, "More words.") == "3"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pdf(["Words"], encrypted=True), "it is encrypted"),
        (pdf(["Words"])[:300], "broken, or cut off"),
        (b"%PDF-1.7\nnothing of the kind", "broken, or cut off"),
        (pdf([]), "broken, or cut off"),
    ],
    ids=["encrypted", "cut", "none", "empty"],
)
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(ValueRefused, match=re.escape(said)) as refused:
        opened(tmp_path, data)
    assert "made.pdf" in str(refused.value)


def test_a_bomb_ends_within_its_bounds(tmp_path: Path) -> None:
    packed = zlib.compressobj(9)
    stream = b"".join([packed.compress(b" " * 1_000_000) for _ in range(200)]) + packed.flush()
    bomb = zlib.compress(stream, 9)
    assert len(bomb) < 5_000
    made = pdf(["x"]).replace(b"/Filter/FlateDecode", b"/Filter[/FlateDecode/FlateDecode]")
    at = made.index(b"stream\n", made.index(b"/Filter["))
    made = made[: at + 7] + bomb + made[made.index(b"\nendstream") :]
    with pytest.raises(ValueRefused):
        opened(tmp_path, made)


def test_a_reader_that_dies_or_dawdles_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "documents_pdf.py"
    monkeypatch.setattr(documents_pdf, "__file__", str(script))
    worker = tmp_path / "documents_pdf_pages.py"
    worker.write_text("import os\nos.abort()\n")
    with pytest.raises(ValueRefused, match="the reader gave up on it"):
        opened(tmp_path, pdf(["Words"]))
    worker.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(documents_pdf, "_SECONDS", 0.5)
    with pytest.raises(ValueRefused, match="takes too long"):
        opened(tmp_path, pdf(["Words"]))


def test_a_real_pdf_has_the_words_that_another_reader_finds(shared: Path) -> None:
    for name in ("MID_Narratives_2002-2010.pdf", "MID_v4.0_Codebook.pdf"):
        file = shared / "data" / "cow" / name
        document = open_document(file)
        assert len(document.words.content) > 5_000
        if not shutil.which("pdftotext"):
            continue
        other = subprocess.run(
            ["pdftotext", str(file), "-"], capture_output=True, encoding="utf-8", check=True
        ).stdout
        # Line-end hyphens apart, which the other joins: the same words, as often.
        ours, theirs = (sorted(re.findall(r"\w{4,}", text)) for text in (document.words.content, other))
        assert len(set(ours) ^ set(theirs)) < len(set(theirs)) / 50
        assert abs(len(ours) - len(theirs)) < len(theirs) / 100


def test_a_real_pdf_has_its_quotes_on_their_pages(shared: Path) -> None:
    codebook = open_document(shared / "data" / "cow" / "MID_v4.0_Codebook.pdf")
    assert labels(codebook)[:3] == ["[1]", "1", "2"]
    assert page(codebook, "This codebook refers to variables in two data sets, MIDA and MIDB.") == "1"
    narratives = open_document(shared / "data" / "cow" / "MID_Narratives_2002-2010.pdf")
    assert len(narratives.words.pages) == 33
    assert page(narratives, "the Kenyan-Somali border. Kenya sent police forces to the school") == "2"
