"""Explore a site as its readers do: sort, narrow, share the address, search, with the keyboard or on a phone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Reading

#: One page of every kind, with much on it.
KINDS = (
    "index.html",
    "table.html",
    "sources.html",
    "bibliography.html",
    "overview.html",
    "search.html?q=taiwan",
    "hypotheses.html",
    "cases/mid-50.html",
    "cases/mid-26.html",
    "sources/frus1955-57v02-d134.html",
    "kinds/hoop.html",
)


def titles(page: Page) -> list[str]:
    """The titles of the cases that the matrix shows, in its order."""
    return page.locator("table.matrix tbody tr:visible th a").all_inner_texts()


def test_cases_are_narrowed_and_the_address_keeps_the_choice(site: Path, reading: Reading) -> None:
    reader = reading(site)
    page = reader.open("index.html")
    expect(page.locator("#matching")).to_have_text("188 of 188 cases")
    page.locator("#narrow").get_by_label("Opponent").select_option("China")
    page.locator("#narrow").get_by_label("Decade").select_option("1950s")
    shown = titles(page)
    assert 0 < len(shown) < 28
    assert all("China" in title or "Taiwan" in title or "Hainan" in title for title in shown)
    page.locator("#narrow").get_by_label("Status").select_option("process-traced")
    expect(page.locator("#matching")).to_have_text("3 of 188 cases")
    traced = titles(page)
    address = page.url
    page.go_back()
    assert titles(page) == shown
    again = reading(site).page
    again.goto(address)
    assert titles(again) == traced
    again.get_by_role("button", name="Clear").click()
    expect(again.locator("#matching")).to_have_text("188 of 188 cases")
    assert reader.asked == []
    assert reader.errors == []


def test_cases_are_sorted_by_any_column_and_back(site: Path, reading: Reading) -> None:
    page = reading(site).open("index.html")
    chronological = titles(page)
    numbers = page.locator("table.matrix tbody td.figure")
    page.get_by_role("button", name="COW #").click()
    found = [int(number) for number in numbers.all_inner_texts()]
    assert found == sorted(found)
    page.get_by_role("button", name="COW #").click()
    assert [int(number) for number in numbers.all_inner_texts()] == found[::-1]
    head = page.locator('th[data-sort="number"]')
    assert head.get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="ALLY").click()
    first = page.locator("table.matrix tbody tr").first.locator('td[data-variable="ALLY"]')
    assert first.inner_text().strip() in ("1", "2"), "what is not coded comes last"
    page.get_by_role("button", name="Dates").click()
    assert titles(page) == chronological


def test_the_matrix_is_narrowed_by_words_and_by_a_code_in_the_figures(site: Path, reading: Reading) -> None:
    page = reading(site).open("index.html")
    page.get_by_label("Words", exact=True).fill("hainan")
    expect(page.locator("#matching")).to_have_text("1 of 188 cases")
    page.get_by_role("button", name="Clear").click()
    page.locator("a[data-narrow]", has_text="unnecessary, but they featured").first.click()
    expect(page.locator("#matching")).to_have_text("2 of 188 cases")
    assert page.locator("#narrow").get_by_label("ALLY").input_value() == "2"


def test_words_are_found_without_a_server(site: Path, reading: Reading) -> None:
    reader = reading(site)
    page = reader.open("cases/mid-50.html")
    page.keyboard.press("/")
    page.keyboard.type("“BECOMING A SYMBOL”")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    hits = page.locator("#results li")
    expect(hits.first).to_be_visible()
    expect(page.locator("#told")).to_contain_text("found")
    expect(hits.first.locator("mark").first).to_have_text("becoming a symbol", ignore_case=True)
    link = hits.locator("a[href*='#']").first
    name = (link.get_attribute("href") or "").split("#")[1]
    link.click()
    expect(page.locator(f"[id='{name}']")).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#results li").first).to_be_visible()
    assert reader.asked == []
    assert reader.errors == []


def test_a_search_can_be_shared_and_finds_nothing_politely(site: Path, reading: Reading) -> None:
    page = reading(site).open("search.html?q=quemoy%20symbol")
    expect(page.locator("#results li").first).to_be_visible()
    assert page.locator('#search input[name="q"]').input_value() == "quemoy symbol"
    page.locator('#search input[name="q"]').fill("zeppelin flotilla")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("Nothing found")


def test_a_theme_is_chosen_and_kept(site: Path, reading: Reading) -> None:
    page = reading(site).open("index.html")

    def ground() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = ground()
    page.get_by_role("button", name="Dark").click()
    dark = ground()
    assert dark != light
    page.goto((site / "cases" / "mid-50.html").as_uri())
    assert ground() == dark
    page.get_by_role("button", name="Dark").click()
    assert ground() == light


def test_nothing_is_wider_than_a_small_phone(site: Path, reading: Reading) -> None:
    reader = reading(site, 360)
    for where in KINDS:
        assert reader.open(where).evaluate("document.documentElement.scrollWidth") <= 360, where


def test_all_can_be_read_without_scripts(few: Path, reading: Reading) -> None:
    reader = reading(few, scripts=False)
    page = reader.open("index.html")
    assert len(titles(page)) == 5
    assert page.locator("#narrow").is_hidden()
    page.locator("table.matrix a", has_text="Hainan").click()
    page.locator("a.mark").nth(2).click()
    expect(page.locator("#note-3")).to_be_in_viewport()
    expect(page.locator("#note-3")).to_contain_text("commercial planes")
    assert page.locator("button.challenge").first.is_hidden()
    page = reader.open("search.html")
    expect(page.get_by_role("link", name="table of cases")).to_be_visible()


def test_the_keyboard_alone_leads_everywhere(few: Path, reading: Reading) -> None:
    page = reading(few).open("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    seen: set[str] = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        name = str(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))
        outline = page.evaluate(
            "(s => s.outlineStyle + s.outlineWidth + s.boxShadow)(getComputedStyle(document.activeElement))"
        )
        assert outline not in ("none0pxnone", "none3pxnone"), f"nothing shows that {name} has the focus"
        seen.add(name)
    assert {"text", "episode", "decade", "opponent", "stage"} <= seen
    assert any("Hainan" in name for name in seen)


def test_nothing_moves_while_a_page_comes(site: Path, reading: Reading) -> None:
    page = reading(site).page
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const one of list.getEntries())"
        " if (!one.hadRecentInput) window.moved += one.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    for where in ("index.html", "cases/mid-50.html"):
        page.goto((site / where).as_uri())
        page.wait_for_timeout(300)
        assert page.evaluate("window.moved") < 0.01
