"""Words that are not to be said are known again however they are printed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.exchange.closed_words import ClosedWords
from evidence.ledger.terms import terms

_QUOTE = "We shall hold the Strait of Zanzibar to the last man, and give nothing — élan included."


@pytest.mark.parametrize(
    "said",
    [
        "We shall hold the Strait of Zanzibar to the last man",
        "WE SHALL HOLD THE STRAIT",
        "we shall hold the *strait* of Zanzibar",
        "hold the strait, of Zanzibar: to",
        "shall hold\n> the Strait of Zan-\nzibar to the",
        "we shall hold [the] strait",
        "and give nothing - elan included",
        "and give nothing — e\u0301lan",
        "“to the ‘last’ man, and”",
        "ｗｅ ｓｈａｌｌ ｈｏｌｄ ｔｈｅ strait",
    ],
)
def test_a_passage_is_known_however_it_is_printed(said: str) -> None:
    closed = ClosedWords([_QUOTE], [])
    assert closed.without(f"He wrote that {said} [@letters.1].", "[withheld]").count("[withheld]") == 1
    left = set(terms(closed.without(f"He wrote that {said} [@letters.1].", "")))
    assert left <= {"he", "wrote", "that", "letters", "1"}


@pytest.mark.parametrize(
    "said", ["hold the strait", "to hold the Strait means to give nothing", "the last of the men"]
)
def test_fewer_words_and_other_words_stay(said: str) -> None:
    assert ClosedWords([_QUOTE], []).without(said, "[withheld]") == said


def test_what_is_open_too_may_be_said() -> None:
    closed = ClosedWords([_QUOTE], ["A cable: “hold the Strait of Zanzibar”."])
    assert (
        closed.without("They would hold the Strait of Zanzibar.", "-")
        == "They would hold the Strait of Zanzibar."
    )
    assert closed.without("We shall hold the Strait.", "-") == "-."


def test_a_script_without_spaces_is_known_by_eight_letters() -> None:
    closed = ClosedWords(["我們必須堅守海峽直到最後一個人"], [])
    assert closed.without("他說堅守海峽直到最後一個。", "-") == "他說-。"
    assert closed.without("他說堅守海峽。", "-") == "他說堅守海峽。"


def test_a_program_s_own_words_are_no_reason_to_stop() -> None:
    closed = ClosedWords([_QUOTE, "the end of the world"], [])
    assert closed.told("It was at the end of the day, to the last man and nothing else.") == ""
    assert closed.told("It was THE END OF the *world*, they said.") == "THE END OF the *world"
    assert closed.told(_QUOTE.upper()).startswith("WE SHALL HOLD")


_WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyzéüñøß", min_size=1, max_size=9), min_size=4, max_size=30)
_BETWEEN = st.sampled_from([" ", "  ", "\n", ", ", " — ", "* ", " **", " _", "’ ", "; ", " (", "\n> "])


@given(_WORDS, st.data())
def test_whatever_is_done_to_a_quote_it_does_not_survive(words: list[str], drawn: st.DataObject) -> None:
    first = drawn.draw(st.integers(0, len(words) - 4))
    last = drawn.draw(st.integers(first + 4, len(words)))
    shape = drawn.draw(st.sampled_from(["lower", "upper", "capitalize", "title"]))
    said = ""
    for word in words[first:last]:
        said += getattr(word, shape)() + drawn.draw(_BETWEEN)
    said = unicodedata.normalize("NFD" if drawn.draw(st.booleans()) else "NFC", said)
    closed = ClosedWords([" ".join(words)], [])
    left = closed.without(f"0 1 2 {said} 3 4 5", "6")
    assert terms(left) == ["0", "1", "2", "6", "3", "4", "5"]


@given(st.text(max_size=200), st.lists(st.text(max_size=60), max_size=5))
def test_any_text_is_read_and_what_is_left_out_is_left_out_once(text: str, spoken: list[str]) -> None:
    closed = ClosedWords(spoken, [])
    left = closed.without(text, "\u2588")
    assert closed.without(left, "\u2588") == left
    assert ClosedWords(spoken, [*spoken]).without(text, "-") == text
