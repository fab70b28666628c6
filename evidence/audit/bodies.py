"""The body of evidence of a case, from the chain: what reasoning works on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from evidence.audit.chain import Chain, standing, unsettled
from evidence.inference.body import Body, Code, Evidence, Hypothesis, Origin, Test, contested
from evidence.keys import natural
from evidence.vocabulary import RivalRelation, SearchStatus

__all__ = ["author_of", "bodies", "body", "timing"]


def bodies(chain: Chain) -> dict[Any, Body]:
    """Return the body of evidence of every case that has a test or a code, by the case's id."""
    shared, of_case = _hypotheses(chain), _of_cases(chain)
    return {
        case: _body(chain, case, shared, of_case.get(case, ()))
        for case in chain.cases
        if case in chain.tests_of or case in chain.decisions_of
    }


def body(chain: Chain, case: Any) -> Body:
    """Return the body of evidence of one case of the chain, by its id."""
    return _body(chain, case, _hypotheses(chain), _of_cases(chain).get(case, ()))


def _of_cases(chain: Chain) -> dict[Any, list[Any]]:
    """Return the ids of each case's own hypotheses: found once, as a study has thousands of cases."""
    found: dict[Any, list[Any]] = {}
    for i, row in chain.hypotheses.items():
        found.setdefault(row.case_id, []).append(i)
    return found


def _body(chain: Chain, case: Any, hypotheses: Mapping[Any, Hypothesis], own: Iterable[Any]) -> Body:
    ids = chain.tests_of.get(case, ())
    tests = tuple(_test(chain, chain.tests[test], hypotheses) for test in ids)
    named = {i for test in ids for i in (chain.tests[test].hypothesis_id, chain.tests[test].rival_id)}
    named |= {i for test in ids for i, _ in chain.likelihoods.get(test, ()) if i in hypotheses}
    known = {hypotheses[i].key: hypotheses[i] for i in {*own, *named}}
    scale = {step["word"]: step["p"] for step in chain.study.word_scale or ()}
    return Body(
        chain.cases[case].key,
        {key: known[key] for key in sorted(known, key=natural)},
        tests,
        _codes(chain, case),
        scale,
        chain.study.profile,
    )


def _hypotheses(chain: Chain) -> dict[Any, Hypothesis]:
    variables = {row.variable_id: row.key for row in chain.versions.values()}
    excluded: dict[Any, set[Any]] = {}
    for one, rivals in chain.links["rivalry"].items():
        for other, relation in rivals:
            if relation == RivalRelation.EXCLUSIVE:  # and so is the other of the one
                excluded.setdefault(one, set()).add(other)
                excluded.setdefault(other, set()).add(one)
    keys = {i: row.key for i, row in chain.hypotheses.items()}
    return {
        i: Hypothesis(
            key=row.key,
            variable=variables.get(row.variable_id, ""),
            supports=frozenset(row.supports or ()),
            prior=row.prior,
            priors=dict(chain.priors.get(i, ())),
            exclusive=frozenset(keys[other] for other in excluded.get(i, ()) if other in keys),
            residual=bool(row.residual),
        )
        for i, row in chain.hypotheses.items()
    }


def _test(chain: Chain, row: Any, hypotheses: Mapping[Any, Hypothesis]) -> Test:
    brought = [one for one in chain.bearings.get(row.id, ()) if _held(chain, one)]
    return Test(
        key=row.key,
        hypothesis=hypotheses[row.hypothesis_id].key,
        rival=hypotheses[row.rival_id].key,
        kind=row.kind,
        result=row.result,
        p_hypothesis=row.p_hypothesis,
        p_rival=row.p_rival,
        further={hypotheses[i].key: p for i, p in chain.likelihoods.get(row.id, ()) if i in hypotheses},
        evidence=tuple(_evidence(chain, one) for one in brought),
        timing=timing(chain, row.declared_at, brought),
    )


def _held(chain: Chain, bearing: Any) -> bool:
    return bearing.observation_id in chain.observations or bearing.search_id in chain.searches


