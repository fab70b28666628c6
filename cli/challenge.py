"""challenge: list, show, answer, retire: what readers doubt, and what they are answered."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from .nouns import group
from .options import json_option, long_option
from .output import as_json as print_json
from .output import table
from .session import reads, say, writes

_VERDICTS = ("upheld", "partly", "rejected")
#: Characters of a reason that a list shows.
_SHOWN = 160


def command(name: str) -> click.Command:
    """Return the group of challenges."""
    made = group(name, ("show", "retire"))
    made.commands = {"list": listing, "answer": answer, **made.commands}
    return made


@click.command("list")
@click.option("--open", "unanswered", is_flag=True, help="Only those that nobody has answered.")
@click.option("--case", metavar="KEY", help="Only those that concern this case.")
@json_option
@reads
def listing(connection: Any, study: Any, unanswered: bool, case: str | None, as_json: bool) -> None:
    """List what readers doubt, and whether it was answered.

    \b
    Example:
      evidence challenge list --open
    """
    from evidence.audit.challenged import challenges
    from evidence.audit.subject import subject

    named = subject(connection, study, case).key if case else None
    found = challenges(connection, study, unanswered=unanswered, case=named)
    if as_json:
        print_json(list(map(asdict, found)))
        return
    rows = [
        (
            one.key,
            one.verdict or "open",
            f"{one.noun} {one.subject}",
            one.by or "a reader",
            f"{one.received_at:%Y-%m-%d}",
            _short(one.reason),
        )
        for one in found
    ]
    table(("KEY", "STATE", "OF", "BY", "RECEIVED", "REASON"), rows)
    if not rows:
        which = "open challenge" if unanswered else "challenge"
        say(f"There is no {which}; 'evidence import challenge' brings in what readers save on the pages.")


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rsplit(' ', 1)[0]} …"


@click.command()
@click.argument("key")
@click.option(
    "--verdict",
    type=click.Choice(_VERDICTS),
    required=True,
    help="What comes of it: the study follows it, in part or not.",
)
@long_option("--answer", help="The answer, as readers will see it. (required)")
@click.option(
    "--by",
    "coder",
    metavar="CODER",
    envvar="EVIDENCE_CODER",
    help="Who answers. [default: EVIDENCE_CODER, or the author]",
)
@click.option("--again", is_flag=True, help="In place of an answer that was given before.")
@writes
def answer(session: Any, key: str, verdict: str, answer: str | None, coder: str | None, again: bool) -> None:
    """Answer a challenge. Pages show it with the answer from the next release on.

    An answer changes neither quote nor code: where the reader is right, correct the quote or decide anew, too.

    \b
    Example:
      evidence challenge answer memo.1.c1 --verdict upheld --answer "The comma was ours; corrected." --by anna
    """
    from evidence.coding.challenges import answer as answered

    made = answered(
        session, key, verdict=verdict, words=answer or "", coder=coder or session.author, again=again
    )
    say(f"Answered challenge {made.key}: {verdict}.")
