"""code: decide."""

from __future__ import annotations

from typing import Any

import click

from .options import long_option, pairs
from .session import say, writes


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return code


@click.command()
@click.argument("case")
@click.argument("variable")
@click.argument("value", required=False)
@long_option("--because", "--rationale", "rationale", help="Why the evidence gives this code. (required)")
@click.option("--judge", multiple=True, metavar="NAME=VALUE", help="A sub-judgement. May be repeated.")
@click.option(
    "--test", "tests", multiple=True, metavar="KEY", help="A test that it relies on. May be repeated."
)
@click.option(
    "--against",
    "observations",
    multiple=True,
    metavar="KEY",
    help="Counter-evidence that was considered. May be repeated.",
)
@click.option(
    "--search", "searches", multiple=True, metavar="KEY", help="A search that it relies on. May be repeated."
)
@long_option("--counter-evidence", help="What speaks against it, or that nothing was found. (required)")
@long_option("--counterfactual", help="What would have happened without the cause.")
@click.option("--confidence", type=click.Choice(["low", "medium", "high"]), help="How sure the coder is.")
@click.option("--alternative", metavar="VALUE", help="The next best code.")
@long_option("--alternative-reason", help="Why not that one.")
@long_option("--override-reason", help="Why not the code that the rule gives.")
@click.option("--not-codable", is_flag=True, help="The case cannot be coded.")
@click.option(
    "--coder",
    metavar="KEY",
    envvar="EVIDENCE_CODER",
    help="Who decides. [default: EVIDENCE_CODER, or the author]",
)
@click.option("--version", metavar="NAME", help="The variable's version. [default: the newest]")
@click.option(
    "--round",
    "round_",
    metavar="WORD",
    default="open",
    show_default=True,
    help="open, blind, adjudicated or published elsewhere.",
)
@click.option("--in-round", metavar="KEY", help="The round of coding that it is given in.")
@click.option(
    "--locator",
    multiple=True,
    metavar="NAME=VALUE",
    help="Where a publication gives it, such as page=41. May be repeated.",
)
@writes
def code(
    session: Any,
    case: str,
    variable: str,
    value: str | None,
    judge: tuple[str, ...],
    not_codable: bool,
    round_: str,
    in_round: str | None,
    locator: tuple[str, ...],
    **said: Any,
) -> None:
    """Give a CASE its code on a VARIABLE. Without VALUE the scheme's rule gives it.

    A coder's second code of a case supersedes the first, which stays in the history. In a round of coding it does so
    until the round is frozen; what the history says of a code in a blind round does not tell it.

    \b
    Example:
      evidence code mid-50 ALLY --judge direction=raised --judge featured=yes --judge necessary=no \\
        --test mid-50.t1 --because "..." --counter-evidence "..." --coder me
    """
    from evidence.coding.decide import decide, explained
    from evidence.errors import ValueRefused

    judgements = pairs("--judge", judge)
    said["locator"] = pairs("--locator", locator) or None
    said["coder"] = said["coder"] or session.author
    if not_codable and value is not None:
        raise ValueRefused("Give a code or --not-codable, not both.")
    if in_round is not None:
        if round_ != "open":
            raise ValueRefused("A round of coding says whether its codes are blind; leave --round out.")
        from evidence.coding.rounds import refuse_message
        from evidence.ledger import records

        of = records.find(session, "coding_round", in_round)
        refuse_message(of, click.get_current_context().params.get("message"))
    fields: dict[str, Any] = {
        name: list(one) if isinstance(one, tuple) else one for name, one in said.items()
    }
    decision = decide(
        session, case, variable, value, codable=not not_codable, sub_judgements=judgements, round=round_,
        in_round=in_round, **fields,
    )  # fmt: skip
    shown = decision.value if decision.value is not None else "not codable"
    before = ", which takes the place of an earlier code" if decision.supersedes_id else ""
    say(f"{case} is coded {variable} {shown} by {said['coder']} ({decision.key}){before}.")
    if how := explained(session, decision):
        say(how)
