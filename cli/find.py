"""find: words in sources, quotes and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import paragraph
from .session import looking

if TYPE_CHECKING:
    from evidence.audit.find import Answer, Hit

_TITLE = 70
#: What makes of several words a query and no phrase.
_OPERATORS = re.compile(r"""["“”„‟«»＂()*]|(?:^|\s)(?:-\S|(?:AND|OR|NOT)(?:\s|$))""")


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return find


# A word with a minus before it is one that is not wanted, and no option.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--in", "group", type=click.Choice(["sources", "quotes", "notes", "all"]), default="all", show_default=True,
    help="Where to look: titles and texts of sources, quotes, or what was written about them.",
)  # fmt: skip
@click.option("--source", metavar="KEY", help="Only this source, its quotes, and what was observed in them.")
@click.option("--case", metavar="KEY", help="Only this case, and the quotes and sources that it rests on.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    metavar="N",
    help="Show at most so many.",
)
@json_option
@click.pass_context
def find(
    ctx: click.Context,
    query: tuple[str, ...],
    group: str,
    source: str | None,
    case: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Find words in sources, quotes and notes, the likeliest places first.

    Several words mean all of them. "offshore islands" in quotation marks is a phrase, islan* any word that
    begins so. AND, OR, NOT (or -word) and parentheses join them. Capitals and accents make no difference.

    \b
    Example:
      evidence find "offshore islands" --in sources
      evidence find '"offshore islands" AND (Dulles OR Radford) -Pescadores'
    """
    from evidence.audit.find import find as ask

    for word in query:
        if word.startswith("--"):
            raise click.NoSuchOption(word, ctx=ctx)
    within: dict[str, Any] = {
        "group": "" if group == "all" else group,
        "source": source,
        "case": case,
        "limit": limit,
    }
    given = (("--in", within["group"]), ("--source", source), ("--case", case))
    narrowed = [name for name, value in given if value]
    with looking(ctx) as (connection, study):
        answer = ask(connection, study, " ".join(map(_quoted, query)), **within)
        if not answer.count and len(query) == 1 and _quoted(query[0]) != query[0]:
            answer = ask(connection, study, query[0], **within)
            if answer.count:
                nowhere = "Not there" if narrowed else "Nowhere"
                click.echo(f"{nowhere} as a phrase; these have all of the words.", err=True)
    if as_json:
        print_json([_plain(hit) for hit in answer.hits])
    elif answer.hits:
        click.echo("\n".join(line for hit in answer.hits for line in _lines(hit)))
    _tell(answer, narrowed)


def _quoted(word: str) -> str:
    """Return what was typed in one pair of quotation marks as the phrase that was meant: a shell takes them away."""
    plain = " " in word.strip() and not _OPERATORS.search(word)
    return f'"{word}"' if plain else word


def _tell(answer: Answer, narrowed: list[str]) -> None:
    if not answer.count and narrowed:
        missing = f" Not in any of it: {', '.join(answer.nowhere)}." if answer.nowhere else ""
        click.echo(
            f"Nothing found there.{missing} Without {' and '.join(narrowed)}, all is searched.", err=True
        )
    elif not answer.count:
        missing = f" Nowhere at all: {', '.join(answer.nowhere)}." if answer.nowhere else ""
        click.echo(f"Nothing found.{missing} The beginning of a word finds more, as in islan*.", err=True)
    elif answer.count > len(answer.hits):
        click.echo(
            f"The likeliest {len(answer.hits):,} of {answer.count:,} passages; --limit shows more.", err=True
        )
    else:
        click.echo(f"{answer.count:,} passage{'s' if answer.count > 1 else ''}.", err=True)


def _plain(hit: Hit) -> dict[str, Any]:
    return {
        "noun": hit.noun, "key": hit.key, "source": hit.source, "title": hit.title, "field": hit.field, "page": hit.page,
        "part": hit.part, "start": hit.start, "snippet": _marked(hit, "**"), "also": list(hit.also),
    }  # fmt: skip


def _marked(hit: Hit, mark: str) -> str:
    words, at = [], 0
    for start, end in hit.marks:
        words += [hit.snippet[at:start], mark, hit.snippet[start:end], mark]
        at = end
    return "".join([*words, hit.snippet[at:]])


def _lines(hit: Hit) -> Iterator[str]:
    title = hit.title if len(hit.title) <= _TITLE else f"{hit.title[: _TITLE - 1].rstrip()}…"
    place = [
        f"p. {hit.page}" if hit.page else "",
        hit.part,
        f"also pp. {', '.join(hit.also)}" if hit.also else "",
    ]
    what = "" if hit.noun == "text" else f"{hit.noun.replace('_', ' ')}: {hit.field.replace('_', ' ')}"
    told = "; ".join(part for part in (what, title, ", ".join(filter(None, place))) if part)
    yield paragraph(f"{click.style(hit.key, bold=True)}  {told}", "  ", "")
    yield paragraph(_marked(hit, "**"), "    ")
