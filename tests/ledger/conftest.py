"""Ledgers on both engines: one with a study, and one with a case worked in it."""

from __future__ import annotations

import pytest

from tests.kit import Ledger, work_a_case


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    """A ledger with a study and nothing in it."""
    made = Ledger(ledger_url)
    made.found()
    return made


@pytest.fixture
def worked(ledger: Ledger) -> Ledger:
    """A ledger with a case from its source to a test."""
    with ledger.write("work a case") as session:
        work_a_case(session)
    return ledger
