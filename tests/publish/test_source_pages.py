"""A source's page: quotes in context as far as rights allow, where it comes from, and all that rests on it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from evidence.ledger import records
from evidence.publish.render import appendix
from tests.kit import Ledger
from tests.publish.reader import Page, broken_links, read
from tests.publish.strait import add_cases, deep_case, found

_BEFORE = " ".join(f"before{n}" for n in range(80))
_AFTER = " ".join(f"after{n}" for n in range(80))
_WORDS = "the islands were becoming a symbol"
_BODY = f"{_BEFORE} {_WORDS} <b>of</b> {_AFTER}"
_NOTE = "1 A footnote of its own."


@pytest.fixture
def strait(sqlite_url: str) -> Ledger:
    """A study of two cases, one of them process-traced."""
    ledger = found(sqlite_url)
    add_cases(ledger, range(50, 52))
    deep_case(ledger)
    return ledger


def hold(ledger: Ledger, content: str, words: str, **said: Any) -> None:
    """Hold a text of the memorandum, and log a quote from it that is found there."""
    source: dict[str, Any] = {name: said.pop(name) for name in ("rights", "access") if name in said}
    parts = said.pop("parts", [])
    with ledger.write("hold") as session:
        memo = records.find(session, "source", "memo")
        records.edit(session, "source", memo, source)
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        text = {"source": "memo", "sha256": sha256, "content": content, "edition": "2016", "parts": parts}
        records.add(session, "text", {**text, "shareable": said.pop("shareable", False)}, computed=True)
    with ledger.write("quote") as session:
        records.add(session, "quote", {"key": "memo.1", "source": "memo", "words": words, **said})


def page_of(ledger: Ledger, output: Path, name: str = "memo") -> str:
    """Render through a new connection, and return a source's page."""
    with ledger.read() as (connection, study):
        appendix(connection, study, output)
    return (output / "sources" / f"{name}.html").read_text("utf-8")


def quoted(page: str, key: str = "memo.1") -> str:
    """Return the part of a page that shows one quote."""
    begun = page[page.index(f'id="quote-{key}"') :]
    return begun[: begun.index("</section>")]


def test_a_quote_stands_in_fifty_words_before_and_after(strait: Ledger, tmp_path: Path) -> None:
    hold(strait, _BODY, _WORDS)
    text = quoted(page_of(strait, tmp_path))
    assert f"<mark>{_WORDS}</mark>" in text
    assert "… before30 before31" in text
    assert "before29" not in text
    assert "after48 …" in text  # of is a word too
    assert "after49" not in text
    assert "&lt;b&gt;of&lt;/b&gt;" in text
    assert "exact</span> matches the text" in text
    assert "against 2016" in text


def test_the_beginning_and_the_end_of_a_text_are_not_cut(strait: Ledger, tmp_path: Path) -> None:
    hold(strait, f"He said that {_WORDS}.", _WORDS)
    text = quoted(page_of(strait, tmp_path))
    assert (
        f'<span class="context">He said that </span><mark>{_WORDS}</mark><span class="context">.</span>'
        in text
    )


def test_chinese_is_counted_in_characters(strait: Ledger, tmp_path: Path) -> None:
    hold(strait, "前" * 80 + "台灣是象徵" + "後" * 80, "台灣是象徵", language="zh")
    text = quoted(page_of(strait, tmp_path))
    assert text.count("前") == text.count("後") == 50
    assert "<mark>台灣是象徵</mark>" in text
    assert '<blockquote lang="zh" dir="auto">' in text


