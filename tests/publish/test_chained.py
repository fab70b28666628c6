"""The chain that pages are made from is the chain that audits read, in any order of rows."""

from __future__ import annotations

from dataclasses import replace

from evidence.audit import chain
from evidence.audit.bodies import bodies
from evidence.inference.body import Body
from evidence.publish.chained import chained
from evidence.publish.load import load
from evidence.publish.resolved import resolve
from tests.publish.strait import reasoned


def settled(body: Body) -> Body:
    """Return a body with what was brought and relied on in the order of keys."""
    tests = tuple(replace(t, evidence=tuple(sorted(t.evidence, key=lambda one: one.key))) for t in body.tests)
    codes = tuple(
        replace(
            c,
            tests=tuple(sorted(c.tests)),
            against=tuple(sorted(c.against)),
            searches=tuple(sorted(c.searches)),
        )
        for c in body.codes
    )
    return replace(body, tests=tests, codes=codes)


def test_pages_and_audits_have_the_same_bodies_of_evidence(ledger_url: str) -> None:
    ledger = reasoned(ledger_url)
    with ledger.read() as (connection, study):
        audited = bodies(chain.load(connection, study))
        published = bodies(chained(resolve(load(connection, study))))
    assert list(audited) == list(published)
    assert [settled(one) for one in audited.values()] == [settled(one) for one in published.values()]
    (body,) = published.values()
    assert body.scale == {"likely": [0.6, 0.8]}
    assert body.hypotheses["mid-50.h3"].priors == {"ada": 1.0}
    assert isinstance(body.hypotheses["mid-50.h3"].priors["ada"], float)
    assert body.tests[0].further == {"mid-50.h3": 0.4}
    assert body.tests[0].timing == "a priori"
