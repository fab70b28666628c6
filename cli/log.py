"""log: source, quote, observation and bearing in one line."""

from __future__ import annotations

from typing import Any

import click

from .options import long_option, pairs
from .session import say, writes


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return log


@click.command()
@click.argument("case")
@click.option("--source", metavar="KEY", help="The source; a new one is made if --title is given. (required)")
@click.option("--title", metavar="TEXT", help="Title of a new source.")
@click.option(
    "--tier",
    metavar="WORD",
    default="primary",
    show_default=True,
    help="Tier of a new source: primary, secondary, dataset, news.",
)
@click.option("--item", metavar="TEXT", help="Item or file number of a new source.")
@long_option("--words", help="The words, exactly as they stand. (required)")
@click.option(
    "--at",
    "locator",
    multiple=True,
    metavar="NAME=VALUE",
    help="Where they stand: page=315. May be repeated.",
)
@long_option("--shows", "proposition", help="What they show: S stated X. (required)")
@long_option("--inference", help="What is inferred from it.")
@click.option("--speaker", metavar="TEXT", help="Whose words they are.")
@click.option("--occurred", metavar="EDTF", help="When it happened.")
@click.option("--lineage", metavar="TEXT", help="Cluster of observations of one origin.")
@click.option("--test", metavar="KEY", help="The test that it bears on.")
@click.option(
    "--for/--against", "speaks_for", default=None, help="Whether it speaks for the test's hypothesis."
)
@long_option("--note", help="Why it bears so.")
@writes
def log(session: Any, case: str, **said: Any) -> None:
    """Log evidence for a CASE: its source, the words, what they show, and the test that they bear on.

    \b
    Example:
      evidence log mid-50 --source frus-d134 --title "Memorandum" --words "a symbol" --at page=315 \\
        --shows "Hoover called the islands a symbol" --test mid-50.t1 --for
    """
    from evidence.archive.log import add_quote
    from evidence.coding.tests import bring, observe
    from evidence.errors import ValueRefused
    from evidence.ledger import records
    from evidence.vocabulary import Direction

    for flag, name in (("--source", "source"), ("--words", "words"), ("--shows", "proposition")):
        if not said[name]:
            raise ValueRefused(
                f"Evidence is logged with its source, its words and what they show; give {flag}."
            )
    if said["test"] and said["speaks_for"] is None:
        raise ValueRefused("Say which way it speaks: --for or --against the test's hypothesis.")
    if not said["test"] and (said["speaks_for"] is not None or said["note"]):
        raise ValueRefused(
            "--for, --against and --note say how it bears on a test; name the test with --test."
        )
    if said["title"]:
        new = {name: said[name] for name in ("title", "tier", "item") if said[name]}
        say(f"Added source {records.add(session, 'source', {'key': said['source'], **new}).key}.")
    place = pairs("--at", said["locator"])
    quote = add_quote(session, {"source": said["source"], "words": said["words"], "locator": place})
    about = ("proposition", "inference", "speaker", "occurred", "lineage")
    observation = observe(session, case, quote.key, {name: said[name] for name in about if said[name]})
    say(f"Logged quote {quote.key} ({quote.state.value}) and observation {observation.key}.")
    if said["test"]:
        direction = Direction.FOR if said["speaks_for"] else Direction.AGAINST
        test = records.find(session, "test", said["test"])
        bring(session, test, direction, observation=observation.key, note=said["note"])
        say(f"Brought it to test {test.key}, {direction.value} its hypothesis.")
