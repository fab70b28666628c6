"""Run the pages: every console block through the real program, in order, in one folder of the page's own.

``python -m tests.docs_run`` writes what the program prints today into the pages, and with it the reference of
the commands and the tree in ARCHITECTURE.md; a person then reads the difference.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import click

from evidence.audit.checks.table import markdown
from tests import forking
from tests.kit import ROOT

__all__ = [
    "ARCHITECTURE", "CHECKS", "PAGES", "REFERENCE", "Step", "checks", "reference", "run_page", "tree", "walk", "with_tree",
]  # fmt: skip

_app = import_module("evidence.cli.app")  # which in a checkout is cli/app.py
ROOT_COMMAND: click.Group = _app.root
PAGES = (
    "README.md",
    "MANUAL.md",
    "docs/archive.md",
    "docs/reasoning.md",
    "docs/publication.md",
    "docs/team.md",
    "docs/exchange.md",
)
REFERENCE = ROOT / "docs" / "reference.md"
CHECKS = ROOT / "docs" / "checks.md"
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
#: What the pages show in place of today, and of the moment.
DAY, TIME = "2026-03-02", "10:15"

_LONGEST = 90
#: What a line has that only a shell knows how to read.
_FOR_A_SHELL = frozenset("|;&<>$`*~{")
_FILE = re.compile(r"<!-- file: (\S+) -->")
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
_HEAD = """\
# Every command

What `--help` says, for each command. This page is generated (`python -m tests.docs_run`); [MANUAL.md](../MANUAL.md) is
the one to read.
"""
_RULES = """\
# Every rule of `evidence check`

