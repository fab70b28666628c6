"""What is near to a quote that is not there: the place, and the difference word by word."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.nearmiss import Edit, nearest
from evidence.quoting import Held
from tests.frus import documents

_TEXT = (
    "He sat down. The Secretary did not think that it was wise to do so at this time. Then he left the room."
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("The Secretary did think that it was wise", "The Secretary did [] → [not] think that it was …"),
        ("The Secretary did not not think that", "The Secretary did not [not] → [] think that"),
        ("The Secretary not did think", "The Secretary [] → [did] not [did] → [] think"),
        ("the Secretary did not think", "[the] → [The] Secretary did not think"),
        ("that it was unwise to do so at this time.", "that it was [unwise] → [wise] to do so at …"),
    ],
)
def test_the_difference_is_said_word_by_word(words: str, said: str) -> None:
    near = nearest(words, Held(_TEXT))
    assert near is not None
    assert near.said() == said
    assert near.words in _TEXT
    assert _TEXT[near.start : near.end] == near.words


def test_the_whole_quote_is_in_the_difference() -> None:
    near = nearest("Secretary did think that it were wise", Held(_TEXT))
    assert near is not None
    assert near.difference == (
        Edit("Secretary did", "Secretary did"),
        Edit("", "not"),
        Edit("think that it", "think that it"),
        Edit("were", "was"),
        Edit("wise", "wise"),
    )
    assert near.words == "Secretary did not think that it was wise"


def test_nothing_is_near_to_other_words() -> None:
    assert nearest("The zebra crossed the river at noon with all its kin", Held(_TEXT)) is None
    assert nearest("...", Held(_TEXT)) is None
    assert nearest("words", []) is None
    assert nearest("words", Held("")) is None


def test_of_several_texts_the_nearest_is_named() -> None:
    texts = [Held(f"Text {number}. {'It was so. ' * number}") for number in range(30)]
    texts.insert(17, Held(_TEXT))
    near = nearest("The Secretary did think that it was wise to do so", texts)
    assert near is not None
    assert near.held is texts[17]


def test_a_difference_in_a_script_without_spaces_is_one_of_letters() -> None:
    near = nearest("我们坚决支持分裂国家", Held("总之,我们坚决反对分裂国家。"))
    assert near is not None
    assert near.said() == "我们坚决 [支持] → [反对] 分裂国家"


@given(st.text(max_size=60), st.text(max_size=200))
def test_no_text_stops_it(words: str, content: str) -> None:
    near = nearest(words, Held(content), cutoff=0)
    assert near is None or (0 <= near.start < near.end <= len(content) and near.said())


@cache
def _held(volume: Path) -> dict[str, Held]:
    return {name: Held(document.words) for name, document in documents(volume).items()}


def test_every_altered_quotation_of_the_archive_is_traced_to_its_document(shared: Path) -> None:
    table = (shared / "data" / "derived" / "frus_quote_checks.csv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines())
    altered = [row for row in rows if row["is_verbatim"] == "0"]
    assert len(altered) > 20
    for row in altered:
        held = _held(shared / "data" / "frus" / f"{row['volume']}.xml")
        near = nearest(row["quote"], list(held.values()))
        assert near is not None
        assert near.held is held[row["doc_id"]], row["quote"]
        assert any(edit.quoted != edit.text for edit in near.difference)
