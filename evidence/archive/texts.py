"""Read a folder of documents with a table that says what they are: each row a source with its text."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from evidence.archive.documents import Document, open_document
from evidence.archive.incoming import Incoming, IncomingSource
from evidence.archive.lists import read_table
from evidence.archive.texts_columns import Column, columns_of, fields_of, number, truth
from evidence.errors import EvidenceError, Place, ValueRefused, nearest

__all__ = ["Folder", "read_folder"]

_SHOWN = 5  # files that a sentence names
#: What systems leave in folders, besides files whose names begin with a dot.
_LITTER = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder as read.

    Attributes:
        incoming: a source for each row, with its words.
        remarks: what a person should know of how documents were read, each a sentence with its place.
    """

    incoming: Incoming
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    place: Place
    cells: Mapping[str, str]
    file: Path


def read_folder(folder: Path, metadata: Path) -> Folder:
    """Read every document in a folder, as a table says.

    Args:
        folder: the folder; its own folders count, files whose names begin with a dot do not.
        metadata: a CSV in UTF-8. A column ``file`` names a file in the folder; the others are fields of a source
            (``key``, ``title``, ``tier``, ``repository`` ...), entries of its lists (``csl.issued``,
            ``identifiers.tropy``), or say how to hold the text: ``edition``, ``shareable``, ``first_page``,
            ``encoding``.

    Raises:
        EvidenceError: a column is unknown, a row's file is not there, leads out of the folder or cannot be
            read, or a file is named by no row or by two; with row and field.
    """
    table = Place(metadata.name)
    files = _files(folder, metadata)
    header, records = read_table(metadata)
    columns = columns_of(header, table)
    if "file" not in header:
        raise ValueRefused("the column 'file' is missing; it names each document in the folder.", table)
    rows = [_row(folder, files, header, numbered, cells, table) for numbered, cells in records]
    if not rows:
        raise ValueRefused("it has no rows below its header; write one for each document.", table)
    _once(rows)
    _all_named(files, rows, table)
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, 8)) as workers:
        documents = list(workers.map(_read, rows))
    items = tuple(_item(row, columns, document) for row, document in zip(rows, documents, strict=True))
    remarks = [f"{document.words.origin}: {remark}" for document in documents for remark in document.remarks]
    return Folder(incoming=Incoming(items=items), remarks=tuple(remarks))


def _files(folder: Path, metadata: Path) -> dict[str, Path]:
    """Return the files in a folder by their names from there, as a table would write them."""
    if not folder.is_dir():
        what = "a file, not a folder" if folder.exists() else "not there"
        raise ValueRefused(f"it is {what}; name the folder that holds the documents.", Place(str(folder)))
    found = {}
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(here, name)
            if name.startswith(".") or name.casefold() in _LITTER or _same(file, metadata):
                continue
            found[_known_as(file.relative_to(folder).as_posix())] = file
    return found


def _known_as(name: str) -> str:
    # Some systems part letters from their accents in the names of files.
    return unicodedata.normalize("NFC", name)


def _same(file: Path, other: Path) -> bool:
    try:
        return file.samefile(other)
    except OSError:
        return False


def _row(
    folder: Path,
    files: Mapping[str, Path],
    header: Sequence[str],
    numbered: int,
    cells: list[str],
    table: Place,
) -> _Row:
    place = Place(table.file, row=numbered)
    if any(cell.strip() for cell in cells[len(header) :]):
        raise ValueRefused(
            f"it has {len(cells)} cells, but there are {len(header)} columns; put a cell that holds a separator in quotes.",
            place,
        )
    named = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name and cell.strip()}
    return _Row(place, named, _file(folder, files, named.get("file", ""), place))


def _file(folder: Path, files: Mapping[str, Path], name: str, place: Place) -> Path:
    """Return the file that a row names, which is in the folder and nowhere else."""
    here = Place(place.file, row=place.row, field="file")
    if not name:
        raise ValueRefused("a row needs the name of its file.", here)
    path = PurePosixPath(name)
    if path.is_absolute() or PureWindowsPath(name).is_absolute() or ".." in PureWindowsPath(name).parts:
        raise ValueRefused(f"{name!r} leads out of the folder; name a file in it.", here)
    known = _known_as(path.as_posix())
    file = files.get(known) or files.get(known.replace("\\", "/"))
    if file is None:
        near = nearest(name, files, 1)
        hint = f" Did you mean {near[0]!r}?" if near else " Put it there, or take out the row."
        raise ValueRefused(f"there is no file {name!r} in {folder}.{hint}", here)
    if not file.resolve().is_relative_to(folder.resolve()):
        raise ValueRefused(
            f"{name!r} is a link that leads out of the folder; put the file itself there.", here
        )
    return file


def _once(rows: Sequence[_Row]) -> None:
    for field in ("file", "key"):
        seen: dict[str, _Row] = {}
        for row in rows:
            said = str(row.file) if field == "file" else row.cells.get(field, "")
            if said and said in seen:
                raise ValueRefused(
                    f"row {seen[said].place.row} has {row.cells[field]!r} already; one row for each document.",
                    Place(row.place.file, row=row.place.row, field=field),
                )
            seen[said] = row


def _all_named(files: Mapping[str, Path], rows: Sequence[_Row], table: Place) -> None:
    named = {row.file for row in rows}
    rest = [name for name, file in files.items() if file not in named]
    if rest:
        shown = ", ".join(rest[:_SHOWN]) + (f" and {len(rest) - _SHOWN} more" if len(rest) > _SHOWN else "")
        which = "a file that no row names" if len(rest) == 1 else f"{len(rest)} files that no row names"
        raise ValueRefused(
            f"the folder holds {which}: {shown}; add a row for each, or move them out of the folder.", table
        )


def _read(row: _Row) -> Document:
    first = number(row.cells.get("first_page", ""), row.place, "first_page")
    try:
        return open_document(row.file, first_page=first, encoding=row.cells.get("encoding", ""))
    except EvidenceError as error:
        where = f", line {error.place.line}" if error.place and error.place.line else ""
        raise ValueRefused(
            f"{row.cells['file']}{where}: {error.sentence}",
            Place(row.place.file, row=row.place.row, field="file"),
        ) from error


def _item(row: _Row, columns: Mapping[str, Column], document: Document) -> IncomingSource:
    fields: dict[str, Any] = fields_of(row.cells, columns, row.place)
    words = replace(
        document.words,
        edition=row.cells.get("edition", ""),
        shareable=truth(row.cells.get("shareable", ""), row.place, "shareable"),
        origin=row.cells["file"],
    )
    return IncomingSource(key=str(fields.pop("key", "")), fields=fields, words=(words,), place=row.place)
