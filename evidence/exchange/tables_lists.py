"""Tables for what a record has several of: terms, identifiers, facts, authors. No cell holds a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from evidence.archive.bibliography.dates import edtf_of_csl
from evidence.archive.bibliography.types import CSL_NAMES
from evidence.archive.recorded import RECORD
from evidence.exchange.tables_columns import Column, Table
from evidence.exchange.tables_nouns import CALLED, Reading, owner_columns
from evidence.ledger.nouns import NOUNS, STUDY, Field, Noun

__all__ = ["list_tables"]

_NAME = Column("name", "text", "What is said of it.")
_VALUE = Column("value", "text", "What that is.")
_POSITION = Column("position", "integer", "Its place in the list, from 1.")
#: What the list of a field is called where the field's own name would not say.
_NAMED = {
    ("study", "authors"): "study_authors", ("case", "attributes"): "case_facts",
    ("participation", "attributes"): "participant_facts", ("decision", "sub_judgements"): "code_judgements",
    ("hypothesis", "supports"): "hypothesis_levels", ("search", "terms"): "search_terms",
    ("quote", "redactions"): "quote_redactions", ("quote", "locator"): "quote_places",
    ("decision", "locator"): "code_places", ("source", "csl"): "source_fields", ("source", "criticism"): "source_criticism",
    ("variable_version", "levels"): "levels",
}  # fmt: skip
_SAID = {
    "source_people": "Who made a source, or had part in it, one in a row.",
    "source_fields": "Everything that the record of a source says in CSL-JSON, but for names: one field in a row.",
    "levels": "The levels of each version of a variable, one in a row: labels for the values of codes.",
}
_PARTS = ("family", "given", "literal", "non-dropping-particle", "dropping-particle", "suffix")


def list_tables(reading: Reading) -> Iterator[Table]:
    """Yield the tables of everything that a record can have several of, read off the forms of its columns."""
    for noun in (STUDY, *NOUNS.values()):
        if noun.name not in CALLED:
            continue
        for field in noun.fields.values():
            if field.form in _FORMS:
                columns, values = _FORMS[field.form]
                yield _table(reading, noun, field, _called(noun, field), columns, values)
            if field.form == "csl":
                yield _table(reading, noun, field, "source_people", _PEOPLE, _people)


def _called(noun: Noun, field: Field) -> str:
    return _NAMED.get((noun.name, field.name)) or f"{noun.name}_{field.name}"


def _table(
    reading: Reading,
    noun: Noun,
    field: Field,
    name: str,
    columns: Sequence[Column],
    values: Callable[[Any], Iterator[Sequence[Any]]],
) -> Table:
    statement, owner = owner_columns(noun, reading)
    statement = statement.add_columns(noun.model.__table__.c[field.column].label("several"))

    def rows() -> Iterator[Sequence[Any]]:
        for *known, several in reading.rows(statement):
            for one in values(several):
                yield (*(getattr(part, "value", part) for part in known), *one)

    meaning = _SAID.get(name) or f"Of {CALLED[noun.name]}, one in a row: {field.help}"
    inner = next(column.name for column in columns if column.name in ("position", "name"))
    key = (*(column.name for column in owner), *(("role",) if name == "source_people" else ()), inner)
    return Table(name, meaning, (*owner, *columns), key, rows)


def _strings(several: Any) -> Iterator[Sequence[Any]]:
    yield from enumerate(several or (), start=1)


def _names(several: Any) -> Iterator[Sequence[Any]]:
    for name, value in sorted((several or {}).items()):
        if name != RECORD and value not in (None, ""):
            yield name, _text(value)


def _facts(several: Any) -> Iterator[Sequence[Any]]:
    for name, value in sorted((several or {}).items()):
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        yield name, _text(value), number


def _fields(several: Any) -> Iterator[Sequence[Any]]:
    for name, value in sorted((several or {}).items()):
        if name in CSL_NAMES:
            continue
        said = value
        if isinstance(value, Mapping):
            said = edtf_of_csl(dict(value)) or value.get("literal") or value.get("raw")
        if said not in (None, "", [], {}):
            yield name, _text(said)


def _people(several: Any) -> Iterator[Sequence[Any]]:
    for role in sorted(CSL_NAMES & (several or {}).keys()):
        people = several[role] if isinstance(several[role], list) else ()
        for position, one in enumerate((one for one in people if isinstance(one, Mapping)), start=1):
            yield role, position, *(one.get(part) or None for part in _PARTS)


def _levels(several: Any) -> Iterator[Sequence[Any]]:
    for position, level in enumerate(several or (), start=1):
        needs = level.get("needs") or ()
        yield (
            position, level["value"], level.get("label") or None, level.get("definition") or None, "search" in needs,
            "counterfactual" in needs,
        )  # fmt: skip


def _text(value: Any) -> str:
    """Return a value in words; what is itself a list, which no form of ours makes, as it would be typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


_PEOPLE = (
    Column("role", "text", "What they did: author, editor ... (CSL)."),
    Column("position", "integer", "Their place among those of the same role, from 1."),
    Column("family", "text", "Family name."),
    Column("given", "text", "Given names."),
    Column("literal", "text", "The name of a body, or of a person who has one name."),
    Column("particle", "text", "A particle that stands before the family name and is not sorted by: van."),
    Column("dropping_particle", "text", "A particle that goes with the given name: de."),
    Column("suffix", "text", "Suffix: Jr."),
)
_LEVELS = (
    Column("position", "integer", "Its place among the levels, from 1; an order where the scale is ordinal."),
    Column("level", "text", "The level, as codes have it."),
    Column("label", "text", "What a reader calls it."),
    Column("definition", "text", "What it means."),
    Column("needs_search", "truth", "Whether such a code needs a search."),
    Column("needs_counterfactual", "truth", "Whether such a code needs a counterfactual."),
)
_NUMBER = Column("value_number", "number", "The value, where it is a number.")
_FORMS: dict[str, tuple[tuple[Column, ...], Callable[[Any], Iterator[Sequence[Any]]]]] = {
    "strings": ((_POSITION, _VALUE), _strings),
    "names": ((_NAME, _VALUE), _names),
    "criticism": ((_NAME, _VALUE), _names),
    "locator": ((_NAME, _VALUE), _names),
    "facts": ((_NAME, _VALUE, _NUMBER), _facts),
    "csl": ((_NAME, _VALUE), _fields),
    "levels": (_LEVELS, _levels),
}
