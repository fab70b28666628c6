"""What is rendered again after an edit is what a whole rendering would have written, to the byte, and nothing else."""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from evidence.errors import EvidenceError
from evidence.ledger import records
from evidence.ledger.store import connecting, find_study
from evidence.publish import load, whole_site
from evidence.publish.folder import MANIFEST
from evidence.publish.kept import STATE
from evidence.publish.render import Report, appendix
from tests.kit import ROOT, Ledger
from tests.publish.edits import EDITS, done
from tests.publish.strait import add_cases, reasoned, sign

_STEPS = 4
#: What pages, narratives and citations are filled with: slow to load.
_FILLING = ("bs4", "html5lib", "jinja2", "lxml", "markdown_it", "markupsafe", "nh3", "pypandoc", "typst")
_TEXT = "Long ago. Word 1 – was said. Then much else was said, and Word 2 – was said, too."


@dataclass(frozen=True, kw_only=True)
class Opened(Ledger):
    """A ledger that is read through one engine, which need not compile each statement again for each rendering."""

    engine: Engine

    @contextmanager
    def read(self) -> Iterator[tuple[Connection, Any]]:
        """Open a connection, and give the study's id."""
        with self.engine.connect() as connection:
            yield connection, find_study(connection, self.study)


@pytest.fixture(params=[False, True], ids=["read as a whole", "read in parts"])
def parted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have even a small study read in parts, of two cases each, where it is rendered as a whole."""
    if request.param:
        monkeypatch.setattr(whole_site, "_CASES", 0)
        monkeypatch.setattr(load, "AT_ONCE", 2)


@pytest.fixture(scope="module")
def _first(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger and its site, made once: every test begins with a copy."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copyfile(_sqlite_template, folder / "evidence.db")
    rendered(_founded(f"sqlite:///{folder / 'evidence.db'}"), folder / "site")
    return folder


@pytest.fixture
def strait(_first: Path, tmp_path: Path) -> Iterator[Ledger]:
    """A study with something of everything, of which two cases share sources and quotes; its site is beside it."""
    shutil.copytree(_first, tmp_path, dirs_exist_ok=True)
    url = f"sqlite:///{tmp_path / 'evidence.db'}"
    with connecting(url) as engine:
        yield Opened(url, "strait", engine=engine)


def _founded(url: str) -> Ledger:
    ledger = reasoned(url)
    add_cases(ledger, range(53, 54))
    with ledger.write("shared") as session:
        records.add(
            session, "source", {"key": "book", "title": "A book", "tier": "secondary", "derived_from": "memo"}
        )
        sha256 = hashlib.sha256(_TEXT.encode()).hexdigest()
        text = {"source": "book", "content": _TEXT, "sha256": sha256, "edition": "first", "shareable": True}
        records.add(session, "text", text, computed=True)
        for number in (1, 2):
            quote = {"source": "book", "key": f"book.{number}", "words": f"Word {number} – was said"}
            records.add(session, "quote", quote)
        for number in (1, 2):  # on which nothing rests: these can go
            records.add(session, "source", {"key": f"idle-{number}", "title": "Idle", "tier": "secondary"})
            records.add(
                session, "quote", {"source": "book", "key": f"idle.{number}", "words": "else was said"}
            )
        other = records.find(session, "case", "mid-51")
        records.edit(session, "case", other, {"narrative": "So it was [@book.1]. And [@mid-50.q1], [@cow]."})
        records.add(
            session,
            "observation",
            {"key": "mid-51.o1", "case": "mid-51", "proposition": "It was.", "quotes": ["book.1", "book.2"]},
        )
        claim = {"statement": "Distance mattered.", "variable": "ALLY", "supports": ["1"]}
        records.add(session, "hypothesis", {"key": "distance", **claim})
        records.add(
            session,
            "hypothesis",
            {
                "key": "mid-51.h1",
                "case": "mid-51",
                "statement": "Not so.",
                "rivals": [{"rival": "distance", "relation": "exclusive"}],
            },
        )
        test = {
            "key": "mid-51.t1",
            "case": "mid-51",
            "hypothesis": "mid-51.h1",
            "rival": "distance",
            "kind": "hoop",
        }
        said = {"prediction": "A word.", "if_false": "None.", "p_hypothesis": 0.9, "p_rival": 0.2}
        records.add(
            session, "observation", {"key": "all.o1", "proposition": "Everywhere.", "quotes": ["mid-50.q1"]}
        )
        brought = [{"observation": key, "direction": "for"} for key in ("mid-51.o1", "all.o1")]
        records.add(session, "test", {**test, **said, "bearings": brought})
    # so that edits leave something suspect
    sign(ledger, "case", "mid-50")
    sign(ledger, "decision", "mid-50.ALLY.5")
    sign(ledger, "quote", "mid-50.q1")
    return ledger


def files(folder: Path) -> dict[str, bytes]:
    """Return every page of a site."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != STATE
    }


