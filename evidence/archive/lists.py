"""Read a list that people keep as CSV: documents with what they are, quotations with where they stand."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from evidence.archive.documents import bytes_of
from evidence.archive.documents_plain import decoded
from evidence.errors import Place, ValueRefused

__all__ = ["read_table"]

_SEPARATORS = ",;\t"
_LARGEST = 16 * 1024 * 1024  # bytes


def read_table(file: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header of a CSV in UTF-8, and its rows that say something, numbered as a spreadsheet does.

    Args:
        file: cells parted by commas, semicolons or tabs, whichever the header has most of.

    Raises:
        ValueRefused: it cannot be read, is no such file or is empty, or quotation marks do not pair.
    """
    place = Place(file.name)
    data = bytes_of(file, _LARGEST)
    if data.startswith(b"PK\x03\x04"):
        raise ValueRefused("it is a spreadsheet; save it as CSV in UTF-8.", place)
    text = decoded(data, place)
    # The limit guards programs that read from strangers' pipes; here the text is in memory already.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=separator, strict=True)
    try:
        rows = list(enumerate(reader, start=1))
    except csv.Error as error:
        raise ValueRefused(
            f"the quotation marks do not pair ({error}); correct them there or above.",
            Place(file.name, line=reader.line_num),
        ) from error
    if not rows or not any(cell.strip() for cell in rows[0][1]):
        raise ValueRefused("it is empty; the first row names the columns.", place)
    header = [name.strip() for name in rows[0][1]]
    return header, [(number, cells) for number, cells in rows[1:] if any(cell.strip() for cell in cells)]
