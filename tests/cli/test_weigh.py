"""evidence weigh, as a user runs it: on a small study of METHOD's case A16, and on the shipped study."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from evidence.ledger import records, schema
from evidence.resources import folder
from evidence.study.read import read
from tests.kit import Ledger, Run

_HYPOTHESES = ("h0", "h1", "h2", "h3")
_STATED = {
    "e1": (0.1, 0.2, 0.8, 0.8),
    "e2": (0.3, 0.9, 0.6, 0.1),
    "e3": (0.2, 0.5, 0.5, 0.5),
    "e4": (0.4, 0.1, 0.5, 0.6),
}
_SCHEME = {
    "version": "1",
    "scale": "ordinal",
    "levels": [{"value": value, "label": value} for value in "0123"],
    "sub_judgements": [{"key": "featured", "values": [{"value": "yes"}]}],
    "rule": [{"when": {"featured": "yes"}, "code": "2"}],
}

Told = Callable[..., str]


@pytest.fixture(scope="module")
def _study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four exclusive hypotheses and four tests, made up but for METHOD's numbers; each test rests on one memo."""
    file = tmp_path_factory.mktemp("weighed") / "evidence.db"
    schema.create(f"sqlite:///{file}")
    ledger = Ledger(f"sqlite:///{file}", "s")
    ledger.found()
    with ledger.write() as session:
        records.add(session, "case", {"key": "c1", "title": "Strait"})
        records.add(session, "case", {"key": "c2", "title": "Elsewhere"})
        records.add(session, "coder", {"key": "ada", "name": "Ada"})
        records.add(session, "variable", {"key": "ALLY", "label": "Role", "versions": [_SCHEME]})
        priors = dict(zip(_HYPOTHESES, (0.1, 0.1, 0.1, 0.7), strict=True))
        for key in _HYPOTHESES:
            supports = {
                "variable": "ALLY",
                "supports": [key[-1]],
                "coder_priors": [{"coder": "ada", "p": priors[key]}],
            }
            records.add(session, "hypothesis", {"key": key, "statement": f"It was {key}.", **supports})
        for number, key in enumerate(_HYPOTHESES):
            rivals = [{"rival": other, "relation": "exclusive"} for other in _HYPOTHESES[number + 1 :]]
            records.edit(session, "hypothesis", records.find(session, "hypothesis", key), {"rivals": rivals})
        for key, stated in _STATED.items():
            _tested(session, key, dict(zip(_HYPOTHESES, stated, strict=True)))
    return file


def _tested(session: Any, key: str, stated: dict[str, float]) -> None:
    records.add(
        session,
        "source",
        {
            "key": f"memo-{key}",
            "title": f"Memo {key}",
            "tier": "primary",
            "repository": "Box A" if key < "e3" else "Box B",
        },
    )
    records.add(session, "quote", {"key": f"memo-{key}.1", "source": f"memo-{key}", "words": "He said so"})
    records.add(
        session,
        "observation",
        {"key": f"{key}.o", "case": "c1", "proposition": "seen", "quotes": [f"memo-{key}.1"]},
    )
    h0, h1, *further = _HYPOTHESES
    test: dict[str, Any] = {
        "key": key,
        "case": "c1",
        "hypothesis": h0,
        "rival": h1,
        "kind": "straw in the wind",
        "prediction": "P",
        "if_false": "Q",
    }
    test |= {"p_hypothesis": stated[h0], "p_rival": stated[h1]}
    test["likelihoods"] = [{"hypothesis": name, "p": stated[name]} for name in further]
    records.add(
        session,
        "test",
        {**test, "bearings": [{"observation": f"{key}.o", "direction": "for"}], "result": "passed"},
    )


@pytest.fixture
def study(_study: Path, tmp_path: Path) -> Ledger:
    shutil.copyfile(_study, tmp_path / "evidence.db")
    return Ledger(f"sqlite:///{tmp_path / 'evidence.db'}", "s")


@pytest.fixture
def told(run: Run, study: Ledger) -> Told:  # noqa: ARG001
    """Run weigh and return what it printed, on one line; ``refused=True`` expects a sentence and exit 1."""

    def call(*line: str, refused: bool = False) -> str:
        result = run("weigh", *line)
        assert result.code == (1 if refused else 0), result
        assert "Traceback" not in result.stderr
        return " ".join((result.stderr if refused else result.stdout).split())

    return call


