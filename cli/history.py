"""history: show, verify, diff."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, facts, paragraph, table
from .session import reads, say

_FINDINGS = 3
#: What every row has, and no reader wants to see.
_PLUMBING = ("id", "study_id")


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return history


@click.group()
def history() -> None:
    """What was done to the study, by whom, and whether it still holds.

    \b
    Example:
      evidence history verify
    """


@history.command()
@click.argument("revision", required=False)
@json_option
@reads
def show(connection: Any, study: Any, revision: str | None, as_json: bool) -> None:
    """List the revisions, or show what one REVISION changed.

    \b
    Example:
      evidence history show 12
    """
    from evidence.ledger import history as past

    entries = past.entries(connection, study)
    if revision is None:
        if as_json:
            print_json([asdict(entry) for entry in entries])
        else:
            rows = [
                (e.number, e.digest[:10], f"{e.made_at:%Y-%m-%d %H:%M}", e.author, e.changes, e.message)
                for e in entries
            ]
            table(["NO.", "DIGEST", "WHEN (UTC)", "WHO", "ROWS", "WHY"], rows)
        return
    number = past.number_of(connection, study, revision)
    changes = list(past.changed_by(connection, study, number))
    if as_json:
        print_json({**asdict(entries[number - 1]), "rows": changes})
        return
    entry = entries[number - 1]
    click.echo(
        f"revision {entry.number}  {entry.digest}\n{entry.made_at:%Y-%m-%d %H:%M:%S} UTC, {entry.author}, evidence {entry.tool_version}"
    )
    click.echo(paragraph(entry.message))
    for change in changes:
        click.echo(f"\n{'new' if change['before'] is None else 'changed'} {change['name']}")
        kept = {
            k: v for k, v in change["after"].items() if v not in (None, "", [], {}) and k not in _PLUMBING
        }
        facts(kept, "  ")


@history.command()
@json_option
@reads
def verify(connection: Any, study: Any, as_json: bool) -> None:
    """Check that every revision and every row is as it was written; exit 3 if not.

    \b
    Example:
      evidence history verify
    """
    from evidence.ledger import history as past

    findings = list(past.verify(connection, study))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{finding.rule}  {finding.subject}: {finding.message}")
    if findings:
        revisions = counted(past.count(connection, study), "revision")
        click.echo(f"{counted(len(findings), 'finding')} in {revisions}.", err=True)
        raise SystemExit(_FINDINGS)
    entries = past.entries(connection, study)
    head = entries[-1].digest if entries else "none"
    say(f"All {len(entries)} revisions hold. Head: {head}")


@history.command()
@click.argument("one")
@click.argument("other")
@json_option
@reads
def diff(connection: Any, study: Any, one: str, other: str, as_json: bool) -> None:
    """Show what changed between two revisions, ONE and OTHER.

    \b
    Example:
      evidence history diff 3 5
    """
    from evidence.ledger import history as past

    numbers = (past.number_of(connection, study, one), past.number_of(connection, study, other))
    found = list(past.differences(connection, study, *numbers))
    if as_json:
        print_json([asdict(difference) for difference in found])
        return
    found = [difference for difference in found if _said(difference.before) != _said(difference.after)]
    for name in dict.fromkeys(difference.key for difference in found):
        click.echo(name)
        for difference in (d for d in found if d.key == name):
            click.echo(
                paragraph(
                    f"{difference.field}: {_said(difference.before)} → {_said(difference.after)}",
                    "      ",
                    "  ",
                )
            )
    if not found:
        say("Nothing differs.")


def _said(value: Any) -> str:
    return "nothing" if value in (None, "", [], {}) else str(value)
