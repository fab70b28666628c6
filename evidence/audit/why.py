"""Why a case has its code: the tree from the decision down to the archive, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row

from evidence.audit.bodies import body as body_of
from evidence.audit.chain import Chain, load, standing, unsettled
from evidence.audit.challenged import Challenged, challenges
from evidence.audit.descent import Descent, claimed, descent
from evidence.audit.subject import subject
from evidence.audit.suspects import Suspect, suspects
from evidence.audit.views import Code, Observed, Ruled, Searched, Signed, Tested, Why
from evidence.errors import UnknownKey
from evidence.inference.body import Body, silent
from evidence.inference.robust import KINDS, robustness, would_change
from evidence.inference.robust import told as sentences
from evidence.inference.scheme import rule
from evidence.inference.stages import stage
from evidence.keys import natural
from evidence.vocabulary import PROFILES, Round, SearchStatus, TestResult

__all__ = ["audited", "ruled", "why"]

#: Up to so many things taken away together, single observations are left out of them: they fall with their documents.
_SHORT = 2
#: So many changes beneath a signature are told; the others are counted.
_CHANGES = 3
_OPEN = (TestResult.NOT_ATTEMPTED, TestResult.INCONCLUSIVE)


def why(connection: Connection, study: Any, case: str, variable: str | None = None, *, size: int = 2) -> Why:
    """Return what the codes of a case rest on, what speaks against them, and what would change them.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        case: the case's key, a key that it once had, or its number in a data set.
        variable: one variable's key; all if not given.
        size: how many tests, sources ... at most are taken away together to see what a code rests on.

    Raises:
        UnknownKey: there is no such case or variable.
    """
    return audited(connection, study, case, variable, size=size)[0]


def audited(
    connection: Connection, study: Any, case: str, variable: str | None = None, *, size: int = 2
) -> tuple[Why, Chain, Any]:
    """Return the same with the chain that it was read from, and the case's id in it."""
    found = subject(connection, study, case)
    chain = load(connection, study, found.id)
    if variable is not None and variable not in (known := {row.key for row in chain.versions.values()}):
        raise UnknownKey("variable", variable, known)
    evidence = body_of(chain, found.id)
    beneath = descent(chain, evidence, found.id)
    doubted = suspects(connection, study, chain, case=found.id)
    codes = tuple(_codes(chain, beneath, evidence, found.id, doubted, size))
    reviews = tuple(_reviews(chain, found.id, doubted))
    shown = tuple(
        replace(code, state=tuple(_state(code, found.key, reviews)))
        for code in codes
        if variable in (None, code.variable)
    )
    doubts = tuple(challenges(connection, study, case=found.key))
    return _why(chain, beneath, evidence, found, codes, shown, reviews, doubts), chain, found.id


def _why(
    chain: Chain,
    beneath: Descent,
    evidence: Body,
    found: Row[Any],
    codes: Iterable[Code],
    shown: tuple[Code, ...],
    reviews: tuple[Signed, ...],
    doubts: tuple[Challenged, ...],
) -> Why:
    tests = tuple(beneath.tests.values())
    relied = {test.key for code in codes for test in code.tests}
    brought = [one for test in tests for one in test.brought]
    seen = {one.observation.key for one in brought if one.observation}
    seen |= {one.key for code in codes for one in code.against}
    named = {one.search.key for one in brought if one.search}
    named |= {search.key for code in codes for search in code.searches}
    return Why(
        case=found.key,
        title=found.title,
        start=found.start,
        end=found.end,
        status=found.status,
        stage=stage(found.status, (test.result for test in tests)),
        screening=found.screening,
        profile=found.profile,
        threshold=PROFILES[found.profile],
        word_scale=evidence.scale,
        codes=shown,
        hypotheses=claimed(chain, evidence),
        other_tests=tuple(test for test in tests if test.key not in relied),
        other_observations=tuple(one for one in beneath.observations.values() if one.key not in seen),
        other_searches=tuple(one for one in beneath.searches.values() if one.key not in named),
        open_tests=tuple(test.key for test in tests if test.result in _OPEN),
        reviews=reviews,
        challenges=doubts,
    )


# --- Codes


