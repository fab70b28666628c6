"""Read COW's Militarized Interstate Disputes, versions 3.10 to 5.0, and choose the disputes of a study.

Reading touches no ledger: what comes out is a plan, which ``loading.apply`` carries out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evidence.cases import oddities
from evidence.cases.columns import DISPUTES, PARTICIPANTS, Kind, Line, lines
from evidence.cases.disputes import Dispute, Part, dispute, part, year_of
from evidence.cases.reading import read_sheet
from evidence.cases.report import Oddity
from evidence.cases.states import name_of
from evidence.errors import EvidenceError, Place

__all__ = ["DATA_SET", "MidPlan", "Rule", "State", "read_mid"]

DATA_SET = "COW MID"
_STATES = Kind("a list of states", ("stateabb", "ccode", "statenme"), ())


@dataclass(frozen=True, slots=True)
class Rule:
    """Which disputes belong to a study, said of one country's own part in them.

    Attributes:
        country: COW country code; without it every dispute belongs.
        first: earliest year in which the country's part may begin.
        last: latest such year.
        min_hostility: the country's own hostility level, 1 to 5, is at least this; never the dispute's.
    """

    country: int | None = None
    first: int | None = None
    last: int | None = None
    min_hostility: int | None = None

    def excludes(self, candidate: Dispute) -> str | None:
        """Return why a dispute does not belong; nothing if it does."""
        if self.country is None:
            return None
        own = [one for one in candidate.parts if one.ccode == self.country]
        if not own:
            return f"country {self.country} takes no part in it"
        timely = [one for one in own if self._timely(one)]
        if not timely:
            return f"country {self.country} takes part from {own[0].start}, outside the years"
        level = max((one.hostility or 0 for one in timely), default=0)
        if self.min_hostility is not None and level < self.min_hostility:
            return f"country {self.country}'s own hostility is {level}, below {self.min_hostility}"
        return None

    def _timely(self, one: Part) -> bool:
        year = year_of(one.start)
        if year is None:
            return self.first is None and self.last is None
        return (self.first is None or year >= self.first) and (self.last is None or year <= self.last)


@dataclass(frozen=True, slots=True)
class State:
    """A state as the files have it: abbreviation (not unique, and possibly empty) and name."""

    ccode: int
    abbreviation: str
    name: str


@dataclass(frozen=True, slots=True)
class MidPlan:
    """What two files hold: the chosen disputes, why the others were not chosen, the states, the warnings."""

    version: str
    rule: Rule
    disputes: tuple[Dispute, ...]
    left_out: Mapping[int, str]
    states: Mapping[int, State]
    warnings: tuple[Oddity, ...]

    @property
    def participations(self) -> int:
        """How many participations the chosen disputes have."""
        return sum(len(one.parts) for one in self.disputes)


def read_mid(
    disputes: Path,
    participants: Path,
    version: str,
    *,
    country: int | None = None,
    first: int | None = None,
    last: int | None = None,
    min_hostility: int | None = None,
    states: Path | None = None,
) -> MidPlan:
    """Read the two MID files and choose disputes; nothing is written.

    Args:
        disputes: the file with a row for each dispute (MIDA).
        participants: the file with a row for each participation (MIDB).
        version: the data set's version, such as 4.01.
        country: COW country code of the country under study; see ``Rule`` for the rest.
        first: earliest year in which its participation begins.
        last: latest such year.
        min_hostility: its own hostility level at least, 1 to 5.
        states: COW's list of states or of country codes, for names; else the usual English names.

    Raises:
        EvidenceError: a file cannot be read, is another file, lacks a column, or has a cell that cannot be.
    """
    rule = _rule(country, first, last, min_hostility)
    if not version.strip():
        raise EvidenceError("the data set's version is needed, such as 4.01; give it as --data-version.")
    a_lines, a_remarks = _file(disputes, DISPUTES)
    b_lines, b_remarks = _file(participants, PARTICIPANTS)
    parts = [part(line) for line in b_lines]
    every, strays = _joined(a_lines, parts)
    verdicts = {one.number: rule.excludes(one) for one in every}
    chosen = tuple(one for one in every if verdicts[one.number] is None)
    warnings = [
        *a_remarks,
        *b_remarks,
        *oddities.of_versions(a_lines, version),
        *oddities.of_versions(b_lines, version),
        *oddities.of_strays(strays, disputes.name),
        *(oddity for one in chosen for oddity in oddities.of_dispute(one)),
    ]
    return MidPlan(
        version=version.strip(),
        rule=rule,
        disputes=chosen,
        left_out={number: reason for number, reason in verdicts.items() if reason is not None},
        states=_states(parts, states),
        warnings=tuple(warnings),
    )


def _rule(country: int | None, first: int | None, last: int | None, min_hostility: int | None) -> Rule:
    if country is None and (first, last, min_hostility) != (None, None, None):
        raise EvidenceError(
            "years and hostility are those of one country's part in a dispute; say which country (--country 2 for the United States)."
        )
    if first is not None and last is not None and first > last:
        raise EvidenceError(f"the years from {first} to {last} are upside down; give the earlier one first.")
    if min_hostility is not None and not 1 <= min_hostility <= 5:  # noqa: PLR2004 - COW's scale
        raise EvidenceError(f"hostility {min_hostility} is not a level from 1 to 5.")
    return Rule(country, first, last, min_hostility)


def _file(path: Path, kind: Kind) -> tuple[list[Line], list[Oddity]]:
    sheet = read_sheet(path)
    rows, unknown = lines(sheet, kind)
    remarks = [Oddity(Place(sheet.file), remark) for remark in sheet.remarks]
    if unknown:
        remarks.append(
            Oddity(
                Place(sheet.file, row=1),
                f"left out the columns {', '.join(unknown)}, which are not of this data set",
            )
        )
    if not rows:
        raise EvidenceError("it has no rows below the header; give the whole file.", Place(sheet.file))
    return rows, remarks


def _joined(rows: Iterable[Line], parts: Iterable[Part]) -> tuple[list[Dispute], list[Part]]:
    """Return the disputes with their participants, and the participants of no dispute."""
    by_number: dict[int, list[Part]] = defaultdict(list)
    for one in parts:
        by_number[one.number].append(one)
    seen: dict[int, Line] = {}
    every = []
    for line in rows:
        found = dispute(line)
        if found.number in seen:
            raise EvidenceError(
                f"dispute {found.number} is in row {seen[found.number].row} already; remove one of the two.",
                line.place("dispnum"),
            )
        seen[found.number] = line
        every.append(found.joined_by(by_number.pop(found.number, ())))
    return every, [one for left in by_number.values() for one in left]


def _states(parts: Iterable[Part], listed: Path | None) -> dict[int, State]:
    """Return every state in the participants' file, by country code: abbreviations are not keys."""
    used: dict[int, Counter[str]] = defaultdict(Counter)
    for one in parts:
        used[one.ccode][one.abbreviation] += 1
    known = {state.ccode: state for state in _listed(listed)} if listed else {}
    found = {}
    for ccode, counts in sorted(used.items()):
        del counts[""]
        # The commonest spelling, the first in the alphabet if several are.
        common = min(counts, key=lambda text: (-counts[text], text), default="")
        name = name_of(ccode) or common or f"state {ccode}"
        found[ccode] = known.get(ccode) or State(ccode, common, name)
    return found


def _listed(path: Path) -> Iterator[State]:
    rows, _ = lines(read_sheet(path), _STATES)
    seen = set()
    for line in rows:
        ccode = line.number("ccode")
        if ccode is not None and ccode not in seen:  # a state that ended and came back is listed twice
            seen.add(ccode)
            yield State(ccode, line.text("stateabb"), line.cells["statenme"].strip() or line.text("stateabb"))
