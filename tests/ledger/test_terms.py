"""Words as the index has them: folded alike, cut alike, and found back in the original."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.ledger.terms import Aligned, fold, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Offshore ISLANDS", ["the", "offshore", "islands"]),
        ("naïve Ñandú Łódź Straße", ["naive", "nandu", "lodz", "strasse"]),
        ("the oﬃce of eﬀorts", ["the", "office", "of", "efforts"]),  # ligatures of a PDF
        ("793.00/2-2855", ["793", "00", "2", "2855"]),
        ("Chiang’s and Chiang's", ["chiang", "s", "and", "chiang", "s"]),
        ("Chʻing", ["ch", "ing"]),  # a letter that stands for an apostrophe
        ("the alli-\nance of Sino-\nSoviet", ["the", "alliance", "of", "sino", "soviet"]),
        ("alli\u00adance a\u200bb", ["alliance", "ab"]),
        ("snake_case “quoted”—dash", ["snake", "case", "quoted", "dash"]),
        ("台灣海峽", ["台", "灣", "海", "峽"]),
        ("MIG戦闘機。ガ", ["mig", "戦", "闘", "機", "ガ"]),
        ("ﾀｲﾜﾝ １９５４", ["タ", "イ", "ワ", "ン", "1954"]),
        ("대만 해협", ["대만", "해협"]),
        ("Тайвань ЁЛКА", ["таивань", "елка"]),
        ("مُحَمَّد", ["محمد"]),
        ("हिन्दी", ["हिन्दी"]),
        ("", []),
        (" — …", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text())
def test_sqlite_cuts_folded_words_as_we_do(text: str) -> None:
    """Both databases are given the same terms: PostgreSQL ours, SQLite what its tokenizer makes of the folded words."""
    words = fold(text.replace("\x00", " "))
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE VIRTUAL TABLE one USING fts5(words, tokenize='ascii')")
        connection.execute("CREATE VIRTUAL TABLE said USING fts5vocab(one, instance)")
        connection.execute("INSERT INTO one VALUES (?)", (words,))
        cut = [term for (term,) in connection.execute("SELECT term FROM said ORDER BY offset")]
    connection.close()
    assert cut == terms(text.replace("\x00", " "))


@given(
    st.lists(
        st.sampled_from([*"ab é ﬃ ß 台 a\u0301 \u00ad -\n 대 “ ガ Ⅳ ½".split(" "), " ", "-", "\n"]),
        max_size=60,
    )
)
def test_every_folded_letter_is_found_back(parts: list[str]) -> None:
    text = "".join(parts)
    aligned = Aligned(text)
    origins = [aligned.origin(at) for at in range(len(aligned.folded))]
    assert origins == sorted(origins)
    for at, letter in enumerate(aligned.folded):
        if letter.isalnum():
            assert letter in fold(text[origins[at] : origins[at] + 2]), (text, at)


def test_long_texts_are_aligned_in_blocks() -> None:
    """The last word of a text of many blocks is found where it is, though every block changes its length."""
    text = "the oﬃce of “prestige”, alli-\nance 台灣. " * 2000 + "the end"
    aligned = Aligned(text)
    assert len(aligned.folded) != len(text)
    assert aligned.origin(aligned.folded.rindex("end")) == text.rindex("end")
    assert aligned.origin(aligned.folded.index("alliance", 50_000)) == text.index(
        "alli-", aligned.origin(aligned.folded.index("alliance", 50_000)) - 3
    )
    with pytest.raises(IndexError):
        aligned.origin(len(aligned.folded))


@given(st.text(alphabet="aé\u0301\u0323\u0327ל\u05b0\u05bcกั้가\u1100\u1161ﬁ ", min_size=200, max_size=900))
@settings(max_examples=40)
def test_long_runs_are_folded_by_blocks_as_a_whole_would_be(text: str) -> None:
    """What is taken apart in blocks is put together as if it had been taken apart at once."""
    assert fold(text) == fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))
