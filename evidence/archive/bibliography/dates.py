"""Dates as bibliographies write them: free text to EDTF where it is plain, and EDTF to what CSL holds."""

from __future__ import annotations

import re
from typing import Any

from evidence.dates import MONTHS, edtf
from evidence.errors import EvidenceError

__all__ = ["csl_date", "edtf_of_csl", "from_text"]

#: Names of months, long and short, in the languages of most bibliographies.
_NAMES: dict[str, int] = {}
for _at, _words in enumerate(
    (
        "january jan jan. januar janvier janv enero ene gennaio gen janeiro",
        "february feb feb. febr februar février fevrier févr febrero febbraio fevereiro fev",
        "march mar mar. märz maerz mrz mars marzo março",
        "april apr apr. avril avr abril abr aprile",
        "may mai mayo maggio mag maio",
        "june jun jun. juni juin junio giugno giu junho",
        "july jul jul. juli juillet juil julio luglio lug julho",
        "august aug aug. août aout agosto ago",
        "september sep sep. sept sept. septembre septiembre settembre set setembro",
        "october oct oct. oktober okt octobre octubre ottobre ott outubro out",
        "november nov nov. novembre noviembre novembro",
        "december dec dec. dezember dez décembre decembre déc diciembre dic dicembre dezembro",
    ),
    start=1,
):
    _NAMES |= dict.fromkeys(_words.split(), _at)
assert all(_NAMES[month.casefold()] for month in MONTHS)  # noqa: S101 - one list of months
_SEASONS = {
    "spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24, "printemps": 21, "été": 22, "automne": 23,
    "hiver": 24, "frühling": 21, "frühjahr": 21, "sommer": 22, "herbst": 23,
}  # fmt: skip
_CIRCA = re.compile(r"^(?:c|ca|circa|approx|approximately|about|um)\b\.?\s*", re.IGNORECASE)
_NONE = re.compile(r"^(?:n\.?\s?d\.?|no date|undated|o\.?\s?j\.?|s\.?\s?d\.?|0{4}|unknown|)$", re.IGNORECASE)
_ISO = re.compile(
    r"(?P<year>-?\d{4}|\d{3}[uxX]|\d{2}(?:uu|xx|XX))(?:[-/](?P<month>\d{1,2}|uu|xx|XX|00)?(?:[-/](?P<day>\d{1,2}|uu|xx|XX|00)?)?)?"
    r"(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})?))?(?P<mark>[?~%]|\?~|~\?)?",
    re.ASCII,
)
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.|er)?\s+(?:of\s+|de\s+)?(?P<month>[^\W\d]+\.?),?\s+(?:de\s+)?(?P<year>\d{4})"
)
_MONTH_FIRST = re.compile(r"(?P<month>[^\W\d]+\.?)\s*(?P<day>\d{1,2})?(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[,/]?\s+(?P<month>[^\W\d]+\.?)(?:\s+(?P<day>\d{1,2}))?")
_NUMBERS = re.compile(r"(?P<one>\d{1,2})[./-](?P<two>\d{1,2})[./-](?P<year>\d{4})")
_MONTH_YEAR = re.compile(r"(?P<month>\d{1,2})[./-](?P<year>\d{4})")
_DECADE = re.compile(r"(?P<decade>\d{3})0s")
_DAYS = re.compile(r"(?P<month>[^\W\d]+\.?)\s+(?P<one>\d{1,2})\s*[-–]\s*(?P<two>\d{1,2}),?\s+(?P<year>\d{4})")
_MONTHS_OF = re.compile(
    r"(?P<month>)(?P<one>[^\W\d]{3,}\.?)\s*[-–/]\s*(?P<two>[^\W\d]{3,}\.?),?\s+(?P<year>\d{4})"
)
_RANGE = re.compile(
    r"\s*(?:--|[–—]|\bto\b|\bbis\b)\s*|\s+-\s+|(?<=\d{4})-(?=\d{4})|(?<=[A-Za-z.\d])/(?=[A-Za-z\d])"
)
_SHORT_RANGE = re.compile(r"(?P<from>(?P<century>\d{2})\d{2})[-–/](?P<to>\d{2})")
_YEAR_HAS = 12  # months
_OPEN = {"", "..", "unknown", "open", "present"}
_MARKS = {"?~": "%", "~?": "%"}


def from_text(text: str) -> str | None:
    """Return a date as EDTF; nothing if it is none, or could mean two things.

    ``28 February 1955``, ``Feb. 1955``, ``1955/02/28/``, ``1939-1946``, ``c. 1955``, ``1999-uu``, ``1955?`` and
    ``Spring 1955`` are read. ``2/3/1955`` is not: it is February to some, and March to others.
    """
    plain = " ".join(text.replace("\u00a0", " ").split()).strip(" ,;")
    plain = re.sub(r"(?<=[^.\s])\.$", "", plain)
    multipart = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2}) .+", plain)  # as Zotero keeps dates: parts, then words
    if multipart and not _is_time(plain):
        plain = "-".join(multipart.groups())
    if plain.endswith("/") and plain.count("/") > 1:
        plain = plain.rstrip("/")  # RIS ends its dates so
    if _NONE.match(plain):
        return None
    return _checked(_single(plain)) or _checked(_span(plain))


def _is_time(plain: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}.*", plain))


