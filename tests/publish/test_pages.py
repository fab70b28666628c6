"""The pages: what stands on them, in which order, and where their links lead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.errors import EvidenceError, UnknownKey
from evidence.ledger import records
from evidence.publish.pages import ASSETS
from evidence.publish.render import Report, appendix
from tests.kit import ROOT, Golden, Ledger
from tests.publish.reader import Page, broken_links, read
from tests.publish.strait import add_cases, deep_case, found

#: What a page may load, all of it from beside it.
_OURS = (*ASSETS, "about.js")
#: The contrast that WCAG 2.2 AA asks of text.
_AA = 4.5


def rendered(ledger: Ledger, output: Path, **options: object) -> Report:
    """Render the study through a new connection."""
    with ledger.read() as (connection, study):
        return appendix(connection, study, output, **options)  # type: ignore[arg-type]


@pytest.fixture
def strait(sqlite_url: str) -> Ledger:
    """A study of four cases, one of them process-traced."""
    ledger = found(sqlite_url, universe_count=5, universe_deep=1)
    add_cases(ledger, range(50, 54))
    deep_case(ledger)
    return ledger


@pytest.fixture
def site(strait: Ledger, tmp_path: Path) -> Path:
    """The study's appendix as a folder."""
    rendered(strait, tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def page(site: Path) -> str:
    """The page of the process-traced case."""
    return (site / "cases" / "mid-50.html").read_text("utf-8")


def test_every_page_is_there(site: Path) -> None:
    names = {str(file.relative_to(site)) for file in site.rglob("*") if file.is_file()}
    fronts = {"index.html", "table.html", "sources.html", "commitments.html", "search.html", "search/0.js"}
    cases = {f"cases/mid-{number}.html" for number in range(50, 54)}
    sources = {"sources/memo.html", "sources/cow.html"}
    assert names >= fronts | cases | sources | set(ASSETS)
    assert {name for name in names if name.startswith(("cases/", "sources/"))} == cases | sources


def test_links_lead_somewhere_and_ids_are_unique(site: Path, strait: Ledger, tmp_path: Path) -> None:
    pages = read(site)
    rendered(strait, tmp_path / "one.html", single_file=True)
    assert '<style media="print">' in (tmp_path / "one.html").read_text("utf-8")  # not for the screen
    pages |= {"one.html": Page((tmp_path / "one.html").read_text("utf-8"))}
    assert broken_links(pages) == []
    for name, one in pages.items():
        assert sorted(set(one.ids)) == sorted(one.ids), name


def test_one_file_is_rendered_again_and_never_over_somebody_elses(strait: Ledger, tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.html"
    assert rendered(strait, thesis, single_file=True).written == ("thesis.html",)
    with strait.write("retitle") as session:
        records.edit(session, "case", records.find(session, "case", "mid-51"), {"title": "Retitled"})
    assert rendered(strait, thesis, single_file=True).written == ("thesis.html",)
    thesis.write_text("<!DOCTYPE html><title>My thesis</title>")
    with pytest.raises(EvidenceError, match="was not written by this program"):
        rendered(strait, thesis, single_file=True)
    assert "My thesis" in thesis.read_text()


def test_pages_are_well_formed_and_load_and_run_nothing_but_ours(site: Path) -> None:
    for name, one in read(site).items():
        assert not one.wrong, name
        assert not one.unclosed, name
        assert all(load.lstrip("./") in _OURS for load in one.loads), name
        assert one.tags.count("script") == sum(load.endswith(".js") for load in one.loads), name
        assert "img" not in one.tags, name
        assert not [attribute for _, attribute, _ in one.attributes if attribute.startswith("on")], name


def test_headings_are_in_order_and_the_page_has_its_landmarks(
    site: Path, strait: Ledger, tmp_path: Path
) -> None:
    rendered(strait, tmp_path / "one.html", single_file=True)
    for one in (*read(site).values(), Page((tmp_path / "one.html").read_text("utf-8"))):
        assert one.headings[0] == 1
        assert one.headings.count(1) == 1
        assert all(after <= before + 1 for before, after in zip(one.headings, one.headings[1:], strict=False))
        assert {"main", "header", "footer", "nav"} <= set(one.tags)
        assert one.links[0] == "#main"
        assert ("html", "lang", "en") in one.attributes


def test_an_entry_follows_the_order_of_the_method(page: str) -> None:
    order = re.findall(r'<section id="(\w+)"', page)
    assert order == ["codes", "narrative", "tests", "evidence", "against", "robustness", "history", "cite"]


def test_the_countrys_own_hostility_is_told_apart_from_the_disputes(page: str) -> None:
    assert (
        "United States: its own part</dt><dd>display of force (3); highest action: show of force (7)" in page
    )
    assert "The dispute’s highest hostility</dt><dd>use of force (4)" in page


def test_dates_are_shown_with_their_precision(page: str) -> None:
    assert "July 1950 (day unknown) – 2 August 1950" in page


def test_a_code_has_its_reasons_its_history_and_those_who_differ(page: str) -> None:
    assert "Reason 2." in page
    assert page.index("Reason 2.") < page.index("History of the codes") < page.index("Reason 1.")
    assert "RAND 2021" in page
    assert "contested" in page


def test_when_a_test_was_declared_is_computed(page: str) -> None:
    first, second = re.findall(r'<td data-label="Declared">([^<]+)</td>', page)
    assert (first, second) == ("a priori", "post hoc")


def test_kind_and_implied_kind_stand_side_by_side(page: str) -> None:
    assert 'straw in the wind</a> <span class="implied">(implied: smoking gun)</span>' in page


def test_weights_and_irreversible_claims(page: str) -> None:
    assert "LR 8 (+9.0 dB)" in page
    assert "LR 0 (−∞ dB)" in page
    assert "Irreversible claim: P(seen given its hypothesis) = 1." in page


def test_evidence_is_numbered_by_date_and_names_its_state_and_document(page: str) -> None:
    assert page.index("None asked") < page.index("Hoover’s memo named allies")
    assert "matches the text of the source to the letter" in page
    assert "not checked: no text of the source is held" in page
    assert "doc. 134, p. 315" in page
    assert "marked Top Secret" in page
    assert '<blockquote lang="zh" dir="auto">' in page
    assert "Look at Taiwan" in page


def test_what_speaks_against_has_its_place(page: str) -> None:
    against = page[page.index('<section id="against"') : page.index('<section id="robustness"')]
    assert "The President doubted it." in against
    assert "None asked" in against
    assert "Nothing was found." in against
    assert "Not attempted." in against
    assert "Box 3 is closed." in against


def test_hostile_words_are_only_words(site: Path) -> None:
    for one in read(site).values():
        assert one.tags.count("script") == sum(load.endswith(".js") for load in one.loads)
    assert "<script>alert(1)" in read(site)["cases/mid-50.html"].text


def test_a_screened_case_says_so_and_is_not_coded(site: Path) -> None:
    text = (site / "cases" / "mid-51.html").read_text("utf-8")
    assert "Screened, not process-traced." in text
    assert "not coded" in text
    assert "Put together by the program from COW MID 4.01" in text
    assert "coded as show of force (7)" in text
    assert '<section id="tests"' not in text


def test_the_count_check_names_what_it_can(site: Path) -> None:
    index = Page((site / "index.html").read_text("utf-8")).text
    assert "differs: 1 missing" in index
    assert "process-traced" in index


def test_sources_lead_back_to_the_cases(site: Path) -> None:
    sources = (site / "sources.html").read_text("utf-8")
    assert 'href="cases/mid-50.html">Case 50</a>' in sources
    assert 'href="cases/mid-50.html#E2">E2</a>' in sources
    assert "793.00/2–2855" in sources


def test_the_table_has_the_six_columns(site: Path) -> None:
    table = (site / "table.html").read_text("utf-8")
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', table) == [
        "Dates",
        "COW #",
        "Participants",
        "ALLY",
        "Description",
    ]
    assert "United States v. China" in table
    assert 'class="mark"' not in table


def test_some_cases_only(strait: Ledger, tmp_path: Path) -> None:
    report = rendered(strait, tmp_path / "some", cases=["mid-50", "mid-52"])
    pages = read(tmp_path / "some")
    assert {name for name in pages if name.startswith("cases/")} == {"cases/mid-50.html", "cases/mid-52.html"}
    assert "2 of 4 cases" in pages["index.html"].text
    assert broken_links(pages) == []
    assert report.pages == len(pages)


def test_a_mistyped_case_is_an_error_with_a_remedy(strait: Ledger, tmp_path: Path) -> None:
    with pytest.raises(UnknownKey, match="mid-51"):
        rendered(strait, tmp_path / "none", cases=["mdi-51"])
    assert not (tmp_path / "none").exists()


def test_an_unknown_citation_is_an_error_with_case_key_and_nearest_keys(
    sqlite_url: str, tmp_path: Path
) -> None:
    ledger = found(sqlite_url)
    add_cases(ledger, range(50, 51))
    deep_case(ledger, narrative="He said so [@mid-50.q11].")
    with pytest.raises(
        EvidenceError, match=r"narrative of mid-50 cites 'mid-50.q11'.*Did you mean mid-50.q1"
    ):
        rendered(ledger, tmp_path / "site")


def test_a_malformed_citation_is_an_error_with_the_case(sqlite_url: str, tmp_path: Path) -> None:
    ledger = found(sqlite_url)
    add_cases(ledger, range(50, 51))
    deep_case(ledger, narrative="Trust.[@a.1 p. 3] Also [@nope p. 2].")
    with pytest.raises(EvidenceError, match=r"The narrative of mid-50 holds '\[@a.1 p. 3\]', which is no"):
        rendered(ledger, tmp_path / "site")


def test_a_renamed_quote_is_still_found(strait: Ledger, tmp_path: Path) -> None:
    with strait.write("rename") as session:
        records.rename(session, "quote", records.find(session, "quote", "mid-50.q1"), "mid-50.symbol")
    assert rendered(strait, tmp_path / "site").pages


def test_colours_are_legible_in_light_and_dark() -> None:
    style = (ROOT / "templates" / "appendix" / "style.css").read_text("utf-8")
    schemes = [
        dict(re.findall(r"--(\w+): (#\w{6});", one))
        for one in re.findall(r":root[^{}]*\{(.*?)\}", style, re.DOTALL)
    ]
    light, *dark = filter(None, schemes)
    assert len(dark) == 2
    assert dark[0] == dark[1]  # by the system's choice and by the reader's
    for colour in (light, dark[0]):
        for words in ("ink", "soft", "accent"):
            for ground in ("paper", "panel"):
                assert _contrast(colour[words], colour[ground]) >= _AA, (words, ground)
        assert _contrast(colour["ink"], colour["mark"]) >= _AA
    for ground, words in re.findall(r'\[data-place="\d"\] \{ background: (#\w+);.*? color: (#\w+)', style):
        assert _contrast(words, ground) >= _AA, ground


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG 2.2 counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == len("#rrggbb") else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_an_empty_study_renders(sqlite_url: str, tmp_path: Path) -> None:
    report = rendered(found(sqlite_url), tmp_path / "site")
    assert report.pages == len(read(tmp_path / "site"))


def test_the_entry_is_as_a_person_has_read_it(page: str, golden: Golden) -> None:
    golden(
        "publish/mid-50.html", page[page.index("<article") : page.index("</article>") + len("</article>\n")]
    )
