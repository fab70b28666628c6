"""Reasoning on the pages: figures, reviews, other codings, and the study audited; on real ledgers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from lxml import etree

from evidence.ledger import records, schema
from evidence.publish.front import Appendix, read_appendix
from evidence.publish.lines import line
from evidence.publish.linking import linking
from evidence.publish.load import load
from evidence.publish.reasoning_views import Words
from evidence.publish.render import appendix
from evidence.publish.study_views import StudyView
from evidence.publish.views import CaseView, SourceRef
from tests.kit import Ledger
from tests.publish.reader import Page, broken_links, read
from tests.publish.strait import HOSTILE, add_cases, found, reasoned, sign


def site(ledger: Ledger, folder: Path, **options: object) -> Path:
    """Render the study through a new connection."""
    with ledger.read() as (connection, study):
        appendix(connection, study, folder, **options)  # type: ignore[arg-type]
    return folder


def gathered(ledger: Ledger) -> Appendix:
    """The study, read."""
    with ledger.read() as (connection, study):
        return read_appendix(load(connection, study))


def viewed(ledger: Ledger) -> StudyView:
    """The study's view."""
    found = gathered(ledger)
    return found.whole([line(case) for case in found.cases()])


def the_case(ledger: Ledger) -> CaseView:
    """The view of the process-traced case."""
    return next(case for case in gathered(ledger).cases() if case.key == "mid-50")


