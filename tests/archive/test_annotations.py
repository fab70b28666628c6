"""W3C Web Annotations: quotes, positions, bodies; whatever has no place is named."""

from __future__ import annotations

import contextlib
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.archive.annotating import Annotations, annotate
from evidence.archive.annotations import read_annotations, spelled
from evidence.archive.log import hold_text
from evidence.archive.note_words import plain_of_html
from evidence.archive.targets import Annotated
from evidence.errors import EvidenceError
from evidence.ledger import records
from evidence.ledger.shown import shown
from tests.kit import Ledger

PAGE = "http://example.org/page1"
HELD = "The President said that the islands were a symbol. He would not fight for them."


def read(folder: Path, value: Any) -> Annotated:
    file = folder / "notes.jsonld"
    file.write_text(json.dumps(value), encoding="utf-8")
    return read_annotations(file)


def annotation(selector: Any = None, **changed: Any) -> dict[str, Any]:
    target = {"source": PAGE, "selector": selector} if selector else PAGE
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": "urn:a1",
        "type": "Annotation",
        "target": target,
        **changed,
    }


QUOTE = {
    "type": "TextQuoteSelector",
    "exact": "the islands were a symbol",
    "prefix": "said that ",
    "suffix": ".",
}


@pytest.fixture
def ledger(sqlite_url: str, tmp_path: Path) -> Ledger:
    made = Ledger(sqlite_url)
    made.found()
    (tmp_path / "page.txt").write_text(HELD, encoding="utf-8")
    with made.write() as session:
        page = {"key": "page", "title": "Page", "tier": "primary", "identifiers": {"url": PAGE}}
        records.add(session, "source", page)
        hold_text(session, "page", tmp_path / "page.txt")
    return made


def bring(ledger: Ledger, annotated: Annotated) -> Annotations:
    with ledger.write() as session:
        return annotate(session, annotated)


def one(ledger: Ledger, noun: str, key: str) -> dict[str, Any]:
    with ledger.read() as (connection, study):
        return shown(connection, study, noun, key)


def test_a_quoted_target_becomes_a_verified_quote(ledger: Ledger, tmp_path: Path) -> None:
    body = [
        {"type": "TextualBody", "purpose": "tagging", "value": "prestige"},
        {
            "type": "TextualBody",
            "format": "text/html",
            "value": "<p>On <b>prestige</b></p><script>x()</script><p>and bases</p>",
        },
    ]
    done = bring(
        ledger,
        read(tmp_path, annotation(QUOTE, body=body, creator={"name": "Ada"}, created="2026-01-02T03:04:05Z")),
    )
    quote = one(ledger, "quote", "page.1")
    assert (quote["state"], quote["words"]) == ("exact", QUOTE["exact"])
    assert quote["note"] == "On prestige\n\nand bases\n(Ada, 2026-01-02)"
    assert (quote["identifiers"]["annotation"], quote["identifiers"]["tags"]) == ("urn:a1", "prestige")
    assert not bring(
        ledger, read(tmp_path, annotation(QUOTE, body=body, creator="Ada", created="2026-01-02"))
    ).writes
    assert done.brought.added == ()


def test_offsets_alone_get_the_words_that_stand_there_if_a_text_is_held(
    ledger: Ledger, tmp_path: Path
) -> None:
    at = HELD.index("the islands")
    right = annotation({"type": "TextPositionSelector", "start": at, "end": at + len("the islands")})
    cut = annotation({"type": "TextPositionSelector", "start": at + 1, "end": at + 9}, id="urn:a2")
    beyond = annotation({"type": "TextPositionSelector", "start": 5, "end": 5000}, id="urn:a3")
    elsewhere = {**right, "id": "urn:a4", "target": {**right["target"], "source": "http://example.org/other"}}
    done = bring(ledger, read(tmp_path, [right, cut, beyond, elsewhere]))
    assert one(ledger, "quote", "page.1")["words"] == "the islands"
    assert [added.noun for added in done.logged.added] == ["quote"]
    losses = [loss.what for loss in done.brought.losses]
    assert (
        losses.count("a passage by its offsets alone, which are not ends of words in the text that is held")
        == 2
    )
    assert losses.count("a passage by its offsets alone, of a source whose text is not held") == 1


def test_words_tell_the_place_and_other_selectors_are_named(tmp_path: Path) -> None:
    selectors = [
        QUOTE,
        {"type": "TextPositionSelector", "start": 1, "end": 5},
        {"type": "SvgSelector", "value": "<svg/>"},
    ]
    refined = {"type": "FragmentSelector", "value": "page=12", "refinedBy": selectors[0]}
    found = read(tmp_path, [annotation(selectors), annotation(refined, id="urn:a2")])
    (item,) = found.incoming.items
    first, second = item.marked
    assert (first.words, first.prefix, first.suffix) == (QUOTE["exact"], "said that", ".")
    assert second.locator == {"page": "12"}
    losses = [loss.what for loss in found.incoming.losses]
    assert losses == ["SvgSelector: <svg/>", "TextPositionSelector: the words tell the place"]


