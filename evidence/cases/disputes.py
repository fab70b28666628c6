"""A dispute and its participants as the MID data have them, in the words of the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from evidence.cases.columns import Line
from evidence.dates import edtf
from evidence.errors import EvidenceError

__all__ = [
    "COUNTRY_FACTS",
    "DISPUTE_FACTS",
    "PART_FACTS",
    "Dispute",
    "Part",
    "country_facts",
    "dispute",
    "part",
    "year_of",
]

#: Attributes of a case that come from the disputes' file, and the column that each is read from. They are
#: the dispute's own: ``dispute_hostility`` is the highest level that anybody in it reached.
DISPUTE_FACTS = {
    "dispnum4": "dispnum4",
    "dispute_hostility": "hostlev",
    "dispute_action": "hiact",
    "fatality": "fatality",
    "deaths": "fatalpre",
    "outcome": "outcome",
    "settlement": "settle",
    "reciprocated": "recip",
    "min_days": "mindur",
    "max_days": "maxdur",
    "states_a": "numa",
    "states_b": "numb",
    "links": "link1",
    "ongoing": "ongoing",
}
#: Attributes that say the same of the country under study alone; they are never the dispute's.
COUNTRY_FACTS = ("country", "country_start", "country_end", "country_hostility", "country_action")
#: Attributes of a participation that come from the participants' file. The abbreviation marks a part as the
#: data's: one that a user adds has none.
PART_FACTS = (
    "abbreviation", "fatality", "deaths", "revisionist", "revision_type", "revision_type_2", "hostility_in_data",
    "action_in_data",
)  # fmt: skip
_TRUTHS = {"recip", "ongoing"}
_LINKS = ("link1", "link2", "link3")
_HOSTILITY = range(1, 6)
_ACTIONS = range(22)


@dataclass(frozen=True, slots=True)
class Part:
    """One state's part in a dispute: a spell on one side.

    ``hostility`` (1 to 5) and ``action`` (0 to 21) are the state's own; a value outside the version 4 code
    book is kept among the attributes as ``hostility_in_data`` or ``action_in_data``.
    """

    line: Line
    number: int
    ccode: int
    abbreviation: str
    side: str
    role: str
    start: str | None
    end: str | None
    hostility: int | None
    action: int | None
    attributes: Mapping[str, Any]
    spell: int = 1


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute: its own dates and facts, and who took part."""

    line: Line
    number: int
    start: str
    end: str | None
    attributes: Mapping[str, Any]
    parts: tuple[Part, ...] = ()

    def joined_by(self, parts: Iterable[Part]) -> Dispute:
        """Return the dispute with its participants, the spells of each on each side numbered by date."""
        spells: dict[tuple[int, str], int] = defaultdict(int)
        numbered = []
        for one in sorted(parts, key=_by_date):
            spells[one.ccode, one.side] += 1
            numbered.append(replace(one, spell=spells[one.ccode, one.side]))
        return replace(self, parts=tuple(numbered))


def dispute(line: Line) -> Dispute:
    """Return the dispute that a row of the disputes' file holds.

    Raises:
        EvidenceError: a cell is not what its column says.
    """
    start = line.date("st")
    if start is None:
        raise EvidenceError("the dispute has no year in which it began; write it.", line.place("styear"))
    facts = {
        name: line.truth(column) if column in _TRUTHS else line.number(column)
        for name, column in DISPUTE_FACTS.items()
        if name != "links"
    }
    known: dict[str, Any] = {name: value for name, value in facts.items() if value is not None}
    links = [link for column in _LINKS if (link := line.text(column)) not in ("", "0")]
    if links:
        known["links"] = "; ".join(links)
    return Dispute(line, _number(line, "dispnum"), start, line.date("end"), known)


def part(line: Line) -> Part:
    """Return the participation that a row of the participants' file holds.

    Raises:
        EvidenceError: a cell is not what its column says.
    """
    side = line.truth("sidea")
    if side is None:
        raise EvidenceError("the side is missing; write 1 for side A or 0 for side B.", line.place("sidea"))
    hostility, action, originator = line.number("hostlev"), line.number("hiact"), line.truth("orig")
    facts = {
        "fatality": line.number("fatality"),
        "deaths": line.number("fatalpre"),
        "revisionist": line.truth("revstate"),
        "revision_type": line.number("revtype1"),
        "revision_type_2": line.number("revtype2"),
        "hostility_in_data": None if hostility in _HOSTILITY else hostility,
        "action_in_data": None if action in _ACTIONS else action,
    }
    return Part(
        line=line,
        number=_number(line, "dispnum"),
        ccode=_number(line, "ccode"),
        abbreviation=line.text("stabb"),
        side="A" if side else "B",
        role="" if originator is None else "originator" if originator else "joiner",
        start=line.date("st"),
        end=line.date("end"),
        hostility=hostility if hostility in _HOSTILITY else None,
        action=action if action in _ACTIONS else None,
        attributes={
            "abbreviation": line.text("stabb"),
            **{name: value for name, value in facts.items() if value is not None},
        },
    )


def country_facts(of: Dispute, ccode: int | None) -> dict[str, Any]:
    """Return what the dispute was for one country alone, over all of its spells; nothing if it took no part."""
    own = [one for one in of.parts if one.ccode == ccode]
    if not own:
        return {}
    ends = [one.end for one in own if one.end]
    facts = {
        "country": ccode,
        "country_start": min((one.start for one in own if one.start), key=_earliest, default=None),
        "country_end": max(ends, key=_latest) if len(ends) == len(own) else None,
        "country_hostility": max((one.hostility for one in own if one.hostility is not None), default=None),
        "country_action": max((one.action for one in own if one.action is not None), default=None),
    }
    return {name: value for name, value in facts.items() if value is not None}


def year_of(text: str | None) -> int | None:
    """Return the year in which an EDTF date begins."""
    return int(text[:4]) if text else None


def _number(line: Line, column: str) -> int:
    number = line.number(column)
    if number is None or number <= 0:
        raise EvidenceError("a number is needed here; write it.", line.place(column))
    return number


def _earliest(text: str) -> date:
    return edtf(text).earliest or date.min


def _latest(text: str) -> date:
    return edtf(text).latest or date.max


def _by_date(one: Part) -> tuple[int, str, date, date, int]:
    return (
        one.ccode,
        one.side,
        _earliest(one.start) if one.start else date.max,
        _latest(one.end) if one.end else date.max,
        one.line.row,
    )
