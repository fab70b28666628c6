"""What is quoted in a manuscript or a list: passages, sources, pages and places."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.archive.quotations import Quotation, quotations
from evidence.archive.quotations_marks import cited, page_of, passages
from evidence.errors import ValueRefused
from tests.archive.documents_made import docx, par


def found(folder: Path, name: str, data: str | bytes) -> list[Quotation]:
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return quotations(file)


def said(all_of_them: list[Quotation]) -> list[tuple[str, str, str]]:
    return [(one.words, one.source, one.page) for one in all_of_them]


def inside(text: str, **how: bool) -> list[str]:
    return [text[one.start : one.end] for one in passages(text, **how)]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('He said "four words in all" then.', ["four words in all"]),
        ('He used "scare quotes here" only.', []),
        ('He said “it looked from ‘here’ that "they" and “these” were so” then.', ['it looked from ‘here’ that "they" and “these” were so']),
        ("It’s the Secretary’s “rock ’n’ roll it isn’t at all”.", ["rock ’n’ roll it isn’t at all"]),
        ("Don't ask 'whether these are words quoted' by him.", []),
        ('The 6" guns and the 8" guns and the 12" guns fired.', []),
        ('He said "the 6" guns were fired" and left.', ['the 6" guns were fired']),
        ('He counted "all of the 6" and then "all of the 12" there.', ["all of the 6", "all of the 12"]),
        ("Il dit « nous ne voulons pas » hier.", ["nous ne voulons pas"]),
        ("Er sagte: „Wir wollen keinen Krieg haben“.", ["Wir wollen keinen Krieg haben"]),
        ("Er sagte: »Wir wollen keinen Krieg haben«.", ["Wir wollen keinen Krieg haben"]),
        ("Hon sade ”vi vill inte ha krig” igår.", ["vi vill inte ha krig"]),
        ("他说“我们一定要解放台湾”。", ["我们一定要解放台湾"]),
        ("彼は「われわれは戦争を望まない」と述べた。", ["われわれは戦争を望まない"]),
        ('An unclosed “mark and then "a passage that is closed" here.', ["a passage that is closed"]),
        ('A closing” mark alone and " stray ones.', []),
        ('("In brackets there are words")', ["In brackets there are words"]),
        ("“one two three four”“five six seven eight”", ["one two three four", "five six seven eight"]),
    ],
)  # fmt: skip
def test_passages_between_marks(text: str, quoted: list[str]) -> None:
    assert inside(text) == quoted


def test_a_passage_may_go_on_in_the_next_paragraph(tmp_path: Path) -> None:
    assert inside("He wrote: “It went on and on", goes_on=True) == ["It went on and on"]
    assert inside("He wrote: “It went on and on") == []
    text = "He wrote: “It went on and on\n\n“and it ended just here.”\n\nNo “more of it than this.\n"
    assert [one.words for one in found(tmp_path, "a.md", text)] == [
        "It went on and on",
        "and it ended just here",
    ]


MANUSCRIPT = """---
title: "A title of four words"
---
The Secretary wrote that "Quemoy and Matsu were
becoming a symbol" throughout Asia [@d134, 315]. He later, "as a matter of course," said more. It was [@d22].

Both “one two three four” and “five six seven eight” stand there [@d26, pp. 91–92; @d27].

> I said that it looked from here that Quemoy and Matsu
> were becoming *a symbol*. [@d134, p. 315]

> "We must at all costs avoid another sanctuary."
>
> — Dulles, [@d26, A-3]

- In a list: “these are words in a list” and `"these are words in code"`.

A note.[^1]

