"""The scheme's rule: from sub-judgements to a code, by a decision table that is data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Ruling", "rule"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the decision table says: a code or none, the row that said so, and what the code needs."""

    code: str | None
    row: int | None
    needs: tuple[str, ...] = ()
    note: str = ""


def rule(table: Sequence[Mapping[str, Any]], judgements: Mapping[str, Any]) -> Ruling:
    """Return the ruling of the first row of ``table`` that the judgements meet.

    Args:
        table: rows of ``when`` (a value or a list of values for each sub-judgement named; none named is met
            always), ``code`` (a level, or nothing where the coder must choose), ``needs`` and ``note``.
        judgements: the coder's sub-judgements, by key.

    Returns:
        The ruling; without a row if no row is met.
    """
    for number, row in enumerate(table):
        when: Mapping[str, Any] = row.get("when") or {}
        if all(
            judgements.get(key) in (wanted if isinstance(wanted, list) else [wanted])
            for key, wanted in when.items()
        ):
            return Ruling(row.get("code"), number, tuple(row.get("needs") or ()), row.get("note") or "")
    return Ruling(None, None)