def _codes(
    chain: Chain, beneath: Descent, evidence: Body, case: Any, doubted: Iterable[Suspect], size: int
) -> Iterator[Code]:
    """Yield the codes that nothing has superseded, each with the earlier ones and those of others beside it."""
    doubts = {one.key: one.sentence for one in doubted if not one.review}
    rows = [chain.decisions[i] for i in chain.decisions_of.get(case, ())]
    views = {row.id: _code(chain, beneath, row, doubts.get(row.key, "")) for row in rows}
    settles = chain.links["decision_adjudicated"]
    for variable in _variables(chain, rows):
        left = standing(row for row in rows if chain.versions[row.variable_version_id].key == variable)
        open_ = {row.id for row in unsettled(left, settles)}
        ours = left[0].id if left and left[0].round != Round.PUBLISHED else None
        for row in left:
            others = tuple(views[other.id] for other in left if other.id != row.id)
            against = (views[other.id] for other in left if other.id != row.id and other.id in open_)
            settled = [views[i] for i in settles.get(row.id, ()) if i in views]
            code = replace(
                views[row.id],
                history=tuple(_history(chain, views, row)),
                others=others,
                contested=tuple(_contested(views[row.id], against)),
                settles=tuple(_settled(settled)),
                settled_by=next((views[one.id].key for one in left if row.id in settles.get(one.id, ())), ""),
            )
            yield _weighed(code, evidence, size) if row.id == ours else code


def _variables(chain: Chain, rows: Iterable[Row[Any]]) -> list[str]:
    """Return the variables that were coded, in the study's order."""
    versions = (chain.versions[row.variable_version_id] for row in rows)
    return [key for _, key in sorted({(version.position, version.key) for version in versions})]


def _history(chain: Chain, views: Mapping[Any, Code], row: Row[Any]) -> Iterator[Code]:
    passed, before = {row.id}, row.supersedes_id
    while before in views and before not in passed:
        passed.add(before)
        yield views[before]
        before = chain.decisions[before].supersedes_id


def _contested(code: Code, others: Iterable[Code]) -> Iterator[str]:
    for other in others:
        if other.value != code.value and not silent(other) and not silent(code):
            value = other.value if other.value is not None else "not codable"
            yield f"{other.coder} gives {value}"


def _settled(codes: Iterable[Code]) -> Iterator[str]:
    for code in sorted(codes, key=lambda code: natural(code.key)):
        yield f"{code.coder} {'not codable' if code.value is None else code.value} ({code.key})"


def _weighed(code: Code, evidence: Body, size: int) -> Code:
    kinds = KINDS if size > _SHORT else tuple(kind for kind in KINDS if kind != "observation")
    robust = robustness(evidence, code.variable, size=size, kinds=kinds)
    return replace(code, robustness=robust, told=sentences(robust), would_change=would_change(robust))


def _code(chain: Chain, beneath: Descent, row: Row[Any], doubt: str) -> Code:
    def relied(noun: str, known: Mapping[Any, Any]) -> tuple[Any, ...]:
        linked = chain.links[f"decision_{noun}"].get(row.id, ())
        return tuple(sorted((known[i] for i in linked if i in known), key=lambda one: natural(one.key)))

    version = chain.versions[row.variable_version_id]
    levels: Mapping[Any, Any] = {level["value"]: level for level in version.levels}
    level = levels.get(row.value, {"label": "not coded there" if silent(row) else "cannot be coded"})
    tests: tuple[Tested, ...] = relied("test", beneath.tests)
    against: tuple[Observed, ...] = relied("observation", beneath.observations)
    searches: tuple[Searched, ...] = relied("search", beneath.searches)
    return Code(
        key=row.key,
        variable=version.key,
        label=version.label,
        question=version.question,
        version=version.version,
        value=row.value,
        level=level["label"],
        definition=level.get("definition") or "",
        rule_value=row.rule_value,
        rule=tuple(ruled(version, row)),
        sub_judgements=row.sub_judgements,
        rationale=row.rationale,
        override_reason=row.override_reason,
        confidence=row.confidence,
        counter_evidence=row.counter_evidence,
        counterfactual=row.counterfactual,
        alternative=row.alternative,
        alternative_reason=row.alternative_reason,
        coder=chain.coders[row.coder_id].key,
        round=row.round,
        locator=dict(row.locator or {}),
        decided_at=row.decided_at,
        tests=tests,
        against=against,
        searches=searches,
        remarks=_remarks(row.value, level.get("needs") or (), searches),
        state=(),
        suspect=doubt,
        contested=(),
        settles=(),
        settled_by="",
        robustness=None,
        told=(),
        would_change="",
        history=(),
        others=(),
    )


