"""The study audited as a whole: its numbers, counted by hand on a small study, and read off the shipped one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from evidence.audit.chain import load
from evidence.audit.overview import Overview, Put, Share, Thin, overview
from tests.audit.checked_study import Noun, apart, changed, made, study
from tests.kit import Ledger


def over(ledger: Ledger) -> Overview:
    """Return the numbers, through a new connection."""
    with ledger.read() as (connection, study_id):
        return overview(load(connection, study_id))


def alone(found: Overview) -> dict[str, Share]:
    return {one.what: one.codes for one in found.alone}


def test_the_numbers_of_a_small_study(ledger_url: str) -> None:
    found = over(made(ledger_url))
    assert (found.cases, dict(found.stages)["process-traced"], dict(found.stages)["screened"]) == (2, 1, 1)
    assert (found.codes, found.supported) == (1, 1)
    assert {what: share.part for what, share in alone(found).items()} == {
        "lineage": 0, "source": 0, "author": 0, "archive": 0, "language": 1,
    }  # fmt: skip
    assert found.archives == (("Eisenhower Library", 1), ("National Archives", 1))
    assert found.tiers == (("primary", 2),)
    assert found.thin == ()
    assert (found.a_priori.part, found.a_priori.whole, found.a_priori.fraction) == (4, 4, 1.0)
    assert {one.kind: dict(one.results) | {"total": one.total} for one in found.tests}["hoop"] == {
        "passed": 1, "failed": 1, "inconclusive": 0, "not attempted": 0, "total": 2,
    }  # fmt: skip
    assert (found.numbers.part, found.numbers.whole) == (4, 4)
    assert dict(found.quotes) == {
        "exact": 3,
        "typographic": 0,
        "elided": 0,
        "not found": 0,
        "no text held": 0,
    }
    assert found.overrides == Share(0, 1)
    assert found.contested.part == 0
    assert (found.searches, found.unmade, found.without_hits) == (Share(2, 2, ("s1", "s2")), 0, 2)


def test_equal_toughness_is_counted_for_the_favourite_and_its_rivals(sqlite_url: str) -> None:
    (tough,) = over(made(sqlite_url)).toughness
    assert (tough.case, tough.code, tough.variable, tough.value) == ("c1", "d1", "ALLY", "2")
    assert tough.favourite == Put("h1", tests=2, passed=2, failed=0, searches=0, sources=2)
    assert tough.rivals == (Put("h2", tests=2, passed=0, failed=2, searches=2, sources=0),)


def test_a_rival_that_supports_the_same_level_is_no_rival_of_the_code(sqlite_url: str) -> None:
    assert over(made(sqlite_url, changed({("hypothesis", "h2"): {"supports": ["1", "2"]}}))).toughness == ()


def test_what_codes_rest_on_alone_is_told_by_what_it_is(sqlite_url: str) -> None:
    one = {"lineage": "Dulles, January"}
    logged = changed(
        {
            ("observation", "o1"): one,
            ("observation", "o2"): one,
            ("source", "letter"): {"repository": "National Archives"},
            ("decision", "d1"): {"tests": ["t1", "t2"]},
        }
    )
    found = over(made(sqlite_url, logged))
    assert {what: share.part for what, share in alone(found).items()} == {
        "lineage": 1, "source": 0, "author": 0, "archive": 1, "language": 1,
    }  # fmt: skip
    assert {one.what: one.names for one in found.alone}["lineage"] == (("d1", "Dulles, January"),)


def test_documents_derived_from_one_are_of_one_lineage(sqlite_url: str) -> None:
    logged = changed(
        {("source", "letter"): {"derived_from": "memo"}, ("decision", "d1"): {"tests": ["t1", "t2"]}}
    )
    assert alone(over(made(sqlite_url, logged)))["lineage"] == Share(1, 1, ("d1",))


def test_what_departs_lacks_and_is_late_is_counted(sqlite_url: str) -> None:
    late: dict[Noun, Any] = {
        ("test", "t1"): {"declared_at": "2026-03-01T12:00:00Z", "p_rival": "likely"},
        ("test", "t3"): {"result": "not attempted", "bearings": [], "resolved_at": None},
        ("test", "t4"): {"result": "not attempted", "bearings": [], "resolved_at": None},
        ("decision", "d1"): {"sub_judgements": {"featured": "no"}, "override_reason": "Both name it."},
        ("search", "s3"): {"case": "c1", "question": "?", "corpus": "?", "status": "not attempted"},
        ("search", "s1"): {"gaps": ""},
    }
    found = over(made(sqlite_url, changed(late)))
    assert found.a_priori == Share(1, 2, ("t2",))
    assert (found.numbers.part, found.numbers.whole) == (3, 4)
    assert found.overrides == Share(1, 1, ("d1",))
    assert (found.searches, found.unmade) == (Share(1, 2, ("s2",)), 1)
    assert found.thin == (Thin("c1", pieces=2, tests=2),)


def test_nothing_is_a_share_of_nothing(sqlite_url: str) -> None:
    empty: dict[Noun, Any] = {name: None for name in study() if name[0] in ("decision", "test", "search")}
    found = over(made(sqlite_url, changed(empty)))
    assert (found.codes, found.a_priori.fraction, found.numbers.fraction, found.overrides.fraction) == (
        0,
        None,
        None,
        None,
    )


def test_publications_are_not_counted_as_our_codes(sqlite_url: str) -> None:
    theirs = {
        "case": "c1",
        "variable": "ALLY",
        "value": "3",
        "coder": "bob",
        "round": "published elsewhere",
        "rationale": "Theirs.",
    }
    found = over(made(sqlite_url, changed({("decision", "d2"): theirs})))
    assert (found.codes, found.overrides) == (1, Share(0, 1))
    assert found.contested == Share(1, 1, ("d1",))


def test_another_study_of_the_same_kind_doubles_every_number(sqlite_url: str) -> None:
    logged = {**apart(study(), "-x"), **apart(study(), "-y")}
    ledger = made(sqlite_url, logged, universe_count=4, universe_deep=2)
    statements: list[str] = []
    with ledger.read() as (connection, study_id):
        event.listen(connection.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        found = overview(load(connection, study_id))
    assert (found.cases, found.codes, found.numbers.whole, len(found.toughness)) == (4, 2, 8, 2)
    assert len(statements) <= 20
