"""Write a table in every form that is asked for, while its rows come: each is read once and held by none."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from evidence.errors import EvidenceError
from evidence.exchange.tables_columns import Table
from evidence.exchange.tables_xlsx import Workbook

__all__ = ["FORMATS", "WORKBOOK", "Written", "files"]

FORMATS = ("csv", "parquet", "xlsx")
#: The workbook that has a sheet for each table.
WORKBOOK = "tables.xlsx"
_ROWS_AT_ONCE = 5000


#: Takes rows, many at a time.
_Takes: TypeAlias = Callable[[Sequence[Sequence[Any]]], None]


class Written:
    """Tables on their way into a folder."""

    def __init__(self, folder: Path, formats: Sequence[str], workbook: Workbook | None) -> None:
        """Take where to, as what, and the workbook if there is to be one."""
        self._folder, self._formats, self._workbook = folder, formats, workbook
        self.counts: dict[str, int] = {}
        self.files: list[str] = [WORKBOOK] if workbook else []

    @property
    def cut(self) -> dict[str, int]:
        """How many cells of each table are too long for a spreadsheet, and were cut short there."""
        return self._workbook.cut if self._workbook else {}

    def write(self, table: Table) -> None:
        """Write a table in all forms."""
        with ExitStack() as open_files:
            takers = [open_files.enter_context(self._open(form, table)) for form in self._formats]
            rows, count = iter(table.rows()), 0
            while some := list(islice(rows, _ROWS_AT_ONCE)):
                count += len(some)
                for take in takers:
                    take(some)
        self.counts[table.name] = count

    def explain(self, table: Table) -> None:
        """Write a table as the last sheet of the workbook, if there is one, and nowhere else."""
        if self._workbook is not None:
            with self._workbook.sheet(table) as take:
                take(list(table.rows()))

    @contextmanager
    def _open(self, form: str, table: Table) -> Iterator[_Takes]:
        if self._workbook is not None and form == "xlsx":
            with self._workbook.sheet(table) as take:
                yield take
            return
        name = f"{table.name}.{form}"
        self.files.append(name)
        opened = _as_csv if form == "csv" else _as_parquet
        with opened(self._folder / name, table) as take_rows:
            yield take_rows


@contextmanager
def files(folder: Path, formats: Iterable[str]) -> Iterator[Written]:
    """Open a folder to write tables into.

    Args:
        folder: it is there.
        formats: some of ``FORMATS``.

    Raises:
        EvidenceError: Parquet is asked for and cannot be written here.
    """
    wanted = [form for form in FORMATS if form in set(formats)]
    if "parquet" in wanted:
        _pyarrow()
    workbook = Workbook(folder / WORKBOOK) if "xlsx" in wanted else None
    try:
        yield Written(folder, wanted, workbook)
    finally:
        if workbook:
            workbook.close()


@contextmanager
def _as_csv(file: Path, table: Table) -> Iterator[_Takes]:
    """Write CSV as RFC 4180 has it, in UTF-8: values as they are, so that a program that reads them has just them."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([column.name for column in table.columns])

        def take(rows: Sequence[Sequence[Any]]) -> None:
            writer.writerows([_said(value) for value in row] for row in rows)

        yield take


def _said(value: Any) -> Any:
    """Return a value as CSV has it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _pyarrow() -> Any:
    try:
        import pyarrow as arrow  # noqa: ICN001, PLC0415 - heavy, and not everybody has it
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise EvidenceError(
            "Parquet needs pyarrow, which is not installed; install it with 'pip install process-tracing-evidence[tables]', "
            "or choose csv or xlsx."
        ) from None
    return arrow


@contextmanager
def _as_parquet(file: Path, table: Table) -> Iterator[_Takes]:
    """Write Parquet with typed columns, each with its meaning beside it."""
    arrow = _pyarrow()
    types = {
        "text": arrow.string(), "integer": arrow.int64(), "number": arrow.float64(), "truth": arrow.bool_(),
        "day": arrow.date32(), "moment": arrow.timestamp("us", tz="UTC"),
    }  # fmt: skip
    schema = arrow.schema(
        [
            arrow.field(one.name, types[one.kind], metadata={"description": one.meaning})
            for one in table.columns
        ],
        metadata={"description": table.meaning},
    )
    with arrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:

        def take(rows: Sequence[Sequence[Any]]) -> None:
            columns = [
                [None if value == "" else value for value in column] for column in zip(*rows, strict=True)
            ]
            arrays = [arrow.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))

        yield take
