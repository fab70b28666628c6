"""Roles on a real server: each tried with plain SQL against what it must not see or do, and with the program at its work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url, text

from evidence.coding.decide import decide
from evidence.errors import LedgerError, MethodError, UnknownKey, ValueRefused
from evidence.ledger import records, roles
from evidence.ledger.backups import backup
from evidence.models import Assignment, CodingRound
from tests.kit import Ledger, Run, work_a_case
from tests.postgres import Missing, Server

#: A word that stands in Bob's code and nowhere else.
WORD = "zeppelin"
VERSION = {
    "version": "1", "scale": "ordinal", "levels": [{"value": "0", "label": "none"}, {"value": "1", "label": "some"}]
}  # fmt: skip


@dataclass(frozen=True)
class Team:
    """A ledger in which Ada and Bob code a case in a blind round, in which Bob has decided and Ada has not."""

    owner: Ledger
    logins: dict[str, str]

    def url(self, who: str) -> str:
        """Return where somebody opens it."""
        return make_url(self.owner.url).set(username=self.logins[who]).render_as_string(hide_password=False)

    def ledger(self, who: str) -> Ledger:
        """Return the ledger as somebody opens it."""
        return Ledger(self.url(who))

    def psql(self, who: str) -> psycopg.Connection:
        """Return a plain connection, as psql makes it."""
        plain = make_url(self.url(who)).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain)

    def rows(self, who: str, statement: str) -> list[Any]:
        """Return what somebody sees."""
        with self.psql(who) as connection:
            return connection.execute(statement).fetchall()


WHO = {"ada": "coder", "bob": "coder", "eve": "coder", "ann": "adjudicator", "ron": "reader", "olga": "owner"}


@pytest.fixture(scope="module")
def standing(_postgres: Server | Missing, _postgres_template: URL | Missing) -> Iterator[Team | Missing]:
    if isinstance(_postgres, Missing) or isinstance(_postgres_template, Missing):
        yield Missing()
        return
    url = _postgres.create(_postgres_template)
    owner = Ledger(url.render_as_string(hide_password=False))
    owner.found()
    logins = {name: f"{name}_{os.getpid()}" for name in WHO}
    with owner.write() as session:
        work_a_case(session)
        for key in ("bob", "eve", "ann"):
            records.add(session, "coder", {"key": key, "name": key.title()})
        records.add(session, "case", {"key": "other", "title": "A case that nobody codes in the round"})
        records.add(session, "variable", {"key": "ALLY", "label": "Role of the ally", "versions": [VERSION]})
        records.add(
            session, "search", {"key": "s0", "question": "Any pressure?", "corpus": "FRUS", "hits": 0}
        )
        for name, role in WHO.items():
            known = name if name in ("ada", "bob", "eve", "ann") else ""
            roles.grant(session, logins[name], role, coder=known, create=True)
    with owner.write() as session:  # before the round: a code of Eve's that Ada must not see while she codes
        coded(session, "eve", "mid-50", f"Eve saw a {WORD}.")
        coded(session, "eve", "other", "An open code.")
    with owner.write() as session:
        round_ = CodingRound(
            key="first", variable_version_id=version_id(session), blind=True, made_at=session.now
        )
        round_.study_id = session.study_id
        session.add(round_)
        session.flush()
        for place, key in enumerate(("ada", "bob"), 1):
            coder, case = records.find(session, "coder", key), records.find(session, "case", "mid-50")
            session.add(
                Assignment(coding_round_id=round_.id, case_id=case.id, coder_id=coder.id, position=place)
            )
    with owner.write("bob says 1") as session:
        code = coded(session, "bob", "mid-50", f"Bob saw the {WORD}.", in_round=True)
        session.add(review(session, code))
    try:
        yield Team(owner, logins)
    finally:
        _postgres.drop(url)
        with psycopg.connect(
            _postgres.url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
        ) as server:
            for login in logins.values():
                server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login)))


def version_id(session: Any) -> Any:
    return session.execute(text("SELECT id FROM variable_version")).scalar_one()


def coded(session: Any, coder: str, case: str, why: str, *, in_round: bool = False) -> Any:
    said: dict[str, Any] = {"coder": coder, "rationale": why, "confidence": "high", "searches": ["s0"],
            "counter_evidence": "None, by that search.", "counterfactual": "Nothing.", "alternative": "0",
            "alternative_reason": "No."}  # fmt: skip
    return decide(session, case, "ALLY", "1", **said, in_round="first" if in_round else None)


def review(session: Any, decision: Any) -> Any:
    from evidence.models import Review  # noqa: PLC0415

    return Review(study_id=session.study_id, noun="decision", subject_id=decision.id, verdict="confirmed",
                  note=f"the {WORD}", fingerprint="0" * 64, reviewed_at=session.now,
                  coder_id=records.find(session, "coder", "eve").id)  # fmt: skip


@pytest.fixture
def team(standing: Team | Missing, request: pytest.FixtureRequest) -> Team:
    """The team's ledger, shared by tests that leave it as it is."""
    if isinstance(standing, Missing):
        request.getfixturevalue("postgres_server")  # which says what to do
        raise standing
    return standing


