"""Several people at once: nobody is turned away, no revision is lost, and a killed process leaves none half done."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from evidence.ledger import bulk, records
from evidence.ledger.revisions import attempt
from evidence.models import Source
from tests.kit import ROOT, Ledger

WRITERS, UNITS = 4, 15


@contextmanager
def writer(url: str, name: str, count: int) -> Iterator[subprocess.Popen[str]]:
    line = [sys.executable, "-W", "error", "-m", "tests.ledger.writer", url, name, str(count)]
    with subprocess.Popen(
        line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def write_together(ledger: Ledger) -> None:
    with writer(ledger.url, "w0", UNITS) as a, writer(ledger.url, "w1", UNITS) as b:  # noqa: SIM117 - two lines of two
        with writer(ledger.url, "w2", UNITS) as c, writer(ledger.url, "w3", UNITS) as d:
            for process in (a, b, c, d):
                printed, complaints = process.communicate(timeout=120)
                assert (process.returncode, complaints) == (0, "")
                assert printed.split() == [str(n) for n in range(UNITS)]


def expect_all(ledger: Ledger) -> None:
    entries = ledger.entries()
    assert [entry.number for entry in entries] == list(range(1, WRITERS * UNITS + 2))
    assert sorted(entry.message for entry in entries[1:]) == sorted(
        f"w{w} {n}" for w in range(WRITERS) for n in range(UNITS)
    )
    assert ledger.value('SELECT count(*) FROM "case"') == WRITERS * UNITS
    assert ledger.findings() == []


def test_several_writers_lose_nothing(ledger: Ledger) -> None:
    write_together(ledger)
    expect_all(ledger)


def test_a_server_that_makes_transactions_try_again_loses_nothing(postgres_url: str) -> None:
    """Under SERIALIZABLE a writer is told to try again (SQLSTATE 40001), and does."""
    ledger = Ledger(postgres_url + "&options=-c%20default_transaction_isolation%3Dserializable")
    ledger.found()
    write_together(ledger)
    expect_all(ledger)


def test_a_writer_whom_others_forestall_again_and_again_has_its_turn(postgres_url: str) -> None:
    """Under SERIALIZABLE whoever has begun before another commits must begin again, however often."""
    ledger = Ledger(postgres_url + "&options=-c%20default_transaction_isolation%3Dserializable")
    ledger.found()
    with ledger.write() as session:
        records.add(session, "case", {"key": "late", "title": "Late"})
    begun = []

    def work() -> None:
        with ledger.write() as session:
            begun.append(1)
            if len(begun) <= 8:
                assert ledger.behind_its_back('UPDATE "case" SET title = title') == 1
            records.edit(session, "case", records.find(session, "case", "late"), {"title": "At last"})

    attempt(work)
    assert len(begun) == 9
    assert ledger.value('SELECT title FROM "case"') == "At last"
    assert ledger.findings() == []


def test_a_reader_sees_whole_revisions_while_others_write(ledger: Ledger) -> None:
    with writer(ledger.url, "w", 12) as process:
        assert process.stdout is not None
        for _ in process.stdout:
            assert ledger.findings() == []
        assert process.wait(60) == 0
    assert len(ledger.entries()) == 13


def test_a_killed_writer_leaves_the_last_revision_whole(ledger: Ledger) -> None:
    with writer(ledger.url, "w", 10_000) as process:
        assert process.stdout is not None
        kept = [int(next(process.stdout)) for _ in range(5)]
        process.kill()
        kept += [int(line) for line in process.stdout]
    entries = ledger.entries()
    assert len(entries) - 1 in (len(kept), len(kept) + 1)  # the last may have been kept, and not yet said
    assert ledger.findings() == []
    with ledger.write() as session:
        records.add(session, "case", {"key": "after", "title": "Written by the next"})
    assert ledger.findings() == []


def test_eight_writers_of_whom_half_are_killed_lose_nothing_that_was_acknowledged(ledger: Ledger) -> None:
    """What was said to be kept is there, digests hold, and nobody is told of a lock."""
    with ExitStack() as opened:
        writers = [
            opened.enter_context(writer(ledger.url, f"w{n}", 5 if n % 2 else 10_000)) for n in range(8)
        ]
        told = [f"w{n} {next(process.stdout or iter(())).strip()}" for n, process in enumerate(writers)]
        for process in writers[::2]:
            process.kill()
        for n, process in enumerate(writers):
            printed, complaints = process.communicate(timeout=120)
            told += [f"w{n} {line}" for line in printed.split()]
            assert complaints == ""
            assert process.returncode == (0 if n % 2 else -signal.SIGKILL)
    entries = ledger.entries()
    assert set(told) <= {entry.message for entry in entries}
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert ledger.findings() == []


def test_an_import_that_is_stopped_halfway_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError, match="power"), ledger.write() as session:
        rows = [{"key": f"s{i}", "title": "S", "tier": "primary"} for i in range(bulk.BLOCK + 1)]
        bulk.insert_rows(session, Source.__table__, rows)  # type: ignore[arg-type]
        raise RuntimeError("the power went")
    assert ledger.value("SELECT count(*) FROM source") == 0
    assert ledger.value("SELECT count(*) FROM change") == 1
    assert ledger.findings() == []


def test_a_writer_waits_for_another_rather_than_fail(sqlite_url: str) -> None:
    ledger = Ledger(sqlite_url)
    ledger.found()
    with writer(ledger.url, "w", 3) as process:
        with ledger.write() as session:  # the lock is held from the unit's beginning to its end
            records.add(session, "case", {"key": "slow", "title": "Slow"})
            session.flush()
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(2)
        assert process.wait(60) == 0
    assert len(ledger.entries()) == 5
