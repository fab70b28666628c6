"""Run the program many times: loaded once, then forked for each line of arguments, each a process of its own.

Most of a short command's time goes into loading the program. What a command does once it is loaded is the same
here; that it loads by itself is shown wherever a page's command goes through the shell.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import NoReturn

_app = import_module("evidence.cli.app")
#: Loaded by commands when they run.
_HEAVY = (
    "audit.why",
    "coding.decide",
    "coding.tests",
    "ledger.schema",
    "publish.render",
    "study.read",
    "study.write",
)


def serve() -> None:
    """Run each line of standard input, a JSON list of a file for the output and of arguments; answer the exit status."""
    for module in sorted({module for module, _ in _app.COMMANDS.values()}):
        import_module(f"evidence.cli.{module}")
    for module in _HEAVY:
        import_module(f"evidence.{module}")
    for line in sys.stdin:
        output, *arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(output, arguments)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


def _become(output: str, arguments: list[str]) -> NoReturn:
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["evidence", *arguments]
    status = 1
    try:
        _app.main()
        status = 0
    except SystemExit as done:
        status = done.code if isinstance(done.code, int) else 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