TABLES = ("decision", "decision_test", "decision_observation", "decision_search", "decision_adjudicated", "review",
          "challenge", "conflict", "change", "revision", "passage", "redirect")  # fmt: skip


@pytest.mark.parametrize("who", ["ada", "ron"])
def test_no_table_shows_what_a_blind_round_hides(team: Team, who: str) -> None:
    for table in TABLES:
        assert WORD in repr(team.rows("olga", f"SELECT * FROM {table}")) or table not in (
            "decision", "review", "change", "passage",
        )  # fmt: skip
        seen = repr(team.rows(who, f"SELECT * FROM {table}"))
        if who == "ada":
            assert WORD not in seen, table
        assert "Bob saw" not in seen, table
        assert "bob says 1" not in seen, table


def test_a_coder_sees_no_code_of_others_on_what_she_is_to_code_and_all_else(team: Team) -> None:
    seen = 'SELECT c.key, k.key FROM decision d JOIN coder c ON c.id = d.coder_id JOIN "case" k ON k.id = d.case_id'
    assert team.rows("ada", seen) == [("eve", "other")]
    assert sorted(team.rows("bob", seen)) == [("bob", "mid-50"), ("eve", "other")]
    # A reader, and a coder who does not code in the round, see what was open before, and nothing of the round.
    for who in ("ron", "eve"):
        assert sorted(team.rows(who, seen)) == [("eve", "mid-50"), ("eve", "other")], who
    for who in ("ann", "olga"):
        assert len(team.rows(who, seen)) == 3, who
    hidden = team.rows("olga", "SELECT id FROM decision WHERE rationale LIKE 'Bob%'")[0][0]
    for link in ("decision_search", "change"):
        column = "row_id" if link == "change" else "decision_id"
        assert team.rows("olga", f"SELECT 1 FROM {link} WHERE {column} = '{hidden}'"), link
        assert team.rows("ada", f"SELECT 1 FROM {link} WHERE {column} = '{hidden}'") == [], link


def test_the_index_of_find_has_no_word_of_it(team: Team) -> None:
    asked = f"SELECT count(*) FROM passage_index WHERE vector @@ '{WORD}'::tsquery"
    assert [team.rows(who, asked)[0][0] for who in ("olga", "ann", "eve", "ada")] == [2, 2, 1, 0]
    asked = f"SELECT count(*) FROM evidence_found('{WORD}'::tsquery)"
    assert [team.rows(who, asked)[0][0] for who in ("olga", "ann", "eve", "ada")] == [2, 2, 1, 0]
    leaky = "CREATE FUNCTION pg_temp.tell(t text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', t; RETURN true; END $$"
    told: list[str] = []
    with team.psql("ada") as connection:
        connection.add_notice_handler(lambda notice: told.append(str(notice.message_primary)))
        connection.execute(leaky)
        connection.execute("SELECT id FROM decision WHERE pg_temp.tell(rationale)")
        connection.execute("SELECT id FROM passage WHERE pg_temp.tell(words)")
    assert told
    assert WORD not in repr(told)


def value(team: Team, statement: str) -> str:
    return str(team.rows("olga", statement)[0][0])


