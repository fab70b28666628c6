"""A small study, made up, that three people and a publication code; its c1 has everything that a packet may not tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from evidence.coding import reviews, tests
from evidence.coding.decide import decide
from evidence.coding.rounds import freeze, open_round
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.vocabulary import Direction, TestResult
from tests.kit import Ledger

__all__ = ["CASES", "TELLTALE", "coded", "found_rounds", "frozen", "give", "opened", "raw"]

CASES = ("c1", "c2", "c3", "c4", "c5", "c6")
#: Stands wherever a code, a result or somebody's opinion could be told.
TELLTALE = "xyzzy"
_SCHEME = """
version: '{version}'
scale: nominal
levels: [{{value: '0', label: reduced}}, {{value: '1', label: none}}, {{value: '2', label: featured}}, {{value: '3', label: necessary}}]
sub_judgements:
- {{key: push, label: Which way, values: [{{value: up, label: raised}}, {{value: down, label: lowered}}]}}
rule:
- {{when: {{push: down}}, code: '0'}}
- {{when: {{push: up}}, code: '2'}}
"""


def found_rounds(ledger: Ledger) -> Ledger:
    """Found the study in a ledger that has none."""
    ledger.found()
    with ledger.write() as session:
        _fill(session)
    with ledger.write() as session:
        _tell(session)
    return ledger


def _fill(session: Unit) -> None:
    for key in ("ada", "ben", "cyd"):
        records.add(session, "coder", {"key": key, "name": key.capitalize()})
    records.add(session, "actor", {"key": "usa", "name": "United States", "ccode": 2})
    for key in CASES:
        part = [{"actor": "usa", "side": "A"}] if key == "c1" else []
        records.add(session, "case", {"key": key, "title": f"Case {key}", "participants": part})
    records.add(
        session,
        "episode",
        {"key": "strait", "title": "The strait", "cases": [{"case": "c1"}, {"case": "c2"}]},
    )
    versions = [yaml.safe_load(_SCHEME.format(version=version)) for version in ("1", "2")]
    records.add(
        session, "variable", {"key": "X", "label": "Role", "question": "What role?", "versions": versions[:1]}
    )
    variable = records.find(session, "variable", "X")
    records.edit(session, "variable", variable, {"versions": versions})
    records.add(session, "source", {"key": "memo", "title": "A memorandum", "tier": "primary"})
    records.add(session, "source", {"key": "book", "title": "A book", "tier": "secondary"})
    records.add(session, "coder", {"key": "pub", "name": "A publication", "source": "book"})
    records.add(
        session, "quote", {"key": "memo.1", "source": "memo", "words": "We must stand", "note": TELLTALE}
    )
    records.add(
        session, "observation", {"key": "c1.o1", "case": "c1", "proposition": "He said so.", "quotes": ["memo.1"], "note": TELLTALE}
    )  # fmt: skip
    for key, prior in (("h1", "0.123"), ("h2", None)):
        records.add(
            session,
            "hypothesis",
            {"key": key, "statement": f"Statement {key}.", "variable": "X", "prior": prior},
        )
    records.add(
        session, "search", {"key": "c1.s1", "case": "c1", "question": "Did he?", "corpus": "Box 1", "hits": 0}
    )
    test = {"key": "c1.t1", "case": "c1", "hypothesis": "h1", "rival": "h2", "kind": "hoop"}
    records.add(session, "test", {**test, "prediction": "It is seen.", "if_false": "It is not."})


def _tell(session: Unit) -> None:
    """Say all that a coder is not to know."""
    row = records.find(session, "test", "c1.t1")
    tests.bring(session, row, Direction.FOR, observation="c1.o1", note=TELLTALE)
    tests.resolve(session, row, TestResult.PASSED, note=TELLTALE)
    records.edit(
        session,
        "case",
        records.find(session, "case", "c1"),
        {"narrative": f"{TELLTALE} [@memo.1].", "screening": TELLTALE},
    )
    said: dict[str, Any] = {
        "rationale": TELLTALE,
        "counter_evidence": TELLTALE,
        "sub_judgements": {"push": "up"},
    }
    made = decide(session, "c1", "X", None, coder="cyd", **said)
    reviews.sign(session, "decision", made, "0" * 64, coder="ada", verdict="confirmed", note=TELLTALE)
    for case, value in (("c1", "2"), ("c2", "1"), ("c3", "1"), ("c4", None)):
        decide(
            session,
            case,
            "X",
            value,
            codable=value is not None,
            coder="pub",
            round="published elsewhere",
            rationale="p. 9",
        )


def give(session: Unit, of: str, coder: str, **codes: str | None) -> None:
    """Give codes in a round; nothing for a case that cannot be coded."""
    for case, value in codes.items():
        decide(
            session, case, "X", value, codable=value is not None, coder=coder, in_round=of, rationale=f"{coder} on {case}",
            counter_evidence=f"None, says {coder}.", override_reason="Made up.",
        )  # fmt: skip


def file_of(folder: Path) -> Ledger:
    """Return the ledger in a test's folder."""
    return Ledger(f"sqlite:///{folder / 'evidence.db'}")


def opened(ledger: Ledger, key: str = "first", *, blind: bool = True, **said: Any) -> None:
    with ledger.write() as session:
        open_round(
            session, key, "X", said.pop("cases", CASES[:4]), ("ada", "ben"), blind=blind, seed=7, **said
        )


def coded(ledger: Ledger, key: str = "first") -> None:
    """Code four cases: two alike, one otherwise, and one that ben finds not codable."""
    with ledger.write() as session:
        give(session, key, "ada", c1="2", c2="1", c3="1", c4="0")
        give(session, key, "ben", c1="2", c2="1", c3="3", c4=None)


def frozen(ledger: Ledger, key: str = "first") -> None:
    coded(ledger, key)
    with ledger.write() as session:
        freeze(session, key)


def raw(session: Any, **said: Any) -> None:
    values = {
        "key": "d1",
        "case": "c1",
        "variable": "X",
        "value": "2",
        "coder": "ada",
        "sub_judgements": {"push": "up"},
    }
    records.add(session, "decision", {**values, "rationale": "so", "counter_evidence": "none", **said})