def timing(chain: Chain, declared_at: Any, brought: Iterable[Any]) -> str:
    """Return whether a test was declared before any of its evidence was first seen; nothing if it has none.

    A quote that was logged before the test had been seen, whenever an observation was made of it.
    """
    seen = []
    for one in brought:
        if one.search_id in chain.searches:
            seen.append(chain.searches[one.search_id].first_seen_at)
            continue
        seen.append(chain.observations[one.observation_id].first_seen_at)
        quotes = chain.links["observation_quote"].get(one.observation_id, ())
        seen += [chain.quotes[quote].first_seen_at for quote in quotes if quote in chain.quotes]
    if not seen:
        return ""
    return "a priori" if declared_at < min(seen) else "post hoc"


def _evidence(chain: Chain, bearing: Any) -> Evidence:
    if bearing.search_id is not None:
        search = chain.searches[bearing.search_id]
        coder = chain.coders.get(search.coder_id)
        return Evidence(
            key=search.key,
            search=True,
            direction=bearing.direction,
            p_hypothesis=bearing.p_hypothesis,
            p_rival=bearing.p_rival,
            coder=coder.key if coder else "",
            done=search.status == SearchStatus.DONE,
            sensitivity=search.sensitivity,
        )
    observation = chain.observations[bearing.observation_id]
    quotes = chain.links["observation_quote"].get(observation.id, ())
    return Evidence(
        key=observation.key,
        search=False,
        direction=bearing.direction,
        p_hypothesis=bearing.p_hypothesis,
        p_rival=bearing.p_rival,
        lineage=observation.lineage,
        origins=tuple(_origin(chain, chain.quotes[quote]) for quote in quotes if quote in chain.quotes),
    )


def _origin(chain: Chain, quote: Any) -> Origin:
    source = chain.sources[quote.source_id]
    return Origin(
        quote=quote.key,
        source=source.key,
        root=chain.sources[chain.root(source.id)].key,
        archive=source.repository,
        author=author_of(source),
        tier=source.tier,
        language=quote.language or source.language or chain.study.language,
        redacted=bool(source.redacted),
        state=quote.state,
    )


def author_of(source: Any) -> str:
    """Return who a source is by: the author that source criticism names, else those of its record."""
    if named := (source.criticism or {}).get("author"):
        return str(named)
    authors = (source.csl or {}).get("author") or ()
    names = (one.get("family") or one.get("literal") or "" for one in authors if isinstance(one, Mapping))
    return "; ".join(name for name in names if name)


def _codes(chain: Chain, case: Any) -> tuple[Code, ...]:
    made: dict[Any, list[Any]] = {}
    for i in chain.decisions_of.get(case, ()):
        version = chain.versions[chain.decisions[i].variable_version_id]
        made.setdefault((version.position, version.key), []).append(chain.decisions[i])
    return tuple(_code(chain, row, rows) for _, rows in sorted(made.items()) for row in standing(rows))


def _code(chain: Chain, row: Any, rows: Iterable[Any]) -> Code:
    version = chain.versions[row.variable_version_id]
    level: Mapping[str, Any] = next((level for level in version.levels if level["value"] == row.value), {})

    def relied(noun: str, known: Mapping[Any, Any]) -> list[Any]:
        return [known[i] for i in chain.links[f"decision_{noun}"].get(row.id, ()) if i in known]

    return Code(
        key=row.key,
        variable=version.key,
        value=row.value,
        coder=chain.coders[row.coder_id].key if row.coder_id in chain.coders else "",
        round=row.round,
        tests=tuple(test.key for test in relied("test", chain.tests)),
        against=tuple(one.key for one in relied("observation", chain.observations)),
        searches=tuple(
            one.key for one in relied("search", chain.searches) if one.status == SearchStatus.DONE
        ),
        judgements=row.sub_judgements or {},
        rule=tuple(version.rule or ()),
        needs=tuple(level.get("needs") or ()),
        contested=contested(unsettled(standing(rows), chain.links["decision_adjudicated"])),
    )
