"""evidence import bibliography, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import Run

BIB = """@article{beckley2015,
  author = {Beckley, Michael}, title = {The Myth of Entangling Alliances}, journal = {International Security},
  volume = {39}, number = {4}, pages = {7--48}, year = {2015}, doi = {10.1162/ISEC_a_00197}, abstract = {Do alliances …},
}
"""
RIS = "TY  - PCOMM\nAU  - Dulles, John Foster\nTI  - Letter\nPY  - 1955/02/28\nDB  - Eisenhower Library\nAN  - Box 3\nER  - \n"


@pytest.fixture
def folder(tmp_path: Path, ok: Callable[..., str]) -> Path:
    """A folder with a ledger and two bibliographies."""
    ok("init", "--study", "s")
    (tmp_path / "a.bib").write_text(BIB, "utf-8")
    (tmp_path / "b.ris").write_text(RIS, "utf-8")
    return tmp_path


def test_sources_come_in_once_and_change_with_their_records(
    folder: Path, run: Run, ok: Callable[..., str]
) -> None:
    first = run("import", "bibliography", "a.bib", "b.ris")
    assert first.stdout.splitlines() == [
        "Added: source beckley2015",
        "Added: source dulles1955-letter",
        "Note: a.bib, line 1: 'abstract' has no field here; it is kept word for word, under further, in 1 source",
    ]
    assert first.stderr.splitlines() == ["2 records read.", "2 new sources, 0 unchanged, 0 changes."]
    letter = json.loads(ok("source", "show", "dulles1955-letter", "--json"))
    assert (letter["tier"], letter["repository"], letter["box"]) == ("primary", "Eisenhower Library", "3")
    ok("source", "edit", "beckley2015", "--note", "Read it again.", "--tier", "primary")
    again = run("import", "bibliography", "a.bib", "b.ris")
    assert (again.stdout, again.stderr.splitlines()[-1]) == (
        "",
        "The ledger has all of it already; nothing was written.",
    )
    (folder / "a.bib").write_text(BIB.replace("{39}", "{40}"), "utf-8")
    third = run("import", "bibliography", "a.bib", "--dry-run")
    assert "Changed: beckley2015, csl.volume: 39 → 40\n" in third.stdout
    assert third.stderr.splitlines()[-1] == "This was a dry run: nothing was written."
    ok("import", "bibliography", "a.bib")
    article = json.loads(ok("source", "show", "beckley2015", "--json"))
    assert (article["csl"]["volume"], article["tier"], article["note"]) == ("40", "primary", "Read it again.")
    ok("history", "verify")


@pytest.mark.usefixtures("folder")
def test_as_json_and_with_a_tier(ok: Callable[..., str]) -> None:
    told = json.loads(ok("import", "bibliography", "a.bib", "--json", "--tier", "primary"))
    assert (told["added"], told["keys"]) == (["beckley2015"], ["beckley2015"])
    assert told["losses"][0]["place"] == "a.bib, line 1"
    assert json.loads(ok("source", "show", "beckley2015", "--json"))["tier"] == "primary"


def test_one_bad_file_and_nothing_is_written(folder: Path, run: Run) -> None:
    (folder / "c.bib").write_text("@book{x, title = {Y", "utf-8")
    failed = run("import", "bibliography", "a.bib", "c.bib")
    assert (failed.code, failed.stdout) == (1, "")
    assert failed.stderr.startswith("Error: c.bib, line 1: this entry has no end")
    assert run("source", "list").stdout == ""
    for line in (
        ("import", "bibliography"),
        ("import", "bibliography", "a.bib", "--zotero"),
        ("import", "bibliography", "a.bib", "--url", "x"),
    ):
        assert run(*line).code == 2
