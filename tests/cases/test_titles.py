from __future__ import annotations

import pytest

from evidence.cases.titles import Party, title_of


def party(
    name: str, side: str = "A", role: str = "originator", hostility: int = 4, start: str = "1955-05-11"
) -> Party:
    return Party(name, None, side, role, hostility, start)


@pytest.mark.parametrize(
    ("parties", "title"),
    [
        ([party("United States"), party("China", "B")], "United States v. China, 1955"),
        ([party("A"), party("B"), party("C", "B")], "A and B v. C, 1955"),
        (
            [party("A", role="joiner", hostility=5), party("B"), party("C"), party("D", "B")],
            "B, C and others v. D, 1955",
        ),
        ([party("A", hostility=1), party("B", hostility=3), party("C", "B")], "B and A v. C, 1955"),
        ([party("A"), party("A", start="1955-06-01"), party("C", "B")], "A v. C, 1955"),
        ([party("C", "B")], "an unrecorded side v. C, 1955"),
    ],
)
def test_titles(parties: list[Party], title: str) -> None:
    assert title_of(parties, "1955-05-11") == title_of(reversed(parties), "1955-05-11") == title


def test_a_case_without_a_date() -> None:
    assert title_of([party("A"), party("C", "B")], None) == "A v. C"
