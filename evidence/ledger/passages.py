"""The index of ``find``: every text, quote and note of the ledger, in the full-text search of its database.

The index is no evidence: it has no history and can be made anew at will. A unit of work brings it up to date
when it ends (``follow``), by a few statements over what the revision changed, whatever the number of rows.

A passage is what can be found: one field of one record. Its number tells the study (from 48 bits on), the
group (46 and 47) and its place there, so that a range of numbers is a group of one study, and neither database
has to look anything up to leave the others out. SQLite's FTS5 keeps folded words alone and no copy of the
text (``content=''``); PostgreSQL keeps vectors, in slices where a text is longer than a vector may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    Text,
    Uuid,
    and_,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.sql.selectable import Subquery

from evidence.ledger.query import LONGEST_PHRASE
from evidence.ledger.terms import fold, terms
from evidence.models import Base, Change, Study

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["FIELDS", "GROUPS", "check", "follow", "in_models", "rebuild"]

#: What can be asked for apart, in the order of the groups' numbers.
GROUPS = ("sources", "quotes", "notes")
STUDY_BITS, GROUP_BITS = 48, 46

_passage = Table(
    "passage",
    MetaData(),  # of its own: the ledger's tables are evidence, and this is none
    Column("id", BigInteger, primary_key=True),
    Column("study_id", Uuid),
    Column("record_id", Uuid),
    Column("noun", Text),
    Column("field", Text),
    Column("words", Text),  # nothing for a text, whose words are long and never change
)
_change = Change.__table__

_OWN = {"text": "content", "source": "title", "quote": "words"}
_QUOTED = ("words", "transliteration", "translation")
_TITLES = ("title", "label", "statement")
#: What is long but says nothing of its own.
_BESIDE = {("quote", "prefix"), ("quote", "suffix")}
#: PostgreSQL's limits: places of one word in a vector (255), the last place that is told apart (16,383), the
#: bytes of a word (2,046) and of all words (1 MiB).
_TIMES, _PLACES, _LONGEST, _BYTES = 250, 16_000, 256, 500_000
#: Vectors made at a time.
_BATCH = 500


def _fields() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return which columns are found: by group and table, read off the models."""
    found: dict[str, dict[str, tuple[str, ...]]] = {group: {} for group in GROUPS}
    for table in Base.metadata.sorted_tables:
        if "retired_at" not in table.c or not (
            "key" in table.c or table.name in ("text", "bearing", "variable_version")
        ):
            continue
        by_group: dict[str, list[str]] = {group: [] for group in GROUPS}
        for column in table.columns:
            pair = (table.name, column.name)
            if pair in (("text", "content"), ("source", "title")):
                by_group["sources"].append(column.name)
            elif table.name == "quote" and column.name in _QUOTED:
                by_group["quotes"].append(column.name)
            elif pair not in _BESIDE and (column.info.get("long") or column.name in _TITLES):
                by_group["notes"].append(column.name)
        for group, columns in by_group.items():
            if columns and "study_id" in table.c:
                found[group][table.name] = tuple(columns)
    return found


#: By group and table, the columns that are found.
FIELDS = _fields()
_INDEXED = frozenset(name for tables in FIELDS.values() for name in tables)


def in_models(name: str | None, kind: str, parents: object = None) -> bool:  # noqa: ARG001 - as Alembic calls it
    """Tell whether something in a database should be in the models: all but the index and what FTS5 makes of it."""
    return not (
        kind == "table" and name is not None and (name == "passage" or name.startswith("passage_index"))
    )


def follow(session: Unit) -> None:
    """Bring the index up to what a unit of work changed; the unit's revision and changes are written."""
    touched = _INDEXED & (session.added_to | session.edited_in)
    if not touched or session.revision_id is None:
        return
    connection = session.connection()
    _ready(connection)
    for name in sorted(touched & session.edited_in):
        _take_out(connection, session.study_id, _changed(session, name, old=True))
    _put_in(
        connection,
        session.study_id,
        {name: _changed(session, name, old=name in session.edited_in) for name in touched},
    )


