"""source: as every noun, and shown with its citation, its texts, its quotes and the codes that rest on it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .nouns import command as noun
from .options import json_option
from .output import as_json as print_json
from .output import counted, facts, paragraph
from .session import reads
from .uses import code_line, derived_lines

if TYPE_CHECKING:
    from evidence.audit.use_views import Uses

#: How much of a quote a line shows.
_SHOWN = 90


def command(name: str) -> click.Command:
    """Return the group of sources."""
    made = noun(name)
    if isinstance(made, click.Group):
        made.commands = {**made.commands, "show": show}
    return made


@click.command()
@click.argument("key")
@json_option
@reads
def show(connection: Any, study: Any, key: str, as_json: bool) -> None:
    """Show a source: its fields, how it is cited, its texts and quotes, and every code that rests on it.

    \b
    Example:
      evidence source show frus1955-57v02-d134 --json
    """
    from evidence.audit.uses import uses
    from evidence.ledger.shown import shown
    from evidence.publish.citations import as_text, note, recommended, short_note
    from evidence.publish.citing import cited_named

    found = shown(connection, study, "source", key)
    source = cited_named(connection, study, found["key"])
    ways = {"full": note(source), "later": short_note(source), "recommended": recommended(source)}
    citation = {name: as_text(parts) for name, parts in ways.items() if parts}
    if "retired_at" in found:
        print_json({**found, "citation": citation}) if as_json else facts({**found, "citation": citation})
        return
    answer = uses(connection, study, found["key"])
    if as_json:
        rests = {
            name: value for name, value in asdict(answer).items() if name in ("texts", "quotes", "derived")
        }
        print_json({**found, "citation": citation, **rests, "codes": [asdict(code) for code in answer.codes]})
        return
    # What imports compare a record with is for programs: it stays in --json.
    names = {kind: name for kind, name in found.pop("identifiers", {}).items() if kind != "record"}
    facts({**found, **({"identifiers": names} if names else {})})
    click.echo("\n" + click.style("Cited", bold=True))
    facts(citation, "  ")
    _rests(answer)


def _rests(answer: Uses) -> None:
    _section(
        "Texts",
        [
            f"{text.sha256[:12]}  {text.edition or text.origin or 'no edition named'}"
            f"{'' if text.held else ', not held here'}; {counted(text.verified, 'quote')} verified against it"
            for text in answer.texts
        ],
        "No text of it is held.",
    )
    _section(
        "Quotes",
        [
            f"{quote.key}{''.join(f', {kind} {value}' for kind, value in quote.locator.items())}; {quote.state}: "
            f"“{_shortened(quote.words)}”"
            for quote in answer.quotes
        ],
        "None is logged.",
    )
    if answer.derived:
        _section("Derived from it", [*derived_lines(answer)], "")
    _section("Codes that rest on it", list(map(code_line, answer.codes)), "None does.")
    click.echo(f"\n'evidence uses {answer.key}' says through what.")


def _section(title: str, lines: list[str], none: str) -> None:
    click.echo("\n" + click.style(title, bold=True))
    for line in lines or [none]:
        click.echo(paragraph(line, "    ", "  "))


def _shortened(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rpartition(' ')[0] or line[:_SHOWN]} …"
