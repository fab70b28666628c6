"""One case's page by itself, and shown while its narrative is written: a real server, asked over the network."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from evidence.ledger import records
from tests.kit import ROOT, Ledger, Run, work_a_case

_PAGE = "/cases/mid-50.html"
_VERSION = re.compile(r'data-version="([^"]+)"')


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    """A ledger with a case, and a test that is not resolved."""
    made = Ledger(sqlite_url)
    made.found()
    with made.write() as session:
        work_a_case(session)
    return made


def test_a_case_is_a_folder_that_stands_by_itself(ledger: Ledger, run: Run, tmp_path: Path) -> None:
    done = run("render", "case", "mid-50", EVIDENCE_LEDGER=ledger.url)
    assert (done.code, done.stdout) == (0, "")
    assert done.stderr.startswith("case-mid-50/cases/mid-50.html is rendered: ")
    page = (tmp_path / "case-mid-50" / "cases" / "mid-50.html").read_text("utf-8")
    assert "/-/" not in page
    assert (tmp_path / "case-mid-50" / "style.css").is_file()
    again = run("render", "case", "mid-50", EVIDENCE_LEDGER=ledger.url)
    assert ": 0 files written, " in again.stderr
    unknown = run("render", "case", "mid-51", EVIDENCE_LEDGER=ledger.url)
    assert (unknown.code, "There is no case 'mid-51'" in unknown.stderr) == (1, True)


def test_a_narrative_in_a_file_is_shown_in_place_of_the_ledgers(
    ledger: Ledger, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "n.md").write_text("---\nkey: mid-50\n---\n\nAs yet unwritten [@memo.1].\n", encoding="utf-8")
    line = ("render", "case", "mid-50", "--output", "out", "--narrative", "n.md")
    assert run(*line, EVIDENCE_LEDGER=ledger.url).code == 0
    assert "As yet unwritten" in (tmp_path / "out" / "cases" / "mid-50.html").read_text("utf-8")
    (tmp_path / "n.md").write_text("---\nkey: mid-50\n---\n\nOne.\n\nTwo [@memo.7].\n", encoding="utf-8")
    wrong = run(*line, EVIDENCE_LEDGER=ledger.url)
    assert wrong.code == 1
    assert wrong.stderr.startswith("Error: n.md, line 7: The narrative of mid-50 cites 'memo.7'")
    assert "As yet unwritten" in (tmp_path / "out" / "cases" / "mid-50.html").read_text("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="a process is ended by a signal")
def test_the_page_is_shown_anew_while_one_writes(ledger: Ledger, tmp_path: Path) -> None:
    draft = tmp_path / "n.md"
    draft.write_text("It began [@memo.1].\n", encoding="utf-8")
    with _watching(ledger, tmp_path, "--narrative", "n.md", "--output", "out") as (process, said, port):
        code, page = _asked(port, _PAGE)
        assert (code, "It began" in page) == (200, True)
        assert _asked(port, "/")[0] == 302
        assert "after.js?version=" in _asked(port, "/-/reload.js")[1]
        assert _asked(port, "/-/after.js?version=of-another-run") == (200, "location.reload();\n")

        version = _VERSION.findall(page)[0]
        draft.write_text("It began [@memo.1].\n\nIt ended [@memo.8].\n", encoding="utf-8")
        assert _asked(port, f"/-/after.js?version={version}") == (200, "location.reload();\n")
        code, page = _asked(port, _PAGE)
        assert code == 500
        assert "n.md, line 3: The narrative of mid-50 cites &#x27;memo.8&#x27;" in page

        version = _VERSION.findall(page)[0]
        draft.write_text("It began [@memo.1].\n\nIt ended [@memo.1].\n", encoding="utf-8")
        assert _asked(port, f"/-/after.js?version={version}") == (200, "location.reload();\n")
        code, page = _asked(port, _PAGE)
        assert (code, "It ended" in page) == (200, True)
        assert said.read_text("utf-8").endswith("Mended.\n")

        version = _VERSION.findall(page)[0]
        with ledger.write() as session:
            case = records.find(session, "case", "mid-50")
            records.edit(session, "case", case, {"title": "The strait, retitled"})
        assert _asked(port, f"/-/after.js?version={version}") == (200, "location.reload();\n")
        assert "The strait, retitled" in _asked(port, _PAGE)[1]
        written = (tmp_path / "out" / "cases" / "mid-50.html").read_text("utf-8")
        assert "The strait, retitled" in written
        assert "/-/" not in written

        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert "Traceback" not in said.read_text("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="a process is ended by a signal")
def test_nobody_else_is_answered_and_no_file_is_reached(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("a secret", encoding="utf-8")
    with _watching(ledger, tmp_path) as (process, _, port):
        assert _asked(port, _PAGE)[0] == 200
        assert _asked(port, _PAGE, host=f"localhost:{port}")[0] == 200
        for host in (
            "evil.example",
            f"evil.example:{port}",
            "127.0.0.1:1",
            "",
            f"127.0.0.1.evil.example:{port}",
        ):
            assert _asked(port, _PAGE, host=host)[0] == 421
        assert _asked(port, "http://[x")[0] == 400
        for path in ("/../secret.html", "/%2e%2e/secret.html", "/cases/../../secret.html", "//secret.html", "/secret.html",
                     "/..%2fsecret.html", "/cases/mid-50.html/../../secret.html"):  # fmt: skip
            code, page = _asked(port, path)
            assert (code, "a secret" in page) == (404, False)
        assert not list((tmp_path).glob("case-*"))
        taken = subprocess.run(
            [sys.executable, "-m", "evidence", "render", "case", "mid-50", "--watch", "--port", str(port)],
            cwd=tmp_path, env=_environment(ledger, tmp_path), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert taken.returncode == 1
        assert f"Port {port} cannot be used" in taken.stderr
        assert process.poll() is None
        with socket.create_connection(("127.0.0.1", port)) as other:
            assert other.getpeername()[0] == "127.0.0.1"
        process.terminate()
        assert process.wait(60) == 0


def _asked(port: int, path: str, host: str | None = None) -> tuple[int, str]:
    """Ask the server on this machine, by whatever name."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", f"127.0.0.1:{port}" if host is None else host)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _environment(ledger: Ledger, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8",
        "EVIDENCE_LEDGER": ledger.url, "EVIDENCE_AUTHOR": "Tester",
    }  # fmt: skip


@contextmanager
def _watching(
    ledger: Ledger, folder: Path, *options: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path, int]]:
    """Start a real process that shows the case, and give it with the file of what it says, and its port."""
    said = folder / "said"
    line = [sys.executable, "-m", "evidence", "render", "case", "mid-50", "--watch", "--port", "0", *options]
    with said.open("w") as stream:
        process = subprocess.Popen(
            line, cwd=folder, env=_environment(ledger, folder), stdout=stream, stderr=stream
        )
        try:
            _until(lambda: "is shown at http://127.0.0.1:" in said.read_text("utf-8"), process)
            yield process, said, int(re.findall(r"127\.0\.0\.1:(\d+)/", said.read_text("utf-8"))[0])
        finally:
            process.kill()
            process.wait(60)


def _until(done: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait until something is so, while the process goes on."""
    end = time.monotonic() + 60
    while not done():
        assert process.poll() is None, "the process ended by itself"
        assert time.monotonic() < end, "nothing came of it in a minute"
        time.sleep(0.05)