def rendered(ledger: Ledger, output: Path, **options: Any) -> Report:
    with ledger.read() as (connection, study):
        return appendix(connection, study, output, **options)


def again(ledger: Ledger, site: Path, whole: Path) -> bool:
    """Render a site again, and hold it against one that is rendered into an empty folder.

    Returns:
        Whether that can be: where a narrative cites what is gone, both say so, and nothing is written.
    """
    before = files(site)
    times = {name: (site / name).stat().st_mtime_ns for name in before}
    shutil.rmtree(whole, ignore_errors=True)
    try:
        rendered(ledger, whole)
    except EvidenceError as error:
        with pytest.raises(EvidenceError, match=re.escape(str(error))[:40]):
            rendered(ledger, site)
        assert files(site) == before
        return False
    report = rendered(ledger, site)
    after, expected = files(site), files(whole)
    assert after.keys() == expected.keys()
    assert [name for name in after if after[name] != expected[name]] == []
    changed = {name for name in after if before.get(name) != after[name]} - {MANIFEST}
    assert set(report.written) == changed
    assert set(report.removed) == before.keys() - after.keys()
    stayed = before.keys() & after.keys() - changed - {MANIFEST}
    assert [name for name in stayed if (site / name).stat().st_mtime_ns != times[name]] == []
    return True


@pytest.mark.usefixtures("parted")
def test_the_first_time_all_is_written_and_the_next_time_nothing(strait: Ledger, tmp_path: Path) -> None:
    first = rendered(strait, tmp_path / "anew")
    state = (tmp_path / "anew" / STATE).read_bytes()
    second = rendered(strait, tmp_path / "anew")
    assert first.written == second.unchanged
    assert (first.unchanged, second.written, second.removed) == ((), (), ())
    assert (tmp_path / "anew" / STATE).read_bytes() == state
    assert files(tmp_path / "anew") == files(tmp_path / "site")  # whether read in parts or not


def test_where_nothing_changed_nothing_is_loaded_that_fills_pages(strait: Ledger, tmp_path: Path) -> None:
    rendered(strait, tmp_path / "site")
    line = [
        "--ledger",
        str(tmp_path / "evidence.db"),
        "render",
        "appendix",
        "--output",
        str(tmp_path / "site"),
    ]
    script = f"""
import sys
sys.argv = ["evidence", *{line!r}]
from evidence.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sorted({{name.split(".")[0] for name in sys.modules}} & set({_FILLING!r})))
"""
    asked = [sys.executable, "-c", script]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "0 files written" in told.stderr
    assert told.stdout.split() == []


@pytest.mark.parametrize("third", range(3))
def test_after_each_edit_the_site_is_as_if_rendered_anew(third: int, strait: Ledger, tmp_path: Path) -> None:
    for name in [*EDITS][third::3]:
        assert done(strait, name, _seeded(name)), name
        assert again(strait, tmp_path / "site", tmp_path / "whole"), name


def test_after_an_edit_on_a_server_the_site_is_as_if_rendered_anew(postgres_url: str, tmp_path: Path) -> None:
    ledger = _founded(postgres_url)
    with connecting(postgres_url) as engine:
        server = Opened(postgres_url, ledger.study, engine=engine)
        rendered(server, tmp_path / "site")
        for name in [*EDITS][::6]:
            assert done(server, name, _seeded(name)), name
            assert again(server, tmp_path / "site", tmp_path / "whole"), name


@pytest.mark.usefixtures("parted")
def test_after_any_edits_the_site_is_as_if_rendered_anew(
    request: pytest.FixtureRequest, strait: Ledger, tmp_path: Path
) -> None:
    chance = _seeded(request.node.name)
    for _ in range(_STEPS):
        made = [done(strait, name, chance) for name in chance.choices([*EDITS], k=chance.randint(1, 3))]
        if any(made) and not again(strait, tmp_path / "site", tmp_path / "whole"):
            break


