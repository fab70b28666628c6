"""Citations, held against published examples, and against what archives ask."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.publish.citations import (
    Cited,
    as_html,
    as_text,
    linked,
    locator_words,
    note,
    short_note,
    sort_key,
)
from tests.publish.printed import ARCHIVES, KEEPERS, PRINTED, cited, person


@pytest.mark.parametrize(("source", "where", "full", "later"), ARCHIVES)
def test_archives_in_full_and_later(source: Cited, where: dict[str, str], full: str, later: str) -> None:
    assert as_text(note(source, where)) == full
    assert as_text(short_note(source, where)) == later


@pytest.mark.parametrize(("repository", "ends"), KEEPERS)
def test_an_archive_is_known_by_its_common_names_and_by_no_other(repository: str, ends: str) -> None:
    source = cited("document", "T", {}, shelf={"repository": repository, "item": "X 1"})
    assert as_text(note(source)).endswith(ends)


@pytest.mark.parametrize(
    ("locator", "expected"),
    [
        ({"page": "315", "footnote": "4"}, "p. 315n4"),
        ({"document": "134", "footnote": "2"}, "doc. 134n2"),
        ({"footnote": "2"}, "n. 2"),
        ({"document": "134", "page": "315"}, "doc. 134, p. 315"),
        ({"page": "315-16"}, "pp. 315–16"),
        ({"page": "A-1"}, "p. A-1"),
        ({"folio": "12v"}, "f. 12v"),
        ({"folio": "12-14"}, "ff. 12–14"),
        ({"frame": "0310"}, "frame 0310"),
        ({}, ""),
    ],
)
def test_where_in_a_source(locator: dict[str, str], expected: str) -> None:
    assert locator_words(locator) == expected


@pytest.mark.parametrize(("source", "expected"), PRINTED)
def test_notes(source: Cited, expected: str) -> None:
    assert as_text(note(source)) == expected


def test_a_short_note_has_family_name_short_title_and_page() -> None:
    csl = {"author": person("Beckley", "Michael")}
    source = cited("article-journal", "The Myth of “Alliances”: Reassessing", csl)
    assert as_text(short_note(source, {"page": "7-9"})) == "Beckley, “The Myth of ‘Alliances,’” 7–9."
    assert as_text(short_note(source)) == "Beckley, “The Myth of ‘Alliances.’”"


def test_names_in_lists() -> None:
    people = [{"family": name} for name in ("A", "B", "C", "D")]
    assert as_text(note(cited("book", "T", {"author": people[:3]}))) == "A, B, and C, T."
    assert as_text(note(cited("book", "T", {"author": people}))) == "A et al., T."


def test_html_is_escaped_and_only_web_addresses_are_links() -> None:
    source = cited("book", "<b>T</b>", {"author": [{"literal": "<i>"}], "URL": 'https://x.org/"><script>'})
    assert as_html(note(source)).startswith("&lt;i&gt;, <i>&lt;b&gt;T&lt;/b&gt;</i>")
    assert "<script>" not in linked(note(source))
    assert 'href="https://x.org/&#34;&gt;&lt;script&gt;"' in linked(note(source))
    assert "href" not in linked(note(cited("book", "T", {"URL": "javascript:alert(1)"})))


def test_sources_are_listed_by_name_then_title() -> None:
    assert sort_key(cited("book", "T", {"author": [{"family": "Zed"}]})) == "zed t"
    assert sort_key(cited("book", "T", {})) == "t"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99999, 99999) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["family", "literal", "date-parts", "raw"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
_FIELDS = st.sampled_from(
    ["author", "issued", "editor", "volume", "container-title", "number", "URL", "archive", "genre", "page"]
)
_TYPES = st.sampled_from(
    [
        "document",
        "book",
        "chapter",
        "article-journal",
        "interview",
        "hearing",
        "personal_communication",
        "webpage",
    ]
)


@given(
    _TYPES,
    st.text(max_size=30),
    st.dictionaries(_FIELDS, _JSON),
    st.dictionaries(st.sampled_from(["repository", "item", "box", "record_group"]), st.text(max_size=20)),
)
def test_whatever_a_record_says_it_can_be_cited(
    kind: str, title: str, csl: dict[str, Any], shelf: dict[str, str]
) -> None:
    source = Cited(kind, title, csl, shelf)
    for parts in (note(source, {"page": "3"}), short_note(source)):
        assert "<script" not in as_html(parts)
        assert "".join(parts)[-1:] in ("", ".", "?", "!", "”", "’")


def test_who_edited_and_translated_a_book_is_named_once() -> None:
    csl = {
        "author": person("Cicero"),
        "editor": person("Blank", "Ursula"),
        "translator": person("Blank", "Ursula"),
    }
    assert as_text(note(cited("book", "De natura deorum", {**csl, "issued": "1995"}))) == (
        "Cicero, De natura deorum, ed. and trans. Ursula Blank (1995)."
    )
    apart = {**csl, "translator": person("Weir", "Ann"), "issued": "1995"}
    assert ", ed. Ursula Blank, trans. Ann Weir (1995)." in as_text(note(cited("book", "De natura", apart)))


def test_a_line_of_the_digital_archive_keeps_what_follows_its_translator() -> None:
    line = "Milovan Djilas. Wartime. Translated by Michael B. Petrovich. (New York: Harcourt, 1977), 385-387."
    csl = {"archive": "Wilson Center", "archive_location": line, "issued": "1944-05-19"}
    assert as_text(note(cited("manuscript", "First Conversation", csl, shelf={"frame": "f. 5"}))) == (
        "“First Conversation,” May 19, 1944, Milovan Djilas. Wartime (New York: Harcourt, 1977), 385-387, "
        "trans. Michael B. Petrovich, Wilson Center Digital Archive."
    )
