"""The tables of a study: actors, commitments, cases and participants, as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evidence.errors import Place, ValueRefused, nearest
from evidence.study.raw import Named
from evidence.study.yaml_text import escaped

__all__ = ["attribute_names", "cell_of", "column_of", "read_cell", "read_table", "table_text"]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_PREFIX = "attributes."
_LARGEST = 2**31 - 1
_LONGEST = 400


def table_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV with a line of names; what a row does not have is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def read_table(text: str, file: str, columns: Sequence[str], *, attributes: bool = False) -> list[Named]:
    """Return the rows of a CSV file: what stands in each cell by name, attributes as a value of their own.

    Args:
        text: the file's text.
        file: its name, for errors.
        columns: the names that it may have.
        attributes: further columns are attributes, and no error.

    Raises:
        ValueRefused: a name or a row does not fit; it names the line.
    """
    csv.field_size_limit(_LARGEST)  # a note may be long; the file's own size is checked before
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Named] = []
    header: list[str] | None = None
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cells):
                continue
            if header is None:
                header = _header(cells, Place(file, line), columns, attributes=attributes)
            else:
                rows.append(_row(header, cells, Place(file, line), set(columns)))
    except csv.Error as error:
        raise ValueRefused(
            f"this is not CSV ({error}); look for a missing double quote.", Place(file, begins)
        ) from error
    return rows


def _header(cells: Sequence[str], place: Place, columns: Sequence[str], *, attributes: bool) -> list[str]:
    absent = [name for name in columns if name not in cells and name != "retired_at"]
    for name in cells:
        if cells.count(name) > 1:
            raise ValueRefused(f"the column {name!r} stands here twice; keep one, or name it.", place)
        if name in columns:
            continue
        if not name:
            raise ValueRefused("a column has no name; name it, or take it out.", place)
        near = nearest(name, absent, 1)
        if near or not attributes:
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(columns)}."
            raise ValueRefused(f"{name!r} is not a column of this table; {hint}", place)
    return list(cells)


def _row(header: Sequence[str], cells: Sequence[str], place: Place, columns: set[str]) -> Named:
    if len(cells) != len(header):
        raise ValueRefused(
            f"this row has {len(cells)} cells where the first line has {len(header)}; look for a missing comma or quote.",
            place,
        )
    row = Named(place=place)
    attributes: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=True):
        if not cell:
            continue
        if name in columns:
            row.put(name, cell, place)
        elif cell.strip():
            attributes[name.removeprefix(_PREFIX)] = read_cell(
                cell, Place(place.file, place.line, field=name)
            )
    if attributes:
        row.put("attributes", attributes, place)
    return row


def attribute_names(every: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of all attributes, sorted."""
    return sorted({name for attributes in every for name in attributes})


def column_of(attribute: str, columns: Sequence[str]) -> str:
    """Return the column in which an attribute stands: its name, unless that could mean something else."""
    taken = attribute in columns or not attribute or attribute.startswith(_PREFIX)
    return _PREFIX + attribute if taken else attribute


def cell_of(value: Any) -> str:
    """Return an attribute as a cell: a number, true, false, or words; words in quotes if they might mislead."""
    if not isinstance(value, str):
        return json.dumps(value)
    misleading = (
        not value
        or value != value.strip()
        or value[0] == '"'
        or value in ("true", "false", "null")
        or _NUMBER.fullmatch(value)
    )
    return escaped(value) if misleading else value


def read_cell(cell: str, place: Place) -> Any:
    """Return the attribute that stands in a cell."""
    text = cell.strip()
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        if len(text) > _LONGEST:
            raise ValueRefused("a number of so many digits cannot be kept; put it in double quotes.", place)
        return int(text) if _WHOLE.fullmatch(text) and text != "-0" else float(text)
    if text[:1] == '"':
        try:
            said = json.loads(text)
        except ValueError:
            return text  # "Pueblo" incident: words that begin with a quotation
        return said if isinstance(said, str) else text
    return text