@pytest.mark.parametrize("jobs", [1, 3])
def test_any_number_of_processes_gives_the_same_bytes(
    jobs: int, strait: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    rendered(strait, tmp_path / "anew", jobs=jobs, progress=lambda *done: told.append(done))
    assert files(tmp_path / "anew") == files(tmp_path / "site")
    assert told[-1][0] == told[-1][1]


def test_an_edit_writes_the_pages_that_show_it_and_reads_no_other_case(
    strait: Ledger, tmp_path: Path
) -> None:
    rendered(strait, tmp_path / "site")
    with strait.write("note") as session:
        records.edit(
            session, "test", records.find(session, "test", "mid-51.t1"), {"if_false": "Nothing at all."}
        )
    with strait.read() as (connection, study):
        told = []
        report = appendix(connection, study, tmp_path / "site", progress=lambda *done: told.append(done))
    assert [name for name in report.written if name.startswith(("cases/", "sources/"))] == [
        "cases/mid-51.html"
    ]
    assert told == [(1, 1)]


def test_a_page_that_was_changed_by_hand_is_put_right(strait: Ledger, tmp_path: Path) -> None:
    first = files(tmp_path / "site")
    page = tmp_path / "site" / "cases" / "mid-51.html"
    was = page.read_bytes()
    page.write_bytes(was + b"<p>By hand.</p>")
    (tmp_path / "site" / "table.html").unlink()
    report = rendered(strait, tmp_path / "site")
    assert sorted(report.written) == ["cases/mid-51.html", "table.html"]
    assert page.read_bytes() == was
    os.utime(page, ns=(1, 1))  # as a copy has it
    assert set(rendered(strait, tmp_path / "site").unchanged) == first.keys() - {MANIFEST}


@pytest.mark.parametrize("damage", [b"", b"evidence-state 0\n", b"evidence-state 1\nrubbish"])
def test_without_its_state_a_site_is_rendered_again_and_nothing_written(
    damage: bytes, strait: Ledger, tmp_path: Path
) -> None:
    (tmp_path / "site" / STATE).write_bytes(damage)
    report = rendered(strait, tmp_path / "site")
    assert (report.written, report.removed) == ((), ())
    assert rendered(strait, tmp_path / "site").written == ()


def test_a_state_that_is_cut_or_bent_anywhere_does_no_harm(strait: Ledger, tmp_path: Path) -> None:
    expected = files(tmp_path / "site")
    state = (tmp_path / "site" / STATE).read_bytes()
    for number, at in enumerate(range(20, len(state), len(state) // 4)):
        (tmp_path / "site" / STATE).write_bytes(
            state[:at] if number % 2 else state[:at] + b"\xff\x00" + state[at + 2 :]
        )
        rendered(strait, tmp_path / "site")
        assert files(tmp_path / "site") == expected


def test_another_ledgers_site_is_rendered_again(strait: Ledger, tmp_path: Path) -> None:
    shutil.copyfile(strait.url.removeprefix("sqlite:///"), tmp_path / "other.db")
    other = Ledger(f"sqlite:///{tmp_path / 'other.db'}", strait.study)
    for ledger, title in ((strait, "Here"), (other, "There")):
        with ledger.write(title) as session:
            records.edit(session, "case", records.find(session, "case", "mid-52"), {"title": title})
    rendered(strait, tmp_path / "site")
    assert again(other, tmp_path / "site", tmp_path / "whole")
    assert "There" in (tmp_path / "site" / "cases" / "mid-52.html").read_text("utf-8")


def test_links_to_a_key_of_before_lead_on(strait: Ledger, tmp_path: Path) -> None:
    with strait.write("rename") as session:
        records.rename(session, "case", records.find(session, "case", "mid-51"), "quemoy-1958")
        records.rename(session, "source", records.find(session, "source", "memo"), "dulles-memo")
    assert again(strait, tmp_path / "site", tmp_path / "whole")
    for old, new in (
        ("cases/mid-51.html", "quemoy-1958.html"),
        ("sources/memo.html", "dulles-memo.html"),
    ):
        page = (tmp_path / "site" / old).read_text("utf-8")
        assert f'<link rel="canonical" href="{new}">' in page
        assert "moved.js" in page
    with strait.write("anew") as session:
        records.add(session, "case", {"key": "mid-99", "title": "Another"})
    assert again(strait, tmp_path / "site", tmp_path / "whole")


def _seeded(seed: object) -> random.Random:
    return random.Random(str(seed))  # noqa: S311 - to be the same each time
