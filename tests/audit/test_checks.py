"""The check as a whole: rules by name, the count of the universe (METHOD A40), statements, damage, the baseline."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from evidence.audit.checks import FAMILIES, RULES, Found, chosen
from evidence.audit.checks.baseline import against, lines, parsed
from evidence.audit.checks.running import Checked, check
from evidence.audit.checks.table import markdown
from evidence.audit.universe import Counted, universe
from evidence.errors import MethodError, UnknownKey, ValueRefused
from evidence.ledger import records
from tests.audit.checked_study import Records, apart, changed, checked, found_in, made, study
from tests.docs_run import walk

#: So many statements are run, whatever the size of the study.
STATEMENTS = 30


def test_ids_and_names_are_unique_and_everything_is_said_in_sentences() -> None:
    assert len({rule.id for rule in RULES}) == len({rule.slug for rule in RULES}) == len(RULES)
    assert list(RULES) == sorted(RULES, key=lambda rule: rule.id)
    for rule in RULES:
        assert re.fullmatch(r"EV[1-8]\d\d", rule.id)
        assert re.fullmatch(r"[a-z0-9-]+", rule.slug)
        assert rule.family in FAMILIES.values()
        assert rule.reason.endswith(".")
        assert "\n" not in rule.reason
        assert rule.remedy.endswith((".", "?"))
        assert rule.source
        assert not rule.source.endswith(".")
        assert "METHOD" not in rule.source + rule.reason + rule.remedy


def test_commands_and_options_named_in_remedies_are_there() -> None:
    known = {
        line: {option for parameter in command.params for option in parameter.opts}
        for line, command in walk()
    }
    wrong = []
    for rule in RULES:
        for line in re.findall(r"'(evidence [^']+)'", rule.remedy):
            words = line.split()
            named = next((" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in known), "")
            options = {word for word in words if word.startswith("--")}
            if not options <= known.get(named, set()) or not named:
                wrong.append(f"{rule.id}: {line}")
    assert wrong == []


def test_the_manuals_table_has_every_rule_once() -> None:
    assert re.findall(r"^\| (EV\d+) \|", markdown(), re.MULTILINE) == [rule.id for rule in RULES]


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["EV404"], {"EV404"}),
        (["ev404", "one-lineage"], {"EV404"}),
        (["One-Author", "EV406"], {"EV405", "EV406"}),
        (["EV7"], {"EV701", "EV702", "EV703", "EV704"}),
        (["reviews"], {"EV701", "EV702", "EV703", "EV704"}),
        ([], set()),
    ],
)
def test_rules_are_chosen_by_id_beginning_name_or_family(names: list[str], ids: set[str]) -> None:
    assert chosen(RULES, names) == ids


def test_the_beginning_of_all_ids_means_every_rule() -> None:
    assert chosen(RULES, ["EV"]) == {rule.id for rule in RULES}


@pytest.mark.parametrize("name", ["one-linage", "EV999", "ball", "EV4x", "", "e"])
def test_a_mistyped_rule_is_one_sentence(name: str) -> None:
    with pytest.raises(MethodError) as refused:
        chosen(RULES, [name])
    assert f"There is no rule {name!r}." in str(refused.value)
    if name == "one-linage":
        assert "Did you mean one-lineage" in str(refused.value)


def test_a40_eighteen_and_a_hundred_and_seventy_are_a_hundred_and_eighty_eight() -> None:
    cases = [Counted(f"c{n}", "deep" if n < 18 else "screen", numbered=True, core=n < 18) for n in range(188)]
    assert all(line.agrees for line in universe(188, 18, cases))
    assert [(line.stated, line.present) for line in universe(188, 18, cases)] == [
        (188, 188),
        (18, 18),
        (170, 170),
    ]
    whole, traced, screened = universe(188, 18, cases[1:], ["c0"])
    assert whole.remark == "1 missing: taken out of the study were c0."
    assert (traced.remark, screened.remark) == ("1 missing.", "")
    whole, traced, screened = universe(
        188, 18, [*cases, Counted("extra", "screen", numbered=False, core=False)]
    )
    assert whole.remark == "1 too many: without a number in the data set are extra."
    assert screened.remark == "1 too many."
    astray = [replace(case, status="screen") if case.key == "c3" else case for case in cases]
    assert universe(188, 18, astray)[1].remark == "1 missing: c3."


def test_a40_what_does_not_count_is_found_and_named(ledger_url: str) -> None:
    ledger = made(ledger_url, universe_count=3, universe_deep=2)
    (found,) = checked(ledger).found
    assert (found.rule, found.subject, found.cases) == ("EV601", "study strait", ())
    assert "cases in all, 3 stated and 2 there (1 missing: which is not known to the ledger)" in found.message
    assert "for process tracing, 2 stated and 1 there" in found.message
    with ledger.write() as session:
        records.retire(session, records.find(session, "case", "c2"))
    assert "taken out of the study were c2" in checked(ledger).found[0].message


def _faulty() -> Records:
    """Return a study with faults of most families."""
    return changed(
        {
            ("test", "t1"): {"p_hypothesis": 1.0},
            ("test", "t2"): {"declared_at": "2026-03-01T12:00:00Z"},
            ("source", "letter"): {"repository": "National Archives", "csl": {}},
            ("quote", "letter.1"): {"locator": {}, "state": "no text held", "language": "fr"},
            ("decision", "d1"): {"alternative_reason": "", "observations": []},
            ("source", "book"): {"title": "A book", "tier": "secondary"},
        }
    )


_FAULTY = [
    "EV111 test t2", "EV202 quote letter.1", "EV204 decision d1", "EV205 quote letter.1", "EV310 decision d1",
    "EV406 decision d1", "EV602 observation o3", "EV605 source book", "EV802 test t1",
]  # fmt: skip


def test_both_databases_find_the_same(ledger_url: str) -> None:
    assert found_in(checked(made(ledger_url, _faulty())).found) == _FAULTY


def test_what_is_unfinished_is_no_finding(sqlite_url: str) -> None:
    """Cases that are only screened, tests that nobody has tried, evidence of a case that has no code yet."""
    untried = {**study()["test", "t1"], "result": "not attempted", "bearings": [], "resolved_at": None}
    more = {
        ("hypothesis", "h3"): {"case": "c2", "statement": "Nobody has tried it."},
        ("test", "t5"): untried,
        ("observation", "o4"): {**study()["observation", "o1"], "case": "c2", "occurred": "1955"},
        ("search", "s3"): {**study()["search", "s1"], "case": "c2", "period": "1960"},
        ("search", "s4"): {"case": "c1", "question": "?", "corpus": "?", "status": "not attempted"},
    }
    assert found_in(checked(made(sqlite_url, changed(more))).found) == []


def test_codes_of_publications_are_quoted_and_not_checked(sqlite_url: str) -> None:
    theirs = {
        "case": "c1",
        "variable": "ALLY",
        "value": "3",
        "coder": "bob",
        "round": "published elsewhere",
        "rationale": "Theirs.",
    }
    assert found_in(checked(made(sqlite_url, changed({("decision", "d2"): theirs}))).found) == []


def test_an_earlier_code_of_the_same_coder_is_no_longer_checked(sqlite_url: str) -> None:
    again = {**study()["decision", "d1"], "supersedes": "d1", "decided_at": "2026-04-02T10:00:00Z"}
    logged = changed({("decision", "d1"): {"tests": []}, ("decision", "d2"): again})
    assert found_in(checked(made(sqlite_url, logged)).found) == []


def test_a_case_narrows_what_is_shown(sqlite_url: str) -> None:
    logged = {**apart(_faulty(), "-x"), **apart(study(), "-y")}
    ledger = made(sqlite_url, logged, universe_count=5)
    everything = checked(ledger).found
    assert {one.rule for one in everything} == {one.split()[0] for one in _FAULTY} | {"EV601"}
    (of_y, of_x) = (checked(ledger, case=case) for case in ("c1-y", "50-x"))
    assert (of_y.found, of_y.cases, of_y.case) == ((), 1, "c1-y")
    assert {one.rule for one in of_x.found} == {one.split()[0] for one in _FAULTY} - {"EV605"}
    with pytest.raises(UnknownKey, match="There is no case 'c9'"):
        checked(ledger, case="c9")


def test_what_the_study_leaves_out_is_shown_only_where_it_is_asked_for(sqlite_url: str) -> None:
    ledger = made(sqlite_url, _faulty(), checks={"ignore": ["EV2", "TEST-AFTER-EVIDENCE"]})
    left = [one for one in _FAULTY if not one.startswith(("EV2", "EV111"))]
    assert found_in(checked(ledger).found) == left
    assert found_in(checked(ledger, ignore=["likelihoods"]).found) == left[:-1]
    assert found_in(checked(ledger, select=["EV1"]).found) == _FAULTY[:1]
    assert found_in(checked(ledger, names=["quote-without-locator"]).found) == _FAULTY[1:2]
    with pytest.raises(MethodError, match="No rule is left"):
        checked(ledger, select=["EV404"], ignore=["balance"])
    with pytest.raises(MethodError, match="c1 is a case and no rule; write --case c1"):
        checked(ledger, names=["c1"])


def test_a_setting_that_means_no_rule_says_where_it_stands(sqlite_url: str) -> None:
    ledger = made(sqlite_url, checks={"ignore": ["EV000"]})
    with pytest.raises(MethodError, match=r"The study's checks .*There is no rule 'EV000'"):
        checked(ledger)


def _counted(connection: Connection, study_id: Any) -> tuple[int, Checked]:
    statements: list[str] = []

    def note(*call: Any) -> None:
        statements.append(call[2])

    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        done = check(connection, study_id)
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)
    return len(statements), done


@pytest.mark.parametrize("cases", [1, 9])
def test_the_number_of_statements_does_not_grow_with_the_cases(ledger_url: str, cases: int) -> None:
    logged: Records = {}
    for number in range(cases):
        logged |= apart(_faulty(), f"-{number}")
    ledger = made(ledger_url, logged, universe_count=2 * cases, universe_deep=cases)
    with ledger.read() as (connection, study_id):
        number, done = _counted(connection, study_id)
    assert len(done.found) == cases * len(_FAULTY)
    assert number <= STATEMENTS, number


def _found(*triples: tuple[str, str, str]) -> Checked:
    found = tuple(Found(rule, f"{noun} {key}", "whatever.", noun, key) for rule, noun, key in triples)
    return Checked(RULES, 1, found)


def test_a_known_finding_stays_known_when_its_words_change(sqlite_url: str) -> None:
    ledger = made(sqlite_url, _faulty())
    before = checked(ledger)
    known = parsed(lines(before.found), "known.txt")
    assert against(checked(ledger), known) == ((), len(_FAULTY), 0)
    with ledger.write() as session:
        records.edit(session, "quote", records.find(session, "quote", "letter.2"), {"locator": {}})
        records.edit(session, "quote", records.find(session, "quote", "letter.1"), {"locator": {"page": "1"}})
    new, old, gone = against(checked(ledger, ignore=["suspects"]), known)
    assert found_in(new) == []  # letter.2 is in no narrative and weighed in no code
    assert (old, gone) == (len(_FAULTY) - 1, 1)


_words = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1, max_size=8)
_triples = st.tuples(
    st.sampled_from([rule.id for rule in RULES]), st.sampled_from(["test", "decision", "quote"]), _words
)


@given(st.sets(_triples), st.sets(_triples))
def test_a_baseline_takes_away_what_it_knows_and_counts_what_is_gone(then: set[Any], now: set[Any]) -> None:
    text = lines(_found(*then).found)
    assert text == lines(_found(*sorted(then, reverse=True)).found)
    new, old, gone = against(_found(*sorted(now)), parsed(text, "f"))
    assert {(one.rule, one.noun, one.key) for one in new} == now - then
    assert (old, gone) == (len(now & then), len(then - now))


def test_a_baseline_may_have_remarks_and_names_the_line_that_is_none() -> None:
    assert parsed("# known\n\nev404 decision d1\n", "f") == {("EV404", "decision", "d1")}
    with pytest.raises(ValueRefused, match=r"known\.txt, line 2: 'EV404' is no finding"):
        parsed("# known\nEV404\n", "known.txt")