def test_what_was_left_out_is_shown_and_not_marked(strait: Ledger, tmp_path: Path) -> None:
    hold(
        strait,
        "He said that the islands, as he saw it, were becoming a symbol.",
        "the islands … were becoming a symbol",
    )
    text = quoted(page_of(strait, tmp_path))
    assert "<mark>the islands</mark>" in text
    assert "<mark>were becoming a symbol</mark>" in text
    assert "as he saw it" in text
    assert "As quoted" in text
    assert "elided" in text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"access": "closed"}, False),
        ({"access": "on site", "rights": "The family"}, False),
        ({"access": "closed", "rights": "Public domain (17 U.S.C. 105)"}, True),
        ({"access": "restricted", "shareable": True}, True),
        ({"access": "open", "rights": ""}, True),
        ({"access": "open", "rights": "Crown copyright"}, False),
        ({"access": "open", "rights": "Crown copyright, Open Government Licence 3.0"}, True),
    ],
)
def test_context_is_shown_where_rights_allow(
    strait: Ledger, tmp_path: Path, said: dict[str, Any], *, shown: bool
) -> None:
    hold(strait, _BODY, _WORDS, **said)
    text = quoted(page_of(strait, tmp_path))
    assert _WORDS in text
    assert ("before79" in text) is shown
    assert ("Context not shown: rights." in text) is not shown


def test_a_text_that_is_not_held_has_no_context(strait: Ledger, tmp_path: Path) -> None:
    text = quoted(page_of(strait, tmp_path), "mid-50.q2")
    assert "Round it stand only the words that were kept with the quote: no text is held." in text
    assert "the text that it was verified against is not held here" in quoted(
        page_of(strait, tmp_path), "mid-50.q1"
    )


def test_a_footnotes_words_are_not_the_bodys_context(strait: Ledger, tmp_path: Path) -> None:
    content = f"He said that {_WORDS}.\n\n{_NOTE}"
    parts = [
        ["body", "", 0, len(content) - len(_NOTE)],
        ["footnote", "1", len(content) - len(_NOTE), len(content)],
    ]
    hold(strait, content, _WORDS, parts=parts)
    text = quoted(page_of(strait, tmp_path))
    assert "footnote of its own" not in text


def test_a_page_leads_to_the_cases_tests_and_codes_that_rest_on_it(strait: Ledger, tmp_path: Path) -> None:
    page = page_of(strait, tmp_path)
    rests = page[page.index('<section id="rests"') : page.index('<section id="quotes"')]
    assert 'href="../cases/mid-50.html">Case 50</a>' in rests
    assert (
        '<a class="code-link" href="../cases/mid-50.html#code-mid-50.ALLY.2"><strong>ALLY 2</strong></a> featured'
        in rests
    )
    assert 'through <a class="number" href="../cases/mid-50.html#T1">T1</a>' in rests
    assert 'weighed against it: <a class="number" href="../cases/mid-50.html#E1">E1</a>' in rests
    assert 'straw in the wind: <span class="result" data-result="passed">passed</span>' in rests
    assert 'notes <a class="number" href="../cases/mid-50.html#note-1">1</a>' in rests
    assert "Nothing rests on it" not in rests


def test_a_source_on_which_nothing_rests_says_so(strait: Ledger, tmp_path: Path) -> None:
    with strait.write("idle") as session:
        records.add(session, "source", {"key": "idle", "title": "Idle", "tier": "news"})
    page = page_of(strait, tmp_path, "idle")
    assert "Nothing rests on it." in page
    assert "No text of it is held" in page
    assert "Nothing is said about who wrote it" in page


def test_lineage_leads_both_ways(strait: Ledger, tmp_path: Path) -> None:
    with strait.write("copy") as session:
        records.add(
            session, "source", {"key": "copy", "title": "A copy", "tier": "primary", "derived_from": "memo"}
        )
    assert 'Derived from it</dt><dd><a href="copy.html">A copy</a>' in page_of(strait, tmp_path)
    assert 'Derived from</dt><dd><a href="memo.html">Memorandum</a>' in page_of(strait, tmp_path, "copy")