What a referee would object to, and who asks for it; [reasoning.md](reasoning.md#what-a-referee-would-object-to) shows the
command. This page is generated (`python -m tests.docs_run`). An id stays the same for good. Works are named here by author and year;
what the rules take from them is in our own words.
"""


@dataclass
class Step:
    """One command of a page: where it stands, what the page shows, and what the program printed."""

    line: int
    command: str
    shown: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)


def run_page(name: str, folder: Path, loaded: forking.Server | None = None) -> tuple[list[Step], str]:
    """Run a page's commands in a folder; return its steps, and the page with what was printed.

    Args:
        name: the page.
        folder: an empty folder.
        loaded: a program that is loaded already, to run commands by.
    """
    lines = (ROOT / name).read_text("utf-8").splitlines()
    files = ROOT / "docs" / Path(name).stem.lower()
    if files.is_dir():
        shutil.copytree(files, folder / "work", dirs_exist_ok=True)
    steps: list[Step] = []
    page: list[str] = []
    at = 0
    with _shell(folder, loaded) as shell:
        while at < len(lines):
            page.append(lines[at])
            at += 1
            named = _FILE.fullmatch(page[-1])
            if named:
                end = _closing(lines, at + 1)
                target = folder / "work" / named[1]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text("".join(f"{line}\n" for line in lines[at + 1 : end]), encoding="utf-8")
                page += lines[at : end + 1]
                at = end + 1
            elif page[-1] == "```console":
                end = _closing(lines, at)
                for step in _steps(lines[at:end], at + 1):
                    step.printed = shell.run(step.command)
                    steps.append(step)
                    page += [f"$ {step.command}", *step.printed]
                page.append("```")
                at = end + 1
    return steps, "\n".join(page) + "\n"


def _closing(lines: list[str], start: int) -> int:
    return lines.index("```", start)


def _steps(lines: list[str], number: int) -> Iterator[Step]:
    step: Step | None = None
    for at, line in enumerate(lines, start=number):
        if line.startswith("$ "):
            if step:
                yield step
            step = Step(at, line[2:])
        elif step and not step.shown and step.command.endswith("\\"):
            step.command += f"\n{line}"
        elif step:
            step.shown.append(line)
    if step:
        yield step


@dataclass
class _Shell:
    """A folder with the program in it, under its own name, as an installation has it."""

    folder: Path
    environment: dict[str, str]
    loaded: forking.Server | None = None

    def run(self, command: str) -> list[str]:
        """Run a command and return the lines that it printed, with stand-ins for what is never the same twice."""
        before = datetime.now(UTC)
        folder = self.folder / "work"
        if self.loaded and command.startswith("evidence ") and not _FOR_A_SHELL.intersection(command):
            line = shlex.split(command.replace("\\\n", ""))[1:]
            printed = self.loaded.run(line, folder, "", self.environment, together=True).stdout
        else:
            printed = subprocess.run(
                ["sh", "-c", command], cwd=folder, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=120, check=False,
            ).stdout  # fmt: skip
        return [line.rstrip() for line in _settled(printed, self.folder, before).splitlines()]


@contextmanager
def _shell(folder: Path, loaded: forking.Server | None) -> Iterator[_Shell]:
    (folder / "work").mkdir(parents=True, exist_ok=True)
    program = folder / "bin" / "evidence"
    program.parent.mkdir()
    environment = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
        "PYTHONPATH": str(ROOT),
        "EVIDENCE_AUTHOR": "scholar",
    } | {name: os.environ[name] for name in ("EVIDENCE_CACHE",) if name in os.environ}
    if not loaded:
        program.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -W error -m evidence "$@"\n', encoding="utf-8"
        )
        program.chmod(0o755)
        yield _Shell(folder, environment)
        return
    with closing(forking.Door(program, environment)):
        yield _Shell(folder, environment, loaded)


def _settled(text: str, folder: Path, before: datetime) -> str:
    """Return what was printed with stand-ins for what is never the same twice."""
    for digest, first in _digests(folder / "work").items():
        stand_in = hashlib.sha256(first.encode()).hexdigest()
        for size in (64, 12, 10):
            text = text.replace(digest[:size], stand_in[:size])
    days = "|".join({f"{before:%Y-%m-%d}", f"{before + timedelta(minutes=2):%Y-%m-%d}"})
    moments = re.compile(rf"(?:{days})(?:([ T])\d\d:\d\d(:\d\d(?:\.\d+)?)?)?")
    text = moments.sub(lambda m: DAY + (f"{m[1]}{TIME}" if m[1] else "") + (":00" if m[2] else ""), text)
    text = re.sub(
        r"^(Try '[^']*) -h' for help", r"\1 --help' for help", text, flags=re.MULTILINE
    )  # as older click says
    return _UUID.sub("01953600-0000-7000-8000-000000000000", text)


def _digests(folder: Path) -> dict[str, str]:
    """Return the digests of all ledgers, each with where it stands first: copies of a ledger share theirs."""
    first: dict[str, str] = {}
    for file in sorted(folder.glob("*.db"), key=lambda file: (file.name != "evidence.db", file.name)):
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as ledger:
            for number, digest in ledger.execute("SELECT number, digest FROM revision ORDER BY number"):
                first.setdefault(digest, f"{file.name} {number}")
    return first


def walk(group: click.Group = ROOT_COMMAND, line: str = "evidence") -> Iterator[tuple[str, click.Command]]:
    """Yield every command with the line that calls it."""
    context = click.Context(group, info_name=line)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        yield f"{line} {name}", command
        if isinstance(command, click.Group):
            yield from walk(command, f"{line} {name}")


def reference() -> str:
    """Return the page with every command's help."""
    parts = [_HEAD]
    for line, command in [("evidence", ROOT_COMMAND), *walk()]:
        context = click.Context(command, info_name=line, terminal_width=100, max_content_width=100)
        context.help_option_names = ["-h", "--help"]
        parts.append(f"\n## {line}\n\n```\n{command.get_help(context)}\n```\n")
    return "".join(parts)


def checks() -> str:
    """Return the page with every rule of ``evidence check``."""
    return f"{_RULES}\n{markdown()}"


def tree() -> Iterator[str]:
    """Yield a line for each room and each module: its name, and the beginning of what its docstring says."""
    for house in ("evidence", "cli"):
        base = ROOT / house
        rooms = sorted(init.parent for init in base.rglob("__init__.py") if init.parent != base)
        for room in (base, *rooms):
            said = "" if room == base else _says(room / "__init__.py")
            yield f"{f'{room.relative_to(ROOT).as_posix()}/':<21} {said}" if said else f"{house}/"
            for file in sorted(room.glob("*.py")):
                if file.name != "__init__.py" or room == base:
                    yield f"  {file.name:<19} {_says(file)}"


def _says(file: Path) -> str:
    said = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").partition("\n")[0].replace("``", "")
    if len(said) > _LONGEST:
        said = said[: max(said.rfind(mark, 20, _LONGEST) for mark in (": ", "; ", ", ", ". "))]
    return said.rstrip(".")


def with_tree(page: str) -> str:
    """Return ARCHITECTURE.md with the tree as it is."""
    before, _, rest = page.partition("```tree\n")
    after = rest.partition("```\n")[2]
    return before + "```tree\n" + "".join(f"{line}\n" for line in tree()) + "```\n" + after


def update() -> None:
    """Write the pages, the reference and the tree anew."""
    plain = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    with closing(forking.Server(plain)) as loaded:
        for name in PAGES:
            with tempfile.TemporaryDirectory() as folder:
                page = run_page(name, Path(folder), None if name == "README.md" else loaded)[1]
                (ROOT / name).write_text(page, encoding="utf-8")
    REFERENCE.write_text(reference(), encoding="utf-8")
    CHECKS.write_text(checks(), encoding="utf-8")
    ARCHITECTURE.write_text(with_tree(ARCHITECTURE.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    update()
