"""What others published stands beside the study's own codes, and never in their place; it can be compared."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event

from evidence.audit.codings import compare
from evidence.cases.loading import apply
from evidence.cases.mid import read_mid
from evidence.coding.decide import decide
from evidence.ledger import records
from tests.cli.asking import Do, found_asking, passes
from tests.kit import Ledger

_BRING = ("import", "codings", "theirs.csv", "--coder", "book", "--variable", "X")


@pytest.fixture(scope="module")
def _rivals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = found_asking(tmp_path_factory.mktemp("rivals") / "evidence.db")
    with Ledger(f"sqlite:///{file}", "s").write() as session:
        alias = {"data_set": "MID", "version": "4.01", "number": "77"}
        records.add(session, "case", {"key": "c2", "title": "C2", "aliases": [alias]})
        records.add(session, "case", {"key": "c3", "title": "C3"})
        records.rename(session, "case", records.find(session, "case", "c3"), "c4")
        records.add(session, "source", {"key": "work", "title": "A Work", "tier": "secondary"})
        records.add(session, "coder", {"key": "book", "name": "A Book", "source": "work"})
    return file


@pytest.fixture
def ledger(_rivals: Path, tmp_path: Path) -> Ledger:
    """A study with three cases and a publication that codes them; all made up."""
    shutil.copyfile(_rivals, tmp_path / "evidence.db")
    return Ledger(f"sqlite:///{tmp_path / 'evidence.db'}", "s")


@pytest.fixture
def theirs(tmp_path: Path) -> Callable[..., None]:
    """Write what the publication says."""

    def write(*lines: str, head: str = "case,value,why,page,decided on", name: str = "theirs.csv") -> None:
        (tmp_path / name).write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")

    return write


def _coded(ledger: Ledger) -> None:
    """Let the study code its first case: 3, on one test and one document."""
    passes(ledger, "c1.t1")
    with ledger.write() as session:
        decide(
            session, "c1", "X", None, sub_judgements={"necessary": "yes"}, tests=["c1.t1"], coder="ada",
            rationale="b", counter_evidence="n",
        )  # fmt: skip


def test_b22_codings_come_in_by_key_by_an_old_key_and_by_number(
    do: Do, ledger: Ledger, theirs: Callable[..., None]
) -> None:
    theirs("c1,2,“It mattered little.”,12,2016-02-29", "77,1,,,", "c3,,Not a dispute at all.,,")
    assert do(*_BRING) == "3 cases by book (1 of them not coded): 3 new, 0 changed, 0 unchanged.\n"
    said = json.loads(do("decision", "list", "--json"))
    assert [(one["case"], one.get("value"), one["rationale"]) for one in said] == [
        ("c1", "2", "“It mattered little.”"),
        ("c2", "1", "No reason is stated."),
        ("c4", None, "Not a dispute at all."),
    ]
    assert {one["round"] for one in said} == {"published elsewhere"}
    assert said[0]["locator"] == {"page": "12"}
    assert said[0]["decided_at"].startswith("2016-02-29")
    assert ledger.value("SELECT count(*) FROM decision WHERE rule_value IS NOT NULL") == 0
    assert ledger.findings() == []


def test_b23_the_same_again_writes_nothing_and_another_value_supersedes(
    do: Do, ledger: Ledger, theirs: Callable[..., None]
) -> None:
    theirs("c1,2,so,12,2016-02-29", "c2,1,so,13,")
    do(*_BRING)
    before = len(ledger.entries())
    assert "nothing was written" in do(*_BRING)
    assert len(ledger.entries()) == before
    theirs("c1,3,so,12,2016-02-29", "c2,1,another word,13,")
    dry = do(*_BRING, "--dry-run")
    assert "dry run: nothing was written" in dry
    assert len(ledger.entries()) == before
    said = do(*_BRING)
    assert dry.replace("This was a dry run: nothing was written.\n", "") == said
    assert "Changed: c1, X: 2 → 3\nChanged: c2, X: its reasons or their place\n" in said
    assert len(ledger.entries()) == before + 1
    assert ledger.value("SELECT count(*) FROM decision") == 4
    assert ledger.value("SELECT count(*) FROM decision WHERE supersedes_id IS NOT NULL") == 2
    assert [one["history"][0]["value"] for one in json.loads(do("why", "c1", "--json"))["codes"]] == ["2"]
    assert "2 unchanged" in do(*_BRING)


@pytest.mark.parametrize(
    ("lines", "more", "sentence"),
    [
        (
            ["c1,2,,,", "c9,2,,,"],
            (),
            "theirs.csv, row 3, field \"case\": There is no case 'c9' in this study.",
        ),
        (["c1,9,,,"], (), "theirs.csv, row 2, field \"value\": '9' is not a level of X in version 1"),
        (["c1,2,,,", "c1,3,,,"], (), "theirs.csv, row 3: case c1 is in row 2 already"),
        ([",2,,,"], (), 'theirs.csv, row 2, field "case": the case is missing'),
        ([], (), "theirs.csv: there is no row below the heads"),
        (["c1,2,,,1999-02-30"], (), "'1999-02-30' is not a day"),
        (["c1,2,,,"], ("--version", "7"), "There is no version of X '7'"),
        (["c1,2,,,"], ("--map", "vlaue=value"), "there is no column 'vlaue'. Did you mean 'value'?"),
        (["c1,2,,,"], ("--map", "why=wy"), "a coding has no 'wy'; did you mean 'why'?"),
    ],
)
def test_b24_a_slip_in_a_file_is_one_sentence_with_its_row(
    do: Do,
    ledger: Ledger,
    theirs: Callable[..., None],
    lines: list[str],
    more: tuple[str, ...],
    sentence: str,
) -> None:
    theirs(*lines)
    assert sentence in do(*_BRING, *more, refused=True)
    assert ledger.value("SELECT count(*) FROM decision") == 0


@pytest.mark.usefixtures("ledger")
def test_b25_a_person_has_published_nothing_and_columns_are_asked_for(
    do: Do, theirs: Callable[..., None]
) -> None:
    theirs("c1,2,,,")
    assert "coder ada is no publication" in do(*_BRING[:4], "ada", *_BRING[5:], refused=True)
    theirs("c1,2", head="dispute,value")
    assert "no column gives the case; say which one does (--map COLUMN=case)" in do(*_BRING, refused=True)
    theirs("c1,2,2", head="case,code,value")
    assert "code and value both give the value" in do(*_BRING, refused=True)
    said = do(*_BRING, "--map", "code=value")
    assert "Nothing was read from value." in said
    theirs("c1,-9", head="Dispute,Their Code")
    said = do(*_BRING, "--map", "Dispute=case", "--map", "Their Code=value", "--missing", "-9")
    assert "Changed: c1, X: 2 → not coded" in said


def test_b26_a_spreadsheet_says_the_same_as_a_csv(
    do: Do, ledger: Ledger, theirs: Callable[..., None], tmp_path: Path
) -> None:
    theirs("c1,2,so,12,")
    do(*_BRING)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["case", "value", "why", "page"], ["c1", 2, "so", 12]):
        sheet.append(row)
    book.save(tmp_path / "theirs.xlsx")
    assert "1 unchanged" in do(*_BRING[:2], "theirs.xlsx", *_BRING[3:])
    assert ledger.value("SELECT count(*) FROM decision") == 1


def test_b27_what_is_published_is_never_the_studys_code(
    do: Do, ledger: Ledger, theirs: Callable[..., None], tmp_path: Path
) -> None:
    theirs("c1,1,so,12,", "c2,2,so,13,")
    do(*_BRING)
    assert json.loads(do("recompute", "X", "--json"))["codes"] == []
    do("render", "appendix", "--output", "before")
    _coded(ledger)
    theirs("c1,2,on second thoughts,12,", "c2,2,so,13,")
    do(*_BRING)  # newer than the study's own
    do("render", "appendix", "--output", "after")
    for name, own in (("before", "not coded 3 100%"), ("after", "3 necessary 1 33% not coded 2 67%")):
        front = " ".join(re.sub(r"<[^>]+>", " ", (tmp_path / name / "index.html").read_text("utf-8")).split())
        assert own in front, front
    page = (tmp_path / "after" / "cases" / "c1.html").read_text("utf-8")
    assert "on second thoughts" in page
    assert json.loads(do("recompute", "X", "--json"))["codes"][0]["code"] == "3"


def test_b28_compare_shows_where_they_differ_and_which_document_decides(
    do: Do, ledger: Ledger, theirs: Callable[..., None]
) -> None:
    assert "The study alone" not in do("compare", "X")
    _coded(ledger)
    assert "The study alone has coded X; 'evidence import codings'" in do("compare", "X")
    theirs("c1,2,It mattered little.,12,", "c2,1,so,13,")
    do(*_BRING)
    said = do("compare", "X")
    assert "  the study 3 (ada, c1.X.1): b\n  book 2 (page 12): It mattered little.\n" in said
    assert "The study's code rests on a (A), without which it would not stand." in said
    assert "the study and book: 0 agree, 1 differ, 0 coded by the study alone, 1 by book alone." in said
    assert said.count("c2") == said.count("book alone: c2") == 1
    assert "It mattered little." not in do("compare", "X", "--counts")
    answer = json.loads(do("compare", "X", "--json"))
    assert answer["differing"] == ["c1"]
    (pair,) = answer["pairs"]
    assert (pair["levels"], pair["table"][2]) == (["1", "2", "3", None], [0, 1, 0, 0])
    assert answer["cases"][0]["documents"] == [{"source": "a", "title": "A", "alone": True}]


def test_b29_a_code_that_needs_no_document_alone_says_so(
    do: Do, ledger: Ledger, theirs: Callable[..., None]
) -> None:
    do("source", "add", "z", "--title", "Z", "--tier", "primary")
    do("quote", "add", "--source", "z", "--words", "She said so too")
    do("observation", "add", "--case", "c1", "--proposition", "seen", "--quote", "z.1")
    do("test", "bring", "c1.t1", "--observation", "c1.o2", "--for")
    _coded(ledger)
    theirs("c1,2,so,12,")
    do(*_BRING)
    assert "needs none of its documents alone; they are a (A); z (Z)." in do("compare", "X")


def test_b34_who_leaves_a_case_out_contests_nothing_in_any_place(
    do: Do, ledger: Ledger, theirs: Callable[..., None], tmp_path: Path
) -> None:
    _coded(ledger)
    theirs("c1,,They do not speak of it.,12,")
    do(*_BRING)
    (ours,) = (one for one in json.loads(do("why", "c1", "--json"))["codes"] if one["value"] == "3")
    assert (ours["contested"], ours["robustness"]["contested"]) == ([], False)
    assert (ours["others"][0]["value"], ours["others"][0]["level"]) == (None, "not coded there")
    assert "contested" not in do("why", "c1")
    assert "not codable" not in do("why", "c1")
    compared = do("compare", "X")
    assert "0 agree, 0 differ, 1 coded by the study alone" in compared
    assert "the study alone: c1\n" in compared
    assert "They do not speak of it" not in compared
    assert json.loads(do("audit", "--json"))["contested"]["part"] == 0
    do("render", "appendix", "--output", "site")
    page = (tmp_path / "site" / "cases" / "c1.html").read_text("utf-8")
    assert "contested" not in page
    assert "Not coded there." in page
    front = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "of 0 coded by both, 0 agree and 0 differ" in front
    theirs("c1,2,now they do,12,")
    do(*_BRING)
    assert "contested: book gives 2" in do("why", "c1")


def test_b30_a_person_can_be_compared_too_and_nobody_else(
    do: Do, ledger: Ledger, theirs: Callable[..., None]
) -> None:
    do("coder", "add", "bob", "--name", "Bob")
    _coded(ledger)
    override = ("--override-reason", "made up")
    do("code", "c1", "X", "2", "--because", "b2", "--counter-evidence", "n", "--coder", "bob", *override)
    theirs("c1,2,so,12,")
    do(*_BRING)
    answer = json.loads(do("compare", "X", "bob", "book", "--json"))
    assert [side["key"] for side in answer["sides"]] == ["the study", "bob", "book"]
    assert len(answer["pairs"]) == 3
    assert "There is no coder 'bok' in this study. Did you mean book" in do(
        "compare", "X", "bok", refused=True
    )
    assert "coder book is named twice" in do("compare", "X", "book", "book", refused=True)
    assert "There is no variable 'Y'" in do("compare", "Y", refused=True)


def test_b31_comparing_takes_as_many_statements_for_many_cases(
    do: Do, ledger: Ledger, theirs: Callable[..., None]
) -> None:
    def statements() -> int:
        with ledger.read() as (connection, study):
            told: list[str] = []
            event.listen(connection, "before_cursor_execute", lambda *args: told.append(args[2]))
            compare(connection, study, "X")
            return len(told)

    _coded(ledger)
    theirs("c1,2,so,12,")
    do(*_BRING)
    few = statements()
    with ledger.write() as session:
        for number in range(10, 40):
            records.add(session, "case", {"key": f"c{number}", "title": "C"})
            decision = {"case": f"c{number}", "variable": "X", "value": "1", "coder": "ada", "rationale": "b"}
            more = {"counter_evidence": "n", "override_reason": "made up", "key": f"c{number}.X.1"}
            records.add(session, "decision", {**decision, **more})
    theirs("c1,2,so,12,", *(f"c{number},2,so,12," for number in range(10, 40)))
    do(*_BRING)
    assert statements() == few
    with ledger.read() as (connection, study):
        assert len(compare(connection, study, "X").differing) == 31


def _hostility(file: Path) -> dict[str, int]:
    """Return the U.S. hostility level of every dispute in a table of participants; the highest where it re-enters."""
    found: dict[str, int] = {}
    with file.open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            named = {name.casefold(): value for name, value in row.items()}
            if named["ccode"] == "2":
                found[named["dispnum3"]] = max(found.get(named["dispnum3"], 0), int(named["hostlev"]))
    return found


def _written(file: Path, rows: Iterable[tuple[object, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("number", "value", "why"), *rows])


def test_b32_two_versions_of_the_mid_data_code_the_188_disputes(
    do: Do, sqlite_url: str, tmp_path: Path, shared: Path
) -> None:
    """COW against Gibler, Miller and Little: which disputes version 4.3 codes otherwise, dropped or merged, and why."""
    ledger, cow = Ledger(sqlite_url), shared / "data" / "cow"
    ledger.found()
    us: dict[str, Any] = {"country": 2, "first": 1948, "last": 2010, "min_hostility": 2}
    levels = [{"value": str(n), "label": str(n)} for n in range(1, 6)]
    with ledger.write() as session:
        apply(
            session,
            read_mid(
                disputes=cow / "MIDA_4.01.csv", participants=cow / "MIDB_4.01.csv", version="4.01", **us
            ),
        )
        version = {"version": "4", "scale": "ordinal", "levels": levels}
        records.add(session, "variable", {"key": "HOST", "label": "U.S. hostility", "versions": [version]})
        for number in ("401", "43"):
            records.add(
                session, "source", {"key": f"mid{number}", "title": f"MID {number}", "tier": "dataset"}
            )
            records.add(
                session, "coder", {"key": f"mid-{number}", "name": f"MID {number}", "source": f"mid{number}"}
            )
    old, new = _hostility(cow / "MIDB_4.01.csv"), _hostility(cow / "MIDB_4.3.csv")
    derived = shared / "data" / "derived"
    with (derived / "us_mids_401_to_43.csv").open(encoding="utf-8", newline="") as rows:
        moved = {
            row["dispnum_4_01"]: (row["status_in_4_3"], row["dispnum_4_3"]) for row in csv.DictReader(rows)
        }
    decisions = json.loads((derived / "mid43_coding_decisions.json").read_text("utf-8"))
    reasons = {str(decision["dispnum"]): decision["reason"] for decision in decisions}
    _written(tmp_path / "old.csv", ((number, old[number], "") for number in moved))
    _written(
        tmp_path / "new.csv",
        (
            (number, new.get(other, ""), reasons.get(number, status))
            for number, (status, other) in moved.items()
        ),
    )
    for name, coder in (("old", "mid-401"), ("new", "mid-43")):
        do("import", "codings", f"{name}.csv", "--coder", coder, "--variable", "HOST")
    answer = json.loads(do("compare", "HOST", "mid-401", "mid-43", "--json"))
    (pair,) = answer["pairs"]
    gone = {number for number, (_, other) in moved.items() if other not in new}
    other_level = {number for number, (_, to) in moved.items() if to in new and new[to] != old[number]}
    assert len(moved) == 188
    assert (pair["agree"], pair["differ"], pair["only_one"], pair["only_other"]) == (
        188 - len(gone) - len(other_level), len(other_level), len(gone), 0,
    )  # fmt: skip
    assert {key.removeprefix("mid-") for key in answer["differing"]} == other_level
    alone = {case["case"] for case in answer["cases"] if case["said"][1]["value"] is None}
    assert {key.removeprefix("mid-") for key in alone} == gone
    assert (len(gone), other_level) == (8, {"2941", "2943"})
    said = {case["case"]: case["said"][1]["words"] for case in answer["cases"]}
    assert said["mid-2910"] == reasons["2910"].strip()
    assert ledger.findings() == []
