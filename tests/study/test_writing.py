"""What is written: the same bytes from the same ledger, only what changed, and nobody else's files touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.errors import EvidenceError
from evidence.ledger import history, records
from evidence.ledger.revisions import writing
from evidence.ledger.store import reading
from evidence.study import Writing, read, write
from tests.study.test_round_trip import contents


@pytest.fixture
def url(small: Path, sqlite_url: str) -> str:
    """A ledger that has the small study."""
    assert read(sqlite_url, small, author="a", message="founded").founded
    return sqlite_url


def written(url: str, folder: Path) -> Writing:
    with reading(url) as (connection, study):
        return write(connection, study, folder)


def test_a_person_can_read_it(url: str, new_folder: Callable[[], Path]) -> None:
    folder = new_folder()
    written(url, folder)
    assert (folder / "study.yaml").read_text("utf-8") == (
        "key: small\ntitle: A small study\nlanguage: en\ncitation_style: chicago-notes-bibliography\nprofile: published-labels\n"
    )
    assert (folder / "cases.csv").read_text("utf-8").splitlines()[1] == (
        'mid-50,Taiwan Strait,1954-09-03,1955-05-01,deep,COW MID,4.01,COW MID 4.01: 50; COW MID 4.3: 251 (merged),0,"""6"""'
    )
    assert (folder / "hypotheses.yaml").read_text("utf-8") == (
        "- key: h1\n  case: mid-50\n  statement: Allies\n  rivals:\n  - {rival: h2, relation: exclusive}\n- key: h2\n  statement: Interests\n"
    )
    case = (folder / "cases/mid-50.md").read_text("utf-8")
    assert "  words: We stand by them.\n  locator: {page: '315'}\n  first_seen_at: 20" in case
    assert "\n  state: no text held\n" in case
    assert (
        "  declared_at: 2026-11-22T19:10:00Z\n  result: failed\n  bearings:\n  - {search: s1, direction: against}\n"
        in case
    )
    assert case.endswith("---\n\nThe story [@d134.1].\n")


def test_the_same_ledger_gives_the_same_bytes_now_and_of_then(
    url: str, new_folder: Callable[[], Path]
) -> None:
    now, then = new_folder(), new_folder()
    written(url, now)
    with writing(url, None, author="a", message="later") as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Changed"})
    with reading(url) as (connection, study), history.as_of(connection, study, 1) as past:
        write(past, study, then)
    assert contents(now) == contents(then)
    assert written(url, now).written == ["cases.csv"]


def test_only_what_changed_is_written(url: str, new_folder: Callable[[], Path]) -> None:
    folder = new_folder()
    first = written(url, folder)
    assert sorted(first.written) == sorted(contents(folder))
    assert first.files == len(first.written)
    assert written(url, folder) == Writing("small", first.files, [], [])


def test_what_no_longer_belongs_is_removed_if_it_is_ours(url: str, new_folder: Callable[[], Path]) -> None:
    folder = new_folder()
    written(url, folder)
    foreign = {
        "README.md": "mine", "cases/notes.md": "mine", "cases/post.md": "---\ntitle: mine\n---\n", "texts/x.txt": "mine", "data.csv": "mine",
        f"texts/{'a' * 64}.txt": "not what its name says",
    }  # fmt: skip
    ours = {
        "redirects.yaml": "- {noun: case, old: a, new: mid-50}\n", "cases/mid-99.md": "---\nscreening: gone\n---\n\nOld.\n",
        "texts/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824.txt": "hello",
    }  # fmt: skip
    (folder / "texts").mkdir()
    for name, text in (foreign | ours).items():
        (folder / name).write_text(text, encoding="utf-8")
    assert sorted(written(url, folder).removed) == sorted(ours)
    assert contents(folder).keys() > foreign.keys()
    assert not contents(folder).keys() & ours.keys()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("cases.csv", "mine", "cases.csv is in this folder, but no study.yaml"),
        ("study.yaml", "key: other\ntitle: x\n", "this folder holds another study than small"),
        ("study.yaml", "- mine\n", "this folder holds another study than small"),
    ],
)
def test_a_folder_of_something_else_is_left_alone(
    url: str, new_folder: Callable[[], Path], name: str, text: str, sentence: str
) -> None:
    folder = new_folder()
    folder.mkdir()
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(EvidenceError, match=sentence):
        written(url, folder)
    assert contents(folder) == {name: text.encode()}


def test_nothing_is_written_through_a_link(url: str, new_folder: Callable[[], Path], tmp_path: Path) -> None:
    folder = new_folder()
    written(url, folder)
    (tmp_path / "elsewhere").write_text("precious", encoding="utf-8")
    (folder / "coders.yaml").unlink()
    (folder / "coders.yaml").symlink_to(tmp_path / "elsewhere")
    assert written(url, folder).written == ["coders.yaml"]
    assert (tmp_path / "elsewhere").read_text("utf-8") == "precious"
    assert not (folder / "coders.yaml").is_symlink()
    (folder / "cases").rename(tmp_path / "cases")
    (folder / "cases").symlink_to(tmp_path / "cases")
    with pytest.raises(EvidenceError, match="link"):
        written(url, folder)


def test_keys_that_some_file_systems_confuse_have_files_of_their_own(
    new_folder: Callable[[], Path], new_ledger: Callable[[], str], small: Path
) -> None:
    keys = ["Mid-60", "mid-60", "con", "a" * 250, "é"]
    (small / "cases.csv").write_text(
        "key,title\nmid-50,x\n" + "".join(f"{key},x\n" for key in keys), encoding="utf-8"
    )
    for key in keys:
        name = f"{key[:40]}~x.md" if len(key) > 200 else f"{key}.md"
        (small / f"cases/{name}").write_text(
            f"---\nkey: {key}\n---\n\nNarrative of {key}.\n", encoding="utf-8"
        )
    url, folder, other = new_ledger(), new_folder(), new_folder()
    (small / "participants.csv").unlink()
    read(url, small, author="a", message="m")
    written(url, folder)
    names = [name.removeprefix("cases/") for name in contents(folder) if name.startswith("cases/")]
    assert len({name.casefold() for name in names}) == len(names) == 6
    assert sum("~" in name for name in names) == 3
    second = new_ledger()
    read(second, folder, author="a", message="m")
    written(second, other)
    assert contents(folder) == contents(other)
