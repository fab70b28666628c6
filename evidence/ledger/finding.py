"""Ask the index of ``find``: which passages hold what a query wants, the likeliest first, and how many there are."""

# ruff: noqa: S608 - statements are put together from the lines below, and from nothing that anybody typed

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, bindparam, column, table, text

from evidence.ledger.blindfold import BLINDFOLDED
from evidence.ledger.query import All, Node, Phrase, Term, wanted

__all__ = ["GROUPS", "GROUP_BITS", "PASSAGE", "STUDY_BITS", "Within", "count", "matching", "numbered"]

#: What can be asked for apart, in the order of the groups' numbers.
GROUPS = ("sources", "quotes", "notes")
#: Where in a passage's number the study begins, and where the group (``passages``).
STUDY_BITS, GROUP_BITS = 48, 46
#: The passages, column by column (``passages`` writes them).
PASSAGE = table(
    "passage", column("id", BigInteger), *map(column, ("study_id", "record_id", "noun", "field", "words"))
)
#: What belongs to a source: its own fields, its texts and quotes, and what was observed in them.
_SOURCE = """
    SELECT id FROM source WHERE id = :source
    UNION ALL SELECT id FROM text WHERE study_id = :study AND source_id = :source
    UNION ALL SELECT id FROM quote WHERE study_id = :study AND source_id = :source
    UNION ALL SELECT o.observation_id FROM observation_quote o JOIN quote q ON q.id = o.quote_id
        WHERE q.study_id = :study AND q.source_id = :source AND o.retired_at IS NULL
"""
_CASE_QUOTES = """SELECT l.quote_id FROM observation o JOIN observation_quote l ON l.observation_id = o.id
        WHERE o.study_id = :study AND o.case_id = :case AND o.retired_at IS NULL AND l.retired_at IS NULL"""
#: What belongs to a case: its own records, and the quotes, sources and texts that they rest on.
_CASE = f"""
    SELECT id FROM "case" WHERE id = :case
    UNION ALL SELECT id FROM observation WHERE study_id = :study AND case_id = :case
    UNION ALL SELECT id FROM search WHERE study_id = :study AND case_id = :case
    UNION ALL SELECT id FROM hypothesis WHERE study_id = :study AND case_id = :case
    UNION ALL SELECT id FROM test WHERE study_id = :study AND case_id = :case
    UNION ALL SELECT b.id FROM bearing b JOIN test t ON t.id = b.test_id WHERE t.study_id = :study AND t.case_id = :case
    UNION ALL SELECT id FROM decision WHERE study_id = :study AND case_id = :case
    UNION ALL {_CASE_QUOTES}
    UNION ALL SELECT source_id FROM quote WHERE id IN ({_CASE_QUOTES})
    UNION ALL SELECT id FROM text WHERE study_id = :study
        AND source_id IN (SELECT source_id FROM quote WHERE id IN ({_CASE_QUOTES}))
"""


@dataclass(frozen=True, slots=True)
class Within:
    """Where to look: in one group of records or in all, of one source or case or of any; ids as the driver has them."""

    group: str = ""
    source: Any = None
    case: Any = None


def matching(
    connection: Connection, study: Any, query: Node, within: Within, limit: int
) -> tuple[list[int], int]:
    """Return the numbers of the passages that answer best, and how many answer.

    Args:
        connection: to the ledger.
        study: the study's id, as the driver has it.
        query: what is asked (``query.parse``).
        within: where.
        limit: how many numbers at most.
    """
    first, last = _range(connection, study, within.group)
    asked = {"first": first, "last": last, "study": study, "source": within.source, "case": within.case}
    asked["limit"] = limit
    if connection.dialect.name == "sqlite":
        asked["query"] = _fts(query)
        best, total = _in_file(query, within, veiled=bool(connection.info.get(BLINDFOLDED)))
    else:
        asked |= {"query": _tsquery(query), "likely": _tsquery(_positive(query))}
        best, total = _on_server(connection, query, within, asked), ""
    found = connection.execute(_said(best), asked).all()
    ids = [row[0] for row in found]
    if len(ids) < limit:
        return ids, len(ids)
    return ids, connection.execute(_said(total), asked).scalar_one() if total else found[0][1]


