"""Each rule, by one fault in a study that has no other: what a referee would object to, and nothing besides."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from evidence.audit.checks import RULES, Found
from evidence.audit.narrated import DRAFT
from evidence.ledger import schema
from tests.audit.checked_study import Noun, Records, apart, changed, checked, found_in, made, study

_BASE = study()


@dataclass(frozen=True)
class Fault:
    """What is changed in the clean study, through its doors or behind its back, and what is then found."""

    found: tuple[str, ...]
    changes: dict[Noun, dict[str, Any] | None] = field(default_factory=dict)
    sql: tuple[str, ...] = ()  # what no door lets through
    says: str = ""  # in the first finding's words


def fault(*found: str, sql: Any = (), says: Any = "", **differs: Any) -> Fault:
    """Make a fault; what is changed is named by the record's key, and the noun is looked up."""
    nouns = {key: noun for noun, key in _BASE}
    changes: dict[Noun, Any] = {}
    for name, fields in differs.items():
        new, _, key = name.partition("_")
        changes[(nouns[name], name) if name in nouns else (new, key)] = fields
    return Fault(found, changes, (sql,) if isinstance(sql, str) else sql, says)


_T1 = _BASE["test", "t1"]
_LATE = "2026-03-01T12:00:00Z"
_FOR_1, _FOR_2 = ({"observation": name, "direction": "for"} for name in ("o1", "o2"))
_STRAW = {"kind": "straw in the wind", "p_hypothesis": 0.7, "p_rival": 0.4}
_VARIABLE = dict(_BASE["variable", "ALLY"])
_VERSION_2 = {**_VARIABLE["versions"][0], "version": "2"}
#: A code that says that there is no evidence: by tests that failed, and the searches that they failed on.
_ABSENT = {
    "t1": {"result": "failed", "bearings": [{"search": "s1", "direction": "against"}]},
    "t2": {"result": "failed", "bearings": [{"search": "s2", "direction": "against"}]},
    "t3": {"result": "inconclusive", "bearings": [_FOR_1]},
    "t4": {"result": "inconclusive", "bearings": [_FOR_2]},
    "d1": {"value": "1", "sub_judgements": {"featured": "no"}, "alternative": "2"},
}


def _narrated(words: str) -> dict[str, str]:
    return {"narrative": words}


