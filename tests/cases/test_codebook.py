from __future__ import annotations

import csv
from pathlib import Path

import pytest

from evidence.cases.codebook import LABELS, PART_LABELS, action_label, hostility_of
from evidence.cases.states import name_in, name_of


@pytest.mark.parametrize(
    ("action", "level"),
    [
        (0, 1),
        (1, 2),
        (5, 2),
        (6, None),
        (7, 3),
        (12, 3),
        (13, 4),
        (19, 4),
        (20, 5),
        (21, 5),
        (None, None),
        (22, None),
        (-1, None),
    ],
)
def test_what_level_an_action_implies(action: int | None, level: int | None) -> None:
    assert hostility_of(action) == level


def test_every_code_has_a_label_and_an_unknown_one_says_so() -> None:
    assert action_label(22) == "not in v4 codebook"
    assert [*LABELS["dispute_action"]] == [*range(22)]
    assert PART_LABELS["hostility"] == LABELS["dispute_hostility"]


def test_names_of_states_fit_the_list(shared: Path) -> None:
    with (shared / "data/derived/cow_states2016.csv").open() as file:
        for row in csv.DictReader(file):
            assert name_of(int(row["ccode"])), row


def test_names_of_certain_years() -> None:
    assert (name_in(1955, 365, "Russia"), name_in(1995, 365, "Russia")) == ("Soviet Union", "Russia")
    assert name_in(1955, 365, "USSR") == "USSR"
    assert name_in(1955, None, "Hamas") == "Hamas"
    assert name_of(1) is None
