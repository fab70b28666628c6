"""The codebook: what is coded, on which levels, by which rule, what is missing and why, and what every column means."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from evidence import __version__
from evidence.exchange.tables_codes import NOT_CODABLE, NOT_CODED, Scheme
from evidence.exchange.tables_columns import KINDS, Column, Table
from evidence.exchange.weights import BASES

__all__ = ["Codebook", "as_csv", "as_json", "as_markdown", "as_table"]

#: Why a value can be missing, and that in a sentence.
MISSING = {
    NOT_CODABLE: "A coder looked, and found that the case cannot be coded. It is no level, and above all not 0.",
    NOT_CODED: "Nobody has coded the case on this variable yet, or the round in which somebody did is still blind.",
}
_READING = """\
R: `cases <- read.csv("cases.csv", na.strings = "")`, or `arrow::read_parquet("cases.parquet")`,
or `readxl::read_excel("tables.xlsx", "cases")`; `haven::write_dta(cases, "cases.dta")` makes a file for Stata.

Stata: `import delimited "cases.csv", clear varnames(1) case(preserve) encoding(UTF-8) bindquote(strict) maxquotedrows(unlimited)`,
or `import excel "tables.xlsx", sheet("cases") firstrow clear`.

pandas: `pandas.read_csv("cases.csv")`, or `pandas.read_parquet("cases.parquet")`.

Programs that read Frictionless Data Packages find types, keys and meanings in `datapackage.json`, which comes with CSV.

