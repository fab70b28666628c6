"""When and where a document was written: its dateline, or what its heading says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from evidence.archive.frus.tei import ATTACHMENTS, MOMENTS, TEI, first_of, told
from evidence.dates import edtf
from evidence.errors import ValueRefused

__all__ = ["Dated", "dated"]

_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Dated:
    """When a document was written, and where.

    Attributes:
        date: EDTF, days only, as written where it was written: no clock is moved; empty if nothing says.
        circa: whether the editors only bound it.
        place: the place of its dateline.
        wrong: a date that the calendar does not have, as the file gives it.
    """

    date: str = ""
    circa: bool = False
    place: str = ""
    wrong: str = ""

    def csl(self) -> dict[str, Any]:
        """Return the date as CSL-JSON has it."""
        parts = [[int(part) for part in one.split("-")] for one in self.date.split("/")]
        return {"date-parts": parts, "circa": True} if self.circa else {"date-parts": parts}


def dated(division: etree._Element, head: etree._Element | None, *, editorial: bool) -> Dated:
    """Return when and where a document was written.

    Its dateline counts, then its heading, then what the editors give as its first and last moment; but that
    is the whole chapter's range for an editorial note, so such a note has none.
    """
    line = _dateline(division)
    place = told(first_of(line, f"{TEI}placeName")).strip(" ,.") if line is not None else ""
    wrong = ""
    for element in (line, head):
        for date in () if element is None else element.iter(f"{TEI}date"):
            if element is head and _in_note(date, head):
                continue
            found = _read(date)
            if found.date:
                return Dated(_to(found.date, date), found.circa, place)
            wrong = wrong or found.wrong
    if not editorial:
        first, last = (_day(_attribute(division, names)) for names in MOMENTS)
        if first and last and _holds(first) and _holds(last):
            return Dated(first if first == last else f"{first}/{last}", first != last, place, wrong)
    return Dated(place=place, wrong=wrong)


def _to(begin: str, date: etree._Element) -> str:
    """Return a date, or the range from it to the next where a dash stands between: ``May 2-June 11, 1969``."""
    after = date.getnext()
    joined = (date.tail or "").strip() in ("–", "-", "—", "to", "through")
    if not joined or after is None or after.tag != f"{TEI}date":
        return begin
    span = f"{begin.partition('/')[0]}/{_read(after).date.rpartition('/')[2]}"
    return span if _holds(span) and not span.endswith("/") else begin


def _dateline(division: etree._Element) -> etree._Element | None:
    """Return a document's own dateline: not that of what is attached to it, or quoted in a note."""
    for line in division.iter(f"{TEI}dateline"):
        for above in line.iterancestors():
            if above is division:
                return line
            if above.tag in ATTACHMENTS or above.tag in (f"{TEI}note", f"{TEI}div", f"{TEI}quote"):
                break
    return None


def _in_note(date: etree._Element, head: etree._Element | None) -> bool:
    for above in date.iterancestors():
        if above is head:
            return False
        if above.tag == f"{TEI}note":
            return True
    return False


def _read(date: etree._Element) -> Dated:
    for first, last, circa in (
        ("when", "when", False),
        ("from", "to", False),
        ("notBefore", "notAfter", True),
    ):
        given = date.get(first) or "", date.get(last) or ""
        begin, end = map(_day, given)
        if begin or end:
            begin, end = begin or end, end or begin
            span = begin if begin == end else f"{begin}/{end}"
            if _holds(span):
                return Dated(span, circa or "imprecise" in (date.get("ana") or ""))
            return Dated(wrong=" to ".join(dict.fromkeys(filter(None, given))))
        if any(given):
            return Dated(wrong=" ".join(dict.fromkeys(given)))
    return Dated()


def _day(moment: str) -> str:
    """Return the day of a moment as written: neither ``Z`` nor ``-05:00`` moves it."""
    found = _DAY.match(moment.strip())
    return found[0] if found else ""


def _holds(date: str) -> bool:
    try:
        edtf(date)
    except ValueRefused:
        return False
    return True


def _attribute(division: etree._Element, names: tuple[str, ...]) -> str:
    return next((value for value in map(division.get, names) if value), "")
