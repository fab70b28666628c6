"""init and demo: begin."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from .session import settings_of, typed

_STUDY = "beckley2015"


def command(name: str) -> click.Command:
    """Return one of the commands of this file."""
    return {"init": init, "demo": demo}[name]


@click.command(short_help="Start a study, and a ledger if there is none.")
@click.option("--study", "key", metavar="KEY", help="The study's key, such as strait. (required)")
@click.option("--title", metavar="TEXT", help="Its title. [default: the key]")
@click.option("--question", metavar="TEXT", default="", help="The question that its cases answer.")
@click.option(
    "--profile", metavar="NAME", help="Test-type profile: published-labels (T=4.5) or hj2023 (T=2)."
)
@click.pass_context
def init(ctx: click.Context, key: str | None, title: str | None, question: str, profile: str | None) -> None:
    """Start a study, in a new ledger or in one that is there.

    \b
    Example:
      evidence init --study strait --title "The Strait, 1954-55"
    """
    from evidence.errors import ValueRefused
    from evidence.ledger import schema
    from evidence.ledger.forms import read_key
    from evidence.ledger.records import new_study
    from evidence.ledger.revisions import attempt, founding
    from evidence.ledger.store import require_new_study, shown

    chosen = settings_of(ctx)
    key = key or chosen.study
    if not key:
        raise ValueRefused("A study needs a key; write 'evidence init --study KEY'.")
    fields = {"key": read_key(key), "title": title or key, "question": question}
    if profile:
        fields["profile"] = profile
    new_study(fields)  # refused before a file is made
    made = schema.create(chosen.url)
    require_new_study(chosen.url, fields["key"])

    def work() -> None:
        with founding(chosen.url, new_study(fields), author=chosen.author, message=typed()):
            pass

    attempt(work)
    click.echo(f"Study {key} began in {'the new' if made else 'the'} ledger {shown(chosen.url)}.", err=True)
    click.echo("Next: 'evidence case add KEY --title TITLE', or 'evidence import mid --help'.", err=True)


@click.command(short_help="Load the example study and render its appendix.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("appendix"),
    show_default=True,
    help="Folder to write the appendix to.",
)
@click.pass_context
def demo(ctx: click.Context, output: Path) -> None:
    """Load the shipped study into a ledger of its own and render its appendix.

    The ledger is demo.db in the current folder unless --ledger names another.

    \b
    Example:
      evidence demo --output appendix
    """
    from evidence.ledger import schema
    from evidence.ledger.settings import settings
    from evidence.ledger.store import reading, shown
    from evidence.publish.render import appendix
    from evidence.resources import folder
    from evidence.study.read import read

    given = ctx.find_root().obj
    chosen = settings(given["ledger"] or "demo.db", _STUDY, given["author"])
    schema.create(chosen.url)
    click.echo("Reading the example study ...", err=True)
    read(
        chosen.url, folder("examples") / _STUDY, author=chosen.author, message="the example study, as shipped"
    )
    with reading(chosen.url, _STUDY) as (connection, study):
        report = appendix(connection, study, output)
    click.echo(f"{report.pages} pages are in {output}; open {output / 'index.html'} in a browser.", err=True)
    click.echo(f"Then ask: evidence --ledger {shlex.quote(shown(chosen.url))} why mid-50", err=True)
