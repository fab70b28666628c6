"""A small study with something of everything in it, for the tests of what is published."""

from __future__ import annotations

from typing import Any

from evidence.audit.fingerprints import fingerprint
from evidence.coding import reviews
from evidence.ledger import records
from evidence.ledger.revisions import founding
from evidence.models import Study
from tests.kit import Ledger, once

__all__ = ["HOSTILE", "add_cases", "deep_case", "found", "reasoned", "sign", "two_cases"]

#: What somebody might try to get onto a page.
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'
_SEEN, _DECLARED, _LATER = "2026-03-01T10:00:00Z", "2026-02-01T10:00:00Z", "2026-04-01T10:00:00Z"


@once
def found(url: str, **said: Any) -> Ledger:
    """Begin the study, with its scheme and a coder, and return its ledger."""
    fields = {
        "key": "strait",
        "title": "Alliances & disputes",
        "question": "Do alliances entangle?",
        "method": "We *read* the archive.",
        "authors": ["Ada"],
        "universe_rule": "All disputes in which the United States used force.",
        **said,
    }
    with founding(url, Study(**fields), author="Ada", message="init") as session:
        records.add(session, "coder", {"key": "ada", "name": "Ada Lovelace"})
        records.add(session, "coder", {"key": "rand", "name": "RAND 2021"})
        records.add(session, "variable", _variable())
        records.add(session, "concept", {"key": "reputation", "family": "mechanism", "label": "Reputation"})
        for key, ccode, name in (("usa", 2, "United States"), ("chn", 710, "China"), ("taw", 713, "Taiwan")):
            records.add(session, "actor", {"key": key, "ccode": ccode, "name": name})
        treaty = {"key": "mdt", "title": "Mutual Defense Treaty", "kind": "defence", "signed": "1954-12-02"}
        records.add(session, "commitment", {**treaty, "members": [{"actor": "usa", "start": "1955-03-03"}]})
    return Ledger(url, "strait")


def _variable() -> dict[str, Any]:
    levels = [
        {"value": "0", "label": "reduced"},
        {
            "value": "1",
            "label": "no role",
            "definition": "None seen.",
            "examples": ["silence"],
            "needs": ["search"],
        },
        {"value": "2", "label": "featured"},
    ]
    judgement = {
        "key": "featured",
        "label": "Did they feature?",
        "values": [{"value": "yes"}, {"value": "no"}],
    }
    rule = [{"when": {"featured": "yes"}, "code": "2"}, {"when": {"featured": "no"}, "code": "1"}]
    version = {
        "version": "1",
        "scale": "ordinal",
        "levels": levels,
        "sub_judgements": [judgement],
        "rule": rule,
    }
    return {"key": "ALLY", "label": "Role of alliances", "position": 1, "versions": [version]}


@once
def add_cases(ledger: Ledger, numbers: range) -> None:
    """Add screened cases, one a year."""
    with ledger.write() as session:
        for number in numbers:
            case = {
                "key": f"mid-{number}",
                "title": f"Case {number}",
                "start": f"{1900 + number % 100}-07-XX",
                "end": f"{1900 + number % 100}-08-02",
                "data_set": "COW MID",
                "data_version": "4.01",
                "attributes": {"country": 2, "dispute_hostility": 4, "outcome": 5, "settlement": 3},
                "aliases": [{"data_set": "COW MID", "version": "4.01", "number": str(number)}],
                "participants": [
                    {"actor": "usa", "side": "A", "hostility": 3, "action": 7},
                    {"actor": "chn", "side": "B", "hostility": 4},
                ],
            }
            records.add(session, "case", case)


@once
def deep_case(ledger: Ledger, key: str = "mid-50", narrative: str = "") -> None:
    """Work one case through: source, quotes, observations, searches, tests, decisions, narrative."""
    with ledger.write("evidence") as session:
        for noun, values in _evidence(key):
            records.add(session, noun, values, computed=True)
        case = records.find(session, "case", key)
        text = (
            narrative
            or f"Dulles said so [@{key}.q1]. The data agree [@cow, 12]; so does he again [@{key}.q2]."
        )
        records.edit(session, "case", case, {"narrative": text, "status": "deep"})
        episode = {
            "key": "crisis",
            "title": "The crisis",
            "basis": "Inferred.",
            "cases": [{"case": key, "note": "The core."}],
        }
        records.add(session, "episode", episode)
    with ledger.write("again") as session:
        records.add(session, "decision", _decision(key, 2, "2", supersedes=f"{key}.ALLY.1"), computed=True)
        other = {
            **_decision(key, 3, "0"),
            "coder": "rand",
            "round": "published elsewhere",
            "override_reason": "Theirs.",
        }
        records.add(session, "decision", other, computed=True)