def _changed(session: Unit, name: str, *, old: bool) -> Any:
    """Return the ids of the rows of a table that this unit added or, with ``old``, changed in what is found."""
    told = [column for tables in FIELDS.values() for column in tables.get(name, ())] + ["retired_at"]
    mine = and_(
        _change.c.study_id == session.study_id,
        _change.c.revision_id == session.revision_id,
        _change.c.table_name == name,
    )
    changed: ColumnElement[bool] = _change.c.before.is_(None)
    if old:  # canonical JSON: a column's name stands so nowhere but as a name
        changed = or_(
            changed, *(_change.c.before.contains(f'"{column}":', autoescape=True) for column in told)
        )
    return select(_change.c.row_id).where(mine, changed)


def rebuild(connection: Connection) -> int:
    """Make the whole index anew.

    Returns:
        How many passages it has.
    """
    _ready(connection)
    if _is_sqlite(connection):
        connection.execute(text("INSERT INTO passage_index (passage_index) VALUES ('delete-all')"))
    else:
        connection.execute(text("DELETE FROM passage_index"))
    connection.execute(delete(_passage))
    for study in connection.scalars(select(Study.id).order_by(Study.id)).all():
        _put_in(connection, study, dict.fromkeys(_INDEXED))
    return connection.execute(select(func.count()).select_from(_passage)).scalar_one()


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _ready(connection: Connection) -> None:
    if _is_sqlite(connection):
        driver: Any = connection.connection.driver_connection
        driver.create_function("folded", 1, fold, deterministic=True)


def _standing(study: Any, group: str, rows: dict[str, Any]) -> Subquery | None:
    """Return what a group should have of some tables' rows (all rows, where it is nothing)."""
    parts = []
    for name, columns in FIELDS[group].items():
        if name not in rows:
            continue
        table = Base.metadata.tables[name]
        for column in columns:
            words = null() if name == "text" else table.c[column]
            filled = table.c[column].is_not(None) if name == "text" else table.c[column] != ""
            wanted = select(
                table.c.id.label("record_id"),
                literal(name).label("noun"),
                literal(column).label("field"),
                words.label("words"),
            ).where(table.c.study_id == study, table.c.retired_at.is_(None), filled)
            parts.append(wanted if rows[name] is None else wanted.where(table.c.id.in_(rows[name])))
    return union_all(*parts).subquery() if parts else None


def _put_in(connection: Connection, study: Any, rows: dict[str, Any]) -> None:
    base = _number(connection, study) << STUDY_BITS
    for number, group in enumerate(GROUPS):
        standing = _standing(study, group, rows)
        if standing is None:
            continue
        first = base + (number << GROUP_BITS)
        known = select(func.max(_passage.c.id)).where(
            _passage.c.study_id == study, _passage.c.id.between(first, first + (1 << GROUP_BITS) - 1)
        )
        last = connection.execute(known).scalar() or first
        place = func.row_number().over(order_by=(standing.c.record_id, standing.c.field))
        new = select(
            (literal(last, BigInteger) + place).label("id"),
            literal(study, Uuid).label("study_id"),
            standing.c.record_id, standing.c.noun, standing.c.field, standing.c.words,
        )  # fmt: skip
        done = connection.execute(insert(_passage).from_select(list(_passage.c.keys()), new))
        if done.rowcount:
            _index(connection, study, last, last + done.rowcount)


def _number(connection: Connection, study: Any) -> int:
    """Return a study's number in the index: the one it has, or the next."""
    mine = connection.execute(select(_passage.c.id).where(_passage.c.study_id == study).limit(1)).scalar()
    if mine is not None:
        return mine >> STUDY_BITS
    # On a server two new studies may take the same number at once; there the study is part of the primary key.
    last = connection.execute(select(func.max(_passage.c.id))).scalar()
    return 0 if last is None else (last >> STUDY_BITS) + 1


_WORDS = "FROM passage AS p LEFT JOIN text AS t ON p.words IS NULL AND t.id = p.record_id"


def _index(connection: Connection, study: Any, after: int, last: int) -> None:
    """Index the words of the passages numbered after ``after``, up to ``last``."""
    if _is_sqlite(connection):
        statement = f"INSERT INTO passage_index (rowid, words) SELECT p.id, folded(coalesce(p.words, t.content)) {_WORDS}"
        connection.execute(
            text(f"{statement} WHERE p.id > :after AND p.id <= :last ORDER BY p.id"),
            {"after": after, "last": last},
        )
        return
    statement = f"SELECT p.id, coalesce(p.words, t.content) {_WORDS} WHERE p.study_id = :study AND p.id > :after AND p.id <= :last"
    batch = text(f"{statement} ORDER BY p.id LIMIT {_BATCH}")
    while after < last:
        found: Sequence[Any] = connection.execute(batch, {"study": study, "after": after, "last": last}).all()
        if not found:
            return
        _copy(connection, study, found)
        after = found[-1][0]


