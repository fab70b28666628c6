"""The document for a referee: whole, sound as HTML, the same bytes again, and hostile content stands in it as text."""

from __future__ import annotations

import html
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from evidence.errors import EvidenceError
from evidence.ledger import history, records
from evidence.ledger.nouns import NOUNS
from evidence.ledger.store import find_study
from evidence.publish.audit_page import audit_page, write_audit, write_why
from tests.kit import Ledger
from tests.publish.reader import Page
from tests.publish.strait import HOSTILE, two_cases

#: Marks that turn the direction of what follows, and one that ends a style sheet.
_HOSTILE = f"{HOSTILE}</style>\u202e{{{{ 7 * 7 }}}}"


@pytest.fixture
def strait(sqlite_url: str) -> Ledger:
    """A study of two cases, one of them process-traced."""
    return two_cases(sqlite_url)


@pytest.fixture
def either(ledger_url: str) -> Ledger:
    """The same, on one engine and then on the other."""
    return two_cases(ledger_url)


def page(ledger: Ledger, case: str = "mid-50", *, full: bool = True) -> str:
    with ledger.read() as (connection, study):
        return audit_page(connection, study, case, full=full)[1].decode()


def sound(text: str) -> Page:
    """Read a page, and expect that it is sound and needs nothing from outside."""
    read = Page(text)
    assert (read.unclosed, read.wrong, read.loads) == ([], [], [])
    assert [i for i, number in Counter(read.ids).items() if number > 1] == []
    inner = [unquote(link[1:]) for link in read.links if link.startswith("#")]
    assert [link for link in inner if link not in read.ids] == []
    assert read.headings[0] == 1
    steps = zip(read.headings, read.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps), read.headings
    assert {"script", "img", "iframe", "object"} & {*read.tags} == set()
    return read


def words(read: Page) -> str:
    return " ".join(read.text.split())


def test_everything_of_the_case_is_in_the_document(either: Ledger) -> None:
    read = sound(page(either))
    text = words(read)
    for key in ("mid-50.t1", "mid-50.t2"):
        assert f"test-{key}" in read.ids
    for key in ("mid-50.o1", "mid-50.o2"):
        assert f"observation-{key}" in read.ids
    assert {"search-mid-50.s1", "search-mid-50.s2"} <= {*read.ids}
    for said in (
        "看台灣", "Look at Taiwan", "Box 3 is closed.", "The President doubted it.", "Not made.", "Nothing was found.",
        "Foreign Relations of the United States, 1955–1957", "To tell his chief.", "ALLY 1 earlier", "ALLY 0 differs",
        "mid-50 ALLY 1→2, because: Reason 2", "Leave one out", "its absence is a smoking gun that mid-50.h2 passes",
        "Irreversible claim: P(seen given mid-50.h1) = 1.", "1 applied", "rules were asked",
    ):  # fmt: skip
        assert said in text, said


def test_the_head_of_the_ledger_and_how_to_verify_it(strait: Ledger) -> None:
    last = strait.entries()[-1]
    text = words(sound(page(strait)))
    assert last.digest in text
    assert f"from revision {last.number} of the ledger" in text
    assert "evidence history verify" in text


def test_a_case_with_nothing_in_it_still_has_its_document(strait: Ledger) -> None:
    text = words(sound(page(strait, "mid-51")))
    for said in ("It has no code yet.", "No test was declared.", "Nobody has signed anything here yet."):
        assert said in text


def test_the_shorter_page_has_no_tables_of_sensitivity_and_no_history(strait: Ledger) -> None:
    text = words(sound(page(strait, full=False)))
    assert "What would have made it different" in text
    assert "Leave one out" not in text
    assert "History of the case" not in text


def test_the_same_ledger_gives_the_same_bytes_now_and_as_of_its_digest(strait: Ledger) -> None:
    first = page(strait)
    last = len(strait.entries())
    assert page(strait) == first
    with strait.write() as session:
        records.add(session, "source", {"key": "late", "title": "Late", "tier": "news"})
    assert page(strait) != first  # the head moved on
    with strait.read() as (connection, study), history.as_of(connection, study, last) as past:
        assert audit_page(past, find_study(past, None), "mid-50")[1].decode() == first


