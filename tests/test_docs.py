"""What the pages say is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from tests.docs_run import (
    ARCHITECTURE,
    CHECKS,
    PAGES,
    REFERENCE,
    checks,
    reference,
    run_page,
    walk,
    with_tree,
)
from tests.forking import Server
from tests.kit import ROOT

UPDATE = "read the difference, then run python -m tests.docs_run"
ALL_PAGES = (
    "README.md",
    "MANUAL.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/archive.md",
    "docs/reasoning.md",
    "docs/publication.md",
    "docs/team.md",
    "docs/exchange.md",
    "docs/checks.md",
    "docs/study-as-text.md",
)
COMMANDS = dict(walk())


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_the_program_prints(page: str, tmp_path: Path, loaded: Server | None) -> None:
    steps, _ = run_page(page, tmp_path, None if page == "README.md" else loaded)
    assert len(steps) >= 10, f"{page} runs hardly anything"
    wrong = [
        f"{page}, line {step.line}: $ {step.command}\n  shown:   {step.shown}\n  printed: {step.printed}"
        for step in steps
        if step.shown != step.printed
    ]
    assert not wrong, f"{UPDATE}:\n" + "\n".join(wrong)
    met = [step.command for step in steps if "did not expect" in "".join(step.printed)]
    assert not met, "the program met something that it did not expect"


def test_the_worked_case_takes_ten_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("$ evidence ")]
    assert len(lines) == 10
    assert lines[0].startswith("$ evidence init ")
    assert lines[-1].startswith("$ evidence render appendix")


def test_the_reference_is_what_help_says() -> None:
    assert REFERENCE.read_text("utf-8") == reference(), UPDATE


def test_the_rules_are_those_that_check_has() -> None:
    assert CHECKS.read_text("utf-8") == checks(), UPDATE


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_has_help_an_example_and_a_place_in_the_manual(line: str) -> None:
    command = COMMANDS[line]
    assert command.help
    assert "Example:" in command.help, f"{line} has no example"
    assert re.search(rf"^\s*{line}\b", command.help.partition("Example:")[2], re.MULTILINE)
    manual = "".join((ROOT / name).read_text("utf-8") for name in PAGES)
    place = re.search(
        rf"^\$ {line}\b|^\$ evidence --ledger \S+ {line.removeprefix('evidence ')}\b", manual, re.MULTILINE
    )
    assert place, f"no page runs {line}"


@pytest.mark.parametrize("line", COMMANDS)
def test_every_option_says_what_it_is(line: str) -> None:
    for parameter in COMMANDS[line].params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert parameter.help, f"{line} {parameter.opts[0]} has no help"


@pytest.mark.parametrize("page", ALL_PAGES)
def test_commands_and_options_that_a_page_names_are_there(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    options = {
        name
        for command in COMMANDS.values()
        for parameter in command.params
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    options |= {"--help", "--json", "--ledger", "--study", "--author", "--version"}
    for named in re.findall(r"`evidence((?: [a-z]+)+)", text):
        words = named.split()
        assert f"evidence {words[0]}" in COMMANDS, f"{page} names `evidence{named}`"
        if isinstance(COMMANDS[f"evidence {words[0]}"], click.Group) and len(words) > 1:
            assert f"evidence {words[0]} {words[1]}" in COMMANDS, f"{page} names `evidence{named}`"
    for named in re.findall(r"(?<=`)--[a-z][a-z-]+", text):
        assert named in options, f"{page} names {named}"


@pytest.mark.parametrize("page", [*ALL_PAGES, "docs/manual/README.md", "docs/reference.md"])
def test_links_lead_somewhere(page: str) -> None:
    file = ROOT / page
    text = file.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (file.parent / target).exists(), f"{page} links to {target}"
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        assert anchor in headings, f"{page} links to #{anchor}"


def test_the_architecture_has_a_line_for_each_module() -> None:
    page = ARCHITECTURE.read_text("utf-8")
    assert page == with_tree(page), UPDATE
    assert "  laws.py  " in page
