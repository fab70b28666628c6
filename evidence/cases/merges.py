"""Read which dispute numbers a later version of the data merged into others."""

from __future__ import annotations

from pathlib import Path

from evidence.cases.reading import Sheet, read_sheet
from evidence.errors import EvidenceError, Place

__all__ = ["read_merges"]


def read_merges(path: Path) -> dict[int, int]:
    """Return the new number for each old one that was merged.

    Args:
        path: a CSV file with the columns ``old`` and ``new``. Two columns whose names begin with
            ``dispnum`` do as well; then, if there is one whose name begins with ``status``, only the rows
            that say ``merged`` there count. Rows without a new number, or with the same, are passed over.

    Raises:
        EvidenceError: a column is missing, a cell is no number, or an old number leads to two new ones.
    """
    sheet = read_sheet(path)
    old, new, status = _columns(sheet)
    merges: dict[int, int] = {}
    for at, number in enumerate(sheet.numbers):
        if not sheet.columns[new][at].strip() or (
            status is not None and sheet.columns[status][at].casefold() != "merged"
        ):
            continue
        before, after = _number(sheet, at, old), _number(sheet, at, new)
        if merges.get(before, after) != after:
            raise EvidenceError(
                f"{before} leads to {merges[before]} and to {after}; keep one of the two.",
                Place(sheet.file, row=number),
            )
        if before != after:
            merges[before] = after
    return merges


def _columns(sheet: Sheet) -> tuple[int, int, int | None]:
    names = [name.casefold() for name in sheet.header]
    status = next((place for place, name in enumerate(names) if name.startswith("status")), None)
    if "old" in names and "new" in names:
        return names.index("old"), names.index("new"), status
    numbers = [place for place, name in enumerate(names) if name.startswith("dispnum")]
    if len(numbers) != 2:  # noqa: PLR2004 - the old one and the new one
        raise EvidenceError(
            "a map of merged disputes needs the columns old and new; name them so.", Place(sheet.file, row=1)
        )
    return numbers[0], numbers[1], status


def _number(sheet: Sheet, at: int, column: int) -> int:
    cell = sheet.columns[column][at].strip()
    try:
        return int(cell)
    except ValueError:
        place = Place(sheet.file, row=sheet.numbers[at], field=sheet.header[column])
        raise EvidenceError(f"{cell!r} is not a dispute's number; correct it.", place) from None
