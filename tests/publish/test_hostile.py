"""Whatever stands in a ledger stands on the pages as words: nothing runs, nothing is built, nothing is turned about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.ledger import records, schema
from evidence.publish.legible import legible
from evidence.publish.render import appendix
from tests.kit import Ledger
from tests.publish.poison import HARMLESS, HOSTILE, SHOWN, poisoned
from tests.publish.reader import Page, broken_links, read
from tests.publish.sound import dangling, harm, outline
from tests.publish.strait import reasoned

#: What a citation may be built of, with the link to what it cites.
_CITED = {"i", "em", "b", "sup", "sub", "span style", "a href", "a class href", "span class", "q", "cite"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The appendix of a hostile study: the site, and everything in one file."""
    return published(tmp_path_factory.mktemp("hostile"), HOSTILE)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with harmless words."""
    return published(tmp_path_factory.mktemp("harmless"), HARMLESS)


def published(place: Path, words: str) -> Path:
    url = f"sqlite:///{place / 'evidence.db'}"
    schema.create(url)
    rendered(poisoned(url, words), place / "site")
    return place / "site"


def rendered(ledger: Ledger, output: Path) -> None:
    with ledger.read() as (connection, study):
        appendix(connection, study, output)
        appendix(connection, study, output / "single.html", single_file=True)


def test_pages_are_built_as_if_the_words_were_harmless(hostile: Path, harmless: Path) -> None:
    names = sorted(str(file.relative_to(harmless)) for file in harmless.rglob("*") if file.is_file())
    assert names == sorted(str(file.relative_to(hostile)) for file in hostile.rglob("*") if file.is_file())
    for name in (name for name in names if name.endswith(".html")):
        (theirs, cited), (ours, known) = (
            outline((folder / name).read_text("utf-8")) for folder in (hostile, harmless)
        )
        assert theirs == ours, name
        assert cited <= known | _CITED, name


def test_hostile_words_are_shown_as_they_are(hostile: Path) -> None:
    page = Page((hostile / "cases" / "mid-50.html").read_text("utf-8"))
    assert page.text.count(SHOWN) > 40
    assert "{{ 7*7 }} {% raw %}" in page.text
    assert "49 {% raw %}" not in page.text
    assert "[U+202E]gnp.exe[U+202C]" in page.text


def test_nothing_on_a_page_does_harm(hostile: Path) -> None:
    for file in sorted(hostile.rglob("*.html")):
        assert harm(file.read_text("utf-8")) == [], file.name


def test_what_scripts_read_holds_no_markup_that_could_end_them(hostile: Path) -> None:
    for file in (file for file in hostile.rglob("*") if file.suffix in {".js", ".json"}):
        text = file.read_text("utf-8")
        assert not re.search(r"</?script|<!--|<img|[\u2028\u2029\u202a-\u202e\u2066-\u2069]", text), file.name
    for file in hostile.rglob("*.css"):
        assert "alert(" not in file.read_text("utf-8")


def test_every_link_leads_somewhere_and_every_id_is_one_places(hostile: Path) -> None:
    pages = read(hostile)
    assert broken_links(pages) == []
    for name, page in pages.items():
        assert sorted(set(page.ids)) == sorted(page.ids), name
        assert dangling((hostile / name).read_text("utf-8")) == [], name


_ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)",
    "vbscript:x", "data:text/html,<script>alert(1)</script>", "file:///etc/passwd", "//evil.example", "\u202ejavascript:x",
    'https://example.org/"><script>alert(1)</script>', "https://example.org/' onclick='alert(1)",
)  # fmt: skip


def test_no_address_leads_to_a_script(sqlite_url: str, tmp_path: Path) -> None:
    ledger = reasoned(sqlite_url)
    links = " ".join(f"[x]({one}) ![x]({one}) <{one}> [y{n}][z{n}]" for n, one in enumerate(_ADDRESSES))
    words = (
        links
        + "\n\n"
        + "\n".join(f"[z{n}]: {one}" for n, one in enumerate(_ADDRESSES))
        + "\n\n<a href=javascript:x>x</a>"
    )
    with ledger.write("links") as session:
        records.edit_study(session, {"method": words, "overview": words})
        case = records.find(session, "case", "mid-51")
        records.edit(session, "case", case, {"narrative": words, "screening": words})
        episode = records.find(session, "episode", "crisis")
        records.edit(session, "episode", episode, {"description": words})
        for n, one in enumerate(_ADDRESSES):
            csl = {"URL": one, "DOI": one, "archive_location": one, "author": [{"literal": one}]}
            source = {
                "key": f"s{n}",
                "title": one,
                "tier": "primary",
                "csl": csl,
                "identifiers": {"url": one},
            }
            records.add(session, "source", source)
            quote = {
                "key": f"mid-52.q{n}",
                "source": f"s{n}",
                "words": one,
                "locator": {"page": one},
            }
            records.add(session, "quote", {**quote, "state": "no text held"}, computed=True)
        case = records.find(session, "case", "mid-52")
        cited = " ".join(f"So [@mid-52.q{n}]." for n in range(len(_ADDRESSES)))
        records.edit(session, "case", case, {"narrative": cited})
    rendered(ledger, tmp_path / "site")
    for file in sorted((tmp_path / "site").rglob("*.html")):
        assert harm(file.read_text("utf-8")) == [], file.name


def test_keys_of_any_letters_are_ids_and_addresses(sqlite_url: str, tmp_path: Path) -> None:
    ledger = reasoned(sqlite_url)
    odd = {
        ("case", "mid-50"): "it's+ü.看_50", ("case", "mid-51"): "con", ("source", "memo"): "memo'+ß", ("source", "cow"): "COW'S",
        ("quote", "mid-50.q1"): "q'1+é", ("test", "mid-50.t1"): "مرحبا.1", ("episode", "crisis"): "crisis'+",
        ("hypothesis", "mid-50.h1"): "h'1", ("observation", "mid-50.o1"): "o'1", ("search", "mid-50.s1"): "s'1",
        ("variable", "ALLY"): "ALLY'S", ("concept", "reputation"): "réputation'",
    }  # fmt: skip
    with ledger.write("rename") as session:
        for (noun, old), new in odd.items():
            records.rename(session, noun, records.find(session, noun, old), new)
    rendered(ledger, tmp_path / "site")
    pages = read(tmp_path / "site")
    assert broken_links(pages) == []
    for name, page in pages.items():
        assert sorted(set(page.ids)) == sorted(page.ids), name
        text = (tmp_path / "site" / name).read_text("utf-8")
        assert (harm(text), dangling(text)) == ([], []), name
        assert not [one for one in page.ids if not one or re.search(r"\s", one)], name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain “words” – and 看台灣", "plain “words” – and 看台灣"),
        ("a\u202eb\u2066c\u2069", "a[U+202E]b[U+2066]c[U+2069]"),
        ("\u200e\u200f\u200b\u200d\ufeff\u00ad", "\u200e\u200f\u200b\u200d\ufeff\u00ad"),
        ("a\x00\x08\x0b\x1b\x7f\x80\x9fb", "a[U+0000][U+0008][U+000B][U+001B][U+007F][U+0080][U+009F]b"),
        ("tab\tline\nfeed\r", "tab\tline\nfeed\r"),
        ("\ufdd0\uffff\ufffd\ufeff", "[U+FDD0][U+FFFF]\ufffd\ufeff"),
        ("\u20aa\u20ae\u212e", "\u20aa\u20ae\u212e"),
    ],
)
def test_what_would_turn_words_about_is_shown_as_its_number(text: str, shown: str) -> None:
    assert legible(text) == shown


def test_every_control_is_found_wherever_it_stands() -> None:
    for number in (
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x2000, 0x2070),
        *range(0xFDD0, 0xFE00),
        0xFFFE,
        0xFFFF,
    ):
        letter = chr(number)
        turned = letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        control = (number < 0x20 and letter not in "\t\n\f\r") or 0x7F <= number < 0xA0
        none = 0xFDD0 <= number <= 0xFDEF or number >= 0xFFFE
        shown = f"“[U+{number:04X}]" if turned or control or none else f"“{letter}"
        assert legible(f"“{letter}") == shown, hex(number)
