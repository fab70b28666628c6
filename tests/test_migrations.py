"""The proofs that a migration arrives with: up, down, up; models that agree; old ledgers that still open."""

from __future__ import annotations

import ast
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Date, Engine, Enum, inspect, text
from sqlalchemy.types import JSON

from evidence.errors import LedgerError
from evidence.ledger import records, rows, schema, store
from evidence.models import Base
from evidence.moments import Instant
from evidence.resources import folder
from evidence.stated import Stated
from tests.kit import ROOT, Ledger, work_a_case

VERSIONS = sorted(folder("migrations").glob("versions/[0-9]*.py"))
KEPT = sorted((ROOT / "tests" / "databases").glob("*.sqlite"))

#: The index of find is no part of the models: its table, and those that FTS5 makes of it.
INDEX = {"passage", "passage_index", *(f"passage_index_{n}" for n in ("config", "data", "docsize", "idx"))}


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = store.open_engine(url, writing=True)
    try:
        yield engine
    finally:
        engine.dispose()


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        found = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return found - INDEX


def test_up_down_up(empty_url: str) -> None:
    with opened(empty_url) as engine:
        for _ in range(2):
            schema.migrate(engine)
            assert tables(engine) == set(Base.metadata.tables)
            with engine.connect() as connection:
                assert schema.differences(connection) == []
            schema.migrate(engine, "base")
            assert tables(engine) == set()
            with engine.connect() as connection:
                assert not INDEX & set(inspect(connection).get_table_names())


@pytest.mark.parametrize("step", range(len(VERSIONS)))
def test_each_step_goes_up_down_and_up(empty_url: str, step: int) -> None:
    revision = VERSIONS[step].name[:4]
    with opened(empty_url) as engine:
        for to in (revision, "-1", revision):
            schema.migrate(engine, to)
        with engine.connect() as connection:
            assert store.version_of(connection) == revision


def test_models_and_migrations_agree(ledger_url: str) -> None:
    with opened(ledger_url) as engine, engine.connect() as connection:
        assert schema.differences(connection) == []
        command.check(schema.config(connection))
    assert schema.check(ledger_url) == []


def test_checks_know_every_member(ledger_url: str) -> None:
    """Alembic compares a CHECK by its name alone, so a new word would slip past it."""
    with opened(ledger_url) as engine, engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            checks = {
                c["name"]: str(c["sqltext"]) for c in inspect(connection).get_check_constraints(table.name)
            }
            for column in table.columns:
                if isinstance(column.type, Enum) and column.type.enum_class:
                    rule = checks.pop(f"ck_{table.name}_{column.type.name}")
                    members = {f"'{member.value}'" for member in column.type.enum_class}
                    assert {part for part in members if part in rule} == members, (table.name, column.name)
                    assert rule.count("'") == 2 * len(members), (
                        f"{table.name}.{column.name} allows more: {rule}"
                    )
            assert set(checks) == ({"ck_bearing_one_subject"} if table.name == "bearing" else set())


def test_names_of_constraints_and_the_order_of_indexes_are_the_houses(ledger_url: str) -> None:
    with opened(ledger_url) as engine, engine.connect() as connection:
        look = inspect(connection)
        for table in Base.metadata.sorted_tables:
            assert look.get_pk_constraint(table.name)["name"] == f"pk_{table.name}"
            for key in look.get_foreign_keys(table.name):
                assert key["name"] == f"fk_{table.name}_{key['constrained_columns'][0]}"
                assert key["options"].get("ondelete") is None, (
                    "rows are retired; a cascade could delete evidence"
                )
            for index in look.get_indexes(table.name):
                if table.name != "study":
                    assert index["column_names"][0] == "study_id", index["name"]


def test_head_is_the_newest_migration() -> None:
    with opened("sqlite://") as engine, engine.connect() as connection:
        script = ScriptDirectory.from_config(schema.config(connection))
        assert script.get_heads() == [store.HEAD]
        numbers = [revision.revision for revision in script.walk_revisions()]
    assert sorted(numbers) == [f"{n:04}" for n in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.name)
def test_a_migration_is_frozen_and_noted(file: Path) -> None:
    names = [
        name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names] if isinstance(node, ast.Import) else [])
    ]  # fmt: skip
    assert not [name for name in names if name.split(".")[0] in ("evidence", "cli")]
    assert f"| {file.name[:4]} |" in (file.parents[1] / "NOTES.md").read_text("utf-8")


