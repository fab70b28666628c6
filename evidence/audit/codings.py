"""The study's codes beside those of others: where they differ, in whose words, and which documents decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, Row, select

from evidence.audit.bodies import bodies
from evidence.audit.chain import load, standing
from evidence.errors import MethodError, UnknownKey
from evidence.inference.body import Body, contested
from evidence.inference.removal import carrying, study_code
from evidence.inference.standing import alone, supporting
from evidence.keys import natural
from evidence.ledger.rows import knowable, words
from evidence.vocabulary import Round

__all__ = ["OURS", "CaseOf", "Comparison", "Document", "Pair", "Said", "Side", "compare"]

#: What the study itself is called among those who coded.
OURS = "the study"

_variable = words("variable", "id study_id key retired_at")
_version = words("variable_version", "id variable_id levels retired_at")
_case = words("case", "id key title retired_at")
_coder = words("coder", "id study_id key name source_id retired_at")
_source = words("source", "id key title")
_decision = words(
    "decision",
    "id study_id key case_id variable_version_id value rationale coder_id round coding_round_id locator supersedes_id "
    "decided_at retired_at",
)


@dataclass(frozen=True, slots=True)
class Side:
    """Somebody who coded: the study, a publication, or one of its coders; with how many cases they speak of."""

    key: str
    name: str
    source: str  # the key of the publication; empty for a person
    title: str
    cases: int


@dataclass(frozen=True, slots=True)
class Said:
    """What one side says of a case: the level, or nothing if they hold that it cannot be, or do not, code it."""

    side: str
    value: str | None
    words: str
    locator: Mapping[str, str]
    coder: str
    decision: str
    round: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the study's own code of a case rests on; ``alone`` if the code falls without it."""

    source: str
    title: str
    alone: bool


@dataclass(frozen=True, slots=True)
class CaseOf:
    """One case: what each side says of it that says anything, and what the study's own code rests on."""

    case: str
    title: str
    said: tuple[Said, ...]
    differs: bool
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides beside each other, in numbers of cases.

    Args:
        one: a side's key.
        other: the other's.
        agree: both give the same level.
        differ: both give a level, and not the same.
        only_one: only the first gives a level.
        only_other: only the other does.
        levels: what the table counts: the levels of the scheme, and nothing for a case that a side speaks of without
            giving it a level.
        table: a row for each level of the first side, a column for each of the other.
    """

    one: str
    other: str
    agree: int
    differ: int
    only_one: int
    only_other: int
    levels: tuple[str | None, ...]
    table: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that two or more sides say on a variable."""

    variable: str
    sides: tuple[Side, ...]
    cases: tuple[CaseOf, ...]
    pairs: tuple[Pair, ...]

    @property
    def differing(self) -> tuple[CaseOf, ...]:
        """The cases that sides code otherwise; a publication that leaves a case out differs from nobody."""
        return tuple(case for case in self.cases if case.differs)


def compare(connection: Connection, study: Any, variable: str, coders: Sequence[str] = ()) -> Comparison:
    """Return the study's own codes on a variable beside those of others, in a fixed number of statements.

    Three, and those of the study's chain where a case differs that the study itself coded.

    Args:
        connection: to the ledger.
        study: the study's id.
        variable: the variable's key.
        coders: keys of those to compare with; every publication that coded the variable if none is named.

    Raises:
        UnknownKey: there is no such variable or coder.
        MethodError: a coder is named twice.
    """
    levels = _levels(connection, study, variable)
    made = _decisions(connection, study, variable)
    named = _coders(connection, study, coders)
    by_case: dict[str, list[Row[Any]]] = {}
    for row in made:
        by_case.setdefault(row.case, []).append(row)
    said = {case: _said(rows, named) for case, rows in by_case.items()}
    order = [
        OURS,
        *(named or sorted({row.coder for row in made if row.round == Round.PUBLISHED}, key=natural)),
    ]
    present = [side for key in order if (side := _side(key, made, said))]
    keys = [side.key for side in present]
    cases = [
        CaseOf(
            case,
            by_case[case][0].title,
            tuple(one for key in keys if (one := told.get(key))),
            _differ(told, keys),
        )
        for case, told in sorted(said.items(), key=lambda pair: natural(pair[0]))
    ]
    cases = [case for case in cases if case.said]
    cases = _with_documents(connection, study, variable, cases)
    pairs = tuple(_pair(one, other, levels, said.values()) for one, other in combinations(keys, 2))
    return Comparison(variable, tuple(present), tuple(cases), pairs)


def _levels(connection: Connection, study: Any, variable: str) -> tuple[str, ...]:
    """Return the levels of all versions of a variable, those of the oldest first."""
    wanted = (
        select(_variable.c.key, _version.c.levels)
        .join(_version, _version.c.variable_id == _variable.c.id, isouter=True)
        .where(_variable.c.study_id == study, _variable.c.retired_at.is_(None))
        .order_by(_version.c.id)
    )
    found = list(connection.execute(wanted))
    if variable not in {row.key for row in found}:
        raise UnknownKey("variable", variable, {row.key for row in found})
    levels = (level["value"] for row in found if row.key == variable for level in row.levels or ())
    return tuple(dict.fromkeys(levels))


