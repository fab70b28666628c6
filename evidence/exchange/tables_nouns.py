"""A table for each noun: columns, meanings and keys read off the mapped classes, one statement for all rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from evidence.archive.bibliography.dates import edtf_of_csl
from evidence.dates import edtf
from evidence.exchange.tables_columns import Column, Table, plain_name
from evidence.inference.likelihoods import bounds
from evidence.ledger.nouns import NOUNS, STUDY, Field, Noun
from evidence.ledger.ordered import in_order
from evidence.ledger.rows import knowable
from evidence.models import Variable, VariableVersion
from evidence.publish.cited import locator_words, said

__all__ = ["CALLED", "LISTS", "Further", "Reading", "noun_table", "owner_columns", "owners"]

#: What the table of each noun is called.
CALLED = {
    "study": "study", "case": "cases", "alias": "case_aliases", "participation": "participants", "actor": "actors",
    "episode": "episodes", "episode_case": "episode_cases", "commitment": "commitments", "membership": "commitment_members",
    "variable": "variables", "variable_version": "variable_versions", "concept": "concepts", "coder": "coders",
    "hypothesis": "hypotheses", "rivalry": "rivalries", "prior": "coder_priors", "test": "tests",
    "likelihood": "test_likelihoods", "bearing": "bearings", "observation": "observations",
    "observation_quote": "observation_quotes", "search": "searches", "quote": "quotes", "source": "sources", "text": "texts",
    "coding_round": "rounds", "assignment": "round_assignments", "decision": "codes", "decision_test": "code_tests",
    "decision_observation": "code_observations", "decision_search": "code_searches", "decision_adjudicated": "code_settles",
}  # fmt: skip
#: Forms of JSON values that hold several things, and so have a table of their own or stand in the codebook.
LISTS = {
    "strings", "facts", "names", "criticism", "csl", "levels", "sub_judgements", "rule", "word_scale", "checks", "marks",
    "record", "records", "locator",
}  # fmt: skip
#: What is no column: words that rights may not let travel, what is to be read as pages, and what only a server needs.
_LEFT_OUT = {("text", "content"), ("case", "narrative"), ("coder", "login")}
_RATIO = "probability, 0 to 1"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read, for whom.

    Args:
        connection: to the ledger.
        study: the study's id.
        scale: what its words of likelihood mean.
    """

    connection: Connection
    study: uuid.UUID
    scale: Mapping[str, Any]

    def rows(self, statement: Select[Any]) -> Iterator[Any]:
        """Yield rows as they come, a thousand at a time, so that none are held that are written."""
        return iter(self.connection.execute(statement.execution_options(yield_per=1000)))


@dataclass(frozen=True, slots=True)
class Further:
    """Columns that a table has besides those of its noun: after which they stand, and their values by a row's key."""

    columns: tuple[Column, ...]
    of: Callable[[str], Sequence[Any]]
    after: str = ""  # the last column if not given


def noun_table(reading: Reading, noun: Noun, further: Further | None = None) -> Table:
    """Return the table of a noun.

    Args:
        reading: the ledger.
        noun: one that has a name in ``CALLED``.
        further: what else is known of each record.
    """
    statement, shapes = _Statement(noun, reading).selected()
    own = [column for shape in shapes for column in shape.columns]
    names = [column.name for column in own]
    cut = names.index(further.after) + 1 if further and further.after else len(own)
    columns = (*own[:cut], *(further.columns if further else ()), *own[cut:])

    def rows() -> Iterator[list[Any]]:
        for row in reading.rows(statement):
            values: list[Any] = []
            at = 0
            for shape in shapes:
                values += shape.cells(*row[at : at + shape.width])
                at += shape.width
            if further:
                values[cut:cut] = further.of(values[0])
            yield values

    return Table(CALLED[noun.name], _meaning(noun), columns, owners(noun), rows)


def owners(noun: Noun) -> tuple[str, ...]:
    """Return the columns by which a record is known, in a table of things that it has."""
    if noun.keyed or noun is STUDY:
        return (noun.name,)
    above = owners(NOUNS[noun.fields[noun.parent].target]) if noun.parent else ()
    return (*above, *(name for name in noun.known_by if name not in above))


