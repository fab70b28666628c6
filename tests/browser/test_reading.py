"""Read the site as its readers do: in a browser, from a disk, with no network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Reading, violations

PAGES = ["index.html", "table.html", "sources.html", "commitments.html", "cases/mid-2033.html"]


@pytest.mark.parametrize("where", PAGES)
def test_axe_finds_nothing(few: Path, reading: Reading, where: str) -> None:
    reader = reading(few)
    page = reader.open(where)
    assert reader.asked == []
    assert reader.errors == []
    assert violations(page) == []


@pytest.mark.parametrize("where", PAGES)
def test_words_stand_out_in_the_dark_too(few: Path, reading: Reading, where: str) -> None:
    assert violations(reading(few, dark=True).open(where), only="color-contrast") == []
