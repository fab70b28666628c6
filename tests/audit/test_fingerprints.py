"""Fingerprints: any field of anything beneath changes them, nothing else does, and what is taken back is forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Enum,
    Integer,
    Table,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from evidence.audit.beneath import KINDS, LEADS, NAMED, cited, load
from evidence.audit.fingerprints import fingerprint, fingerprints
from evidence.ledger import records, schema
from evidence.ledger.among import driven
from evidence.ledger.store import open_engine
from evidence.models import Base, Redirect, Text
from evidence.models.base import uuid7
from evidence.moments import Instant
from evidence.study.read import read
from evidence.study.write import write
from tests.audit.signed import BENEATH, build, filed, rows
from tests.kit import Ledger

_LATER = datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture
def signed(ledger: Ledger) -> Ledger:
    """The small study, on both engines."""
    build(ledger)
    return ledger


@pytest.fixture
def file(sqlite_url: str) -> Ledger:
    """The small study in a file."""
    return filed(sqlite_url)


def ids_of(connection: Connection) -> dict[str, Any]:
    """Return the ids of everything that ``BENEATH`` names."""
    found = rows(connection)
    return {name: driven(connection, found[name][1]["id"]) for name in BENEATH}


def taken(connection: Connection, study: Any, ids: dict[str, Any] | None = None) -> dict[str, str]:
    """Return the fingerprints of everything that ``BENEATH`` names."""
    ids = ids or ids_of(connection)
    beneath = load(connection, study, [(name.split()[0], one) for name, one in ids.items()])
    all_ = fingerprints(connection, study, beneath, list(ids.values()))
    return {name: all_[one].value for name, one in ids.items()}


def now(ledger: Ledger) -> dict[str, str]:
    """Return the fingerprints through a new connection."""
    with ledger.read() as (connection, study):
        return taken(connection, study)


def another(column: Column[Any], row: dict[str, Any], others: dict[str, list[uuid.UUID]]) -> Iterator[Any]:
    """Yield a value that a column of a row does not have, if there is any."""
    value = row[column.name]
    if column.foreign_keys:
        (key,) = column.foreign_keys
        yield from (one for one in others[key.column.table.name] if one not in (value, row["id"]))
    elif isinstance(column.type, Boolean):
        yield not value
    elif isinstance(column.type, Enum):
        yield next(word for word in column.type.enum_class or () if word != value)
    elif isinstance(column.type, Instant):
        yield _LATER
    elif isinstance(column.type, Date):
        yield date(1931, 1, 1)
    elif isinstance(column.type, Integer):
        yield (value or 0) + 1
    elif isinstance(value, list | dict) or column.name in (
        "p",
        "p_hypothesis",
        "p_rival",
        "prior",
        "sensitivity",
    ):
        yield [0.125, 0.25]
    else:
        yield f"{value or ''}x"


def test_b_any_field_of_anything_beneath_changes_a_fingerprint_and_nothing_else_does(file: Ledger) -> None:
    engine = open_engine(file.url, writing=True)
    with file.read() as (_, study), engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        found = rows(connection)
        ids = ids_of(connection)
        before = taken(connection, study, ids)
        others: dict[str, list[uuid.UUID]] = {}
        for table, row in found.values():
            others.setdefault(table.name, []).append(row["id"])
        expected_of = {name: {one for one, all_ in BENEATH.items() if name in all_} for name in found}
        tried: set[str] = set()
        done: dict[str, bool] = {}
        for name in sorted(found, key=lambda name: -len(expected_of[name])):
            (table, row), expected = found[name], expected_of[name]
            # Every column of every table once, where it is beneath most; of every other row one, in turn.
            columns = _columns(table)
            every = table.name in KINDS and (table.name not in tried or table.name == "bearing")
            tried.add(table.name)
            for column in columns if every else [columns[len(name) % len(columns)]]:
                could = _try(connection, study, (table, row, column), others, before, expected, ids)
                done[f"{table.name}.{column.name}"] = could or done.get(f"{table.name}.{column.name}", False)
    engine.dispose()
    assert all(done.values()), done
    beneath = {name for all_ in BENEATH.values() for name in all_}
    assert beneath <= found.keys()
    # Every table of the chain has a row beneath, and one that is not.
    assert (
        {name.split()[0] for name in beneath}
        == {*KINDS}
        <= {name.split()[0] for name in found.keys() - beneath}
    )


def _columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if column.name not in ("id", "study_id", "content")]


def _try(
    connection: Connection,
    study: Any,
    place: tuple[Table, dict[str, Any], Column[Any]],
    others: dict[str, list[uuid.UUID]],
    before: dict[str, str],
    expected: set[str],
    ids: dict[str, Any],
) -> bool:
    """Change one column of one row, look, and take it back; tell whether it could be changed."""
    table, row, column = place
    for value in another(column, row, others):
        savepoint = connection.begin_nested()
        try:
            connection.execute(update(table).where(table.c.id == row["id"]).values({column.name: value}))
        except IntegrityError:  # there is such a link already
            savepoint.rollback()
            continue
        if column.name == "key" and table.name != "study":  # as the ledger renames
            moved = {"id": uuid7(), "study_id": row["study_id"], "noun": table.name, "key": row["key"]}
            connection.execute(insert(Redirect), [{**moved, "row_id": row["id"]}])
        after = taken(connection, study, ids)
        savepoint.rollback()
        changed = {name for name in before if after[name] != before[name]}
        assert changed >= expected, f"{table.name}.{column.name} of {row.get('key', '')} is not noticed"
        # A link may lead something there that was not.
        assert changed == expected or column.foreign_keys, (table.name, column.name, changed)
        return True
    return False


def test_every_link_of_the_models_is_followed_or_said_to_be_only_named() -> None:
    for name, kind in KINDS.items():
        links = {column.name for column in Base.metadata.tables[name].c if column.foreign_keys} - {"study_id"}
        followed = {*filter(None, [kind.up]), *kind.down}
        assert links == followed | {*NAMED.get(name, ())}, name
        assert followed.isdisjoint(NAMED.get(name, ()))
        for column in Base.metadata.tables[name].c:
            for key in column.foreign_keys:
                assert column.name == "study_id" or LEADS[column.name] == key.column.table.name


def test_what_is_taken_back_is_forgotten(file: Ledger) -> None:
    before = now(file)
    steps: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("quote", "q1", {"note": "doubtful"}, {"note": ""}),
        ("case", "mid-50", {"narrative": "Nothing."}, {"narrative": "So it was [@q4], and [@cited, 3]."}),
        ("coder", "ada", {"source": None}, {"source": "book"}),
    ]
    for noun, key, there, back in steps:
        for values, same in ((there, False), (back, True)):
            with file.write() as session:
                records.edit(session, noun, records.find(session, noun, key), values)
            assert (now(file) == before) is same, (noun, values)


def test_a_link_that_was_retired_is_gone_and_its_far_end_with_it(file: Ledger) -> None:
    before = now(file)
    with file.write() as session:
        records.edit(
            session, "observation", records.find(session, "observation", "o1"), {"quotes": ["q1", "q3"]}
        )
    more = now(file)
    assert {name for name in before if more[name] != before[name]} == {
        "test t1",
        "decision d1",
        "case mid-50",
    }
    with file.write() as session:
        records.edit(session, "observation", records.find(session, "observation", "o1"), {"quotes": ["q1"]})
    assert now(file) == before
    with file.write() as session:
        records.edit(session, "quote", records.find(session, "quote", "q3"), {"note": "read again"})
    changed = {name for name, value in now(file).items() if value != before[name]}
    assert changed == {"case mid-50"}  # where another observation rests on it


def test_a_renamed_case_leaves_what_is_in_it_as_it_was(file: Ledger) -> None:
    before = now(file)
    for noun, old, new in (
        ("case", "mid-50", "mid-2050"),
        ("actor", "usa", "us"),
        ("concept", "honour", "prestige"),
    ):
        with file.write() as session:
            records.rename(session, noun, records.find(session, noun, old), new)
    with file.read() as (connection, study):
        found = rows(connection)
        ids = [
            driven(connection, found[f"{name} {key}"][1]["id"])
            for name, key in (("test", "t1"), ("case", "mid-2050"))
        ]
        nouns = ("test", "case")
        test, case = (fingerprint(connection, study, *pair).value for pair in zip(nouns, ids, strict=True))
    assert test == before["test t1"]
    assert case != before["case mid-50"]  # its own key is a field of its own


def test_the_same_study_has_the_same_fingerprints_in_every_ledger(signed: Ledger, tmp_path: Path) -> None:
    with signed.write() as session:
        records.rename(
            session, "case", records.find(session, "case", "mid-50"), "first"
        )  # before it in the alphabet
        records.rename(session, "case", records.find(session, "case", "first"), "mid-50b")
        records.rename(session, "case", records.find(session, "case", "mid-50b"), "mid-50c")
    with signed.read() as (connection, study):
        write(connection, study, tmp_path / "text")
        ids = {"case": "mid-50c", "decision": "d1", "test": "t1", "quote": "q1"}
        before = _by_key(connection, study, ids)
    other = Ledger(f"sqlite:///{tmp_path / 'other.db'}")
    schema.create(other.url)
    read(other.url, tmp_path / "text", author="Bob", message="read")
    with other.read() as (connection, study):
        assert _by_key(connection, study, ids) == before


def _by_key(connection: Connection, study: Any, keys: dict[str, str]) -> dict[str, str]:
    found = {}
    for noun, key in keys.items():
        table = Base.metadata.tables[noun]
        one = connection.execute(select(table.c.id).where(table.c.key == key)).scalar_one()
        found[noun] = fingerprint(connection, study, noun, one).value
    return found


def test_a_text_counts_by_its_hash_whether_or_not_its_words_are_here(file: Ledger) -> None:
    before = now(file)
    file.behind_its_back("UPDATE text SET content = NULL")
    assert now(file) == before
    with file.write() as session:
        source = records.find(session, "source", "memo")
        session.add(Text(source_id=source.id, sha256="0" * 64, content=None, edition="a newer one"))
    assert all(value != before[name] for name, value in now(file).items())


def test_what_a_narrative_cites() -> None:
    assert [*cited("A [@q1] and [@q2, 315; @book]. Text: \\[@none].")] == ["q1", "q2", "book"]


def test_the_statements_do_not_grow(file: Ledger) -> None:
    asked: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda *what: asked.append(what[2]))
    with file.read() as (connection, study):
        found = rows(connection)
        for names in (
            ("decision d1",),
            ("decision d1", "decision d0", "decision far.d", "decision published"),
        ):
            ids = [driven(connection, found[name][1]["id"]) for name in names]
            asked.clear()
            fingerprints(connection, study, load(connection, study, [("decision", one) for one in ids]), ids)
            assert len(asked) <= 32
