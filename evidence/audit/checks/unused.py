"""EV6: are all cases there, and is everything used that was logged?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence.audit.checks.ground import Ground
from evidence.audit.checks.rules import Hit, rule
from evidence.audit.universe import Counted
from evidence.audit.universe import universe as counts
from evidence.vocabulary import SearchStatus, SourceScope


@rule(
    "EV601",
    "universe-count",
    source="the study's universe rule; Beckley 2015: 18 cases in depth and 170 others make 188",
    remedy="Import the cases that are missing, retire those that do not belong, or correct the stated number.",
)
def universe(ground: Ground) -> Iterator[Hit]:
    """A study that leaves cases out in silence can choose its result."""
    study = ground.chain.study
    cases = [
        Counted(row.key, row.status, i in ground.numbered, i in ground.core)
        for i, row in ground.chain.cases.items()
    ]
    wrong = [
        f"{line.label}, {line.stated} stated and {line.present} there ({line.remark.rstrip('.')})"
        for line in counts(study.universe_count, study.universe_deep, cases, ground.taken_out)
        if not line.agrees
    ]
    if wrong:
        yield Hit("study", study.key, f"does not count: {'; '.join(wrong)}.")


@rule(
    "EV602",
    "unused-observation",
    source="TRAX (QDR): how sources were collected; DA-RT: production transparency",
    remedy="Bring it to the test that it bears on ('evidence test bring'), or weigh it in a code.",
)
def unused_observation(ground: Ground) -> Iterator[Hit]:
    """What was observed and then left out may be what does not fit."""
    chain = ground.chain
    for i, row in chain.observations.items():
        quotes = chain.links["observation_quote"].get(i, ())
        told = any(chain.quotes[quote].key in ground.cited for quote in quotes if quote in chain.quotes)
        if i not in ground.used and not told and _begun(ground, row.case_id):
            yield ground.about("observation", row, "was brought to no test and weighed in no code.")


@rule(
    "EV603",
    "unused-quote",
    source="TRAX (QDR): how sources were collected; DA-RT: production transparency",
    remedy="Say what it shows ('evidence observation add'), or cite it in a narrative.",
)
def unused_quote(ground: Ground) -> Iterator[Hit]:
    """What was copied out and then left out may be what does not fit."""
    chain = ground.chain
    shown = {quote for i in chain.observations for quote in chain.links["observation_quote"].get(i, ())}
    for i, row in chain.quotes.items():
        if i not in shown and row.key not in ground.cited:
            yield Hit("quote", row.key, "has no observation and is cited in no narrative.")


@rule(
    "EV604",
    "unused-search",
    source="TRAX (QDR): how sources were collected; DA-RT: production transparency",
    remedy="Bring it to the test that it bears on ('evidence test bring'), or name it in a code.",
)
def unused_search(ground: Ground) -> Iterator[Hit]:
    """A search that was made and not used may have found what does not fit."""
    chain = ground.chain
    used = {
        one.search_id for test, brought in chain.bearings.items() if test in chain.tests for one in brought
    }
    used |= {
        i
        for decision, named in chain.links["decision_search"].items()
        if decision in chain.decisions
        for i in named
    }
    for i, row in chain.searches.items():
        if i not in used and row.status == SearchStatus.DONE and _begun(ground, row.case_id):
            yield ground.about("search", row, "was made, brought to no test and named in no code.")


@rule(
    "EV605",
    "unused-source",
    source="Moravcsik's active citation (QDR); DA-RT: data access",
    remedy="Quote or cite it, mark it as general (--scope general), or retire it.",
)
def unused_source(ground: Ground) -> Iterator[Hit]:
    """A source that is listed and never quoted lends weight that it does not carry."""
    chain = ground.chain
    used = {row.source_id for row in chain.quotes.values()}
    used |= {row.source_id for row in chain.coders.values()}
    used |= {row.id for row in chain.sources.values() if row.key in ground.cited}
    # A volume is used if a document of it is; then its other documents are what came with it.
    above = {row.derived_from_id for row in chain.sources.values() if row.id in used}
    around = {chain.root(i) for i in used if i in chain.sources}
    for i, row in chain.sources.items():
        if i in used or i in above or row.scope == SourceScope.GENERAL or chain.root(i) in around:
            continue
        if row.derived_from_id is None or row.derived_from_id not in chain.sources:
            yield Hit("source", row.key, "is quoted nowhere, and no narrative cites it.")


def _begun(ground: Ground, case: Any) -> bool:
    """Tell whether work on a case has come to a code; before that, what is unused is merely unfinished."""
    if case is None:
        return bool(ground.chain.decisions)
    return any(
        row.retired_at is None
        for row in map(ground.chain.decisions.get, ground.chain.decisions_of.get(case, ()))
        if row
    )
