"""Read rows by word: tables and columns named as in the design, without loading the mapped classes.

A question such as ``evidence why`` is answered in half the time so. A test holds the lists here against the
models.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ColumnClause, ColumnElement, TableClause, column, or_, select, table
from sqlalchemy.types import Date

from evidence.moments import Instant
from evidence.stated import Stated

__all__ = ["DATES", "JSONS", "knowable", "words"]

#: Columns that hold JSON, wherever they stand; columns ending in ``_at`` hold moments.
JSONS = frozenset(
    [
        "attributes",
        "authors",
        "checks",
        "criticism",
        "csl",
        "formats",
        "further",
        "identifiers",
        "images",
        "levels",
        "locator",
        "p",
        "p_hypothesis",
        "p_rival",
        "pages",
        "parents",
        "parts",
        "prior",
        "redactions",
        "rule",
        "sensitivity",
        "styles",
        "sub_judgements",
        "supports",
        "terms",
        "word_scale",
    ]
)
_STATED = frozenset({"p", "p_hypothesis", "p_rival", "prior", "sensitivity"})
DATES = frozenset({"start_earliest", "start_latest", "end_earliest", "end_latest"})


def words(name: str, columns: str) -> TableClause:
    """Return a table with the columns named, parted by spaces, typed as their names say."""
    return table(name, *map(_typed, columns.split()))


def knowable(decision: Any) -> ColumnElement[bool]:
    """Say which codes are anybody's to know: all but those of a blind round that is open.

    Args:
        decision: the columns of decisions, ``coding_round_id`` and ``round`` among them.
    """
    rounds = words("coding_round", "id frozen_at").c
    frozen = select(rounds.id).where(rounds.frozen_at.is_not(None))
    return or_(
        decision.coding_round_id.is_(None), decision.round != "blind", decision.coding_round_id.in_(frozen)
    )


def _typed(name: str) -> ColumnClause[Any]:
    if name in _STATED:
        return column(name, Stated())
    if name in JSONS:
        return column(name, JSON(none_as_null=True))
    if name.endswith("_at"):
        return column(name, Instant())
    if name in DATES:
        return column(name, Date())
    return column(name)