def test_a16_through_the_command_with_its_pivot_sets(told: Told) -> None:
    said = told("c1", "ALLY", "--by", "test")
    assert "priors equal: h0 0.015, h1 0.058, h2 0.772, h3 0.154." in said
    assert (
        "Without test e2, the lead goes to h3. Without tests e1 and e4 together, the lead goes to h1." in said
    )
    # The leader's three pairs, and no others.
    assert [f"h2 leads {key}: " in said for key in ("h0", "h1", "h3")] == [True, True, True]
    assert "h3 leads h0" not in said


def test_json_says_the_same_to_programs(told: Told) -> None:
    found = json.loads(told("c1", "--json"))
    [ally] = found["variables"]
    assert (found["case"], ally["variable"], ally["code"]) == ("c1", "ALLY", "")
    assert {key: round(middle, 6) for key, _, middle, _ in ally["posteriors"]} == {
        "h0": 0.015444, "h1": 0.057915, "h2": 0.772201, "h3": 0.15444,
    }  # fmt: skip
    assert {tuple(map(tuple, pivot["units"])) for pivot in ally["pivots_together"]} >= {
        (("test", "e2"),),
        (("source", "memo-e2"),),
    }
    assert ally["told"]


def test_documents_and_archives_are_taken_away_as_well(told: Told) -> None:
    said = told("c1", "--by", "source", "--by", "archive")
    assert "Without source memo-e2, or archive Box A, the lead goes to h3." in said
    assert "sources memo-e1 and memo-e4 together" in said


def test_left_out_evidence_is_listed_and_the_weight_before_stands_beside(told: Told) -> None:
    said = told("c1", "--without", "unverified", "--without", "secondary")
    assert "Left out: quotes memo-e1.1, memo-e2.1, memo-e3.1 and memo-e4.1." in said
    assert "No two hypotheses are told apart in numbers." in said
    assert "Left out: nothing, for there is none of it." in told("c1", "--without", "redacted")
    said = told("c1", "--without", "post-hoc")  # the tests were declared after their evidence was seen
    assert "Left out: tests e1, e2, e3 and e4." in said


def test_priors_of_a_coder_and_of_a_sceptic_move_the_lead(told: Told) -> None:
    said = told("c1", "--priors", "ada", "--by", "test")
    assert "Over all hypotheses, priors ada:" in said
    assert "h3 leads h2" in said
    assert "By the priors of ada" in said
    assert "priors sceptical:" in told("c1", "--sceptical", "30", "--by", "test")
    assert "Nobody called 'bob' states a prior" in told("c1", "--priors", "bob", refused=True)
    assert "No prior is stated for" in told("c1", "--priors", "stated", refused=True)


def test_two_tests_may_be_read_as_correlated(told: Told) -> None:
    assert "If e1 and e3 are correlated by 0.2, they weigh" in told("c1", "--correlated", "e1", "e3", "0.2")
    assert "cannot have a correlation of 0.99" in told("c1", "--correlated", "e1", "e2", "0.99", refused=True)
    assert "name two tests of one pair" in told("c1", "--correlated", "e1", "e9", "0.1", refused=True)
    found = json.loads(told("c1", "--json", "--correlated", "e1", "e3", "0.2"))
    assert len(found["variables"][0]["correlated"]) == 3


def test_worlds_are_mixed_from_a_file(told: Told, tmp_path: Path) -> None:
    file = tmp_path / "worlds.yaml"
    strict = {"world": "strict", "weight": 0.75, "likelihoods": {"e2": {"h2": 0.9}}}
    file.write_text(yaml.safe_dump({"worlds": [strict, {"world": "lax", "weight": 0.25}]}), encoding="utf-8")
    said = told("c1", "ALLY", "--worlds", str(file))
    joint = [a * b * c * d for a, b, c, d in zip(*_STATED.values(), strict=True)]
    h2 = 0.75 * joint[2] * 0.9 / 0.6 + 0.25 * joint[2]
    assert f"h2 {h2 / (sum(joint) - joint[2] + h2):.3f}" in said
    for text, sentence in (
        ("worlds: 3", "has no worlds; write worlds: a list"),
        ("worlds: [{world: one}]", "World no. 1"),
        ("worlds: [{weight: 0.5}, {weight: 0.4}]", "weights of the worlds sum to 0.9"),
        ("worlds: [{weight: 1, likelihoods: {e7: {h0: 1}}}]", "There is no test 'e7'"),
        ("hypotheses: [h9]\nworlds: [{weight: 1}]", "There is no hypothesis 'h9'"),
        ("{", "is not YAML"),
    ):
        file.write_text(text, encoding="utf-8")
        assert sentence in told("c1", "ALLY", "--worlds", str(file), refused=True)
    assert "cannot be read" in told("c1", "ALLY", "--worlds", "none.yaml", refused=True)


