"""A small study that a referee has nothing to object to, and ways to make one fault in it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from evidence.audit.checks import Found
from evidence.audit.checks.running import Checked, check
from evidence.ledger import records
from evidence.ledger.revisions import founding
from evidence.models import Study
from tests.kit import Ledger, once

__all__ = ["Noun", "Records", "apart", "changed", "checked", "found_in", "made", "study"]

Noun = tuple[str, str]
#: Everything of a study but itself: what each record says, by noun and key, in the order in which it is logged.
Records = dict[Noun, dict[str, Any]]

_DECLARED, _SEEN = "2026-02-01T10:00:00Z", "2026-03-01T10:00:00Z"
_RESOLVED, _DECIDED = "2026-03-02T10:00:00Z", "2026-04-01T10:00:00Z"
_LEVELS = [
    {"value": "0", "label": "reduced"},
    {"value": "1", "label": "no role", "needs": ["search"]},
    {"value": "2", "label": "featured"},
    {"value": "3", "label": "necessary", "needs": ["counterfactual"]},
]
_RULE = [
    {"when": {"necessary": "yes"}, "code": "3"},
    {"when": {"featured": "yes"}, "code": "2"},
    {"when": {"featured": "no"}, "code": "1"},
]


def _scheme() -> dict[str, Any]:
    values = [{"value": "yes"}, {"value": "no"}]
    version = {
        "version": "1",
        "scale": "ordinal",
        "levels": _LEVELS,
        "sub_judgements": [{"key": "featured", "values": values}, {"key": "necessary", "values": values}],
        "rule": _RULE,
    }
    return {"label": "Role of alliances", "versions": [version]}


def _source(author: str, archive: str, day: list[int]) -> dict[str, Any]:
    return {
        "title": f"Memorandum by {author}", "tier": "primary", "repository": archive,
        "csl": {"author": [{"family": author}], "issued": {"date-parts": [day]}},
        "criticism": {"author": author, "motive": "To tell his chief."},
    }  # fmt: skip


def _observation(quote: str, day: str) -> dict[str, Any]:
    return {
        "case": "c1",
        "proposition": "He named the ally.",
        "occurred": day,
        "quotes": [quote],
        "first_seen_at": _SEEN,
    }


def _search(question: str) -> dict[str, Any]:
    return {
        "case": "c1", "question": question, "corpus": "Foreign Relations, 1952–1954, volume XIV", "terms": ["treaty"],
        "period": "1954-01/1955-06", "coverage": "All documents.", "gaps": "Box 3 is closed.", "sensitivity": 0.5,
        "hits": 0, "searched_on": "2026-02-28", "first_seen_at": _SEEN, "coder": "ada",
    }  # fmt: skip


def _test(claim: str, rival: str, kind: str, result: str, bearings: list[dict[str, str]]) -> dict[str, Any]:
    a, b = {"hoop": (0.95, 0.6), "smoking gun": (0.4, 0.05)}[kind]
    return {
        "case": "c1", "hypothesis": claim, "rival": rival, "kind": kind, "result": result, "bearings": bearings,
        "prediction": "A record names it.", "if_false": "The records name other reasons.", "p_hypothesis": a, "p_rival": b,
        "declared_at": _DECLARED, "resolved_at": _RESOLVED,
    }  # fmt: skip


def study() -> Records:
    """Return the records of the clean study: one case traced, with two of everything, and one screened."""
    number = {"data_set": "COW MID", "version": "4.01"}
    return {
        ("coder", "ada"): {"name": "Ada"},
        ("coder", "bob"): {"name": "Bob"},
        ("variable", "ALLY"): _scheme(),
        ("case", "c1"): {"title": "The strait", "start": "1954-09-03", "end": "1955-05-01", "status": "deep",
                         "narrative": "He named the ally [@memo.1, 64], and bases besides [@letter, 2].", "aliases": [{**number, "number": "50"}]},
        ("case", "c2"): {"title": "An air clash", "start": "1960-01-01", "aliases": [{**number, "number": "51"}]},
        ("hypothesis", "h1"): {"case": "c1", "statement": "The ally mattered.", "variable": "ALLY", "supports": ["2"],
                               "prior": 0.5},
        ("hypothesis", "h2"): {"case": "c1", "statement": "Interest did.", "variable": "ALLY", "supports": ["1"],
                               "prior": 0.5, "rivals": [{"rival": "h1", "relation": "exclusive"}]},
        ("source", "memo"): _source("Dulles", "National Archives", [1955, 1, 20]),
        ("source", "letter"): _source("Robertson", "Eisenhower Library", [1955, 2, 1]),
        ("quote", "memo.1"): {"source": "memo", "words": "the ally", "locator": {"page": "64"}, "state": "exact"},
        ("quote", "letter.1"): {"source": "letter", "words": "our treaty", "locator": {"page": "1"}, "state": "exact"},
        ("quote", "letter.2"): {"source": "letter", "words": "our bases", "locator": {"page": "2"}, "state": "exact"},
        ("observation", "o1"): _observation("memo.1", "1955-01-20"),
        ("observation", "o2"): _observation("letter.1", "1955-02-01"),
        ("observation", "o3"): _observation("letter.2", "1955-02-01"),
        ("search", "s1"): _search("Any request by the ally?"),
        ("search", "s2"): _search("Any plan without the ally?"),
        ("test", "t1"): _test("h1", "h2", "hoop", "passed", [{"observation": "o1", "direction": "for"}]),
        ("test", "t2"): _test("h1", "h2", "smoking gun", "passed", [{"observation": "o2", "direction": "for"}]),
        ("test", "t3"): _test("h2", "h1", "hoop", "failed", [{"search": "s1", "direction": "against"}]),
        ("test", "t4"): _test("h2", "h1", "smoking gun", "failed", [{"search": "s2", "direction": "against"}]),
        ("decision", "d1"): {
            "case": "c1", "variable": "ALLY", "value": "2", "sub_judgements": {"featured": "yes"}, "coder": "ada",
            "rationale": "Both name it.", "counter_evidence": "He names bases too.", "tests": ["t1", "t2", "t3", "t4"],
            "observations": ["o3"], "searches": ["s1"], "alternative": "1", "alternative_reason": "It was named.",
            "decided_at": _DECIDED},
    }  # fmt: skip


def changed(changes: Mapping[Noun, Mapping[str, Any] | None]) -> Records:
    """Return the clean study with some changes.

    Args:
        changes: fields that say something else, by noun and key; a record that is not there is new, and one
            that is to be nothing is left out.
    """
    logged = copy.deepcopy(study())
    for name, fields in changes.items():
        if fields is None:
            del logged[name]
        else:
            logged.setdefault(name, {}).update(fields)
    return logged


def apart(logged: Records, suffix: str) -> Records:
    """Return records with a suffix to each key but the coders', so that several studies can stand in one."""
    keys = {key for noun, key in logged if noun != "coder"}

    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            if value in keys:
                return value + suffix
            return re.sub(r"@([\w.]+)", rf"@\1{suffix}", value)
        if isinstance(value, list):
            return [renamed(one) for one in value]
        if isinstance(value, dict):
            return {
                name: value[name] + suffix if name == "number" else renamed(value[name]) for name in value
            }
        return value

    return {
        (noun, key + suffix * (noun != "coder")): renamed(fields) for (noun, key), fields in logged.items()
    }


@once
def made(url: str, logged: Records | None = None, **said: Any) -> Ledger:
    """Log a study through the ledger's own doors, so that all its laws are asked; the clean one if not given.

    Args:
        url: of an empty ledger.
        logged: its records.
        said: of the study itself.
    """
    records_of = study() if logged is None else logged
    order = list(dict.fromkeys(noun for noun, _ in study()))
    in_order = sorted(records_of.items(), key=lambda record: order.index(record[0][0]))
    fields = {"title": "The strait", "question": "?", "universe_count": 2, "universe_deep": 1, **said}
    with founding(url, Study(key="strait", **fields), author="Ada", message="init") as session:
        for (noun, key), values in in_order:
            records.add(session, noun, {"key": key, **values}, computed=True)
    return Ledger(url, "strait")


def checked(ledger: Ledger, **asked: Any) -> Checked:
    """Return what a check finds, through a new connection."""
    with ledger.read() as (connection, study_id):
        return check(connection, study_id, **asked)


def found_in(findings: Iterable[Found]) -> list[str]:
    """Return findings in short: rule, noun and key."""
    return [f"{one.rule} {one.subject}" for one in findings]
