"""Tables: one meaning for each column, keys that join, nothing that is missing a 0, and the same in every format."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest
from sqlalchemy import event

from evidence.errors import EvidenceError
from evidence.exchange.tables import FORMATS, Exported, codebook, export_tables, study_tables
from evidence.exchange.tables_columns import KINDS, Table, plain_name
from evidence.exchange.tables_xlsx import LONGEST_CELL
from evidence.ledger import records
from evidence.publish.csl.program import pandoc
from tests.exchange.tabled import BITING, LONG, tabled
from tests.kit import Ledger, Run


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The study, in a file that nobody writes to."""
    from evidence.ledger import schema  # noqa: PLC0415

    file = tmp_path_factory.mktemp("tabled") / "evidence.db"
    schema.create(f"sqlite:///{file}")
    return tabled(f"sqlite:///{file}")


def written(ledger: Ledger, folder: Path, *formats: str, **said: Any) -> Exported:
    folder.mkdir(exist_ok=True)
    with ledger.read() as (connection, study):
        return export_tables(connection, study, folder, formats or ("csv",), **said)


@pytest.fixture(scope="module")
def folder(study: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study's tables in all formats."""
    made = tmp_path_factory.mktemp("tables")
    written(study, made, *FORMATS, draws=3, seed=7)
    return made


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def test_names_fit_everywhere_and_keys_join(ledger_url: str) -> None:
    """On both engines: what a column joins is there, and has every key that stands in it."""
    with tabled(ledger_url).read() as (connection, study):
        tables = study_tables(connection, study, draws=2)
        found = {
            table.name: [dict(zip(_names(table), row, strict=True)) for row in table.rows()]
            for table in tables
        }
    by_name = {table.name: table for table in tables}
    assert len(by_name) == len(tables)
    for table in tables:
        names = _names(table)
        assert len(set(names)) == len(names), table.name
        assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name) for name in (*names, table.name)), names
        assert {column.kind for column in table.columns} <= set(KINDS)
        assert all(column.meaning.endswith((".", "...", "?")) or column.meaning for column in table.columns)
        keys = [tuple(row[name] for name in table.key) for row in found[table.name]]
        assert len(set(keys)) == len(keys), table.name
        for column in table.columns:
            if column.joins:
                there, _, other = column.joins.partition(".")
                assert other in _names(by_name[there]), column
                known = {row[other] for row in found[there]}
                said = {row[column.name] for row in found[table.name]} - {None}
                assert said <= known, (table.name, column.name, said - known)
            if column.words:
                assert {row[column.name] for row in found[table.name]} - {None} <= {
                    *column.words,
                    *map(_number, column.words),
                }
    for name in ("quotes", "codes", "ratings", "weights", "draws", "code_settles", "bearings", "levels"):
        assert name in found
    keys = [row["quote"] for row in found["quotes"]]
    assert keys == sorted(keys)


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _number(word: str) -> Any:
    return int(word) if word.isdecimal() else word


def test_a_missing_code_says_why_and_is_no_0(folder: Path) -> None:
    cases = {row["case"]: row for row in rows(folder, "cases")}
    said = {key: (row["x"], row["x_label"], row["x_missing"], row["x_coder"]) for key, row in cases.items()}
    assert said == {
        "c1": ("2", "featured", "", "cyd"),  # given in the open, which comes before a blind round
        "c2": ("1", "none", "", "ben"),
        "c3": ("3", "necessary", "", "ben"),
        "c4": ("", "", "not codable", "ben"),
        "c5": ("2", "featured", "", "cyd"),
        "c6": ("3", "necessary", "", "cyd"),
    }
    assert [cases[key]["x_contested"] for key in cases] == ["0", "0", "1", "1", "0", "0"]
    assert [(row["v_if"], row["v_if_missing"]) for row in cases.values()] == [
        *[("", "not coded")] * 4, ("a b", ""), ("", "not coded"),
    ]  # fmt: skip
    codes = {row["decision"]: row for row in rows(folder, "codes")}
    c6 = [row for row in codes.values() if row["case"] == "c6"]
    assert [(row["value"], row["final"], bool(row["superseded_by"])) for row in c6] == [
        ("1", "0", True),
        ("3", "1", False),
    ]
    assert codes[c6[0]["superseded_by"]] == c6[1]
    assert sum(row["final"] == "1" for row in codes.values()) == 7
    assert {row["missing"] for row in codes.values() if not row["value"]} == {"not codable"}
    ratings = {(row["case"], row["coder"]): (row["value"], row["missing"]) for row in rows(folder, "ratings")}
    assert ratings["c4", "ada"] == ("0", "")
    assert ratings["c4", "ben"] == ("", "not codable")
    assert len(ratings) == 8