def test_columns_are_named_as_rows_types_them() -> None:
    """``ledger/rows.py`` reads without the mapped classes, so its lists must be theirs."""
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    assert {c.name for c in columns if isinstance(c.type, JSON | Stated)} == rows.JSONS
    assert {c.name for c in columns if isinstance(c.type, Date)} == rows.DATES
    for column in columns:
        assert isinstance(column.type, Instant) == column.name.endswith("_at"), column
        assert isinstance(column.type, JSON | Stated) == (column.name in rows.JSONS), column


def test_rows_asks_for_tables_and_columns_that_exist() -> None:
    found = 0
    for file in (ROOT / "evidence").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "words":
                said = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                if len(said) == 2:  # the rest are put together at run time, and run by their own tests
                    name, columns = map(str, said)
                    assert set(columns.split()) <= set(Base.metadata.tables[name].columns.keys()), (
                        file,
                        name,
                    )
                    found += 1
    assert found


BATCH = '''"""Try."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{down}", None, None


def upgrade() -> None:
    {body}


def downgrade() -> None:
    raise NotImplementedError
'''
CASCADE = """with op.batch_alter_table("quote") as batch:
        batch.drop_constraint("fk_quote_source_id", type_="foreignkey")
        batch.create_foreign_key("fk_quote_source_id", "source", ["source_id"], ["id"], ondelete="CASCADE")"""