[^1]: He wrote: “the words in a note too” [@memo.1].
"""


def test_a_manuscript_in_markdown(tmp_path: Path) -> None:
    all_of_them = found(tmp_path, "ms.md", MANUSCRIPT)
    assert said(all_of_them) == [
        ("Quemoy and Matsu were becoming a symbol", "d134", "315"),
        ("as a matter of course", "", ""),
        ("one two three four", "d26", "91"),
        ("five six seven eight", "d26", "91"),
        ("I said that it looked from here that Quemoy and Matsu were becoming a symbol.", "d134", "315"),
        ("We must at all costs avoid another sanctuary.", "d26", "A-3"),
        ("these are words in a list", "", ""),
        ("the words in a note too", "memo.1", ""),
    ]
    assert [str(one.place) for one in all_of_them][:5] == [f"ms.md, line {line}" for line in (4, 5, 7, 7, 9)]
    assert all_of_them[-1].place.line == 20


def test_a_manuscript_in_word(tmp_path: Path) -> None:
    styles = '<w:style w:styleId="Q"><w:name w:val="Intense Quote"/></w:style>'
    call = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    tail = "<w:r><w:t>” he said [@d22, 64].</w:t></w:r>"
    body = (
        par("He said “it looked from here", inside=call + tail)
        + par("A block of words that are quoted. [@d134, 315]", style="Q")
        + par("[@d134, 315] is where it stands, “and this is not”.")
    )
    notes = f'<w:footnote w:id="2">{par("“Words of a note, too” [@d3].")}</w:footnote>'
    comments = f'<w:comment w:id="0">{par("“Words of a comment are none”")}</w:comment>'
    data = docx(body, more={"styles": styles, "footnotes": notes, "comments": comments})
    all_of_them = found(tmp_path, "ms.docx", data)
    assert said(all_of_them) == [
        ("it looked from here", "d22", "64"),
        ("A block of words that are quoted.", "d134", "315"),
        ("and this is not", "", ""),
        ("Words of a note, too", "d3", ""),
    ]
    places = [str(one.place) for one in all_of_them]
    assert places == [
        "ms.docx, paragraph 1",
        "ms.docx, paragraph 2",
        "ms.docx, paragraph 3",
        "ms.docx, footnote 1",
    ]


def test_a_list(tmp_path: Path) -> None:
    csv = '\ufeffSource;quote;Page\nd22;"He said ""no""; and left";p. 64\n;\n@d3;two words;\n;alone\n'
    all_of_them = found(tmp_path, "list.csv", csv)
    assert said(all_of_them) == [
        ('He said "no"; and left', "d22", "64"),
        ("two words", "d3", ""),
        ("alone", "", ""),
    ]
    assert [one.place.row for one in all_of_them] == [2, 4, 5]
    with pytest.raises(ValueRefused, match="Is it 'quotes'"):
        found(tmp_path, "list.csv", "quotes,page\nx,1\n")
    with pytest.raises(ValueRefused, match="the quotation marks do not pair"):
        found(tmp_path, "list.csv", 'quote\n"open\n')
    with pytest.raises(ValueRefused, match="it is HTML; give the manuscript as"):
        found(tmp_path, "ms.html", "<!doctype html><p>x")
    with pytest.raises(ValueRefused, match="there is no such file"):
        quotations(tmp_path / "nowhere.csv")


def test_plain_text_keeps_its_lines(tmp_path: Path) -> None:
    (one,) = found(tmp_path, "ms.txt", "First.\n\nSecond\nline “a quote\nover two lines” [@d1, 3].\n")
    assert (one.words, one.source, one.page, one.place.line) == ("a quote over two lines", "d1", "3", 4)


def test_citations_belong_to_their_sentence() -> None:
    text = "“One.” Then [@a, 1]. Two U.S. forces [@b]. No. Three [@c, ch. 2, 3; @d]"
    ends = [text.index(word) + len(word) for word in ("One.", "Two", "No", "Three")]
    assert cited(text, ends) == [("", ""), ("b", ""), ("", ""), ("c", "ch. 2, 3")]
    assert [page_of(one) for one in ("p. 3", "pp. 3–4", "iii", "A-3", "315-16", "")] == [
        "3",
        "3",
        "iii",
        "A-3",
        "315",
        "",
    ]


@given(st.text(st.sampled_from("\"“”„«»「」 a6.,'[@]\n"), max_size=60))
@settings(max_examples=300)
def test_whatever_the_marks_passages_lie_in_the_text_and_apart(text: str) -> None:
    end = 0
    for one in passages(text, goes_on=True):
        assert end <= one.start <= one.end <= len(text)
        end = one.end


@given(
    st.lists(st.sampled_from(["not", "islands", "Matsu", "isn’t", '6" guns', "U.S."]), min_size=4, max_size=9)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_words_between_curly_marks_are_found(tmp_path: Path, words: list[str]) -> None:
    quoted = " ".join([*words, "end"])
    (one,) = found(tmp_path, "ms.md", f"It's said by him that “{quoted}” is so [@k, 3].\n")
    assert (one.words, one.source, one.page) == (quoted, "k", "3")


@pytest.mark.parametrize(
    "heap", ['"', ' "a', 'a" ', "“", "“a b c d ", "«»", '“"«„”"»“', ' "6" ', "[@", ". ", '[@x, 1] "a b c d" ']
)
def test_heaps_of_marks_take_time_by_their_length_alone(heap: str) -> None:
    def seconds(times: int) -> float:
        text = heap * times
        begun = time.process_time()  # this process's own work, however busy the machine is
        cited(text, [one.end for one in passages(text)])
        return time.process_time() - begun

    few = min(seconds(4_000), seconds(4_000))
    assert seconds(40_000) < 40 * max(few, 0.01)  # ten times by length; were it quadratic, a hundred times


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He wrote that ‘the islands were not worth a war’, and left.", ["the islands were not worth a war"]),
        ("‘The soldiers’ morale was very low’ he said.", ["The soldiers’ morale was very low"]),
        ("“He told me ‘no never again ever’ and went.”", ["He told me ‘no never again ever’ and went."]),
        ("‘He said “we will not go there” to me’ was it.", ["He said “we will not go there” to me"]),
        ("rock ‘n’ roll, the ’60s, and the states’ rights of which they don’t speak", []),
    ],
)
def test_curly_single_marks_quote_too(text: str, quoted: list[str]) -> None:
    assert [text[one.start : one.end] for one in passages(text)] == quoted
