"""Codes of a case: the current one on each variable, those of others, and those that were before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from evidence.audit.chain import standing, unsettled
from evidence.inference.body import contested, silent
from evidence.publish import citations, wording
from evidence.publish.resolved import Resolved, place_of
from evidence.publish.views import CodeView, CodingView, Fact
from evidence.vocabulary import Round

__all__ = ["CANNOT_BE_CODED", "Numbers", "Scheme", "codings", "not_coded", "scheme"]

CANNOT_BE_CODED = "–"
_LEFT_OUT = "not coded there"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What tests, observations and searches are numbered on a case's page, by id."""

    tests: Mapping[Any, str]
    observations: Mapping[Any, str]
    searches: Mapping[Any, str]

    def evidence(self, study: Resolved) -> dict[str, str]:
        """Return the numbers of observations and searches by their keys."""
        return {study.observations[i].key: number for i, number in self.observations.items()} | {
            study.searches[i].key: number for i, number in self.searches.items()
        }


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a variable, decoded."""

    variable_id: Any
    variable: str
    label: str
    question: str
    version: str
    scale: str
    basis: str
    position: int
    levels: Sequence[Mapping[str, Any]]
    sub_judgements: Sequence[Mapping[str, Any]]
    rule: Sequence[Mapping[str, Any]]

    def place(self, value: str | None) -> int | None:
        """Return where a level stands among the others."""
        return next((n for n, level in enumerate(self.levels) if level["value"] == value), None)

    def label_of(self, value: str | None) -> str:
        """Return a level's label."""
        place = self.place(value)
        return str(self.levels[place]["label"]) if place is not None else ""


def scheme(row: Any) -> Scheme:
    """Return a version of a variable from its row."""
    return Scheme(
        row.x, row.key, row.a, row.b, row.c, row.d, row.h, row.n or 0,
        wording.decoded(row.e) or [], wording.decoded(row.f) or [], wording.decoded(row.g) or [],
    )  # fmt: skip


def codings(
    study: Resolved,
    versions: Mapping[Any, Scheme],
    variables: Sequence[Scheme],
    case_id: Any,
    numbers: Numbers,
    changed: Mapping[str, tuple[str, ...]],
) -> tuple[CodingView, ...]:
    """Return what a case has on each variable, in the scheme's order; a case without a decision has none.

    ``changed`` holds what changed beneath decisions since they were made, in sentences, by their keys.
    """
    made: dict[Any, list[Any]] = {}
    for row in study.decisions_of.get(case_id, ()):
        made.setdefault(versions[row.variable_version_id].variable_id, []).append(row)
    return tuple(
        _coding(study, versions, one, made.get(one.variable_id, []), numbers, changed) for one in variables
    )


def not_coded(variable: Scheme) -> CodingView:
    """Return what a case has on a variable on which nobody has decided."""
    return CodingView(variable.variable, variable.label, None, (), (), contested=False)


def _coding(
    study: Resolved,
    versions: Mapping[Any, Scheme],
    variable: Scheme,
    decisions: Sequence[Any],
    numbers: Numbers,
    changed: Mapping[str, tuple[str, ...]],
) -> CodingView:
    if not decisions:
        return not_coded(variable)
    left = standing(decisions)
    own = left[0] if left and left[0].round != Round.PUBLISHED else None
    others = [row for row in left if row is not own]
    kept = {row.id for row in left}
    before = sorted(
        (row for row in decisions if row.id not in kept),
        key=lambda row: (row.decided_at, row.key),
        reverse=True,
    )
    keys = {row.id: row.key for row in decisions}
    later = {row.supersedes_id: row for row in decisions if row.supersedes_id is not None}

    settles = study.of["decision_adjudicated"]

    def said(row: Any) -> str:
        value = row.value if row.value is not None else "not codable"
        return f"{study.prose(study.coders.get(row.coder_id, ''))} {value}"

    def view(row: Any) -> CodeView:
        return _code(
            study,
            versions[row.variable_version_id],
            row,
            numbers,
            supersedes=keys.get(row.supersedes_id, ""),
            replaced=_named(study, variable, later.get(row.id)),
            changed=changed.get(row.key, ()),
            settles=tuple(said(one) for one in decisions if one.id in settles.get(row.id, ())),
        )

    return CodingView(
        variable=variable.variable,
        label=variable.label,
        code=view(own) if own else None,
        others=tuple(map(view, others)),
        history=tuple(map(view, before)),
        contested=contested(unsettled(left, settles)),
    )


def _named(study: Resolved, variable: Scheme, row: Any) -> str:
    """Return a decision in a few words; nothing for none."""
    if row is None:
        return ""
    value = row.value if row.value is not None else CANNOT_BE_CODED
    by = study.prose(study.coders.get(row.coder_id, ""))
    return f"{variable.variable} {value}, {wording.moment(row.decided_at)}, {by}"


def _code(
    study: Resolved,
    one: Scheme,
    row: Any,
    numbers: Numbers,
    *,
    supersedes: str,
    replaced: str,
    changed: tuple[str, ...],
    settles: tuple[str, ...],
) -> CodeView:
    of = study.of
    publication = study.coder_sources.get(row.coder_id)
    where = place_of(row)
    return CodeView(
        key=row.key,
        former=study.former.get(row.id, ()),
        variable=one.variable,
        value=row.value if row.value is not None else CANNOT_BE_CODED,
        label=one.label_of(row.value)
        if row.value is not None
        else _LEFT_OUT
        if silent(row)
        else "cannot be coded",
        silent=silent(row),
        place=one.place(row.value),
        of=len(one.levels),
        rationale=study.prose(row.rationale),
        confidence=row.confidence or "",
        coder=study.prose(study.coders.get(row.coder_id, "")),
        round=row.round,
        where=citations.locator_words(where),
        citation=study.formatter.full(publication, where) if publication in study.cited else Markup(),
        decided=wording.moment(row.decided_at),
        version=one.version,
        judgements=_judgements(one, row.sub_judgements or {}),
        rule_value=row.rule_value or "",
        override_reason=study.prose(row.override_reason),
        counter_evidence=study.prose(row.counter_evidence),
        counterfactual=study.prose(row.counterfactual),
        alternative=f"{row.alternative} ({one.label_of(row.alternative)})"
        if row.alternative is not None
        else "",
        alternative_reason=study.prose(row.alternative_reason),
        supersedes=supersedes,
        replaced=replaced,
        changed=changed,
        tests=_numbered(of["decision_test"].get(row.id, ()), numbers.tests),
        observations=_numbered(of["decision_observation"].get(row.id, ()), numbers.observations),
        searches=_numbered(of["decision_search"].get(row.id, ()), numbers.searches),
        settles=settles,
    )


def _judgements(one: Scheme, given: Mapping[str, Any]) -> tuple[Fact, ...]:
    facts = []
    for judgement in one.sub_judgements:
        if judgement["key"] in given:
            value = given[judgement["key"]]
            words = next((v.get("label") for v in judgement["values"] if v["value"] == value), None)
            facts.append(Fact(str(judgement.get("label") or judgement["key"]), str(words or value)))
    return tuple(facts)


def _numbered(ids: Sequence[Any], numbers: Mapping[Any, str]) -> tuple[str, ...]:
    return tuple(
        sorted((numbers[i] for i in ids if i in numbers), key=lambda number: (number[0], int(number[1:])))
    )
