"""Challenges: what readers save on the pages comes in, is answered, and is known again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evidence.ledger import records
from tests.audit.signed import build, filed
from tests.cli.asking import Do
from tests.kit import Ledger, Run

STUDY = "entangled"


@pytest.fixture
def file(ledger_url: str) -> Ledger:
    """The small study, on either engine."""
    made = Ledger(ledger_url)
    made.found()
    build(made)
    return made


@pytest.fixture
def go(file: Ledger, do: Do) -> Do:
    """Run a command on the small study."""

    def call(*line: str, **options: Any) -> str:
        return do("--ledger", file.url, *line, **options)

    return call


def doubt(noun: str = "quote", key: str = "q1", **changed: Any) -> dict[str, Any]:
    return {
        "@context": ["http://www.w3.org/ns/anno.jsonld", {"evidence": "urn:evidence:terms:"}],
        "id": "urn:uuid:0b1c0d34-3f0e-4c1e-9b44-0c7f5a8a6d10",
        "type": "Annotation",
        "motivation": "assessing",
        "created": "2026-11-23T11:15:00+01:00",
        "creator": {"type": "Person", "name": "A Reader", "id": "https://orcid.org/0000-0002-1825-0097"},
        "generator": {"type": "Software", "name": "evidence"},
        "body": [{"type": "TextualBody", "value": "The date is another.", "format": "text/plain"}],
        "target": {
            "type": "SpecificResource",
            "id": f"urn:evidence:{STUDY}:{noun}:{key}",
            "source": f"sources/memo.html#quote-{key}",
        },
        **changed,
    }


def put(folder: Path, *found: Any, name: str = "c.jsonld") -> str:
    value = found[0] if len(found) == 1 else list(found)
    (folder / name).write_text(json.dumps(value), encoding="utf-8")
    return name


def listed(go: Do, *line: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(go("challenge", "list", "--json", *line))
    return found


def test_a_challenge_comes_in_once_and_is_answered_once(go: Do, file: Ledger, tmp_path: Path) -> None:
    name = put(tmp_path, doubt())
    assert "nothing was written" in go("import", "challenge", name, "--dry-run")
    assert file.value("SELECT count(*) FROM challenge") == 0
    assert "Challenge q1.c1: quote q1" in go("import", "challenge", name)
    before = file.value("SELECT count(*) FROM revision")
    assert "0 new challenges, 1 known already." in go("import", "challenge", name)
    assert file.value("SELECT count(*) FROM revision") == before
    (one,) = listed(go, "--open", "--case", "mid-50")
    assert (one["subject"], one["by"], one["reason"]) == ("q1", "A Reader", "The date is another.")
    assert one["stated_at"].startswith("2026-11-23 10:15:00")
    assert "A Reader, " in go("why", "mid-50")

    refused = go("challenge", "answer", "q1.c1", "--verdict", "upheld", "--by", "ada", refused=True)
    assert "a reader is owed a reason" in refused
    answered = ("challenge", "answer", "q1.c1", "--verdict", "upheld", "--answer", "Corrected.")
    assert go(*answered, "--by", "ada") == "Answered challenge q1.c1: upheld.\n"
    assert "with --again" in go(*answered, "--by", "ada", refused=True)
    assert listed(go, "--open") == []
    assert "upheld by Ada: Corrected." in " ".join(go("why", "mid-50").split())
    assert file.findings() == []


def test_many_come_at_once_each_under_its_own_key(go: Do, file: Ledger, tmp_path: Path) -> None:
    go("import", "challenge", put(tmp_path, doubt()))
    many = [doubt(id=f"urn:uuid:{number}", **{"evidence:digest": "0" * 64}) for number in range(30)]
    many += [doubt("decision", "d1", id="urn:uuid:1"), many[3], doubt()]
    told = go("import", "challenge", put(tmp_path, *many))
    assert [line for line in told.splitlines() if line.startswith("Challenge q1.c")] == [
        f"Challenge q1.c{number}: quote q1" for number in range(2, 32)
    ]
    assert "Challenge d1.c1: decision d1" in told
    assert "31 new challenges, 2 known already." in told
    assert told.count("that this ledger does not have") == 1  # of one revision, it is said once
    assert file.findings() == []
    assert "0 new challenges, 33 known already." in go("import", "challenge", "c.jsonld")


def test_check_names_open_challenges(go: Do, file: Ledger, run: Run, tmp_path: Path) -> None:
    go("import", "challenge", put(tmp_path, doubt(), doubt("decision", "d1", id="urn:2")))
    found = run("--ledger", file.url, "check", "EV704", "--json")
    assert found.code == 3
    assert [one["key"] for one in json.loads(found.stdout)] == ["d1.c1", "q1.c1"]
    for key in ("d1.c1", "q1.c1"):
        go("challenge", "answer", key, "--verdict", "rejected", "--answer", "It is not.", "--by", "ada")
    assert run("--ledger", file.url, "check", "EV704").code == 0


def test_a_key_that_moved_still_leads_there(go: Do, file: Ledger, tmp_path: Path) -> None:
    go("quote", "rename", "q1", "memo.first")
    assert "Challenge memo.first.c1: quote memo.first" in go("import", "challenge", put(tmp_path, doubt()))
    with file.write() as session:
        records.rename(session, "quote", records.find(session, "quote", "memo.first"), "memo.second")
    assert listed(go)[0]["subject"] == "memo.second"
    assert "1 known already" in go("import", "challenge", "c.jsonld")


def test_an_unknown_key_is_refused_with_the_nearest(go: Do, file: Ledger, tmp_path: Path) -> None:
    name = put(tmp_path, doubt(), doubt(key="q11", id="urn:2"))
    said = go("import", "challenge", name, refused=True)
    assert "c.jsonld, field \"annotation 2\": There is no quote 'q11' in this study. Did you mean q1" in said
    assert file.value("SELECT count(*) FROM challenge") == 0
    other = doubt()
    other["target"] = "urn:evidence:other:quote:q1"
    assert "about the study 'other'" in go("import", "challenge", put(tmp_path, other), refused=True)


def test_words_that_are_held_no_more_are_said(go: Do, tmp_path: Path) -> None:
    one = doubt()
    one["target"]["selector"] = {"type": "TextQuoteSelector", "exact": "words that nobody said"}
    said = go("import", "challenge", put(tmp_path, one))
    assert "Note: q1.c1: the words challenged are not those that quote q1 holds now." in said


def test_a_place_on_a_page_is_enough(go: Do, tmp_path: Path) -> None:
    one = doubt("decision", "d1", target="https://example.org/appendix/cases/mid-50.html#code-d1")
    assert "decision d1" in go("import", "challenge", put(tmp_path, one))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"),
        ("reader@example.org", "mailto:reader@example.org"),
        ("https://example.org/me", "https://example.org/me"),
        ("javascript:alert(1)", ""),
    ],
)
def test_an_address_is_one_of_the_web_or_of_mail(
    given: str, kept: str, sqlite_url: str, do: Do, tmp_path: Path
) -> None:
    at = ("--ledger", filed(sqlite_url).url)
    do(*at, "import", "challenge", put(tmp_path, doubt(creator={"name": "A Reader", "id": given})))
    (one,) = json.loads(do(*at, "challenge", "list", "--json"))
    assert (one["by"], one["by_uri"]) == ("A Reader", kept)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"body": []}, "gives no reason"),
        ({"body": {"value": " \u200b\x1b "}}, "gives no reason"),
        ({"body": {"value": "x" * 20_001}}, "at most 20,000"),
        ({"target": None}, "points at nothing"),
        ({"target": "https://example.org/x"}, "points at no quote and no code"),
        ({"target": {"id": "urn:evidence:entangled:quotes:q1"}}, "did you mean 'quote'?"),
        ({"target": {"id": "urn:evidence:entangled:q1"}}, "names nothing"),
        ({"target": {"id": "urn:evidence:entangled:quote:..%2F..%2Fetc"}}, "There is no quote '../../etc'"),
    ],
)
def test_what_is_no_challenge_is_refused(
    changed: dict[str, Any], said: str, sqlite_url: str, do: Do, tmp_path: Path
) -> None:
    ledger = filed(sqlite_url)
    name = put(tmp_path, doubt(**changed))
    assert said in do("--ledger", ledger.url, "import", "challenge", name, refused=True)
    assert ledger.value("SELECT count(*) FROM challenge") == 0


def test_what_strangers_write_stays_text(sqlite_url: str, do: Do, tmp_path: Path) -> None:
    ledger = filed(sqlite_url)
    hostile = doubt(
        id="x" * 1000,
        creator={"name": "\x1b[31mEve\x07 <b>", "id": "javascript:alert(1)"},
        created="yesterday",
        body={"value": "<script>alert(1)</script>\x1b]0;owned\x07", "format": "text/plain"},
        motivation=["oa:moderating"],
        rights_of="1",
    )
    hostile["target"]["source"] = "javascript:alert(1)"
    do("--ledger", ledger.url, "import", "challenge", put(tmp_path, hostile))
    (one,) = json.loads(do("--ledger", ledger.url, "challenge", "list", "--json"))
    assert (one["by"], one["by_uri"], one["address"]) == ("[31mEve <b>", "", "")
    assert one["reason"] == "<script>alert(1)</script>]0;owned"
    assert (one["motivation"], one["stated_at"]) == ("questioning", None)
    told = do("--ledger", ledger.url, "import", "challenge", "c.jsonld")
    assert "1 known already" in told
    assert "'rights_of' of an annotation" in told


def test_a_folder_of_text_carries_challenges_and_answers(sqlite_url: str, do: Do, tmp_path: Path) -> None:
    ledger = filed(sqlite_url)
    at = ("--ledger", ledger.url)
    do(*at, "import", "challenge", put(tmp_path, doubt(), doubt("decision", "d1", id="urn:2")))
    do(*at, "challenge", "answer", "d1.c1", "--verdict", "partly", "--answer", "In part.", "--by", "ada")
    do(*at, "study", "write", "text")
    do("--ledger", "other.db", "study", "read", "text")
    do("--ledger", "other.db", "study", "write", "again")
    assert (tmp_path / "text/challenges.yaml").read_bytes() == (
        tmp_path / "again/challenges.yaml"
    ).read_bytes()
    assert listed(lambda *line, **kw: do("--ledger", "other.db", *line, **kw)) == listed(
        lambda *line, **kw: do(*at, *line, **kw)
    )
    assert Ledger(f"sqlite:///{tmp_path / 'other.db'}").findings() == []


def test_half_an_answer_is_none(sqlite_url: str, do: Do, tmp_path: Path) -> None:
    ledger = filed(sqlite_url)
    do("--ledger", ledger.url, "import", "challenge", put(tmp_path, doubt()))
    do("--ledger", ledger.url, "study", "write", "text")
    file = tmp_path / "text/challenges.yaml"
    file.write_text(file.read_text("utf-8") + "  verdict: upheld\n", encoding="utf-8")
    said = do("--ledger", ledger.url, "study", "read", "text", refused=True)
    assert "challenges.yaml" in said
    assert "is answered by a verdict, in words, by a coder" in said


def test_whoever_goes_behind_the_ledgers_back_is_found(sqlite_url: str, do: Do, tmp_path: Path) -> None:
    ledger = filed(sqlite_url)
    do("--ledger", ledger.url, "import", "challenge", put(tmp_path, doubt()))
    ledger.behind_its_back("UPDATE challenge SET reason = 'All is well.'")
    assert [(one.rule, one.subject) for one in ledger.findings()] == [("EV902", "challenge q1.c1")]
    ledger.behind_its_back("DELETE FROM challenge")
    assert [(one.rule, one.subject) for one in ledger.findings()] == [("EV903", "challenge q1.c1")]


def test_history_tells_of_challenges_in_words(sqlite_url: str, do: Do, tmp_path: Path) -> None:
    at = ("--ledger", filed(sqlite_url).url)
    do(*at, "import", "challenge", put(tmp_path, doubt()))
    do(*at, "challenge", "answer", "q1.c1", "--verdict", "partly", "--answer", "In part.", "--by", "ada")
    said = " ".join(do(*at, "history", "diff", "1", "99999", refused=True).split())
    assert "99999" in said
    last = [line.split()[0] for line in do(*at, "history", "show").splitlines() if line[:1].isdigit()][-1]
    assert "A Reader challenged quote q1 (q1.c1): The date is another." in do(
        *at, "history", "show", str(int(last) - 1)
    )
    assert "upheld in part by ada: In part." in " ".join(do(*at, "history", "show", last).split())
