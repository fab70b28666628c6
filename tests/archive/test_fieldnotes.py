"""Field notes: what is typed at the archive, on whatever phone or editor, and typed again after edits."""

from __future__ import annotations

import itertools
import tempfile
import unicodedata
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.archive.bringing import Brought
from evidence.archive.fieldnotes import read_fieldnotes
from evidence.archive.fieldnotes_sources import bring_notes
from evidence.archive.incoming import Item, Marked
from evidence.archive.log import hold_text
from evidence.archive.logged import Logged
from evidence.archive.typed_dates import typed_date
from evidence.errors import EvidenceError, ValueRefused
from evidence.ledger import records, schema
from evidence.ledger.shown import shown, shown_all
from evidence.study.read import read
from evidence.study.write import write
from tests.kit import Ledger, work_a_case

_NSC = """\
---
title: Memorandum of discussion at the 233d meeting
date: 21 January 1955
box: 6
---
Carbon copy.

> Secretary Dulles said that the islands
> were a symbol.
p. 3
=> Dulles stated that the islands were a symbol
speaker: Dulles
#t1+

> The President agreed.

p. 4
Compare the minutes.
"""


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    """A ledger with a case, and a test that is not resolved."""
    made = Ledger(sqlite_url)
    made.found()
    with made.write() as session:
        work_a_case(session)
    return made


def _read(tmp_path: Path, text: str | bytes, name: str = "day1.md") -> tuple[Item, ...]:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_fieldnotes([file]).items


def _marked(tmp_path: Path, body: str) -> tuple[Marked, ...]:
    return _read(tmp_path, f"---\ntitle: A memorandum\n---\n{body}")[0].marked


def _log(ledger: Ledger, tmp_path: Path, text: str, name: str = "day1.md") -> tuple[Brought, Logged]:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    with ledger.write() as session:
        return bring_notes(session, read_fieldnotes([tmp_path / name]))


def _refused(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(EvidenceError) as caught:
        _read(tmp_path, text)
    return str(caught.value).removeprefix(f"{tmp_path}/")


def test_a_file_of_notes_is_read_as_it_was_meant(tmp_path: Path) -> None:
    (item,) = _read(tmp_path, _NSC)
    assert item.fields == {
        "title": "Memorandum of discussion at the 233d meeting",
        "csl": {"issued": "1955-01-21"},
        "box": "6",
        "note": "Carbon copy.",
    }
    first, second = item.marked
    assert (first.words, first.locator) == (
        "Secretary Dulles said that the islands were a symbol.",
        {"page": "3"},
    )
    assert (first.shows, first.speaker, first.tags) == (
        "Dulles stated that the islands were a symbol",
        "Dulles",
        ("t1+",),
    )
    assert (second.words, second.locator, second.note) == (
        "The President agreed.",
        {"page": "4"},
        "Compare the minutes.",
    )
    assert (str(first.place).rsplit("/", 1)[1], second.place.line) == ("day1.md, line 8", 15)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("> one\n> two\n", "one two"),
        (">one\r\n>two\r\n", "one two"),
        ("> one\n>\n> two", "one\n\ntwo"),
        ("> one  \n> two\\\n> three", "one\ntwo\nthree"),
        ("   >\tone\ttwo", "one two"),
        (">> nested\n> > words", "nested words"),
        ("- > in a list", "in a list"),
        ("> “so-\n> called” … […] ‘it’", "“so-called” … […] ‘it’"),
        ("> the war—\n> and peace -\n> or so", "the war—and peace - or so"),
        ("> 他们说金門很重要，\n> 我们同意。", "他们说金門很重要，我们同意。"),
        ("> 대통령은\n> 동의했다", "대통령은 동의했다"),
        ("> หมู่เกาะ\n> สำคัญ", "หมู่เกาะสำคัญ"),
        ("\u200f> הנשיא הסכים\n\u200f> עם המזכיר", "הנשיא הסכים עם המזכיר"),
        ("＞ 金門", "金門"),
        ("> a \\[sic\\] word\\*", "a [sic] word*"),
        ("> one\u2028> two", "one two"),
        ("> named at the end ^here", "named at the end"),
        ("> # not a heading\n> #not a tag", "# not a heading #not a tag"),
    ],
)
def test_words_come_out_as_a_person_means_them(tmp_path: Path, body: str, words: str) -> None:
    assert [one.words for one in _marked(tmp_path, body)] == [words]


@pytest.mark.parametrize(
    ("line", "locator"),
    [
        ("p. 3", {"page": "3"}),
        ("pp. 315–16", {"page": "315-16"}),
        ("— p. iv", {"page": "iv"}),
        ("(Doc. 134, p. 315, n. 2)", {"document": "134", "page": "315", "footnote": "2"}),
        ("fol. 12v", {"folio": "12v"}),
        ("f. 3", {"folio": "3"}),
        ("frame 0412", {"frame": "0412"}),
        ("para. 7", {"paragraph": "7"}),
        ("§ 7", {"paragraph": "7"}),
        ("¶ 7; line 3", {"paragraph": "7", "line": "3"}),
        ("S. 12", {"page": "12"}),
        ("л. 45", {"folio": "45"}),
        ("第3頁", {"page": "3"}),
        ("page: 3", {"page": "3"}),
        ("time 00:12:33", {"time": "00:12:33"}),
    ],
)
def test_places_are_read_as_they_are_typed(tmp_path: Path, line: str, locator: dict[str, str]) -> None:
    for gap in ("", "\n"):
        (marked,) = _marked(tmp_path, f"> words\n{gap}{line}\n")
        assert dict(marked.locator) == locator


