"""A study in Python: DataFrames of both libraries, trees that show themselves, and nothing that writes."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from html5lib import HTMLParser

import evidence
from evidence.errors import EvidenceError, LedgerError, UnknownKey
from evidence.exchange.tables import export_tables, study_tables
from evidence.ledger import records
from tests.kit import Ledger
from tests.publish.sound import harm
from tests.publish.strait import HOSTILE, reasoned

TURNED = "\u202eesrever"


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    """A small study with whatever reasoning reads, hostile words in all of it."""
    return reasoned(sqlite_url, HOSTILE)


@pytest.fixture
def either(ledger_url: str) -> Ledger:
    """The same on either engine."""
    return reasoned(ledger_url, HOSTILE)


def as_text(value: Any) -> str:
    """Return a value of a DataFrame as the table that is exported has it."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if hasattr(value, "tzinfo"):
        return str(value.isoformat()).replace("+00:00", "Z")
    return str(value)


def numbered(cell: str) -> str:
    """Return a number as a DataFrame says it: a whole one has a fraction too."""
    return str(float(cell)) if cell else ""


def test_a_frame_has_the_columns_and_the_values_of_the_exported_table(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.read() as (connection, own):
        export_tables(connection, own, tmp_path)
        kinds = {table.name: [one.kind for one in table.columns] for table in study_tables(connection, own)}
    for library in ("pandas", "polars"):
        study = evidence.open(ledger.url, frames=library)
        for name in ("cases", "codes", "case_facts", "tests", "weights"):
            with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
                columns, *rows = csv.reader(lines)
            made = study.table(name)
            assert list(made.columns) == columns
            found = made.rows() if library == "polars" else made.astype(object).to_numpy().tolist()
            assert [[as_text(value) for value in row] for row in found] == [
                [
                    numbered(cell) if kind == "number" else cell
                    for cell, kind in zip(row, kinds[name], strict=True)
                ]
                for row in rows
            ], (library, name)


def test_columns_are_of_what_they_hold(ledger: Ledger) -> None:
    by_pandas, by_polars = (evidence.open(ledger.url, frames=name) for name in ("pandas", "polars"))
    cases, also = by_pandas.cases(), by_polars.cases()
    assert isinstance(cases, pd.DataFrame)
    assert isinstance(also, pl.DataFrame)
    assert str(cases["start_year"].dtype) == str(also["start_year"].dtype) == "Int64"
    decisions, them = by_pandas.decisions(), by_polars.decisions()
    assert str(decisions["decided_at"].dtype) == "datetime64[us, UTC]"
    assert them["decided_at"].dtype == pl.Datetime("us", "UTC")
    assert set(decisions["case"]) == {"mid-50"}
    for name in ("tests", "observations", "searches", "quotes", "sources", "hypotheses"):
        assert len(getattr(by_pandas, name)()) == len(getattr(by_polars, name)()) > 0
    empty = by_polars.sql("SELECT key FROM quote WHERE key = :key", key="none")
    assert (empty.columns, len(empty)) == (["key"], 0)
    mixed = "SELECT 1 AS a, 0.5 AS b, 'x' AS c UNION ALL SELECT NULL, NULL, NULL UNION ALL SELECT 2, 3, NULL"
    assert [str(kind) for kind in by_pandas.sql(mixed).dtypes] == ["Int64", "Float64", "string"]


def test_nothing_is_written_even_by_sql(either: Ledger) -> None:
    study = evidence.open(either.url)
    for statement in (
        "UPDATE quote SET words = 'x'",
        "DELETE FROM quote",
        "DROP TABLE quote",
        "WITH x AS (SELECT 1) DELETE FROM quote",
        "SELECT 1; DELETE FROM quote",
        "COMMIT",
        "CREATE TEMPORARY TABLE t (a int)",
        "nonsense",
        "SELECT words FROM quote WHERE key = :key",
    ):
        with pytest.raises(LedgerError, match="only read"):
            study.sql(statement)
    assert len(study.sql("SELECT * FROM quote WHERE words <> 'x'")) == 2
    assert either.findings() == []


def test_a_file_is_no_way_to_another(ledger: Ledger, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    study = evidence.open(ledger.url)
    for statement in (
        f"ATTACH '{other}' AS other",
        "PRAGMA query_only = OFF",
        f"VACUUM INTO '{other}'",
        f"SELECT load_extension('{other}')",
    ):
        with pytest.raises(LedgerError, match="only read"):
            study.sql(statement)
    assert not other.exists()


def test_the_index_of_find_can_be_asked(ledger: Ledger) -> None:
    found = evidence.open(ledger.url).sql(
        "SELECT count(*) AS n FROM passage_index WHERE passage_index MATCH 'allies'"
    )
    assert found["n"][0] > 0


def test_a_tree_shows_itself_and_no_markup_of_anybody(either: Ledger) -> None:
    with either.write() as session:
        found = records.find(session, "observation", "mid-50.o1")
        records.edit(session, "observation", found, {"inference": f"{TURNED} `````` **bold**"})
    tree = evidence.open(either.url).why("mid-50", "ALLY")
    html = tree._repr_html_()
    assert harm(f"<!DOCTYPE html><title>why</title>{html}") == []
    assert HOSTILE not in html
    assert TURNED not in html
    assert "[U+202E]esrever" in html
    page = HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html)
    assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= {
        "DOCUMENT_FRAGMENT", "style", "div", "details", "summary", "span",
    }  # fmt: skip
    assert len(page.findall(".//details")) > 3
    text = repr(tree)
    assert text.splitlines()[0] == "Case 50 (mid-50; 1950-07-XX to 1950-08-02; process-traced)"
    for words in (
        "ALLY 0: reduced",
        "t1 straw in the wind test: passed",
        "“a “symbol” <script>",
        "Earlier codes",
        "as above",
    ):
        assert words in text
    assert "\u202e" not in text
    markdown = tree._repr_markdown_()
    assert markdown.startswith("```````text\n")
    assert markdown.endswith("\n```````")
    assert tree.answer.codes[0].value == "0"


def test_a_case_without_a_code_and_a_study_of_the_past(ledger: Ledger) -> None:
    study = evidence.open(ledger.url)
    assert "It has no code." in repr(study.why("mid-51"))
    then = evidence.open(ledger.url, as_of=1)
    assert (len(study.cases()), len(then.cases())) == (3, 0)
    assert "as of revision 1, open for reading: Alliances & disputes" in repr(then)


def test_what_is_wrong_is_said_in_a_sentence(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    study = evidence.open(ledger.url)
    with pytest.raises(UnknownKey, match="Did you mean cases"):
        study.table("case")
    with pytest.raises(UnknownKey, match="mid-9"):
        study.why("mid-9")
    with pytest.raises(EvidenceError, match="no ledger at") as refused:
        evidence.open("nowhere.db")
    (shown,) = refused.value._render_traceback_()  # by which IPython shows it, and nothing of the way there
    assert shown.startswith("LedgerError: There is no ledger at nowhere.db")
    with pytest.raises(EvidenceError, match="Did you mean pandas"):
        evidence.open(ledger.url, frames="panda")
    with pytest.raises(EvidenceError, match="two columns are called key"):
        study.sql("SELECT key, words AS key FROM quote")
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
    with pytest.raises(EvidenceError, match="need pandas or polars; install one"):
        study.cases()
    with pytest.raises(EvidenceError, match="polars is not installed"):
        evidence.open(ledger.url, frames="polars")
    assert "ALLY 0" in repr(study.why("mid-50"))  # which needs neither


def test_importing_evidence_loads_next_to_nothing() -> None:
    script = (
        "import sys; before = set(sys.modules); import evidence; print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in done.stdout.split()} <= {
        "evidence",
        "typing",
        *sys.stdlib_module_names,
    }
    assert "sqlalchemy" not in done.stdout