FAULTS: dict[str, Fault] = {
    "EV101": fault("EV101 test t5", hypothesis_h3={"case": "c1", "statement": "Another.", "residual": True},
                   test_t5={**_T1, "rival": "h3", "result": "not attempted", "bearings": [], "resolved_at": None},
                   sql="UPDATE hypothesis SET retired_at = '2026-05-01 00:00:00.000000' WHERE key = 'h3'"),
    "EV102": fault("EV102 test t2", sql="UPDATE test SET if_false = ' ' WHERE key = 't2'", says="if its hypothesis were false"),
    "EV103": fault("EV103 test t2", sql="UPDATE bearing SET retired_at = '2026-05-01 00:00:00.000000' WHERE "
                   "test_id = (SELECT id FROM test WHERE key = 't2')", o3={"case": "c1"},
                   d1={"observations": ["o2", "o3"]}),
    "EV104": fault("EV104 test t4", sql="UPDATE bearing SET direction = 'for' WHERE "
                   "test_id = (SELECT id FROM test WHERE key = 't4')"),
    "EV105": fault("EV105 decision d1", d1={"tests": []}),
    "EV106": fault("EV106 hypothesis h3", hypothesis_h3={"case": "c1", "statement": "Opinion did."}),
    "EV107": fault("EV107 decision d1", t1={"result": "inconclusive"}, d1={"tests": ["t1"]}),
    "EV108": fault("EV108 decision d1", h1={"supports": ["3"]}, h2={"supports": ["1"]}),
    "EV109": fault("EV109 decision d1", t1=_STRAW, t2=_STRAW, t3=_STRAW, t4=_STRAW),
    "EV110": fault("EV110 decision d1", "EV111 test t1", "EV111 test t2", t1={"declared_at": _LATE}, t2={"declared_at": _LATE},
                   d1={"tests": ["t1", "t2"]}),
    "EV111": fault("EV111 test t2", t2={"declared_at": _LATE}, says="was declared after o2 had been seen."),
    "EV112": fault("EV112 search s1", s1={"terms": [], "coverage": ""}, says="t3 failed on it"),
    "EV113": fault("EV113 test t3", t3={"p_hypothesis": None, "p_rival": None}, s1={"sensitivity": None}),
    "EV114": fault("EV114 case c1", c1=_narrated("Dulles spoke of the ally [@memo.1; @letter.1; @letter.2]. Robertson met Dulles again."),
                   says="“Robertson met Dulles again.” (line 1)"),
    "EV115": fault("EV115 case c1", c1=_narrated(DRAFT)),
    "EV116": fault("EV116 case c1", c1=_narrated("One [@memo.1; @letter.1; @letter.2].\n\nTwo [@memo.1 p. 3]."), says="line 3: "),
    "EV201": fault("EV201 observation o2", o2={"quotes": []}, says="has no quote",
                   **{"letter.1": None}),
    "EV202": fault("EV202 quote letter.1", **{"letter.1": {"locator": {}}}),
    "EV203": fault("EV203 quote letter.1", **{"letter.1": {"state": "not found"}}, says="and d1 rests on it"),
    "EV204": fault("EV204 decision d1", **{"letter.1": {"state": "no text held"}}, says="letter.1"),
    "EV205": fault("EV205 quote letter.1", **{"letter.1": {"language": "zh-TW"}}, says="is in zh-TW"),
    "EV206": fault("EV206 quote letter.1", **{"letter.1": {"language": "fr", "translation": "Our treaty"}}),
    "EV207": fault("EV207 quote letter.1", **{"letter.1": {"language": "fr", "translation": "our treaty", "translator": "Ada"}}),
    "EV208": fault("EV208 source letter", letter={"repository": ""}),
    "EV209": fault("EV209 decision d1", letter={"criticism": {}}, says="letter"),
    "EV210": fault("EV210 decision d1", letter={"tier": "secondary"}, memo={"tier": "news"}),
    "EV211": fault("EV211 case c1", c1=_narrated('He named “our treaties” [@letter.1] and "the ally" [@memo.1; @letter.2].'),
                   says="in line 1, “our treaties” [@letter.1] differs from it: our [treaties] → [treaty]"),
    "EV301": fault("EV301 decision d1", ALLY={"versions": [*_VARIABLE["versions"], _VERSION_2]},
                   d1={"version": "1"}, says="the newest is 2"),
    "EV302": fault("EV302 decision d1", **_ABSENT, sql="UPDATE decision_search SET retired_at = '2026-05-01 00:00:00.000000' WHERE "
                   "decision_id = (SELECT id FROM decision WHERE key = 'd1')"),
    "EV303": fault("EV303 decision d1", **_ABSENT, s1={"hits": 2}, says="s1 (2)"),
    "EV304": fault("EV304 decision d1", h1={"supports": ["3"]}, d1={"value": "3", "sub_judgements": {"necessary": "yes"},
                   "counterfactual": "The same."}, sql="UPDATE decision SET counterfactual = '' WHERE key = 'd1'"),
    "EV305": fault("EV305 decision d1", search_s3={"case": "c1", "question": "?", "corpus": "?", "status": "not attempted"},
                   d1={"searches": ["s1", "s3"]}),
    "EV306": fault("EV306 decision d1", d1={"sub_judgements": {"featured": "no"}, "override_reason": "Because."},
                   sql="UPDATE decision SET override_reason = '' WHERE key = 'd1'", says="the rule gives ALLY 1"),
    "EV307": fault("EV307 decision d1", ALLY={"versions": [{**_VARIABLE["versions"][0], "levels": [
                   {**level, "needs": ["passed smoking gun"]} if level["value"] == "2" else level
                   for level in _VARIABLE["versions"][0]["levels"]]}]},
                   t2={"kind": "smoking gun"}, sql="UPDATE test SET kind = 'hoop', p_hypothesis = 0.95, p_rival = 0.6 "
                   "WHERE key = 't2'"),
    "EV308": fault("EV308 decision d1", decision_d2={**_BASE["decision", "d1"], "coder": "bob", "value": "1", "tests": [],
                   "override_reason": "Both are routine.", "alternative": "2", "decided_at": "2026-03-31T10:00:00Z"}),
    "EV309": fault("EV309 decision d1", sql="UPDATE decision SET counter_evidence = ' ' WHERE key = 'd1'"),
    "EV310": fault("EV310 decision d1", d1={"alternative_reason": ""}),
    "EV311": fault("EV311 decision d1", d1={"alternative": "2"}),
    "EV401": fault("EV401 decision d1", d1={"tests": ["t1", "t2"], "observations": [], "searches": []},
                   o3=None, **{"letter.2": None}),
    "EV402": fault("EV402 decision d1", t4={"result": "not attempted", "bearings": [], "resolved_at": None},
                   d1={"tests": ["t1", "t2", "t3"], "searches": ["s1", "s2"]}, says="its rival h2 to 1"),
    "EV403": fault("EV403 decision d1", t1={"bearings": [_FOR_1, *({"search": s, "direction": "for"} for s in ("s1", "s2"))]},
                   t4={"result": "inconclusive", "bearings": [{"observation": "o3", "direction": "against"}]},
                   says="have 2 searches"),
    "EV404": fault("EV404 decision d1", o1={"lineage": "Dulles, January"}, o2={"lineage": "Dulles, January"},
                   d1={"tests": ["t1", "t2"]}, says="Dulles, January: o1 and o2"),
    "EV405": fault("EV405 decision d1", letter={"criticism": {"author": "Dulles", "motive": "?"}}),
    "EV406": fault("EV406 decision d1", letter={"repository": "National Archives"}),
    "EV407": fault("EV407 observation o1", t2={"bearings": [_FOR_2, {"observation": "o1", "direction": "against"}]},
                   says="h1 over h2 in t1 and the reverse in t2"),
    "EV501": fault("EV501 source letter", letter={"csl": {"issued": {"date-parts": [[1955, 2, 29]]}}}, says="1955-02-29"),
    "EV502": fault("EV502 case c2", c2={"start": "1939-01-01"}, says="start 1939-01-01"),
    "EV503": fault("EV503 search s1", s1={"searched_on": "2026-03-05"}),
    "EV504": fault("EV504 observation o2", o2={"occurred": "1975-02-01"}, letter={"csl": {}}, says="20 years after c1 ended"),
    "EV505": fault("EV505 search s1", s1={"period": "1961/1963"}),
    "EV506": fault("EV506 observation o2", o2={"occurred": "1955-03-01"}, says="letter is of 1 February 1955"),
    "EV602": fault("EV602 observation o3", d1={"observations": []}),
    "EV603": fault("EV603 quote letter.3", **{"quote_letter.3": {**_BASE["quote", "letter.1"], "words": "our fleet"}}),
    "EV604": fault("EV604 search s3", search_s3={**_BASE["search", "s1"]}),
    "EV605": fault("EV605 source book", source_book={"title": "A book", "tier": "secondary"}),
    "EV606": fault("EV606 case c1", c1=_narrated("Dulles spoke of the ally [@memo.1; @letter.2]."), says="no quote of o2"),
    "EV702": fault("EV702 decision d1", t2={"resolved_at": "2026-04-02T10:00:00Z"}, says="before t2"),
    "EV801": fault("EV801 test t1", t1={"p_rival": 0.05}, says="imply a doubly decisive (T=4.5)"),
    "EV802": fault("EV802 test t1", t1={"p_hypothesis": 1.0}, says="P given h1 is 1"),
    "EV803": fault("EV803 test t1", t1={"p_hypothesis": "likely", "p_rival": "perhaps"}, says="'perhaps'"),
    "EV804": fault("EV804 test t1", t1={"p_hypothesis": 0.3, "p_rival": 0.6}, says="speak for h2"),
    "EV805": fault("EV805 test t1", t1={"p_hypothesis": 0.6, "p_rival": 0.6}),
    "EV806": fault("EV806 test t1", t1={"p_rival": None}, says="states P given h1 and not given h2"),
    "EV807": fault("EV807 test t3", s1={"sensitivity": None}),
    "EV808": fault("EV808 hypothesis h1", h1={"prior": 0.7}, says="sum to 1.2"),
    "EV809": fault("EV809 test t3", t3={"p_hypothesis": "6 dB", "p_rival": "0 dB"}),
}  # fmt: skip


