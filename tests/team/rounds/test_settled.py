"""Agreement on frozen codes, and adjudication, as people use them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from evidence.coding.adjudicating import adjudicate, adopt_agreed
from evidence.coding.decide import decide
from evidence.coding.rounds import freeze, open_round
from evidence.errors import EvidenceError, MethodError
from evidence.ledger import schema
from evidence.study.read import read
from evidence.study.write import write
from tests.cli.asking import Do
from tests.kit import Ledger, Run
from tests.team.rounds.rounds_made import coded, frozen, give, opened, raw


def test_agreement_is_of_frozen_codes_and_not_codable_is_missing(do: Do, ledger: Ledger) -> None:
    opened(ledger)
    frozen(ledger)
    opened(ledger, "second", cases=["c5", "c6"])
    with ledger.write() as session:
        give(session, "second", "ada", c5="0")
        give(session, "second", "ben", c5="3")
    (found,) = json.loads(do("agreement", "--json"))
    whole = found["whole"]
    assert (found["round"], found["blind"], found["ordinal"]) == ("first", True, False)
    assert (whole["measured"]["units"], whole["measured"]["single"]) == (3, 1)
    assert whole["measured"]["marginals"] == [[1, 2, 1, 0], [0, 1, 1, 1]]
    assert whole["measured"]["confusion"] == [[0, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0]]
    values = {one["name"]: one["value"] for one in whole["measured"]["figures"]}
    assert values["percent agreement"] == pytest.approx(2 / 3)
    assert values["Krippendorff's alpha, nominal"] == pytest.approx(1 - 5 * 2 / (36 - 9 - 4 - 1))
    told = do("agreement", "--in-round", "first", "--by", "episode", "--with", "pub")
    for words in (
        "blind round first, frozen on",
        "not codable",
        "c3  Case c3: ada 1, ben 3, pub 1",
        "seed 1",
        "The strait (strait)",
    ):
        assert words in told, words
    assert "undefined: no variation" not in told
    by_pair = do("agreement", "--by", "pair", "--coders", "ada,ben", "--with", "pub", "--replicates", "50")
    assert "ada and pub" in by_pair
    assert do("agreement", "--seed", "3") == do("agreement", "--seed", "3")
    for wrong, sentence in (
        (("--in-round", "second"), "is open"),
        (("--in-round", "third"), "There is no round 'third'"),
        (("--with", "cyd"), "is no publication"),
        (("--coders", "ada"), "ada alone has codes"),
        (("--variable", "Y"), "There is no variable 'Y'"),
        (("--replicates", "0"), "cannot be drawn"),
    ):
        assert sentence in do("agreement", *wrong, refused=True)


def test_without_a_frozen_round_codes_that_stand_are_compared_and_said_to_be(do: Do, ledger: Ledger) -> None:
    assert "No two coders have coded the same variable" in do("agreement")
    with ledger.write() as session:
        decide(
            session,
            "c1",
            "X",
            "2",
            coder="ada",
            rationale="so",
            counter_evidence="none",
            override_reason="so",
        )
    told = do("agreement")
    assert "Codes that stand, wherever they were given" in told
    assert "undefined: no variation" in told
    assert "1 case coded by two or more" in told


# --- Adjudication


def test_disagreements_are_settled_in_a_new_decision_that_names_both(
    do: Do, ledger: Ledger, tmp_path: Path
) -> None:
    opened(ledger)
    assert "is open" in do("adjudicate", "list", "first", refused=True)
    frozen(ledger)
    before = ledger.value(
        "SELECT group_concat(key || coalesce(value, '-') || rationale) FROM decision WHERE coding_round_id IS NOT NULL"
    )
    told = do("adjudicate", "list", "first")
    for words in (
        "c3  Case c3",
        "ada 1",
        "ben 3",
        "because   ada on c3",
        "ben not codable",
        "2 coded alike and not adopted",
        "2 to settle",
    ):
        assert words in told, words
    assert "2 cases of round first coded alike and adopted" in do(
        "adjudicate", "agreed", "first", "--by", "cyd"
    )
    assert "0 cases of round first coded alike" in do("adjudicate", "agreed", "first", "--by", "cyd")
    assert "names no counter-evidence" in do(
        "adjudicate", "c3", "2", "--in-round", "first", "--because", "x", "--by", "cyd", refused=True
    )
    assert "Say why" in do("adjudicate", "c3", "3", "--in-round", "first", "--by", "cyd", refused=True)
    assert "c3 is settled as 3" in do(
        "adjudicate", "c3", "3", "--in-round", "first", "--because", "Ben is right.", "--by", "cyd"
    )
    assert "settled as not codable" in do(
        "adjudicate",
        "settle",
        "c4",
        "--in-round",
        "first",
        "--like",
        "ben",
        "--because",
        "Ben.",
        "--by",
        "cyd",
    )
    assert "4 settled" in do("adjudicate", "list", "first")
    shown = json.loads(do("decision", "show", "c3.X.2", "--json"))
    assert shown["adjudicated"] == ["c3.X.first.ada.1", "c3.X.first.ben.1"]
    assert (shown["round"], shown["coder"], shown["counter_evidence"]) == (
        "adjudicated",
        "cyd",
        "None, says ben.",
    )
    assert before == ledger.value(
        "SELECT group_concat(key || coalesce(value, '-') || rationale) FROM decision WHERE coding_round_id IS NOT NULL"
    )
    why = do("why", "c3", "X")
    assert why.index("c3.X.2: cyd") < why.index("Ben is right.")
    assert "settles   ada 1 (c3.X.first.ada.1); ben 3 (c3.X.first.ben.1)" in why
    assert "contested: " not in why.replace("contested: pub gives 1", "")
    assert "the study 3 (cyd, c3.X.2): Ben is right." in do("compare", "X")
    (found,) = json.loads(do("agreement", "--json"))
    assert found["whole"]["measured"]["units"] == 3
    assert found["whole"]["coders"] == ["ada", "ben"]
    do("render", "appendix")
    front = " ".join(
        re.sub(r"<[^>]+>", " ", (tmp_path / "appendix" / "index.html").read_text("utf-8")).split()
    )
    assert "How far coders agree X Role Blind round first, frozen on" in front
    assert "percent agreement 0.667" in front
    assert "They differ on Case c3 (Ada 1, Ben 3)." in front
    page = " ".join(
        re.sub(r"<[^>]+>", " ", (tmp_path / "appendix" / "cases" / "c3.html").read_text("utf-8")).split()
    )
    assert "Settles Ada 1, Ben 3" in page
    assert ledger.findings() == []


def test_only_frozen_codes_of_the_same_case_by_two_can_be_settled(ledger: Ledger) -> None:
    opened(ledger)
    coded(ledger)
    base = {"round": "adjudicated", "version": "2"}
    both = ["c1.X.first.ada.1", "c1.X.first.ben.1"]
    with pytest.raises(MethodError, match="is not frozen"), ledger.write() as session:
        raw(session, **base, adjudicated=both)
    with ledger.write() as session:
        give(session, "first", "ada", c1="2")
        freeze(session, "first")
    for named, sentence in (
        (["c2.X.first.ada.1", "c1.X.first.ben.1"], "of another case or variable"),
        (["c1.X.first.ben.1"], "one coder alone"),
        (both, "put another code"),
        (["c1.X.1", "c1.X.first.ben.1"], "is not frozen"),
    ):
        with pytest.raises(MethodError, match=sentence), ledger.write() as session:
            raw(session, **base, adjudicated=named)
    with pytest.raises(MethodError, match="so it is adjudicated"), ledger.write() as session:
        raw(session, version="2", round="open", adjudicated=["c1.X.first.ada.2", "c1.X.first.ben.1"])
    with pytest.raises(MethodError, match="nobody coded c5"), ledger.write() as session:
        adjudicate(session, "first", "c5", "2", by="cyd", rationale="x")
    with pytest.raises(EvidenceError, match="cyd did not code c1"), ledger.write() as session:
        adjudicate(session, "first", "c1", "2", by="cyd", like="cyd", rationale="x")
    with ledger.write() as session:
        made = adopt_agreed(session, "first", by="cyd")
        assert [one.value for one in made] == ["2", "1"]
        assert made[0].rationale == "Coded alike in round first. ada: ada on c1\n\nben: ben on c1"


# --- As text


def test_rounds_travel_with_the_text_of_a_study(ledger: Ledger, tmp_path: Path) -> None:
    opened(ledger)
    frozen(ledger)
    with ledger.write() as session:
        adopt_agreed(session, "first", by="cyd")
    with ledger.read() as (connection, study):
        write(connection, study, tmp_path / "text")
    url = f"sqlite:///{tmp_path / 'again.db'}"
    schema.create(url)
    read(url, tmp_path / "text", author="Tester", message="again")
    again = Ledger(url)
    for table in ("coding_round", "assignment", "decision", "decision_adjudicated"):
        count = f"SELECT count(*) FROM {table}"
        assert again.value(count) == ledger.value(count) > 0, table
    assert again.value("SELECT frozen_at FROM coding_round") == ledger.value(
        "SELECT frozen_at FROM coding_round"
    )
    with pytest.raises(MethodError, match="takes no more codes"), again.write() as session:
        give(session, "first", "ada", c1="1")


def test_who_settles_a_case_again_takes_the_place_of_what_was_settled(
    do: Do, run: Run, ledger: Ledger
) -> None:
    opened(ledger)
    frozen(ledger)
    line = ("--in-round", "first", "--counter-evidence", "None.", "--override-reason", "Made up.")
    do("adjudicate", "c3", "2", *line, "--because", "A middle way.", "--by", "cyd")
    do("adjudicate", "c3", "3", *line, "--because", "After all.", "--by", "ada")
    assert "SUPERSEDED BY" in do("decision", "list")
    assert ledger.value(
        "SELECT d.key FROM decision d JOIN decision e ON e.supersedes_id = d.id WHERE e.rationale = 'After all.'"
    ) == ledger.value("SELECT key FROM decision WHERE rationale = 'A middle way.'")
    assert "c3" not in run("check", "EV308").stdout  # c4 is, which nobody settled
    assert "1 earlier code" in do("why", "c3", "X")


def test_what_was_settled_in_two_ways_in_two_copies_is_contested(do: Do, run: Run, ledger: Ledger) -> None:
    opened(ledger)
    frozen(ledger)
    do("db", "copy", "laptop.db")
    line = (
        "--in-round",
        "first",
        "--because",
        "So.",
        "--counter-evidence",
        "None.",
        "--override-reason",
        "Made up.",
    )
    do("adjudicate", "c3", "2", *line, "--by", "cyd")
    do("--ledger", "laptop.db", "adjudicate", "c3", "3", *line, "--by", "ada")
    do("merge", "laptop.db")
    listed = json.loads(do("decision", "list", "--json"))
    mine, other = (one["key"] for one in listed if one["round"] == "adjudicated")
    told = run("check", "EV308")
    assert told.code == 3
    assert mine in told.stdout
    assert other in told.stdout


# --- What cannot be frozen


def test_two_codes_of_one_coder_are_not_frozen_until_one_is_taken_back(do: Do, ledger: Ledger) -> None:
    opened(ledger)
    coded(ledger)
    do("db", "copy", "laptop.db")
    again = (
        "--in-round",
        "first",
        "--coder",
        "ada",
        "--because",
        "On second thoughts.",
        "--counter-evidence",
        "None.",
    )
    do("code", "c2", "X", "2", *again, "--override-reason", "Made up.")
    do("--ledger", "laptop.db", "code", "c2", "X", "3", *again, "--override-reason", "Made up.")
    do("merge", "laptop.db")
    told = do("round", "freeze", "first", refused=True)
    assert "ada has two codes of c2 in round first, " in told
    one = told.partition("decision retire ")[2].partition("'")[0]
    do("decision", "retire", one)
    assert "Round first is frozen with 8 codes" in do("round", "freeze", "first")


def test_a_round_without_codes_is_withdrawn_and_hides_nothing(do: Do, ledger: Ledger) -> None:
    opened(ledger)
    assert "'evidence round retire first' withdraws it" in do("round", "freeze", "first", refused=True)
    do("export", "deposit", "deposit", "--no-appendix")
    coded(ledger)
    assert "freeze it first" in do("export", "deposit", "other", "--no-appendix", refused=True)
    assert "has codes, and what was coded is not withdrawn" in do("round", "retire", "first", refused=True)
    opened(ledger, "second", cases=("c5",))
    assert "Round second is withdrawn" in do("round", "retire", "second")
    assert "second" not in do("round", "list")
    told = do(
        "code", "c5", "X", "2", "--in-round", "second", "--coder", "ada", "--because", "x", refused=True
    )
    assert "round second was retired; 'evidence round open' opens another." in told
    assert "round 'second' was once used" in do(
        "round", "open", "second", "--variable", "X", "--cases", "c5", "--coders", "ada", refused=True
    )
    assert ledger.findings() == []


def test_one_coder_s_round_is_compared_with_nobody_and_one_case_has_no_interval(
    do: Do, ledger: Ledger
) -> None:
    with ledger.write() as session:
        open_round(session, "alone", "X", ("c5",), ("ada",))
        give(session, "alone", "ada", c5="2")
        open_round(session, "one", "X", ("c6",), ("ada", "ben"))
        give(session, "one", "ada", c6="2")
        give(session, "one", "ben", c6="3")
    assert "agreement" not in do("round", "freeze", "alone")
    assert "'evidence agreement --in-round one'" in do("round", "freeze", "one")
    figures = json.loads(do("agreement", "--in-round", "one", "--json"))[0]["whole"]["measured"]["figures"]
    assert {(one["low"], one["high"]) for one in figures} == {(None, None)}
    assert "say one of the two" in do("agreement", "--standing", "--in-round", "one", refused=True)
