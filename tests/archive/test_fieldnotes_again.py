"""Field notes in the ledger: the whole chain, the same again, and what was edited since."""

from __future__ import annotations

import itertools
import tempfile
import unicodedata
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from evidence.archive.bringing import Brought
from evidence.archive.fieldnotes import read_fieldnotes
from evidence.archive.fieldnotes_sources import bring_notes
from evidence.archive.log import hold_text
from evidence.archive.logged import Logged
from evidence.errors import EvidenceError
from evidence.ledger import records, schema
from evidence.ledger.shown import shown, shown_all
from evidence.study.read import read
from evidence.study.write import write
from tests.archive.notes_typed import NSC
from tests.kit import Ledger, work_a_case

_HEAD = "---\ntitle: A\n---\n"


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    """A ledger with a case, and a test that is not resolved."""
    made = Ledger(sqlite_url)
    made.found()
    with made.write() as session:
        work_a_case(session)
    return made


def _log(ledger: Ledger, tmp_path: Path, text: str, name: str = "day1.md") -> tuple[Brought, Logged]:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    with ledger.write() as session:
        return bring_notes(session, read_fieldnotes([tmp_path / name]))


def test_notes_become_the_whole_chain_and_again_nothing(ledger: Ledger, tmp_path: Path) -> None:
    brought, logged = _log(ledger, tmp_path, NSC)
    assert brought.keys == ("memorandum-discussion-233d-1955-01-21",)
    assert [(one.noun, one.said) for one in logged.added] == [
        ("quote", "no text held"),
        ("quote", "no text held"),
        ("observation", ""),
        ("bearing", "for"),
    ]
    before = len(ledger.entries())
    brought, logged = _log(ledger, tmp_path, NSC)
    assert (brought.writes, logged.writes, logged.unchanged, logged.gone) == (False, False, 2, [])
    assert len(ledger.entries()) == before
    assert ledger.findings() == []


def test_what_was_edited_is_changed_and_nothing_else(ledger: Ledger, tmp_path: Path) -> None:
    _log(ledger, tmp_path, NSC)
    edited = NSC.replace("agreed.", "disagreed.").replace("box: 6", "box: 7").replace("t1+", "t1-")
    brought, logged = _log(ledger, tmp_path, edited.replace("233d meeting", "234th meeting"))
    assert [(one.field, one.after) for one in brought.changed] == [
        ("title", "Memorandum of discussion at the 234th meeting"),
        ("box", "7"),
    ]
    assert [(one.key, one.before, one.after) for one in logged.changed] == [
        ("memorandum-discussion-233d-1955-01-21.2", "The President agreed.", "The President disagreed."),
        ("mid-50.o1 → t1", "for", "against"),
    ]
    assert (logged.added, logged.gone) == ([], [])


def test_a_block_between_the_same_neighbours_is_the_one_that_was_edited(
    ledger: Ledger, tmp_path: Path
) -> None:
    blocks = ["> Alpha one.\np. 1\n", "> Beta two.\np. 2\n", "> Gamma three.\np. 3\n"]
    _log(ledger, tmp_path, _HEAD + "\n".join(blocks))
    blocks[1] = "> Entirely other words stand here now.\np. 2\n"
    _, logged = _log(ledger, tmp_path, _HEAD + "\n".join(blocks))
    assert [(one.key, one.field) for one in logged.changed] == [("a.2", "words")]
    # Other words on another page are another quote, wherever they stand.
    blocks[1] = "> Nothing of it is the same.\np. 9\n"
    _, logged = _log(ledger, tmp_path, _HEAD + "\n".join(blocks))
    assert ([one.key for one in logged.added], [one.key for one in logged.gone]) == (["a.4"], ["a.2"])


def test_a_name_typed_behind_words_keeps_their_quote(ledger: Ledger, tmp_path: Path) -> None:
    _log(ledger, tmp_path, f"{_HEAD}> Alpha ^x\np. 1\n\n> Beta\n")
    _, logged = _log(ledger, tmp_path, f"{_HEAD}> Beta\n\n> Nothing alike\np. 9\n^x\n")
    assert [(one.key, one.field) for one in logged.changed] == [("a.1", "words"), ("a.1", "locator")]


def test_documents_of_the_same_title_stay_apart(ledger: Ledger, tmp_path: Path) -> None:
    memo = "---\ntitle: Memorandum of conversation\ndate: {}\nfolder: {}\n---\n> {}\n"
    first, _ = _log(ledger, tmp_path, memo.format("3 May 1955", 1, "One"))
    second, _ = _log(ledger, tmp_path, memo.format("4 May 1955", 1, "Two"), "day2.md")
    third, _ = _log(ledger, tmp_path, memo.format("4 May 1955", 2, "Three"), "day3.md")
    again, _ = _log(ledger, tmp_path, memo.format("4 May 1955", 1, "Two, corrected"), "day2.md")
    keys = [one.keys[0] for one in (first, second, third, again)]
    assert (len(set(keys)), keys[3]) == (3, keys[1])


