"""quote: add finds source, page and offsets by itself; the rest is as for every noun."""

from __future__ import annotations

from typing import Any

import click

from .nouns import group
from .options import field_options, typed_values, with_options
from .session import say, writes


def command(name: str) -> click.Command:
    """Return the group of quotes."""
    from evidence.ledger.nouns import NOUNS

    made = group(name, ("edit", "show", "list", "retire", "rename"))
    options = field_options(NOUNS[name], skip=("source",))
    with_options(add, options)
    made.commands = {"add": click.command()(add), **made.commands}
    return made


@click.argument("key", required=False)
@click.option(
    "--source",
    metavar="KEY",
    help="The source, or how the keys of several begin, such as a volume's. [default: all whose text is held]",
)
@click.option(
    "--place",
    type=int,
    metavar="N",
    help="Which of the places that were listed, if the words stand in several.",
)
@writes
def add(session: Any, key: str | None, source: str | None, place: int | None, **params: Any) -> None:
    """Add a quote. Its document, page and offsets are found by its words.

    Words that are not in the text held are refused, and the nearest are shown. Words that stand in several
    places are listed with each of them: name the source, the page, the footnote, or the place by its number.
    Where no text is held of a source, the quote is kept as it is, and says so.

    \b
    Example:
      evidence quote add --source frus1955-57v02 --words "a symbol, throughout Asia, of our intention"
      evidence quote add --source memo --words "@words.txt" --locator page=315
    """
    from evidence.archive.placing import place_quote
    from evidence.ledger.nouns import NOUNS

    values = typed_values(NOUNS["quote"], params)
    if source:
        values["source"] = source
    if key:
        values["key"] = key
    quote = place_quote(session, values, place=place)
    where = ", ".join(f"{name} {value}" for name, value in (quote.locator or {}).items())
    say(f"Added quote {quote.key} ({quote.state.value}{f', {where}' if where else ''}).")
