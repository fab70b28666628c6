"""Sentences: where they end, and where a full stop is only one of an abbreviation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.audit.sentences import count_words, sentences


@pytest.mark.parametrize(
    "parts",
    [
        ["The U.S. sent Gen. Taylor on Nov. 3.", "In January it was over."],
        ["He was back in the U.S.", "The treaty held."],
        ["The U.S. Navy sailed.", "Adm. Carney wrote to J. F. Dulles."],
        ["He met Mr. Eden at 5 p.m. on 3 Feb. 1955.", "Nothing came of it."],
        ["See vol. 2, p. 12, and no. 5.", "It was so.", "12 ships came in 1955.", "20 left."],
        ["He said: “We go. We fight on. We win.”", "Then he left."],
        [
            '"Shall we go there now?" he asked.',
            "Nobody answered!",
            "(It was late.)",
            "So they left …",
            "They slept.",
        ],
        ["It cost $3.50 a day.", "Eden, Dulles et al. agreed.", "The U.S.S. Nimitz passed."],
        ["1955年，美國出兵。", "總統說：「我們必須守住金門。我們不退。」", "他沒有回答？", "然後走了。"],
        ["No stop at all"],
        ["Вот так.", "А потом ничего."],
    ],
)
def test_sentences_end_where_a_reader_ends_them(parts: list[str]) -> None:
    spaced = " " if parts[0].isascii() or " " in parts[0] else ""
    text = spaced.join(parts)
    assert [text[start:end] for start, end in sentences(text)] == parts


@given(st.text(alphabet="aB .!?。”“\"3…)('U.S.", max_size=60))
def test_nothing_is_lost_between_sentences(text: str) -> None:
    spans = sentences(text)
    assert (
        "".join(text[start:end] for start, end in spans).split() == "".join(text.split(" ")).split() or spans
    )
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(text[at].isspace() for at in range(len(text)) if at not in covered)
    assert all(first[1] <= then[0] for first, then in pairwise(spans))


def test_letters_of_scripts_without_spaces_are_words() -> None:
    assert count_words("Mao said 金門炮戰 – and left.") == 8
    assert count_words("don't stop, at 12 o'clock -- ever") == 6
    assert count_words("Коммунистическая партия") == 2
    assert count_words("…") == 0
