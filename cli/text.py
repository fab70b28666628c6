"""text: hold the words of a source."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .nouns import group
from .options import json_option
from .output import as_json as print_json
from .output import counted, facts
from .session import keep, message_option, reads, say, writes

if TYPE_CHECKING:
    from evidence.archive.documents import Document
    from evidence.archive.log import TextHeld
    from evidence.ledger.verification import Finding


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
    help="Plain text, Markdown, HTML, PDF with a text layer, or DOCX; up to 64 MiB.",
)
@click.option("--edition", metavar="TEXT", default="", help="Which edition of the source.")
@click.option("--shareable", is_flag=True, help="Rights allow it to travel with the study.")
@click.option(
    "--first-page",
    type=int,
    metavar="N",
    help="Count pages from N on. [default: the labels in a PDF, or from 1; a form feed begins a page of plain text]",
)
@click.option(
    "--encoding",
    metavar="NAME",
    default="",
    help="Of plain text, Markdown or HTML, such as cp1252. [default: UTF-8]",
)
@message_option
@click.pass_context
def add(
    ctx: click.Context,
    /,
    message: str | None,
    source: str,
    file: Path,
    edition: str,
    shareable: bool,
    first_page: int | None,
    encoding: str,
) -> None:
    """Hold a file's words as the text of a SOURCE.

    The same words are held once. Other words are another text: a part of the source; or, with another --edition or
    much the same words, one that takes an older one's place. Every quote of the source is then looked for again.

    \b
    Example:
      evidence text add frus-d134 --file d134.txt --edition 2016 --first-page 314
      evidence text add mid-codebook --file MID_v4.0_Codebook.pdf
    """
    from evidence.archive.documents import open_document
    from evidence.archive.log import hold_text

    document = open_document(file, first_page=first_page, encoding=encoding)

    def work(session: Any) -> None:
        _tell(source, document, hold_text(session, source, document, edition=edition, shareable=shareable))

    keep(ctx, work, message)


def _tell(source: str, document: Document, held: TextHeld) -> None:
    """Say what was found in a document, and what came of holding it."""
    for remark in document.remarks:
        say(f"Note: {remark}")
    text, short = held.text, held.text.sha256[:12]
    if not held.new:
        say(f"These words of {source} are held already, as text {short}; nothing was written.")
        return
    say(f"Held {len(text.content or ''):,} characters of {source} as text {short}.")
    if found := _found(document):
        say(found)
    if not held.others:
        return
    changed = [one for one in held.verified_again if one.changed]
    for one in changed:
        say(f"Changed: {one.quote}: {_stands(one.before)} → {_stands(one.after)}", data=True)
    others = counted(held.others, "other text")
    say(
        f"It is held beside {others}; another edition takes the place of older ones, and so does a newer text of much "
        "the same words."
    )
    if looked := len(held.verified_again):
        say(f"{counted(looked, 'quote')} looked for again, {len(changed)} found otherwise than before.")


def _found(document: Document) -> str:
    """Return what is in a document besides its words: pages and parts."""
    words = document.words
    labels = [label for label, _ in words.pages]
    pages = f"{counted(len(labels), 'page')}, {labels[0]} to {labels[-1]}" if labels else ""
    kinds = Counter(kind for kind, *_ in words.parts)
    parts = ", ".join(counted(kinds[kind], kind) for kind in sorted(kinds))
    found = "; ".join(part for part in (pages, parts) if part)
    return f"Read as {document.kind}: {found}." if found else ""


def _stands(finding: Finding) -> str:
    page = f", page {finding.page}" if finding.page else ""
    part = f", {finding.part}" if finding.part else ""
    edition = f" ({finding.edition})" if finding.edition else ""
    return f"{finding.state.value}{page}{part}{edition}"


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
