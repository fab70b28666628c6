"""EV3: do the codes still follow from the scheme, and have what it asks of them?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence.audit.chain import standing
from evidence.audit.checks.ground import Ground
from evidence.audit.checks.rules import Hit, rule
from evidence.audit.support import relied
from evidence.inference.body import Body, Code
from evidence.inference.scheme import Tested, unmet
from evidence.inference.scheme import rule as ruled
from evidence.keys import listed
from evidence.vocabulary import Round, SearchStatus


@rule(
    "EV301",
    "superseded-scheme",
    source="the ledger's law: a decision keeps the version that it was made by",
    remedy="Code the case anew: 'evidence code CASE VARIABLE VALUE' takes the newest version.",
)
def old_scheme(ground: Ground) -> Iterator[Hit]:
    """Codes that were given by different versions of a scheme do not mean the same."""
    newest = {row.variable_id: row for row in ground.chain.versions.values() if row.retired_at is None}
    for row in ground.standing():
        version = ground.chain.versions[row.variable_version_id]
        latest = newest.get(version.variable_id)
        if latest is not None and latest.id != version.id:
            message = (
                f"was given by version {version.version} of {version.key}; the newest is {latest.version}."
            )
            yield ground.about("decision", row, message)


@rule(
    "EV302",
    "absence-without-search",
    source="IIED 2017 on absence of evidence; the study's scheme",
    remedy="Log the search that was made and name it: 'evidence code CASE VARIABLE VALUE --search KEY'.",
)
def no_search(ground: Ground) -> Iterator[Hit]:
    """To say that there is no evidence one must have looked for it."""
    for _, code in ground.codes():
        if "search" in code.needs and not code.searches:
            yield _of(ground, code, f"gives {code.variable} {code.value} and names no search that was made.")


@rule(
    "EV303",
    "absence-with-hits",
    source="IIED 2017 on absence of evidence; the study's scheme",
    remedy="Name the search that found nothing, or say in the rationale why its hits are no evidence.",
)
def all_hits(ground: Ground) -> Iterator[Hit]:
    """A code that says that there is no evidence should name a search that found none."""
    for _, code in ground.codes():
        made = [ground.searches[key] for key in code.searches]
        if "search" in code.needs and made and all(row.hits for row in made):
            found = listed(f"{row.key} ({row.hits})" for row in made)
            yield _of(
                ground, code, f"needs a search that found nothing, and all that it names have hits: {found}."
            )


@rule(
    "EV304",
    "necessity-without-counterfactual",
    source="the study's scheme",
    remedy="State it in a new decision: 'evidence code CASE VARIABLE VALUE --counterfactual TEXT'.",
)
def no_counterfactual(ground: Ground) -> Iterator[Hit]:
    """To say that a cause was necessary is to say what would have happened without it."""
    for body, code in ground.codes():
        row = ground.decisions[code.key]
        if "counterfactual" in _needs(body, code) and not (row.counterfactual or "").strip():
            yield _of(ground, code, f"gives {code.variable} {code.value} and states no counterfactual.")


@rule(
    "EV305",
    "search-not-made",
    source="Humphreys & Jacobs 2023, ch. 5: only what was searched and not found counts",
    remedy="Make the search and code anew; or let it stand as a gap that a reader should know.",
)
def unmade_search(ground: Ground) -> Iterator[Hit]:
    """A search that was not made supports nothing, and a code that names it leaves something open."""
    chain = ground.chain
    for row in ground.standing():
        named = (chain.searches.get(i) for i in chain.links["decision_search"].get(row.id, ()))
        unmade = [one.key for one in named if one is not None and one.status != SearchStatus.DONE]
        if unmade:
            which = "a search that was" if len(unmade) == 1 else "searches that were"
            yield ground.about("decision", row, f"names {which} not made: {listed(unmade)}.")


@rule(
    "EV306",
    "rule-says-otherwise",
    source="the ledger's law: a code comes from the rule, or from a coder who says why not",
    remedy="Code anew by the rule, or give the reason: 'evidence code ... --override-reason TEXT'.",
)
def not_by_rule(ground: Ground) -> Iterator[Hit]:
    """A code departs from the scheme's rule only with a reason, or the rule means nothing."""
    for body in ground.bodies.values():
        for code in body.codes:
            row = ground.decisions[code.key]
            if code.round == Round.PUBLISHED or not code.rule or (row.override_reason or "").strip():
                continue
            said = ruled(code.rule, code.judgements, _tested(body, code)).code
            if said != code.value:
                gives = f"{code.variable} {said}" if said is not None else "no code"
                yield _of(
                    ground, code, f"gives {_level(code)}; the rule gives {gives}, and no reason is stated."
                )


