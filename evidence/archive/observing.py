"""What marked passages show becomes observations, brought to the tests that their tags name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import select

from evidence.archive.adding import Numbers, add_together
from evidence.archive.incoming import Loss, Marked
from evidence.archive.knowing_passages import OURS, Passage
from evidence.archive.logged import Added, Edited, Gone, Logged, refuse
from evidence.archive.remembered import digest
from evidence.archive.tags import Meant
from evidence.errors import EvidenceError
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Bearing, Case, Observation, ObservationQuote, Quote, Test
from evidence.vocabulary import Direction

__all__ = ["Seen", "observe"]

#: What a passage says of its observation, by the observation's own fields.
FIELDS = {"proposition": "shows", "inference": "inference", "speaker": "speaker", "occurred": "occurred"}
_CHUNK = 500


#: A passage, the case that it speaks to, and its observation there.
_Made: TypeAlias = "tuple[Seen, uuid.UUID | None, Observation]"


@dataclass(frozen=True, slots=True)
class Seen:
    """A passage whose quote is in the ledger.

    Attributes:
        passage: the passage.
        quote: its quote.
        meant: what its tags mean.
        changed: what the file says otherwise than when the passage was last brought.
        before: the digest of each thing that the file said then.
    """

    passage: Passage
    quote: Quote
    meant: Meant
    changed: frozenset[str]
    before: Mapping[str, str]

    @property
    def marked(self) -> Marked:
        """The passage as the file has it."""
        return self.passage.marked


def observe(session: Unit, seen: Sequence[Seen], logged: Logged, *, strict: bool) -> None:
    """Add or change the observations of these passages, and bring them to their tests."""
    there = _there(session, [one.quote.id for one in seen])
    cases = _case_keys(session, seen)
    numbers = Numbers(session, "observation")
    made: list[_Made] = []
    new: list[tuple[Seen, uuid.UUID | None]] = []
    for one in seen:
        mine = [row for row in there.get(one.quote.id, ()) if _is_its_own(one, row)]
        if not one.marked.shows:
            _without(one, mine, logged)
            continue
        for case, known in _matched(session, one, mine, logged):
            if known is None:
                new.append((one, case))
            elif known.retired_at is not None or _edit(session, one, known, case, logged, strict=strict):
                made.append((one, case, known))
    entries = [(_values_of(one, case, numbers, cases), one.marked.place) for one, case in new]
    rows = add_together(session, "observation", entries, logged.losses, strict=strict)
    for (one, case), row in zip(new, rows, strict=True):
        if row is not None:
            logged.added.append(Added("observation", row.key, one.marked.place))
            made.append((one, case, row))
    _bring(session, made, logged)


def _there(session: Unit, quotes: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Observation]]:
    """Return the observations that rest on each quote, retired ones too: what was retired is not made again."""
    found: dict[uuid.UUID, list[Observation]] = {}
    for start in range(0, len(quotes), _CHUNK):
        wanted = (
            select(ObservationQuote.quote_id, Observation)
            .join(Observation, Observation.id == ObservationQuote.observation_id)
            .where(
                ObservationQuote.quote_id.in_(quotes[start : start + _CHUNK]),
                ObservationQuote.retired_at.is_(None),
            )
            .order_by(Observation.id)
        )
        for quote_id, row in session.execute(wanted):
            found.setdefault(quote_id, []).append(row)
    return found


def _case_keys(session: Unit, seen: Iterable[Seen]) -> dict[uuid.UUID, str]:
    if not any(one.meant.cases for one in seen):
        return {}
    wanted = select(Case.id, Case.key).where(Case.study_id == session.study_id)
    return {row.id: row.key for row in session.execute(wanted)}


def _is_its_own(one: Seen, row: Observation) -> bool:
    """Tell whether an observation came from this passage, and not from somebody's hand."""
    called = {pair for pair in (one.quote.identifiers or {}).items() if pair[0] not in OURS}
    return bool(called & set((row.identifiers or {}).items())) or digest(row.proposition) in (
        one.before.get("shows"),
        digest(one.marked.shows),
    )


def _matched(
    session: Unit, one: Seen, mine: Sequence[Observation], logged: Logged
) -> Iterator[tuple[uuid.UUID | None, Observation | None]]:
    """Yield each case that the passage speaks to, with its observation there if there is one."""
    cases = one.meant.cases or (None,)
    by_case = {row.case_id: row for row in sorted(mine, key=lambda row: row.retired_at is None)}
    spare = [row for case, row in by_case.items() if case not in cases and row.retired_at is None]
    new = [case for case in cases if case not in by_case]
    for case in cases:
        if case in by_case:
            yield case, by_case[case]
        elif len(spare) == 1 and len(new) == 1 and not _borne(session, spare[0]):
            yield case, spare.pop()
        else:
            yield case, None
    if "tags" in one.changed:
        logged.gone.extend(Gone("observation", row.key, row.proposition) for row in spare)


