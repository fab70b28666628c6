"""Read the quotations of a manuscript or a list: what is quoted, from which source and page, and where it was read."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from evidence.errors import Place, ValueRefused

__all__ = ["Quotation", "quotations"]

_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Words that a file says are quoted; the source and the page if it names them."""

    words: str
    source: str = ""
    page: str = ""
    place: Place


def quotations(file: Path) -> list[Quotation]:
    """Return the quotations of a CSV with a column ``quote`` and, if it has them, ``source`` and ``page``.

    Raises:
        ValueRefused: the file cannot be read, or has no such column.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise ValueRefused(f"{file} is larger than 64 MiB; part it into several files.")
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ValueRefused(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ValueRefused(f"{file} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    found = []
    try:
        if "quote" not in (rows.fieldnames or ()):
            raise ValueRefused(f"{file} has no column 'quote'; name the column that holds the quotations so.")
        for number, row in enumerate(rows, start=2):
            words = (row.get("quote") or "").strip()
            if words:
                source, page = ((row.get(name) or "").strip() for name in ("source", "page"))
                place = Place(file=file.name, row=number)
                found.append(Quotation(words=words, source=source, page=page, place=place))
    except csv.Error as error:
        raise ValueRefused(f"{file} is not a table ({error}); save it as CSV.") from error
    return found