def _copy(connection: Connection, study: Any, found: Sequence[Any]) -> None:
    driver: Any = connection.connection.driver_connection
    line = "COPY passage_index (study_id, id, slice, vector) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(line) as copy:
        for number, words in found:
            slices = list(vectors(terms(words)))
            for place, vector in enumerate(slices):
                # A text in one piece is slice 0; the slices of a longer one count from 1.
                copy.write_row((study, number, place + (len(slices) > 1), vector))


def vectors(found: Sequence[str]) -> Iterator[str]:
    """Yield terms as PostgreSQL writes vectors: one, or slices that overlap by the longest phrase."""
    start = 0
    while True:
        places: dict[str, list[int]] = {}
        size, end = 0, start
        while end < len(found) and end - start < _PLACES and size < _BYTES:
            term = found[end][:_LONGEST]
            known = places.get(term)
            if known is None:
                known = places[term] = []
                size += 4 * len(term) + 8
            elif len(known) >= _TIMES:
                break
            end += 1
            known.append(end - start)
        yield " ".join(f"'{term}':{','.join(map(str, at))}" for term, at in places.items())
        if end >= len(found):
            return
        start = max(end - LONGEST_PHRASE, start + 1)


def _take_out(connection: Connection, study: Any, record_ids: Any) -> None:
    gone = select(_passage.c.id).where(_passage.c.study_id == study, _passage.c.record_id.in_(record_ids))
    numbers = list(connection.scalars(gone))
    for start in range(0, len(numbers), _BATCH):
        some = {"study": study, "ids": numbers[start : start + _BATCH]}
        if _is_sqlite(connection):  # which must be told what the words were
            statement = f"INSERT INTO passage_index (passage_index, rowid, words) SELECT 'delete', p.id, folded(coalesce(p.words, t.content)) {_WORDS} WHERE p.id IN :ids"
        else:
            statement = "DELETE FROM passage_index WHERE study_id = :study AND id IN :ids"
        connection.execute(_among(statement), some)
        connection.execute(
            delete(_passage).where(_passage.c.study_id == study, _passage.c.id.in_(some["ids"]))
        )


def _among(statement: str) -> Any:
    from sqlalchemy import bindparam

    bound = [bindparam("ids", expanding=True)]
    if ":study" in statement:
        bound.append(bindparam("study", type_=Uuid()))
    return text(statement).bindparams(*bound)


def check(connection: Connection) -> list[str]:
    """Return in sentences how the index does not fit the ledger; none if it does."""
    missing = other = 0
    for study in connection.scalars(select(Study.id)):
        for group in GROUPS:
            standing = _standing(study, group, dict.fromkeys(_INDEXED))
            if standing is None:
                continue
            same = and_(
                _passage.c.study_id == study,
                _passage.c.record_id == standing.c.record_id,
                _passage.c.field == standing.c.field,
                or_(
                    _passage.c.words == standing.c.words,
                    and_(_passage.c.words.is_(None), standing.c.words.is_(None)),
                ),
            )
            joined = standing.outerjoin(_passage, same)
            count = select(func.count()).select_from(joined)
            missing += connection.execute(count.where(_passage.c.id.is_(None))).scalar_one()
            other -= connection.execute(count.where(_passage.c.id.is_not(None))).scalar_one()
    other += connection.execute(select(func.count()).select_from(_passage)).scalar_one()
    kept = "passage_index_docsize" if _is_sqlite(connection) else "passage_index"
    lost = connection.execute(
        text(f"SELECT count(*) FROM passage WHERE id NOT IN (SELECT id FROM {kept})")
    ).scalar_one()
    left = connection.execute(
        text(f"SELECT count(*) FROM {kept} WHERE id NOT IN (SELECT id FROM passage)")
    ).scalar_one()
    if not (missing or other or lost or left):
        return []
    return [
        f"the index of find does not fit the ledger ({missing + lost} passages missing, {other + left} that are no more); "
        "run 'evidence db reindex'"
    ]
