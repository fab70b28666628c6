"""merge: two copies of a study, on files and a server, grow apart and are one again; what is refused, and what is shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from evidence.ledger import records, schema
from evidence.ledger.copying import into_server
from evidence.models import Source
from tests.kit import Ledger, Run, work_a_case
from tests.ledger.merged import Copy, copied, rows


@dataclass(frozen=True)
class Here(Copy):
    """A copy wherever it is."""

    url: str

    @property
    def ledger(self) -> Ledger:
        """Its doors."""
        return Ledger(self.url)


@pytest.fixture
def laptop(sqlite_url: str) -> Copy:
    """A case worked, in a file."""
    made = Ledger(sqlite_url)
    made.found()
    with made.write() as session:
        work_a_case(session)
    return Copy(Path(sqlite_url.removeprefix("sqlite:///")))


@pytest.fixture(params=["file", "server"])
def home(request: pytest.FixtureRequest, laptop: Copy) -> Here:
    """A copy of the laptop's: a file beside it, or on a server."""
    if request.param == "file":
        one = copied(laptop, "home.db")
        return Here(one.file, f"sqlite:///{one.file}")
    url = str(request.getfixturevalue("postgres_url"))
    into_server(laptop.ledger.url, url)
    return Here(laptop.file, url)


def test_there_and_back(home: Here, laptop: Copy, run: Run) -> None:
    def at(copy: Copy, *line: str, author: str = "Ada") -> str:
        result = run("--ledger", copy.ledger.url, "--author", author, *line)
        assert result.code == 0, result
        return result.stdout + result.stderr

    at(home, "case", "edit", "mid-50", "--title", "The Strait")
    at(laptop, "case", "edit", "mid-50", "--title", "The Islands", author="Ben")
    at(laptop, "source", "add", "found", "--title", "Made up", "--tier", "primary", author="Ben")
    before = rows(home)
    dry = at(home, "merge", laptop.ledger.url, "--dry-run")
    assert "2 revisions would come in" in dry
    assert "title of case mid-50: Ada and Ben" in dry
    assert rows(home) == before
    told = at(home, "merge", str(laptop.file))
    assert "2 revisions came in" in told
    assert "1 conflict to resolve" in told
    assert "nothing was merged" in at(home, "merge", laptop.ledger.url)
    (one,) = json.loads(at(home, "merge", "conflicts", "--json"))
    assert (one["ours"], one["ours_by"], one["theirs"], one["theirs_by"]) == (
        "The Strait",
        "Ada",
        "The Islands",
        "Ben",
    )
    assert "The Islands  (Ben)" in at(home, "merge", "conflicts")
    assert rows(home)["case"] == before["case"]
    done = at(home, "merge", "resolve", "c1", "--take", "theirs", "--because", "He saw it.", author="Cem")
    assert "title of case mid-50 is The Islands" in done
    (kept,) = rows(home)["conflict"].values()
    assert (kept["resolution"], kept["resolved_by"], kept["note"]) == ("theirs", "Cem", "He saw it.")
    assert at(home, "merge", "conflicts", "--json").strip() == "[]"
    assert "He saw it." in at(home, "merge", "conflicts", "--all")
    again = run("--ledger", home.url, "merge", "resolve", "c1", "--take", "ours", "--because", "No.")
    assert (again.code, "resolved by Cem already" in again.stderr) == (1, True)
    assert "came in" in at(laptop, "merge", home.url, author="Ben")
    assert rows(laptop) == rows(home)
    for copy in (home, laptop):
        assert copy.ledger.findings() == []
    assert [entry.digest for entry in home.ledger.entries()][-1] == laptop.ledger.entries()[-1].digest


def test_any_value_and_a_reason(laptop: Copy, run: Run) -> None:
    home = copied(laptop, "home.db")
    for copy, date in ((home, "1953"), (laptop, "1954")):
        with copy.ledger.write(author=copy.file.stem) as session:
            records.edit(session, "case", records.find(session, "case", "mid-50"), {"start": date})
            records.rename(
                session, "source", session.scalars(select(Source)).first(), f"key-{copy.file.stem}"
            )
    at = ("--ledger", str(home.file), "merge")
    assert run(*at, str(laptop.file)).code == 0
    listed = {one["field"]: one["key"] for one in json.loads(run(*at, "conflicts", "--json").stdout)}
    assert set(listed) == {"start", "key"}
    wrong = run(*at, "resolve", listed["start"], "--take", "sometime", "--because", "x")
    assert (wrong.code, "Traceback" in wrong.stderr) == (1, False)
    assert run(*at, "resolve", listed["start"], "--take", "1955", "--because", " ").code == 1
    assert len(json.loads(run(*at, "conflicts", "--json").stdout)) == 2
    assert run(*at, "resolve", listed["start"], "--take", "1955", "--because", "The file says so.").code == 0
    assert run(*at, "resolve", listed["key"], "--take", "theirs", "--because", "Shorter.").code == 0
    (case,) = [row for row in rows(home)["case"].values() if row["key"] == "mid-50"]
    assert (case["start"], case["start_earliest"]) == ("1955", "1955-01-01")
    for key in (f"key-{home.file.stem}", f"key-{laptop.file.stem}"):
        assert f"key-{laptop.file.stem}" in run("--ledger", str(home.file), "source", "show", key).stdout
    assert home.ledger.findings() == []
    assert run("--ledger", str(laptop.file), "merge", str(home.file)).code == 0
    assert rows(laptop) == rows(home)


