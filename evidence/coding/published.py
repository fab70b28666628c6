"""Codes of the same cases that a publication or a data set gives: they stand beside the study's own."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from evidence.errors import EvidenceError, MethodError, Place, UnknownKey, ValueRefused, nearest
from evidence.ledger import records
from evidence.ledger.forms import is_blank
from evidence.ledger.lookup import version_id
from evidence.ledger.revisions import Unit
from evidence.models import Alias, Case, Coder, Decision, Redirect, VariableVersion
from evidence.vocabulary import LocatorKind, Round

__all__ = ["NO_REASON", "Brought", "Coding", "bring_codings", "read_codings"]

#: What stands for the reasons of a publication that states none.
NO_REASON = "No reason is stated."
#: What columns may be called, besides the parts of a locator.
_COLUMNS = {
    "case": ("case", "key", "number", "dispnum", "dispnum3", "dispnum4"),
    "value": ("value", "code", "level"),
    "why": ("why", "reason", "reasons", "rationale"),
    "decided_on": ("decided on", "decided_on"),
}
_KINDS = tuple(kind.value for kind in LocatorKind)


@dataclass(frozen=True, slots=True)
class Coding:
    """What a publication says of one case.

    Args:
        case: a key, or a number in a data set.
        value: the level; nothing if it does not code the case.
        why: its words or its reason; empty if it states none.
        locator: where in the publication it says so.
        decided_on: the day of their decision, as it was written; empty if it is not known.
        place: where it was read.
    """

    case: str
    value: str | None
    why: str
    locator: Mapping[str, str]
    decided_on: str
    place: Place


@dataclass(slots=True)
class Brought:
    """What came of a file of codings; cases by key."""

    added: list[str] = field(default_factory=list)
    changed: list[tuple[str, str | None, str | None]] = field(default_factory=list)  # case, before, after
    unchanged: int = 0
    not_coded: int = 0  # of all that the file has
    left_out: tuple[str, ...] = ()  # columns that nothing was read from


def read_codings(
    file: str,
    header: Sequence[str],
    numbers: Sequence[int],
    columns: Sequence[Sequence[str]],
    *,
    named: Mapping[str, str] | None = None,
    missing: Collection[str] = (),
) -> tuple[list[Coding], tuple[str, ...]]:
    """Return the codings in a table, and the columns that say nothing of them.

    Args:
        file: the table's name, for errors.
        header: its columns' names.
        numbers: the number of each row.
        columns: the cells of each column.
        named: what a column holds where its name does not say so: case, value, why, decided_on, page ...
        missing: cells of the value that say that the case is not coded, besides blank ones, such as ``-9``.

    Raises:
        EvidenceError: no column gives the case or the value, two give the same, a row lacks its case, or there
            is none.
    """
    at = _positions(file, header, named or {})
    if not numbers:
        raise ValueRefused("there is no row below the heads, so no coding to bring in.", Place(file))
    cells = {goal: [cell.strip() for cell in columns[position]] for goal, position in at.items()}
    found = []
    for n, number in enumerate(numbers):
        row = {goal: values[n] for goal, values in cells.items()}
        if not row["case"]:
            raise ValueRefused(
                "the case is missing; write its key.", Place(file, row=number, field=header[at["case"]])
            )
        value = None if row["value"] in ("", *missing) else row["value"]
        locator = {kind: row[kind] for kind in _KINDS if row.get(kind)}
        place = Place(file, row=number)
        found.append(
            Coding(row["case"], value, row.get("why", ""), locator, row.get("decided_on", ""), place)
        )
    return found, tuple(name for position, name in enumerate(header) if position not in at.values())


def _positions(file: str, header: Sequence[str], named: Mapping[str, str]) -> dict[str, int]:
    """Return where each column that is read stands."""
    known = {name: goal for goal, names in _COLUMNS.items() for name in names}
    known |= {kind: kind for kind in _KINDS} | {f"locator.{kind}": kind for kind in _KINDS}
    for column, goal in named.items():
        if column not in header:
            near = nearest(column, header, 1)
            hint = f" Did you mean {near[0]!r}?" if near else f" Its columns are {', '.join(header)}."
            raise EvidenceError(f"there is no column {column!r}.{hint}", Place(file, row=1))
        if goal not in known:
            near = nearest(goal, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it can be {', '.join([*_COLUMNS, *_KINDS])}."
            raise EvidenceError(f"a coding has no {goal!r}; {hint}", Place(file, row=1, field=column))
    found = {known[goal]: header.index(column) for column, goal in named.items()}
    for position, name in enumerate(header):
        goal = known.get(name.casefold(), "")
        if not goal or name in named or goal in {known[one] for one in named.values()}:
            continue
        if goal in found:
            raise EvidenceError(
                f"{header[found[goal]]} and {name} both give the {goal}; say which one does (--map COLUMN={goal}).",
                Place(file, row=1),
            )
        found[goal] = position
    for goal in ("case", "value"):
        if goal not in found:
            raise EvidenceError(
                f"no column gives the {goal}; say which one does (--map COLUMN={goal}).", Place(file, row=1)
            )
    return found


def bring_codings(
    session: Unit,
    codings: Sequence[Coding],
    *,
    coder: str,
    variable: str,
    version: str | None = None,
    numbers: str = "",
) -> Brought:
    """Record what a publication codes, each case as a decision of its own, published elsewhere.

    The same codings twice write nothing; one that says something else supersedes the earlier one. Cases that
    are not among them are left alone.

    Args:
        session: the unit of work.
        codings: what ``read_codings`` returned.
        coder: the key of the publication as a coder.
        variable: the variable's key.
        version: the variable's version; the newest if not given.
        numbers: the data set, or its version, that bare numbers of cases are of; any if empty.

    Raises:
        MethodError: the coder is no publication.
        UnknownKey: there is no such coder, variable, version or case.
        ValueRefused: a value is not a level, a case is there twice, or a number leads to several cases.
    """
    publication: Coder = records.find(session, "coder", coder)
    if publication.source_id is None:
        raise MethodError(
            f"coder {coder} is no publication, so nothing that it codes is published elsewhere; name its source with "
            f"'evidence coder edit {coder} --source KEY', or decide with 'evidence code'."
        )
    scheme = session.get_one(VariableVersion, version_id(session, variable, version))
    cases = _Cases(session, numbers)
    standing, used = _standing(session, scheme.variable_id, publication.id)
    brought, entries = Brought(), []
    seen: dict[uuid.UUID, Place] = {}
    for coding in codings:
        case, key = cases.find(coding)
        if case in seen:
            raise ValueRefused(
                f"case {key} is in row {seen[case].row} already; leave one of the two.", coding.place
            )
        seen[case] = coding.place
        _require_level(coding, variable, scheme)
        brought.not_coded += coding.value is None
        values = _values(coding, case, scheme, publication)
        earlier = standing.get(case)
        if earlier is not None and _same(earlier, values):
            brought.unchanged += 1
            continue
        if earlier is None:
            brought.added.append(key)
        else:
            brought.changed.append((key, earlier.value, coding.value))
            values["supersedes"] = earlier.id
        values["key"] = _next(f"{key}.{variable}.", used)
        entries.append((values, coding.place))
    records.add_all(session, "decision", entries, computed=True)
    return brought


def _require_level(coding: Coding, variable: str, scheme: VariableVersion) -> None:
    levels = [level["value"] for level in scheme.levels]
    if coding.value is None or coding.value in levels:
        return
    near = nearest(coding.value, levels, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"the levels are {', '.join(levels)}."
    raise ValueRefused(
        f"{coding.value!r} is not a level of {variable} in version {scheme.version}; {hint} Where they do not "
        "code the case, leave the cell blank, or name what stands there with --missing.",
        Place(coding.place.file, row=coding.place.row, field="value"),
    )


def _values(coding: Coding, case: uuid.UUID, scheme: VariableVersion, publication: Coder) -> dict[str, Any]:
    values: dict[str, Any] = {
        "case": case,
        "variable": scheme.id,
        "value": coding.value,
        "rationale": NO_REASON if is_blank(coding.why) else coding.why,
        "coder": publication.id,
        "round": Round.PUBLISHED.value,
    }
    if coding.locator:
        values["locator"] = dict(coding.locator)
    if coding.decided_on:
        values["decided_at"] = _moment(coding)
    return values


def _moment(coding: Coding) -> datetime:
    try:
        day = date.fromisoformat(coding.decided_on)
    except ValueError as error:
        raise ValueRefused(
            f"{coding.decided_on!r} is not a day; write it like 2016-02-29, or leave it blank.",
            Place(coding.place.file, row=coding.place.row, field="decided on"),
        ) from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _same(earlier: Decision, values: Mapping[str, Any]) -> bool:
    """Tell whether an earlier coding says the same; a day that is not given anew stays."""
    return bool(
        earlier.variable_version_id == values["variable"]
        and earlier.value == values["value"]
        and earlier.rationale == values["rationale"]
        and (earlier.locator or {}) == values.get("locator", {})
        and earlier.decided_at == values.get("decided_at", earlier.decided_at)
    )


def _standing(
    session: Unit, variable: uuid.UUID, coder: uuid.UUID
) -> tuple[dict[uuid.UUID, Decision], dict[str, int]]:
    """Return what a publication's standing codings of a variable are, by case; and the last number of every key."""
    versions = select(VariableVersion.id).where(VariableVersion.variable_id == variable)
    made = session.scalars(
        select(Decision)
        .where(
            Decision.study_id == session.study_id,
            Decision.coder_id == coder,
            Decision.round == Round.PUBLISHED,
            Decision.variable_version_id.in_(versions),
            Decision.retired_at.is_(None),
        )
        .order_by(Decision.id)
    ).all()
    superseded = {decision.supersedes_id for decision in made}
    used: dict[str, int] = {}
    moved = select(Redirect.key).where(Redirect.study_id == session.study_id, Redirect.noun == "decision")
    keys = select(Decision.key).where(Decision.study_id == session.study_id)
    for key in [*session.scalars(keys), *session.scalars(moved)]:
        stem, dot, number = key.rpartition(".")
        if number.isdecimal():
            used[stem + dot] = max(used.get(stem + dot, 0), int(number))
    return {decision.case_id: decision for decision in made if decision.id not in superseded}, used


