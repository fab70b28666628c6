"""Suspects: what changed beneath a code or a signature is found, named net, and cleared by signing again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select

from evidence.audit.chain import load
from evidence.audit.fingerprints import fingerprint
from evidence.audit.suspects import Suspect, signatures, suspects
from evidence.coding.reviews import sign, subject
from evidence.ledger import history, records, schema
from evidence.ledger.verification import look_again
from evidence.models import Text
from evidence.study.read import read
from evidence.study.write import write
from tests.audit.signed import build, filed
from tests.kit import Ledger


@pytest.fixture
def signed(ledger: Ledger) -> Ledger:
    """The small study, on both engines."""
    build(ledger)
    return ledger


@pytest.fixture
def file(sqlite_url: str) -> Ledger:
    """The small study in a file."""
    return filed(sqlite_url)


def found(ledger: Ledger, case: str | None = None) -> list[Suspect]:
    """Return what is suspect, through a new connection; of one case, by what was read for it alone."""
    with ledger.read() as (connection, study):
        if case is None:
            return suspects(connection, study, load(connection, study))
        chain = load(connection, study)
        (row_id,) = (i for i, row in chain.cases.items() if row.key == case)
        return suspects(connection, study, load(connection, study, row_id), case=row_id)


def named(suspected: Iterable[Suspect]) -> set[str]:
    """Return what is suspect in short: a code, or a signature with who signed."""
    return {f"{one.key} {one.coder}" if one.review else one.key for one in suspected}


def edit(ledger: Ledger, noun: str, key: str, **values: Any) -> None:
    """Change a record, in a revision of its own."""
    with ledger.write(f"edit {key}", author="Eve") as session:
        records.edit(session, noun, records.find(session, noun, key), values)


def review(
    ledger: Ledger, key: str, coder: str, verdict: str = "confirmed", variable: str | None = None
) -> None:
    """Sign something."""
    with ledger.write(f"review {key}", author="Eve") as session:
        noun, row = subject(session, key, variable)
        taken = fingerprint(session.connection(), session.study_id, noun, row.id).value
        sign(session, noun, row, taken, coder=coder, verdict=verdict)


def sentences(suspected: Iterable[Suspect]) -> list[str]:
    """Return every change in words, without who and when."""
    return [line.sentence.rpartition(" (")[0] for one in suspected for line in one.changes]


def test_nothing_is_suspect_while_nothing_changed(signed: Ledger) -> None:
    assert found(signed) == []
    for key in ("mid-50", "d1", "t1", "q1"):
        review(signed, key, "ben")
    assert found(signed) == found(signed, "mid-50") == []


def test_a_change_beneath_a_code_names_record_field_who_and_when(signed: Ledger) -> None:
    edit(signed, "quote", "q1", note="A slip of the pen.")
    (one,) = found(signed)
    assert (one.noun, one.key, one.case, one.review, one.coder) == ("decision", "d1", "mid-50", False, "ada")
    assert one.revision == 2
    (line,) = one.changes
    assert (line.record, line.field, line.before, line.after) == (
        "quote q1",
        "note",
        "",
        "A slip of the pen.",
    )
    assert (line.author, line.revision, line.verified) == ("Eve", 3, False)
    assert line.sentence.startswith("quote q1: note nothing → A slip of the pen. (Eve, 20")
    assert one.sentence.startswith("ada decided d1 on 20")
    assert line.sentence in one.sentence
    assert found(signed, "mid-50") == [one]
    assert found(signed, "mid-51") == []


def test_what_changed_beneath_a_code_is_not_told_again_of_who_signed_it(file: Ledger) -> None:
    review(file, "d1", "ben")
    edit(file, "quote", "q1", note="first")
    code, signature = found(file)
    assert code.changes == signature.changes
    assert signature.sentence.endswith("The same changed since.")


def test_what_two_reviewers_did_not_see_is_told_once(file: Ledger) -> None:
    review(file, "q3", "ben")
    review(file, "q3", "cyd")
    edit(file, "quote", "q3", note="first")
    one, other = found(file)
    assert (one.coder, other.coder) == ("ben", "cyd")
    assert one.changes == other.changes
    assert [each.sentence.count("note nothing → first") for each in (one, other)] == [1, 0]
    assert other.sentence.endswith("The same changed since.")


def test_what_is_taken_back_is_no_change(file: Ledger) -> None:
    edit(file, "source", "volume", title="A volume")
    assert named(found(file)) == {"d1"}
    edit(file, "source", "volume", title="volume")
    assert found(file) == []


def test_the_net_change_runs_from_the_first_to_the_last(file: Ledger) -> None:
    for title in ("Second", "Third"):
        edit(file, "source", "memo", title=title)
    assert sentences(found(file)) == ["source memo: title memo → Third"]


def test_what_is_new_beneath_is_told_once_and_not_what_is_beneath_it(file: Ledger) -> None:
    with file.write(author="Eve") as session:
        seen = {"key": "o7", "case": "mid-50", "proposition": "He denied it.", "quotes": ["q3"]}
        records.add(session, "observation", seen)
        bearings = [
            {"observation": "o1", "direction": "for"}, {"observation": "o7", "direction": "against"},
            {"search": "s1", "direction": "against"},
        ]  # fmt: skip
        records.edit(session, "test", records.find(session, "test", "t1"), {"bearings": bearings})
    edit(file, "quote", "q3", note="doubtful")
    assert sentences(found(file)) == ["observation o7 brought to test t1 is new"]
    with file.write() as session:
        records.edit(
            session, "test", records.find(session, "test", "t1"), {"bearings": [bearings[0], bearings[2]]}
        )
    assert found(file) == []


def test_what_is_there_no_longer_is_told(file: Ledger) -> None:
    edit(file, "observation", "o2", quotes=[])
    assert sentences(found(file)) == ["quote q2 under observation o2 was retired"]
    edit(file, "observation", "o2", quotes=["q2"])
    assert found(file) == []


def test_a_link_that_leads_elsewhere_is_told_by_keys(file: Ledger) -> None:
    edit(file, "coder", "ada", source="other")
    edit(file, "source", "other", title="Another")  # beneath it only since
    assert sentences(found(file)) == ["coder ada: source book → other"]


def test_what_is_not_beneath_makes_nothing_suspect(file: Ledger) -> None:
    edit(file, "quote", "q4", note="cited in the narrative only")
    edit(file, "case", "mid-50", title="The strait")
    edit(file, "test", "t2", note="no code relies on it")
    edit(file, "actor", "usa", name="U.S.")
    edit(file, "source", "rand", title="what others published is quoted, not signed")
    assert found(file) == []


def test_signing_again_clears_a_code_whoever_signs_it_or_its_case(file: Ledger) -> None:
    edit(file, "quote", "q1", note="first")
    review(file, "mid-51", "ben", variable="INV")
    assert named(found(file)) == {"d1"}
    review(file, "d1", "ben")
    assert found(file) == []
    edit(file, "quote", "q1", note="second")
    suspected = found(file)
    assert named(suspected) == {"d1", "d1 ben"}
    # Since the decision it was changed twice, and the signature knows the second alone.
    assert [line.before for one in suspected for line in one.changes] == ["", "first"]
    review(file, "mid-50", "cyd")
    assert found(file) == []  # and with the case, what lies beneath it
    with file.read() as (connection, study):
        listed = signatures(connection, study, load(connection, study))
    assert [(one.key, one.coder, one.holds) for one in listed] == [
        ("mid-50", "cyd", True), ("d1", "ben", False), ("far.d", "ben", True),
    ]  # fmt: skip


@pytest.mark.parametrize("verdict", ["disputed", "undecided"])
def test_only_who_confirms_clears(file: Ledger, verdict: str) -> None:
    edit(file, "quote", "q1", note="first")
    review(file, "d1", "ben", verdict)
    assert named(found(file)) == {"d1"}


def test_the_latest_signature_of_a_person_counts_and_the_earlier_is_kept(file: Ledger) -> None:
    review(file, "t1", "ben", "disputed")
    edit(file, "hypothesis", "third", statement="Quite otherwise.")
    assert named(found(file)) == {"d1", "t1 ben"}
    review(file, "t1", "ben", "confirmed")
    assert named(found(file)) == {"d1"}
    with file.read() as (connection, study):
        (listed,) = signatures(connection, study, load(connection, study))
    assert (listed.verdict, listed.holds, listed.earlier) == ("confirmed", True, 1)
    assert file.value("SELECT count(*) FROM review") == 2


def test_a_fingerprint_that_somebody_typed_is_suspect_and_clears_nothing(file: Ledger) -> None:
    edit(file, "quote", "q1", note="first")
    with file.write() as session:
        typed = {
            "noun": "decision",
            "subject": "d1",
            "coder": "ben",
            "verdict": "confirmed",
            "fingerprint": "f" * 64,
        }
        records.add(session, "review", typed, computed=True)
    suspected = {one.review: one for one in found(file)}
    assert sentences([suspected[False]]) == ["quote q1: note nothing → first"]
    assert suspected[True].changes == ()
    assert "it was typed" in suspected[True].sentence


def test_a_signed_case_notices_what_comes_and_what_goes(file: Ledger) -> None:
    review(file, "mid-50", "ben")
    with file.write() as session:
        records.add(
            session, "search", {"key": "s7", "case": "mid-50", "question": "More?", "corpus": "A box"}
        )
    edit(file, "search", "s3", case="mid-51")
    edit(file, "case", "mid-50", narrative="So it was [@q3].", start="1953-03-01")
    (one,) = found(file)
    assert set(sentences([one])) == {
        "case mid-50: narrative So it was [@q4], and [@cited, 3]. → So it was [@q3].",
        "case mid-50: start 1953-02-11 → 1953-03-01",
        "search s3 belongs to case mid-51 now",
        "search s7 is new",
    }


def test_what_left_a_case_and_is_still_beneath_it_is_told_once(file: Ledger) -> None:
    review(file, "mid-50", "ben")
    edit(file, "observation", "o1", case=None)  # brought to a test of mid-50 still
    (one,) = (each for each in found(file) if each.review)
    assert sentences([one]) == ["observation o1: case mid-50 → nothing"]


def test_a_link_to_nothing_is_said_in_words(file: Ledger) -> None:
    edit(file, "coder", "ada", source=None)
    assert sentences(found(file)) == ["coder ada: source book → nothing"]


def test_a_quote_that_was_looked_for_and_found_is_said_to_be_verified(file: Ledger) -> None:
    review(file, "q3", "ben")
    hold(file, "other", "They stood elsewhere that day.")
    (one,) = found(file)
    quote, text = sentences([one])
    assert quote == "quote q3 was verified: exact in first edition"
    assert text.endswith("of source other is held")
    assert one.only_verified
    assert {line.verified for line in one.changes} == {True}


def test_a_quote_that_is_not_found_any_more_is_more_than_a_verification(file: Ledger) -> None:
    review(file, "q3", "ben")
    hold(file, "other", "They stood nowhere.")
    (one,) = found(file)
    assert "quote q3: state no text held → not found" in sentences([one])
    assert not one.only_verified


def test_words_that_come_in_for_a_text_known_by_its_hash_change_nothing(file: Ledger) -> None:
    words = "They stood elsewhere that day."
    digest = hashlib.sha256(words.encode()).hexdigest()
    with file.write("a text without its words") as session:
        session.add(
            Text(source_id=records.find(session, "source", "memo").id, sha256=digest, edition="first")
        )
    review(file, "d1", "ben", "disputed")
    with file.write("the words") as session:
        session.scalars(select(Text).where(Text.sha256 == digest)).one().content = words
    assert [one.key for one in found(file) if one.review] == []
    edit(file, "quote", "q1", note="A slip.")
    assert sentences(one for one in found(file) if one.review) == ["quote q1: note nothing → A slip."]


def hold(ledger: Ledger, source: str, content: str) -> None:
    """Hold a text of a source, and look for the source's quotes in it."""
    with ledger.write("hold", author="Eve") as session:
        row = records.find(session, "source", source)
        digest = hashlib.sha256(content.encode()).hexdigest()
        session.add(Text(source_id=row.id, sha256=digest, content=content, edition="first edition"))
        session.flush()
        look_again(session, source_ids=[row.id])


