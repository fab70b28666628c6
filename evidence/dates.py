"""Dates as historians know them: the part of EDTF (ISO 8601-2) that case work needs, read strictly.

A date is ``1955``, ``1955-01``, ``1955-01-20`` or with time ``1955-01-20T09:00:00``; ``X`` stands for an
unknown month or day (``1995-07-XX``), ``?``, ``~`` and ``%`` mark it as uncertain, approximate or both,
``1955-21`` is a season, ``1954-09-03/1955-05-01`` an interval whose ends may be open (``..``) or unknown
(empty), ``[1954,1955]`` one of several. Every day is checked against the calendar.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, date
from functools import lru_cache

from evidence.errors import ValueRefused

__all__ = ["MONTHS", "Span", "day_counts", "edtf", "readable"]

_DAY = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)"
    r"(?:-(?P<month>\d{2}|XX)(?:-(?P<day>\d{2}|XX))?)?"
    r"(?:T(?P<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00)(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?"
    r"(?P<mark>[?~%])?",
    re.ASCII,  # digits of other scripts are numbers to Python, but not to EDTF
)
#: First month, last month and name of EDTF's season codes (northern hemisphere).
_SEASONS = {21: (3, 5, "spring"), 22: (6, 8, "summer"), 23: (9, 11, "autumn"), 24: (12, 12, "winter")}
MONTHS = "January February March April May June July August September October November December".split()
_MARKS = {"?": "uncertain", "~": "approximate", "%": "uncertain and approximate"}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The first and the last day that a date can mean; ``None`` is an open or unknown end."""

    earliest: date | None
    latest: date | None


@lru_cache(maxsize=65536)
def edtf(text: str) -> Span:
    """Return the days that an EDTF date can mean.

    Args:
        text: an EDTF date (see the module), such as ``1995-07-XX`` or ``1955-05-01/..``.

    Raises:
        ValueRefused: it is not one, or names a day that the calendar does not have.
    """
    if text.startswith("[") and text.endswith("]"):
        spans = [_single(part.strip(), text) for part in text[1:-1].split(",")]
        return Span(min(s.earliest for s in spans if s.earliest), max(s.latest for s in spans if s.latest))
    if "/" in text:
        start, _, end = text.partition("/")
        first = None if start in ("", "..") else _single(start, text).earliest
        last = None if end in ("", "..") else _single(end, text).latest
        if first and last and first > last:
            raise ValueRefused(f"{text!r} ends before it starts; put the earlier date first.")
        if start in ("", "..") and end in ("", ".."):
            raise _refused(text)
        return Span(first, last)
    return _single(text, text)


def _single(part: str, whole: str) -> Span:
    match = _DAY.fullmatch(part)
    if not match:
        raise _refused(whole)
    year, month, day = match["year"], match["month"], match["day"]
    if match["time"] and (day is None or "X" in part):
        raise _refused(whole)
    first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if first == 0 or ("X" in year and month not in (None, "XX")):
        raise _refused(whole)
    if month is None or month == "XX":
        if day not in (None, "XX"):
            raise _refused(whole)
        return Span(date(first, 1, 1), date(last, 12, 31))
    number = int(month)
    if number in _SEASONS and day is None:
        begin, end, _ = _SEASONS[number]
        # EDTF leaves open which year's winter is meant; December to February of the next is the widest.
        stop = date(last + 1, 2, monthrange(last + 1, 2)[1]) if number == 24 and last < MAXYEAR else None  # noqa: PLR2004
        return Span(date(first, begin, 1), stop or date(last, end, monthrange(last, end)[1]))
    if not 1 <= number <= 12:  # noqa: PLR2004
        raise ValueRefused(f"{whole!r} has no such month; write months as 01 to 12, or XX if unknown.")
    days = monthrange(first, number)[1]
    if day is None or day == "XX":
        return Span(date(first, number, 1), date(first, number, days))
    if not 1 <= int(day) <= days:
        raise ValueRefused(
            f"{whole!r} is not a day of the calendar: {MONTHS[number - 1]} {first} has {days} days."
        )
    exact = date(first, number, int(day))
    return Span(exact, exact)


def _refused(text: str) -> ValueRefused:
    return ValueRefused(
        f"{text!r} is not an EDTF date; write 1955, 1955-01, 1955-01-20, 1995-07-XX (day unknown), "
        "1955? or 1954-09-03/1955-05-01."
    )


def day_counts(start: str, end: str) -> tuple[int, int]:
    """Return the shortest and longest length in days, both ends included, of ``start`` to ``end``.

    This is how COW's MinDur and MaxDur count: a missing day is the first or the last of its month.
    """
    first, last = edtf(start), edtf(end)
    if not (first.earliest and first.latest and last.earliest and last.latest):
        raise ValueRefused(f"{start} to {end} has an open end, so its length cannot be counted.")
    return max((last.earliest - first.latest).days + 1, 1), (last.latest - first.earliest).days + 1


def readable(text: str) -> str:
    """Return an EDTF date as a reader expects it: ``20 January 1955``, ``July 1995 (day unknown)``."""
    if text.startswith("["):
        return "one of " + ", ".join(readable(part.strip()) for part in text[1:-1].split(","))
    if "/" in text:
        start, _, end = text.partition("/")
        names = {"": "unknown", "..": "open"}
        return f"{names.get(start) or readable(start)} – {names.get(end) or readable(end)}"
    match = _DAY.fullmatch(text)
    if not match:
        return text
    year, month, day, mark = match["year"], match["month"], match["day"], match["mark"]
    note = [_MARKS[mark]] if mark else []
    if month == "XX":
        note.insert(0, "month unknown")
    elif day == "XX":
        note.insert(0, "day unknown")
    words = year.replace("XX", "00s").replace("X", "0s")
    if month and month != "XX":
        number = int(month)
        words = f"{_SEASONS[number][2] if number in _SEASONS else MONTHS[number - 1]} {words}"
    if day and day != "XX":
        words = f"{int(day)} {words}"
    return f"{words} ({', '.join(note)})" if note else words
