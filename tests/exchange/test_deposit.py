"""A deposit: whole, valid by the standards' own readers, the same bytes again, read back, and silent where it must be."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bagit
import pytest
from rocrate.rocrate import ROCrate
from sqlalchemy import text

from evidence.audit.beneath import load
from evidence.audit.fingerprints import fingerprints
from evidence.coding.decide import decide
from evidence.coding.rounds import open_round
from evidence.errors import EvidenceError, MethodError
from evidence.exchange.deposit import deposit
from evidence.exchange.rights import rights
from evidence.ledger import records, schema
from evidence.study.read import read
from tests.exchange.deposited import CLOSED, KNOWN, SHORT, deposited
from tests.kit import Ledger, Run
from tests.publish.strait import two_cases

_TEXTS = {".md", ".csv", ".json", ".yaml", ".html", ".js", ".txt", ".jsonld", ".bib", ".ris"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ledger, Path]:
    """The study, and its deposit without what is closed."""
    folder = tmp_path_factory.mktemp("deposit")
    ledger = deposited(_new(folder / "evidence.db"))
    with ledger.read() as (connection, study):
        deposit(connection, study, folder / "kept", redact=True, license="https://example.org/licence")
    return ledger, folder / "kept"


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    """A study of which everything may be told."""
    return two_cases(sqlite_url)


def _new(file: Path) -> str:
    schema.create(f"sqlite:///{file}")
    return f"sqlite:///{file}"


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file.read_bytes()


def test_the_bag_is_whole_and_a_byte_changed_is_found(made: tuple[Ledger, Path], tmp_path: Path) -> None:
    _, kept = made
    assert bagit.Bag(str(kept)).validate()
    shutil.copytree(kept, tmp_path / "bag")
    readme = tmp_path / "bag" / "data" / "README.md"
    readme.write_bytes(readme.read_bytes().replace(b"is here", b"is hers"))
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(tmp_path / "bag")).validate()


def test_the_crate_lists_what_is_there(made: tuple[Ledger, Path]) -> None:
    _, kept = made
    crate = ROCrate(str(kept / "data"))
    assert (crate.name, crate.license) == ("Alliances & disputes", crate.get("https://example.org/licence"))
    assert [one["name"] for one in crate.root_dataset["author"]] == ["Ada"]
    listed = {one.id for one in crate.data_entities}
    there = {one.name + ("/" if one.is_dir() else "") for one in (kept / "data").iterdir()}
    assert {name.partition("/")[0] for name in listed} == {name.rstrip("/") for name in there} - {
        "ro-crate-metadata.json"
    }
    assert all((kept / "data" / name).exists() for name in listed)


def test_the_same_ledger_gives_the_same_bytes_anywhere(
    made: tuple[Ledger, Path], tmp_path: Path, run: Run
) -> None:
    ledger, kept = made
    line = (
        "--ledger",
        ledger.url,
        "export",
        "deposit",
        "again",
        "--redact",
        "--license",
        "https://example.org/licence",
    )
    result = run(*line, TZ="Pacific/Auckland", LANG="C", PYTHONHASHSEED="7")
    assert result.code == 0, result
    assert "The words of 3 quotes and 2 texts are not in it" in result.stderr
    assert dict(_files(kept)) == dict(_files(tmp_path / "again"))


def test_nothing_says_what_is_closed_and_what_is_left_out_is_listed(made: tuple[Ledger, Path]) -> None:
    _, kept = made
    for name, content in _files(kept):
        assert b"yellow harbour" not in content.lower(), name
        assert b"lamp oil" not in content, name
        assert f"“{SHORT}”".encode() not in content, name
    case = (kept / "data" / "study" / "cases" / "mid-50.md").read_text("utf-8")
    assert "He wrote “[withheld]” [@letters.1], and “[withheld]” [@letters.2]" in case
    assert "asked for oil: “[withheld]”" in case
    assert "> [withheld]" in case
    assert "Burn this bridge." in case  # two words that anybody may say
    assert "“a book that somebody sells”" in case  # which may be quoted, and not copied
    assert f"and “{KNOWN}” [@memo.9]" in case  # which an open source says too
    assert "The envoy wrote: [withheld]!" in case
    assert "That he was to [withheld], said he; [withheld], cried she." in case
    with (kept / "data" / "withheld.csv").open(encoding="utf-8", newline="") as lines:
        listed = [(row["noun"], row["source"], row["reason"]) for row in csv.DictReader(lines)]
    assert listed == [
        *[("quote", "letters", "access to letters is closed")] * 3,
        (
            "text",
            "book",
            "nobody has said that rights allow it to travel (© A press); 'evidence text edit' would",
        ),
        ("text", "letters", "access to letters is closed"),
    ]
    texts = list((kept / "data" / "study" / "texts").iterdir())
    assert [one.read_text("utf-8")[:8] for one in texts] == ["Page one"]


def test_without_leave_nothing_is_written(made: tuple[Ledger, Path], tmp_path: Path, run: Run) -> None:
    ledger, kept = made
    result = run("--ledger", ledger.url, "export", "deposit", "kept")
    assert (result.code, result.stdout) == (1, "")
    assert (
        "The words of 3 quotes and 1 text are not to be passed on (access to letters is closed)"
        in result.stderr
    )
    assert "--redact" in result.stderr
    assert list(tmp_path.iterdir()) == []
    with ledger.read() as (connection, study):
        with pytest.raises(EvidenceError, match="is there already"):
            deposit(connection, study, kept, redact=True, formats=())
        with pytest.raises(EvidenceError, match="known by its web address"):
            deposit(connection, study, tmp_path / "mine", redact=True, license="CC BY 4.0")
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "notes.txt").write_text("mine", "utf-8")
        with pytest.raises(EvidenceError, match="no deposit that this program made"):
            deposit(connection, study, tmp_path / "mine", redact=True, formats=(), force=True)
        (tmp_path / "empty").mkdir()
        for force in (False, True):
            deposit(connection, study, tmp_path / "empty", redact=True, formats=(), force=force)
    assert bagit.Bag(str(tmp_path / "empty")).validate()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["empty", "mine"]


def test_what_is_written_is_read_back_with_the_same_fingerprints(ledger_url: str, tmp_path: Path) -> None:
    """All but the history, which begins anew: the same text again, and what people sign has the same fingerprint."""
    ledger = deposited(ledger_url)
    with ledger.write("open the letters") as session:
        records.edit(session, "source", records.find(session, "source", "letters"), {"access": "open"})
    with ledger.read() as (connection, study):
        deposit(connection, study, tmp_path / "one", formats=())
        before = _prints(connection, study)
    there = tmp_path / "one" / "data" / "study"
    again = Ledger(_new(tmp_path / "again.db"), ledger.study)
    read(again.url, there, author="Cyd", message="read back")
    with again.read() as (connection, study):
        assert _prints(connection, study) == before
        deposit(connection, study, tmp_path / "two", formats=())
    assert again.findings() == []
    assert dict(_files(tmp_path / "two" / "data" / "study")) == dict(_files(there))


def _prints(connection: Any, study: Any) -> dict[str, str]:
    rows = [
        (noun, row.id, row.key)
        for noun in ("case", "quote", "test", "decision")
        for row in connection.execute(text(f'SELECT id, key FROM "{noun}" ORDER BY key'))
    ]
    beneath = load(connection, study, [(noun, i) for noun, i, _ in rows])
    found = fingerprints(connection, study, beneath, [i for _, i, _ in rows])
    return {f"{noun} {key}": found[i].value for noun, i, key in rows}


def test_what_was_redacted_is_read_back_too(made: tuple[Ledger, Path], tmp_path: Path) -> None:
    _, kept = made
    again = Ledger(_new(tmp_path / "again.db"), "strait")
    read(again.url, kept / "data" / "study", author="Cyd", message="read back")
    assert again.value("SELECT words FROM quote WHERE key = 'letters.1'") == "[withheld]"
    assert again.findings() == []


def test_an_open_blind_round_is_not_told(sqlite_url: str, tmp_path: Path) -> None:
    ledger = deposited(sqlite_url)
    with ledger.write() as session:
        open_round(session, "first", "ALLY", ("mid-50",), ("ada",), blind=True, seed=7)
        said: dict[str, Any] = {
            "rationale": "So.",
            "counter_evidence": "None.",
            "override_reason": "Made up.",
        }
        decide(session, "mid-50", "ALLY", "2", coder="ada", in_round="first", **said)
    with ledger.read() as (connection, study), pytest.raises(MethodError, match="freeze it first"):
        deposit(connection, study, tmp_path / "one", redact=True, formats=())


def test_excerpts_are_measured(made: tuple[Ledger, Path], tmp_path: Path) -> None:
    ledger, _ = made
    shutil.copyfile(ledger.url.removeprefix("sqlite:///"), tmp_path / "evidence.db")
    mine = Ledger(f"sqlite:///{tmp_path / 'evidence.db'}", ledger.study)
    with mine.write() as session:
        long = {"key": "novel.1", "source": "novel", "words": " ".join(f"word{n}" for n in range(151))}
        records.add(session, "quote", long)
    with mine.read() as (connection, study):
        made_of = deposit(connection, study, tmp_path / "long", redact=True, formats=())
    assert made_of.long == 1
    told = (tmp_path / "long" / "data" / "rights.md").read_text("utf-8")
    assert "- novel.1: 151 words" in told
    assert "- novel: 151 (© A press)" in told
    assert CLOSED not in told


def test_conditions_that_are_written_as_rights_count(ledger: Ledger) -> None:
    for said, forbidden in {
        "Not to be quoted without leave of the family": True,
        "May not be cited or reproduced": True,
        "Interview off the record": True,
        "Under embargo until 2040": True,
        "Public domain; formerly confidential": False,
        "No known restrictions on publication": False,
        "© 1999 A press. May be quoted.": False,
    }.items():
        with ledger.write() as session:
            records.edit(session, "source", records.find(session, "source", "memo"), {"rights": said})
        with ledger.read() as (connection, study):
            found = rights(connection, study).forbidden
        assert {one.key for one in found} == ({"mid-50.q1", "mid-50.q2"} if forbidden else set()), said
        assert all(said in one.reason for one in found)
