"""Annotations go out as the Recommendation has them, say nothing that is not for others, and come back as they went out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import html5lib
import pytest
from sqlalchemy import text

from evidence.archive.annotating import annotate
from evidence.archive.annotations import read_annotations
from evidence.exchange.annotations import collection
from evidence.exchange.annotations_told import told
from evidence.exchange.ati import FORMATS, ati
from evidence.ledger import schema
from tests.exchange.exchanged import BOOK, CLOSED, HOSTILE, TEXT, exchanged
from tests.kit import Ledger, Run

#: The Recommendation's motivations, and what each of its classes used here may say, with what it must.
MOTIVATIONS = set(
    "assessing bookmarking classifying commenting describing editing highlighting identifying linking moderating "
    "questioning replying tagging".split()
)
TERMS = {
    "AnnotationCollection": "@context id type label creator generator generated total first last",
    "AnnotationPage": "id type partOf startIndex items next prev",
    "Annotation": "id type motivation creator created body target canonical",
    "TextualBody": "type value format language purpose creator",
    "SpecificResource": "type source selector",
    "Text": "id canonical type label language dcterms:bibliographicCitation dcterms:accessRights",
    "TextQuoteSelector": "type exact prefix suffix",
    "TextPositionSelector": "type start end",
    "Person": "id type name",
    "Software": "type name",
}
MUST = {
    "AnnotationCollection": "@context id type total first",
    "AnnotationPage": "id type items",
    "Annotation": "id type target",
    "TextualBody": "type value",
    "SpecificResource": "type source",
    "TextQuoteSelector": "type exact",
    "TextPositionSelector": "type start end",
}
_IRI = re.compile(r"(?:https?://|urn:uuid:)[^\s<>\"{}|\\^`]+")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The study, with a source that is closed."""
    return exchanged(_new(tmp_path_factory.mktemp("annotated") / "evidence.db"))


def _new(file: Path) -> str:
    schema.create(f"sqlite:///{file}")
    return f"sqlite:///{file}"


def _written(ledger: Ledger, *, private: bool = False, **said: Any) -> str:
    stream = io.BytesIO()
    with ledger.read() as read, told(*read, private=private) as told_to:
        collection(told_to.connection, told_to.study, stream, without=told_to.quotes, **said)
    return stream.getvalue().decode()


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for inner in value.values():
            yield from _nodes(inner)
    for inner in value if isinstance(value, list) else ():
        yield from _nodes(inner)


