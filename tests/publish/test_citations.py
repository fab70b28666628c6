"""Citations, held against published examples."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.publish.citations import Cited, as_html, as_text, linked, note, short_note, sort_key

_FRUS = "Foreign Relations of the United States, 1969–1976, Volume XIX, Part 1, Korea, 1969–1972"
_ARTICLE = {
    "author": [{"family": "Beckley", "given": "Michael"}],
    "container-title": "International Security",
    "volume": "39",
    "issue": "4",
    "issued": {"date-parts": [[2015]]},
    "page": "7-48",
}


def cited(kind: str, title: str, csl: dict[str, Any], *archive: str) -> Cited:
    """Return a source to cite."""
    return Cited(kind, title, csl, archive)


def test_a_document_of_frus_as_its_editors_ask() -> None:
    editors = [{"family": "Lawler", "given": "Daniel J."}, {"family": "Mahan", "given": "Erin R."}]
    csl: dict[str, Any] = {
        "container-title": _FRUS,
        "editor": editors,
        "publisher-place": "Washington",
        "number": "75",
    }
    csl |= {"publisher": "Government Printing Office", "issued": {"date-parts": [[2010]]}}
    assert as_text(note(cited("document", "", csl))) == (
        "Foreign Relations of the United States, 1969–1976, Volume XIX, Part 1, Korea, 1969–1972, eds. Daniel "
        "J. Lawler and Erin R. Mahan (Washington: Government Printing Office, 2010), Document 75."
    )


def test_a_document_of_frus_with_its_title_day_and_page() -> None:
    csl: dict[str, Any] = {
        "container-title": "Foreign Relations of the United States, 1955–1957",
        "volume": "II",
    }
    csl |= {"volume-title": "China", "issued": {"date-parts": [[1955, 2, 28]]}}
    where = {"document": "134", "page": "315"}
    assert as_text(note(cited("document", "Memorandum", csl), where)) == (
        "“Memorandum, February 28, 1955,” in Foreign Relations of the United States, 1955–1957, Volume II, China, "
        "Document 134, p. 315."
    )
    assert (
        as_text(short_note(cited("document", "Memorandum", csl), where)) == "“Memorandum,” doc. 134, p. 315."
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            cited("article-journal", "The Myth of Entangling Alliances", _ARTICLE),
            "Michael Beckley, “The Myth of Entangling Alliances,” International Security 39, no. 4 (2015): 7–48.",
        ),
        (
            cited("book", "The American Age", {"author": [{"family": "LaFeber", "given": "Walter"}], "edition": "2",
                  "publisher": "Norton", "publisher-place": "New York", "issued": {"date-parts": [[1994]]}}),
            "Walter LaFeber, The American Age, 2nd ed. (New York: Norton, 1994).",
        ),
        (
            cited("book", "The Cold War", {"editor": [{"family": "Leffler"}, {"family": "Westad"}]}),
            "Leffler and Westad, eds., The Cold War.",
        ),
        (
            cited("chapter", "Korea", {"container-title": "The Cold War", "editor": [{"literal": "A"}], "page": "1-9"}),
            "“Korea,” in The Cold War, ed. A, 1–9.",
        ),
        (
            cited("article-newspaper", "Who Lost?", {"container-title": "Times", "issued": {"date-parts": [[1955, 1, 2]]}}),
            "“Who Lost?” Times, January 2, 1955.",
        ),
        (
            cited("document", "Memorandum", {"author": [{"family": "Dulles"}], "recipient": [{"family": "X"}],
                  "issued": {"date-parts": [[1955, 1, 20]]}}, "Box 12", "Record Group 59", "NACP"),
            "Dulles to X, Memorandum, January 20, 1955, Box 12, Record Group 59, NACP.",
        ),
        (cited("document", "Appendix to “The Myth”", {"issued": "2015"}), "Appendix to “The Myth,” 2015."),
        (cited("webpage", "ProQuest", {"publisher": "PQ"}), "“ProQuest,” PQ."),
        (cited("dataset", "Disputes", {"version": "4.01", "DOI": "10.1/x"}), "Disputes, version 4.01, https://doi.org/10.1/x."),
        (cited("document", "", {}), ""),
    ],
)  # fmt: skip
def test_notes(source: Cited, expected: str) -> None:
    assert as_text(note(source)) == expected


def test_a_short_note_has_family_name_short_title_and_page() -> None:
    csl = {"author": [{"family": "Beckley", "given": "Michael"}]}
    source = cited("article-journal", "The Myth of “Alliances”: Reassessing", csl)
    assert as_text(short_note(source, {"page": "7-9"})) == "Beckley, “The Myth of ‘Alliances,’” pp. 7–9."
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
