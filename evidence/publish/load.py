"""Read everything of a study, in one statement for each family of tables, whatever the number of cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, union_all

from evidence.ledger.rows import words
from evidence.publish import queries
from evidence.publish.queries import AROUND, FARTHEST

__all__ = ["AROUND", "AT_ONCE", "FARTHEST", "Rows", "Whole", "load"]

Found = Sequence[Row[Any]]
#: So many cases, or sources, are in hand at once.
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Rows:
    """A study's rows as they were read: all of them, or what all cases share with those of some cases or sources."""

    study: Row[Any]
    cases: Found
    taken_out: tuple[str, ...]  # the keys of cases that were retired, for the count check alone
    parts: Found
    links: dict[str, list[Row[Any]]]
    named: dict[str, list[Row[Any]]]
    sources: Found
    texts: Found
    quotes: Found
    observations: Found
    searches: Found
    tests: Found
    decisions: Found
    reviews: Found
    claims: Sequence[str] | None = None  # the keys of all hypotheses, if only some are here
    everywhere: tuple[str, ...] | None = (
        None  # the keys of the states that are in every case, if they were asked for
    )


@dataclass(frozen=True, slots=True)
class Whole:
    """A study that was read as a whole: its one part is all of it."""

    rows: Rows

    @property
    def states(self) -> Mapping[str, int]:
        """How many quotes of the study are in which state."""
        return Counter(row.state for row in self.rows.quotes)

    @property
    def quoted(self) -> Collection[Any]:
        """The ids of the sources that are quoted."""
        return {row.source_id for row in self.rows.quotes}

    def cases(self, wanted: Sequence[Any]) -> Iterator[tuple[Sequence[Any], Rows]]:
        """Yield some after others, by their ids; the rows are always all."""
        for at in range(0, len(wanted), AT_ONCE):
            yield wanted[at : at + AT_ONCE], self.rows

    sources = cases


def load(connection: Connection, study_id: Any) -> Rows:
    """Return everything of the study that is not retired.

    Args:
        connection: an open read on the ledger.
        study_id: the study's id as the driver has it (``evidence.ledger.store.reading`` gives both).
    """

    def found(name: str, columns: str) -> Found:
        return connection.execute(queries.standing(name, columns, study_id)).all()

    def whole(sha256: Any) -> Any:
        return sha256.in_(queries.often(study_id))

    cases = words("case", f"{queries.CASE} study_id retired_at")
    everything = connection.execute(select(cases).where(cases.c.study_id == study_id)).all()
    parts = union_all(queries.participations(study_id), queries.memberships(study_id))
    links = union_all(*(queries.link(study_id, *one) for one in queries.LINKS))
    named = union_all(*(queries.named(study_id, *one) for one in queries.NAMED), queries.versions(study_id))
    return Rows(
        study=connection.execute(queries.study(study_id)).one(),
        cases=[row for row in everything if row.retired_at is None],
        taken_out=tuple(sorted(row.key for row in everything if row.retired_at is not None)),
        parts=connection.execute(parts).all(),
        links=queries.by_kind(connection.execute(links).all()),
        named=queries.by_kind(connection.execute(named).all()),
        sources=found("source", queries.SOURCE),
        texts=connection.execute(queries.texts(study_id, whole)).all(),
        quotes=connection.execute(queries.quotes(study_id, whole)).all(),
        observations=found("observation", queries.OBSERVATION),
        searches=found("search", queries.SEARCH),
        tests=found("test", queries.TEST),
        decisions=found("decision", queries.DECISION),
        reviews=found("review", queries.REVIEW),
    )
