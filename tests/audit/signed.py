"""A small study in which every table has a row beneath what is signed, and one that is not. All of it is made up."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, Table, select

from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Base, Text
from tests.kit import Ledger, declared, once

__all__ = ["BENEATH", "WORDS", "build", "filed", "label", "rows"]

WORDS = "He said that the islands were becoming a symbol. He doubted it later."
_LEVELS = [{"value": value, "label": value, "definition": value} for value in ("0", "1", "2")]

_QUOTE = {"quote q1", "source memo", "source volume", "text memo", "text volume"}
_TEST = _QUOTE | {
    "test t1", "hypothesis alliance", "hypothesis interest", "hypothesis third", "rivalry alliance interest",
    "rivalry third alliance", "prior alliance ada", "coder ada", "source book", "likelihood t1 third",
    "bearing t1 o1", "bearing t1 s1", "observation o1", "observation_quote o1 q1", "search s1", "coder ben",
}  # fmt: skip
_DECISION = _TEST | {
    "decision d1", "decision_test d1 t1", "decision_observation d1 o2", "decision_search d1 s2", "search s2",
    "observation o2", "observation_quote o2 q2", "quote q2", "variable_version ALLY 1", "variable ALLY",
}  # fmt: skip
_CASE = _DECISION | {
    "case mid-50", "alias 50", "participation mid-50 usa", "episode_case strait mid-50", "decision d0", "test t2",
    "hypothesis alone", "observation o3", "observation_quote o3 q3", "quote q3", "source other", "quote q4", "source cited",
    "rivalry alone alliance", "rivalry third study-wide", "hypothesis study-wide", "decision published", "coder rand",
    "source rand", "search s3",
}  # fmt: skip
#: What lies beneath each record that can be signed, put down by hand.
BENEATH = {"quote q1": _QUOTE, "test t1": _TEST, "decision d1": _DECISION, "case mid-50": _CASE}


@once
def build(ledger: Ledger) -> None:
    """Log the study in one revision."""
    with ledger.write("all of it") as session:
        for noun, entries in _records():
            for values in entries:
                records.add(session, noun, values)
                if noun == "source" and values["key"] in ("memo", "volume", "unused"):
                    _hold(session, values["key"])
        # A test that nothing relies on, of hypotheses one of which is of no case.
        further = declared(key="t2", hypothesis="alone", rival="study-wide")
        records.add(session, "test", further)
        _decide(session)


def filed(url: str) -> Ledger:
    """Return the small study in a new ledger."""
    made = Ledger(url)
    made.found()
    build(made)
    return made


def _hold(session: Unit, key: str) -> None:
    source = records.find(session, "source", key)
    content = f"{WORDS} ({key})"
    digest = hashlib.sha256(content.encode()).hexdigest()
    session.add(
        Text(
            source_id=source.id,
            sha256=digest,
            content=content,
            edition=key,
            pages=[{"label": "1", "offset": 0}],
        )
    )
    session.flush()


def _records() -> list[tuple[str, list[dict[str, Any]]]]:
    def source(key: str, **more: Any) -> dict[str, Any]:
        return {"key": key, "title": key, "tier": "primary", **more}

    def hypothesis(key: str, **more: Any) -> dict[str, Any]:
        return {"key": key, "statement": f"It was {key}.", **more}

    def search(key: str, case: str = "mid-50") -> dict[str, Any]:
        return {
            "key": key,
            "case": case,
            "question": "Was he pressed?",
            "corpus": "A box",
            "hits": 0,
            "coder": "ben",
        }

    def seen(key: str, quote: str, case: str = "mid-50") -> dict[str, Any]:
        return {"key": key, "case": case, "proposition": f"He said {key}", "quotes": [quote]}

    def quote(key: str, source: str, words: str = "elsewhere") -> dict[str, Any]:
        return {"key": key, "source": source, "words": words, "locator": {"page": "1"}}

    mid_50 = {
        "key": "mid-50", "title": "Strait", "start": "1953-02-11", "narrative": "So it was [@q4], and [@cited, 3].",
        "participants": [{"actor": "usa", "side": "A"}],
        "aliases": [{"data_set": "COW MID", "version": "4.01", "number": "50"}],
    }  # fmt: skip
    mid_51 = {"key": "mid-51", "title": "Elsewhere", "participants": [{"actor": "taiwan", "side": "B"}]}
    mid_51["aliases"] = [{"data_set": "COW MID", "version": "4.01", "number": "51"}]
    t1 = declared(
        likelihoods=[{"hypothesis": "third", "p": 0.5}],
        bearings=[{"observation": "o1", "direction": "for"}, {"search": "s1", "direction": "against"}],
        result="passed",
    )
    far = declared(key="far.t", case="mid-51", hypothesis="far", rival="study-wide")
    far["bearings"] = [{"observation": "o9", "direction": "for"}]
    far["likelihoods"] = [{"hypothesis": "far-too", "p": 0.25}]
    return [
        ("actor", [{"key": "usa", "name": "United States"}, {"key": "taiwan", "name": "Taiwan"}]),
        (
            "source",
            [
                source("volume"), source("memo", derived_from="volume"), source("book"), source("other"), source("cited"),
                source("rand"), source("unused"),
            ],
        ),
        (
            "coder",
            [
                {"key": "ada", "name": "Ada", "source": "book"}, {"key": "ben", "name": "Ben"},
                {"key": "rand", "name": "RAND", "source": "rand"}, {"key": "cyd", "name": "Cyd"},
            ],
        ),
        ("case", [mid_50, mid_51]),
        (
            "episode",
            [{"key": "strait", "title": "Strait", "cases": [{"case": "mid-50"}]}, {"key": "none", "title": "N", "cases": [{"case": "mid-51"}]}],
        ),
        ("concept", [{"key": "honour", "family": "interest", "label": "Honour"}, {"key": "fear", "family": "interest", "label": "Fear"}]),
        (
            "variable",
            [
                {"key": "ALLY", "label": "Entangled?", "versions": [{"version": "1", "scale": "nominal", "levels": _LEVELS}]},
                {"key": "INV", "label": "Involved?", "versions": [{"version": "7", "scale": "nominal", "levels": _LEVELS}]},
            ],
        ),
        (
            "hypothesis",
            [
                hypothesis("study-wide"),
                hypothesis("interest", case="mid-50"),
                hypothesis("alliance", case="mid-50", variable="ALLY", supports=["2"], concept="honour",
                    rivals=[{"rival": "interest", "relation": "exclusive"}], coder_priors=[{"coder": "ada", "p": 0.5}]),
                hypothesis("third", case="mid-50",
                    rivals=[{"rival": "alliance", "relation": "exclusive"}, {"rival": "study-wide", "relation": "inclusive"}]),
                hypothesis("alone", case="mid-50", rivals=[{"rival": "alliance", "relation": "coincident"}]),
                hypothesis("far-too", case="mid-51"),
                hypothesis("far", case="mid-51", rivals=[{"rival": "study-wide", "relation": "exclusive"}],
                    coder_priors=[{"coder": "cyd", "p": 0.5}]),
            ],
        ),
        (
            "quote",
            [
                quote("q1", "memo", "the islands were becoming a symbol"), quote("q2", "memo", "He doubted it later"),
                quote("q3", "other"), quote("q4", "other"), quote("q5", "unused", "a symbol"),
            ],
        ),
        ("observation", [seen("o1", "q1"), seen("o2", "q2"), seen("o3", "q3"), seen("o9", "q5", "mid-51")]),
        ("search", [search("s1"), search("s2"), search("s3"), search("s9", "mid-51")]),
        ("test", [t1, far]),
        ("coding_round", [{"key": "first", "variable": "ALLY", "version": "1"}]),
    ]  # fmt: skip


def _decide(session: Unit) -> None:
    def decision(key: str, **more: Any) -> dict[str, Any]:
        return {
            "key": key, "case": "mid-50", "variable": "ALLY", "value": "2", "rationale": "The minutes.",
            "override_reason": "There is no rule.", "counter_evidence": "A doubt.", "coder": "ada", **more,
        }  # fmt: skip

    records.add(session, "decision", decision("d0"))
    rests = {"tests": ["t1"], "observations": ["o2"], "searches": ["s2"]}
    records.add(session, "decision", decision("d1", supersedes="d0", **rests))
    published = {"coder": "rand", "round": "published elsewhere", "value": "1", "variable": "ALLY"}
    records.add(session, "decision", decision("published", **published))
    far = {"case": "mid-51", "coder": "cyd", "variable": "INV"}
    rests = {"tests": ["far.t"], "observations": ["o9"], "searches": ["s9"]}
    records.add(session, "decision", decision("far.d", **far, **rests))


def rows(connection: Connection) -> dict[str, tuple[Table, dict[str, Any]]]:
    """Return every row of every table but the history, by what it is called here."""
    found = {
        table: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in Base.metadata.sorted_tables
        if table.name not in ("change", "revision", "redirect")
    }
    keys = {row["id"]: row.get("key") or row.get("version") or "" for all_ in found.values() for row in all_}
    return {label(table, row, keys): (table, row) for table, all_ in found.items() for row in all_}


def label(table: Table, row: dict[str, Any], keys: dict[Any, str]) -> str:
    """Return what a row is called: by its key, or by the keys that it links, in the order of its columns."""
    if "key" in row:
        return f"{table.name} {row['key']}"
    if table.name == "alias":
        return f"alias {row['number']}"
    links = [
        keys[row[c.name]]
        for c in table.c
        if c.foreign_keys and c.name != "study_id" and row[c.name] is not None
    ]
    more = [row["version"]] if table.name == "variable_version" else []
    return " ".join([table.name, *links, *more])
