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

_ARTICLE = {
    "author": [{"family": "Beckley", "given": "Michael"}],
    "container-title": "International Security",
    "volume": "39",
    "issue": "4",
    "issued": {"date-parts": [[2015]]},
    "page": "7-48",
}


def cited(kind: str, title: str, csl: dict[str, Any], **more: Any) -> Cited:
    """Return a source to cite."""
    return Cited(kind, title, csl, **more)


def person(family: str, given: str = "") -> list[dict[str, str]]:
    """Return one person as CSL has people."""
    return [{"family": family, "given": given}] if given else [{"family": family}]


_DULLES = {
    "author": person("Dulles", "John Foster"),
    "recipient": person("Robertson"),
    "issued": "1955-01-20",
}
_RECORDS = {"record_group": "59", "series": "Entry A1 1233", "box": "12", "folder": "China"}
_LETTER = "Letter to the Deputy Chairman"
_FOND = "RGANI, f. 5, op. 49, d. 131, ll. 193-194. Translated by Gary Goldberg."
_WILSON = {
    "archive": "History and Public Policy Program Digital Archive",
    "archive_location": _FOND,
    "issued": "1958",
}
_DIGITAL = "https://digitalarchive.wilsoncenter.org/document/280697"
_MEETINGS = {
    "repository": "Eisenhower Library",
    "collection": "Dulles Papers",
    "series": "White House Memoranda Series",
}


@pytest.mark.parametrize(
    ("source", "where", "full", "later"),
    [
        (
            cited("document", "Memcon", {**_DULLES, "genre": "memorandum of conversation"}, shelf={"repository": "NARA II", **_RECORDS}), {},
            ("John Foster Dulles to Robertson, memorandum of conversation, January 20, 1955; China; box 12; Entry A1 1233; "
            "Record Group 59; National Archives at College Park, MD (NACP)."),
            "Dulles to Robertson, January 20, 1955; box 12; RG 59; NACP.",
        ),
        (
            cited("document", "Memcon, Dulles and X", {"issued": "1955-01-20"},
                  shelf={"repository": "National Archives at College Park - Textual Reference", "record_group": "RG 59", "folder": "5"}),
            {"page": "2"},
            "Memcon, Dulles and X, January 20, 1955; p. 2; folder 5; Record Group 59; National Archives at College Park, MD (NACP).",
            "Memcon, Dulles and X, January 20, 1955; p. 2; RG 59; NACP.",
        ),
        (
            cited("document", "Minute by Eden", {"author": person("Eden"), "issued": "1955-01-20"},
                  shelf={"repository": "The National Archives (UK)", "record_group": "FO", "series": "371", "item": "114987"}),
            {"folio": "12"},
            "Minute by Eden, January 20, 1955, The National Archives of the UK (TNA): FO 371/114987, f. 12.",
            "Minute by Eden, January 20, 1955, TNA: FO 371/114987, f. 12.",
        ),
        (
            cited("manuscript", "Posters", {"issued": "1939/1946", "archive": "The National Archives, Kew", "archive_location": "INF 3/108"}), {},
            "Posters, 1939–1946, The National Archives of the UK (TNA): INF 3/108.",
            "Posters, 1939–1946, TNA: INF 3/108.",
        ),
        (
            cited("manuscript", _LETTER, {**_WILSON, "URL": _DIGITAL}), {},
            f"“{_LETTER},” 1958, RGANI, f. 5, op. 49, d. 131, ll. 193-194, trans. Gary Goldberg, Wilson Center Digital Archive, {_DIGITAL}.",
            f"“{_LETTER},” 1958, Wilson Center Digital Archive.",
        ),
        (
            cited("document", "Mao and Khrushchev", {"issued": "1959-10-02", "translator": person("Wolff", "David"), "URL": _DIGITAL},
                  shelf={"repository": "APRF", "collection": "Sino-Soviet Relations", "item": "copy on Reel 17"}), {},
            f"“Mao and Khrushchev,” October 2, 1959, Sino-Soviet Relations, APRF, copy on Reel 17, trans. David Wolff, Wilson Center Digital Archive, {_DIGITAL}.",
            "“Mao and Khrushchev,” October 2, 1959, Wilson Center Digital Archive.",
        ),
        (
            cited("report", "The Offshore Islands", {"issued": "1954-09-08", "available-date": "2000-08-24"}, redacted=True,
                  shelf={"item": "CIA-RDP79R00904A000200030001-8"}), {"page": "3"},
            ("“The Offshore Islands,” September 8, 1954, CIA-RDP79R00904A000200030001-8, p. 3, sanitized copy released August 24, 2000, "
            "CIA Records Search Tool (CREST)."),
            "“The Offshore Islands,” CIA-RDP79R00904A000200030001-8, p. 3.",
        ),
        (
            cited("document", "Memorandum of Conference", {"issued": "1955-03-11"}, shelf={**_MEETINGS, "box": "3", "folder": "Meetings 1955 (4)"}), {},
            ("Memorandum of Conference, March 11, 1955, Meetings 1955 (4), box 3, White House Memoranda Series, Dulles Papers, "
            "Dwight D. Eisenhower Presidential Library, Abilene, KS."),
            "Memorandum of Conference, March 11, 1955, box 3, Dulles Papers, Eisenhower Library.",
        ),
        (
            cited("letter", "", {"author": person("Adams"), "recipient": person("Gaskell", "Charles Milnes"), "event-place": "London", "issued": "1868-03-30"},
                  shelf={"repository": "Massachusetts Historical Society", "collection": "Adams Papers", "box": "3", "folder": "2"}), {},
            "Adams to Charles Milnes Gaskell, London, March 30, 1868, folder 2, box 3, Adams Papers, Massachusetts Historical Society.",
            "Adams to Gaskell, March 30, 1868, Massachusetts Historical Society.",
        ),
        (
            cited("interview", "Interview with Andrew Macmillan", {"author": person("Macmillan", "Andrew"), "interviewer": person("Smith", "A."), "issued": "2007-09"}), {},
            "Andrew Macmillan, interview by A. Smith, September 2007.",
            "Macmillan, interview by Smith.",
        ),
        (
            cited("personal_communication", "", {"author": person("Conlon", "Constance"), "issued": "2000-04-17", "genre": "email message"}), {},
            "Constance Conlon, email message, April 17, 2000.",
            "Conlon, April 17, 2000.",
        ),
        (
            cited("hearing", "Homeland Security Act", {"section": "Committee on Governmental Affairs", "chapter-number": "107th Cong.", "issued": "2002",
                                                     "author": person("Lieberman", "Joseph")}), {"page": "3"},
            "Homeland Security Act: Hearing before the Committee on Governmental Affairs, 107th Cong. (2002), 3 (statement of Joseph Lieberman).",
            "Homeland Security Act, 3.",
        ),
    ],
)  # fmt: skip
def test_archives_in_full_and_later(source: Cited, where: dict[str, str], full: str, later: str) -> None:
    assert as_text(note(source, where)) == full
    assert as_text(short_note(source, where)) == later


