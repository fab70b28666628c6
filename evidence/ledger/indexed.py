"""Whether the index of find has every word of every record that can be found, and no other: said record by record.

The passages are held against the records that they were made of. Their words are put into a second index, which
is thrown away, and both are compared: every term with its places in every passage. This takes as long as
``db reindex``.
"""

# ruff: noqa: S608 - statements are put together from the lines below, and from nothing that anybody typed

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import Subquery

from evidence.ledger import history, stored
from evidence.ledger.finding import GROUP_BITS, GROUPS, STUDY_BITS
from evidence.ledger.named import names_of
from evidence.ledger.passages import INDEXED, PASSAGE, WORDS, copied, is_sqlite, ready, standing
from evidence.models import Study

__all__ = ["check"]

#: What is wrong, with {} for the place, and the place: a noun, a record, a field.
_Place: TypeAlias = tuple[str, str, Any, str]

_REMEDY = "run 'evidence db reindex'"
#: Records named one by one; more are counted.
_NAMED = 10
_BATCH = 500
#: What FTS5's own table of settings has (``migrations``).
_SETTINGS = [("hashsize", 32 << 20), ("version", 4)]
#: A second index, thrown away afterwards, and the terms of both as tables.
_AGAIN = (
    *(
        f"DROP TABLE IF EXISTS temp.{name}"
        for name in ("again", "had_row", "had_instance", "has_row", "has_instance")
    ),
    "CREATE VIRTUAL TABLE temp.again USING fts5(words, content='', tokenize='ascii')",
    f"INSERT INTO temp.again (rowid, words) SELECT p.id, folded(coalesce(p.words, t.content, '')) {WORDS} ORDER BY p.id",
    *(
        f"CREATE VIRTUAL TABLE temp.{name}_{kind} USING fts5vocab('{database}', '{index}', '{kind}')"
        for name, database, index in (("had", "main", "passage_index"), ("has", "temp", "again"))
        for kind in ("row", "instance")
    ),
)
#: Passages of which one index has another number of words than the other; the same place by place.
_SIZES = "SELECT id FROM (SELECT id, sz FROM {0}_docsize EXCEPT SELECT id, sz FROM {1}_docsize)"
_APART = 'SELECT DISTINCT doc FROM (SELECT term, doc, "offset" FROM {0}_instance EXCEPT SELECT term, doc, "offset" FROM {1}_instance)'
#: Terms that are not found, or not as often, when they are looked up as a query does: by FTS5's index of its pages.
_LOST = (
    "SELECT term FROM has_row a WHERE NOT EXISTS "
    "(SELECT 1 FROM had_row b WHERE b.term = a.term AND b.doc = a.doc AND b.cnt = a.cnt)"
)
_OF_TERM = (
    "SELECT doc FROM has_instance WHERE term = :term UNION SELECT doc FROM had_instance WHERE term = :term"
)
#: All terms with their places, in numbers small enough to be added up.
_SUM = 'count(*), sum(doc % 1000003), sum("offset"), sum((doc % 1000003) * ("offset" + 1))'


def check(connection: Connection) -> list[str]:
    """Return in sentences how the index does not fit the ledger; none if it does."""
    try:
        found = _passages(connection)
        numbers = sorted(_in_file(connection) if is_sqlite(connection) else _on_server(connection))
        found += [_place(connection, number) for number in numbers[:_NAMED]]
        damage = [] if found or not is_sqlite(connection) else list(_settings(connection))
    except DBAPIError as error:
        found, numbers, damage = [], [], [stored.printable(str(error.orig).strip().splitlines()[0])]
    names = _names(connection) if found else {}
    said = dict.fromkeys(
        what.format(f"{field} of {names.get(str(record), f'{noun} {record}')}")
        for what, noun, record, field in found
    )
    sentences = [*[*said][:_NAMED], *(f"is damaged ({cause})" for cause in damage)]
    more = max(len(said) - _NAMED, 0) + len(numbers[_NAMED:])
    if more:
        sentences.append(f"does not fit in {more} places more")
    return [f"the index of find {what}; {_REMEDY}" for what in sentences]


def _names(connection: Connection) -> dict[str, str]:
    names: dict[str, str] = {}
    for study in connection.scalars(select(Study.id)):
        try:
            names |= names_of(history.state(connection, study))
        except stored.UNREADABLE:
            continue  # history verify says why
    return names


