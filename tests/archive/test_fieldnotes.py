"""Field notes: what is typed at the archive, on whatever phone or editor, and typed again after edits."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.archive.fieldnotes import read_fieldnotes
from evidence.archive.incoming import IncomingSource, Marked
from evidence.archive.typed_dates import typed_date
from evidence.errors import EvidenceError, ValueRefused
from tests.archive.notes_typed import NSC


def _read(tmp_path: Path, text: str | bytes, name: str = "day1.md") -> tuple[IncomingSource, ...]:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_fieldnotes([file]).items


def _marked(tmp_path: Path, body: str) -> tuple[Marked, ...]:
    return _read(tmp_path, f"---\ntitle: A memorandum\n---\n{body}")[0].marked


def _refused(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(EvidenceError) as caught:
        _read(tmp_path, text)
    return str(caught.value).removeprefix(f"{tmp_path}/")


def test_a_file_of_notes_is_read_as_it_was_meant(tmp_path: Path) -> None:
    (item,) = _read(tmp_path, NSC)
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
