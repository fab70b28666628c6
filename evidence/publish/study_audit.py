"""The study audited as a whole, for the front matter: what its codes rest on alone, what is thin, who overrode what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evidence.audit.chain import Chain
from evidence.audit.overview import Overview, Share, overview
from evidence.inference.body import Body
from evidence.publish.codes import CANNOT_BE_CODED
from evidence.publish.reasoning_views import (
    AuditView,
    CodeRef,
    OverrideView,
    PutView,
    ShareView,
    TallyView,
    ThinView,
    ToughView,
)
from evidence.publish.resolved import Resolved
from evidence.publish.views import CaseRef, Fact

__all__ = ["study_audit"]

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class _Where:
    """How keys become what a page can show."""

    study: Resolved
    chain: Chain
    cases: Mapping[str, CaseRef]
    shown: frozenset[str]
    decisions: Mapping[str, Any]

    def code(self, key: str, detail: str = "") -> CodeRef:
        """Return a code by its decision's key."""
        row = self.decisions[key]
        ref = self.study.refs[row.case_id]
        version = self.chain.versions[row.variable_version_id]
        value = row.value if row.value is not None else CANNOT_BE_CODED
        return CodeRef(ref, ref.key in self.shown, version.key, value, detail)


def study_audit(
    study: Resolved, chain: Chain, bodies: Mapping[Any, Body], shown: Iterable[Any]
) -> AuditView | None:
    """Return the audit of the study, or nothing while it has neither a code of its own nor a test.

    Args:
        study: its rows.
        chain: the same as a chain.
        bodies: the bodies of evidence of its cases.
        shown: the ids of the cases that have a page.
    """
    if not bodies:
        return None
    found = overview(chain, bodies)
    where = _Where(
        study,
        chain,
        {study.cases[i].key: ref for i, ref in study.refs.items()},
        frozenset(study.refs[i].key for i in shown),
        {row.key: row for row in chain.decisions.values()},
    )
    return AuditView(
        codes=found.codes,
        supported=found.supported,
        alone=tuple(
            _share(f"one {one.what}", one.codes, (where.code(key, name) for key, name in one.names))
            for one in found.alone
        ),
        archives=_facts(found.archives),
        authors=_facts(found.authors),
        languages=_facts(found.languages),
        tiers=_facts(found.tiers),
        thin=tuple(
            ThinView(where.cases[t.case], t.case in where.shown, t.pieces, t.tests) for t in found.thin
        ),
        a_priori=_share("declared a priori", found.a_priori),
        numbers=_share("with both probabilities stated", found.numbers),
        tests=tuple(
            TallyView(one.kind, tuple(number for _, number in one.results), one.total) for one in found.tests
        ),
        results=tuple(name for name, _ in found.tests[0].results),
        toughness=tuple(_toughness(found, where)),
        quotes=_facts((name, number) for name, number in found.quotes if number),
        overrides=_share("against the scheme’s rule", found.overrides),
        overridden=tuple(_override(where, key) for key in found.overrides.keys),
        contested=_share("contested", found.contested, map(where.code, found.contested.keys)),
        searches=_share("with known gaps", found.searches),
        unmade=found.unmade,
        without_hits=found.without_hits,
    )


def _share(label: str, share: Share, codes: Iterable[CodeRef] = ()) -> ShareView:
    percent = f"{_PERCENT * share.part / share.whole:.0f}%" if share.whole else ""
    return ShareView(label, share.part, share.whole, percent, tuple(codes))


def _facts(counted: Iterable[tuple[str, int]]) -> tuple[Fact, ...]:
    return tuple(Fact(name or "not stated", str(number)) for name, number in counted)


def _toughness(found: Overview, where: _Where) -> Iterable[ToughView]:
    statements = {row.key: where.study.prose(row.statement) for row in where.chain.hypotheses.values()}

    def put(one: Any) -> PutView:
        return PutView(
            statements.get(one.hypothesis, one.hypothesis),
            one.tests,
            one.passed,
            one.failed,
            one.searches,
            one.sources,
        )

    for one in found.toughness:
        yield ToughView(where.code(one.code), put(one.favourite), tuple(map(put, one.rivals)))


def _override(where: _Where, key: str) -> OverrideView:
    row = where.decisions[key]
    return OverrideView(where.code(key), row.rule_value or "", where.study.prose(row.override_reason))
