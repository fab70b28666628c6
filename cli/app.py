"""The root command. Every other command is loaded when it is called, so that help comes at once."""

from __future__ import annotations

import errno
import os
import re
import sys
from functools import cache
from importlib import import_module
from typing import Any

import click

from evidence import __version__
from evidence.errors import EvidenceError, nearest

__all__ = ["COMMANDS", "main"]

_ENDLESS = re.compile(r"(\S{80})\S{200,}(\S{20})")

#: Every command: the module that has it, and the line that ``evidence --help`` shows.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("start", "Start a study, and a ledger if there is none."),
    "demo": ("start", "Load the example study and render its appendix."),
    "case": ("nouns", "Cases: one dispute each."),
    "episode": ("nouns", "Episodes: cases examined together."),
    "actor": ("nouns", "Actors: states and other parties."),
    "commitment": ("nouns", "Commitments: treaties and their members."),
    "source": ("source", "Sources: documents, books, data sets."),
    "text": ("text", "Texts: the words of sources, as held."),
    "quote": ("quote", "Quotes: verbatim words from a source."),
    "observation": ("nouns", "Observations: what quotes show."),
    "search": ("nouns", "Searches: where was looked, and what for."),
    "hypothesis": ("nouns", "Hypotheses and their rivals."),
    "test": ("test", "Tests: declare, bring evidence, resolve."),
    "variable": ("nouns", "Variables: what is coded, and by which rule."),
    "concept": ("nouns", "Concepts: the terms of the study's theory."),
    "coder": ("nouns", "Coders: who decides."),
    "log": ("log", "Log source, quote, observation and bearing in one line."),
    "verify": ("verify", "Verify every quote against the text of its source."),
    "code": ("code", "Decide the code of a case."),
    "round": ("round", "Rounds of coding: who codes what, blind or not; freeze."),
    "agreement": ("agreement", "How far coders agree, on frozen codes."),
    "adjudicate": ("adjudicate", "Settle disagreements in a code that names both."),
    "decision": ("nouns", "Decisions: the codes given, and their reasons."),
    "recompute": ("recompute", "Codes beside what the rule gives, by any version."),
    "compare": ("compare", "The study's codes beside those published elsewhere."),
    "review": ("review", "Sign what you have looked at; see what changed since."),
    "challenge": ("challenge", "What readers doubt in the appendix, and the answers."),
    "narrative": ("narrative", "Narratives: draft, write, show, count."),
    "import": ("imports", "Import cases from COW MID, or any table."),
    "why": ("why", "Why a case has its code, down to the archive."),
    "audit": ("audit", "One case as a document for a referee, or the study in numbers."),
    "weigh": ("weigh", "How strong the evidence is, and what would change a code."),
    "uses": ("uses", "What rests on a source or a quote."),
    "check": ("check", "What a referee would object to."),
    "find": ("find", "Find words in sources, quotes and notes."),
    "render": ("render", "Render the appendix."),
    "templates": ("templates", "Templates: read ours, copy them, compare."),
    "release": ("release", "Publish a revision under a name; what changed since."),
    "export": ("export", "Tables, bibliographies and packages for other programs."),
    "study": ("study", "The study as a folder of text: write, read."),
    "history": ("history", "What was done, by whom, and whether it still holds."),
    "merge": ("merge", "Bring another copy of the ledger into this one; resolve conflicts."),
    "backup": ("backup", "Keep the ledger in one checked file, while others write."),
    "restore": ("backup", "Bring a backup back, after checking it."),
    "db": ("db", "The ledger's schema: upgrade, check."),
}
_USAGE, _INTERNAL = 2, 70


class Root(click.Group):
    """The group that knows its commands by name and turns errors into one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command."""
        return _loaded(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the command that was meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = nearest(args[0], COMMANDS)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run; show what a user can put right as a sentence."""
        try:
            return super().invoke(ctx)
        except EvidenceError as error:
            # A value without an end, quoted in full, would hide what is wrong with it.
            raise click.ClickException(_ENDLESS.sub(r"\1…\2", str(error))) from error


@cache
def _loaded(name: str) -> click.Command:
    # Once: click takes a function's options off it when it makes a command of it.
    command: click.Command = import_module(f".{COMMANDS[name][0]}", __package__).command(name)
    return command


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--ledger", metavar="FILE|URL", help="The ledger: a file, or a postgresql:// URL. [default: evidence.db]"
)
@click.option("--study", metavar="KEY", help="The study, if the ledger holds several.")
@click.option("--author", metavar="NAME", help="Who is writing. [default: your login name]")
@click.version_option(__version__, prog_name="evidence")
@click.pass_context
def root(ctx: click.Context, ledger: str | None, study: str | None, author: str | None) -> None:
    """Log evidence from archives, say why a case has its code, and publish the appendix.

    The chain is: source, quote, observation, test, decision, narrative. Where a ledger, study or author is
    not given, EVIDENCE_LEDGER, EVIDENCE_STUDY and EVIDENCE_AUTHOR are asked, then the nearest evidence.toml.

    \b
    Example:
      evidence init --study strait --title "The Strait, 1954-55"
      evidence case add mid-50 --title "Taiwan Strait" --start 1953-02-11
      evidence why mid-50
    """
    ctx.obj = {"ledger": ledger, "study": study, "author": author}


def _require_text(words: list[str]) -> None:
    """Stop if a word is not text: bytes that are not UTF-8 reach a program as halves of characters."""
    try:
        "".join(words).encode()
    except UnicodeEncodeError:
        click.echo("Error: The command line holds bytes that are not UTF-8 text; type it again.", err=True)
        sys.exit(_USAGE)


def main() -> None:
    """Run the program; whatever happens, a user sees a sentence and not a traceback."""
    _require_text([*sys.argv, *(value for name, value in os.environ.items() if name.startswith("EVIDENCE_"))])
    try:
        root(prog_name="evidence")
    except Exception as error:
        if os.environ.get("EVIDENCE_DEBUG"):
            raise
        if (
            isinstance(error, OSError)
            and error.errno == errno.ENAMETOOLONG
            and isinstance(error.filename, str)
        ):
            click.echo(f"Error: {error.filename[:60]}... is longer than the name of a file can be.", err=True)
            sys.exit(1)
        name = type(error).__name__
        click.echo(
            f"Error: evidence met something it did not expect ({name}: {str(error).splitlines()[0] if str(error) else ''}). "
            "Nothing was written. Run it again with EVIDENCE_DEBUG=1 to see where, and please report it.",
            err=True,
        )
        sys.exit(_INTERNAL)
