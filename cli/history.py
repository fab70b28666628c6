"""history: show, verify, diff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, facts, paragraph, table
from .session import reads, say

if TYPE_CHECKING:
    from evidence.audit.told import Telling
    from evidence.ledger.history import Difference

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
@click.option("--fields", is_flag=True, help="Field by field, as the rows have them, and not in words.")
@json_option
@reads
def show(connection: Any, study: Any, revision: str | None, fields: bool, as_json: bool) -> None:
    """List the revisions, or tell what one REVISION changed.

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
                (
                    e.number,
                    e.digest[:10],
                    f"{e.made_at:%Y-%m-%d %H:%M}",
                    e.author,
                    e.changes,
                    e.message.partition("\n")[0],
                )
                for e in entries
            ]
            table(["NO.", "DIGEST", "WHEN (UTC)", "WHO", "ROWS", "WHY"], rows)
        return
    number = past.number_of(connection, study, revision)
    entry = next(entry for entry in entries if entry.number == number)
    if as_json:
        changes = list(past.changed_by(connection, study, number))
        print_json({**asdict(entry), "rows": changes, **_telling(_one(connection, study, number))})
        return
    click.echo(
        f"revision {entry.number}  {entry.digest}\n{entry.made_at:%Y-%m-%d %H:%M:%S} UTC, {entry.author}, evidence {entry.tool_version}"
    )
    for line in entry.message.splitlines():
        click.echo(paragraph(line))
    if not fields:
        click.echo()
        _tell(_one(connection, study, number))
        return
    for change in past.changed_by(connection, study, number):
        click.echo(f"\n{'new' if change['before'] is None else 'changed'} {change['name']}")
        kept = {
            k: v for k, v in change["after"].items() if v not in (None, "", [], {}) and k not in _PLUMBING
        }
        facts(kept, "  ")


@history.command()
@click.option(
    "--head",
    metavar="DIGEST",
    default="",
    help="A digest noted elsewhere, such as one printed in an appendix.",
)
@json_option
@reads
def verify(connection: Any, study: Any, head: str, as_json: bool) -> None:
    """Check that every revision and every row is as it was written; exit 3 if not.

    The newest revision, rewritten together with its digest, is found only by a digest that was noted elsewhere.

    \b
    Example:
      evidence history verify
      evidence history verify --head 6a23d898cb
    """
    from evidence.ledger import history as past
    from evidence.ledger.proving import verify as verified
    from evidence.ledger.roles import require_sight

    require_sight(connection, "the history can be verified")
    findings = list(verified(connection, study, head))
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
    last = entries[-1].digest if entries else "none"
    say(
        f"{'The one revision holds' if len(entries) == 1 else f'All {len(entries)} revisions hold'}. Head: {last}"
    )
    if head:
        say(f"The digest noted is that of revision {past.number_of(connection, study, head)}.")


@history.command()
@click.argument("one")
@click.argument("other")
@click.option("--fields", is_flag=True, help="Field by field, as the rows have them, and not in words.")
@json_option
@reads
def diff(connection: Any, study: Any, one: str, other: str, fields: bool, as_json: bool) -> None:
    """Tell what changed between two revisions, ONE and OTHER: codes first, with their reasons.

    \b
    Example:
      evidence history diff 3 5
    """
    from evidence.audit.told import between
    from evidence.ledger import history as past

    numbers = (past.number_of(connection, study, one), past.number_of(connection, study, other))
    if as_json:
        found = [asdict(difference) for difference in past.differences(connection, study, *numbers)]
        print_json({**_telling(between(*_states(connection, study, numbers))), "fields": found})
    elif fields:
        _fields(past.differences(connection, study, *numbers))
    else:
        if numbers[0] > numbers[1]:
            say(f"Told in the order of time, from revision {numbers[1]} to {numbers[0]}.")
        _tell(between(*_states(connection, study, numbers)))


def _one(connection: Any, study: Any, number: int) -> Telling:
    """Return what one revision changed."""
    from evidence.audit.told import between
    from evidence.ledger.history import parents_of, to_tell

    # Of a merge: what came into the ledger that was merged into.
    before = [to_tell(connection, study, parent) for parent in parents_of(connection, study, number)[:1]]
    return between(before[0] if before else {}, to_tell(connection, study, number))


def _states(connection: Any, study: Any, numbers: tuple[int, int]) -> tuple[Any, Any]:
    """Return the states after two revisions, the earlier first."""
    from evidence.ledger.history import to_tell

    first, last = sorted(numbers)
    return to_tell(connection, study, first), to_tell(connection, study, last)


def _telling(telling: Telling) -> dict[str, Any]:
    return {
        "told": [
            {"part": line.part, "case": line.case, "said": line.said, "keys": line.keys}
            for line in telling.lines
        ],
        "other": [{"record": record, "field": field} for record, field in telling.other],
    }


def _tell(telling: Telling) -> None:
    for part in dict.fromkeys(line.part for line in telling.lines):
        click.echo(click.style(part[0].upper() + part[1:], bold=True))
        for line in telling.lines:
            if line.part == part:
                click.echo(paragraph(line.said, "      ", "  "))
    if telling.other:
        named = ", ".join(
            f"{field.replace('_', ' ')}{f' ({number})' if number > 1 else ''}"
            for field, number in telling.names_of_other()
        )
        click.echo(paragraph(f"{counted(len(telling.other), 'other change')}: {named}.", "  ", ""))
    elif not telling.lines:
        say("Nothing differs.")


def _fields(found: Iterable[Difference]) -> None:
    kept = [difference for difference in found if _said(difference.before) != _said(difference.after)]
    for name in dict.fromkeys(difference.key for difference in kept):
        click.echo(name)
        for difference in (d for d in kept if d.key == name):
            click.echo(
                paragraph(
                    f"{difference.field}: {_said(difference.before)} → {_said(difference.after)}",
                    "      ",
                    "  ",
                )
            )
    if not kept:
        say("Nothing differs.")


def _said(value: Any) -> str:
    return "nothing" if value in (None, "", [], {}) else str(value)
