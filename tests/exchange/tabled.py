"""A made-up study with everything that tables tell apart: rounds, doubts, words of likelihood, and words that bite."""

from __future__ import annotations

from typing import Any

from evidence.coding import tests
from evidence.coding.decide import decide
from evidence.coding.rounds import freeze
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.vocabulary import Direction, TestResult
from tests.kit import Ledger, once
from tests.team.rounds.rounds_made import coded, found_rounds, opened

__all__ = ["BITING", "LONG", "tabled"]

#: What spreadsheets, CSV, XML and Markdown would take for something else.
BITING = '=HYPERLINK("http://x","y"), "quoted"\n| <b>&amp;</b> ]]> _x0041_ `code` \u202eright to left\u202c; 台灣  '
LONG = "All of it. " * 4000


@once
def tabled(url: str, *, frozen: bool = True) -> Ledger:
    """Found the study; its blind round is frozen, or open with codes in it."""
    ledger = found_rounds(Ledger(url))
    opened(ledger)
    coded(ledger)
    with ledger.write() as session:
        if frozen:
            freeze(session, "first")
        _words(session)
        _doubts(session)
    with ledger.write() as session:
        _evidence(session)
    return ledger


def _words(session: Unit) -> None:
    records.edit_study(
        session, {"word_scale": [{"word": "high", "p": "0.9"}, {"word": "low", "p": "0.4..0.6"}]}
    )
    records.add(
        session,
        "source",
        {"key": "biting", "title": BITING, "tier": "primary", "redacted": True, "note": LONG},
    )
    records.add(
        session, "quote", {"key": "biting.1", "source": "biting", "words": BITING, "locator": {"page": "12"}, "redactions": ["3 lines"]}
    )  # fmt: skip
    records.add(
        session, "search",
        {"key": "s2", "question": "What?", "corpus": "Box 2", "terms": ["-1", "+a, b"], "period": "1854-03/1855", "sensitivity": "0.3..0.5"},
    )  # fmt: skip


def _doubts(session: Unit) -> None:
    """A code whose coder is sure in words that have a number, one in words that have none, and one superseded."""
    said: dict[str, Any] = {
        "rationale": "so",
        "counter_evidence": "none",
        "coder": "cyd",
        "override_reason": "Made up.",
    }
    decide(session, "c5", "X", "2", confidence="high", alternative="1", alternative_reason="less", **said)
    decide(session, "c6", "X", "1", confidence="medium", **said)
    decide(session, "c6", "X", "3", confidence="low", **said)


def _evidence(session: Unit) -> None:
    """Two hypotheses of c5 that exclude each other on another variable, and a test that tells them apart in numbers."""
    levels = [
        {"value": "a b", "label": "one"},
        {"value": "c", "label": "two"},
        {"value": "d", "label": "three"},
    ]
    version = {"version": "1", "scale": "ordinal", "levels": levels}
    records.add(session, "variable", {"key": "If", "label": "Another", "versions": [version]})
    both = {"case": "c5", "variable": "If"}
    records.add(session, "hypothesis", {"key": "c5.h1", "statement": "One", "supports": ["a b"], **both})
    records.add(
        session, "hypothesis",
        {"key": "c5.h2", "statement": "Two", "supports": ["c", "d"], "rivals": [{"rival": "c5.h1", "relation": "exclusive"}], **both},
    )  # fmt: skip
    test = {"key": "c5.t1", "case": "c5", "hypothesis": "c5.h1", "rival": "c5.h2", "kind": "smoking gun"}
    records.add(
        session, "test",
        {**test, "prediction": "It is seen.", "if_false": "It is not.", "p_hypothesis": "0.6", "p_rival": "0.2"},
    )  # fmt: skip
    records.add(
        session, "observation", {"key": "c5.o1", "case": "c5", "proposition": "Seen.", "quotes": ["memo.1"]}
    )
    row = records.find(session, "test", "c5.t1")
    tests.bring(session, row, Direction.FOR, observation="c5.o1")
    tests.resolve(session, row, TestResult.PASSED, note="It is there.")
    decide(
        session, "c5", "If", "a b", rationale="so", counter_evidence="none", coder="cyd", override_reason="Made up.", confidence="high",
        tests=["c5.t1"],
    )  # fmt: skip
