"""The chain that pages are made from is the chain that audits read, in any order of rows."""

from __future__ import annotations

from dataclasses import replace

from evidence.audit import chain
from evidence.audit.bodies import bodies
from evidence.inference.body import Body
from evidence.ledger import records
from evidence.publish.chained import chained
from evidence.publish.load import load
from evidence.publish.resolved import resolve
from tests.kit import Ledger
from tests.publish.strait import add_cases, deep_case, found


def reasoned(url: str) -> Ledger:
    """A case with everything that reasoning reads: further likelihoods, coders' priors, words and decibels."""
    ledger = found(url, word_scale=[{"word": "likely", "p": [0.6, 0.8]}])
    add_cases(ledger, range(50, 53))
    deep_case(ledger)
    with ledger.write("more") as session:
        third = {"key": "mid-50.h3", "case": "mid-50", "statement": "Something else.", "residual": True}
        records.add(session, "hypothesis", {**third, "coder_priors": [{"coder": "ada", "p": 1}]})
        test = records.find(session, "test", "mid-50.t1")
        records.edit(session, "test", test, {"likelihoods": [{"hypothesis": "mid-50.h3", "p": "-6 dB"}]})
        second = records.find(session, "observation", "mid-50.o2")
        records.edit(session, "observation", second, {"lineage": "one office"})
    return ledger


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
    assert body.tests[0].further == {"mid-50.h3": "-6 dB"}
    assert body.tests[0].timing == "a priori"
