"""The shipped study: its facts are the data set's, its quotes stand in the documents, its method is kept."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evidence.archive.bringing import bring
from evidence.archive.frus.volume import read_volume
from evidence.audit.why import why
from evidence.cases.loading import apply
from evidence.cases.mid import read_mid
from evidence.ledger import schema
from evidence.ledger.revisions import founding
from evidence.ledger.shown import shown, shown_all
from evidence.models import Study
from evidence.publish.front import read_appendix
from evidence.publish.load import load
from evidence.resources import folder
from evidence.study.read import read
from evidence.study.write import write
from tests.frus import documents
from tests.kit import Ledger

EXAMPLE = folder("examples") / "beckley2015"
WORKED = {"mid-50", "mid-2033", "mid-2032", "mid-611"}
_ELLIPSIS = re.compile(r"\s*(?:\.{3}|\. \. \.|…)\s*")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The study as a reader of the folder has it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('example') / 'example.db'}"
    schema.create(url)
    read(url, EXAMPLE, author="Tester", message="as shipped")
    return Ledger(url, "beckley2015")


def _all(ledger: Ledger, noun: str) -> list[dict[str, Any]]:
    with ledger.read() as (connection, study):
        return shown_all(connection, study, noun)


def _one(ledger: Ledger, noun: str, key: str) -> dict[str, Any]:
    with ledger.read() as (connection, study):
        return shown(connection, study, noun, key)


def test_it_reads_whole_and_writes_the_same_bytes(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.findings() == []
    with ledger.read() as (connection, study):
        write(connection, study, tmp_path / "again")
    for file in (tmp_path / "again").rglob("*.*"):
        name = file.relative_to(tmp_path / "again")
        if file.is_file() and not name.name.startswith("."):
            assert file.read_bytes() == (EXAMPLE / name).read_bytes(), name


def test_the_universe_is_188_of_which_18_are_in_episodes(ledger: Ledger) -> None:
    cases = _all(ledger, "case")
    assert len(cases) == 188
    core = {
        place["case"]
        for episode in _all(ledger, "episode")
        for place in _one(ledger, "episode", episode["key"])["cases"]
        if place["tier"] == "core"
    }
    assert len(core) == 18
    assert {case["key"] for case in cases if case["status"] == "deep"} == core
    assert all(case["screening"] for case in cases if case["key"] not in core)


def test_its_facts_are_those_of_the_data_set(ledger: Ledger, shared: Path, sqlite_url: str) -> None:
    cow = shared / "data" / "cow"
    plan = read_mid(
        cow / "MIDA_4.01.csv",
        cow / "MIDB_4.01.csv",
        "4.01",
        country=2,
        first=1948,
        last=2010,
        min_hostility=2,
    )
    with founding(sqlite_url, Study(key="fresh", title="Fresh"), author="Tester", message="fresh") as session:
        apply(session, plan)
    fresh = Ledger(sqlite_url, "fresh")

    def facts(of: Ledger) -> dict[str, Any]:
        return {
            case["key"]: {
                name: case.get(name) for name in ("start", "end", "attributes", "data_set", "data_version")
            }
            for case in _all(of, "case")
        }

    def parts(of: Ledger) -> list[Any]:
        query = (
            'SELECT k.key, a.ccode, p.side, p.spell, p.start, p."end", p.hostility, p.action FROM participation p '
            'JOIN "case" k ON k.id = p.case_id JOIN actor a ON a.id = p.actor_id'
        )
        with of.read() as (connection, _):
            return sorted(map(str, connection.exec_driver_sql(query).all()))

    assert facts(ledger) == facts(fresh)
    assert parts(ledger) == parts(fresh)
    assert len(parts(ledger)) == 718


def _words_of(quote: dict[str, Any]) -> list[str]:
    return _ELLIPSIS.split(quote["words"]) if quote["state"] == "elided" else [quote["words"]]


def test_every_quote_stands_in_its_document_on_its_page(ledger: Ledger, shared: Path) -> None:
    quotes = _all(ledger, "quote")
    assert len(quotes) >= 20
    for quote in quotes:
        volume_id, _, number = quote["source"].rpartition("-")
        volume = shared / "data" / "frus" / f"{volume_id}.xml"
        document = documents(volume)[number]
        assert quote["state"] in ("exact", "typographic", "elided"), quote["key"]
        edition = f"TEI file {hashlib.sha256(volume.read_bytes()).hexdigest()[:12]}"
        assert quote["verified_edition"].endswith(edition), quote["key"]
        pages = [document.pages_of(words) for words in _words_of(quote) if words]
        assert all(pages), quote["key"]
        assert quote["locator"]["page"] in pages[0], quote["key"]
        assert quote["locator"]["document"] == document.number, quote["key"]


def test_what_was_found_is_found_again_in_the_volumes(shared: Path, tmp_path: Path) -> None:
    """Whoever brings the volumes finds what the study says was found: state, place, and the text by its hash."""
    url = f"sqlite:///{tmp_path / 'again.db'}"
    schema.create(url)
    read(url, EXAMPLE, author="Tester", message="as shipped")
    study = Ledger(url, "beckley2015")
    shipped = {quote["key"]: quote for quote in _all(study, "quote")}
    quoted = {quote["source"].partition("-d")[::2] for quote in shipped.values()}
    for volume in sorted({volume for volume, _ in quoted}):
        wanted = [f"d{number}" for of, number in quoted if of == volume]
        with study.write() as session:
            brought = bring(session, read_volume(shared / "data" / "frus" / f"{volume}.xml", wanted))
        assert sorted(brought.held) == sorted(f"{volume}-{one}" for one in wanted)
        assert not [again for again in brought.verified_again if again.failed or again.changed]
    assert {quote["key"]: quote for quote in _all(study, "quote")} == shipped
    assert len(shipped) == 66
    assert study.findings() == []


def test_the_oracle_tells_a_true_quotation_from_an_altered_one(shared: Path) -> None:
    """The check above can fail: it refuses every altered quotation of the shared list, and finds every true one."""
    with (shared / "data" / "derived" / "frus_quote_checks.csv").open(encoding="utf-8", newline="") as file:
        checks = [row for row in csv.DictReader(file) if row["alteration"] != "typographic"]
    for row in checks:
        document = documents(shared / "data" / "frus" / f"{row['volume']}.xml")[row["doc_id"]]
        verbatim = row["is_verbatim"] == "1" and not row["alteration"]
        assert bool(document.pages_of(row["quote"])) is verbatim, row


@pytest.mark.parametrize("episode", [("mid-50", "mid-2033", "mid-2032"), ("mid-611",)])
def test_a_worked_episode_has_what_the_method_asks_for(ledger: Ledger, episode: tuple[str, ...]) -> None:
    tests = [test for test in _all(ledger, "test") if test["case"] in episode]
    assert {test["kind"] for test in tests} == {"straw in the wind", "hoop", "smoking gun", "doubly decisive"}
    assert {"passed", "failed", "inconclusive"} <= {test["result"] for test in tests}
    observations = [o for o in _all(ledger, "observation") if o.get("case") in episode]
    quotes = {key for o in observations for key in _one(ledger, "observation", o["key"])["quotes"]}
    assert len(quotes) >= 10
    concepts = {
        h.get("concept", "").partition("-")[0] for h in _all(ledger, "hypothesis") if h.get("case") in episode
    }
    assert {"form", "interest"} <= concepts  # an alliance claim and a national-interest claim
    for case in episode:
        assert len(_one(ledger, "case", case)["narrative"].split()) >= 300
        assert [s for s in _all(ledger, "search") if s.get("case") == case and s["status"] == "done"]
        for variable in ("ALLY", "INV"):
            made = [d for d in _all(ledger, "decision") if (d["case"], d["variable"]) == (case, variable)]
            assert made, (case, variable)
            assert all(d["coder"] == "example-coder" and d["counter_evidence"] for d in made)


def test_only_worked_cases_have_codes_and_nobody_is_called_beckley(ledger: Ledger) -> None:
    assert {decision["case"] for decision in _all(ledger, "decision")} == WORKED
    assert [coder["key"] for coder in _all(ledger, "coder")] == ["example-coder"]


@pytest.mark.parametrize("case", ["mid-4064", "mid-3551", "mid-4137"])
def test_the_episodes_of_the_1990s_say_that_nothing_was_searched(ledger: Ledger, case: str) -> None:
    tests = [test for test in _all(ledger, "test") if test["case"] == case]
    searches = [search for search in _all(ledger, "search") if search.get("case") == case]
    assert tests
    assert {test["result"] for test in tests} == {"not attempted"}
    assert {search["status"] for search in searches} == {"not attempted"}


def test_the_allies_are_66_and_a_reconstruction(ledger: Ledger, shared: Path) -> None:
    with (shared / "data" / "derived" / "us_formal_allies_1948_2014.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        expected = {int(row["ccode"]) for row in csv.DictReader(file) if row["in_reconstructed_66"] == "1"}
    ccodes = {actor["key"]: actor.get("ccode") for actor in _all(ledger, "actor")}
    treaties = [_one(ledger, "commitment", c["key"]) for c in _all(ledger, "commitment")]
    members = {member["actor"] for treaty in treaties for member in treaty["members"]} - {"usa"}
    assert all("reconstruction" in treaty["basis"].casefold() for treaty in treaties)
    assert {ccodes[key] for key in members} == expected
    assert len(members) == 66


def _citations(ledger: Ledger) -> Iterator[tuple[str, str]]:
    for case in _all(ledger, "case"):
        for group in re.findall(r"\[(@[^\]]+)\]", case.get("narrative", "")):
            for key in re.findall(r"@([^\s;,]+)", group):
                yield case["key"], key


def test_what_narratives_cite_is_there(ledger: Ledger) -> None:
    known = {q["key"] for q in _all(ledger, "quote")} | {s["key"] for s in _all(ledger, "source")}
    cited = list(_citations(ledger))
    assert len(cited) > 50
    assert [pair for pair in cited if pair[1] not in known] == []


def test_pages_have_the_numbers_of_why_and_say_them_once(ledger: Ledger) -> None:
    seen = 0
    with ledger.read() as (connection, study):
        for case in (one for one in read_appendix(load(connection, study)).cases() if one.robustness):
            asked = {code.variable: code.robustness for code in why(connection, study, case.key).codes}
            for code in case.robustness.codes if case.robustness else ():
                told, text = asked[code.variable], "".join(words.words for words in code.changes)
                assert told is not None
                assert f"{code.variable} {code.value}" in text
                assert "dB" not in text  # the table has them
                assert len(code.pairs) == len(told.pairs)
                for shown_pair, pair in zip(code.pairs, told.pairs, strict=True):
                    seen += 1
                    assert shown_pair.weight == f"{pair.weight:+.1f} dB".replace("-", "−")
                    assert (shown_pair.strength, shown_pair.level) == (pair.strength, len(pair.leaders) != 1)
                    ended = "".join(words.words for words in shown_pair.without)
                    assert bool(ended) == bool(pair.pivots or pair.ties)
                    assert not ended or ended not in text
    assert seen >= 20
