"""Weights: each worked out here once more, by hand; together 1; nothing claimed where nothing was said."""

from __future__ import annotations

import csv
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from evidence.errors import UnknownKey
from evidence.exchange.tables import export_tables
from evidence.exchange.weights import BASES, drawn, of_coders, of_confidence, weighed
from evidence.ledger import records, schema
from tests.exchange.tabled import tabled
from tests.kit import Ledger

LEVELS = ("0", "1", "2", "3")
SCALE = {"High": 0.9, "low": (0.4, 0.6)}


def tables(
    ledger: Ledger, folder: Path, *names: str, draws: int = 0, seed: int = 1, beside: tuple[str, ...] = ()
) -> list[list[dict[str, str]]]:
    folder.mkdir()
    with ledger.read() as (connection, study):
        export_tables(connection, study, folder, draws=draws, seed=seed, beside=beside)
    found = []
    for name in names:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            found.append(list(csv.DictReader(stream)))
    return found


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The made-up study, in a file that nobody writes to."""
    file = tmp_path_factory.mktemp("weights") / "evidence.db"
    schema.create(f"sqlite:///{file}")
    return tabled(f"sqlite:///{file}")


def test_weights_of_a_study(study: Ledger, tmp_path: Path) -> None:
    """Every basis, each in a case of its own; the posterior by Bayes's rule in fractions."""
    (rows,) = tables(study, tmp_path / "out", "weights")
    found: dict[tuple[str, str], dict[str, tuple[str, float]]] = {}
    for row in rows:
        found.setdefault((row["case"], row["variable"]), {})[row["level"]] = (
            row["basis"],
            float(row["weight"]),
        )
    for weights in found.values():
        assert sum(weight for _, weight in weights.values()) == pytest.approx(1, abs=1e-12)
        assert len({basis for basis, _ in weights.values()}) == 1
    assert ("c4", "X") not in found  # the study's code is not codable: missing, and no level has a weight
    third = 1 / 3
    assert found["c1", "X"] == {one: ("coders", float(one == "2")) for one in LEVELS}
    assert found["c3", "X"] == {
        "0": ("coders", 0),
        "1": ("coders", 0.5),
        "2": ("coders", 0),
        "3": ("coders", 0.5),
    }
    # High is .9 on the study's scale; the next best level was named.
    assert {level: weight for level, (_, weight) in found["c5", "X"].items()} == pytest.approx(
        {"0": 0, "1": 0.1, "2": 0.9, "3": 0}
    )
    # Low is .4 to .6, and no level was named.
    assert {level: weight for level, (_, weight) in found["c6", "X"].items()} == pytest.approx(
        {"0": 0.5 * third, "1": 0.5 * third, "2": 0.5 * third, "3": 0.5}
    )
    assert {basis for basis, _ in found["c6", "X"].values()} == {"confidence"}
    # Seen with .6 against .2, at equal priors; one supports a level, the other two.
    one = Fraction(6, 10) / (Fraction(6, 10) + Fraction(2, 10))
    assert {level: weight for level, (_, weight) in found["c5", "If"].items()} == pytest.approx(
        {"a b": float(one), "c": float((1 - one) / 2), "d": float((1 - one) / 2)}
    )
    sure = {
        row["level"]: (row["weight_posterior"], row["weight_confidence"])
        for row in rows
        if row["variable"] == "If"
    }
    assert {level: float(said[1]) for level, said in sure.items()} == pytest.approx(
        {"a b": 0.9, "c": 0.05, "d": 0.05}
    )
    assert all(said[0] for said in sure.values())
    assert {row["weight_posterior"] for row in rows if row["variable"] == "X"} == {""}


