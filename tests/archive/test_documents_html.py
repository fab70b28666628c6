"""Web pages: the words that a reader sees, in order, whatever the page declares or heaps up."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.archive.documents import Document, open_document
from evidence.errors import ValueRefused

LINES = st.text(
    st.characters(categories=["L", "M", "N", "P", "S", "Zs"], exclude_characters="\xa0"), min_size=1, max_size=80
).map(lambda text: " ".join(text.split())).filter(lambda text: any(letter.isalnum() for letter in text))  # fmt: skip


def page(folder: Path, html: str | bytes, **how: str) -> Document:
    file = folder / "page.html"
    file.write_bytes(html if isinstance(html, bytes) else html.encode())
    return open_document(file, **how)  # type: ignore[arg-type]


@given(st.lists(LINES, min_size=1, max_size=8), st.sampled_from(["p", "div", "li", "h2", "blockquote", "td"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_paragraphs_come_back_in_order(tmp_path: Path, lines: list[str], tag: str) -> None:
    import unicodedata  # noqa: PLC0415

    blocks = "".join(f"<{tag}>{escape(line)}</{tag}>\n" for line in lines)
    around = ("<table><tr>", "</tr></table>") if tag == "td" else ("", "")
    document = page(tmp_path, f"<!doctype html><body>{around[0]}{blocks}{around[1]}</body>")
    parted = "\t" if tag == "td" else "\n\n"
    assert document.words.content == parted.join(unicodedata.normalize("NFC", line) for line in lines)


def test_a_page_gives_what_a_reader_sees(tmp_path: Path) -> None:
    document = page(
        tmp_path,
        """<!doctype html><html lang=en><head><title>A &amp; B</title><style>p {color: red}</style>
        <meta name=author content="J. F. Dulles"><meta property="article:published_time" content="1955-01-20">
        <body><nav><a href=/>Home</a></nav><h1>The <i>head</i></h1>
        <p>One <b>bo</b>ld word&nbsp;&mdash; E=mc<sup>2</sup>.<sup><a href="#n1">1</a></sup> On
        <a href="#n2"><sup>[2]</sup></a>and on<br>anew<script>var x = '<p>code</p>';</script><p>unclosed
        <table><tr><th>a<th>b<tr><td><p>c</p><td>d</table>after <q>it</q>
        <div hidden>no</div><div style="display: none">no</div><template>no</template><pre>one
two</pre><ruby>東<rt>ひがし</rt></ruby><select><option>no</select>""",
    )
    assert document.words.content.split("\n\n") == [
        "The head",
        "One bold word\xa0— E=mc2. On and on\nanew",
        "unclosed",
        "a\tb\nc\td",
        "after “it”",
        "one\ntwo",
        "東",
    ]
    assert document.words.parts == (("heading", "The head", 0, 8),)
    assert document.stated == {
        "title": "A & B",
        "language": "en",
        "author": "J. F. Dulles",
        "date": "1955-01-20",
    }


@pytest.mark.parametrize(
    ("declared", "encoding", "remarked"),
    [
        ("", "utf-8", False),
        ("utf-8", "utf-8", False),
        ("", "utf-16", False),
        ("iso-8859-1", "cp1252", False),
        ("windows-1252", "utf-8", True),
        ("no-such-thing", "utf-8", False),
        ("utf-16", "utf-8", False),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_is_in(
    tmp_path: Path, declared: str, encoding: str, remarked: object
) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    document = page(tmp_path, f"<html><head>{meta}</head><p>“café” – words".encode(encoding))
    assert document.words.content == "“café” – words"
    assert bool(document.remarks) is remarked


def test_a_page_in_another_script_and_its_encoding(tmp_path: Path) -> None:
    for declared, words in (("shift_jis", "台湾海峡"), ("gb2312", "台湾海峡"), ("koi8-r", "Тайвань")):
        html = f"<html><meta charset={declared}><p>{words}".encode(declared)
        assert page(tmp_path, html).words.content == words
    with pytest.raises(ValueRefused, match="byte 0xe9 at"):
        page(tmp_path, "<meta charset=utf-8><p>café".encode("cp1252"))


def test_entities_that_a_page_declares_are_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    document = page(
        tmp_path,
        f"<?xml version='1.0'?><!DOCTYPE html [<!ENTITY x SYSTEM '{secret}'>]><html><body><p>a &x; b</p></body></html>",
    )
    assert "secret" not in document.words.content


@pytest.mark.parametrize(
    "html",
    [
        "<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">words</p>",
        f"<p title='{'x' * 5_000_000}'>words</p>",
        "<div>" * 1_900 + "</span>" * 50_000 + "words",
        "<sup>" * 1_000 + "words",
        "<p>" * 50_000 + "words",
        "<a href='#'>" * 20_000 + "words",
        "<table><tr><td>" * 600 + "words",
    ],
    ids=["attributes", "attribute", "unmatched", "sup", "p", "a", "tables"],
)  # fmt: skip
def test_heaps_do_not_make_a_page_slow(tmp_path: Path, html: str) -> None:
    assert page(tmp_path, html).words.content == "words"


def test_a_page_deeper_than_any_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueRefused, match="more than 2,000 deep"):
        page(tmp_path, "<div>" * 100_000 + "words")
    with pytest.raises(ValueRefused, match="holds no words"):
        page(tmp_path, "<html><script>only()</script></html>")
