"""The way back from a source, a quote or a text to the codes, and what why remarks on searches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from evidence.audit.uses import uses
from evidence.audit.why import why
from evidence.errors import UnknownKey, ValueRefused
from evidence.ledger import records
from tests.kit import Ledger, Run
from tests.publish.strait import add_cases, deep_case, found, two_cases

_MOST = 14
_TEXT = "He said that the islands were becoming a symbol."


@pytest.fixture
def strait(sqlite_url: str) -> Ledger:
    """A study of two cases, one of them process-traced."""
    return two_cases(sqlite_url)


@pytest.fixture
def either(ledger_url: str) -> Ledger:
    """The same, on one engine and then on the other."""
    return two_cases(ledger_url)


def asked(ledger: Ledger, key: str) -> Any:
    """Return what rests on a key, through a new connection."""
    with ledger.read() as (connection, study):
        return uses(connection, study, key)


def test_a_source_leads_to_observations_tests_codes_and_narratives(either: Ledger) -> None:
    answer = asked(either, "memo")
    first, second = answer.quotes
    (seen,) = first.observations
    (test,) = seen.tests
    assert (first.key, seen.key, test.key, test.direction, test.result) == (
        "mid-50.q1", "mid-50.o1", "mid-50.t1", "for", "passed",
    )  # fmt: skip
    codes = [(code.case, code.variable, code.value, code.coder, code.superseded) for code in test.codes]
    assert codes == [
        ("mid-50", "ALLY", "1", "ada", True),
        ("mid-50", "ALLY", "2", "ada", False),
        ("mid-50", "ALLY", "0", "rand", False),
    ]
    (against,) = second.observations
    assert [test.key for test in against.tests] == ["mid-50.t2"]
    assert [code.key for code in against.against] == [f"mid-50.ALLY.{n}" for n in (1, 2, 3)]
    assert first.narratives == second.narratives == ("mid-50",)
    assert answer.narratives == ()
    assert not answer.nothing
    assert len(answer.codes) == 3


def test_a_source_cited_as_a_whole(strait: Ledger) -> None:
    answer = asked(strait, "cow")
    assert answer.narratives == ("mid-50",)
    assert answer.quotes == ()


def test_a_quote_leads_to_what_rests_on_it_alone(strait: Ledger) -> None:
    answer = asked(strait, "mid-50.q2")
    assert (answer.noun, answer.source) == ("quote", "memo")
    assert [quote.key for quote in answer.quotes] == ["mid-50.q2"]


def test_nothing_rests_on_it(strait: Ledger) -> None:
    with strait.write() as session:
        records.add(session, "source", {"key": "idle", "title": "Idle", "tier": "news"})
        records.add(session, "quote", {"key": "idle.1", "source": "idle", "words": "Unused"})
    assert asked(strait, "idle").nothing
    assert asked(strait, "idle.1").nothing


def test_what_is_derived_and_whose_codes_are_published_in_it(either: Ledger) -> None:
    with either.write() as session:
        study = {"key": "rand2021", "title": "RAND", "tier": "secondary", "derived_from": "memo"}
        records.add(session, "source", study)
        records.edit(session, "coder", records.find(session, "coder", "rand"), {"source": "rand2021"})
    (derived,) = asked(either, "memo").derived
    assert (derived.key, derived.quotes) == ("rand2021", 0)
    answer = asked(either, "rand2021")
    assert [code.key for code in answer.published] == ["mid-50.ALLY.3"]
    assert not answer.nothing


def test_of_many_derived_sources_those_with_quotes_are_listed_and_the_others_counted(
    strait: Ledger, ok: Callable[..., str]
) -> None:
    with strait.write() as session:
        for number in range(12):
            one = {
                "key": f"d{number}",
                "title": f"Document {number}",
                "tier": "primary",
                "derived_from": "memo",
            }
            records.add(session, "source", one)
        records.add(session, "quote", {"key": "d7.1", "source": "d7", "words": "Quoted"})
    for command in (("uses", "memo"), ("source", "show", "memo")):
        listed = ok(*command).partition("Derived from it\n")[2]
        assert [line.strip() for line in listed.splitlines()[:2]] == [
            "d7  Document 7 (1 quote)", "11 more sources without quotes",
        ]  # fmt: skip


def test_a_text_leads_to_the_quotes_verified_against_it(either: Ledger) -> None:
    digest = hashlib.sha256(_TEXT.encode()).hexdigest()
    with either.write() as session:
        text = {"source": "memo", "sha256": digest, "content": _TEXT, "edition": "2016"}
        records.add(session, "text", text, computed=True)
    with either.write() as session:
        records.add(session, "quote", {"key": "memo.1", "source": "memo", "words": "becoming a symbol"})
    answer = asked(either, digest[:8])
    assert (answer.noun, answer.source) == ("text", "memo")
    assert [quote.key for quote in answer.quotes] == ["memo.1"]
    (held,) = answer.texts
    assert (held.edition, held.held, held.verified) == ("2016", True, 1)
    with pytest.raises(UnknownKey):
        asked(either, digest[:2])


def test_two_texts_that_begin_alike_are_told_apart(strait: Ledger) -> None:
    with strait.write() as session:
        for end in ("a", "b"):
            text = {"source": "memo", "sha256": "0" * 63 + end}
            records.add(session, "text", text, computed=True)
    with pytest.raises(ValueRefused, match="give more of the hash"):
        asked(strait, "0000")
    assert asked(strait, "0" * 63 + "b").key == "0" * 63 + "b"


def test_a_renamed_source_is_still_found_and_its_citations_too(strait: Ledger) -> None:
    with strait.write() as session:
        records.rename(session, "source", records.find(session, "source", "cow"), "mid-data")
    assert asked(strait, "cow").key == "mid-data"
    assert asked(strait, "mid-data").narratives == ("mid-50",)


def test_a_key_that_only_begins_alike_is_not_cited(strait: Ledger) -> None:
    with strait.write() as session:
        records.add(session, "source", {"key": "co", "title": "Another", "tier": "news"})
    assert asked(strait, "co").nothing


def test_what_is_retired_rests_on_nothing(strait: Ledger) -> None:
    with strait.write("retire") as session:
        for number in (3, 2, 1):
            records.retire(session, records.find(session, "decision", f"mid-50.ALLY.{number}"))
    assert asked(strait, "memo").codes == ()


def test_a_mistyped_key_names_the_nearest(strait: Ledger) -> None:
    with pytest.raises(UnknownKey, match=r"no source, quote or text 'mid-50.q11'.*Did you mean mid-50.q1"):
        asked(strait, "mid-50.q11")


def test_few_statements_however_much_rests_on_it(strait: Ledger) -> None:
    with strait.write() as session:
        for number in range(40):
            key = f"memo.x{number}"
            records.add(session, "quote", {"key": key, "source": "memo", "words": "x"})
            seen = {"key": f"mid-51.o{number}", "case": "mid-51", "proposition": "X", "quotes": [key]}
            records.add(session, "observation", seen)
    statements: list[str] = []

    def note(_c: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with strait.read() as (connection, study):
        event.listen(connection.engine, "before_cursor_execute", note)
        answer = uses(connection, study, "memo")
    assert len(answer.quotes) == 42
    assert len(statements) <= _MOST


def test_why_remarks_on_a_search_with_hits_where_absence_is_claimed(strait: Ledger) -> None:
    def remarks() -> list[tuple[str, ...]]:
        with strait.read() as (connection, study):
            answer = why(connection, study, "mid-50")
            return [code.remarks for code in (*answer.codes, *(h for c in answer.codes for h in c.history))]

    assert not any(remarks())
    with strait.write() as session:
        search = {"hits": 4, "sensitivity": "0.6..0.8", "coverage": "Boxes 1 to 3."}
        records.edit(session, "search", records.find(session, "search", "mid-50.s1"), search)
    (said,) = [one for one in remarks() if one]
    assert said == (
        "Code 1 needs a search that found nothing, and each that it names has hits: mid-50.s1 (4).",
    )


def test_the_commands_print_trees_and_json(sqlite_url: str, run: Run, ok: Callable[..., str]) -> None:
    ledger = found(sqlite_url)
    add_cases(ledger, range(50, 51))
    deep_case(ledger)
    tree = ok("uses", "memo")
    assert "2 quotes, 2 observations, 2 tests, 3 codes, 1 narrative" in tree
    assert "code      mid-50 ALLY 2  ada, 2026-05-02, open (mid-50.ALLY.2)" in tree
    assert "weighed   mid-50 ALLY 2" in tree
    answer = json.loads(ok("uses", "cow", "--json"))
    assert (answer["narratives"], answer["nothing"]) == (["mid-50"], False)
    shown = ok("source", "show", "memo")
    assert (
        "Memorandum, February 28, 1955, in Foreign Relations of the United States, 1955–1957, vol. 2,"
        in " ".join(shown.split())
    )
    assert "mid-50 ALLY 2  ada, 2026-05-02, open (mid-50.ALLY.2)" in shown
    record = json.loads(ok("source", "show", "memo", "--json"))
    assert record["classification"] == "Top Secret"
    assert record["citation"]["recommended"].endswith("Volume II, China, Document 134.")
    assert {code["value"] for code in record["codes"]} == {"0", "1", "2"}
    missing = run("uses", "mmo")
    assert (missing.code, missing.stdout) == (1, "")
    assert "Did you mean memo" in missing.stderr
    tree = ok("why", "mid-50")
    assert "gaps      Box 3 is closed." in tree
    assert "mid-50.q2, document 134, page 315; no text held." in tree
    with ledger.write() as session:
        records.edit(session, "quote", records.find(session, "quote", "mid-50.q2"), {"locator": {}})
    assert "mid-50.q2; no text held." in ok("why", "mid-50")


def test_who_signed_what_rests_on_it(either: Ledger) -> None:
    with either.write() as session:
        for noun, key in (("quote", "mid-50.q1"), ("case", "mid-50"), ("case", "mid-51")):
            about = {"noun": noun, "subject": records.find(session, noun, key).id, "coder": "ada"}
            signed = {"verdict": "confirmed", "fingerprint": "0" * 64}
            records.add(session, "review", {**about, **signed}, computed=True)
    found = [(one.noun, one.key, one.coder, one.verdict) for one in asked(either, "memo").reviews]
    assert sorted(found) == [
        ("case", "mid-50", "ada", "confirmed"),
        ("quote", "mid-50.q1", "ada", "confirmed"),
    ]
    assert [one.noun for one in asked(either, "mid-50.q2").reviews] == ["case"]


def test_a_published_code_says_where_in_the_publication_it_stands(strait: Ledger) -> None:
    with strait.write() as session:
        records.add(session, "source", {"key": "rand2021", "title": "RAND", "tier": "secondary"})
        records.edit(session, "coder", records.find(session, "coder", "rand"), {"source": "rand2021"})
        code = {"key": "mid-51.ALLY.1", "case": "mid-51", "variable": "ALLY", "value": "2", "coder": "rand"}
        said = {"rationale": "Table 3.", "round": "published elsewhere", "locator": {"page": "45"}}
        judged = {"sub_judgements": {"featured": "yes"}, "counter_evidence": "None given."}
        records.add(session, "decision", {**code, **said, **judged})
    assert [code.locator for code in asked(strait, "rand2021").published] == [{}, {"page": "45"}]
