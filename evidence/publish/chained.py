"""The chain that reasoning and audit work on, from the rows that were read for the pages: nothing is read twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from evidence.audit.chain import Chain
from evidence.publish.resolved import Resolved
from evidence.publish.wording import decoded, truth

__all__ = ["chained"]


class _Hypothesis(NamedTuple):
    id: Any
    key: str
    case_id: Any
    variable_id: Any
    statement: str
    supports: Any
    prior: Any
    residual: bool


class _Coder(NamedTuple):
    id: Any
    key: str
    name: str
    source_id: Any


class _Version(NamedTuple):
    id: Any
    variable_id: Any
    version: str
    scale: str
    levels: Any
    sub_judgements: Any
    rule: Any
    retired_at: None
    key: str
    label: str
    question: str
    position: int


class _Bearing(NamedTuple):
    test_id: Any
    observation_id: Any
    search_id: Any
    direction: str
    p_hypothesis: Any
    p_rival: Any
    note: str


def chained(study: Resolved) -> Chain:
    """Return the chain of everything that was read, by the names that ``evidence.audit.chain.load`` gives it.

    What is linked stands in the order of keys, so that any ledger of the study gives the same.
    """
    coders = {row.id: _Coder(row.id, row.key, row.a, row.x) for row in study.rows.named.get("coder", [])}
    links = study.rows.links
    order = {
        i: n
        for n, i in enumerate(
            i for known in (study.quotes, study.tests, study.observations, study.searches) for i in known
        )
    }

    def ordered(led: Mapping[Any, list[Any]]) -> dict[Any, list[Any]]:
        return {
            left: sorted((i for i in rights if i in order), key=order.__getitem__)
            for left, rights in led.items()
        }

    return Chain(
        study=study.rows.study,
        cases=study.cases,
        hypotheses={i: _hypothesis(row) for i, row in study.hypotheses.items()},
        tests=study.tests,
        observations=study.observations,
        searches=study.searches,
        quotes=study.quotes,
        sources=study.source_rows,
        decisions={row.id: row for row in study.rows.decisions},
        versions={i: _version(row) for i, row in study.versions.items()},
        coders=coders,
        bearings={
            test: [_bearing(study, row) for row in sorted(rows, key=lambda row: order.get(row.right, -1))]
            for test, rows in study.bearings_of_test.items()
        },
        links={
            **{kind: ordered(led) for kind, led in study.of.items()},
            "rivalry": _grouped((row.left, (row.right, row.a)) for row in links.get("rivalry", [])),
        },
        priors=_grouped(
            (row.left, (coders[row.right].key, _stated(row.a)))
            for row in links.get("prior", [])
            if row.right in coders
        ),
        likelihoods=_grouped((row.left, (row.right, _stated(row.a))) for row in links.get("likelihood", [])),
        reviews=study.rows.reviews,
        tests_of=_ids(study.tests_of),
        observations_of=_ids(study.observations_of),
        searches_of=_ids(study.searches_of),
        decisions_of=_ids(study.decisions_of),
    )


def _hypothesis(row: Any) -> _Hypothesis:
    return _Hypothesis(row.id, row.key, row.x, row.z, row.a, decoded(row.c), _stated(row.d), truth(row.f))


def _version(row: Any) -> _Version:
    levels, judgements, rule = (decoded(text) or [] for text in (row.e, row.f, row.g))
    return _Version(
        row.id, row.x, row.c, row.d, levels, judgements, rule, None, row.key, row.a, row.b, row.n or 0
    )


def _bearing(study: Resolved, row: Any) -> _Bearing:
    search = row.right in study.searches
    return _Bearing(
        row.left,
        None if search else row.right,
        row.right if search else None,
        row.a,
        _stated(row.c),
        _stated(row.d),
        row.b or "",
    )


def _stated(text: str | None) -> Any:
    """Return a likelihood that was read as text; a whole number is the float that was stated."""
    value = decoded(text)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for left, right in pairs:
        found.setdefault(left, []).append(right)
    return found


def _ids(led: Mapping[Any, Any]) -> dict[Any, list[Any]]:
    return {case: [row.id for row in rows] for case, rows in led.items()}
