"""Dates: what EDTF allows, on the calendar, and against another program's reading of the same standard."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from edtf import EDTFParseException, parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from evidence.dates import Span, day_counts, edtf, readable
from evidence.errors import ValueRefused


@pytest.mark.parametrize(
    ("start", "end", "shortest", "longest"),
    [
        ("1995-07-XX", "1996-03-28", 242, 272),
        ("1955-05-11", "1955-05-11", 1, 1),
        ("1953-02-11", "1956-01-19", 1073, 1073),
    ],
)
def test_a31_days_are_counted_as_cow_counts_them(start: str, end: str, shortest: int, longest: int) -> None:
    assert day_counts(start, end) == (shortest, longest)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1955-02-29", "'1955-02-29' is not a day of the calendar: February 1955 has 28 days."),
        ("1900-02-29", "February 1900 has 28 days."),
        ("1955-04-31", "April 1955 has 30 days."),
        ("1955-01-00", "January 1955 has 31 days."),
        ("1955-13", "has no such month; write months as 01 to 12, or XX if unknown."),
        ("1955-00-01", "has no such month"),
        ("1955-1-2", "is not an EDTF date; write 1955, 1955-01, 1955-01-20, 1995-07-XX (day unknown)"),
        ("1955-05/1955-04", "ends before it starts; put the earlier date first."),
    ],
)
def test_a33_what_the_calendar_does_not_have_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueRefused, match=re.escape(sentence)):
        edtf(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-9", "soon", "55", "1955-", "1955-01-", "1955-XX-05", "195X-12", "0000", "000X", "..", "/", "../..", "1955/1956/1957", "[]",
     "[1954,]", "[1954/1955]", "1955\n", " 1955", "1955-01T09:00:00", "1955-01-20T9:00", "1955-01-20T24:00:01", "1955-01-20T23:60:00",
     "1955-01-20T09:00:00+99:00", "١٩٥٥", "1955-0１", "1955??", "1955-01-XXT09:00:00"],
)  # fmt: skip
def test_a33_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        edtf(text)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("1956-02-29", "1956-02-29", "1956-02-29"),
        ("1955-XX", "1955-01-01", "1955-12-31"),
        ("1955-XX-XX", "1955-01-01", "1955-12-31"),
        ("1956-02-XX", "1956-02-01", "1956-02-29"),
        ("195X", "1950-01-01", "1959-12-31"),
        ("19XX", "1900-01-01", "1999-12-31"),
        ("1955-05-01/..", "1955-05-01", None),
        ("1955-05-01/", "1955-05-01", None),
        ("../1955", None, "1955-12-31"),
        ("1954-XX/1955-07-XX", "1954-01-01", "1955-07-31"),
        ("1955-24", "1955-12-01", "1956-02-29"),
        ("9999-24", "9999-12-01", "9999-12-31"),
        ("1955-01-20T24:00:00", "1955-01-20", "1955-01-20"),
        ("1955-01-20T09:00:00-05:00", "1955-01-20", "1955-01-20"),
        ("[1955, 1953-07]", "1953-07-01", "1955-12-31"),
    ],
)
def test_a33_the_days_that_a_date_can_mean(text: str, earliest: str | None, latest: str | None) -> None:
    days = [date.fromisoformat(end) if end else None for end in (earliest, latest)]
    assert edtf(text) == Span(*days)


def test_an_open_end_has_no_length() -> None:
    with pytest.raises(ValueRefused, match="has an open end, so its length cannot be counted"):
        day_counts("1955-05-01", "1955-05-01/..")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1955-01-20", "20 January 1955"), ("1995-07-XX", "July 1995 (day unknown)"), ("1955-XX", "1955 (month unknown)"), ("1955?", "1955 (uncertain)"),
        ("1955-03~", "March 1955 (approximate)"), ("1955-21", "spring 1955"), ("195X", "1950s"), ("19XX", "1900s"),
        ("1954-09-03/..", "3 September 1954 – open"), ("/1955", "unknown – 1955"), ("[1954,1955]", "one of 1954, 1955"), ("soon", "soon"),
    ],
)  # fmt: skip
def test_a_date_reads_as_prose(text: str, words: str) -> None:
    assert readable(text) == words


days = st.dates(min_value=date(1000, 1, 1))
marks = st.sampled_from(["", "?", "~", "%"])


@given(days, marks)
def test_a_day_is_itself(day: date, mark: str) -> None:
    assert edtf(day.isoformat() + mark) == Span(day, day)


@given(days)
def test_less_known_is_never_narrower(day: date) -> None:
    text = day.isoformat()
    spans = [
        edtf(form)
        for form in (
            text,
            f"{text[:7]}-XX",
            text[:7],
            f"{text[:4]}-XX",
            text[:4],
            f"{text[:3]}X",
            f"{text[:2]}XX",
        )
    ]
    for narrow, wide in pairwise(spans):
        assert wide.earliest is not None
        assert wide.latest is not None
        assert narrow.earliest is not None
        assert narrow.latest is not None
        assert wide.earliest <= narrow.earliest <= day <= narrow.latest <= wide.latest


@given(days, st.integers(0, 3000))
def test_an_interval_holds_its_ends_and_counts_both(day: date, length: int) -> None:
    if day > date.max - timedelta(length):
        return
    end = day + timedelta(length)
    assert edtf(f"{day}/{end}") == Span(day, end)
    assert day_counts(str(day), str(end)) == (length + 1, length + 1)


@given(st.text(alphabet="0123456789XTZ-/.[],?~%: ١é", max_size=24))
def test_any_text_is_a_date_or_is_refused(text: str) -> None:
    try:
        span = edtf(text)
    except ValueRefused:
        return
    assert span.earliest or span.latest
    assert not (span.earliest and span.latest) or span.earliest <= span.latest
    assert readable(text)


#: Where the other program is known to read the standard otherwise, and why we stay with ours.
OTHERWISE = {
    "29 February of a common year": "it checks the day against the month's longest length; A33 demands the calendar",
    "winter": "it ends a winter in its first December; ours is the widest reading, as the standard leaves it open",
    "a season with a mark": "it takes no mark after a season",
    "a month unknown in an interval": "it crashes",
}


def oracle(text: str) -> Span | None:
    """Return the other program's days; nothing if it refuses the text."""
    try:
        parsed = parse_edtf(text)
    except EDTFParseException:
        return None
    lower, upper = parsed.lower_strict(), parsed.upper_strict()
    return Span(date(*lower[:3]), date(*upper[:3]))


