"""narrative: lay one out from the evidence, write it, show it, count its words."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, table
from .session import keep, looking, looking_at, message_option, reads, say, since_option

__all__ = ["command", "read_narrative"]

#: So many names are tried for the file that keeps what could not be written.
_TRIED = 1000
#: Characters of a case's key that the name of its file has.
_LONGEST = 80


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return narrative


@click.group()
def narrative() -> None:
    """A case's narrative: Markdown that cites quotes by their keys.

    [@KEY] cites a quote, or a source as a whole, and [@KEY, 315] a source at a page; [@KEY; @KEY] cites several.

    \b
    Example:
      evidence narrative draft mid-50 --output mid-50.md
      evidence narrative edit mid-50 --file mid-50.md
    """


@narrative.command()
@click.argument("case")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it to a new FILE.",
)
@click.option("--write", is_flag=True, help="Make it the case's narrative; refused if it has one.")
@message_option
@click.option(
    "--as-of", metavar="REVISION", help="As the ledger was after this revision: a number or a digest."
)
@click.pass_context
def draft(
    ctx: click.Context, case: str, output: Path | None, write: bool, message: str | None, as_of: str | None
) -> None:
    """Lay out a narrative from the ledger: facts, codes, tests, the evidence in order, what speaks against.

    Every sentence in it is the ledger's own, and every quote has its note. Its first line says that it is a draft;
    'evidence check draft-narrative' finds it until that line is gone.

    \b
    Example:
      evidence narrative draft mid-50
      evidence narrative draft mid-50 --output mid-50.md
      evidence narrative draft mid-50 --write
    """
    from evidence.errors import ValueRefused

    if write and as_of:
        raise ValueRefused(
            "What is written is laid out from the ledger as it is; leave out --as-of or --write."
        )
    laid = _drafted(ctx, case, as_of)
    if output is not None:
        _write_new(output, laid)
    if write:
        keep(ctx, lambda session: _keep_draft(session, case, laid), message)
    if output is None and not write:
        click.echo(laid, nl=False)


def _drafted(ctx: click.Context, case: str, as_of: str | None) -> str:
    from evidence.publish.drafting import draft

    with looking_at(ctx, as_of, here=True) as (connection, study):
        return draft(connection, study, case)


def _keep_draft(session: Any, key: str, laid: str) -> None:
    from evidence.audit.retelling import retell
    from evidence.errors import ValueRefused
    from evidence.ledger import records

    case = records.find(session, "case", key)
    if case.narrative.strip():
        raise ValueRefused(
            f"Case {case.key} has a narrative already; lay the draft out in a file (--output FILE), and take from it "
            f"what you want ('evidence narrative edit {case.key}')."
        )
    retell(session, case, laid.rstrip("\n"))
    say(f"Wrote the draft as the narrative of {case.key}; 'evidence narrative edit {case.key}' opens it.")


def _write_new(file: Path, text: str) -> None:
    from evidence.errors import ValueRefused

    try:
        with file.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise ValueRefused(f"{file} is there already; name another file, so that nothing is lost.") from error
    except OSError as error:
        raise ValueRefused(f"{file} cannot be written: {error.strerror}.") from error
    click.echo(f"Wrote the draft to {file}.", err=True)


@narrative.command()
@click.argument("case")
@reads
def show(connection: Any, study: Any, case: str) -> None:
    """Print a case's narrative, as it was written.

    \b
    Example:
      evidence narrative show mid-50 > mid-50.md
    """
    from evidence.ledger.shown import shown

    found = shown(connection, study, "case", case)
    text = str(found.get("narrative") or "")
    if text.strip():
        click.echo(text)
    else:
        say(f"Case {found['key']} has no narrative; 'evidence narrative draft {found['key']}' lays one out.")


@narrative.command()
@click.argument("case")
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Take it from FILE in place of an editor; - reads the standard input. Front matter is passed over.",
)
@message_option
@since_option
@click.pass_context
def edit(ctx: click.Context, case: str, file: Path | None, message: str | None, since: str | None) -> None:
    """Write a case's narrative in $EDITOR, or take it from a file.

    A citation that leads nowhere is refused with its line, and nothing is written; what was typed is kept in a file. Words
    in quotation marks that are not in the quote that is cited for them are named.

    \b
    Example:
      evidence narrative edit mid-50
      evidence narrative edit mid-50 --file mid-50.md -m "after the second reading"
    """
    if file is not None and str(file) != "-":
        text, first = read_narrative(file)
        keep(ctx, lambda session: _change(session, case, text, str(file), first), message, since=since)
        return
    before = None if file else _before(ctx, case)
    text, first = _typed(case, before) if before is not None else read_narrative(None)
    try:
        keep(ctx, lambda session: _change(session, case, text, "", first, before), message, since=since)
    except Exception:
        if not text.strip():
            raise
        click.echo(f"What you wrote is kept in {_kept(case, _filed(text))}.", err=True)
        raise


def read_narrative(file: Path | None) -> tuple[str, int]:
    """Return the narrative in a file, or on the standard input, and the number of its first line in it."""
    from evidence.audit.narrated import without_front_matter
    from evidence.errors import ValueRefused

    try:
        data = file.read_bytes() if file else sys.stdin.buffer.read()
        return without_front_matter(data.decode("utf-8-sig"))
    except OSError as error:
        raise ValueRefused(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        named = file or "What was typed"
        raise ValueRefused(f"{named} is not UTF-8 text; save it as UTF-8.") from error


def _before(ctx: click.Context, case: str) -> str:
    from evidence.ledger.shown import shown

    with looking(ctx, here=True) as (connection, study):
        return str(shown(connection, study, "case", case).get("narrative") or "")


def _typed(case: str, before: str) -> tuple[str, int]:
    """Return what was written in the editor; what cannot be read is kept as it is."""
    from evidence.audit.narrated import without_front_matter
    from evidence.errors import ValueRefused

    # The file is ours and not click's, which throws away what it cannot read.
    with tempfile.TemporaryDirectory(prefix="evidence-") as folder:
        file = Path(folder) / f"{_file_name(case)}.md"
        file.write_text(before, encoding="utf-8", newline="")
        os.utime(file, (0, 0))  # saved in the same second, too, it is saved
        click.edit(filename=str(file))
        try:
            saved, data = file.stat().st_mtime_ns > 0, file.read_bytes()
        except OSError as error:
            raise ValueRefused(
                "The editor left no file behind, so nothing was written; see what EDITOR names."
            ) from error
    if not saved:
        raise ValueRefused("The editor was left without saving, so nothing was written.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueRefused(
            f"What the editor saved is not UTF-8 text; it is kept in {_kept(case, data)}, to be saved as UTF-8 "
            f"and taken by 'evidence narrative edit {case} --file FILE'."
        ) from error
    return without_front_matter(text)


def _change(session: Any, key: str, text: str, file: str, first: int, before: str | None = None) -> None:
    """Keep a narrative; an error names the line of the file that it was read from."""
    from evidence.audit.retelling import misquotations, retell
    from evidence.errors import EvidenceError, Place, ValueRefused
    from evidence.ledger import records

    case = records.find(session, "case", key)
    if not text.strip() and (case.narrative or "").strip():
        raise ValueRefused(
            f"There is no word in it, and {case.key} has a narrative; to take that away, say so: 'evidence case edit "
            f'{case.key} --narrative ""\'.'
        )
    if before is not None and (case.narrative or "") != before:
        from evidence.ledger.since import both

        click.echo(both(f"narrative of {case.key}", case.narrative or "", text))
        raise ValueRefused(
            "Somebody changed the narrative while the editor was open, so nothing was written; both versions are printed "
            "above."
        )
    try:
        changed = retell(session, case, text)
    except EvidenceError as error:
        if error.place is None or error.place.line is None:
            raise
        raise error.at(Place(file, error.place.line + first - 1)) from error
    say(f"{'Changed' if changed else 'Nothing changed in'} the narrative of {case.key}.")
    for one in misquotations(session, case):
        say(f"Line {one.line + first - 1}: “{one.words}” [@{one.key}] {one.remark}.")


def _filed(text: str) -> bytes:
    return f"{text}\n".encode()


def _file_name(case: str) -> str:
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in case)[:_LONGEST]


def _kept(case: str, content: bytes) -> Path:
    """Keep words in a new file: here, else where temporary files go."""
    for folder in (Path(), Path(tempfile.gettempdir())):
        for number in range(_TRIED):
            file = folder / f"{_file_name(case)}.narrative{f'-{number}' if number else ''}.md"
            try:
                with file.open("xb") as stream:
                    stream.write(content)
            except FileExistsError:
                continue
            except OSError:
                break
            return file
    click.echo(content, nl=False)
    return Path("the lines above")


@narrative.command()
@click.argument("case", required=False)
@json_option
@reads
def count(connection: Any, study: Any, case: str | None, as_json: bool) -> None:
    """Count words, sentences and notes: of every narrative, or of one case's.

    Letters of scripts without spaces count as words. QUOTED counts the words that are quoted, and WITHOUT NOTE the most
    words that follow each other without a note.

    \b
    Example:
      evidence narrative count
      evidence narrative count mid-50 --json
    """
    from evidence.audit.lengths import lengths

    found = lengths(connection, study, case)
    if as_json:
        print_json([_row(one) for one in found])
        return
    heads = ("CASE", "WORDS", "SENTENCES", "NOTES", "QUOTES", "QUOTED", "WITHOUT NOTE", "TITLE")
    rows = [[*_row(one).values()] for one in found]
    table(heads, ([row[0], *row[3:], f"{'(draft) ' if row[2] else ''}{row[1]}"] for row in rows))
    words = counted(sum(one.length.words for one in found), "word")
    say(f"{counted(len(found), 'narrative')}, {words}." if found else "There is no narrative yet.")


def _row(one: Any) -> dict[str, Any]:
    return {
        "case": one.case,
        "title": one.title,
        "draft": one.draft,
        "words": one.length.words,
        "sentences": one.length.sentences,
        "notes": one.length.notes,
        "quotes": one.quotes,
        "quoted_words": one.length.quoted,
        "longest_without_note": one.length.longest,
    }