@pytest.mark.parametrize(
    ("repository", "ends"),
    [
        ("National Archives", "; National Archives and Records Administration (NARA)."),
        ("U.S. National Archives and Records Administration, College Park, MD", "; National Archives at College Park, MD (NACP)."),
        ("National Archives, Washington, D.C.", "; National Archives Building, Washington, DC (NAB)."),
        ("National Archives at Kansas City", "; National Archives at Kansas City."),
        ("National Archives of Australia", ", National Archives of Australia."),
        ("National Archives of Ireland", ", National Archives of Ireland."),
        ("Public Record Office of Northern Ireland", ", Public Record Office of Northern Ireland."),
        ("Public Record Office, Kew", "The National Archives of the UK (TNA): X 1."),
        ("The National Archives", "The National Archives of the UK (TNA): X 1."),
        ("LBJ Library", "Lyndon B. Johnson Presidential Library, Austin, TX."),
        ("George H. W. Bush Presidential Library", "George H. W. Bush Presidential Library, College Station, TX."),
        ("Theodore Roosevelt Library", ", Theodore Roosevelt Library."),
        ("Hoover Institution Library & Archives", ", Hoover Institution Library & Archives."),
    ],
)  # fmt: skip
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


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            cited("article-journal", "The Myth of Entangling Alliances", _ARTICLE),
            "Michael Beckley, “The Myth of Entangling Alliances,” International Security 39, no. 4 (2015): 7–48.",
        ),
        (
            cited("book", "The American Age", {"author": person("LaFeber", "Walter"), "edition": "2",
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
        (cited("document", "Appendix to “The Myth”", {"issued": "2015"}), "Appendix to “The Myth,” 2015."),
        (cited("document", "Notes", {"issued": {"date-parts": [[1955]], "circa": True}}), "Notes, ca. 1955."),
        (cited("document", "Notes", {"issued": "1955-02-XX"}), "Notes, February 1955."),
        (cited("webpage", "ProQuest", {"publisher": "PQ"}), "“ProQuest,” PQ."),
        (cited("dataset", "Disputes", {"version": "4.01", "DOI": "10.1/x"}), "Disputes, version 4.01, https://doi.org/10.1/x."),
        (cited("document", "", {}), ""),
    ],
)  # fmt: skip
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