ALTER = """with op.batch_alter_table("source", recreate="always") as batch:
        batch.add_column(sa.Column("shelf", sa.Text(), nullable=True))"""


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations with two more: one that lets deleting a source delete its quotes, one that alters sources."""
    copy = tmp_path / "migrations"
    shutil.copytree(folder("migrations"), copy, ignore=shutil.ignore_patterns("__pycache__"))
    for revision, down, body in (("9001", store.HEAD, CASCADE), ("9002", "9001", ALTER)):
        (copy / "versions" / f"{revision}_try.py").write_text(
            BATCH.format(revision=revision, down=down, body=body), "utf-8"
        )
    monkeypatch.setattr(schema, "folder", lambda _name: copy)
    return copy


@pytest.fixture
def worked(sqlite_url: str) -> Ledger:
    """A ledger in a file with a case worked in it."""
    ledger = Ledger(sqlite_url)
    ledger.found()
    with ledger.write() as session:
        work_a_case(session)
    return ledger


@pytest.mark.usefixtures("scratch")
def test_a_batch_migration_keeps_what_leads_to_the_table_it_rebuilds(worked: Ledger) -> None:
    with opened(worked.url) as engine:
        schema.migrate(engine)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM quote")).scalar() == 1
            assert "shelf" in {column["name"] for column in inspect(connection).get_columns("source")}
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


@pytest.mark.usefixtures("scratch")
def test_without_that_care_the_same_migration_deletes_evidence(worked: Ledger) -> None:
    """The trap itself, so that the test above is known to be able to fail."""
    with opened(worked.url) as engine:
        schema.migrate(engine, "9001")
        with engine.begin() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            connection.execute(text("DELETE FROM observation_quote"))
            command.upgrade(schema.config(connection), "9002")
            assert connection.execute(text("SELECT count(*) FROM quote")).scalar() == 0


def test_a_migration_that_breaks_links_is_taken_back_whole(worked: Ledger, scratch: Path) -> None:
    body = 'op.execute("DELETE FROM source")'
    (scratch / "versions" / "9002_try.py").write_text(
        BATCH.format(revision="9002", down="9001", body=body), "utf-8"
    )
    with opened(worked.url) as engine:
        with pytest.raises(RuntimeError, match="links leading nowhere"):
            schema.migrate(engine)
        with engine.connect() as connection:
            assert store.version_of(connection) == store.HEAD
    assert worked.findings() == []


def newer_program(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (schema, store):
        monkeypatch.setattr(module, "HEAD", "9002")


@pytest.mark.usefixtures("scratch")
def test_an_older_ledger_is_copied_and_then_upgraded(worked: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    head = store.HEAD
    newer_program(monkeypatch)
    with pytest.raises(
        LedgerError, match=rf"older program \(schema {head}, this one needs 9002\); run 'evidence db upgrade'"
    ):
        worked.entries()
    before, after, copy = schema.upgrade(worked.url)
    assert (before, after) == (head, "9002")
    assert len(worked.entries()) == 2
    assert copy is not None
    monkeypatch.undo()
    kept = Ledger(f"sqlite:///{copy}")
    assert kept.value("SELECT version_num FROM alembic_version") == head
    assert kept.findings() == []
    assert kept.value("SELECT words FROM quote")


def test_a_ledger_of_this_schema_needs_no_upgrade(ledger_url: str) -> None:
    assert schema.upgrade(ledger_url) == (store.HEAD, store.HEAD, None)


def stamp(url: str, version: str) -> None:
    Ledger(url).behind_its_back(f"UPDATE alembic_version SET version_num = '{version}'")


@pytest.mark.parametrize("door", ["read", "write"])
def test_a_ledger_of_a_newer_program_is_left_alone(ledger_url: str, door: str) -> None:
    ledger = Ledger(ledger_url)
    ledger.found()
    stamp(ledger_url, "9999")
    with (
        pytest.raises(
            LedgerError, match=rf"newer program \(schema 9999, this one knows {store.HEAD}\); update evidence"
        ),
        getattr(ledger, door)(),
    ):
        pass
    first, second = schema.check(ledger_url)
    assert first == (
        f"the schema is 9999, of a newer program than this one, which knows {store.HEAD}; update evidence"
    )
    assert "if alembic_version was changed by hand" in second  # as it was here


@pytest.mark.parametrize("door", ["read", "write"])
def test_an_empty_database_is_not_a_ledger(empty_url: str, door: str) -> None:
    with opened(empty_url) as engine, engine.connect():
        pass
    with (
        pytest.raises(LedgerError, match=r"is not a ledger; make one with 'evidence init --study KEY'\."),
        getattr(Ledger(empty_url), door)(),
    ):
        pass
    with pytest.raises(LedgerError, match="is not a ledger"):
        schema.upgrade(empty_url)


def test_somebody_elses_database_is_not_made_a_ledger(empty_url: str) -> None:
    with opened(empty_url) as engine, engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id INTEGER)"))
    with pytest.raises(LedgerError, match="is a database with other tables in it; choose an empty one"):
        schema.create(empty_url)
    with opened(empty_url) as engine:
        assert tables(engine) == {"orders"}


def test_making_a_ledger_twice_makes_it_once(empty_url: str) -> None:
    assert [schema.create(empty_url), schema.create(empty_url)] == [True, False]


def test_check_finds_a_schema_and_links_that_are_not_as_they_should_be(worked: Ledger) -> None:
    worked.behind_its_back("DROP INDEX ix_quote_source_id")
    assert ["the schema differs" in line for line in schema.check(worked.url)] == [True]
    with sqlite3.connect(worked.url.removeprefix("sqlite:///")) as connection:  # where foreign keys are off
        connection.execute("DELETE FROM source")
    connection.close()
    assert any("leads to no source" in line for line in schema.check(worked.url))


def test_every_schema_left_a_ledger_behind() -> None:
    assert [file.stem for file in KEPT] == [version.name[:4] for version in VERSIONS]


def read_old(connection: Connection) -> dict[str, int]:
    return {
        t.name: connection.execute(text(f'SELECT count(*) FROM "{t.name}"')).scalar() or 0
        for t in Base.metadata.sorted_tables
    }


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_an_old_ledger_is_upgraded_and_then_used(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "old.db"
    shutil.copyfile(file, copy)
    ledger = Ledger(f"sqlite:///{copy}")
    assert schema.upgrade(ledger.url)[0] == file.stem
    assert schema.check(ledger.url) == []
    assert ledger.findings() == []
    entries = ledger.entries()
    assert [(e.author, e.message) for e in entries] == [
        ("Ada", "init"), ("Ada", "work a case"), ("Bob Ñandú", "title it"), ("Ada", "rename and retire"),
    ]  # fmt: skip
    with ledger.write("go on") as session:
        case = records.find(session, "case", "mid-50")
        assert (case.key, case.title, case.end) == ("strait", "台灣海峽 “Strait”", "1956-01-XX")
        quote = records.find(session, "quote", "memo.1")
        assert (quote.words, quote.locator) == ("The Secretary said that “the islands” …", {"page": "613"})
        assert records.keys(session, "observation") == []
        records.edit(session, "case", case, {"screening": "Read again."})
    assert ledger.findings() == []
    assert ledger.entries()[:-1] == entries
    with opened(ledger.url) as engine, engine.connect() as connection:
        counts = read_old(connection)
    assert (counts["quote"], counts["observation"], counts["redirect"], counts["revision"]) == (1, 1, 1, 5)
