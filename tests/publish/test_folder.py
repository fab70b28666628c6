"""Writing into a folder: what changed, whole, and never over somebody else's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.errors import EvidenceError
from evidence.publish.folder import MANIFEST, MARK, put, write
from evidence.publish.paths import page_names


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    write(tmp_path, {"index.html": b"one", "cases/a.html": b"a"})
    before = (tmp_path / "cases" / "a.html").stat().st_mtime_ns
    written, unchanged, removed = write(tmp_path, {"index.html": b"two", "cases/a.html": b"a"})
    assert (written, unchanged, removed) == (["index.html"], ["cases/a.html"], [])
    assert (tmp_path / "cases" / "a.html").stat().st_mtime_ns == before


def test_a_page_that_is_gone_is_removed_if_it_is_ours(tmp_path: Path) -> None:
    write(tmp_path, {"index.html": b"one", "cases/a.html": b"a", "cases/b.html": b"b"})
    (tmp_path / "cases" / "b.html").write_bytes(b"changed by hand")
    (tmp_path / "cases" / "mine.html").write_bytes(b"mine")
    _, _, removed = write(tmp_path, {"index.html": b"one"})
    assert removed == ["cases/a.html"]
    assert {file.name for file in (tmp_path / "cases").iterdir()} == {"b.html", "mine.html"}


def test_somebody_elses_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"my site")
    with pytest.raises(EvidenceError, match="not written by this program"):
        write(tmp_path, {"index.html": b"ours", "a.html": b"a"})
    assert (tmp_path / "index.html").read_bytes() == b"my site"
    assert not (tmp_path / "a.html").exists()


def test_one_file_replaces_its_like_and_nobody_elses(tmp_path: Path) -> None:
    file = tmp_path / "thesis.html"
    assert put(file, MARK + b'"> one') is True
    assert put(file, MARK + b'"> two') is True
    assert put(file, MARK + b'"> two') is False
    file.write_bytes(b"my thesis")
    with pytest.raises(EvidenceError, match=r"thesis.html was not written by this program; move it away"):
        put(file, MARK + b'"> three')
    assert file.read_bytes() == b"my thesis"


def test_a_list_that_was_tampered_with_leads_nowhere_else(tmp_path: Path) -> None:
    import hashlib  # noqa: PLC0415

    outside = tmp_path / "outside.html"
    outside.write_bytes(b"x")
    site = tmp_path / "site"
    write(site, {"index.html": b"one"})
    digest = hashlib.sha256(b"x").hexdigest()
    with (site / MANIFEST).open("a") as manifest:
        manifest.write(f"{digest}  ../outside.html\n{digest}  {outside}\n")
    assert write(site, {"index.html": b"one"}) == ([], ["index.html"], [])
    assert outside.exists()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EvidenceError, match="choose another folder"):
        write(tmp_path / "file" / "site", {"index.html": b"one"})


def test_a_new_folder_comes_all_at_once_and_a_killed_run_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / ".site.part"
    left.mkdir()
    (left / MANIFEST).write_text("")
    (left / "half.html").write_text("<p>ha")
    assert write(tmp_path / "site", {"a/b.html": b"b"}) == (["a/b.html"], [], [])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["site"]


def test_names_of_pages_are_safe_and_apart() -> None:
    keys = ["mid-50", "Mid-50", "con", "été", "o'neill", "a+b", "x" * 400, "é" * 60]
    names = page_names(keys)
    assert names["mid-50"] == "mid-50"
    assert names["été"] == "%C3%A9t%C3%A9"
    assert names["o'neill"] == "o%27neill"
    assert names["con"] == "%63on"
    assert len({name.casefold() for name in names.values()}) == len(keys)
    assert all(name.isascii() and len(name) < 200 for name in names.values())
