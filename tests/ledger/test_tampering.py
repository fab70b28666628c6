"""Tampering with any value anywhere in a ledger is found, and said to be where it is: which record, which field."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, Table, delete, insert, select, update

from evidence.errors import ValueRefused
from evidence.ledger.revisions import digest_of
from evidence.models import Base
from evidence.models.base import uuid7
from evidence.resources import folder
from evidence.study.read import read
from tests.kit import Ledger, Run
from tests.ledger.planted import TABLES
from tests.ledger.tampered import BYTES, Hand, tampering

_STUDY, _REVISION, _CHANGE = (Base.metadata.tables[name] for name in ("study", "revision", "change"))


@pytest.fixture
def ledger(planted_file: Ledger, tmp_path: Path) -> Ledger:
    """The ledger in a file of its own, for what is kept."""
    file = tmp_path / "evidence.db"
    shutil.copyfile(planted_file.url.removeprefix("sqlite:///"), file)
    return Ledger(f"sqlite:///{file}")


def each_once(hand: Hand) -> Iterator[tuple[Table, Column[Any], UUID]]:
    """Yield every column of every table of evidence, each with a row of its own that has something there."""
    for table in TABLES:
        taken: list[UUID] = []
        for column in table.columns if table is not _STUDY else ():
            free = select(table.c.id).where(column.is_not(None), table.c.id.not_in(taken))
            taken.append(hand.connection.scalars(free.order_by(table.c.id.desc())).first())  # type: ignore[arg-type]
            yield table, column, taken[-1]


def located(hand: Hand) -> dict[tuple[str, str], str]:
    """Return for each value that verifying says to be changed what it says."""
    found = hand.found()
    assert {finding.rule for finding in found} == {"EV902"}, [f for f in found if f.rule != "EV902"]
    return {(finding.subject, finding.message.split()[0]): finding.message for finding in found}


def test_every_column_of_every_table_of_evidence(either: Hand) -> None:
    places = list(each_once(either))
    assert len(places) > 300
    for table, column, row_id in places:
        either.change(table, row_id, column)
    assert located(either).keys() == {(either.names[str(row)], column.name) for _, column, row in places}


@pytest.mark.parametrize("how", BYTES)
def test_every_value_as_it_stands_in_a_file(hand: Hand, how: str) -> None:
    """SQLite takes anything anywhere, and much of it reads as before: 3 as true, capitals in an id, blanks in JSON."""
    places = list(each_once(hand))
    for table, column, row_id in places:
        hand.write(table.name, row_id, column.name, BYTES[how])
    assert located(hand).keys() == {(hand.names[str(row)], column.name) for _, column, row in places}


def test_the_shipped_study(sqlite_url: str) -> None:
    """One letter of one record in every column that it fills."""
    read(sqlite_url, folder("examples") / "beckley2015", author="Tester", message="as shipped")
    with tampering(Ledger(sqlite_url)) as hand:
        assert hand.found() == []
        places = []
        for table in TABLES:
            taken: list[str] = []
            for column in table.columns if table is not _STUDY else ():
                free = f"\"{column.name}\" NOT IN ('', '[]', '{{}}') AND id NOT IN (SELECT value FROM json_each(?))"
                line = f'SELECT id FROM "{table.name}" WHERE {free} ORDER BY id DESC LIMIT 1'
                for (row_id,) in hand.driver.execute(line, (json.dumps(taken),)).fetchall():
                    taken.append(row_id)
                    places.append((table.name, column.name, UUID(row_id)))
        for table_name, column_name, row in places:
            hand.write(table_name, row, column_name, BYTES["capital"])
        assert len(places) > 200
        assert located(hand).keys() == {(hand.names[str(row)], column) for _, column, row in places}


@pytest.mark.parametrize("how", BYTES)
def test_every_column_of_the_study_itself(hand: Hand, how: str) -> None:
    (row_id,) = hand.connection.scalars(select(_STUDY.c.id))
    for column in _STUDY.columns:
        if column.name not in ("id", "retired_at"):  # retired_at is empty
            with hand.undone():
                hand.write("study", row_id, column.name, BYTES[how])
                assert located(hand).keys() == {(hand.names[str(row_id)], column.name)}, column.name


def test_another_id_of_the_study_is_found(hand: Hand) -> None:
    """All that it had is then another study's."""
    (row_id,) = hand.connection.scalars(select(_STUDY.c.id))
    hand.write("study", row_id, "id", BYTES["sign"])
    hand.study = hand.driver.execute("SELECT id FROM study").fetchone()[0]
    found = {finding.rule: finding for finding in hand.found()}
    assert found.keys() == {"EV901", "EV904"}
    assert found["EV901"].subject == "study entangled"
    assert f"there are revisions of a study {row_id}" in found["EV904"].message


