"""Write what came from another copy of a ledger: its revisions as they are, and the rows that both make together."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from evidence.errors import LedgerError
from evidence.ledger import canonical, passages
from evidence.ledger.bulk import insert_block
from evidence.ledger.merging_clashes import uniques
from evidence.ledger.merging_rows import Plan
from evidence.ledger.merging_sides import Side
from evidence.ledger.named import name_of
from evidence.ledger.revisions import Unit
from evidence.ledger.store import shown
from evidence.models import Base, Change, Revision, Text

__all__ = ["bring_rows", "take_over", "words_of"]

_BLOCK = 500
_revision, _change, _text = (Base.metadata.tables[model.__tablename__] for model in (Revision, Change, Text))


def take_over(session: Unit, theirs: Side, *, parted: bool) -> None:
    """Write revisions and changes of another copy as they are, numbered after ours.

    Args:
        session: the unit of work.
        theirs: the revisions, proven.
        parted: whether ours has revisions that theirs lacks, so that a merge revision follows.
    """
    connection = session.connection()
    newest = select(_revision.c.number, _revision.c.digest).where(_revision.c.study_id == session.study_id)
    last = connection.execute(newest.order_by(_revision.c.number.desc()).limit(1)).one()
    taken = [
        {**revision._mapping, "number": number}  # noqa: SLF001 - its documented name
        for number, revision in enumerate(theirs.revisions, start=last.number + 1)
    ]
    known = select(_revision.c.id).where(_revision.c.id.in_([row["id"] for row in taken[:_BLOCK]]))
    if connection.execute(known.limit(1)).first():
        raise LedgerError(
            f"{theirs.name} has a revision under an id that another revision has here; nothing was merged. Merge a copy "
            "that nobody altered."
        )
    for revision, row in zip(theirs.revisions, taken, strict=True):
        changes = theirs.changes.get(revision.id, [])
        # As every revision is written: a server lets changes be added to one only until it has its digest.
        connection.execute(insert(_revision), {**row, "digest": ""})
        insert_block(connection, _change, [_driven(change) for change in changes])
        sealed = update(_revision).where(_revision.c.id == revision.id).values(digest=revision.digest)
        connection.execute(sealed)
        session.added_to.update(change.table_name for change in changes if change.before is None)
        session.edited_in.update(change.table_name for change in changes if change.before is not None)
    session.taken = [revision.id for revision in theirs.revisions]
    session.parted_at = last.digest if parted else ""


def _driven(change: Any) -> tuple[Any, ...]:
    """Return a change as drivers take it: ids as 32 digits."""
    return (
        change.id.hex, change.study_id.hex, change.revision_id.hex, change.position, change.table_name,
        change.row_id.hex, change.before, change.after,
    )  # fmt: skip


def bring_rows(session: Unit, plan: Plan, words: dict[str, str]) -> None:
    """Bring the rows to what the plan says, and note what the merge revision says of them.

    Args:
        session: the unit of work.
        plan: what is to be.
        words: the words of texts that come in, by their SHA-256.
    """
    connection = session.connection()
    passages.ready(connection)
    edited = {row_id: row for row_id, row in plan.rows.items() if row_id not in plan.new}
    _give_way(connection, edited)
    for row_id, name in plan.gone.items():
        if name in passages.INDEXED:
            passages.take_out(connection, session.study_id, [uuid.UUID(row_id)])
    gone = [uuid.UUID(row_id) for row_id, name in plan.gone.items() if name == "text"]
    held = select(_text.c.sha256, _text.c.content).where(_text.c.id.in_(gone), _text.c.content.is_not(None))
    words = words | {row.sha256: row.content for row in connection.execute(held)}
    for row_id, name in plan.gone.items():
        table = Base.metadata.tables[name]
        connection.execute(delete(table).where(table.c.id == uuid.UUID(row_id)))
    added = {row_id: plan.rows[row_id] for row_id in plan.new}
    for table in Base.metadata.sorted_tables:
        edited |= _insert(
            connection, table, [values for name, values in added.values() if name == table.name], words
        )
    for row_id, (name, values) in edited.items():
        table = Base.metadata.tables[name]
        kept = _with_words(name, _decoded(table, values), words)
        done = connection.execute(update(table).where(table.c.id == uuid.UUID(row_id)).values(kept))
        if not done.rowcount:  # a server leaves out in silence what a role may not change
            raise LedgerError(
                f"You may not change {_called(connection, table, row_id)} on {shown(connection.engine.url)}, as the other copy did; "
                "nothing was merged. 'evidence db roles' says who may; ask an owner to merge."
            )
    for name, row_id, before, after in plan.changes:
        session.note(name, uuid.UUID(row_id), canonical.as_json(before), canonical.as_json(after))


def _called(connection: Connection, table: Table, row_id: str) -> str:
    """Return what a row is called."""
    found = connection.execute(select(table).where(table.c.id == uuid.UUID(row_id))).mappings().first()
    noted = {name: canonical.noted(name, value) for name, value in (found or {}).items()}
    return (
        name_of(table.name, noted) if noted else f"a {table.name.replace('_', ' ')} that is hidden from you"
    )


def _decoded(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    return canonical.row_of(table, values.keys(), values.values())


def _give_way(connection: Connection, edited: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
    """Take unique values from rows that get others, so that they are free for whichever row has them next."""
    for number, (row_id, (name, values)) in enumerate(edited.items(), start=1):
        table = Base.metadata.tables[name]
        index = {column for columns in uniques(table) for column in columns} & values.keys()
        for column in sorted(index):
            kind = table.c[column].type.python_type
            aside: Any = None if values[column] is None else f"~{row_id}" if kind is str else -number
            if not table.c[column].foreign_keys and kind in (str, int):
                connection.execute(
                    update(table).where(table.c.id == uuid.UUID(row_id)).values({column: aside})
                )


def _insert(
    connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]], words: Mapping[str, str]
) -> dict[str, tuple[str, dict[str, Any]]]:
    """Insert rows of a table; return what is to be set once all are there: links to rows of the same table."""
    own = [
        column.name
        for link in table.foreign_key_constraints
        if link.referred_table is table
        for column in link.columns
    ]
    found, later = [], {}
    for values in rows:
        row = dict.fromkeys(table.c.keys()) | {c.name: _default(c) for c in table.c if not c.nullable}
        row |= _with_words(table.name, _decoded(table, values), words)
        linked = {
            name: values[name] for name in own if values.get(name) is not None and table.c[name].nullable
        }
        if linked:
            row.update(dict.fromkeys(linked))
            later[str(values["id"])] = (table.name, linked)
        found.append(row)
    for start in range(0, len(found), _BLOCK):
        connection.execute(insert(table), found[start : start + _BLOCK])
    return later


def _default(column: Any) -> Any:
    """Return what a row has in a column that is younger than its revision."""
    if column.default is None:
        return None
    value = column.default.arg
    return value(None) if callable(value) else value


def words_of(other: Connection, theirs: Side, plan: Plan) -> dict[str, str]:
    """Return the words of texts that come in, by their SHA-256; changes only name them by it.

    Raises:
        LedgerError: they are not what was added there.
    """
    found: dict[str, str] = {}
    added: dict[str, list[str]] = {}
    for row in theirs.rows.values():
        if row.table == "text" and "content" in row.fields:
            added.setdefault(str(row.values["content"]), []).append(row.id)
    for row_id, (name, values) in plan.rows.items():
        noted = values.get("content")
        if name != "text" or noted is None or noted != canonical.renoted("content", noted):
            continue
        sha256 = str(noted).partition(":")[2]
        own = [
            row.id
            for row in theirs.rows.values()
            if row.table == "text" and row.values.get("content") == noted
        ]
        asked = select(_text.c.content).where(_text.c.id.in_([uuid.UUID(one) for one in (*own, row_id)]))
        held = [
            words for words in other.scalars(asked) if words is not None and canonical.by_hash(words) == noted
        ]
        if held:
            found[sha256] = held[0]
        elif own:
            raise LedgerError(
                f"{theirs.name}: the words of a text that was added there are not as they were (SHA-256 {sha256}); nothing "
                "was merged. Run 'evidence history verify' on it, and merge a copy that holds."
            )
    return found


def _with_words(name: str, row: dict[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """Return a row with its words in the place of their hash."""
    noted = row.get("content")
    if name != "text" or noted is None or noted != canonical.renoted("content", noted):
        return row
    return {**row, "content": words[str(noted).partition(":")[2]]}