def _passages(connection: Connection) -> list[_Place]:
    """Return the passages that are missing, those that should not be there, and those with other words."""
    fitting, missing = [], []
    for study in connection.scalars(select(Study.id)).all():
        for number, group in enumerate(GROUPS):
            wanted = standing(study, group, dict.fromkeys(INDEXED))
            if wanted is not None:
                fits = _same(wanted, study, number)
                fitting.append(exists(select(1).select_from(wanted).where(fits)))
                places = select(wanted.c.noun, wanted.c.record_id, wanted.c.field)
                lost = places.select_from(wanted.outerjoin(PASSAGE, fits)).where(PASSAGE.c.id.is_(None))
                missing += [tuple(row) for row in connection.execute(lost)]
    other = select(PASSAGE.c.noun, PASSAGE.c.record_id, PASSAGE.c.field).where(~or_(false(), *fitting))
    left = [tuple(row) for row in connection.execute(other)]
    both = set(missing) & set(left)
    return [
        *(("has something else as {}" if place in both else "lacks {}", *place) for place in missing),
        *(("has another {}", *place) for place in left if place not in both),
    ]


def _same(wanted: Subquery, study: Any, group: int) -> ColumnElement[bool]:
    """Return the condition that a passage is what should stand: in its group, the same field with the same words."""
    return and_(
        PASSAGE.c.study_id == study,
        PASSAGE.c.record_id == wanted.c.record_id,
        PASSAGE.c.field == wanted.c.field,
        PASSAGE.c.noun == wanted.c.noun,
        func.coalesce(PASSAGE.c.words, "") == func.coalesce(wanted.c.words, ""),
        (PASSAGE.c.id % (1 << STUDY_BITS)).between(group << GROUP_BITS, (group + 1 << GROUP_BITS) - 1),
    )


def _place(connection: Connection, number: int) -> _Place:
    """Return that the words of a passage differ, with what the passage is of."""
    known = select(PASSAGE.c.noun, PASSAGE.c.record_id, PASSAGE.c.field).where(PASSAGE.c.id == number)
    row = connection.execute(known).first()
    if row is None:
        return f"has words of no record (passage {number})", "", None, ""
    return "has something else as {}", row.noun, row.record_id, row.field


def _in_file(connection: Connection) -> set[int]:
    """Return the numbers of passages whose words differ in FTS5's tables from those of a new index."""
    ready(connection)
    for line in _AGAIN:
        connection.execute(text(line))

    def found(line: str, *names: str) -> list[Any]:
        return list(connection.scalars(text(line.format(*names))))

    kept = ("main.passage_index", "temp.again")
    differing = {number for pair in (kept, kept[::-1]) for number in found(_SIZES, *pair)}
    sums = [connection.execute(text(f"SELECT {_SUM} FROM {name}_instance")).one() for name in ("had", "has")]
    if sums[0] != sums[1]:
        differing |= {number for pair in (("had", "has"), ("has", "had")) for number in found(_APART, *pair)}
    for term in found(_LOST):
        of_term = text(_OF_TERM)
        numbers = set(connection.scalars(of_term, {"term": term}))
        if not numbers & differing:  # it stands there, and no query comes to it
            differing |= numbers
    return differing


def _settings(connection: Connection) -> Iterator[str]:
    total = "SELECT block FROM {0}_data WHERE id = 1"
    kept, new = (
        connection.execute(text(total.format(name))).scalar() for name in ("main.passage_index", "temp.again")
    )
    if kept != new:
        yield "it counts other words than it has"
    settings = connection.execute(text("SELECT k, v FROM passage_index_config ORDER BY k"))
    if [tuple(row) for row in settings] != _SETTINGS:
        yield "its settings are not the program's"


def _on_server(connection: Connection) -> Iterable[int]:
    """Return the numbers of passages whose vectors differ from those made anew."""
    connection.execute(text("DROP TABLE IF EXISTS pg_temp.again"))
    connection.execute(text("CREATE TEMPORARY TABLE again (LIKE passage_index)"))
    batch = text(
        f"SELECT p.id, coalesce(p.words, t.content, '') {WORDS} WHERE p.study_id = :study AND p.id > :after ORDER BY p.id LIMIT {_BATCH}"
    )
    for study in connection.scalars(select(Study.id)).all():
        after = -1
        while found := connection.execute(batch, {"study": study, "after": after}).all():
            copied(connection, study, found, "again")
            after = found[-1][0]
    differing = text(
        "SELECT id FROM passage_index FULL JOIN again USING (study_id, id, slice) "
        "WHERE passage_index.vector IS DISTINCT FROM again.vector"
    )
    return connection.scalars(differing).all()