def test_a_hypothesis_that_says_nothing_of_the_code_leaves_no_posterior(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Its share of the probability belongs to no level: the next basis is taken, and nothing is made up."""
    ledger = tabled(sqlite_url)
    with ledger.write() as session:
        records.edit(session, "hypothesis", records.find(session, "hypothesis", "c5.h2"), {"supports": []})
    (rows,) = tables(ledger, tmp_path / "out", "weights")
    assert {row["basis"] for row in rows if row["variable"] == "If"} == {"confidence"}


def test_without_a_scale_of_words_confidence_is_no_number(sqlite_url: str, tmp_path: Path) -> None:
    ledger = tabled(sqlite_url)
    with ledger.write() as session:
        records.edit_study(session, {"word_scale": None})
    (rows,) = tables(ledger, tmp_path / "out", "weights")
    said = {row["case"]: row["basis"] for row in rows if row["variable"] == "X"}
    assert said == {"c1": "coders", "c2": "coders", "c3": "coders", "c5": "code", "c6": "code"}
    assert [(row["level"], row["weight"]) for row in rows if row["case"] == "c6"] == [
        ("0", "0.0"), ("1", "0.0"), ("2", "0.0"), ("3", "1.0"),
    ]  # fmt: skip


def test_a_publication_counts_where_it_is_asked_for(study: Ledger, tmp_path: Path) -> None:
    (rows,) = tables(study, tmp_path / "out", "weights", beside=("pub",))
    found = {(row["case"], row["level"]): float(row["weight"]) for row in rows if row["variable"] == "X"}
    assert [found["c3", level] for level in LEVELS] == pytest.approx(
        [0, 2 / 3, 0, 1 / 3]
    )  # it gave 1, and ada too
    with pytest.raises(UnknownKey, match="There is no coder 'pubb'"):
        tables(study, tmp_path / "other", beside=("pubb",))


def test_draws_follow_the_weights_and_their_seed(study: Ledger, tmp_path: Path) -> None:
    rows, weights = tables(study, tmp_path / "one", "draws", "weights", draws=2000, seed=7)
    counts = Counter((row["case"], row["variable"], row["value"]) for row in rows)
    for row in weights:
        share = counts[row["case"], row["variable"], row["level"]] / 2000
        assert share == pytest.approx(float(row["weight"]), abs=0.04)  # four standard errors and a half
    again, other = (
        tables(study, tmp_path / name, "draws", draws=50, seed=seed)[0]
        for name, seed in (("again", 7), ("other", 8))
    )
    first = [row for row in rows if int(row["draw"]) <= 50]
    assert again == first  # however many are drawn
    assert other != first


def test_each_basis_alone() -> None:
    assert of_coders(["1"]) is None
    assert of_coders([]) is None
    assert of_coders(["1", "1", "3"]) == pytest.approx({"1": 2 / 3, "3": 1 / 3})
    assert of_confidence("2", "high", "3", LEVELS, SCALE) == pytest.approx({"2": 0.9, "3": 0.1})
    assert of_confidence("2", "high", "2", LEVELS, SCALE) == pytest.approx(
        {"2": 0.9, "0": 0.1 / 3, "1": 0.1 / 3, "3": 0.1 / 3}
    )
    assert of_confidence("2", "high", "9", LEVELS, SCALE) == of_confidence("2", "high", None, LEVELS, SCALE)
    assert of_confidence("2", "medium", "3", LEVELS, SCALE) is None
    assert of_confidence("2", None, "3", LEVELS, SCALE) is None
    assert of_confidence("1", "high", None, ("1",), SCALE) == {"1": 1.0}


def test_the_strongest_basis_comes_first_and_a_code_off_the_scheme_has_its_weight() -> None:
    posterior, coders = {"0": 0.25, "1": 0.75}, {"2": 0.5, "1": 0.5}
    found = weighed(LEVELS, "2", posterior=posterior, coders=coders)
    assert (found.basis, list(found.by)) == ("posterior", ["posterior", "coders", "code"])
    assert found.weight == {"0": 0.25, "1": 0.75, "2": 0.0, "3": 0.0}
    assert weighed(LEVELS, "7").weight == {"0": 0.0, "1": 0.0, "2": 0.0, "3": 0.0, "7": 1.0}
    assert list(BASES) == ["posterior", "coders", "confidence", "code"]


def test_a_level_without_weight_is_never_drawn() -> None:
    assert set(drawn({"0": 0.0, "1": 1.0, "2": 0.0}, 500, 1, "a")) == {"1"}
    assert len(set(map(tuple, (list(drawn({"0": 0.5, "1": 0.5}, 40, 1, name)) for name in "abcdef")))) == 6
