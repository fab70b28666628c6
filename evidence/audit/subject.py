"""Find the case that is asked about: by its key, by one that it once had, or by its number in a data set."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from evidence.errors import UnknownKey, ValueRefused
from evidence.ledger.rows import words

__all__ = ["merger", "subject"]

_case = words("case", "id study_id key title start end status screening retired_at")
_alias = words("alias", "study_id case_id data_set version number merged retired_at")
_redirect = words("redirect", "study_id noun key row_id")
_study = words("study", "id profile")


def subject(connection: Connection, study: Any, key: str) -> Row[Any]:
    """Return the case meant, with its study's test-type profile.

    Args:
        connection: to the ledger.
        study: the study's id.
        key: a case's key, one that it once had, or a number such as ``251`` or ``4.3:251``.

    Raises:
        UnknownKey: there is no such case.
        ValueRefused: the number leads to several cases in different versions, and none merged it.
    """
    wanted = select(_case, _study.c.profile).join(_study, _study.c.id == _case.c.study_id)
    wanted = wanted.where(_case.c.study_id == study, _case.c.retired_at.is_(None))
    found = connection.execute(wanted.where(_case.c.key == key)).first()
    if found is None:
        moved = select(_redirect.c.row_id).where(
            _redirect.c.study_id == study, _redirect.c.noun == "case", _redirect.c.key == key
        )
        found = connection.execute(wanted.where(_case.c.id.in_(moved))).first()
    if found is None:
        number = _numbered(connection, study, key)
        found = connection.execute(wanted.where(_case.c.id == number.case_id)).first() if number else None
    if found is None:
        keys = connection.scalars(
            select(_case.c.key).where(_case.c.study_id == study, _case.c.retired_at.is_(None))
        )
        raise UnknownKey("case", key, keys)
    return found


def merger(connection: Connection, study: Any, name: str) -> str:
    """Return in a sentence into which case a number was merged; nothing if it was not."""
    alias = _numbered(connection, study, name)
    if alias is None or not alias.merged:
        return ""
    return f"{alias.number} was merged into {alias.key} in {alias.data_set} {alias.version}."


def _numbered(connection: Connection, study: Any, name: str) -> Row[Any] | None:
    """Return the number asked for, with its case: ``251``, or ``4.3:251`` where versions differ.

    A number that a version merged into a case leads to that case, unless another version is named.
    """
    version, colon, number = name.rpartition(":")
    wanted = (
        select(_alias, _case.c.key)
        .join(_case, _case.c.id == _alias.c.case_id)
        .where(_alias.c.study_id == study, _alias.c.number == number, _alias.c.retired_at.is_(None))
        .order_by(_alias.c.version)
    )
    found = [row for row in connection.execute(wanted) if not colon or version in (row.version, row.data_set)]
    found = [row for row in found if row.merged] or found
    if len({row.case_id for row in found}) > 1:
        listed = ", ".join(f"{row.key} in {row.data_set} {row.version}" for row in found)
        raise ValueRefused(
            f"{name} is {listed}; give the case's key, or a version: {found[0].version}:{number}."
        )
    return found[0] if found else None
