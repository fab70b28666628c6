"""What a round of coding may not be: changed once it has codes, thawed, coded by somebody else, or settled by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import aliased

from evidence.errors import MethodError
from evidence.models import (
    Assignment,
    Base,
    CodingRound,
    Decision,
    DecisionAdjudicated,
    DecisionObservation,
    DecisionSearch,
    DecisionTest,
    VariableVersion,
)
from evidence.vocabulary import Round

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["check", "keep"]

#: What of a round may change while it has codes: it may be frozen, and a remark or its key is no part of it.
_LOOSE = {"frozen_at", "note", "key"}
_LINKS = (DecisionTest, DecisionObservation, DecisionSearch, DecisionAdjudicated)
_GUARDED = (CodingRound, Assignment, Decision, *_LINKS)
_TWO = 2


def keep(session: Unit, row: Base) -> None:
    """Refuse a change to what is frozen, or to a round that has codes; asked before a row is written.

    Raises:
        MethodError: that would change what codes were given under, or a code that is frozen.
    """
    changed = _changed(row) if isinstance(row, _GUARDED) else set()
    if not changed:
        return
    if isinstance(row, CodingRound) and inspect(row).persistent:
        _keep_round(session, row, changed)
    elif isinstance(row, Assignment):
        _keep_assignment(session, row)
    elif isinstance(row, Decision) and inspect(row).persistent and row.coding_round_id is not None:
        frozen = session.get_one(CodingRound, row.coding_round_id)
        if frozen.frozen_at is not None and changed != {"key"} and row.id not in session.fresh:
            raise MethodError(_frozen(row, frozen))
    elif isinstance(row, _LINKS) and row.decision_id not in session.fresh:
        owner = session.get(Decision, row.decision_id)
        if owner is not None and owner.coding_round_id is not None and owner.id not in _new(session):
            frozen = session.get_one(CodingRound, owner.coding_round_id)
            if frozen.frozen_at is not None:
                raise MethodError(_frozen(owner, frozen))


def _frozen(decision: Decision, frozen: CodingRound) -> str:
    return (
        f"decision {decision.key} is frozen with round {frozen.key} and stays as it is; a changed mind is a new decision "
        "('evidence code')."
    )


def _new(session: Unit) -> set[Any]:
    return {row.id for row in session.new if isinstance(row, Decision)}


def _changed(row: Base) -> set[str]:
    """Return which columns of a row change; of a new one all."""
    state = inspect(row)
    if not state.persistent:
        return {column.key for column in state.mapper.column_attrs}
    found = set()
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if history.has_changes() and next(iter(history.deleted), None) != next(iter(history.added), None):
            found.add(column.key)
    return found


def _keep_round(session: Unit, row: CodingRound, changed: set[str]) -> None:
    history = inspect(row).attrs.frozen_at.history
    before = history.deleted[0] if "frozen_at" in changed and history.deleted else None
    if before is not None or ("frozen_at" not in changed and row.frozen_at is not None and changed - {"key"}):
        raise MethodError(f"round {row.key} is frozen, and nothing thaws; open another round.")
    if changed - _LOOSE and _has_codes(session, row):
        raise MethodError(
            f"round {row.key} has codes, so what they were given under stays; freeze it, and open another round."
        )


def _keep_assignment(session: Unit, row: Assignment) -> None:
    """Who codes what is settled when a round is opened, and can be put right until somebody has coded."""
    of = session.get(CodingRound, row.coding_round_id)
    if of is None or of.id in session.fresh or of in session.new:
        return
    if of.frozen_at is not None:
        raise MethodError(f"round {of.key} is frozen, and nothing thaws; open another round.")
    if _has_codes(session, of):
        raise MethodError(
            f"round {of.key} has codes, so who codes what in it stays; freeze it, and open another round."
        )


def _has_codes(session: Unit, row: CodingRound) -> bool:
    found = select(Decision.id).where(Decision.coding_round_id == row.id).limit(1)
    return session.execute(found).first() is not None


def check(session: Unit, row: Base) -> None:
    """Refuse a code that does not belong in its round, and one that settles what it cannot; asked when a unit ends.

    Raises:
        MethodError: the sentence says which law it breaks.
    """
    if isinstance(row, DecisionAdjudicated):
        row = session.get_one(Decision, row.decision_id)
    if not isinstance(row, Decision) or row.id not in session.fresh or row.retired_at is not None:
        return
    if row.supersedes_id is not None:
        before = session.get_one(Decision, row.supersedes_id)
        if before.coding_round_id != row.coding_round_id:
            raise MethodError(
                f"decision {row.key} would take the place of {before.key}, which was made in another round or in none; codes of "
                "a round take the place of nothing outside it."
            )
    if row.coding_round_id is not None:
        _check_in_round(session, row, session.get_one(CodingRound, row.coding_round_id))
    _check_adjudicated(session, row)


def _check_in_round(session: Unit, decision: Decision, of: CodingRound) -> None:
    name = f"decision {decision.key}"
    if of.retired_at is not None:
        raise MethodError(f"{name}: round {of.key} was retired.")
    # Of a round that comes with its codes, or was frozen in the same unit, a code is one of those frozen.
    late = decision.decided_at > of.frozen_at if of.frozen_at is not None else False
    if of.frozen_at is not None and (late or (of.id not in session.fresh and of.frozen_at != session.now)):
        raise MethodError(f"{name}: round {of.key} is frozen, and takes no more codes; open another round.")
    mine = select(Assignment.id).where(
        Assignment.coding_round_id == of.id, Assignment.case_id == decision.case_id,
        Assignment.coder_id == decision.coder_id, Assignment.retired_at.is_(None),
    )  # fmt: skip
    if session.execute(mine.limit(1)).first() is None:
        raise MethodError(
            f"{name}: this coder is not to code this case in round {of.key}; 'evidence round show {of.key}' says who "
            "codes what."
        )
    if decision.variable_version_id != of.variable_version_id:
        version = session.get_one(VariableVersion, of.variable_version_id)
        raise MethodError(f"{name}: round {of.key} is coded by version {version.version} of its variable.")
    wanted = Round.BLIND if of.blind else Round.OPEN
    if decision.round is not wanted:
        raise MethodError(f"{name}: round {of.key} is {wanted.value}, and so are the codes given in it.")


def _check_adjudicated(session: Unit, decision: Decision) -> None:
    settled = session.scalars(
        select(Decision)
        .join(DecisionAdjudicated, DecisionAdjudicated.adjudicated_id == Decision.id)
        .where(DecisionAdjudicated.decision_id == decision.id, DecisionAdjudicated.retired_at.is_(None))
        .order_by(Decision.key)
    ).all()
    if not settled:
        return
    name = f"decision {decision.key}"
    if decision.round is not Round.ADJUDICATED:
        raise MethodError(f"{name} settles codes of others, so it is adjudicated; say so (round).")
    if len({one.coder_id for one in settled}) < _TWO:
        raise MethodError(
            f"{name} settles a code of one coder alone; adjudication settles those of two or more."
        )
    variable = session.get_one(VariableVersion, decision.variable_version_id).variable_id
    for one in settled:
        theirs = session.get_one(VariableVersion, one.variable_version_id).variable_id
        if (one.case_id, theirs) != (decision.case_id, variable):
            raise MethodError(f"{name} cannot settle {one.key}, which is of another case or variable.")
    for one in settled:
        of = session.get(CodingRound, one.coding_round_id) if one.coding_round_id else None
        if of is None or of.frozen_at is None:
            raise MethodError(
                f"{name} cannot settle {one.key}, which is not frozen; freeze its round first ('evidence round freeze')."
            )
    _require_last(session, name, settled)


def _require_last(session: Unit, name: str, settled: Sequence[Decision]) -> None:
    """What a coder changed before the round was frozen is not what it froze."""
    later = aliased(Decision)
    left = select(later.supersedes_id).where(
        later.supersedes_id.in_([one.id for one in settled]), later.retired_at.is_(None)
    )
    gone = {row for (row,) in session.execute(left)}
    for one in settled:
        if one.id in gone or one.retired_at is not None:
            raise MethodError(
                f"{name} cannot settle {one.key}, in whose place its coder has put another code."
            )
