"""What the numbers of the MID data mean, version 4: the public code book, in our own words.

Labels are looked up where something is shown; what is kept are the numbers.
"""

from __future__ import annotations

__all__ = [
    "ACTION",
    "FATALITY",
    "HOSTILITY",
    "LABELS",
    "OUTCOME",
    "PART_LABELS",
    "REVISION_TYPE",
    "SETTLEMENT",
    "action_label",
    "hostility_of",
]

#: Hostility levels (HostLev).
HOSTILITY = {
    1: "no militarized action",
    2: "threat of force",
    3: "display of force",
    4: "use of force",
    5: "war",
}

#: Highest actions (HiAct); version 4 knows 0 to 21.
ACTION = {
    0: "no militarized action",
    1: "threat to use force",
    2: "threat to blockade",
    3: "threat to occupy territory",
    4: "threat to declare war",
    5: "threat to use chemical, biological or radiological weapons",
    6: "threat to join a war",
    7: "show of force",
    8: "alert",
    9: "nuclear alert",
    10: "mobilization",
    11: "fortification of a border",
    12: "border violation",
    13: "blockade",
    14: "occupation of territory",
    15: "seizure",
    16: "attack",
    17: "clash",
    18: "declaration of war",
    19: "use of chemical, biological or radiological weapons",
    20: "beginning of an interstate war",
    21: "joining of an interstate war",
}

#: How a dispute ended (Outcome).
OUTCOME = {
    1: "victory for side A",
    2: "victory for side B",
    3: "yield by side A",
    4: "yield by side B",
    5: "stalemate",
    6: "compromise",
    7: "released",
    8: "unclear",
    9: "joined an ongoing war",
}

#: How a dispute was settled (Settle).
SETTLEMENT = {1: "negotiated", 2: "imposed", 3: "none", 4: "unclear"}

#: Battle deaths (Fatality), of a dispute or of one state in it.
FATALITY = {
    0: "none",
    1: "1 to 25 deaths",
    2: "26 to 100 deaths",
    3: "101 to 250 deaths",
    4: "251 to 500 deaths",
    5: "501 to 999 deaths",
    6: "1,000 deaths or more",
}

#: What a state wanted to change (RevType1, RevType2).
REVISION_TYPE = {0: "not applicable", 1: "territory", 2: "policy", 3: "regime or government", 4: "other"}

#: Labels for the attributes of a case that hold codes.
LABELS: dict[str, dict[int, str]] = {
    "dispute_hostility": HOSTILITY,
    "dispute_action": ACTION,
    "country_hostility": HOSTILITY,
    "country_action": ACTION,
    "outcome": OUTCOME,
    "settlement": SETTLEMENT,
    "fatality": FATALITY,
}
#: Labels for a participation's own columns and attributes.
PART_LABELS: dict[str, dict[int, str]] = {
    "hostility": HOSTILITY,
    "action": ACTION,
    "fatality": FATALITY,
    "revision_type": REVISION_TYPE,
    "revision_type_2": REVISION_TYPE,
}

#: The last action of each hostility level. The code book gives 6, a threat to join a war, no level.
_LAST_ACTION = ((0, 1), (5, 2), (12, 3), (19, 4), (21, 5))
_WITHOUT_LEVEL = 6


def hostility_of(action: int | None) -> int | None:
    """Return the hostility level that a highest action implies; nothing where the code book gives none.

    Args:
        action: HiAct, or nothing if it is missing. Outside 0 to 21 it is not in version 4's code book.
    """
    if action is None or action == _WITHOUT_LEVEL or action not in ACTION:
        return None
    return next(level for last, level in _LAST_ACTION if action <= last)


def action_label(action: int) -> str:
    """Return an action in words, or that the code book does not know it."""
    return ACTION.get(action, "not in v4 codebook")
