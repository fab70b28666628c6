"""Verify quotes: all that are in the ledger, and the quotations of a manuscript or a list."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from evidence.archive.quotations import Quotation, quotations
from evidence.archive.shelf import Placed, closest, shelves, sources_like
from evidence.errors import Place
from evidence.folding import fold
from evidence.ledger import records
from evidence.ledger.places import fitting, where
from evidence.ledger.revisions import Unit
from evidence.ledger.verification import Reverified, look_again
from evidence.models import (
    Bearing,
    Decision,
    DecisionObservation,
    Observation,
    ObservationQuote,
    Quote,
    Test,
)
from evidence.nearmiss import Near
from evidence.vocabulary import QuoteState

__all__ = ["Checked", "look_at_quotes", "verify_file", "verify_quotes"]

#: So many places of words that stand several times are named.
_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A quotation of a file, and where it stands in the texts held.

    Attributes:
        words: the quotation.
        place: where it was read.
        state: exact, typographic or elided; not found; or no text held, of the source that it names.
        given: the source that the file names.
        source, part, page: where it stands; the first place if there are several.
        start, end: the offsets there.
        quote: the key of the quote in the ledger that has these words, if there is one.
        places: every place, where there are several.
        remarks: what a reader should know, in sentences.
        near: the nearest words and their source, if it is not found.
        misplaced: whether it stands on another page than the file says.
    """

    words: str
    place: Place
    state: QuoteState
    given: str = ""
    source: str = ""
    part: str = ""
    page: str = ""
    start: int | None = None
    end: int | None = None
    quote: str = ""
    places: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    near: tuple[str, Near] | None = None
    misplaced: bool = False

    @property
    def failed(self) -> bool:
        """Whether it is not where the file says, or nowhere."""
        return self.state is QuoteState.NOT_FOUND or self.misplaced


def look_at_quotes(
    connection: Connection,
    study_id: uuid.UUID,
    *,
    source: str | None = None,
    case: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Reverified]:
    """Look again for the quotes of the ledger through a connection that only reads; see ``verify_quotes``."""
    with Unit(connection, autoflush=False) as session:
        session.open(study_id, "", "")
        return verify_quotes(session, source=source, case=case, record=False, progress=progress)


