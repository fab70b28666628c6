"""A rendering that is killed at any moment leaves the site as it was, or one that the next run makes whole."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.publish.folder import write

_OLD = {"index.html": b"old", "cases/a.html": b"a", "cases/gone.html": b"gone", "same.css": b"same"}
_NEW = {"index.html": b"new", "cases/a.html": b"A", "sources/b.html": b"b", "same.css": b"same"}


def killed(work: Callable[[], object], step: int) -> bool:
    """Do something in a process of its own that is killed when it is about to touch the disk for the n-th time."""
    child = os.fork()
    if not child:
        left = [step]

        def watch(event: str, _: object) -> None:
            if event != "os.kill" and event.startswith(("open", "os.", "shutil.")):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def pages(folder: Path) -> dict[str, bytes]:
    """Return what a reader of the site finds: no file that is hidden, or in a hidden folder."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    }


def test_killed_at_any_moment_and_run_again(tmp_path: Path) -> None:
    step, moving = 0, 0
    while True:
        site = tmp_path / str(step) / "site"
        write(site, _OLD)
        if not killed(lambda site=site: write(site, _NEW), step):  # type: ignore[misc]
            break
        if pages(site) != _OLD:  # then the move was begun, which whoever comes next finishes
            moving += 1
            assert (site / ".evidence-part").exists()
        back = step % 2
        write(site, _OLD if back else _NEW)
        assert pages(site) == (_OLD if back else _NEW)
        assert not (site / ".evidence-part").exists()
        step += 1
    assert pages(site) == _NEW
    assert step > 20
    assert moving > 3


def test_a_new_site_that_is_killed_is_not_there_yet(tmp_path: Path) -> None:
    step = 0
    while True:
        site = tmp_path / str(step) / "site"
        if not killed(lambda site=site: write(site, _NEW), step):  # type: ignore[misc]
            break
        assert not site.exists() or pages(site) == _NEW
        write(site, _NEW)
        assert pages(site) == _NEW
        assert {file.name for file in site.parent.iterdir()} == {"site"}
        step += 1
    assert step > 10


def test_killed_while_it_is_made_whole(tmp_path: Path) -> None:
    moment = next(step for step in range(200) if half_moved(tmp_path / f"moment-{step}" / "site", step))
    step = 0
    while True:
        site = tmp_path / str(step) / "site"
        assert half_moved(site, moment)
        if not killed(lambda site=site: write(site, _OLD), step):  # type: ignore[misc]
            break
        write(site, _NEW)
        assert pages(site) == _NEW
        step += 3
    assert step > 20


def half_moved(site: Path, moment: int) -> bool:
    """Kill a rendering at a moment; tell whether it had moved some of the files, and others not yet."""
    write(site, _OLD)
    return killed(lambda: write(site, _NEW), moment) and pages(site) not in (_OLD, _NEW)


def test_two_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    from evidence.errors import EvidenceError  # noqa: PLC0415
    from evidence.publish.folder import site as opened  # noqa: PLC0415

    write(tmp_path / "site", _OLD)
    with opened(tmp_path / "site") as first:
        first.put("index.html", b"first")
        with pytest.raises(EvidenceError, match="Somebody else is writing"):
            write(tmp_path / "site", _NEW)
        first.finish({})
    assert pages(tmp_path / "site") == {"index.html": b"first"}