def _next(stem: str, used: dict[str, int]) -> str:
    used[stem] = used.get(stem, 0) + 1
    return f"{stem}{used[stem]}"


class _Cases:
    """The cases of a study by everything that they are called: keys, keys that they had, numbers in data sets."""

    def __init__(self, session: Unit, numbers: str) -> None:
        self.numbers = numbers
        standing = select(Case.key, Case.id).where(
            Case.study_id == session.study_id, Case.retired_at.is_(None)
        )
        self.ids = {row.key: row.id for row in session.execute(standing)}
        self.keys = {row_id: key for key, row_id in self.ids.items()}
        moved = select(Redirect.key, Redirect.row_id).where(
            Redirect.study_id == session.study_id, Redirect.noun == "case"
        )
        self.moved = {row.key: row.row_id for row in session.execute(moved)}
        aliases = select(Alias).where(Alias.study_id == session.study_id, Alias.retired_at.is_(None))
        self.aliases: dict[str, list[Alias]] = {}
        for alias in session.scalars(aliases):
            self.aliases.setdefault(alias.number, []).append(alias)

    def find(self, coding: Coding) -> tuple[uuid.UUID, str]:
        """Return the id and the key of the case that a coding is of."""
        found = self.ids.get(coding.case) or self.moved.get(coding.case) or self._numbered(coding)
        if found is None or found not in self.keys:
            raise UnknownKey("case", coding.case, self.ids).at(
                Place(coding.place.file, row=coding.place.row, field="case")
            )
        return found, self.keys[found]

    def _numbered(self, coding: Coding) -> uuid.UUID | None:
        """Return the case that has a number, such as ``251`` or ``4.3:251``; the one that it was merged into."""
        of, colon, number = coding.case.rpartition(":")
        of = of if colon else self.numbers
        found = [alias for alias in self.aliases.get(number, ()) if of in ("", alias.version, alias.data_set)]
        found = [alias for alias in found if alias.merged] or found
        if len({alias.case_id for alias in found}) > 1:
            listed = ", ".join(
                sorted(
                    f"{self.keys.get(a.case_id, 'a retired case')} in {a.data_set} {a.version}" for a in found
                )
            )
            raise ValueRefused(
                f"{coding.case} is {listed}; write the case's key, or say which version the numbers are of (--numbers).",
                Place(coding.place.file, row=coding.place.row, field="case"),
            )
        return found[0].case_id if found else None