def test_a_blind_round_that_is_open_is_in_no_table(sqlite_url: str, tmp_path: Path) -> None:
    ledger = tabled(sqlite_url, frozen=False)
    written(ledger, tmp_path / "out", "csv", draws=1)
    for file in (tmp_path / "out").iterdir():
        assert ".first.ada" not in file.read_text("utf-8"), file.name
        assert "ada on c" not in file.read_text("utf-8"), file.name
    assert rows(tmp_path / "out", "ratings") == []
    assert {row["x_missing"] for row in rows(tmp_path / "out", "cases") if row["case"] in ("c2", "c3")} == {
        "not coded"
    }


def _of_csv(text: str, kind: str) -> Any:
    readers = {
        "text": str, "integer": int, "number": float, "truth": lambda said: {"1": True, "0": False}[said],
        "day": date.fromisoformat, "moment": datetime.fromisoformat,
    }  # fmt: skip
    return readers[kind](text) if text else None  # type: ignore[operator]


def test_every_format_says_the_same(study: Ledger, folder: Path) -> None:
    """Read by readers of others, typed; what is too long for a spreadsheet says so there, and stands in the CSV."""
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    with study.read() as (connection, row):
        tables = study_tables(connection, row, draws=3)
    assert book.sheetnames == [*(table.name for table in tables), "codebook"]
    assert len(list(book["codebook"].rows)) == 1 + len(rows(folder, "codebook"))
    for table in tables:
        raw = (folder / f"{table.name}.csv").read_bytes()
        assert raw.startswith(",".join(_names(table)).encode() + b"\r\n")
        assert raw.count(b"\r\n") == raw.count(b"\r")
        kinds = [column.kind for column in table.columns]
        plain = [
            [_of_csv(cell, kind) for cell, kind in zip(line.values(), kinds, strict=True)]
            for line in rows(folder, table.name)
        ]
        parquet = pyarrow.parquet.read_table(folder / f"{table.name}.parquet")
        assert [list(line.values()) for line in parquet.to_pylist()] == plain
        assert [field.metadata[b"description"].decode() for field in parquet.schema] == [
            c.meaning for c in table.columns
        ]
        sheet = book[table.name]
        assert sheet.freeze_panes == "B2"
        cells = [[_cell(cell) for cell in line] for line in sheet.iter_rows(min_row=2)]
        assert [[_shown(value) for value in line] for line in plain] == cells, table.name
    (note,) = [row["note"] for row in rows(folder, "sources") if row["source"] == "biting"]
    assert note == LONG
    (words,) = [row["words"] for row in rows(folder, "quotes") if row["quote"] == "biting.1"]
    assert words == BITING


def _cell(cell: Any) -> Any:
    assert cell.data_type != "f", cell.coordinate
    if isinstance(cell.value, datetime):
        return cell.value.replace(microsecond=0)
    return (
        re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), cell.value)
        if cell.data_type == "s"
        else cell.value
    )


