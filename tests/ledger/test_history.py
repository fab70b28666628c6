"""History: read back as it was, compared, and verified against what anybody did behind its back."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from evidence.errors import LedgerError
from evidence.ledger import history, proving, records
from evidence.ledger.revisions import digest_of
from evidence.ledger.store import open_engine
from evidence.models import Case, Change, Revision
from tests.kit import Ledger, Run, work_a_case


@pytest.fixture
def told(worked: Ledger) -> Ledger:
    """Four revisions: a study, a case worked, retitled, and renamed with one observation retired."""
    with worked.write("retitle") as session:
        records.edit(
            session, "case", records.find(session, "case", "mid-50"), {"title": "First Strait crisis"}
        )
    with worked.write("rename and retire") as session:
        records.rename(session, "case", records.find(session, "case", "mid-50"), "strait")
        records.retire(session, records.find(session, "observation", "o1"))
    return worked


def test_what_nobody_touched_verifies(told: Ledger) -> None:
    assert told.findings() == []


def in_revision(number: int) -> str:
    return f"revision_id = (SELECT id FROM revision WHERE number = {number})"


@pytest.mark.parametrize(
    ("statement", "rule", "subject"),
    [
        ("UPDATE quote SET words = 'The Secretary said nothing'", "EV902", "quote memo.1"),
        ("UPDATE quote SET note = 'reworded' WHERE key = 'memo.1'", "EV902", "quote memo.1"),
        ('UPDATE source SET csl = \'{"issued": "1954-09-13"}\'', "EV902", "source memo"),
        ('UPDATE "case" SET attributes = \'{"hostility": 4.0}\'', "EV902", "case strait"),
        ("UPDATE \"case\" SET end_latest = '1956-01-30'", "EV902", "case strait"),
        ("UPDATE test SET declared_at = '2001-01-01 00:00:00'", "EV902", "test t1"),
        ("UPDATE test SET result = 'passed'", "EV902", "test t1"),
        ("UPDATE observation SET retired_at = NULL", "EV902", "observation o1"),
        ("UPDATE participation SET hostility = 5 WHERE hostility = 3", "EV902", "participation"),
        ("UPDATE study SET question = 'Do they not?'", "EV902", "study entangled"),
        ("UPDATE redirect SET key = 'mid-51'", "EV902", "redirect mid-50"),
        ("DELETE FROM observation_quote", "EV903", "observation quote memo.1 of observation o1"),
        ("DELETE FROM redirect", "EV903", "redirect mid-50"),
        (
            "UPDATE change SET after = replace(after, 'First', 'Second') WHERE " + in_revision(3),
            "EV905",
            "revision 3",
        ),
        (
            "UPDATE change SET before = replace(before, 'Taiwan', 'Formosa') WHERE " + in_revision(3),
            "EV905",
            "revision 3",
        ),
        ("UPDATE change SET before = '' WHERE before IS NULL AND " + in_revision(1), "EV905", "revision 1"),
        ("UPDATE change SET table_name = 'source' WHERE " + in_revision(3), "EV905", "revision 3"),
        ("UPDATE change SET position = 99 WHERE position = 0 AND " + in_revision(4), "EV905", "revision 4"),
        ("DELETE FROM change WHERE " + in_revision(3), "EV905", "revision 3"),
        ("DELETE FROM change WHERE position = 5 AND " + in_revision(2), "EV905", "revision 2"),
        (
            "UPDATE change SET position = 99, revision_id = (SELECT id FROM revision WHERE number = 2) WHERE "
            + in_revision(3),
            "EV905",
            "revision 3",
        ),
        ("UPDATE revision SET author = 'Eve' WHERE number = 3", "EV905", "revision 3"),
        ("UPDATE revision SET made_at = '2001-01-01 00:00:00' WHERE number = 3", "EV905", "revision 3"),
        ("UPDATE revision SET message = '' WHERE number = 1", "EV905", "revision 1"),
        ("UPDATE revision SET tool_version = '9' WHERE number = 2", "EV905", "revision 2"),
        ("UPDATE revision SET digest = 'f00' WHERE number = 2", "EV905", "revision 2"),
        ("UPDATE revision SET digest = 'f00' WHERE number = 4", "EV905", "revision 4"),
        ("UPDATE revision SET parents = '[]' WHERE number = 3", "EV904", "revision 3"),
        ("UPDATE revision SET number = 9 WHERE number = 4", "EV904", "revision 9"),
    ],
)
def test_a_change_by_hand_is_found(told: Ledger, statement: str, rule: str, subject: str) -> None:
    assert told.behind_its_back(statement) > 0
    found = told.findings()
    assert any(finding.rule == rule and finding.subject.startswith(subject) for finding in found), found


@pytest.mark.parametrize(
    ("statement", "subject"),
    [
        ("UPDATE source SET csl = '{broken'", "source memo"),
        ("UPDATE test SET declared_at = 'soon'", "test t1"),
        ("UPDATE change SET after = '{broken' WHERE " + in_revision(3), "revision 3"),
        ("UPDATE change SET after = '[1]' WHERE " + in_revision(3), "revision 3"),
        ("UPDATE revision SET parents = '{broken' WHERE number = 3", "revision 3"),
        ("UPDATE revision SET made_at = 'soon' WHERE number = 3", "revision 3"),
    ],
)
def test_what_no_program_could_read_is_a_finding_and_not_a_crash(
    sqlite_url: str, statement: str, subject: str
) -> None:
    """PostgreSQL refuses these by type; SQLite takes anything."""
    ledger = Ledger(sqlite_url)
    ledger.found()
    with ledger.write() as session:
        work_a_case(session)
    with ledger.write("again") as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Strait"})
    assert ledger.behind_its_back(statement) > 0
    found = ledger.findings()
    assert any(finding.subject.startswith(subject) for finding in found), found


@pytest.mark.parametrize(
    ("statement", "subject"),
    [
        ("UPDATE hypothesis SET case_id = upper(case_id) WHERE key = 'alliance'", "hypothesis alliance"),
        ("UPDATE observation SET id = upper(id)", "observation o1"),
        (
            "UPDATE observation_quote SET quote_id = upper(quote_id)",
            "observation quote memo.1 of observation o1",
        ),
        (
            "UPDATE test SET case_id = substr(case_id, 1, 8) || '-' || substr(case_id, 9)",
            "test t1",
        ),
        ("UPDATE redirect SET row_id = upper(row_id)", "redirect mid-50"),
    ],
)
def test_an_id_that_no_link_finds_is_found(sqlite_url: str, statement: str, subject: str) -> None:
    """Spelled otherwise an id reads as before, and whatever is joined by it is hidden."""
    ledger = Ledger(sqlite_url)
    ledger.found()
    with ledger.write() as session:
        work_a_case(session)
    with ledger.write("rename") as session:
        records.rename(session, "case", records.find(session, "case", "mid-50"), "strait")
    assert ledger.findings() == []
    engine = open_engine(sqlite_url, writing=True)
    with engine.connect() as connection:
        connection.connection.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            assert connection.execute(text(statement)).rowcount > 0
    engine.dispose()
    found = [(finding.rule, finding.subject) for finding in ledger.findings()]
    assert [one for one in found if one[0] == "EV902" and one[1].startswith(subject)], found


@pytest.mark.parametrize(
    "statement", ["UPDATE revision SET made_at = 'garbage'", "UPDATE revision SET parents = '{broken'"]
)
def test_a_history_that_cannot_be_read_is_counted_and_not_listed(
    sqlite_url: str, run: Run, statement: str
) -> None:
    ledger = Ledger(sqlite_url)
    ledger.found()
    ledger.behind_its_back(statement)
    with ledger.read() as (connection, study):
        assert history.count(connection, study) == 1
        with pytest.raises(LedgerError, match=r"holds what no program wrote .*; run evidence history verify"):
            history.entries(connection, study)
    result = run("history", "verify", EVIDENCE_LEDGER=sqlite_url.removeprefix("sqlite:///"))
    assert (result.code, result.stderr) == (3, "1 finding in 1 revision.\n")
    field = statement.split()[3]
    assert result.stdout.startswith(f"EV905  revision 1: {field} is '")


def test_a_row_put_in_by_hand_is_found(told: Ledger) -> None:
    told.behind_its_back(
        "INSERT INTO coder (id, study_id, key, name, orcid, note) "
        "SELECT '018f0000000070008000000000000001', study_id, 'eve', 'Eve', '', '' FROM coder"
        if told.url.startswith("sqlite")
        else "INSERT INTO coder (id, study_id, key, name, orcid, note) "
        "SELECT '018f0000-0000-7000-8000-000000000001', study_id, 'eve', 'Eve', '', '' FROM coder"
    )
    assert [(f.rule, f.subject) for f in told.findings()] == [("EV901", "coder eve")]


def test_a_row_taken_out_by_hand_is_found_with_all_that_led_to_it(told: Ledger) -> None:
    for statement in ("DELETE FROM observation_quote", "DELETE FROM quote"):
        told.behind_its_back(statement)
    assert {(f.rule, f.subject.split()[0]) for f in told.findings()} == {
        ("EV903", "observation"),
        ("EV903", "quote"),
    }


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_deleted_revision_is_found(told: Ledger, number: int) -> None:
    told.behind_its_back(f"DELETE FROM change WHERE {in_revision(number)}")
    assert told.behind_its_back(f"DELETE FROM revision WHERE number = {number}") == 1
    found = told.findings()
    assert found
    if number < 4:  # the newest leaves no successor to miss it, only rows that no revision made
        assert any(finding.rule == "EV904" for finding in found), found


def test_a_history_taken_out_whole_is_found(told: Ledger) -> None:
    told.behind_its_back("DELETE FROM change")
    told.behind_its_back("DELETE FROM revision")
    assert {finding.rule for finding in told.findings()} == {"EV904", "EV901"}


def test_a_rewritten_past_does_not_fit_what_follows(told: Ledger) -> None:
    """Whoever mends the digest of the revision that they changed breaks the next one's parent."""
    told.behind_its_back("UPDATE revision SET author = 'Eve' WHERE number = 2")
    with told.read() as (connection, _):
        (revision,) = connection.execute(select(Revision.__table__).where(Revision.number == 2))
        lines = connection.execute(
            select(Change).where(Change.revision_id == revision.id).order_by(Change.position)
        )
        mended = digest_of(revision._asdict(), [(c.table_name, c.row_id, c.before, c.after) for c in lines])
    told.behind_its_back(f"UPDATE revision SET digest = '{mended}' WHERE number = 2")
    assert ("EV904", "revision 3") in {(finding.rule, finding.subject) for finding in told.findings()}