def test_a_study_read_from_text_keeps_its_signatures(signed: Ledger, tmp_path: Path) -> None:
    review(signed, "mid-50", "ben")
    review(signed, "q1", "cyd", "undecided")
    edit(signed, "source", "rand", title="A changed title")  # beneath the case alone
    with signed.read() as (connection, study):
        write(connection, study, tmp_path / "text")
    other = Ledger(f"sqlite:///{tmp_path / 'other.db'}")
    schema.create(other.url)
    read(other.url, tmp_path / "text", author="Bob", message="read")
    (one,) = found(other)
    assert (one.key, one.coder, one.changes) == ("mid-50", "ben", ())  # its history is another's
    with other.read() as (connection, study):
        listed = signatures(connection, study, load(connection, study))
        again = tmp_path / "again"
        write(connection, study, again)
    assert [(row.key, row.holds, row.verdict) for row in listed] == [
        ("mid-50", False, "confirmed"), ("q1", True, "undecided"),
    ]  # fmt: skip
    assert (again / "reviews.yaml").read_text() == (tmp_path / "text" / "reviews.yaml").read_text()


#: Changes beneath d1 or not, several to the same field, so that some are taken back.
_EDITS = [
    ("quote", "q1", {"note": "a"}), ("quote", "q1", {"note": ""}), ("quote", "q4", {"note": "a"}),
    ("source", "volume", {"title": "a"}), ("source", "volume", {"title": "volume"}),
    ("hypothesis", "interest", {"statement": "a"}), ("hypothesis", "interest", {"statement": "It was interest."}),
    ("observation", "o1", {"quotes": []}), ("observation", "o1", {"quotes": ["q1", "q3"]}),
    ("observation", "o1", {"quotes": ["q1"]}), ("quote", "q3", {"note": "a"}), ("quote", "q3", {"note": ""}),
    ("coder", "ada", {"source": None}), ("coder", "ada", {"source": "book"}), ("source", "book", {"title": "a"}),
    ("hypothesis", "third", {"rivals": []}),
    ("hypothesis", "third", {"rivals": [{"rival": "alliance", "relation": "exclusive"}]}),
]  # fmt: skip