@pytest.mark.parametrize("how", ["capital", "blank"])
def test_an_id_of_the_study_that_no_link_finds_is_found(hand: Hand, how: str) -> None:
    (row_id,) = hand.connection.scalars(select(_STUDY.c.id))
    hand.write("study", row_id, "id", BYTES[how])
    hand.study = hand.driver.execute("SELECT id FROM study").fetchone()[0]
    first = hand.found()[0]
    assert (first.rule, first.subject, first.message.split()[0]) == ("EV902", "study", "id")


# --- the history -------------------------------------------------------------------------------------------


def revisions(hand: Hand) -> list[Any]:
    return list(hand.connection.execute(select(_REVISION).order_by(_REVISION.c.number)))


@pytest.mark.parametrize("how", ["sign", "bit"])
def test_every_column_of_a_revision(hand: Hand, how: str) -> None:
    for revision in revisions(hand)[::2]:
        for column in _REVISION.columns:
            if column.name == "parents" and not revision.parents:
                continue
            with hand.undone():
                hand.write("revision", revision.id, column.name, BYTES[how])
                found = hand.found()
            name = f"revision {revision.number}"
            if column.name == "number":
                assert any(f.subject.startswith("revision ") and f.rule in ("EV904", "EV905") for f in found)
                continue
            said = [f.message for f in found if f.subject == name and column.name in f.message]
            assert said, (revision.number, column.name, found)
            assert len(found) <= 3, (revision.number, column.name, found)


def test_every_column_of_the_newest_revision_and_its_changes(either: Hand) -> None:
    """With values that such columns may hold, on both engines."""
    for table in (_REVISION, _CHANGE):
        row_id = either.connection.scalars(select(table.c.id).order_by(table.c.id.desc())).first()
        for column in table.columns:
            with either.undone():
                either.change(table, row_id, column)  # type: ignore[arg-type]
                found = either.found()
            place = "revision 505" if column is _REVISION.c.number else "revision 5"
            assert any(finding.subject == place for finding in found), (table.name, column.name, found)


@pytest.mark.parametrize("how", ["sign", "blank", "capital"])
def test_every_column_of_a_change(hand: Hand, how: str) -> None:
    wanted = select(_CHANGE).join(Base.metadata.tables["revision"], _CHANGE.c.revision_id == _REVISION.c.id)
    numbers = {revision.id: revision.number for revision in revisions(hand)}
    for change in hand.connection.execute(wanted.where(_REVISION.c.number > 3)).all():
        for column in _CHANGE.columns:
            if column.name == "before" and change.before is None:
                continue
            with hand.undone():
                hand.write("change", change.id, column.name, BYTES[how])
                found = hand.found()
            name, record = f"revision {numbers[change.revision_id]}", hand.names[str(change.row_id)]
            spoken = f"{change.table_name} "
            told = [f.message for f in found if f.subject == name]
            if column.name not in ("before", "after"):
                whose = (
                    "the change of "
                    if column.name in ("table_name", "row_id")
                    else f"the change of {record}: "
                )
                assert any(whose in said and f": {column.name} is " in said for said in told), found
                continue
            assert any("was changed after it was written" in message for message in told), found
            assert any(f"change of {record}: " in f.message or f.subject.startswith(spoken) for f in found), (
                found
            )


# --- whole rows --------------------------------------------------------------------------------------------


def test_a_row_taken_out_of_every_table(either: Hand) -> None:
    gone = set()
    for table in TABLES:
        (row_id, *_) = either.connection.scalars(select(table.c.id).order_by(table.c.id.desc()))
        if table is not _STUDY:
            either.connection.execute(delete(table).where(table.c.id == row_id))
            gone.add(either.names[str(row_id)])
    found = either.found()
    assert {finding.rule for finding in found} == {"EV903"}
    assert {finding.subject for finding in found} == gone


