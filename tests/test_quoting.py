"""Quotes are found where they stand, and what was altered is not: the ladder, the flows, and what a search costs."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from evidence.flows import first_and_last
from evidence.folding import Folded, fold, origins
from evidence.quoting import Found, Held, context, page_of, redactions
from evidence.vocabulary import QuoteState

_MEMO = (
    "I said that it looked from here that Quemoy and Matsu were becoming “a symbol, throughout Asia,” of our\n"
    "intention to back up our allies—in the face of Commu-\nnist probing. The U.S. sent 55,000 men. He can’t stay. "
    "Sino-\nSoviet aims [2 lines not declassified] are the President’s own. He said [garble] and left."
)


def states(words: str, content: str) -> list[str]:
    return [found.state.value for found in Held(content).find(words)]


def stand(words: str, content: str) -> list[str]:
    return [content[found.start : found.end] for found in Held(content).find(words)]


# The ladder.


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Quemoy and Matsu were becoming “a symbol, throughout Asia,” of our\nintention", "exact"),
        ('becoming "a symbol, throughout Asia," of our intention', "typographic"),
        ("our allies - in the face", "typographic"),
        ("our allies--in  the\u00a0face", "typographic"),
        ("the face of Communist probing", "typographic"),
        ("the face of Commu-nist probing", "typographic"),
        ("Sino-Soviet aims", "typographic"),
        ("the face of Communist probing. The U.S. sent 55,000 men. He can't stay. Sino-Soviet aims", "typographic"),
        ("the President's own", "typographic"),
        ("Ｑｕｅｍｏｙ and Matsu", "typographic"),
        ("it looked … that Quemoy and Matsu", "elided"),
        ("it looked . . . that Quemoy and Matsu", "elided"),
        ("it looked [...] that Quemoy and Matsu", "elided"),
        ("it looked (…) that Quemoy and Matsu", "elided"),
        ("… that Quemoy and Matsu were becoming", "elided"),
        ("[I]t looked from here that Quemoy", "elided"),
        ("it [seemed] from here that Quemoy", "elided"),
        ("it look[s] from here that Quemoy", "elided"),
        ("He said [garble] and left", "exact"),
        ("aims [2 lines not declassified] are the President's own", "typographic"),
        ("aims … are the President’s own", "elided"),
        ("aims [2 lines not declassified] are … own", "elided"),
    ],
)  # fmt: skip
def test_words_that_stand_there_are_found(words: str, state: str) -> None:
    assert states(words, _MEMO) == [state]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("that it looked from that Quemoy", "a word dropped"),
        ("that it looked from from here", "a word doubled"),
        ("that it from looked here", "two words swapped"),
        ("that it not looked from here", "a word added"),
        ("were becoming “a Symbol,", "another case"),
        ("sent 55,001 men", "another digit"),
        ("sent 5,000 men", "a digit dropped"),
        ("000 men", "a number's end"),
        ("He can", "the rest of a negation"),
        ("throughout Ásia", "a diacritic added"),
        ("aims are the President’s own", "a redaction passed over in silence"),
        ("aims [these] are the President’s own", "a redaction under an editor's brackets"),
        ("He said and left", "a garbled word passed over in silence"),
        ("Soviet aims … Quemoy and Matsu", "segments in another order"),
        ("I … stay", "a letter that proves nothing"),
        ("back up our all", "half a word"),
        ("becoming a symbol", "a quotation mark left out"),
        ("sent 55 000 men", "another separator in a number"),
        ("… … …", "no words"),
        ("", "no words"),
    ],
)
def test_other_words_are_refused(words: str, why: str) -> None:
    assert states(words, _MEMO) == [], why


def test_a_word_is_not_found_within_another() -> None:
    assert stand("not", "nothing is not so, I know not-withstanding") == ["not", "not"]
    assert stand("aggression pact", "a non-aggression pact") == []
    assert stand("able", "he was un-\nable, or able") == ["able"]
    assert stand("cafe", "café cafe\u0301 cafe") == ["cafe"]
    assert stand("été", "l’été dernier") == ["été"]


def test_scripts_without_spaces_have_no_edges_of_words() -> None:
    assert stand("反对分裂", "我们坚决反对分裂国家。") == ["反对分裂"]
    assert states("反对分裂国家", "我们坚决反对\n分裂国家。") == ["typographic"]
    assert states("我们……分裂国家", "我们坚决反对分裂国家。") == ["elided"]
    assert states("我们坚决分裂国家", "我们坚决反对分裂国家。") == []
    assert stand("성공", "비성공 그리고 성공은") == ["성공"]


def test_letters_are_the_same_however_they_are_composed() -> None:
    text = unicodedata.normalize("NFD", "Führung, Việt Nam, Ελλάδα, й, 각국")
    for words in ("Führung", "Việt Nam", "Ελλάδα", "각국"):
        for form in ("NFC", "NFD"):
            assert states(unicodedata.normalize(form, words), text) == ["exact"], words
    assert states("Fuhrung", text) == []


def test_an_ellipsis_finds_the_shortest_stretch_and_every_one() -> None:
    text = "the islands, the islands were lost. " * 2
    assert stand("the islands … lost", text) == ["the islands were lost"] * 2
    assert stand("islands … were … lost", text) == ["islands were lost"] * 2


def test_the_source_s_own_ellipsis_is_matched_as_words() -> None:
    assert states("he said … that he left", "he said . . . that he left") == ["typographic"]


# Flows, pages and parts.

_BODY = (
    "It was agreed1 that the treaty stands.\n\nA note: the treaty stands.\n\nA second note: it was agreed."
)
_PARTS = [["footnote", "1", 40, 66], ["footnote", "2", 68, 97], ["body", "", 0, 38]]


def test_a_footnote_s_words_are_its_own() -> None:
    held = Held(_BODY, [["64", 0], ["65", 20], ["64", 40], ["65", 68]], _PARTS)
    assert [(found.part, held.page(found)) for found in held.find("the treaty stands")] == [
        ("", "65"),
        ("footnote 1", "64"),
    ]
    assert [found.part for found in held.find("the treaty stands", part="footnote 1")] == ["footnote 1"]
    assert [found.part for found in held.find("the treaty stands", part="")] == [""]
    assert held.find("the treaty stands", part="footnote 2") == []
    assert held.find("the treaty stands. A note") == []
    assert held.find("the treaty stands … second note") == []
    assert held.find("A note … agreed") == []


def test_the_body_runs_on_over_a_note_that_stands_within_it() -> None:
    text = "He signed {the note’s words} the treaty."
    held = Held(text, parts=[["comment", "1", 10, 28]])
    assert [(found.state.value, found.part) for found in held.find("He signed the treaty")] == [
        ("typographic", "")
    ]
    assert [found.part for found in held.find("the note’s words")] == ["comment 1"]


def test_a_quote_over_a_page_has_both_its_pages() -> None:
    held = Held("first words\nsecond words\nthird", [["651", 0], ["652", 12], ["653", 25]])
    (found,) = held.find("words\nsecond")
    assert held.page(found) == "651–652"
    for given_page in ("651", "652", "651-652", "651–652", "pp. 651–52", "650-653"):
        assert held.on_page(found, given_page) is (given_page != "650-653"), given_page
    assert not held.on_page(found, "653")
    assert page_of(13, [["651", 0], ["652", 12]]) == "652"
    assert page_of(0, [["651", 5]]) is None


def test_pages_as_they_are_typed() -> None:
    assert first_and_last("p. 64") == ("64", None)
    assert first_and_last("651–52") == ("651", "652")
    assert first_and_last("xiv-xv") == ("xiv", "xv")


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 60) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=12,
)


@given(pages=_JUNK, parts=st.lists(st.tuples(st.sampled_from(["footnote", "body", "x"]), st.text(max_size=2), st.integers(-9, 60), st.integers(-9, 60)) | _JUNK))  # fmt: skip
def test_malformed_pages_and_parts_harm_nothing(pages: Any, parts: list[Any]) -> None:
    listed = [list(part) if isinstance(part, tuple) else part for part in parts]
    held = Held("He did not say that he would not.", pages, listed)
    for found in held.find("not"):
        assert held.content[found.start : found.end] == "not"
        held.page(found)
        held.named(found)


def test_redactions_and_context() -> None:
    assert redactions(_MEMO) == ["[2 lines not declassified]", "[garble]"]
    before, after = context("one two three", Found(QuoteState.EXACT, 4, 7))
    assert (before, after) == ("one ", " three")


# Property: where it is, and nowhere else.

_LETTERS = st.characters(categories=["Lu", "Ll", "Lt", "Lo", "Nd"])
_WORDS = st.lists(st.text(_LETTERS, min_size=1, max_size=8), min_size=3, max_size=30)
_BETWEEN = st.sampled_from(
    [" ", " ", " ", "\n", ", ", ". ", " — ", "; ", " “", "” ", "’s ", " (", ") ", "\u00a0", " [", "] ", ": "]
)


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """A text of words of any script, and where each word stands."""
    content, places = "", []
    for word in draw(_WORDS):
        content += draw(_BETWEEN) if content else ""
        places.append((len(content), len(content) + len(word)))
        content += word
    assume(unicodedata.is_normalized("NFC", content))
    return content, places


@given(texts(), st.data())
def test_any_words_are_found_where_they_are(
    made: tuple[str, list[tuple[int, int]]], data: st.DataObject
) -> None:
    content, places = made
    first = data.draw(st.integers(0, len(places) - 1))
    last = data.draw(st.integers(first, len(places) - 1))
    start, end = places[first][0], places[last][1]
    assume(not content[:start].endswith(("non-", "un-", "anti-")))
    found = Held(content).find(content[start:end])
    assert Found(QuoteState.EXACT, start, end) in found
    decomposed = unicodedata.normalize("NFD", content[start:end])
    assert Found(QuoteState.EXACT, start, end) in Held(content).find(decomposed)


@given(texts(), st.data())
def test_any_typography_is_folded_and_said_to_be(
    made: tuple[str, list[tuple[int, int]]], data: st.DataObject
) -> None:
    content, places = made
    first = data.draw(st.integers(0, len(places) - 2))
    last = data.draw(st.integers(first + 1, len(places) - 1))
    start, end = places[first][0], places[last][1]
    words = content[start:end]
    table = str.maketrans({"“": '"', "”": '"', "’": "'", "—": "–", "\u00a0": " ", "\n": "  "})
    assume((varied := words.translate(table)) != words)
    states_there = {(found.start, found.end): found.state.value for found in Held(content).find(varied)}
    assert states_there.get((start, end), "exact") in ("typographic", "exact")
    assert (start, end) in states_there or "exact" in states_there.values()


@given(texts(), st.data())
@example(
    (("he did not go out to sea"), [(0, 2), (3, 6), (7, 10), (11, 13), (14, 17), (18, 20), (21, 24)]), None
)
def test_no_edit_of_a_word_is_found_unless_it_stands_there(
    made: tuple[str, list[tuple[int, int]]], data: st.DataObject | None
) -> None:
    content, places = made
    words = [content[start:end] for start, end in places]
    edits = ["drop", "double", "swap", "negate", "replace"]
    edit = data.draw(st.sampled_from(edits)) if data else "drop"
    at = data.draw(st.integers(1, len(words) - 2)) if data else 2
    text = " ".join(words)
    altered = {
        "drop": [*words[:at], *words[at + 1 :]],
        "double": [*words[: at + 1], *words[at:]],
        "swap": [*words[: at - 1], words[at], words[at - 1], *words[at + 1 :]],
        "negate": [*words[:at], "not", *words[at:]],
        "replace": [*words[:at], words[at] + "x", *words[at + 1 :]],
    }[edit]
    assume(fold(" ".join(altered)).strip() not in fold(text))
    assert Held(text).find(" ".join(altered)) == []


@given(st.text("ab é\u0301-\n .…“\"'«»中。\u00ad\u200bﬁ[]—\u00a0?1,", max_size=80), st.booleans())
def test_every_folded_character_knows_where_it_came_from(text: str, bare: bool) -> None:  # noqa: FBT001 - Hypothesis gives it
    folded = Folded(text, bare=bare)
    places = origins(text, bare=bare)
    assert len(places) == len(folded.text)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)
    for letter, (start, end) in zip(folded.text, places, strict=True):
        if letter.isalnum() and letter.isascii():
            assert letter in unicodedata.normalize("NFKC", text[start:end])


@given(st.text("ab -\n.", max_size=40), st.integers(1, 400))
def test_a_long_text_is_folded_as_a_short_one(text: str, times: int) -> None:
    content = "word after word, " * times + text + " and on and on" * times
    folded = Folded(content, bare=False)
    assert folded.text == fold(content)
    (found,) = Held(f"{content} the very end").find("the very end")
    assert found.start == len(content) + 1


# What a search costs: characters gone through, for the text and the quote together.

_SLOW = {
    "one letter": ("a" * 40_000, "a" * 400_000, 1),
    "one word": ("a " * 20_000 + "a", "a " * 200_000, 1),
    "one word, and another at the end": ("a " * 20_000 + "b", "a " * 200_000, 1),
    "hyphens": ("a-" * 20_000 + "aa", "a-" * 200_000, 1),
    "hyphens at the ends of lines": ("a-" * 20_000 + "a", "a-\n" * 130_000, 1),
    "ellipses": ("a… " * 10_000, "a " * 200_000, 1),
    "ellipses between words": ("the … " * 40 + "and", "the and " * 50_000, 40),
    "brackets": ("[a] the " * 10_000, "the and " * 50_000, 3),
    "open brackets": ("[" * 40_000 + "a", "[" * 400_000, 1),
    "dots": (". " * 20_000 + "a", ". " * 200_000, 1),
    "marks": ("a" + "\u0301\u0323" * 300, "a" + "\u0323\u0301" * 3_000, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", _SLOW)
def test_no_input_makes_a_search_slow(name: str) -> None:
    words, content, pieces = _SLOW[name]
    held = Held(content)
    held.find(words)
    assert held.steps <= 40 * (pieces + 1) * (len(words) + len(content))


@pytest.mark.parametrize("name", _SLOW)
def test_twice_as_much_costs_twice_as_much(name: str) -> None:
    words, content, _ = _SLOW[name]
    small, large = Held(content), Held(content * 2)
    small.find(words)
    large.find(words)
    assert large.steps <= 3 * small.steps


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ("5 degrees", "It was at −5 degrees below."),
        ("5 degrees", "It was at -5 degrees below."),
        ("meet at 9", "They meet at 9:30 sharp."),
        ("30 sharp", "They meet at 9:30 sharp."),
        ("hold\x01ing these", "They were hold-\ning these."),
    ],
)
def test_a_number_is_quoted_whole_and_no_control_character_is_a_hyphen(words: str, content: str) -> None:
    assert states(words, content) == []


def test_a_range_of_numbers_may_be_quoted_from_its_second() -> None:
    assert states("2855 of the file", "See 793.00/2–2855 of the file.") == ["exact"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("He [would] think the islands vital", []),
        ("He [would not] think the islands vital", ["elided"]),
        ("[Dulles] did not think the islands vital", ["elided"]),
        ("He [now] think the islands vital", []),
    ],
)
def test_brackets_take_no_negation_away(words: str, expected: list[str]) -> None:
    assert states(words, "He did not think the islands vital.") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("The message from Rome [Tunis] in reply", []),
        ("[This] message from Rome [Cairo] in reply", ["elided"]),
    ],
)
def test_other_words_in_the_brackets_of_the_source_are_not_found(words: str, expected: list[str]) -> None:
    assert states(words, "The message from Rome [Cairo] in reply to it.") == expected