def known_to_differ(text: str) -> str | None:
    """Return the reason in ``OTHERWISE`` that applies, if one does."""
    for day in re.findall(r"(\d{4})-02-29", text):
        if int(day) % 4 or (int(day) % 100 == 0 and int(day) % 400):
            return "29 February of a common year"
    if "-24" in re.sub(r"-\d\d-\d\d", "", text):
        return "winter"
    if re.search(r"-2[1-4][?~%]", text):
        return "a season with a mark"
    if "/" in text and re.search(r"\d-XX(?!-XX)", re.sub(r"-\d\d-XX", "", text)):
        return "a month unknown in an interval"
    return None


two = st.integers(0, 34).map("{:02}".format) | st.just("XX")
dated = st.one_of(
    st.builds("{}-{}-{}".format, st.integers(1000, 2999), st.integers(0, 13).map("{:02}".format), two),
    st.builds(
        "{}-{}".format, st.integers(1000, 2999), st.integers(0, 24).map("{:02}".format) | st.just("XX")
    ),
    st.integers(1000, 2999).map(str),
)
#: Marks, decades and centuries stand alone: in an interval the other program takes them only in part.
alone = st.one_of(
    st.builds("{}{}".format, dated, marks),
    st.builds("{}X".format, st.integers(100, 299)),
    st.builds("{}XX".format, st.integers(10, 29)),
)


@given(alone | st.builds("{}/{}".format, dated, dated))
def test_another_program_reads_the_same_days(text: str) -> None:
    if known_to_differ(text):
        return
    try:
        ours = edtf(text)
    except ValueRefused as refused:
        # An interval upside down is a mistake to us; the other program gives its ends as they stand.
        assert oracle(text) is None or "ends before it starts" in str(refused), text  # noqa: PT017
        return
    assert ours == oracle(text), text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1955-02-29", "29 February of a common year"),
        ("1955-24", "winter"),
        ("1955-22?", "a season with a mark"),
        ("1954-XX/1955-07-XX", "a month unknown in an interval"),
    ],
)
def test_the_known_differences_are_still_there(text: str, reason: str) -> None:
    """Should the other program change its mind, its exception goes."""
    assert known_to_differ(text) == reason
    assert reason in OTHERWISE
    try:
        ours: Span | None = edtf(text)
    except ValueRefused:
        ours = None
    try:
        theirs = oracle(text)
    except (AttributeError, ValueError):
        return  # it still crashes, or gives a day that there is not
    assert ours != theirs