def verify_quotes(
    session: Unit,
    *,
    source: str | None = None,
    case: str | None = None,
    only: Collection[str] | None = None,
    record: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> list[Reverified]:
    """Look again for the quotes of the ledger, and record what changed.

    Args:
        session: the unit of work.
        source: only those of this source, or of the sources whose keys begin so.
        case: only those on which this case rests.
        only: only those with these keys.
        record: write what changed.
        progress: told how many are done, and how many there are.
    """
    sources = set(sources_like(session, session.study_id, source)) if source else None
    if source and not sources:
        sources = {records.find(session, "source", source).id}  # it had that key once; or there is none
    quotes = _of_case(session, case) if case else None
    if only is not None:
        keys = select(Quote.id, Quote.key).where(Quote.study_id == session.study_id)
        named = {row.id for row in session.execute(keys) if row.key in only}
        quotes = named if quotes is None else quotes & named
    return look_again(session, sources, quote_ids=quotes, suggest=True, record=record, progress=progress)


def _of_case(session: Unit, key: str) -> set[uuid.UUID]:
    """Return the quotes beneath a case: those of its observations, of its tests and decisions, and cited by it."""
    case = records.find(session, "case", key)
    seen = (
        select(Observation.id).where(Observation.case_id == case.id, Observation.retired_at.is_(None)),
        select(Bearing.observation_id)
        .join(Test, Test.id == Bearing.test_id)
        .where(Test.case_id == case.id, Bearing.retired_at.is_(None), Test.retired_at.is_(None)),
        select(DecisionObservation.observation_id)
        .join(Decision, Decision.id == DecisionObservation.decision_id)
        .where(Decision.case_id == case.id, DecisionObservation.retired_at.is_(None)),
    )
    found: set[uuid.UUID] = set()
    for observations in seen:
        wanted = select(ObservationQuote.quote_id).where(
            ObservationQuote.observation_id.in_(observations), ObservationQuote.retired_at.is_(None)
        )
        found.update(session.scalars(wanted))
    named = select(Quote.id, Quote.key).where(Quote.study_id == session.study_id, Quote.retired_at.is_(None))
    narrative = case.narrative or ""
    if "@" in narrative:
        found.update(row.id for row in session.execute(named) if f"@{row.key}" in narrative)
    return found


def verify_file(
    connection: Connection | Session,
    study_id: uuid.UUID,
    file: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[Checked]:
    """Check every quotation of a file against the texts held; nothing is written.

    Args:
        connection: the ledger.
        study_id: the study.
        file: a CSV with a column ``quote``, a Markdown manuscript, or a DOCX.
        progress: told how many texts are done, and how many quotations there are.

    Raises:
        ValueRefused: the file cannot be read, or names a source that is not in the study.
    """
    rows = quotations(file)
    given = {name: _meant(connection, study_id, name) for name in {row.source for row in rows}}
    found: list[list[Placed]] = [[] for _ in rows]
    near: list[tuple[str, Near] | None] = [None for _ in rows]
    held: set[uuid.UUID] = set()
    for shelf in shelves(connection, study_id):
        held.update(text.source_id for text in shelf.texts)
        for number, row in enumerate(rows):
            found[number].extend(shelf.find(row.words))
            if not _there(found[number], given[row.source]):
                near[number] = _nearer(near[number], shelf.nearest(row.words, given[row.source]))
            if progress:
                progress(number + 1, len(rows))
    keys = _keys(connection, study_id)
    return [
        _checked(row, found[number], given[row.source], held, keys, near[number])
        for number, row in enumerate(rows)
    ]


def _meant(connection: Connection | Session, study_id: uuid.UUID, name: str) -> set[uuid.UUID] | None:
    """Return the sources that a file means; all, as nothing, if it names none; an empty set if there is no such."""
    if not name:
        return None
    if found := set(sources_like(connection, study_id, name)):
        return found
    quoted = select(Quote.source_id).where(Quote.study_id == study_id, Quote.key == name)
    return {row.source_id for row in connection.execute(quoted)}


def _there(found: Sequence[Placed], given: set[uuid.UUID] | None) -> list[Placed]:
    """Return those places that lie in the sources meant, of the closest kind."""
    return closest([one for one in found if given is None or one.spot.text.source_id in given])


def _nearer(one: tuple[str, Near] | None, other: tuple[str, Near] | None) -> tuple[str, Near] | None:
    return max((near for near in (one, other) if near), key=lambda near: near[1].score, default=None)


def _keys(connection: Connection | Session, study_id: uuid.UUID) -> dict[tuple[uuid.UUID, str], str]:
    """Return the quotes that the ledger has, by source and words."""
    wanted = select(Quote.source_id, Quote.words, Quote.key).where(
        Quote.study_id == study_id, Quote.retired_at.is_(None)
    )
    rows = connection.execute(wanted.order_by(Quote.key.desc()))
    return {(row.source_id, fold(row.words).strip()): row.key for row in rows}


def _checked(
    row: Quotation,
    found: Sequence[Placed],
    given: set[uuid.UUID] | None,
    held: set[uuid.UUID],
    keys: Mapping[tuple[uuid.UUID, str], str],
    near: tuple[str, Near] | None,
) -> Checked:
    """Return what is to be said of one quotation."""
    there = _there(found, given)
    words = fold(row.words).strip()
    one = Checked(words=row.words, place=row.place, state=QuoteState.NOT_FOUND, given=row.source)
    if not there:
        unheld = given is not None and given and not given & held
        remarks = [f"There is no source {row.source!r} in this study."] if given == set() else []
        remarks += [
            f"The words stand in {placed.source}, {where(placed.spot)}." for placed in closest(found)[:_NAMED]
        ]
        known = next((keys[source, words] for source in given or () if (source, words) in keys), "")
        state = QuoteState.NO_TEXT_HELD if unheld else QuoteState.NOT_FOUND
        return replace(one, state=state, quote=known, remarks=tuple(remarks), near=near)
    spots = fitting([placed.spot for placed in there], {"page": row.page} if row.page else {})
    here = [placed for placed in there if placed.spot in spots] or there
    first = here[0]
    spot = first.spot
    several = (
        tuple(f"{placed.source}, {where(placed.spot)}" for placed in here[:_NAMED]) if len(here) > 1 else ()
    )
    return replace(
        one,
        state=spot.found.state,
        source=first.source,
        part=spot.held.named(spot.found) or "body",
        page=spot.page,
        start=spot.found.start,
        end=spot.found.end,
        quote=keys.get((spot.text.source_id, words), ""),
        places=several,
        misplaced=not spots,
        remarks=() if spots else (f"The file says page {row.page}; the words are {where(spot)}.",),
    )
