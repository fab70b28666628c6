"""Tables of a study for R, Stata, pandas and spreadsheets: tidy, typed, with keys that join, and a codebook beside them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from evidence.exchange.codebook import Codebook, as_csv, as_json, as_markdown, as_table
from evidence.exchange.tables_coded import coded_tables, of_case, of_code, wide_names
from evidence.exchange.tables_codes import Codes
from evidence.exchange.tables_columns import Column, Table
from evidence.exchange.tables_files import FORMATS, WORKBOOK, files
from evidence.exchange.tables_lists import list_tables
from evidence.exchange.tables_nouns import CALLED, Further, Reading, noun_table
from evidence.exchange.tables_package import DESCRIPTOR, as_package
from evidence.ledger.nouns import NOUNS, STUDY
from evidence.ledger.rows import words

__all__ = ["FORMATS", "Exported", "codebook", "export_tables", "stale", "study_tables"]

#: Tables that most people open, before those that say the same in more detail.
_FIRST = (
    "cases", "codes", "weights", "draws", "ratings", "levels", "tests", "bearings", "observations", "quotes", "searches", "sources",
    "hypotheses", "episodes", "participants",
)  # fmt: skip
_study = words("study", "id key title word_scale")
_revision = words("revision", "study_id number digest made_at")


@dataclass(frozen=True, slots=True)
class Exported:
    """Tables that were written.

    Attributes:
        counts: for each table how many rows it has.
        files: the names of all files, those of the codebook last.
        cut: for each table how many cells are too long for a spreadsheet and were cut short there.
    """

    counts: Mapping[str, int]
    files: tuple[str, ...]
    cut: Mapping[str, int]


def export_tables(
    connection: Connection,
    study: Any,
    folder: Path,
    formats: Iterable[str] = ("csv",),
    *,
    draws: int = 0,
    seed: int = 1,
    beside: Sequence[str] = (),
) -> Exported:
    """Write all tables of a study, and their codebook, into a folder that is there.

    Each table is one statement, and its rows are written as they come. The same ledger gives the same bytes.

    Args:
        connection: to the ledger, or to a copy of its past.
        study: the study's id.
        folder: where to.
        formats: some of ``FORMATS``.
        draws: how many times the code of each case is drawn anew by its weights; 0 for no such table.
        seed: of the drawing.
        beside: keys of publications whose codes count towards weights, as further coders'.

    Raises:
        UnknownKey: there is no such coder.
        EvidenceError: Parquet is asked for and pyarrow is not there, or a table has too many rows for a spreadsheet.
    """
    wanted = set(formats)
    made, book = _read(connection, study, draws, seed, beside)
    with files(folder, wanted) as written:
        for table in made:
            written.write(table)
        written.explain(as_table(book))
    book = book.counted(written.counts)
    texts = {"codebook.md": as_markdown(book), "codebook.json": as_json(book), "codebook.csv": as_csv(book)}
    if "csv" in wanted:
        texts[DESCRIPTOR] = as_package(book)
    for name, content in texts.items():
        (folder / name).write_bytes(content.encode())
    return Exported(written.counts, (*written.files, *texts), written.cut)


def codebook(connection: Connection, study: Any, *, draws: int = 0, seed: int = 1) -> Codebook:
    """Return the codebook of a study's tables: what is coded, by which rules, and what every column means."""
    return _read(connection, study, draws, seed)[1]


def study_tables(connection: Connection, study: Any, *, draws: int = 0, seed: int = 1) -> tuple[Table, ...]:
    """Return all tables of a study; their rows are read when they are asked for."""
    return _read(connection, study, draws, seed)[0]


def stale(connection: Connection, study: Any) -> frozenset[str]:
    """Return the names of all files that an export of a study's tables can have."""
    names = [table.name for table in study_tables(connection, study, draws=1)]
    return frozenset(
        [WORKBOOK, DESCRIPTOR, *(f"{name}.{form}" for name in names for form in FORMATS if form != "xlsx")]
    )


def _read(
    connection: Connection, study: Any, draws: int, seed: int, beside: Sequence[str] = ()
) -> tuple[tuple[Table, ...], Codebook]:
    row = connection.execute(select(_study).where(_study.c.id == study)).one()
    scale = {step["word"]: step["p"] for step in row.word_scale or ()}
    last = connection.execute(
        select(_revision.c.number, _revision.c.digest, _revision.c.made_at)
        .where(_revision.c.study_id == study)
        .order_by(_revision.c.number.desc())
        .limit(1)
    ).first()
    reading = Reading(connection, uuid.UUID(str(study)), scale)
    codes = Codes(connection, study, scale, beside)
    plain = noun_table(reading, NOUNS["case"])
    taken = [column.name for column in plain.columns]
    further = {"case": of_case(codes, taken), "decision": of_code(codes), "study": _of_study(last)}
    found = [
        *(
            noun_table(reading, noun, further.get(noun.name))
            for noun in (STUDY, *NOUNS.values())
            if noun.name in CALLED
        ),
        *list_tables(reading),
        *coded_tables(codes, draws, seed),
    ]
    places = {name: at for at, name in enumerate(_FIRST)}
    made = tuple(sorted(found, key=lambda table: (places.get(table.name, len(places)), table.name)))
    book = Codebook(
        key=row.key,
        title=row.title,
        revision=last.number if last else None,
        digest=last.digest if last else "",
        schemes=tuple(codes.schemes.values()),
        names=wide_names(codes, taken),
        scale=scale,
        tables=made,
    )
    return made, book


def _of_study(last: Any) -> Further:
    columns = (
        Column("revision", "integer", "The number of the revision that these tables are made from."),
        Column("revision_digest", "text", "Its digest, by which it is found."),
        Column("revision_made_at", "moment", "When it was made."),
    )
    values = (last.number, last.digest, last.made_at) if last else (None, None, None)
    return Further(columns, lambda _: values)