def test_a_row_put_into_every_table(either: Hand) -> None:
    put = []
    for table in TABLES:
        row = either.connection.execute(select(table).order_by(table.c.id.desc())).first()
        if table is not _STUDY and row is not None:
            unique = {"key": "new", "ccode": 9999, "number": "9", "spell": 9, "sha256": "0", "start": "1999"}
            unique |= {"version": "9", "reviewed_at": row._asdict().get("declared_at"), "noun": "quote"}
            own = {
                name: value for name, value in unique.items() if name in table.columns and value is not None
            }
            links = {c.name: uuid7() for c in table.columns if c.foreign_keys and c.name != "study_id"}
            links = {name: link for name, link in links.items() if row._asdict()[name] is not None}
            own |= {} if "key" in table.columns else links
            either.connection.execute(insert(table).values({**row._asdict(), "id": uuid7(), **own}))
            put.append(table.name.replace("_", " "))
    found = either.found()
    assert [finding.rule for finding in found] == ["EV901"] * len(put)
    assert [finding.subject.startswith(f"{name} ") for finding, name in zip(found, put, strict=True)].count(
        False
    ) == 0


def test_two_values_swapped_between_rows_of_every_table(either: Hand) -> None:
    swapped = set()
    for table in TABLES:
        rows = either.connection.execute(select(table).order_by(table.c.id.desc()).limit(2)).all()
        told = [
            c.name
            for c in table.columns
            if c.name not in ("id", "key", "ccode")
            and rows[0]._asdict()[c.name] != rows[-1]._asdict()[c.name]
        ]
        column = next((name for name in reversed(told) if not table.c[name].unique), None)
        if column is None or len(rows) < 2:
            continue
        for one, other in (rows, reversed(rows)):
            where = update(table).where(table.c.id == one.id)
            either.connection.execute(where.values({column: other._asdict()[column]}))
            swapped.add((either.names[str(one.id)], column))
    assert len(swapped) > 50
    assert located(either).keys() == swapped


def test_a_change_taken_out_or_put_in(either: Hand) -> None:
    numbers = {revision.id: revision.number for revision in revisions(either)}
    for change in either.connection.execute(select(_CHANGE).order_by(_CHANGE.c.id.desc()).limit(4)).all():
        where = ("EV905", f"revision {numbers[change.revision_id]}")
        with either.undone():
            either.connection.execute(delete(_CHANGE).where(_CHANGE.c.id == change.id))
            assert where in {(f.rule, f.subject) for f in either.found()}
        with either.undone():
            more = {**change._asdict(), "id": uuid7(), "position": 77}
            either.connection.execute(insert(_CHANGE).values(more))
            assert where in {(f.rule, f.subject) for f in either.found()}


def test_the_values_of_two_revisions_swapped(either: Hand) -> None:
    one, other = revisions(either)[2:4]
    for name in ("author", "made_at", "message", "parents"):
        with either.undone():
            for row, donor in ((one, other), (other, one)):
                line = update(_REVISION).where(_REVISION.c.id == row.id)
                either.connection.execute(line.values({name: donor._asdict()[name]}))
            assert {f.subject for f in either.found()} >= {"revision 3", "revision 4"}, name


def rewritten(hand: Hand) -> str:
    """Rewrite the newest revision and its digest together, and the row too; return the digest that it had."""
    *_, last = revisions(hand)
    changes = hand.connection.execute(
        select(_CHANGE).where(_CHANGE.c.revision_id == last.id).order_by(_CHANGE.c.position)
    ).all()
    after = changes[-1].after.replace("again", "amended")
    lines = [(c.table_name, c.row_id, c.before, after if c is changes[-1] else c.after) for c in changes]
    digest = digest_of({**last._asdict(), "author": "Eve"}, lines)
    hand.connection.execute(update(_CHANGE).where(_CHANGE.c.id == changes[-1].id).values(after=after))
    hand.connection.execute(
        update(_REVISION).where(_REVISION.c.id == last.id).values(author="Eve", digest=digest)
    )
    source = Base.metadata.tables["source"]
    title = update(source).where(source.c.id == changes[-1].row_id).values(title="Memorandum, amended")
    assert hand.connection.execute(title).rowcount == 1
    return str(last.digest)