_said = lru_cache(32)(text)  # a statement is read once, not at every question


def count(connection: Connection, study: Any, query: Node, within: Within) -> int:
    """Return how many passages answer."""
    return matching(connection, study, query, within, 1)[1]


def numbered(connection: Connection, wanted: Select[Any]) -> Select[Any]:
    """Return a query on ``PASSAGE`` for some ``numbers`` alone (and, on a server, of a ``study``)."""
    return _numbered(connection.dialect.name, wanted)


@lru_cache(8)
def _numbered(dialect: str, wanted: Select[Any]) -> Select[Any]:
    # On a server the study is the first part of the primary key; SQLite has the number alone, and would rather
    # read every passage of the study if it were told of that.
    some = wanted.where(PASSAGE.c.id.in_(bindparam("numbers", expanding=True)))
    return some if dialect == "sqlite" else some.where(PASSAGE.c.study_id == bindparam("study"))


def _range(connection: Connection, study: Any, group: str) -> tuple[int, int]:
    """Return the first and the last number that a passage of this group of this study can have."""
    one = _said("SELECT id FROM passage WHERE study_id = :study LIMIT 1")
    mine = connection.execute(one, {"study": study}).scalar()
    base = ((mine or 0) >> STUDY_BITS) << STUDY_BITS
    first = GROUPS.index(group) if group else 0
    last = first + 1 if group else len(GROUPS)
    return base + (first << GROUP_BITS), base + (last << GROUP_BITS) - 1


def _only(within: Within, number: str) -> str:
    """Return the condition that a passage is of the source or case."""
    records = [
        scope for scope, given in ((_SOURCE, within.source), (_CASE, within.case)) if given is not None
    ]
    return "".join(
        f" AND {number} IN (SELECT id FROM passage WHERE study_id = :study AND record_id IN ({scope}))"
        for scope in records
    )


#: Of what is hidden from whoever reads, not even the number is told (``blindfold``).
_SEEN = " AND +rowid NOT IN (SELECT id FROM main.passage WHERE record_id IN (SELECT id FROM temp.hidden_row))"


# --- SQLite ------------------------------------------------------------------------------------------------


def _fts(node: Node) -> str:
    """Return a query as FTS5 reads it; terms are letters and digits, so quotation marks hold them."""
    if isinstance(node, Term):
        spellings = [
            f'"{" ".join(phrase.terms)}"{" *" if phrase.prefix else ""}' for phrase in node.spellings
        ]
        return f"({' OR '.join(spellings)})"
    if not isinstance(node, All):
        return f"({' OR '.join(map(_fts, node.options))})"
    wanted = " AND ".join(map(_fts, node.wanted))
    return f"(({wanted}) NOT ({' OR '.join(map(_fts, node.unwanted))}))" if node.unwanted else f"({wanted})"


def _in_file(query: Node, within: Within, *, veiled: bool) -> tuple[str, str]:
    """Return the statements for the likeliest passages and for their count; the latter empty if the first tells."""
    # Every passage of one group of one study, and no other, is in the range: nothing else need be read.
    where = f"passage_index MATCH :query AND rowid BETWEEN :first AND :last{_only(within, '+rowid')}{_SEEN if veiled else ''}"
    if any(len(phrase.terms) > 1 for term in wanted(query) for phrase in term.spellings):
        # A phrase is costly to look for, so it is looked for once.
        found = f"SELECT rowid AS id, bm25(passage_index) AS score FROM passage_index WHERE {where}"
        return (
            f"WITH found AS MATERIALIZED ({found}) SELECT id, (SELECT count(*) FROM found) FROM found "
            "ORDER BY score, id LIMIT :limit"
        ), ""
    best = f"SELECT rowid FROM passage_index WHERE {where} ORDER BY bm25(passage_index), rowid LIMIT :limit"
    return best, f"SELECT count(*) FROM passage_index WHERE {where}"