def test_sources_that_may_be_one(laptop: Copy, run: Run) -> None:
    home = copied(laptop, "home.db")
    place = {"repository": "National Archives", "item": "793.00/2-1155"}
    here: list[tuple[str, dict[str, Any]]] = [
        ("a", {"identifiers": {"doi": "10.1000/ONE"}}),
        ("b", place),
        ("c", {**place, "csl": {"issued": "1955"}}),
    ]
    there: list[tuple[str, dict[str, Any]]] = [
        ("d", {"csl": {"DOI": "https://doi.org/10.1000/one"}}),
        ("e", {**place, "repository": "national  archives"}),
        ("f", {**place, "csl": {"issued": "1954"}}),
    ]
    for copy, sources in ((home, here), (laptop, there)):
        with copy.ledger.write() as session:
            for key, more in sources:
                records.add(session, "source", {"key": key, "title": key, "tier": "primary", **more})
    told = run("--ledger", str(home.file), "merge", str(laptop.file))
    assert (told.code, "a and d: the DOI 10.1000/one" in told.stdout) == (0, True), told
    listed = run("--ledger", str(home.file), "merge", "duplicates", "--json")
    pairs = {(one["first"], one["second"]) for one in json.loads(listed.stdout)}
    assert pairs == {("a", "d"), ("b", "e"), ("b", "c"), ("b", "f"), ("c", "e"), ("e", "f")}
    assert {"a", "d"} <= {row["key"] for row in rows(home)["source"].values()}  # nobody joined them


def test_what_is_refused(laptop: Copy, run: Run, tmp_path: Path) -> None:
    home = copied(laptop, "home.db")
    with laptop.ledger.write(author="Ben") as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Ben's"})

    def altered(name: str, statement: str) -> str:
        one = copied(laptop, name)
        one.ledger.behind_its_back(statement)
        return str(one.file)

    other = Copy(tmp_path / "other.db")
    schema.create(other.ledger.url)
    other.ledger.found()
    wrong = {
        str(other.file): "begun anew there",
        altered("old.db", "UPDATE alembic_version SET version_num = '0005'"): "older program",
        altered("new.db", "UPDATE alembic_version SET version_num = '9999'"): "newer program",
        altered("said.db", "UPDATE change SET after = replace(after, 'Ben''s', 'Eve''s')"): "its digest does not fit",
        altered("who.db", "UPDATE revision SET author = 'Eve' WHERE author = 'Ben'"): "its digest does not fit",
        str(home.file): "is this ledger itself",
        str(tmp_path / "none.db"): "There is no ledger at",
        "mysql://x:secret@y/z": "names no database that this program knows",
    }  # fmt: skip
    before = rows(home), home.ledger.entries()
    for place, sentence in wrong.items():
        result = run("--ledger", str(home.file), "merge", place)
        assert (result.code, result.stdout, sentence in result.stderr) == (1, "", True), result
        assert result.stderr.count("\n") == 1
        assert "secret" not in result.stderr
    assert (rows(home), home.ledger.entries()) == before


def test_every_note_is_said_and_the_history_keeps_it(laptop: Copy, run: Run) -> None:
    """Both give the same keys to twenty records each, and one cites a quote whose key was given twice."""
    home = copied(laptop, "home.db")
    for copy, name in ((home, "A"), (laptop, "B")):
        with copy.ledger.write(author=name) as session:
            for number in range(20):
                key = f"z{number + 1}"
                records.add(session, "coder", {"key": key, "name": f"{name} {number}"})
    told = run("--ledger", home.ledger.url, "merge", str(laptop.file)).stdout
    assert [one for one in range(1, 21) if f"coder z{one} was added on both sides" not in told] == []
    last = str(len(home.ledger.entries()))
    kept = run("--ledger", home.ledger.url, "history", "show", last).stdout
    assert [one for one in range(1, 21) if f"coder z{one} was added on both sides" not in kept] == []
    listed = run("--ledger", home.ledger.url, "history", "show").stdout
    assert "was added on both sides" not in listed
    assert home.ledger.findings() == []


def test_who_takes_a_merge_back_is_told_which_of_their_keys_are_others_now(laptop: Copy, run: Run) -> None:
    home = copied(laptop, "home.db")
    for copy in (home, laptop):  # whoever logs first keeps the key
        with copy.ledger.write() as session:
            records.add(session, "source", {"key": "letters", "title": copy.file.name, "tier": "primary"})
    assert (
        "source letters was added on both sides"
        in run("--ledger", home.ledger.url, "merge", str(laptop.file)).stdout
    )
    told = run("--ledger", laptop.ledger.url, "merge", str(home.file))
    assert told.code == 0
    said = " ".join(told.stdout.split())
    assert "source letters is letters-2 now, and letters is what was added in the other copy" in said
    assert laptop.ledger.value("SELECT title FROM source WHERE key = 'letters-2'") == laptop.file.name
    # Whoever's own record kept its key has nothing to look after.
    assert "letters" not in run("--ledger", home.ledger.url, "merge", str(laptop.file)).stdout
