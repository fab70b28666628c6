"""Find records by their keys, the present ones and those they had before."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from evidence.errors import UnknownKey, ValueRefused, spoken
from evidence.ledger.blindfold import codes_hidden
from evidence.ledger.nouns import NOUNS, Noun
from evidence.ledger.revisions import Unit
from evidence.models import Redirect, VariableVersion

__all__ = ["find", "hidden", "keys", "listed", "named", "version_id"]

#: What is not brought back, but done anew.
_AGAIN = {
    "decision": "decide again with 'evidence code'",
    "coding_round": "'evidence round open' opens another",
}


def keys(session: Unit, noun: str) -> list[str]:
    """Return the keys of a noun, the retired ones left out."""
    model = NOUNS[noun].model
    wanted = select(model.key, model.id).where(model.study_id == session.study_id, model.retired_at.is_(None))
    unseen = hidden(session) if noun == "decision" else ()
    return [key for key, row_id in session.execute(wanted.order_by(model.key)) if row_id not in unseen]


def hidden(session: Unit) -> frozenset[uuid.UUID]:
    """Return the codes that a blind round hides from whoever is at work (a server leaves them out by itself)."""
    if not session.reader:
        return frozenset()
    return codes_hidden(session.connection(), session.study_id, session.reader) or frozenset()


def named(session: Unit, noun: str, key: str) -> Any:
    """Return the record that has a key, or once had it; nothing if there is none, or none to be seen."""
    model = NOUNS[noun].model
    row = session.scalars(select(model).where(model.study_id == session.study_id, model.key == key)).first()
    if row is None:
        moved = select(Redirect.row_id).where(
            Redirect.study_id == session.study_id, Redirect.noun == noun, Redirect.key == key
        )
        row_id = session.scalars(moved).first()
        row = session.get(model, row_id) if row_id else None
    return None if row is not None and noun == "decision" and row.id in hidden(session) else row


def find(session: Unit, noun: str, key: str, *, retired: bool = False) -> Any:
    """Return the record with that key, or that had it before it was renamed.

    Raises:
        UnknownKey: there is none; the sentence names those that look like it.
    """
    row = named(session, noun, key)
    if row is None:
        raise UnknownKey(noun, key, keys(session, noun))
    if row.retired_at is not None and not retired:
        back = _AGAIN.get(noun, f"'evidence {noun} edit {key} --restore' brings it back")
        raise ValueRefused(f"{spoken(noun)} {key} was retired; {back}.")
    return row


def version_id(session: Unit, variable: str, version: Any) -> uuid.UUID:
    """Return the id of a variable's version, the newest unless one is named."""
    row = find(session, "variable", variable)
    known = session.scalars(
        select(VariableVersion)
        .where(
            VariableVersion.study_id == session.study_id,
            VariableVersion.variable_id == row.id,
            VariableVersion.retired_at.is_(None),
        )
        .order_by(VariableVersion.id)
    ).all()
    if version is None and known:
        return known[-1].id
    for one in known:
        if one.version == str(version):
            return one.id
    raise UnknownKey(f"version of {variable}", str(version), [one.version for one in known])


def listed(session: Unit, noun: str, *, retired: bool = False) -> list[Any]:
    """Return a noun's records by key."""
    model = NOUNS[noun].model
    wanted = select(model).where(model.study_id == session.study_id)
    if not retired:
        wanted = wanted.where(model.retired_at.is_(None))
    return list(session.scalars(wanted.order_by(*(getattr(model, c) for c in _order(NOUNS[noun])))))


def _order(kind: Noun) -> list[str]:
    fields = [kind.fields.get(name) for name in kind.known_by if name != "version"]
    return [field.column for field in fields if field] or ["id"]
