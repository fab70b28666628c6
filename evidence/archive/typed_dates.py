"""Dates as people type them: EDTF, or a day with its month as an English word; never a number for a month."""

from __future__ import annotations

import re

from evidence.dates import MONTHS, edtf
from evidence.errors import ValueRefused

__all__ = ["typed_date"]

_NUMBER = {name.casefold()[:3]: number for number, name in enumerate(MONTHS, start=1)}
_NAME = r"(?P<month>[A-Za-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})(?P<mark>[?~%]?)"
_FORMS = [
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (rf"{_DAY}\s+{_NAME},?\s+{_YEAR}", rf"{_NAME}\s+{_DAY},?\s+{_YEAR}", rf"{_NAME},?\s+{_YEAR}")
]
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+", re.IGNORECASE
)
_ABOUT = re.compile(r"(?:c\.|ca\.?|circa|about)\s*", re.IGNORECASE)
_FIGURES = re.compile(r"\d{1,4}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{1,4}")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


def typed_date(text: str) -> str:
    """Return the EDTF date that was typed: ``21 January 1955`` is ``1955-01-21``, ``c. 1955`` is ``1955~``.

    Raises:
        ValueRefused: it is no date, or one that could be read in two ways; the sentence says what to write.
    """
    typed = " ".join(text.translate(_DASHES).split())
    about = _ABOUT.match(typed)
    typed = typed[about.end() :] if about else typed
    for form in _FORMS:
        match = form.fullmatch(_WEEKDAY.sub("", typed, count=1))
        if match and (month := _month(match["month"])):
            day = match.groupdict().get("day")
            typed = f"{match['year']}-{month:02}" + (f"-{int(day):02}" if day else "") + match["mark"]
            break
    else:
        if _FIGURES.fullmatch(typed) and not re.match(r"\d{4}-\d\d-\d\d$", typed):
            raise ValueRefused(
                f"{text!r} could be read as two dates; write it as 1955-01-21, or as 21 January 1955."
            )
    if about and typed[-1:].isdecimal():
        typed += "~"
    edtf(typed)
    return typed


def _month(name: str) -> int | None:
    """Return the number of a month that is written out, or cut to three letters or more."""
    number = _NUMBER.get(name.casefold()[:3])
    whole = MONTHS[number - 1].casefold() if number else ""
    return number if whole.startswith(name.casefold()) or name.casefold() == "sept" else None