#: What the one study that has all the faults says of itself.
_SAID: dict[str, Any] = {
    "universe_count": 2 * len(FAULTS),
    "universe_deep": len(FAULTS),
    "checks": {"earliest": "1945", "latest": "1999"},
    "word_scale": [{"word": "likely", "p": 0.7}],
}
_KEY = re.compile(r"key = '([^']+)'")


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Found]]:
    """What is found of each fault: all of them in one study, each in a case with everything of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('faults') / 'evidence.db'}"
    schema.create(url)
    logged: Records = {}
    for rule, one in FAULTS.items():
        logged |= apart(changed(one.changes), f"-{rule}")
    ledger = made(url, logged, **_SAID)
    for rule, one in FAULTS.items():
        for statement in one.sql:
            assert ledger.behind_its_back(_KEY.sub(rf"key = '\1-{rule}'", statement)) == 1, statement
    found: dict[str, list[Found]] = {}
    # What was changed behind the ledger's back is suspect too, and that rule has its own tests.
    for hit in checked(ledger, ignore=["suspects"]).found:
        found.setdefault(hit.key.rpartition("-")[2], []).append(hit)
    return found


@pytest.mark.parametrize("rule", FAULTS)
def test_one_fault_is_found_by_its_rule_and_by_no_other(findings: dict[str, list[Found]], rule: str) -> None:
    said = [f"{one.rule} {one.subject} {one.message}".replace(f"-{rule}", "") for one in findings[rule]]
    assert [" ".join(one.split()[:3]) for one in said] == list(FAULTS[rule].found)
    assert FAULTS[rule].says in said[0]
    assert all(one.endswith(".") for one in said)


def test_nothing_else_is_found(findings: dict[str, list[Found]]) -> None:
    assert set(findings) == set(FAULTS)


def test_every_rule_has_a_fault_that_it_finds() -> None:
    # By counting and by signing, in test_checks.py; by importing, in tests/cli/test_challenge.py.
    elsewhere = {"EV601", "EV701", "EV703", "EV704"}
    assert {rule.id for rule in RULES} - set(FAULTS) == elsewhere


def test_a_study_without_faults_has_no_findings(sqlite_url: str) -> None:
    assert found_in(checked(made(sqlite_url)).found) == []