@once
def reasoned(url: str, hostile: str = "") -> Ledger:
    """Found a study with all that reasoning reads: further likelihoods, priors, words, decibels, a publication's code.

    ``hostile`` is added to whatever people write.
    """
    ledger = found(url, word_scale=[{"word": f"likely{hostile}", "p": [0.6, 0.8]}])
    add_cases(ledger, range(50, 53))
    deep_case(ledger)
    with ledger.write("more") as session:
        third = {
            "key": "mid-50.h3",
            "case": "mid-50",
            "statement": f"Something else.{hostile}",
            "residual": True,
        }
        records.add(session, "hypothesis", {**third, "coder_priors": [{"coder": "ada", "p": 1}]})
        test = records.find(session, "test", "mid-50.t1")
        further = [{"hypothesis": "mid-50.h3", "p": 0.4}]
        said = {"likelihoods": further, "prediction": f"A record.{hostile}", "if_false": f"None.{hostile}"}
        records.edit(session, "test", test, said)
        second = records.find(session, "observation", "mid-50.o2")
        records.edit(session, "observation", second, {"lineage": f"one office{hostile}"})
        book = {"author": [{"family": f"Lind{hostile}", "given": "J."}], "issued": "2016"}
        book["publisher"] = f"A press{hostile}"
        records.add(
            session,
            "source",
            {"key": "lind", "type": "book", "title": f"Entangled{hostile}", "tier": "secondary", "csl": book},
        )
        records.add(session, "coder", {"key": "lind", "name": f"Lind{hostile}", "source": "lind"})
        theirs = _decision(
            "mid-50", 4, "1", "no", coder="lind", round="published elsewhere", locator={"page": "12"}
        )
        records.add(
            session, "decision", {**theirs, "tests": [], "rationale": f"Hers.{hostile}"}, computed=True
        )
        own = _decision("mid-50", 5, "0", supersedes="mid-50.ALLY.2", override_reason=f"We say so.{hostile}")
        records.add(session, "decision", own, computed=True)
    return ledger


@once
def sign(ledger: Ledger, noun: str, key: str, verdict: str = "confirmed", note: str = "") -> None:
    """Have Ada sign something as it stands."""
    with ledger.write("sign") as session:
        row = records.find(session, noun, key)
        covered = fingerprint(session.connection(), session.study_id, noun, row.id)
        reviews.sign(session, noun, row, covered.value, coder="ada", verdict=verdict, note=note)


def _evidence(key: str) -> list[tuple[str, dict[str, Any]]]:
    frus = {
        "container-title": "Foreign Relations of the United States, 1955–1957",
        "volume": "II",
        "volume-title": "China",
        "number": "134",
        "issued": {"date-parts": [[1955, 2, 28]]},
        "URL": "https://history.state.gov/historicaldocuments/frus1955-57v02/d134",
    }
    memo = {
        "key": "memo",
        "title": "Memorandum",
        "tier": "primary",
        "csl": frus,
        "classification": "Top Secret",
    }
    memo |= {"item": "793.00/2–2855", "criticism": {"motive": "To tell his chief."}}
    quote = {
        "source": "memo",
        "locator": {"document": "134", "page": "315"},
        "prefix": "He said that",
        "state": "exact",
    }
    test = {
        "case": key,
        "hypothesis": f"{key}.h1",
        "rival": f"{key}.h2",
        "prediction": "A record.",
        "if_false": "None.",
    }
    search = {
        "case": key,
        "question": "Any request?",
        "corpus": "FRUS",
        "terms": ["ally"],
        "first_seen_at": _SEEN,
    }
    seen = {"case": key, "occurred": "1955-02-28", "first_seen_at": _SEEN}
    return [
        ("source", memo),
        ("source", {"key": "cow", "type": "dataset", "title": "Disputes", "tier": "dataset", "scope": "general"}),
        ("quote", {**quote, "key": f"{key}.q1", "words": f"a “symbol” {HOSTILE}"}),
        ("quote", {**quote, "key": f"{key}.q2", "words": "看台灣", "language": "zh", "translation": "Look at Taiwan", "state": "no text held"}),
        ("observation", {**seen, "key": f"{key}.o1", "proposition": "Hoover's memo named allies", "quotes": [f"{key}.q1"]}),
        ("observation", {**seen, "key": f"{key}.o2", "occurred": "1955-01-03", "proposition": "None asked", "quotes": [f"{key}.q2"]}),
        ("search", {**search, "key": f"{key}.s1", "hits": 0, "gaps": "Box 3 is closed."}),
        ("search", {**search, "key": f"{key}.s2", "status": "not attempted"}),
        ("hypothesis", {"key": f"{key}.h1", "case": key, "statement": "Allies mattered.", "variable": "ALLY", "supports": ["2"]}),
        ("hypothesis", {"key": f"{key}.h2", "case": key, "statement": "Interest did.", "rivals": [{"rival": f"{key}.h1", "relation": "exclusive"}]}),
        ("test", {**test, "key": f"{key}.t1", "kind": "straw in the wind", "p_hypothesis": 0.8, "p_rival": 0.1, "declared_at": _DECLARED,
                  "result": "passed", "bearings": [{"observation": f"{key}.o1", "direction": "for"}]}),
        ("test", {**test, "key": f"{key}.t2", "kind": "hoop", "p_hypothesis": 1.0, "p_rival": 0.5, "declared_at": _LATER, "result": "failed",
                  "bearings": [{"search": f"{key}.s1", "direction": "against"}, {"observation": f"{key}.o2", "direction": "against"}]}),
        ("decision", _decision(key, 1, "1", featured="no")),
    ]  # fmt: skip


def _decision(key: str, number: int, value: str, featured: str = "yes", **said: Any) -> dict[str, Any]:
    return {
        "key": f"{key}.ALLY.{number}",
        "case": key,
        "variable": "ALLY",
        "value": value,
        "sub_judgements": {"featured": featured},
        "rationale": f"Reason {number}.",
        "confidence": "medium",
        "counter_evidence": "The President doubted it.",
        "coder": "ada",
        "round": "open",
        "tests": [f"{key}.t1"],
        "observations": [f"{key}.o2"],
        "searches": [f"{key}.s1"],
        "decided_at": f"2026-05-0{number}T10:00:00Z",
        **said,
    }


@once
def two_cases(url: str) -> Ledger:
    """A study of two cases, one of them process-traced."""
    ledger = found(url)
    add_cases(ledger, range(50, 52))
    deep_case(ledger)
    return ledger
