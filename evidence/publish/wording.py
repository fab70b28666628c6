"""Values in the words that a reader expects: moments, likelihoods, weights, lists."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from evidence.dates import MONTHS, readable
from evidence.inference import telling
from evidence.keys import listed

__all__ = [
    "STATES",
    "as_it_stands",
    "between",
    "curled",
    "date",
    "decibels",
    "decoded",
    "listed",
    "moment",
    "span",
    "stated",
    "truth",
    "weighed",
    "years",
]

#: What stands right after a word, what right before one, and scripts without spaces.
_CLOSES = re.compile(r"[.,;:!?)\]}’”»%]|…|--")
_OPENS = re.compile(r".*[(\[{‘“«]$", re.DOTALL)
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1780-\u17ff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]"
)

#: What the states of a quote mean to a reader.
STATES = {
    "exact": "matches the text of the source to the letter",
    "typographic": "matches the text of the source but for quotation marks, dashes or spacing",
    "elided": "its parts match the text of the source, in order, round an omission",
    "not found": "not found in the text of the source",
    "no text held": "not checked: no text of the source is held",
}


#: A straight quotation mark that opens: at the beginning, or after a space, a bracket, a dash or another that opens.
_OPENING = re.compile(r"""(?:(?<=^)|(?<=[\s(\[{—–/“‘]))(["'])(?=\S)""", re.MULTILINE)
_MAY_OPEN = re.compile(r"(?:^|[^\w])'")
_DECADE = re.compile(r"(?<!\w)'(?=\d\d\b)")
_CLOSED = str.maketrans({'"': "”", "'": "’"})


def curled(text: str) -> str:
    """Return English prose with typographer's quotation marks; never for words that somebody else wrote."""
    if not text or ("'" not in text and '"' not in text):
        return text or ""
    if '"' not in text and not _MAY_OPEN.search(text):  # most have an apostrophe and nothing else
        return text.replace("'", "’")
    opened = _OPENING.sub(lambda mark: "“" if mark[1] == '"' else "‘", _DECADE.sub("’", text))
    return opened.translate(_CLOSED)


def as_it_stands(text: str) -> str:
    """Return prose of another language as it was written."""
    return text or ""


def moment(at: datetime | None) -> str:
    """Return a moment as ``22 November 2026, 19:13 UTC``; nothing for none."""
    if at is None:
        return ""
    utc = at.astimezone(UTC) if at.tzinfo else at
    return f"{utc.day} {MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"


@lru_cache(maxsize=8192)
def date(edtf: str | None) -> str:
    """Return an EDTF date in words; nothing for none."""
    return readable(edtf) if edtf else ""


@lru_cache(maxsize=8192)
def span(start: str | None, end: str | None) -> str:
    """Return ``July 1995 (day unknown) – 28 March 1996``, or one date where both are the same day."""  # noqa: RUF002 - en dashes, as a printer sets ranges
    if not start or not end or start == end:
        return date(start or end)
    return f"{date(start)} – {date(end)}"


def years(start: str | None, end: str | None) -> str:
    """Return ``1954–55``, ``1999–2000`` or ``1955``."""  # noqa: RUF002 - en dashes, as a printer sets ranges
    first, last = (start or end or "")[:4], (end or start or "")[:4]
    if first == last or not last.isdigit():
        return first
    return f"{first}–{last[2:] if first[:2] == last[:2] else last}"


def truth(text: str | None) -> bool:
    """Return what a truth value read as text says; databases differ in how they write it."""
    return text in ("1", "true", "t")


def decoded(text: str | None) -> Any:
    """Return a JSON value that was read as text; nothing for none."""
    return json.loads(text) if text else None


def stated(likelihood: Any) -> str:
    """Return a likelihood as it was stated: ``0.95``, ``0.8–0.95``, words, or nothing."""  # noqa: RUF002 - en dashes, as a printer sets ranges
    if likelihood is None:
        return ""
    if isinstance(likelihood, str):
        return likelihood
    if isinstance(likelihood, list | tuple):
        return "–".join(f"{end:g}" for end in likelihood)
    return f"{likelihood:g}"


def weighed(ends: Sequence[float]) -> str:
    """Return weights in dB as likelihood ratio and decibels: ``LR 19 (+12.8 dB)``; two ends make a range."""
    low, high = min(ends), max(ends)
    if low == high:
        return f"LR {_ratio(low)} ({decibels(low)})"
    return f"LR {_ratio(low)} to {_ratio(high)} ({decibels(low)} to {decibels(high)})"


def _ratio(db: float) -> str:
    if math.isinf(db):
        return "∞" if db > 0 else "0"
    ratio = 10 ** (db / 10)
    return f"{ratio:.3g}" if ratio >= 1 else f"1/{1 / ratio:.3g}"


def decibels(db: float) -> str:
    """Return a weight as ``+9.0 dB`` or ``−12.8 dB``; one without end as ``+∞ dB``, and none at all in words."""  # noqa: RUF002 - a minus
    if math.isnan(db):
        return "undetermined, as claims of certainty contradict each other"
    return telling.decibels(db)


def between(first: str, then: str) -> str:
    """Return what parts words from those that follow them in a text, which are kept without their edges."""
    if not first or not then:
        return ""
    if _CLOSES.match(then) or _OPENS.match(first):
        return ""
    return "" if _UNSPACED.match(first[-1]) and _UNSPACED.match(then) else " "