def owner_columns(noun: Noun, reading: Reading) -> tuple[Select[Any], tuple[Column, ...]]:
    """Return the statement for a noun's rows, which selects what they are known by, and the columns of that."""
    made = _Statement(noun, reading)
    names = owners(noun)
    shapes = [shape for shape in made.shapes() if shape.columns[0].name in names]
    chosen = [expression for shape in shapes for expression in shape.expressions]
    columns = tuple(column for shape in shapes for column in shape.columns[:1])
    return made.statement(chosen), tuple(_joined(noun, column) for column in columns)


def _joined(noun: Noun, column: Column) -> Column:
    if column.name != noun.name and column.joins:
        return column
    return Column(column.name, column.kind, column.meaning, joins=f"{CALLED[noun.name]}.{column.name}")


def _meaning(noun: Noun) -> str:
    return " ".join((noun.model.__doc__ or "").partition("\n\n")[0].split())


@dataclass(frozen=True, slots=True)
class _Shape:
    """What becomes of a field: what is selected for it, its columns, and how the one becomes the other."""

    expressions: tuple[ColumnElement[Any], ...]
    columns: tuple[Column, ...]
    cells: Callable[..., Sequence[Any]] = lambda *values: values

    @property
    def width(self) -> int:
        return len(self.expressions)


class _Statement:
    """The statement for the rows of a noun, with the keys of all that they lead to."""

    def __init__(self, noun: Noun, reading: Reading) -> None:
        self.noun, self.reading = noun, reading
        self.table = noun.model.__table__
        self.source: Any = self.table
        self.linked: dict[str, Any] = {}
        for field in noun.fields.values():
            if field.kind in ("link", "version") and field.target in NOUNS:
                target = NOUNS[field.target].model.__table__.alias(f"of_{field.name}")
                self.linked[field.name] = target
                self.source = self.source.outerjoin(target, target.c.id == self.table.c[field.column])
            if field.kind == "version":
                above = Variable.__table__.alias("of_scheme")
                self.linked["version"] = above
                self.source = self.source.outerjoin(
                    above, above.c.id == self.linked[field.name].c.variable_id
                )

    def selected(self) -> tuple[Select[Any], list[_Shape]]:
        shapes = list(self.shapes())
        return self.statement([one for shape in shapes for one in shape.expressions]), shapes

    def statement(self, expressions: Sequence[ColumnElement[Any]]) -> Select[Any]:
        """Return the statement: what stands, what anybody may know, in the order of what rows are known by."""
        table, noun = self.table, self.noun
        labelled = [expression.label(f"c{number}") for number, expression in enumerate(expressions)]
        if noun is STUDY:
            return select(*labelled).where(table.c.id == self.reading.study)
        wanted = select(*labelled).select_from(self.source).where(table.c.study_id == self.reading.study)
        wanted = wanted.where(table.c.retired_at.is_(None))
        for name in {noun.parent, *(noun.known_by if noun.parent else ())} & self.linked.keys():
            wanted = wanted.where(self.linked[name].c.retired_at.is_(None))
        if noun.name == "decision":
            wanted = wanted.where(knowable(table.c))
        elif noun.parent == "decision":
            wanted = wanted.where(knowable(self.linked["decision"].c))
        return wanted.order_by(*in_order(self.reading.connection, *self._order(), table.c.id))

    def _order(self) -> Iterator[ColumnElement[Any]]:
        if self.noun.keyed:
            yield self.table.c.key
            return
        for name in dict.fromkeys((*((self.noun.parent,) if self.noun.parent else ()), *self.noun.known_by)):
            yield self._known(name)

    def _known(self, name: str) -> ColumnElement[Any]:
        found: ColumnElement[Any] = (
            self.linked[name].c.key if name in self.linked else self.table.c[self.noun.fields[name].column]
        )
        return found

    def shapes(self) -> Iterator[_Shape]:
        """Yield what becomes of each field, what a record is known by first."""
        noun, table = self.noun, self.table
        first = ("key",) if noun.keyed or noun is STUDY else (noun.parent, *noun.known_by)
        for name in dict.fromkeys((*filter(None, first), *noun.fields)):
            field = noun.fields[name]
            if (
                name == "retired_at"
                or field.form in LISTS - _IN_SHORT.keys()
                or (noun.name, name) in _LEFT_OUT
            ):
                continue
            if field.form in _IN_SHORT:
                yield _IN_SHORT[field.form](field, table.c[field.column])
            elif field.kind == "version":
                yield self._version(field)
            elif field.kind == "link":
                joins = f"{CALLED[field.target]}.{field.target}"
                yield _Shape((self._known(name),), (Column(name, "text", field.help, joins=joins),))
            elif name == "key":
                yield _Shape((table.c.key,), (Column(noun.name, "text", field.help),))
            else:
                yield _own(field, table.c[field.column], self.reading.scale)

    def _version(self, field: Field) -> _Shape:
        version = self.linked[field.name].c.version
        columns = (
            Column("variable", "text", "The variable.", joins="variables.variable"),
            Column(
                "version",
                "text",
                VariableVersion.__table__.c.version.doc or "",
                joins="variable_versions.version",
            ),
        )
        return _Shape((self.linked["version"].c.key, version), columns)


