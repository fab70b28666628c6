"""How far a case's codes hold: what they rest on alone, and what was claimed for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evidence.publish.resolved import Resolved
from evidence.publish.views import CodingView, Fact, ObservationView, TestView
from evidence.publish.wording import listed

__all__ = ["origins", "robustness"]


def robustness(
    beginnings: Mapping[str, str],
    codings: Sequence[CodingView],
    tests: Sequence[TestView],
    evidence: Sequence[ObservationView],
) -> tuple[Fact, ...]:
    """Return what a reader should know before leaning on a case's codes; nothing for a case without any.

    Args:
        beginnings: what ``origins`` says of the study's sources.
        codings: the case's codes.
        tests: its tests.
        evidence: its evidence.
    """
    by_number = {test.number: test for test in tests}
    seen = {item.number: item for item in evidence}
    facts = []
    for coding in codings:
        if coding.code is not None:
            relied = [by_number[number] for number in coding.code.tests if number in by_number]
            facts += [
                Fact(f"{coding.variable} {coding.code.value}", said)
                for said in _leans(relied, seen, beginnings)
            ]
    for test in tests:
        if test.irreversible:
            facts.append(
                Fact(
                    "Irreversible",
                    f"{test.number} claims {listed(test.irreversible)}: no further evidence could undo it.",
                )
            )
    return tuple(facts)


def _leans(
    relied: Sequence[TestView], seen: Mapping[str, ObservationView], beginnings: Mapping[str, str]
) -> list[str]:
    if not relied:
        return ["relies on no test."]
    said = [f"relies on {listed(f'{test.number} ({test.result})' for test in relied)}."]
    numbers = {
        b.number for test in relied for b in test.bearings if b.direction == "for" and b.number in seen
    }
    support = [seen[number] for number in sorted(numbers, key=lambda number: int(number[1:]))]
    if not support:
        return [*said, "no observation supports the tests relied on."]
    roots = {beginnings.get(quote.source.key, quote.source.key) for item in support for quote in item.quotes}
    if len(roots) == 1:
        said.append(f"all support ({listed(item.number for item in support)}) goes back to a single source.")
    elif len({item.lineage for item in support}) == 1 and support[0].lineage:
        said.append(
            f"all support ({listed(item.number for item in support)}) is of one lineage: {support[0].lineage}."
        )
    if all(test.timing == "post hoc" for test in relied):
        said.append("every test relied on was declared after some of its evidence had been seen.")
    return said


def origins(study: Resolved) -> dict[str, str]:
    """Return for each source that is derived from another the key of the one at the beginning."""
    above: dict[Any, Any] = {row.id: row.derived_from_id for row in study.rows.sources if row.derived_from_id}
    keys = {row.id: row.key for row in study.rows.sources}
    beginnings = {}
    for start in above:
        here, walked = start, {start}
        while above.get(here) in keys and above[here] not in walked:  # a ring has no beginning
            here = above[here]
            walked.add(here)
        beginnings[keys[start]] = keys[here]
    return beginnings
