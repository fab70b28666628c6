"""Pages to read: notes beside the narrative, links that hold for good, citations, hypotheses and kinds of test, challenges."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from evidence.ledger import records
from evidence.publish.front import read_appendix
from evidence.publish.kinds import hypothesis_entries, kind_views
from evidence.publish.lines import line
from evidence.publish.load import load
from evidence.publish.render import appendix
from evidence.publish.views import CaseView
from tests.kit import Ledger
from tests.publish.reader import Page, broken_links, read
from tests.publish.strait import HOSTILE, found, reasoned, two_cases

_TEXT = " ".join(["before"] * 60) + " the islands were becoming a symbol " + " ".join(["after"] * 60)
_WORDS = "the islands were becoming a symbol"
#: Made up for these tests, and set in the scripts that they try.
_SCRIPTS = {"ar": "كلام مصنوع للتجربة", "zh-Hans": "编造的话", "ja": "試しの言葉", "ru": "Слова для пробы"}


def site(ledger: Ledger, output: Path) -> Path:
    """Render through a new connection."""
    with ledger.read() as (connection, study):
        appendix(connection, study, output)
    return output


def views(ledger: Ledger) -> list[CaseView]:
    """Return the views of all cases, through a new connection."""
    with ledger.read() as (connection, study):
        return list(read_appendix(load(connection, study)).cases())


def section(page: str, begins: str, ends: str) -> str:
    """Return a part of a page."""
    rest = page[page.index(begins) :]
    return rest[: rest.index(ends)]


@pytest.fixture
def annotated(sqlite_url: str) -> Ledger:
    """A case with a quote that is held in its text, cited twice, and with words in several scripts."""
    ledger = two_cases(sqlite_url)
    with ledger.write("hold") as session:
        memo = records.find(session, "source", "memo")
        records.edit(session, "source", memo, {"rights": "public domain", "redacted": True})
        text = {"source": "memo", "sha256": hashlib.sha256(_TEXT.encode()).hexdigest(), "content": _TEXT}
        records.add(session, "text", {**text, "edition": "2016"}, computed=True)
        said = {"key": "memo.1", "source": "memo", "words": _WORDS, "note": "Mr. Hoover’s own words."}
        records.add(session, "quote", {**said, "redactions": ["2 lines"], "locator": {"page": "315"}})
        seen = {"case": "mid-50", "proposition": "A symbol.", "inference": "Allies were watched."}
        records.add(session, "observation", {**seen, "key": "mid-50.o9", "quotes": ["memo.1"]})
        records.add(session, "source", {"key": "papers", "title": "Papers", "tier": "primary"})
        for language, words in _SCRIPTS.items():
            other = {"key": f"q-{language}", "source": "papers", "words": words, "language": language}
            other |= {"translation": f"{language} in English", "translator": "A. Reader"}
            records.add(session, "quote", {**other, "transliteration": f"{language} in Latin"})
        cited = "".join(f" [@q-{language}]" for language in _SCRIPTS)
        told = f"A symbol [@memo.1].\n\n- One{cited}\n\nAgain [@memo.1; @cow, 12].\n\nNothing cited."
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"narrative": told})
    return ledger


def test_notes_stand_after_the_paragraph_that_has_their_marks(annotated: Ledger, tmp_path: Path) -> None:
    case = views(annotated)[0]
    blocks = case.narrative.blocks
    assert [[note.number for note in block.notes] for block in blocks] == [[1], [2, 3, 4, 5], [6, 7], []]
    assert "".join(block.html for block in blocks) == case.narrative.html
    page = (site(annotated, tmp_path) / "cases" / "mid-50.html").read_text("utf-8")
    places = [
        page.index(mark)
        for mark in ("A symbol.<sup", 'id="note-1"', "<ul>\n<li>One", 'id="note-2"', "Again.<sup")
    ]
    assert places == sorted(places)
    marks = set(re.findall(r'href="#(note-\d)" class="mark"', page))
    assert marks == {f"note-{n}" for n in range(1, 8)} <= set(Page(page).ids)


def test_a_note_has_the_quote_in_its_context_and_what_is_taken_from_it(
    annotated: Ledger, tmp_path: Path
) -> None:
    page = (site(annotated, tmp_path) / "cases" / "mid-50.html").read_text("utf-8")
    note = section(page, 'id="note-1"', "</li>")
    assert f'<blockquote class="words-of" dir="auto"><p>{_WORDS}</p></blockquote>' in note
    assert f"<mark>{_WORDS}</mark>" in note
    assert note.count("before") == note.count("after") == 50
    assert "Allies were watched." in note
    assert "Mr. Hoover’s own words." in note
    assert "matches the text of the source to the letter" in note
    assert "words were withheld from the document" in note
    assert "Withheld within these words: <bdi>2 lines</bdi>." in note
    assert '<p class="cite in-full">' in note
    assert 'href="../sources/memo.html#quote-memo.1"' in note


def test_a_quote_that_is_cited_again_points_to_the_first_note(annotated: Ledger, tmp_path: Path) -> None:
    again = views(annotated)[0].narrative.notes[5]
    assert (again.again, again.passage, again.inferred) == (1, None, ())
    page = (site(annotated, tmp_path) / "cases" / "mid-50.html").read_text("utf-8")
    note = section(page, 'id="note-6"', "</li>")
    assert 'The same words as in <a href="#note-1">note 1</a>' in note
    assert "blockquote" not in note
    assert "challenge" not in note
    assert '<a class="to-source" href="../sources/cow.html">' in section(page, 'id="note-7"', "</li>")


def test_what_rights_keep_back_is_not_in_a_note_either(annotated: Ledger, tmp_path: Path) -> None:
    with annotated.write("rights") as session:
        memo = records.find(session, "source", "memo")
        records.edit(session, "source", memo, {"rights": "© 1986", "access": "restricted"})
    page = (site(annotated, tmp_path) / "cases" / "mid-50.html").read_text("utf-8")
    note = section(page, 'id="note-1"', "</li>")
    assert "before" not in note
    assert "Context not shown: rights." in note


@pytest.mark.parametrize("where", ["cases/mid-50.html", "sources/papers.html"])
def test_words_stand_in_their_own_script_and_direction(annotated: Ledger, tmp_path: Path, where: str) -> None:
    page = (site(annotated, tmp_path) / where).read_text("utf-8")
    for language, words in _SCRIPTS.items():
        around = re.search(rf'<blockquote[^>]* lang="{language}" dir="auto"><p>(<mark>)?{words}', page)
        assert around, language
        assert f"{language} in English" in page
        assert f"</span> {language} in Latin" in page
    assert "Translated by <bdi>A. Reader</bdi>." in page


# --- Links that hold for good


def test_everything_has_an_id_from_its_key_and_from_those_that_it_had(
    sqlite_url: str, tmp_path: Path
) -> None:
    ledger = reasoned(sqlite_url)
    with ledger.write("rename") as session:
        for noun, old, new in (
            ("case", "mid-50", "strait-1955"),
            ("source", "memo", "hoover"),
            ("quote", "mid-50.q1", "symbol"),
            ("test", "mid-50.t1", "named"),
            ("observation", "mid-50.o1", "asked"),
            ("search", "mid-50.s1", "looked"),
            ("hypothesis", "mid-50.h1", "allies"),
            ("decision", "mid-50.ALLY.5", "code"),
        ):
            records.rename(session, noun, records.find(session, noun, old), new)
    pages = read(site(ledger, tmp_path / "site"))
    case, source = pages["cases/strait-1955.html"].ids, pages["sources/hoover.html"].ids
    for noun, old, new in (
        ("case", "mid-50", "strait-1955"),
        ("test", "mid-50.t1", "named"),
        ("observation", "mid-50.o1", "asked"),
        ("search", "mid-50.s1", "looked"),
        ("hypothesis", "mid-50.h1", "allies"),
        ("code", "mid-50.ALLY.5", "code"),
    ):
        assert {f"{noun}-{old}", f"{noun}-{new}"} <= set(case), noun
    assert {f"code-mid-50.ALLY.{n}" for n in range(1, 5)} <= set(
        case
    )  # of others, and of those that were before
    assert {"source-memo", "source-hoover", "quote-mid-50.q1", "quote-symbol"} <= set(source)
    assert "hypothesis-mid-50.h1" in pages["hypotheses/allies.html"].ids
    assert '"allies.html"' in (tmp_path / "site" / "hypotheses" / "mid-50.h1.html").read_text("utf-8")
    assert broken_links(pages) == []
    with ledger.read() as (connection, study):
        appendix(connection, study, tmp_path / "one.html", single_file=True)
    one = Page((tmp_path / "one.html").read_text("utf-8"))
    assert sorted(set(one.ids)) == sorted(one.ids)
    assert {"strait-1955:test-named", "strait-1955:test-mid-50.t1", "case-mid-50", "quote-mid-50.q1"} <= set(
        one.ids
    )
    assert broken_links({"one.html": one}) == []


def test_permanent_links_lead_to_what_they_stand_beside(annotated: Ledger, tmp_path: Path) -> None:
    pages = site(annotated, tmp_path)
    page = (pages / "cases" / "mid-50.html").read_text("utf-8")
    links = dict(re.findall(r'class="permalink" href="([^"]+)" aria-label="Permanent link to ([^"]+)"', page))
    assert links["mid-50.html"] == "this entry"
    assert links["#test-mid-50.t1"] == "this test"
    assert links["#code-mid-50.ALLY.2"] == "this code"
    assert links["../sources/memo.html#quote-memo.1"] == "this quote"
    assert {link[1:] for link in links if link.startswith("#")} <= set(Page(page).ids)


# --- Citing, and challenging


def test_an_entry_is_cited_in_words_and_for_programs(sqlite_url: str, tmp_path: Path) -> None:
    ledger = found(sqlite_url, title="A {study} & 100% more_", authors=["Ada", "Grace", "Mary"])
    with ledger.write("case") as session:
        records.add(session, "case", {"key": "mid-50", "title": "Strait “crisis” $5 \\ #1"})
    page = Page((site(ledger, tmp_path) / "cases" / "mid-50.html").read_text("utf-8"))
    cite = views(ledger)[0].cite
    assert (
        "Ada, Grace, and Mary, “Strait “crisis” $5 \\ #1,” in A {study} & 100% more_, appendix, entry mid-50"
        in page.text
    )
    bibtex = Page(f"<p>{cite.bibtex}</p>").text
    assert "author = {Ada and Grace and Mary}" in bibtex
    assert r"title = {Strait “crisis” \$5 \textbackslash{} \#1}" in bibtex
    assert r"booktitle = {A \{study\} \& 100\% more\_}" in bibtex
    (said,) = json.loads(Page(f"<p>{cite.csl}</p>").text)
    assert said["container-title"] == "A {study} & 100% more_"
    assert said["URL"] == "cases/mid-50.html"
    assert [one["literal"] for one in said["author"]] == ["Ada", "Grace", "Mary"]


def test_no_case_page_names_the_revision_and_one_script_does(sqlite_url: str, tmp_path: Path) -> None:
    ledger = two_cases(sqlite_url)
    first = site(ledger, tmp_path / "first")
    with ledger.write("elsewhere") as session:
        records.edit(session, "case", records.find(session, "case", "mid-51"), {"title": "Retitled"})
    second = site(ledger, tmp_path / "second")
    for name in ("cases/mid-50.html", "sources/memo.html", "hypotheses/mid-50.h1.html", "kinds/hoop.html"):
        if name != "cases/mid-50.html":  # which leads to its neighbour by title
            assert (first / name).read_bytes() == (second / name).read_bytes(), name
    about = (second / "about.js").read_text("utf-8")
    said = json.loads(about[about.index("{") : about.rindex("}") + 1])
    assert said["study"] == "strait"
    assert said["authors"] == ["Ada"]
    assert int(said["revision"]) == int(ledger.value("select max(number) from revision"))
    assert len(said["digest"]) == 64


def test_every_quote_and_code_says_what_a_challenge_of_it_is_of(annotated: Ledger, tmp_path: Path) -> None:
    pages = site(annotated, tmp_path)
    for name in ("cases/mid-50.html", "sources/memo.html"):
        page = (pages / name).read_text("utf-8")
        marked = re.findall(
            r'data-challenge="urn:evidence:strait:(\w+):([^"]+)" data-address="([^"]+)"', page
        )
        assert marked
        assert len(marked) == page.count('class="challenge needs-scripts"')
        for noun, key, address in marked:
            to, _, place = address.partition("#")
            assert place == {"quote": f"quote-{key}", "decision": f"code-{key}"}[noun]
            assert place in Page((pages / to).read_text("utf-8")).ids
    assert ("decision", "mid-50.ALLY.2") in [one[:2] for one in re.findall(
        r'data-challenge="urn:evidence:strait:(\w+):([^"]+)"', (pages / "cases" / "mid-50.html").read_text("utf-8"))]  # fmt: skip


# --- Hypotheses, and kinds of test


def test_a_kind_of_test_has_its_tests_by_result(sqlite_url: str) -> None:
    lines = [line(case) for case in views(reasoned(sqlite_url))]
    kinds = {one.kind: one for one in kind_views(lines)}
    assert list(kinds) == ["straw in the wind", "hoop", "smoking gun", "doubly decisive"]
    hoop, straw, gun = kinds["hoop"], kinds["straw in the wind"], kinds["smoking gun"]
    assert [(group.result, [one.test.key for one in group.tests]) for group in hoop.results] == [
        ("failed", ["mid-50.t2"])
    ]
    assert (hoop.declared, hoop.a_priori, hoop.post_hoc, hoop.same, hoop.other) == (1, 0, 1, 1, 0)
    assert (straw.declared, straw.a_priori, straw.same, straw.other) == (1, 1, 0, 1)
    assert [one.test.key for one in gun.implied] == [
        "mid-50.t1"
    ]  # declared a straw, by its numbers a smoking gun
    assert (gun.declared, gun.results) == (0, ())
    assert [said.result for said in hoop.consequences] == ["passed", "failed"]
    assert kind_views(lines[1:]) == ()


def test_a_hypothesis_has_its_tests_and_those_in_which_it_is_the_rival(
    sqlite_url: str, tmp_path: Path
) -> None:
    ledger = reasoned(sqlite_url)
    cases = views(ledger)
    entries = {one.one.key: one for one in hypothesis_entries(list(map(line, cases)), cases[0].hypotheses)}
    first, second = entries["mid-50.h1"], entries["mid-50.h2"]
    assert [one.test.key for group in first.own for one in group.tests] == ["mid-50.t1", "mid-50.t2"]
    assert first.mirror == ()
    assert second.own == ()
    assert [one.test.key for group in second.mirror for one in group.tests] == ["mid-50.t1", "mid-50.t2"]
    assert [(one.claim.key, one.relation) for one in first.rivals] == [("mid-50.h2", "exclusive")]
    assert [case.key for case in first.cases] == ["mid-50"]
    pages = site(ledger, tmp_path)
    page = (pages / "hypotheses" / "mid-50.h2.html").read_text("utf-8")
    assert "It has not been put to a test of its own." in page
    assert 'href="../cases/mid-50.html#test-mid-50.t1"' in page
    assert 'href="../kinds/hoop.html"' in page
    case = (pages / "cases" / "mid-50.html").read_text("utf-8")
    assert 'href="../hypotheses/mid-50.h2.html">All its tests' in case


def test_a_hypothesis_of_the_whole_study_gathers_its_cases(sqlite_url: str, tmp_path: Path) -> None:
    ledger = two_cases(sqlite_url)
    hoop = {"prediction": "A paper.", "if_false": "None.", "kind": "hoop"}
    with ledger.write("shared") as session:
        records.add(session, "hypothesis", {"key": "shared", "statement": "Everywhere."})
        for case in ("mid-50", "mid-51"):
            own = {"key": f"{case}.own", "case": case, "statement": f"Only in {case}."}
            records.add(
                session, "hypothesis", {**own, "rivals": [{"rival": "shared", "relation": "congruent"}]}
            )
            test = {"key": f"{case}.t9", "case": case, "hypothesis": "shared", "rival": f"{case}.own"}
            records.add(session, "test", {**test, **hoop})
    page = Page((site(ledger, tmp_path) / "hypotheses" / "shared.html").read_text("utf-8"))
    assert {"../cases/mid-50.html#test-mid-50.t9", "../cases/mid-51.html#test-mid-51.t9"} <= set(page.links)
    assert {"../cases/mid-50.html", "../cases/mid-51.html", "mid-50.own.html", "mid-51.own.html"} <= {
        link.removeprefix("../hypotheses/") for link in page.links
    }
    listed = Page((tmp_path / "hypotheses.html").read_text("utf-8"))
    assert {"hypotheses/shared.html", "hypotheses/mid-51.own.html", "kinds/hoop.html"} <= set(listed.links)


def test_hostile_words_are_words_on_these_pages_too(sqlite_url: str, tmp_path: Path) -> None:
    pages = site(reasoned(sqlite_url, HOSTILE), tmp_path)
    for name in ("hypotheses/mid-50.h3.html", "hypotheses.html", "kinds/hoop.html", "cases/mid-50.html"):
        page = Page((pages / name).read_text("utf-8"))
        assert "img" not in page.tags, name
        assert not [one for _, one, _ in page.attributes if one.startswith("on")], name
    assert (
        "Something else.<script>alert(1)</script>"
        in Page((pages / "hypotheses" / "mid-50.h3.html").read_text("utf-8")).text
    )
