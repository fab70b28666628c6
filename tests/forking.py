"""Run the program without waiting half a second for its imports each time.

A process beside the tests loads what the program loads, and is then the program for one command after the other:
each has its own folder, environment, streams and exit code, as when a user types it. What depends on how Python
itself is started (its own variables, the locale, the time zone) is run as a new process instead; lines of a shell,
which may run several at once, are forks.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.kit import ROOT, Result

__all__ = ["Door", "Server", "anew"]

_LONGEST = 300
#: What a fork would not take notice of.
_AT_START = ("PYTHON", "LC_", "LANG", "TZ")
_LOADED = (
    "alembic.command", "click", "getpass", "jinja2", "markdown_it", "msgspec", "nh3", "psycopg", "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite", "sqlalchemy.orm", "sqlite3", "yaml", "evidence.cli", "evidence.cli.nouns", "evidence.cli.session",
    "evidence.models", "evidence.ledger.schema",
    "evidence.ledger.records", "evidence.ledger.history", "evidence.archive.log", "evidence.audit.why",
    "evidence.coding.decide", "evidence.publish.render", "evidence.study.read", "evidence.study.write",
)  # fmt: skip


_DAY = """
init --study day
actor add usa --name "United States of America" --ccode 2
coder add ada --name Ada
variable add ALLY --label Role --version-file ally.yaml
hypothesis add alliance --statement "The alliance drew it in."
hypothesis add interest --statement "It followed its interests."
case add one --title "A dispute" --start 1954-09-12 --participant usa:A
test declare --case one --hypothesis alliance --rival interest --kind hoop --prediction "They speak of it." --if-false "They do not."
log one --source memo --title "A memorandum" --words "The islands must be held." --at page=1 --shows "They were to be held." --test one.t1 --for
test resolve one.t1 passed --note "They spoke of it."
search add --case one --question "Anything else?" --corpus "The file" --hits 0
code one ALLY 1 --test one.t1 --because "They spoke of it." --coder ada --counter-evidence "None was found." --search one.s1
why one
find islands
check
case list
case show one
history show
history verify
study write folder
render appendix
"""


#: A scheme of two codes.
_ALLY = """
version: 1
scale: nominal
levels: [{value: 0, label: absent}, {value: 1, label: present}]
"""


def anew(line: Sequence[str], cwd: Path, stdin: str, environment: dict[str, str]) -> Result:
    """Run the program as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "evidence", *line],
        cwd=cwd, env=environment, input=stdin, capture_output=True, encoding="utf-8", timeout=_LONGEST, check=False,
    )  # fmt: skip
    return Result(done.stdout, done.stderr, done.returncode)


class Server:
    """A loaded program, waiting for commands."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.forking"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    def run(
        self,
        line: Sequence[str],
        cwd: Path,
        stdin: str,
        environment: dict[str, str],
        *,
        together: bool = False,
    ) -> Result:
        """Run the program; what it prints and what it complains of may be asked for together, as printed."""
        names = {
            n for n in {*environment, *self.environment} if environment.get(n) != self.environment.get(n)
        }
        if any(name.startswith(_AT_START) for name in names):
            return anew(line, cwd, stdin, environment)
        assert self.process.stdin
        assert self.process.stdout
        with tempfile.TemporaryDirectory() as folder:
            streams = [Path(folder, name) for name in ("in", "out", "err")]
            streams[0].write_text(stdin, encoding="utf-8")
            into = [*streams[:2], streams[1] if together else streams[2]]
            order = {"line": list(line), "cwd": str(cwd), "env": environment, "streams": [*map(str, into)]}
            # As bytes that need not be text: a command line is tried with such, too.
            self.process.stdin.write(f"{json.dumps(order)}\n")
            self.process.stdin.flush()
            code = int(self.process.stdout.readline())
            out, err = (
                "" if together and stream == streams[2] else stream.read_bytes().decode("utf-8")
                for stream in streams[1:]
            )
        return Result(out, err, code)

    def close(self) -> None:
        """End it."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)
        if self.process.stdout:
            self.process.stdout.close()


