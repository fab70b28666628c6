"""While a blind round is open, what its coders are not to see is left out of what they read: a courtesy of files.

A server keeps such rows from whoever signs in (``roles``). A file can be read by whoever has it, so here a view of the
same name stands before each table, for one connection, and whatever is asked through it asks the view.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Connection, Uuid, bindparam, text

__all__ = ["blindfold", "codes_hidden"]

_MINE = text(
    "SELECT 1 FROM coding_round r JOIN assignment a ON a.coding_round_id = r.id JOIN coder c ON c.id = a.coder_id "
    "WHERE r.study_id = :study AND r.blind AND r.frozen_at IS NULL AND r.retired_at IS NULL AND a.retired_at IS NULL "
    "AND c.key = :person LIMIT 1"
)
#: Codes of others in the blind rounds that somebody codes in, and all that others say of what is to be coded there.
_CODES = (
    "SELECT d.id FROM decision d "
    "JOIN variable_version v ON v.id = d.variable_version_id JOIN coder who ON who.id = d.coder_id "
    "WHERE d.study_id = :study AND who.key <> :person AND EXISTS ("
    "SELECT 1 FROM coding_round r JOIN assignment a ON a.coding_round_id = r.id "
    "JOIN coder c ON c.id = a.coder_id JOIN variable_version w ON w.id = r.variable_version_id "
    "WHERE r.blind AND r.frozen_at IS NULL AND r.retired_at IS NULL AND a.retired_at IS NULL AND c.key = :person "
    "AND r.study_id = :study AND (d.coding_round_id = r.id OR (a.case_id = d.case_id AND w.variable_id = v.variable_id)))"
)
#: The column of each table that leads to a code.
_LEADING = {
    "decision": "id", "decision_test": "decision_id", "decision_observation": "decision_id",
    "decision_search": "decision_id", "decision_adjudicated": "decision_id", "review": "subject_id",
    "challenge": "subject_id", "conflict": "subject_id", "passage": "record_id",
}  # fmt: skip


def codes_hidden(connection: Connection, study: Any, person: str) -> frozenset[uuid.UUID] | None:
    """Return the codes of others that a blind round hides from somebody; nothing for whoever codes in none.

    Args:
        connection: that of a unit of work, which sees everything; a server leaves out such rows by itself.
        study: the study's id.
        person: the key of the coder who reads.
    """
    who = {"study": uuid.UUID(str(study)), "person": person}
    own = bindparam("study", type_=Uuid())
    if connection.execute(_MINE.bindparams(own), who).first() is None:
        return None
    return frozenset(uuid.UUID(str(one)) for one in connection.scalars(text(_CODES).bindparams(own), who))


def blindfold(connection: Connection, study: Any, person: str) -> bool:
    """Leave out of a connection what somebody is not to see, and tell whether there is such a thing.

    Args:
        connection: an open read on a file; a server needs none of this.
        study: the study's id.
        person: the key of the coder who reads.
    """
    if connection.dialect.name != "sqlite":
        return False
    who = {"study": study, "person": person}
    if connection.execute(_MINE, who).first() is None:
        return False
    connection.execute(text(f"CREATE TEMP TABLE hidden_code AS {_CODES}"), who)
    for table, column in _LEADING.items():
        connection.execute(
            text(
                f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} "  # noqa: S608 - names of our own
                f"WHERE {column} IS NULL OR {column} NOT IN (SELECT id FROM temp.hidden_code)"
            )
        )
    from evidence.ledger.roles import VEILED  # noqa: PLC0415 - which knows the mapped classes, as reading does not

    connection.info[VEILED] = True
    return True
