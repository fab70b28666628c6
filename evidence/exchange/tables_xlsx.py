"""Write a workbook: a sheet for each table, row by row, with typed cells and no formula, the same bytes every time.

Written here and not by a library: a cell that begins with ``=`` must stay the text that it is, a workbook must hold no
clock, and 200,000 quotes must not be held in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from evidence.errors import EvidenceError
from evidence.exchange.tables_columns import Column, Table

__all__ = ["Workbook"]

#: What a sheet and a cell can hold, in every program that opens them.
_ROWS, LONGEST_CELL = 1_048_576, 32_767
_STAMP = (1980, 1, 1, 0, 0, 0)
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: What XML cannot hold is written by its number, and so is what would be read as such a number.
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
#: Cells: plain, a head in bold, a moment, a text that begins as a formula does (and stays a text when it is edited).
_PLAIN, _BOLD, _MOMENT, _QUOTED = range(4)
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/>'
    '</font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
    '</fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4">'
    '<xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/>'
    '<xf xfId="0" quotePrefix="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_WIDTHS = {"text": 24, "integer": 10, "number": 10, "truth": 9, "day": 11, "moment": 19}


class Workbook:
    """A workbook that is being written; ``close`` finishes it."""

    def __init__(self, file: Path) -> None:
        """Begin one.

        Args:
            file: where to; what is there is written over.
        """
        self._zip = ZipFile(file, "w")
        self._sheets: list[tuple[str, str]] = []
        self.cut: dict[str, int] = {}

    @contextmanager
    def sheet(self, table: Table) -> Iterator[Callable[[Sequence[Sequence[Any]]], None]]:
        """Write a table as a sheet: yield what takes its rows, many at a time.

        Raises:
            EvidenceError: it has more rows than a sheet can have.
        """
        number = len(self._sheets) + 1
        self._sheets.append((table.name, ""))
        letters = [_letters(at) for at in range(len(table.columns))]
        with self._zip.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as stream:
            stream.write(_opened(table.columns, letters).encode())
            at = 1

            def take(rows: Sequence[Sequence[Any]]) -> None:
                nonlocal at
                if at + len(rows) > _ROWS:
                    raise EvidenceError(
                        f"Table {table.name} has more rows than a spreadsheet can have ({_ROWS:,}); "
                        "export it as csv or parquet."
                    )
                stream.write(
                    "".join(self._row(table, letters, at + n, row) for n, row in enumerate(rows, 1)).encode()
                )
                at += len(rows)

            yield take
            reference = f"A1:{letters[-1]}{at}"
            self._sheets[-1] = (table.name, reference)
            stream.write(f'</sheetData><autoFilter ref="{reference}"/></worksheet>'.encode())

    def _row(self, table: Table, letters: Sequence[str], at: int, row: Sequence[Any]) -> str:
        cells = [
            self._cell(table.name, f"{letter}{at}", value)
            for letter, value in zip(letters, row, strict=True)
            if value is not None and value != ""
        ]
        return f'<row r="{at}">{"".join(cells)}</row>'

    def _cell(self, table: str, place: str, value: Any) -> str:
        if isinstance(value, bool):
            return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
        if isinstance(value, int | float):
            return f'<c r="{place}"><v>{value!r}</v></c>'
        if isinstance(value, datetime):
            days = (value - _EPOCH).total_seconds() / 86_400
            return f'<c r="{place}" s="{_MOMENT}"><v>{days!r}</v></c>'
        text = str(value)
        if len(text) > LONGEST_CELL:
            self.cut[table] = self.cut.get(table, 0) + 1
            text = f"{text[: LONGEST_CELL - 60]} [... {len(text):,} characters; all of them are in the CSV]"
        style = _QUOTED if text[0] in "=+-@\t\r" else _PLAIN
        text = escape(_ODD.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
        kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{kept}>{text}</t></is></c>'

    def close(self) -> None:
        """Write what holds the sheets together, and close the file."""
        for name, content in self._parts().items():
            self._zip.writestr(_entry(name), f"{_HEAD}{content}" if not content.startswith("<?") else content)
        self._zip.close()

    def _parts(self) -> dict[str, str]:
        numbers = range(1, len(self._sheets) + 1)
        sheets = "".join(
            f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
            for number, (name, _) in enumerate(self._sheets, start=1)
        )
        filters = "".join(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{number}" hidden="1">{name}!{_fixed(ref)}</definedName>'
            for number, (name, ref) in enumerate(self._sheets)
        )
        parts = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
            for n in numbers
        )
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{_RELATED}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        style = len(self._sheets) + 1
        return {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{parts}'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><bookViews><workbookView/></bookViews><sheets>{sheets}</sheets>'
            f"<definedNames>{filters}</definedNames></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship '
            f'Id="rId{style}" Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>',
            "xl/styles.xml": _STYLES,
        }


def _opened(columns: Sequence[Column], letters: Sequence[str]) -> str:
    """Return how a sheet begins: the line of names stays in sight, and columns are as wide as what they hold."""
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{max(_WIDTHS[column.kind], len(column.name) + 4)}" customWidth="1"/>'
        for at, column in enumerate(columns, start=1)
    )
    heads = "".join(
        f'<c r="{letter}1" s="{_BOLD}" t="inlineStr"><is><t>{column.name}</t></is></c>'
        for letter, column in zip(letters, columns, strict=True)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" '
        'topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData><row r="1">{heads}</row>'
    )


def _letters(at: int) -> str:
    """Return what a column is called, counted from 0: A, B ... Z, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def _fixed(reference: str) -> str:
    return re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", reference)


def _entry(name: str) -> ZipInfo:
    made = ZipInfo(name, _STAMP)
    made.compress_type, made.external_attr = ZIP_DEFLATED, 0o644 << 16
    return made
