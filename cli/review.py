"""review: sign a case, a code, a test or a quote, and list who signed what."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .options import json_option, long_option
from .output import as_json as print_json
from .output import counted, table
from .session import keep, looking_at, message_option, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evidence.audit.suspects import Signature

_VERDICTS = ("confirmed", "disputed", "undecided")
_NOUNS = ("case", "decision", "test", "quote")
#: What a signature is said to cover.
_COVERED = ("decision", "test", "observation", "search", "quote", "source")


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return review


@click.command()
@click.argument("key", required=False)
@click.argument("variable", required=False)
@click.option(
    "--verdict",
    type=click.Choice(_VERDICTS),
    default="confirmed",
    show_default=True,
    help="What you say of it.",
)
@long_option("--note", help="Why.")
@click.option(
    "--coder",
    metavar="KEY",
    envvar="EVIDENCE_CODER",
    help="Who signs. [default: EVIDENCE_CODER, or the author]",
)
@click.option("--noun", type=click.Choice(_NOUNS), help="What KEY is of, where it is of several.")
@click.option("--list", "listing", is_flag=True, help="List who signed what, and whether it still holds.")
@click.option(
    "--as-of", metavar="REVISION", help="With --list: as it was after this revision, a number or a digest."
)
@json_option
@message_option
@click.pass_context
def review(
    ctx: click.Context,
    /,
    key: str | None,
    variable: str | None,
    listing: bool,
    as_of: str | None,
    as_json: bool,
    message: str | None,
    **said: Any,
) -> None:
    """Sign a case, a code, a test or a quote as it stands, with everything that it rests on.

    KEY is a case's, a decision's, a test's or a quote's; with a VARIABLE, the case's code on it is signed. What
    changes beneath a signature makes it suspect, until somebody signs again; 'evidence check' says so. Who
    signs a second time takes the place of the first, and both are kept. --list shows all signatures, or those
    of KEY alone.

    \b
    Example:
      evidence review mid-50 ALLY --coder anna
      evidence review mid-50.t3 --verdict disputed --note "The minutes are a summary." --coder ben
      evidence review --list
    """
    if listing:
        _list(ctx, key, variable, as_of, as_json=as_json)
        return
    if key is None:
        raise click.UsageError(
            "Name what you sign, such as a case's key; or list signatures with --list.", ctx
        )
    if as_json:
        raise click.UsageError("--json goes with --list.", ctx)
    if as_of is not None:
        raise click.UsageError("--as-of goes with --list; what is signed is what stands today.", ctx)
    if variable is not None and said["noun"] is not None:
        raise click.UsageError(
            "--noun goes with a KEY alone; with a VARIABLE it is a code that is signed.", ctx
        )
    keep(ctx, lambda session: _sign(session, key, variable, **said), message)


def _sign(session: Any, key: str, variable: str | None, **said: Any) -> None:
    from evidence.audit.fingerprints import fingerprint
    from evidence.coding.reviews import sign, subject

    noun, row = subject(session, key, variable, said["noun"])
    found = fingerprint(session.connection(), session.study_id, noun, row.id)
    coder = said["coder"] or session.author
    _, earlier = sign(
        session, noun, row, found.value, coder=coder, verdict=said["verdict"], note=said["note"] or ""
    )
    again = ", in place of an earlier signature" if earlier else ""
    say(
        f"{coder} signed {noun} {row.key} as {said['verdict']}{again}. It covers {_covered(noun, found.covers)}."
    )


def _covered(noun: str, covers: Mapping[str, int]) -> str:
    counts = [(one, covers.get(one, 0) - (one == noun)) for one in _COVERED]
    told = [counted(number, one) for one, number in counts if number]
    rows = counted(sum(covers.values()), "record")
    return f"{', '.join(told)}: {rows} in all" if told else rows


def _signatures(
    ctx: click.Context, key: str | None, variable: str | None, as_of: str | None
) -> list[Signature]:
    """Return the signatures of today, or of the ledger's past; of one record, if its key is given."""
    from evidence.audit.chain import load
    from evidence.audit.suspects import signatures

    with looking_at(ctx, as_of) as (connection, study):
        return signatures(connection, study, load(connection, study), key=key, variable=variable)


def _list(
    ctx: click.Context, key: str | None, variable: str | None, as_of: str | None, *, as_json: bool
) -> None:
    found = _signatures(ctx, key, variable, as_of)
    if as_json:
        print_json([{**asdict(one), "state": "holds" if one.holds else "suspect"} for one in found])
        return
    rows = [
        (
            f"{one.noun} {one.key}",
            one.coder,
            f"{one.signed_at:%Y-%m-%d}",
            one.verdict,
            _state(one.holds),
            one.note,
        )
        for one in found
    ]
    table(("SIGNED", "BY", "ON", "VERDICT", "STATE", "NOTE"), rows)
    if not rows:
        click.echo(
            "Nobody has signed anything yet." if key is None else f"Nobody has signed {key} yet.", err=True
        )


def _state(holds: bool) -> str:
    return "holds" if holds else "suspect"