def test_what_stands_around_a_quote_is_shown_where_its_text_is_held(strait: Ledger) -> None:
    import hashlib  # noqa: PLC0415 - here alone

    content = "He said in January that the islands were becoming a symbol to others in Asia."
    with strait.write() as session:
        digest = hashlib.sha256(content.encode()).hexdigest()
        records.add(session, "text", {"source": "memo", "sha256": digest, "content": content}, computed=True)
        memo = records.find(session, "source", "memo")
        records.edit(session, "source", memo, {"rights": "public domain"})
    with strait.write() as session:
        records.add(session, "quote", {"key": "memo.7", "source": "memo", "words": "becoming a symbol"})
        seen = {"key": "mid-50.o7", "case": "mid-50", "proposition": "A symbol", "quotes": ["memo.7"]}
        records.add(session, "observation", seen)
    assert "that the islands were becoming a symbol to others in Asia." in words(sound(page(strait)))
    with strait.write() as session:
        memo = records.find(session, "source", "memo")
        records.edit(session, "source", memo, {"rights": "© The Press", "access": "restricted"})
    text = words(sound(page(strait)))
    assert "to others in Asia" not in text
    assert "Rights do not allow to show what stands around it." in text


def _hostile(noun: str) -> dict[str, Any]:
    fields = NOUNS[noun].fields.values()
    named = [f for f in fields if f.kind == "text" and f.name not in ("key", "noun") and not f.computed]
    return {field.name: f"{field.name} {_HOSTILE}" for field in named}


def test_hostile_content_in_every_field_is_text(strait: Ledger) -> None:
    keys = {
        "case": "mid-50", "source": "memo", "quote": "mid-50.q2", "observation": "mid-50.o2", "search": "mid-50.s1",
        "test": "mid-50.t2", "hypothesis": "mid-50.h1", "coder": "ada", "variable": "ALLY",
    }  # fmt: skip
    changed = 0
    for noun, key in keys.items():
        for name, value in _hostile(noun).items():
            try:
                with strait.write(message=_HOSTILE, author=_HOSTILE) as session:
                    records.edit(session, noun, records.find(session, noun, key), {name: value})
                changed += 1
            except EvidenceError:
                continue  # a date or an ORCID, which such words cannot be
    with strait.write() as session:
        values = {
            name: value
            for name, value in _hostile("decision").items()
            if name not in ("value", "alternative")
        }
        judged = {"sub_judgements": {"featured": "yes"}, "locator": {"page": _HOSTILE}}
        fixed = {"key": "mid-50.ALLY.8", "case": "mid-50", "variable": "ALLY", "value": "2", "coder": "rand"}
        records.add(session, "decision", {**values, **judged, **fixed})
        about = {"noun": "case", "subject": records.find(session, "case", "mid-50").id, "coder": "rand"}
        signed = {"verdict": "disputed", "note": _HOSTILE, "fingerprint": "0" * 64}
        records.add(session, "review", {**about, **signed}, computed=True)
        records.edit_study(session, {"title": _HOSTILE, "question": _HOSTILE, "authors": [_HOSTILE]})
    assert changed > 30
    text = page(strait)
    read = sound(text)
    assert HOSTILE in read.text
    assert HOSTILE not in text
    assert html.escape(HOSTILE, quote=False) not in ("", HOSTILE)
    assert "{{ 7 * 7 }}" in read.text
    assert not [name for _, name, _ in read.attributes if name.startswith("on")]
    assert text.count("</style>") == text.count("<style") == 2


def test_a_file_of_somebody_else_is_left_alone(strait: Ledger, tmp_path: Path) -> None:
    mine, ours = tmp_path / "letter.html", tmp_path / "audit.html"
    mine.write_text("<p>Dear Sir</p>", encoding="utf-8")
    with strait.read() as (connection, study):
        with pytest.raises(EvidenceError, match="was not written by this program"):
            write_audit(connection, study, "mid-50", mine)
        assert write_audit(connection, study, "mid-50", ours) == (ours, True)
        assert write_audit(connection, study, "mid-50", ours) == (ours, False)
        assert write_why(connection, study, "mid-50", ours)
    assert mine.read_text("utf-8") == "<p>Dear Sir</p>"
