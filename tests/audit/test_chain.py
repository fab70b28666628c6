"""The chain of one case is that of the study, cut to the case; and what goes back to one origin."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from evidence.audit.bodies import bodies, body
from evidence.audit.chain import load
from evidence.coding.tests import bring
from evidence.ledger import records
from evidence.vocabulary import Direction
from tests.kit import Ledger

#: What a whole chain is read in, whatever the number of cases.
_STATEMENTS = 17


def _quoted(ledger: Ledger) -> None:
    """Bring three observations to the test: of two documents in one volume, and of a book that copies the first."""
    with ledger.write() as session:
        volume = {"key": "volume", "title": "Papers, 1955", "tier": "primary"}
        records.add(session, "source", volume)
        for key, above, container in (
            ("d1", "volume", "Papers, 1955"),
            ("d2", "volume", "Papers, 1955"),
            ("book", "d1", ""),
        ):
            csl = {"container-title": container} if container else {}
            records.add(
                session,
                "source",
                {"key": key, "title": key, "tier": "primary", "derived_from": above, "csl": csl},
            )
            records.add(session, "quote", {"key": f"{key}.1", "source": key, "words": f"Words of {key}."})
            seen = {"key": f"o-{key}", "case": "mid-50", "proposition": f"{key} says", "quotes": [f"{key}.1"]}
            records.add(session, "observation", seen)
            bring(session, records.find(session, "test", "t1"), Direction.FOR, observation=f"o-{key}")


def test_two_documents_of_one_volume_are_two_witnesses_and_a_copy_is_none(worked: Ledger) -> None:
    _quoted(worked)
    with worked.read() as (connection, study):
        whole = bodies(load(connection, study))
    (one,) = whole.values()
    roots = {brought.key: brought.origins[0].root for brought in one.tests[0].evidence}
    assert roots == {"o-d1": "d1", "o-d2": "d2", "o-book": "d1"}


def test_the_chain_of_one_case_says_what_the_whole_says_of_it(worked: Ledger) -> None:
    _quoted(worked)
    with worked.write() as session:
        records.add(session, "case", {"key": "mid-51", "title": "Another"})
    with worked.read() as (connection, study):
        whole = bodies(load(connection, study))
        (case,) = whole
        assert body(load(connection, study, case), case) == whole[case]


@pytest.mark.parametrize("cases", [1, 30])
def test_the_statements_do_not_grow_with_the_cases(worked: Ledger, cases: int) -> None:
    with worked.write() as session:
        for number in range(cases):
            records.add(session, "case", {"key": f"c{number}", "title": "A dispute"})
    with worked.read() as (connection, study):
        statements: list[str] = []
        event.listen(connection.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        load(connection, study)
    assert len(statements) <= _STATEMENTS