def test_the_newest_revision_rewritten_with_its_digest_is_found_by_the_digest_noted(either: Hand) -> None:
    noted = revisions(either)[-1].digest
    assert either.found(noted) == either.found(noted[:10].upper()) == []
    assert rewritten(either) == noted
    assert either.found() == []  # nothing in the ledger tells it
    for digest in (noted, noted[:10]):
        (found,) = either.found(digest)
        assert (found.rule, found.subject) == ("EV906", "history")
        assert found.message.startswith(
            f"has no revision with the digest {digest}, which was noted elsewhere"
        )
    assert either.found(revisions(either)[0].digest) == []


@pytest.mark.parametrize("noted", ["7", "abcdefg0", "sha256:0000"])
def test_what_is_no_digest_is_refused(hand: Hand, noted: str) -> None:
    with pytest.raises(ValueRefused, match=r"is no digest; give 64 digits \(0 to 9, a to f\)"):
        hand.found(noted)


# --- the command -------------------------------------------------------------------------------------------


def test_the_command_names_what_was_changed(ledger: Ledger, run: Run) -> None:
    here = ledger.url.removeprefix("sqlite:///")
    head = ledger.entries()[-1].digest
    well = run("history", "verify", "--head", head[:12], EVIDENCE_LEDGER=here)
    assert (well.code, well.stdout) == (0, "")
    assert well.stderr == f"All 5 revisions hold. Head: {head}\nThe digest noted is that of revision 5.\n"
    other = run("history", "verify", "--head", "0" * 64, EVIDENCE_LEDGER=here)
    assert (other.code, other.stderr) == (3, "1 finding in 5 revisions.\n")
    assert other.stdout.startswith("EV906  history: has no revision with the digest 0000")
    ledger.behind_its_back("UPDATE source SET title = replace(title, 'again', 'agaim') WHERE key = 'memo'")
    found = run("history", "verify", EVIDENCE_LEDGER=here)
    assert (found.code, found.stderr) == (3, "1 finding in 5 revisions.\n")
    assert found.stdout == (
        "EV902  source memo: title is 'Memorandum, agaim', but its last revision left 'Memorandum, again'\n"
    )


@pytest.mark.parametrize(
    ("statement", "code", "said"),
    [
        ("UPDATE study SET id = upper(id)", 3, "EV902  study: id is '"),
        ("UPDATE study SET id = ' ' || id", 3, "EV902  study: id is ' "),
        ("UPDATE study SET key = CAST(x'656ee4' AS TEXT)", 1, "Could not decode to UTF-8 column 'key'"),
        (
            "UPDATE source SET key = CAST(x'6de46d' AS TEXT) WHERE key = 'memo'",
            3,
            "source memo: key is 'm\\udce4m'",
        ),
        (
            "UPDATE revision SET author = CAST(x'41e461' AS TEXT) WHERE number = 1",
            3,
            "revision 1: author is 'A\\udce4a'",
        ),
        ("UPDATE revision SET id = 'x' WHERE number = 4", 3, "EV905  revision 4: id is 'x'"),
        (
            "UPDATE change SET table_name = CAST(x'63e4' AS TEXT) WHERE position = 3",
            3,
            "table_name is 'c\\udce4'",
        ),
        ("UPDATE revision SET number = 'x' WHERE number = 4", 3, "EV905  revision x: number is 'x'"),
        ("DELETE FROM revision", 3, "EV904  history: has no revision of the study"),
    ],
)
def test_whatever_is_written_the_command_says_so_in_sentences(
    ledger: Ledger, run: Run, statement: str, code: int, said: str
) -> None:
    with tampering(ledger) as hand:
        hand.driver.execute(statement)
        hand.driver.commit()
    result = run("history", "verify", EVIDENCE_LEDGER=ledger.url.removeprefix("sqlite:///"))
    assert said in result.stdout + result.stderr
    assert (result.code, "Traceback" in result.stderr) == (code, False)