def _shown(value: Any) -> Any:
    """Return what a spreadsheet has of a value: moments without a zone, days as text, no more letters than a cell holds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        return f"{value[: LONGEST_CELL - 60]} [... {len(value):,} characters; all of them are in the CSV]"
    return value


def test_dates_and_likelihoods_are_told_in_words_and_in_numbers(folder: Path) -> None:
    (search,) = [row for row in rows(folder, "searches") if row["search"] == "s2"]
    assert [search[name] for name in ("period", "period_year", "period_earliest", "period_latest")] == [
        "1854-03/1855", "1854", "1854-03-01", "1855-12-31",
    ]  # fmt: skip
    assert [search[f"sensitivity{end}"] for end in ("", "_low", "_high")] == ["0.3..0.5", "0.3", "0.5"]
    terms = [row["value"] for row in rows(folder, "search_terms") if row["search"] == "s2"]
    assert terms == ["-1", "+a, b"]
    assert [row["value"] for row in rows(folder, "quote_places")] == ["12"]
    assert [row["locator"] for row in rows(folder, "quotes") if row["quote"] == "biting.1"] == ["p. 12"]


def test_the_same_ledger_gives_the_same_bytes(study: Ledger, folder: Path, tmp_path: Path) -> None:
    shutil.copyfile(study.url.removeprefix("sqlite:///"), tmp_path / "copy.db")
    written(Ledger(f"sqlite:///{tmp_path / 'copy.db'}"), tmp_path / "again", *FORMATS, draws=3, seed=7)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert {file.name: file.read_bytes() for file in (tmp_path / "again").iterdir()} == before


def test_each_table_is_one_statement_however_many_rows(sqlite_url: str, tmp_path: Path) -> None:
    ledger = tabled(sqlite_url)
    few = _statements(ledger, tmp_path / "few")
    with ledger.write() as session:
        for number in range(30):
            said = {"key": f"memo.x{number}", "source": "memo", "words": f"Words {number}"}
            records.add(session, "quote", said)
            records.add(
                session, "observation", {"key": f"o{number}", "proposition": "So.", "quotes": [said["key"]]}
            )
    assert _statements(ledger, tmp_path / "many") == few


def _statements(ledger: Ledger, folder: Path) -> int:
    folder.mkdir()
    counted: list[str] = []
    with ledger.read() as (connection, study):
        event.listen(connection, "before_cursor_execute", lambda *said: counted.append(said[2]))
        export_tables(connection, study, folder)
    return len(counted)


def test_the_codebook_describes_every_column_level_and_rule(study: Ledger, folder: Path) -> None:
    book = json.loads((folder / "codebook.json").read_text("utf-8"))
    for table in book["tables"]:
        with (folder / f"{table['name']}.csv").open(encoding="utf-8", newline="") as stream:
            assert next(csv.reader(stream)) == [column["name"] for column in table["columns"]]
        assert table["rows"] == len(rows(folder, table["name"]))
    listed = {(row["table"], row["column"]): row for row in rows(folder, "codebook")}
    assert set(listed) == {
        (table["name"], column["name"]) for table in book["tables"] for column in table["columns"]
    }
    assert listed["quotes", "words"]["meaning"] == "The words, exactly as they stand."  # the column's own
    variable = next(one for one in book["variables"] if one["variable"] == "X")
    assert variable["column"] == "cases.x"
    assert [version["version"] for version in variable["versions"]] == ["1", "2"]
    assert variable["versions"][0]["rule"] == [
        {"when": {"push": "down"}, "code": "0"},
        {"when": {"push": "up"}, "code": "2"},
    ]
    assert [level["label"] for level in variable["versions"][0]["levels"]] == [
        "reduced",
        "none",
        "featured",
        "necessary",
    ]
    assert set(book["missing"]) == {"not codable", "not coded"}
    with study.read() as (connection, row):
        assert [table.name for table in codebook(connection, row, draws=3).tables] == [
            t["name"] for t in book["tables"]
        ]


def test_csv_comes_with_a_data_package(folder: Path, study: Ledger, tmp_path: Path) -> None:
    """Frictionless's own validator was content with it; here: it has every column, and keys that lead to one row."""
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    by_name = {resource["name"]: resource for resource in package["resources"]}
    assert {f"{name}.csv" for name in by_name} == {file.name for file in folder.glob("*.csv")} - {
        "codebook.csv"
    }
    for resource in package["resources"]:
        lines = rows(folder, resource["name"])
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as stream:
            assert next(csv.reader(stream)) == [field["name"] for field in resource["schema"]["fields"]]
        for name in resource["schema"].get("primaryKey", ()):
            assert all(line[name] for line in lines), resource["name"]
        for key in resource["schema"].get("foreignKeys", ()):
            reference = key["reference"]
            assert by_name[reference["resource"]]["schema"]["primaryKey"] == reference["fields"]
            there = {line[reference["fields"][0]] for line in rows(folder, reference["resource"])}
            assert {line[key["fields"][0]] for line in lines} - {""} <= there
    assert {key["fields"][0] for key in by_name["bearings"]["schema"]["foreignKeys"]} == {
        "test",
        "observation",
        "search",
    }
    assert "datapackage.json" not in written(study, tmp_path / "xlsx", "xlsx").files