def figures(page: Path) -> list[etree._Element]:
    """The figures of a page, read as XML, which stops at anything that is not well-formed."""
    return [etree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page.read_text("utf-8"), re.DOTALL)]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a ledger with all that reasoning reads; nobody writes to it."""
    file = tmp_path_factory.mktemp("reasoned") / "study.db"
    schema.create(f"sqlite:///{file}")
    reasoned(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="module")
def shown(book: Path) -> Path:
    """Its appendix, as a folder."""
    return site(Ledger(f"sqlite:///{book}", "strait"), book.parent / "site")


@pytest.fixture
def ledger(book: Path, tmp_path: Path) -> Ledger:
    """A copy of that ledger, to be written to."""
    shutil.copyfile(book, tmp_path / "study.db")
    return Ledger(f"sqlite:///{tmp_path / 'study.db'}", "strait")


def test_every_mark_and_bar_is_drawn_where_its_view_says(ledger: Ledger, shown: Path) -> None:
    case = the_case(ledger)
    drawn = figures(shown / "cases" / "mid-50.html")
    square, *rest = [svg for svg in drawn if svg.get("role") == "img"]
    assert case.square is not None
    marks = [
        mark.get("transform")
        for mark in square.findall("path[@class]")
        if mark.get("class", "").startswith("mark")
    ]
    assert marks == [f"translate({point.x:g} {point.y:g})" for point in case.square.points]
    assert [point.number for point in case.square.points] == ["T1", "T2"]
    assert len(rest) == len(case.bars) == 3
    for svg, pair in zip(rest, case.bars, strict=True):
        bars = [one for one in svg.findall("rect") if (one.get("class") or "").startswith("bar")]
        assert len(bars) == len(pair.bars)
        for bar, view in zip(bars, pair.bars, strict=True):
            ends = {float(bar.get("x")), float(bar.get("x")) + float(bar.get("width"))}
            assert any(end == pytest.approx(58 + 0.36 * view.at, abs=0.01) for end in ends)
            assert any(end == pytest.approx(58, abs=0.01) for end in ends)
        assert pair.total.words in "".join(svg.itertext())


def test_what_figures_say_is_said_in_words_and_in_a_table(shown: Path) -> None:
    page = (shown / "cases" / "mid-50.html").read_text("utf-8")
    for svg in figures(shown / "cases" / "mid-50.html"):
        if svg.get("role") == "img":
            titles = svg.get("aria-labelledby").split()
            assert [svg.find(name).get("id") for name in ("title", "desc")] == titles
            assert all("".join(svg.find(name).itertext()).strip() for name in ("title", "desc"))
        else:
            assert svg.get("aria-hidden") == "true"
    assert page.count("<summary>The same in numbers</summary>") == 2
    assert '<td class="figure">0.8</td><td class="figure">0.1</td>' in page


def test_the_tests_table_has_all_that_the_method_asks_for(shown: Path) -> None:
    page = (shown / "cases" / "mid-50.html").read_text("utf-8")
    table = page[
        page.index('<table class="tests">') : page.index("</table>", page.index('<table class="tests">'))
    ]
    assert re.findall(r'<th scope="col">([^<]+)</th>', table) == [
        "Test", "Claim", "Rival", "Prediction, and what would be seen if it were false",
        "Declared kind (implied at T = 4.5)", "Declared", "Result", "Weight", "Evidence",
    ]  # fmt: skip
    assert 'hoop</a> <span class="implied">(implied: the same)</span>' in table
    assert "LR 8 (+9.0 dB)" in table
    assert (
        'As it passed</dt><dd><a class="number" href="#H1">H1</a> stays in the running; not confirmed' in page
    )


def test_other_codings_stand_beside_with_their_place(ledger: Ledger, shown: Path) -> None:
    page = (shown / "cases" / "mid-50.html").read_text("utf-8")
    others = page[
        page.index('<table class="others">') : page.index("</table>", page.index('<table class="others">'))
    ]
    assert "Ada Lovelace" in others
    assert "J. Lind, <i>Entangled</i> (A press, 2016), 12." in others
    (coding,) = the_case(ledger).codings
    assert coding.code is not None
    assert (coding.code.value, coding.contested) == ("0", True)
    assert {(one.coder, one.value, one.where) for one in coding.others} == {
        ("RAND 2021", "0", ""),
        ("Lind", "1", "p. 12"),
    }
    assert [(one.value, one.replaced.split(",")[0]) for one in coding.history] == [
        ("2", "ALLY 0"),
        ("1", "ALLY 2"),
    ]


def test_a_review_holds_until_something_beneath_it_changes(ledger: Ledger, tmp_path: Path) -> None:
    sign(ledger, "decision", "mid-50.ALLY.5", note="Checked on paper.")
    page = (site(ledger, tmp_path / "site") / "cases" / "mid-50.html").read_text("utf-8")
    reviews = page[page.index('<section id="reviews"') :]
    assert "Ada Lovelace on ALLY 0: <strong>confirmed</strong>. Checked on paper." in reviews
    assert '<span class="state-name">holds</span>' in reviews
    with ledger.write("a slip") as session:
        records.edit(
            session, "quote", records.find(session, "quote", "mid-50.q2"), {"translation": "Look here"}
        )
    again = (site(ledger, tmp_path / "site") / "cases" / "mid-50.html").read_text("utf-8")
    assert '<span class="state-name">suspect</span>' in again
    assert "Look here" in again[again.index('<section id="reviews"') :]
    sign(ledger, "decision", "mid-50.ALLY.5", "disputed")
    last = (site(ledger, tmp_path / "site") / "cases" / "mid-50.html").read_text("utf-8")
    assert '<span class="state-name">signed again later</span>' in last
    assert "<strong>disputed</strong>" in last


def test_a_code_is_suspect_when_something_beneath_it_changed(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    before = (site(ledger, folder) / "cases" / "mid-50.html").read_text("utf-8")
    assert "<strong>Suspect.</strong>" not in before
    with ledger.write("a slip") as session:
        test = records.find(session, "test", "mid-50.t1")
        records.edit(session, "test", test, {"note": f"Read again. {HOSTILE}"})
    after = (site(ledger, folder) / "cases" / "mid-50.html").read_text("utf-8")
    warning = after[
        after.index("<strong>Suspect.</strong>") : after.index(
            "</div>", after.index("<strong>Suspect.</strong>")
        )
    ]
    assert "Read again." in warning
    assert "<script" not in warning


def test_reviews_of_tests_and_quotes_and_of_a_screened_case_are_shown(ledger: Ledger, tmp_path: Path) -> None:
    for noun, key in (("test", "mid-50.t1"), ("quote", "mid-50.q1"), ("case", "mid-51")):
        sign(ledger, noun, key)
    deep = (site(ledger, tmp_path / "site") / "cases" / "mid-50.html").read_text("utf-8")
    assert 'on <a href="#T1">T1</a>' in deep
    assert 'on <a href="#E2">a quote in E2</a>' in deep
    screened = (tmp_path / "site" / "cases" / "mid-51.html").read_text("utf-8")
    assert "Ada Lovelace on the case: <strong>confirmed</strong>" in screened


def test_the_front_page_audits_the_study(ledger: Ledger, shown: Path) -> None:
    audit = viewed(ledger).audit
    assert audit is not None
    assert (audit.codes, audit.contested.part, audit.contested.percent) == (1, 1, "100%")
    assert [(one.code.case.key, one.code.value, one.rule_value, one.reason) for one in audit.overridden] == [
        ("mid-50", "0", "2", "We say so.")
    ]
    assert {one.kind: one.numbers for one in audit.tests}["hoop"] == (0, 1, 0, 0)
    index = (shown / "index.html").read_text("utf-8")
    assert "where the rule gives 2: We say so." in index
    assert "1 of 2 (50%) of the tests that were attempted" in index
    assert "<i>likely</i> 0.6–0.8" in index
    assert "above T = 4.5" in index
    assert "reproduces eleven published examples" in index


def test_the_front_page_compares_with_publications(ledger: Ledger, shown: Path) -> None:
    (rivals,) = viewed(ledger).rivals
    assert [(one.name, one.both, one.agree, one.differ) for one in rivals.sides] == [
        ("Lind", 1, 0, 1), ("RAND 2021", 1, 1, 0),
    ]  # fmt: skip
    index = (shown / "index.html").read_text("utf-8")
    row = index[index.index('<table class="compared">') :]
    row = row[row.index("Case 50") : row.index("</tr>", row.index("Case 50"))]
    assert re.findall(r'data-place="(\d)"', row) == ["0", "1", "0"]
    assert row.count("≠") == 1
    assert "p. 12" in row


def test_an_extract_says_that_the_audit_is_of_the_whole(ledger: Ledger, tmp_path: Path) -> None:
    pages = read(site(ledger, tmp_path / "some", cases=["mid-51"]))
    assert broken_links(pages) == []
    assert "Of the whole study" in pages["index.html"].text
    assert "Case 50 ALLY 0" in pages["index.html"].text


def test_a_study_of_data_alone_has_no_audit_and_nothing_new_on_its_pages(
    sqlite_url: str, tmp_path: Path
) -> None:
    ledger = found(sqlite_url)
    add_cases(ledger, range(50, 52))
    assert viewed(ledger).audit is None
    assert viewed(ledger).rivals == ()
    page = (site(ledger, tmp_path / "site") / "cases" / "mid-50.html").read_text("utf-8")
    assert "<svg" not in page
    assert "Reviews" not in page
    assert "Robustness" not in page


def test_hostile_words_in_all_that_reasoning_shows_are_only_words(sqlite_url: str, tmp_path: Path) -> None:
    ledger = reasoned(sqlite_url, HOSTILE)
    sign(ledger, "case", "mid-50", note=HOSTILE)
    for single in (False, True):
        pages = read(site(ledger, tmp_path / f"site{single}", single_file=single))
        for name, page in pages.items():
            assert "img" not in page.tags, name
            ours = 1 if single else sum(load.endswith(".js") for load in page.loads)
            assert page.tags.count("script") == ours, name
            assert not page.wrong, name
            assert not [attribute for _, attribute, _ in page.attributes if attribute.startswith("on")], name
        assert broken_links(pages) == []
    assert "<script>alert(1)" in Page((tmp_path / "siteFalse" / "index.html").read_text("utf-8")).text


def test_two_ledgers_of_one_study_give_the_same_pages(shown: Path, sqlite_url: str, tmp_path: Path) -> None:
    other = site(reasoned(sqlite_url), tmp_path / "other")
    first, second = (
        {file.name: file.read_bytes() for file in sorted((folder / "cases").iterdir())}
        for folder in (shown, other)
    )
    assert first == second


def test_the_single_file_tells_its_figures_apart(ledger: Ledger, tmp_path: Path) -> None:
    page = Page((site(ledger, tmp_path / "one", single_file=True) / "appendix.html").read_text("utf-8"))
    assert sorted(set(page.ids)) == sorted(page.ids)
    assert {"mid-50:square-t", "mid-50:weights-H1-H2"} <= set(page.ids)


def test_a_code_has_the_paragraph_on_what_would_change_it(ledger: Ledger, shown: Path) -> None:
    held = the_case(ledger).robustness
    assert held is not None
    (code,) = held.codes
    assert (code.variable, code.value) == ("ALLY", "0")
    text = "".join(words.words for words in code.changes)
    assert text.startswith("ALLY 0 is not held by tests")
    assert [remark.label for remark in held.remarks] == ["Irreversible"]
    assert [(one.hypothesis, one.rival, one.weight) for one in code.pairs] == [
        ("H2", "H1", "+∞ dB"), ("H1", "H3", "+3.0 dB"),
    ]  # fmt: skip
    page = (shown / "cases" / "mid-50.html").read_text("utf-8")
    assert "<strong>What would change this code.</strong> ALLY 0 is not held by tests" in page
    assert (
        '<a class="number" href="#T2">T2</a> claims P(seen given <a class="number" href="#H1">H1</a>) = 1'
        in page
    )


def test_keys_in_sentences_become_numbers_and_documents() -> None:
    link = linking({"mid-5.t1": "T1", "mid-5.t11": "T11"}, {"memo": SourceRef("memo", "memo", "Memo")})
    found = link("Without mid-5.t1, mid-5.t11 or memo; 'mid-5.t1' stays. Not mid-5.t12, memo-2 or xmid-5.t1.")
    assert [one.words for one in found if one.number or one.source] == ["T1", "T11", "memo", "T1"]
    assert "".join(one.words for one in found) == (
        "Without T1, T11 or memo; T1 stays. Not mid-5.t12, memo-2 or xmid-5.t1."
    )
    assert linking({}, {})("As it is.") == (Words("As it is."),)


def test_a_priori_is_before_and_never_at_the_moment_in_which_evidence_was_seen(
    ledger: Ledger, tmp_path: Path
) -> None:
    moment = "2026-03-01T10:00:00Z"
    test = {
        "case": "mid-50",
        "hypothesis": "mid-50.h1",
        "rival": "mid-50.h2",
        "kind": "hoop",
        "prediction": "A.",
    }
    with ledger.write("tests") as session:
        for key, declared, brought in (
            ("t3", moment, True),
            ("t4", "2026-03-01T09:59:59Z", True),
            ("t5", moment, False),
        ):
            bearings = [{"search": "mid-50.s1", "direction": "for"}] if brought else []
            said = {
                **test,
                "key": f"mid-50.{key}",
                "if_false": "B.",
                "declared_at": declared,
                "bearings": bearings,
            }
            records.add(session, "test", said, computed=True)
    page = (site(ledger, tmp_path / "site") / "cases" / "mid-50.html").read_text("utf-8")
    assert re.findall(r'<td data-label="Declared">([^<]+)</td>', page)[2:] == [
        "post hoc", "a priori", "no evidence brought yet",
    ]  # fmt: skip


def test_figures_and_robustness_say_the_same(ledger: Ledger) -> None:
    case = the_case(ledger)
    assert case.robustness is not None
    drawn = {frozenset((one.hypothesis, one.rival)): one.total for one in case.bars}
    for pair in case.robustness.codes[0].pairs:
        total = drawn[frozenset((pair.hypothesis, pair.rival))]
        assert total.words.lstrip("+−") == pair.weight.lstrip("+−")
        assert bool(total.range) == bool(pair.range)