def test_lines_below_words_say_what_they_are(tmp_path: Path) -> None:
    body = (
        "> Wörter\np. 3 #c1\n→ He said\nso twice #t1-\nTranslation: Words\nof his\ntranslator: me\nlang: de\n"
        "infer: He meant it\nwhen: Jan. 3, 1955\nremark: odd\n#mid-50, #t2+ ^b1\n\nProse: far below.\n"
    )
    (item,) = _read(tmp_path, f"---\ntitle: A\n---\n{body}")
    (one,) = item.marked
    assert one.shows == "He said so twice"
    assert (one.translation, one.translator, one.language) == ("Words of his", "me", "de")
    assert (one.inference, one.occurred, one.note) == ("He meant it", "1955-01-03", "odd")
    assert one.tags == ("c1", "t1-", "mid-50", "t2+")
    assert one.identifiers["notes"] == f"{tmp_path.name}/day1.md^b1"
    assert item.fields["note"] == "Prose: far below."


def test_what_is_common_is_said_once_and_ends_where_the_path_parts(tmp_path: Path) -> None:
    text = (
        "—-\nrepository: Eisenhower Library\nbox: 6\nfolder: 2\ntags: #c1\n—-\n"
        "---\ntitle: One\n---\n> a\n=> A\n---\ntitle: Two\nbox: 7\n---\n> b\n\n---\n\nA line of dashes parts prose.\n"
    )
    one, two = _read(tmp_path, text)
    assert (one.fields["box"], one.fields["folder"]) == ("6", "2")
    assert (two.fields["repository"], two.fields["box"], "folder" in two.fields) == (
        "Eisenhower Library",
        "7",
        False,
    )
    assert (one.marked[0].tags, two.marked[0].tags) == (("c1",), ())
    assert two.fields["note"].endswith("A line of dashes parts prose.")


def test_front_matter_takes_what_editors_make_of_it(tmp_path: Path) -> None:
    text = (
        '\ufeff---\r\nTitle: "Talks: the second day"\r\nRecord Group: 59\r\nauthor: Dulles, John Foster; '
        "Department of State\r\nlink: https://example.org/a\r\ncsl.container-title: Minutes\r\ntags:\r\n  - mid-50\r\n"
        "  - t1+\r\nnote: first\r\n  then\r\ncriticism.motive: to persuade\r\n---\r\n> a\r\n=> b\r\n"
    )
    for data in (text.encode(), text.encode("utf-16")):
        (item,) = _read(tmp_path, data)
        assert item.fields == {
            "title": "Talks: the second day",
            "record_group": "59",
            "csl": {
                "author": [{"family": "Dulles", "given": "John Foster"}, {"literal": "Department of State"}],
                "URL": "https://example.org/a",
                "container-title": "Minutes",
            },
            "note": "first then",
            "criticism": {"motive": "to persuade"},
        }
        assert item.marked[0].tags == ("mid-50", "t1+")


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("1955-01-21", "1955-01-21"), ("21 January 1955", "1955-01-21"), ("January 21, 1955", "1955-01-21"),
        ("Friday, Jan. 21st, 1955", "1955-01-21"), ("Sept 1955", "1955-09"), ("ca. 1955", "1955~"),
        ("May 1955?", "1955-05?"), ("1954-09-03/1955-05-01", "1954-09-03/1955-05-01"), ("1955‑01‑21", "1955-01-21"),
    ],
)  # fmt: skip
def test_dates_are_read_as_they_are_typed(typed: str, date: str) -> None:
    assert typed_date(typed) == date


@pytest.mark.parametrize(
    "typed", ["21/1/1955", "1.2.55", "31 February 1955", "Janvier 1955", "soon", "Mayor 1955"]
)
def test_dates_that_mean_two_things_or_nothing_are_refused(typed: str) -> None:
    with pytest.raises(ValueRefused):
        typed_date(typed)