REFUSED = {
    "ada": [
        "DELETE FROM decision", "DELETE FROM revision", "DELETE FROM change", "DELETE FROM change", "TRUNCATE source",
        "TRUNCATE decision CASCADE", "UPDATE decision SET rationale = 'x'", "UPDATE decision SET coder_id = id",
        "UPDATE change SET after = '{{}}'", "UPDATE revision SET message = 'x'", "UPDATE revision SET number = 99",
        "UPDATE coder SET login = current_user", "UPDATE coding_round SET frozen_at = now()",
        "UPDATE coding_round SET blind = false", "DELETE FROM assignment", "UPDATE assignment SET position = 9",
        "INSERT INTO assignment SELECT gen_random_uuid(), study_id, coding_round_id, case_id, coder_id, 3 FROM assignment",
        "INSERT INTO coder SELECT gen_random_uuid(), study_id, 'eva', 'Eva', '', NULL, '', NULL, session_user FROM coder LIMIT 1",
        "UPDATE study SET title = 'x'", "DELETE FROM study", "UPDATE alembic_version SET version_num = '0001'",
        "INSERT INTO study (id, key, title) VALUES (gen_random_uuid(), 'x', 'x')",
        "ALTER TABLE decision DISABLE ROW LEVEL SECURITY", "DROP POLICY evidence_read ON decision",
        "ALTER POLICY evidence_read ON decision USING (true)", "ALTER TABLE decision ADD COLUMN x int",
        "CREATE POLICY mine ON decision USING (true)", "CREATE TABLE notes (x int)", "DROP TABLE decision",
        "CREATE FUNCTION peek() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE VIEW peek AS SELECT * FROM decision",
        "CREATE OR REPLACE FUNCTION evidence_hidden() RETURNS SETOF uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "CREATE TRIGGER t AFTER INSERT ON decision FOR EACH ROW EXECUTE FUNCTION evidence_mine()",
        "SET ROLE evidence_owner", "SET ROLE evidence_adjudicator", "SET ROLE {bob}", "SET SESSION AUTHORIZATION {bob}",
        "GRANT evidence_owner TO {ada}", "GRANT evidence_adjudicator TO {ada}", "ALTER ROLE {bob} PASSWORD 'x'",
        "COPY decision TO PROGRAM 'cat'", "LOCK TABLE decision IN ACCESS EXCLUSIVE MODE", "SET row_security = off; TABLE decision",
        "INSERT INTO change SELECT gen_random_uuid(), study_id, revision_id, 900, table_name, row_id, before, after FROM change LIMIT 1",
        "INSERT INTO revision SELECT gen_random_uuid(), study_id, 900, author, made_at, message, tool_version, parents, 'made up' FROM revision LIMIT 1",
        "INSERT INTO decision_adjudicated SELECT gen_random_uuid(), study_id, id, id FROM decision LIMIT 1",
        "INSERT INTO decision_test (id, study_id, decision_id, test_id) SELECT gen_random_uuid(), d.study_id, d.id, t.id FROM decision d, test t LIMIT 1",
    ],
    "ron": [
        "INSERT INTO source (id) VALUES (gen_random_uuid())", "UPDATE source SET title = 'x'", "DELETE FROM passage",
        "UPDATE coder SET name = 'x'", "SELECT id FROM study FOR UPDATE", "SET ROLE evidence_coder", "CREATE TABLE notes (x int)",
        "INSERT INTO revision SELECT * FROM revision LIMIT 1",
    ],
    "ann": ["UPDATE coding_round SET blind = false", "UPDATE decision SET value = '0'", "DELETE FROM review",
            "UPDATE coder SET login = current_user", "UPDATE assignment SET position = 7", "SET ROLE evidence_owner",
            "UPDATE coding_round SET frozen_at = NULL"],
}  # fmt: skip


@pytest.mark.parametrize("who", list(REFUSED))
def test_what_a_role_must_not_do_the_server_refuses(team: Team, who: str) -> None:
    before = team.rows("olga", "SELECT count(*) FROM decision"), team.rows("olga", "TABLE coding_round")
    with team.psql(who) as connection:
        for statement in REFUSED[who]:
            with pytest.raises(psycopg.Error) as refused:
                connection.execute(statement.format(**team.logins))
            assert refused.value.sqlstate in ("42501", "0LP01"), (statement, refused.value)
            connection.rollback()
    assert before == (
        team.rows("olga", "SELECT count(*) FROM decision"),
        team.rows("olga", "TABLE coding_round"),
    )


