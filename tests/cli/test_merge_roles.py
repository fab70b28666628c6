"""merge among coders: a role may bring what it may write, and a blind coder is told nothing of others' codes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, select

from evidence.coding.decide import decide
from evidence.ledger import records, roles
from evidence.ledger.copying import into_server
from evidence.models import Assignment, CodingRound, Decision, VariableVersion
from tests.kit import Ledger, Run, work_a_case
from tests.ledger.merged import Copy, copied, rows
from tests.postgres import Server

_WORD = "zeppelin"
_VERSION = {
    "version": "1", "scale": "ordinal", "levels": [{"value": "0", "label": "none"}, {"value": "1", "label": "some"}]
}  # fmt: skip


@pytest.fixture
def laptop(sqlite_url: str) -> Copy:
    """A case worked, a variable to code it on, and two coders."""
    made = Ledger(sqlite_url)
    made.found()
    with made.write() as session:
        work_a_case(session)
        records.add(session, "coder", {"key": "ben", "name": "Ben"})
        records.add(session, "variable", {"key": "ALLY", "label": "Role of the ally", "versions": [_VERSION]})
    return Copy(Path(sqlite_url.removeprefix("sqlite:///")))


@pytest.fixture
def logins(postgres_server: Server) -> Iterator[dict[str, str]]:
    """Logins of the server that are gone afterwards."""
    names = {who: f"merge_{who}_{os.getpid()}" for who in ("ada", "ron", "olga")}
    yield names
    plain = postgres_server.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as server:
        for login in names.values():
            server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login)))


def code(session: Any, coder: str, why: str, in_round: str | None = None) -> None:
    decide(
        session, "mid-50", "ALLY", "1", coder=coder, rationale=why, counter_evidence="None.", in_round=in_round,
        confidence="high", alternative="0", alternative_reason="No.", counterfactual="Nothing.",
    )  # fmt: skip


def open_blind(session: Any) -> None:
    version = session.scalars(select(VariableVersion.id)).one()
    made = CodingRound(
        study_id=session.study_id, key="first", variable_version_id=version, blind=True, made_at=session.now
    )
    session.add(made)
    session.flush()
    case = records.find(session, "case", "mid-50")
    for place, key in enumerate(("ada", "ben"), 1):
        coder = records.find(session, "coder", key)
        session.add(Assignment(coding_round_id=made.id, case_id=case.id, coder_id=coder.id, position=place))
    session.flush()


def test_a_server_lets_a_role_bring_what_it_may_write(
    laptop: Copy, postgres_url: str, logins: dict[str, str], run: Run
) -> None:
    with laptop.ledger.write() as session:
        code(session, "ben", "Ben's.")
    into_server(laptop.ledger.url, postgres_url)
    owner = Ledger(postgres_url)
    with owner.write() as session:
        for who, role in (("ada", "coder"), ("ron", "reader"), ("olga", "owner")):
            roles.grant(session, logins[who], role, coder="ada" if who == "ada" else "", create=True)

    def told(who: str, file: Copy) -> str:
        url = make_url(postgres_url).set(username=logins[who]).render_as_string(hide_password=False)
        result = run("--ledger", url, "merge", str(file.file))
        assert "Traceback" not in result.stderr
        return f"{result.code} {result.stdout}{result.stderr}"

    with laptop.ledger.write(author="Ada") as session:
        code(session, "ada", "Ada's.")
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Ada's"})
    before = [entry.digest for entry in owner.entries()]
    assert told("ron", laptop).startswith("1 Error: ")
    assert [entry.digest for entry in owner.entries()] == before
    assert told("ada", laptop).startswith("0 1 revision came in")
    assert owner.findings() == []
    with laptop.ledger.write(author="Ada") as session:  # what is Ben's to take back
        (bens,) = session.scalars(select(Decision).where(Decision.rationale == "Ben's."))
        records.retire(session, bens)
    assert "You may not change decision" in told("ada", laptop)
    assert owner.findings() == []
    assert told("olga", laptop).startswith("0 1 revision came in")
    with owner.write() as session:
        open_blind(session)
    with laptop.ledger.write(author="Ada") as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Ada's own"})
    assert "hidden from you while a blind round is open" in told("ada", laptop)
    down = run(
        "--ledger", str(laptop.file), "merge",
        make_url(postgres_url).set(username=logins["ada"]).render_as_string(hide_password=False),
    )  # fmt: skip
    assert (down.code, "hidden from you" in down.stderr) == (1, True)
    assert told("olga", laptop).startswith("0 1 revision came in")
    assert owner.findings() == []


def test_in_a_file_a_blind_coder_is_told_no_code_of_others(laptop: Copy, run: Run) -> None:
    with laptop.ledger.write() as session:
        open_blind(session)
    home = copied(laptop, "home.db")
    with laptop.ledger.write(f"ben codes 1: {_WORD}", author="ben") as session:
        code(session, "ben", f"Ben saw a {_WORD}.", in_round="first")
    with home.ledger.write(author="ada") as session:
        code(session, "ada", "Ada's own.", in_round="first")
    line = ("--ledger", str(home.file), "--author", "ada", "merge")
    for more in (
        (str(laptop.file), "--dry-run"),
        (str(laptop.file),),
        ("conflicts", "--all"),
        ("duplicates",),
    ):
        result = run(*line, *more)
        assert (result.code, _WORD in result.stdout + result.stderr) == (0, False), result
    assert len(rows(home)["decision"]) == 2


def test_a_conflict_of_a_hidden_code_is_nobody_s_to_resolve_blind(laptop: Copy, run: Run) -> None:
    with laptop.ledger.write() as session:
        open_blind(session)
        code(session, "ben", f"Ben saw a {_WORD}.", in_round="first")
    home = copied(laptop, "home.db")
    for copy in (laptop, home):
        with copy.ledger.write(author="ben") as session:
            (bens,) = session.scalars(select(Decision))
            bens.rationale = f"{_WORD} {copy.file.stem}"  # as only a tool for databases would
    line = ("--ledger", str(home.file), "--author", "ada", "merge")
    told = run(*line, str(laptop.file))
    assert (told.code, "1 conflict of this merge are for others" in told.stdout) == (0, True), told
    assert _WORD not in told.stdout + told.stderr
    assert run(*line, "conflicts", "--json").stdout.strip() == "[]"
    refused = run(*line, "resolve", "c1", "--take", "theirs", "--because", "x")
    assert (refused.code, "no conflict 'c1'" in refused.stderr) == (1, True), refused
    shown = run("--ledger", str(home.file), "--author", "olga", "merge", "conflicts")
    assert _WORD in shown.stdout
