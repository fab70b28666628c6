"""A real browser, and the shipped study's site to read in it, from the disk and with no network."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests import forking
from tests.conftest import CI
from tests.kit import ROOT

#: Cases that were process-traced, that were chosen, and that were screened.
FEW = ("mid-2033", "mid-50", "mid-4064", "mid-1002", "mid-26")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_NO_BROWSER = "no Chromium here; apt-get install chromium"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; in CI it must be there."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        (pytest.fail if CI else pytest.skip)(_NO_BROWSER)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass(frozen=True)
class Reader:
    """Opens pages of a site as a reader would, and keeps what went wrong on them."""

    site: Path
    context: BrowserContext
    page: Page
    asked: list[str]  # what a page asked of a network: nothing, if all is well
    errors: list[str]  # what a page's scripts complained of

    def open(self, where: str) -> Page:
        """Open a page of the site by its path, with whatever follows ``#`` or ``?``."""
        name, mark, rest = where, "", ""
        for sign in "?#":
            if sign in name:
                name, _, rest = where.partition(sign)
                mark = sign
                break
        self.page.goto((self.site / name).as_uri() + mark + rest)
        return self.page


#: Opens a site: with ``width`` in pixels, ``dark``, ``scripts``; closed again when the test ends.
Reading = Callable[..., Reader]


@pytest.fixture
def reading(browser: Browser) -> Iterator[Reading]:
    """Read a site with a window and settings of one's own."""
    opened: list[BrowserContext] = []

    def read(
        site: Path, width: int = 1280, *, dark: bool = False, scripts: bool = True, **settings: Any
    ) -> Reader:
        asked: list[str] = []
        errors: list[str] = []
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            **settings,
        )
        context.set_default_timeout(10_000)
        opened.append(context)

        def refuse(route: Route) -> None:
            asked.append(route.request.url)
            route.abort()

        context.route(lambda url: url.startswith(("http:", "https:", "ws:", "wss:")), refuse)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        return Reader(site, context, page, asked, errors)

    yield read
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped study's appendix, rendered once by the program itself; nobody writes to it."""
    folder = tmp_path_factory.mktemp("shipped")
    result = forking.anew(["demo"], folder, "", {**os.environ, "PYTHONPATH": str(ROOT)})
    assert result.code == 0, result.stderr
    return folder / "appendix"


@pytest.fixture(scope="session")
def few(site: Path) -> Path:
    """An extract of the same: every kind of page, and none of them long."""
    folder = site.parent / "few"
    cases = [word for key in FEW for word in ("--case", key)]
    line = ["--ledger", "demo.db", "render", "appendix", "--output", "few", *cases]
    result = forking.anew(line, site.parent, "", {**os.environ, "PYTHONPATH": str(ROOT)})
    assert result.code == 0, result.stderr
    return folder


_AXE = Path(next(iter(find_spec("axe_playwright_python").submodule_search_locations))) / "axe.min.js"  # type: ignore[union-attr, arg-type]
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, *, only: str = "", within: str = "") -> list[str]:
    """Return what axe finds wrong with a page by WCAG 2.2 AA and good practice, one line for each element.

    Args:
        page: the page, as it stands now.
        only: the one rule to hold it to.
        within: the part of the page that is looked at, as a selector; without it, all.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text("utf-8"))
    rules = {"type": "rule", "values": [only]} if only else {"type": "tag", "values": _WCAG}
    # What is right with a page need not be told for each of its elements.
    options = {"runOnly": rules, "preload": False, "resultTypes": ["violations"]}
    asked = json.dumps([within or "html", options])
    found = page.evaluate(f"() => axe.run(...{asked}).then(found => found.violations)")
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found
        for node in one["nodes"]
    ]