@pytest.mark.parametrize("change", ["coder_id = '{bob}'", "round = 'adjudicated'"])
def test_nobody_decides_as_another(team: Team, change: str) -> None:
    """A row that is Ada's own in all but one column."""
    names = [row[0] for row in team.rows("olga", "SELECT column_name FROM information_schema.columns WHERE table_name = 'decision' ORDER BY ordinal_position")]  # fmt: skip
    ids = dict(team.rows("olga", "SELECT key, id FROM coder"))
    values = {name: f'd."{name}"' for name in names} | {
        "id": "gen_random_uuid()", "key": "'mine'", "coder_id": f"'{ids['ada']}'", "round": "'open'",
        "coding_round_id": "NULL", "supersedes_id": "NULL",
    }  # fmt: skip
    line = "INSERT INTO decision ({}) SELECT {} FROM decision d LIMIT 1"
    with team.psql("ada") as connection:
        plain = line.format(", ".join(f'"{n}"' for n in values), ", ".join(values.values()))
        assert connection.execute(plain).rowcount == 1
        connection.rollback()
        column, _, other = change.format(**ids).partition(" = ")
        values[column] = other
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(line.format(", ".join(f'"{n}"' for n in values), ", ".join(values.values())))


def test_a_code_of_another_is_not_taken_back(team: Team) -> None:
    with team.psql("ada") as connection:
        assert connection.execute("UPDATE decision SET retired_at = now()").rowcount == 0
        assert connection.execute("UPDATE review SET retired_at = now()").rowcount == 0
        assert connection.execute("UPDATE coder SET name = 'x' WHERE key = 'bob'").rowcount == 0
        connection.rollback()
    with (
        pytest.raises(LedgerError, match=r"may not do this to that record"),
        team.ledger("ada").write() as session,
    ):
        records.retire(session, records.find(session, "decision", "other.ALLY.1"))


def test_a_blind_coder_works_beside_what_she_does_not_see(team: Team, postgres_server: Server) -> None:
    """Numbers of revisions, keys and passages go on, and what she writes is found by her and proved by the owner."""
    copy = postgres_server.create(make_url(team.owner.url))
    mine = Team(Ledger(copy.render_as_string(hide_password=False)), team.logins)
    try:
        ada = mine.ledger("ada")
        with ada.write("ada says 0 because of the dirigible", author="Ada") as session:
            records.add(session, "source", {"key": "n", "title": "A note on a dirigible", "tier": "primary"})
            decision = coded(session, "ada", "mid-50", "Ada saw a dirigible.", in_round=True)
            assert decision.key == "mid-50.ALLY.first.ada.1"  # so that copies coded apart give no key twice
        assert [entry.number for entry in ada.entries()] == list(range(1, 7))
        assert ada.entries()[-1].message == "work on codes of first, which is blind until it is frozen"
        assert mine.rows("ada", "SELECT count(*) FROM evidence_found('dirigible')") == [(2,)]
        assert mine.rows("bob", "SELECT count(*) FROM evidence_found('dirigible')") == [(1,)]
        assert mine.ledger("olga").findings() == []
        with ada.read() as (connection, _):
            assert roles.blind(connection)
        with (
            ada.write() as session,
            pytest.raises(LedgerError, match="a case can be signed only by an owner"),
        ):
            from evidence.coding.reviews import sign  # noqa: PLC0415

            case = records.find(session, "case", "mid-50")
            sign(session, "case", case, "0" * 64, coder="ada", verdict="confirmed")
        with pytest.raises(LedgerError, match=r"may not do this to coding_round"), ada.write() as session:
            freeze(session)
        with mine.ledger("ann").write() as session:
            freeze(session)
        assert WORD in repr(mine.rows("ada", "SELECT rationale FROM decision"))
        with pytest.raises(MethodError, match="is frozen with round first"), ada.write() as session:
            records.retire(session, records.find(session, "decision", "mid-50.ALLY.first.ada.1"))
        with mine.psql("ada") as connection:
            assert connection.execute("UPDATE decision SET retired_at = now()").rowcount == 0
            connection.rollback()
        assert ada.findings() == []
    finally:
        postgres_server.drop(copy)


