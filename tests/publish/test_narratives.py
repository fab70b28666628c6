"""Narratives: notes in order, and nothing in them that a browser would run or load."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import EvidenceError
from evidence.publish.narratives import Citation, markdown, written
from tests.publish.reader import Page

_HARMLESS = {
    "a",
    "p",
    "em",
    "strong",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "blockquote",
    "hr",
    "br",
    "sup",
    "table",
    "thead",
}
_HARMLESS |= {"tbody", "tr", "th", "td", "h3", "h4", "h5", "h6"}


def test_citations_become_numbered_notes_that_lead_back() -> None:
    text = written("First [@a.1]. Then [@b, 315; @c].", at="mid-50:")
    assert text.citations == (Citation("a.1", ""), Citation("b", "315"), Citation("c", ""))
    assert '<a id="mid-50:ref-1" href="#mid-50:note-1"' in text.html
    assert 'href="#mid-50:note-3"' in text.html


def test_a_mark_stands_after_the_stop_and_close_to_its_word() -> None:
    assert 'First.<sup class="marks">' in written("First [@a]. Then.").html
    assert written("First [@a]. Then.").plain == "<p>First. Then.</p>\n"


def test_what_only_looks_like_a_citation_is_left() -> None:
    text = written(
        "`[@a p. 3]` and \\[@a p. 3] and a@b.org\n\n    [@b p. 2]\n\n```\n[@c p. 1]\n```\n", case="mid-50"
    )
    assert text.citations == ()
    assert text.html.count("[@a p. 3]") == 2
    assert "[@b p. 2]" in text.html
    assert "[@c p. 1]" in text.html
    assert "[@a p. 3]" in markdown("[@a p. 3]")


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("Trust.[@a.1 p. 3] Also", "[@a.1 p. 3]"),
        ("Trust.[@a.1; @nope p. 2] Also", "[@a.1; @nope p. 2]"),
        ("[@]", "[@]"),
        ("[@a,]", "[@a,]"),
        ("[@a.1, p. 3 and no more", "[@a.1, p. 3 and no more"),
        ("[@a.1,\n315]", "[@a.1,"),
        ("- *so [@a b]*", "[@a b]"),
        ("| x |\n|---|\n| [@a b] |", "[@a b]"),
        ("[so [@a b]](https://x.example)", "[@a b]"),
    ],
)
def test_a_malformed_citation_is_an_error_that_says_how_to_write_it(text: str, begun: str) -> None:
    with pytest.raises(EvidenceError, match="write \\[@KEY\\]") as caught:
        written(text, case="mid-50")
    assert caught.value.sentence.startswith(f"The narrative of mid-50 holds {begun!r}, which is no citation")


def test_headings_fit_below_the_pages_own() -> None:
    assert Page(written("# A\n\n### B\n\n# C\n", level=3).html).headings == [3, 4, 3]
    assert Page(written("# A\n", level=3).plain).headings == []


def test_tables_and_quotation_marks() -> None:
    html = written('| a | b |\n|---|--:|\n| "x" | 2 |\n', curl=True).html
    assert '<td align="right">2</td>' in html
    assert "“x”" in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        "![x](https://tracker.example/pixel.png)",
        "[x](https://ok.example 'a\" onmouseover=\"alert(1)')",
        "<a href='javascript:alert(1)'>x</a>",
        '[@a"><script>alert(1)</script>]',
        "```<script>\nalert(1)\n```",
        "<!-- --><style>body{display:none}</style>",
        "[x]: javascript:alert(1)\n\n[x]",
        "| <iframe src=//x> |\n|---|\n| <svg onload=alert(1)> |",
    ],
)
def test_attacks_are_inert(attack: str) -> None:
    for html in (written(attack).html, written(attack).plain, markdown(attack)):
        _assert_inert(html)


@given(st.text(alphabet=st.sampled_from("[]()<>!@#*_`\"'&;:/ \n|-=ajscript:x1"), max_size=80))
def test_whatever_is_written_is_inert(text: str) -> None:
    try:
        html = written(text, at='"><script>').html
    except EvidenceError:  # a citation that is none
        html = markdown(text)
    _assert_inert(html)


def _assert_inert(html: str) -> None:
    page = Page(html)
    assert set(page.tags) <= _HARMLESS
    assert not page.loads
    assert all(
        link.startswith(("http://", "https://", "mailto:", "#")) or ":" not in link for link in page.links
    )
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
