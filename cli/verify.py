"""verify: every quote against the text of its source, and the quotations of a file."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, paragraph
from .session import keep, looking, message_option

if TYPE_CHECKING:
    from evidence.archive.verifying import Checked
    from evidence.ledger.verification import Finding, Reverified

_FINDINGS = 3
#: A progress bar is shown once a job has taken so many seconds.
_PATIENCE = 1.0
_GOOD = ("exact", "typographic", "elided")
_SHOWN = 300


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return verify


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--source", metavar="KEY", help="Only quotes of this source, or of those whose keys begin so.")
@click.option("--case", metavar="KEY", help="Only quotes on which this case rests.")
@click.option("--all", "everything", is_flag=True, help="List every quote, not only what needs a look.")
@click.option("--failed", is_flag=True, help="List only quotes that fail.")
@click.option("--dry-run", is_flag=True, help="Say what would be recorded, and write nothing.")
@json_option
@message_option
@click.pass_context
def verify(
    ctx: click.Context,
    /,
    file: Path | None,
    source: str | None,
    case: str | None,
    everything: bool,
    failed: bool,
    dry_run: bool,
    as_json: bool,
    message: str | None,
) -> None:
    """Verify every quote in the ledger, or every quotation in a FILE, against the texts held.

    Without a FILE, each quote is looked for again, and what changed is recorded. With one (a CSV with a column
    quote and perhaps source and page, a Markdown manuscript, a DOCX), each quotation is looked for and nothing
    is written. A quote is never brought to other words. Exit 3 if any fails.

    \b
    Example:
      evidence verify
      evidence verify --case mid-50 --dry-run
      evidence verify manuscript.docx --json
    """
    if everything and failed:
        raise click.UsageError("--all and --failed exclude each other.", ctx)
    if file is not None and (source or case or dry_run or message):
        raise click.UsageError(
            "--source, --case, --dry-run and --message are of the ledger's quotes, not of a FILE's.", ctx
        )
    if file is not None:
        _verify_file(ctx, file, as_json=as_json, failed=failed)
    else:
        _verify_ledger(
            ctx, source, case, message, dry_run=dry_run, as_json=as_json, everything=everything, failed=failed
        )


def _verify_ledger(
    ctx: click.Context,
    source: str | None,
    case: str | None,
    message: str | None,
    *,
    dry_run: bool,
    as_json: bool,
    everything: bool,
    failed: bool,
) -> None:
    from evidence.archive.verifying import look_at_quotes, verify_quotes

    # Looking takes long and changes nothing: nobody else is kept from writing while it lasts.
    with looking(ctx, here=True) as (connection, study), _progress() as progress:
        seen = look_at_quotes(connection, UUID(str(study)), source=source, case=case, progress=progress)
    due = {one.quote for one in seen if one.due}

    def work(session: Any) -> None:
        # Others may have written since: what is recorded is looked for once more, in the unit that writes it.
        anew = {one.quote: one for one in verify_quotes(session, only=due)}
        seen[:] = [anew.get(one.quote, one) for one in seen]

    if dry_run:
        click.echo("This was a dry run: nothing was written.", err=True)
    elif due:
        keep(ctx, work, message)
    shown = [one for one in seen if one.failed or (not failed and (everything or _needs_a_look(one)))]
    if as_json:
        print_json([_row(one) for one in (shown if failed else seen)])
    else:
        for one in shown:
            click.echo("\n".join(_lines(one)))
    _sum(
        [one.after.state.value if one.looked else "no text held" for one in seen],
        "quote",
        [
            (sum(bool(one.changed) for one in seen), "changed since the last run"),
            (sum(one.misplaced for one in seen), "on another page than said"),
        ],
    )
    if any(one.failed for one in seen):
        raise SystemExit(_FINDINGS)


def _needs_a_look(one: Reverified) -> bool:
    return one.looked and bool(one.changed or one.remarks)


def _sum(states: Sequence[str], noun: str, further: Sequence[tuple[int, str]]) -> None:
    """Say on stderr how many there are of each state."""
    counts = Counter(states)
    parts = [f"{counts[state]:,} {state}" for state in (*_GOOD, "not found", "no text held") if counts[state]]
    parts += [f"{number:,} {what}" for number, what in further if number]
    click.echo(f"{counted(len(states), noun)}{': ' if parts else ''}{', '.join(parts)}.", err=True)


def _lines(one: Reverified) -> Iterator[str]:
    before, after = one.before, one.after
    state = after.state.value if one.looked else "no text held"
    arrow = f"{before.state.value} → " if before.state is not after.state else ""
    where = ", ".join(filter(None, [after.part, f"page {after.page}" if after.page else ""]))
    yield f"{one.quote}: {arrow}{state}{f' ({where})' if where else ''}"
    yield paragraph(f"“{_short(one.words)}”", "    ", "  ")
    changes = [f"{name}: {_said(before, name)} → {_said(after, name)}" for name in _told(one)]
    if changes:
        yield paragraph("; ".join(changes), "    ", "  ")
    for remark in one.remarks:
        yield paragraph(remark, "    ", "  ")


def _told(one: Reverified) -> list[str]:
    """Return what changed besides the state, the two offsets as one."""
    names = ["offsets" if name == "start" else name for name in one.changed if name != "state"]
    if "end" in names and "offsets" not in names:
        names.append("offsets")
    return [name for name in names if name != "end"]


def _said(finding: Finding, name: str) -> str:
    if name == "offsets":
        return "nowhere" if finding.start is None else f"{finding.start}-{finding.end}"
    return str(getattr(finding, name))[:60] or "nothing"


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN // 2]} … {words[-_SHOWN // 2 :]}"


def _row(one: Reverified) -> dict[str, Any]:
    return {
        "quote": one.quote,
        "words": one.words,
        "source": one.source,
        **_found(one.after),
        "state": one.after.state.value if one.looked else "no text held",
        "failed": one.failed,
        "changed": one.changed,
        "before": _found(one.before),
        "remarks": list(one.remarks),
    }


def _found(finding: Finding) -> dict[str, Any]:
    return {
        "state": finding.state.value,
        "part": finding.part or ("body" if finding.start is not None else ""),
        "page": finding.page,
        "start": finding.start,
        "end": finding.end,
        "sha256": finding.sha256,
        "edition": finding.edition,
    }


def _verify_file(ctx: click.Context, file: Path, *, as_json: bool, failed: bool) -> None:
    from evidence.archive.verifying import verify_file

    with looking(ctx) as (connection, study), _progress() as progress:
        seen = verify_file(connection, UUID(str(study)), file, progress=progress)
    shown = [one for one in seen if one.failed or not failed]
    if as_json:
        print_json([_file_row(one) for one in shown])
    else:
        for one in shown:
            click.echo("\n".join(_file_lines(one)))
    _sum(
        [one.state.value for one in seen],
        "quotation",
        [(sum(one.misplaced for one in seen), "on another page than said")],
    )
    if any(one.failed for one in seen):
        raise SystemExit(_FINDINGS)


def _file_lines(one: Checked) -> Iterator[str]:
    part = one.part if one.part != "body" else ""
    where = ", ".join(filter(None, [one.source, part, f"page {one.page}" if one.page else ""]))
    known = f"; quote {one.quote}" if one.quote else ""
    yield f"{replace(one.place, field='')}: {one.state.value}{f' ({where}{known})' if where else ''}"
    yield paragraph(f"“{_short(one.words)}”", "    ", "  ")
    if one.places:
        yield paragraph(f"It stands {len(one.places)} times or more: {'; '.join(one.places)}.", "    ", "  ")
    for remark in one.remarks:
        yield paragraph(remark, "    ", "  ")
    if one.near:
        yield paragraph(f"The nearest, in {one.near[0]}: “{one.near[1].said()}”", "    ", "  ")


def _file_row(one: Checked) -> dict[str, Any]:
    near = None
    if one.near:
        source, found = one.near
        near = {
            "source": source,
            "words": found.words,
            "score": found.score,
            "start": found.start,
            "end": found.end,
            "difference": [{"quoted": edit.quoted, "text": edit.text} for edit in found.difference],
        }
    return {
        "quote": one.words,
        "state": one.state.value,
        "source": one.source or one.given,
        "part": one.part,
        "page": one.page,
        "start": one.start,
        "end": one.end,
        "key": one.quote,
        "file": one.place.file,
        "line": one.place.line,
        "row": one.place.row,
        "failed": one.failed,
        "places": list(one.places),
        "remarks": list(one.remarks),
        "nearest": near,
    }


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Yield what shows progress on a terminal, once a job has taken a while; nothing where there is none."""
    if not sys.stderr.isatty():
        yield None
        return
    began = time.monotonic()
    bars: list[Any] = []

    def show(done: int, of: int) -> None:
        if not bars and time.monotonic() - began > _PATIENCE:
            bars.append(click.progressbar(length=of, label="Quotes", file=sys.stderr))
            bars[0].__enter__()
        if bars:
            bars[0].update(done - bars[0].pos)

    try:
        yield show
    finally:
        for bar in bars:
            bar.__exit__(None, None, None)
