"""A folder that is read into a study which is there already: only what differs is written, and it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from evidence.errors import MethodError, ValueRefused
from evidence.ledger import history, proving, records
from evidence.ledger.revisions import writing
from evidence.ledger.store import reading
from evidence.models import Alias, Case, Search, Source, Test
from evidence.study import Reading, read, write
from evidence.study.gather import gather
from tests.study.test_round_trip import contents


@pytest.fixture
def url(small: Path, sqlite_url: str) -> str:
    """A ledger that has the small study."""
    assert read(sqlite_url, small, author="a", message="founded").founded
    return sqlite_url


def again(url: str, folder: Path, **options: Any) -> Reading:
    return read(url, folder, author="b", message="read again", **options)


def change(folder: Path, file: str, right: str, wrong: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")


def revisions(url: str) -> int:
    with reading(url) as (connection, study):
        assert not list(proving.verify(connection, study))
        return len(history.entries(connection, study))


def values(url: str, noun: str, key: str) -> dict[str, Any]:
    with reading(url) as (connection, study):
        return next(
            entry.values for entry in gather(connection, study).of(noun) if entry.values["key"] == key
        )


def test_the_same_folder_changes_nothing(url: str, small: Path) -> None:
    """Not even where moments and defaults were filled in by the program."""
    came = again(url, small)
    assert came == Reading(study="small")
    assert revisions(url) == 1


def test_what_differs_is_written_and_nothing_else(url: str, small: Path) -> None:
    change(small, "cases.csv", "Another,1956,", "Yet another,,")
    change(small, "cases.csv", '"""6"""', "6")
    change(small, "study.yaml", "A small study", "A study")
    change(small, "hypotheses.yaml", "exclusive", "coincident")
    change(small, "coders.yaml", "name: Ann", "name: Ann\n- key: ben\n  name: Ben")
    came = again(url, small)
    assert came.added == {"coder": ["ben"]}
    assert came.changed == {"case": ["mid-50", "mid-51"], "hypothesis": ["h1"]}
    assert revisions(url) == 2
    assert values(url, "case", "mid-51") == {"key": "mid-51", "title": "Yet another", "status": "screen"}
    assert not again(url, small).wrote
    with reading(url) as (connection, study):
        touched = {(d.noun, d.key, d.field) for d in history.differences(connection, study, 1, 2)}
    assert any(noun == "rivalry" for noun, *_ in touched)
    assert not any(noun in ("test", "decision", "participation") for noun, *_ in touched)


def test_a_dry_run_asks_every_law_and_writes_nothing(url: str, small: Path) -> None:
    change(small, "cases.csv", "Another", "Yet another")
    came = again(url, small, dry_run=True)
    assert came.wrote
    assert came.changed == {"case": ["mid-51"]}
    assert revisions(url) == 1
    change(small, "participants.csv", "chn,B", "chn,C")
    with pytest.raises(ValueRefused, match=r"participants.csv, line 3: side 'C'"):
        again(url, small, dry_run=True)


def test_what_the_folder_lacks_is_reported_and_retired_only_when_asked(url: str, small: Path) -> None:
    change(small, "cases.csv", "mid-51,Another,1956,,,,,,,\n", "")
    came = again(url, small)
    assert (came.wrote, came.missing, came.retired) == (False, {"case": ["mid-51"]}, False)
    came = again(url, small, prune=True)
    assert (came.wrote, came.missing, came.retired) == (True, {"case": ["mid-51"]}, True)
    assert "retired_at" in values(url, "case", "mid-51")
    assert again(url, small, prune=True) == Reading(study="small")
    assert revisions(url) == 2


def test_a_record_that_comes_back_is_in_use_again(url: str, small: Path) -> None:
    with writing(url, None, author="a", message="retire") as session:
        records.retire(session, records.find(session, "case", "mid-51"))
    assert again(url, small).changed == {"case": ["mid-51"]}
    assert "retired_at" not in values(url, "case", "mid-51")


def test_a_decision_stands_as_it_was_made(url: str, small: Path) -> None:
    change(small, "cases/mid-50.md", "rationale: So", "rationale: Otherwise")
    with pytest.raises(MethodError, match=r"cases/mid-50.md, line 28.*decision d1 stands as it was made"):
        again(url, small)
    assert revisions(url) == 1


def test_a_test_that_says_something_new_is_declared_anew(url: str, small: Path) -> None:
    """The moment in the folder was true of the old words; typing it again does not make it true of the new."""
    change(small, "cases/mid-50.md", "prediction: It is said", "prediction: It was said")
    again(url, small)
    assert values(url, "test", "t1")["declared_at"] > "2026-11-22T19:10:00Z"
    assert not again(url, small).wrote
    with writing(url, None, author="a", message="") as session:
        declared = session.scalars(select(Test.declared_at)).one()
        assert declared > session.scalars(select(Search.first_seen_at)).one()


def test_a_renamed_case_keeps_its_row(url: str, small: Path) -> None:
    with reading(url) as (connection, _):
        row_id = connection.execute(select(Case.id).where(Case.key == "mid-50")).scalar_one()
    for file in small.rglob("*.csv"):
        file.write_text(file.read_text("utf-8").replace("mid-50,", "mid-2050,"), encoding="utf-8")
    (small / "cases/mid-50.md").rename(small / "cases/mid-2050.md")
    (small / "redirects.yaml").write_text("- {noun: case, old: mid-50, new: mid-2050}\n", encoding="utf-8")
    came = again(url, small)
    assert came.renamed == [("case", "mid-50", "mid-2050")]
    assert not came.added
    assert not came.missing
    with reading(url) as (connection, _):
        assert connection.execute(select(Case.id).where(Case.key == "mid-2050")).scalar_one() == row_id
    # hypotheses.yaml still says mid-50: the old key leads there.
    assert values(url, "hypothesis", "h1")["case"] == "mid-2050"
    assert not again(url, small).wrote
    assert revisions(url) == 2


def test_a_key_that_has_moved_does_not_move_again(url: str, small: Path) -> None:
    with writing(url, None, author="a", message="rename") as session:
        records.rename(session, "coder", records.find(session, "coder", "ann"), "anne")
    change(small, "coders.yaml", "key: ann", "key: anne")
    change(small, "coders.yaml", "name: Ann", "name: Ann\n- {key: ben, name: Ben}")
    (small / "redirects.yaml").write_text("- {noun: coder, old: ann, new: ben}\n", encoding="utf-8")
    with pytest.raises(ValueRefused, match=r"redirects.yaml, line 1.*in the ledger ann leads to anne"):
        again(url, small)


def test_a_number_moves_to_the_case_that_it_was_merged_into(url: str, small: Path) -> None:
    change(small, "cases.csv", "; COW MID 4.3: 251 (merged)", "")
    change(
        small,
        "cases.csv",
        "mid-51,Another,1956,,,,,,,\n",
        "mid-51,Another,1956,,,,,,,\nmid-52,New,,,,,,COW MID 4.3: 251 (merged),,\n",
    )
    came = again(url, small)
    assert came.added == {"case": ["mid-52"]}
    with reading(url) as (connection, _):
        found = (
            select(Case.key, Alias.retired_at)
            .join(Alias, Alias.case_id == Case.id)
            .where(Alias.number == "251")
        )
        assert [tuple(row) for row in connection.execute(found)] == [("mid-52", None)]
    assert not again(url, small).wrote
    assert revisions(url) == 2


def test_words_of_a_text_are_never_taken_away(url: str, small: Path) -> None:
    sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # hello
    (small / "texts.yaml").write_text(f"- source: d134\n  sha256: {sha256}\n", encoding="utf-8")
    assert again(url, small).added == {"text": [f"d134 {sha256}"]}
    (small / "texts").mkdir()
    (small / f"texts/{sha256}.txt").write_text("hello", encoding="utf-8")
    assert again(url, small).changed == {"text": [f"d134 {sha256}"]}
    (small / f"texts/{sha256}.txt").unlink()
    assert not again(url, small).wrote
    assert revisions(url) == 3


def test_quotes_keep_what_was_found_if_the_folder_says_nothing_of_it(url: str, small: Path) -> None:
    with writing(url, None, author="a", message="verify") as session:
        quote = records.find(session, "quote", "d134.1")
        records.edit(session, "quote", quote, {"state": "exact", "text_start": 3}, computed=True)
    assert not again(url, small).wrote
    assert values(url, "quote", "d134.1")["state"] == "exact"


def test_sources_are_not_derived_in_a_circle(url: str, small: Path) -> None:
    change(small, "sources.json", '{"tier": "primary"}', '{"tier": "primary", "derived_from": "d135"}')
    with pytest.raises(
        MethodError, match=r"sources.json, line \d: source d13\d is derived from itself in a circle"
    ):
        again(url, small)
    with reading(url) as (connection, _):
        assert connection.execute(select(Source.derived_from_id).where(Source.key == "d134")).scalar() is None


def test_two_studies_share_a_ledger(url: str, small: Path, new_folder: Callable[[], Path]) -> None:
    change(small, "study.yaml", "key: small", "key: other")
    assert again(url, small).founded
    with reading(url, "other") as (connection, study):
        assert write(connection, study, new_folder()).study == "other"


def test_both_engines_hold_the_same(
    small: Path, ledger_url: str, new_ledger: Callable[[], str], new_folder: Callable[[], Path]
) -> None:
    first, folders = new_ledger(), (new_folder(), new_folder())
    read(first, small, author="a", message="m")
    for url, folder in zip((first, ledger_url), folders, strict=True):
        if url is ledger_url:
            assert read(url, folders[0], author="a", message="m").founded
        with reading(url) as (connection, study):
            write(connection, study, folder)
            assert not list(proving.verify(connection, study))
    assert contents(folders[0]) == contents(folders[1])
