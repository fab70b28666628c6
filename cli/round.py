"""round: open a round of coding, see what is left, hand out packets and take them back, freeze or withdraw it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import json_option, long_option
from .output import as_json as print_json
from .output import counted, paragraph, table
from .session import reads, say, settings_of, templates_option, writes

if TYPE_CHECKING:
    from evidence.audit.rounds import CoderOf, RoundOf


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return round_


@click.group("round")
def round_() -> None:
    """Rounds of coding: several coders code the same cases on one variable, each alone.

    A round says who codes which cases, in what order, and by which version of the scheme. Codes are given in it with
    'evidence code ... --in-round KEY' or with packets. Once it is frozen nothing in it changes: agreement is computed
    on its codes ('evidence agreement'), and disagreements are settled ('evidence adjudicate').

    \b
    Example:
      evidence round open first --variable ALLY --episode taiwan-1954 --coders ada,ben --blind
      evidence round show first
      evidence round freeze first
    """


def listed(values: tuple[str, ...]) -> list[str]:
    """Return keys that are parted by commas, or given one by one."""
    return [key for value in values for key in value.replace(",", " ").split()]


_coder = click.option(
    "--coder", metavar="KEY", envvar="EVIDENCE_CODER", help="Whose. [default: EVIDENCE_CODER, or the author]"
)


@round_.command("open")
@click.argument("name")
@click.option("--variable", metavar="KEY", required=True, help="What is coded. (required)")
@click.option("--version", metavar="NAME", help="The variable's version. [default: the newest]")
@click.option(
    "--cases", multiple=True, metavar="KEY,...", help="Which cases, parted by commas. May be repeated."
)
@click.option("--episode", metavar="KEY", help="The cases of an episode.")
@click.option("--all", "everything", is_flag=True, help="All cases.")
@click.option("--sample", type=int, metavar="N", help="So many of these cases, drawn. [default: all of them]")
@click.option(
    "--coders",
    multiple=True,
    required=True,
    metavar="KEY,...",
    help="Who codes, parted by commas. (required)",
)
@click.option("--each", type=int, metavar="N", help="How many coders code each case. [default: all of them]")
@click.option("--blind", is_flag=True, help="Nobody is to see another's codes before it is frozen.")
@click.option(
    "--random-seed",
    type=click.IntRange(0, 2**31 - 1),
    metavar="N",
    help="By which cases are assigned and put in order.",
)
@long_option("--note", help="A remark.")
@writes
def open_(
    session: Any,
    name: str,
    variable: str,
    version: str | None,
    cases: tuple[str, ...],
    episode: str | None,
    everything: bool,
    sample: int | None,
    coders: tuple[str, ...],
    each: int | None,
    blind: bool,
    random_seed: int | None,
    note: str | None,
) -> None:
    """Open a round: who codes which cases on a variable, and in what order.

    In a blind round, where cases are drawn, or shared out among coders, chance decides by a seed, which is kept: the
    same seed and the same ledger give the same round. Without --cases, --episode or --all, --sample draws from all.

    \b
    Example:
      evidence round open first --variable ALLY --cases mid-50,mid-2032 --coders ada,ben --blind --random-seed 7
      evidence round open second --variable ALLY --all --sample 40 --coders ada,ben,cyd --each 2
    """
    from evidence.coding.rounds import chosen, open_round

    wanted = listed(cases)
    everything = everything or (sample is not None and not wanted and episode is None)
    found = chosen(session, wanted, episode=episode, everything=everything)
    made = open_round(
        session, name, variable, found, listed(coders), version=version, sample=sample, each=each, blind=blind,
        seed=random_seed, note=note or "",
    )  # fmt: skip
    number = min(sample, len(found)) if sample is not None else len(found)
    drawn = "" if made.seed is None else f", assigned and put in order by seed {made.seed}"
    kind = "Blind round" if blind else "Round"
    say(
        f"{kind} {made.key} is open: {counted(number, 'case')} on {variable}, coded by {', '.join(listed(coders))}{drawn}."
    )


@round_.command("list")
@json_option
@reads
def list_(connection: Any, study: Any, as_json: bool) -> None:
    """List the rounds, with what is left to do.

    \b
    Example:
      evidence round list
    """
    from evidence.audit.rounds import LEFT, rounds

    found = rounds(connection, study)
    if as_json:
        print_json([_plain(one) for one in found])
        return
    if not found:
        say("There is no round yet; 'evidence round open --help' says how to open one.")
    heads = ("KEY", "VARIABLE", "VERSION", "BLIND", "CASES", "LEFT", "STATE", "CODERS")
    table(
        heads,
        (
            (
                one.key, one.variable, one.version, "yes" if one.blind else "no", one.cases,
                sum(coder.number(LEFT) for coder in one.coders),
                _state(one), ", ".join(coder.coder for coder in one.coders),
            )
            for one in found
        ),
    )  # fmt: skip


def _plain(one: RoundOf) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(one), "cases": one.cases}


def _state(one: RoundOf) -> str:
    return "open" if one.frozen_at is None else f"frozen {one.frozen_at:%Y-%m-%d}"


@round_.command()
@click.argument("name")
@json_option
@reads
def show(connection: Any, study: Any, name: str, as_json: bool) -> None:
    """Show a round: who has coded what, what is left, and in what order. Codes are not shown.

    \b
    Example:
      evidence round show first
    """
    from evidence.audit.rounds import GIVEN, LEFT, NOT_CODABLE, round_of

    found = round_of(connection, study, name)
    if as_json:
        print_json(_plain(found))
        return
    kind = "Blind round" if found.blind else "Round"
    click.echo(
        click.style(f"{kind} {found.key}: {found.variable}, version {found.version}", bold=True)
        + f"   {_state(found)}"
    )
    seed = "in the order given" if found.seed is None else f"assigned and put in order by seed {found.seed}"
    click.echo(f"  {counted(found.cases, 'case')}, {seed}; opened {found.made_at:%Y-%m-%d}")
    if found.note:
        click.echo(paragraph(found.note, "  ", "  "))
    click.echo("")
    table(
        ("CODER", "GIVEN", "NOT CODABLE", "LEFT"),
        ((one.coder, one.number(GIVEN), one.number(NOT_CODABLE), one.number(LEFT)) for one in found.coders),
    )
    for one in found.coders:
        click.echo("")
        click.echo(click.style(f"{one.coder}, in this order", bold=True))
        for task in one.tasks:
            click.echo(paragraph(f"{task.position}. {task.case}  {task.title}: {task.state}", "      ", "  "))


@round_.command("next")
@click.argument("name")
@_coder
@json_option
@reads
def next_(connection: Any, study: Any, name: str, coder: str | None, as_json: bool) -> None:
    """Say which case a coder codes next in a round.

    \b
    Example:
      evidence round next first --coder ada
    """
    from dataclasses import asdict

    from evidence.audit.rounds import LEFT, round_of

    found = round_of(connection, study, name)
    mine = found.of(coder or settings_of(click.get_current_context()).author)
    task = mine.waiting
    if as_json:
        print_json(asdict(task) if task else None)
    elif task is None:
        click.echo(f"{mine.coder} has coded all {counted(len(mine.tasks), 'case')} of round {found.key}.")
    else:
        click.echo(f"{task.case}  {task.title} ({mine.number(LEFT):,} left of {len(mine.tasks):,})")
        _how(found, mine, task.case)


def _how(found: RoundOf, mine: CoderOf, case: str) -> None:
    if found.frozen_at is not None:
        click.echo(f"  Round {found.key} is frozen, so it stays left.")
        return
    click.echo(
        f"  evidence code {case} {found.variable} --in-round {found.key} --coder {mine.coder} --because '...' "
        "--counter-evidence '...'"
    )


@round_.command()
@click.argument("name")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@_coder
@templates_option
@reads
def packet(
    connection: Any, study: Any, name: str, folder: Path, coder: str | None, templates: Path | None
) -> None:
    """Write a packet into a FOLDER: all that a coder needs to code without the ledger, and a form to fill in.

    The page has facts, scheme, documents, quotes, observations, searches, and tests as they were declared: no codes, no
    results, no narratives, reviews, challenges, priors or history. The form has an entry for each case that is left.

    \b
    Example:
      evidence round packet first to-ben --coder ben
    """
    from evidence.publish.packets import write_packet

    who = coder or settings_of(click.get_current_context()).author
    page, form = write_packet(connection, study, name, who, folder, templates)
    say(f"The packet of {who} is in {page}, its form in {form}.")


@round_.command("hand-in")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_coder
@writes
def hand_in(session: Any, name: str, file: Path, coder: str | None) -> None:
    """Give the codes of a filled form, all of them or, if one is refused, none.

    What is left blank is left; what was handed in before and is the same is not given again.

    \b
    Example:
      evidence round hand-in first to-ben/codes.yaml --coder ben
    """
    from evidence.audit.forms_of_codes import hand_in as handed
    from evidence.coding.rounds import left, refuse_message
    from evidence.ledger import records

    typed, who = click.get_current_context().params.get("message"), coder or session.author
    of = records.find(session, "coding_round", name)
    refuse_message(of, typed)
    found = handed(session, name, who, written(file), str(file))
    again = f", {len(found.unchanged):,} unchanged" if found.unchanged else ""
    mine = records.find(session, "coder", who).key
    waiting = sum(one == mine for one, _ in left(session, of))
    say(f"{counted(len(found.coded), 'code')} given in round {name}{again}, {waiting:,} left.")


def written(file: Path) -> str:
    """Return the text of a file."""
    from evidence.errors import Place, ValueRefused

    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise ValueRefused(f"it cannot be read ({error.strerror or error}).", Place(str(file))) from error
    except UnicodeDecodeError as error:
        raise ValueRefused("it is not UTF-8 text; save it as UTF-8.", Place(str(file))) from error


@round_.command()
@click.argument("name")
@long_option("--incomplete", help="Why it is frozen though somebody has cases left.")
@writes
def freeze(session: Any, name: str, incomplete: str | None) -> None:
    """Freeze the codes of a round, for good: nothing in it changes any more, and nothing thaws.

    It is refused while somebody has cases left, unless --incomplete says why.

    \b
    Example:
      evidence round freeze first
    """
    from evidence.coding.rounds import freeze as frozen
    from evidence.coding.rounds import given, left

    of = frozen(session, name, incomplete)
    waiting, codes = left(session, of), given(session, of)
    more = f"; {counted(len(waiting), 'code')} were left" if waiting else ""
    far = f" 'evidence agreement --in-round {of.key}' says how far they agree."
    several = len({coder for _, coder in codes}) > 1
    say(f"Round {of.key} is frozen with {counted(len(codes), 'code')}{more}.{far if several else ''}")


@round_.command()
@click.argument("name")
@writes
def retire(session: Any, name: str) -> None:
    """Withdraw a round in which nobody has coded yet.

    \b
    Example:
      evidence round retire first
    """
    from evidence.coding.rounds import retire as withdrawn

    say(f"Round {withdrawn(session, name).key} is withdrawn.")
