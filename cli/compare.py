"""compare: the study's codes beside those published elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, paragraph, table
from .session import reads

if TYPE_CHECKING:
    from evidence.audit.codings import CaseOf, Comparison, Pair, Said, Side

_INDENT = "    "
_NAMED = 12  # so many cases that one side alone codes are named


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return compare


@click.command()
@click.argument("variable")
@click.argument("coders", nargs=-1)
@click.option("--counts", is_flag=True, help="Only the numbers, without the cases.")
@json_option
@reads
def compare(
    connection: Any, study: Any, variable: str, coders: tuple[str, ...], counts: bool, as_json: bool
) -> None:
    """Show where the study and others code a VARIABLE otherwise, and which documents decide.

    The study's own codes stand beside those of the CODERS named, or of every publication that coded the variable.
    Of each case on which they differ it shows what each side says and where; and on which documents the study's
    own code rests: those without which it would not stand, or all if it needs none of them alone.

    \b
    Example:
      evidence compare ALLY
    """
    from evidence.audit.codings import OURS
    from evidence.audit.codings import compare as ask

    answer = ask(connection, study, variable, coders)
    if as_json:
        print_json({**asdict(answer), "differing": [case.case for case in answer.differing]})
    elif len(answer.sides) < 2:  # noqa: PLR2004 - two are compared
        who = answer.sides[0].key if answer.sides else "Nobody"
        who = "The study" if who == OURS else who
        click.echo(
            f"{who} {'alone has' if answer.sides else 'has'} coded {variable}; 'evidence import codings' brings in what a "
            "publication says."
        )
    else:
        _answer(answer, counts=counts)


def _answer(answer: Comparison, *, counts: bool) -> None:
    click.echo(click.style(f"{answer.variable}, as coded by", bold=True))
    for side in answer.sides:
        click.echo(paragraph(_named(side), _INDENT, "  "))
    if not counts:
        for case in answer.differing:
            click.echo("")
            click.echo("\n".join(_case(case)))
    for pair in answer.pairs:
        click.echo("")
        _pair(pair, answer.cases)


def _named(side: Side) -> str:
    work = f", {side.title or side.name} ({side.source})" if side.source else ""
    return f"{side.key}{work}: {counted(side.cases, 'case')}"


def _case(case: CaseOf) -> Iterator[str]:
    yield click.style(f"{case.case}  {case.title}", bold=True)
    for said in case.said:
        yield paragraph(_said(said), _INDENT, "  ")
    alone = [document for document in case.documents if document.alone]
    shown = alone or case.documents
    if shown:
        what = (
            "The study's code rests on"
            if alone
            else "The study's code needs none of its documents alone; they are"
        )
        named = "; ".join(f"{one.source} ({one.title})" if one.title else one.source for one in shown)
        least = ", without which it would not stand" if alone else ""
        yield paragraph(f"{what} {named}{least}.", _INDENT, "  ")
    elif case.said[0].side != case.said[0].coder:
        yield "  The study's code rests on no document: no test relied on carries it."


def _said(said: Said) -> str:
    from evidence.inference.body import silent

    place = ", ".join(f"{kind} {value}" for kind, value in said.locator.items())
    where = f" ({place})" if place else f" ({said.coder}, {said.decision})" if said.side != said.coder else ""
    value = "not codable" if said.value is None and not silent(said) else _level(said.value)
    return f"{said.side} {value}{where}: {said.words}"


def _level(value: str | None) -> str:
    return "not coded" if value is None else value


def _pair(pair: Pair, cases: Sequence[CaseOf]) -> None:
    click.echo(
        paragraph(
            f"{pair.one} and {pair.other}: {pair.agree:,} agree, {pair.differ:,} differ, {pair.only_one:,} coded by "
            f"{pair.one} alone, {pair.only_other:,} by {pair.other} alone."
        )
    )
    for one, other in ((pair.one, pair.other), (pair.other, pair.one)):
        alone = [case.case for case in cases if _codes(case, one) and not _codes(case, other)]
        if alone:
            more = f" and {len(alone) - _NAMED:,} more" if len(alone) > _NAMED else ""
            click.echo(paragraph(f"{one} alone: {', '.join(alone[:_NAMED])}{more}", _INDENT, "  "))
    if not any(map(any, pair.table)):
        return
    used = [n for n, level in enumerate(pair.levels) if level is not None or _met(pair, n)]
    table(
        (f"{pair.one} ↓  {pair.other} →", *(_level(pair.levels[n]) for n in used)),
        ((_level(pair.levels[row]), *(pair.table[row][n] for n in used)) for row in used),
    )


def _codes(case: CaseOf, side: str) -> bool:
    """Tell whether a side gives a case a level."""
    return any(said.side == side and said.value is not None for said in case.said)


def _met(pair: Pair, n: int) -> bool:
    return any(pair.table[n]) or any(row[n] for row in pair.table)
