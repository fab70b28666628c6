"""All cases at a glance: what they may be narrowed to, when they began, how they are coded; and the page of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.ledger import records
from evidence.publish.chart_views import MatrixView, TimelineView
from evidence.publish.front import read_appendix
from evidence.publish.lines import line
from evidence.publish.load import load
from evidence.publish.study_views import StudyView
from tests.kit import Ledger
from tests.publish.strait import add_cases, deep_case, found
from tests.publish.test_pages import rendered


@pytest.fixture
def strait(sqlite_url: str) -> Ledger:
    """A study of twelve cases from 1945 on, the sixth of them coded."""
    ledger = found(sqlite_url)
    add_cases(ledger, range(45, 57))
    deep_case(ledger)
    return ledger


def whole(ledger: Ledger) -> StudyView:
    """Return the view of the study, as it is read anew."""
    with ledger.read() as (connection, study):
        read = read_appendix(load(connection, study))
        return read.whole([line(case) for case in read.cases()])


def front(ledger: Ledger, tmp_path: Path) -> str:
    """Return the front page."""
    rendered(ledger, tmp_path / "site")
    return (tmp_path / "site" / "index.html").read_text("utf-8")


def counts(choices: object) -> dict[str, int]:
    """Return how many cases each choice leads to."""
    return {one.label: one.count for one in choices}  # type: ignore[attr-defined]


def test_cases_may_be_narrowed_to_what_they_have(strait: Ledger) -> None:
    it: MatrixView = whole(strait).matrix
    assert counts(it.decades) == {"1940s": 5, "1950s": 7}
    assert counts(it.opponents) == {"China": 12}
    assert counts(it.episodes) == {"The crisis": 1}
    assert counts(it.stages) == {"process-traced": 1, "screened": 11}
    assert it.contested


def test_a_case_of_no_known_year_is_undated_everywhere(strait: Ledger) -> None:
    with strait.write("when") as session:
        records.edit(session, "case", records.find(session, "case", "mid-46"), {"start": "19XX", "end": ""})
    study = whole(strait)
    assert counts(study.matrix.decades)["undated"] == 1
    assert [case.key for case in study.timeline.undated] == ["mid-46"]
    assert sum(decade.count for decade in study.timeline.decades) == 11
    assert study.distributions[0].decades[-1].name == "undated"
    assert sum(decade.count for decade in study.distributions[0].decades) == 12


def test_the_timeline_has_every_case_once_in_its_year_with_its_code(strait: Ledger) -> None:
    it: TimelineView = whole(strait).timeline
    assert [decade.name for decade in it.decades] == ["1940s", "1950s"]
    assert all(len(decade.years) == 10 for decade in it.decades)
    years = {year.year: year for decade in it.decades for year in decade.years}
    assert [mark.case.key for mark in years[1950].marks] == ["mid-50"]
    assert (years[1950].marks[0].value, years[1950].marks[0].place) == ("2", 2)
    assert (years[1951].marks[0].value, years[1951].marks[0].label) == ("", "not coded")
    assert years[1944].marks == () if 1944 in years else True
    assert sum(year.count for year in years.values()) == 12
    assert [part.count for part in it.parts] == [0, 0, 1, 11]
    assert "12 cases began from 1945 to 1956" in it.summary


def test_many_cases_in_a_year_are_counted_and_not_drawn_singly(sqlite_url: str, tmp_path: Path) -> None:
    ledger = found(sqlite_url)
    add_cases(ledger, range(50, 51))
    with ledger.write("many") as session:
        for n in range(30):
            records.add(session, "case", {"key": f"c{n}", "title": f"C {n}", "start": "1950"})
    it = whole(ledger).timeline
    assert (it.singly, it.tallest) == (False, 31)
    assert all(not year.marks for decade in it.decades for year in decade.years)
    page = front(ledger, tmp_path)
    assert "A column is a year" in page
    assert (
        '<a href="?decade=1950s#cases" data-narrow tabindex="-1"><title>1950: 31 cases; 31 not coded' in page
    )


def test_decades_without_a_case_are_there_unless_they_are_very_many(sqlite_url: str) -> None:
    ledger = found(sqlite_url)
    with ledger.write("two") as session:
        records.add(session, "case", {"key": "a", "title": "A", "start": "1901"})
        records.add(session, "case", {"key": "b", "title": "B", "start": "1925"})
    assert [one.name for one in whole(ledger).timeline.decades] == ["1900s", "1910s", "1920s"]
    with ledger.write("long ago") as session:
        records.add(session, "case", {"key": "c", "title": "C", "start": "0431"})
    assert [one.name for one in whole(ledger).timeline.decades] == ["430s", "1900s", "1920s"]


def test_distributions_add_up(strait: Ledger) -> None:
    (it,) = whole(strait).distributions
    assert [(part.value, part.count, part.share) for part in it.parts] == [
        ("0", 0, "0%"),
        ("1", 0, "0%"),
        ("2", 1, "8%"),
        ("", 11, "92%"),
    ]
    assert (it.coded, it.total, it.most) == (1, 12, 1)
    for n, part in enumerate(it.parts):
        assert sum(decade.counts[n] for decade in it.decades) == part.count
    assert it.summary == "1 of 12 cases is coded on ALLY: 2 (featured) in 1."


def test_some_are_never_said_to_be_none_nor_nearly_all_to_be_all(sqlite_url: str) -> None:
    ledger = found(sqlite_url)
    add_cases(ledger, range(50, 51))
    deep_case(ledger)
    with ledger.write("many") as session:
        for n in range(300):
            records.add(session, "case", {"key": f"c{n}", "title": f"C {n}"})
    (it,) = whole(ledger).distributions
    assert [part.share for part in it.parts] == ["0%", "0%", "under 1%", "over 99%"]


def test_the_front_page_is_read_in_order(strait: Ledger, tmp_path: Path) -> None:
    order = re.findall(r'<section id="([\w-]+)"', front(strait, tmp_path))
    wanted = ["method", "universe", "scheme", "rivals", "cases", "timeline", "codes", "audit", "made"]
    assert [one for one in order if one in wanted] == wanted


def test_rows_carry_what_they_are_narrowed_by(strait: Ledger, tmp_path: Path) -> None:
    page = front(strait, tmp_path)
    row = re.search(r'<tr class="deep"[^>]*>.*?</tr>', page, re.DOTALL)
    assert row is not None
    for said in (
        'data-stage="process-traced"',
        'data-decade="1950s"',
        'data-opponents="China"',
        'data-episodes="crisis"',
    ):
        assert said in row[0]
    assert 'data-variable="ALLY" data-code="2" data-rank="2" data-contested' in row[0]
    assert page.count('<option value="2">2 featured (1)</option>') == 1
    assert "12 of 12 cases" in page


def test_every_mark_leads_to_its_case_and_says_what_it_is(strait: Ledger, tmp_path: Path) -> None:
    page = front(strait, tmp_path)
    drawn = page[page.index('class="decades"') : page.index("The timeline in numbers")]
    assert len(re.findall(r'<a href="cases/mid-\d+\.html" tabindex="-1"><title>', drawn)) == 12
    assert "<title>1950: Case 50 (ALLY 2, featured)</title>" in drawn
    assert "style=" not in drawn


def test_an_empty_study_has_no_figures(sqlite_url: str, tmp_path: Path) -> None:
    page = front(found(sqlite_url), tmp_path)
    assert 'id="timeline"' not in page
    assert "0 of 0 cases" in page
