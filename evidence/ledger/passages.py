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
    Select,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
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

from evidence.ledger.bulk import kept_by_row
from evidence.ledger.finding import GROUP_BITS, GROUPS, STUDY_BITS
from evidence.ledger.query import LONGEST_PHRASE
from evidence.ledger.terms import fold, terms
from evidence.models import Base, Change, Study

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = [
    "FIELDS", "INDEXED", "PASSAGE", "WORDS", "copied", "follow", "in_models", "is_sqlite", "ready", "rebuild",
    "standing",
    "take_out",
]  # fmt: skip

PASSAGE = Table(
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

#: Tables whose records have no key, and are found by another's.
_NAMED = {"text", "bearing", "variable_version"}
_SOURCES = {("text", "content"), ("source", "title")}
_QUOTED = ("words", "transliteration", "translation")
_TITLES = ("title", "label", "statement")
#: What is long but says nothing of its own.
_BESIDE = {("quote", "prefix"), ("quote", "suffix")}
#: PostgreSQL's limits: places of one word in a vector (255), the last place that is told apart (16,383), the
#: bytes of a word (2,046) and of all words (1 MiB).
_TIMES, _PLACES, _LONGEST, _BYTES = 250, 16_000, 256, 500_000
#: Vectors made at a time.
_BATCH = 500
_GREATEST = 2**63 - 1
#: After so many new passages a server should look again at how many there are.
_MANY = 5000


def _fields() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return which columns are found: by group and table, read off the models."""
    found: dict[str, dict[str, tuple[str, ...]]] = {group: {} for group in GROUPS}
    for noun in Base.metadata.sorted_tables:
        if noun.name not in _NAMED and not {"key", "study_id", "retired_at"} <= set(noun.c.keys()):
            continue
        for field in noun.columns:
            if group := _group(noun.name, field):
                found[group][noun.name] = (*found[group].get(noun.name, ()), field.name)
    return found


def _group(noun: str, field: Column[Any]) -> str:
    if (noun, field.name) in _SOURCES:
        return "sources"
    if noun == "quote" and field.name in _QUOTED:
        return "quotes"
    spoken = field.info.get("long") or field.name in _TITLES
    return "notes" if spoken and (noun, field.name) not in _BESIDE else ""


#: By group and table, the columns that are found.
FIELDS = _fields()
INDEXED = frozenset(name for tables in FIELDS.values() for name in tables)


def in_models(name: str | None, kind: str, parents: object = None) -> bool:  # noqa: ARG001 - as Alembic calls it
    """Tell whether something in a database should be in the models: all but the index and what FTS5 makes of it."""
    return not (
        kind == "table" and name is not None and (name == "passage" or name.startswith("passage_index"))
    )


#: So many rows of a merge are looked up one by one.
_FEW = 500


def follow(session: Unit) -> None:
    """Bring the index up to what a unit of work changed; the unit's revision and changes are written."""
    touched = INDEXED & (session.added_to | session.edited_in)
    if not touched or not (session.revision_id or session.taken):
        return
    connection = session.connection()
    ready(connection)
    for name in sorted(touched & session.edited_in):
        take_out(connection, session.study_id, _changed(session, name, old=True))
    _put_in(
        connection,
        session.study_id,
        {name: _changed(session, name, old=name in session.edited_in) for name in touched},
    )


def _changed(session: Unit, name: str, *, old: bool) -> Any:
    """Return the ids of the rows of a table that this unit added or, with ``old``, changed in what is found."""
    told = [field for nouns in FIELDS.values() for field in nouns.get(name, ())] + ["retired_at"]
    own = [session.revision_id] if session.revision_id else []
    mine = and_(
        _change.c.study_id == session.study_id,
        _change.c.revision_id.in_([*session.taken, *own]),
        _change.c.table_name == name,
    )
    changed: ColumnElement[bool] = _change.c.before.is_(None)
    if old:  # canonical JSON: a column's name stands so nowhere but as a name
        changed = or_(changed, *(_change.c.before.contains(f'"{field}":', autoescape=True) for field in told))
    found = select(_change.c.row_id).where(mine, changed)
    if not session.taken:
        return found
    # Where a merge brought many revisions, a file would rather read all of a table than look these rows up in it.
    some = list(session.connection().scalars(found.limit(_FEW + 1)))
    return some if len(some) <= _FEW else found


def rebuild(connection: Connection) -> int:
    """Make the whole index anew.

    Returns:
        How many passages it has.
    """
    ready(connection)
    if is_sqlite(connection):
        _empty(connection)
    else:
        connection.execute(text("DELETE FROM passage_index"))
    connection.execute(delete(PASSAGE))
    for study in connection.scalars(select(Study.id).order_by(Study.id)).all():
        _put_in(connection, study, dict.fromkeys(INDEXED))
    return _count(connection, select(func.count()).select_from(PASSAGE))


#: What makes FTS5's own tables those of an index just made.
_NEW = (
    "CREATE VIRTUAL TABLE temp.passage_new USING fts5(words, content='', tokenize='ascii')",
    *(
        line.format(part)
        for part in ("data", "idx", "docsize", "config")
        for line in (
            "DELETE FROM main.passage_index_{0}",
            "INSERT INTO main.passage_index_{0} SELECT * FROM temp.passage_new_{0}",
        )
    ),
    "INSERT INTO main.passage_index_config VALUES ('hashsize', 33554432)",
    "DROP TABLE temp.passage_new",
)


def _empty(connection: Connection) -> None:
    """Take everything out of the full-text search of a file, however damaged it is."""
    # By hand, since FTS5 may be unable to open its own tables, and "delete-all" would leave its settings.
    for line in _NEW:
        connection.execute(text(line))


def _count(connection: Connection, counted: Select[int]) -> int:
    return int(connection.execute(counted).scalar_one())


def is_sqlite(connection: Connection) -> bool:
    """Tell whether the ledger is a file."""
    return connection.dialect.name == "sqlite"


def ready(connection: Connection) -> None:
    """Teach a file's connection to fold words."""
    if is_sqlite(connection):
        driver: Any = connection.connection.driver_connection
        driver.create_function("folded", 1, fold, deterministic=True)


def standing(study: Any, group: str, rows: dict[str, Any]) -> Subquery | None:
    """Return what a group should have of some tables' rows (all rows, where it is nothing)."""
    parts = []
    for name, columns in FIELDS[group].items():
        if name not in rows:
            continue
        noun = Base.metadata.tables[name]
        for field in columns:
            words = null() if name == "text" else noun.c[field]
            filled = noun.c[field].is_not(None) if name == "text" else noun.c[field] != ""
            wanted = select(
                noun.c.id.label("record_id"),
                literal(name).label("noun"),
                literal(field).label("field"),
                words.label("words"),
            ).where(_own(noun, study, rows[name]), noun.c.retired_at.is_(None), filled)
            parts.append(wanted if rows[name] is None else wanted.where(noun.c.id.in_(rows[name])))
    return union_all(*parts).subquery() if parts else None


def _own(noun: Table, study: Any, ids: Any) -> ColumnElement[bool]:
    """Ask for a study's rows; of rows that are known by their ids so that a file does not look through all of them."""
    owner = noun.c.study_id
    own: ColumnElement[bool] = (func.coalesce(owner, owner) if isinstance(ids, list) else owner) == study
    return own


def _put_in(connection: Connection, study: Any, rows: dict[str, Any]) -> None:
    base = _number(connection, study) << STUDY_BITS
    for number, group in enumerate(GROUPS):
        found = standing(study, group, rows)
        if found is None:
            continue
        first, end = base + (number << GROUP_BITS), base + (number + 1 << GROUP_BITS) - 1
        last = _last(connection, study, first, end) or first
        place = func.row_number().over(order_by=(found.c.record_id, found.c.field))
        new = select(
            (literal(last, BigInteger) + place).label("id"),
            literal(study, Uuid).label("study_id"),
            found.c.record_id, found.c.noun, found.c.field, found.c.words,
        )  # fmt: skip
        connection.execute(insert(PASSAGE).from_select(list(PASSAGE.c.keys()), new))
        _index(connection, study, last, end)


def _number(connection: Connection, study: Any) -> int:
    """Return a study's number in the index: the one it has, or the next."""
    if is_sqlite(connection):  # any passage of it tells
        mine: int | None = connection.scalar(select(PASSAGE.c.id).where(PASSAGE.c.study_id == study).limit(1))
    else:
        mine = _last(connection, study, 0, _GREATEST)
    if mine is not None:
        return mine >> STUDY_BITS
    # On a server two new studies may take the same number at once; there the study is part of the primary key.
    last = _last(connection, None, 0, _GREATEST)
    return 0 if last is None else (last >> STUDY_BITS) + 1


def _last(connection: Connection, study: Any, first: int, last: int) -> int | None:
    """Return the last number in use in a range, of a study or of all."""
    if (
        connection.dialect.name == "postgresql"
    ):  # which may keep from whoever asks that there are such passages
        known = select(func.evidence_last_passage(study, first, last, type_=BigInteger))
    else:
        known = (
            select(PASSAGE.c.id)
            .where(PASSAGE.c.id.between(first, last))
            .order_by(PASSAGE.c.id.desc())
            .limit(1)
        )
        if study is not None:  # whose own the range is, so that the first that is met is the last
            known = known.where(func.coalesce(PASSAGE.c.study_id, PASSAGE.c.study_id) == study)
    found = connection.execute(known).scalar()
    return None if found is None else int(found)


WORDS = "FROM passage AS p LEFT JOIN text AS t ON p.words IS NULL AND t.id = p.record_id"


def _index(connection: Connection, study: Any, after: int, last: int) -> None:
    """Index the words of the passages numbered after ``after``, up to ``last``."""
    if is_sqlite(connection):
        statement = f"INSERT INTO passage_index (rowid, words) SELECT p.id, folded(coalesce(p.words, t.content)) {WORDS}"
        connection.execute(
            text(f"{statement} WHERE p.id > :after AND p.id <= :last ORDER BY p.id"),
            {"after": after, "last": last},
        )
        return
    statement = f"SELECT p.id, coalesce(p.words, t.content) {WORDS} WHERE p.study_id = :study AND p.id > :after AND p.id <= :last"
    batch, begun = text(f"{statement} ORDER BY p.id LIMIT {_BATCH}"), after
    while found := connection.execute(batch, {"study": study, "after": after, "last": last}).all():
        copied(connection, study, found)
        after = found[-1][0]
    if after - begun > _MANY:  # the server would learn of it by itself, but perhaps only in a minute
        connection.execute(text("ANALYZE passage (study_id, id, record_id)"))


def copied(connection: Connection, study: Any, found: Sequence[Any], into: str = "passage_index") -> None:
    """Write the vectors of some passages, given by number and words, into a table of a server."""
    driver: Any = connection.connection.driver_connection
    rows = _sliced(study, found)
    if kept_by_row(connection, into):
        with driver.cursor() as cursor:
            line = f"INSERT INTO {into} (study_id, id, slice, vector) VALUES (%s, %s, %s, %s)"  # noqa: S608 - ours
            cursor.executemany(line, rows)
        return
    line = f"COPY {into} (study_id, id, slice, vector) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(line) as copy:
        for row in rows:
            copy.write_row(row)


def _sliced(study: Any, found: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    for number, words in found:
        slices = list(vectors(terms(words)))
        for place, vector in enumerate(slices):
            # A text in one piece is slice 0; the slices of a longer one count from 1.
            yield study, number, place + (len(slices) > 1), vector


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


def take_out(connection: Connection, study: Any, record_ids: Any) -> None:
    """Take out of the index what it has of some records, while the ledger still has their words."""
    gone = select(PASSAGE.c.id).where(PASSAGE.c.study_id == study, PASSAGE.c.record_id.in_(record_ids))
    numbers = list(connection.scalars(gone))
    for start in range(0, len(numbers), _BATCH):
        some = {"study": study, "ids": numbers[start : start + _BATCH]}
        if is_sqlite(connection):  # which must be told what the words were
            statement = f"INSERT INTO passage_index (passage_index, rowid, words) SELECT 'delete', p.id, folded(coalesce(p.words, t.content)) {WORDS} WHERE p.id IN :ids"
        else:
            statement = "DELETE FROM passage_index WHERE study_id = :study AND id IN :ids"
        connection.execute(_among(statement), some)
        connection.execute(delete(PASSAGE).where(PASSAGE.c.study_id == study, PASSAGE.c.id.in_(some["ids"])))


def _among(statement: str) -> Any:
    bound = text(statement).bindparams(bindparam("ids", expanding=True))
    return bound.bindparams(bindparam("study", type_=Uuid())) if ":study" in statement else bound
