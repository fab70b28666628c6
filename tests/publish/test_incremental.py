"""What is rendered again after an edit is what a whole rendering would have written, to the byte, and nothing else."""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evidence.coding import reviews, tests
from evidence.errors import EvidenceError
from evidence.ledger import records
from evidence.ledger.nouns import NOUNS
from evidence.ledger.revisions import Unit
from evidence.publish import load, whole_site
from evidence.publish.folder import MANIFEST
from evidence.publish.kept import STATE
from evidence.publish.render import Report, appendix
from evidence.vocabulary import TestResult
from tests.kit import Ledger
from tests.publish.strait import add_cases, reasoned, sign

_STEPS = 5
_TEXT = "Long ago. Word 1 – was said. Then much else was said, and Word 2 – was said, too."


@pytest.fixture(params=[False, True], ids=["read as a whole", "read in parts"])
def parted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have even a small study read in parts, of two cases each, where it is rendered as a whole."""
    if request.param:
        monkeypatch.setattr(whole_site, "_CASES", 0)
        monkeypatch.setattr(load, "AT_ONCE", 2)


@pytest.fixture
def strait(sqlite_url: str) -> Ledger:
    """A study with something of everything, of which two cases share sources and quotes."""
    ledger = reasoned(sqlite_url)
    add_cases(ledger, range(53, 56))
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


def again(ledger: Ledger, site: Path, whole: Path, **options: Any) -> bool:
    """Render a site again, and hold it against one that is rendered into an empty folder.

    Returns:
        Whether that can be: where a narrative cites what is gone, both say so, and nothing is written.
    """
    before = files(site)
    times = {name: (site / name).stat().st_mtime_ns for name in before}
    shutil.rmtree(whole, ignore_errors=True)
    try:
        rendered(ledger, whole, **options)
    except EvidenceError as error:
        with pytest.raises(EvidenceError, match=re.escape(str(error))[:40]):
            rendered(ledger, site, **options)
        assert files(site) == before
        return False
    report = rendered(ledger, site, **options)
    after, expected = files(site), files(whole)
    assert after.keys() == expected.keys()
    assert [name for name in after if after[name] != expected[name]] == []
    changed = {name for name in after if before.get(name) != after[name]} - {MANIFEST}
    assert set(report.written) == changed
    assert set(report.removed) == before.keys() - after.keys()
    stayed = before.keys() & after.keys() - changed - {MANIFEST}
    assert [name for name in stayed if (site / name).stat().st_mtime_ns != times[name]] == []
    return True


Edit = Callable[[Unit, random.Random], None]


def _one(session: Unit, noun: str, chance: random.Random) -> Any:
    model = NOUNS[noun].model
    rows = session.query(model).filter_by(retired_at=None).all()
    return chance.choice(sorted(rows, key=lambda row: str(getattr(row, "key", row.id))))


def _edit(noun: str, field: str, *values: Any) -> Edit:
    def edit(session: Unit, chance: random.Random) -> None:
        value = chance.choice(values) if values else f"{field} {chance.randrange(1000)}"
        records.edit(session, noun, _one(session, noun, chance), {field: value})

    return edit


def _retire(noun: str) -> Edit:
    return lambda session, chance: records.retire(session, _one(session, noun, chance))


def _rename(noun: str) -> Edit:
    def rename(session: Unit, chance: random.Random) -> None:
        row = _one(session, noun, chance)
        records.rename(session, noun, row, f"{row.key}-{chance.randrange(10_000)}")

    return rename


def _add(noun: str, **said: Any) -> Edit:
    def add(session: Unit, chance: random.Random) -> None:
        values = {name: value(session, chance) if callable(value) else value for name, value in said.items()}
        records.add(
            session, noun, {"key": f"new-{chance.randrange(10_000)}", **values}, computed=noun == "decision"
        )

    return add


def _key(noun: str) -> Callable[[Unit, random.Random], str]:
    return lambda session, chance: str(_one(session, noun, chance).key)


def _keys(noun: str) -> Callable[[Unit, random.Random], list[str]]:
    return lambda session, chance: [str(_one(session, noun, chance).key)]


def _resolve(session: Unit, chance: random.Random) -> None:
    tests.resolve(session, _one(session, "test", chance), chance.choice([*TestResult]))


def _sign(session: Unit, chance: random.Random) -> None:
    noun = chance.choice(("case", "decision", "test", "quote"))
    reviews.sign(
        session, noun, _one(session, noun, chance), "0" * 64, coder="ada", verdict="confirmed", note="So."
    )


def _bring(session: Unit, chance: random.Random) -> None:
    noun = chance.choice(("observation", "search"))
    bearing = {noun: _one(session, noun, chance).key, "direction": chance.choice(("for", "against"))}
    records.edit(session, "test", _one(session, "test", chance), {"bearings": [bearing]})


def _study(session: Unit, chance: random.Random) -> None:
    records.edit_study(session, {"title": f"Title {chance.randrange(1000)}"})


def _cite(session: Unit, chance: random.Random) -> None:
    keys = [_one(session, chance.choice(("quote", "source")), chance).key for _ in range(2)]
    records.edit(
        session, "case", _one(session, "case", chance), {"narrative": f"One [@{keys[0]}]. Two [@{keys[1]}]."}
    )


#: What people do to a ledger, each noun at least once.
_EDITS: dict[str, Edit] = {
    "case title": _edit("case", "title"),
    "case narrative": _cite,
    "case date": _edit("case", "start", "1899", "1950-01-XX", "1955-07-02"),
    "case new": _add("case", title="A new case", start="1951"),
    "case gone": _retire("case"),
    "case renamed": _rename("case"),
    "participation": _edit(
        "case", "participants", [{"actor": "usa", "side": "A"}], [{"actor": "taw", "side": "B"}]
    ),
    "alias": _edit("case", "aliases", [{"data_set": "COW MID", "version": "4.01", "number": "9"}]),
    "source title": _edit("source", "title"),
    "source language": _edit("source", "language", "zh", "fr"),
    "source derived": _edit("source", "derived_from", None, "cow"),
    "source new": _add("source", title="A new source", tier="primary"),
    "source gone": _retire("source"),
    "source renamed": _rename("source"),
    "quote note": _edit("quote", "note"),
    "quote words": _edit("quote", "words"),
    "quote new": _add("quote", source=_key("source"), words="A new quote"),
    "quote gone": _retire("quote"),
    "quote renamed": _rename("quote"),
    "observation": _edit("observation", "proposition"),
    "observation quotes": lambda session, chance: records.edit(
        session,
        "observation",
        _one(session, "observation", chance),
        {"quotes": [_one(session, "quote", chance).key]},
    ),
    "observation new": _add("observation", case=_key("case"), proposition="New.", quotes=_keys("quote")),
    "observation moved": lambda session, chance: records.edit(
        session,
        "observation",
        _one(session, "observation", chance),
        {"case": _one(session, "case", chance).key},
    ),
    "observation renamed": _rename("observation"),
    "search": _edit("search", "gaps"),
    "search new": _add("search", case=_key("case"), question="Where?", corpus="All", hits=0),
    "hypothesis": _edit("hypothesis", "statement"),
    "hypothesis new": _add("hypothesis", case=_key("case"), statement="New."),
    "general hypothesis": _add("hypothesis", statement="New, and general."),
    "test": _edit("test", "prediction"),
    "test likelihood": _edit("test", "p_hypothesis", 0.3, 0.99, None),
    "test resolved": _resolve,
    "test brought": _bring,
    "test renamed": _rename("test"),
    "signed": _sign,
    "actor": _edit("actor", "name"),
    "coder": _edit("coder", "name"),
    "concept": _edit("concept", "label"),
    "episode": _edit("episode", "title"),
    "commitment": _edit("commitment", "title"),
    "variable": _edit("variable", "label"),
    "study": _study,
    "decision gone": _retire("decision"),
}


@pytest.mark.usefixtures("parted")
def test_the_first_time_all_is_written_and_the_next_time_nothing(strait: Ledger, tmp_path: Path) -> None:
    first = rendered(strait, tmp_path / "site")
    state = (tmp_path / "site" / STATE).read_bytes()
    second = rendered(strait, tmp_path / "site")
    assert first.written == second.unchanged
    assert (first.unchanged, second.written, second.removed) == ((), (), ())
    assert (tmp_path / "site" / STATE).read_bytes() == state


@pytest.mark.parametrize("third", range(3))
def test_after_each_edit_the_site_is_as_if_rendered_anew(third: int, strait: Ledger, tmp_path: Path) -> None:
    signatures(strait)
    rendered(strait, tmp_path / "site")
    for name in [*_EDITS][third::3]:
        if _done(strait, name, _seeded(name)) and not again(strait, tmp_path / "site", tmp_path / "whole"):
            break


@pytest.mark.usefixtures("parted")
@pytest.mark.parametrize("seed", range(2))
def test_after_any_edits_the_site_is_as_if_rendered_anew(seed: int, strait: Ledger, tmp_path: Path) -> None:
    chance = _seeded(seed)
    signatures(strait)
    rendered(strait, tmp_path / "site")
    for _ in range(_STEPS):
        done = [_done(strait, name, chance) for name in chance.choices([*_EDITS], k=chance.randint(1, 3))]
        if any(done) and not again(strait, tmp_path / "site", tmp_path / "whole"):
            break


@pytest.mark.parametrize("jobs", [1, 3])
def test_any_number_of_processes_gives_the_same_bytes(
    jobs: int, strait: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    rendered(strait, tmp_path / "site", jobs=jobs, progress=lambda *done: told.append(done))
    rendered(strait, tmp_path / "whole")
    assert files(tmp_path / "site") == files(tmp_path / "whole")
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
    first = rendered(strait, tmp_path / "site")
    page = tmp_path / "site" / "cases" / "mid-51.html"
    was = page.read_bytes()
    page.write_bytes(was + b"<p>By hand.</p>")
    (tmp_path / "site" / "table.html").unlink()
    report = rendered(strait, tmp_path / "site")
    assert sorted(report.written) == ["cases/mid-51.html", "table.html"]
    assert page.read_bytes() == was
    os.utime(page, ns=(1, 1))  # as a copy has it
    assert rendered(strait, tmp_path / "site").unchanged == tuple(
        sorted(first.written, key=[*first.written].index)
    )


@pytest.mark.parametrize("damage", [b"", b"evidence-state 0\n", b"evidence-state 1\nrubbish"])
def test_without_its_state_a_site_is_rendered_again_and_nothing_written(
    damage: bytes, strait: Ledger, tmp_path: Path
) -> None:
    rendered(strait, tmp_path / "site")
    (tmp_path / "site" / STATE).write_bytes(damage)
    report = rendered(strait, tmp_path / "site")
    assert (report.written, report.removed) == ((), ())
    assert rendered(strait, tmp_path / "site").written == ()


def test_a_state_that_is_cut_or_bent_anywhere_does_no_harm(strait: Ledger, tmp_path: Path) -> None:
    rendered(strait, tmp_path / "site")
    expected = files(tmp_path / "site")
    state = (tmp_path / "site" / STATE).read_bytes()
    for number, at in enumerate(range(20, len(state), len(state) // 4)):
        (tmp_path / "site" / STATE).write_bytes(
            state[:at] if number % 2 else state[:at] + b"\xff\x00" + state[at + 2 :]
        )
        rendered(strait, tmp_path / "site")
        assert files(tmp_path / "site") == expected


def test_another_ledgers_site_is_rendered_again(strait: Ledger, tmp_path: Path) -> None:
    rendered(strait, tmp_path / "site")
    shutil.copyfile(strait.url.removeprefix("sqlite:///"), tmp_path / "other.db")
    other = Ledger(f"sqlite:///{tmp_path / 'other.db'}", strait.study)
    for ledger, title in ((strait, "Here"), (other, "There")):
        with ledger.write(title) as session:
            records.edit(session, "case", records.find(session, "case", "mid-52"), {"title": title})
    rendered(strait, tmp_path / "site")
    assert again(other, tmp_path / "site", tmp_path / "whole")
    assert "There" in (tmp_path / "site" / "cases" / "mid-52.html").read_text("utf-8")


def test_links_to_a_key_of_before_lead_on(strait: Ledger, tmp_path: Path) -> None:
    rendered(strait, tmp_path / "site")
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


def signatures(ledger: Ledger) -> None:
    """Have somebody sign a case, a code and a quote, so that edits leave something suspect."""
    sign(ledger, "case", "mid-50")
    sign(ledger, "decision", "mid-50.ALLY.5")
    sign(ledger, "quote", "mid-50.q1")


def _done(ledger: Ledger, name: str, chance: random.Random) -> bool:
    """Do one edit; tell whether the ledger let it be done."""
    try:
        with ledger.write(name) as session:
            _EDITS[name](session, chance)
    except (EvidenceError, IndexError):
        return False
    return True