def _decisions(connection: Connection, study: Any, variable: str) -> list[Row[Any]]:
    wanted = (
        select(
            _decision, _case.c.key.label("case"), _case.c.title, _coder.c.key.label("coder"),
            _coder.c.name.label("coder_name"), _source.c.key.label("source"), _source.c.title.label("source_title"),
        )
        .join(_version, _version.c.id == _decision.c.variable_version_id)
        .join(_variable, _variable.c.id == _version.c.variable_id)
        .join(_case, _case.c.id == _decision.c.case_id)
        .join(_coder, _coder.c.id == _decision.c.coder_id)
        .join(_source, _source.c.id == _coder.c.source_id, isouter=True)
        .where(
            _decision.c.study_id == study,
            _variable.c.key == variable,
            _decision.c.retired_at.is_(None),
            _case.c.retired_at.is_(None),
            knowable(_decision.c),
        )
        .order_by(_decision.c.id)
    )  # fmt: skip
    return list(connection.execute(wanted))


def _coders(connection: Connection, study: Any, named: Sequence[str]) -> list[str]:
    """Return the coders that are named, or refuse one that there is not."""
    wanted = select(_coder.c.key).where(_coder.c.study_id == study, _coder.c.retired_at.is_(None))
    known = set(connection.scalars(wanted))
    for key in named:
        if key not in known:
            raise UnknownKey("coder", key, known)
        if list(named).count(key) > 1:
            raise MethodError(f"coder {key} is named twice; name each coder once.")
    return list(named)


def _said(rows: Iterable[Row[Any]], named: Iterable[str]) -> dict[str, Said]:
    """Return what each side says of one case: the study by the code that stands for it, others by their own."""
    left = standing(rows)
    found: dict[str, Said] = {}
    for row in left:
        if row.round != Round.PUBLISHED:
            found.setdefault(OURS, _one(OURS, row))
        if row.round == Round.PUBLISHED or row.coder in named:
            found.setdefault(row.coder, _one(row.coder, row))
    return found


def _one(side: str, row: Row[Any]) -> Said:
    return Said(side, row.value, row.rationale, row.locator or {}, row.coder, row.key, row.round)


def _side(key: str, made: Iterable[Row[Any]], said: Mapping[str, Mapping[str, Said]]) -> Side | None:
    cases = sum(key in told for told in said.values())
    if key == OURS:
        return Side(OURS, OURS, "", "", cases) if cases else None
    row = next((row for row in made if row.coder == key), None)
    if row is None:
        return Side(key, key, "", "", 0)
    return Side(key, row.coder_name, row.source or "", row.source_title or "", cases)


def _differ(told: Mapping[str, Said], keys: Iterable[str]) -> bool:
    return contested(told[key] for key in keys if key in told)


def _pair(one: str, other: str, levels: Sequence[str], cases: Iterable[Mapping[str, Said]]) -> Pair:
    places: dict[str | None, int] = {level: n for n, level in enumerate([*levels, None])}
    table = [[0] * len(places) for _ in places]
    counts = {"agree": 0, "differ": 0, "only_one": 0, "only_other": 0}
    for told in cases:
        first, second = told.get(one), told.get(other)
        if first is not None and second is not None:
            table[places[first.value]][places[second.value]] += 1
        a, b = (first.value if first else None), (second.value if second else None)
        if a is not None and b is not None:
            counts["agree" if a == b else "differ"] += 1
        elif a is not None or b is not None:
            counts["only_one" if b is None else "only_other"] += 1
    return Pair(one, other, **counts, levels=(*levels, None), table=tuple(map(tuple, table)))


def _with_documents(connection: Connection, study: Any, variable: str, cases: list[CaseOf]) -> list[CaseOf]:
    """Add what the study's own code of each differing case rests on."""
    asked = {case.case for case in cases if case.differs and case.said[0].side == OURS}
    if not asked:
        return cases
    chain = load(connection, study)
    titles = {row.key: row.title for row in chain.sources.values()}
    found = {body.case: body for body in bodies(chain).values() if body.case in asked}
    return [
        CaseOf(case.case, case.title, case.said, case.differs, _documents(found[case.case], variable, titles))
        if case.case in found
        else case
        for case in cases
    ]


def _documents(body: Body, variable: str, titles: Mapping[str, str]) -> tuple[Document, ...]:
    """Return the documents behind the tests that carry the study's code; first those without which it falls."""
    code = study_code(body, variable)
    if code is None:
        return ()
    decisive = {unit.name for unit in alone(body, variable, ["source"])}
    behind = {
        origin.source
        for test in supporting(body, code)
        for brought in carrying(test)
        for origin in brought.origins
    }
    ordered = sorted(decisive | behind, key=lambda key: (key not in decisive, natural(key)))
    return tuple(Document(key, titles.get(key, ""), key in decisive) for key in ordered)
