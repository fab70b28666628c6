"""A primary and two standbys: reading goes to a standby, the primary dies, and whatever was acknowledged is there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import CI
from tests.kit import Ledger, Run
from tests.ledger.test_concurrency import writer
from tests.postgres import REMEDY, Missing
from tests.team.servers import Node, Team, team, until

_SYNCHRONOUS = "ANY 1 (one, two)"
_MANY = 100_000


@pytest.fixture
def servers() -> Iterator[Team]:
    """A team with nobody in it; without PostgreSQL's programs the test is left out, but in CI it fails."""
    try:
        with team() as made:
            yield made
    except Missing as missing:
        if CI:
            pytest.fail(str(missing))
        pytest.skip(f"no PostgreSQL: {missing}; {REMEDY}")


def begun(servers: Team, run: Run) -> tuple[Node, Node, Node]:
    """Start a primary that waits until one of two standbys has applied a change, with a study in it."""
    primary = servers.primary("main")
    primary.ask("CREATE DATABASE ledger TEMPLATE template0")
    one, two = servers.standby("one", primary), servers.standby("two", primary)
    primary.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{_SYNCHRONOUS}'")
    primary.ask("ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
    primary.ask("SELECT pg_reload_conf()")
    until(lambda: primary.ask("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 2)
    until(lambda: primary.ask("SHOW synchronous_commit") == "remote_apply")
    assert run("--ledger", primary.url, "init", "--study", "strait").code == 0
    return primary, one, two


def test_a_killed_primary_takes_no_acknowledged_revision_with_it(servers: Team, run: Run) -> None:
    """Two people write through the real program's units while the primary is killed; a standby is promoted."""
    primary, one, two = begun(servers, run)
    told: list[str] = []
    with writer(primary.url, "a", _MANY) as first, writer(primary.url, "b", _MANY) as second:
        threads = [
            threading.Thread(
                target=lambda p=process, n=name: told.extend(f"{n} {line.strip()}" for line in p.stdout)
            )
            for name, process in (("a", first), ("b", second))
        ]
        for thread in threads:
            thread.start()
        until(lambda: len(told) > 25)
        primary.kill()
        for thread, process in zip(threads, (first, second), strict=True):
            thread.join()
            process.wait(60)
    # The one that is further promoted, the other one following it: a revision was acknowledged when one of both had it.
    ahead, behind = sorted(
        (one, two), key=lambda node: node.ask("SELECT pg_last_wal_receive_lsn() - '0/0'"), reverse=True
    )
    ahead.ask("SELECT pg_promote()")
    until(lambda: ahead.ask("SELECT pg_is_in_recovery()") is False)
    servers.follow(behind, ahead)
    ledger = Ledger(ahead.url, "strait")
    entries = ledger.entries()
    assert set(told) <= {entry.message for entry in entries}
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert ledger.findings() == []
    ahead.ask("ALTER SYSTEM RESET synchronous_standby_names")
    ahead.ask("SELECT pg_reload_conf()")
    done = run(
        "case", "add", "after", "--title", "After", EVIDENCE_LEDGER=ahead.url, EVIDENCE_LEDGER_READ=behind.url
    )
    assert done.code == 0, done
    until(lambda: behind.ask("SELECT count(*) FROM revision", "ledger") == len(entries) + 1)
    checked = run("db", "check", EVIDENCE_LEDGER=ahead.url, EVIDENCE_LEDGER_READ=behind.url)
    assert (checked.code, checked.stdout) == (0, "")
    assert "has every revision" in checked.stderr


READING = (
    ("find", "Strait"),
    ("why", "mid-50"),
    ("check",),
    ("uses", "memo"),
    ("case", "list"),
    ("case", "show", "mid-50"),
    ("history", "show"),
    ("history", "verify"),
    ("study", "show"),
    ("study", "write", "text"),
    ("release", "list"),
    ("review", "--list"),
    ("audit", "mid-50"),
    ("render", "appendix", "--output", "site"),
    ("render", "case", "mid-50"),
)


def test_reading_goes_to_the_standby(servers: Team, run: Run) -> None:
    primary, one, _ = begun(servers, run)
    around: dict[str, Any] = {"EVIDENCE_LEDGER": primary.url, "EVIDENCE_LEDGER_READ": one.url}
    for line in (
        ("case", "add", "mid-50", "--title", "Taiwan Strait", "--start", "1953"),
        ("source", "add", "memo", "--title", "Memorandum", "--tier", "primary"),
    ):
        assert (done := run(*line, **around)).code == 0, done
    refused = run("case", "add", "x", "--title", "X", EVIDENCE_LEDGER=one.url)
    assert refused.code == 1
    assert "only reads" in refused.stderr
    assert refused.stderr.count("\n") == 1
    _late(primary, one, run)
    primary.kill()
    until(lambda: one.ask("SELECT count(*) FROM pg_stat_wal_receiver") == 0)
    answers = {line: run(*line, **around) for line in READING}  # nobody else is there to be read
    assert {line: answer for line, answer in answers.items() if answer.code not in (0, 3)} == {}
    assert all("hears nothing from its primary" in answer.stderr for answer in answers.values())
    assert run("case", "add", "y", "--title", "Y", **around).code == 1


def _late(primary: Node, one: Node, run: Run) -> None:
    """A standby that does not apply what it receives says so; one that is not there is passed over."""
    around: dict[str, Any] = {"EVIDENCE_LEDGER": primary.url, "EVIDENCE_LEDGER_READ": one.url}
    one.ask("SELECT pg_wal_replay_pause()")
    assert run("case", "edit", "mid-50", "--title", "Changed", **around).code == 0  # the other one has it
    until(lambda: one.ask("SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()"))
    late = run("case", "show", "mid-50", **around)
    assert (late.code, "Changed" in late.stdout) == (0, False)
    assert "is behind by" in late.stderr
    assert "1 revision behind in study strait" in run("db", "check", **around).stderr
    one.ask("SELECT pg_wal_replay_resume()")
    assert "Changed" in run("case", "show", "mid-50", **around).stdout
    nobody = run(
        "case", "show", "mid-50", **around | {"EVIDENCE_LEDGER_READ": one.url.replace("one", "none")}
    )
    assert "Changed" in nobody.stdout
    assert nobody.stderr.startswith("The standby could not be read, so the primary was: ")