def test_another_study_is_no_finding_of_this_one(told: Ledger) -> None:
    other = Ledger(told.url, "other")
    other.found()
    with other.write() as session:
        work_a_case(session)
    other.behind_its_back(
        "UPDATE source SET title = 'x' WHERE study_id = (SELECT id FROM study WHERE key = 'other')"
    )
    assert told.findings() == []
    assert [finding.subject for finding in other.findings()] == ["source memo"]


def test_the_past_is_read_back(told: Ledger) -> None:
    with told.read() as (connection, study):
        for number, expected in (
            (2, ("mid-50", "Taiwan Strait")),
            (3, ("mid-50", "First Strait crisis")),
            (4, ("strait", "First Strait crisis")),
        ):
            with history.as_of(connection, study, number) as past:
                assert tuple(past.execute(select(Case.key, Case.title)).one()) == expected
                assert [e.number for e in history.entries(past, study)] == list(range(1, number + 1))
                assert list(proving.verify(past, study)) == []
        with history.as_of(connection, study, 1) as past:
            assert past.execute(select(Case.key)).all() == []


def test_the_past_has_every_column_as_it_was(told: Ledger) -> None:
    with told.read() as (connection, study), history.as_of(connection, study, 4) as past:
        for table in Case.metadata.sorted_tables:
            now = sorted(map(tuple, connection.execute(select(table))), key=repr)
            then = sorted(map(tuple, past.execute(select(table))), key=repr)
            assert now == then, table.name


def test_two_revisions_are_compared_in_the_studys_words(told: Ledger) -> None:
    with told.read() as (connection, study):
        found = list(history.differences(connection, study, 2, 4))
    told_by_field = {(d.noun, d.field): (d.key, d.before, d.after) for d in found}
    assert told_by_field["case", "title"] == ("case strait", "Taiwan Strait", "First Strait crisis")
    assert told_by_field["case", "key"] == ("case strait", "mid-50", "strait")
    noun, before, after = told_by_field["observation", "retired_at"]
    assert (noun, before) == ("observation o1", None)
    assert after
    with told.read() as (connection, study):
        assert list(history.differences(connection, study, 3, 3)) == []


def test_a_revision_is_named_by_number_or_digest(told: Ledger) -> None:
    entries = told.entries()
    with told.read() as (connection, study):
        for entry in entries:
            assert history.number_of(connection, study, str(entry.number)) == entry.number
            assert history.number_of(connection, study, entry.digest[:12]) == entry.number
        with pytest.raises(LedgerError, match="There is no revision '9'; give a number from 1 to 4"):
            history.number_of(connection, study, "9")
        with pytest.raises(LedgerError, match="There is no revision ''"):
            history.number_of(connection, study, "")
