"""Queries: whatever is typed is a question, or a sentence that says what is wrong with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import ValueRefused
from evidence.ledger.finding import _fts, _tsquery
from evidence.ledger.query import All, Either, Node, Phrase, Term, parse, wanted
from tests.postgres import Server


def shown(node: Node) -> str:
    """Return a query as one sees what is asked: ``(a & "b c" & !d)``."""
    if isinstance(node, Term):
        return " / ".join(" ".join(p.terms) + ("*" if p.prefix else "") for p in node.spellings)
    if isinstance(node, Either):
        return f"({' | '.join(map(shown, node.options))})"
    return f"({' & '.join([*map(shown, node.wanted), *(f'!{shown(part)}' for part in node.unwanted)])})"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Islands", "islands"),
        ("offshore islands", "(offshore & islands)"),
        ("offshore AND islands", "(offshore & islands)"),
        ('"offshore islands"', "offshore islands"),
        ("“Offshore Islands”", "offshore islands"),
        ("«îles côtières»", "iles cotieres"),
        ("islan*", "islan*"),
        ('"offshore isl*"', "offshore isl*"),
        ('"offshore isl"*', "offshore isl*"),
        ("Quemoy OR Matsu", "(quemoy | matsu)"),
        ("a b OR c d", "((a & b) | (c & d))"),
        ("a (b OR c)", "(a & (b | c))"),
        ("a NOT b", "(a & !b)"),
        ("a AND NOT b", "(a & !b)"),
        ("a -b -c", "(a & !b & !c)"),
        ('a -"b c" -(d OR e)', "(a & !b c & !(d | e))"),
        ("-b a", "(a & !b)"),
        ("NOT NOT a", "a"),
        ("a (NOT b)", "(a & !b)"),
        ("a NOT (NOT b NOT c)", "(a & (b | c))"),
        ("and or not", "(and & or & not)"),
        ("793.00/2-2855", "793 00 2 2855"),
        ("Sino-Soviet", "sino soviet / sinosoviet"),
        ("co-operation*", "co operation* / cooperation*"),
        ("台灣", "台 灣"),
        ("U.S. & Britain", "(u s & britain)"),
        ("a - b", "(a & b)"),
        ("title:x", "title x"),
        ("it's", "it s"),
    ],
)
def test_what_is_asked(query: str, expected: str) -> None:
    assert shown(parse(query)) == expected


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "no word to find"),
        ("—", "no word to find"),
        ('""', "no word to find"),
        ('"offshore islands', "A phrase is not closed: "),
        ("(a OR b", "A parenthesis is not closed"),
        ("a)", "closed that was never opened"),
        ("a () b", "nothing between two parentheses"),
        ("AND a", "AND has nothing before it"),
        ("a AND", "AND has nothing after it"),
        ("a AND OR b", "AND has nothing after it"),
        ("(OR a)", "OR has nothing before it"),
        ("a NOT", "NOT has nothing after it"),
        ("a -)", "- has nothing after it"),
        ("NOT a", "NOT alone would find everything else"),
        ("-a -b", "NOT alone would find everything else"),
        ("a OR -b", "NOT alone would find everything else"),
        ("isl*nds", r"A \* stands for the end of a word only"),
        ("*lands", r"A \* stands for the end of a word only"),
        ("a " * 101, "more than 100 words"),
        ("(" * 21 + "a" + ")" * 21, "more than 20 parentheses"),
        ('"' + "a " * 201 + '"', "201 words; at most 200"),
        ("a" * 4001, "4,001 characters"),
    ],
)
def test_what_is_wrong_is_said(query: str, sentence: str) -> None:
    with pytest.raises(ValueRefused, match=sentence):
        parse(query)


def test_what_is_not_wanted_is_not_shown() -> None:
    assert [term.said for term in wanted(parse('a (b OR "c d") -e NOT (f g)'))] == ["a", "b", "c d"]
    assert parse("a -b") == All((Term("a", (Phrase(("a",)),)),), (Term("b", (Phrase(("b",)),)),))


anything = (
    st.text()
    | st.lists(
        st.sampled_from(
            [
                "a",
                "b*",
                '"',
                "(",
                ")",
                "AND",
                "OR",
                "NOT",
                "-",
                "'",
                "\\",
                ":",
                "台",
                "é",
                "NEAR",
                "^",
                "{",
                "+",
                "!",
                "<->",
            ]
        ),
        max_size=14,
    ).map(" ".join)
    | st.text(alphabet="ab\"()'*-:^\\ ", max_size=20)
)


@pytest.fixture(scope="module")
def fts() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE one USING fts5(words, content='', tokenize='ascii')")
    yield connection
    connection.close()


@given(query=anything)
def test_any_string_is_a_query_or_a_sentence(fts: sqlite3.Connection, query: str) -> None:
    try:
        asked = parse(query)
    except ValueRefused:
        return
    fts.execute("SELECT count(*) FROM one WHERE one MATCH ?", (_fts(asked),)).fetchone()


def test_any_query_is_one_for_postgresql_too(postgres_server: Server) -> None:
    url = postgres_server.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:

        @given(query=anything)
        def holds(query: str) -> None:
            try:
                asked = parse(query)
            except ValueRefused:
                return
            connection.execute("SELECT CAST(%s AS tsquery)", (_tsquery(asked),)).fetchone()

        holds()
