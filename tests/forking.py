"""Run the program without waiting half a second for its imports each time.

A server of its own loads what the program loads and then waits; each command is a fork of it: a process with
its own folder, environment, streams and exit code, as when a user types it. What depends on how Python
itself is started (its own variables, the locale, the time zone) is run as a new process instead.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.kit import ROOT, Result

__all__ = ["Server", "anew"]

_LONGEST = 300
#: What a fork would not take notice of.
_AT_START = ("PYTHON", "LC_", "LANG", "TZ")
_LOADED = (
    "alembic.command", "click", "jinja2", "markdown_it", "msgspec", "nh3", "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite", "sqlalchemy.orm", "yaml", "evidence.cli", "evidence.models", "evidence.ledger.schema",
    "evidence.ledger.records", "evidence.ledger.history", "evidence.archive.log", "evidence.audit.why",
    "evidence.coding.decide", "evidence.publish.render", "evidence.study.read", "evidence.study.write",
)  # fmt: skip


def anew(line: Sequence[str], cwd: Path, stdin: str, environment: dict[str, str]) -> Result:
    """Run the program as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "evidence", *line],
        cwd=cwd, env=environment, input=stdin, capture_output=True, encoding="utf-8", timeout=_LONGEST, check=False,
    )  # fmt: skip
    return Result(done.stdout, done.stderr, done.returncode)


class Server:
    """A loaded program, waiting to be forked."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.forking"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    def run(
        self, line: Sequence[str], cwd: Path, stdin: str, environment: dict[str, str], *, merged: bool = False
    ) -> Result:
        """Run the program in a fork; ``merged`` puts what it says on both streams into one, in its order."""
        names = {
            n for n in {*environment, *self.environment} if environment.get(n) != self.environment.get(n)
        }
        if any(name.startswith(_AT_START) for name in names):
            return anew(line, cwd, stdin, environment)
        assert self.process.stdin
        assert self.process.stdout
        with tempfile.TemporaryDirectory() as folder:
            streams = [Path(folder, name) for name in ("in", "out", "out" if merged else "err")]
            streams[0].write_text(stdin, encoding="utf-8")
            order = {"line": list(line), "cwd": str(cwd), "env": environment, "streams": [*map(str, streams)]}
            # As bytes that need not be text: a command line is tried with such, too.
            self.process.stdin.write(f"{json.dumps(order)}\n")
            self.process.stdin.flush()
            code = int(self.process.stdout.readline())
            out, err = (stream.read_bytes().decode("utf-8") for stream in streams[1:])
        return Result(out, "" if merged else err, code)

    def stop(self) -> None:
        """End it."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()


def _serve() -> None:
    for name in _LOADED:
        __import__(name)
    for order in sys.stdin:
        child = os.fork()
        if not child:
            _become(json.loads(order))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(order: dict[str, Any]) -> None:
    """Be the program; never return."""
    import atexit  # noqa: PLC0415
    import runpy  # noqa: PLC0415
    import signal  # noqa: PLC0415

    code = 1
    try:
        os.chdir(order["cwd"])
        os.environ.clear()
        os.environ.update(order["env"])
        for number, (name, flags) in enumerate(
            zip(order["streams"], (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT | os.O_APPEND] * 2), strict=True)
        ):
            os.dup2(os.open(name, flags, 0o600), number)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the life of the process
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        sys.argv = ["evidence", *order["line"]]
        signal.alarm(_LONGEST)
        try:
            runpy.run_module("evidence", run_name="__main__", alter_sys=True)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:  # noqa: BLE001 - shown as Python would
            traceback.print_exc()
        atexit._run_exitfuncs()  # noqa: SLF001 - os._exit would leave them out
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve()
