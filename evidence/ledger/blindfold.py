"""While a blind round is open, what its coders are not to see is left out of what they read: a courtesy of files.

A server keeps such rows from whoever signs in (``roles``). A file can be read by whoever has it, so here a view of the
same name stands before each table, for one connection, and whatever is asked through it asks the view.
"""

# ruff: noqa: S608 - statements are put together from the names and words below, and from nothing that anybody typed

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Connection, Uuid, bindparam, text

from evidence.errors import UnknownKey
from evidence.ledger import plain_views
from evidence.ledger.among import driven
from evidence.ledger.concealed import LEADING, leading

__all__ = ["BLINDFOLDED", "VEILED", "VEILS", "blindfold", "codes_hidden", "rows_hidden"]

#: Marks a connection that lacks what is hidden from whoever reads: by these views, or as a copy made through them.
VEILED, BLINDFOLDED = "evidence.veiled", "evidence.blindfolded"
#: The tables that views stand before on such a connection.
VEILS = frozenset([*LEADING, "passage", "change", "revision"])

#: Who somebody is: the coder of that key or name, or whose key it once was.
_ME = (
    "(SELECT id FROM coder WHERE study_id = :study AND lower(:person) IN (lower(key), lower(name)) UNION "
    "SELECT row_id FROM redirect WHERE study_id = :study AND noun = 'coder' AND lower(key) = lower(:person))"
)
_OPEN = "r.study_id = :study AND r.blind AND r.frozen_at IS NULL AND r.retired_at IS NULL AND a.retired_at IS NULL"
_MINE = text(
    f"SELECT 1 FROM coding_round r JOIN assignment a ON a.coding_round_id = r.id WHERE {_OPEN} AND a.coder_id IN {_ME} LIMIT 1"
)
#: Whether a coder is known, or need not be.
_KNOWN = text(
    f"SELECT EXISTS {_ME} OR NOT EXISTS (SELECT 1 FROM coding_round r JOIN assignment a ON a.coding_round_id = r.id WHERE {_OPEN})"
)
#: Codes of others in the blind rounds that somebody codes in, and all that others say of what is to be coded there.
_CODES = (
    "SELECT d.id FROM decision d JOIN variable_version v ON v.id = d.variable_version_id "
    f"WHERE d.study_id = :study AND d.coder_id NOT IN {_ME} AND EXISTS ("
    "SELECT 1 FROM coding_round r JOIN assignment a ON a.coding_round_id = r.id "
    f"JOIN variable_version w ON w.id = r.variable_version_id WHERE {_OPEN} AND a.coder_id IN {_ME} "
    "AND (d.coding_round_id = r.id OR (a.case_id = d.case_id AND w.variable_id = v.variable_id)))"
)
#: What stands for why a revision was made that wrote what is hidden.
_VEIL = "work on codes that a blind round hides from you until it is frozen"


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


def rows_hidden(connection: Connection, study: Any, person: str) -> frozenset[uuid.UUID]:
    """Return these codes and what leads to them."""
    codes = codes_hidden(connection, study, person) or ()
    found = leading(connection, [driven(connection, one) for one in codes])
    return frozenset(uuid.UUID(str(one)) for one in found)


def blindfold(connection: Connection, study: Any, coder: str | None, author: str) -> bool:
    """Leave out of a connection what somebody is not to see, and tell whether there is such a thing.

    Args:
        connection: an open read on a file; a server needs none of this.
        study: the study's id.
        coder: the key of the coder who reads, if they said so.
        author: who reads, otherwise.

    Raises:
        UnknownKey: a blind round is open, and there is no such coder, so that nobody knows what to leave out.
    """
    if connection.dialect.name != "sqlite":
        return False
    who = {"study": study, "person": coder or author}
    if coder and not connection.execute(_KNOWN, who).scalar_one():
        keys = connection.scalars(text("SELECT key FROM coder WHERE study_id = :study"), who)
        raise UnknownKey("coder", coder, keys.all())
    if connection.execute(_MINE, who).first() is None:
        return False
    _hide(connection, who)
    connection.info[VEILED] = connection.info[BLINDFOLDED] = True
    return True


def _hide(connection: Connection, who: dict[str, Any]) -> None:
    """Stand a view before each table that has what is hidden, and before the history."""

    def make(what: str, of: str, **asked: Any) -> None:
        connection.execute(text(f"CREATE TEMP {what} AS SELECT {of}"), asked)

    make("TABLE hidden_code", _CODES.removeprefix("SELECT "), **who)
    hanging = " UNION ".join(
        f"SELECT id FROM main.{table} WHERE {' OR '.join(f'{column} IN (SELECT id FROM temp.hidden_code)' for column in columns)}"
        for table, columns in LEADING.items()
    )
    make("TABLE hidden_row", f"id FROM ({hanging})")
    make(
        "TABLE hidden_revision",
        "DISTINCT revision_id AS id FROM main.change WHERE row_id IN (SELECT id FROM temp.hidden_row)",
    )
    seen = {
        **dict.fromkeys(LEADING, "id NOT IN (SELECT id FROM temp.hidden_row)"),
        "passage": "record_id NOT IN (SELECT id FROM temp.hidden_row)",
        "change": "row_id NOT IN (SELECT id FROM temp.hidden_row)",
    }
    for table, condition in seen.items():
        make(f"VIEW {table}", f"* FROM main.{table} WHERE {condition}")
    names = [row.name for row in connection.execute(text("PRAGMA main.table_info(revision)"))]
    veiled = (
        f"CASE WHEN id IN (SELECT id FROM temp.hidden_revision) THEN '{_VEIL}' ELSE message END AS message"
    )
    columns = [veiled if name == "message" else name for name in names]
    make("VIEW revision", f"{', '.join(columns)} FROM main.revision")
    # The plain views once more, since those of the file see the tables themselves.
    for statement in plain_views.statements().values():
        connection.exec_driver_sql(statement.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))
