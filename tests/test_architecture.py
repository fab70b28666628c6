"""The house (ARCHITECTURE.md): imports point one way, rooms on one floor do not know each other, help is light."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit import ROOT

#: From the top down; a room may know the floors below its own, and none beside it.
FLOORS = (
    ("cli",),
    ("notebook",),
    ("exchange",),
    ("publish",),
    ("audit",),
    ("coding", "archive", "cases", "study"),
    ("ledger",),
    ("models", "inference"),
    ("dates", "moments", "nearmiss", "stated"),
    ("quoting",),
    ("edges", "elisions", "flows"),
    ("folding", "vocabulary", "errors", "keys", "resources"),
)
LEVEL = {room: len(FLOORS) - level for level, rooms in enumerate(FLOORS) for room in rooms}
DOORS = {"__init__.py", "__main__.py", "cli.py"}
LIBRARY = sorted(
    file
    for file in (ROOT / "evidence").rglob("*.py")
    if file.relative_to(ROOT / "evidence").as_posix() not in DOORS
)
COMMANDS = sorted((ROOT / "cli").rglob("*.py"))


def room(file: Path) -> str:
    if file.is_relative_to(ROOT / "cli"):
        return "cli"
    return file.relative_to(ROOT / "evidence").parts[0].removesuffix(".py")


def imported(file: Path) -> Iterator[str]:
    """Yield every module that a file imports, wherever in the file; names from a package as its modules."""
    package = [*file.relative_to(ROOT).parts[:-1]]
    if package[0] == "cli":
        package.insert(0, "evidence")
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_every_room_has_its_floor() -> None:
    assert {room(file) for file in LIBRARY} <= set(LEVEL)
    assert LIBRARY
    assert COMMANDS


def test_imports_point_one_way() -> None:
    wrong = []
    for file in [*LIBRARY, *COMMANDS]:
        here = room(file)
        for module in imported(file):
            parts = module.split(".")
            there = parts[1] if parts[0] == "evidence" and len(parts) > 1 else here
            if there in LEVEL and there != here and LEVEL[there] >= LEVEL[here]:
                wrong.append(f"{name(file)} imports {module}")
    assert wrong == []


def test_the_library_knows_no_command_line() -> None:
    wrong = []
    for file in LIBRARY:
        known = {
            module
            for module in imported(file)
            if module.split(".")[0] in {"click", "cli", "rich"} or module.startswith("evidence.cli")
        }
        calls = [
            node.func for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)
        ]
        said = {function.id for function in calls if isinstance(function, ast.Name)} & {
            "print",
            "input",
            "exit",
            "breakpoint",
        }
        wrong += [f"{name(file)}: {word}" for word in known | said]
    assert wrong == []


def test_only_a_unit_of_work_commits() -> None:
    assert [name(file) for file in LIBRARY if ".commit(" in file.read_text("utf-8")] == [
        "evidence/ledger/revisions.py"
    ]


DIALECT = re.compile(r"sqlite|postgres|psycopg|pragma", re.IGNORECASE)


def said_by(file: Path) -> Iterator[str]:
    """Yield a file's names and texts, docstrings and comments left out."""
    tree = ast.parse(file.read_text("utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
    yield from imported(file)


def test_only_the_ledger_knows_which_database_it_is() -> None:
    others = [file for file in LIBRARY if room(file) != "ledger" and name(file) != "evidence/models/base.py"]
    assert [
        f"{name(file)}: {said}" for file in others for said in said_by(file) if DIALECT.search(said)
    ] == []


def test_inference_is_pure() -> None:
    for file in (ROOT / "evidence" / "inference").glob("*.py"):
        for module in imported(file):
            top = module.split(".")[0]
            assert top in sys.stdlib_module_names or top == "evidence", f"{file.name} imports {module}"
            assert top not in {"os", "io", "pathlib", "random", "sqlite3", "subprocess", "time"}, (
                f"{file.name} imports {module}"
            )


def test_publishing_never_sees_a_session() -> None:
    for file in (ROOT / "evidence" / "publish").rglob("*.py"):
        for module in imported(file):
            assert not module.startswith(
                ("sqlalchemy.orm", "evidence.models", "evidence.ledger.revisions", "evidence.ledger.records")
            ), f"{file.name} imports {module}"
        assert not {"Session", "Unit"} & set(said_by(file)), file.name


def test_words_are_said_from_the_ledger_without_the_mapped_classes() -> None:
    """``evidence why`` and the appendix read by word; the mapped classes cost as much again to load."""
    script = "import sys; import evidence.ledger.store, evidence.ledger.rows, evidence.audit.why; print('sqlalchemy.orm' in sys.modules, 'evidence.models' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(("line", "code"), [("--help", 0), ("--version", 0), ("wyh", 2)])
def test_help_loads_nothing_but_click(tmp_path: Path, line: str, code: int) -> None:
    script = f"""
import sys
before = set(sys.modules)
sys.argv = ["evidence", {line!r}]
from evidence.cli import main
try:
    main()
except SystemExit as end:
    assert end.code == {code}, end.code
loaded = {{name.split(".")[0] for name in set(sys.modules) - before}}
with open("loaded", "w") as file:
    print(*sorted(loaded - sys.stdlib_module_names), file=file)
    print(*sorted({{"sqlite3", "asyncio", "email", "http", "ssl", "decimal", "subprocess"}} & loaded), file=file)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    third, heavy = (tmp_path / "loaded").read_text("utf-8").splitlines()
    assert set(third.split()) <= {"click", "colorama", "evidence"}
    assert heavy == ""


SOURCES = sorted(
    file
    for folder in ("bench", "cli", "evidence", "migrations", "templates", "tests")
    for file in (ROOT / folder).rglob("*")
    if file.suffix in {".py", ".j2", ".css", ".js"} and "__pycache__" not in file.parts
)


def test_no_file_is_over_400_lines() -> None:
    lines = {name(file): file.read_text("utf-8").count("\n") for file in SOURCES}
    assert {file: count for file, count in lines.items() if count > 400} == {}


def test_names_say_what_they_are() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
    assert [name(file) for file in SOURCES if empty & set(re.split(r"[/_.]", name(file)))] == []