def _span(plain: str) -> str | None:
    """Read an interval: two dates, or two days or months of one year."""
    days = _DAYS.fullmatch(plain) or _MONTHS_OF.fullmatch(plain)
    if days:
        first, last = (
            _single(f"{days['month'] or ''} {part} {days['year']}".strip())
            for part in (days["one"], days["two"])
        )
        return f"{first}/{last}" if first and last else None
    if circa := _CIRCA.match(plain):
        span = _span(plain[circa.end() :])
        return (
            "/".join(f"{end}~" if end and end[-1] not in ".?~%" else end for end in span.split("/"))
            if span
            else None
        )
    short = _SHORT_RANGE.fullmatch(plain)
    if short and int(short["to"]) > int(short["from"][2:]) and not ("/" in plain and int(short["to"]) <= 12):  # noqa: PLR2004
        return f"{short['from']}/{short['century']}{short['to']}"
    parts = plain.split("/") if plain.count("/") == 1 else _RANGE.split(plain)
    if len(parts) != 2:  # noqa: PLR2004
        return None
    ends = [
        ".."
        if part.strip().casefold() in ("..", "open", "present")
        else ""
        if part.strip().casefold() in _OPEN
        else _single(part.strip())
        for part in parts
    ]
    first, last = ends
    if first is None and last and (year := last[:4]).isdecimal():
        first = _single(f"{parts[0]} {year}") or _single(f"{parts[0]} {parts[1].strip().partition(' ')[2]}")
    return None if first is None or last is None else f"{first}/{last}"


def _single(plain: str) -> str | None:
    bracketed = re.fullmatch(r"\[(?:i\.e\.\s*)?([^\[\],]+)\]", plain)
    plain = bracketed[1].strip() if bracketed else plain
    circa = _CIRCA.match(plain)
    body = plain[circa.end() :] if circa else plain
    mark = "?" if body.endswith("?") and not _ISO.fullmatch(body) else ""
    found = _parts(body.rstrip("? ") if mark else body)
    if found and circa:
        mark = "~"
    return f"{found}{mark}" if found and (not mark or found[-1] not in "?~%") else found


def _parts(body: str) -> str | None:
    iso = _ISO.fullmatch(body)
    if iso:
        return _iso(iso)
    if decade := _DECADE.fullmatch(body):
        return f"{decade['decade']}X"
    return _in_words(body) or _in_numbers(body)


def _in_words(body: str) -> str | None:
    for shape in (_DAY_FIRST, _MONTH_FIRST, _YEAR_FIRST):
        found = shape.fullmatch(body)
        name = found["month"].casefold().rstrip(".") if found else ""
        if found and name in _SEASONS and not found["day"]:
            return f"{found['year']}-{_SEASONS[name]}"
        if found and name in _NAMES:
            return f"{found['year']}-{_NAMES[name]:02}" + (f"-{int(found['day']):02}" if found["day"] else "")
    return None


def _in_numbers(body: str) -> str | None:
    if found := _NUMBERS.fullmatch(body):
        one, two = int(found["one"]), int(found["two"])
        if one > _YEAR_HAS >= two or one == two or "." in body:  # with points the day comes first
            return f"{found['year']}-{two:02}-{one:02}"
        return f"{found['year']}-{one:02}-{two:02}" if two > _YEAR_HAS else None
    found = _MONTH_YEAR.fullmatch(body)
    return f"{found['year']}-{int(found['month']):02}" if found else None


def _iso(found: re.Match[str]) -> str:
    year = found["year"].replace("u", "X").replace("x", "X")
    month, day = (
        ("" if part in (None, "00", "0") else part.upper().replace("UU", "XX"))
        for part in (found["month"], found["day"])
    )
    text = year
    if month:
        text += f"-{month.zfill(2)}" + (f"-{day.zfill(2)}" if day else "")
    time = (found["time"] or "").replace(" ", "")
    if time and month and day:
        time = re.sub(r"\.\d+", "", time)
        time = re.sub(r"^(\d{2}:\d{2})(?!:)", r"\1:00", time)
        text += "T" + re.sub(r"([+-]\d{2})(\d{2})$", r"\1:\2", time)
    mark = found["mark"] or ""
    return text + _MARKS.get(mark, mark)


def _checked(text: str | None) -> str | None:
    if not text:
        return None
    try:
        edtf(text)
    except (EvidenceError, ValueError):
        return None
    return text


def csl_date(text: str) -> dict[str, Any]:
    """Return a date as CSL holds it: in parts if it is plain, as EDTF (``raw``) if not, else word for word."""
    found = from_text(text)
    if found is None:
        return {"literal": " ".join(text.split())}
    ends = found.split("/")
    if all(re.fullmatch(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d{2})?)?", end) for end in ends):
        return {"date-parts": [[int(part) for part in end.split("-")] for end in ends]}
    day = re.fullmatch(r"(\d{4}-\d{2}-\d{2})T[^/]*", found)
    if day:
        return {"date-parts": [[int(part) for part in day[1].split("-")]]}
    return {"raw": found}


def edtf_of_csl(value: Any) -> str | None:
    """Return a CSL date as EDTF; nothing if it cannot be said so."""
    if isinstance(value, str | int):
        return from_text(str(value))
    if not isinstance(value, dict):
        return None
    parts = value.get("date-parts")
    if isinstance(parts, list) and parts:
        try:
            parts = [[] if list(one) in ([0], ["0"]) else one for one in parts]  # an open end
            ends = [
                "-".join(f"{int(part):04}" if not at else f"{int(part):02}" for at, part in enumerate(one))
                for one in parts
            ]
        except (TypeError, ValueError):
            return None
        season = value.get("season")
        if season and len(ends) == 1 and len(ends[0]) == 4 and str(season).isdecimal():  # noqa: PLR2004
            ends = [f"{ends[0]}-{20 + int(season) % 20}"]
        mark = "~" if value.get("circa") not in (None, False, 0, "", "false") else ""
        return _checked("/".join(f"{end}{mark}" if end else ".." for end in ends))
    return from_text(str(value.get("raw") or value.get("literal") or ""))