def ruled(version: Any, row: Any) -> Iterator[Ruled]:
    """Yield the rows of the decision table, and which of them gave what the rule gave when a code, if any, was decided."""
    table, judgements = version.rule or (), (row.sub_judgements or {}) if row is not None else {}
    met = [n for n, line in enumerate(table) if rule([{**line, "tests": []}], judgements).row is not None]
    met = met if row is not None else []
    gave = next((n for n in met if table[n].get("code") == row.rule_value), None)
    for number, line in enumerate(table):
        yield Ruled(
            number + 1,
            tuple(
                (key, " or ".join(values if isinstance(values, list) else [values]))
                for key, values in (line.get("when") or {}).items()
            ),
            tuple(line.get("tests") or ()),
            line.get("code"),
            tuple(line.get("needs") or ()),
            line.get("note") or "",
            number == gave,
        )


def _remarks(value: str | None, needs: Iterable[str], searches: Iterable[Searched]) -> tuple[str, ...]:
    """Say so where a code that needs a search names none that found nothing; its coder may have good reasons."""
    made = [search for search in searches if search.status == "done"]
    if "search" not in needs or not made or any(not search.hits for search in made):
        return ()
    found = ", ".join(f"{search.key} ({search.hits})" for search in made)
    return (f"Code {value} needs a search that found nothing, and each that it names has hits: {found}.",)


# --- Signatures


def _state(code: Code, case: str, reviews: Iterable[Signed]) -> Iterator[str]:
    """Yield whether a code is signed, suspect, contested or changed, and what was looked for and not found."""
    signed = [one for one in reviews if one.state != "earlier" and one.key in (code.key, case)]
    for one in signed:
        still = "" if one.state == "holds" else ", suspect since"
        yield f"{one.verdict} by {one.coder}, {one.reviewed_at:%Y-%m-%d}{still}"
    if not signed:
        yield "nobody has signed it"
    if code.suspect:
        yield "suspect: something beneath it changed since it was decided"
    if code.contested:
        yield f"contested: {', '.join(code.contested)}"
    if code.history:
        yield f"{len(code.history)} earlier code{'' if len(code.history) == 1 else 's'}"
    empty = sum(not search.hits for search in code.searches if search.status == SearchStatus.DONE)
    if empty:
        yield f"{empty} search{'' if empty == 1 else 'es'} that found nothing"


def _reviews(chain: Chain, case: Any, doubted: Iterable[Suspect]) -> Iterator[Signed]:
    """Yield the reviews of a case, its decisions, its tests and its quotes, the newest first, with their state."""
    rows: Mapping[str, Mapping[Any, Any]] = {
        "case": {case: chain.cases[case]} if case in chain.cases else {}, "quote": chain.quotes,
        "test": chain.tests, "decision": chain.decisions,
    }  # fmt: skip
    doubts = {(one.noun, one.key, one.coder): _since(one) for one in doubted if one.review}
    seen = set()
    for row in reversed(chain.reviews):
        signed = rows.get(row.noun, {}).get(row.subject_id)
        if signed is None:
            continue
        coder = chain.coders[row.coder_id].key if row.coder_id in chain.coders else ""
        name = (row.noun, signed.key, coder)
        doubt = "" if name in seen else doubts.get(name, "")
        state = "earlier" if name in seen else "suspect" if doubt else "holds"
        seen.add(name)
        yield Signed(row.noun, signed.key, coder, row.verdict, row.note, row.reviewed_at, state, doubt)


def _since(one: Suspect) -> str:
    """Return what changed beneath a signature, in a sentence that stands by itself."""
    if not one.changes:
        return one.sentence
    told = "; ".join(change.sentence for change in one.changes[:_CHANGES])
    more = f"; and {len(one.changes) - _CHANGES} more" if len(one.changes) > _CHANGES else ""
    return f"Since then: {told}{more}."
