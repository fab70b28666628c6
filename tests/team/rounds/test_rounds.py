"""Rounds of coding and packets, as people use them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from evidence.coding.decide import decide
from evidence.coding.rounds import freeze
from evidence.errors import MethodError
from evidence.inference.assigning import assigned, drawn
from evidence.ledger import records
from evidence.models import Assignment
from tests.cli.asking import Do
from tests.kit import Ledger
from tests.team.rounds.rounds_made import CASES, TELLTALE, coded, found_rounds, frozen, give, opened, raw

# --- Assignments


def test_a_seed_says_who_codes_what_in_which_order() -> None:
    found = assigned(["c1", "c2", "c3", "c4"], ["ada", "ben", "cyd"], 2, seed=7)
    assert found == assigned(["c4", "c2", "c3", "c1"], ["cyd", "ben", "ada"], 2, seed=7)
    assert found != assigned(["c1", "c2", "c3", "c4"], ["ada", "ben", "cyd"], 2, seed=8)
    assert assigned(["b", "a"], ["x", "y"]) == {"x": ["b", "a"], "y": ["b", "a"]}
    for wrong in ({"each": 4, "seed": 1}, {"each": 0, "seed": 1}, {"each": 2}):
        with pytest.raises(MethodError):
            assigned(["a"], ["x", "y", "z"], **wrong)
    with pytest.raises(MethodError, match="9 cases cannot be drawn from 2"):
        drawn(["a", "b"], 9, 1)


@whatever(st.integers(1, 30), st.integers(1, 5), st.integers(1, 5), st.integers())
def test_every_case_has_so_many_coders_and_every_coder_as_many_cases(
    cases: int, coders: int, each: int, seed: int
) -> None:
    each = min(each, coders)
    keys = [f"c{n}" for n in range(cases)]
    found = assigned(keys, [f"p{n}" for n in range(coders)], each, seed)
    assert Counter(case for some in found.values() for case in some) == dict.fromkeys(keys, each)
    sizes = [len(some) for some in found.values()]
    assert max(sizes) - min(sizes) <= 1
    assert all(len(set(some)) == len(some) for some in found.values())
    assert sorted(drawn(keys, 1 + cases // 2, seed)) == sorted(drawn(keys[::-1], 1 + cases // 2, seed))


def test_a_round_is_opened_shown_coded_and_frozen(do: Do, ledger: Ledger) -> None:
    line = ("round", "open", "first", "--variable", "X", "--cases", "c1,c2", "--coders", "ada,ben", "--blind")
    assert (
        "Blind round first is open: 2 cases on X, coded by ada, ben, assigned and put in order by seed 7"
        in do(*line, "--random-seed", "7")
    )
    assert "first  X         2        yes    2      4     open   ada, ben" in do("round", "list")
    told = do("round", "next", "first", "--coder", "ada")
    case = told.split()[0]
    assert "(2 left of 2)" in told
    reasons = ("--because", "so", "--counter-evidence", "none", "--override-reason", "made up")
    assert "leave -m out" in do(
        "code",
        case,
        "X",
        "2",
        "--in-round",
        "first",
        "--coder",
        "ada",
        *reasons,
        "-m",
        "it is 2",
        refused=True,
    )
    do("code", case, "X", "2", "--in-round", "first", "--coder", "ada", *reasons)
    assert (
        ledger.value("SELECT message FROM revision ORDER BY number DESC LIMIT 1")
        == "work on codes of first, which is blind until it is frozen"
    )
    assert ledger.value("SELECT round FROM decision WHERE coding_round_id IS NOT NULL") == "blind"
    assert "first  X         2        yes    2      3" in do("round", "list")
    assert "is not coded to its end" in do("round", "freeze", "first", refused=True)
    assert "frozen with 1 code; 3 codes were left" in do(
        "round", "freeze", "first", "--incomplete", "Ben is ill"
    )
    shown = do("round", "show", "first")
    assert "Frozen with 3 left: Ben is ill" in shown
    assert "nothing thaws" not in shown
    assert "was frozen on" in do("round", "freeze", "first", refused=True)
    assert ledger.findings() == []


@pytest.mark.usefixtures("ledger")
def test_chance_has_a_seed_that_is_kept(do: Do) -> None:
    told = do(
        "round", "open", "r", "--variable", "X", "--sample", "3", "--coders", "ada,ben,cyd", "--each", "2"
    )
    seed = int(re.findall(r"seed (\d+)", told)[0])
    first = json.loads(do("round", "show", "r", "--json"))
    assert (first["seed"], first["cases"]) == (seed, 3)
    do(
        "round",
        "open",
        "s",
        "--variable",
        "X",
        "--sample",
        "3",
        "--coders",
        "ada,ben,cyd",
        "--each",
        "2",
        "--random-seed",
        str(seed),
    )
    again = json.loads(do("round", "show", "s", "--json"))
    assert again["coders"] == first["coders"]
    do("round", "open", "t", "--variable", "X", "--episode", "strait", "--coders", "ada,ben")
    plain = json.loads(do("round", "show", "t", "--json"))
    assert (plain["seed"], [task["case"] for task in plain["coders"][0]["tasks"]]) == (None, ["c1", "c2"])
    for wrong, sentence in (
        (("--all", "--coders", "ada,pub"), "is a publication"),
        (("--all", "--coders", "ada,ada"), "named twice"),
        (("--all", "--episode", "strait", "--coders", "ada"), "in one way"),
        (("--coders", "ada"), "A round needs cases"),
        (("--cases", "c9", "--coders", "ada"), "There is no case 'c9'"),
    ):
        assert sentence in do("round", "open", "w", "--variable", "X", *wrong, refused=True)


# --- Laws


@pytest.mark.parametrize("engine", ["sqlite_url", "postgres_url"])
def test_what_a_round_refuses(engine: str, request: pytest.FixtureRequest) -> None:
    ledger = found_rounds(Ledger(request.getfixturevalue(engine)))
    opened(ledger, version="1")
    for case, coder, sentence in (
        ("c1", "cyd", "not to code this case"),
        ("c5", "ada", "not to code this case"),
    ):
        with pytest.raises(MethodError, match=sentence), ledger.write() as session:
            give(session, "first", coder, **{case: "1"})
    with pytest.raises(MethodError, match="coded by version 1"), ledger.write() as session:
        raw(session, version="2", round="blind", coding_round="first")
    with pytest.raises(MethodError, match="is blind, and so are the codes"), ledger.write() as session:
        raw(session, version="1", round="open", coding_round="first")
    with ledger.write() as session:
        give(session, "first", "ada", c1="1")
        give(session, "first", "ada", c1="2")  # which takes the place of the other
    of = ("coding_round", "first")
    with (
        pytest.raises(MethodError, match="has codes, so what they were given under stays"),
        ledger.write() as session,
    ):
        records.edit(session, of[0], records.find(session, *of), {"blind": False})
    with pytest.raises(MethodError, match="has codes, so who codes what"), ledger.write() as session:
        records.edit(
            session, of[0], records.find(session, *of), {"assignments": [{"case": "c1", "coder": "cyd"}]}
        )
    with ledger.write() as session:
        freeze(session, "first", "so")
    with pytest.raises(MethodError, match="takes no more codes"), ledger.write() as session:
        give(session, "first", "ben", c1="2")
    with pytest.raises(MethodError, match="stays as it is"), ledger.write() as session:
        records.retire(session, records.find(session, "decision", "c1.X.first.ada.2"))
    with pytest.raises(MethodError, match="stays as it is"), ledger.write() as session:
        records.edit(
            session, "decision", records.find(session, "decision", "c1.X.first.ada.2"), {"tests": ["c1.t1"]}
        )
    with pytest.raises(MethodError, match="nothing thaws"), ledger.write() as session:
        records.find(session, *of).frozen_at = None
        session.flush()
    with pytest.raises(MethodError, match="nothing thaws"), ledger.write() as session:
        session.query(Assignment).first().position = 9  # type: ignore[union-attr]
        session.flush()
    with pytest.raises(MethodError, match="take the place of nothing outside"), ledger.write() as session:
        raw(session, version="1", round="open", supersedes="c1.X.first.ada.2")
    assert ledger.findings() == []


def test_a_changed_mind_is_a_new_decision_beside_the_frozen_one(ledger: Ledger) -> None:
    opened(ledger)
    frozen(ledger)
    with ledger.write() as session:
        made = decide(
            session,
            "c3",
            "X",
            "3",
            coder="ada",
            rationale="now",
            counter_evidence="none",
            override_reason="so",
        )
        assert (made.supersedes_id, made.coding_round_id, made.key) == (None, None, "c3.X.2")


# --- Blind


def test_while_a_blind_round_is_open_its_coders_see_nothing_of_others(do: Do, ledger: Ledger) -> None:
    opened(ledger)
    coded(ledger)

    def seen(person: str) -> dict[str, set[str]]:
        listed = json.loads(do("decision", "list", "--json", EVIDENCE_CODER=person))
        return {
            "keys": {one["key"] for one in listed},
            "found": set(re.findall(r"c\d\.X\.\S+", do("find", "says", EVIDENCE_CODER=person))),
        }

    assert {key for key in seen("ada")["keys"] if key.split(".")[0] in CASES[:4]} == {
        f"c{n}.X.first.ada.1" for n in range(1, 5)
    }
    assert seen("ben")["found"] == {f"c{n}.X.first.ben.1" for n in range(1, 5)}
    assert len(seen("cyd")["found"]) == 8
    assert TELLTALE not in do("why", "c1", "X", "--brief", EVIDENCE_AUTHOR="ada").partition("Open tests")[0]
    assert TELLTALE in do("why", "c1", "X", EVIDENCE_AUTHOR="cyd")
    assert "There is no decision" in do(
        "decision", "show", "c3.X.first.ben.1", EVIDENCE_CODER="ada", refused=True
    )
    assert "ben on c3" not in do("why", "c3", "X", EVIDENCE_AUTHOR="cyd")  # no code of the study yet
    assert "0 differ" in do("compare", "X", "pub", EVIDENCE_AUTHOR="cyd")
    assert "agreement is computed on frozen codes" in do("agreement", "--in-round", "first", refused=True)
    with ledger.write() as session:
        freeze(session, "first")
    assert seen("ada")["found"] == seen("cyd")["found"]
    assert "ben on c3" in do("why", "c3", "X", EVIDENCE_AUTHOR="ada")


# --- Packets


def test_a_packet_tells_nothing_and_its_form_comes_back_all_or_nothing(
    do: Do, ledger: Ledger, tmp_path: Path
) -> None:
    opened(ledger)
    assert "to-ben/codes.yaml" in do("round", "packet", "first", "to-ben", "--coder", "ben")
    page = (tmp_path / "to-ben" / "packet.html").read_text("utf-8")
    for words in (
        "We must stand",
        "He said so.",
        "It is seen.",
        "Did he?",
        "Statement h1.",
        "What role?",
        "United States",
    ):
        assert words in page, words
    body = page.partition("<body")[2]
    for words in (TELLTALE, "cyd", "pub", "0.123", "passed", "p. 9"):
        assert words not in body, words
    form = tmp_path / "to-ben" / "codes.yaml"
    empty = form.read_text("utf-8")
    assert TELLTALE not in empty
    assert re.findall(r"case: (c\d)", empty) == [
        task["case"] for task in json.loads(do("round", "show", "first", "--json"))["coders"][1]["tasks"]
    ]
    assert "0 codes given in round first, 4 left" in do(
        "round", "hand-in", "first", str(form), "--coder", "ben"
    )
    cases = dict(zip(re.findall(r"case: (c\d)", empty), re.split(r"\n(?=- case)", empty)[1:], strict=True))

    def filled(**said: dict[str, str]) -> str:
        text = empty
        for case, fields in said.items():
            lines = cases[case].split("\n")
            for name, value in fields.items():
                at = next(n for n, line in enumerate(lines) if line.lstrip().startswith(f"{name}:"))
                label, long = lines[at].partition(":")[0], "|" in lines[at].partition("#")[0]
                lines[at] = f"{label}: |\n    {value}" if long else f"{label}: {value}"
            text = text.replace(cases[case], "\n".join(lines))
        return text

    why = {"rationale": "Ben: so.", "counter_evidence": "none: none"}
    form.write_text(filled(c1={"push": "up", **why}, c2={"value": "9", **why}), "utf-8")
    line = 1 + form.read_text("utf-8").splitlines().index("  value: 9")
    refused = do("round", "hand-in", "first", str(form), "--coder", "ben", refused=True)
    assert f'codes.yaml, line {line}, field "value"' in refused
    assert "'9' is not a level" in refused
    assert ledger.value("SELECT count(*) FROM decision WHERE coding_round_id IS NOT NULL") == 0
    form.write_text(filled(c1={"push": "upp", **why}), "utf-8")
    assert "field \"push\": push cannot be 'upp'; did you mean 'up'?" in do(
        "round", "hand-in", "first", str(form), "--coder", "ben", refused=True
    )
    form.write_text(filled(c1={"push": "up", "rationale": "x"}), "utf-8")
    assert 'field "counter_evidence"' in do(
        "round", "hand-in", "first", str(form), "--coder", "ben", refused=True
    )
    form.write_text(filled(c1={"push": "up", "tests": "[c1.t9]", **why}), "utf-8")
    assert 'field "tests": There is no test' in do(
        "round", "hand-in", "first", str(form), "--coder", "ben", refused=True
    )
    form.write_text(
        filled(
            c1={"push": "up", "tests": "[c1.t1]", **why},
            c4={"value": "not codable", "override_reason": "dark", **why},
        ),
        "utf-8",
    )
    assert "2 codes given in round first, 2 left" in do(
        "round", "hand-in", "first", str(form), "--coder", "ben"
    )
    revisions = len(ledger.entries())
    assert "0 codes given in round first, 2 unchanged, 2 left" in do(
        "round", "hand-in", "first", str(form), "--coder", "ben"
    )
    form.write_text(
        form.read_text("utf-8").replace(cases["c2"], "").replace(cases["c3"], ""), "utf-8"
    )  # what is not in the form is left all the same
    assert "2 unchanged, 2 left" in do("round", "hand-in", "first", str(form), "--coder", "ben")
    assert len(ledger.entries()) == revisions
    assert ledger.entries()[-1].message == "work on codes of first, which is blind until it is frozen"
    assert "is handed in for ada" in do(
        "round", "hand-in", "first", str(form), "--coder", "ada", refused=True
    )
    assert "leave -m out" in do(
        "round", "hand-in", "first", str(form), "--coder", "ben", "-m", "2!", refused=True
    )
    assert "may be filled in" in do("round", "packet", "first", "to-ben", "--coder", "ben", refused=True)
    shown = json.loads(do("decision", "show", "c1.X.first.ben.1", "--json", EVIDENCE_CODER="ben"))
    assert (shown["value"], shown["rationale"], shown["tests"], shown["round"]) == (
        "2",
        "Ben: so.",
        ["c1.t1"],
        "blind",
    )


def test_hostile_words_make_no_markup_and_no_form_that_cannot_be_read(
    do: Do, ledger: Ledger, tmp_path: Path
) -> None:
    evil = "<script>alert(1)</script>\n- case: c9\x85value: {{ 7 * 7 }} \u202e"
    with ledger.write() as session:
        records.edit(session, "case", records.find(session, "case", "c1"), {"title": evil})
    opened(ledger, cases=["c1"])
    do("round", "packet", "first", "p", "--coder", "ada")
    page = (tmp_path / "p" / "packet.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert "49" not in page.partition("<body")[2]
    assert "0 codes given in round first, 1 left" in do(
        "round", "hand-in", "first", "p/codes.yaml", "--coder", "ada"
    )


# --- Agreement
