"""Units of work: one revision each, with before and after, chained by digest; or nothing at all."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from evidence import __version__
from evidence.errors import LedgerError, MethodError, UnknownKey
from evidence.ledger import bulk, records
from evidence.ledger.revisions import DryRun, attempt
from evidence.models import Case, Change, Quote, Revision, Source
from tests.kit import Ledger, declared


def test_a_revision_says_who_when_and_why(ledger: Ledger) -> None:
    before = datetime.now(UTC)
    with ledger.write("log the minutes", author="Bob Ñandú") as session:
        records.add(session, "case", {"key": "a", "title": "A"})
    entry = ledger.entries()[-1]
    assert (entry.number, entry.author, entry.message, entry.changes) == (
        2,
        "Bob Ñandú",
        "log the minutes",
        1,
    )
    assert entry.tool_version == __version__
    assert timedelta(0) <= entry.made_at - before + timedelta(milliseconds=1) < timedelta(minutes=1)


def test_a_change_holds_all_of_a_new_row_and_what_changed_of_an_old_one(ledger: Ledger) -> None:
    with ledger.write() as session:
        records.add(
            session, "case", {"key": "a", "title": "A", "start": "1955-XX", "attributes": {"b": 1, "a": "ü"}}
        )
    with ledger.write() as session:
        records.edit(
            session, "case", records.find(session, "case", "a"), {"start": "1956", "attributes": {"a": "ü"}}
        )
    with ledger.read() as (connection, _):
        made, changed = connection.execute(
            select(Change.before, Change.after).where(Change.table_name == "case").order_by(Change.id)
        ).all()
    assert made.before is None
    assert list(json.loads(made.after)) == sorted(Case.__table__.columns.keys())
    assert '"attributes":{"a":"ü","b":1}' in made.after
    assert json.loads(changed.before) == {
        "attributes": {"a": "ü", "b": 1}, "start": "1955-XX", "start_earliest": "1955-01-01", "start_latest": "1955-12-31",
    }  # fmt: skip
    assert json.loads(changed.after)["start_latest"] == "1956-12-31"


def test_revisions_chain_by_digest(worked: Ledger) -> None:
    """The digest as CONTRIBUTING could describe it to another program, computed here without ours."""
    with worked.write("rename") as session:
        records.rename(session, "case", records.find(session, "case", "mid-50"), "strait")
    entries = worked.entries()
    assert [entry.parents for entry in entries] == [(), (entries[0].digest,), (entries[1].digest,)]
    with worked.read() as (connection, study):
        for entry in entries:
            head = {
                "author": entry.author,
                "made_at": entry.made_at.isoformat().replace("+00:00", "Z"),
                "message": entry.message,
                "parents": list(entry.parents),
                "study_id": str(uuid.UUID(str(study))),
                "tool_version": entry.tool_version,
            }
            total = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
            wanted = (
                select(Change)
                .join(Revision, Revision.id == Change.revision_id)
                .where(Revision.number == entry.number)
            )
            for change in connection.execute(wanted.order_by(Change.position)):
                total += f"\n{change.table_name}\t{change.row_id}\t{change.before or '-'}\t{change.after}"
            assert hashlib.sha256(total.encode()).hexdigest() == entry.digest


@pytest.mark.parametrize("how", ["an error", "a law", "a dry run", "an interrupt"])
def test_a_unit_that_fails_leaves_nothing(worked: Ledger, how: str) -> None:
    before, counts = (
        worked.entries(),
        [worked.value(f'SELECT count(*) FROM "{t}"') for t in ("case", "change", "test")],
    )
    error = {
        "an error": ZeroDivisionError,
        "a law": MethodError,
        "a dry run": DryRun,
        "an interrupt": KeyboardInterrupt,
    }[how]
    with pytest.raises(error), worked.write() as session:
        records.add(session, "case", {"key": "a", "title": "A"})
        if how == "a law":
            records.add(session, "test", declared(key="t2", rival="alliance"))
        else:
            raise error
    assert worked.entries() == before
    assert [worked.value(f'SELECT count(*) FROM "{t}"') for t in ("case", "change", "test")] == counts
    assert worked.findings() == []


def test_a_dry_run_still_asks_the_laws(worked: Ledger) -> None:
    with pytest.raises(MethodError, match="own hypothesis as rival"), worked.write() as session:
        records.add(session, "test", declared(key="t2", rival="alliance"))
        raise DryRun


def test_a_second_study_of_the_same_key_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError):
        ledger.found()
    assert len(ledger.entries()) == 1


def test_a_study_that_is_not_there_is_named(ledger: Ledger) -> None:
    with pytest.raises(UnknownKey, match="Did you mean entangled"), Ledger(ledger.url, "entangeld").write():
        pass


def test_a_bulk_import_leaves_the_history_that_single_records_would(ledger: Ledger) -> None:
    with ledger.write() as session:
        records.add(
            session,
            "source",
            {"key": "one", "title": "Óne", "tier": "news", "csl": {"z": 1, "a": [None, "x"]}},
        )
    with ledger.write("import", author="Bob") as session:
        rows = [
            {
                "key": f"s{i}",
                "title": "Ünicode “quoted”\t\n",
                "tier": "primary",
                "csl": {"z": 1, "a": {"b": None}},
            }
            for i in range(7001)
        ]
        bulk.insert_rows(session, Source.__table__, rows)  # type: ignore[arg-type]
        first = session.scalars(select(Source).where(Source.key == "s0")).one()
        words = [
            {"key": f"q{i}", "source_id": first.id, "words": f"word {i}", "locator": {"page": str(i)}}
            for i in range(3)
        ]
        bulk.insert_rows(session, Quote.__table__, words)  # type: ignore[arg-type]
    assert ledger.findings() == []
    assert [entry.changes for entry in ledger.entries()] == [1, 1, 7004]
    with ledger.write() as session:
        one, many = (records.find(session, "source", key) for key in ("one", "s7000"))
        assert (many.access, many.redacted, many.criticism, many.csl) == (
            one.access,
            False,
            {},
            {"z": 1, "a": {"b": None}},
        )
        assert records.find(session, "quote", "q1").sha256 == hashlib.sha256(b"word 1").hexdigest()
        assert records.edit(session, "source", many, {"csl": {}})
    assert ledger.findings() == []


def test_rows_under_a_law_do_not_come_in_bulk(worked: Ledger) -> None:
    with pytest.raises(ValueError, match="is under a law"), worked.write() as session:
        bulk.insert_rows(session, Revision.metadata.tables["decision"], [{"key": "d"}])


def test_an_attempt_gives_up_on_errors_that_trying_again_would_not_mend(ledger: Ledger) -> None:
    tries = []

    def work() -> None:
        tries.append(1)
        raise LedgerError("no")

    with pytest.raises(LedgerError, match="no"):
        attempt(work)
    assert len(tries) == 1
    assert len(ledger.entries()) == 1
