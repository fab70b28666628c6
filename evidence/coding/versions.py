"""Versions of a variable's scheme: a better one comes in beside those that cases were coded by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from evidence.ledger.nouns import NOUNS
from evidence.ledger.revisions import Unit
from evidence.models import Variable, VariableVersion

__all__ = ["beside"]


def beside(
    session: Unit, variable: Variable, versions: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return some versions of a variable after those that it has under other names.

    Args:
        session: the unit of work.
        variable: the variable.
        versions: their fields by name, as ``scheme.yaml`` has them.
    """
    given = list(versions)
    kind = NOUNS["variable_version"]
    names = {str(one.get("version")) for one in given}
    there = select(VariableVersion).where(
        VariableVersion.study_id == session.study_id,
        VariableVersion.variable_id == variable.id,
        VariableVersion.retired_at.is_(None),
    )
    kept = [row for row in session.scalars(there.order_by(VariableVersion.id)) if row.version not in names]
    fields = [field for field in kind.fields.values() if field.name != kind.parent and not field.computed]
    return [*({field.name: getattr(row, field.column) for field in fields} for row in kept), *given]
