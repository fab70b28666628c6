"""What a blind round hides: from its coders what others gave, and from everybody what is not frozen yet."""

from __future__ import annotations

from pathlib import Path

import pytest

import evidence
from evidence.coding.rounds import freeze
from evidence.errors import LedgerError, UnknownKey
from evidence.ledger import records
from tests.cli.asking import Do
from tests.kit import Ledger
from tests.team.rounds.rounds_made import coded, opened

#: In the reason of a code that cyd gave before the round; "ben on" is in all that ben gave in it.
_EARLY, _BLIND = "plover", "ben on"


@pytest.fixture
def early(do: Do, ledger: Ledger) -> int:
    """Give a code, then have two people code blind; the revision before the round."""
    line = (
        "code",
        "c2",
        "X",
        "--judge",
        "push=up",
        "--counter-evidence",
        "None.",
        "--because",
        f"A {_EARLY}.",
    )
    do(*line, EVIDENCE_CODER="cyd")
    before = ledger.entries()[-1].number
    opened(ledger)
    coded(ledger)
    return before


def test_the_history_tells_nothing_of_a_blind_round(do: Do, ledger: Ledger, early: int) -> None:
    last = str(ledger.entries()[-1].number)
    for who in ("ada", "cyd"):
        for revision in map(str, range(early, int(last) + 1)):
            for how in ((), ("--fields",), ("--json",)):
                assert _BLIND not in do("history", "show", revision, *how, EVIDENCE_CODER=who)
        for how in ((), ("--fields",), ("--json",)):
            assert _BLIND not in do("history", "diff", "1", last, *how, EVIDENCE_CODER=who)
    assert _EARLY in do("history", "diff", "1", last, EVIDENCE_CODER="cyd")
    with ledger.write() as session:
        freeze(session, "first")
    assert _BLIND in do("history", "diff", str(early), last, EVIDENCE_CODER="ada")


def test_a_blind_coder_does_not_see_an_earlier_code_in_any_way(
    do: Do, ledger: Ledger, early: int, tmp_path: Path
) -> None:
    revision, last = str(early), str(ledger.entries()[-1].number)
    asked = [
        ("decision", "list"), ("decision", "list", "--as-of", revision), ("why", "c2", "--as-of", revision),
        ("history", "show"), ("history", "show", revision), ("history", "diff", "1", last),
        ("history", "diff", "1", revision, "--as-of", revision),
        ("find", _EARLY), ("narrative", "draft", "c2"), ("narrative", "draft", "c2", "--as-of", revision),
        ("study", "write", "folder"),
    ]  # fmt: skip
    for who in ("ada", "cyd"):
        (tmp_path / who).mkdir()
        told = [do("--ledger", ledger.url, *line, EVIDENCE_CODER=who) for line in asked]
        told += [file.read_text("utf-8") for file in tmp_path.rglob("folder/**/*") if file.is_file()]
        assert any(_EARLY in one for one in told) == (who == "cyd")
        if who == "ada":
            assert "Nothing found" in told[asked.index(("find", _EARLY))]
            assert "Codes of others that a blind round hides from you are not in it." in told[len(asked) - 1]


def test_what_changed_since_a_release_is_without_codes_that_nobody_is_to_know_yet(
    do: Do, ledger: Ledger, tmp_path: Path
) -> None:
    def make(name: str) -> str:
        do("release", "make", name, "--format", "site", EVIDENCE_AUTHOR="cyd")
        made = next(tmp_path.glob(f"*-{name}/site"))
        return "".join(page.read_text("utf-8") for page in sorted(made.rglob("*.html")))

    make("one")
    opened(ledger)
    coded(ledger)
    assert _BLIND not in do("release", "diff", "one")
    assert _BLIND not in make("two")
    with ledger.write() as session:
        freeze(session, "first")
    # Then they are news, though they were given before.
    assert _BLIND in make("three")
    assert _BLIND in do("release", "diff", "two", "three")
    assert _BLIND not in do("release", "diff", "one", "two")


