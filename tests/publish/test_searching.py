"""What the site's search finds: every place once, in scripts that a browser may load from a disk."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from evidence.ledger import records
from evidence.publish import searching
from tests.kit import Ledger
from tests.publish.reader import read
from tests.publish.strait import add_cases, deep_case, found
from tests.publish.test_pages import rendered


@pytest.fixture
def strait(sqlite_url: str) -> Ledger:
    """A study of four cases, one of them process-traced."""
    ledger = found(sqlite_url)
    add_cases(ledger, range(50, 54))
    deep_case(ledger)
    return ledger


def scripts(folder: Path) -> dict[str, str]:
    """Return the scripts of a site that hold what can be found."""
    return {file.name: file.read_text("utf-8") for file in sorted((folder / "search").glob("*.js"))}


def pieces(folder: Path) -> list[Any]:
    """Return what they hold, read as a browser would."""
    held: list[Any] = []
    for name, text in scripts(folder).items():
        call = re.fullmatch(r"evidence\.found\((\d+),(\[.*\])\);\n", text, re.DOTALL)
        assert call is not None
        assert name == f"{call[1]}.js"
        held += json.loads(call[2])
    return held


def test_everything_that_has_words_can_be_found_and_leads_to_its_place(
    strait: Ledger, tmp_path: Path
) -> None:
    rendered(strait, tmp_path / "site")
    pages = read(tmp_path / "site")
    kinds = set()
    for address, _, _, places in pieces(tmp_path / "site"):
        name, _, place = address.partition("#")
        page = pages[unquote(name)]
        assert not place or unquote(place) in page.ids
        for kind, id_, *_ in places:
            kinds.add(kind)
            assert not id_ or id_ in page.ids, (address, kind, id_)
    assert kinds == {
        "case", "narrative", "code", "hypothesis", "test", "evidence", "search", "source", "quote",
    }  # fmt: skip


def test_a_quote_is_found_by_its_words_and_by_its_translation_with_the_cases_that_use_it(
    strait: Ledger, tmp_path: Path
) -> None:
    rendered(strait, tmp_path / "site")
    quotes = {
        place[1]: place for *_, places in pieces(tmp_path / "site") for place in places if place[0] == "quote"
    }
    assert quotes
    chinese = next(one for one in quotes.values() if len(one) > 5 and one[5] == "zh")
    assert "Look at Taiwan" in chinese[4]
    assert chinese[6] == [["cases/mid-50.html", "Case 50"]]


def test_words_stay_words_in_a_script(strait: Ledger, tmp_path: Path) -> None:
    with strait.write("hostile") as session:
        case = records.find(session, "case", "mid-51")
        records.edit(session, "case", case, {"title": "</script><script>alert(1)</script>\u2028 & \u2029"})
    rendered(strait, tmp_path / "site")
    for text in scripts(tmp_path / "site").values():
        assert "<" not in text
        assert not {"\u2028", "\u2029"} & set(text)
    titles = [piece[1] for piece in pieces(tmp_path / "site")]
    assert any("</script><script>alert(1)</script>" in title for title in titles)


def test_an_edit_changes_one_script_and_its_own_pages(
    strait: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_LARGEST", 600)  # so that little is parted among several files
    rendered(strait, tmp_path / "site")
    before = scripts(tmp_path / "site")
    count = len(before)
    assert count > 2
    assert count & (count - 1) == 0
    with strait.write("retitle") as session:
        records.edit(session, "case", records.find(session, "case", "mid-52"), {"title": "Case 5z"})
    rendered(strait, tmp_path / "site")
    after = scripts(tmp_path / "site")
    assert [name for name in before if before[name] != after[name]] == [
        name for name in after if "Case 5z" in after[name]
    ]
    assert sum(before[name] != after[name] for name in before) == 1


def test_the_search_says_what_to_do_without_scripts_and_every_page_leads_to_it(
    strait: Ledger, tmp_path: Path
) -> None:
    rendered(strait, tmp_path / "site")
    page = (tmp_path / "site" / "search.html").read_text("utf-8")
    assert 'data-shards="1"' in page
    told = page[page.index("<noscript>") : page.index("</noscript>")]
    assert 'href="table.html"' in told
    assert 'href="sources.html"' in told
    for name in ("index.html", "cases/mid-50.html", "sources/memo.html", "table.html"):
        text = (tmp_path / "site" / name).read_text("utf-8")
        assert '<form role="search" action="' + "../" * name.count("/") + 'search.html" method="get">' in text


def test_one_file_has_no_search_and_runs_only_what_its_policy_knows(strait: Ledger, tmp_path: Path) -> None:
    import base64  # noqa: PLC0415
    import hashlib  # noqa: PLC0415

    rendered(strait, tmp_path / "one.html", single_file=True)
    page = (tmp_path / "one.html").read_text("utf-8")
    assert '<form role="search"' not in page
    run = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    allowed = re.findall(r"'sha256-([^']+)'", page)
    assert [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in run] == allowed