def test_a_block_may_point_to_a_source_that_is_known(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.read() as (connection, study):
        before = shown(connection, study, "source", "memo")
    _, logged = _log(ledger, tmp_path, "---\nsource: memo\n---\nRemark.\n\n> These words\n")
    assert [one.key for one in logged.added] == ["memo.2"]
    with ledger.read() as (connection, study):
        assert shown(connection, study, "source", "memo") == before
    with pytest.raises(
        EvidenceError, match=r"day1\.md, line 1: There is no source 'mmo'.* Did you mean memo\?"
    ):
        _log(ledger, tmp_path, "---\nsource: mmo\n---\n> x\n")


def test_where_a_text_is_held_every_word_must_be_in_it(ledger: Ledger, tmp_path: Path) -> None:
    _log(ledger, tmp_path, NSC)
    held = tmp_path / "held.txt"
    held.write_text(
        "\f\fSecretary Dulles said that the islands were a symbol.\fThe President agreed.", encoding="utf-8"
    )
    with ledger.write() as session:
        hold_text(session, "memorandum-discussion-233d-1955-01-21", held)
    with pytest.raises(
        EvidenceError, match=r"day1\.md, line 8: these words are not in the text .*symbols.*symbol"
    ):
        _log(ledger, tmp_path, NSC.replace("symbol.\np", "symbols.\np"))
    with ledger.read() as (connection, study):
        assert {
            quote["words"] for quote in shown_all(connection, study, "quote") if "symbols" in quote["words"]
        } == set()
    _, logged = _log(ledger, tmp_path, NSC.replace("Secretary Dulles said that", "Dulles said that"))
    assert logged.refused == []


def test_notes_are_known_again_in_a_study_that_was_read_from_its_folder(
    ledger: Ledger, tmp_path: Path
) -> None:
    _log(ledger, tmp_path, NSC)
    with ledger.read() as (connection, study):
        write(connection, study, tmp_path / "study")
    other = Ledger(f"sqlite:///{tmp_path / 'other.db'}")
    schema.create(other.url)
    read(other.url, tmp_path / "study", author="Ada", message="read")
    before = len(other.entries())
    brought, logged = _log(other, tmp_path, NSC)
    assert (brought.writes, logged.writes, logged.unchanged) == (False, False, 2)
    assert len(other.entries()) == before


_WORD = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=8)
_LINE = st.lists(_WORD.map(partial(unicodedata.normalize, "NFC")), min_size=3, max_size=9).map(" ".join)
_LOOSE = st.sampled_from(["p. 3\n", "\nfol. 2v\n", "=> It shows this\n#mid-50\n", "note: odd\n", ""])


def _notes(words: list[str], below: list[str]) -> str:
    blocks = (f"> {one}\n{more}" for one, more in zip(words, itertools.cycle(below), strict=False))
    return "---\ntitle: Generated notes\ndate: 1955\n---\n" + "\n".join(blocks)


@pytest.fixture
def template(_sqlite_template: Path) -> Path:
    """An empty ledger, to be copied."""
    return _sqlite_template


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(_LINE, min_size=1, max_size=6, unique_by=str.casefold),
    below=st.lists(_LOOSE, min_size=1, max_size=3),
    which=st.integers(0, 5),
    word=_WORD,
)
def test_again_is_nothing_and_one_edit_is_one_change(
    template: Path, words: list[str], below: list[str], which: int, word: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ledger.db").write_bytes(template.read_bytes())
        ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}")
        ledger.found()
        with ledger.write() as session:
            records.add(session, "case", {"key": "mid-50", "title": "Taiwan Strait"})
        _, logged = _log(ledger, folder, _notes(words, below))
        assert sum(one.noun == "quote" for one in logged.added) == len(words)
        brought, logged = _log(ledger, folder, _notes(words, below))
        assert (brought.writes, logged.writes, logged.unchanged) == (False, False, len(words))
        at = which % len(words)
        edited = list(words)
        first, *rest = words[at].split(" ")
        edited[at] = unicodedata.normalize("NFC", " ".join([first, word, *rest]))
        assume(edited[at] not in words)
        _, logged = _log(ledger, folder, _notes(edited, below))
        assert [(one.field, one.before, one.after) for one in logged.changed] == [
            ("words", words[at], edited[at])
        ]
        assert (logged.added, logged.gone) == ([], [])
        assert ledger.findings() == []