@pytest.mark.parametrize("wrap", ["list", "page", "collection", "graph"])
def test_lists_pages_and_collections_are_read(tmp_path: Path, wrap: str) -> None:
    several = [annotation(QUOTE, id=f"urn:a{n}") for n in range(3)]
    page = {"type": "AnnotationPage", "items": several, "next": "http://example.org/page2"}
    forms = {
        "list": several,
        "page": page,
        "collection": {"type": "AnnotationCollection", "first": page},
        "graph": {"@graph": several},
    }
    found = read(tmp_path, forms[wrap])
    assert [marked.identifiers["annotation"] for marked in found.incoming.items[0].marked] == [
        "urn:a0",
        "urn:a1",
        "urn:a2",
    ]
    assert bool(found.incoming.losses) == (wrap in ("page", "collection"))


def test_several_targets_are_each_annotated(tmp_path: Path) -> None:
    targets = [
        {"source": PAGE, "selector": QUOTE},
        {"source": f"{PAGE}#frag", "selector": QUOTE},
        "http://example.org/b",
    ]
    found = read(tmp_path, annotation(target=targets, bodyValue="Compare."))
    first, second = found.incoming.items
    assert [marked.identifiers["annotation"] for marked in first.marked] == ["urn:a1 (1)", "urn:a1 (2)"]
    assert first.marked[1].note == "Compare.\nPlace: frag"
    assert (second.fields["identifiers"]["url"], found.remarks[1]) == (
        "http://example.org/b",
        (("urn:a1 (3)", "Compare."),),
    )


def values(value: Any, name: str = "") -> list[str]:
    """Every text in JSON that is somebody's own: no keyword, no type, no context."""
    if isinstance(value, dict):
        return [
            text
            for key, inner in value.items()
            if key not in ("@context", "type", "motivation", "purpose")
            for text in values(inner, key)
        ]
    if isinstance(value, list):
        return [text for inner in value for text in values(inner, name)]
    return [value] if isinstance(value, str) else []


#: What the examples say that is read another way: of creators the name, of moments the day, of programs nothing.
_READ_OTHERWISE = ("#", "<p>", "http://example.org/user", "http://example.org/client", "pseudo", "user1", "My Pseu", "Code v", "2015-10-", "http://example.org/homepage", "http://example.org/styles", "http://example.org/state", "http://www.w3.org/TR/", "text/", ".red", "Accept")  # fmt: skip


def test_the_standard_s_own_examples_are_carried_or_named(shared: Path) -> None:
    files = sorted((shared / "data" / "qda" / "w3c").glob("*.json"))
    assert len(files) == 16
    for file in files:
        found = read_annotations(file)
        assert found.incoming.items
        kept = json.dumps([repr(found.incoming), repr(found.remarks), repr(found.positions)])
        document = json.loads(file.read_bytes())
        for text in values(spelled(document)):
            assert text.startswith(_READ_OTHERWISE) or json.dumps(text)[1:-1] in kept, (file.name, text)
        losses = " ".join(loss.what for loss in found.incoming.losses)
        for name in ("stylesheet", "generator", "generated", "state", "styleClass"):
            assert (f'"{name}"' in file.read_text("utf-8")) == (f"'{name}'" in losses), (file.name, name)


def test_line_ends_of_the_examples_are_what_they_are_said_to_be(shared: Path) -> None:
    assert b"\r\r\n" in (shared / "data" / "qda" / "w3c" / "anno1.json").read_bytes()


def test_a_context_is_never_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("it called the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert read(tmp_path, annotation(QUOTE, **{"@context": "http://localhost:9/context"})).incoming.items


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        [[]],
        {"type": "Annotation"},
        annotation(target={"selector": QUOTE}),
        annotation(target=[]),
        "x",
        5,
    ],
)
def test_what_is_no_annotation_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(EvidenceError) as error:
        read(tmp_path, value)
    assert str(error.value).startswith("notes.jsonld")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "target", "body", "selector", "source", "items", "id", "value", "exact", "start"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["body", "target", "creator", "motivation", "type", "first", "items"]),
        JSON,
        max_size=5,
    )
)
def test_no_shape_of_json_brings_it_down(
    tmp_path_factory: pytest.TempPathFactory, value: dict[str, Any]
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_text(json.dumps(value, ensure_ascii=True), encoding="utf-8")
    with contextlib.suppress(EvidenceError):
        read_annotations(file)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two &amp; <i>three</i>", "one\ntwo & three"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("a\n  b", "a b"),
        ("<style>p{}</style>x<!-- y -->", "x"),
        ("5 < 6 &lt;b&gt;", "5 < 6 <b>"),
        ("<p>e\u0301</p>", "é"),
    ],
)
def test_html_is_what_its_reader_sees(markup: str, words: str) -> None:
    assert plain_of_html(markup) == words
