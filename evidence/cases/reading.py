"""Read a table as it comes from the world: any line ends, encodings and separators; CSV or a spreadsheet.

What is read is text. A formula is never worked out here: in CSV it is the text that it is, in a spreadsheet
it is the value that the spreadsheet program stored for it, and if none is stored, an error.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from evidence.errors import EvidenceError, Place, ValueRefused

__all__ = ["Sheet", "read_sheet", "text_of"]

_SPREADSHEETS = {".xlsx", ".xlsm"}
_SEPARATORS = ",;\t"
_BLOCK = 250


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as read.

    Attributes:
        file: the file's name.
        header: the names of its columns.
        numbers: the number of each row, as a spreadsheet counts: the header is row 1.
        columns: the cells of each column, one for each row.
        remarks: how it was read, where that is worth saying.
    """

    file: str
    header: list[str]
    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]
    remarks: list[str]


def read_sheet(path: Path, *, sheet: str | None = None) -> Sheet:
    """Return the table in a file.

    Args:
        path: a CSV file (separated by commas, semicolons or tabs), or a spreadsheet (.xlsx).
        sheet: which sheet of a spreadsheet; else the first.

    Returns:
        Its rows, numbered from 2 (the header is row 1), without those that are blank.

    Raises:
        EvidenceError: it cannot be read, is not such a file, or a row does not fit the header.
    """
    if path.suffix.lower() in _SPREADSHEETS:
        remarks: list[str] = []
        records = _spreadsheet(path, sheet)
    else:
        text, remarks = text_of(path)
        records = _records(path.name, text)
    place = Place(path.name)
    header = [name.strip() for name in next(records, (1, []))[1]]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise EvidenceError("it is empty; the first row must name the columns.", place)
    header = [name or f"column {at}" for at, name in enumerate(header, start=1)]  # as R leaves its row names
    for name in header:
        if header.count(name) > 1:
            raise EvidenceError(
                f"the column {name!r} is there twice; give each column a name of its own.",
                Place(path.name, row=1),
            )
    numbers: list[int] = []
    columns: list[list[str]] = [[] for _ in header]
    # In small blocks: rows that live long keep the garbage collector busier than the reader.
    while block := list(islice(records, _BLOCK)):
        fitted = _fitted(path.name, len(header), block)
        numbers.extend(number for number, _ in fitted)
        for column, cells in zip(
            columns, zip(*(cells for _, cells in fitted), strict=True), strict=bool(fitted)
        ):
            column.extend(cells)
    return Sheet(path.name, header, numbers, columns, remarks)


def text_of(path: Path) -> tuple[str, list[str]]:
    """Return a file's text with LF line ends, and remarks on how it was read.

    UTF-8 and UTF-16 are taken as such, with or without a mark; anything else as Windows-1252, or Latin-1.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (
            "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
        )
        raise EvidenceError(f"{path} {reason}; check the name.") from error
    place = Place(path.name)
    if data.startswith(b"PK\x03\x04"):
        raise EvidenceError(
            "it is a spreadsheet or an archive, not CSV; unpack it, or give it its ending .xlsx.", place
        )
    text, remarks = _decoded(data)
    if "\x00" in text:
        raise EvidenceError("it is not text; export it as CSV.", place)
    return text.replace("\r\n", "\n").replace("\r", "\n"), remarks


def _decoded(data: bytes) -> tuple[str, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), ["it is not UTF-8, and was read as Windows-1252"]
    except UnicodeDecodeError:
        return data.decode("latin-1"), ["it is not UTF-8, and was read as Latin-1"]


def _records(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield numbered records; every one counts, a blank one too, as a spreadsheet would show them."""
    # The limit guards programs that read from strangers' pipes; here the text is in memory already.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    head = text[: text.find("\n") if "\n" in text else len(text)]
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=separator, strict=True)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        raise EvidenceError(
            f"the quotation marks do not pair ({error}); correct them there or above.",
            Place(file, line=reader.line_num),
        ) from error


def _fitted(file: str, width: int, records: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return the records that say something, each with as many cells as there are columns."""
    if all(len(cells) == width and cells[0] for _, cells in records):
        return records
    return [
        (number, cells if len(cells) == width else _fit(file, width, number, cells))
        for number, cells in records
        if any(cell and not cell.isspace() for cell in cells)
    ]


def _fit(file: str, width: int, number: int, cells: list[str]) -> list[str]:
    if any(cell.strip() for cell in cells[width:]):
        raise EvidenceError(
            f"it has {len(cells)} cells, but there are {width} columns; put a cell that holds a separator in quotes.",
            Place(file, row=number),
        )
    return (cells + [""] * width)[:width]


def _spreadsheet(path: Path, sheet: str | None) -> Iterator[tuple[int, list[str]]]:
    """Yield a sheet's numbered rows as text.

    It is read twice, side by side: once for the values that were stored, once for the formulas, so that a
    formula without a stored value is noticed rather than taken for a blank.
    """
    values, formulas = _worksheet(path, sheet, data_only=True), _worksheet(path, sheet, data_only=False)
    try:
        pairs = zip(values.iter_rows(), formulas.iter_rows(), strict=True)
        for number, (shown, written) in enumerate(pairs, start=1):
            yield (
                number,
                [
                    _cell(Place(path.name, row=number, field=f"column {at}"), value, formula)
                    for at, (value, formula) in enumerate(zip(shown, written, strict=True), start=1)
                ],
            )
    finally:
        values.parent.close()
        formulas.parent.close()


def _worksheet(path: Path, name: str | None, *, data_only: bool) -> Any:
    import openpyxl  # noqa: PLC0415 - heavy, and only for spreadsheets
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=data_only)
    except FileNotFoundError as error:
        raise EvidenceError(f"{path} is not there; check the name.") from error
    except (OSError, InvalidFileException, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise EvidenceError(
            "it is not a spreadsheet that can be read; save it again as .xlsx, or as CSV.", Place(path.name)
        ) from error
    if name is not None and name not in book.sheetnames:
        shown = ", ".join(book.sheetnames)
        book.close()
        raise EvidenceError(f"it has no sheet {name!r}; its sheets are {shown}.", Place(path.name))
    found = book[name] if name is not None else book.worksheets[0]
    found.reset_dimensions()  # some programs write the wrong size into the file
    return found


def _cell(place: Place, value: Any, formula: Any) -> str:
    cell = value.value
    if cell is None:
        if formula.value is not None:
            raise EvidenceError(
                "it is a formula whose value was not stored; open the file in a spreadsheet program and save it, "
                "or write the value.",
                place,
            )
        return ""
    if value.data_type == "e":
        raise EvidenceError(f"it holds the spreadsheet's error {cell}; correct it there.", place)
    return _as_text(cell)


def _as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())
    text = str(cell)
    if "\x00" in text:
        raise ValueRefused("a cell holds a NUL character; remove it.")
    return text.replace("\r\n", "\n").replace("\r", "\n")
