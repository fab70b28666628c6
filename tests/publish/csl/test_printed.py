"""Our own style, held against what guides print: one note of each type, full and later, and the bibliography."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from markupsafe import Markup

from evidence.publish.cited import Cited
from evidence.publish.csl.formatter import Formatter
from evidence.publish.csl.styles import DEFAULT, find
from tests.publish.printed import A30, ARCHIVES, CHILE, KEEPERS, PRINTED, cited, kissinger, person, volume


def plain(markup: Markup) -> str:
    """Return a citation's letters."""
    return unescape(markup.striptags())


_FRUS = cited(
    "document",
    "Memorandum From Kissinger to Nixon",
    {**kissinger(), "issued": "1970-12-18"},
    key="frus1969-76v21-d190",
    volume=volume(),
)
_CONVERSATION = "Memorandum of a Conversation, Department of State, Washington, January 19, 1955, 3:45 p.m."
_IN_STRAIT = {
    "container-title": "Foreign Relations of the United States, 1955–1957",
    "volume": "II",
    "volume-title": "China",
    "issued": {"date-parts": [[1955, 1, 19]]},
    "genre": "memorandum of conversation",
}
_ARMS = "Foreign Relations of the United States, 1961–1963, Volumes VII/VIII/IX, Microfiche Supplement, Arms Control"
_CICERO = {
    "author": person("Cicero"),
    "editor": person("Blank", "Ursula"),
    "translator": person("Blank", "Ursula"),
    "issued": "1995",
}
_BECKLEY = {"author": person("Beckley", "Michael")}
_ALLIANCES = "The Myth of “Alliances”: Reassessing"
_MORE: list[tuple[Cited, dict[str, str], str, str]] = [
    (_FRUS, {}, A30, "Kissinger to Nixon, December 18, 1970, FRUS, 1969–1976, vol. 21, doc. 190."),
    (cited("document", _CONVERSATION, _IN_STRAIT), {"document": "19", "page": "46"},
     f"{_CONVERSATION}, in Foreign Relations of the United States, 1955–1957, vol. 2, China, doc. 19, p. 46.",
     "Memorandum of a Conversation, January 19, 1955, FRUS, 1955–1957, vol. 2, doc. 19, p. 46."),
    (cited("document", "Memorandum, May 10. “Forces in Europe.”", {"container-title": _ARMS, "number": "323"}), {},
     ("Memorandum, May 10. “Forces in Europe,” in Foreign Relations of the United States, 1961–1963, vols. 7/8/9, "
     "microfiche supplement, Arms Control, doc. 323."), ""),
    (cited("book", CHILE, {**volume(), "title": ""}, key="frus1969-76v21"), {"page": "12"}, "", "FRUS, 1969–1976, vol. 21, 12."),
    (cited("book", "De natura deorum", _CICERO), {}, "Cicero, De natura deorum, ed. and trans. Ursula Blank (1995).", ""),
    (cited("article-journal", _ALLIANCES, _BECKLEY), {"page": "7-9"}, "", "Beckley, “The Myth of ‘Alliances,’” 7–9."),
    (cited("article-journal", _ALLIANCES, _BECKLEY), {}, "", "Beckley, “The Myth of ‘Alliances.’”"),
    (cited("book", "T", {"author": [{"family": one} for one in "ABC"]}), {}, "A, B, and C, T.", "A, B, and C, T."),
    (cited("book", "T", {"author": [{"family": one} for one in "ABCD"]}), {}, "A et al., T.", ""),
]  # fmt: skip
_ALL: list[tuple[Cited, dict[str, str], str, str]] = [
    *ARCHIVES,
    *_MORE,
    *((source, {}, full, "") for source, full in PRINTED),
]


@pytest.fixture(scope="module")
def formatter() -> Formatter:
    """Return our own style over all of them, written in one batch."""
    made = Formatter(find(DEFAULT), dict(enumerate(source for source, *_ in _ALL)))
    made.prepare((i, where) for i, (_, where, _, _) in enumerate(_ALL))
    return made


@pytest.mark.parametrize("i", range(len(_ALL)))
def test_notes_are_as_guides_print_them(formatter: Formatter, i: int) -> None:
    _, where, full, later = _ALL[i]
    assert not full or plain(formatter.full(i, where)) == full
    assert not later or plain(formatter.short(i, where)) == later


def test_archives_are_known_by_their_common_names() -> None:
    sources = {
        name: cited("document", "T", {}, shelf={"repository": name, "item": "X 1"}) for name, _ in KEEPERS
    }
    made = Formatter(find(DEFAULT), sources)
    made.prepare((name, {}) for name in sources)
    for name, ends in KEEPERS:
        assert plain(made.full(name, {})).endswith(ends)