# --- PostgreSQL --------------------------------------------------------------------------------------------


def _tsquery(node: Node) -> str:
    """Return a query as PostgreSQL reads it; a term holds no quotation mark and no backslash."""
    if isinstance(node, Term):
        return f"({' | '.join(map(_following, node.spellings))})"
    if not isinstance(node, All):
        return f"({' | '.join(map(_tsquery, node.options))})"
    return f"({' & '.join([*map(_tsquery, node.wanted), *(f'!{_tsquery(part)}' for part in node.unwanted)])})"


def _following(phrase: Phrase) -> str:
    # No longer than the index has them; see ``passages``.
    *before, last = (f"'{term[:256]}'" for term in phrase.terms)
    return f"({' <-> '.join([*before, last + (':*' if phrase.prefix else '')])})"


def _positive(node: Node) -> Node:
    """Return a query without what is not wanted: what ranking looks at."""
    if isinstance(node, Term):
        return node
    if isinstance(node, All):
        return All(tuple(map(_positive, node.wanted)))
    return type(node)(tuple(map(_positive, node.options)))


#: Whether a study has texts in slices. Vectors lie outside their table, which looks small for it and cheap to read
#: from end to end; in this transaction the server is to ask its indexes all the same.
_SLICED = (
    "SELECT set_config('enable_seqscan', 'off', true), "
    "EXISTS (SELECT 1 FROM passage_index WHERE study_id = :study AND slice > 0) AS sliced"
)
_RANK = "ts_rank({}.vector, CAST(:likely AS tsquery), 1)"


def _on_server(connection: Connection, query: Node, within: Within, asked: dict[str, Any]) -> str:
    """Return the statement for the likeliest passages, with the count of all; ``asked`` gets what it is given.

    What the index of words answers is put down first (``MATERIALIZED``), so that the server never takes the way
    through all passages of the study. A long text lies in slices, and what is wanted together may lie in
    several: then each term is looked for by itself, and their passages are put together.
    """
    where = f"study_id = :study AND id BETWEEN :first AND :last{_only(within, 'id')}"
    known = {"whole": "query"}
    if not connection.execute(_said(_SLICED), {"study": asked["study"]}).one().sliced:
        found = f"SELECT id, {_RANK.format('whole')} AS score FROM whole WHERE {where}"
    else:
        numbers = (
            f"SELECT id FROM whole WHERE slice = 0 AND {where} UNION {_sets(query, where, known, asked)}"
        )
        found = (
            f"SELECT i.id, max({_RANK.format('i')}) AS score FROM passage_index i JOIN ({numbers}) n ON n.id = i.id "
            "WHERE i.study_id = :study GROUP BY i.id"
        )
    terms = ", ".join(
        f"{name} AS MATERIALIZED (SELECT study_id, id, slice, vector FROM evidence_found(CAST(:{value} AS tsquery)))"
        for name, value in known.items()
    )
    return (
        f"WITH {terms}, found AS MATERIALIZED ({found}) SELECT id, (SELECT count(*) FROM found) FROM found "
        "ORDER BY score DESC, id LIMIT :limit"
    )


def _sets(node: Node, where: str, known: dict[str, str], asked: dict[str, Any]) -> str:
    """Return the query for the sliced passages that answer, put together from those of each term."""
    if isinstance(node, Term):
        name = f"term{len(known)}"
        known[name], asked[name] = name, _tsquery(node)
        return f"(SELECT id FROM {name} WHERE slice > 0 AND {where})"

    def joined(word: str, nodes: Sequence[Node]) -> str:
        return f"({word.join(_sets(part, where, known, asked) for part in nodes)})"

    if not isinstance(node, All):
        return joined(" UNION ", node.options)
    together = joined(" INTERSECT ", node.wanted)
    return f"({together} EXCEPT {joined(' UNION ', node.unwanted)})" if node.unwanted else together
