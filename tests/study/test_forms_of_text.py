"""YAML and CSV by themselves: every text comes back, on a line of its own or not, to any reader of YAML 1.2."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from evidence.errors import EvidenceError, Place
from evidence.study import yamls
from evidence.study.raw import Decimal, typed
from evidence.study.tables import cell_of, read_cell, read_table, table_text
from evidence.study.yaml_text import yaml_text
from evidence.study.yamls import read_yaml
from tests.study.studies import AWKWARD, facts, texts

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats(allow_nan=False, allow_infinity=False), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(texts, st.just("n" * 2000)), inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip


def exact(value: Any) -> Any:
    """Return a value in a form in which 1, 1.0 and true differ."""
    if isinstance(value, dict):
        return {name: exact(item) for name, item in value.items()}
    return [exact(item) for item in value] if isinstance(value, list) else (type(value), value)


@given(st.dictionaries(texts, values, max_size=4))
@example({text: text for text in AWKWARD})
@example({"list": list(AWKWARD), "deep": [{"list": list(AWKWARD)}]})
def test_yaml_comes_back(value: dict[str, Any]) -> None:
    text = yaml_text(value)
    assert exact(typed(read_yaml(text, "x.yaml")) or {}) == exact(value)
    assert not any(line == "---" for line in text.split("\n"))


@given(st.lists(st.dictionaries(texts, values, min_size=1, max_size=3), max_size=3))
def test_yaml_without_the_c_library_comes_back(value: list[Any]) -> None:
    text = yaml_text(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamls, "_Loader", yaml.SafeLoader)
        assert exact(typed(read_yaml(text, "x.yaml"))) == exact(value)


not_moments = texts.filter(lambda text: not text.startswith("2026-11-22T"))  # those are meant to be moments


@given(st.lists(st.dictionaries(not_moments, not_moments, min_size=1, max_size=3), max_size=3))
def test_other_programs_read_the_same_words(value: list[Any]) -> None:
    """YAML 1.1, with its yes, its octals and its times of day, takes no word of ours for anything else."""
    assert yaml.safe_load(yaml_text(value)) == value


@given(st.lists(st.dictionaries(st.just("x"), texts.filter(bool), min_size=1), max_size=3))
def test_tables_come_back(rows: list[dict[str, str]]) -> None:
    found = read_table(table_text(["key", "x"], [{"key": "k", **row} for row in rows]), "x.csv", ["key", "x"])
    assert [row["x"] for row in found] == [row["x"] for row in rows]


@given(facts)
def test_attributes_come_back(attributes: dict[str, Any]) -> None:
    for value in attributes.values():
        assert exact(read_cell(cell_of(value), Place())) == exact(value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("7", 7), ("-1.5", -1.5), ("2e3", 2000.0), ("true", True), (" 7 ", 7), ("007", "007"), ("yes", "yes"), ('"7"', "7"), ('"Pueblo" incident', '"Pueblo" incident'), ("1,5", "1,5"), ("NA", "NA")],
)  # fmt: skip
def test_a_cell_is_a_number_a_truth_value_or_words(cell: str, value: object) -> None:
    assert exact(read_cell(cell, Place())) == exact(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("no", "no"), ("1955-02-28", "1955-02-28"), ("12:30", "12:30"), ("0x1", "0x1"), ("010", "010"), ("1_000", "1_000"), ("~", None), ("", None), ("null", None), ("True", True), ("12", 12), ("'12'", "12"), (".inf", ".inf")],
)  # fmt: skip
def test_a_word_is_a_word(text: str, value: object) -> None:
    assert read_yaml(f"a: {text}", "x.yaml")["a"] == value


def test_a_version_keeps_its_digits() -> None:
    number = read_yaml("a: 4.10", "x.yaml")["a"]
    assert isinstance(number, Decimal)
    assert (number, number.written) == (4.1, "4.10")


def test_lines_are_counted_as_editors_count_them() -> None:
    """NEL and LS end a line for YAML, and for nobody else."""
    named = read_yaml("a: 'x\u2028y\x85z'\nb: 1\n", "x.yaml", offset=3)
    assert named.at("b") == Place("x.yaml", 5, field="b")


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c",
        "a: [",
        "- a\nb: c",
        "a: 'b",
        "\ta: b",
        "a: \x01",
        "{a: b}: c",
        "? [a]\n: b",
        "a: *b",
        "a: &b c",
        "a: !!str c",
        "%YAML 1.1\n---\na: !x b",
    ],
)
def test_what_is_no_yaml_is_a_sentence(text: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        read_yaml(text, "x.yaml")
    assert str(caught.value).startswith("x.yaml")
    assert "\n" not in str(caught.value)