@pytest.mark.usefixtures("early")
def test_what_cannot_be_seen_is_neither_signed_nor_released(do: Do, ledger: Ledger) -> None:
    entries = len(ledger.entries())
    for key in ("c1.X.first.ben.1", "c2.X.1"):
        assert "There is no case, decision" in do("review", key, EVIDENCE_CODER="ada", refused=True)
    told = do("review", "c2.X.first.adam.1", EVIDENCE_CODER="ada", refused=True)
    assert "c2.X.first.ada.1" in told
    assert "ben" not in told
    for line, what in (
        (("review", "c2"), "a case can be signed"),
        (("release", "make", "v"), "a release can be made"),
    ):
        assert f"hidden from you while a blind round is open, so {what} only by" in do(
            *line, EVIDENCE_CODER="ada", refused=True
        )
    assert len(ledger.entries()) == entries


@pytest.mark.usefixtures("early")
def test_a_blind_coders_folder_takes_nothing_from_the_ledger(do: Do) -> None:
    before = do("decision", "list", EVIDENCE_CODER="cyd")
    do("study", "write", "folder", EVIDENCE_CODER="ada")
    told = do("study", "read", "folder", "--prune", EVIDENCE_CODER="ada")
    assert "nothing was written" in told
    assert "ben" not in do("study", "read", "folder", EVIDENCE_CODER="ada")
    assert do("decision", "list", EVIDENCE_CODER="cyd") == before
    # What they could see, and took out, goes.
    told = do("study", "read", "folder", EVIDENCE_CODER="cyd")
    assert "c2.X.first.ben.1" in told


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize("who", ["Ben", "BEN", "ben", "benjamin"])
def test_another_name_takes_no_blindfold_off(do: Do, ledger: Ledger, who: str) -> None:
    with ledger.write() as session:
        records.rename(session, "coder", records.find(session, "coder", "ben"), "benjamin")
    for named in ({"EVIDENCE_CODER": who}, {"EVIDENCE_AUTHOR": who}):
        told = do("decision", "list", **named)
        assert "c2.X.first.ben.1" in told
        assert "c2.X.first.ada.1" not in told


def test_who_is_no_coder_is_told_so_while_a_blind_round_is_open(do: Do, ledger: Ledger) -> None:
    do("decision", "list", EVIDENCE_CODER="bem")
    opened(ledger)
    assert "There is no coder 'bem' in this study. Did you mean ben" in do(
        "decision", "list", EVIDENCE_CODER="bem", refused=True
    )
    do("decision", "list", EVIDENCE_AUTHOR="bem")  # somebody else may read


def test_a_notebook_of_a_blind_coder_asks_no_table_behind_the_views(
    ledger: Ledger, early: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIDENCE_CODER", "ada")
    study = evidence.open(ledger.url)
    told = [
        study.sql(f"SELECT * FROM {name}").to_string()
        for name in (
            "decision",
            "decisions_now",
            "decisions_all",
            "cases_coded",
            "change",
            "revision",
            "passage",
        )
    ]
    then = evidence.open(ledger.url, as_of=early)
    told += [
        then.decisions().to_string(),
        repr(then.why("c2")),
        then.sql("SELECT * FROM decision").to_string(),
    ]
    for secret in (_EARLY, _BLIND):
        assert secret not in "".join(told)
    assert "ada on" in told[0]
    for name in ("main.decision", "main.change", "main.revision", "main.decisions_now", "passage_index"):
        with pytest.raises(LedgerError, match="prohibited"):
            study.sql(f"SELECT * FROM {name}")
    monkeypatch.setenv("EVIDENCE_CODER", "nobody")
    with pytest.raises(UnknownKey):
        evidence.open(ledger.url)
    monkeypatch.setenv("EVIDENCE_CODER", "cyd")
    assert _EARLY in evidence.open(ledger.url).sql("SELECT * FROM main.decision").to_string()


def test_the_history_keeps_what_was_coded_and_not_how(do: Do, ledger: Ledger) -> None:
    line = ("code", "c5", "X", "2", "--override-reason", "Made up.", "--because", "So.", "--counter-evidence")
    do(*line, "None.", EVIDENCE_CODER="cyd")
    assert ledger.entries()[-1].message == "evidence code c5 X"
    do(*line, "None.", "-m", "A second look.", EVIDENCE_CODER="cyd")
    assert ledger.entries()[-1].message == "A second look."
    do("review", "c5.X.2", "--note", "Well argued.", EVIDENCE_CODER="ada")
    assert ledger.entries()[-1].message == "evidence review c5.X.2"
    do("search", "edit", "c1.s1", "--terms", "ally")
    assert ledger.entries()[-1].message == "evidence search edit c1.s1 --terms ally"
