"""text: hold the words of a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .nouns import group
from .options import json_option
from .output import as_json as print_json
from .output import facts
from .session import reads, say, writes


def command(name: str) -> click.Command:
    """Return the group of texts."""
    made = group(name, ("list",))
    made.help = (made.help or "").replace("text list", "text add frus-d134 --file d134.txt")
    made.commands = {"add": add, "edit": edit, "show": show, "retire": retire, **made.commands}
    return made


@click.command()
@click.argument("source")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    required=True,
    help="Plain text in UTF-8; a form feed begins a page.",
)
@click.option("--edition", metavar="TEXT", default="", help="Which edition of the source.")
@click.option("--shareable", is_flag=True, help="Rights allow it to travel with the study.")
@click.option(
    "--first-page", type=int, default=1, show_default=True, metavar="N", help="Label of the first page."
)
@writes
def add(session: Any, source: str, file: Path, edition: str, shareable: bool, first_page: int) -> None:
    """Hold a file's words as the text of a SOURCE.

    \b
    Example:
      evidence text add frus-d134 --file d134.txt --edition 2016 --first-page 314
    """
    from evidence.archive.log import hold_text

    text = hold_text(session, source, file, edition=edition, shareable=shareable, first_page=first_page)
    say(f"Held {len(text.content or ''):,} characters of {source} as text {text.sha256[:12]}.")


@click.command()
@click.argument("sha256")
@click.option("--edition", metavar="TEXT", help="Which edition of the source.")
@click.option(
    "--shareable/--no-shareable", default=None, help="Whether rights allow it to travel with the study."
)
@writes
def edit(session: Any, sha256: str, edition: str | None, shareable: bool | None) -> None:
    """Change what is said of the text whose hash begins with SHA256; its words never change.

    \b
    Example:
      evidence text edit 5fffb33e --shareable
    """
    from evidence.archive.log import find_text
    from evidence.ledger import records

    text = find_text(session, sha256)
    values = {"edition": edition, "shareable": shareable}
    changed = records.edit(session, "text", text, {k: v for k, v in values.items() if v is not None})
    say(f"Changed text {text.sha256[:12]}." if changed else f"Nothing changed in text {text.sha256[:12]}.")


@click.command()
@click.argument("sha256")
@json_option
@reads
def show(connection: Any, study: Any, sha256: str, as_json: bool) -> None:
    """Show the text whose hash begins with SHA256, with its words.

    \b
    Example:
      evidence text show 5fffb33e
    """
    from evidence.errors import UnknownKey
    from evidence.ledger.shown import shown_all

    found = shown_all(connection, study, "text")
    hits = [text for text in found if text["sha256"].startswith(sha256)]
    if len(hits) != 1:
        raise UnknownKey("text", sha256, [text["sha256"] for text in found])
    if as_json:
        print_json(hits[0])
    else:
        words = hits[0].pop("content", "")
        facts(hits[0])
        click.echo(f"\n{words}")


@click.command()
@click.argument("sha256")
@writes
def retire(session: Any, sha256: str) -> None:
    """Take the text whose hash begins with SHA256 out of use. Nothing is deleted.

    \b
    Example:
      evidence text retire 5fffb33e
    """
    from evidence.archive.log import find_text
    from evidence.ledger import records

    text = find_text(session, sha256)
    records.retire(session, text)
    say(f"Retired text {text.sha256[:12]}; quotes that were verified against it keep saying so.")
