"""What is no evidence is tampered with, the index of find and the schema's number: 'evidence db check' says where."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from evidence.ledger import indexed, records, schema, terms
from evidence.ledger.store import HEAD, open_engine
from tests.kit import Ledger, Run, work_a_case
from tests.ledger.tampered import sign

_REMEDY = "run 'evidence db reindex'"
_HELD = "The Secretary said that “the islands” … were not worth a general war, and said it again."


class Copy:
    """A ledger in a file that is written anew before each try."""

    def __init__(self, file: Path) -> None:
        self.file, self.kept = file, file.read_bytes()
        self.ledger = Ledger(f"sqlite:///{file}")

    @contextmanager
    def tampered(self) -> Iterator[sqlite3.Connection]:
        """Give the file as it was to somebody with a database tool, whose work is kept."""
        self.file.write_bytes(self.kept)
        with closing(sqlite3.connect(self.file)) as driver:
            yield driver
            driver.commit()

    def found(self) -> list[str]:
        """Return what the check of the index says, through a new connection."""
        engine = open_engine(self.ledger.url)
        try:
            with engine.connect() as connection:
                return indexed.check(connection)
        finally:
            engine.dispose()

    def cells(self, table: str) -> list[tuple[str, tuple[Any, ...], str, Any]]:
        """Return every value of a table: which row (a condition and its values), the column, what stands there."""
        with closing(sqlite3.connect(self.file)) as driver:
            columns = driver.execute(f"PRAGMA table_info({table})").fetchall()
            keys = [column[1] for column in columns if column[5]]
            where = " AND ".join(f"{key} IS ?" for key in keys)
            rows = driver.execute(f"SELECT {', '.join(keys)}, * FROM {table}").fetchall()
        return [
            (where, row[: len(keys)], column[1], value)
            for row in rows
            for column, value in zip(columns, row[len(keys) :], strict=True)
        ]


def fill(ledger: Ledger) -> Ledger:
    ledger.found()
    with ledger.write("work a case") as session:
        work_a_case(session)
        records.add(session, "text", {"source": "memo", "sha256": "0" * 64, "content": _HELD}, computed=True)
    return ledger


@pytest.fixture(scope="module")
def filled(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("indexed") / "evidence.db"
    shutil.copyfile(_sqlite_template, file)
    fill(Ledger(f"sqlite:///{file}"))
    return file


@pytest.fixture
def copy(filled: Path, tmp_path: Path) -> Copy:
    return Copy(shutil.copyfile(filled, tmp_path / "evidence.db"))


#: What the records are called whose words the index has.
NAMES = ("quote memo.1", "source memo", "observation o1", "test t1", "search s1", "hypothesis alliance",
         "hypothesis interest", "text ", "case mid-50", "study entangled")  # fmt: skip


def test_every_column_of_every_passage(copy: Copy) -> None:
    """The passages say which words belong to which record."""
    assert copy.found() == []
    tried = 0
    for where, key, column, value in copy.cells("passage"):
        new = value + 999 if isinstance(value, int) else sign(value) if value else "x"
        with copy.tampered() as driver:
            assert driver.execute(f"UPDATE passage SET {column} = ? WHERE {where}", (new, *key)).rowcount == 1
        found = copy.found()
        assert any(name in line for line in found for name in NAMES), (column, value, found)
        assert all(line.startswith("the index of find ") and line.endswith(_REMEDY) for line in found)
        tried += 1
    assert tried > 50


def answers(driver: sqlite3.Connection) -> Any:
    """Return which passages each word and each two words that follow each other are found in, as the index has it."""
    known = terms.terms(_HELD)
    asked = [
        *known,
        *(f"{one} {other}" for one, other in pairwise(known)),
        "alliance",
        "memorandum",
        "bases and",
    ]
    line = "SELECT group_concat(rowid) FROM (SELECT rowid FROM passage_index WHERE passage_index MATCH ? ORDER BY bm25(passage_index), rowid)"
    return [driver.execute(line, (f'"{words}"',)).fetchone() for words in asked]


@pytest.mark.parametrize("table", ["config", "docsize", "idx", "data"])
def test_every_column_of_the_tables_of_fts5(copy: Copy, table: str) -> None:
    """Any bit that changes an answer is found; in blocks some bytes are tried. Some bits are for FTS5's own use."""
    with copy.tampered() as driver:
        whole = answers(driver)
    tried = missed = 0
    for where, key, column, value in copy.cells(f"passage_index_{table}"):
        for new in others(value):
            with copy.tampered() as driver:
                driver.execute(f"UPDATE passage_index_{table} SET {column} = ? WHERE {where}", (new, *key))
            tried += 1
            if found := copy.found():
                assert all(line.startswith("the index of find ") and line.endswith(_REMEDY) for line in found)
                continue
            missed += 1
            with copy.tampered() as driver:
                driver.execute(f"UPDATE passage_index_{table} SET {column} = ? WHERE {where}", (new, *key))
                assert answers(driver) == whole, (column, key, value, new)
    assert missed < tried


