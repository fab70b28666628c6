"""What nobody is to know yet: codes given in a blind round that is open, and whatever leads to them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, exists, not_, or_, select

from evidence.ledger.among import among
from evidence.ledger.named import State
from evidence.ledger.rows import knowable, words
from evidence.vocabulary import Round

__all__ = ["LEADING", "concealed", "concealed_in", "leading", "open_rounds"]

#: The tables that have codes or what leads to codes, each with the columns by which it does.
LEADING = {
    "decision": ("id",),
    "decision_test": ("decision_id",),
    "decision_observation": ("decision_id",),
    "decision_search": ("decision_id",),
    "decision_adjudicated": ("decision_id", "adjudicated_id"),
    "review": ("subject_id",),
    "challenge": ("subject_id",),
    "conflict": ("subject_id",),
}


def concealed(connection: Connection, study: Any) -> set[Any]:
    """Return the ids of the rows that nobody is to know yet.

    Args:
        connection: to the ledger, or to the copy of its past, of which it is told as of then.
        study: the study's id, as the database has it.
    """
    decision = words("decision", "id study_id coding_round_id round").c
    unknown = select(decision.id).where(decision.study_id == study, not_(knowable(decision)))
    return leading(connection, connection.scalars(unknown).all())


def open_rounds(connection: Connection, study: Any) -> list[str]:
    """Return the keys of the blind rounds that are open, and in which somebody has coded."""
    rounds = words("coding_round", "id study_id key blind frozen_at retired_at").c
    decision = words("decision", "coding_round_id").c
    wanted = select(rounds.key).where(
        rounds.study_id == study, rounds.blind, rounds.frozen_at.is_(None), rounds.retired_at.is_(None),
        exists().where(decision.coding_round_id == rounds.id),
    )  # fmt: skip
    return list(connection.scalars(wanted.order_by(rounds.key)))


def leading(connection: Connection, codes: Collection[Any]) -> set[Any]:
    """Return the ids of codes, and of the rows that lead to any of them."""
    found = set(codes)
    for name, columns in LEADING.items() if codes else ():
        table = words(name, f"id {' '.join(column for column in columns if column != 'id')}").c
        leads = or_(*(among(connection, table[column], codes) for column in columns))
        found.update(connection.scalars(select(table.id).where(leads)))
    return found


def concealed_in(rows: State) -> set[str]:
    """Return the ids of the rows that nobody was to know yet when a ledger was in this state."""
    frozen = {one for one, row in rows.get("coding_round", {}).items() if row.get("frozen_at")}
    codes = {
        one
        for one, row in rows.get("decision", {}).items()
        if row.get("round") == Round.BLIND and (row.get("coding_round_id") or "") not in {"", *frozen}
    }
    return {
        one
        for name, columns in LEADING.items()
        for one, row in rows.get(name, {}).items()
        if any(row.get(column) in codes for column in columns)
    } | codes
