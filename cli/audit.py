"""audit: one case as a document for a referee, or the study as a whole in numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import json_option
from .output import as_json as print_json
from .session import reads, say, templates_option


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return audit


@click.command()
@click.argument("case", required=False)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The document to write. [default: audit-CASE.html]",
)
@templates_option
@json_option
@reads
def audit(
    connection: Any, study: Any, case: str | None, output: Path | None, templates: Path | None, as_json: bool
) -> None:
    """Put all that the codes of a CASE rest on into one document, to hand to a referee.

    The document is one HTML file that needs no network: the codes with their reasons, every quote in its context,
    every search, what would shake the codes, other codings, reviews, the case's history, what a check finds, and
    how to verify the ledger. The same ledger gives the same bytes. Without a CASE, the study is audited as a whole,
    in numbers.

    \b
    Example:
      evidence audit mid-50
      evidence audit mid-50 -o referee.html --as-of 20
      evidence audit
    """
    if case is None:
        if output is not None:
            raise click.UsageError("The study as a whole is printed; name a CASE to write a document.")
        _study(connection, study, as_json=as_json)
        return
    if as_json:
        _json(connection, study, case)
        return
    from evidence.publish.audit_page import write_audit

    file, changed = write_audit(connection, study, case, output, templates)
    say(
        f"The audit of {case} is in {file}{'' if changed else ', as it was'}; open it in a browser, or print it."
    )


def _json(connection: Any, study: Any, case: str) -> None:
    from dataclasses import asdict

    from evidence.audit.referee import referee

    from .why import plain

    found, _ = referee(connection, study, case)
    about = found.study._asdict()
    print_json(
        plain({**asdict(_without_study(found)), "study": {"key": about["key"], "title": about["title"]}})
    )


def _without_study(found: Any) -> Any:
    from dataclasses import replace

    return replace(found, study=None)


def _study(connection: Any, study: Any, *, as_json: bool) -> None:
    from dataclasses import asdict

    from evidence.audit.chain import load
    from evidence.audit.overview import overview

    from .audit_lines import lines

    found = overview(load(connection, study))
    if as_json:
        print_json(asdict(found))
    else:
        click.echo("\n".join(lines(found)))