def others(value: Any) -> Iterator[Any]:
    if isinstance(value, int):
        yield value + 1000
    elif isinstance(value, str):
        yield sign(value)
    elif not value:
        yield b"m"
    for at in range(0, len(value) if isinstance(value, bytes) else 0, 61):
        yield value[:at] + bytes([value[at] ^ (1 << at % 8)]) + value[at + 1 :]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE passage SET words = '' WHERE noun = 'quote'", "has something else as words of quote memo.1"),
        ("DELETE FROM passage WHERE noun = 'observation'", "lacks proposition of observation o1"),
        ("DELETE FROM passage_index_docsize WHERE id = (SELECT id FROM passage WHERE noun = 'quote')", "has something else as words of quote memo.1"),
        ("INSERT INTO passage_index (passage_index, rowid, words) SELECT 'delete', id, 'the secretary said that the islands' FROM passage WHERE noun = 'quote'", "has something else as words of quote memo.1"),
        ("INSERT INTO passage_index (passage_index, rowid, words) SELECT 'delete', id, 'not' FROM passage WHERE noun = 'text'", "has something else as content of text "),
        ("INSERT INTO passage_index (rowid, words) VALUES (77, 'made up')", "has words of no record (passage 77)"),
        ("INSERT INTO passage SELECT 99, study_id, record_id, noun, 'note', 'made up' FROM passage WHERE noun = 'quote'", "has another note of quote memo.1"),
        ("UPDATE passage_index_config SET v = 5 WHERE k = 'version'", "is damaged ("),
        ("UPDATE passage_index_config SET v = 9 WHERE k = 'hashsize'", "is damaged (its settings are not the program's)"),
        ("DELETE FROM passage_index_config", "is damaged ("),
        ("UPDATE passage_index_data SET block = x'0a36' WHERE id = 1", "is damaged (it counts other words than it has)"),
        ("DELETE FROM passage_index_data WHERE id = 10", "is damaged ("),
        ("DELETE FROM passage_index_data", "is damaged ("),
    ],
)  # fmt: skip
def test_evidence_hidden_from_find_is_named_and_the_index_mended(
    copy: Copy, statement: str, said: str
) -> None:
    with copy.tampered() as driver:
        whole = answers(driver)
        assert driver.execute(statement).rowcount != 0
    found = copy.found()
    assert any(f"the index of find {said}" in line for line in found), found
    assert schema.reindex(copy.ledger.url) == len({row[1] for row in copy.cells("passage")})
    assert copy.found() == []
    with closing(sqlite3.connect(copy.file)) as driver:
        assert sorted(map(str, answers(driver))) == sorted(map(str, whole))
        settings = driver.execute("SELECT k, v FROM passage_index_config ORDER BY k").fetchall()
        assert settings == [("hashsize", 33554432), ("version", 4)]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE alembic_version SET version_num = '0003'", "the schema is 0003"),
        ("UPDATE alembic_version SET version_num = '00x4'", "the schema is 00x4"),
        ("DELETE FROM alembic_version", "this is not a ledger"),
        ("INSERT INTO alembic_version VALUES ('9999')", "the database has a second version 9999"),
        (
            "CREATE TRIGGER t AFTER INSERT ON quote BEGIN DELETE FROM quote; END",
            "the database has a trigger t",
        ),
        ("CREATE VIEW v AS SELECT * FROM quote", "the database has a view v"),
        ("DROP VIEW cases_coded", "the view cases_coded is missing"),
        ("DROP INDEX uq_quote_key", "the schema differs from the program's"),
        ("UPDATE quote SET source_id = 'f' || substr(source_id, 2)", "quote row 1 leads to no source"),
    ],
)
def test_the_schema_is_checked_by_the_command(copy: Copy, run: Run, statement: str, said: str) -> None:
    with copy.tampered() as driver:
        driver.execute(statement)
    result = run("db", "check", EVIDENCE_LEDGER=str(copy.file))
    assert (result.code, result.stderr) == (3, "")
    assert result.stdout.startswith(said), result.stdout
    if "alembic" in statement and "INSERT" not in statement:
        assert f"write {HEAD} into its one row" in result.stdout


@pytest.mark.parametrize("words", [b"memo.1", b"islands", b"alliance"])
def test_a_letter_changed_anywhere_in_the_file_is_found_by_one_command_or_the_other(
    copy: Copy, words: bytes
) -> None:
    """Tables, their indexes, the history, the index of find: wherever the words stand in the bytes of the file."""
    at, tried = copy.kept.find(words), 0
    while at >= 0:
        copy.file.write_bytes(copy.kept[:at] + bytes([copy.kept[at] ^ 1]) + copy.kept[at + 1 :])
        assert copy.ledger.findings() or schema.check(copy.ledger.url), (at, copy.kept[at - 40 : at + 40])
        at, tried = copy.kept.find(words, at + 1), tried + 1
    assert tried >= 3


def test_on_a_server_too(postgres_url: str) -> None:
    ledger = fill(Ledger(postgres_url))
    assert schema.check(ledger.url) == []
    quote = "SELECT id FROM passage WHERE noun = 'quote'"
    tries: list[tuple[str, Callable[[str], bool]]] = [
        (f"UPDATE passage_index SET vector = replace(vector::text, 'islands', 'islandt')::tsvector WHERE id IN ({quote})",
         lambda line: "has something else as words of quote memo.1" in line),
        (f"DELETE FROM passage_index WHERE id IN ({quote})", lambda line: "has something else as words of quote memo.1" in line),
        ("UPDATE passage SET words = overlay(words placing 'x' from 5) WHERE noun = 'observation'",
         lambda line: "has something else as proposition of observation o1" in line),
        ("UPDATE passage_index SET slice = 7 WHERE id = (SELECT max(id) FROM passage_index)", lambda line: "has something else as" in line),
        ("UPDATE alembic_version SET version_num = '0003'", lambda line: line.startswith("the schema is 0003")),
    ]  # fmt: skip
    for statement, fits in tries:
        assert ledger.behind_its_back(statement) == 1
        found = schema.check(ledger.url)
        assert any(map(fits, found)), (statement, found)
        if "alembic" not in statement:
            schema.reindex(ledger.url)
            assert schema.check(ledger.url) == []