def test_every_term_is_the_recommendations_or_marked_as_ours(ledger: Ledger) -> None:
    document = json.loads(_written(ledger))
    assert document["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    (prefix,) = document["@context"][1]
    kinds = set()
    for node in _nodes(document):
        kinds.add(kind := node["type"])
        assert set(MUST.get(kind, "type").split()) <= node.keys(), node
        ours = {name for name in node if name.startswith(f"{prefix}:")}
        assert node.keys() - ours <= set(TERMS[kind].split()), node
        assert {node.get("motivation", "tagging"), node.get("purpose", "tagging")} <= MOTIVATIONS
        for name in {"id", "canonical", "partOf"} & node.keys():
            assert _IRI.fullmatch(node[name]), node[name]
        for name in {"created", "generated"} & node.keys():
            assert datetime.strptime(node[name], "%Y-%m-%dT%H:%M:%S%z").year > 2000
    assert kinds == TERMS.keys()
    items = document["first"]["items"]
    assert document["total"] == len(items) == len({one["id"] for one in items}) == 5


def test_words_and_offsets_select_the_same_place(ledger: Ledger) -> None:
    placed = 0
    for one in json.loads(_written(ledger))["first"]["items"]:
        quote, *position = one["target"]["selector"]
        for span in position:
            placed += 1
            words = (TEXT if one["evidence:key"].startswith("cable") else BOOK)[span["start"] : span["end"]]
            assert words == quote["exact"]
            if one["evidence:key"] == "cable.1":
                assert TEXT[: span["start"]].endswith(quote["prefix"])
                assert TEXT[span["end"] :].startswith(quote["suffix"])
            if one["evidence:key"] == "book.1":  # somebody holds the rights in what stands around it
                assert not {"prefix", "suffix"} & quote.keys()
    assert placed == 3


_QUOTES = (
    "SELECT s.title, q.words, q.note, q.language, q.translation, q.translator, q.transliteration, q.locator "
    "FROM quote q JOIN source s ON s.id = q.source_id ORDER BY q.words"
)
_SEEN = "SELECT proposition, inference, speaker, occurred FROM observation ORDER BY proposition"


def _all(ledger: Ledger, query: str) -> list[tuple[Any, ...]]:
    with ledger.read() as (connection, _):
        return [tuple(row) for row in connection.execute(text(query))]


def test_what_goes_out_comes_back_and_adds_nothing_where_it_came_from(
    ledger: Ledger, sqlite_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "annotations.jsonld"
    file.write_text(_written(ledger, private=True), "utf-8")
    other = Ledger(sqlite_url)
    other.found()
    with other.write() as session:
        done = annotate(session, read_annotations(file))
    assert not done.logged.refused
    plain = [
        tuple(" ".join(str(value).replace("\x0b", " ").split()) for value in row)
        for row in _all(ledger, _QUOTES)
    ]
    back = [tuple(" ".join(str(value).split()) for value in row) for row in _all(other, _QUOTES)]
    assert back == plain
    assert len(_all(other, _SEEN)) == len(_all(ledger, _SEEN))
    for there in (other, ledger):
        with there.write() as session:
            again = annotate(session, read_annotations(file))
            assert not again.brought.added, there
            assert not again.logged.added, there


def test_words_that_are_not_for_others_leave_for_oneself_only(ledger: Ledger) -> None:
    public, private = _written(ledger), _written(ledger, private=True)
    assert "yellow harbour" not in public
    assert private.count(CLOSED) == 2
    with ledger.read() as read, told(*read, private=False) as told_to:
        assert told_to.withheld == "1 quote and 1 text"
        made = ati(told_to.connection, told_to.study, without=told_to.quotes)
    assert not any("yellow" in write(made) for write in FORMATS.values())


def test_a_case_has_what_its_narrative_cites_and_what_speaks_to_it(ledger: Ledger) -> None:
    keys = [one["evidence:key"] for one in json.loads(_written(ledger, cases=["mid-50"]))["first"]["items"]]
    assert keys == ["book.1", "cable.1", "memo.1", "memo.2"]
    first = next(
        one for one in json.loads(_written(ledger))["first"]["items"] if one["evidence:key"] == "cable.1"
    )
    assert [one["value"] for one in first["body"] if one["purpose"] == "tagging"] == ["mid-50", "t1+"]


def test_the_table_has_what_ati_asks_for(ledger: Ledger) -> None:
    with ledger.read() as read:
        made = ati(*read)
    assert made.long == ("memo.2",)
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](made), newline="")))
    assert [(one["annotation"], one["quote"]) for one in rows] == [
        ("1", "cable.1"), ("2", "memo.2"), ("3", "book.1"), ("4", "cable.2"), ("5", "letters.1"), ("6", "memo.1")
    ]  # fmt: skip
    first, long = rows[0], rows[1]
    assert first["claim"] == "He said “prestige was at stake”."
    assert first["excerpt"] == "prestige was at stake"
    assert HOSTILE in first["analytic_note"]
    assert (
        "For the hypothesis “The alliance drew the U.S. in.” (hoop test t1). It names prestige."
        in first["analytic_note"]
    )
    assert first["citation"].startswith("The cable, 1955")
    assert (long["excerpt_words"], long["long"], first["long"]) == ("151", "1", "0")
    assert rows[3]["translation"] == "The safety of the Strait matters most."


def test_whatever_the_ledger_holds_is_text_on_the_page(ledger: Ledger) -> None:
    with ledger.read() as read:
        page = FORMATS["html"](ati(*read))
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(page)
    assert not list(tree.iter("script"))
    assert "\u202e" not in page
    assert '<script>alert("x")</script>' in "".join(tree.itertext())
    assert "151 words: more than ATI advises" in page


def test_the_command_says_what_it_wrote_and_overwrites_nothing(
    ledger: Ledger, run: Run, tmp_path: Path
) -> None:
    ask = ("--ledger", ledger.url, "export", "annotations")
    done = run(*ask, "a.jsonld")
    assert (done.code, done.stdout) == (0, ""), done
    assert "5 annotations are in a.jsonld." in done.stderr
    assert "1 quote and 1 text, which access conditions or rights forbid to pass on" in done.stderr
    before = (tmp_path / "a.jsonld").read_bytes()
    refused = run(*ask, "a.jsonld")
    assert refused.code == 1
    assert "there already" in refused.stderr
    assert run(*ask, "a.jsonld", "--force", TZ="Pacific/Auckland", PYTHONHASHSEED="7").code == 0
    assert (tmp_path / "a.jsonld").read_bytes() == before
    table = run(*ask, "ati.csv", "--private")
    assert "1 excerpt is longer than the 150 words that ATI advises: memo.2." in table.stderr
    assert "--format" in run(*ask, "a.txt").stderr
    nobody = run(*ask, "b.html", "--case", "mid-5")
    assert nobody.code == 1
    assert "mid-50" in nobody.stderr
    assert sorted(one.name for one in tmp_path.iterdir() if one.suffix) == ["a.jsonld", "ati.csv"]
