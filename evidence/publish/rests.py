"""What a case's page rests on: the ids of the rows that it shows or reckons with, so that a change finds its pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evidence.publish.resolved import Resolved

__all__ = ["packed", "rests"]

WIDTH = 16  # bytes of an id


def packed(row_id: Any) -> bytes:
    """Return an id, as either driver has it, as sixteen bytes."""
    return bytes.fromhex(row_id) if isinstance(row_id, str) else bytes(row_id.bytes)


def rests(study: Resolved, case_id: Any, cited: Iterable[Any] = ()) -> bytes:
    """Return the ids of all rows that a case rests on, one after the other.

    Args:
        study: the study, with the rows of this case.
        case_id: the case's id.
        cited: the ids of the quotes and sources that its narrative cites.
    """
    return b"".join(map(packed, dict.fromkeys(_rows(study, case_id, cited))))


def _rows(study: Resolved, case: Any, cited: Iterable[Any]) -> Iterator[Any]:
    yield case
    observations = {row.id for row in study.observations_of.get(case, ())}
    for test in study.tests_of.get(case, ()):
        yield from (test.id, test.hypothesis_id, test.rival_id)
        observations.update(one.right for one in study.bearings_of_test.get(test.id, ()))
    for decision in study.decisions_of.get(case, ()):
        yield decision.id
        yield from study.of["decision_test"].get(decision.id, ())
        for kind in ("decision_observation", "decision_search"):
            observations.update(study.of[kind].get(decision.id, ()))
        if decision.coder_id in study.coder_sources:
            yield from _above(study, study.coder_sources[decision.coder_id])
    for rows in (study.hypotheses_of, study.searches_of):
        yield from (row.id for row in rows.get(case, ()))
    quotes = dict.fromkeys(i for i in cited if i in study.quotes)
    for one in sorted(observations, key=str):
        yield one  # an observation, or a search
        quotes.update(dict.fromkeys(study.of["observation_quote"].get(one, ())))
    sources = dict.fromkeys(i for i in cited if i in study.sources)
    for quote in quotes:
        yield quote
        if quote in study.quotes:
            sources[study.quotes[quote].source_id] = None
    for source in sources:
        yield from _above(study, source)


def _above(study: Resolved, source: Any) -> Iterator[Any]:
    """Yield a source and those that it is derived from."""
    seen: set[Any] = set()
    while source in study.source_rows and source not in seen:
        seen.add(source)
        yield source
        source = study.source_rows[source].derived_from_id
