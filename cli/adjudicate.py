"""adjudicate: coders' disagreements side by side, and the decision that settles a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .options import json_option, long_option, pairs
from .output import as_json as print_json
from .output import counted
from .session import reads, say, writes
from .why_lines import labelled

if TYPE_CHECKING:
    from evidence.audit.disagreements import Dispute, Opinion


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return adjudicate


class _Settling(click.Group):
    """The group whose commands need no name where a case stands first."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take what is no command for the case that is settled."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["settle", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_Settling)
def adjudicate() -> None:
    """Settle what coders of a frozen round say otherwise: in a new decision that names theirs and changes none.

    The adjudicated decision stands as the case's code. 'evidence adjudicate CASE ...' is 'settle CASE ...'.

    \b
    Example:
      evidence adjudicate list first
      evidence adjudicate agreed first --by cyd
      evidence adjudicate mid-50 2 --in-round first --because "..." --by cyd
    """


_by = click.option(
    "--by",
    metavar="KEY",
    envvar="EVIDENCE_CODER",
    help="Who settles it. [default: EVIDENCE_CODER, or the author]",
)


@adjudicate.command()
@click.argument("case")
@click.argument("value", required=False)
@click.option("--in-round", metavar="KEY", required=True, help="The frozen round. (required)")
@long_option("--because", "--rationale", "rationale", help="Why this settles it. (required)")
@_by
@click.option(
    "--like",
    metavar="KEY",
    help="The coder whose code it follows. [default: the first by key who gave VALUE]",
)
@click.option("--judge", multiple=True, metavar="NAME=VALUE", help="A sub-judgement. May be repeated.")
@click.option(
    "--test", "tests", multiple=True, metavar="KEY", help="A test that it relies on. May be repeated."
)
@click.option(
    "--against", "observations", multiple=True, metavar="KEY", help="Counter-evidence. May be repeated."
)
@click.option("--search", "searches", multiple=True, metavar="KEY", help="A search. May be repeated.")
@long_option("--counter-evidence", help="What speaks against it.")
@long_option("--counterfactual", help="What would have happened without the cause.")
@click.option("--confidence", type=click.Choice(["low", "medium", "high"]), help="How sure it is.")
@click.option("--alternative", metavar="VALUE", help="The next best code.")
@long_option("--alternative-reason", help="Why not that one.")
@long_option("--override-reason", help="Why not the code that the rule gives.")
@click.option("--not-codable", is_flag=True, help="The case cannot be coded.")
@writes
def settle(
    session: Any,
    case: str,
    value: str | None,
    in_round: str,
    by: str | None,
    judge: tuple[str, ...],
    not_codable: bool,
    **said: Any,
) -> None:
    """Settle the code of a CASE that coders of a frozen round coded.

    What is not said - judgements, tests, counter-evidence, searches - is taken from the code that it follows: that of
    --like, or of the first coder who gave VALUE. A value that nobody gave has to be argued in full.

    \b
    Example:
      evidence adjudicate settle mid-50 2 --in-round first --because "The memorandum of 28 February ..." --by cyd
    """
    from evidence.coding.adjudicating import adjudicate as adjudicated
    from evidence.errors import MethodError, ValueRefused

    if not_codable and value is not None:
        raise ValueRefused("Give a code or --not-codable, not both.")
    if not said["rationale"]:
        raise MethodError("Say why this settles it (--because).")
    fields: dict[str, Any] = {
        name: list(one) if isinstance(one, tuple) else one for name, one in said.items()
    }
    made = adjudicated(
        session, in_round, case, value, by=by or session.author, codable=not not_codable,
        sub_judgements=pairs("--judge", judge), **fields,
    )  # fmt: skip
    shown = made.value if made.value is not None else "not codable"
    say(f"{case} is settled as {shown} ({made.key}), which stands as its code; nobody's own code is changed.")


@adjudicate.command()
@click.argument("name")
@_by
@writes
def agreed(session: Any, name: str, by: str | None) -> None:
    """Adopt the codes of all cases of a frozen round that were coded alike; those that are settled are left alone.

    \b
    Example:
      evidence adjudicate agreed first --by cyd
    """
    from evidence.coding.adjudicating import adopt_agreed

    made = adopt_agreed(session, name, by=by or session.author)
    say(
        f"{counted(len(made), 'case')} of round {name} coded alike and adopted; 'evidence adjudicate list {name}' shows the others."
    )


@adjudicate.command("list")
@click.argument("name")
@click.option(
    "--all", "everything", is_flag=True, help="The cases that were coded alike, or are settled, too."
)
@json_option
@reads
def list_(connection: Any, study: Any, name: str, everything: bool, as_json: bool) -> None:
    """Show what coders of a frozen round say otherwise, side by side, with their reasons and evidence.

    \b
    Example:
      evidence adjudicate list first
    """
    from evidence.audit.disagreements import disputes

    found = disputes(connection, study, name)
    shown = [one for one in found if everything or not (one.agreed or one.settled)]
    if as_json:
        print_json([{**asdict(one), "agreed": one.agreed} for one in shown])
        return
    for one in shown:
        click.echo("\n".join(_dispute(one)))
        click.echo("")
    alike = sum(one.agreed and not one.settled for one in found)
    settled = sum(bool(one.settled) for one in found)
    say(
        f"Of {counted(len(found), 'case')} that two or more coded in round {name}, {settled:,} settled, "
        f"{alike:,} coded alike and not adopted ('evidence adjudicate agreed {name}'), "
        f"{sum(not (one.agreed or one.settled) for one in found):,} to settle."
    )


def _dispute(one: Dispute) -> Iterator[str]:
    state = f"   settled as {_level(one.settled_value)} ({one.settled})" if one.settled else ""
    yield click.style(f"{one.case}  {one.title}", bold=True) + state
    for opinion in one.opinions:
        yield from _opinion(opinion)


def _level(value: str | None) -> str:
    return "not codable" if value is None else value


def _opinion(one: Opinion) -> Iterator[str]:
    sure = f", confidence {one.confidence}" if one.confidence else ""
    rule = "" if one.rule_value == one.value else f"; the rule gives {one.rule_value or 'no code'}"
    yield f"  {click.style(f'{one.coder} {one.said}', bold=True)}{sure}{rule} ({one.decision})"
    for label, text in (
        ("judged", " · ".join(f"{name} {value}" for name, value in one.sub_judgements.items())),
        ("because", one.rationale),
        ("override", one.override_reason),
        ("tests", ", ".join(one.tests) or "none"),
        ("against", "; ".join(filter(None, (one.counter_evidence, ", ".join(one.against))))),
        ("searches", ", ".join(one.searches)),
        ("without", one.counterfactual),
        (f"not {one.alternative}", one.alternative_reason if one.alternative is not None else ""),
    ):
        yield from labelled(label, text, "    ")
