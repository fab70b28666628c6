"""recompute: codes beside what the rule gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, paragraph, table
from .session import reads

if TYPE_CHECKING:
    from evidence.coding.recompute import Recomputation, Recomputed


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return recompute


@click.command()
@click.argument("variable")
@click.option(
    "--version", metavar="NAME", help="The version of the scheme to recompute by. [default: the newest]"
)
@click.option("--all", "every", is_flag=True, help="Also show the codes that stay as they are.")
@click.option("--overrides", is_flag=True, help="Show the codes given against the rule, with their reasons.")
@json_option
@reads
def recompute(
    connection: Any,
    study: Any,
    variable: str,
    version: str | None,
    every: bool,
    overrides: bool,
    as_json: bool,
) -> None:
    """Compute the codes on a VARIABLE anew by the scheme's rule, and show which would change.

    The rule is asked of each coder's sub-judgements, and of the tests relied on as they are now: in the version of
    the scheme that the case was coded by, and in the one that is named. Nothing is written: whoever agrees codes
    the case again.

    \b
    Example:
      evidence recompute ALLY --version 2
    """
    from evidence.coding.recompute import recompute as compute

    answer = compute(connection, study, variable, version)
    if as_json:
        print_json(asdict(answer))
    elif overrides:
        _overrides(answer)
    else:
        _answer(answer, every=every)


def _answer(answer: Recomputation, *, every: bool) -> None:
    from evidence.coding.recompute import CHANGES, OVERRIDDEN, SAME, UNKNOWN

    if not answer.codes:
        click.echo(f"Nobody has coded {answer.variable} yet.")
        return
    shown = answer.codes if every else [code for code in answer.codes if code.outcome != SAME]
    table(
        ("CASE", "CODER", "VERSION", "CODE", "RULE NOW", f"BY {answer.version}", "AND SO"),
        (
            (
                code.case,
                code.coder,
                code.version,
                _level(code.code),
                _now(code),
                _level(code.then),
                _so(code),
            )
            for code in shown
        ),
    )
    cases = counted(len({code.case for code in answer.codes}), "case")
    sums = {
        "the same": len(answer.of(SAME)),
        "would change": len(answer.of(CHANGES)),
        "against the rule for a reason": len(answer.of(OVERRIDDEN)),
        "cannot be computed": len(answer.of(UNKNOWN)),
    }
    told = "; ".join(f"{number:,} {what}" for what, number in sums.items() if number)
    click.echo(
        paragraph(
            f"{counted(len(answer.codes), 'code')} of {cases} on {answer.variable}, by version {answer.version}: {told}."
        )
    )


def _level(value: str | None) -> str:
    return "–" if value is None else value


def _now(code: Recomputed) -> str:
    """Return what the rule gives now, and what it gave when the code was decided if that was another."""
    was = f" (was {_level(code.recorded)})" if code.recorded != code.now else ""
    return f"{_level(code.now)}{was}"


def _so(code: Recomputed) -> str:
    said = code.outcome if code.outcome != "same" or not code.override_reason else "same; no override needed"
    return "; ".join([said, *code.lacks])


def _overrides(answer: Recomputation) -> None:
    if not answer.overrides:
        click.echo(f"No code on {answer.variable} was given against the rule.")
        return
    for code in answer.overrides:
        gave = (
            f"where the rule gave {code.recorded}"
            if code.recorded is not None
            else "where the rule gave none"
        )
        click.echo(
            f"{code.case}  {answer.variable} {_level(code.code)}, {gave}  {code.coder} ({code.decision})"
        )
        click.echo(paragraph(code.override_reason, "    ", "    "))
    click.echo(_share(answer.overrides, answer.codes))


def _share(some: Iterable[Any], of: Iterable[Any]) -> str:
    return (
        f"{len(list(some)):,} of {counted(len(list(of)), 'code')} departed from the rule, each for a reason."
    )