class Door:
    """A loaded program that waits behind a socket, for whoever calls it by a small program of its name.

    So a line for the shell, with pipes and what follows, takes no longer than the program itself: each call is a
    fork that has the caller's own streams.
    """

    def __init__(self, program: Path, environment: dict[str, str]) -> None:
        self.folder = tempfile.TemporaryDirectory()  # a socket's name must be short
        at = str(Path(self.folder.name, "door"))
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.forking", at],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        program.write_text(
            _CLIENT.format(python=sys.executable, door=at, at_start=_AT_START, environment=environment),
            encoding="utf-8",
        )
        program.chmod(0o755)
        assert self.process.stdout
        self.process.stdout.readline()

    def close(self) -> None:
        """End it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()
        self.folder.cleanup()


_CLIENT = """\
#!{python} -IS
import json, os, socket, sys
was = {environment!r}
if any(n.startswith({at_start!r}) and os.environ.get(n) != was.get(n) for n in {{*os.environ, *was}} - {{"LC_CTYPE"}}):
    os.execv(sys.executable, [sys.executable, "-W", "error", "-m", "evidence", *sys.argv[1:]])
order = {{"line": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ)}}
with socket.socket(socket.AF_UNIX) as door:
    door.connect({door!r})
    socket.send_fds(door, [b"."], [0, 1, 2])
    door.sendall(json.dumps(order).encode() + b"\\n")
    code = int(door.makefile().readline())
os._exit(code if code >= 0 else 128 - code)
"""


def _listen(at: str) -> None:
    import select  # noqa: PLC0415
    import signal  # noqa: PLC0415
    import socket  # noqa: PLC0415

    door = socket.socket(socket.AF_UNIX)
    door.bind(at)
    door.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a call ended but its caller
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        asked, _, _ = select.select([door, sys.stdin], [], [])
        if door not in asked:
            door.close()
            return  # whoever began it has gone
        caller, _ = door.accept()
        if os.fork():
            caller.close()
            continue
        door.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _, streams, _, _ = socket.recv_fds(caller, 1, 3)
        order = json.loads(caller.makefile().readline())
        child = os.fork()
        if not child:
            caller.close()
            _end_as({**order, "streams": streams})
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(child, 0)
        caller.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)


def _serve() -> None:
    with (
        os.fdopen(os.dup(0), encoding="utf-8") as orders,
        os.fdopen(os.dup(1), "w", encoding="utf-8") as answers,
    ):
        for order in orders:
            answers.write(f"{_become(json.loads(order))}\n")
            answers.flush()


def _end_as(order: dict[str, Any]) -> None:
    """Be the program in a process of its own; never return."""
    import atexit  # noqa: PLC0415

    code = 1
    try:
        code = _become(order)
        atexit._run_exitfuncs()  # noqa: SLF001 - os._exit would leave them out
    finally:
        os._exit(code)


def _become(order: dict[str, Any]) -> int:
    """Be the program, in its folder, environment and streams; return the code with which it ended."""
    import runpy  # noqa: PLC0415
    import signal  # noqa: PLC0415

    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    flags = (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT | os.O_APPEND] * 2)
    for number, given in enumerate(order["streams"]):
        stream = given if isinstance(given, int) else os.open(given, flags[number], 0o600)
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as it runs
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.argv = ["evidence", *order["line"]]
    signal.alarm(_LONGEST)
    code = 0
    try:
        runpy.run_module("evidence", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - shown as Python would
        traceback.print_exc()
        code = 1
    signal.alarm(0)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _load(*, warm: bool) -> None:
    import gc  # noqa: PLC0415

    from sqlalchemy.orm import configure_mappers  # noqa: PLC0415

    from tests.compiled import share  # noqa: PLC0415

    for module in _LOADED:
        __import__(module)
    configure_mappers()  # or each fork would do it
    share()
    if warm:
        _warm()
    gc.freeze()


def _warm() -> None:
    """Do the work of a day once, so that the tests' own work does not wait for what it has compiled."""
    import contextlib  # noqa: PLC0415
    import io  # noqa: PLC0415
    from importlib import import_module  # noqa: PLC0415

    root = import_module("evidence.cli.app").root

    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            os.chdir(folder)
            Path("ally.yaml").write_text(_ALLY, encoding="utf-8")
            with contextlib.redirect_stderr(said):
                for line in _DAY.strip().splitlines():
                    with contextlib.suppress(SystemExit):  # as 'check' ends where it finds something
                        root(shlex.split(line), prog_name="evidence", standalone_mode=False)
        finally:
            os.chdir(here)


if __name__ == "__main__":
    _load(warm=len(sys.argv) == 1)
    if len(sys.argv) > 1:
        _listen(sys.argv[1])
    else:
        _serve()
