from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.cases.reading import read_sheet
from evidence.errors import EvidenceError


def sheet_of(folder: Path, data: bytes, name: str = "t.csv") -> list[list[str]]:
    (folder / name).write_bytes(data)
    read = read_sheet(folder / name)
    return [read.header, *map(list, zip(*read.columns, strict=True))]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_any_line_ends_with_or_without_a_mark(tmp_path: Path, end: str, mark: bytes) -> None:
    data = mark + f"a,b{end}1,x{end}2,y".encode()
    assert sheet_of(tmp_path, data) == [["a", "b"], ["1", "x"], ["2", "y"]]


@pytest.mark.parametrize(
    ("encoding", "remark"),
    [("utf-8", None), ("utf-16", None), ("cp1252", "it is not UTF-8, and was read as Windows-1252")],
)
def test_encodings(tmp_path: Path, encoding: str, remark: str | None) -> None:
    (tmp_path / "t.csv").write_bytes("name\nSão Tomé “x”\n".encode(encoding))
    read = read_sheet(tmp_path / "t.csv")
    assert list(read.columns[0]) == ["São Tomé “x”"]
    assert read.remarks == ([remark] if remark else [])


def test_what_not_even_windows_knows_is_latin_1(tmp_path: Path) -> None:
    assert sheet_of(tmp_path, b"name\n\x81\xe9\n") == [["name"], ["\x81é"]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_headers(tmp_path: Path, separator: str) -> None:
    data = f'key{separator}title{separator}note\nk{separator}"A, B; C"{separator}\n'.encode()
    assert sheet_of(tmp_path, data) == [["key", "title", "note"], ["k", "A, B; C", ""]]


def test_rows_keep_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n\n1,x\n,\n2,\n3\n4,y,\n")
    read = read_sheet(tmp_path / "t.csv")
    assert list(zip(read.numbers, *read.columns, strict=True)) == [
        (3, "1", "x"),
        (5, "2", ""),
        (6, "3", ""),
        (7, "4", "y"),
    ]


def test_a_column_without_a_name_goes_by_its_place(tmp_path: Path) -> None:
    assert sheet_of(tmp_path, b'"","a",\n1,x,\n')[0] == ["column 1", "a"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"a,a\n1,2\n", "'a' is there twice"),
        (b"a,b\n1,2,3\n", "t.csv, row 2: it has 3 cells, but there are 2 columns"),
        (b'a,b\n1,"x\n2,y\n', "quotation marks do not pair"),
        (b'a,b\n1,"x"y\n', "line 2: the quotation marks do not pair"),
        (b"a\x00b\n", "it is not text"),
        (b"PK\x03\x04rest", "a spreadsheet or an archive"),
    ],
)
def test_errors_say_where_and_what_to_do(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(EvidenceError, match=r"t.csv") as caught:
        sheet_of(tmp_path, data)
    assert sentence in str(caught.value)


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    for name in ("none.csv", "none.xlsx"):
        with pytest.raises(EvidenceError, match=f"{name} is not there; check the name"):
            read_sheet(tmp_path / name)
    with pytest.raises(EvidenceError, match="cannot be read"):
        read_sheet(tmp_path)


def test_a_cell_longer_than_pythons_limit(tmp_path: Path) -> None:
    words = "long " * 40_000
    assert sheet_of(tmp_path, f"a\n{words}\n".encode()) == [["a"], [words]]


#: Characters as people's files have them; NUL and lone surrogates are no text.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1)
    )
)
def test_whatever_is_written_is_read_but_for_blank_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    text = io.StringIO(newline="")
    header = [f"c{at}" for at in range(len(rows[0]))]
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    folder = tmp_path_factory.mktemp("cells")
    read = sheet_of(folder, text.getvalue().encode())
    expected = [[cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in rows]
    said = [row for row in expected if any(cell and not cell.isspace() for cell in row)]
    assert [row for row in read[1:] if any(cell and not cell.isspace() for cell in row)] == said


def workbook(folder: Path, rows: list[list[Any]], **more: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for name, lines in {"first": rows, **more}.items():
        page = book.create_sheet(name)
        for line in lines:
            page.append(line)
    del book["Sheet"]
    book.save(folder / "t.xlsx")
    book.close()
    return folder / "t.xlsx"


def test_a_spreadsheets_values_become_text(tmp_path: Path) -> None:
    day, moment = date(1955, 2, 28), datetime(1955, 2, 28, 9, 30)  # noqa: DTZ001 - as Excel has it
    path = workbook(
        tmp_path, [["a", "b", "c", "d", "e"], [1.0, 1.5, True, day, moment], [None, "x", None, "007", "São"]]
    )
    read = read_sheet(path)
    assert list(zip(*read.columns, strict=True)) == [
        ("1", "1.5", "true", "1955-02-28", "1955-02-28T09:30:00"), ("", "x", "", "007", "São")
    ]  # fmt: skip


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["a"], ["1"]], second=[["b"], ["2"]])
    assert read_sheet(path, sheet="second").header == ["b"]
    with pytest.raises(EvidenceError, match="no sheet 'third'; its sheets are first, second"):
        read_sheet(path, sheet="third")


def test_a_formula_is_never_worked_out(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["a", "b"], ["1", "=1+1"]])
    with pytest.raises(
        EvidenceError, match='row 2, field "column 2": it is a formula whose value was not stored'
    ):
        read_sheet(path)
    assert sheet_of(tmp_path, b"a\n=1+1\n") == [["a"], ["=1+1"]]


def test_what_is_no_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(b"a,b\n")
    with pytest.raises(EvidenceError, match="not a spreadsheet that can be read"):
        read_sheet(tmp_path / "t.xlsx")
