"""EV5: can the dates be, and do they fit each other?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from evidence.audit.checks.ground import Ground
from evidence.audit.checks.rules import Hit, rule
from evidence.dates import Span, edtf, readable
from evidence.errors import ValueRefused
from evidence.vocabulary import SearchStatus

#: What happened so long after a case ended cannot have led to it; reports of it are of another time.
AFTERWARDS = timedelta(days=3 * 365)
#: Wherever on earth somebody logs what was seen, its day and ours differ by no more.
_ZONES = timedelta(days=1)
_DATES = (
    ("cases", "case", ("start", "end")),
    ("observations", "observation", ("occurred",)),
    ("searches", "search", ("period", "searched_on")),
)


@rule(
    "EV501",
    "impossible-date",
    source="EDTF (ISO 8601-2), read strictly: 29 February 1955 is no date",
    remedy="Correct the date, or write X for what is not known: 1955-02-XX.",
)
def impossible(ground: Ground) -> Iterator[Hit]:
    """A day that the calendar does not have was misread or mistyped."""
    for noun, row, fields in _dated(ground):
        wrong = [f"{name} {text}" for name, text in fields if _span(text) is None]
        if wrong:
            yield _hit(ground, noun, row, f"has a date that cannot be: {', '.join(wrong)}.")
    for row in ground.sources.values():
        if (issued := _issued(row)) and _span(issued) is None:
            yield Hit("source", row.key, f"has a date that cannot be: issued {issued}.")


@rule(
    "EV502",
    "implausible-date",
    source="the study's own years ('evidence study show', checks); COW's narrative of dispute 3551 has 4/12/1339",
    remedy="Correct the date, or widen the study's years: 'evidence study edit --checks'.",
)
def implausible(ground: Ground) -> Iterator[Hit]:
    """A date outside the years that a study is about is often a slip."""
    checks = ground.chain.study.checks or {}
    first = _bound(checks.get("earliest"), "earliest")
    last = _bound(checks.get("latest"), "latest")
    if first is None and last is None:
        return
    for noun, row, fields in _dated(ground):
        wrong = [
            f"{name} {text}"
            for name, text in fields
            if name != "searched_on" and _outside(_span(text), first, last)
        ]
        if wrong:
            years = f"{checks.get('earliest', '..')} to {checks.get('latest', '..')}"
            yield _hit(ground, noun, row, f"has a date outside {years}: {', '.join(wrong)}.")


@rule(
    "EV503",
    "seen-before-it-happened",
    source="source criticism after Garraghan: date, place, author",
    remedy="Correct the date.",
)
def too_early(ground: Ground) -> Iterator[Hit]:
    """Nobody can have seen what had not happened yet."""
    for noun, rows, name in (
        ("observation", ground.observations, "occurred"),
        ("search", ground.searches, "searched_on"),
    ):
        for row in rows.values():
            text = getattr(row, name)
            span = _span(text) if text else None
            if span and span.earliest and span.earliest > row.first_seen_at.date() + _ZONES:
                was = "is said to have happened" if noun == "observation" else "is said to have been made"
                message = f"{was} on {readable(text)}, after it was logged ({row.first_seen_at:%Y-%m-%d})."
                yield _hit(ground, noun, row, message)


@rule(
    "EV504",
    "long-after-the-case",
    source="source criticism: distance in time (Lustick 1996; Anderson, Schum & Twining)",
    remedy="Check the date; if it is later testimony, say so in the observation and weigh it as such.",
)
def afterwards(ground: Ground) -> Iterator[Hit]:
    """What was said years after a case ended is memory, or of something else."""
    chain = ground.chain
    cases = {row.key: row for row in chain.cases.values()}
    for observation, named in ground.used.items():
        row = chain.observations[observation]
        span = _span(row.occurred) if row.occurred else None
        if span is None or span.earliest is None:
            continue
        late = [key for key in named if (end := cases[key].end_latest) and span.earliest > end + AFTERWARDS]
        if late:
            years = span.earliest.year - cases[late[0]].end_latest.year
            message = f"is of {readable(row.occurred)}, {years} years after {late[0]} ended."
            yield Hit("observation", row.key, message, tuple(late))


@rule(
    "EV505",
    "search-of-another-time",
    source="IIED 2017 on absence of evidence",
    remedy="Correct the period, or search the papers of the case's own time.",
)
def another_time(ground: Ground) -> Iterator[Hit]:
    """A search of papers from another time than the case's shows little about the case, whatever it found."""
    for row in ground.searches.values():
        case = ground.chain.cases.get(row.case_id)
        span = _span(row.period) if row.period else None
        if case is None or span is None or row.status != SearchStatus.DONE:
            continue
        before = span.latest and case.start_earliest and span.latest < case.start_earliest - AFTERWARDS
        after = span.earliest and case.end_latest and span.earliest > case.end_latest
        if before or after:
            when = (
                f"ended {_years(case.start_earliest, span.latest)}before the case began"
                if before
                else "began after the case had ended"
            )
            yield ground.about("search", row, f"covers {readable(row.period)}, which {when}.")