_HEAD = "---\ntitle: A\n---\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "day1.md: there is nothing in these notes; begin with ---"),
        ("> words\n", "day1.md, line 1: the notes begin without a source"),
        ("---\ntitle: A\n\n> words\n", "day1.md, line 4: this line says nothing of the source"),
        ("---\ntitle: A\n", "day1.md, line 1: the block of fields that begins here is never closed"),
        (
            "---\ntitle: A\nbxo: 6\n---\n",
            "day1.md, line 3: 'bxo' is no field of a source. Did you mean 'box'?",
        ),
        (
            "---\ntitle: A\nTitle: B\n---\n",
            "day1.md, line 3: 'title' is said twice in this block (line 2 says 'A')",
        ),
        (
            "---\ntitle: A\ndate: 2/1/1955\n---\n",
            "day1.md, line 3, field \"date\": '2/1/1955' could be read as two",
        ),
        ("---\nsource: a b\ntitle: A\n---\n", "day1.md, line 2, field \"source\": 'a b' cannot be a key"),
        ("---\ntitle: A\ntier: fourth\n---\n", "day1.md, line 3, field \"tier\": 'fourth' is not a tier"),
        ("---\nbox: 6\n---\n> words\n", "day1.md, line 4: these words stand under no source"),
        ("---\nsource: memo\nbox: 6\n---\n", "day1.md, line 1: the block points to memo and says its box"),
        (f"{_HEAD}p. 3\n> words\n", "day1.md, line 4: this line stands below no words"),
        (f"{_HEAD}> words\nmore of them\n", "day1.md, line 5: this line stands right below the words."),
        (f"{_HEAD}> words\np. 3\np. 4\n", "day1.md, line 6: the page of these words is said twice"),
        (f"{_HEAD}> words\n=> A\n=> B\n", "day1.md, line 6: what they show is said twice"),
        (
            f"{_HEAD}> words\ntranslaton: x\n",
            "'translaton' is no field of a quote. Did you mean 'translation'?",
        ),
        (f"{_HEAD}> words\nwhen: soon\n", "day1.md, line 4, field \"occurred\": 'soon'"),
        (f"{_HEAD}>\n> \np. 3\n", "day1.md, line 4: there are no words after >"),
        (f"{_HEAD}> a\n^x\n\n> b\n^x\n", "day1.md, line 8: ^x is the name of the words in line 4"),
        (f"{_HEAD}> a\x00b\n", "day1.md, line 4: the line holds a NUL character"),
        (_HEAD.encode() + b"> caf\xe9\n", "day1.md, line 4: byte 22 is not UTF-8 text"),
    ],
)
def test_what_is_not_understood_is_said_with_its_line(tmp_path: Path, text: str | bytes, says: str) -> None:
    assert says in _refused(tmp_path, text)


def test_notes_become_the_whole_chain_and_again_nothing(ledger: Ledger, tmp_path: Path) -> None:
    brought, logged = _log(ledger, tmp_path, _NSC)
    assert brought.keys == ("memorandum-discussion-233d-1955-01-21",)
    assert [(one.noun, one.said) for one in logged.added] == [
        ("quote", "no text held"),
        ("quote", "no text held"),
        ("observation", ""),
        ("bearing", "for"),
    ]
    before = len(ledger.entries())
    brought, logged = _log(ledger, tmp_path, _NSC)
    assert (brought.writes, logged.writes, logged.unchanged, logged.gone) == (False, False, 2, [])
    assert len(ledger.entries()) == before
    assert ledger.findings() == []


def test_what_was_edited_is_changed_and_nothing_else(ledger: Ledger, tmp_path: Path) -> None:
    _log(ledger, tmp_path, _NSC)
    edited = _NSC.replace("agreed.", "disagreed.").replace("box: 6", "box: 7").replace("t1+", "t1-")
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
    _log(ledger, tmp_path, _NSC)
    held = tmp_path / "held.txt"
    held.write_text(
        "\f\fSecretary Dulles said that the islands were a symbol.\fThe President agreed.", encoding="utf-8"
    )
    with ledger.write() as session:
        hold_text(session, "memorandum-discussion-233d-1955-01-21", held)
    with pytest.raises(
        EvidenceError, match=r"day1\.md, line 8: these words are not in the text .*symbols.*symbol"
    ):
        _log(ledger, tmp_path, _NSC.replace("symbol.\np", "symbols.\np"))
    with ledger.read() as (connection, study):
        assert {
            quote["words"] for quote in shown_all(connection, study, "quote") if "symbols" in quote["words"]
        } == set()
    _, logged = _log(ledger, tmp_path, _NSC.replace("Secretary Dulles said that", "Dulles said that"))
    assert logged.refused == []


def test_notes_are_known_again_in_a_study_that_was_read_from_its_folder(
    ledger: Ledger, tmp_path: Path
) -> None:
    _log(ledger, tmp_path, _NSC)
    with ledger.read() as (connection, study):
        write(connection, study, tmp_path / "study")
    other = Ledger(f"sqlite:///{tmp_path / 'other.db'}")
    schema.create(other.url)
    read(other.url, tmp_path / "study", author="Ada", message="read")
    before = len(other.entries())
    brought, logged = _log(other, tmp_path, _NSC)
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
        _, logged = _log(ledger, folder, _notes(edited, below))
        assert [(one.field, one.before, one.after) for one in logged.changed] == [
            ("words", words[at], edited[at])
        ]
        assert (logged.added, logged.gone) == ([], [])
        assert ledger.findings() == []


@given(text=st.text(max_size=200))
def test_any_text_at_all_is_read_or_refused_in_a_sentence(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "n.md"
        file.write_bytes(f"{_HEAD}{text}".encode("utf-8", "replace"))
        try:
            read: Any = read_fieldnotes([file])
        except EvidenceError as error:
            assert str(error).startswith(str(file))  # noqa: PT017
        else:
            assert read.items
