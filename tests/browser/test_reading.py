"""Read a site as its readers do: notes, permanent links, citations, challenges, paper; and hold it to WCAG 2.2 AA."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Reading, violations
from tests.kit import Run

#: One page of every kind.
PAGES = [
    "index.html",
    "table.html",
    "sources.html",
    "bibliography.html",
    "commitments.html",
    "hypotheses.html",
    "search.html?q=symbol",
    "cases/mid-2033.html",
    "cases/mid-26.html",
    "sources/frus1955-57v02-d307.html",
    "kinds/hoop.html",
]


@pytest.mark.parametrize("where", PAGES)
def test_axe_finds_nothing_and_words_stand_out_in_the_dark_too(
    few: Path, reading: Reading, where: str
) -> None:
    reader = reading(few)
    page = reader.open(where)
    assert reader.asked == []
    assert reader.errors == []
    assert violations(page) == []
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert violations(page, only="color-contrast") == []


def test_the_overview_of_the_evidence_is_read_with_ease(site: Path, reading: Reading) -> None:
    page = reading(site).open("overview.html")
    expect(page.locator("main h2").first).to_be_visible()
    assert violations(page) == []


def test_a_hypothesis_has_a_page(few: Path, reading: Reading) -> None:
    page = reading(few).open("hypotheses.html")
    link = page.locator("main a[href^='hypotheses/']").first
    link.click()
    expect(page.locator("h1")).to_be_visible()
    assert violations(page) == []


def test_a_note_is_followed_and_left_again(site: Path, reading: Reading) -> None:
    page = reading(site).open("cases/mid-2033.html")
    mark = page.locator("#ref-3")
    mark.click()
    note = page.locator("#note-3")
    expect(note).to_be_focused()
    expect(note).to_contain_text("ChiCom air attacks upon commercial planes")
    expect(note).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(mark).to_be_focused()
    note.locator("summary").click()
    expect(note).to_contain_text("exact")
    note.get_by_role("link", name="On its source’s page").click()
    expect(page.locator("[id='quote-frus1955-57v02-d307.1']")).to_be_in_viewport()


def test_a_note_unfolds_in_place_on_a_phone(site: Path, reading: Reading) -> None:
    page = reading(site, 360).open("cases/mid-2033.html")
    note = page.locator("#note-3")
    expect(note).to_be_hidden()
    page.locator("#ref-3").click()
    expect(note).to_be_visible()
    expect(note).to_be_in_viewport()


def test_a_permanent_link_is_copied_and_leads_back(site: Path, reading: Reading) -> None:
    reader = reading(site, permissions=["clipboard-read", "clipboard-write"])
    page = reader.open("cases/mid-50.html")
    link = page.locator("#tests a.permalink[href^='#test-']").first
    link.click()
    expect(page.locator(".said[role=status]")).to_contain_text("#test-mid-50")
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert copied.startswith(page.url.split("#")[0] + "#test-mid-50")
    other = reading(site).page
    other.goto(copied)
    expect(other.locator(f"[id='{copied.split('#')[1]}']")).to_be_in_viewport()


def test_an_entry_can_be_cited(site: Path, reading: Reading) -> None:
    page = reading(site).open("cases/mid-50.html")
    cite = page.locator("#cite")
    expect(cite).to_contain_text("Taiwan Strait crisis")
    expect(cite).to_contain_text(page.url.split("#")[0])
    assert violations(page, within="#cite") == []


def test_a_challenge_is_saved_and_comes_back_to_the_study_as_a_task(
    site: Path, reading: Reading, run: Run, tmp_path: Path
) -> None:
    reader = reading(site, accept_downloads=True)
    page = reader.open("sources/frus1955-57v02-d134.html")
    page.get_by_role("button", name="Challenge this quote").first.click()
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Save the challenge").click()
    expect(dialog).to_contain_text("Say why")
    dialog.get_by_label("Your reason").fill("The next sentence takes it back <script>alert(1)</script>")
    dialog.get_by_label("Your name, if you wish").fill("A. Reader")
    assert violations(page) == []
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the challenge").click()
    file = tmp_path / saving.value.suggested_filename
    saving.value.save_as(file)
    said = json.loads(file.read_text("utf-8"))
    assert said["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert said["target"]["id"].startswith("urn:evidence:beckley2015:quote:frus1955-57v02-d134")
    ledger = tmp_path / "copy.db"
    ledger.write_bytes((site.parent / "demo.db").read_bytes())
    for line, told in (
        (["import", "challenge", str(file)], "1 new challenge"),
        (["challenge", "list"], "A. Reader"),
        (["import", "challenge", str(file)], "0 new challenges, 1 known already"),
    ):
        result = run("--ledger", str(ledger), *line)
        assert result.code == 0, result.stderr
        assert told in result.stdout + result.stderr
    assert reader.errors == []


def test_a_case_is_printed_with_its_notes(few: Path, reading: Reading, tmp_path: Path) -> None:
    page = reading(few).open("cases/mid-2033.html")
    page.pdf(path=tmp_path / "case.pdf", format="A4")
    paper = pypdfium2.PdfDocument(tmp_path / "case.pdf")
    text = "".join(sheet.get_textpage().get_text_range() for sheet in paper)
    paper.close()
    words = " ".join(text.split())
    for expected in ("Hainan air clash", "ChiCom air attacks upon", "doc. 307", "Robustness"):
        assert expected in words
    for unwanted in ("Challenge this", "Skip to the content", "Find"):
        assert unwanted not in words