def _borne(session: Unit, row: Observation) -> bool:
    """Tell whether an observation is brought to a test; it then stays in its case."""
    wanted = select(Bearing.id).where(Bearing.observation_id == row.id, Bearing.retired_at.is_(None))
    return session.execute(wanted.limit(1)).first() is not None


def _without(one: Seen, mine: Sequence[Observation], logged: Logged) -> None:
    """Say what waits for a passage to show something, and what it showed before."""
    if "shows" in one.changed:
        standing = (row for row in mine if row.retired_at is None)
        logged.gone.extend(Gone("observation", row.key, row.proposition) for row in standing)
    if one.marked.tags and (one.meant.bearings or one.meant.cases):
        tags = " ".join(f"#{tag.lstrip('#')}" for tag in one.marked.tags)
        why = f"{tags} waits until the passage says what it shows; then an observation is made of it."
        logged.losses.append(Loss(why, one.marked.place))


def _values(one: Seen, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(one.marked, FIELDS[name]) for name in names}


def _values_of(
    one: Seen, case: uuid.UUID | None, numbers: Numbers, cases: Mapping[uuid.UUID, str]
) -> dict[str, Any]:
    """Return the fields of a new observation."""
    called = {name: said for name, said in (one.quote.identifiers or {}).items() if name not in OURS}
    return {
        **{name: value for name, value in _values(one, FIELDS).items() if value},
        "key": numbers.next(f"{cases[case] if case else one.quote.key}.o"),
        "case": case,
        "quotes": [one.quote.id],
        **({"identifiers": called} if called else {}),
    }


def _edit(
    session: Unit, one: Seen, row: Observation, case: uuid.UUID | None, logged: Logged, *, strict: bool
) -> bool:
    """Change an observation as the file has changed; tell whether that could be done."""
    values = _values(one, (name for name, said in FIELDS.items() if said in one.changed))
    if row.case_id != case:
        values["case"] = case
    before = {name: getattr(row, "case_id" if name == "case" else name) for name in values}
    try:
        records.edit(session, "observation", row, values, place=one.marked.place)
    except EvidenceError as error:
        session.expire(row)
        refuse(logged.losses, error, one.marked.place, strict=strict)
        return False
    for name, was in before.items():
        now = getattr(row, "case_id" if name == "case" else name)
        if now != was:
            ends = (_key(session, Case, was), _key(session, Case, now)) if name == "case" else (was, now)
            logged.changed.append(Edited("observation", row.key, name, ends[0], ends[1], one.marked.place))
    return True


def _key(session: Unit, model: type[Any], row_id: uuid.UUID | None) -> str:
    return str(session.get_one(model, row_id).key) if row_id else ""


def _bring(session: Unit, made: Sequence[tuple[Seen, uuid.UUID | None, Observation]], logged: Logged) -> None:
    """Bring observations to the tests of their case; one that is brought already may turn the other way."""
    there = _bearings(session, [row.id for _, _, row in made])
    for one, case, row in made:
        if row.retired_at is not None:
            continue
        theirs = there.get(row.id, {})
        wanted = {test: (key, way) for test, key, its_case, way in one.meant.bearings if its_case == case}
        for test, (key, way) in wanted.items():
            known, name = theirs.get(test), f"{row.key} → {key}"
            if known is None:
                session.add(
                    Bearing(study_id=session.study_id, test_id=test, observation_id=row.id, direction=way)
                )
                logged.added.append(Added("bearing", name, one.marked.place, way.value))
            elif "tags" in one.changed:
                _turn(known, way, name, one, logged)
        if "tags" in one.changed:
            for test, known in theirs.items():
                if test not in wanted and known.retired_at is None:
                    name = f"{row.key} → {_key(session, Test, test)}"
                    logged.gone.append(Gone("bearing", name, known.direction.value))
    session.flush()


def _turn(known: Bearing, way: Direction, name: str, one: Seen, logged: Logged) -> None:
    was = "" if known.retired_at else known.direction.value
    known.direction, known.retired_at = way, None
    if was != way.value:
        logged.changed.append(Edited("bearing", name, "direction", was, way.value, one.marked.place))


def _bearings(session: Unit, observations: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[uuid.UUID, Bearing]]:
    found: dict[uuid.UUID, dict[uuid.UUID, Bearing]] = {}
    for start in range(0, len(observations), _CHUNK):
        wanted = select(Bearing).where(Bearing.observation_id.in_(observations[start : start + _CHUNK]))
        for row in session.scalars(wanted):
            if row.observation_id:
                found.setdefault(row.observation_id, {})[row.test_id] = row
    return found
