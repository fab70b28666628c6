"""Documents are told apart by what is in them; plain text and Markdown give their words as a reader sees them."""

from __future__ import annotations

import codecs
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.archive.documents import LARGEST, open_document, read_document
from evidence.errors import ValueRefused
from tests.archive.documents_made import docx, par, pdf

#: Text as people have it: no NUL, no form feed, no half letters, and something to see in it.
TEXTS = st.text(
    st.characters(exclude_characters="\x00\f", exclude_categories=["Cs"]), min_size=1, max_size=300
).filter(lambda text: any(letter.isalnum() for letter in text))


def kept(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def written(folder: Path, name: str, data: bytes | str) -> Path:
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def refusal(file: Path, **how: str) -> str:
    with pytest.raises(ValueRefused) as refused:
        open_document(file, **how)  # type: ignore[arg-type]
    return str(refused.value)


@given(TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_the_words_of_any_plain_text_come_back(tmp_path: Path, text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        words, stated = read_document(
            written(tmp_path, "any.txt", text.removeprefix("\ufeff").encode(encoding))
        )
        assert words.content == kept(text.removeprefix("\ufeff"))
        assert not words.pages
        assert stated == {}


@given(st.lists(TEXTS, min_size=1, max_size=5), st.integers(1, 900))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_form_feeds_begin_pages(tmp_path: Path, sheets: list[str], first: int) -> None:
    sheets = [sheet.replace("\ufeff", "") + "." for sheet in sheets]
    words, _ = read_document(written(tmp_path, "pages.txt", "\f".join(sheets)), first_page=first)
    if len(sheets) == 1:
        assert not words.pages
        return
    assert [label for label, _ in words.pages] == [str(first + at) for at in range(len(sheets))]
    ends = [*(start - 1 for _, start in words.pages[1:]), len(words.content)]
    found = [words.content[start:end] for (_, start), end in zip(words.pages, ends, strict=True)]
    assert found == [kept(sheet) for sheet in sheets]


def test_a_form_feed_at_the_end_is_no_page_and_a_silent_page_is_told(tmp_path: Path) -> None:
    document = open_document(written(tmp_path, "a.txt", "one\f \ftwo\f"))
    assert [label for label, _ in document.words.pages] == ["1", "2", "3"]
    assert document.remarks == ("1 of 3 pages has no words: 2.",)


def test_other_encodings_are_refused_with_the_byte_and_taken_when_named(tmp_path: Path) -> None:
    file = written(tmp_path, "mac.txt", "first line\ncaf\xe9 “quoted”".encode("cp1252"))
    said = refusal(file)
    assert "line 2" in said
    assert "byte 0xe9 at 14" in said
    assert "--encoding cp1252" in said
    assert open_document(file, encoding="windows-1252").words.content == "first line\ncafé “quoted”"
    for name in ("klingon", "rot13", "unicode_escape", "idna", "undefined", "hex", "a\x00b"):
        assert "there is no encoding" in refusal(file, encoding=name)


@pytest.mark.parametrize(
    ("name", "data", "remedy"),
    [
        ("a.txt", b"", "it is empty"),
        ("a.txt", b" \n\t ", "it is empty"),
        ("a.txt", "\u200b\u200b".encode(), "it holds no words"),
        ("a.txt", b"one\ntwo\x00", "line 2: the text holds a NUL"),
        ("a.txt", codecs.BOM_UTF16_LE + b"a\x00b", "not text in utf-16"),
        ("a.txt", codecs.BOM_UTF16_LE + b"\x00\xd8a\x00", "not text in utf-16"),
        ("scan.txt", b"\x89PNG\r\n\x1a\n...", "it is an image; transcribe it"),
        ("scan.jpg", b"\xff\xd8\xff\xe0...", "ocrmypdf"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .docx"),
        ("a.rtf", b"{\\rtf1 words}", "save it as .docx"),
        ("a.zip", b"PK\x03\x04 cut", "cut off, or broken"),
        ("a.gz", b"\x1f\x8b\x08", "unpack it"),
        ("a.pdf", b"These are plain words.", "its name says PDF, but it is none"),
        ("a.docx", b"These are plain words.", "its name says DOCX, but it is none"),
        ("a.xml", b"<?xml version='1.0'?><TEI/>", "evidence import frus"),
    ],
)
def test_what_is_no_document_is_refused_with_a_remedy(
    tmp_path: Path, name: str, data: bytes, remedy: str
) -> None:
    said = refusal(written(tmp_path, name, data))
    assert name in said
    assert remedy in said


def test_what_cannot_be_read_is_refused_unread(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "nowhere.txt")
    assert "it is a folder" in refusal(tmp_path)
    assert "no file with an end" in refusal(Path("/dev/zero"))
    large = tmp_path / "large.txt"
    with large.open("wb") as opened:
        os.truncate(opened.fileno(), LARGEST + 1)
    assert "64 MiB is the most" in refusal(large)
    if os.geteuid():
        closed = written(tmp_path, "closed.txt", "words")
        closed.chmod(0)
        assert "cannot be read: Permission denied" in refusal(closed)


def test_what_is_in_a_file_counts_for_more_than_its_name_and_that_is_said(tmp_path: Path) -> None:
    made = {
        "PDF": pdf(["Some words"]),
        "DOCX": docx(par("Some words")),
        "HTML": b"<!doctype html><p>Some words</p>",
    }
    for kind, data in made.items():
        for name in ("a.txt", "b.md"):
            document = open_document(written(tmp_path, name, data))
            assert (document.kind, document.words.content) == (kind, "Some words")
            assert document.remarks == (
                f"It is named {Path(name).suffix}, but it is {kind}, and was read as that.",
            )
        assert open_document(written(tmp_path, "nameless", data)).remarks == ()
    assert open_document(written(tmp_path, "nameless", "Some words")).kind == "plain text"


MARKDOWN = """---
title: "A memo"
author: Dulles
---
# Head *line*

One **bold** [link](http://x.org) and a soft
break, `code`, &amp; ~~struck~~.[^1] ![picture](p.png)

> quoted words

3. three
4. four

| a | b |
|---|---|
| c | d |

<div>in <i>HTML</i></div>

[^1]: The note's words.

    Its second paragraph.
"""


def test_markdown_gives_the_words_that_a_reader_sees(tmp_path: Path) -> None:
    words, stated = read_document(written(tmp_path, "memo.md", MARKDOWN))
    blocks = words.content.split("\n\n")
    assert blocks == [
        "Head line",
        "One bold link and a soft break, code, & struck.",
        "quoted words",
        "3. three",
        "4. four",
        "a\tb\nc\td",
        "in HTML",
        "The note's words.",
        "Its second paragraph.",
    ]
    assert stated == {"title": "A memo", "author": "Dulles"}
    found = [(kind, label, words.content[start:end]) for kind, label, start, end in words.parts]
    assert found == [
        ("heading", "Head line", "Head line"),
        ("footnote", "1", "The note's words.\n\nIts second paragraph."),
    ]


@pytest.mark.parametrize(
    "heap", ["[", "![", "*a ", "> ", "`a``", "[a](", "[^a]", "<", "|", "- ", "**a", "_a_ "]
)
def test_heaps_of_marks_do_not_make_markdown_slow(tmp_path: Path, heap: str) -> None:
    file = written(tmp_path, "heap.md", heap * 2_000 + "\n\nend of it")
    assert open_document(file).words.content.endswith("end of it")
