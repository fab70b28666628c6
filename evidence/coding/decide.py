"""Decide: give a case its code, by the scheme's rule or against it, with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from evidence.errors import MethodError, Place, UnknownKey
from evidence.inference.scheme import Ruling, demand, rule
from evidence.ledger import records
from evidence.ledger.decided import relied_tests, ruling, tested, wanted, with_present_keys
from evidence.ledger.revisions import Unit
from evidence.models import Case, Coder, CodingRound, Decision, Variable, VariableVersion
from evidence.vocabulary import Round

__all__ = ["decide", "explained", "standing"]


def decide(
    session: Unit,
    case: str,
    variable: str,
    value: str | None,
    *,
    codable: bool = True,
    in_round: str | None = None,
    place: Place | None = None,
    **said: Any,
) -> Decision:
    """Record a coder's code of a case; it supersedes the same coder's earlier one, or what was agreed on before.

    Args:
        session: the unit of work.
        case: the case's key.
        variable: the variable's key.
        value: the level; nothing takes the one that the scheme's rule gives.
        codable: false for "cannot be coded", which is not a level.
        in_round: the key of the round of coding that it is made in, which says by which version, and whether blind.
        place: where it was read, for errors.
        said: the decision's other fields, as ``records.add`` takes them.

    Raises:
        MethodError: the rule gives no level and none was given, what is published elsewhere is by a coder that is no
            publication, or a law is broken.
    """
    subject: Case = records.find(session, "case", case)
    coded: Variable = records.find(session, "variable", variable)
    coder: Coder = records.find(session, "coder", str(said["coder"]))
    round_ = records.read_fields("decision", {"round": said.get("round") or Round.OPEN})["round"]
    of: CodingRound | None = records.find(session, "coding_round", in_round) if in_round else None
    if of is not None:
        round_ = Round.BLIND if of.blind else Round.OPEN
        said["version"] = session.get_one(VariableVersion, of.variable_version_id).version
    if round_ is Round.PUBLISHED and coder.source_id is None:
        raise MethodError(
            f"coder {coder.key} is no publication, so nothing that it codes is published elsewhere; name its source with "
            f"'evidence coder edit {coder.key} --source KEY', or decide in another round."
        )
    version = _version(session, coded, said.get("version"))
    # What was agreed on is the study's, whoever wrote it down.
    who = None if round_ is Round.ADJUDICATED else coder
    earlier = standing(session, subject, coded, who, round_, of)
    stem = f"{subject.key}.{coded.key}."
    if value is None and codable:
        value = _ruled(session, coded, version, said)
    values: Mapping[str, Any] = {
        **{name: item for name, item in said.items() if item is not None},
        # Of a round with its coder, so that copies of the ledger that are coded apart give no key twice.
        "key": records.next_key(session, "decision", f"{stem}{of.key}.{coder.key}." if of else stem),
        "case": subject.key,
        "variable": coded.key,
        "value": value,
        "coder": coder.key,
        "round": round_,
        "coding_round": of.key if of else None,
        "supersedes": earlier.key if earlier else None,
    }
    decision: Decision = records.add(session, "decision", values, place=place)
    return decision


def _version(session: Unit, variable: Variable, name: str | None) -> VariableVersion:
    wanted = select(VariableVersion).where(
        VariableVersion.study_id == session.study_id,
        VariableVersion.variable_id == variable.id,
        VariableVersion.retired_at.is_(None),
    )
    known = session.scalars(wanted.order_by(VariableVersion.id.desc())).all()
    if not known:
        raise MethodError(
            f"{variable.key} has no version yet; give it one with 'evidence variable edit {variable.key} --version-file FILE'."
        )
    for version in known:
        if name in (None, "", version.version):
            return version
    raise UnknownKey(f"version of {variable.key}", str(name), [version.version for version in known])


def _ruled(session: Unit, variable: Variable, version: VariableVersion, said: Mapping[str, Any]) -> str:
    tests = [records.find(session, "test", str(key)) for key in said.get("tests") or ()]
    ruled = rule(
        with_present_keys(session, version.rule),
        said.get("sub_judgements") or {},
        tested(session, variable.id, tests),
    )
    if ruled.code is None:
        names = ", ".join(judgement["key"] for judgement in version.sub_judgements)
        note = f" ({ruled.note})" if ruled.note else ""
        if ruled.wanting:
            note += f": {_wanting(ruled)}"
            raise MethodError(
                f"The scheme's rule gives no level of {variable.key} here{note}; name such a test (--test), or give the "
                "level yourself and say why (override_reason)."
            )
        raise MethodError(
            f"The scheme's rule gives no level of {variable.key} for these sub-judgements{note}; judge {names or 'more'}, "
            "or give the level yourself and say why (override_reason)."
        )
    return ruled.code


def _wanting(said: Ruling) -> str:
    """Return which codes the judgements would allow, and what each asks of the tests."""
    return "; ".join(
        f"{f'code {row.code}' if row.code is not None else f'row {row.row + 1}'} asks for {wanted(row.tests)} among the "
        "tests relied on"
        for row in said.wanting
    )


def explained(session: Unit, decision: Decision) -> str:
    """Return which row of the rule gave a code, and which codes lacked a test; nothing if the rule asks for no tests.

    Args:
        session: the unit of work in which it was decided.
        decision: the decision, with all that it relies on.
    """
    version = session.get_one(VariableVersion, decision.variable_version_id)
    if decision.round is Round.PUBLISHED or not any(row.get("tests") for row in version.rule):
        return ""
    said = ruling(session, decision)
    parts = []
    if said.row is not None and said.code == decision.value:
        parts.append(f"Row {said.row + 1} of the rule gives it{_met(session, decision, version, said.row)}.")
    elif said.code is not None:
        parts.append(f"Row {said.row + 1 if said.row is not None else '-'} of the rule gives {said.code}.")
    else:
        parts.append("The rule gives no code.")
    if said.wanting:
        parts.append(f"{_wanting(said).capitalize()}.")
    return " ".join(parts)


def _met(session: Unit, decision: Decision, version: VariableVersion, row: int) -> str:
    """Return by which tests a row is met."""
    tests = tested(session, version.variable_id, relied_tests(session, decision))
    rows = with_present_keys(session, version.rule)
    found = [
        f"{demand(text)} ({', '.join(test.key for test in tests if demand(text).met_by(test, decision.value))})"
        for text in rows[row].get("tests") or ()
    ]
    return f": it asks for {' and '.join(found)}" if found else ""


def standing(
    session: Unit,
    case: Case,
    variable: Variable,
    coder: Coder | None,
    round_: Round,
    of: CodingRound | None = None,
) -> Decision | None:
    """Return a coder's decision that nothing has superseded, made under such conditions; nothing if there is none.

    Args:
        session: the unit of work.
        case: the case.
        variable: the variable.
        coder: whose it is; anybody's if not given.
        round_: under what conditions it was made.
        of: the round of coding that it was made in; nothing for those that were made in none.
    """
    made = session.scalars(
        select(Decision)
        .join(VariableVersion, VariableVersion.id == Decision.variable_version_id)
        .where(
            Decision.study_id == session.study_id,
            Decision.case_id == case.id,
            VariableVersion.variable_id == variable.id,
            *([Decision.coder_id == coder.id] if coder else []),
            Decision.round == round_,
            Decision.coding_round_id == (of.id if of else None),
            Decision.retired_at.is_(None),
        )
        .order_by(Decision.id)
    ).all()
    superseded = {decision.supersedes_id for decision in made}
    left = [decision for decision in made if decision.id not in superseded]
    return left[-1] if left else None