def _own(field: Field, column: ColumnElement[Any], scale: Mapping[str, Any]) -> _Shape:
    """Return what becomes of a field that leads nowhere."""
    if field.kind == "date":
        return _Shape((column,), dates(field.name, field.help), _days)
    if field.form == "likelihood":
        return _Shape((column,), _stated_columns(field), lambda stated: _stated(stated, scale))
    kind = {"number": "integer", "truth": "truth", "moment": "moment"}.get(field.kind, "text")
    words = tuple(word.value for word in field.words) if field.words else ()
    return _Shape(
        (column,), (Column(field.name, kind, field.help, words=words),), lambda value: (_said(value),)
    )


def _said(value: Any) -> Any:
    """Return what a column says; no words say nothing."""
    return getattr(value, "value", value) if value != "" else None


def dates(name: str, meaning: str) -> tuple[Column, ...]:
    """Return the columns of a date: as it was stated, its year, and the first and last day that it can mean."""
    return (
        Column(name, "text", meaning),
        Column(f"{name}_year", "integer", f"Year of the first day that {name} can mean.", "year"),
        Column(f"{name}_earliest", "day", f"First day that {name} can mean."),
        Column(f"{name}_latest", "day", f"Last day that {name} can mean; nothing where it is open."),
    )


def _days(stated: str | None) -> Sequence[Any]:
    if not stated:
        return (None, None, None, None)
    span = edtf(stated)
    return (stated, span.earliest.year if span.earliest else None, span.earliest, span.latest)


def _place(field: Field, column: ColumnElement[Any]) -> _Shape:
    return _Shape(
        (column,), (Column(field.name, "text", field.help),), lambda at: (locator_words(at or {}) or None,)
    )


def _of_record(_field: Field, column: ColumnElement[Any]) -> _Shape:
    """Return what of a source's record most people look for; the rest has tables of its own."""
    fields = {
        "container-title": "What it appeared in.", "volume": "Volume.", "issue": "Issue.", "page": "Pages.",
        "publisher": "Publisher.", "publisher-place": "Where it was published.", "DOI": "DOI.", "URL": "Address.",
    }  # fmt: skip
    columns = (
        *dates("issued", "When it was written or published (EDTF)."),
        *(Column(plain_name(name), "text", f"{meaning} CSL: {name}.") for name, meaning in fields.items()),
    )

    def cells(csl: Any) -> Sequence[Any]:
        known = csl or {}
        return (*_days(edtf_of_csl(known.get("issued"))), *(said(known, name) or None for name in fields))

    return _Shape((column,), columns, cells)


#: Forms of which a row says in short what a table of its own says in full.
_IN_SHORT: dict[str, Callable[[Field, ColumnElement[Any]], _Shape]] = {"locator": _place, "csl": _of_record}


def _stated_columns(field: Field) -> tuple[Column, ...]:
    return (
        Column(field.name, "text", field.help),
        Column(
            f"{field.name}_low",
            "number",
            f"The least that {field.name} can mean; nothing for decibels.",
            _RATIO,
        ),
        Column(f"{field.name}_high", "number", f"The greatest that {field.name} can mean.", _RATIO),
    )


def _stated(stated: Any, scale: Mapping[str, Any]) -> Sequence[Any]:
    if stated is None:
        return (None, None, None)
    low, high = bounds(stated, scale) or (None, None)
    words = "..".join(f"{end:g}" for end in stated) if isinstance(stated, list | tuple) else stated
    return (f"{words:g}" if isinstance(words, float) else str(words), low, high)
