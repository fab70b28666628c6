"""test: declare, bring, resolve; and edit, show, list, retire, rename."""

from __future__ import annotations

from typing import Any

import click

from .nouns import group
from .options import field_options, long_option, typed_values, with_options
from .session import say, writes

_RESULTS = ("passed", "failed", "inconclusive", "not attempted")


def command(name: str) -> click.Command:
    """Return the group of tests."""
    from evidence.ledger.nouns import NOUNS

    made = group(name, ("edit", "show", "list", "retire", "rename"))
    made.help = (made.help or "").replace(
        "test list", "test declare --case mid-50 --hypothesis mid-50.h1 ..."
    )
    options = field_options(NOUNS["test"], skip=("result", "bearings", "note"))
    declaring = click.command("declare")(with_options(declare, options))
    made.commands = {"declare": declaring, "bring": bring, "resolve": resolve, **made.commands}
    return made


@click.argument("key", required=False)
@writes
def declare(session: Any, key: str | None, **params: Any) -> None:
    """Declare a test before its evidence is looked for.

    It needs a rival, a prediction, and what would be seen if its hypothesis were false.

    \b
    Example:
      evidence test declare --case mid-50 --hypothesis mid-50.h1 --rival mid-50.h2 --kind hoop \\
        --prediction "the treaty is raised before the order" --if-false "orders without the treaty"
    """
    from evidence.coding.tests import declare as declared
    from evidence.ledger.nouns import NOUNS

    test = declared(session, {**typed_values(NOUNS["test"], params), **({"key": key} if key else {})})
    say(f"Declared test {test.key}, a {test.kind.value}.")


@click.command()
@click.argument("key")
@click.option("--observation", metavar="KEY", help="The observation that is brought, or")
@click.option("--search", metavar="KEY", help="the search.")
@click.option(
    "--for/--against",
    "speaks_for",
    default=None,
    help="Whether it speaks for the test's hypothesis. (required)",
)
@click.option(
    "--p-hypothesis", metavar="P", help="P(this given the hypothesis): 0.9, 0.8..0.95, a word or -6 dB."
)
@click.option("--p-rival", metavar="P", help="P(this given the rival).")
@long_option("--note", help="Why it bears so.")
@writes
def bring(
    session: Any, key: str, observation: str | None, search: str | None, speaks_for: bool | None, **said: Any
) -> None:
    """Bring an observation or a search to a test.

    \b
    Example:
      evidence test bring mid-50.t1 --observation mid-50.o1 --for --note "before the order"
    """
    from evidence.coding.tests import bring as brought
    from evidence.errors import ValueRefused
    from evidence.ledger import records
    from evidence.vocabulary import Direction

    if speaks_for is None:
        raise ValueRefused("Say which way it speaks: --for or --against the test's hypothesis.")
    test = records.find(session, "test", key)
    direction = Direction.FOR if speaks_for else Direction.AGAINST
    brought(session, test, direction, observation=observation, search=search, **said)
    say(f"Brought {observation or search} to test {test.key}, {direction.value} its hypothesis.")


@click.command()
@click.argument("key")
@click.argument("result", type=click.Choice(_RESULTS))
@long_option("--note", help="Why it came out so.")
@writes
def resolve(session: Any, key: str, result: str, note: str | None) -> None:
    """Say how a test came out.

    Without a search that was made, a failure is recorded as inconclusive.

    \b
    Example:
      evidence test resolve mid-50.t1 passed --note "raised on 20 January"
    """
    from evidence.coding.tests import resolve as resolved
    from evidence.ledger import records
    from evidence.vocabulary import TestResult

    test = records.find(session, "test", key)
    got = resolved(session, test, TestResult(result), note)
    if got.value != result:
        say(
            f"Test {test.key} is recorded as {got.value}, not {result}: nothing was brought to it that was searched for "
            "and not found. Log the search, bring it with 'evidence test bring', and resolve the test again."
        )
    else:
        say(f"Test {test.key}: {got.value}.")