def test_exclusive_combinations_of_causes_are_offered_to_be_copied(run: Run, study: Ledger) -> None:  # noqa: ARG001
    written = yaml.safe_load(run("weigh", "c1", "--exclusify", "h0", "--exclusify", "h1").stdout)
    assert [one["key"] for one in written] == ["h0-only", "h1-only", "h0-and-h1", "neither"]
    assert sum(len(one["rivals"]) for one in written) == 6
    assert {rival["relation"] for one in written for rival in one["rivals"]} == {"exclusive"}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("c1", "ALY"), "Did you mean ALLY?"),
        (("c1", "--against", "h7"), "There is no hypothesis 'h7' in c1."),
        (("c1", "--without", "weak"), "no sort of evidence that can be left out"),
        (("c1", "--without", "coder:bob"), "No coder 'bob'"),
        (("c9",), "There is no case 'c9'"),
    ],
)
def test_what_cannot_be_weighed_is_said_in_a_sentence(
    told: Told, line: tuple[str, ...], sentence: str
) -> None:
    assert sentence in told(*line, refused=True)


def test_a_case_with_nothing_to_weigh_says_so(told: Told) -> None:
    assert told("c2").endswith("No two hypotheses are told apart in numbers.") or "It has no code" in told(
        "c2"
    )


def test_claims_of_certainty_are_marked_and_softened_on_request(told: Told, study: Ledger) -> None:
    with study.write() as session:
        records.edit(session, "test", records.find(session, "test", "e4"), {"p_rival": 0.0})
    said = told("c1")
    assert "e4 claims a probability of 0 under h1: no evidence to come could undo what follows." in said
    assert "h2 leads h1: +∞ dB, decisive" in said
    soft = told("c1", "--soften")
    assert "claims a probability" not in soft
    assert "h2 leads h1: +" in soft


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("shipped") / "evidence.db"
    schema.create(f"sqlite:///{file}")
    read(f"sqlite:///{file}", folder("examples") / "beckley2015", author="Ada", message="the shipped study")
    return file


def test_the_shipped_study_in_words_and_in_numbers(run: Run, shipped: Path) -> None:
    said = " ".join(run("--ledger", str(shipped), "weigh", "mid-2032").stdout.split())
    assert "ALLY 1 rests on one test that supports it: mid-2032.t3." in said
    assert "test mid-2032.t3" in said.split("It would no longer stand without any one of these:")[1]
    assert "INV 3 does not stand on tests: no test that it relies on supports it." in said
    said = " ".join(run("--ledger", str(shipped), "weigh", "mid-50", "ALLY").stdout.split())
    assert "not declared exclusive" in said
    assert "mid-50.t12: its result is inconclusive, which weighs 0 dB" in said
    assert "10 tests support ALLY 2: mid-50.t2," in said
    assert "It hangs on none of them alone." in said
    assert "rests on" not in said
    assert "test mid-50.t6 or archive Department of State" in said
    lines = run("--ledger", str(shipped), "weigh", "mid-50", "ALLY").stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if line == "    P(mid-50.h3) of the two, by its prior:")
    priors, posteriors = lines[at + 1].split()[1:], lines[at + 2].split()[3:]
    assert dict(zip(priors, posteriors, strict=True))["0.5"] == "0.919"
    why = " ".join(run("--ledger", str(shipped), "why", "mid-50", "ALLY").stdout.split())
    assert "by its prior" not in why
    assert "no longer stand without coder" not in why  # the only coder
