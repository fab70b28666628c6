"""agreement: how far coders agree, on the codes that rounds froze."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, paragraph, table
from .round import listed
from .session import reads, say

if TYPE_CHECKING:
    from evidence.audit.agreeing import Agreed, CodedCase, Part
    from evidence.inference.measured import Figure

_INDENT = "    "
_WIDEST = 100
_NUMBERS = 3


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return agreement


@click.command()
@click.option("--variable", metavar="KEY", help="One variable. [default: all]")
@click.option("--in-round", metavar="KEY", help="One frozen round. [default: all]")
@click.option("--coders", multiple=True, metavar="KEY,...", help="Only these coders, parted by commas.")
@click.option(
    "--with", "beside", multiple=True, metavar="KEY,...", help="A publication's codes, as a further coder's."
)
@click.option(
    "--by", type=click.Choice(["episode", "pair"]), help="A table of each episode, or of each pair, too."
)
@click.option("--standing", is_flag=True, help="The codes that stand, whatever they were given in.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="N", help="Of the resampling.")
@click.option(
    "--replicates",
    type=int,
    default=1000,
    show_default=True,
    metavar="N",
    help="How often cases are drawn anew.",
)
@json_option
@reads
def agreement(
    connection: Any,
    study: Any,
    variable: str | None,
    in_round: str | None,
    coders: tuple[str, ...],
    beside: tuple[str, ...],
    by: str | None,
    standing: bool,
    seed: int,
    replicates: int,
    as_json: bool,
) -> None:
    """Say how far coders agree: of each frozen round, or else of the codes that stand.

    Adjudicated codes never count, nor do codes of a round that is open. Whoever finds a case not codable gives it no
    code: that is missing, and no level. No coefficient tells enough alone, so several stand side by side with the
    marginals; each interval comes from cases drawn anew, 95 in 100 of them.

    \b
    Example:
      evidence agreement --in-round first
      evidence agreement --variable ALLY --with beckley2015 --by pair
    """
    from evidence.audit.agreeing import agreements

    found = agreements(
        connection, study, variable=variable, in_round=in_round, coders=listed(coders), beside=listed(beside),
        by=by or "", seed=seed, replicates=replicates, standing=True if standing else None,
    )  # fmt: skip
    if as_json:
        print_json([asdict(one) for one in found])
    elif not found:
        say(
            "No two coders have coded the same variable; 'evidence round open --help' says how to have them do so."
        )
    for number, one in enumerate(() if as_json else found):
        click.echo("\n" if number else "", nl=False)
        click.echo("\n".join(_head(one)))
        for part in (one.whole, *one.parts):
            _part(one, part)
        _foot(one)


def _head(one: Agreed) -> Iterator[str]:
    yield click.style(f"{one.variable}  {one.label}", bold=True)
    if one.round:
        blind = "blind round" if one.blind else "round"
        left = f"; {counted(one.left, 'code')} left" if one.left else ""
        yield paragraph(
            f"Codes of {blind} {one.round}, frozen on {one.frozen}, scheme version {one.version}{left}.",
            "  ",
            "  ",
        )
    else:
        yield paragraph(
            "Codes that stand, wherever they were given: their coders may have known of each other's.",
            "  ",
            "  ",
        )


def _part(one: Agreed, part: Part) -> None:
    found = part.measured
    click.echo("")
    if part.name:
        click.echo(
            click.style(f"{part.title} ({part.name})" if part.title != part.name else part.title, bold=True)
        )
    single = (
        f"; {counted(found.single, 'case')} coded once, which no coefficient but AC1 and AC2 asks"
        if found.single
        else ""
    )
    none = f"; {counted(found.none, 'case')} without any level" if found.none else ""
    click.echo(paragraph(f"{counted(found.units, 'case')} coded by two or more{single}{none}.", "  ", "  "))
    if not found.units:
        click.echo("  So nothing can be compared.")
        return
    click.echo("")
    used = [n for n, _ in enumerate(one.levels)]
    table(
        ("  given", *(one.levels[n] for n in used), "not codable"),
        (
            (f"  {coder}", *(found.marginals[at][n] for n in used), part.not_codable[at])
            for at, coder in enumerate(part.coders)
        ),
    )
    click.echo("")
    table(
        ("  coefficient", "value", "95 % interval"),
        ((f"  {f.name}", _value(f), _interval(f)) for f in found.figures),
    )
    if further := "; ".join(f"{f.name} {_value(f)}" for f in found.further):
        click.echo(paragraph(f"Besides: {further}.", "  ", "  "))
    if found.confusion and found.units:
        click.echo("")
        _confusion(one.levels, part)
    if part.name and one.whole.differing:
        click.echo(
            paragraph(f"They differ on {', '.join(u.case for u in part.differing) or 'no case'}.", "  ", "  ")
        )
    elif not part.name:
        click.echo("")
        _differences(part)


def _value(figure: Figure) -> str:
    return figure.shown


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return "none"
    lost = f"; {figure.undefined:.1%} of replicates undefined" if figure.undefined else ""
    return f"{figure.low:.3f} to {figure.high:.3f}{lost}"


def _confusion(levels: Sequence[str], part: Part) -> None:
    one, other = part.coders
    table(
        (f"  {one} ↓  {other} →", *levels),
        ((f"  {level}", *row) for level, row in zip(levels, part.measured.confusion, strict=True)),
    )


def _differences(part: Part) -> None:
    if not part.differing:
        click.echo("  They differ on no case.")
        return
    click.echo(click.style("  They differ on", bold=True))
    for unit in part.differing:
        click.echo(paragraph(f"{unit.case}  {unit.title}: {_said(unit)}", "      ", "    "))


def _said(unit: CodedCase) -> str:
    return ", ".join(f"{one.coder} {one.said}" for one in unit.given if one is not None)


def _foot(one: Agreed) -> None:
    from evidence.inference.measured import CUT_OFFS

    click.echo("")
    if not one.ordinal:
        click.echo(
            paragraph(
                f"The scheme calls the scale of {one.variable} nominal: what is ordinal or weighted presumes that its levels "
                "stand in their order.", "  ", "  ",
            )
        )  # fmt: skip
    if one.gaps:
        click.echo(
            paragraph(
                "Weighted kappas and AC2 weigh levels by their places on the scale, alphas of intervals and ratios by the numbers "
                "that they are; here the two are not the same.", "  ", "  ",
            )
        )  # fmt: skip
    click.echo(
        paragraph(
            f"Intervals: {one.replicates:,} resamplings of cases (not of pairs of codes), seed {one.seed}, percentiles 2.5 and "
            "97.5. Cut-offs that the literature names: "
            + "; ".join(f"for {name}, {words} ({source})" for name, words, source in CUT_OFFS)
            + ". None is named here for AC1 and AC2, whose values are higher where codes are skewed.",
            "  ",
            "  ",
        )
    )
