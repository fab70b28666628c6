"""The shipped scheme at work, through the commands: METHOD's acceptance cases A35 to A40."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import event

from evidence.coding.recompute import recompute
from evidence.ledger import schema
from evidence.resources import folder
from evidence.study.read import read
from tests.cli.asking import Do
from tests.kit import Ledger, Run


@pytest.fixture(scope="module")
def _shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("shipped") / "evidence.db"
    schema.create(f"sqlite:///{file}")
    read(f"sqlite:///{file}", folder("examples") / "beckley2015", author="Tester", message="as shipped")
    return file


@pytest.fixture
def shipped(_shipped: Path, tmp_path: Path) -> Ledger:
    """The shipped study, in the test's folder."""
    shutil.copyfile(_shipped, tmp_path / "evidence.db")
    return Ledger(f"sqlite:///{tmp_path / 'evidence.db'}", "beckley2015")


def _words(page: Path) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.read_text("utf-8")).split())


def _shipped_code(variable: str, *judged: str, more: tuple[str, ...] = ()) -> tuple[str, ...]:
    judgements = [word for one in judged for word in ("--judge", one)]
    return (
        "code", "mid-1002", variable, *judgements, *more, "--coder", "example-coder",
        "--because", "made up", "--counter-evidence", "none, made up",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("judged", "more", "value"),
    [
        (("direction=lowered",), (), "0"),
        (("direction=raised", "necessary=yes"), ("--counterfactual", "made up"), "3"),
        (("direction=raised", "necessary=no", "featured=yes"), (), "2"),
        (("direction=none", "necessary=no", "featured=no_after_search"), ("--search", "mid-1002.s1"), "1"),
    ],
)
def test_a35_the_shipped_scheme_gives_the_code(
    do: Do, shipped: Ledger, judged: tuple[str, ...], more: tuple[str, ...], value: str
) -> None:
    if "--search" in more:
        do(
            "search",
            "add",
            "--case",
            "mid-1002",
            "--question",
            "made up",
            "--corpus",
            "made up",
            "--hits",
            "0",
        )
    assert f"is coded ALLY {value} by" in do(*_shipped_code("ALLY", *judged, more=more))
    row = "FROM decision WHERE key = 'mid-1002.ALLY.1'"
    assert shipped.value(f"SELECT value || rule_value {row}") == value * 2


@pytest.mark.usefixtures("shipped")
def test_a35_code_1_needs_a_search_record_and_both_gives_none(do: Do) -> None:
    silent = ("direction=none", "necessary=no", "featured=no_after_search")
    assert "code 1 needs a search record" in do(*_shipped_code("ALLY", *silent), refused=True)
    said = do(*_shipped_code("ALLY", "direction=both", "necessary=no", "featured=yes"), refused=True)
    assert "gives no level of ALLY" in said
    assert "No code follows when alliances pushed both ways" in said


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("judged", "value"),
    [
        (("at_risk=no", "non_military=yes", "military=no"), "2"),  # resupply only
        (("at_risk=no", "non_military=no", "military=yes"), "3"),  # a show of force
        (("at_risk=yes", "non_military=no", "military=no"), "1"),  # at risk, no action
        (("at_risk=yes", "non_military=yes", "military=no"), "2"),  # a preplanned exercise, and at risk
        (("at_risk=no", "non_military=no", "military=no"), "0"),
    ],
)
def test_a36_involvement_is_the_highest_that_was_reached(do: Do, judged: tuple[str, ...], value: str) -> None:
    assert f"is coded INV {value} by" in do(*_shipped_code("INV", *judged))


@pytest.mark.usefixtures("shipped")
def test_a37_post_hoc_is_computed_and_nobody_can_type_it(do: Do, run: Run) -> None:
    declare = (
        "test", "declare", "--case", "mid-1002", "--hypothesis", "h-credibility", "--rival", "h-same-level", "--kind",
        "hoop", "--prediction", "made up", "--if-false", "made up too",
    )  # fmt: skip
    do("search", "add", "--case", "mid-1002", "--question", "made up", "--corpus", "made up", "--hits", "2")
    for option in ("--timing", "--declared-at", "--a-priori"):
        assert run(*declare, option, "a priori").code == 2
    do(*declare)
    do("test", "bring", "mid-1002.t1", "--search", "mid-1002.s1", "--for")
    do("test", "resolve", "mid-1002.t1", "passed")
    assert '"timing": "post hoc"' in do("why", "mid-1002", "--json")
    (line,) = [line for line in do("why", "mid-1002").splitlines() if "mid-1002.t1  hoop" in line]
    assert "post hoc" in line


@pytest.mark.usefixtures("shipped")
def test_a38_a_test_that_cannot_fail_is_none_and_a_failure_needs_a_search(do: Do) -> None:
    declare = (
        "test", "declare", "--case", "mid-1002", "--hypothesis", "h-credibility", "--rival", "h-same-level", "--kind",
        "hoop", "--prediction", "made up",
    )  # fmt: skip
    assert "cannot fail" in do(*declare, "--if-false", " ", refused=True)
    do(*declare, "--if-false", "made up too")
    assert "inconclusive, not failed" in do("test", "resolve", "mid-1002.t1", "failed")


def test_a39_a40_a_code_given_again_keeps_the_first_and_the_totals_count_once(
    do: Do, shipped: Ledger, tmp_path: Path
) -> None:
    do(*_shipped_code("ALLY", "direction=raised", "necessary=no", "featured=yes"))
    do("search", "add", "--case", "mid-1002", "--question", "made up", "--corpus", "made up", "--hits", "0")
    silent = ("direction=none", "necessary=no", "featured=no_after_search")
    said = do(*_shipped_code("ALLY", *silent, more=("--search", "mid-1002.s1")))
    assert "takes the place of an earlier code" in said
    assert shipped.value("SELECT count(*) FROM decision WHERE key LIKE 'mid-1002.ALLY.%'") == 2
    answer = json.loads(do("recompute", "ALLY", "--json"))
    assert [one["code"] for one in answer["codes"] if one["case"] == "mid-1002"] == ["1"]
    do("render", "appendix", "--output", "out")
    page, front = (_words(tmp_path / "out" / name) for name in ("cases/mid-1002.html", "index.html"))
    assert "ALLY 2 (unnecessary, but they featured)" in page
    assert "Replaced by ALLY 1" in page
    assert (
        "no evidence of a role 3 2% 2 unnecessary, but they featured 2 1% 3 necessary 0 0% not coded 183 97%"
        in front
    )
    assert "18 18 agrees screened 170 170 agrees" in front
    assert shipped.findings() == []


def test_b20_recomputing_takes_as_many_statements_for_many_codes(do: Do, shipped: Ledger) -> None:
    def statements() -> int:
        with shipped.read() as (connection, study):
            told: list[str] = []
            event.listen(connection, "before_cursor_execute", lambda *args: told.append(args[2]))
            recompute(connection, study, "INV")
            return len(told)

    few = statements()
    for number in (1002, 1039, 1108, 1193):
        line = _shipped_code("INV", "at_risk=yes", "non_military=no", "military=no")
        do(*(f"mid-{number}" if word == "mid-1002" else word for word in line))
    assert statements() == few <= 5
