"""Whether the index of find has every word of every record that can be found, and no other: said record by record.

The passages are held against the records that they were made of. Their words are put into a second index, which
is thrown away, and both are compared: every term with its places in every passage. This takes as long as
``db reindex``.
"""

# ruff: noqa: S608 - statements are put together from the lines below, and from nothing that anybody typed

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import Subquery

from evidence.ledger import history, stored
from evidence.ledger.finding import GROUP_BITS, GROUPS, STUDY_BITS
from evidence.ledger.named import names_of
from evidence.ledger.passages import INDEXED, PASSAGE, WORDS, copied, is_sqlite, ready, standing
from evidence.models import Study

__all__ = ["check"]

_REMEDY = "run 'evidence db reindex'"
#: Records named one by one; more are counted.
_NAMED = 10
_BATCH = 500
#: What FTS5's own table of settings has (``migrations``).
_SETTINGS = [("hashsize", 32 << 20), ("version", 4)]
#: All terms with their places, in numbers small enough to be added up.
_SUM = 'count(*), sum(doc % 1000003), sum("offset"), sum((doc % 1000003) * ("offset" + 1))'


def check(connection: Connection) -> list[str]:
    """Return in sentences how the index does not fit the ledger; none if it does."""
    try:
        found = [*_passages(connection), *_words(connection)]
    except DBAPIError as error:
        cause = stored.printable(str(error.orig).strip().splitlines()[0])
        return [f"the index of find is damaged ({cause}); {_REMEDY}"]
    names = _names(connection) if found else {}
    said = dict.fromkeys(
        what.format(f"{field} of {names.get(str(record), f'{noun} {record}')}")
        for what, noun, record, field in found
    )
    sentences = [f"the index of find {what}; {_REMEDY}" for what in [*said][:_NAMED]]
    more = len(said) - len(sentences)
    return [
        *sentences,
        *([f"the index of find does not fit in {more} places more; {_REMEDY}"] if more else []),
    ]


def _names(connection: Connection) -> dict[str, str]:
    names: dict[str, str] = {}
    for study in connection.scalars(select(Study.id)):
        try:
            names |= names_of(history.state(connection, study))
        except stored.UNREADABLE:
            continue  # history verify says why
    return names


def _passages(connection: Connection) -> Iterator[tuple[str, str, Any, str]]:
    """Yield the passages that are missing, and those that should not be there."""
    fitting = []
    for study in connection.scalars(select(Study.id)).all():
        for number, group in enumerate(GROUPS):
            wanted = standing(study, group, dict.fromkeys(INDEXED))
            if wanted is not None:
                fits = _same(wanted, study, number)
                fitting.append(exists(select(1).select_from(wanted).where(fits)))
                missing = select(wanted.c.noun, wanted.c.record_id, wanted.c.field).select_from(
                    wanted.outerjoin(PASSAGE, fits)
                )
                yield from (
                    ("lacks {}", *row) for row in connection.execute(missing.where(PASSAGE.c.id.is_(None)))
                )
    other = select(PASSAGE.c.noun, PASSAGE.c.record_id, PASSAGE.c.field)
    if fitting:
        other = other.where(~or_(*fitting))
    yield from (("has another {}", *row) for row in connection.execute(other))


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


def _words(connection: Connection) -> Iterator[tuple[str, str, Any, str]]:
    """Yield the passages whose words the index does not have as they are."""
    numbers = set(_in_file(connection) if is_sqlite(connection) else _on_server(connection))
    known = select(PASSAGE.c.noun, PASSAGE.c.record_id, PASSAGE.c.field)
    for number in sorted(numbers):
        row = connection.execute(known.where(PASSAGE.c.id == number)).first()
        if row:
            yield ("has other words for {}", *row)
        else:
            yield f"has words of no record (passage {number})", "", None, ""
    if not numbers and is_sqlite(connection):
        yield from ((f"is damaged ({cause})", "", None, "") for cause in _settings(connection))


def _in_file(connection: Connection) -> Iterable[int]:
    """Return the numbers of passages whose words differ in FTS5's tables from those of a new index."""
    ready(connection)

    def run(line: str) -> Any:
        return connection.execute(text(line))

    for name in ("again", "had_row", "had_instance", "has_row", "has_instance"):
        run(f"DROP TABLE IF EXISTS temp.{name}")
    run("CREATE VIRTUAL TABLE temp.again USING fts5(words, content='', tokenize='ascii')")
    run(
        f"INSERT INTO temp.again (rowid, words) SELECT p.id, folded(coalesce(p.words, t.content, '')) {WORDS} ORDER BY p.id"
    )
    for kind in ("row", "instance"):
        run(f"CREATE VIRTUAL TABLE temp.had_{kind} USING fts5vocab('main', 'passage_index', '{kind}')")
        run(f"CREATE VIRTUAL TABLE temp.has_{kind} USING fts5vocab('temp', 'again', '{kind}')")
    sizes = "SELECT id, sz FROM {0} EXCEPT SELECT id, sz FROM {1}"
    kept = ("main.passage_index_docsize", "temp.again_docsize")
    differing = {row[0] for one, other in (kept, kept[::-1]) for row in run(sizes.format(one, other))}
    # Each term is looked up as a query looks it up: by FTS5's own index of its pages.
    lost = "SELECT 1 FROM has_row a WHERE NOT EXISTS (SELECT 1 FROM had_row b WHERE b.term = a.term AND b.doc = a.doc AND b.cnt = a.cnt)"
    sums = [run(f"SELECT {_SUM} FROM {name}_instance").one() for name in ("had", "has")]
    if sums[0] != sums[1] or run(lost).first():
        every = (
            'SELECT term, doc, "offset" FROM {0}_instance EXCEPT SELECT term, doc, "offset" FROM {1}_instance'
        )
        for pair in (("had", "has"), ("has", "had")):
            differing |= {row[1] for row in run(every.format(*pair))}
        lines = run(lost.replace("SELECT 1", "SELECT a.term", 1)).scalars().all()
        for term in lines:
            found = connection.execute(
                text("SELECT doc FROM has_instance WHERE term = :term"), {"term": term}
            )
            differing |= set(found.scalars())
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
