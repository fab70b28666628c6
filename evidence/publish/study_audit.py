"""The study audited as a whole, for the front matter: what its codes rest on alone, what is thin, who overrode what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evidence.audit.chain import Chain
from evidence.audit.overview import Overview, Part, Searched, Share, part, together
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

__all__ = ["CaseAudit", "SaidCode", "case_audit", "study_audit"]

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class SaidCode:
    """A code, as the audit names it."""

    key: str  # the decision's
    case: str
    variable: str
    value: str
    rule_value: str
    reason: str  # why it departs from the rule


@dataclass(frozen=True, slots=True)
class CaseAudit:
    """What one case gives to the audit of the study, in the study's words."""

    part: Part
    codes: tuple[SaidCode, ...]
    statements: tuple[tuple[str, str], ...]  # of the hypotheses that the part names, by key


@dataclass(frozen=True, slots=True)
class _Where:
    """How keys become what a page can show."""

    cases: Mapping[str, CaseRef]
    shown: Collection[str]
    codes: Mapping[str, SaidCode]
    statements: Mapping[str, str]

    def code(self, key: str, detail: str = "") -> CodeRef:
        """Return a code by its decision's key."""
        code = self.codes[key]
        return CodeRef(self.cases[code.case], code.case in self.shown, code.variable, code.value, detail)


def case_audit(study: Resolved, chain: Chain, bodies: Mapping[Any, Body], case: Any) -> CaseAudit | None:
    """Return what one case gives to the audit, or nothing while it has neither a code nor a test.

    Args:
        study: rows of the study, or of some of its cases.
        chain: the same as a chain.
        bodies: the bodies of evidence of its cases.
        case: the case's id.
    """
    if case not in bodies:
        return None
    given = part(chain, bodies, case)
    named = {*given.codes, *given.overrides}
    put = {one.hypothesis for tough in given.toughness for one in (tough.favourite, *tough.rivals)}
    statements = {
        row.key: study.prose(row.statement) for row in chain.hypotheses.values() if row.key in put
    } if put else {}  # fmt: skip
    return CaseAudit(
        given,
        tuple(_said(study, chain, case, row) for i in chain.decisions_of.get(case, ())
              if (row := chain.decisions[i]).key in named),
        tuple(sorted(statements.items())),
    )  # fmt: skip


def _said(study: Resolved, chain: Chain, case: Any, row: Any) -> SaidCode:
    value = row.value if row.value is not None else CANNOT_BE_CODED
    return SaidCode(
        row.key,
        study.cases[case].key,
        chain.versions[row.variable_version_id].key,
        value,
        row.rule_value or "",
        study.prose(row.override_reason),
    )


def study_audit(
    audits: Iterable[CaseAudit | None],
    quotes: Mapping[str, int],
    searches: Searched,
    cases: Mapping[str, CaseRef],
    shown: Collection[str],
) -> AuditView | None:
    """Return the audit of the study, or nothing while it has neither a code of its own nor a test.

    Args:
        audits: what each case gives, in the order of the cases.
        quotes: how many quotes of the study are in which state.
        searches: its searches, counted.
        cases: every case by its key.
        shown: the keys of the cases that have a page.
    """
    given = [one for one in audits if one is not None]
    if not given:
        return None
    found = together((one.part for one in given), quotes, searches)
    where = _Where(
        cases,
        shown,
        {code.key: code for one in given for code in one.codes},
        {key: statement for one in given for key, statement in one.statements},
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
    def put(one: Any) -> PutView:
        return PutView(
            where.statements.get(one.hypothesis, one.hypothesis),
            one.tests,
            one.passed,
            one.failed,
            one.searches,
            one.sources,
        )

    for one in found.toughness:
        yield ToughView(where.code(one.code), put(one.favourite), tuple(map(put, one.rivals)))


def _override(where: _Where, key: str) -> OverrideView:
    code = where.codes[key]
    return OverrideView(where.code(key), code.rule_value, code.reason)