def test_texts_are_named_by_edition_and_hash_with_the_quotes_verified(strait: Ledger, tmp_path: Path) -> None:
    hold(strait, _BODY, _WORDS)
    digest = hashlib.sha256(_BODY.encode()).hexdigest()
    held = page_of(strait, tmp_path).partition('<section id="texts"')[2]
    assert f'2016 <code title="The first digits of its SHA-256">{digest[:12]}</code>' in held
    assert "1 quote verified against it" in held
    assert digest not in held


def test_notes_and_quotes_lead_to_the_quote_on_its_sources_page(strait: Ledger, tmp_path: Path) -> None:
    page_of(strait, tmp_path)
    pages = read(tmp_path)
    case = pages["cases/mid-50.html"]
    assert case.links.count("../sources/memo.html#quote-mid-50.q1") == 4
    assert "../sources/cow.html" in case.links
    assert "sources/memo.html" in pages["sources.html"].links
    assert broken_links(pages) == []


def test_names_of_files_are_safe(sqlite_url: str, tmp_path: Path) -> None:
    ledger = found(sqlite_url)
    with ledger.write("odd") as session:
        for key in ("con", "Boese+Quelle", "memo", "MEMO"):
            records.add(session, "source", {"key": key, "title": key, "tier": "news"})
    page_of(ledger, tmp_path)
    names = {file.name for file in (tmp_path / "sources").iterdir()}
    assert names == {"%63on.html", "Boese+Quelle.html", "memo.html", "%4D%45%4D%4F.html"}
    assert broken_links(read(tmp_path)) == []


def test_an_extract_has_no_page_and_no_quote_of_other_cases(strait: Ledger, tmp_path: Path) -> None:
    with strait.read() as (connection, study):
        appendix(connection, study, tmp_path, cases=["mid-51"])
    pages = read(tmp_path)
    assert {name for name in pages if name.startswith("sources/")} == {"sources/cow.html"}
    assert broken_links(pages) == []


def test_both_engines_give_the_same_page(ledger_url: str, tmp_path: Path) -> None:
    ledger = found(ledger_url)
    add_cases(ledger, range(50, 51))
    deep_case(ledger)
    hold(ledger, _BODY, _WORDS, access="closed", shareable=True)
    page = Page(page_of(ledger, tmp_path))
    assert "before30" in page.text
    assert "before29" not in page.text
    assert page.headings[0] == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_offsets_that_lie_far_apart_never_bring_a_whole_text(strait: Ledger, tmp_path: Path) -> None:
    middle = "word " * 1400
    hold(strait, f"The beginning {middle} the ending.", "The beginning … the ending")
    page = page_of(strait, tmp_path)
    assert page.count("word ") < 100
    assert "Round it stand only the words that were kept with the quote" in quoted(page)


def test_of_many_sources_on_which_nothing_rests_none_has_a_page(strait: Ledger, tmp_path: Path) -> None:
    with strait.write("many") as session:
        volume = {"key": "volume", "title": "Volume", "tier": "primary"}
        records.add(session, "source", volume)
        records.edit(session, "source", records.find(session, "source", "memo"), {"derived_from": "volume"})
        for number in range(45):
            one = {"key": f"idle{number}", "title": f"Idle {number}", "tier": "primary"}
            records.add(session, "source", {**one, "derived_from": "volume" if number < 5 else "memo"})
    page = page_of(strait, tmp_path)
    assert "Derived from it</dt><dd>40 on which nothing rests</dd>" in page
    above = (tmp_path / "sources" / "volume.html").read_text("utf-8")
    assert '<a href="memo.html">Memorandum</a>, and 5 more on which nothing rests</dd>' in above
    listed = (tmp_path / "sources.html").read_text("utf-8")
    folded = listed[listed.index("<details") : listed.index("</details>")]
    assert "45 more, on which nothing rests" in folded
    assert 'id="source-idle44"' in folded
    assert "href" not in folded
    assert 'id="source-memo"' not in folded
    assert 'id="source-memo"' in listed
    assert not list((tmp_path / "sources").glob("idle*"))
    assert broken_links(read(tmp_path)) == []