@example(edits=[("hypothesis", "third", {"rivals": [{"rival": "alliance", "relation": "exclusive"}]})])
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.sampled_from(_EDITS), min_size=1, max_size=5))
def test_b_something_changed_if_and_only_if_the_fingerprint_did(file: Ledger, edits: list[Any]) -> None:
    place = Path(file.url.removeprefix("sqlite:///"))
    copy = Ledger(f"sqlite:///{place.with_name('copy.db')}")
    for left in place.parent.glob("copy.db*"):
        left.unlink()
    with (
        closing(sqlite3.connect(place)) as one,
        closing(sqlite3.connect(place.with_name("copy.db"))) as other,
    ):
        one.backup(other)
    before = _fingerprint_of_d1(copy)
    with copy.write() as session:
        for noun, key, values in edits:
            records.edit(session, noun, records.find(session, noun, key), values)
    assert ("d1" in named(found(copy))) == (_fingerprint_of_d1(copy) != before)


def _fingerprint_of_d1(ledger: Ledger) -> str:
    with ledger.read() as (connection, study):
        (one,) = (i for i, row in load(connection, study).decisions.items() if row.key == "d1")
        return fingerprint(connection, study, "decision", one).value


def test_the_past_knows_what_was_suspect_then(file: Ledger) -> None:
    edit(file, "quote", "q1", note="first")
    edit(file, "quote", "q1", note="")
    with file.read() as (connection, study):
        for number, expected in ((2, set()), (3, {"d1"}), (4, set())):
            with history.as_of(connection, study, number) as past:
                (then,) = past.exec_driver_sql("SELECT id FROM study").scalars()
                assert named(suspects(past, then, load(past, then))) == expected


def test_the_statements_do_not_grow_and_what_is_not_beneath_is_not_read(file: Ledger) -> None:
    edit(file, "quote", "q1", note="first")
    review(file, "t1", "ben")
    edit(file, "quote", "q1", note="second")
    numbers = []
    for more in range(2):
        asked: list[str] = []
        hear: Callable[..., None] = lambda *what, asked=asked: asked.append(what[2])  # noqa: E731
        with file.read() as (connection, study):
            chain = load(connection, study)
            event.listen(Engine, "before_cursor_execute", hear)
            assert named(suspects(connection, study, chain)) == {"d1", "t1 ben"}
            event.remove(Engine, "before_cursor_execute", hear)
        numbers.append(len(asked))
        with file.write() as session:
            for number in range(40 * more, 40 * more + 40):
                records.add(session, "quote", {"key": f"more{number}", "source": "other", "words": "more"})
                records.add(session, "case", {"key": f"case{number}", "title": "more"})
    assert numbers[0] == numbers[1] <= 45
