"""The columns of MID files, found by name: every version spells them a little differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evidence.cases.reading import Sheet
from evidence.dates import edtf
from evidence.errors import EvidenceError, Place, ValueRefused, nearest

__all__ = ["DISPUTES", "PARTICIPANTS", "Kind", "Line", "lines"]

#: How a missing value is written, in one version or another.
_MISSING = frozenset({"", "-9", "-9.0", "NA", "."})
_SPELLINGS = {
    "dispnum3": "dispnum",
    "fatapre": "fatalpre",  # so in 4.01's participants
    "ongo2001": "ongoing",
    "ongo2010": "ongoing",
    "ongo2014": "ongoing",
}
_DATES = ("stday", "stmon", "styear", "endday", "endmon", "endyear")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of MID file: what it is called, and the columns that it must and may have."""

    name: str
    needed: tuple[str, ...]
    known: tuple[str, ...]


DISPUTES = Kind(
    "a file of disputes (MIDA)",
    ("dispnum", *_DATES, "hiact", "hostlev"),
    ("dispnum4", "outcome", "settle", "fatality", "fatalpre", "maxdur", "mindur", "recip", "numa", "numb",
     "link1", "link2", "link3", "ongoing", "version"),
)  # fmt: skip
PARTICIPANTS = Kind(
    "a file of participants (MIDB)",
    ("dispnum", "stabb", "ccode", *_DATES, "sidea", "hiact", "hostlev", "orig"),
    ("dispnum4", "revstate", "revtype1", "revtype2", "fatality", "fatalpre", "version"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a MID file, its cells by our names for its columns."""

    file: str
    row: int
    cells: Mapping[str, str]
    #: The column's name as the file has it, for messages.
    written: Mapping[str, str]

    def place(self, column: str = "") -> Place:
        """Return where this row stands, or a cell of it."""
        return Place(self.file, row=self.row, field=self.written.get(column, column))

    def text(self, column: str) -> str:
        """Return a cell's text; empty if it is missing."""
        cell = self.cells.get(column, "").strip()
        return "" if cell in _MISSING else cell

    def number(self, column: str) -> int | None:
        """Return a cell's whole number, be it printed as 2000 or 2e3; nothing if it is missing.

        Raises:
            ValueRefused: it is something else.
        """
        cell = self.cells.get(column, "")
        try:
            number = int(cell.replace("_", "?"))  # Python would read 1_000 as a number
        except ValueError:
            number = self._float(column, cell.strip())
        return None if number == -9 else number  # noqa: PLR2004 - how COW writes "missing"

    def _float(self, column: str, cell: str) -> int:
        if cell in _MISSING:
            return -9
        try:
            number = float(cell.replace("_", "?"))
            if number == int(number):
                return int(number)
        except (ValueError, OverflowError):
            pass
        raise ValueRefused(
            f"{cell!r} is not a whole number; correct it, or write -9 if it is missing.", self.place(column)
        )

    def truth(self, column: str) -> bool | None:
        """Return a cell of 1 or 0 as true or false; nothing if it is missing.

        Raises:
            ValueRefused: it is something else.
        """
        number = self.number(column)
        if number not in (None, 0, 1):
            raise ValueRefused(
                f"{number} is neither 1 nor 0; correct it, or write -9 if it is missing.", self.place(column)
            )
        return None if number is None else number == 1

    def date(self, end: str) -> str | None:
        """Return the start (``st``) or the end (``end``) as EDTF: ``1995-07-XX`` if the day is unknown.

        Raises:
            ValueRefused: the calendar has no such day.
        """
        year, month, day = (self.number(f"{end}{part}") for part in ("year", "mon", "day"))
        if year is None:
            return None
        if month is None and day is not None:
            raise ValueRefused(
                "there is a day but no month; write the month, or -9 for the day as well.",
                self.place(f"{end}mon"),
            )
        text = f"{year:04d}-{'XX' if month is None else f'{month:02d}'}"
        if month is not None:
            text += "-XX" if day is None else f"-{day:02d}"
        try:
            edtf(text)
        except ValueRefused as error:
            part = "day" if month is not None and 1 <= month <= 12 else "mon"  # noqa: PLR2004
            raise ValueRefused(
                f"{error.sentence.rstrip('.')}; correct it, or write -9 if it is unknown.",
                self.place(f"{end}{part}"),
            ) from error
        return text


def lines(sheet: Sheet, kind: Kind) -> tuple[list[Line], list[str]]:
    """Return a file's rows by column name, and the names of the columns that were left out.

    Raises:
        EvidenceError: a column is missing, or it is another kind of file.
    """
    written = {_plain(name): name for name in sheet.header}
    _require(sheet, kind, written)
    kept = {
        name: sheet.columns[at]
        for at, name in enumerate(map(_plain, sheet.header))
        if name in kind.needed + kind.known
    }
    rows = [
        Line(sheet.file, number, dict(zip(kept, cells, strict=True)), written)
        for number, *cells in zip(sheet.numbers, *kept.values(), strict=True)
    ]
    return rows, [name for plain, name in written.items() if plain not in kept]


def _plain(name: str) -> str:
    plain = name.strip().casefold()
    return _SPELLINGS.get(plain, plain)


def _require(sheet: Sheet, kind: Kind, written: Mapping[str, str]) -> None:
    other = _taken_for(written)
    if other is not None and other != kind.name:
        raise EvidenceError(
            f"this is {other}, not {kind.name}; give each file in its place.", Place(sheet.file)
        )
    missing = [name for name in kind.needed if name not in written]
    if missing:
        near = nearest(missing[0], written, 1)
        hint = f" Is it {written[near[0]]!r}? Then name it so." if near and near[0] not in kind.needed else ""
        raise EvidenceError(
            f"there is no column {missing[0]!r}, so this is not {kind.name}; "
            f"it needs {', '.join(kind.needed)}.{hint}",
            Place(sheet.file, row=1, field=missing[0]),
        )


def _taken_for(written: Mapping[str, str]) -> str | None:
    """Return what kind of MID file these columns belong to, if that is plain."""
    if any(name.startswith("incidnum") for name in written):
        return "a file of incidents (MIDI or MIDIP)"
    if {"ccode1", "ccode2"} & written.keys():
        return "a file of dyads"
    if "ccode" in written and "sidea" in written:
        return PARTICIPANTS.name
    if "ccode" not in written and ("outcome" in written or "numa" in written):
        return DISPUTES.name
    return None