@pytest.mark.parametrize(
    ("begins", "entry"),
    [
        ("Memorandum From Kissinger", ("Kissinger, Henry. Memorandum to Richard Nixon. Washington, December 18, 1970. In Foreign "
         "Relations of the United States, 1969–1976, edited by Adam Howard. Vol. 21, Chile, 1969–1973, edited by James McElveen and "
         "James Siekmeier. Washington, DC: Government Printing Office, 2014. Doc. 190. "
         "https://history.state.gov/historicaldocuments/frus1969-76v21/d190.")),
        ("Minute by Eden", "Minute by Eden. January 20, 1955. The National Archives of the UK (TNA): FO 371/114987."),
        ("The American Age", "LaFeber, Walter. The American Age. 2nd ed. New York: Norton, 1994."),
        ("The Myth of Entangling", "Beckley, Michael. “The Myth of Entangling Alliances.” International Security 39, no. 4 (2015): 7–48."),
        ("Korea", "“Korea.” In The Cold War, edited by A, 1–9."),
        ("Interview with", "Macmillan, Andrew. Interview by A. Smith. September 2007."),
        ("Posters", "Posters. 1939–1946. The National Archives of the UK (TNA): INF 3/108."),
        ("De natura", "Cicero. De natura deorum. Edited and translated by Ursula Blank. 1995."),
        ("Disputes", "Disputes. Version 4.01. https://doi.org/10.1/x."),
    ],
)  # fmt: skip
def test_the_bibliography_has_each_type(formatter: Formatter, begins: str, entry: str) -> None:
    i = next(n for n, (source, *_) in enumerate(_ALL) if source.title.startswith(begins))
    assert plain(formatter.entry(i)) == entry


def test_titles_that_stand_alone_are_in_italics_and_addresses_are_links(formatter: Formatter) -> None:
    i = next(n for n, (source, *_) in enumerate(_ALL) if source is _FRUS)
    address = "https://history.state.gov/historicaldocuments/frus1969-76v21/d190"
    for made in (formatter.full(i, {}), formatter.entry(i)):
        assert "<i>Foreign Relations of the United States, 1969–1976</i>, ed" in made
        assert "<i>Chile, 1969–1973</i>" in made
        assert f'<a href="{address}">{address}</a>.' in made


@pytest.fixture
def style() -> Callable[[str, dict[Any, Cited]], Formatter]:
    """Return what makes a formatter of a style by its name."""
    return lambda name, sources: Formatter(find(name), sources)


_BOOK = cited(
    "book",
    "The American Age",
    {
        "author": person("LaFeber", "Walter"),
        "edition": "2",
        "publisher": "Norton",
        "publisher-place": "New York",
        "issued": {"date-parts": [[1994]]},
    },
    key="lafeber1994",
)
_MINUTE = cited("document", "Minute on Quemoy", {"author": person("Eden"), "issued": "1955-01-20"}, key="eden",
                shelf={"repository": "The National Archives (UK)", "item": "FO 371/114987"})  # fmt: skip


def test_a_style_that_cites_in_the_text_gives_notes_of_its_own(
    style: Callable[[str, dict[Any, Cited]], Formatter],
) -> None:
    later = cited("book", "Another", {**_BOOK.csl, "edition": ""}, key="lafeber1994b")
    made = style("apa", {1: _BOOK, 2: later, 3: _MINUTE})
    assert made.in_text
    assert (
        plain(made.short(1, {"page": "315"})) == "LaFeber, 1994b, p. 315."
    )  # alike ones are told apart, by title
    assert plain(made.short(2, {"page": "315-318"})) == "LaFeber, 1994a, pp. 315–318."
    assert (
        plain(made.full(1, {}))
        == plain(made.entry(1))
        == "LaFeber, W. (1994b). The American Age (2nd ed.). Norton."
    )
    assert (
        plain(made.full(1, {"page": "315"}))
        == "LaFeber, W. (1994b). The American Age (2nd ed.). Norton, 315."
    )
    assert plain(made.entry(3)) == (
        "Eden. (1955, January 20). Minute on Quemoy. The National Archives of the UK (TNA) (FO 371/114987)."
    )
    assert plain(made.short(3, {"folio": "12"})) == "Eden, 1955, Folio 12."


def test_another_style_of_notes(style: Callable[[str, dict[Any, Cited]], Formatter]) -> None:
    made = style("chicago-notes-bibliography-17th-edition", {1: _BOOK, 2: _MINUTE, 3: _FRUS})
    assert not made.in_text
    assert (
        plain(made.full(1, {"page": "315"}))
        == "Walter LaFeber, The American Age, 2nd ed. (New York: Norton, 1994), 315."
    )
    assert plain(made.short(1, {"page": "315"})) == "LaFeber, The American Age, 315."
    assert "FO 371/114987, fol. 12, The National Archives of the UK (TNA)." in plain(
        made.full(2, {"folio": "12"})
    )
    full = plain(made.full(3, {"page": "5"}))
    assert full.startswith(
        "Henry Kissinger, “Memorandum From Kissinger to Nixon,” in Foreign Relations of the United States"
    )
    assert full.casefold().count("doc. 190") == 1
    assert "p. 5" in full
    assert "doc. 190" in plain(made.short(3, {}))


def test_a_style_of_numbers_and_a_style_without_a_bibliography(
    style: Callable[[str, dict[Any, Cited]], Formatter],
) -> None:
    numbers = style("ieee", {1: _BOOK, 2: _MINUTE})
    assert [plain(numbers.short(i, {})) for i in (1, 2)] in (["[1].", "[2]."], ["[2].", "[1]."])
    notes = style("chicago-notes", {1: _BOOK})
    assert plain(notes.entry(1)) == plain(notes.full(1, {}))
