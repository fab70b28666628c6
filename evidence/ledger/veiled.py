"""What the history says of codes given blind: nobody reads in it, before a round is frozen, what another decided."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from evidence.models import (
    Assignment,
    Challenge,
    CodingRound,
    Decision,
    DecisionAdjudicated,
    DecisionObservation,
    DecisionSearch,
    DecisionTest,
    Review,
    VariableVersion,
)

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["message_of"]

_INSIDE = (DecisionTest, DecisionObservation, DecisionSearch, DecisionAdjudicated)
_BLOCK = 500


def message_of(session: Unit) -> str:
    """Return what a unit's revision says of why: its own message, unless that could tell a code given blind.

    The command as it was typed holds the code, and so may a message that somebody wrote. A code that is open today may
    be one that a blind coder is not to know tomorrow, and everybody reads the history: of a command that codes, only
    what it was about is kept there. The code and its reasons are in the code.

    Args:
        session: the unit of work, with all that it wrote.
    """
    codes = _codes(session)
    if not codes:
        return session.message
    told = session.brief or session.message
    open_now = (
        CodingRound.study_id == session.study_id,
        CodingRound.blind,
        CodingRound.frozen_at.is_(None),
        CodingRound.retired_at.is_(None),
    )
    if session.scalars(select(CodingRound.id).where(*open_now).limit(1)).first() is None:
        return told
    asked, coded = aliased(VariableVersion), aliased(VariableVersion)
    assigned = exists().where(
        Assignment.study_id == session.study_id,
        Assignment.coding_round_id == CodingRound.id,
        Assignment.case_id == Decision.case_id,
        Assignment.retired_at.is_(None),
    )
    rounds: set[str] = set()
    for start in range(0, len(codes), _BLOCK):
        rounds.update(
            session.scalars(
                select(CodingRound.key)
                .join(asked, asked.id == CodingRound.variable_version_id)
                .join(Decision, Decision.study_id == CodingRound.study_id)
                .join(coded, coded.id == Decision.variable_version_id)
                .where(
                    *open_now,
                    Decision.id.in_(codes[start : start + _BLOCK]),
                    or_(
                        Decision.coding_round_id == CodingRound.id,
                        and_(coded.variable_id == asked.variable_id, assigned),
                    ),
                )
            )
        )
    if not rounds:
        return told
    return f"work on codes of {', '.join(sorted(rounds))}, which is blind until it is frozen"


def _codes(session: Unit) -> list[uuid.UUID]:
    """Return the decisions that a unit wrote, or wrote of."""
    found: set[uuid.UUID] = set()
    for row in session.touched.values():
        if isinstance(row, Decision):
            found.add(row.id)
        elif isinstance(row, _INSIDE):
            found.add(row.decision_id)
        elif isinstance(row, Review | Challenge) and row.noun == "decision":
            found.add(row.subject_id)
    return sorted(found)