@rule(
    "EV307",
    "level-not-met",
    source="the study's scheme",
    remedy="Rely on the test that is asked for, or code anew.",
)
def not_met(ground: Ground) -> Iterator[Hit]:
    """What a level asks of tests must still be met after they were resolved anew."""
    for body, code in ground.codes():
        row = ground.decisions[code.key]
        missing = unmet(_needs(body, code), code.value, _tested(body, code))
        if missing and not (row.override_reason or "").strip():
            yield _of(ground, code, f"needs {listed(missing)}, and no test that it relies on is that.")


@rule(
    "EV308",
    "contested-code",
    source="content analysis: independent codes first, then adjudication as a decision of its own",
    remedy="'evidence code CASE VARIABLE VALUE --round adjudicated', with the reasons.",
)
def contested(ground: Ground) -> Iterator[Hit]:
    """Where coders differ, a reader must know what stands, and who decided."""
    chain = ground.chain
    for case, made in chain.decisions_of.items():
        by_variable: dict[Any, list[Any]] = {}
        for row in standing([chain.decisions[i] for i in made]):
            if row.round != Round.PUBLISHED:
                by_variable.setdefault(chain.versions[row.variable_version_id].variable_id, []).append(row)
        for given in by_variable.values():
            # What was agreed on settles what coders gave; agreed on twice, as after a merge, it is contested itself.
            rows = [row for row in given if row.round == Round.ADJUDICATED] or given
            if len({row.value for row in rows}) > 1 and case in chain.cases:
                said = listed(f"{row.value or 'none'} ({row.key})" for row in rows)
                variable = chain.versions[rows[0].variable_version_id].key
                key = chain.cases[case].key
                message = f"stands for the study, and {variable} is contested: {said}."
                yield Hit("decision", rows[0].key, message, (key,))


@rule(
    "EV309",
    "no-counter-evidence",
    source="ATI (QDR): the analytic note; Bennett & Checkel 2015, ch. 1",
    remedy="'evidence code CASE VARIABLE VALUE --counter-evidence TEXT'.",
)
def no_counter(ground: Ground) -> Iterator[Hit]:
    """A code says what speaks against it, or that nothing was found and by which search."""
    for _, code in ground.codes():
        if not (ground.decisions[code.key].counter_evidence or "").strip():
            yield _of(ground, code, "says nothing of counter-evidence.")


@rule(
    "EV310",
    "alternative-without-reason",
    source="ATI (QDR): the analytic note; Bennett & Checkel 2015, ch. 1: alternatives",
    remedy="'evidence code CASE VARIABLE VALUE --alternative LEVEL --alternative-reason TEXT'.",
)
def no_alternative_reason(ground: Ground) -> Iterator[Hit]:
    """A next best level that was considered was rejected for some reason."""
    for _, code in ground.codes():
        row = ground.decisions[code.key]
        if row.alternative is not None and not (row.alternative_reason or "").strip():
            yield _of(
                ground, code, f"names {row.alternative} as the next best level and does not say why not."
            )


@rule(
    "EV311",
    "alternative-is-the-code",
    source="ATI (QDR): the analytic note",
    remedy="Name another level as the alternative, or none.",
)
def same_alternative(ground: Ground) -> Iterator[Hit]:
    """The next best level is another than the one that was given."""
    for _, code in ground.codes():
        if ground.decisions[code.key].alternative == code.value:
            yield _of(
                ground, code, f"gives {code.variable} {code.value} and names the same as the next best level."
            )


def _needs(body: Body, code: Code) -> tuple[str, ...]:
    """Return what a code needs by its level, and by the row of the rule that gave it."""
    said = ruled(code.rule, code.judgements, _tested(body, code))
    return tuple(dict.fromkeys((*code.needs, *(said.needs if said.code == code.value else ()))))


def _tested(body: Body, code: Code) -> list[Tested]:
    """Return the tests that a code relies on, as a rule sees them."""

    def supports(key: str) -> frozenset[str]:
        claim = body.hypotheses.get(key)
        return claim.supports if claim and claim.variable == code.variable else frozenset()

    return [
        Tested(test.kind, test.result, test.hypothesis, test.rival, supports(test.hypothesis), supports(test.rival), test.key)
        for test in relied(body, code)
    ]  # fmt: skip


def _level(code: Code) -> str:
    return f"{code.variable} {code.value}" if code.value is not None else f"no {code.variable}"


def _of(ground: Ground, code: Code, message: str) -> Hit:
    return ground.about("decision", ground.decisions[code.key], message)