def test_the_codebook_shows_hostile_words_as_words(sqlite_url: str, tmp_path: Path) -> None:
    ledger = tabled(sqlite_url)
    hostile = "<script>alert(1)</script> | [x](javascript:1) `a` $1$ # one\n\n# two"
    with ledger.write() as session:
        records.edit(
            session,
            "variable",
            records.find(session, "variable", "X"),
            {"label": hostile, "question": hostile},
        )
        records.edit_study(session, {"title": hostile})
    written(ledger, tmp_path / "out")
    done = subprocess.run(
        [pandoc(), "--from", "markdown", "--to", "html", tmp_path / "out" / "codebook.md"],
        capture_output=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert "<script" not in done.stdout
    assert (
        "javascript:" not in re.sub(r"<[^>]*>", lambda tag: tag[0] if "href" in tag[0] else "", done.stdout)
        or "href" not in done.stdout
    )
    assert done.stdout.count("<h1") == 1
    assert done.stdout.count("&lt;script&gt;") >= 4


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ALLY", "ally"),
        ("Étage 2 – x", "tage_2_x"),
        ("2nd", "v_2nd"),
        ("if", "v_if"),
        ("台灣", "v"),
        ("", "v"),
        ("a" * 60, "a" * 20),
    ],
)
def test_any_key_makes_a_name(text: str, name: str) -> None:
    assert plain_name(text, room=20) == name
    assert plain_name(text, {name}, 20) == f"{name[:18]}_2"


@pytest.fixture
def asking(study: Ledger, run: Run, tmp_path: Path) -> Any:
    return lambda *line: run("--ledger", study.url, "export", *line, cwd=tmp_path)


def test_the_command_writes_over_nothing_unless_it_is_told(asking: Any, tmp_path: Path) -> None:
    done = asking("tables", "out", "--format", "csv", "--format", "xlsx")
    assert (done.code, done.stdout) == (0, "")
    assert re.fullmatch(
        r"50 tables with \d+ rows are in out; codebook\.md says what each column means\.\n"
        r"In the workbook 1 cell of sources is cut short: .* --format csv has all of it\.\n",
        done.stderr,
    )
    again = asking("tables", "out", "--format", "parquet")
    assert (again.code, again.stderr) == (
        1, "Error: out is there already; choose another folder, or write over it with --force.\n",
    )  # fmt: skip
    (tmp_path / "out" / "mine.txt").write_text("mine", "utf-8")
    assert asking("tables", "out", "--format", "parquet", "--force").code == 0
    ends = {file.suffix for file in (tmp_path / "out").iterdir() if not file.name.startswith("codebook")}
    assert ends == {".parquet", ".txt"}  # no table of another day beside those of this one
    assert [file.name for file in tmp_path.iterdir()] == ["out"]
    assert "is a file" in asking("tables", "out/mine.txt").stderr
    assert asking("tables", ".", "--force").code == 0
    assert {"mine.txt", "out"} & {file.name for file in tmp_path.iterdir()} == {"out"}


def test_the_command_for_the_codebook_alone(asking: Any, folder: Path, tmp_path: Path) -> None:
    assert asking("codebook", "book.json", "--draws", "3", "--random-seed", "7").code == 0
    book, beside = (
        json.loads((where / name).read_text("utf-8"))
        for where, name in ((tmp_path, "book.json"), (folder, "codebook.json"))
    )
    assert [table | {"rows": 0} for table in book["tables"]] == [
        table | {"rows": 0} for table in beside["tables"]
    ]
    assert asking("codebook", "book.md").code == 0
    assert asking("codebook", "book.html").code == 2


def test_parquet_without_pyarrow_is_a_sentence(
    study: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(EvidenceError, match=r"pip install process-tracing-evidence\[tables\]"):
        written(study, tmp_path, "parquet")
    assert list(tmp_path.iterdir()) == []
