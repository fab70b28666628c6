"""Values in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from evidence.publish import data_words, wording

_AT = datetime(2026, 3, 1, 10, 5, tzinfo=UTC)


def test_moments_are_in_utc_whatever_the_database_gives() -> None:
    there = _AT.astimezone(timezone(timedelta(hours=9)))
    assert wording.moment(there) == wording.moment(_AT.replace(tzinfo=None)) == "1 March 2026, 10:05 UTC"
    assert wording.moment(None) == ""


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("1954-09-03", "1955-05-01", "1954–55"),
        ("1999", "2000", "1999–2000"),
        ("1955", "1955", "1955"),
        ("1955", None, "1955"),
        (None, None, ""),
    ],
)
def test_years(start: str | None, end: str | None, expected: str) -> None:
    assert wording.years(start, end) == expected


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ('"No role" needs a search', "“No role” needs a search"),
        ("Beckley's '55 memo", "Beckley’s ’55 memo"),
        ("('so')", "(‘so’)"),
        ("“already” set", "“already” set"),
        ("he said \"it is 'so'\"", "he said “it is ‘so’”"),
    ],
)
def test_prose_is_set_with_quotation_marks(plain: str, set_: str) -> None:
    assert wording.curled(plain) == set_


def test_facts_have_labels_and_the_countrys_own_stand_elsewhere() -> None:
    facts = data_words.facts(
        {"outcome": 5, "country_hostility": 3, "ally_asked": True, "ongoing": False, "note": 7}
    )
    assert [(fact.label, fact.value) for fact in facts] == [
        ("Outcome", "stalemate (5)"),
        ("Ally asked", "yes"),
        ("Note", "7"),
    ]


@pytest.mark.parametrize(
    ("first", "then", "parted"),
    [
        ("liked it or not", ". I said", ""),
        ("the islands", "were a symbol", " "),
        ("he said (", "with regret", ""),
        ("台湾", "海峡", ""),
        ("台湾", "Strait", " "),
        ("the end", "", ""),
    ],
)
def test_a_quote_stands_in_its_context_as_in_the_text(first: str, then: str, parted: str) -> None:
    assert wording.between(first, then) == parted