A spreadsheet program takes a CSV cell that begins with `=`, `+`, `-` or `@` for a formula, and CSV says nothing against it:
the words of sources stand there as they are. Open the workbook instead, in which every such cell is a text.
"""


@dataclass(frozen=True, slots=True)
class Codebook:
    """What tables of a study mean.

    Args:
        key: the study's key.
        title: its title.
        revision: the number of the revision that they are made from; nothing if there is none.
        digest: its digest.
        schemes: the variables, with their versions.
        names: what the columns of each variable begin with in the table of cases.
        scale: the study's words of likelihood: probabilities in [0,1], or ranges.
        tables: the tables.
        counts: for each table how many rows it has, if they were counted.
    """

    key: str
    title: str
    revision: int | None
    digest: str
    schemes: tuple[Scheme, ...]
    names: Mapping[str, str]
    scale: Mapping[str, Any]
    tables: tuple[Table, ...]
    counts: Mapping[str, int] = field(default_factory=dict)

    def counted(self, counts: Mapping[str, int]) -> Codebook:
        """Return the same, with how many rows each table has."""
        return replace(self, counts=dict(counts))


def as_json(book: Codebook) -> str:
    """Return a codebook for programs."""
    said = {
        "study": book.key,
        "title": book.title,
        "revision": book.revision,
        "digest": book.digest,
        "software": f"evidence {__version__}",
        "missing": MISSING,
        "weights": BASES,
        "word_scale": dict(book.scale),
        "variables": [_scheme(one, book.names[one.key]) for one in book.schemes],
        "tables": [
            {
                "name": table.name,
                "meaning": table.meaning,
                "key": table.key,
                **({"rows": book.counts[table.name]} if table.name in book.counts else {}),
                "columns": [_column(column) for column in table.columns],
            }
            for table in book.tables
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _scheme(one: Scheme, name: str) -> dict[str, Any]:
    return {
        "variable": one.key,
        "label": one.label,
        "question": one.question,
        "column": f"cases.{name}",
        "versions": [
            {
                "version": row.version, "scale": str(row.scale), "basis": row.basis, "levels": row.levels or [],
                "sub_judgements": row.sub_judgements or [], "rule": row.rule or [],
            }
            for row in one.versions
        ],
    }  # fmt: skip


def _column(column: Column) -> dict[str, Any]:
    said = {
        "name": column.name, "type": column.kind, "meaning": column.meaning, "unit": column.unit, "joins": column.joins,
        "values": list(column.words),
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def as_table(book: Codebook) -> Table:
    """Return the columns of all tables as a table of their own: the codebook as CSV, and a sheet of a workbook."""
    columns = (
        Column("table", "text", "The table."),
        Column("column", "text", "The column."),
        Column("type", "text", "What it holds.", words=tuple(KINDS)),
        Column(
            "in_key", "truth", "Whether it is one of the columns that together tell the table's rows apart."
        ),
        Column("meaning", "text", "What it says of a row."),
        Column("unit", "text", "Its unit, if it is a number that has one."),
        Column("joins", "text", "The column of another table that has the same keys."),
        Column("values", "text", "The values that it can have, if they are a closed list."),
    )

    def rows() -> Iterator[tuple[Any, ...]]:
        for table in book.tables:
            for one in table.columns:
                values = " | ".join(one.words)
                yield (
                    table.name,
                    one.name,
                    one.kind,
                    one.name in table.key,
                    one.meaning,
                    one.unit,
                    one.joins,
                    values,
                )

    return Table("codebook", "Every column of every table.", columns, ("table", "column"), rows)


def as_csv(book: Codebook) -> str:
    """Return the columns of all tables as CSV."""
    out, table = io.StringIO(), as_table(book)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([int(cell) if isinstance(cell, bool) else cell for cell in row] for row in table.rows())
    return out.getvalue()


def as_markdown(book: Codebook) -> str:
    """Return a codebook for people."""
    return "\n".join(_lines(book)).rstrip() + "\n"


def _lines(book: Codebook) -> Iterator[str]:
    yield f"# Codebook: {_words(book.title)}\n"
    made = f", revision {book.revision} ({book.digest[:10]})" if book.revision else ""
    yield f"Study {_words(book.key)}{made}. Written by evidence {__version__}.\n"
    yield "## Reading the tables\n"
    yield _READING
    yield "Columns that have the same keys are named under *joins*. An empty cell is missing; no number stands for it."
    yield "Dates are EDTF, as they were stated; beside each stand its year and the first and last day that it can mean.\n"
    yield from _table(("type", "how it is written"), KINDS.items())
    yield "## Missing codes\n"
    yield from _table(("reason", "meaning"), MISSING.items())
    yield "## Variables\n"
    for one in book.schemes:
        yield from _variable(one, book.names[one.key])
    yield "## Weights\n"
    yield "What the weight of a level rests on, the strongest first. Weights of a case and variable come to 1.\n"
    yield from _table(("basis", "weight"), BASES.items())
    if book.scale:
        yield "What the study's words of likelihood mean:\n"
        yield from _table(("word", "probability"), ((word, _range(p)) for word, p in book.scale.items()))
    yield "## Tables\n"
    for table in book.tables:
        yield from _described(table, book.counts.get(table.name))


def _variable(one: Scheme, name: str) -> Iterator[str]:
    yield f"### {_words(one.key)}: {_words(one.label)}\n"
    if one.question:
        yield f"{_words(one.question)}\n"
    yield f"In the table of cases: `{name}`, and what begins with `{name}_`.\n"
    for row in one.versions:
        yield f"**Version {_words(row.version)}**, {_words(str(row.scale))}. {_words(row.basis)}\n"
        yield from _table(
            ("level", "label", "definition", "examples", "needs"),
            (
                (level["value"], level.get("label"), level.get("definition"), _listed(level, "examples"), _listed(level, "needs"))
                for level in row.levels or ()
            ),
        )  # fmt: skip
        if row.sub_judgements:
            yield "Judgements behind a code:\n"
            yield from _table(
                ("judgement", "question", "values"),
                ((judged["key"], judged.get("label"), _values(judged)) for judged in row.sub_judgements),
            )
        if row.rule:
            yield "The rule; its rows are tried in order:\n"
            yield from _table(
                ("when", "code", "needs", "note"),
                (
                    (_when(rule.get("when") or {}), rule.get("code", "the coder chooses"), _listed(rule, "needs"), rule.get("note"))
                    for rule in row.rule
                ),
            )  # fmt: skip


def _listed(of: Mapping[str, Any], name: str) -> str:
    return "; ".join(map(str, of.get(name) or ()))


def _values(judged: Mapping[str, Any]) -> str:
    return "; ".join(
        f"{value['value']} ({value['label']})" if value.get("label") else str(value["value"])
        for value in judged.get("values") or ()
    )


def _when(when: Mapping[str, Any]) -> str:
    return "; ".join(
        f"{name} = {' or '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in when.items()
    )


def _range(p: Any) -> str:
    return f"{p[0]:g} to {p[1]:g}" if isinstance(p, list | tuple) else f"{p:g}"


def _described(table: Table, count: int | None) -> Iterator[str]:
    yield f"### {table.name}\n"
    rows = "" if count is None else f" {count:,} {'row' if count == 1 else 'rows'}."
    yield f"{_words(table.meaning)}{rows} Key: {', '.join(f'`{name}`' for name in table.key)}.\n"
    yield from _table(
        ("column", "type", "meaning", "unit", "joins"),
        (
            (f"`{one.name}`", one.kind, _meaning(one), one.unit, one.joins)
            for one in table.columns
        ),
        plain=(0,),
    )  # fmt: skip


def _meaning(column: Column) -> str:
    return f"{column.meaning} One of: {', '.join(column.words)}." if column.words else column.meaning


def _table(heads: Sequence[str], rows: Any, plain: Sequence[int] = ()) -> Iterator[str]:
    """Yield a table of Markdown; what is said in it is shown and never read as Markdown, but for the columns ``plain``."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        cells = (str(cell) if at in plain else _words(cell) for at, cell in enumerate(row))
        yield f"| {' | '.join(cells)} |"
    yield ""


def _words(said: Any) -> str:
    """Return words in one line, as Markdown that shows just them."""
    from evidence.publish.documents.markdown import escaped  # noqa: PLC0415 - codebooks for programs need none of it

    return escaped(" ".join(str(said).split())) if said not in (None, "") else ""
