"""Why a case has its code: the tree from the decision down to the archive, in ten statements at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, literal, or_, select, union_all

from evidence.audit.subject import subject
from evidence.audit.views import Brought, Code, Observed, Quoted, Searched, Tested, Why
from evidence.errors import UnknownKey
from evidence.inference.likelihoods import implied_kind, weight
from evidence.inference.stages import stage
from evidence.keys import natural
from evidence.ledger.rows import words
from evidence.vocabulary import PROFILES

__all__ = ["why"]

_coder = words("coder", "id key")
_variable = words("variable", "id key label position")
_version = words("variable_version", "id variable_id version levels")
_hypothesis = words("hypothesis", "id key statement")
_decision = words(
    "decision",
    "id study_id key case_id variable_version_id value sub_judgements rule_value rationale override_reason "
    "confidence counter_evidence counterfactual alternative alternative_reason coder_id round supersedes_id "
    "decided_at retired_at",
)
_test = words(
    "test",
    "id study_id key case_id hypothesis_id rival_id kind target prediction if_false where_to_look p_hypothesis "
    "p_rival declared_at result resolved_at note retired_at",
)
_bearing = words(
    "bearing", "id study_id test_id observation_id search_id direction p_hypothesis p_rival note retired_at"
)
_observation = words(
    "observation",
    "id study_id key case_id proposition inference speaker occurred lineage first_seen_at retired_at",
)
_search = words(
    "search",
    "id study_id key case_id question corpus terms period coverage gaps sensitivity hits found status first_seen_at "
    "retired_at",
)
_observation_quote = words("observation_quote", "study_id observation_id quote_id retired_at")
_quote = words(
    "quote",
    "id source_id key words translation locator state verified_edition verified_at first_seen_at note retired_at",
)
_source = words(
    "source",
    "id key title csl repository collection record_group series box folder item frame classification handling tier",
)
_links = {
    "test": words("decision_test", "study_id decision_id test_id retired_at"),
    "observation": words("decision_observation", "study_id decision_id observation_id retired_at"),
    "search": words("decision_search", "study_id decision_id search_id retired_at"),
}


def why(connection: Connection, study: Any, case: str, variable: str | None = None) -> Why:
    """Return what the codes of a case rest on.

    Args:
        connection: to the ledger.
        study: the study's id, as ``store.reading`` gives it.
        case: the case's key, a key that it once had, or its number in a data set.
        variable: one variable's key; all if not given.

    Raises:
        UnknownKey: there is no such case or variable.
    """
    found = subject(connection, study, case)
    made = _decisions(connection, study, found.id)
    known = {row.variable: row for row in made}
    if variable is not None and variable not in known:
        _require_variable(connection, variable)
    searches = {
        row.id: _searched(row) for row in connection.execute(_of_case(_search, study, found.id, "search"))
    }
    observations = _observations(connection, study, found.id)
    tests = _tests(connection, study, found, observations, searches)
    relied = _relied(connection, study, found.id)
    codes = [_code(row, tests, observations, searches, relied) for row in made]
    standing = _standing(made, codes)
    shown = tuple(code for code in standing if variable in (None, code.variable))
    used = {test.key for code in standing for test in code.tests}
    named = {search.key for code in standing for search in code.searches}
    named |= {b.search.key for test in tests.values() for b in test.brought if b.search}
    return Why(
        case=found.key,
        title=found.title,
        start=found.start,
        end=found.end,
        status=found.status,
        stage=stage(found.status, (test.result for test in tests.values())),
        screening=found.screening,
        profile=found.profile,
        threshold=PROFILES[found.profile],
        codes=shown,
        other_tests=tuple(test for test in tests.values() if test.key not in used),
        other_searches=tuple(search for search in searches.values() if search.key not in named),
    )


def _require_variable(connection: Connection, key: str) -> None:
    keys = list(connection.scalars(select(_variable.c.key)))
    if key not in keys:
        raise UnknownKey("variable", key, keys)


def _decisions(connection: Connection, study: Any, case_id: Any) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(
                _decision,
                _variable.c.key.label("variable"),
                _variable.c.label,
                _version.c.version,
                _version.c.levels,
                _coder.c.key.label("coder"),
            )
            .join(_version, _version.c.id == _decision.c.variable_version_id)
            .join(_variable, _variable.c.id == _version.c.variable_id)
            .join(_coder, _coder.c.id == _decision.c.coder_id)
            .where(
                _decision.c.study_id == study,
                _decision.c.case_id == case_id,
                _decision.c.retired_at.is_(None),
            )
            .order_by(_variable.c.position, _variable.c.key, _decision.c.id)
        )
    )


def _of_case(table: Any, study: Any, case_id: Any, noun: str) -> Select[Any]:
    """Return what belongs to a case, or was brought to one of its tests or decisions."""
    column = f"{noun}_id"
    brought = (
        select(_bearing.c[column])
        .join(_test, _test.c.id == _bearing.c.test_id)
        .where(_test.c.study_id == study, _test.c.case_id == case_id, _bearing.c.retired_at.is_(None))
    )
    link = _links[noun]
    relied = (
        select(link.c[column])
        .join(_decision, _decision.c.id == link.c.decision_id)
        .where(_decision.c.study_id == study, _decision.c.case_id == case_id, link.c.retired_at.is_(None))
    )
    belongs = or_(table.c.case_id == case_id, table.c.id.in_(brought), table.c.id.in_(relied))
    return (
        select(table)
        .where(table.c.study_id == study, table.c.retired_at.is_(None), belongs)
        .order_by(table.c.id)
    )


def _searched(row: Row[Any]) -> Searched:
    return Searched(
        row.key, row.question, row.corpus, tuple(row.terms), row.period, row.coverage, row.gaps, row.sensitivity,
        row.hits, row.found, row.status, row.first_seen_at,
    )  # fmt: skip


def _observations(connection: Connection, study: Any, case_id: Any) -> dict[Any, Observed]:
    found = list(connection.execute(_of_case(_observation, study, case_id, "observation")))
    of_case = (
        _of_case(_observation, study, case_id, "observation")
        .with_only_columns(_observation.c.id)
        .order_by(None)
    )
    quotes: dict[Any, list[Quoted]] = {}
    wanted = (
        select(
            _observation_quote.c.observation_id,
            _quote,
            *(c.label(f"source_{c.name}") for c in _source.c),
        )
        .join(_quote, _quote.c.id == _observation_quote.c.quote_id)
        .join(_source, _source.c.id == _quote.c.source_id)
        .where(
            _observation_quote.c.study_id == study,
            _observation_quote.c.observation_id.in_(of_case),
            _observation_quote.c.retired_at.is_(None),
            _quote.c.retired_at.is_(None),
        )
        .order_by(_observation_quote.c.observation_id, _quote.c.key)
    )
    for row in connection.execute(wanted):
        quotes.setdefault(row.observation_id, []).append(_quoted(row))
    return {
        row.id: Observed(
            row.key, row.proposition, row.inference, row.speaker, row.occurred, row.lineage, row.first_seen_at,
            tuple(quotes.get(row.id, ())),
        )
        for row in found
    }  # fmt: skip


def _quoted(row: Row[Any]) -> Quoted:
    shelf = (
        row.source_repository, row.source_collection, row.source_record_group, row.source_series,
        row.source_box and f"box {row.source_box}", row.source_folder and f"folder {row.source_folder}",
        row.source_item, row.source_frame,
    )  # fmt: skip
    return Quoted(
        key=row.key,
        words=row.words,
        translation=row.translation,
        locator=row.locator,
        state=row.state,
        verified_edition=row.verified_edition,
        verified_at=row.verified_at,
        first_seen_at=row.first_seen_at,
        note=row.note,
        source=row.source_key,
        title=row.source_title,
        archive=", ".join(part for part in shelf if part),
        classification="; ".join(part for part in (row.source_classification, row.source_handling) if part),
        tier=row.source_tier,
        url=(row.source_csl or {}).get("URL", ""),
    )


def _tests(
    connection: Connection,
    study: Any,
    subject: Row[Any],
    observations: Mapping[Any, Observed],
    searches: Mapping[Any, Searched],
) -> dict[Any, Tested]:
    rival = _hypothesis.alias("rival")
    of_case = and_(_test.c.study_id == study, _test.c.case_id == subject.id, _test.c.retired_at.is_(None))
    bearings: dict[Any, list[Brought]] = {}
    wanted = select(_bearing).join(_test, _test.c.id == _bearing.c.test_id)
    for row in connection.execute(
        wanted.where(of_case, _bearing.c.retired_at.is_(None)).order_by(_bearing.c.id)
    ):
        one = Brought(
            row.direction, row.note, row.p_hypothesis, row.p_rival,
            observations.get(row.observation_id), searches.get(row.search_id),
        )  # fmt: skip
        if one.observation or one.search:
            bearings.setdefault(row.test_id, []).append(one)
    tests = (
        select(
            _test,
            _hypothesis.c.key.label("hypothesis"),
            _hypothesis.c.statement,
            rival.c.key.label("rival"),
            rival.c.statement.label("rival_statement"),
        )
        .join(_hypothesis, _hypothesis.c.id == _test.c.hypothesis_id)
        .join(rival, rival.c.id == _test.c.rival_id)
        .where(of_case)
    )
    return {
        row.id: _tested(row, tuple(bearings.get(row.id, ())), subject.profile)
        for row in sorted(connection.execute(tests), key=lambda row: natural(row.key))
    }


def _tested(row: Row[Any], brought: tuple[Brought, ...], profile: str) -> Tested:
    a, b = row.p_hypothesis, row.p_rival
    said = None
    if isinstance(a, float) and isinstance(b, float):
        said = {"passed": weight(a, b), "failed": weight(1 - a, 1 - b)}.get(row.result, 0.0)
    kind = implied_kind(a, b, profile)
    return Tested(
        key=row.key,
        hypothesis=row.hypothesis,
        statement=row.statement,
        rival=row.rival,
        rival_statement=row.rival_statement,
        kind=row.kind,
        implied_kind=kind.value if kind else None,
        target=row.target,
        prediction=row.prediction,
        if_false=row.if_false,
        where_to_look=row.where_to_look,
        p_hypothesis=a,
        p_rival=b,
        weight=said,
        result=row.result,
        note=row.note,
        declared_at=row.declared_at,
        resolved_at=row.resolved_at,
        timing=_timing(row.declared_at, brought),
        brought=brought,
    )


def _timing(declared_at: Any, brought: Iterable[Brought]) -> str:
    # A quote that was logged before the test had been seen, whenever an observation was made of it.
    seen = [subject.first_seen_at for one in brought if (subject := one.observation or one.search)]
    seen += [quote.first_seen_at for one in brought if one.observation for quote in one.observation.quotes]
    if not seen:
        return ""
    return "a priori" if declared_at < min(seen) else "post hoc"


def _relied(connection: Connection, study: Any, case_id: Any) -> dict[tuple[str, Any], list[Any]]:
    """Return what each decision of a case relies on: ids by kind of link and decision."""
    parts = [
        select(literal(noun).label("noun"), link.c.decision_id, link.c[f"{noun}_id"].label("subject_id"))
        .join(_decision, _decision.c.id == link.c.decision_id)
        .where(_decision.c.study_id == study, _decision.c.case_id == case_id, link.c.retired_at.is_(None))
        for noun, link in _links.items()
    ]
    found: dict[tuple[str, Any], list[Any]] = {}
    for row in connection.execute(union_all(*parts)):
        found.setdefault((row.noun, row.decision_id), []).append(row.subject_id)
    return found


def _code(
    row: Row[Any],
    tests: Mapping[Any, Tested],
    observations: Mapping[Any, Observed],
    searches: Mapping[Any, Searched],
    relied: Mapping[tuple[str, Any], list[Any]],
) -> Code:
    def of(noun: str, known: Mapping[Any, Any]) -> tuple[Any, ...]:
        found = [known[subject] for subject in relied.get((noun, row.id), ()) if subject in known]
        return tuple(sorted(found, key=lambda one: natural(one.key)))

    levels = {level["value"]: level for level in row.levels}
    level = levels.get(row.value, {"label": "cannot be coded"})
    named = of("search", searches)
    return Code(
        key=row.key,
        variable=row.variable,
        label=row.label,
        version=row.version,
        value=row.value,
        level=level["label"],
        rule_value=row.rule_value,
        sub_judgements=row.sub_judgements,
        rationale=row.rationale,
        override_reason=row.override_reason,
        confidence=row.confidence,
        counter_evidence=row.counter_evidence,
        counterfactual=row.counterfactual,
        alternative=row.alternative,
        alternative_reason=row.alternative_reason,
        coder=row.coder,
        round=row.round,
        decided_at=row.decided_at,
        tests=of("test", tests),
        against=of("observation", observations),
        searches=named,
        remarks=_remarks(row.value, level.get("needs") or (), named),
        history=(),
        others=(),
    )


def _remarks(value: str | None, needs: Iterable[str], searches: Iterable[Searched]) -> tuple[str, ...]:
    """Say so where a code that needs a search names none that found nothing; its coder may have good reasons."""
    made = [search for search in searches if search.status == "done"]
    if "search" not in needs or not made or any(not search.hits for search in made):
        return ()
    found = ", ".join(f"{search.key} ({search.hits})" for search in made)
    return (f"Code {value} needs a search that found nothing, and each that it names has hits: {found}.",)


def _standing(rows: list[Row[Any]], codes: list[Code]) -> list[Code]:
    """Return the codes that nothing has superseded, with the earlier ones and other coders' beside them."""
    by_id = {row.id: code for row, code in zip(rows, codes, strict=True)}
    earlier = {row.id: row.supersedes_id for row in rows}
    superseded = set(earlier.values())
    standing = {row.id: code for row, code in zip(rows, codes, strict=True) if row.id not in superseded}
    result = []
    for row_id, code in standing.items():
        history, before = [], earlier[row_id]
        while before in by_id:
            history.append(by_id[before])
            before = earlier[before]
        others = [o for i, o in standing.items() if i != row_id and o.variable == code.variable]
        result.append(replace(code, history=tuple(history), others=tuple(others)))
    return result