@rule(
    "EV506",
    "document-before-the-event",
    source="source criticism after Garraghan: date, place, author",
    remedy="Correct the date of the observation, or of the source.",
)
def before_event(ground: Ground) -> Iterator[Hit]:
    """A document cannot report what happened after it was written."""
    chain = ground.chain
    for i, row in chain.observations.items():
        span = _span(row.occurred) if row.occurred else None
        if span is None or span.earliest is None:
            continue
        for quote in chain.links["observation_quote"].get(i, ()):
            source = chain.sources.get(chain.quotes[quote].source_id) if quote in chain.quotes else None
            issued = _span(_issued(source)) if source and _issued(source) else None
            if source and issued and issued.latest and issued.latest + _ZONES < span.earliest:
                message = (
                    f"is of {readable(row.occurred)}, and {source.key} is of {readable(_issued(source))}."
                )
                yield ground.about("observation", row, message)
                break


def _dated(ground: Ground) -> Iterator[tuple[str, Any, list[tuple[str, str]]]]:
    """Yield every record of a case with its dates: noun, row, and pairs of a field's name and what it says."""
    for rows, noun, names in _DATES:
        for row in getattr(ground.chain, rows).values():
            fields = [(name, str(text)) for name in names if (text := getattr(row, name))]
            if fields:
                yield noun, row, fields


def _hit(ground: Ground, noun: str, row: Any, message: str) -> Hit:
    return Hit("case", row.key, message, (row.key,)) if noun == "case" else ground.about(noun, row, message)


def _span(text: str) -> Span | None:
    """Return the days that a date can mean; nothing if it is no date."""
    try:
        return edtf(text)
    except ValueRefused:
        return None


def _bound(text: str | None, which: str) -> date | None:
    span = _span(text) if text else None
    return getattr(span, which) if span else None


def _outside(span: Span | None, first: date | None, last: date | None) -> bool:
    if span is None:
        return False
    early = first and (span.earliest or span.latest) and (span.earliest or span.latest or first) < first
    late = last and (span.latest or span.earliest) and (span.latest or span.earliest or last) > last
    return bool(early or late)


def _issued(source: Any) -> str:
    """Return when a source is dated, by its CSL field, as EDTF; nothing where it is in words, no CSL date, or not stated."""
    issued = (source.csl or {}).get("issued")
    if isinstance(issued, str):
        return issued if issued[:4].isdigit() and " " not in issued.strip() else ""  # not "1955 [1957]"
    if not isinstance(issued, dict):
        return ""
    stated = issued.get("date-parts")
    spans = [
        "-".join(_padded(part, n) for n, part in enumerate(parts))
        for parts in (stated if isinstance(stated, list) else ())
        if isinstance(parts, list) and parts and None not in parts
    ]
    return "/".join(spans[:2])


def _padded(part: Any, place: int) -> str:
    return str(part).zfill(2 if place else 4)


def _years(later: date | None, earlier: date | None) -> str:
    years = later.year - earlier.year if later and earlier else 0
    return f"{years} years " if years > 1 else ""
