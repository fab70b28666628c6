"""A small study, made up, whose scheme asks for a test: code 3 only on a passed smoking gun against a rival."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from evidence.coding.tests import bring, resolve
from evidence.ledger import records, schema
from evidence.vocabulary import Direction, TestResult
from tests.kit import Ledger

__all__ = ["ASKS", "GUN", "Do", "found_asking", "passes"]

#: Runs a command and returns all that it printed.
Do = Callable[..., str]

#: The scheme; to be filled in: its version, what row 1 asks of tests, and what code 3 needs.
ASKS = """
version: '{version}'
scale: ordinal
levels: [{{value: '1', label: none}}, {{value: '2', label: featured}}, {{value: '3', label: necessary, needs: [{needs}]}}]
sub_judgements:
- {{key: necessary, values: [{{value: 'yes'}}, {{value: 'no'}}]}}
- {{key: featured, values: [{{value: 'yes'}}, {{value: 'no'}}]}}
rule:
- {{when: {{necessary: 'yes'}}, tests: [{tests}], code: '3'}}
- {{when: {{featured: 'yes'}}, code: '2'}}
- {{when: {{necessary: 'no', featured: 'no'}}, code: '1'}}
"""
GUN = "passed smoking gun or doubly decisive against same"


def found_asking(file: Path) -> Path:
    """Found the study: a case with one observation, and a smoking gun and a hoop, neither attempted."""
    schema.create(f"sqlite:///{file}")
    ledger = Ledger(f"sqlite:///{file}", "s")
    ledger.found()
    with ledger.write() as session:
        records.add(session, "case", {"key": "c1", "title": "C1"})
        records.add(session, "coder", {"key": "ada", "name": "Ada"})
        scheme = yaml.safe_load(ASKS.format(version="1", tests=GUN, needs="passed test"))
        records.add(session, "variable", {"key": "X", "label": "X", "versions": [scheme]})
        for key, supports in (("nec", ["3"]), ("same", ["1", "2"]), ("other", [])):
            hypothesis = {"key": key, "statement": key, "variable": "X", "supports": supports}
            records.add(session, "hypothesis", hypothesis)
        records.add(session, "source", {"key": "a", "title": "A", "tier": "primary"})
        records.add(session, "quote", {"key": "a.1", "source": "a", "words": "He said so"})
        seen = {"key": "c1.o1", "case": "c1", "proposition": "seen", "quotes": ["a.1"]}
        records.add(session, "observation", seen)
        for key, kind, rival in (("c1.t1", "smoking gun", "same"), ("c1.t2", "hoop", "other")):
            test = {"case": "c1", "hypothesis": "nec", "rival": rival, "prediction": "P", "if_false": "Q"}
            records.add(session, "test", {**test, "key": key, "kind": kind})
    return file


def passes(ledger: Ledger, test: str) -> None:
    """Bring the observation to a test, which then passes."""
    with ledger.write() as session:
        row = records.find(session, "test", test)
        bring(session, row, Direction.FOR, observation="c1.o1")
        resolve(session, row, TestResult.PASSED)
