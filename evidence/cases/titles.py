"""The title of a case, made from its data: who stood against whom, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evidence.cases.states import name_in

__all__ = ["Party", "title_of"]

_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Party:
    """One state's part in a case, as far as a title needs it."""

    name: str
    ccode: int | None
    side: str
    role: str
    hostility: int | None
    start: str | None


def title_of(parties: Iterable[Party], start: str | None) -> str:
    """Return a title such as ``United States v. China, 1955``.

    On each side the originators come first, then those with the higher hostility, then those who came
    first; two are named. The same data give the same title.

    Args:
        parties: the states' parts in the case, in any order.
        start: when the case began (EDTF).
    """
    year = (start or "")[:4]
    everyone = sorted(parties, key=_weight)
    sides = [[party for party in everyone if party.side == side] for side in ("A", "B")]
    names = " v. ".join(_named(side, int(year) if year.isdecimal() else 0) for side in sides)
    return f"{names}, {year}" if year else names


def _weight(party: Party) -> tuple[bool, int, str, int, str]:
    return (
        party.role != "originator",
        -(party.hostility or 0),
        party.start or "9999",
        party.ccode if party.ccode is not None else 9999,
        party.name,
    )


def _named(side: list[Party], year: int) -> str:
    names = list(dict.fromkeys(name_in(year, party.ccode, party.name) for party in side))
    if not names:
        return "an unrecorded side"
    if len(names) > _SHOWN:
        return f"{', '.join(names[:_SHOWN])} and others"
    return " and ".join(names)