def test_whoever_is_kept_from_codes_keeps_no_copy_of_the_rest(team: Team, tmp_path: Path) -> None:
    """Half a ledger is no backup."""
    for who in ("ada", "ron"):
        with pytest.raises(LedgerError, match="a ledger can be kept only by an owner"):
            backup(team.url(who), tmp_path / "half.db")
    assert not list(tmp_path.iterdir())
    backup(team.url("olga"), tmp_path / "whole.db")
    assert Ledger(f"sqlite:///{tmp_path / 'whole.db'}").value("SELECT count(*) FROM decision") == 3


def freeze(session: Any) -> None:
    round_ = session.get_one(CodingRound, session.execute(text("SELECT id FROM coding_round")).scalar_one())
    round_.frozen_at = session.now
    session.flush()


def test_the_program_does_for_each_role_what_it_may(team: Team, run: Run, postgres_server: Server) -> None:
    copy = postgres_server.create(make_url(team.owner.url))
    mine = Team(Ledger(copy.render_as_string(hide_password=False)), team.logins)

    def told(who: str, *line: str) -> str:
        result = run("--ledger", mine.url(who), *line)
        assert "Traceback" not in result.stderr
        return f"{result.code} {result.stdout}{result.stderr}"

    try:
        assert told("ada", "case", "edit", "other", "--title", "Changed").startswith("0 ")
        assert told("ada", "find", WORD).startswith("0 ")
        assert WORD not in told("ada", "find", WORD).replace(f"'{WORD}'", "").replace(f" {WORD}.", "")
        assert "Bob" not in told("ada", "why", "mid-50")
        assert "only by an owner" in told("ada", "history", "verify")
        assert "only by an owner" in told("ada", "history", "verify", "--as-of", "3")
        assert told("ada", "study", "write", "out").startswith("0 ")
        assert told("ron", "case", "list").startswith("0 ")
        assert "1 Error: " in told("ron", "case", "add", "x", "--title", "X")
        assert "'evidence db roles' says who may" in told("ron", "case", "add", "x", "--title", "X")
        assert told("olga", "history", "verify").startswith("0 ")
        assert told("olga", "db", "check").startswith("0 ")
        listed = told("olga", "db", "roles", "--json")
        assert all(f'"{login}"' in listed for login in team.logins.values())
        assert told("olga", "db", "grant", team.logins["eve"], "reader").startswith("0 ")
        assert "1 Error: " in told("eve", "case", "add", "x", "--title", "X")
        assert "may not" in told("ada", "db", "grant", team.logins["ada"], "owner")
        assert told("olga", "db", "reindex").startswith("0 ")
        assert mine.owner.findings() == []
    finally:
        with mine.owner.write() as session:
            roles.grant(session, team.logins["eve"], "coder")
        postgres_server.drop(copy)


def test_grant_says_what_is_wrong(team: Team, sqlite_url: str) -> None:
    wrong: list[tuple[type[Exception], str, Callable[[Any], None]]] = [
        (ValueRefused, "no role; there are reader", lambda s: roles.grant(s, "x", "codre")),
        (LedgerError, "no login 'nobody-here'", lambda s: roles.grant(s, "nobody-here", "coder")),
        (LedgerError, "is a group", lambda s: roles.grant(s, "evidence_reader", "coder")),
        (ValueRefused, "signs in as coder bob already", lambda s: roles.grant(s, team.logins["bob"], "coder", coder="ada")),
        (UnknownKey, "nobody-here", lambda s: roles.revoke(s, "nobody-here")),
    ]  # fmt: skip
    for kind, sentence, work in wrong:
        with pytest.raises(kind, match=sentence), team.owner.write() as session:
            work(session)
    file = Ledger(sqlite_url)
    file.found()
    with pytest.raises(LedgerError, match="is no PostgreSQL server"):
        roles.members(file.url, None)
    with pytest.raises(LedgerError, match="is no PostgreSQL server"):
        roles.install(file.url)


def test_every_table_is_in_the_server_s_keeping(team: Team) -> None:
    """A table that a migration adds and says nothing of would be nobody's but the owner's."""
    unread = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND NOT has_table_privilege('evidence_reader', oid, 'SELECT')"
    assert team.rows("olga", unread) == []
    open_to_all = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v') AND has_table_privilege('evidence_reader', oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
    assert team.rows("olga", open_to_all) == []
    unsafe = "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = current_schema()::regnamespace AND (proconfig IS NULL OR has_function_privilege('public', oid, 'EXECUTE'))"
    assert team.rows("olga", unsafe) == []
